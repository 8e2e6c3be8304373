/* SPDX-License-Identifier: BSD-3-Clause */
/* What the kernels that drive `interrupts` have in common: interrupts, requests, other PEs. */
#ifndef INTERRUPTS_KERNEL_H
#define INTERRUPTS_KERNEL_H

#include "console.h"
#include "ffa.h"
#include "gic.h"
#include "guest.h"
#include "interrupt.h"
#include "interrupts.h"
#include "psci.h"
#include "timer.h"

#define KERNEL_PES 4u
#define SP(n)      ((uint16_t)(FFA_ID_SPMC + (n)))

#define SRI   8u /* the SPMC's SGI for the scheduler */
#define SGI_A 1u
#define SGI_B 2u

/* Deadlines: the first is long enough for a call to get where it is to find somebody. */
#define SOON_US   1000u
#define LONG_US   2500u
#define LONGER_US 5000u

/* How often each PE took each SGI and PPI */
extern volatile uint32_t taken[KERNEL_PES][32];

/* A kernel's own part, on the PE that boots; it ends with kernel_end(). */
void kernel_run(void);
/* The same on another PE, each time it comes; the PE switches off when it returns. */
void kernel_run_on(unsigned pe);

_Noreturn void kernel_end(const char *proved);
/* A PE on which kernel_run_on() is to be called; its end. */
void kernel_start(unsigned pe);
void kernel_join(unsigned pe);

/* The PEs tell each other how far they are. */
void reach(unsigned pe, uint32_t stage);
void await(unsigned pe, uint32_t stage);

unsigned this_pe(void);
void spin_us(uint64_t us);
void await_taken(uint32_t intid, uint32_t count);

struct ffa_args call(uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3);
struct ffa_args ask(unsigned sp, uint64_t command, uint64_t a1, uint64_t a2, uint64_t a3);
/* The answer of that partition: its words 1 to 4 are x4 to x7. */
void expect_answer(const struct ffa_args *r, unsigned sp);
/* FFA_INTERRUPT: that vCPU was preempted. */
void expect_preempted(const struct ffa_args *r, unsigned sp, unsigned vcpu);
void expect_error(const struct ffa_args *r, int32_t code);
/* It answers, and nothing comes between; the answer. */
struct ffa_args tell(unsigned sp, uint64_t command, uint64_t a1, uint64_t a2, uint64_t a3);
/* It goes on, and answers what it was asked. */
struct ffa_args resume(unsigned sp);

#endif
