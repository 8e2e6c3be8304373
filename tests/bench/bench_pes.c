/* SPDX-License-Identifier: BSD-3-Clause */
/* Many PEs under the clock: all of them busy, and all of them booting. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

#define LOOP_INSTRUCTIONS 8u /* of a round: scenarios/guests/bench_loop/loop.S */
#define FOURTEEN          14u

static uint64_t loops_ns(const char *share, uint32_t rounds, unsigned pes)
{
    struct run_config config;
    struct run_blob image = bench_load(share, "guests/bench_pes_kernel.bin");
    uint64_t parameter = rounds | (uint64_t)pes << 32;

    bench_config(share, "sim", &config);
    memcpy((uint8_t *)(uintptr_t)image.data + BENCH_COUNT_OFFSET, &parameter, sizeof(parameter));
    config.pe_count = pes;
    config.nwd.image = image;
    config.partition_count = 1;
    config.partition[0].name = "loop";
    config.partition[0].image = bench_load(share, "guests/bench_loop.bin");
    config.partition[0].manifest =
        bench_load(share, pes == 1 ? "guests/bench_loop.dtb" : "guests/bench_loop_mp8.dtb");
    return bench_execute(&config);
}

double run_pes_mips(const char *share, uint32_t rounds, unsigned pes)
{
    uint32_t fewer = rounds / 10;
    uint64_t few = loops_ns(share, fewer, pes);
    uint64_t many = loops_ns(share, rounds, pes);

    return (double)(rounds - fewer) * pes * LOOP_INSTRUCTIONS /
           (((double)many - (double)few) / 1000.0);
}

int run_fourteen(const char *share, uint64_t started_ns)
{
    struct run_config config;

    bench_config(share, "thor", &config);
    config.pe_count = FOURTEEN;
    config.nwd.image = bench_load(share, "guests/kernel_smp.bin");
    config.partition_count = 2;
    config.partition[0].name = "echo";
    config.partition[0].image = bench_load(share, "guests/echo.bin");
    config.partition[0].manifest = bench_load(share, "guests/echo.dtb");
    config.partition[1].name = "relay";
    config.partition[1].image = bench_load(share, "guests/relay.bin");
    config.partition[1].manifest = bench_load(share, "guests/relay_mp14.dtb");
    (void)bench_execute(&config);
    printf("%" PRIu64 " %" PRIu64 "\n", bench_now_ns() - started_ns, bench_peak_bytes());
    return SIM_PASS;
}

struct bench_boot bench_fourteen(const char *share)
{
    struct bench_boot best = {0};
    uint64_t values[2];

    for (unsigned i = 0; i < BENCH_STARTS; i++) {
        bench_child("--fourteen", share, values, 2);
        if (i == 0 || (double)values[0] / 1e6 < best.ms) {
            best.ms = (double)values[0] / 1e6;
        }
        best.peak_bytes = values[1];
    }
    return best;
}
