/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "sim/replay/checkpoint_run.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/replay/attempt.h"

/* Between all processes. */
struct shared {
    struct checkpoint_way way;
    struct checkpoint_outcome outcome;
};

struct checkpoint_run {
    const struct play_options *play;
    const char *share;
    struct checkpoints *set;
    struct shared *shared;

    /* In a runner */
    struct trace_sink sink;
    struct choice_source gate;
    struct choice_pairs pairs;
    struct choice_list list; /* on `own` */
    struct choice_pair own[CHECKPOINT_PAIRS_MOST];
    struct trace *trace;
    struct scenario *scenario;
    struct run *run;   /* NULL: not yet */
    uint64_t at_event; /* 0: none, or done; so are the next two */
    uint64_t at_choice;
    uint64_t at_ns;
};

static struct checkpoint_run *of_sink(struct trace_sink *sink)
{
    return (struct checkpoint_run *)(void *)((char *)sink - offsetof(struct checkpoint_run, sink));
}

static struct checkpoint_run *of_gate(struct choice_source *gate)
{
    return (struct checkpoint_run *)(void *)((char *)gate - offsetof(struct checkpoint_run, gate));
}

__attribute__((format(printf, 2, 3), noreturn)) static void refuse(struct checkpoint_run *run,
                                                                   const char *format, ...)
{
    struct checkpoint_outcome *outcome = &run->shared->outcome;
    va_list args;

    va_start(args, format);
    vsnprintf(outcome->why, sizeof(outcome->why), format, args);
    va_end(args);
    outcome->refused = true;
    _exit(0);
}

/* The way's delays from point `from` on. */
static void take_choices(struct checkpoint_run *run, uint64_t from)
{
    const struct checkpoint_way *way = &run->shared->way;

    if (way->new_choices) {
        run->list = (struct choice_list){.pair = run->own};
        for (uint32_t i = 0; i < way->pair_count; i++) {
            if (way->pair[i].number >= from) {
                run->own[run->list.count++] = way->pair[i];
            }
        }
        choice_pairs_init(&run->pairs, &run->list);
    }
}

static void set_due(struct checkpoint_run *run)
{
    uint64_t due = run->pairs.base.due;

    run->gate.due = run->at_choice != 0 && run->at_choice < due ? run->at_choice : due;
}

static void take_marks(struct checkpoint_run *run)
{
    const struct checkpoint_way *way = &run->shared->way;

    run->at_event = way->at_event > trace_count(run->trace) ? way->at_event : 0;
    run->at_choice = way->at_choice;
    run->at_ns = way->at_ns;
}

/* Somebody came back: this process goes on the way that he says; the next point is `from`. */
static void come_back(struct checkpoint_run *run, uint64_t from)
{
    const struct checkpoint_way *way = &run->shared->way;
    struct machine *machine = run_machine(run->run);

    alarm(ATTEMPT_SECS);
    take_marks(run);
    run->at_choice = run->at_choice >= from ? run->at_choice : 0;
    take_choices(run, from);
    set_due(run);
    machine_set_choices(machine, &run->gate);
    if (way->new_limit) {
        run_set_limit(run->run, way->limit_ns);
    }
    if (way->new_seed) {
        if (scenario_seed_used(run->scenario) || !run_reseed(run->run, way->seed)) {
            refuse(run,
                   "at event %" PRIu64 " the run depends on its seed already: another one "
                   "needs an earlier checkpoint",
                   trace_count(run->trace));
        }
        scenario_reseed(run->scenario, way->seed);
    }
}

static void take(struct checkpoint_run *run, uint64_t time_ns, uint64_t next_point)
{
    struct checkpoint_outcome *outcome = &run->shared->outcome;
    const struct checkpoint_place place = {
        .course = run->shared->way.course,
        .event = trace_count(run->trace),
        .choice = run_machine(run->run)->choices.number,
        .time_ns = time_ns,
    };
    struct sim_error err;
    bool is_back;
    uint32_t number = checkpoint_take(run->set, &place, &is_back, &err);

    if (is_back) {
        come_back(run, next_point);
    } else if (number != 0) {
        outcome->taken++;
        outcome->latest = number;
    } else if (outcome->not_taken++ == 0) {
        memcpy(outcome->why_not, err.text, sizeof(outcome->why_not));
    }
}

static void on_event(struct trace_sink *sink, const struct trace_event *event)
{
    struct checkpoint_run *run = of_sink(sink);
    const struct checkpoint_way *way = &run->shared->way;
    uint64_t number = trace_count(run->trace);
    bool in_place = run->at_event != 0 && number >= run->at_event;
    bool in_time = run->at_ns != 0 && event->header.time_ns >= run->at_ns;

    if (run->run == NULL) {
        return; /* the machine is not there yet */
    }
    if (in_place || in_time || (way->every_events != 0 && number % way->every_events == 0)) {
        run->at_event = in_place ? 0 : run->at_event;
        run->at_ns = in_time ? 0 : run->at_ns;
        take(run, event->header.time_ns, run_machine(run->run)->choices.number + 1);
    }
    if (way->stop_event != 0 && number >= way->stop_event) {
        run->shared->outcome.stopped = true;
        run->shared->outcome.events = number;
        run->shared->outcome.simulated_ns = event->header.time_ns;
        _exit(0);
    }
}

static uint64_t at_point(struct choice_source *gate, uint64_t number, enum choice_kind kind,
                         const struct sim_pe *pe)
{
    struct checkpoint_run *run = of_gate(gate);
    uint64_t delay_ns = 0;

    if (number == run->at_choice) {
        run->at_choice = 0;
        take(run, machine_now(run_machine(run->run)), number);
        run->at_choice = run->at_choice != number ? run->at_choice : 0;
    }
    if (number == run->pairs.base.due) {
        delay_ns = run->pairs.base.answer(&run->pairs.base, number, kind, pe);
    }
    set_due(run);
    return delay_ns;
}

static void perform(void *user)
{
    struct checkpoint_run *run = user;
    struct checkpoint_outcome *outcome = &run->shared->outcome;
    struct run_config config;
    struct run_result result;
    struct sim_error err;

    alarm(ATTEMPT_SECS);
    run->trace = trace_create();
    if (run->trace == NULL) {
        refuse(run, "out of memory");
    }
    take_marks(run);
    choice_pairs_init(&run->pairs, &run->list);
    take_choices(run, 1);
    set_due(run);
    trace_add_sink(run->trace, &run->sink);
    run->scenario = play_load(run->play, &err);
    if (run->scenario == NULL ||
        !play_configure(run->play, run->scenario, run->share, run->trace, &config, &err)) {
        refuse(run, "%s", err.text);
    }
    config.choices = &run->gate;
    run->run = run_create(&config, &err);
    if (run->run == NULL) {
        refuse(run, "%s", err.text);
    }
    run_execute(run->run, &result);
    scenario_judge(run->scenario, run->run, &result);
    outcome->events = trace_count(run->trace);
    if (!trace_finish(run->trace, &outcome->hash, &err)) {
        refuse(run, "%s", err.text);
    }
    outcome->passed = result.verdict == RUN_PASSED;
    outcome->points = result.choices;
    outcome->simulated_ns = result.simulated_ns;
    memcpy(outcome->why, result.why, sizeof(outcome->why));
    _exit(0);
}

struct checkpoint_run *checkpoint_run_open(const struct play_options *play, const char *share,
                                           const struct checkpoint_limits *limits,
                                           struct sim_error *err)
{
    struct checkpoint_run *run = calloc(1, sizeof(*run));

    if (run == NULL) {
        sim_fail(err, SIM_INTERNAL, "out of memory");
        return NULL;
    }
    run->set = checkpoints_create(limits, sizeof(struct shared), err);
    if (run->set == NULL) {
        free(run);
        return NULL;
    }
    run->play = play;
    run->share = share;
    run->shared = checkpoints_shared(run->set);
    run->sink.event = on_event;
    run->gate.answer = at_point;
    return run;
}

void checkpoint_run_close(struct checkpoint_run *run)
{
    if (run != NULL) {
        checkpoints_destroy(run->set);
        free(run);
    }
}

struct checkpoints *checkpoint_run_set(struct checkpoint_run *run)
{
    return run->set;
}

static bool give_way(struct checkpoint_run *run, const struct checkpoint_way *way,
                     struct sim_error *err)
{
    if (way->pair_count > CHECKPOINT_PAIRS_MOST) {
        return sim_fail(err, SIM_BAD_INPUT, "%u delays: at most %u go behind a checkpoint",
                        way->pair_count, CHECKPOINT_PAIRS_MOST);
    }
    memcpy(&run->shared->way, way, offsetof(struct checkpoint_way, pair));
    memcpy(run->shared->way.pair, way->pair, way->pair_count * sizeof(way->pair[0]));
    memset(&run->shared->outcome, 0, sizeof(run->shared->outcome));
    return true;
}

static bool give_outcome(struct checkpoint_run *run, int status, struct checkpoint_outcome *outcome)
{
    *outcome = run->shared->outcome;
    if (status != 0) {
        outcome->crashed = true;
        attempt_crash(status, outcome->why);
    }
    return true;
}

bool checkpoint_run_begin(struct checkpoint_run *run, const struct checkpoint_way *way,
                          struct checkpoint_outcome *outcome, struct sim_error *err)
{
    int status;

    return give_way(run, way, err) && checkpoints_start(run->set, perform, run, &status, err) &&
           give_outcome(run, status, outcome);
}

bool checkpoint_run_go(struct checkpoint_run *run, uint32_t number,
                       const struct checkpoint_way *way, struct checkpoint_outcome *outcome,
                       struct sim_error *err)
{
    int status;

    return give_way(run, way, err) && checkpoint_return(run->set, number, &status, err) &&
           give_outcome(run, status, outcome);
}
