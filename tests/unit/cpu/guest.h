/* SPDX-License-Identifier: BSD-3-Clause */
/* A machine with a GIC, timers and one PE, and an emulated context of a few instructions on it. */
#ifndef TESTS_CPU_GUEST_H
#define TESTS_CPU_GUEST_H

#include <check.h>

#include "../machine/tree.h"
#include "sim/cpu/context.h"

#define NS_RAM     0x80000000ull
#define SECURE_RAM 0x90000000ull
#define VECTORS1   0x10000u /* VBAR_EL1 and VBAR_EL2, from the start of the RAM */
#define VECTORS2   0x18000u

#define MOVZ(rd, imm) (0xd2800000u | (uint32_t)(imm) << 5 | (rd))
#define ADD(rd, imm)  (0x91000000u | (uint32_t)(imm) << 10 | (uint32_t)(rd) << 5 | (rd))
#define SMC(imm)      (0xd4000003u | (uint32_t)(imm) << 5)
#define B(words)      (0x14000000u | ((uint32_t)(words)&0x3ffffffu))
#define WFI           0xd503207fu
#define ISB           0xd5033fdfu
#define ERET          0xd69f03e0u
#define UNMASK_I      0xd50342ffu /* msr daifclr, #2 */
#define MASK_I        0xd50342dfu /* msr daifset, #2 */

#define SYSTEM(op0, op1, crn, crm, op2, rt) \
    (0xd5000000u | (op0) << 19 | (op1) << 16 | (crn) << 12 | (crm) << 8 | (op2) << 5 | (rt))
#define MSR(op0, op1, crn, crm, op2, rt) SYSTEM(op0##u, op1##u, crn##u, crm##u, op2##u, rt##u)
#define MRS(op0, op1, crn, crm, op2, rt) (MSR(op0, op1, crn, crm, op2, rt) | 1u << 21)

#define PSTATE_I 0x80u
#define PSTATE_F 0x40u

extern struct machine *machine;
extern struct sim_pe *pe;
extern struct context *context;
extern struct context_exit out;
extern struct told told;

/* Fixture. The GIC is as EL3's firmware leaves it. */
void guest_begin(void);
void guest_end(void);

/* Runs the tests of an area; the exit status. */
int guest_run(const char *name, const TTest *const *tests, unsigned count);

/* The context: the normal world's with top_el 1 or 2; a partition at S-EL1; one at S-EL0. */
void start_nwd(uint8_t top_el);
void start_partition(void);
void start_el0(void);
uint64_t ram(void); /* of its world, where its code begins */

void code(uint64_t at, const uint32_t *words, size_t count);
#define CODE_AT(at, ...) \
    code(at, (const uint32_t[]){__VA_ARGS__}, sizeof((const uint32_t[]){__VA_ARGS__}) / 4)

/* Until the next exit; or, on the PE's coroutine, until one that is no slice and no WFI. */
void run(void);
enum machine_end run_scheduled(void);

uint64_t x(unsigned n);
void set_x(unsigned n, uint64_t value);
uint64_t sys(enum context_sysreg reg);
void set_sys(enum context_sysreg reg, uint64_t value);

/* Ends in an SMC whose number is the offset of the vector that was taken, in 0x80. */
unsigned vector_taken(void);

enum guest_group { GROUP0, GROUP1_SECURE, GROUP1_NON_SECURE };
/* An interrupt of the PE (below 32): its group, enabled; then its line. */
void configure(unsigned intid, enum guest_group group);
void set_line(unsigned intid, bool level);

#endif
