/* SPDX-License-Identifier: BSD-3-Clause */
/* Host time is measured here and shown, nothing else. */
#define _POSIX_C_SOURCE 200809L
#include "runner.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "commands.h"
#include "sim/host/map.h"

#define TRACE_MAX_BYTES (256ull << 20)
#define LAST_EVENTS     12u

struct session {
    struct runner *runner;
    struct trace *trace;
    struct story *story;
    struct run *run; /* once it has booted */
    FILE *call_log;
};

enum sim_status runner_complain(const char *command, const struct sim_error *err)
{
    fflush(stdout);
    fprintf(stderr, "orrery %s: %s\n", command, err->text);
    return err->status;
}

bool runner_parse_story(const char *text, enum story_level *story)
{
    static const char *const names[] = {"none", "calls", "full"};

    for (unsigned i = 0; i < 3; i++) {
        if (strcmp(text, names[i]) == 0) {
            *story = (enum story_level)i;
            return true;
        }
    }
    return false;
}

static double now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void print_event(void *user, const struct trace_event *event)
{
    story_print(user, event);
}

static void print_verdict(const struct scenario_info *info, const struct run_result *result,
                          double wall_ms, const char *hash)
{
    printf("%s  %s   %" PRIu64 ".%03uus simulated, %.1fms wall, hash %s\n",
           result->verdict == RUN_PASSED ? "PASS" : "FAIL", info->name,
           result->simulated_ns / 1000u, (unsigned)(result->simulated_ns % 1000u), wall_ms, hash);
}

static bool open_call_log(struct session *s, struct run_config *config, struct sim_error *err)
{
    const char *path = s->runner->call_log;

    if (path == NULL) {
        return true;
    }
    s->call_log = fopen(path, "wb");
    config->call_log = true;
    config->call_log_out = s->call_log;
    return s->call_log != NULL ||
           sim_fail(err, SIM_BAD_INPUT, "--call-log %s: %s", path, strerror(errno));
}

static bool close_call_log(struct session *s, struct sim_error *err)
{
    bool bad;

    if (s->call_log == NULL) {
        return true;
    }
    bad = ferror(s->call_log) != 0;
    bad = fclose(s->call_log) != 0 || bad;
    s->call_log = NULL;
    return !bad ||
           sim_fail(err, SIM_INTERNAL, "--call-log %s: can not be written", s->runner->call_log);
}

static void on_boot(void *user, struct run *run)
{
    struct session *s = user;

    s->run = run;
    if (s->runner->map) {
        map_print(run, stdout, "after boot");
    }
}

static bool on_prepared(void *user, const struct scenario *scenario, struct run_config *config,
                        struct sim_error *err)
{
    struct session *s = user;
    struct runner *runner = s->runner;

    identity_of(scenario, config, &runner->identity);
    judge_watch_plan(&runner->watch, config);
    config->booted = on_boot;
    config->booted_user = s;
    return (runner->made_of == NULL || runner->made_of(runner->user, &runner->identity, err)) &&
           open_call_log(s, config, err);
}

static void on_end(void *user, struct run *run)
{
    struct session *s = user;

    s->run = NULL;
    if (s->runner->map) {
        map_print(run, stdout, "at the end");
    }
}

static void print_one(struct session *s, const char *when, const struct trace_event *event)
{
    printf("%s", when);
    if (event != NULL) {
        story_print(s->story, event);
    } else {
        printf("  nothing: the run had ended\n");
    }
}

/* The first event that is not what it was: the run stops there. */
static void on_difference(void *user, const struct trace_event *first,
                          const struct trace_event *second)
{
    struct session *s = user;

    printf("Event %" PRIu64 " is not the same in two runs.\n", s->runner->twice->count);
    print_one(s, "The first run:\n", first);
    print_one(s, "The second run:\n", second);
    if (s->run != NULL) {
        run_fail(s->run, "event %" PRIu64 " was another one in the run before",
                 s->runner->twice->count);
    }
}

static bool play(struct session *s, struct scenario *scenario, struct sim_error *err)
{
    struct runner *runner = s->runner;
    const struct play play = {.options = runner->play,
                              .share = command_share(),
                              .trace = s->trace,
                              .choices = runner->choices,
                              .prepared = on_prepared,
                              .ended = on_end,
                              .user = s};
    bool ok;

    if (runner->trace != NULL && !trace_record(s->trace, runner->trace, TRACE_MAX_BYTES, err)) {
        return false;
    }
    if (runner->twice != NULL) {
        runner->twice->on_difference = on_difference;
        runner->twice->user = s;
        trace_add_sink(s->trace, &runner->twice->sink);
    }
    judge_watch_init(&runner->watch);
    trace_add_sink(s->trace, &runner->watch.sink);
    if (runner->begins != NULL) {
        runner->begins(runner->user, s->trace);
    }
    ok = play_run(&play, scenario, &runner->result, err);
    return close_call_log(s, ok ? err : NULL) && ok;
}

static enum sim_status run_loaded(struct session *s, struct scenario *scenario)
{
    struct runner *runner = s->runner;
    double began = now_ms();
    char text[TRACE_HASH_TEXT];
    struct sim_error err;

    if (!play(s, scenario, &err)) {
        return runner_complain(runner->command, &err);
    }
    if (runner->result.verdict == RUN_BAD_INPUT) {
        sim_fail(&err, SIM_BAD_INPUT, "%s", runner->result.why);
        return runner_complain(runner->command, &err);
    }
    if (runner->result.verdict == RUN_FAILED && !runner->silent) {
        if (runner->quiet || runner->story == STORY_NONE) {
            printf("The last events:\n");
            trace_last(s->trace, LAST_EVENTS, print_event, s->story);
        }
        printf("%s\n", runner->result.why);
    }
    runner->events = trace_count(s->trace);
    if (!trace_finish(s->trace, &runner->hash, &err)) {
        return runner_complain(runner->command, &err);
    }
    runner->has_run = true;
    if (runner->result.verdict == RUN_INTERNAL) {
        sim_fail(&err, SIM_INTERNAL, "%s", runner->result.why);
        return runner_complain(runner->command, &err);
    }
    if (!runner->silent) {
        trace_hash_text(&runner->hash, text);
        print_verdict(scenario_info(scenario), &runner->result, now_ms() - began, text);
    }
    return scenario_status(&runner->result);
}

/* What came of the faults. */
static enum sim_status judge_faults(struct runner *runner, enum sim_status status)
{
    const struct judge judge = {.play = runner->play,
                                .share = command_share(),
                                .choices = runner->delays,
                                .watch = &runner->watch,
                                .simulated_ns = runner->result.simulated_ns,
                                .spare = runner->no_judge};
    struct sim_error err;

    if (!runner->has_run || runner->delays == NULL || runner->silent || runner->quiet ||
        judge_tell(&judge, stdout, &err)) {
        return status;
    }
    return runner_complain(runner->command, &err);
}

enum sim_status runner_run(struct runner *runner)
{
    struct sim_error err;
    struct scenario *scenario = play_load(runner->play, &err);
    struct session s = {
        .runner = runner,
        .trace = trace_create(),
        .story = story_create(stdout, runner->quiet || runner->silent ? STORY_NONE : runner->story,
                              RUNNER_STORY_LINES),
    };
    enum sim_status status;

    runner->has_run = false;
    if (scenario == NULL) {
        status = runner_complain(runner->command, &err);
    } else if (s.trace == NULL || s.story == NULL) {
        sim_fail(&err, SIM_INTERNAL, "out of memory");
        status = runner_complain(runner->command, &err);
    } else {
        trace_add_sink(s.trace, story_sink(s.story));
        status = run_loaded(&s, scenario);
    }
    story_destroy(s.story);
    trace_destroy(s.trace);
    scenario_free(scenario);
    status = judge_faults(runner, status);
    judge_watch_free(&runner->watch);
    return status;
}
