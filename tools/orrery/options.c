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
    for (size_t i = 0; i < count; i++) {
        if (strcmp(bare, names[i]) == 0) {
            return command_usage(command, "option '--%s' %s", bare,
                                 options[i].has_arg == no_argument ? "takes no value"
                                                                   : "wants a value");
        }
    }
    parse_suggest(bare, names, count, suggestion, sizeof(suggestion));
    return command_usage(command, "unknown or incomplete option '--%s'%s", bare, suggestion);
}

bool options_add_fault(struct play_options *play, const char *line, struct sim_error *err)
{
    struct fault fault;

    if (play->fault_count == FAULTS_MOST) {
        return sim_fail(err, SIM_BAD_INPUT, "more than %u --fault options", FAULTS_MOST);
    }
    play->fault[play->fault_count++] = line;
    return fault_parse(line, "--fault", &fault, err);
}
