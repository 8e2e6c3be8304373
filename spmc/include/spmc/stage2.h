/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stage-2 translation tables of a partition: real VMSAv8-64 descriptors (4 KiB granule) in memory
 * of the SPMC. A partition has two IPA spaces, secure (VSTTBR_EL2) and non-secure (VTTBR_EL2).
 *
 * Edits are prepared, then committed: stage2_prepare() takes every table page that a range can
 * need, after which stage2_commit() can not fail. stage2_abandon() gives unused pages back.
 *
 * Invariants: every descriptor is reachable from exactly one root; a table page belongs to exactly
 * one table; an entry goes valid -> invalid -> TLBI -> valid when its output changes (break before
 * make).
 */
#ifndef SPMC_STAGE2_H
#define SPMC_STAGE2_H

#include "spmc/page_pool.h"
#include "spmc/types.h"

/* VTCR_EL2 / VSTCR_EL2 that these tables are built for: 48-bit PA, 40-bit IPA, start level 1 with
 * two concatenated root pages (see stage2_vtcr()). */
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
    uint16_t vmid;
    paddr_t root[2]; /* [enum pas]: two contiguous pages each, 8 KiB aligned */
    struct page_pool *pool;
};

/* Pages taken in advance for one edit; a linked list through the pages themselves. */
struct stage2_reserve {
    uint64_t first;
    uint32_t count;
};

/* Builds empty tables. False: no pages; nothing taken. */
bool stage2_init(struct arch_pe *pe, struct stage2 *s2, uint16_t vmid, struct page_pool *pool);

/* Frees every page of both tables. */
void stage2_destroy(struct arch_pe *pe, struct stage2 *s2);

/* Reserves the table pages that mapping [ipa, +size) may need. False: none taken. */
bool stage2_prepare(struct arch_pe *pe, const struct stage2 *s2, enum pas ipa_space, ipaddr_t ipa,
                    uint64_t size_bytes, struct stage2_reserve *reserve);

/*
 * Maps (attr.access != 0) or unmaps [ipa, +size) to [pa, +size), page aligned, inside
 * STAGE2_IPA_BITS. Uses 2 MiB blocks where it can. Needs the pages of a stage2_prepare() over the
 * same range. TLB maintenance for changed entries is done on return.
 */
void stage2_commit(struct arch_pe *pe, struct stage2 *s2, enum pas ipa_space, ipaddr_t ipa,
                   paddr_t pa, uint64_t size_bytes, struct stage2_attr attr,
                   struct stage2_reserve *reserve);

/* Gives unused reserved pages back to the pool. */
void stage2_abandon(struct arch_pe *pe, struct stage2 *s2, struct stage2_reserve *reserve);

/* prepare + commit + abandon. False: no pages, nothing changed. */
bool stage2_map(struct arch_pe *pe, struct stage2 *s2, enum pas ipa_space, ipaddr_t ipa, paddr_t pa,
                uint64_t size_bytes, struct stage2_attr attr);

/* What the tables say of one page. False: not mapped. */
bool stage2_lookup(struct arch_pe *pe, const struct stage2 *s2, enum pas ipa_space, ipaddr_t ipa,
                   paddr_t *pa, struct stage2_attr *attr);

/* Register values for these tables (Arm ARM D24: VTCR_EL2, VSTCR_EL2; NSA/NSW = 10b as FF-A needs).
 */
uint64_t stage2_vtcr(void);
uint64_t stage2_vstcr(void);

#endif
