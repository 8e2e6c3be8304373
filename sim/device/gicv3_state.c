/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lines, pending interrupts and signals. What is signalled to a PE is worked out whenever something
 * changes, so that asking costs nothing: a run asks far more often than an interrupt comes.
 */
#include <stddef.h>

#include "sim/device/gicv3.h"
#include "sim/trace/trace.h"

#define IDLE_PRIORITY 0xffu

uint32_t gic_intid_of(bool is_spi, unsigned index, unsigned bit)
{
    if (is_spi)
        return index < GIC_EXTENDED_WORD ? 32 * index + bit
                                         : GIC_FIRST_ESPI + 32 * (index - GIC_EXTENDED_WORD) + bit;
    return index == 0 ? bit : GIC_FIRST_EPPI + 32 * (index - 1) + bit;
}

bool gic_find(struct gicv3 *gic, struct redistributor *owner, uint32_t intid, struct gic_ref *ref)
{
    bool is_spi = true;

    if (intid < GIC_FIRST_SPI) {
        *ref = (struct gic_ref){.index = 0};
        is_spi = false;
    } else if (intid < GIC_END_SPI) {
        *ref = (struct gic_ref){.index = intid / 32};
    } else if (intid >= GIC_FIRST_EPPI && intid < GIC_END_EPPI) {
        *ref = (struct gic_ref){.index = 1 + (intid - GIC_FIRST_EPPI) / 32};
        is_spi = false;
    } else if (intid >= GIC_FIRST_ESPI && intid < GIC_END_ESPI) {
        *ref = (struct gic_ref){.index = GIC_EXTENDED_WORD + (intid - GIC_FIRST_ESPI) / 32};
    } else {
        return false;
    }
    if (!is_spi && owner == NULL)
        return false;
    ref->owner = is_spi ? NULL : owner;
    ref->word = is_spi ? &gic->word[ref->index] : &owner->word[ref->index];
    ref->bit = intid % 32; /* all ranges begin at multiples of 32 */
    return true;
}

enum gic_group gic_group_of(const struct gic_word *word, unsigned bit)
{
    if ((word->group >> bit & 1) != 0)
        return GIC_G1NS;
    return (word->group_mod >> bit & 1) != 0 ? GIC_G1S : GIC_G0;
}

uint32_t gic_word_pending(const struct gic_word *word)
{
    return word->latch | ((word->line | word->message) & ~word->edge);
}

void gic_tell(struct gicv3 *gic, unsigned pe, uint32_t intid, enum event_interrupt what)
{
    struct machine *machine = gic->device.machine;
    const uint64_t args[] = {intid, (uint64_t)what};
    struct event_header header = {
        .type = EVENT_INTERRUPT,
        .endpoint = EVENT_NOBODY,
        .from = EVENT_NOBODY,
        .pe = (uint8_t)pe,
        .arg_count = 2,
    };

    if (machine->trace == NULL)
        return;
    header.time_ns = machine_now(machine);
    trace_emit(machine->trace, &header, args, NULL);
}

static uint32_t group_bits(const struct gic_word *word, unsigned enabled)
{
    return ((enabled >> GIC_G1NS & 1) != 0 ? word->group : 0) |
           ((enabled >> GIC_G1S & 1) != 0 ? ~word->group & word->group_mod : 0) |
           ((enabled >> GIC_G0 & 1) != 0 ? ~word->group & ~word->group_mod : 0);
}

/* Groups on in the distributor and in the CPU interface: others are not forwarded to the PE. */
static unsigned enabled_groups(const struct gicv3 *gic, const struct gic_cpu *cpu)
{
    unsigned on = ((gic->ctlr & GICD_CTLR_ENABLE_GRP0) != 0 ? 1u << GIC_G0 : 0) |
                  ((gic->ctlr & GICD_CTLR_ENABLE_GRP1_S) != 0 ? 1u << GIC_G1S : 0) |
                  ((gic->ctlr & GICD_CTLR_ENABLE_GRP1_NS) != 0 ? 1u << GIC_G1NS : 0);

    return on & cpu->enabled;
}

/* Keeps the best of the CPU interface's and this word's; ties: the lowest INTID. */
static void consider(struct gic_cpu *cpu, const struct gic_word *word, bool is_spi, unsigned index,
                     uint32_t bits)
{
    for (; bits != 0; bits &= bits - 1) {
        unsigned bit = 0;
        uint32_t intid;

        while ((bits >> bit & 1) == 0)
            bit++;
        intid = gic_intid_of(is_spi, index, bit);
        if (cpu->pending && (word->priority[bit] > cpu->priority ||
                             (word->priority[bit] == cpu->priority && intid > cpu->intid)))
            continue;
        cpu->pending = true;
        cpu->intid = intid;
        cpu->priority = word->priority[bit];
        cpu->group = (uint8_t)gic_group_of(word, bit);
    }
}

static uint32_t routed_to(const struct gicv3 *gic, unsigned index, uint32_t bits, unsigned pe)
{
    const uint8_t *target = &gic->target[32 * index];

    for (unsigned bit = 0; bit < 32; bit++) {
        if (target[bit] != pe)
            bits &= ~(1u << bit);
    }
    return bits;
}

static void choose_pending(const struct gicv3 *gic, struct redistributor *redist, unsigned pe)
{
    struct gic_cpu *cpu = &redist->cpu;
    unsigned groups = enabled_groups(gic, cpu);

    cpu->pending = false;
    if ((redist->waker & GICR_WAKER_CHILDREN_ASLEEP) != 0 || groups == 0)
        return;
    for (unsigned i = 0; i < GIC_PPI_WORDS; i++) {
        const struct gic_word *word = &redist->word[i];

        if (word->candidate != 0)
            consider(cpu, word, false, i, word->candidate & group_bits(word, groups));
    }
    for (unsigned i = 0; i < GIC_SPI_WORDS; i++) {
        const struct gic_word *word = &gic->word[i];
        uint32_t bits;

        if (gic->candidate_words >> i == 0)
            break;
        bits = word->candidate & group_bits(word, groups);
        if (bits != 0)
            consider(cpu, word, true, i, routed_to(gic, i, bits, pe));
    }
}

/* BPR values mean one bit less of group priority for Non-secure Group 1 (IHI 0069H, 4.8.2). */
uint8_t gic_group_priority_mask(const struct gic_cpu *cpu, enum gic_group group)
{
    if (group == GIC_G1NS && !cpu->shared_bpr[group])
        return (uint8_t)(0xffu << cpu->bpr[group]);
    if (cpu->shared_bpr[group])
        group = GIC_G0;
    return (uint8_t)(0xffu << (cpu->bpr[group] + 1));
}

uint8_t gic_running_priority(const struct gic_cpu *cpu)
{
    uint32_t running = cpu->running[GIC_G0] | cpu->running[GIC_G1S] | cpu->running[GIC_G1NS];
    unsigned lowest = 0;

    if (running == 0)
        return IDLE_PRIORITY;
    while ((running >> lowest & 1) == 0)
        lowest++;
    return (uint8_t)(lowest << 3);
}

/* Is its priority enough: above the mask, and in another group priority than what is active? */
static bool is_sufficient(const struct gic_cpu *cpu)
{
    uint8_t running = gic_running_priority(cpu);
    uint8_t mask;

    if (!cpu->pending || cpu->priority >= cpu->pmr)
        return false;
    if (running == IDLE_PRIORITY)
        return true;
    mask = gic_group_priority_mask(cpu, (enum gic_group)cpu->group);
    return (cpu->priority & mask) < (running & mask);
}

void gic_cpu_update(struct gicv3 *gic, struct redistributor *redist)
{
    unsigned pe = (unsigned)(redist - gic->redist);
    struct gic_cpu *cpu = &redist->cpu;
    bool was_signalled = cpu->signalled;
    uint32_t was_intid = cpu->intid;

    choose_pending(gic, redist, pe);
    cpu->signalled = is_sufficient(cpu);
    if (cpu->signalled && (!was_signalled || was_intid != cpu->intid))
        machine_interrupt(&gic->device.machine->pe[pe]);
}

/* Everything that follows from the words, and what that makes of the CPU interfaces. */
static void derive(struct gicv3 *gic, struct redistributor *owner, unsigned index)
{
    struct gic_word *word = owner != NULL ? &owner->word[index] : &gic->word[index];
    uint32_t before = word->candidate;
    uint32_t risen;

    word->candidate = gic_word_pending(word) & word->enable & ~word->active & word->valid;
    if (owner == NULL) {
        gic->candidate_words &= ~(UINT64_C(1) << index);
        gic->candidate_words |= (uint64_t)(word->candidate != 0) << index;
    }
    risen = word->candidate & ~before;
    for (unsigned bit = 0; risen >> bit != 0; bit++) {
        unsigned pe =
            owner != NULL ? (unsigned)(owner - gic->redist) : gic->target[32 * index + bit];

        if ((risen >> bit & 1) != 0 && pe != GIC_NO_PE)
            gic_tell(gic, pe, gic_intid_of(owner == NULL, index, bit), EVENT_INTERRUPT_PENDING);
        if (bit == 31)
            break;
    }
}

static void update_cpus(struct gicv3 *gic)
{
    for (unsigned pe = 0; pe < gic->device.machine->pe_count; pe++)
        gic_cpu_update(gic, &gic->redist[pe]);
}

void gic_word_changed(struct gicv3 *gic, struct redistributor *owner, unsigned index)
{
    derive(gic, owner, index);
    if (owner != NULL)
        gic_cpu_update(gic, owner);
    else
        update_cpus(gic);
}

void gic_update_all(struct gicv3 *gic)
{
    for (unsigned i = 0; i < GIC_SPI_WORDS; i++)
        derive(gic, NULL, i);
    for (unsigned pe = 0; pe < gic->device.machine->pe_count; pe++) {
        for (unsigned i = 0; i < GIC_PPI_WORDS; i++)
            derive(gic, &gic->redist[pe], i);
    }
    update_cpus(gic);
}

/* A line that leads nowhere: told once. */
static void refuse_line(struct gicv3 *gic, uint32_t intid)
{
    for (unsigned i = 0; i < gic->refused_count; i++) {
        if (gic->refused[i] == intid)
            return;
    }
    if (gic->refused_count == GIC_MAX_REFUSED)
        return;
    gic->refused[gic->refused_count++] = intid;
    machine_warn(gic->device.machine, "%s: there is no line of interrupt %u: it is not connected",
                 gic->device.node->path, (unsigned)intid);
}

struct redistributor *gic_redist_of(const struct sim_pe *pe)
{
    return pe != NULL ? &pe->machine->gic->redist[pe->index] : NULL;
}

static void set_level(struct machine *machine, struct sim_pe *pe, uint32_t intid, bool level,
                      const struct gic_gate *gate)
{
    struct gicv3 *gic = machine->gic;
    struct gic_ref ref;
    uint32_t bit;

    if (gic == NULL)
        return;
    if (intid < 16 || !gic_find(gic, gic_redist_of(pe), intid, &ref)) {
        refuse_line(gic, intid);
        return;
    }
    bit = 1u << ref.bit;
    if (gate != NULL && !gic_gate_line(gic, &ref, intid, level))
        return;
    if (((ref.word->line & bit) != 0) == level)
        return;
    ref.word->line ^= bit;
    if (level)
        ref.word->latch |= bit & ref.word->edge;
    gic_word_changed(gic, ref.owner, ref.index);
}

void gic_set_level(struct machine *machine, struct sim_pe *pe, uint32_t intid, bool level)
{
    set_level(machine, pe, intid, level, machine->gic_gate);
}

void gic_set_level_behind_gate(struct machine *machine, struct sim_pe *pe, uint32_t intid,
                               bool level)
{
    set_level(machine, pe, intid, level, NULL);
}

void gic_pulse(struct machine *machine, struct sim_pe *pe, uint32_t intid)
{
    gic_set_level(machine, pe, intid, true);
    gic_set_level(machine, pe, intid, false);
}

struct gic_signals gic_signals(const struct sim_pe *pe, bool secure, bool el3)
{
    struct gic_signals none = {false, false};
    const struct gic_cpu *cpu;
    bool irq;

    if (pe->machine->gic == NULL)
        return none;
    cpu = &gic_redist_of(pe)->cpu;
    if (!cpu->signalled)
        return none;
    irq = !el3 && cpu->group != GIC_G0 && (cpu->group == GIC_G1S) == secure;
    return (struct gic_signals){.irq = irq, .fiq = !irq};
}

bool gic_has_signal(const struct sim_pe *pe)
{
    return pe->machine->gic != NULL && gic_redist_of(pe)->cpu.signalled;
}

bool gic_query(const struct machine *machine, const struct sim_pe *pe, uint32_t intid,
               struct gic_state *out)
{
    struct gic_ref ref;
    uint32_t bit;

    if (machine->gic == NULL || !gic_find(machine->gic, gic_redist_of(pe), intid, &ref))
        return false;
    bit = 1u << ref.bit;
    *out = (struct gic_state){
        .enabled = (ref.word->enable & bit) != 0,
        .pending = (gic_word_pending(ref.word) & bit) != 0,
        .active = (ref.word->active & bit) != 0,
        .level = (ref.word->line & bit) != 0,
        .group = (uint8_t)gic_group_of(ref.word, ref.bit),
        .priority = ref.word->priority[ref.bit],
    };
    return true;
}
