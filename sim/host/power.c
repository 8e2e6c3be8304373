/* SPDX-License-Identifier: BSD-3-Clause */
/* PSCI in the simulator: PEs that come and go, and the SPMD's door. */
#include "sim/host/power.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/device/gic.h"
#include "sim/device/timer.h"
#include "sim/host/host.h"
#include "spmd/arch/arch.h"

static void must_be(bool right, const char *what)
{
    if (!right) {
        fprintf(stderr, "orrery: the lock of the SPMD was %s\n", what);
        abort();
    }
}

/* One PE runs at a time, and none is switched away while it holds this: nobody ever waits. */
void spmd_arch_lock(uint32_t *lock)
{
    must_be(*lock == 0, "taken twice");
    *lock = 1;
}

void spmd_arch_unlock(uint32_t *lock)
{
    must_be(*lock == 1, "released while it was free");
    *lock = 0;
}

static bool create_normal_world(struct arch_pe *pe, struct sim_error *err)
{
    struct run *run = pe->run;
    const struct run_nwd *nwd = &run->config.nwd;
    struct context_config config = {
        .endpoint = FFA_ID_NWD,
        .vcpu_index = (uint16_t)pe->pe->index,
        .top_el = (uint8_t)(nwd->el == 2 ? 2 : 1),
    };

    snprintf(config.name, sizeof(config.name), "NWd/%u", pe->pe->index);
    if (nwd->make == NULL) {
        pe->nwd = context_create_emulated(run->machine, &config, err);
    } else if (nwd->make_secondary != NULL) {
        pe->nwd = nwd->make_secondary(nwd->make_secondary_user, run->machine, &config, err);
    } else {
        return sim_fail(err, SIM_BAD_INPUT,
                        "PE %u was switched on, but the scenario has no function secondary",
                        pe->pe->index);
    }
    return pe->nwd != NULL;
}

/* On its own coroutine: the SPMC's part of this PE, then the normal world's. */
static void secondary_main(struct sim_pe *sim_pe, void *arg)
{
    struct run *run = arg;
    struct arch_pe *pe = &run->arch_pe[sim_pe->index];
    uint64_t entry;
    struct vcpu *vcpu;

    pe->held_count = 0;
    if (spmd_cpu_started(&run->spmd, sim_pe->index, &entry) != SPMD_ENTER_SECURE) {
        run_fail(run, "PE %u: the SPMC has registered no entry point for it", sim_pe->index);
        machine_pe_halt(sim_pe);
    }
    machine_pe_advance(sim_pe, HOST_EXIT_NS);
    run->inside++;
    vcpu = spmc_secondary_boot(run->spmc, pe, sim_pe->index);
    run->inside--;
    if (vcpu == NULL) {
        run_fail(run, "PE %u: the SPMC does not know it", sim_pe->index);
        machine_pe_halt(sim_pe);
    }
    report_partitions(pe);
    host_loop(pe, vcpu);
}

void power_on(struct arch_pe *pe, uint32_t target)
{
    struct run *run = pe->run;
    struct arch_pe *other = &run->arch_pe[target];
    struct sim_error err;
    char text[64];

    snprintf(text, sizeof(text), "PE %" PRIu32 " on", target);
    report_text(run, pe->pe, EVENT_PSCI, text);
    if (other->nwd == NULL && !create_normal_world(other, &err)) {
        run_fail(run, "%s", err.text);
        machine_pe_halt(pe->pe);
    }
    if (!machine_pe_start(&run->machine->pe[target], secondary_main, run, pe->pe->now_ns)) {
        run_fail(run, "no memory for the stack of PE %" PRIu32, target);
        machine_pe_halt(pe->pe);
    }
}

void power_off(struct arch_pe *pe)
{
    char text[64];

    snprintf(text, sizeof(text), "PE %u off", pe->pe->index);
    report_text(pe->run, pe->pe, EVENT_PSCI, text);
    timer_reset(pe->pe);
    machine_pe_halt(pe->pe);
}

static void wait_for_interrupt(struct arch_pe *pe)
{
    machine_pe_advance(pe->pe, HOST_EXIT_NS);
    while (!gic_has_signal(pe->pe)) {
        machine_pe_wait(pe->pe);
    }
}

void power_standby(struct arch_pe *pe)
{
    wait_for_interrupt(pe);
}

enum spmd_next power_suspend(struct arch_pe *pe, uint64_t x[FFA_REGS_EXTENDED], unsigned *count)
{
    char text[64];

    snprintf(text, sizeof(text), "PE %u suspended", pe->pe->index);
    report_text(pe->run, pe->pe, EVENT_PSCI, text);
    wait_for_interrupt(pe);
    snprintf(text, sizeof(text), "PE %u resumed", pe->pe->index);
    report_text(pe->run, pe->pe, EVENT_PSCI, text);
    return spmd_cpu_resumed(&pe->run->spmd, pe->pe->index, x, count);
}
