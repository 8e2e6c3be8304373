/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside of an emulated context: one Unicorn engine, and what is ours around it. */
#ifndef SIM_EMULATED_H
#define SIM_EMULATED_H

#include <unicorn/unicorn.h>

#include "sim/cpu/context.h"
#include "sim/cpu/mmu.h"
#include "sim/device/timer.h"

/* Engine-physical addresses of the non-secure physical address space carry this bit. */
#define EMULATED_NS_ALIAS (1ull << 46)

/*
 * Where uc_emu_start() shall stop by itself: nowhere. No PC is odd, and the address is not
 * canonical. The library looks its page up when it comes back, which must not be taken for a fetch
 * of the guest.
 */
#define EMULATED_NOWHERE 0x00fffffffffffc01ull

#define EMULATED_CODE_LINES 64u /* remembered fetch translations */
#define EMULATED_LINE_BYTES 1024u

#define PSTATE_EL(p) (((p) >> 2) & 3u)
#define PSTATE_SPSEL 0x1u
#define PSTATE_DAIF  0x3c0u
#define PSTATE_I     0x080u
#define PSTATE_F     0x040u
#define PSTATE_EL0T  0x0u
#define PSTATE_EL1H  0x5u
#define PSTATE_EL2H  0x9u

/* Why uc_emu_start() came back, as our hooks saw it. */
enum emulated_stop {
    STOP_NONE,
    STOP_SLICE,
    STOP_INTERRUPT, /* hook number in `interrupt` */
    STOP_FAULT,     /* translation failed: fault_* */
    STOP_ALIGNMENT, /* the PC is no multiple of 4 */
    STOP_DUE,       /* an interrupt that was masked is not any more */
};

struct emulated_mmio {
    struct emulated *emulated;
    const struct bus_region *region;
    enum bus_pas pas;
};

struct emulated {
    struct context context;
    uc_engine *uc;  /* NULL until the first resume */
    uint64_t x[31]; /* registers while there is no engine yet */
    uint64_t pc;
    uint64_t pstate; /* while there is no engine yet */

    struct mmu_footprint footprint; /* of the engine's TLB since it was last emptied from outside */
    bool tlb_is_stale;              /* the engine's are to be emptied before it runs */
    bool code_is_stale;
    uint64_t code_epoch; /* the machine's when the engine's code was emptied last */

    /* One run of the engine. */
    enum emulated_stop stop;
    uint32_t interrupt;
    uint64_t limit;     /* retired count at which to stop */
    uint64_t look_from; /* at which to ask block_stops(): `limit`, or 0: an interrupt is pending */
    uint64_t block_pc;
    uint64_t block_end;
    bool block_known;      /* false at the first block after an exception or an entry */
    uint64_t branch_count; /* retired at the last taken branch: what counters show */
    uint64_t run_start_retired;
    uint64_t run_start_ns;
    uint64_t fault_va;
    enum mmu_access fault_access;
    struct mmu_result fault;

    struct {
        uint64_t line; /* va / EMULATED_LINE_BYTES + 1; 0: empty */
        const uint8_t *host;
    } code[EMULATED_CODE_LINES];

    bool own_hcr_is_stale; /* own_hcr is older than the engine's HCR_EL2 */
    uint64_t own_hcr;
    struct timer_state timer; /* CNTV of a partition: state of its context, raises nothing */
    bool warned_icc;
    uint64_t early_sysreg[CONTEXT_SYSREG_COUNT];
    struct emulated_mmio *mmio;
    const char *why;
    char why_text[160];
};

struct sysreg_id {
    uint8_t op0, op1, crn, crm, op2;
};

#define SYSREG(op0, op1, crn, crm, op2) ((struct sysreg_id){op0, op1, crn, crm, op2})
#define SCTLR_EL1_ID                    SYSREG(3, 0, 1, 0, 0)
#define CPACR_EL1_ID                    SYSREG(3, 0, 1, 0, 2)
#define TTBR0_EL1_ID                    SYSREG(3, 0, 2, 0, 0)
#define TTBR1_EL1_ID                    SYSREG(3, 0, 2, 0, 1)
#define TCR_EL1_ID                      SYSREG(3, 0, 2, 0, 2)
#define MAIR_EL1_ID                     SYSREG(3, 0, 10, 2, 0)
#define SPSR_EL1_ID                     SYSREG(3, 0, 4, 0, 0)
#define ELR_EL1_ID                      SYSREG(3, 0, 4, 0, 1)
#define ESR_EL1_ID                      SYSREG(3, 0, 5, 2, 0)
#define FAR_EL1_ID                      SYSREG(3, 0, 6, 0, 0)
#define VBAR_EL1_ID                     SYSREG(3, 0, 12, 0, 0)
#define CNTKCTL_EL1_ID                  SYSREG(3, 0, 14, 1, 0)
#define HCR_EL2_ID                      SYSREG(3, 4, 1, 1, 0)
#define SCTLR_EL2_ID                    SYSREG(3, 4, 1, 0, 0)
#define TTBR0_EL2_ID                    SYSREG(3, 4, 2, 0, 0)
#define TTBR1_EL2_ID                    SYSREG(3, 4, 2, 0, 1)
#define TCR_EL2_ID                      SYSREG(3, 4, 2, 0, 2)
#define VTTBR_EL2_ID                    SYSREG(3, 4, 2, 1, 0)
#define VTCR_EL2_ID                     SYSREG(3, 4, 2, 1, 2)
#define MAIR_EL2_ID                     SYSREG(3, 4, 10, 2, 0)
#define SPSR_EL2_ID                     SYSREG(3, 4, 4, 0, 0)
#define ELR_EL2_ID                      SYSREG(3, 4, 4, 0, 1)
#define ESR_EL2_ID                      SYSREG(3, 4, 5, 2, 0)
#define FAR_EL2_ID                      SYSREG(3, 4, 6, 0, 0)
#define HPFAR_EL2_ID                    SYSREG(3, 4, 6, 0, 4)
#define SCR_EL3_ID                      SYSREG(3, 6, 1, 1, 0)
#define VBAR_EL2_ID                     SYSREG(3, 4, 12, 0, 0)
#define CNTHCTL_EL2_ID                  SYSREG(3, 4, 14, 1, 0)

/* engine.c */
bool engine_open(struct emulated *e);
uint64_t engine_sysreg_read(struct emulated *e, struct sysreg_id id);
void engine_sysreg_write(struct emulated *e, struct sysreg_id id, uint64_t value);
uint64_t engine_reg(struct emulated *e, int reg);
void engine_set_reg(struct emulated *e, int reg, uint64_t value);
/* The translation that the context would use now, for an access from exception level `el`. */
void engine_regime(struct emulated *e, unsigned el, struct mmu_regime *regime);
/* The instruction at va; false when it can not be fetched. */
bool engine_instruction(struct emulated *e, uint64_t va, uint32_t *instruction);

/*
 * The translation of any context at its present exception level (engine.c): an emulated one's own
 * registers; stage 1 off for others.
 */
void emulated_regime(struct context *context, struct mmu_regime *regime);

/* registers.c: of struct context_ops */
void registers_get_x(struct context *context, unsigned first, unsigned count, uint64_t *x);
void registers_set_x(struct context *context, unsigned first, unsigned count, const uint64_t *x);
uint64_t registers_get_sysreg(struct context *context, enum context_sysreg reg);
void registers_set_sysreg(struct context *context, enum context_sysreg reg, uint64_t value);

/* block.c: does the run end before the block at `pc`? */
bool block_stops(struct emulated *e, uint64_t pc);

/* hooks.c */
bool hooks_add(struct emulated *e);

/* exception.c: delivers to a level inside the context; pc and SP change. */
void exception_take(struct emulated *e, unsigned target_el, uint64_t esr, uint64_t far,
                    uint64_t hpfar, uint64_t return_pc);
void exception_take_interrupt(struct emulated *e, unsigned target_el, bool is_fiq);
/* The exception level inside the context that takes a synchronous exception from `el`. */
unsigned exception_target(struct emulated *e, unsigned el);

/* interrupt.c: one that is taken now, before the instruction at the PC. */
struct interrupt {
    bool leaves; /* to the level above, which no mask of the context holds back */
    bool is_fiq;
    uint8_t target_el; /* inside the context */
};
/* Also sets `look_from`. */
bool interrupt_due(struct emulated *e, struct interrupt *due);
bool interrupt_ends_wfi(struct emulated *e);
uint64_t interrupt_status(struct emulated *e); /* ISR_EL1 */
/* HCR_EL2 of the context's own EL2. */
uint64_t interrupt_own_hcr(struct emulated *e);

/*
 * Around an access of the running engine to what is outside of it, devices and registers: the PE's
 * time becomes that of the last taken branch, a place that does not depend on how the library cuts
 * blocks; then the slice may have become shorter, and an interrupt pending.
 */
void emulated_begin_access(struct emulated *e);
void emulated_end_access(struct emulated *e);

/* sysreg.c: registers of the simulated machine. False: not ours, or not at this level. */
bool sysreg_read(struct emulated *e, struct sysreg_id id, uint64_t *value);
bool sysreg_write(struct emulated *e, struct sysreg_id id, uint64_t value);

/* timer_regs.c: counters and timers; likewise. */
bool timer_regs_read(struct emulated *e, struct sysreg_id id, uint64_t *value);
bool timer_regs_write(struct emulated *e, struct sysreg_id id, uint64_t value);
/* CNTP of a partition: S-EL2's to emulate, unless its EL1 refuses it to EL0. */
bool timer_regs_trap(struct emulated *e, struct sysreg_id id);

/* icc_regs.c: what the engine refuses, seen as UNDEF. */
enum sysreg_refused {
    SYSREG_UNDEFINED,
    SYSREG_DONE,
    SYSREG_TRAPPED, /* to S-EL2: the GIC's CPU interface, and the timer that S-EL2 emulates */
};
enum sysreg_refused sysreg_refused(struct emulated *e, uint32_t instruction);

static inline unsigned emulated_el(struct emulated *e)
{
    return PSTATE_EL(engine_reg(e, UC_ARM64_REG_PSTATE));
}

#endif
