/* SPDX-License-Identifier: BSD-3-Clause */
/* What finished runs add up to: how many, how different, and why they failed. */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/replay/attempt.h"
#include "sim/replay/campaign.h"

/* A bit for each run of this shard. */
static uint64_t bit_of(const struct campaign *campaign, uint64_t run)
{
    const struct campaign_options *o = campaign->options;

    return o->plan.strategy == STRATEGY_EXHAUSTIVE ? run : run / o->shards;
}

bool campaign_is_done(const struct campaign *campaign, uint32_t scenario, uint64_t run)
{
    const struct campaign_course *course = &campaign->course[scenario];
    uint64_t bit = bit_of(campaign, run);

    return bit / 8 < course->done_bytes && (course->done[bit / 8] >> bit % 8 & 1) != 0;
}

static bool set_done(struct campaign *campaign, uint32_t scenario, uint64_t run)
{
    struct campaign_course *course = &campaign->course[scenario];
    uint64_t bit = bit_of(campaign, run);

    if (bit / 8 >= course->done_bytes) {
        uint64_t bytes = 2 * (bit / 8) + 64;
        uint8_t *more = realloc(course->done, bytes);

        if (more == NULL) {
            return false;
        }
        memset(more + course->done_bytes, 0, bytes - course->done_bytes);
        course->done = more;
        course->done_bytes = bytes;
    }
    course->done[bit / 8] |= (uint8_t)(1u << bit % 8);
    return true;
}

/* Puts a key into a table that has room; true: it was not there. */
static bool put(uint64_t *table, uint64_t room, uint64_t key)
{
    for (uint64_t at = key % room;; at = (at + 1) % room) {
        if (table[at] == key) {
            return false;
        }
        if (table[at] == 0) {
            table[at] = key;
            return true;
        }
    }
}

static bool grow_seen(struct campaign *campaign)
{
    uint64_t room = campaign->seen_room != 0 ? 2 * campaign->seen_room : 4096;
    uint64_t *more = calloc(room, sizeof(*more));

    if (more == NULL) {
        return false;
    }
    for (uint64_t i = 0; i < campaign->seen_room; i++) {
        if (campaign->seen[i] != 0) {
            put(more, room, campaign->seen[i]);
        }
    }
    free(campaign->seen);
    campaign->seen = more;
    campaign->seen_room = room;
    return true;
}

static bool count_distinct(struct campaign *campaign, const struct result *result)
{
    uint64_t key = (result->order + result->scenario) * 0x9e3779b97f4a7c15u;

    if (2 * (campaign->distinct + 1) > campaign->seen_room && !grow_seen(campaign)) {
        return false;
    }
    if (put(campaign->seen, campaign->seen_room, key != 0 ? key : 1)) {
        campaign->distinct++;
        campaign->course[result->scenario].distinct++;
    }
    return true;
}

static bool comes_before(const struct result *a, const struct result *b)
{
    return a->run != b->run ? a->run < b->run : a->scenario < b->scenario;
}

static void count_cause(struct campaign *campaign, const struct result *result)
{
    char cause[CAUSE_BYTES];
    struct campaign_cause *known = campaign->cause;
    unsigned i = 0;

    cause_of(result->why, cause);
    while (i < campaign->cause_count && strcmp(known[i].cause, cause) != 0) {
        i++;
    }
    if (i == CAMPAIGN_MAX_CAUSES) {
        campaign->causes_left_out++;
        return;
    }
    if (i == campaign->cause_count) {
        campaign->cause_count++;
        memcpy(known[i].cause, cause, sizeof(cause));
        known[i].count = 0;
    }
    if (known[i].count++ == 0 || comes_before(result, &known[i].first)) {
        known[i].first = *result;
        known[i].tape_is_due = campaign->options->out != NULL;
    }
}

bool campaign_count(struct campaign *campaign, const struct result *result)
{
    struct campaign_course *course = &campaign->course[result->scenario];

    if (!set_done(campaign, result->scenario, result->run) || !count_distinct(campaign, result)) {
        return false;
    }
    campaign->runs++;
    course->runs++;
    course->points += result->points;
    if (!result->passed) {
        campaign->failed++;
        course->failed++;
        count_cause(campaign, result);
    }
    return true;
}

static bool name_tape(const struct campaign *campaign, const struct campaign_cause *cause,
                      char *path, size_t path_bytes)
{
    const char *scenario = campaign->options->plan.scenario[cause->first.scenario];
    const char *slash = strrchr(scenario, '/');
    const char *base = slash != NULL ? slash + 1 : scenario;

    return (size_t)snprintf(path, path_bytes, "%s/%.*s-%08" PRIx32 ".tape", campaign->options->out,
                            (int)strcspn(base, "."), base, cause_hash(cause->cause)) < path_bytes;
}

/* The run once more, from its files and by itself: it has to go the same way. */
static bool write_tape(const struct campaign *campaign, const struct campaign_cause *cause,
                       const char *path, bool *crashed, struct sim_error *err)
{
    const struct worker_plan *plan = &campaign->options->plan;
    const struct result *first = &cause->first;
    struct play_options play = plan->play;
    struct strategy strategy;
    struct attempt attempt = {
        .play = &play, .share = plan->share, .choices = &strategy.base, .tape = path};
    struct attempt_result again;
    char line[MENU_MOST_DRAWN][FAULT_LINE_BYTES];
    struct fault_draw draw;

    play.scenario = plan->scenario[first->scenario];
    play.seed = worker_seed(plan, first->run);
    worker_strategy(plan, &campaign->course[first->scenario].probe, first->run, first->point,
                    first->depth, &strategy);
    worker_faults(plan, &campaign->course[first->scenario].probe, first->run, &draw);
    for (unsigned i = 0; i < draw.count && play.fault_count < FAULTS_MOST; i++) {
        fault_print(&draw.fault[i], line[i]);
        play.fault[play.fault_count++] = line[i];
    }
    if (!attempt_run(&attempt, &again, err)) {
        return false;
    }
    *crashed = again.crashed;
    return (again.crashed && first->crashed) ||
           (!again.crashed && trace_hash_equal(&again.hash, &first->hash)) ||
           sim_fail(err, SIM_INTERNAL,
                    "%s: run %" PRIu64 " went another way when it was run again (first: %.120s; "
                    "then: %.120s); orrery run --check-nondeterminism tells where",
                    play.scenario, first->run, first->why, again.why);
}

bool campaign_write_tapes(struct campaign *campaign, struct sim_error *err)
{
    for (unsigned i = 0; i < campaign->cause_count; i++) {
        struct campaign_cause *cause = &campaign->cause[i];
        char path[sizeof(cause->tape)];
        bool crashed = false;

        if (!cause->tape_is_due || !campaign->course[cause->first.scenario].probed) {
            continue;
        }
        if (!name_tape(campaign, cause, path, sizeof(path))) {
            return sim_fail(err, SIM_BAD_INPUT, "--out: the name is too long");
        }
        if (!write_tape(campaign, cause, path, &crashed, err)) {
            return false;
        }
        if (cause->tape[0] != '\0' && strcmp(cause->tape, path) != 0) {
            unlink(cause->tape);
        }
        memcpy(cause->tape, path, sizeof(path));
        if (crashed) {
            cause->tape[0] = '\0';
        }
        cause->tape_is_due = false;
    }
    return true;
}
