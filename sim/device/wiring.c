/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim/device/wiring.h"

#include <libfdt.h>

#include "sim/device/gic.h"

#define NS_PER_SECOND 1000000000u

/* First INTID and how many, by the type of the binding. */
static const struct {
    uint32_t first;
    uint32_t count;
    bool private;
} line_type[] = {
    {32, 988, false},
    {16, 16, true},
    {4096, 1024, false},
    {1056, 64, true},
};

bool device_line_read(struct device *device, unsigned index, struct device_line *line,
                      struct sim_error *err)
{
    const struct board *board = &device->machine->board;
    int length = 0;
    const fdt32_t *cells = fdt_getprop(board->fdt, device->node->node, "interrupts", &length);
    unsigned width = device->node->interrupt_cells;
    uint32_t type;
    uint32_t number;

    *line = (struct device_line){.machine = device->machine};
    if (cells == NULL)
        return true;
    if (width < 3 || width > 4 || (unsigned)length % (4 * width) != 0)
        return sim_fail(err, SIM_BAD_INPUT,
                        "%s: %s: interrupts has %d bytes, which are not entries of a GIC: type, "
                        "number, flags",
                        board->name, device->node->path, length);
    if (index >= (unsigned)length / (4 * width))
        return true;
    type = fdt32_ld(&cells[index * width]);
    number = fdt32_ld(&cells[index * width + 1]);
    if (type >= sizeof(line_type) / sizeof(line_type[0]) || number >= line_type[type].count)
        return sim_fail(
            err, SIM_BAD_INPUT,
            "%s: %s: interrupts: entry %u has type %u and number %u; want 0 (SPI, to "
            "987), 1 (PPI, to 15), 2 (extended SPI, to 1023) or 3 (extended PPI, to 63)",
            board->name, device->node->path, index, type, number);
    line->intid = line_type[type].first + number;
    line->private = line_type[type].private;
    return true;
}

void device_line_set(struct device_line *line, bool level)
{
    if (line->level == level)
        return;
    line->level = level;
    if (line->intid == 0)
        return;
    if (!line->private) {
        gic_set_level(line->machine, NULL, line->intid, level);
        return;
    }
    for (unsigned i = 0; i < line->machine->pe_count; i++)
        gic_set_level(line->machine, &line->machine->pe[i], line->intid, level);
}

/* clock-frequency of a node: one cell, or two whose value fits into one. */
static bool read_hz(const void *fdt, int node, uint32_t *hz)
{
    int length = 0;
    const void *value = fdt_getprop(fdt, node, "clock-frequency", &length);
    uint64_t found = 0;

    if (value != NULL && length == sizeof(fdt32_t))
        found = fdt32_ld(value);
    else if (value != NULL && length == sizeof(fdt64_t))
        found = fdt64_ld(value);
    if (found == 0 || found > UINT32_MAX)
        return false;
    *hz = (uint32_t)found;
    return true;
}

bool device_clock(struct device *device, unsigned index, uint32_t absent_hz, uint32_t *hz,
                  struct sim_error *err)
{
    const struct board *board = &device->machine->board;
    int node = device->node->node;
    int length = 0;
    const fdt32_t *clocks = fdt_getprop(board->fdt, node, "clocks", &length);

    *hz = absent_hz;
    if (clocks != NULL && (unsigned)length >= 4 * (index + 1)) {
        int clock = fdt_node_offset_by_phandle(board->fdt, fdt32_ld(&clocks[index]));

        if (clock < 0 || !read_hz(board->fdt, clock, hz))
            return sim_fail(err, SIM_BAD_INPUT,
                            "%s: %s: clocks: entry %u has to be a fixed-clock with a "
                            "clock-frequency of 1 Hz to 4294967295 Hz",
                            board->name, device->node->path, index);
        return true;
    }
    if (fdt_getprop(board->fdt, node, "clock-frequency", NULL) != NULL &&
        !read_hz(board->fdt, node, hz))
        return sim_fail(err, SIM_BAD_INPUT,
                        "%s: %s: clock-frequency has to be 1 Hz to 4294967295 Hz", board->name,
                        device->node->path);
    return true;
}

uint64_t device_ticks(uint64_t ns, uint32_t hz)
{
    /* In two parts, so that no product leaves 64 bits. */
    return ns / NS_PER_SECOND * hz + ns % NS_PER_SECOND * hz / NS_PER_SECOND;
}

uint64_t device_ticks_ns(uint64_t ticks, uint32_t hz)
{
    uint64_t seconds = ticks / hz;

    if (seconds >= UINT64_MAX / NS_PER_SECOND)
        return MACHINE_NEVER;
    return seconds * NS_PER_SECOND + (ticks % hz * NS_PER_SECOND + hz - 1) / hz;
}

void device_catch_up(struct device *device, struct machine_event *event, uint64_t now_ns)
{
    while (event->queued && event->due_ns <= now_ns) {
        machine_event_remove(device->machine, event);
        event->fn(device->machine, event->arg);
    }
}
