/* SPDX-License-Identifier: BSD-3-Clause */
/* What the benchmark's parts share. Host time is measured here and nowhere near a run. */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/host/run.h"

/* Host clock, monotonic, nanoseconds. */
uint64_t bench_now_ns(void);
/* Processor time of this process. */
uint64_t bench_processor_ns(void);

/* A whole file; exits with a message when it can not be read. */
struct run_blob bench_load(const char *share, const char *name);

/* Resident memory of this process: now, and the most that it was. */
uint64_t bench_resident_bytes(void);
uint64_t bench_peak_bytes(void);

/* Runs this program again, as `option` SHARE now: the numbers that it prints. */
#define BENCH_STARTS 20u
void bench_child(const char *option, const char *share, uint64_t *values, unsigned count);

/* The ground: Unicorn engines without anything of ours. Nanoseconds for each round trip. */
double bare_round_trip_ns(uint64_t count);
/* Instructions per microsecond (MIPS) of the compute loop in a bare engine without hooks. */
double bare_compute_mips(uint64_t iterations);

/* The compute loop: instruction words, `iterations` patched in; ends in SMC with x0 = FFA_MSG_WAIT.
 */
#define BENCH_LOOP_WORDS        20
#define BENCH_LOOP_INSTRUCTIONS 7
void bench_loop_code(uint32_t words[BENCH_LOOP_WORDS], uint32_t iterations);

struct bench_options {
    bool check;
    const char *trace_path; /* NULL: no recording */
    bool tape;              /* choices and states are kept as for a tape */
    bool processor;         /* in processor time, where a small difference matters */
};

/* The product: nanoseconds for each direct-message round trip of an emulated normal world. */
double run_round_trip_ns(const char *share, uint64_t count, const struct bench_options *options);
double run_compute_mips(const char *share, uint32_t iterations);

/* Where a guest's image keeps its parameter */
#define BENCH_COUNT_OFFSET 8u

/* What all runs have in common: a board, one PE, a trace. */
void bench_config(const char *share, const char *board, struct run_config *config);
/* Builds, runs and takes down; gives the wall time of run_execute() alone. */
uint64_t bench_execute(struct run_config *config);
/* The same by another clock. */
uint64_t bench_execute_by(struct run_config *config, uint64_t (*clock_ns)(void));

/* Lives of a transaction (share, retrieve, relinquish, reclaim) by emulated code: nanoseconds of
 * one. `scattered`: every other page, each a range of its own, in fragments of 4 KiB. */
double run_life_ns(const char *share, uint32_t lives, uint32_t pages, bool scattered, bool check);

/*
 * Nanoseconds of one: a notification (a partition sets it when asked to, the interrupt is taken,
 * FFA_NOTIFICATION_INFO_GET, FFA_NOTIFICATION_GET), or a preemption (a timer of the normal world
 * takes the PE from a partition, FFA_INTERRUPT, FFA_RUN).
 */
double run_event_ns(const char *share, uint32_t rounds, bool preempt);

/* Instructions per microsecond (MIPS) of 1 or 8 PEs together, each with a vCPU that computes. */
double run_pes_mips(const char *share, uint32_t rounds, unsigned pes);

/* From the start of a process to the end of what the scenario fourteen_pes does. */
struct bench_boot {
    double ms;
    uint64_t peak_bytes;
};

int run_fourteen(const char *share, uint64_t started_ns); /* the child process */
struct bench_boot bench_fourteen(const char *share);

/* From the start of a process that runs hello_secure_world's images. */
struct bench_start {
    double step_ms;    /* the normal world's first step */
    double message_ms; /* its first direct message */
    uint64_t bytes_per_context;
};

/* The child process: prints nanoseconds since `started_ns`, and the bytes. */
int run_startup(const char *share, uint64_t started_ns);
struct bench_start bench_startup(const char *share);

/* Many runs of a scenario, each in a process that is forked behind what they have in common. */
struct bench_explore {
    double fork_us;  /* of processor time: a fork, an exit and a wait, for comparison */
    double scripted; /* runs in a second of processor time; of the clock */
    double scripted_wall;
    double emulated;
    double emulated_wall;
    double two_jobs; /* what two do, against one */
    double two_jobs_wall;
};

int run_explore(const char *share); /* the child process */
struct bench_explore bench_explore(const char *share);

struct bench_checkpoints {
    double return_ms; /* to a checkpoint, and on until 64 pages are touched */
    double live_mib;  /* a thousand: shares of memory and page tables, of all of them */
    double counted_mib;
};

int run_checkpoints(const char *share); /* the child process */
struct bench_checkpoints bench_checkpoints(const char *share);

#endif
