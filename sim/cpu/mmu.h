/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The memory management unit as VMSAv8-64 describes it (Arm ARM, D8): 4 KiB granule, 48-bit
 * addresses, both stages, secure and non-secure spaces. Pure functions of a snapshot of the control
 * registers and of the descriptors in memory: no Unicorn, no TLB, nothing remembered.
 *
 * Not here: 16 KiB and 64 KiB granules, 52-bit addresses, hardware update of the access flag and
 * dirty state, and the contiguous hint (which is ignored, as the architecture allows).
 */
#ifndef SIM_MMU_H
#define SIM_MMU_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/machine/bus.h"

#define MMU_GRANULE_BITS 12u
#define MMU_PA_BITS      48u

/* SCTLR_ELx, HCR_EL2: bits that the walks look at. */
#define SCTLR_M    (1ull << 0)
#define SCTLR_nTWI (1ull << 16)
#define SCTLR_nTWE (1ull << 18)
#define SCTLR_WXN  (1ull << 19)
#define HCR_VM     (1ull << 0)
#define HCR_PTW    (1ull << 2)
#define HCR_FMO    (1ull << 3)
#define HCR_IMO    (1ull << 4)
#define HCR_VF     (1ull << 6)
#define HCR_VI     (1ull << 7)
#define HCR_DC     (1ull << 12)
#define HCR_TWI    (1ull << 13)
#define HCR_TWE    (1ull << 14)
#define HCR_TSC    (1ull << 19)
#define HCR_TGE    (1ull << 27)
#define HCR_HCD    (1ull << 29)
#define HCR_RW     (1ull << 31)
#define HCR_E2H    (1ull << 34)
#define HCR_APK    (1ull << 40)
#define HCR_API    (1ull << 41)

enum mmu_translation {
    MMU_EL1_0, /* EL1&0: two ranges, followed by stage 2 when that is on */
    MMU_EL2,   /* EL2: one range, no EL0 */
    MMU_EL2_0, /* EL2&0 (HCR_EL2.E2H): two ranges, no stage 2 */
};

enum mmu_access { MMU_READ, MMU_WRITE, MMU_FETCH };

/*
 * The pages that translations went to, those of stage-1 tables included, as a filter: what is not
 * in it was not used, what is in it may have been.
 */
struct mmu_footprint {
    uint64_t bits[16];
};

/* What one access is translated by. */
struct mmu_regime {
    bool secure; /* security state of the access */
    enum mmu_translation translation;
    uint8_t el; /* that the access is made from */
    bool pan;   /* PSTATE.PAN */
    uint64_t sctlr;
    uint64_t tcr;
    uint64_t ttbr0;
    uint64_t ttbr1;
    uint64_t mair;
    bool stage2; /* EL1&0 only: HCR_EL2.VM or DC, and not TGE */
    uint64_t hcr;
    uint64_t vttbr;
    uint64_t vtcr;
    uint64_t vsttbr; /* secure IPA space: secure state only */
    uint64_t vstcr;
    struct mmu_footprint *footprint; /* when not NULL: what translations depend on is added */
};

enum mmu_fault_kind {
    MMU_FAULT_NONE,
    MMU_FAULT_ADDRESS_SIZE,
    MMU_FAULT_TRANSLATION,
    MMU_FAULT_ACCESS_FLAG,
    MMU_FAULT_PERMISSION,
    MMU_FAULT_EXTERNAL_WALK, /* nothing answers where a descriptor should be */
    MMU_FAULT_EXTERNAL,      /* nothing answers at the output address */
};

struct mmu_result {
    /* Where the access goes, and all that accesses of this EL may do there (both stages). */
    uint64_t pa;
    enum bus_pas pas;
    bool readable;
    bool writable;
    bool executable;
    bool device; /* memory type: Device of any kind; else Normal */
    /* kind == MMU_FAULT_NONE: the access is allowed and none of the rest means anything. */
    enum mmu_fault_kind kind;
    uint8_t stage; /* 1 or 2: whose fault, whose tables; 0: MMU_FAULT_EXTERNAL */
    uint8_t level; /* -, 0 to 3 */
    bool s1ptw;    /* stage-2 fault on the address of a stage-1 descriptor */
    bool ipa_ns;   /* stage-2 fault: the address is in the non-secure IPA space */
    uint64_t ipa;  /* stage-2 fault: the address */
};

/* Translates one access; true: it is allowed. An access does not cross a 4 KiB border. */
bool mmu_translate(const struct bus *bus, const struct mmu_regime *regime, uint64_t va,
                   enum mmu_access access, struct mmu_result *result);

/* Stage 1 alone: result->pa is an intermediate physical address (address translation instructions).
 */
bool mmu_translate_stage1(const struct bus *bus, const struct mmu_regime *regime, uint64_t va,
                          enum mmu_access access, struct mmu_result *result);

static inline unsigned mmu_footprint_bit(uint64_t key)
{
    return (unsigned)((key * 0x9e3779b97f4a7c15ull) >> 54);
}

/* A page, and the 2 MiB around it, which one entry of a table may stand for. */
#define MMU_FOOTPRINT_PAGE(address)  ((address) >> MMU_GRANULE_BITS)
#define MMU_FOOTPRINT_BLOCK(address) ((address) >> (MMU_GRANULE_BITS + 9u) | 1ull << 63)

static inline void mmu_footprint_add(struct mmu_footprint *footprint, uint64_t address)
{
    unsigned page = mmu_footprint_bit(MMU_FOOTPRINT_PAGE(address));
    unsigned block = mmu_footprint_bit(MMU_FOOTPRINT_BLOCK(address));

    footprint->bits[page / 64] |= 1ull << (page % 64);
    footprint->bits[block / 64] |= 1ull << (block % 64);
}

/* Was anything used that the table entry of this address says? At the start of a block: any of it.
 */
static inline bool mmu_footprint_has(const struct mmu_footprint *footprint, uint64_t address)
{
    bool may_be_block = (address & ((1ull << (MMU_GRANULE_BITS + 9u)) - 1)) == 0;
    unsigned bit = mmu_footprint_bit(may_be_block ? MMU_FOOTPRINT_BLOCK(address)
                                                  : MMU_FOOTPRINT_PAGE(address));

    return (footprint->bits[bit / 64] >> (bit % 64) & 1u) != 0;
}

/* Shared by the two stages; not for others. */

/* Stage 2 of an IPA; fills *result like mmu_translate(). */
bool mmu_stage2(const struct bus *bus, const struct mmu_regime *regime, uint64_t ipa, bool ipa_ns,
                enum mmu_access access, struct mmu_result *result);
/* A descriptor in RAM; false: nothing answers. */
bool mmu_read_descriptor(const struct bus *bus, uint64_t pa, enum bus_pas pas, uint64_t *out);
/* Fills in the fault; always false. */
bool mmu_fault(struct mmu_result *result, enum mmu_fault_kind kind, unsigned stage, unsigned level);
/* Physical address bits of an IPS / PS field, at most MMU_PA_BITS. */
unsigned mmu_address_bits(unsigned ps_field);

static inline uint64_t mmu_bits(uint64_t value, unsigned high, unsigned low)
{
    return (value >> low) & (~0ull >> (63u - (high - low)));
}

#endif
