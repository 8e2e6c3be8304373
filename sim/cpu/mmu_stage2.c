/* SPDX-License-Identifier: BSD-3-Clause */
/* Stage 2 of a translation (Arm ARM, D8.2.3 concatenation, D8.4.2 permissions; FEAT_SEL2). */
#include <string.h>

#include "sim/cpu/mmu.h"

#define DESC_VALID   (1ull << 0)
#define DESC_TABLE   (1ull << 1)
#define DESC_READ    (1ull << 6) /* S2AP[0] */
#define DESC_WRITE   (1ull << 7) /* S2AP[1] */
#define DESC_AF      (1ull << 10)
#define DESC_ADDR(d) ((d)&0x0000fffffffff000ull)

#define CONCATENATED_BITS_MAX 4u /* 16 tables */
/* VTCR_EL2.NSW, NSA and VSTCR_EL2.SW, SA share their positions. */
#define TCR_WALK_NS   (1ull << 29)
#define TCR_OUTPUT_NS (1ull << 30)

/* The tables of one IPA space. */
struct space {
    uint64_t base;
    uint64_t control; /* T0SZ, SL0 */
    enum bus_pas walk;
    enum bus_pas output;
};

static struct space space_of(const struct mmu_regime *regime, bool ipa_ns)
{
    if (!regime->secure) {
        return (struct space){regime->vttbr, regime->vtcr, BUS_NON_SECURE, BUS_NON_SECURE};
    }

    bool sw = (regime->vstcr & TCR_WALK_NS) != 0;
    bool sa = sw || (regime->vstcr & TCR_OUTPUT_NS) != 0;
    bool nsw = sw || (regime->vtcr & TCR_WALK_NS) != 0;
    bool nsa = sa || nsw || (regime->vtcr & TCR_OUTPUT_NS) != 0;

    if (ipa_ns) {
        return (struct space){regime->vttbr, regime->vtcr, nsw ? BUS_NON_SECURE : BUS_SECURE,
                              nsa ? BUS_NON_SECURE : BUS_SECURE};
    }
    return (struct space){regime->vsttbr, regime->vstcr, sw ? BUS_NON_SECURE : BUS_SECURE,
                          sa ? BUS_NON_SECURE : BUS_SECURE};
}

static bool fault(struct mmu_result *result, enum mmu_fault_kind kind, unsigned level, uint64_t ipa,
                  bool ipa_ns)
{
    result->ipa = ipa;
    result->ipa_ns = ipa_ns;
    return mmu_fault(result, kind, 2, level);
}

static bool executable(uint64_t leaf, unsigned el)
{
    switch (mmu_bits(leaf, 54, 53)) {
    case 0:
        return true;
    case 1:
        return el == 0;
    case 2:
        return false;
    default:
        return el != 0;
    }
}

static bool take_leaf(const struct mmu_regime *regime, const struct space *space, uint64_t leaf,
                      unsigned level, uint64_t ipa, bool ipa_ns, enum mmu_access access,
                      struct mmu_result *result)
{
    uint64_t mask = (1ull << (MMU_GRANULE_BITS + 9u * (3u - level))) - 1;
    bool ok;

    if ((leaf & DESC_AF) == 0) {
        return fault(result, MMU_FAULT_ACCESS_FLAG, level, ipa, ipa_ns);
    }
    result->pa = (DESC_ADDR(leaf) & ~mask) | (ipa & mask);
    result->pas = space->output;
    result->level = (uint8_t)level;
    result->device = mmu_bits(leaf, 5, 4) == 0;
    result->readable = (leaf & DESC_READ) != 0;
    result->writable = (leaf & DESC_WRITE) != 0;
    result->executable = executable(leaf, regime->el);
    ok = access == MMU_READ    ? result->readable
         : access == MMU_WRITE ? result->writable
                               : result->executable;
    return ok || fault(result, MMU_FAULT_PERMISSION, level, ipa, ipa_ns);
}

bool mmu_stage2(const struct bus *bus, const struct mmu_regime *regime, uint64_t ipa, bool ipa_ns,
                enum mmu_access access, struct mmu_result *result)
{
    struct space space = space_of(regime, ipa_ns);
    unsigned input_bits = 64u - (unsigned)mmu_bits(space.control, 5, 0);
    unsigned sl0 = (unsigned)mmu_bits(space.control, 7, 6);
    unsigned output_bits = mmu_address_bits((unsigned)mmu_bits(regime->vtcr, 18, 16));
    unsigned level = 2u - (sl0 == 3 ? 0 : sl0);
    unsigned index_low = MMU_GRANULE_BITS + 9u * (3u - level);
    unsigned index_high = input_bits - 1u;

    memset(result, 0, sizeof(*result));
    if (sl0 == 3 || input_bits > MMU_PA_BITS || input_bits <= index_low ||
        input_bits - index_low > 9u + CONCATENATED_BITS_MAX || (ipa >> input_bits) != 0) {
        return fault(result, MMU_FAULT_TRANSLATION, 0, ipa, ipa_ns);
    }

    uint64_t base = mmu_bits(space.base, 47, 1) << 1;
    base &= ~((1ull << (input_bits - index_low + 3u)) - 1);
    if ((base >> output_bits) != 0) {
        return fault(result, MMU_FAULT_ADDRESS_SIZE, 0, ipa, ipa_ns);
    }
    for (;; level++) {
        uint64_t descriptor;

        index_low = MMU_GRANULE_BITS + 9u * (3u - level);
        if (!mmu_read_descriptor(bus, base + mmu_bits(ipa, index_high, index_low) * 8u, space.walk,
                                 &descriptor)) {
            return fault(result, MMU_FAULT_EXTERNAL_WALK, level, ipa, ipa_ns);
        }
        bool table_bit = (descriptor & DESC_TABLE) != 0;
        bool leaf = level == 3 ? table_bit : !table_bit && level != 0;

        if ((descriptor & DESC_VALID) == 0 || (!leaf && (level == 3 || !table_bit))) {
            return fault(result, MMU_FAULT_TRANSLATION, level, ipa, ipa_ns);
        }
        if ((DESC_ADDR(descriptor) >> output_bits) != 0) {
            return fault(result, MMU_FAULT_ADDRESS_SIZE, level, ipa, ipa_ns);
        }
        if (leaf) {
            return take_leaf(regime, &space, descriptor, level, ipa, ipa_ns, access, result);
        }
        base = DESC_ADDR(descriptor);
        index_high = index_low - 1u;
    }
}
