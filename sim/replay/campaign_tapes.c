/* SPDX-License-Identifier: BSD-3-Clause */
/* A campaign whose runs are those of tapes: each once more, counted like any other run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/replay/attempt.h"
#include "sim/replay/campaign.h"
#include "sim/replay/tape.h"

/* The run of a tape that was read from `path`; false: there was none. */
static bool run_tape(const struct campaign *campaign, struct tape *tape, const char *path,
                     struct result *result, struct sim_error *err)
{
    char found[4096];
    struct choice_pairs pairs;
    struct attempt_result again;
    const struct attempt attempt = {
        .play = &tape->options, .share = campaign->options->plan.share, .choices = &pairs.base};

    if (tape->options.scenario != NULL) {
        if (!tape_find_scenario(tape, path, found, sizeof(found), err)) {
            return false;
        }
        tape->options.scenario = found;
    }
    choice_pairs_init(&pairs, &tape->choices);
    if (!attempt_run(&attempt, &again, err)) {
        return false;
    }
    result->passed = again.passed && !again.crashed;
    result->crashed = again.crashed;
    result->hash = again.hash;
    result->order = again.hash.low;
    result->points = again.points;
    result->delays = again.delays;
    memcpy(result->why, again.why, sizeof(result->why));
    if (!again.crashed && !trace_hash_equal(&again.hash, &tape->hash)) {
        result->passed = false;
        snprintf(result->why, sizeof(result->why),
                 "the run went another way than its tape (orrery replay tells more): %.300s",
                 again.passed ? "it passes" : again.why);
    }
    return true;
}

static bool count_tape(struct campaign *campaign, unsigned index, struct sim_error *err)
{
    const char *path = campaign->options->plan.scenario[index];
    struct result result = {.scenario = index};
    struct tape tape;
    unsigned causes = campaign->cause_count;
    bool ok;

    tape_init(&tape);
    ok = tape_read(path, &tape, err) && run_tape(campaign, &tape, path, &result, err);
    tape_free(&tape);
    if (!ok) {
        return false;
    }
    if (!campaign_count(campaign, &result)) {
        return sim_fail(err, SIM_INTERNAL, "out of memory");
    }
    if (campaign->cause_count != causes) {
        snprintf(campaign->cause[causes].tape, sizeof(campaign->cause[causes].tape), "%s", path);
    }
    return true;
}

bool campaign_replay(struct campaign *campaign, const struct campaign_options *options,
                     struct sim_error *err)
{
    bool ok = true;

    memset(campaign, 0, sizeof(*campaign));
    campaign->options = options;
    campaign->course = calloc(options->plan.scenario_count, sizeof(*campaign->course));
    campaign->cause = calloc(CAMPAIGN_MAX_CAUSES, sizeof(*campaign->cause));
    campaign->began_ms = campaign_now_ms();
    if (campaign->course == NULL || campaign->cause == NULL) {
        return sim_fail(err, SIM_INTERNAL, "out of memory");
    }
    for (unsigned i = 0; ok && i < options->plan.scenario_count; i++) {
        if (options->interrupted != NULL && *options->interrupted != 0) {
            break;
        }
        ok = count_tape(campaign, i, err);
    }
    campaign->ended_ms = campaign_now_ms();
    return ok;
}
