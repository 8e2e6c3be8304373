/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include "sim/replay/lab.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
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
    lab->scenario = play_load(&lab->play, err);
    return lab->scenario != NULL && play_configure(&lab->play, lab->scenario, lab->plan->share,
                                                   lab->trace, &lab->config, err);
}

bool lab_open(struct lab *lab, const struct worker_plan *plan, uint32_t scenario,
              struct sim_error *err)
{
    *lab = (struct lab){
        .plan = plan,
        .scenario_index = scenario,
        .play = plan->play,
        .order = {.sink = {add_event}},
    };
    lab->play.scenario = plan->scenario[scenario];
    lab->play.seed = 0;
    if (!open_files(lab, err)) {
        return false;
    }
    lab->seed_in_load = scenario_seed_used(lab->scenario);
    scenario_settle(lab->scenario);
    return true;
}

void lab_close(struct lab *lab)
{
    scenario_free(lab->scenario);
    trace_destroy(lab->trace);
    lab->scenario = NULL;
    lab->trace = NULL;
}

static void bad(struct lab *lab, const struct sim_error *err)
{
    lab->outcome->kind = OUTCOME_BAD;
    lab->outcome->internal = err->status == SIM_INTERNAL;
    snprintf(lab->outcome->why, sizeof(lab->outcome->why), "%s", err->text);
}

static uint64_t number_of(const struct lab *lab)
{
    return lab->job->first + lab->index * lab->job->step;
}

static void note_safe(void *user, uint64_t number)
{
    struct lab *lab = user;

    if (lab->safe + 1 == number && !scenario_seed_used(lab->scenario) &&
        trace_amend_first(lab->trace, 0, lab->config.seed)) {
        lab->safe = number;
    }
}

/* The delays of this run. */
static void choose(struct lab *lab)
{
    const struct job *job = lab->job;
    const uint64_t *point = job->point[lab->index];
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
        survey_init(&lab->survey, lab->inner, from, job->probe.span.long_ns, lab->found,
                    SURVEY_MOST);
        lab->inner = &lab->survey.base;
    }
}

/* This process becomes run number `index` of the job. */
static void become(struct lab *lab, uint32_t index)
{
    lab->index = index;
    lab->is_run = true;
    lab->play.seed = lab->job->kind == JOB_PROBE ? 0 : worker_seed(lab->plan, number_of(lab));
    choose(lab);
    alarm(ATTEMPT_SECS);
}

static struct outcome new_outcome(const struct lab *lab)
{
    struct outcome outcome = {
        .kind = lab->job->kind == JOB_PROBE ? OUTCOME_PROBE : OUTCOME_RUN,
        .scenario = lab->scenario_index,
        .run = number_of(lab),
    };

    outcome.seed = worker_seed(lab->plan, outcome.run);
    return outcome;
}

static void tell(struct lab *lab, int status)
{
    struct outcome *outcome = lab->outcome;
    bool with_points;

    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        *outcome = new_outcome(lab);
        outcome->crashed = true;
        attempt_crash(status, outcome->why);
    }
    with_points = lab->job->kind == JOB_SURVEY && outcome->kind == OUTCOME_RUN &&
                  outcome->found <= SURVEY_MOST;
    if (!lab_write(lab->out, outcome, sizeof(*outcome)) ||
        (with_points && !lab_write(lab->out, lab->found, outcome->found * sizeof(*lab->found)))) {
        _exit(1); /* the campaign has gone */
    }
}

/* Forks one run after the other, and comes back in each of them only. */
static void serve(struct lab *lab)
{
    for (uint32_t i = 0; i < lab->job->count && !atomic_load(lab->plan->stop); i++) {
        pid_t pid;
        int status = 0;

        lab->index = i;
        *lab->outcome = new_outcome(lab);
        pid = fork();
        if (pid == 0) {
            become(lab, i);
            return;
        }
        if (pid < 0) {
            struct sim_error err;

            sim_fail(&err, SIM_INTERNAL, "no process for a run: %s", strerror(errno));
            bad(lab, &err);
        }
        while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
        }
        tell(lab, status);
    }
    _exit(0);
}

/* At the point where the runs part: the server stays here for ever, each run goes on. */
static uint64_t at_gate(struct choice_source *gate, uint64_t number, enum choice_kind kind,
                        const struct sim_pe *pe)
{
    struct lab *lab = (struct lab *)(void *)((char *)gate - offsetof(struct lab, gate));
    uint64_t delay_ns = 0;

    if (!lab->is_run) {
        scenario_settle(lab->scenario);
        serve(lab);
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

/* From the files to the verdict. Of the server, at_gate() never comes back from here. */
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
                        lab->job->probe.fork_at);
    }
    if (result->verdict == RUN_BAD_INPUT) {
        return sim_fail(err, SIM_BAD_INPUT, "%s", result->why);
    }
    return trace_finish(lab->trace, &lab->outcome->hash, err);
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
    memcpy(outcome->kinds, survey->kinds, sizeof(outcome->kinds));
}

/* A script says where it expected something else: its place comes first. */
static bool is_scripts(const struct run_result *result)
{
    const char *place = strstr(result->why, ".lua:");

    return result->verdict == RUN_FAILED && place != NULL &&
           strcspn(result->why, " ") > (size_t)(place - result->why);
}

static void finish(struct lab *lab, const struct run_result *result)
{
    struct outcome *outcome = lab->outcome;

    outcome->passed = result->verdict == RUN_PASSED || (lab->plan->core_only && is_scripts(result));
    outcome->internal = result->verdict == RUN_INTERNAL;
    if (!outcome->passed) {
        memcpy(outcome->why, result->why, sizeof(outcome->why));
    }
    outcome->points = result->choices;
    outcome->delays = result->delays;
    outcome->order = lab->order.hash;
    if (lab->job->kind == JOB_PROBE) {
        take_probe(lab, result, outcome);
    }
    if (lab->job->kind == JOB_SURVEY) {
        outcome->found = lab->survey.found_count;
    }
}

/* What the runs of a job have in common, then serve(), then each run. */
static bool prepare(struct lab *lab, struct sim_error *err)
{
    bool at_once = lab->job->kind == JOB_PROBE || lab->job->probe.fork_at == 0 || lab->seed_in_load;

    if (!at_once) {
        lab->gate = (struct choice_source){.due = lab->job->probe.fork_at, .answer = at_gate};
        lab->config.choices = &lab->gate;
        return true;
    }
    serve(lab);
    if (lab->seed_in_load) {
        lab_close(lab);
        if (!open_files(lab, err)) {
            return false;
        }
    } else {
        scenario_reseed(lab->scenario, lab->play.seed);
        lab->config.seed = lab->play.seed;
    }
    lab->config.choices = lab->inner;
    return true;
}

void lab_do(struct lab *lab, const struct job *job, int out)
{
    struct run_result result;
    struct sim_error err;
    size_t found_bytes = job->kind == JOB_SURVEY ? SURVEY_MOST * sizeof(*lab->found) : 1;

    lab->job = job;
    lab->out = out;
    lab->outcome = mmap(NULL, sizeof(*lab->outcome), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    lab->found = mmap(NULL, found_bytes, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (lab->outcome == MAP_FAILED || lab->found == MAP_FAILED) {
        _exit(1);
    }
    *lab->outcome = new_outcome(lab);
    if (!prepare(lab, &err) || !play_through(lab, &result, &err)) {
        bad(lab, &err);
        if (!lab->is_run) {
            tell(lab, 0);
        }
    } else {
        finish(lab, &result);
    }
    _exit(0);
}
