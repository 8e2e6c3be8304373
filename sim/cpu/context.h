/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An execution context: anything that can be resumed until its next exit. Emulated ones run AArch64
 * code in a Unicorn engine of their own (sim/cpu/emulated.c); scripted ones are Lua coroutines
 * (sim/script). Whoever resumes them can not tell them apart.
 *
 * sim/cpu knows nothing of SPMC or SPMD: exits are what the architecture reports to the exception
 * level above, in the architecture's own encoding.
 */
#ifndef SIM_CONTEXT_H
#define SIM_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/machine/machine.h"

enum context_exit_kind {
    CONTEXT_EXIT_SYNC,  /* synchronous exception to the level above: esr, far, hpfar */
    CONTEXT_EXIT_SLICE, /* reached `until_ns` at an architectural block end */
    CONTEXT_EXIT_WFI,   /* waits for an interrupt (WFI not trapped); pc is after it */
    CONTEXT_EXIT_IRQ,   /* physical interrupt to the level above; pc: where it goes on */
    CONTEXT_EXIT_FIQ,
    CONTEXT_EXIT_FINISHED, /* a scripted context's function returned */
    CONTEXT_EXIT_FAILED,   /* `why` says what the host or the script did wrong */
};

struct context_exit {
    enum context_exit_kind kind;
    uint64_t esr;   /* ESR_ELx as the target exception level would see it */
    uint64_t far;   /* aborts: FAR_ELx */
    uint64_t hpfar; /* stage-2 aborts: HPFAR_EL2, NS bit (63) included */
    const char *why;
};

/* Registers beside x0..x30 that the level above reads and writes. */
enum context_sysreg {
    CONTEXT_PC,
    CONTEXT_PSTATE,
    CONTEXT_ELR_EL1,
    CONTEXT_SPSR_EL1,
    CONTEXT_ESR_EL1,
    CONTEXT_FAR_EL1,
    CONTEXT_VBAR_EL1,
    CONTEXT_SCTLR_EL1,
    CONTEXT_SYSREG_COUNT,
};

/* What EL2 and EL3 above have programmed for this context. */
struct context_config {
    char name[40];       /* "echo/0", "NWd/0": in stories and messages */
    uint16_t endpoint;   /* FF-A id */
    uint16_t vcpu_index; /* what MPIDR_EL1 shows, as VMPIDR_EL2 affinity 0, when `virtual_mpidr` */
    bool virtual_mpidr;  /* false: MPIDR_EL1 is the PE's own */
    bool secure;         /* security state */
    uint8_t top_el;      /* highest EL that lives inside the context: 0, 1 or 2 */
    /* Stage 2 of the level above (secure contexts): roots and controls; vmid for maintenance. */
    bool stage2;
    uint16_t vmid;
    uint64_t vsttbr;
    uint64_t vttbr;
    uint64_t vtcr;
    uint64_t vstcr;
    uint64_t hcr; /* HCR_EL2: TWI, TWE, TSC ... */
    /* top_el 0: the EL2&0 regime of the level above, which also takes every exception. */
    uint64_t sctlr_el2;
    uint64_t tcr_el2;
    uint64_t mair_el2;
    uint64_t ttbr0_el2;
    uint64_t ttbr1_el2;
};

struct context_ops;

struct context {
    const struct context_ops *ops;
    struct machine *machine;
    struct sim_pe *pe; /* the PE that runs it; set before resume */
    struct context_config config;
    bool flat;        /* scripted: no stage 1, see context_copy_from() */
    uint64_t retired; /* instructions, and exceptions taken inside, since its creation (scripted:
                         stays 0) */
};

struct context_ops {
    /*
     * Runs on context->pe until an exit, not past pe->slice_end_ns; adds the instructions retired
     * to pe->now_ns and to `retired`. After an exit of kind SYNC by SVC/HVC/SMC the PC is behind
     * the instruction, after an abort or a trapped instruction it is on it.
     */
    void (*resume)(struct context *context, struct context_exit *exit);
    void (*get_x)(struct context *context, unsigned first, unsigned count, uint64_t *x);
    void (*set_x)(struct context *context, unsigned first, unsigned count, const uint64_t *x);
    uint64_t (*get_sysreg)(struct context *context, enum context_sysreg reg);
    void (*set_sysreg)(struct context *context, enum context_sysreg reg, uint64_t value);
    /* All general registers zero but x0..x7; DAIF masked; top_el with its own SP; MMU off. */
    void (*reset)(struct context *context, uint64_t pc, const uint64_t x[8]);
    void (*flush_tlb)(struct context *context);
    /* What the page of this IPA (top_el 0: VA), in either world, was used for. */
    void (*flush_tlb_page)(struct context *context, uint64_t page);
    /* Code at [pa, pa + size) was rewritten by somebody else. */
    void (*flush_code)(struct context *context, uint64_t pa, uint64_t size_bytes);
    void (*destroy)(struct context *context);
};

/*
 * Interrupts of any context. The signals of the PE's GIC CPU interface, and HCR_EL2.VI and VF of
 * config.hcr, belong to levels: physical ones of a partition always to the level above, the normal
 * world's FIQ to EL3, its IRQ to itself; virtual ones to S-EL1.
 *
 * True: a physical interrupt is for the level above; *exit is of kind IRQ or FIQ. No mask of the
 * context holds it back, so ask before anything of the context runs.
 */
bool context_interrupted(const struct context *context, struct context_exit *exit);

/*
 * A pending interrupt of the context's own level; where there are both, one that PSTATE lets in is
 * preferred, and FIQ. Masks are otherwise the asker's business.
 */
enum context_own_interrupt {
    CONTEXT_OWN_NONE,
    CONTEXT_OWN_IRQ,
    CONTEXT_OWN_FIQ,
};
enum context_own_interrupt context_own_interrupt(const struct context *context);

/* A context that runs AArch64 code. The engine is opened at its first resume. */
struct context *context_create_emulated(struct machine *machine,
                                        const struct context_config *config, struct sim_error *err);

/*
 * Memory as the context sees it at its present state, through its own translation: for scripted
 * contexts, debuggers and semantic events. False: *exit holds the abort that the access would take
 * (kind SYNC; esr for the level that would handle it).
 *
 * A flat context at S-EL1 has no stage 1 that could say in which IPA space an address is: it is in
 * the secure one, or where that has nothing and the non-secure one has something, in that. Device
 * registers answer accesses of 1, 2, 4 or 8 aligned bytes.
 */
bool context_copy_from(struct context *context, void *dst, uint64_t va, size_t size_bytes,
                       struct context_exit *exit);
bool context_copy_to(struct context *context, uint64_t va, const void *src, size_t size_bytes,
                     struct context_exit *exit);
/* Could it execute the instruction at `va`? */
bool context_can_fetch(struct context *context, uint64_t va, struct context_exit *exit);

#endif
