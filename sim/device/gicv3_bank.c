/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim/device/gicv3.h"

/* Registers of a bit, two bits or a byte for each interrupt, by their first offset. */
enum bank_register {
    REG_IGROUPR = 0x080,
    REG_ISENABLER = 0x100,
    REG_ICENABLER = 0x180,
    REG_ISPENDR = 0x200,
    REG_ICPENDR = 0x280,
    REG_ISACTIVER = 0x300,
    REG_ICACTIVER = 0x380,
    REG_IPRIORITYR = 0x400,
    REG_IPRIORITYR_END = 0x800,
    REG_ICFGR = 0xc00,
    REG_IGRPMODR = 0xd00,
    REG_IGRPMODR_END = 0xd80,
    REG_NSACR = 0xe00,
    REG_NSACR_END = 0xf00,
};

/* Both halves of the priorities belong to the Secure state; the Non-secure one sees the lower. */
#define NS_PRIORITY_TOP 0x80u

static struct gic_word *word_at(const struct gic_bank *bank, unsigned index)
{
    if (index < bank->first_word || index >= bank->end_word)
        return NULL;
    return &bank->word[index - bank->first_word];
}

/* Interrupts that an access may see: the Non-secure state has Non-secure Group 1 only. */
static uint32_t visible(const struct gic_word *word, enum bus_pas pas)
{
    return pas == BUS_SECURE ? UINT32_MAX : word->group;
}

/* The same for a register of two bits an interrupt; `half` of the 32. */
static uint32_t visible_pairs(const struct gic_word *word, unsigned half, enum bus_pas pas)
{
    uint32_t bits = visible(word, pas) >> (16 * half);
    uint32_t pairs = 0;

    for (unsigned i = 0; i < 16; i++) {
        if ((bits >> i & 1) != 0)
            pairs |= 3u << (2 * i);
    }
    return pairs;
}

static uint32_t *bit_register(struct gic_word *word, uint64_t block)
{
    switch (block) {
    case REG_IGROUPR:
        return &word->group;
    case REG_ISENABLER:
    case REG_ICENABLER:
        return &word->enable;
    case REG_ISPENDR:
    case REG_ICPENDR:
        return &word->pending;
    case REG_ISACTIVER:
    case REG_ICACTIVER:
        return &word->active;
    case REG_IGRPMODR:
        return &word->group_mod;
    default:
        return NULL;
    }
}

/* Group registers belong to the Secure state as a whole. */
static uint32_t bit_mask(const struct gic_word *word, uint64_t block, enum bus_pas pas)
{
    if (block == REG_IGROUPR || block == REG_IGRPMODR)
        return pas == BUS_SECURE ? UINT32_MAX : 0;
    return visible(word, pas);
}

static bool is_bit_block(uint64_t offset)
{
    return (offset >= REG_IGROUPR && offset < REG_IPRIORITYR) ||
           (offset >= REG_IGRPMODR && offset < REG_IGRPMODR_END);
}

static bool is_pair_block(uint64_t offset)
{
    return (offset >= REG_ICFGR && offset < REG_IGRPMODR) ||
           (offset >= REG_NSACR && offset < REG_NSACR_END);
}

static uint32_t read_priorities(const struct gic_bank *bank, uint64_t first, unsigned size,
                                enum bus_pas pas)
{
    uint32_t value = 0;

    for (unsigned i = 0; i < size; i++) {
        unsigned id = (unsigned)first + i;
        const struct gic_word *word = word_at(bank, id / 32);
        uint32_t priority;

        if (word == NULL || (visible(word, pas) >> (id % 32) & 1) == 0)
            continue;
        priority = word->priority[id % 32];
        if (pas == BUS_NON_SECURE)
            priority = priority << 1 & 0xffu;
        value |= priority << (8 * i);
    }
    return value;
}

static void write_priorities(struct gic_bank *bank, uint64_t first, unsigned size, uint32_t value,
                             enum bus_pas pas)
{
    for (unsigned i = 0; i < size; i++) {
        unsigned id = (unsigned)first + i;
        struct gic_word *word = word_at(bank, id / 32);
        uint8_t priority = (uint8_t)(value >> (8 * i));

        if (word == NULL || (visible(word, pas) >> (id % 32) & 1) == 0)
            continue;
        word->priority[id % 32] =
            pas == BUS_SECURE ? priority : (uint8_t)(NS_PRIORITY_TOP | priority >> 1);
    }
}

bool gic_bank_read(const struct gic_bank *bank, uint64_t offset, unsigned size, enum bus_pas pas,
                   uint32_t *value)
{
    *value = 0;
    if (offset >= REG_IPRIORITYR && offset < REG_IPRIORITYR_END && size <= 4) {
        *value = read_priorities(bank, offset - REG_IPRIORITYR, size, pas);
        return true;
    }
    if (size != 4)
        return false;
    if (is_bit_block(offset)) {
        uint64_t block = offset & ~UINT64_C(0x7f);
        struct gic_word *word = word_at(bank, (unsigned)(offset & 0x7f) / 4);
        if (word != NULL)
            *value = *bit_register(word, block) & bit_mask(word, block, pas);
        return true;
    }
    if (is_pair_block(offset)) {
        unsigned index = (unsigned)(offset & 0xff) / 4;
        const struct gic_word *word = word_at(bank, index / 2);
        if (word != NULL && offset < REG_IGRPMODR)
            *value = word->config[index % 2] & visible_pairs(word, index % 2, pas);
        else if (word != NULL && pas == BUS_SECURE)
            *value = word->nsacr[index % 2];
        return true;
    }
    return false;
}

static void write_bits(struct gic_word *word, uint64_t block, uint32_t value, enum bus_pas pas)
{
    uint32_t mask = bit_mask(word, block, pas);
    uint32_t *bits = bit_register(word, block);

    if (block == REG_IGROUPR || block == REG_IGRPMODR)
        *bits = (*bits & ~mask) | (value & mask);
    else if (block == REG_ISENABLER || block == REG_ISPENDR || block == REG_ISACTIVER)
        *bits |= value & mask;
    else
        *bits &= ~(value & mask);
}

static void write_pairs(struct gic_bank *bank, uint64_t offset, uint32_t value, enum bus_pas pas)
{
    unsigned index = (unsigned)(offset & 0xff) / 4;
    struct gic_word *word = word_at(bank, index / 2);

    if (word == NULL)
        return;
    if (offset >= REG_IGRPMODR) {
        if (pas == BUS_SECURE)
            word->nsacr[index % 2] = value;
        return;
    }
    /* SGIs are edge-triggered for good; of each pair only the upper bit exists. */
    if (bank->first_word + index == 0)
        return;
    uint32_t mask = visible_pairs(word, index % 2, pas) & 0xaaaaaaaau;
    word->config[index % 2] = (word->config[index % 2] & ~mask) | (value & mask);
}

bool gic_bank_write(struct gic_bank *bank, uint64_t offset, unsigned size, uint32_t value,
                    enum bus_pas pas)
{
    if (offset >= REG_IPRIORITYR && offset < REG_IPRIORITYR_END && size <= 4) {
        write_priorities(bank, offset - REG_IPRIORITYR, size, value, pas);
        return true;
    }
    if (size != 4)
        return false;
    if (is_bit_block(offset)) {
        struct gic_word *word = word_at(bank, (unsigned)(offset & 0x7f) / 4);
        if (word != NULL)
            write_bits(word, offset & ~UINT64_C(0x7f), value, pas);
        return true;
    }
    if (is_pair_block(offset)) {
        write_pairs(bank, offset, value, pas);
        return true;
    }
    return false;
}
