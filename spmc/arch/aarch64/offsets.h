/* SPDX-License-Identifier: BSD-3-Clause */
/* Numbers that assembly and C share; port.h asserts that they are what the structures have. */
#ifndef SPMC_AARCH64_OFFSETS_H
#define SPMC_AARCH64_OFFSETS_H

/* struct arch_vcpu */
#define VCPU_X      0
#define VCPU_PC     248
#define VCPU_PSTATE 256
#define VCPU_APIA   264
#define VCPU_TTBR0  280

/* struct arch_pe */
#define PE_APIA            0
#define PE_EMERGENCY_STACK 16
#define PE_BYTES           16384

/*
 * A stack slot is aligned to its size: guard in the lower half, never mapped, the stack in the
 * upper half. The bit that tells the halves apart tells an overflow (see vectors.S).
 */
#define STACK_SLOT_BYTES 32768
#define STACK_HALF_BIT   14

/* What arch_enter() leaves on the stack: callee-saved registers, then where to save others */
#define SAVED_BYTES 112
#define SAVED_VCPU  96
#define SAVED_PE    104

/* What arch_enter() returns, and what exception_panic() is told */
#define EXIT_SYNC   0
#define EXIT_IRQ    1
#define EXIT_FIQ    2
#define EXIT_SERROR 3

#define SCTLR_M   (1 << 0)
#define SCTLR_C   (1 << 2)
#define SCTLR_SA  (1 << 3)
#define SCTLR_SA0 (1 << 4)
#define SCTLR_EOS (1 << 11)
#define SCTLR_I   (1 << 12)
/*
 * For S-EL0: keys B, DA and DB, DC ZVA, CTR_EL0, cache maintenance. WFI and WFE trap (nTWI, nTWE),
 * SCXTNUM_EL0 too: nobody switches it.
 */
#define SCTLR_EnDB  (1 << 13)
#define SCTLR_DZE   (1 << 14)
#define SCTLR_UCT   (1 << 15)
#define SCTLR_TSCXT (1 << 20)
#define SCTLR_UCI   (1 << 26)
#define SCTLR_EnDA  (1 << 27)
#define SCTLR_EnIB  (1 << 30)
#define SCTLR_WXN   (1 << 19)
#define SCTLR_IESB  (1 << 21)
#define SCTLR_EIS   (1 << 22)
#define SCTLR_SPAN  (1 << 23)
/* Bits 28, 29 concern AArch32; they are RES1 where that is missing. */
#define SCTLR_RES1_LOW ((1 << 28) | (1 << 29))
#define SCTLR_EnIA_BIT 31
#define SCTLR_BT_BIT   36

#endif
