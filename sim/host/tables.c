/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim/host/tables.h"

#include <stdio.h>

/* Stage 2 leaf (Arm ARM D8.3.2): MemAttr, S2AP, XN[1] */
#define S2_MEMATTR(d) ((unsigned)((d) >> 2) & 0xfu)
#define S2_READ       (1ull << 6)
#define S2_WRITE      (1ull << 7)
#define S2_XN         (1ull << 54)

/* Stage 1: index into MAIR_EL2, whose first three are Normal, Normal non-cacheable, Device. */
#define S1_INDEX(d) ((unsigned)((d) >> 2) & 0x7u)

struct tables_root tables_root_of(const struct partition *partition, enum pas space)
{
    if (tables_is_el0(partition)) {
        return (struct tables_root){partition->stage2.root[PAS_SECURE].pa, 0, 1};
    }
    return (struct tables_root){partition->stage2.root[space].pa, 1, STAGE2_ROOT_PAGES};
}

static uint8_t memory_of(const struct partition *partition, uint64_t leaf)
{
    static const uint8_t by_index[] = {STAGE2_NORMAL, STAGE2_NORMAL_NC, STAGE2_DEVICE_nGnRnE};

    if (tables_is_el0(partition)) {
        return S1_INDEX(leaf) < sizeof(by_index) ? by_index[S1_INDEX(leaf)] : TABLES_OTHER_MEMORY;
    }
    switch (S2_MEMATTR(leaf)) {
    case 0xf:
        return STAGE2_NORMAL;
    case 0x5:
        return STAGE2_NORMAL_NC;
    case 0x0:
        return STAGE2_DEVICE_nGnRnE;
    default:
        return TABLES_OTHER_MEMORY;
    }
}

struct stage2_attr tables_attr(const struct partition *partition, uint64_t leaf)
{
    bool el0 = tables_is_el0(partition);
    bool read = el0 || (leaf & S2_READ) != 0;
    bool write = el0 ? (leaf & TABLES_LEAF_RO) == 0 : (leaf & S2_WRITE) != 0;
    bool execute = (leaf & (el0 ? TABLES_LEAF_UXN : S2_XN)) == 0;

    return (struct stage2_attr){
        .access = (uint8_t)((read ? STAGE2_READ : 0) | (write ? STAGE2_WRITE : 0) |
                            (execute ? STAGE2_EXECUTE : 0)),
        .memory = memory_of(partition, leaf),
    };
}

enum pas tables_space(const struct partition *partition, enum pas space, uint64_t leaf)
{
    if (!tables_is_el0(partition)) {
        return space;
    }
    return (leaf & TABLES_LEAF_NS) != 0 ? PAS_NON_SECURE : PAS_SECURE;
}

struct tables_found tables_lookup(tables_read_fn read, void *user,
                                  const struct partition *partition, enum pas space, uint64_t at)
{
    struct tables_root root = tables_root_of(partition, space);
    struct tables_found found = {.mapped = false, .space = space, .end = at + PAGE_SIZE_BYTES};
    uint64_t table = root.table;
    unsigned pages = root.pages;

    if (table == 0 || at >> STAGE2_IPA_BITS != 0) {
        return found;
    }
    for (unsigned level = root.level; level <= TABLES_LAST_LEVEL; level++, pages = 1) {
        const uint64_t *entry = read(user, table, pages);
        uint64_t bytes = tables_entry_bytes(level);
        uint64_t descriptor =
            entry != NULL ? entry[(at / bytes) % (pages * (uint64_t)TABLES_ENTRIES)] : 0;

        if (!tables_is_next(descriptor, level)) {
            found.end = (at & ~(bytes - 1)) + bytes;
            if ((descriptor & TABLES_VALID) != 0) {
                found.space = tables_space(partition, space, descriptor);
                found.mapped = found.space == space;
                found.pa = (descriptor & TABLES_ADDRESS) + (at & (bytes - 1));
                found.attr = tables_attr(partition, descriptor);
            }
            break;
        }
        table = descriptor & TABLES_ADDRESS;
    }
    return found;
}

const uint64_t *tables_read_ram(void *run, uint64_t table, unsigned pages)
{
    const struct run *of = run;

    return (const uint64_t *)(const void *)bus_ram(&of->machine->bus, table,
                                                   (size_t)pages * PAGE_SIZE_BYTES, BUS_SECURE);
}

void tables_attr_text(struct stage2_attr attr, char text[TABLES_ATTR_BYTES])
{
    const char *memory = attr.access == 0                      ? ""
                         : attr.memory == STAGE2_NORMAL        ? ""
                         : attr.memory == STAGE2_NORMAL_NC     ? " nc"
                         : attr.memory == STAGE2_DEVICE_nGnRnE ? " device"
                                                               : " other";

    snprintf(text, TABLES_ATTR_BYTES, "%c%c%c%s", (attr.access & STAGE2_READ) != 0 ? 'r' : '-',
             (attr.access & STAGE2_WRITE) != 0 ? 'w' : '-',
             (attr.access & STAGE2_EXECUTE) != 0 ? 'x' : '-', memory);
}
