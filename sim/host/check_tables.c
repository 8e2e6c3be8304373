/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who can reach what, recomputed from the translation tables in simulated RAM alone: stage 2 of
 * S-EL1 partitions, stage 1 of S-EL0 ones. This reads descriptors by the architecture's layout and
 * shares no code with the core that wrote them.
 */
#include "sim/host/check_memory.h"

/* Attributes that a table of stage 1 sets for all below it (Arm ARM D8.3) */
#define TABLE_BITS (0x1full << 59)

struct walk {
    struct run *run;
    const struct partition *partition;
    enum pas ipa_space; /* S-EL0: of the leaf that is looked at */
    bool stage1;
};

static bool inside(uint64_t base, uint64_t size, uint64_t outer, uint64_t outer_size)
{
    return base >= outer && size <= outer_size && base - outer <= outer_size - size;
}

static bool overlaps(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
    return a < b + b_size && b < a + a_size;
}

static void broken(const struct walk *walk, const char *law, uint64_t pa)
{
    check_broken(walk->run, walk->partition, walk->ipa_space, law, pa);
}

/* What the SPMC's own regime asks of memory that EL0 reaches in it. */
static void check_stage1_leaf(struct walk *walk, uint64_t leaf, uint64_t pa)
{
    walk->ipa_space = (leaf & TABLES_LEAF_NS) != 0 ? PAS_NON_SECURE : PAS_SECURE;
    if ((leaf & (TABLES_LEAF_EL0 | TABLES_LEAF_NG | TABLES_LEAF_PXN)) !=
        (TABLES_LEAF_EL0 | TABLES_LEAF_NG | TABLES_LEAF_PXN)) {
        broken(walk, "a leaf of S-EL0 that is global, or not EL0's alone", pa);
    } else if ((leaf & (TABLES_LEAF_RO | TABLES_LEAF_UXN)) == 0) {
        broken(walk, "a leaf of S-EL0 that can be written and executed", pa);
    }
}

static void check_leaf(struct walk *walk, unsigned level, uint64_t at, uint64_t leaf)
{
    struct run *run = walk->run;
    uint64_t pa = leaf & TABLES_ADDRESS;
    uint64_t size = tables_entry_bytes(level);

    if (walk->stage1) {
        check_stage1_leaf(walk, leaf, pa);
    }
    if (at != pa) {
        broken(walk, "the mapping is not the identity", pa);
    } else if (walk->ipa_space == PAS_SECURE &&
               overlaps(pa, size, run->spmc_range.base, run->spmc_range.size_bytes)) {
        broken(walk, "memory of the SPMC is mapped", pa);
    } else {
        check_owned(run, walk->partition, walk->ipa_space, pa, size,
                    tables_attr(walk->partition, leaf));
    }
}

void check_one_leaf(struct run *run, const struct partition *partition, enum pas space,
                    unsigned level, uint64_t at, uint64_t leaf)
{
    struct walk walk = {run, partition, space, tables_is_el0(partition)};

    check_leaf(&walk, level, at, leaf);
}

/* A table lies in secure memory of the SPMC; in stage 1 it leaves all to its leaves. */
static bool is_in_place(const struct walk *walk, uint64_t table, uint64_t size)
{
    if (bus_ram(&walk->run->machine->bus, table, size, BUS_SECURE) == NULL) {
        broken(walk, "a translation table is not in secure memory", table);
        return false;
    }
    if (!inside(table, size, walk->run->spmc_range.base, walk->run->spmc_range.size_bytes)) {
        broken(walk, "a translation table is outside the SPMC", table);
        return false;
    }
    return true;
}

static bool is_table_lawful(const struct walk *walk, uint64_t descriptor)
{
    if (walk->stage1 && (descriptor & TABLE_BITS) != 0) {
        broken(walk, "a table of S-EL0 with attributes of its own", descriptor & TABLES_ADDRESS);
        return false;
    }
    return is_in_place(walk, descriptor & TABLES_ADDRESS, PAGE_SIZE_BYTES);
}

bool check_table_place(struct run *run, const struct partition *partition, enum pas space,
                       uint64_t descriptor)
{
    const struct walk walk = {run, partition, space, tables_is_el0(partition)};

    return is_table_lawful(&walk, descriptor);
}

static void walk_table(struct walk *walk, uint64_t table, unsigned pages, unsigned level,
                       uint64_t ipa)
{
    const uint64_t *desc = tables_read_ram(walk->run, table, pages);

    for (unsigned i = 0; i < pages * TABLES_ENTRIES && !walk->run->failed; i++) {
        uint64_t at = ipa + i * tables_entry_bytes(level);

        if ((desc[i] & TABLES_VALID) == 0) {
            continue;
        }
        if (!tables_is_next(desc[i], level)) {
            check_leaf(walk, level, at, desc[i]);
        } else if (is_table_lawful(walk, desc[i])) {
            walk_table(walk, desc[i] & TABLES_ADDRESS, 1, level + 1, at);
        }
    }
}

void check_tables(struct run *run)
{
    for (uint32_t i = 0; i < spmc_partition_count(run->spmc) && !run->failed; i++) {
        const struct partition *partition = spmc_partition_at(run->spmc, i);
        bool el0 = tables_is_el0(partition);

        for (unsigned space = 0; space < (el0 ? 1u : 2u); space++) {
            struct tables_root root = tables_root_of(partition, (enum pas)space);
            struct walk walk = {run, partition, (enum pas)space, el0};

            if (root.table != 0 &&
                is_in_place(&walk, root.table, (uint64_t)root.pages * PAGE_SIZE_BYTES)) {
                walk_table(&walk, root.table, root.pages, root.level, 0);
            }
        }
    }
}
