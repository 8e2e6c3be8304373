/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who noticed a fault (docs/faults.md). A strike is judged by two runs that have all strikes before
 * it: one goes on with it, one without. The first event that is not the same is its effect. The
 * first complaint of the run with it that the other one does not have is who noticed, if the run
 * with all strikes has it too: a script may wait for those that are still to come.
 */
#ifndef SIM_REPLAY_JUDGE_H
#define SIM_REPLAY_JUDGE_H

#include <stdio.h>

#include "sim/fault/fault.h"
#include "sim/replay/play.h"
#include "sim/replay/sources.h"

#define JUDGE_MOST_STRIKES   16u         /* of a run are judged */
#define JUDGE_MOST_EVENTS    (2u << 20)  /* of a run; 24 bytes each, and two runs at a time */
#define JUDGE_MOST_NOTICES   (64u << 10) /* complaints of a run */
#define JUDGE_MOST_ENDPOINTS 64u
#define JUDGE_TEXT_BYTES     320u

struct judge_event {
    uint64_t digest[2]; /* of all but its time */
    uint64_t time_ns;
};

struct judge_notice {
    uint64_t event; /* index */
    uint64_t digest[2];
    uint64_t time_ns;
    char by[JUDGE_TEXT_BYTES];
};

/* A strike as its event tells it. */
struct judge_strike {
    uint64_t time_ns;
    unsigned fault; /* index in the plan */
    char what[EVENT_MAX_TEXT + 1];
};

/* All events of a run, as a sink; those of faults themselves are kept apart. */
struct judge_course {
    struct trace_sink sink;
    struct judge_event *event;
    uint64_t count;
    uint64_t room;
    struct judge_notice *notice;
    uint64_t notice_count;
    uint64_t notice_room;
    struct judge_strike strike[JUDGE_MOST_STRIKES];
    unsigned strike_count;
    bool cut;           /* there were too many events */
    bool notices_only;  /* no other events, and only those behind the first strike */
    uint64_t latest_ns; /* of all events: what is found at the end has no time of its own */
    unsigned endpoint_count;
    struct {
        uint16_t id;
        char name[FAULT_NAME_BYTES];
    } endpoint[JUDGE_MOST_ENDPOINTS];
};

void judge_course_init(struct judge_course *course);
void judge_course_free(struct judge_course *course);

enum judge_finding {
    JUDGE_NO_EFFECT, /* the run went on as without it */
    JUDGE_SILENT,    /* it went on differently, and nobody complained */
    JUDGE_NOTICED,
    JUDGE_TOO_LONG, /* not judged */
};

struct judge_opinion {
    enum judge_finding finding;
    uint64_t after_ns; /* noticed: since the strike */
    const char *by;    /* noticed: who, and what was said; of the course with the strike */
};

/* `strike`, from 0, is in `with` and not in `without`; all before it are in both; `all` has all. */
struct judge_opinion judge_compare(const struct judge_course *with,
                                   const struct judge_course *without,
                                   const struct judge_course *all, unsigned strike);

/* What the run that is judged has shown: a sink of it, and its plan. */
struct judge_watch {
    struct trace_sink sink;
    struct judge_course course;
    unsigned strikes;
    bool struck[FAULTS_MOST];
    struct fault_plan plan;
};

void judge_watch_init(struct judge_watch *watch);
void judge_watch_free(struct judge_watch *watch);
/* The plan of a configuration, which need not have one. */
void judge_watch_plan(struct judge_watch *watch, const struct run_config *config);

struct judge {
    const struct play_options *play;
    const char *share;
    const struct choice_list *choices; /* of the run that is judged */
    const struct judge_watch *watch;
    uint64_t simulated_ns; /* how long it was */
    bool spare;            /* no further runs: what struck is told, and not who noticed */
};

/* Prints a line for each strike and for each fault that did not strike. */
bool judge_tell(const struct judge *judge, FILE *out, struct sim_error *err);

#endif
