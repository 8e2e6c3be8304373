/* SPDX-License-Identifier: BSD-3-Clause */
/* Where the scenario of a tape is on this machine. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sim/replay/tape.h"

static bool try_name(char *found, size_t found_bytes, const char *folder, int folder_length,
                     const char *name)
{
    int length = snprintf(found, found_bytes, "%.*s%s", folder_length, folder, name);

    return length > 0 && (size_t)length < found_bytes && access(found, R_OK) == 0;
}

bool tape_find_scenario(const struct tape *tape, const char *path, char *found, size_t found_bytes,
                        struct sim_error *err)
{
    const char *name = tape->options.scenario;
    const char *slash = strrchr(path, '/');
    const char *base = strrchr(name, '/') != NULL ? strrchr(name, '/') + 1 : name;

    for (const char *part = name; part != NULL;) {
        const char *next = strchr(part + 1, '/');

        if (try_name(found, found_bytes, "", 0, part)) {
            return true;
        }
        part = next != NULL ? next + 1 : NULL;
    }
    return (slash != NULL && try_name(found, found_bytes, path, (int)(slash - path) + 1, base)) ||
           sim_fail(err, SIM_BAD_INPUT,
                    "%.100s: its scenario '%.200s' is not here; go to the folder that it is named "
                    "from, or name it with --scenario FILE",
                    path, name);
}
