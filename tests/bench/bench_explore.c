/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Exploration and checkpoints under the clock. Rates are of processor time, which other programs
 * on the machine disturb least; wall times are printed beside.
 */
#define _GNU_SOURCE /* wait4() */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "sim/replay/campaign.h"
#include "sim/replay/checkpoint_run.h"

#define SCRIPTED      BENCH_SCENARIOS "/cycles_are_refused.lua"
#define EMULATED      BENCH_SCENARIOS "/hello_secure_world.lua"
#define RUNS_SCRIPTED 3000u
#define RUNS_EMULATED 1000u
#define FORKS         2000u
#define RETURNS       300u
#define PAGES         64u
#define LIVE          1000u

static void die(const char *what, const char *why)
{
    fprintf(stderr, "orrery-bench: %s: %s\n", what, why);
    exit(SIM_INTERNAL);
}

static uint64_t used_ns(int who)
{
    struct rusage u;

    getrusage(who, &u);
    return (uint64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000000u +
           (uint64_t)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1000u;
}

static uint64_t processor_ns(void)
{
    return used_ns(RUSAGE_SELF) + used_ns(RUSAGE_CHILDREN);
}

struct cost {
    uint64_t processor_ns;
    uint64_t wall_ns;
};

static void keep_least(struct cost *best, struct cost now)
{
    if (best->wall_ns == 0 || now.processor_ns < best->processor_ns) {
        best->processor_ns = now.processor_ns;
    }
    if (best->wall_ns == 0 || now.wall_ns < best->wall_ns) {
        best->wall_ns = now.wall_ns;
    }
}

/* Of one run. */
static struct cost explore(const char *share, const char *scenario, uint64_t runs, unsigned jobs)
{
    struct campaign_options options = {
        .plan = {.share = share,
                 .scenario = &scenario,
                 .scenario_count = 1,
                 .strategy = STRATEGY_RANDOM,
                 .depth = 3},
        .runs = runs,
        .jobs = jobs,
        .shards = 1,
    };
    struct campaign *campaign = calloc(1, sizeof(*campaign));
    struct sim_error err;
    struct cost cost = {processor_ns(), bench_now_ns()};

    if (campaign == NULL || !campaign_run(campaign, &options, &err)) {
        die(scenario, campaign == NULL ? "out of memory" : err.text);
    }
    cost.processor_ns = (processor_ns() - cost.processor_ns) / runs;
    cost.wall_ns = (bench_now_ns() - cost.wall_ns) / runs;
    if (campaign->runs != runs || campaign->failed != 0) {
        die(scenario, "not all runs passed");
    }
    campaign_free(campaign);
    free(campaign);
    return cost;
}

static struct cost bare_fork(void)
{
    struct cost cost = {processor_ns(), bench_now_ns()};

    for (unsigned i = 0; i < FORKS; i++) {
        pid_t pid = fork();

        if (pid == 0) {
            _exit(0);
        }
        if (pid < 0 || waitpid(pid, NULL, 0) < 0) {
            die("fork", "failed");
        }
    }
    cost.processor_ns = (processor_ns() - cost.processor_ns) / FORKS;
    cost.wall_ns = (bench_now_ns() - cost.wall_ns) / FORKS;
    return cost;
}

int run_explore(const char *share)
{
    struct cost best[4] = {{0, 0}}; /* bare, scripted, emulated, scripted by two jobs */

    for (unsigned i = 0; i < 3; i++) {
        keep_least(&best[0], bare_fork());
        keep_least(&best[1], explore(share, SCRIPTED, RUNS_SCRIPTED, 1));
        keep_least(&best[2], explore(share, EMULATED, RUNS_EMULATED, 1));
        keep_least(&best[3], explore(share, SCRIPTED, 2 * RUNS_SCRIPTED, 2));
    }
    for (unsigned i = 0; i < 4; i++) {
        printf("%" PRIu64 " %" PRIu64 "\n", best[i].processor_ns, best[i].wall_ns);
    }
    return SIM_PASS;
}

struct bench_explore bench_explore(const char *share)
{
    uint64_t value[8];

    bench_child("--explore", share, value, 8);
    return (struct bench_explore){
        .fork_us = (double)value[0] / 1e3,
        .scripted = 1e9 / (double)value[2],
        .scripted_wall = 1e9 / (double)value[3],
        .emulated = 1e9 / (double)value[4],
        .emulated_wall = 1e9 / (double)value[5],
        .two_jobs = 2 * (double)value[2] / (double)value[6],
        .two_jobs_wall = (double)value[3] / (double)value[7],
    };
}

static struct checkpoint_way way; /* large */

static void must(bool ok, const struct checkpoint_outcome *outcome, const struct sim_error *err)
{
    if (!ok || outcome->crashed || outcome->refused || outcome->not_taken != 0) {
        die(EMULATED, !ok ? err->text : outcome->not_taken != 0 ? outcome->why_not : outcome->why);
    }
}

static void go(struct checkpoint_run *run, uint32_t number, struct checkpoint_outcome *outcome)
{
    struct sim_error err;

    must(checkpoint_run_go(run, number, &way, outcome, &err), outcome, &err);
}

/* Page faults of a runner that goes on to way.stop_event. */
static uint64_t pages_of(struct checkpoint_run *run, uint32_t number)
{
    struct checkpoint_outcome outcome;
    struct rusage before;
    struct rusage after;

    getrusage(RUSAGE_CHILDREN, &before);
    go(run, number, &outcome);
    getrusage(RUSAGE_CHILDREN, &after);
    return (uint64_t)(after.ru_minflt - before.ru_minflt);
}

/* Nanoseconds of a return, after which so many pages are touched; least of many. */
static uint64_t return_ns(struct checkpoint_run *run, uint32_t number, uint64_t event)
{
    struct checkpoint_outcome outcome;
    uint64_t best = UINT64_MAX;

    memset(&way, 0, sizeof(way));
    way.stop_event = event;
    do {
        way.stop_event++;
    } while (pages_of(run, number) < PAGES);
    for (unsigned i = 0; i < RETURNS; i++) {
        uint64_t ns = bench_now_ns();

        go(run, number, &outcome);
        ns = bench_now_ns() - ns;
        best = ns < best ? ns : best;
    }
    return best;
}

/* KiB that a process has for itself, its share of what it has with others, and its page tables. */
static uint64_t share_kib(pid_t pid, const char *name, const char *field)
{
    char path[64];
    char line[256];
    uint64_t kib = 0;
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
    file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        if (strncmp(line, field, strlen(field)) == 0) {
            kib = strtoull(line + strlen(field), NULL, 10);
            break;
        }
    }
    if (file == NULL) {
        die(path, "can not be read");
    }
    fclose(file);
    return kib;
}

int run_checkpoints(const char *share)
{
    const struct play_options play = {.scenario = EMULATED};
    struct checkpoint_outcome outcome;
    struct checkpoint_place place;
    struct sim_error err;
    struct checkpoint_run *run =
        checkpoint_run_open(&play, share, &(struct checkpoint_limits){0}, &err);
    struct checkpoints *set;
    uint64_t kib = 0;
    uint64_t ns;

    if (run == NULL) {
        die(EMULATED, err.text);
    }
    set = checkpoint_run_set(run);
    must(checkpoint_run_begin(run, &way, &outcome, &err), &outcome, &err);
    way.at_event = outcome.events / 2;
    must(checkpoint_run_begin(run, &way, &outcome, &err), &outcome, &err);
    checkpoint_find(set, 1, &place);
    ns = return_ns(run, 1, place.event);
    for (way.course = 1; checkpoints_count(set) < LIVE; way.course++) {
        way.stop_event = place.event + LIVE - checkpoints_count(set);
        way.every_events = 1;
        go(run, 1, &outcome);
    }
    for (uint32_t i = 1; i <= LIVE; i++) {
        kib += share_kib(checkpoint_process(set, i), "smaps_rollup", "Pss:");
        kib += share_kib(checkpoint_process(set, i), "status", "VmPTE:");
    }
    printf("%" PRIu64 " %" PRIu64 " %" PRIu64 "\n", ns, kib, checkpoints_bytes(set) / 1024);
    checkpoint_run_close(run);
    return SIM_PASS;
}

struct bench_checkpoints bench_checkpoints(const char *share)
{
    uint64_t value[3];

    bench_child("--checkpoints", share, value, 3);
    return (struct bench_checkpoints){
        .return_ms = (double)value[0] / 1e6,
        .live_mib = (double)value[1] / 1024,
        .counted_mib = (double)value[2] / 1024,
    };
}
