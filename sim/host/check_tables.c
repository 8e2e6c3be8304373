/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who can reach what, recomputed from the stage-2 tables in simulated RAM alone. This reads
 * descriptors by the architecture's layout and shares no code with the core that wrote them.
 */
#include <inttypes.h>
#include <stdio.h>

#include "sim/host/host.h"

#define DESC_VALID       1u
#define DESC_TABLE       2u
#define DESC_ADDRESS     0x0000fffffffff000ull
#define ENTRIES          512u
#define ROOT_ENTRIES     (ENTRIES * STAGE2_ROOT_PAGES)
#define LEVEL_SHIFT(lvl) (12u + 9u * (3u - (lvl)))

struct walk {
    struct run *run;
    const struct partition *partition;
    enum pas ipa_space;
};

static bool inside(uint64_t base, uint64_t size, uint64_t outer, uint64_t outer_size)
{
    return base >= outer && size <= outer_size && base - outer <= outer_size - size;
}

static bool overlaps(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
    return a < b + b_size && b < a + a_size;
}

static bool is_declared(const struct walk *walk, uint64_t pa, uint64_t size)
{
    const struct partition *partition = walk->partition;
    const struct partition_manifest *manifest = partition->manifest;
    bool ns = walk->ipa_space == PAS_NON_SECURE;

    if (!ns && inside(pa, size, partition->vm->load_address, partition->vm->mem_size_bytes)) {
        return true;
    }
    for (uint32_t i = 0; i < manifest->mem_region_count; i++) {
        const struct manifest_mem_region *region = &manifest->mem_region[i];
        uint64_t base = region->base + (region->relative ? partition->vm->load_address : 0);

        if (((region->attributes & MANIFEST_ATTR_NON_SECURE) != 0) == ns &&
            inside(pa, size, base, (uint64_t)region->page_count * PAGE_SIZE_BYTES)) {
            return true;
        }
    }
    for (uint32_t i = 0; i < manifest->dev_region_count; i++) {
        const struct manifest_dev_region *region = &manifest->dev_region[i];

        if (((region->attributes & MANIFEST_ATTR_NON_SECURE) != 0) == ns &&
            inside(pa, size, region->base, (uint64_t)region->page_count * PAGE_SIZE_BYTES)) {
            return true;
        }
    }
    return false;
}

static void broken(const struct walk *walk, const char *law, uint64_t pa)
{
    char text[160];

    snprintf(text, sizeof(text), "%s: %s reaches 0x%" PRIx64 " (%s)", law,
             spmc_partition_name(walk->partition), pa,
             walk->ipa_space == PAS_SECURE ? "secure" : "non-secure");
    report_text(walk->run, walk->run->machine->current, EVENT_CHECK, text);
    run_fail(walk->run, "invariant: %s", text);
}

static void check_leaf(const struct walk *walk, uint64_t ipa, uint64_t pa, uint64_t size)
{
    struct run *run = walk->run;

    if (ipa != pa) {
        broken(walk, "stage 2 is not the identity", pa);
    } else if (walk->ipa_space == PAS_SECURE &&
               overlaps(pa, size, run->spmc_range.base, run->spmc_range.size_bytes)) {
        broken(walk, "memory of the SPMC is mapped", pa);
    } else if (!is_declared(walk, pa, size)) {
        broken(walk, "stage 2 grants what no manifest gives", pa);
    } else {
        for (uint32_t i = 0; i < spmc_partition_count(run->spmc); i++) {
            const struct partition *other = spmc_partition_at(run->spmc, i);

            if (other != walk->partition && walk->ipa_space == PAS_SECURE &&
                overlaps(pa, size, other->vm->load_address, other->vm->mem_size_bytes)) {
                broken(walk, "a page has two owners", pa);
            }
        }
    }
}

static void walk_table(const struct walk *walk, uint64_t table, unsigned entries, unsigned level,
                       uint64_t ipa)
{
    const uint64_t *desc = (const uint64_t *)(const void *)bus_ram(
        &walk->run->machine->bus, table, entries * sizeof(uint64_t), BUS_SECURE);

    if (desc == NULL) {
        broken(walk, "a translation table is not in secure memory", table);
        return;
    }
    if (!inside(table, entries * sizeof(uint64_t), walk->run->spmc_range.base,
                walk->run->spmc_range.size_bytes)) {
        broken(walk, "a translation table is outside the SPMC", table);
        return;
    }
    for (unsigned i = 0; i < entries && !walk->run->failed; i++) {
        uint64_t at = ipa + ((uint64_t)i << LEVEL_SHIFT(level));

        if ((desc[i] & DESC_VALID) == 0) {
            continue;
        }
        if (level < 3 && (desc[i] & DESC_TABLE) != 0) {
            walk_table(walk, desc[i] & DESC_ADDRESS, ENTRIES, level + 1, at);
        } else {
            check_leaf(walk, at, desc[i] & DESC_ADDRESS, 1ull << LEVEL_SHIFT(level));
        }
    }
}

void check_tables(struct run *run)
{
    for (uint32_t i = 0; i < spmc_partition_count(run->spmc) && !run->failed; i++) {
        const struct partition *partition = spmc_partition_at(run->spmc, i);

        for (unsigned space = 0; space < 2; space++) {
            struct walk walk = {run, partition, (enum pas)space};

            if (partition->stage2.root[space].pa != 0) {
                walk_table(&walk, partition->stage2.root[space].pa, ROOT_ENTRIES, 1, 0);
            }
        }
    }
}
