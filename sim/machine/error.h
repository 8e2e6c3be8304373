/* SPDX-License-Identifier: BSD-3-Clause */
/* One finding about the user's input or the host, in one line; and the exit statuses of the
 * product. */
#ifndef SIM_ERROR_H
#define SIM_ERROR_H

#include <stdbool.h>

/* Exit status of every command (docs/scenarios.md, "Exit status") */
enum sim_status {
    SIM_PASS = 0,
    SIM_FAILED = 1,    /* the scenario ran and an expectation, an invariant or a limit failed */
    SIM_BAD_INPUT = 2, /* usage, scenario, manifest, image, board, file */
    SIM_INTERNAL = 3,  /* a fault of Orrery or of the host */
};

struct sim_error {
    enum sim_status status;
    char text[512]; /* "file:line: what is wrong; how to mend it", no newline */
};

/* Fills *err (which may be NULL) and returns false, so that a failure is one line at its place. */
bool sim_fail(struct sim_error *err, enum sim_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
