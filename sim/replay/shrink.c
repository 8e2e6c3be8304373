/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim/replay/shrink.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/replay/attempt.h"

#define MAX_PARAMS 64u

static bool run_once(struct shrink *shrink, const struct play_options *play,
                     const struct choice_list *list, struct attempt_result *result,
                     struct sim_error *err)
{
    struct choice_pairs pairs;
    const struct attempt attempt = {.play = play, .share = shrink->share, .choices = &pairs.base};

    choice_pairs_init(&pairs, list);
    shrink->runs++;
    if (shrink->tick != NULL) {
        shrink->tick(shrink->user);
    }
    return attempt_run(&attempt, result, err);
}

static void keep_result(struct shrink *shrink, const struct attempt_result *result)
{
    memcpy(shrink->why, result->why, sizeof(shrink->why));
    memcpy(shrink->strike, result->strike, sizeof(shrink->strike));
    shrink->strikes = result->strikes;
    shrink->simulated_ns = result->simulated_ns;
}

enum shrink_answer shrink_try(struct shrink *shrink, const struct play_options *play,
                              const struct choice_list *list)
{
    struct attempt_result result;
    struct sim_error err;
    char cause[CAUSE_BYTES];

    if (shrink->most_runs != 0 && shrink->runs >= shrink->most_runs) {
        shrink->cut_short = true;
        return ANSWER_STOP;
    }
    if (!run_once(shrink, play, list, &result, &err) || result.passed) {
        return ANSWER_NO;
    }
    cause_of(result.why, cause);
    if (strcmp(cause, shrink->cause) != 0) {
        return ANSWER_NO;
    }
    keep_result(shrink, &result);
    return ANSWER_SAME;
}

static bool count_own_faults(struct shrink *shrink, struct sim_error *err)
{
    struct scenario *scenario = play_load(&shrink->play, err);

    if (scenario == NULL) {
        return false;
    }
    shrink->own_faults = scenario_info(scenario)->faults.count;
    scenario_free(scenario);
    return true;
}

bool shrink_begin(struct shrink *shrink, const struct tape *tape, const char *share,
                  struct sim_error *err)
{
    struct attempt_result result;

    shrink->share = share;
    shrink->play = tape->options;
    for (size_t i = 0; i < tape->choices.count; i++) {
        struct choice_pair pair = tape->choices.pair[i];

        pair.kind = CHOICE_ANY_KIND; /* points move while others go */
        if (!choice_list_add(&shrink->list, &pair)) {
            return sim_fail(err, SIM_INTERNAL, "out of memory");
        }
    }
    if (!count_own_faults(shrink, err) ||
        !run_once(shrink, &shrink->play, &shrink->list, &result, err)) {
        return false;
    }
    if (result.passed) {
        return sim_fail(err, SIM_BAD_INPUT,
                        "the tape's run passes: there is no failure to make smaller");
    }
    cause_of(result.why, shrink->cause);
    keep_result(shrink, &result);
    return true;
}

/* The list without `count` pairs from `from`. */
static bool without(const struct choice_list *list, size_t from, size_t count,
                    struct choice_list *less)
{
    *less = (struct choice_list){NULL, 0, 0};
    for (size_t i = 0; i < list->count; i++) {
        if ((i < from || i >= from + count) && !choice_list_add(less, &list->pair[i])) {
            choice_list_free(less);
            return false;
        }
    }
    return true;
}

/* Leaves `count` pairs out, if the failure is the same without them. */
static enum shrink_answer try_without(struct shrink *shrink, size_t from, size_t count)
{
    struct choice_list less;
    enum shrink_answer answer;

    if (!without(&shrink->list, from, count, &less)) {
        return ANSWER_STOP;
    }
    answer = shrink_try(shrink, &shrink->play, &less);
    if (answer == ANSWER_SAME) {
        choice_list_free(&shrink->list);
        shrink->list = less;
    } else {
        choice_list_free(&less);
    }
    return answer;
}

/*
 * Zeller's ddmin with complements only: all at once, halves, quarters, ... single pairs. The last
 * ones first: what comes before the failure's reason is kept in its place that way.
 */
static bool drop_delays(struct shrink *shrink, bool *changed)
{
    size_t chunk = shrink->list.count;

    while (chunk != 0) {
        bool any = false;

        for (size_t end = shrink->list.count; end != 0;) {
            size_t from = end > chunk ? end - chunk : 0;
            enum shrink_answer answer = try_without(shrink, from, end - from);

            if (answer == ANSWER_STOP) {
                return false;
            }
            any = any || answer == ANSWER_SAME;
            end = from;
        }
        *changed = *changed || any;
        /* What went may be what kept another one from going. */
        chunk = any && chunk == 1 && shrink->list.count > 1 ? 1 : chunk / 2;
    }
    return true;
}

/* The smallest value found by halving the distance to `value`, which fails; `floor` may not. */
struct search {
    uint64_t low;  /* known not to fail so, or below the floor */
    uint64_t high; /* known to */
};

static bool shorten_one(struct shrink *shrink, size_t index, bool *changed)
{
    struct choice_pair *pair = &shrink->list.pair[index];
    struct search search = {0, pair->delay_ns};
    const uint64_t was = pair->delay_ns;

    /* To within an eighth: what is left of it is chance. */
    while (search.high - search.low > 1 && search.high - search.low > search.high / 8) {
        uint64_t middle = search.low + (search.high - search.low) / 2;
        enum shrink_answer answer;

        pair->delay_ns = (uint32_t)middle;
        answer = shrink_try(shrink, &shrink->play, &shrink->list);
        if (answer == ANSWER_SAME) {
            search.high = middle;
        } else {
            search.low = middle;
        }
        if (answer == ANSWER_STOP) {
            pair->delay_ns = (uint32_t)search.high;
            return false;
        }
    }
    pair->delay_ns = (uint32_t)search.high;
    *changed = *changed || search.high != was;
    return true;
}

static bool shorten_delays(struct shrink *shrink, bool *changed)
{
    for (size_t i = 0; i < shrink->list.count; i++) {
        if (!shorten_one(shrink, i, changed)) {
            return false;
        }
    }
    return true;
}

/* "name=value" takes the place of what was set for the name. False: no room. */
static bool put_set(struct shrink *shrink, struct play_options *play, const char *name,
                    uint64_t value)
{
    size_t length = strlen(name);
    unsigned at = 0;

    while (at < play->set_count &&
           (strncmp(play->set[at], name, length) != 0 || play->set[at][length] != '=')) {
        at++;
    }
    if (at == PLAY_MAX_SETS || shrink->set_count == SHRINK_MAX_SETS) {
        return false;
    }
    snprintf(shrink->set[shrink->set_count], sizeof(shrink->set[0]), "%s=%" PRIu64, name, value);
    play->set[at] = shrink->set[shrink->set_count];
    play->set_count += at == play->set_count;
    return true;
}

/* One value of the options: how to put it in. */
typedef bool (*put_value)(struct shrink *shrink, struct play_options *play, const char *name,
                          uint64_t value);

static bool put_pes(struct shrink *shrink, struct play_options *play, const char *name,
                    uint64_t value)
{
    (void)shrink;
    (void)name;
    play->pes = (unsigned)value;
    return value != 0;
}

static bool put_limit(struct shrink *shrink, struct play_options *play, const char *name,
                      uint64_t value)
{
    (void)shrink;
    (void)name;
    play->limit_ns = value;
    return value != 0;
}

/* The smallest by halving; `*value` is what is left. */
static bool lessen(struct shrink *shrink, put_value put, const char *name, uint64_t least,
                   uint64_t *value, bool *changed)
{
    uint64_t low = least;

    while (low < *value) {
        struct play_options play = shrink->play;
        unsigned sets = shrink->set_count;
        uint64_t middle = low + (*value - low) / 2;
        enum shrink_answer answer =
            put(shrink, &play, name, middle) ? shrink_try(shrink, &play, &shrink->list) : ANSWER_NO;

        if (answer == ANSWER_STOP) {
            return false;
        }
        if (answer == ANSWER_SAME) {
            shrink->set_count += put == put_set;
            shrink->play = play;
            *value = middle;
            *changed = true;
        } else {
            shrink->set_count = sets;
            low = middle + 1;
        }
    }
    return true;
}

static unsigned list_params(const struct shrink *shrink, struct scenario_param *param,
                            struct scenario_info *info)
{
    struct sim_error err;
    struct scenario *scenario = play_load(&shrink->play, &err);
    unsigned count = 0;

    if (scenario != NULL) {
        *info = *scenario_info(scenario);
        count = scenario_integers(scenario, param, MAX_PARAMS);
    }
    scenario_free(scenario);
    return count;
}

/*
 * Any run reaches a limit that is early enough. This one has hung while the same without delays and
 * faults still has as much time again as it needs; 0: that one does not end, either.
 */
static uint64_t least_limit(struct shrink *shrink)
{
    const struct choice_list none = {NULL, 0, 0};
    struct play_options play = shrink->play;
    struct attempt_result result;
    struct sim_error err;

    play.fault_count = 0;
    return run_once(shrink, &play, &none, &result, &err) && result.passed ? 2 * result.simulated_ns
                                                                          : 0;
}

static bool lessen_limit(struct shrink *shrink, const struct scenario_info *info, bool *changed)
{
    uint64_t limit_ns = shrink->play.limit_ns != 0 ? shrink->play.limit_ns : info->limit_ns;
    uint64_t was = limit_ns;
    /* Only a failure that is the limit's own ends earlier with an earlier limit. */
    uint64_t least_ns = shrink->simulated_ns >= limit_ns ? least_limit(shrink) : 0;

    while (least_ns != 0 && limit_ns / 2 >= least_ns) {
        struct play_options play = shrink->play;
        enum shrink_answer answer;

        put_limit(shrink, &play, NULL, limit_ns / 2);
        answer = shrink_try(shrink, &play, &shrink->list);
        if (answer == ANSWER_STOP) {
            return false;
        }
        if (answer == ANSWER_NO) {
            break;
        }
        shrink->play = play;
        limit_ns /= 2;
    }
    *changed = *changed || limit_ns != was;
    return true;
}

/* Seeds are not smaller or larger than each other, but 0 is what a run has without one. */
static bool plain_seed(struct shrink *shrink, bool *changed)
{
    struct play_options play = shrink->play;
    enum shrink_answer answer;

    if (play.seed == 0) {
        return true;
    }
    play.seed = 0;
    answer = shrink_try(shrink, &play, &shrink->list);
    if (answer == ANSWER_SAME) {
        shrink->play = play;
        *changed = true;
    }
    return answer != ANSWER_STOP;
}

static bool lessen_options(struct shrink *shrink, bool *changed)
{
    static struct scenario_param param[MAX_PARAMS];
    struct scenario_info info = {.pe_count = 1};
    unsigned count = list_params(shrink, param, &info);
    uint64_t pes = shrink->play.pes != 0 ? shrink->play.pes : info.pe_count;

    for (unsigned i = 0; i < count; i++) {
        if (!lessen(shrink, put_set, param[i].name, 0, &param[i].value, changed)) {
            return false;
        }
    }
    return lessen(shrink, put_pes, NULL, 1, &pes, changed) && plain_seed(shrink, changed) &&
           lessen_limit(shrink, &info, changed);
}

bool shrink_run(struct shrink *shrink, struct sim_error *err)
{
    bool changed = true;

    (void)err;
    while (changed) {
        changed = false;
        if (!shrink_faults(shrink, &changed) || !drop_delays(shrink, &changed) ||
            !lessen_options(shrink, &changed) || !shorten_delays(shrink, &changed)) {
            break;
        }
    }
    return true;
}

bool shrink_finish(struct shrink *shrink, const char *tape, FILE *story, struct sim_error *err)
{
    struct choice_pairs pairs;
    struct attempt attempt = {.play = &shrink->play,
                              .share = shrink->share,
                              .choices = &pairs.base,
                              .tape = tape,
                              .story = story};
    struct attempt_result result;

    choice_pairs_init(&pairs, &shrink->list);
    if (!attempt_run(&attempt, &result, err)) {
        return false;
    }
    memcpy(shrink->why, result.why, sizeof(shrink->why));
    shrink->simulated_ns = result.simulated_ns;
    return true;
}

void shrink_free(struct shrink *shrink)
{
    choice_list_free(&shrink->list);
}
