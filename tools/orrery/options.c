/* SPDX-License-Identifier: BSD-3-Clause */
#include "options.h"

#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "sim/script/parse.h"

#define MAX_OPTIONS 32u

int options_unknown(const char *command, const struct option *options, const char *given)
{
    const char *names[MAX_OPTIONS];
    char suggestion[64];
    char bare[64];
    size_t count = 0;

    for (; options[count].name != NULL && count < MAX_OPTIONS; count++) {
        names[count] = options[count].name;
    }
    given += strspn(given, "-");
    snprintf(bare, sizeof(bare), "%.*s", (int)strcspn(given, "="), given);
    parse_suggest(bare, names, count, suggestion, sizeof(suggestion));
    return command_usage(command, "unknown or incomplete option '--%s'%s", bare, suggestion);
}
