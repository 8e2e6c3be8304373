/* SPDX-License-Identifier: BSD-3-Clause */
/* Scripted contexts behind context_ops, one on each PE of a machine that has nothing else. */
#ifndef TESTS_UNIT_SCRIPT_FIXTURE_H
#define TESTS_UNIT_SCRIPT_FIXTURE_H

#include "sim/host/host.h"
#include "sim/script/script_context.h"

#define FIXTURE_NOTES 16
#define FIXTURE_PES   2

struct notes {
    struct trace_sink sink;
    unsigned count;
    char line[FIXTURE_NOTES][EVENT_MAX_TEXT + 1];
};

struct fixture {
    struct script script;
    struct script_entry entry;
    struct run run; /* all zero: the first boot */
    struct arch_pe host;
    struct machine machine;
    struct sim_pe pe[FIXTURE_PES];
    struct context *context[FIXTURE_PES];
    struct notes notes;
};

/* On each of `pes` PEs a context runs the function that the chunk `text` returns, x0 to x7 being 11
 * to 18. */
void fixture_start(struct fixture *self, unsigned pes, const struct context_config *config,
                   const char *text);
void fixture_stop(struct fixture *self);

#endif
