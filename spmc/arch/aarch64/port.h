/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The AArch64 port at S-EL2: its state and what its files share. The port uses VHE (HCR_EL2.E2H),
 * so that the EL2&0 regime is there for S-EL0 partitions, which run in it with tables of their own
 * (el0.S); EL1 state is reached by the _EL12 names.
 *
 * Whose state is in the registers. General registers of a partition are in memory whenever S-EL2
 * runs. EL1 system registers and FP/SIMD are written back at each exit too, but stay loaded: the
 * next entry of the same vCPU on the same PE needs no reload. `el1_owner` and `fp_owner` say whose
 * they are; NULL is the normal world's, whose state is saved when a partition needs the place. The
 * EL1 timers are not switched at all: they are the normal world's, and go on signalling (timer.c).
 */
#ifndef SPMC_AARCH64_PORT_H
#define SPMC_AARCH64_PORT_H

#include "arch/aarch64/offsets.h"
#include "arch/arch.h"
#include "spmc/spmc.h"

#define PORT_WINDOWS       4u /* pages of others that a PE has mapped at a time */
#define PORT_SVE_MAX_BYTES (32u * 256u + 17u * 32u)
#define PORT_MANIFEST_MAX  65536u

struct el1_state {
    uint64_t sctlr, cpacr, ttbr0, ttbr1, tcr, mair, amair, vbar, contextidr;
    uint64_t esr, far, afsr0, afsr1, spsr, elr;
    uint64_t sp_el0, sp_el1, tpidr_el0, tpidrro_el0, tpidr_el1;
    uint64_t par, csselr, actlr, mdscr;
    uint64_t cntkctl;
    uint64_t apib[2], apda[2], apdb[2], apga[2];
};

struct fp_state {
    _Alignas(16) uint8_t q[32][16];
    uint64_t fpsr;
    uint64_t fpcr;
};

struct arch_vcpu {
    uint64_t x[31];
    uint64_t pc;
    uint64_t pstate;
    uint64_t apia[2];                 /* the key that the SPMC uses itself: switched at each exit */
    uint64_t ttbr0;                   /* S-EL0: TTBR0_EL2, root and ASID; S-EL1: 0 */
    const struct arch_pe *el1_loaded; /* PE whose registers hold el1 unchanged; NULL: none */
    const struct arch_pe *fp_loaded;
    uint64_t hcr, vtcr, vstcr, vttbr, vsttbr, vmpidr;
    struct el1_state el1;
    struct fp_state fp;
};

struct window {
    paddr_t page;
    uint8_t pas;
    bool valid;
    bool device;
};

/* An EL1 timer of the normal world while partitions run: see timer.c. */
struct nwd_timer {
    uint64_t ctl;
    uint64_t cval;
    bool is_due;    /* its interrupt was signalled already when partitions came ... */
    bool is_masked; /* ... and the time before too: not again */
};

enum {
    NWD_TIMER_VIRTUAL,
    NWD_TIMER_PHYSICAL,
    NWD_TIMERS,
};

struct arch_pe {
    uint64_t apia[2];
    void *emergency_stack; /* top; for reporting an overflow of the stack */
    uint32_t index;        /* linear, as EL3 numbers PEs */
    uint32_t next_window;
    struct window window[PORT_WINDOWS];
    struct arch_vcpu *el1_owner; /* NULL: the normal world */
    struct arch_vcpu *fp_owner;
    uint64_t hcr; /* what HCR_EL2 holds; 0: not known */
    bool has_sve;
    bool has_ecv;
    bool timers_are_held;
    struct nwd_timer nwd_timer[NWD_TIMERS];
    struct el1_state nwd_el1;
    struct fp_state nwd_fp; /* q is unused where there is SVE */
    _Alignas(16) uint8_t nwd_sve[PORT_SVE_MAX_BYTES];
    _Alignas(16) uint8_t emergency[4096];
};

/* All state of the port, in memory that the linker script sets aside. */
struct port {
    struct spmc *spmc;
    uint64_t *window_table; /* last-level table of the windows, 512 entries */
    uint8_t *next_table;
    uint32_t pa_bits;
    uint32_t vcpu_count;
};

/* Linker script */
extern uint8_t port_image_start[];
extern uint8_t port_el0_start[]; /* the page of el0.S */
extern uint8_t port_el0_end[];
extern uint8_t port_text_end[];
extern uint8_t port_rodata_end[];
extern uint8_t port_image_end[];
extern uint8_t port_stacks_start[];
extern uint8_t port_stacks_end[];
extern uint8_t port_tables_start[];
extern uint8_t port_tables_end[];
extern uint8_t port_pool_start[];
extern uint8_t port_pool_end[];
extern uint8_t port_arena_start[];
extern uint8_t port_arena_end[];
extern uint8_t port_manifest[];
extern struct arch_vcpu port_vcpus_start[];
extern struct arch_vcpu port_vcpus_end[];
extern uint8_t port_pes_start[]; /* PE_BYTES each: struct arch_pe */
extern struct port port_state;

/* entry.S */
void port_secondary_entry(void);

/* enter.S: runs it until it exits; EXIT_* */
uint64_t arch_enter(struct arch_vcpu *vcpu, struct arch_pe *pe);

/* el0.S: the same for an S-EL0 partition */
uint64_t arch_enter_el0(struct arch_vcpu *vcpu, struct arch_pe *pe);

/* mmu.c: with the MMU off; returns the root table. */
uint64_t *mmu_build(void);
uint64_t mmu_tcr(void);
uint64_t mmu_mair(void);

/* window.c: a page of others at a virtual address of this PE; NULL: no physical address. */
void *window_open(struct arch_pe *pe, paddr_t pa, enum pas pas, bool device);

/* fault.c: HPFAR_EL2 of an abort with its NS bit put right; the partition's EL1 is still loaded. */
uint64_t fault_hpfar(uint64_t esr, uint64_t far);

/* copy.S: false when an access took an external abort. */
bool port_copy(void *dst, const void *src, size_t size_bytes);
bool port_zero(void *dst, size_t size_bytes);

/* context.c */
void context_enter(struct arch_pe *pe, struct arch_vcpu *vcpu);
void context_left(struct arch_pe *pe, struct arch_vcpu *vcpu);
void context_take_fp(struct arch_pe *pe, struct arch_vcpu *vcpu);
void context_enter_nwd(struct arch_pe *pe);

/* timer.c: the normal world's timers while partitions run on this PE */
void timer_init(const struct arch_pe *pe);
void timer_hold(struct arch_pe *pe);
void timer_guard(const struct arch_pe *pe);
void timer_release(struct arch_pe *pe);

/* fp.S */
void fp_save(uint8_t (*q)[16]);
void fp_load(const uint8_t (*q)[16]);
void sve_save(uint8_t *area);
void sve_load(const uint8_t *area);

/* call.S: SMC with x0..x17 out and in */
void port_smc(uint64_t x[FFA_REGS_EXTENDED]);

/* main.c: with MMU and stack, from entry.S */
_Noreturn void port_main(uint64_t manifest, uint64_t linear);
_Noreturn void port_secondary_main(uint64_t linear);

/* panic.c: an exception that S-EL2 itself took */
struct panic_frame {
    uint64_t x[31];
    uint64_t sp;
};
_Noreturn void exception_panic(const struct panic_frame *frame, uint64_t kind);

_Static_assert(offsetof(struct arch_vcpu, x) == VCPU_X, "offsets.h");
_Static_assert(offsetof(struct arch_vcpu, pc) == VCPU_PC, "offsets.h");
_Static_assert(offsetof(struct arch_vcpu, pstate) == VCPU_PSTATE, "offsets.h");
_Static_assert(offsetof(struct arch_vcpu, apia) == VCPU_APIA, "offsets.h");
_Static_assert(offsetof(struct arch_vcpu, ttbr0) == VCPU_TTBR0, "offsets.h");
_Static_assert(offsetof(struct arch_pe, apia) == PE_APIA, "offsets.h");
_Static_assert(offsetof(struct arch_pe, emergency_stack) == PE_EMERGENCY_STACK, "offsets.h");
_Static_assert(sizeof(struct arch_pe) <= PE_BYTES, "offsets.h");

#endif
