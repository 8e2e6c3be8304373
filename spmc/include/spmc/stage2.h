/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Translation tables of a partition: real VMSAv8-64 descriptors (4 KiB granule) in memory of the
 * SPMC. An S-EL1 partition has two IPA spaces, secure (VSTTBR_EL2) and non-secure (VTTBR_EL2). An
 * S-EL0 partition has one space of the EL2&0 regime (TTBR0_EL2), where a leaf names its world.
 *
 * An edit has three steps: stage2_reach() makes every table that it can need, and may run out of
 * pages; stage2_set() changes leaves, and can not fail then; stage2_fold() frees tables that became
 * empty, stage2_join() also makes full ones blocks again. Reach, fold and join do not change what
 * anybody can reach, so that reach followed by join leaves no trace. What somebody may have to take
 * away again without failing is not joined.
 *
 * Invariants: every descriptor is reachable from exactly one root; a table page belongs to exactly
 * one table; an entry goes valid -> invalid -> TLBI -> valid when its output changes (break before
 * make); a table descriptor carries the number of valid entries of its table in bits that the
 * architecture ignores.
 */
#ifndef SPMC_STAGE2_H
#define SPMC_STAGE2_H

#include "spmc/page_pool.h"
#include "spmc/types.h"

/* VTCR_EL2 / VSTCR_EL2 that these tables are built for: 48-bit PA, 40-bit IPA, start level 1 with
 * two concatenated root pages (see stage2_vtcr()). S-EL0: 40-bit VA, start level 0. */
#define STAGE2_IPA_BITS   40u
#define STAGE2_ROOT_PAGES 2u

enum stage2_access {
    STAGE2_READ = 1u << 0,
    STAGE2_WRITE = 1u << 1,
    STAGE2_EXECUTE = 1u << 2,
};

enum stage2_memory {
    STAGE2_NORMAL,    /* Normal, write-back, inner shareable */
    STAGE2_NORMAL_NC, /* Normal, non-cacheable */
    STAGE2_DEVICE_nGnRnE,
};

struct stage2_attr {
    uint8_t access; /* bits of enum stage2_access; 0: unmap */
    uint8_t memory; /* enum stage2_memory */
};

struct stage2 {
    uint16_t vmid;   /* or ASID */
    bool el0;        /* stage 1 of an S-EL0 partition */
    paddr_t root[2]; /* [enum pas]: two contiguous pages each, 8 KiB aligned; S-EL0: one page */
    struct page_pool *pool;
};

/* Builds empty tables. False: no pages; nothing taken. */
bool stage2_init(struct arch_pe *pe, struct stage2 *s2, uint16_t vmid, struct page_pool *pool);
bool stage2_init_el0(struct arch_pe *pe, struct stage2 *s2, uint16_t asid, struct page_pool *pool);

/* Frees every page of both tables. */
void stage2_destroy(struct arch_pe *pe, struct stage2 *s2);

/*
 * Ranges: page aligned, not empty, inside STAGE2_IPA_BITS. `pa` is what `ipa` is translated to,
 * page by page; only its alignment matters to stage2_reach(). `map` is false for stage2_set() with
 * attr.access == 0, which needs no tables where nothing is mapped.
 */
bool stage2_reach(struct arch_pe *pe, struct stage2 *s2, enum pas space, ipaddr_t ipa, paddr_t pa,
                  uint64_t size_bytes, bool map);
void stage2_set(struct arch_pe *pe, struct stage2 *s2, enum pas space, ipaddr_t ipa, paddr_t pa,
                uint64_t size_bytes, struct stage2_attr attr);
void stage2_fold(struct arch_pe *pe, struct stage2 *s2, enum pas space, ipaddr_t ipa,
                 uint64_t size_bytes);

void stage2_join(struct arch_pe *pe, struct stage2 *s2, enum pas space, ipaddr_t ipa,
                 uint64_t size_bytes);

/* Reach, set and join; also checks the range. False: no pages, or a bad range; nothing changed. */
bool stage2_map(struct arch_pe *pe, struct stage2 *s2, enum pas space, ipaddr_t ipa, paddr_t pa,
                uint64_t size_bytes, struct stage2_attr attr);

/* What the tables say of one page. False: not mapped (S-EL0: or of the other world). */
bool stage2_lookup(struct arch_pe *pe, const struct stage2 *s2, enum pas space, ipaddr_t ipa,
                   paddr_t *pa, struct stage2_attr *attr);

/* Register values for these tables (Arm ARM D24: VTCR_EL2, VSTCR_EL2; NSA/NSW = 10b as FF-A needs).
 */
uint64_t stage2_vtcr(void);
uint64_t stage2_vstcr(void);

/* TCR_EL2 (with E2H: the lower half, T0SZ..TG0, IPS; the upper half is the port's) and MAIR_EL2 */
uint64_t stage2_el0_tcr(void);
uint64_t stage2_el0_mair(void);

#endif
