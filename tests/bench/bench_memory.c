/* SPDX-License-Identifier: BSD-3-Clause */
/* The memory protocol under the clock: the guests bench_mem and bench_mem_kernel. */
#include <string.h>

#include "bench.h"

#define SCATTERED_BIT 56u /* scenarios/guests/bench_mem/bench_mem.h */

static uint64_t lives_ns(const char *share, uint32_t lives, uint32_t pages, bool scattered,
                         bool check)
{
    struct run_config config;
    struct run_blob image = bench_load(share, "guests/bench_mem_kernel.bin");
    uint64_t parameter = lives | (uint64_t)pages << 32 | (uint64_t)scattered << SCATTERED_BIT;

    bench_config(share, "sim", &config);
    memcpy((uint8_t *)(uintptr_t)image.data + BENCH_COUNT_OFFSET, &parameter, sizeof(parameter));
    config.nwd.image = image;
    config.partition_count = 1;
    config.partition[0].name = "borrower";
    config.partition[0].image = bench_load(share, "guests/bench_mem.bin");
    config.partition[0].manifest = bench_load(share, "guests/echo.dtb");
    config.check = check;
    return bench_execute(&config);
}

double run_life_ns(const char *share, uint32_t lives, uint32_t pages, bool scattered, bool check)
{
    /* Two lengths: what boots and ends is the same in both and falls out. */
    uint32_t fewer = lives / 10;
    uint64_t few = lives_ns(share, fewer, pages, scattered, check);
    uint64_t many = lives_ns(share, lives, pages, scattered, check);

    return ((double)many - (double)few) / (double)(lives - fewer);
}
