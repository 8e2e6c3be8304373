/* SPDX-License-Identifier: BSD-3-Clause */
/* One run with its story, its verdict and its files, for the commands that run something. */
#ifndef ORRERY_RUNNER_H
#define ORRERY_RUNNER_H

#include "sim/replay/identity.h"
#include "sim/replay/judge.h"
#include "sim/replay/play.h"
#include "sim/replay/twice.h"

#define RUNNER_STORY_LINES 2000u

struct runner {
    const char *command; /* in complaints */
    struct play_options *play;
    struct choice_source *choices;    /* NULL: none */
    const struct choice_list *delays; /* what they come to, after the run; NULL: nobody judges */
    bool no_judge;                    /* of faults that struck: tell them only */
    enum story_level story;
    bool quiet;  /* verdict only */
    bool silent; /* not even that */
    bool map;
    const char *trace; /* files; NULL: none */
    const char *call_log;
    struct twice *twice; /* keeps or compares the events; NULL: none */
    /* Optional: before the first event. */
    void (*begins)(void *user, struct trace *trace);
    /* Optional: what the run is made of. False, with *err: it is not to run. */
    bool (*made_of)(void *user, const struct identity *identity, struct sim_error *err);
    void *user;

    /* Afterwards */
    bool has_run; /* the rest is valid */
    struct run_result result;
    struct identity identity;
    struct trace_hash hash;
    uint64_t events;
    struct judge_watch watch;
};

enum sim_status runner_run(struct runner *runner);

/* "orrery COMMAND: text" on stderr, behind what stdout has so far; the error's status. */
enum sim_status runner_complain(const char *command, const struct sim_error *err);

bool runner_parse_story(const char *text, enum story_level *story);

#endif
