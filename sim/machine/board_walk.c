/* SPDX-License-Identifier: BSD-3-Clause */
/* What a node of the board inherits: cells, address translation, availability, path. */
#include <inttypes.h>
#include <libfdt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sim/machine/board_reader.h"

#define GIC_CELLS 3u /* of an interrupt, where the tree does not say */

bool board_fault(struct board_reader *reader, const char *format, ...)
{
    char text[384];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    return sim_fail(reader->err, SIM_BAD_INPUT, "%s: %s: %s", reader->where,
                    reader->path[0] != '\0' ? reader->path : "/", text);
}

bool board_string(struct board_reader *reader, int node, const char *property, const char **text)
{
    int length = 0;

    *text = fdt_stringlist_get(reader->fdt, node, property, 0, &length);
    if (*text == NULL && length != -FDT_ERR_NOTFOUND)
        return board_fault(reader, "%s is not a list of strings", property);
    return true;
}

/* #address-cells and #size-cells: one cell, 0 to 4, with the standard's default when absent. */
static bool read_cell_count(struct board_reader *reader, int node, const char *property,
                            uint32_t absent, uint32_t *out)
{
    int length = 0;
    const void *value = fdt_getprop(reader->fdt, node, property, &length);

    *out = absent;
    if (value == NULL)
        return true;
    if (length == sizeof(fdt32_t))
        *out = fdt32_ld(value);
    if (length != sizeof(fdt32_t) || *out > FDT_MAX_NCELLS)
        return board_fault(reader, "%s has to be one cell, 0 to %d", property, FDT_MAX_NCELLS);
    return true;
}

static bool read_availability(struct board_reader *reader, struct board_level *level)
{
    const char *status = NULL;
    const char *secure_status = NULL;
    bool non_secure;
    bool secure;

    if (!board_string(reader, level->node, "status", &status) ||
        !board_string(reader, level->node, "secure-status", &secure_status))
        return false;
    non_secure = status == NULL || strcmp(status, "okay") == 0 || strcmp(status, "ok") == 0;
    secure = secure_status == NULL
                 ? non_secure
                 : strcmp(secure_status, "okay") == 0 || strcmp(secure_status, "ok") == 0;
    level->non_secure = level->non_secure && non_secure;
    level->secure = level->secure && secure;
    return true;
}

/* Of the interrupt parent that the node names; `inherited` where it names none. */
static uint32_t read_interrupt_cells(const void *fdt, int node, uint32_t inherited)
{
    int length = 0;
    const void *value = fdt_getprop(fdt, node, "interrupt-parent", &length);

    if (value == NULL || length != sizeof(fdt32_t))
        return inherited;
    node = fdt_node_offset_by_phandle(fdt, fdt32_ld(value));
    value = node < 0 ? NULL : fdt_getprop(fdt, node, "#interrupt-cells", &length);
    return value != NULL && length == sizeof(fdt32_t) ? fdt32_ld(value) : GIC_CELLS;
}

static bool enter_path(struct board_reader *reader, struct board_level *level, unsigned depth)
{
    int length = 0;
    const char *name = fdt_get_name(reader->fdt, level->node, &length);
    size_t parent_bytes = depth == 0 ? 0 : reader->level[depth - 1].path_bytes;

    reader->path[parent_bytes] = '\0';
    if (name == NULL)
        return board_fault(reader, "a node below has no readable name");
    if (depth == 0)
        return true;
    if (parent_bytes + 1 + (size_t)length >= sizeof(reader->path))
        return board_fault(reader, "the path of a node below has more than %zu bytes",
                           sizeof(reader->path) - 1);
    snprintf(reader->path + parent_bytes, sizeof(reader->path) - parent_bytes, "/%s", name);
    level->path_bytes = strlen(reader->path);
    return true;
}

/* How the addresses of the node's children relate to its parent's. */
static void enter_bus(struct board_reader *reader, struct board_level *level, unsigned depth)
{
    int length = 0;
    const void *ranges = fdt_getprop(reader->fdt, level->node, "ranges", &length);
    bool plain = level->address_cells >= 1 && level->address_cells <= 2 && level->size_cells >= 1 &&
                 level->size_cells <= 2;

    if (depth == 0) {
        level->mapped = plain;
        level->identity = true;
    } else {
        level->mapped = plain && ranges != NULL && reader->level[depth - 1].mapped;
        level->identity = length == 0;
    }
}

/* Children of / that describe no hardware of the bus. */
static bool is_description(const char *path)
{
    static const char *const names[] = {"/chosen", "/aliases", "/reserved-memory"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(path, names[i]) == 0)
            return true;
    }
    return false;
}

bool board_enter(struct board_reader *reader, int node, unsigned depth)
{
    struct board_level *level = &reader->level[depth];

    memset(level, 0, sizeof(*level));
    level->node = node;
    level->secure = true;
    level->non_secure = true;
    level->interrupt_cells = GIC_CELLS;
    if (depth > 0) {
        const struct board_level *parent = &reader->level[depth - 1];
        level->cpus = parent->cpus;
        level->skipped = parent->skipped;
        level->secure = parent->secure;
        level->non_secure = parent->non_secure;
        level->interrupt_cells = parent->interrupt_cells;
    }
    if (!enter_path(reader, level, depth))
        return false;
    if (depth == 1) {
        level->cpus = strcmp(reader->path, "/cpus") == 0;
        level->skipped = is_description(reader->path);
    }
    if (level->skipped)
        return true;
    if (!read_cell_count(reader, node, "#address-cells", 2, &level->address_cells) ||
        !read_cell_count(reader, node, "#size-cells", 1, &level->size_cells) ||
        !read_availability(reader, level))
        return false;
    enter_bus(reader, level, depth);
    level->interrupt_cells = read_interrupt_cells(reader->fdt, node, level->interrupt_cells);
    return true;
}

static uint64_t read_cells(const uint8_t *at, uint32_t cells)
{
    uint64_t value = 0;

    for (uint32_t i = 0; i < 4 * cells; i++)
        value = value << 8 | at[i];
    return value;
}

bool board_reg_count(struct board_reader *reader, unsigned depth, unsigned *count)
{
    const struct board_level *parent = &reader->level[depth - 1];
    int length = 0;
    const void *reg = fdt_getprop(reader->fdt, reader->level[depth].node, "reg", &length);
    unsigned entry_bytes = 4 * (parent->address_cells + parent->size_cells);

    *count = 0;
    if (reg == NULL)
        return true;
    if (entry_bytes == 0 || length == 0 || (unsigned)length % entry_bytes != 0)
        return board_fault(reader, "reg has %d bytes, which are not entries of %u + %u cells",
                           length, parent->address_cells, parent->size_cells);
    *count = (unsigned)length / entry_bytes;
    return true;
}

/* Takes *reg from the addresses below the bus at level `at` to those above it. */
static bool translate(struct board_reader *reader, unsigned at, struct board_reg *reg)
{
    const struct board_level *bus = &reader->level[at];
    uint32_t parent_cells = reader->level[at - 1].address_cells;
    unsigned entry_bytes = 4 * (bus->address_cells + parent_cells + bus->size_cells);
    int length = 0;
    const uint8_t *ranges = fdt_getprop(reader->fdt, bus->node, "ranges", &length);

    if (ranges == NULL || (unsigned)length % entry_bytes != 0)
        return board_fault(reader, "ranges of a parent bus are not entries of %u + %u + %u cells",
                           bus->address_cells, parent_cells, bus->size_cells);
    for (const uint8_t *entry = ranges; entry < ranges + length; entry += entry_bytes) {
        uint64_t child = read_cells(entry, bus->address_cells);
        uint64_t parent = read_cells(entry + 4 * bus->address_cells, parent_cells);
        uint64_t size =
            read_cells(entry + 4 * (bus->address_cells + parent_cells), bus->size_cells);
        if (reg->base >= child && reg->base - child < size &&
            reg->size_bytes <= size - (reg->base - child) &&
            parent <= UINT64_MAX - (reg->base - child)) {
            reg->base = parent + (reg->base - child);
            return true;
        }
    }
    return board_fault(reader,
                       "reg 0x%" PRIx64 " of 0x%" PRIx64 " bytes is outside the ranges of a "
                       "parent bus",
                       reg->base, reg->size_bytes);
}

bool board_reg(struct board_reader *reader, unsigned depth, unsigned index, struct board_reg *out)
{
    const struct board_level *parent = &reader->level[depth - 1];
    uint32_t address_cells = parent->address_cells;
    uint32_t size_cells = parent->size_cells;
    int length = 0;
    const uint8_t *reg = fdt_getprop(reader->fdt, reader->level[depth].node, "reg", &length);

    if (reg == NULL || (unsigned)length < 4 * (index + 1) * (address_cells + size_cells))
        return board_fault(reader, "reg has no entry %u", index);
    reg += (size_t)4 * index * (address_cells + size_cells);
    out->base = read_cells(reg, address_cells);
    out->size_bytes = read_cells(reg + 4 * address_cells, size_cells);
    if (out->size_bytes == 0)
        return board_fault(reader, "reg entry %u at 0x%" PRIx64 " is empty", index, out->base);

    for (unsigned at = depth - 1; at > 0; at--) {
        if (!reader->level[at].identity && !translate(reader, at, out))
            return false;
    }
    if (out->base >> BOARD_PA_BITS != 0 ||
        out->size_bytes > (UINT64_C(1) << BOARD_PA_BITS) - out->base)
        return board_fault(reader,
                           "reg entry %u, 0x%" PRIx64 " of 0x%" PRIx64
                           " bytes, leaves the %d-bit physical address space",
                           index, out->base, out->size_bytes, BOARD_PA_BITS);
    return true;
}
