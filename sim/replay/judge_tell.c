/* SPDX-License-Identifier: BSD-3-Clause */
/* The runs that a judgement takes, and its text. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/replay/judge.h"

#define LONGER_NS 10000u

static void watch(struct trace_sink *sink, const struct trace_event *event)
{
    struct judge_watch *watching = (struct judge_watch *)(void *)sink;

    if (event->header.type == EVENT_FAULT && event->header.arg_count != 0) {
        watching->strikes++;
        watching->struck[event->arg[0] % FAULTS_MOST] = true;
    }
    watching->course.sink.event(&watching->course.sink, event);
}

void judge_watch_init(struct judge_watch *watching)
{
    *watching = (struct judge_watch){.sink = {.event = watch}};
    judge_course_init(&watching->course);
    watching->course.notices_only = true;
}

void judge_watch_free(struct judge_watch *watching)
{
    judge_course_free(&watching->course);
}

void judge_watch_plan(struct judge_watch *watching, const struct run_config *config)
{
    if (config->faults != NULL) {
        watching->plan = *config->faults;
    } else {
        fault_plan_init(&watching->plan, config->seed); /* a script may add to it */
    }
}

/* How a run that is made again differs. */
struct again {
    struct fault_plan plan;
    uint64_t until_ns;
};

static bool on_prepared(void *user, const struct scenario *scenario, struct run_config *config,
                        struct sim_error *err)
{
    struct again *again = user;

    (void)scenario;
    (void)err;
    config->faults = &again->plan;
    if (config->until_ns == 0 || config->until_ns > again->until_ns) {
        config->until_ns = again->until_ns;
        config->until_is_cut = true;
    }
    return true;
}

/* The run again, with so many strikes. */
static bool run_with(const struct judge *judge, unsigned strikes, struct judge_course *course,
                     struct sim_error *err)
{
    /* Without a strike that ended it, it might go on for long, and nothing of that is asked for. */
    struct again again = {judge->watch->plan, 2 * judge->simulated_ns + LONGER_NS};
    struct scenario *scenario = play_load(judge->play, err);
    struct trace *trace = trace_create();
    struct choice_pairs pairs;
    struct run_result result;
    struct play play = {.options = judge->play,
                        .share = judge->share,
                        .trace = trace,
                        .choices = &pairs.base,
                        .prepared = on_prepared,
                        .user = &again};
    bool ok = scenario != NULL;

    if (trace == NULL && ok) {
        ok = sim_fail(err, SIM_INTERNAL, "out of memory");
    }
    if (ok) {
        again.plan.most_strikes = strikes;
        choice_pairs_init(&pairs, judge->choices);
        trace_add_sink(trace, &course->sink);
        ok = play_run(&play, scenario, &result, err);
    }
    trace_destroy(trace);
    scenario_free(scenario);
    return ok;
}

static void put_time(FILE *out, uint64_t ns)
{
    fprintf(out, "%" PRIu64 ".%03uus", ns / 1000u, (unsigned)(ns % 1000u));
}

static void put_strike(FILE *out, const struct judge_strike *strike)
{
    fprintf(out, "fault %u at ", strike->fault + 1);
    put_time(out, strike->time_ns);
    fprintf(out, ": %s", strike->what);
}

static void put_opinion(FILE *out, const struct judge_opinion *opinion)
{
    switch (opinion->finding) {
    case JUDGE_NO_EFFECT:
        fputs(": no effect: the run went on as without it\n", out);
        break;
    case JUDGE_SILENT:
        fputs(": changed what came after, and nobody noticed\n", out);
        break;
    case JUDGE_NOTICED:
        fputs(": noticed after ", out);
        put_time(out, opinion->after_ns);
        fprintf(out, " by %s\n", opinion->by);
        break;
    case JUDGE_TOO_LONG:
        fputs(": not judged: the run is too long\n", out);
        break;
    }
}

/* The run with `strike` held against the one before, which is without it. */
static bool judge_one(const struct judge *judge, unsigned strike, struct judge_course *with,
                      const struct judge_course *without, FILE *out, struct sim_error *err)
{
    struct judge_opinion opinion;

    judge_course_free(with);
    judge_course_init(with);
    if (!run_with(judge, strike + 1, with, err)) {
        return false;
    }
    if (with->strike_count != strike + 1) {
        return sim_fail(err, SIM_INTERNAL,
                        "strike %u did not happen when the run was made again; "
                        "orrery run --check-nondeterminism tells where it parts",
                        strike + 1);
    }
    opinion = judge_compare(with, without, &judge->watch->course, strike);
    put_strike(out, &with->strike[strike]);
    put_opinion(out, &opinion);
    return true;
}

static bool judge_all(const struct judge *judge, unsigned count, FILE *out, struct sim_error *err)
{
    struct judge_course *course = calloc(2, sizeof(*course));
    bool ok = course != NULL || sim_fail(err, SIM_INTERNAL, "out of memory");

    if (ok) {
        judge_course_init(&course[0]);
        ok = run_with(judge, 0, &course[0], err);
    }
    for (unsigned i = 0; ok && i < count; i++) {
        ok = judge_one(judge, i, &course[(i + 1) % 2], &course[i % 2], out, err);
    }
    for (unsigned i = 0; course != NULL && i < 2; i++) {
        judge_course_free(&course[i]);
    }
    free(course);
    return ok;
}

bool judge_tell(const struct judge *judge, FILE *out, struct sim_error *err)
{
    const struct judge_watch *watching = judge->watch;
    unsigned count =
        watching->strikes < JUDGE_MOST_STRIKES ? watching->strikes : JUDGE_MOST_STRIKES;
    bool ok = true;

    if (judge->spare) {
        for (unsigned i = 0; i < count; i++) {
            put_strike(out, &watching->course.strike[i]);
            fputc('\n', out);
        }
    } else if (count != 0) {
        ok = judge_all(judge, count, out, err);
    }
    if (ok && watching->strikes > count) {
        fprintf(out, "%u more strikes are not judged\n", watching->strikes - count);
    }
    for (unsigned i = 0; ok && i < watching->plan.count; i++) {
        char line[FAULT_LINE_BYTES];

        if (!watching->struck[i]) {
            fault_print(&watching->plan.fault[i], line);
            fprintf(out, "fault %u: %s: did not strike\n", i + 1, line);
        }
    }
    return ok;
}
