/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "sim/replay/lab.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/replay/attempt.h"

#define SHORTEST_LONG_NS 1000u /* of a run that is over at once */

bool lab_write(int fd, const void *data, size_t size_bytes)
{
    const char *at = data;

    while (size_bytes != 0) {
        ssize_t n = write(fd, at, size_bytes);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return false;
        }
        at += n;
        size_bytes -= (size_t)n;
    }
    return true;
}

static void add_event(struct trace_sink *sink, const struct trace_event *event)
{
    struct order_sink *order = (struct order_sink *)(void *)sink;
    const struct event_header *header = &event->header;
    uint64_t hash = order->hash;

    if (header->type == EVENT_RUN_START || header->type == EVENT_RUN_END) {
        return; /* the seed, and how many instructions */
    }
    hash ^= header->type | (uint64_t)header->endpoint << 16 | (uint64_t)header->vcpu << 32 |
            (uint64_t)header->pe << 48;
    for (unsigned i = 0; i < header->arg_count; i++) {
        hash = (hash ^ event->arg[i]) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 29;
    }
    for (unsigned i = 0; i < header->text_bytes; i++) {
        hash = (hash ^ (unsigned char)event->text[i]) * 0x100000001b3u;
    }
    order->hash = (hash ^ hash >> 32) * 0xbf58476d1ce4e5b9u;
}

/* The scenario, with a trace of its own, as lab->play says. */
static bool open_files(struct lab *lab, struct sim_error *err)
{
    lab->trace = trace_create();
    if (lab->trace == NULL) {
        return sim_fail(err, SIM_INTERNAL, "out of memory");
    }
    trace_add_sink(lab->trace, &lab->order.sink);
    menu_watch_init(&lab->watch);
    trace_add_sink(lab->trace, &lab->watch.sink);
    lab->scenario = play_load(&lab->play, err);
    return lab->scenario != NULL && play_configure(&lab->play, lab->scenario, lab->plan->share,
                                                   lab->trace, &lab->config, err);
}

bool lab_open(struct lab *lab, const struct worker_plan *plan, struct checkpoints *checkpoints,
              uint32_t scenario, struct sim_error *err)
{
    *lab = (struct lab){
        .plan = plan,
        .checkpoints = checkpoints,
        .shared = checkpoints_shared(checkpoints),
        .scenario_index = scenario,
        .play = plan->play,
        .order = {.sink = {add_event}},
    };
    lab->play.scenario = plan->scenario[scenario];
    lab->play.seed = 0;
    if (!open_files(lab, err) || !menu_of(lab->scenario, &lab->menu, err)) {
        return false;
    }
    lab->seed_in_load = scenario_seed_used(lab->scenario);
    scenario_settle(lab->scenario);
    return true;
}

void lab_close(struct lab *lab)
{
    if (lab->parked != 0) {
        checkpoint_drop(lab->checkpoints, lab->parked);
        lab->parked = 0;
    }
    scenario_free(lab->scenario);
    trace_destroy(lab->trace);
    lab->scenario = NULL;
    lab->trace = NULL;
}

static void bad(struct lab *lab, const struct sim_error *err)
{
    struct outcome *outcome = &lab->shared->outcome;

    outcome->kind = OUTCOME_BAD;
    outcome->internal = err->status == SIM_INTERNAL;
    snprintf(outcome->why, sizeof(outcome->why), "%s", err->text);
}

static uint64_t number_of(const struct lab *lab)
{
    return lab->shared->job.first + lab->shared->index * lab->shared->job.step;
}

static void note_safe(void *user, uint64_t number)
{
    struct lab *lab = user;

    bool faults = lab->config.faults != NULL || (lab->run != NULL && run_has_faults(lab->run));

    if (lab->safe + 1 == number && !faults && !scenario_seed_used(lab->scenario) &&
        trace_amend_first(lab->trace, 0, lab->config.seed)) {
        lab->safe = number;
    }
}

/* The delays of this run. */
static void choose(struct lab *lab)
{
    const struct job *job = &lab->shared->job;
    const uint64_t *point = job->point[lab->shared->index];
    uint64_t from = job->depth != 0 ? point[job->depth - 1] + 1 : 1;

    if (job->kind == JOB_PROBE) {
        survey_init(&lab->survey, NULL, 1, CHOICE_MAX_DELAY_NS, NULL, 0);
        lab->survey.each = note_safe;
        lab->survey.user = lab;
        lab->inner = &lab->survey.base;
        return;
    }
    worker_strategy(lab->plan, &job->probe, number_of(lab), point, job->depth, &lab->strategy);
    lab->inner = &lab->strategy.base;
    if (job->kind == JOB_SURVEY) {
        survey_init(&lab->survey, lab->inner, from, job->probe.span.long_ns, lab->shared->found,
                    SURVEY_MOST);
        lab->inner = &lab->survey.base;
    }
}

/* This process becomes the present run of the job. */
static void become(struct lab *lab)
{
    lab->is_run = true;
    lab->play.seed =
        lab->shared->job.kind == JOB_PROBE ? 0 : worker_seed(lab->plan, number_of(lab));
    choose(lab);
    alarm(ATTEMPT_SECS);
}

static struct outcome new_outcome(const struct lab *lab)
{
    struct outcome outcome = {
        .kind = lab->shared->job.kind == JOB_PROBE ? OUTCOME_PROBE : OUTCOME_RUN,
        .scenario = lab->scenario_index,
        .run = number_of(lab),
    };

    outcome.seed = worker_seed(lab->plan, outcome.run);
    return outcome;
}

static void tell(struct lab *lab, int status, int out)
{
    struct outcome *outcome = &lab->shared->outcome;
    bool with_points;

    if (status != 0) {
        *outcome = new_outcome(lab);
        outcome->crashed = true;
        attempt_crash(status, outcome->why);
    }
    with_points = lab->shared->job.kind == JOB_SURVEY && outcome->kind == OUTCOME_RUN &&
                  outcome->found <= SURVEY_MOST;
    if (!lab_write(out, outcome, sizeof(*outcome)) ||
        (with_points &&
         !lab_write(out, lab->shared->found, outcome->found * sizeof(*lab->shared->found)))) {
        _exit(1); /* the campaign has gone */
    }
}

/* The checkpoint stays here for ever; where it comes back, this is a run. */
static bool part(struct lab *lab, struct sim_error *err)
{
    const struct checkpoint_place place = {
        .course = lab->scenario_index, .event = trace_count(lab->trace), .choice = lab->parked_at};

    scenario_settle(lab->scenario);
    if (checkpoint_park(lab->checkpoints, &place, err) == 0) {
        return false;
    }
    become(lab);
    return true;
}

/* At the point where the runs part. */
static uint64_t at_gate(struct choice_source *gate, uint64_t number, enum choice_kind kind,
                        const struct sim_pe *pe)
{
    struct lab *lab = (struct lab *)(void *)((char *)gate - offsetof(struct lab, gate));
    uint64_t delay_ns = 0;

    if (!lab->is_run) {
        struct sim_error err;

        if (!part(lab, &err)) {
            bad(lab, &err);
            _exit(0);
        }
        scenario_reseed(lab->scenario, lab->play.seed);
        if (!run_reseed(lab->run, lab->play.seed)) {
            _exit(1);
        }
        lab->inner->due = lab->inner->due > number ? lab->inner->due : number + 1;
    }
    if (lab->inner->due == number) {
        delay_ns = lab->inner->answer(lab->inner, number, kind, pe);
    }
    gate->due = lab->inner->due;
    return delay_ns;
}

/* From the files to the verdict; of what becomes the checkpoint, only up to the gate. */
static bool play_through(struct lab *lab, struct run_result *result, struct sim_error *err)
{
    struct run *run = run_create(&lab->config, err);

    if (run == NULL) {
        scenario_refused(err, result);
    } else {
        lab->run = run;
        run_execute(run, result);
    }
    scenario_judge(lab->scenario, run, result);
    if (!lab->is_run) {
        return sim_fail(err, SIM_INTERNAL, "the run ended before choice point %" PRIu64,
                        lab->parked_at);
    }
    if (result->verdict == RUN_BAD_INPUT && !lab->watch.struck) {
        return sim_fail(err, SIM_BAD_INPUT, "%s", result->why);
    }
    return trace_finish(lab->trace, &lab->shared->outcome.hash, err);
}

/* Where the runs of a scenario may part: before anything depends on the seed or on a delay. */
static void take_probe(const struct lab *lab, const struct run_result *result,
                       struct outcome *outcome)
{
    const struct survey *survey = &lab->survey;
    struct probe *probe = &outcome->probe;

    probe->span = (struct strategy_span){
        .points = result->choices,
        .first = survey->first,
        .last = survey->last,
        .long_ns = result->simulated_ns < SHORTEST_LONG_NS      ? SHORTEST_LONG_NS
                   : result->simulated_ns < CHOICE_MAX_DELAY_NS ? result->simulated_ns
                                                                : CHOICE_MAX_DELAY_NS,
    };
    probe->fork_at = survey->first != 0 ? survey->first - 1 : result->choices;
    probe->fork_at = probe->fork_at < lab->safe ? probe->fork_at : lab->safe;
    probe->menu = lab->menu;
    if (lab->plan->faults != 0 && lab->menu.count != 0) {
        probe->fork_at = 0; /* a fault may strike from the start on */
    }
    memcpy(outcome->kinds, survey->kinds, sizeof(outcome->kinds));
}

/* A script says where it expected something else: its place comes first. */
static bool is_scripts(const struct run_result *result)
{
    const char *place = strstr(result->why, ".lua:");
    bool is_late = strncmp(result->why, "reset: ", 7) == 0; /* for its watchdog */

    return result->verdict == RUN_FAILED &&
           (is_late ||
            (place != NULL && strcspn(result->why, " ") > (size_t)(place - result->why)));
}

static void finish(struct lab *lab, const struct run_result *result)
{
    struct outcome *outcome = &lab->shared->outcome;

    outcome->passed =
        result->verdict == RUN_PASSED || (lab->plan->core_only && is_scripts(result)) ||
        menu_excuses(&lab->watch, scenario_info(lab->scenario)->holds_under_faults, result);
    outcome->internal = result->verdict == RUN_INTERNAL;
    if (!outcome->passed) {
        memcpy(outcome->why, result->why, sizeof(outcome->why));
    }
    outcome->points = result->choices;
    outcome->delays = result->delays;
    outcome->order = lab->order.hash;
    if (lab->shared->job.kind == JOB_PROBE) {
        take_probe(lab, result, outcome);
    }
    if (lab->shared->job.kind == JOB_SURVEY) {
        outcome->found = lab->survey.found_count;
    }
}

/* The faults of this run. */
static bool add_faults(struct lab *lab, struct sim_error *err)
{
    struct fault_draw draw;
    char line[FAULT_LINE_BYTES];
    bool ok = true;

    worker_faults(lab->plan, &lab->shared->job.probe, number_of(lab), &draw);
    for (unsigned i = 0; ok && i < draw.count; i++) {
        fault_print(&draw.fault[i], line);
        ok = scenario_add_fault(lab->scenario, line, "possible_faults", &lab->config, err);
    }
    return ok;
}

/* Up to where the runs part, when that is before the first choice point; else says where. */
static bool prepare(struct lab *lab, struct sim_error *err)
{
    if (lab->shared->job.kind == JOB_PROBE) {
        become(lab);
    } else if (lab->parked_at != 0) {
        lab->gate = (struct choice_source){.due = lab->parked_at, .answer = at_gate};
        lab->config.choices = &lab->gate;
        return true;
    } else if (!part(lab, err)) {
        return false;
    }
    if (lab->seed_in_load) {
        scenario_free(lab->scenario);
        trace_destroy(lab->trace);
        if (!open_files(lab, err)) {
            return false;
        }
    } else {
        scenario_reseed(lab->scenario, lab->play.seed);
        lab->config.seed = lab->play.seed;
    }
    lab->config.choices = lab->inner;
    return lab->shared->job.kind == JOB_PROBE || add_faults(lab, err);
}

/* In a process of its own: to the checkpoint, or from there to the end. */
static void perform(void *user)
{
    struct lab *lab = user;
    struct run_result result;
    struct sim_error err;

    if (!prepare(lab, &err) || !play_through(lab, &result, &err)) {
        bad(lab, &err);
    } else {
        finish(lab, &result);
    }
    _exit(0);
}

static void begin(struct lab *lab, uint32_t index)
{
    lab->shared->index = index;
    lab->shared->outcome = new_outcome(lab);
}

/* Makes the checkpoint, unless it is there. */
static bool park(struct lab *lab, int out, struct sim_error *err)
{
    uint64_t at = lab->seed_in_load ? 0 : lab->shared->job.probe.fork_at;
    int status;

    if (lab->parked != 0 && lab->parked_at == at) {
        return true;
    }
    checkpoint_drop(lab->checkpoints, lab->parked);
    lab->parked_at = at;
    begin(lab, 0);
    if (!checkpoints_start(lab->checkpoints, perform, lab, &status, err)) {
        return false;
    }
    lab->parked = checkpoint_before(lab->checkpoints, lab->scenario_index, UINT64_MAX);
    if (lab->parked == 0 && lab->shared->outcome.kind == OUTCOME_BAD) {
        tell(lab, 0, out);
        return true;
    }
    return lab->parked != 0 ||
           sim_fail(err, SIM_INTERNAL, "%s: what prepares its runs has died", lab->play.scenario);
}

bool lab_do(struct lab *lab, const struct job *job, int out, struct sim_error *err)
{
    int status;

    lab->shared->job = *job;
    if (job->kind == JOB_PROBE) {
        begin(lab, 0);
        if (!checkpoints_start(lab->checkpoints, perform, lab, &status, err)) {
            return false;
        }
        tell(lab, status, out);
        return true;
    }
    if (!park(lab, out, err)) {
        return false;
    }
    for (uint32_t i = 0; lab->parked != 0 && i < job->count && !atomic_load(lab->plan->stop); i++) {
        begin(lab, i);
        if (!checkpoint_return(lab->checkpoints, lab->parked, &status, err)) {
            return false;
        }
        tell(lab, status, out);
    }
    return true;
}
