/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Faults of the controller: a gate before its lines, and bits that turn over. Changes go through
 * gic_word_changed() like all others, so that what is derived stays true.
 */
#include <stddef.h>

#include "sim/device/gicv3.h"

#define FIXED_EDGE      0xffffu /* SGIs are edge-triggered for good */
#define FIRST_PRIORITY  3u
#define END_PRIORITY    8u
#define NUMBERS_IN_WORD 32u

void gic_set_gate(struct machine *machine, const struct gic_gate *gate)
{
    machine->gic_gate = gate;
}

static struct sim_pe *pe_of(const struct gicv3 *gic, const struct gic_ref *ref)
{
    unsigned pe = ref->owner != NULL ? (unsigned)(ref->owner - gic->redist)
                                     : gic->target[NUMBERS_IN_WORD * ref->index + ref->bit];

    return pe != GIC_NO_PE ? &gic->device.machine->pe[pe] : NULL;
}

bool gic_gate_line(const struct gicv3 *gic, const struct gic_ref *ref, uint32_t intid, bool level)
{
    const struct gic_gate *gate = gic->device.machine->gic_gate;

    return gate->line(gate->user, pe_of(gic, ref), intid, level);
}

bool gic_pend(struct machine *machine, struct sim_pe *pe, uint32_t intid)
{
    struct gic_ref ref;

    if (machine->gic == NULL || !gic_find(machine->gic, gic_redist_of(pe), intid, &ref) ||
        (ref.word->valid >> ref.bit & 1) == 0)
        return false;
    ref.word->latch |= 1u << ref.bit;
    gic_word_changed(machine->gic, ref.owner, ref.index);
    return true;
}

bool gic_is_edge(const struct machine *machine, const struct sim_pe *pe, uint32_t intid)
{
    struct gic_ref ref;

    return machine->gic != NULL && gic_find(machine->gic, gic_redist_of(pe), intid, &ref) &&
           (ref.word->edge >> ref.bit & 1) != 0;
}

static bool flip_route(struct gicv3 *gic, const struct gic_ref *ref, unsigned bit)
{
    unsigned at = NUMBERS_IN_WORD * ref->index + ref->bit;

    if (ref->owner != NULL || bit > 63 || (GIC_MPIDR_ROUTE >> bit & 1) == 0)
        return false;
    gic_set_route(gic, at, gic->route[at] ^ UINT64_C(1) << bit);
    return true;
}

static bool flip_in_word(const struct gic_ref *ref, enum gic_field field, unsigned bit)
{
    struct gic_word *word = ref->word;
    uint32_t mask = 1u << ref->bit;

    if (field == GIC_FIELD_PRIORITY) {
        if (bit < FIRST_PRIORITY || bit >= END_PRIORITY)
            return false;
        word->priority[ref->bit] ^= (uint8_t)(1u << bit);
        return true;
    }
    if (bit > (field == GIC_FIELD_GROUP ? 1u : 0u) ||
        (field == GIC_FIELD_CONFIG && ref->owner != NULL && ref->index == 0 &&
         (FIXED_EDGE & mask) != 0))
        return false;
    switch (field) {
    case GIC_FIELD_ENABLE:
        word->enable ^= mask;
        return true;
    case GIC_FIELD_PENDING:
        word->latch ^= mask;
        return true;
    case GIC_FIELD_ACTIVE:
        word->active ^= mask;
        return true;
    case GIC_FIELD_GROUP:
        *(bit == 0 ? &word->group : &word->group_mod) ^= mask;
        return true;
    case GIC_FIELD_CONFIG:
        word->edge ^= mask;
        return true;
    default:
        return false;
    }
}

bool gic_flip(struct machine *machine, struct sim_pe *pe, uint32_t intid, enum gic_field field,
              unsigned bit)
{
    struct gicv3 *gic = machine->gic;
    struct gic_ref ref;
    bool done;

    if (gic == NULL || !gic_find(gic, gic_redist_of(pe), intid, &ref) ||
        (ref.word->valid >> ref.bit & 1) == 0)
        return false;
    done = field == GIC_FIELD_ROUTE ? flip_route(gic, &ref, bit) : flip_in_word(&ref, field, bit);
    if (done)
        gic_word_changed(gic, ref.owner, ref.index);
    return done;
}

/* Counts bits from *n down; true: the one at 0 is in `bits`, and *bit says which. */
static bool take_nth(uint32_t bits, uint64_t *n, unsigned *bit)
{
    for (*bit = 0; *bit < NUMBERS_IN_WORD; (*bit)++) {
        if ((bits >> *bit & 1) != 0 && (*n)-- == 0)
            return true;
    }
    return false;
}

/* False: there are fewer, and *n is how many are left to count. */
static bool find_nth(const struct machine *machine, uint64_t *n, struct sim_pe **pe,
                     uint32_t *intid)
{
    const struct gicv3 *gic = machine->gic;
    unsigned bit;

    for (unsigned p = 0; p < machine->pe_count; p++) {
        for (unsigned i = 0; i < GIC_PPI_WORDS; i++) {
            const struct gic_word *word = &gic->redist[p].word[i];

            if (take_nth(word->enable & word->valid, n, &bit)) {
                *pe = &machine->pe[p];
                *intid = gic_intid_of(false, i, bit);
                return true;
            }
        }
    }
    for (unsigned i = 0; i < GIC_SPI_WORDS; i++) {
        if (take_nth(gic->word[i].enable & gic->word[i].valid, n, &bit)) {
            *pe = NULL;
            *intid = gic_intid_of(true, i, bit);
            return true;
        }
    }
    return false;
}

bool gic_nth_enabled(const struct machine *machine, uint64_t n, struct sim_pe **pe, uint32_t *intid)
{
    uint64_t left = UINT64_MAX;
    uint64_t count;

    if (machine->gic == NULL)
        return false;
    (void)find_nth(machine, &left, pe, intid); /* counts them all */
    count = UINT64_MAX - left;
    n = count != 0 ? n % count : 0;
    return count != 0 && find_nth(machine, &n, pe, intid);
}
