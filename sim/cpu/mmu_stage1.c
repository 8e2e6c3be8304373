/* SPDX-License-Identifier: BSD-3-Clause */
/* Stage 1 of a translation (Arm ARM, D8.2 to D8.5). */
#include <string.h>

#include "sim/cpu/mmu.h"

#define DESC_VALID   (1ull << 0)
#define DESC_TABLE   (1ull << 1) /* levels 0 to 2: table; level 3: page */
#define DESC_NS      (1ull << 5)
#define DESC_AP_EL0  (1ull << 6) /* AP[1] */
#define DESC_AP_RO   (1ull << 7) /* AP[2] */
#define DESC_AF      (1ull << 10)
#define DESC_PXN     (1ull << 53)
#define DESC_UXN     (1ull << 54) /* XN in the EL2 regime */
#define TABLE_PXN    (1ull << 59)
#define TABLE_UXN    (1ull << 60)
#define TABLE_AP_EL1 (1ull << 61) /* APTable[0]: no access from EL0 */
#define TABLE_AP_RO  (1ull << 62) /* APTable[1]: no writes */
#define TABLE_NS     (1ull << 63)
#define DESC_ADDR(d) ((d)&0x0000fffffffff000ull)
#define T_SZ_MIN     16u
#define T_SZ_MAX     39u

/* What TCR and TTBR say for the half of the address space that `va` is in. */
struct range {
    unsigned input_bits;
    unsigned output_bits;
    bool upper;
    bool disabled; /* EPDn */
    bool ignore_top_byte;
    bool no_hierarchy; /* HPDn */
    uint64_t ttbr;
};

/* Hierarchical attributes met on the way down. */
struct hierarchy {
    bool ns;
    bool no_el0;
    bool read_only;
    bool pxn;
    bool uxn;
};

static bool two_ranges(const struct mmu_regime *regime)
{
    return regime->translation != MMU_EL2;
}

static struct range range_of(const struct mmu_regime *regime, uint64_t va)
{
    uint64_t tcr = regime->tcr;
    struct range range = {0};
    unsigned t_sz;

    if (!two_ranges(regime)) {
        t_sz = (unsigned)mmu_bits(tcr, 5, 0);
        range.output_bits = mmu_address_bits((unsigned)mmu_bits(tcr, 18, 16));
        range.ignore_top_byte = mmu_bits(tcr, 20, 20) != 0;
        range.no_hierarchy = mmu_bits(tcr, 24, 24) != 0;
        range.ttbr = regime->ttbr0;
    } else {
        range.upper = mmu_bits(va, 55, 55) != 0;
        range.output_bits = mmu_address_bits((unsigned)mmu_bits(tcr, 34, 32));
        if (range.upper) {
            t_sz = (unsigned)mmu_bits(tcr, 21, 16);
            range.disabled = mmu_bits(tcr, 23, 23) != 0;
            range.ignore_top_byte = mmu_bits(tcr, 38, 38) != 0;
            range.no_hierarchy = mmu_bits(tcr, 42, 42) != 0;
            range.ttbr = regime->ttbr1;
        } else {
            t_sz = (unsigned)mmu_bits(tcr, 5, 0);
            range.disabled = mmu_bits(tcr, 7, 7) != 0;
            range.ignore_top_byte = mmu_bits(tcr, 37, 37) != 0;
            range.no_hierarchy = mmu_bits(tcr, 41, 41) != 0;
            range.ttbr = regime->ttbr0;
        }
    }
    range.input_bits = t_sz < T_SZ_MIN || t_sz > T_SZ_MAX ? 0 : 64u - t_sz;
    return range;
}

/* Are the bits above the input size what the range wants (all zeros or all ones)? */
static bool in_range(const struct range *range, uint64_t va)
{
    unsigned top = range->ignore_top_byte ? 55 : 63;
    uint64_t above = mmu_bits(va, top, range->input_bits);
    uint64_t ones = mmu_bits(~0ull, top, range->input_bits);

    return above == (range->upper ? ones : 0);
}

static bool stage1_off(const struct mmu_regime *regime, uint64_t va, enum mmu_access access,
                       struct mmu_result *result)
{
    struct range range = range_of(regime, va);
    unsigned top = range.ignore_top_byte ? 55 : 63;
    bool default_cacheable =
        regime->translation == MMU_EL1_0 && regime->stage2 && (regime->hcr & HCR_DC) != 0;

    if (mmu_bits(va, top, MMU_PA_BITS) != 0) {
        return mmu_fault(result, MMU_FAULT_ADDRESS_SIZE, 1, 0);
    }
    result->pa = mmu_bits(va, MMU_PA_BITS - 1, 0);
    result->pas = regime->secure ? BUS_SECURE : BUS_NON_SECURE;
    result->readable = true;
    result->writable = true;
    result->executable = true;
    result->device = !default_cacheable && access != MMU_FETCH;
    return true;
}

/* Reads a descriptor at an address that stage 2, when on, has its say about. */
static bool read_descriptor(const struct bus *bus, const struct mmu_regime *regime,
                            uint64_t address, bool ns, unsigned level, struct mmu_result *result,
                            uint64_t *descriptor)
{
    enum bus_pas pas = ns ? BUS_NON_SECURE : BUS_SECURE;

    if (regime->footprint != NULL) {
        mmu_footprint_add(regime->footprint, address);
    }
    if (regime->stage2 && regime->translation == MMU_EL1_0) {
        if (!mmu_stage2(bus, regime, address, ns, MMU_READ, result)) {
            result->s1ptw = true;
            return false;
        }
        if (result->device && (regime->hcr & HCR_PTW) != 0) {
            result->s1ptw = true;
            result->ipa = address;
            result->ipa_ns = ns;
            return mmu_fault(result, MMU_FAULT_PERMISSION, 2, result->level);
        }
        address = result->pa;
        pas = result->pas;
    }
    if (!mmu_read_descriptor(bus, address, pas, descriptor)) {
        return mmu_fault(result, MMU_FAULT_EXTERNAL_WALK, 1, level);
    }
    return true;
}

static void note_table(struct hierarchy *hierarchy, const struct mmu_regime *regime,
                       const struct range *range, uint64_t table)
{
    if (regime->secure && (table & TABLE_NS) != 0) {
        hierarchy->ns = true;
    }
    if (!range->no_hierarchy) {
        hierarchy->no_el0 = hierarchy->no_el0 || (table & TABLE_AP_EL1) != 0;
        hierarchy->read_only = hierarchy->read_only || (table & TABLE_AP_RO) != 0;
        hierarchy->pxn = hierarchy->pxn || (table & TABLE_PXN) != 0;
        hierarchy->uxn = hierarchy->uxn || (table & TABLE_UXN) != 0;
    }
}

static void leaf_rights(const struct mmu_regime *regime, const struct hierarchy *hierarchy,
                        uint64_t leaf, struct mmu_result *result)
{
    bool wxn = (regime->sctlr & SCTLR_WXN) != 0;
    bool read_only = (leaf & DESC_AP_RO) != 0 || hierarchy->read_only;
    bool uxn = (leaf & DESC_UXN) != 0 || hierarchy->uxn;
    bool pxn = (leaf & DESC_PXN) != 0 || hierarchy->pxn;
    bool el0 = two_ranges(regime) && (leaf & DESC_AP_EL0) != 0 && !hierarchy->no_el0;

    if (!two_ranges(regime)) {
        result->readable = true;
        result->writable = !read_only;
        result->executable = !uxn && !(wxn && !read_only);
    } else if (regime->el == 0) {
        result->readable = el0;
        result->writable = el0 && !read_only;
        result->executable = !uxn && !(wxn && result->writable);
    } else {
        bool denied = regime->pan && el0;

        /* What EL0 may write is never executed with privilege. */
        result->executable = !pxn && !(el0 && !read_only) && !(wxn && !read_only);
        result->readable = !denied;
        result->writable = !denied && !read_only;
    }
}

static bool allowed(const struct mmu_result *result, enum mmu_access access)
{
    switch (access) {
    case MMU_READ:
        return result->readable;
    case MMU_WRITE:
        return result->writable;
    default:
        return result->executable;
    }
}

static bool take_leaf(const struct mmu_regime *regime, const struct hierarchy *hierarchy,
                      uint64_t leaf, unsigned level, uint64_t va, enum mmu_access access,
                      struct mmu_result *result)
{
    unsigned low_bits = MMU_GRANULE_BITS + 9u * (3u - level);
    uint64_t mask = (1ull << low_bits) - 1;
    uint64_t attr = regime->mair >> (8u * mmu_bits(leaf, 4, 2));
    bool ns = !regime->secure || hierarchy->ns || (leaf & DESC_NS) != 0;

    if ((leaf & DESC_AF) == 0) {
        return mmu_fault(result, MMU_FAULT_ACCESS_FLAG, 1, level);
    }
    memset(result, 0, sizeof(*result));
    result->pa = (DESC_ADDR(leaf) & ~mask) | (va & mask);
    result->pas = ns ? BUS_NON_SECURE : BUS_SECURE;
    result->device = (attr & 0xf0u) == 0;
    result->level = (uint8_t)level;
    leaf_rights(regime, hierarchy, leaf, result);
    if (!allowed(result, access)) {
        return mmu_fault(result, MMU_FAULT_PERMISSION, 1, level);
    }
    return true;
}

static bool walk(const struct bus *bus, const struct mmu_regime *regime, const struct range *range,
                 uint64_t va, enum mmu_access access, struct mmu_result *result)
{
    unsigned level = 3u - (range->input_bits - MMU_GRANULE_BITS - 1u) / 9u;
    unsigned index_high = range->input_bits - 1u;
    struct hierarchy hierarchy = {.ns = !regime->secure};
    uint64_t base = mmu_bits(range->ttbr, 47, 1) << 1;
    unsigned root_bits = index_high - (MMU_GRANULE_BITS + 9u * (3u - level)) + 1u + 3u;

    base &= ~((1ull << root_bits) - 1);
    if ((base >> range->output_bits) != 0) {
        return mmu_fault(result, MMU_FAULT_ADDRESS_SIZE, 1, 0);
    }
    for (;; level++) {
        unsigned index_low = MMU_GRANULE_BITS + 9u * (3u - level);
        uint64_t slot = base + mmu_bits(va, index_high, index_low) * 8u;
        uint64_t descriptor;

        if (!read_descriptor(bus, regime, slot, hierarchy.ns, level, result, &descriptor)) {
            return false;
        }
        bool table_bit = (descriptor & DESC_TABLE) != 0;
        bool leaf = level == 3 ? table_bit : !table_bit && level != 0;

        if ((descriptor & DESC_VALID) == 0 || (!leaf && (level == 3 || !table_bit))) {
            return mmu_fault(result, MMU_FAULT_TRANSLATION, 1, level);
        }
        if ((DESC_ADDR(descriptor) >> range->output_bits) != 0) {
            return mmu_fault(result, MMU_FAULT_ADDRESS_SIZE, 1, level);
        }
        if (leaf) {
            return take_leaf(regime, &hierarchy, descriptor, level, va, access, result);
        }
        note_table(&hierarchy, regime, range, descriptor);
        base = DESC_ADDR(descriptor);
        index_high = index_low - 1u;
    }
}

bool mmu_translate_stage1(const struct bus *bus, const struct mmu_regime *regime, uint64_t va,
                          enum mmu_access access, struct mmu_result *result)
{
    memset(result, 0, sizeof(*result));
    if ((regime->sctlr & SCTLR_M) == 0 ||
        (regime->translation == MMU_EL1_0 && regime->stage2 && (regime->hcr & HCR_DC) != 0)) {
        return stage1_off(regime, va, access, result);
    }

    struct range range = range_of(regime, va);
    if (range.input_bits == 0 || range.disabled || !in_range(&range, va)) {
        return mmu_fault(result, MMU_FAULT_TRANSLATION, 1, 0);
    }
    return walk(bus, regime, &range, va, access, result);
}
