/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Registers with a field for each interrupt, which the distributor (SPIs) and each redistributor's
 * SGI frame (SGIs and PPIs) have in common. The extended PPIs follow the others in their frame; the
 * extended SPIs have blocks of their own.
 */
#include <stddef.h>

#include "sim/device/gicv3.h"

enum kind {
    IGROUPR,
    ISENABLER,
    ICENABLER,
    ISPENDR,
    ICPENDR,
    ISACTIVER,
    ICACTIVER,
    IGRPMODR, /* up to here a bit for each interrupt */
    IPRIORITYR,
    ICFGR,
    NSACR,
};

struct block {
    uint16_t base;
    uint16_t bytes;
    uint8_t kind;
    uint8_t first_word;
};

static const struct block blocks[] = {
    {0x0080, 0x080, IGROUPR, 0},
    {0x0100, 0x080, ISENABLER, 0},
    {0x0180, 0x080, ICENABLER, 0},
    {0x0200, 0x080, ISPENDR, 0},
    {0x0280, 0x080, ICPENDR, 0},
    {0x0300, 0x080, ISACTIVER, 0},
    {0x0380, 0x080, ICACTIVER, 0},
    {0x0400, 0x400, IPRIORITYR, 0},
    {0x0c00, 0x100, ICFGR, 0},
    {0x0d00, 0x080, IGRPMODR, 0},
    {0x0e00, 0x100, NSACR, 0},
    {0x1000, 0x080, IGROUPR, GIC_EXTENDED_WORD},
    {0x1200, 0x080, ISENABLER, GIC_EXTENDED_WORD},
    {0x1400, 0x080, ICENABLER, GIC_EXTENDED_WORD},
    {0x1600, 0x080, ISPENDR, GIC_EXTENDED_WORD},
    {0x1800, 0x080, ICPENDR, GIC_EXTENDED_WORD},
    {0x1a00, 0x080, ISACTIVER, GIC_EXTENDED_WORD},
    {0x1c00, 0x080, ICACTIVER, GIC_EXTENDED_WORD},
    {0x2000, 0x400, IPRIORITYR, GIC_EXTENDED_WORD},
    {0x3000, 0x100, ICFGR, GIC_EXTENDED_WORD},
    {0x3400, 0x080, IGRPMODR, GIC_EXTENDED_WORD},
    {0x3600, 0x100, NSACR, GIC_EXTENDED_WORD},
};

/* The upper half of the priorities is all that the Non-secure state has. */
#define NS_PRIORITY_TOP 0x80u
#define SGIS            0xffffu
#define ODD_BITS        0xaaaaaaaau

/* What an access reaches. */
struct reach {
    enum kind kind;
    unsigned index; /* of the word */
    unsigned at;    /* bytes into the word's part of the register block */
    bool is_spi;
    bool secure;
};

static bool decode(const struct redistributor *owner, uint64_t offset, unsigned size,
                   enum bus_pas pas, struct reach *out)
{
    for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
        const struct block *block = &blocks[i];
        unsigned per_word = block->kind == IPRIORITYR ? 32 : block->kind > IPRIORITYR ? 8 : 4;
        unsigned in_block = (unsigned)offset - block->base;

        if (offset < block->base || in_block >= block->bytes)
            continue;
        if ((owner != NULL && block->first_word != 0) || size > 4 ||
            (size < 4 && block->kind != IPRIORITYR))
            return false;
        *out = (struct reach){.kind = (enum kind)block->kind,
                              .index = block->first_word + in_block / per_word,
                              .at = in_block % per_word,
                              .is_spi = owner == NULL,
                              .secure = pas == BUS_SECURE};
        return true;
    }
    return false;
}

/* 16 bits, each doubled: from bits of interrupts to fields of two bits. */
static uint32_t doubled(uint32_t bits)
{
    uint32_t pairs = 0;

    for (unsigned i = 0; i < 16; i++) {
        if ((bits >> i & 1) != 0)
            pairs |= 3u << (2 * i);
    }
    return pairs;
}

/* The upper bits of 16 fields of two bits. */
static uint32_t upper_bits(uint32_t pairs)
{
    uint32_t bits = 0;

    for (unsigned i = 0; i < 16; i++)
        bits |= (pairs >> (2 * i + 1) & 1) << i;
    return bits;
}

bool gic_nsacr_allows(const struct gic_word *word, unsigned bit, unsigned least)
{
    return (word->nsacr[bit / 16] >> (2 * (bit % 16)) & 3) >= least;
}

static uint32_t nsacr_bits(const struct gic_word *word, unsigned least)
{
    uint32_t bits = 0;

    for (unsigned i = 0; i < 32; i++)
        bits |= (uint32_t)gic_nsacr_allows(word, i, least) << i;
    return bits;
}

/*
 * Interrupts that an access may see: the Non-secure state has Non-secure Group 1, and what
 * GICD_NSACR adds (GICR_NSACR is about SGI registers only). Group registers are Secure as a whole.
 */
static uint32_t visible(const struct gic_word *word, const struct reach *reach, bool write)
{
    unsigned least;

    if (reach->secure)
        return word->valid;
    switch (reach->kind) {
    case IGROUPR:
    case IGRPMODR:
    case NSACR:
        return 0;
    case ISPENDR:
        least = 1;
        break;
    case ICPENDR:
        least = 2;
        break;
    case ISACTIVER:
    case ICACTIVER:
        least = write ? 4 : 2;
        break;
    default:
        least = 4;
        break;
    }
    if (!reach->is_spi || least > 3 || (word->nsacr[0] | word->nsacr[1]) == 0)
        return word->group & word->valid;
    return (word->group | nsacr_bits(word, least)) & word->valid;
}

static uint32_t bits_of(const struct gic_word *word, enum kind kind)
{
    switch (kind) {
    case IGROUPR:
        return word->group;
    case ISENABLER:
    case ICENABLER:
        return word->enable;
    case ISPENDR:
    case ICPENDR:
        return gic_word_pending(word);
    case ISACTIVER:
    case ICACTIVER:
        return word->active;
    case IGRPMODR:
        return word->group_mod;
    default:
        return 0;
    }
}

static uint32_t read_priorities(const struct gic_word *word, const struct reach *reach,
                                unsigned size)
{
    uint32_t seen = visible(word, reach, false);
    uint32_t value = 0;

    for (unsigned i = 0; i < size; i++) {
        uint32_t priority = word->priority[reach->at + i];

        if ((seen >> (reach->at + i) & 1) == 0)
            continue;
        if (!reach->secure)
            priority = priority << 1 & 0xffu;
        value |= priority << (8 * i);
    }
    return value;
}

bool gic_bank_read(const struct gicv3 *gic, const struct redistributor *owner, uint64_t offset,
                   unsigned size, enum bus_pas pas, uint32_t *value)
{
    const struct gic_word *word;
    struct reach reach;
    unsigned shift;
    uint32_t seen;

    if (!decode(owner, offset, size, pas, &reach))
        return false;
    *value = 0;
    if (owner != NULL && reach.index >= GIC_PPI_WORDS)
        return true;
    word = owner != NULL ? &owner->word[reach.index] : &gic->word[reach.index];
    seen = visible(word, &reach, false);
    shift = reach.at / 4 * 16; /* the half of the word, of registers with two bits each */
    if (reach.kind <= IGRPMODR)
        *value = bits_of(word, reach.kind) & seen;
    else if (reach.kind == IPRIORITYR)
        *value = read_priorities(word, &reach, size);
    else if (reach.kind == ICFGR)
        *value = doubled((word->edge & seen) >> shift) & ODD_BITS;
    else
        *value = word->nsacr[reach.at / 4] & doubled(seen >> shift);
    return true;
}

static void write_bits(struct gic_word *word, const struct reach *reach, uint32_t value)
{
    uint32_t mask = visible(word, reach, true);

    switch (reach->kind) {
    case IGROUPR:
        word->group = (word->group & ~mask) | (value & mask);
        break;
    case IGRPMODR:
        word->group_mod = (word->group_mod & ~mask) | (value & mask);
        break;
    case ISENABLER:
        word->enable |= value & mask;
        break;
    case ICENABLER:
        word->enable &= ~(value & mask);
        break;
    case ISPENDR:
        word->latch |= value & mask;
        break;
    case ICPENDR:
        word->latch &= ~(value & mask);
        break;
    case ISACTIVER:
        word->active |= value & mask;
        break;
    default: /* ICACTIVER */
        word->active &= ~(value & mask);
        break;
    }
}

static void write_priorities(struct gic_word *word, const struct reach *reach, unsigned size,
                             uint32_t value)
{
    uint32_t seen = visible(word, reach, true);

    for (unsigned i = 0; i < size; i++) {
        uint32_t priority = value >> (8 * i) & 0xffu;

        if ((seen >> (reach->at + i) & 1) == 0)
            continue;
        if (!reach->secure)
            priority = NS_PRIORITY_TOP | priority >> 1;
        word->priority[reach->at + i] = (uint8_t)(priority & GIC_PRIORITY_MASK);
    }
}

/* Of each field only the upper bit exists, and of SGIs none: they are edge-triggered for good. */
static void write_config(struct gic_word *word, const struct reach *reach, uint32_t value)
{
    unsigned shift = reach->at / 4 * 16;
    uint32_t mask = visible(word, reach, true) & (0xffffu << shift);

    if (!reach->is_spi && reach->index == 0)
        mask &= ~SGIS;
    word->edge = (word->edge & ~mask) | (upper_bits(value) << shift & mask);
}

bool gic_bank_write(struct gicv3 *gic, struct redistributor *owner, uint64_t offset, unsigned size,
                    uint32_t value, enum bus_pas pas)
{
    struct gic_word *word;
    struct reach reach;

    if (!decode(owner, offset, size, pas, &reach))
        return false;
    if (owner != NULL && reach.index >= GIC_PPI_WORDS)
        return true;
    word = owner != NULL ? &owner->word[reach.index] : &gic->word[reach.index];
    if (reach.kind <= IGRPMODR)
        write_bits(word, &reach, value);
    else if (reach.kind == IPRIORITYR)
        write_priorities(word, &reach, size, value);
    else if (reach.kind == ICFGR)
        write_config(word, &reach, value);
    else if (reach.secure && (owner == NULL || (reach.index == 0 && reach.at == 0)))
        word->nsacr[reach.at / 4] = value;
    gic_word_changed(gic, owner, reach.index);
    return true;
}
