/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Putting a machine together, and taking it apart. The one file here that looks up, to sim/device:
 * which model answers for which node.
 */
#include <stdlib.h>
#include <string.h>

#include "sim/device/device.h"
#include "sim/machine/coroutine.h"
#include "sim/machine/machine.h"

static bool create_pes(struct machine *machine, unsigned pe_count, struct sim_error *err)
{
    const struct board *board = &machine->board;

    if (pe_count == 0 || pe_count > board->pe_count)
        return sim_fail(err, SIM_BAD_INPUT, "%s: the board has 1 to %u PEs, not %u", board->name,
                        board->pe_count, pe_count);
    machine->pe = calloc(pe_count, sizeof(*machine->pe));
    if (machine->pe == NULL)
        return sim_fail(err, SIM_INTERNAL, "no memory for %u PEs", pe_count);
    machine->pe_count = pe_count;
    for (unsigned i = 0; i < pe_count; i++) {
        machine->pe[i].machine = machine;
        machine->pe[i].index = i;
        machine->pe[i].mpidr = board->mpidr[i];
        machine->pe[i].state = PE_OFF;
    }
    return true;
}

static bool create_ram(struct machine *machine, struct sim_error *err)
{
    for (unsigned i = 0; i < machine->board.ram_count; i++) {
        const struct board_ram *ram = &machine->board.ram[i];
        if (!bus_add_ram(&machine->bus, ram->name, ram->base, ram->size_bytes, ram->secure, err))
            return false;
    }
    return true;
}

struct machine *machine_create(struct board *board, unsigned pe_count, struct trace *trace,
                               uint64_t seed, uint64_t limit_ns, struct sim_error *err)
{
    struct machine *machine = calloc(1, sizeof(*machine));

    if (machine == NULL) {
        board_free(board);
        sim_fail(err, SIM_INTERNAL, "no memory for a machine");
        return NULL;
    }
    machine->board = *board;
    memset(board, 0, sizeof(*board));
    machine->trace = trace;
    machine->seed = seed;
    machine->limit_ns = limit_ns;
    machine_set_quantum(machine, MACHINE_QUANTUM_NS, MACHINE_QUANTUM_NS);
    machine_set_choices(machine, NULL);
    if (create_pes(machine, pe_count, err) && create_ram(machine, err) &&
        devices_create(machine, err))
        return machine;
    machine_destroy(machine);
    return NULL;
}

bool machine_restart(struct machine *machine, bool lose_ram, struct sim_error *err)
{
    uint64_t now_ns = machine->now_ns;

    while (machine->events != NULL)
        machine_event_remove(machine, machine->events);
    devices_finish(machine);
    devices_destroy(machine);
    machine->devices = NULL;
    machine->gic = NULL;
    bus_remove_devices(&machine->bus);
    if (lose_ram)
        bus_clear_ram(&machine->bus);
    for (unsigned i = 0; i < machine->pe_count; i++) {
        struct sim_pe *pe = &machine->pe[i];

        coroutine_destroy(pe->coroutine);
        pe->coroutine = NULL;
        pe->timers = NULL;
        pe->state = PE_OFF;
        pe->wake = false;
        if (pe->now_ns < now_ns)
            pe->now_ns = now_ns;
    }
    machine->code_epoch++;
    machine->end = MACHINE_END_NONE;
    return devices_create(machine, err);
}

void machine_destroy(struct machine *machine)
{
    if (machine == NULL)
        return;
    for (unsigned i = 0; i < machine->pe_count; i++)
        coroutine_destroy(machine->pe[i].coroutine);
    devices_destroy(machine);
    bus_free(&machine->bus);
    board_free(&machine->board);
    free(machine->pe);
    free(machine);
}
