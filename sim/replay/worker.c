/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE /* pipe2 */
#include "sim/replay/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/replay/lab.h"

#define WORKER_LABS 8u /* scenarios that are kept ready; a large process forks slowly */

uint64_t worker_seed(const struct worker_plan *plan, uint64_t run)
{
    return plan->strategy == STRATEGY_EXHAUSTIVE ? plan->seed_base : plan->seed_base + run;
}

void worker_strategy(const struct worker_plan *plan, const struct probe *probe, uint64_t run,
                     const uint64_t *point, unsigned depth, struct strategy *strategy)
{
    if (plan->strategy == STRATEGY_EXHAUSTIVE) {
        strategy_init_points(strategy, point, depth, probe->span.long_ns);
    } else {
        strategy_init(strategy, plan->strategy, plan->depth, &probe->span, plan->seed_base + run);
    }
}

void worker_faults(const struct worker_plan *plan, const struct probe *probe, uint64_t run,
                   struct fault_draw *draw)
{
    unsigned most = plan->strategy == STRATEGY_EXHAUSTIVE ? 0 : plan->faults;

    menu_draw(&probe->menu, most, probe->span.points, plan->seed_base + run, draw);
}

static bool read_all(int fd, void *data, size_t size_bytes)
{
    char *at = data;

    while (size_bytes != 0) {
        ssize_t n = read(fd, at, size_bytes);

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

static void tell_end(int out, const struct job *job, const struct sim_error *err)
{
    struct outcome outcome = {.kind = OUTCOME_END, .scenario = job->scenario};

    if (err != NULL) {
        outcome.kind = OUTCOME_BAD;
        outcome.internal = err->status == SIM_INTERNAL;
        snprintf(outcome.why, sizeof(outcome.why), "%s", err->text);
        (void)lab_write(out, &outcome, sizeof(outcome));
        outcome.kind = OUTCOME_END;
    }
    if (!lab_write(out, &outcome, sizeof(outcome))) {
        _exit(1);
    }
}

/* The scenario's lab, opened when another one has its place. */
static struct lab *find_lab(struct lab *labs, const struct worker_plan *plan,
                            struct checkpoints *set, uint32_t scenario, struct sim_error *err)
{
    struct lab *lab = &labs[scenario % WORKER_LABS];

    if (lab->scenario != NULL && lab->scenario_index == scenario) {
        return lab;
    }
    lab_close(lab);
    if (!lab_open(lab, plan, set, scenario, err)) {
        lab_close(lab);
        return NULL;
    }
    return lab;
}

static void do_job(struct lab *labs, const struct worker_plan *plan, struct checkpoints *set,
                   const struct job *job, int out)
{
    struct sim_error err;
    struct lab *lab = find_lab(labs, plan, set, job->scenario, &err);

    tell_end(out, job, lab == NULL || !lab_do(lab, job, out, &err) ? &err : NULL);
}

static void work(const struct worker_plan *plan, int in, int out)
{
    struct sim_error err = {.status = SIM_INTERNAL, .text = "out of memory"};
    struct lab *labs = calloc(WORKER_LABS, sizeof(*labs));
    struct job *job = malloc(sizeof(*job));
    struct checkpoints *set =
        checkpoints_create(&(struct checkpoint_limits){0}, sizeof(struct lab_shared), &err);

    while (labs != NULL && job != NULL && read_all(in, job, sizeof(*job)) &&
           job->kind != JOB_STOP) {
        if (set == NULL) {
            tell_end(out, job, &err);
        } else {
            do_job(labs, plan, set, job, out);
        }
    }
    checkpoints_destroy(set);
    _exit(0); /* the campaign's own buffers are not ours to flush */
}

/* Else one worker would keep the pipes of another open, which then never sees their end. */
static void close_others(const struct worker *worker, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        close(worker[i].jobs);
        close(worker[i].outcomes);
    }
}

bool worker_start(const struct worker_plan *plan, struct worker *worker, unsigned index,
                  struct sim_error *err)
{
    int jobs[2];
    int outcomes[2];

    if (pipe2(jobs, O_CLOEXEC) != 0) {
        return sim_fail(err, SIM_INTERNAL, "no pipe for a job: %s", strerror(errno));
    }
    if (pipe2(outcomes, O_CLOEXEC) != 0) {
        close(jobs[0]);
        close(jobs[1]);
        return sim_fail(err, SIM_INTERNAL, "no pipe for a job: %s", strerror(errno));
    }
    worker += index;
    worker->pid = fork();
    if (worker->pid == 0) {
        close_others(worker - index, index);
        close(jobs[1]);
        close(outcomes[0]);
        signal(SIGPIPE, SIG_DFL);
        work(plan, jobs[0], outcomes[1]);
    }
    close(jobs[0]);
    close(outcomes[1]);
    worker->jobs = jobs[1];
    worker->outcomes = outcomes[0];
    return worker->pid > 0 ||
           sim_fail(err, SIM_INTERNAL, "no process for a job: %s", strerror(errno));
}

bool worker_send(const struct worker *worker, const struct job *job)
{
    return lab_write(worker->jobs, job, sizeof(*job));
}

bool worker_receive(const struct worker *worker, struct outcome *outcome)
{
    return read_all(worker->outcomes, outcome, sizeof(*outcome));
}

bool worker_receive_points(const struct worker *worker, uint64_t *point, uint64_t count)
{
    return read_all(worker->outcomes, point, count * sizeof(*point));
}

void worker_stop(struct worker *worker)
{
    if (worker->pid > 0) {
        close(worker->jobs);
        close(worker->outcomes);
        while (waitpid(worker->pid, NULL, 0) < 0 && errno == EINTR) {
        }
        worker->pid = 0;
    }
}
