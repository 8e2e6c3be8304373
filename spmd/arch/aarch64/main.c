/* SPDX-License-Identifier: BSD-3-Clause */
/* Cold boot, parked PEs, and every SMC: what the SPMD decides is done here. */
#include "arch/arch.h"
#include "el3.h"
#include "sysreg.h"

SYSREG(esr_el3)

#define ESR_EC(esr)    (((esr) >> 26) & 0x3fu)
#define ESR_EC_SMC64   0x17u
#define ESR_EC_SYSREG  0x18u
#define SECURE_PAYLOAD 18u

void spmd_arch_lock(uint32_t *lock)
{
    uint32_t old;

    do {
        uint32_t one = 1;

        __asm__ volatile("swpa %w2, %w0, [%1]" : "=&r"(old) : "r"(lock), "r"(one) : "memory");
    } while (old != 0);
}

void spmd_arch_unlock(uint32_t *lock)
{
    __asm__ volatile("stlr wzr, [%0]" : : "r"(lock) : "memory");
}

_Noreturn void el3_park(struct el3_pe *pe)
{
    uint64_t entry = 0;
    bool called = false;

    gic_park(true);
    /* The SGI comes behind each request: none of them may be left for later. */
    while (!called || pe->wake == 0) {
        uint32_t intid = gic_take();

        if (intid < INTID_SPECIAL_FIRST) {
            gic_end(intid);
            called |= intid == EL3_WAKE_SGI;
        } else {
            __asm__ volatile("wfi" : : : "memory");
        }
    }
    pe->wake = 0;
    gic_park(false);
    context_init(pe);
    if (spmd_cpu_started(&el3_state.spmd, pe->index, &entry) != SPMD_ENTER_SECURE) {
        el3_panic("no entry point for secondary PEs; PE ", pe->index);
    }
    context_start_secure(pe, entry, 0);
    el3_exit(pe);
}

static void boot(struct el3_pe *pe)
{
    const char *why;

    mmu_build();
    mmu_enable();
    console_init();
    load_all(&el3_state);
    if (!spmd_init(&el3_state.spmd, (const void *)(uintptr_t)el3_state.spmc_manifest,
                   EL3_MANIFEST_BYTES, el3_state.cpu, el3_state.pe_count, &why)) {
        console_text("el3: ");
        console_text(why);
        console_text("\n");
        el3_panic("the SPMC manifest can not be used, at ", el3_state.spmc_manifest);
    }
    (void)spmd_register_lsp(&el3_state.spmd, &spmd_lsp_sample); /* the table is empty */
    spmd_cpu_boot(&el3_state.spmd, pe->index);
    gic_init_distributor();
    gic_init_pe(pe);
    for (uint32_t i = 0; i < EL3_MAX_PES; i++) {
        el3_pe(i)->wake = 0;
    }
    el3_state.ready = 1;
    __asm__ volatile("dsb sy" : : : "memory");
    context_init(pe);
    context_start_secure(pe, el3_state.spmd.attribute.entrypoint, el3_state.spmc_manifest);
}

void el3_main(uint32_t index)
{
    struct el3_pe *pe = el3_pe(index);

    pe->index = index;
    __asm__ volatile("mov %0, sp" : "=r"(pe->stack));
    pe->stack = (pe->stack + EL3_STACK_BYTES - 1) & ~(uint64_t)(EL3_STACK_BYTES - 1);
    if (index == 0) {
        boot(pe);
        el3_exit(pe);
    }
    while (el3_state.ready == 0) {
        __asm__ volatile("yield" : : : "memory");
    }
    mmu_enable();
    gic_init_pe(pe);
    el3_restart(pe);
}

static _Noreturn void power(enum spmd_next next, const uint64_t *x)
{
    switch (next) {
    case SPMD_SYSTEM_OFF:
        console_text("el3: system off\n");
        break;
    case SPMD_SYSTEM_RESET:
        console_text("el3: system reset ");
        console_hex(x[1]);
        console_text(" ");
        console_number(x[2]);
        console_text("\n");
        machine_reset();
    default:
        console_text("el3: the SPMC could not initialise, error ");
        console_hex((uint32_t)x[2]);
        console_text("\n");
        break;
    }
    machine_off();
}

static void enter(struct el3_pe *pe, enum spmd_world to, const uint64_t *x, unsigned count)
{
    struct el3_world *world = &pe->world[to];
    uint64_t entry;
    bool starts = true;

    if (to == SPMD_NON_SECURE && spmd_take_entry(&el3_state.spmd, pe->index, &entry)) {
        context_start_normal(pe, entry, x[0], el3_state.normal_world_el);
    } else if (to == SPMD_NON_SECURE && !pe->normal_world_started) {
        context_start_normal(pe, el3_state.normal_world_entry, 0, el3_state.normal_world_el);
    } else {
        starts = false;
    }
    for (unsigned n = 0; n < count; n++) {
        world->x[n] = x[n];
    }
    if (to != pe->running) {
        context_switch(pe, to);
    } else if (starts) {
        context_reload(pe);
    }
}

/* Until an interrupt of any group is pending, masked or not. */
static void wait_for_interrupt(void)
{
    __asm__ volatile("dsb sy\n\twfi\n\tisb" : : : "memory");
}

/* Nothing of the PE is lost, but its normal world starts over, as if all had been. */
static void suspend(struct el3_pe *pe)
{
    uint64_t x[FFA_REGS_EXTENDED] = {0};
    unsigned count = 0;
    enum spmd_next next;

    wait_for_interrupt();
    next = spmd_cpu_resumed(&el3_state.spmd, pe->index, x, &count);
    enter(pe, next == SPMD_ENTER_SECURE ? SPMD_SECURE : SPMD_NON_SECURE, x, count);
}

static void act(struct el3_pe *pe, enum spmd_next next, const uint64_t *x, unsigned count)
{
    switch (next) {
    case SPMD_ENTER_SECURE:
        enter(pe, SPMD_SECURE, x, count);
        break;
    case SPMD_CPU_ON: {
        uint32_t target = spmd_cpu_on_target(&el3_state.spmd, pe->index);

        el3_pe(target)->wake = 1;
        gic_wake(target);
        enter(pe, SPMD_NON_SECURE, x, count);
        break;
    }
    case SPMD_STANDBY:
        wait_for_interrupt();
        enter(pe, SPMD_NON_SECURE, x, count);
        break;
    case SPMD_ENTER_NON_SECURE:
        enter(pe, SPMD_NON_SECURE, x, count);
        break;
    case SPMD_RESUME_NON_SECURE:
        enter(pe, SPMD_NON_SECURE, x, 0);
        break;
    case SPMD_CPU_SUSPEND:
        suspend(pe);
        break;
    case SPMD_CPU_OFF:
        el3_restart(pe);
    default:
        power(next, x);
    }
}

void el3_sync(struct el3_pe *pe)
{
    uint64_t esr = read_esr_el3();
    unsigned count = 0;
    enum spmd_next next;

    if (ESR_EC(esr) == ESR_EC_SYSREG) {
        context_undefined(pe); /* with SCR_EL3.FIQ, Group 0 of the CPU interface */
        return;
    }
    if (ESR_EC(esr) != ESR_EC_SMC64) {
        el3_panic("an exception to EL3 that is no SMC, ESR ", esr);
    }
    next = spmd_handle_smc(&el3_state.spmd, pe->index, pe->running, pe->now->x, &count);
    act(pe, next, pe->now->x, count);
}

/* The normal world was taken by an interrupt that is not its own. */
void el3_fiq(struct el3_pe *pe)
{
    uint64_t x[FFA_REGS_EXTENDED] = {0};
    unsigned count = 0;
    uint32_t intid = gic_pending();

    if (intid == INTID_SECURE) {
        act(pe, spmd_secure_interrupt(&el3_state.spmd, pe->index, x, &count), x, count);
        return;
    }
    intid = gic_take(); /* special: it has gone meanwhile */
    if (intid < INTID_SPECIAL_FIRST) {
        (void)spmd_group0(&el3_state.spmd, pe->index, intid);
        gic_end(intid);
    }
}
