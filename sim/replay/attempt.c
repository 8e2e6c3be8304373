/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include "sim/replay/attempt.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/replay/tape.h"

/* Between the two processes. */
struct shared {
    bool ok;
    struct sim_error err;
    struct attempt_result result;
};

/* In the run's process. */
struct take {
    const struct attempt *attempt;
    struct choice_recorder recorder;
    struct trace *trace;
    struct story *story;
    struct judge_watch watch;
    struct tape tape;
};

static bool on_prepared(void *user, const struct scenario *scenario, struct run_config *config,
                        struct sim_error *err)
{
    struct take *take = user;

    (void)err;
    identity_of(scenario, config, &take->tape.identity);
    return true;
}

static bool write_tape(struct take *take, const struct run_result *result,
                       const struct trace_hash *hash, struct sim_error *err)
{
    struct tape *tape = &take->tape;

    if (take->recorder.cut) {
        return sim_fail(err, SIM_INTERNAL, "no tape: more than %u delays", CHOICES_MOST);
    }
    tape->options = *take->attempt->play;
    tape->choices = take->recorder.list;
    tape->passed = result->verdict == RUN_PASSED;
    tape->hash = *hash;
    tape->events = trace_count(take->trace);
    tape->points = result->choices;
    memcpy(tape->why, result->why, sizeof(tape->why));
    return tape_write(tape, take->attempt->tape, err);
}

static bool perform(struct take *take, struct scenario *scenario, struct attempt_result *result,
                    struct sim_error *err)
{
    const struct attempt *attempt = take->attempt;
    struct play play = {.options = attempt->play,
                        .share = attempt->share,
                        .trace = take->trace,
                        .choices = &take->recorder.base,
                        .prepared = on_prepared,
                        .user = take};
    struct run_result run;

    choice_recorder_init(&take->recorder, attempt->choices);
    judge_watch_init(&take->watch);
    trace_add_sink(take->trace, &take->watch.sink);
    if (attempt->tape != NULL) {
        tape_keep_states(&take->tape.states, take->trace);
    }
    if (!play_run(&play, scenario, &run, err)) {
        return false;
    }
    if (run.verdict == RUN_BAD_INPUT) {
        return sim_fail(err, SIM_BAD_INPUT, "%s", run.why);
    }
    if (!trace_finish(take->trace, &result->hash, err)) {
        return false;
    }
    result->passed = run.verdict == RUN_PASSED;
    result->points = run.choices;
    result->delays = run.delays;
    result->simulated_ns = run.simulated_ns;
    result->strikes = take->watch.strikes;
    memcpy(result->strike, take->watch.course.strike, sizeof(result->strike));
    memcpy(result->why, run.why, sizeof(result->why));
    return attempt->tape == NULL || write_tape(take, &run, &result->hash, err);
}

static void be_the_run(const struct attempt *attempt, struct shared *shared)
{
    struct take take = {.attempt = attempt, .trace = trace_create()};
    struct scenario *scenario = play_load(attempt->play, &shared->err);

    alarm(ATTEMPT_SECS);
    tape_init(&take.tape);
    if (attempt->story != NULL) {
        take.story = story_create(attempt->story, STORY_CALLS, UINT64_MAX);
    }
    if (take.trace == NULL || (attempt->story != NULL && take.story == NULL)) {
        sim_fail(&shared->err, SIM_INTERNAL, "out of memory");
    } else if (scenario != NULL) {
        if (take.story != NULL) {
            trace_add_sink(take.trace, story_sink(take.story));
        }
        shared->ok = perform(&take, scenario, &shared->result, &shared->err);
    }
    story_destroy(take.story);
    if (attempt->story != NULL) {
        fflush(attempt->story);
    }
}

void attempt_crash(int status, char why[512])
{
    int by = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

    if (by == SIGALRM) {
        snprintf(why, 512, "the run took more than %u s of the host's time", ATTEMPT_SECS);
    } else if (by != 0) {
        snprintf(why, 512, "the simulator crashed: %s", strsignal(by));
    } else {
        snprintf(why, 512, "the simulator ended with status %d", WEXITSTATUS(status));
    }
}

bool attempt_run(const struct attempt *attempt, struct attempt_result *result,
                 struct sim_error *err)
{
    struct shared *shared =
        mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int status = 0;
    bool ok = true;
    pid_t pid;

    memset(result, 0, sizeof(*result));
    if (shared == MAP_FAILED) {
        return sim_fail(err, SIM_INTERNAL, "out of memory");
    }
    pid = fork();
    if (pid == 0) {
        be_the_run(attempt, shared);
        _exit(0);
    }
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (pid < 0) {
        ok = sim_fail(err, SIM_INTERNAL, "no process for a run: %s", strerror(errno));
    } else if (status != 0) {
        result->crashed = true;
        attempt_crash(status, result->why);
    } else if (!shared->ok) {
        *err = shared->err;
        ok = false;
    } else {
        *result = shared->result;
    }
    munmap(shared, sizeof(*shared));
    return ok;
}
