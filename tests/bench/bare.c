/* SPDX-License-Identifier: BSD-3-Clause */
/* Unicorn without anything of ours: what the ground under the product costs on this machine, now.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicorn/unicorn.h>

#include "bench.h"

#define CODE_ADDRESS 0x10000u
#define CODE_BYTES   0x10000u
#define EXCP_SMC     13u

static void on_interrupt(uc_engine *uc, uint32_t number, void *user)
{
    (void)user;
    if (number == EXCP_SMC) {
        uc_emu_stop(uc);
    }
}

static void must(uc_err status, const char *what)
{
    if (status != UC_ERR_OK) {
        fprintf(stderr, "orrery-bench: %s: %s\n", what, uc_strerror(status));
        exit(SIM_INTERNAL);
    }
}

static uc_engine *open_engine(const uint32_t *words, size_t count, bool hook)
{
    uc_engine *uc;
    uc_hook handle;

    must(uc_open(UC_ARCH_ARM64, UC_MODE_ARM, &uc), "uc_open");
    must(uc_ctl_set_cpu_model(uc, UC_CPU_ARM64_MAX), "cpu model");
    must(uc_mem_map(uc, CODE_ADDRESS, CODE_BYTES, UC_PROT_ALL), "uc_mem_map");
    must(uc_mem_write(uc, CODE_ADDRESS, words, count * sizeof(words[0])), "uc_mem_write");
    if (hook) {
        must(uc_hook_add(uc, &handle, UC_HOOK_INTR, (void *)(uintptr_t)on_interrupt, NULL, 1, 0),
             "hook");
    }
    return uc;
}

double bare_round_trip_ns(uint64_t count)
{
    static const int ids[8] = {UC_ARM64_REG_X0, UC_ARM64_REG_X1, UC_ARM64_REG_X2, UC_ARM64_REG_X3,
                               UC_ARM64_REG_X4, UC_ARM64_REG_X5, UC_ARM64_REG_X6, UC_ARM64_REG_X7};
    const uint32_t words[] = {0xd4000003u /* smc #0 */, 0x17ffffffu /* b .-4 */};
    uc_engine *engine[2];
    uint64_t pc[2] = {CODE_ADDRESS, CODE_ADDRESS};
    uint64_t x[8] = {0};
    void *values[8];
    uint64_t began;

    for (unsigned i = 0; i < 8; i++) {
        values[i] = &x[i];
    }
    engine[0] = open_engine(words, 2, true);
    engine[1] = open_engine(words, 2, true);
    began = bench_now_ns();
    for (uint64_t i = 0; i < 2 * count; i++) {
        unsigned e = i & 1u;

        uc_reg_write_batch(engine[e], (int *)(uintptr_t)ids, values, 8);
        must(uc_emu_start(engine[e], pc[e], UINT64_MAX, 0, 0), "uc_emu_start");
        uc_reg_read(engine[e], UC_ARM64_REG_PC, &pc[e]);
        uc_reg_read_batch(engine[e], (int *)(uintptr_t)ids, values, 8);
        x[0]++;
    }
    double ns = (double)(bench_now_ns() - began) / (double)count;
    uc_close(engine[0]);
    uc_close(engine[1]);
    return ns;
}

double bare_compute_mips(uint64_t iterations)
{
    uint32_t words[BENCH_LOOP_WORDS];
    uc_engine *uc;
    uint64_t began;
    double us;

    bench_loop_code(words, (uint32_t)iterations);
    uc = open_engine(words, BENCH_LOOP_WORDS, false);
    began = bench_now_ns();
    must(uc_emu_start(uc, CODE_ADDRESS, CODE_ADDRESS + 11u * 4u, 0, 0), "uc_emu_start");
    us = (double)(bench_now_ns() - began) / 1000.0;
    uc_close(uc);
    return (double)iterations * BENCH_LOOP_INSTRUCTIONS / us;
}
