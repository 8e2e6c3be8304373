/* SPDX-License-Identifier: BSD-3-Clause */
/* Looking for failures: many runs of some scenarios, and what came of them. */
#ifndef SIM_REPLAY_CAMPAIGN_H
#define SIM_REPLAY_CAMPAIGN_H

#include <signal.h>

#include "sim/replay/cause.h"
#include "sim/replay/exhaust.h"
#include "sim/replay/results.h"
#include "sim/replay/worker.h"

#define CAMPAIGN_MAX_JOBS   256u
#define CAMPAIGN_MAX_CAUSES 1000u

struct campaign_options {
    struct worker_plan plan;
    uint64_t runs;    /* of each scenario; 0: no end */
    uint64_t time_ms; /* of the host; 0: no end */
    unsigned jobs;
    unsigned shard; /* from 0 */
    unsigned shards;
    const char *out; /* folder; NULL: no files */
    bool resume;
    /* Optional: now and then, and after each failure of a new cause. */
    void (*tick)(void *user, bool is_news);
    void *user;
    /* Optional: not 0 ends it as the end of its time does; a signal's handler may set it. */
    const volatile sig_atomic_t *interrupted;
};

/* Failures with one cause, and the first of them: by run number, then by scenario. */
struct campaign_cause {
    char cause[CAUSE_BYTES];
    uint64_t count;
    struct result first;
    char tape[512]; /* relative to the working directory; empty: none */
    bool tape_is_due;
};

/* Of one scenario. */
struct campaign_course {
    struct probe probe;
    uint64_t kinds[CHOICE_KIND_COUNT];
    bool probing;
    bool probed;
    uint32_t batch; /* runs of the next job */
    uint64_t spent_ms;
    uint64_t latest_ms; /* what its latest job took: charged in advance for the next */
    uint64_t next;      /* index of the next run of this shard */
    uint8_t *done;      /* a bit for each such index */
    uint64_t done_bytes;
    uint64_t runs;
    uint64_t failed;
    uint64_t distinct;
    uint64_t points; /* of all runs */
    struct exhaust exhaust;
};

struct campaign {
    const struct campaign_options *options;
    struct campaign_course *course; /* one for each scenario */
    struct campaign_cause *cause;
    unsigned cause_count;
    uint64_t causes_left_out;
    uint64_t runs;
    uint64_t resumed; /* of these: in an earlier session */
    uint64_t failed;
    uint64_t distinct;
    uint64_t *seen; /* set of orders */
    uint64_t seen_room;
    uint64_t began_ms;
    uint64_t ended_ms;
    bool *asked; /* scenarios, for a job */
    bool over;   /* no further jobs */
    struct results results;
    struct worker worker[CAMPAIGN_MAX_JOBS];
    struct job *job[CAMPAIGN_MAX_JOBS]; /* of each worker, the latest */
    bool busy[CAMPAIGN_MAX_JOBS];
    uint64_t sent_ms[CAMPAIGN_MAX_JOBS];
    unsigned worker_count;
    struct sim_error err;
    bool failed_itself; /* err says why */
};

/* False: it could not be done, *err says why; what is known so far is in the campaign. */
bool campaign_run(struct campaign *campaign, const struct campaign_options *options,
                  struct sim_error *err);
void campaign_free(struct campaign *campaign);

/*
 * campaign_tapes.c: plan.scenario are tapes; each is run once, one after the other, and one that
 * goes another way than its tape has failed. Of the options `interrupted` and plan.share count.
 */
bool campaign_replay(struct campaign *campaign, const struct campaign_options *options,
                     struct sim_error *err);

uint64_t campaign_now_ms(void);
/* Every run of every scenario has been done, as far as `runs` or the space goes. */
bool campaign_is_complete(const struct campaign *campaign);

/* campaign_count.c */
bool campaign_count(struct campaign *campaign, const struct result *result);
bool campaign_is_done(const struct campaign *campaign, uint32_t scenario, uint64_t run);
/* Writes the tapes that are due. */
bool campaign_write_tapes(struct campaign *campaign, struct sim_error *err);

/* commands.c: shell text. */
/* The options that all runs of the campaign share, each with a space before it. */
void command_put_options(FILE *file, const struct play_options *play);
/* --faults, unless it is the default */
void command_put_faults(FILE *file, const struct worker_plan *plan);
void command_put_word(FILE *file, const char *word);
/* The command that runs a cause's first failure again. */
void command_put_again(FILE *file, const struct campaign *campaign,
                       const struct campaign_cause *cause);

/* report.c: whole files or none. */
bool report_junit(const struct campaign *campaign, const char *path, struct sim_error *err);
bool report_tap(const struct campaign *campaign, const char *path, struct sim_error *err);

#endif
