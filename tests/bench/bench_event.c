/* SPDX-License-Identifier: BSD-3-Clause */
/* Interrupts under the clock: the guests bench_event and bench_event_kernel. */
#include <string.h>

#include "bench.h"

#define PREEMPT_BIT 32u /* scenarios/guests/bench_event/bench_event.h */

static uint64_t rounds_ns(const char *share, uint32_t rounds, bool preempt)
{
    struct run_config config;
    struct run_blob image = bench_load(share, "guests/bench_event_kernel.bin");
    uint64_t parameter = rounds | (uint64_t)preempt << PREEMPT_BIT;

    bench_config(share, "qemu", &config);
    memcpy((uint8_t *)(uintptr_t)image.data + BENCH_COUNT_OFFSET, &parameter, sizeof(parameter));
    config.nwd.image = image;
    config.partition_count = 1;
    config.partition[0].name = "event";
    config.partition[0].image = bench_load(share, "guests/bench_event.bin");
    config.partition[0].manifest = bench_load(share, "guests/echo.dtb");
    return bench_execute(&config);
}

double run_event_ns(const char *share, uint32_t rounds, bool preempt)
{
    /* Two lengths: what boots and ends is the same in both and falls out. */
    uint64_t few = rounds_ns(share, rounds / 10, preempt);
    uint64_t many = rounds_ns(share, rounds, preempt);

    return ((double)many - (double)few) / (double)(rounds - rounds / 10);
}
