/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reset of the whole machine: everything but RAM, the clock, the trace and the scenario itself is
 * made anew, as after power-on.
 */
#include <stdlib.h>
#include <string.h>

#include "sim/host/check_memory.h"
#include "sim/host/fault_interrupt.h"

void reset_ask(struct run *run, const char *why)
{
    run->lose_ram = run->config.reset_lose_ram;
    if (run->resets < run->config.resets) {
        machine_end(run->machine, MACHINE_END_RESET);
    } else {
        run_fail(run, "%s", why);
    }
}

unsigned run_boots(const struct run *run)
{
    return run->resets + 1;
}

/* What the checkers know of the SPMC that was. */
static void forget(struct run *run)
{
    free(run->shadow);
    run->shadow = NULL;
    check_memory_destroy(run);
    check_maintenance_destroy(run);
    memset(run->partition_state, 0, sizeof(run->partition_state));
    run->inside = 0;
    run->short_of_memory = 0;
    run->race_count = 0;
    run->memory_writes = 0;
    free(run->arena);
    run->arena = NULL;
    run->spmc = NULL;
}

static void reset_pes(struct run *run)
{
    for (unsigned i = 0; i < run->config.pe_count; i++) {
        struct arch_pe *pe = &run->arch_pe[i];

        run->retired_before[i] = run_retired(run, i);
        pe->held_count = 0;
        memset(pe->last_x, 0, sizeof(pe->last_x));
    }
    run_destroy_contexts(run);
}

bool reset_boot(struct run *run)
{
    struct sim_error err;

    run->resets++;
    fault_interrupts_forget(run);
    machine_event_remove(run->machine, &run->until_event);
    reset_pes(run);
    forget(run);
    if (!machine_restart(run->machine, run->lose_ram, &err) || !run_boot(run, &err)) {
        run_fail(run, "after reset %u: %s", run->resets, err.text);
        return false;
    }
    run_until(run);
    if (run->faults != NULL) {
        faults_restart(run->faults);
    }
    return true;
}
