/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A small EL3 firmware for QEMU's "virt" machine: loads what the flash holds, hosts the SPMD, and
 * switches worlds. General registers, EL2 registers and pointer authentication keys are kept for
 * each world here; EL1 registers and FP/SIMD are S-EL2's business, as under TF-A.
 */
#ifndef SPMD_AARCH64_EL3_H
#define SPMD_AARCH64_EL3_H

#include "arch/aarch64/offsets.h"
#include "spmd/spmd.h"

#define EL3_MAX_PES 8u

/* board.c: addresses of the machine */
#define EL3_FLASH_LIST     0x40000u /* load list (device tree) */
#define EL3_FLASH_END      0x04000000u
#define EL3_UART_SECURE    0x09040000u
#define EL3_UART_NORMAL    0x09000000u
#define EL3_GPIO_SECURE    0x090b0000u
#define EL3_GICD           0x08000000u
#define EL3_GICR           0x080a0000u
#define EL3_GICR_STRIDE    0x20000u
#define EL3_WAKE_SGI       15u
#define EL3_MANIFEST_BYTES 65536u

struct el2_state {
    uint64_t hcr, sctlr, cptr, mdcr, hstr, hacr, actlr, tcr, ttbr0, ttbr1, mair, amair, vbar;
    uint64_t esr, elr, spsr, far, hpfar, afsr0, afsr1, contextidr, tpidr, sp;
    uint64_t vtcr, vttbr, vmpidr, vpidr, cnthctl, cntvoff;
    uint64_t hcrx, hfgrtr, hfgwtr, hfgitr, hdfgrtr, hdfgwtr;
    uint64_t zcr;
    uint64_t icc_sre, ich_hcr, ich_vmcr;
};

struct el3_world {
    uint64_t x[31];
    uint64_t elr;
    uint64_t spsr;
    uint64_t keys[10];
    struct el2_state el2;
};

struct el3_pe {
    struct el3_world *now;
    uint64_t stack; /* top */
    uint32_t index;
    volatile uint32_t wake;
    bool normal_world_started;
    enum spmd_world running;
    struct el3_world world[2]; /* by enum spmd_world */
};

struct el3 {
    struct spmd spmd;
    struct spmd_cpu cpu[EL3_MAX_PES];
    uint64_t normal_world_entry;
    uint32_t normal_world_el; /* 1 or 2 */
    uint32_t pe_count;
    uint64_t spmc_manifest;
    volatile uint32_t ready; /* the boot PE has set up what all share */
};

extern struct el3 el3_state;
extern uint8_t el3_pes[];      /* PE_BYTES each */
extern uint64_t el3_table_1[]; /* translation tables, a page each */
extern uint64_t el3_table_2[];

static inline struct el3_pe *el3_pe(uint32_t index)
{
    return (struct el3_pe *)(void *)(el3_pes + (uint64_t)index * PE_BYTES);
}

/* entry.S and vectors.S */
void el3_mmu_on(uint64_t tcr, uint64_t mair, const uint64_t *table);
_Noreturn void el3_exit(struct el3_pe *pe);    /* into the world that pe->now names */
_Noreturn void el3_restart(struct el3_pe *pe); /* el3_park() on an empty stack */

/* mmu.c */
void mmu_build(void);
void mmu_enable(void);

/* load.c: everything that the flash's load list names. */
void load_all(struct el3 *el3);

/* context.c */
void context_init(struct el3_pe *pe);
void context_switch(struct el3_pe *pe, enum spmd_world to);
void context_reload(const struct el3_pe *pe); /* the world that runs starts afresh */
void context_undefined(struct el3_pe *pe);    /* its instruction is one that EL3 keeps from it */
void context_start_secure(struct el3_pe *pe, uint64_t entry, uint64_t x0);
void context_start_normal(struct el3_pe *pe, uint64_t entry, uint64_t x0, uint32_t el);

/*
 * gic.c. Group 0 is EL3's: the SGI that wakes a parked PE, and what handlers are registered for.
 * Its special INTIDs say that a Group 1 interrupt of a security state is pending.
 */
#define INTID_SECURE        1020u
#define INTID_SPECIAL_FIRST 1020u
void gic_init_distributor(void);
void gic_init_pe(const struct el3_pe *pe);
void gic_park(bool on); /* a parked PE waits for Group 0 alone */
void gic_wake(uint32_t index);
uint32_t gic_pending(void); /* INTID of a pending Group 0 interrupt, or a special one */
uint32_t gic_take(void);
void gic_end(uint32_t intid);

/* console.c */
void console_init(void);
void console_text(const char *text);
void console_hex(uint64_t value);
void console_number(uint64_t value);
_Noreturn void el3_panic(const char *why, uint64_t value);
_Noreturn void machine_off(void);
_Noreturn void machine_reset(void);

/* main.c */
void el3_main(uint32_t index);
void el3_sync(struct el3_pe *pe);
void el3_fiq(struct el3_pe *pe);
_Noreturn void el3_park(struct el3_pe *pe);

_Static_assert(offsetof(struct el3_world, elr) == WORLD_ELR, "offsets.h");
_Static_assert(offsetof(struct el3_world, spsr) == WORLD_SPSR, "offsets.h");
_Static_assert(offsetof(struct el3_world, keys) == WORLD_KEYS, "offsets.h");
_Static_assert(offsetof(struct el3_pe, now) == PE_NOW, "offsets.h");
_Static_assert(offsetof(struct el3_pe, stack) == PE_STACK, "offsets.h");
_Static_assert(sizeof(struct el3_pe) <= PE_BYTES, "offsets.h");
_Static_assert(sizeof(struct el3) <= 4096, "el3.ld");

#endif
