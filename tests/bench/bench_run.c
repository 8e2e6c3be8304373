/* SPDX-License-Identifier: BSD-3-Clause */
/* The product under the clock: whole runs through the same interface as the command's. */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "sim/replay/sources.h"
#include "sim/replay/tape.h"

static void die(const char *what, const char *why)
{
    fprintf(stderr, "orrery-bench: %s: %s\n", what, why);
    exit(SIM_INTERNAL);
}

void bench_config(const char *share, const char *board, struct run_config *config)
{
    char name[64];

    memset(config, 0, sizeof(*config));
    config->name = "benchmark";
    snprintf(name, sizeof(name), "platforms/%s/board.dtb", board);
    config->board = bench_load(share, name);
    snprintf(name, sizeof(name), "platforms/%s/spmc_manifest.dtb", board);
    config->spmc_manifest = bench_load(share, name);
    config->board.where = config->spmc_manifest.where = board;
    config->pe_count = 1;
    config->limit_ns = RUN_LIMIT_MAX_NS;
    config->check = true;
    config->trace = trace_create();
    if (config->trace == NULL) {
        die("trace", "out of memory");
    }
    config->nwd.el = 1;
}

uint64_t bench_execute(struct run_config *config)
{
    return bench_execute_by(config, bench_now_ns);
}

uint64_t bench_execute_by(struct run_config *config, uint64_t (*clock_ns)(void))
{
    struct sim_error err;
    struct run_result result;
    struct trace_hash hash;
    struct run *run = run_create(config, &err);
    uint64_t ns;

    if (run == NULL) {
        die("run", err.text);
    }
    ns = clock_ns();
    run_execute(run, &result);
    ns = clock_ns() - ns;
    if (result.verdict != RUN_PASSED) {
        die("run", result.why);
    }
    if (!trace_finish(config->trace, &hash, &err)) {
        die("trace", err.text);
    }
    run_destroy(run);
    trace_destroy(config->trace);
    return ns;
}

static uint64_t round_trips(const char *share, uint64_t count, const struct bench_options *options)
{
    struct run_config config;
    struct sim_error err;
    struct run_blob image = bench_load(share, "guests/bench_kernel.bin");
    uint32_t number = (uint32_t)count;
    struct choice_recorder recorder;
    struct tape_states states = {0};
    uint64_t ns;

    bench_config(share, "sim", &config);
    memcpy((uint8_t *)(uintptr_t)image.data + BENCH_COUNT_OFFSET, &number, sizeof(number));
    config.nwd.image = image;
    config.partition_count = 1;
    config.partition[0].name = "echo";
    config.partition[0].image = bench_load(share, "guests/echo.bin");
    config.partition[0].manifest = bench_load(share, "guests/echo.dtb");
    config.check = options->check;
    if (options->tape) {
        choice_recorder_init(&recorder, NULL);
        tape_keep_states(&states, config.trace);
        config.choices = &recorder.base;
    }
    if (options->trace_path != NULL &&
        !trace_record(config.trace, options->trace_path, 1ull << 32, &err)) {
        die("trace", err.text);
    }
    ns = bench_execute_by(&config, options->processor ? bench_processor_ns : bench_now_ns);
    if (options->tape) {
        choice_recorder_free(&recorder);
    }
    return ns;
}

double run_round_trip_ns(const char *share, uint64_t count, const struct bench_options *options)
{
    /* Two lengths: what boots and ends is the same in both and falls out. */
    uint64_t few = round_trips(share, count / 10, options);
    uint64_t many = round_trips(share, count, options);

    return ((double)many - (double)few) / (double)(count - count / 10);
}

static uint64_t compute(const char *share, uint32_t iterations)
{
    struct run_config config;
    uint32_t words[BENCH_LOOP_WORDS * 64] = {0};

    bench_config(share, "sim", &config);
    bench_loop_code(words, iterations);
    config.partition_count = 1;
    config.partition[0].name = "loop";
    config.partition[0].image = (struct run_blob){words, sizeof(words), "compute loop"};
    config.partition[0].manifest = bench_load(share, "guests/echo.dtb");
    config.nwd.image = bench_load(share, "guests/bench_kernel.bin");
    /* No round trips: the normal world switches the machine off at once. */
    memset((uint8_t *)(uintptr_t)config.nwd.image.data + BENCH_COUNT_OFFSET, 0, sizeof(uint32_t));
    return bench_execute(&config);
}

double run_compute_mips(const char *share, uint32_t iterations)
{
    uint64_t few = compute(share, iterations / 10);
    uint64_t many = compute(share, iterations);

    return (double)(iterations - iterations / 10) * BENCH_LOOP_INSTRUCTIONS /
           ((double)(many - few) / 1000.0);
}

struct first_event {
    struct trace_sink sink;
    uint64_t step_ns;
    uint64_t message_ns;
};

static void on_event(struct trace_sink *sink, const struct trace_event *event)
{
    struct first_event *first = (struct first_event *)sink;

    if (event->header.endpoint != FFA_ID_NWD) {
        return;
    }
    if (first->step_ns == 0 && event->header.type == EVENT_RESUME) {
        first->step_ns = bench_now_ns();
    } else if (first->message_ns == 0 && event->header.type == EVENT_CALL &&
               event->arg[1] == FFA_MSG_SEND_DIRECT_REQ_32) {
        first->message_ns = bench_now_ns();
    }
}

int run_startup(const char *share, uint64_t started_ns)
{
    struct run_config config;
    struct first_event first = {.sink = {on_event}};
    uint64_t before = bench_resident_bytes();

    bench_config(share, "sim", &config);
    config.nwd.image = bench_load(share, "guests/kernel.bin");
    config.partition_count = 2;
    config.partition[0].name = "echo";
    config.partition[0].image = bench_load(share, "guests/echo.bin");
    config.partition[0].manifest = bench_load(share, "guests/echo.dtb");
    config.partition[1].name = "relay";
    config.partition[1].image = bench_load(share, "guests/relay.bin");
    config.partition[1].manifest = bench_load(share, "guests/relay.dtb");
    trace_add_sink(config.trace, &first.sink);

    struct sim_error err;
    struct run_result result;
    struct run *run = run_create(&config, &err);
    if (run == NULL) {
        die("run", err.text);
    }
    run_execute(run, &result);
    if (result.verdict != RUN_PASSED || first.step_ns == 0 || first.message_ns == 0) {
        die("run", result.why);
    }
    printf("%" PRIu64 " %" PRIu64 " %" PRIu64 "\n", first.step_ns - started_ns,
           first.message_ns - started_ns, (bench_resident_bytes() - before) / 3);
    return 0;
}

struct bench_start bench_startup(const char *share)
{
    struct bench_start best = {0};
    uint64_t values[3]; /* the first step, the first message, bytes of a context */

    for (unsigned i = 0; i < BENCH_STARTS; i++) {
        bench_child("--startup", share, values, 3);
        if (i == 0 || (double)values[1] / 1e6 < best.message_ms) {
            best.step_ms = (double)values[0] / 1e6;
            best.message_ms = (double)values[1] / 1e6;
        }
        best.bytes_per_context = values[2];
    }
    return best;
}
