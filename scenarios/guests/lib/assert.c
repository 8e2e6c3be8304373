/* SPDX-License-Identifier: BSD-3-Clause */
#include "console.h"
#include "guest.h"

_Noreturn void guest_assert_failed(const char *file, unsigned line, const char *condition)
{
    console_printf("%s:%u: assertion failed: %s\n", file, line, condition);
    guest_fail(line);
}
