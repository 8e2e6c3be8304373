/* SPDX-License-Identifier: BSD-3-Clause */
/* The nodes that make a board: PEs, RAM and devices. */
#include <inttypes.h>
#include <libfdt.h>
#include <stdio.h>
#include <string.h>

#include "sim/machine/board_reader.h"

/* Aff3 to Aff0; the rest of MPIDR_EL1 is no part of a PE's name. */
#define MPIDR_AFFINITY UINT64_C(0xff00ffffff)

bool board_read_cpu(struct board_reader *reader, unsigned depth)
{
    struct board *board = reader->board;
    const struct board_level *parent = &reader->level[depth - 1];
    int length = 0;
    const uint8_t *reg = fdt_getprop(reader->fdt, reader->level[depth].node, "reg", &length);
    uint64_t mpidr = 0;

    if (!reader->level[depth].secure && !reader->level[depth].non_secure)
        return true;
    if (reg == NULL)
        return board_fault(reader, "no reg: a cpu's reg is its MPIDR");
    if (parent->address_cells < 1 || parent->address_cells > 2 || parent->size_cells != 0 ||
        (unsigned)length != 4 * parent->address_cells)
        return board_fault(reader, "reg of a cpu is one address of 1 or 2 cells, without a size");
    mpidr = parent->address_cells == 2 ? fdt64_ld((const void *)reg) : fdt32_ld((const void *)reg);

    if ((mpidr & ~MPIDR_AFFINITY) != 0)
        return board_fault(reader, "reg 0x%" PRIx64 " has bits outside MPIDR affinity 0x%" PRIx64,
                           mpidr, MPIDR_AFFINITY);
    for (unsigned i = 0; i < board->pe_count; i++) {
        if (board->mpidr[i] == mpidr)
            return board_fault(reader, "MPIDR 0x%" PRIx64 " is the one of cpu %u already", mpidr,
                               i);
    }
    if (board->pe_count >= BOARD_MAX_PES)
        return board_fault(reader, "more than %d cpus", BOARD_MAX_PES);
    board->mpidr[board->pe_count++] = mpidr;
    return true;
}

/* The node's own name, in `size` bytes at *out. */
static bool copy_name(struct board_reader *reader, unsigned depth, char *out, size_t size)
{
    const char *name = reader->path + reader->level[depth - 1].path_bytes + 1;

    if (strlen(name) >= size)
        return board_fault(reader, "a node's name has at most %zu bytes", size - 1);
    memcpy(out, name, strlen(name) + 1);
    return true;
}

bool board_read_memory(struct board_reader *reader, unsigned depth)
{
    struct board *board = reader->board;
    const struct board_level *level = &reader->level[depth];
    unsigned count = 0;

    if (!reader->level[depth - 1].mapped)
        return board_fault(reader, "memory on a bus whose addresses the board does not map");
    if (!board_reg_count(reader, depth, &count))
        return false;
    if (count == 0)
        return board_fault(reader, "memory without reg");

    for (unsigned i = 0; i < count; i++) {
        struct board_ram *ram = &board->ram[board->ram_count];
        struct board_reg reg;

        if (board->ram_count >= BOARD_MAX_RAM)
            return board_fault(reader, "more than %d ranges of memory", BOARD_MAX_RAM);
        if (!board_reg(reader, depth, i, &reg) ||
            !copy_name(reader, depth, ram->name, sizeof(ram->name)))
            return false;
        if (reg.base % BOARD_PAGE_BYTES != 0 || reg.size_bytes % BOARD_PAGE_BYTES != 0)
            return board_fault(reader,
                               "memory 0x%" PRIx64 " of 0x%" PRIx64 " bytes is not made of whole "
                               "%u-byte pages",
                               reg.base, reg.size_bytes, BOARD_PAGE_BYTES);
        ram->base = reg.base;
        ram->size_bytes = reg.size_bytes;
        ram->secure = !level->non_secure;
        board->ram_count++;
    }
    return true;
}

/* The system counter's rate, where the timer's binding tells it. */
static bool read_counter_hz(struct board_reader *reader, int node)
{
    int length = 0;
    const void *value = fdt_getprop(reader->fdt, node, "clock-frequency", &length);

    if (value == NULL)
        return true;
    if (length != sizeof(fdt32_t) || fdt32_ld(value) == 0)
        return board_fault(reader, "clock-frequency has to be one cell of at least 1 Hz");
    reader->board->counter_hz = fdt32_ld(value);
    return true;
}

bool board_read_device(struct board_reader *reader, unsigned depth, const char *compatible)
{
    struct board *board = reader->board;
    const struct board_level *level = &reader->level[depth];
    struct board_device *device = &board->device[board->device_count];
    const char *name = reader->path + reader->level[depth - 1].path_bytes + 1;
    unsigned count = 0;

    if (fdt_node_check_compatible(reader->fdt, level->node, "arm,armv8-timer") == 0 &&
        !read_counter_hz(reader, level->node))
        return false;

    /* Below a bus without ranges (I2C, PCI) a reg is no physical address. */
    if (!reader->level[depth - 1].mapped &&
        fdt_getprop(reader->fdt, level->node, "reg", NULL) != NULL)
        return true;
    if (!board_reg_count(reader, depth, &count))
        return false;
    if (count == 0 && strchr(name, '@') != NULL)
        return board_fault(reader, "the name has an address, but there is no reg");
    if (count > BOARD_MAX_REGS)
        return board_fault(reader, "%u entries in reg, at most %d are taken", count,
                           BOARD_MAX_REGS);
    if (board->device_count >= BOARD_MAX_DEVICES)
        return board_fault(reader, "more than %d devices", BOARD_MAX_DEVICES);
    if (strlen(compatible) >= sizeof(device->compatible))
        return board_fault(reader, "compatible has a string of more than %zu bytes",
                           sizeof(device->compatible) - 1);

    for (unsigned i = 0; i < count; i++) {
        if (!board_reg(reader, depth, i, &device->reg[i]))
            return false;
    }
    memcpy(device->path, reader->path, strlen(reader->path) + 1);
    memcpy(device->compatible, compatible, strlen(compatible) + 1);
    device->node = level->node;
    device->reg_count = count;
    device->interrupt_cells = level->interrupt_cells;
    device->secure = level->secure;
    device->non_secure = level->non_secure;
    board->device_count++;
    return true;
}
