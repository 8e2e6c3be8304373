/* SPDX-License-Identifier: BSD-3-Clause */
#include "stage2_descriptor.h"

/* VTCR_EL2 fields (Arm ARM D24.2.217) */
#define VTCR_T0SZ(bits)      (64u - (bits))
#define VTCR_SL0_LEVEL1      (1ull << 6)
#define VTCR_IRGN0_WBWA      (1ull << 8)
#define VTCR_ORGN0_WBWA      (1ull << 10)
#define VTCR_SH0_INNER       (3ull << 12)
#define VTCR_TG0_4K          (0ull << 14)
#define VTCR_PS_48           (5ull << 16)
#define VTCR_NSW_SECURE_WALK (0ull << 29) /* walks of the NS IPA space stay secure */
#define VTCR_NSA_NS_OUTPUT   (1ull << 30) /* and give non-secure addresses */
#define VTCR_RES1            (1ull << 31)

/* VSTCR_EL2 fields (Arm ARM D24.2.216): SW = SA = 0, secure walks and secure output */
#define VSTCR_TG0_4K (0ull << 14)
#define VSTCR_RES1   (1ull << 31)

/* TCR_EL2 with E2H (Arm ARM D24.2.206) */
#define TCR_IRGN0_WBWA (1ull << 8)
#define TCR_ORGN0_WBWA (1ull << 10)
#define TCR_SH0_INNER  (3ull << 12)
#define TCR_IPS_48     (5ull << 32)

static uint64_t el0_leaf(enum pas space, uint64_t pa, struct stage2_attr attr)
{
    uint64_t descriptor = pa | S2_VALID | S2_AF | S2_SH_INNER | S1_ATTR_INDEX(attr.memory) |
                          S1_AP_EL0 | S1_NG | S1_PXN;

    if (space == PAS_NON_SECURE) {
        descriptor |= S1_NS;
    }
    if ((attr.access & STAGE2_WRITE) == 0) {
        descriptor |= S1_AP_READ_ONLY;
    }
    if ((attr.access & STAGE2_EXECUTE) == 0) {
        descriptor |= S1_UXN;
    }
    return descriptor;
}

static uint64_t el1_leaf(uint64_t pa, struct stage2_attr attr)
{
    static const uint8_t memattr[] = {
        [STAGE2_NORMAL] = S2_ATTR_NORMAL_WB,
        [STAGE2_NORMAL_NC] = S2_ATTR_NORMAL_NC,
        [STAGE2_DEVICE_nGnRnE] = S2_ATTR_DEVICE_nGnRnE,
    };
    uint64_t descriptor = pa | S2_VALID | S2_AF | S2_SH_INNER | S2_MEMATTR(memattr[attr.memory]);

    if ((attr.access & STAGE2_READ) != 0) {
        descriptor |= S2_AP_READ;
    }
    if ((attr.access & STAGE2_WRITE) != 0) {
        descriptor |= S2_AP_WRITE;
    }
    if ((attr.access & STAGE2_EXECUTE) == 0) {
        descriptor |= S2_XN;
    }
    return descriptor;
}

uint64_t s2_leaf(const struct stage2 *s2, enum pas space, uint64_t pa, struct stage2_attr attr,
                 unsigned level)
{
    uint64_t descriptor;

    if (attr.access == 0) {
        return 0;
    }
    descriptor = s2->el0 ? el0_leaf(space, pa, attr) : el1_leaf(pa, attr);
    return level == S2_LAST_LEVEL ? descriptor | S2_TABLE : descriptor;
}

static struct stage2_attr el0_leaf_attr(uint64_t descriptor)
{
    return (struct stage2_attr){
        .access = (uint8_t)(STAGE2_READ | ((descriptor & S1_AP_READ_ONLY) == 0 ? STAGE2_WRITE : 0) |
                            ((descriptor & S1_UXN) == 0 ? STAGE2_EXECUTE : 0)),
        .memory = (uint8_t)((descriptor & S1_ATTR_INDEX_MASK) >> 2),
    };
}

struct stage2_attr s2_leaf_attr(const struct stage2 *s2, uint64_t descriptor)
{
    struct stage2_attr attr = {0};

    if (s2->el0) {
        return el0_leaf_attr(descriptor);
    }
    attr.access = (uint8_t)(((descriptor & S2_AP_READ) != 0 ? STAGE2_READ : 0) |
                            ((descriptor & S2_AP_WRITE) != 0 ? STAGE2_WRITE : 0) |
                            ((descriptor & S2_XN) == 0 ? STAGE2_EXECUTE : 0));
    switch ((descriptor & S2_MEMATTR_MASK) >> 2) {
    case S2_ATTR_NORMAL_WB:
        attr.memory = STAGE2_NORMAL;
        break;
    case S2_ATTR_NORMAL_NC:
        attr.memory = STAGE2_NORMAL_NC;
        break;
    default:
        attr.memory = STAGE2_DEVICE_nGnRnE;
        break;
    }
    return attr;
}

uint64_t stage2_el0_tcr(void)
{
    return VTCR_T0SZ(STAGE2_IPA_BITS) | TCR_IRGN0_WBWA | TCR_ORGN0_WBWA | TCR_SH0_INNER |
           TCR_IPS_48;
}

uint64_t stage2_el0_mair(void)
{
    return 0xffull << (8 * STAGE2_NORMAL) | 0x44ull << (8 * STAGE2_NORMAL_NC) |
           0x00ull << (8 * STAGE2_DEVICE_nGnRnE);
}

uint64_t stage2_vtcr(void)
{
    return VTCR_T0SZ(STAGE2_IPA_BITS) | VTCR_SL0_LEVEL1 | VTCR_IRGN0_WBWA | VTCR_ORGN0_WBWA |
           VTCR_SH0_INNER | VTCR_TG0_4K | VTCR_PS_48 | VTCR_NSW_SECURE_WALK | VTCR_NSA_NS_OUTPUT |
           VTCR_RES1;
}

uint64_t stage2_vstcr(void)
{
    return VTCR_T0SZ(STAGE2_IPA_BITS) | VTCR_SL0_LEVEL1 | VSTCR_TG0_4K | VSTCR_RES1;
}
