/* SPDX-License-Identifier: BSD-3-Clause */
#include "devices.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sim/device/gic.h"

#define GICD 0x2f000000u
#define GICR 0x2f100000u

struct told devices_told;
struct machine *devices_machine;

static void (*devices)(struct tree *tree);

static void add_all(struct tree *tree)
{
    const uint64_t gic[] = {GICD, 0x10000, GICR, 0x40000};

    tree_open(tree, "gic@2f000000");
    tree_string(tree, "compatible", "arm,gic-v3");
    tree_u64s(tree, "reg", 4, gic);
    tree_close(tree);
    if (devices != NULL)
        devices(tree);
}

void devices_use(void (*more)(struct tree *tree))
{
    devices = more;
}

void devices_begin(void)
{
    told_begin(&devices_told);
    devices_machine = make_machine(2, 100000000000u, devices_told.trace, add_all);
}

void devices_end(void)
{
    machine_destroy(devices_machine);
    told_end(&devices_told);
}

void devices_node(struct tree *tree, const char *name, const char *compatible, uint64_t base,
                  unsigned interrupts, const uint32_t *cells, uint32_t clock_hz)
{
    const uint64_t reg[] = {base, 0x1000};

    tree_open(tree, name);
    tree_string(tree, "compatible", compatible);
    tree_u64s(tree, "reg", 2, reg);
    if (interrupts != 0)
        tree_u32s(tree, "interrupts", 3 * interrupts, cells);
    if (clock_hz != 0)
        tree_u32(tree, "clock-frequency", clock_hz);
    tree_close(tree);
}

static void entry(struct sim_pe *pe, void *arg)
{
    void (**body)(struct sim_pe * at) = arg;

    (*body)(pe);
}

enum machine_end devices_run(void (*body)(struct sim_pe *pe))
{
    ck_assert(machine_pe_start(&devices_machine->pe[0], entry, &body, 0));
    return machine_run(devices_machine);
}

void until_ns(struct sim_pe *pe, uint64_t ns)
{
    while (pe->now_ns < ns) {
        pe->now_ns = pe->slice_end_ns < ns ? pe->slice_end_ns : ns;
        machine_pe_yield(pe);
    }
}

uint64_t get(uint64_t pa, unsigned size, enum bus_pas pas)
{
    uint64_t value = 0;

    ck_assert(bus_read(&devices_machine->bus, &devices_machine->pe[0], pa, size, pas, &value));
    return value;
}

void put(uint64_t pa, unsigned size, enum bus_pas pas, uint64_t value)
{
    ck_assert(bus_write(&devices_machine->bus, &devices_machine->pe[0], pa, size, pas, value));
}

uint32_t get32(uint64_t pa)
{
    return (uint32_t)get(pa, 4, NS);
}

void put32(uint64_t pa, uint32_t value)
{
    put(pa, 4, NS, value);
}

bool line_is_up(uint32_t intid)
{
    struct gic_state state;

    ck_assert(gic_query(devices_machine, &devices_machine->pe[0], intid, &state));
    return state.level;
}

void expect_refused(void (*more)(struct tree *tree), const char *text)
{
    struct tree *tree = calloc(1, sizeof(*tree));
    struct sim_error err = {0};
    struct board board;

    ck_assert_ptr_nonnull(tree);
    tree_begin(tree);
    tree_cpus(tree, 1);
    tree_memory(tree, 0x80000000, 0x1000, false);
    more(tree);
    tree_end(tree);
    ck_assert(board_read(tree->blob, tree->size_bytes, "t", &board, &err));
    ck_assert_ptr_null(machine_create(&board, 1, NULL, 0, 0, &err));
    ck_assert_int_eq(err.status, SIM_BAD_INPUT);
    ck_assert_msg(strstr(err.text, text) != NULL, "%s", err.text);
    free(tree);
}
