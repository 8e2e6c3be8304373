/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim/machine/error.h"

#include <stdarg.h>
#include <stdio.h>

bool sim_fail(struct sim_error *err, enum sim_status status, const char *format, ...)
{
    va_list args;

    if (err == NULL)
        return false;

    err->status = status;
    va_start(args, format);
    vsnprintf(err->text, sizeof(err->text), format, args);
    va_end(args);

    /* Names come out of the user's files: whatever they hold, a finding stays one printable line.
     */
    for (char *c = err->text; *c != '\0'; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
    }
    return false;
}
