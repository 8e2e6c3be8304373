/* SPDX-License-Identifier: BSD-3-Clause */
/* Cold boot, parked PEs, and every SMC: what the SPMD decides is done here. */
#include "arch/arch.h"
#include "el3.h"
#include "sysreg.h"

SYSREG(esr_el3)

#define ESR_EC(esr)    (((esr) >> 26) & 0x3fu)
#define ESR_EC_SMC64   0x17u
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

    gic_listen(true);
    while (pe->wake == 0) {
        __asm__ volatile("wfi" : : : "memory");
        gic_take_wake();
    }
    pe->wake = 0;
    gic_take_wake();
    gic_listen(false);
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

static void power(enum spmd_next next, const uint64_t *x)
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
        break;
    default:
        console_text("el3: the SPMC could not initialise, error ");
        console_hex((uint32_t)x[2]);
        console_text("\n");
        break;
    }
    machine_off();
}

static void enter(struct el3_pe *pe, enum spmd_world to, unsigned count)
{
    const uint64_t *from = pe->now->x;
    struct el3_world *world = &pe->world[to];
    uint64_t entry;

    if (to == pe->running) {
        return;
    }
    if (to == SPMD_NON_SECURE) {
        if (spmd_take_entry(&el3_state.spmd, pe->index, &entry)) {
            context_start_normal(pe, entry, from[0], el3_state.normal_world_el);
        } else if (!pe->normal_world_started) {
            context_start_normal(pe, el3_state.normal_world_entry, 0, el3_state.normal_world_el);
        }
    }
    for (unsigned n = 0; n < count; n++) {
        world->x[n] = from[n];
    }
    context_switch(pe, to);
}

void el3_sync(struct el3_pe *pe)
{
    uint64_t esr = read_esr_el3();
    unsigned count = 0;
    enum spmd_next next;

    if (ESR_EC(esr) != ESR_EC_SMC64) {
        el3_panic("an exception to EL3 that is no SMC, ESR ", esr);
    }
    next = spmd_handle_smc(&el3_state.spmd, pe->index, pe->running, pe->now->x, &count);
    switch (next) {
    case SPMD_ENTER_SECURE:
        enter(pe, SPMD_SECURE, count);
        break;
    case SPMD_ENTER_NON_SECURE:
        enter(pe, SPMD_NON_SECURE, count);
        break;
    case SPMD_CPU_ON: {
        uint32_t target = spmd_cpu_on_target(&el3_state.spmd, pe->index);

        el3_pe(target)->wake = 1;
        gic_wake(target);
        enter(pe, SPMD_NON_SECURE, count);
        break;
    }
    case SPMD_CPU_OFF:
        el3_restart(pe);
    default:
        power(next, pe->now->x);
        break;
    }
}
