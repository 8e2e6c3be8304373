/* SPDX-License-Identifier: BSD-3-Clause */
/* A dispatcher on its own, of two PEs; the test plays both worlds and the EL3 side. */
#ifndef TEST_SPMD_FIXTURE_H
#define TEST_SPMD_FIXTURE_H

#include <check.h>

#include "spmd/spmd.h"

#define FDT_BYTES   4096
#define GROUP0_NONE 1023u

extern struct spmd spmd;
extern struct spmd_cpu cpus[2];
extern uint64_t x[FFA_REGS_EXTENDED]; /* registers of the SMC, then of the world to enter */
extern unsigned count;
extern char fdt[FDT_BYTES];
extern uint32_t group0_pending; /* what the GIC would give */
extern unsigned group0_ended;

/* A good SPMC manifest with one number of /attribute changed (`property` NULL: none); NULL, or why
 * it is refused. init_again(): with the manifest as the test left it. */
const char *init_with(const char *property, uint32_t value, const char *compatible);
const char *init_again(void);

/* A good manifest, and the SPMC of PE 0 has ended its initialisation. */
void ready(void);

/* An SMC with these registers, others with their number; on PE 0. */
enum spmd_next smc(enum spmd_world from, uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3);
enum spmd_next smc_on(uint32_t cpu_index, enum spmd_world from, uint64_t x0, uint64_t x1,
                      uint64_t x2, uint64_t x3);

/* x is FFA_ERROR with this code and nothing else. */
void ck_error(int32_t code);

int spmd_main(const char *name, void (*add)(TCase *tests));

#endif
