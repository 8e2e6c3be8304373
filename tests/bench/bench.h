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

/* A whole file; exits with a message when it can not be read. */
struct run_blob bench_load(const char *share, const char *name);

/* Resident memory of this process. */
uint64_t bench_resident_bytes(void);

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
};

/* The product: nanoseconds for each direct-message round trip of an emulated normal world. */
double run_round_trip_ns(const char *share, uint64_t count, const struct bench_options *options);
double run_compute_mips(const char *share, uint32_t iterations);

/* In a child process: prints the nanoseconds from `started_ns` to the first normal-world call. */
int run_startup(const char *share, uint64_t started_ns);
double bench_startup_ms(const char *share, uint64_t *bytes_per_context);

#endif
