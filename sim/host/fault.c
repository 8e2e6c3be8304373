/* SPDX-License-Identifier: BSD-3-Clause */
/* What faults do that strike by themselves: memory, saved registers, PEs and power. */
#include <inttypes.h>
#include <string.h>

#include "sim/host/check_memory.h"
#include "sim/host/fault_interrupt.h"
#include "sim/host/host_fault.h"

#define STALL_LEAST_NS 1000u /* when nobody said for how long */
#define STALL_MOST_NS  100000u

#define REG_PC          31u
#define REG_PSTATE      32u
#define REG_COUNT       33u
#define PSTATE_FIRST_UP 28u /* N, Z, C and V are bits 28 to 31, D, A, I and F 6 to 9 */
#define PSTATE_FIRST_LO 6u

static const uint64_t step = 0x9e3779b97f4a7c15u;

/* Numbers of one strike, one after the other. */
static uint64_t drawn(uint64_t *random, uint64_t count)
{
    uint64_t x = *random += step;

    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return (x ^ x >> 31) % count;
}

static uint32_t given_or_drawn(uint32_t given, uint64_t *random, uint32_t count)
{
    return given != FAULT_ANY ? given : (uint32_t)drawn(random, count);
}

/* Index of the partition that is named, or a drawn one. False: there is none. */
static bool choose_partition(const struct run *run, const struct fault *spec, uint64_t *random,
                             uint32_t *index)
{
    uint32_t count = run->config.partition_count;

    if (count == 0) {
        return false;
    }
    if (spec->endpoint[0] == '\0') {
        *index = (uint32_t)drawn(random, count);
        return true;
    }
    *index = 0;
    while (*index < count && strcmp(run->config.partition[*index].name, spec->endpoint) != 0) {
        ++*index;
    }
    return *index < count;
}

static const char *partition_name(const struct run *run, uint32_t index)
{
    return run->config.partition[index].name;
}

/* --- RAM ------------------------------------------------------------------------------------- */

/* Whatever was made of the bytes there is made anew. */
static void memory_changed(struct run *run, uint64_t pa)
{
    uint64_t offset = pa - run->spmc_range.base;

    run->machine->code_epoch++;
    if (run->check_memory != NULL && offset < run->spmc_range.size_bytes) {
        check_note_written(run, (const uint64_t *)(const void *)(run->spmc_ram + (offset & ~7ull)));
    }
}

static uint64_t ram_address(const struct run *run, const struct fault *spec, uint64_t *random)
{
    const struct run_plan_partition *plan;
    uint64_t span;
    uint32_t index;

    if (spec->has_address && spec->endpoint[0] == '\0') {
        return spec->address;
    }
    if (!choose_partition(run, spec, random, &index)) {
        return run->spmc_range.base + drawn(random, run->spmc_range.size_bytes);
    }
    plan = &run->plan[index];
    if (spec->has_address) {
        return plan->load_address + spec->address;
    }
    /* Mostly where there is something. */
    span = plan->used_bytes != 0 && drawn(random, 4) != 0 ? plan->used_bytes : plan->mem_size_bytes;
    return plan->load_address + drawn(random, span);
}

static void flip_ram(struct run *run, struct sim_pe *pe, const struct fault_strike *strike)
{
    uint64_t random = strike->random;
    uint64_t pa = ram_address(run, strike->spec, &random);
    unsigned bit = given_or_drawn(strike->spec->bit, &random, 8);
    uint8_t *byte = bus_ram(&run->machine->bus, pa, 1, BUS_SECURE);

    if (byte == NULL) {
        byte = bus_ram(&run->machine->bus, pa, 1, BUS_NON_SECURE);
    }
    if (byte == NULL) {
        faults_tell(run->faults, pe, strike, pa, "there is no RAM at 0x%" PRIx64, pa);
        return;
    }
    faults_tell(run->faults, pe, strike, pa, "bit %u at 0x%" PRIx64 " turns over: 0x%02x to 0x%02x",
                bit, pa, *byte, *byte ^ 1u << bit);
    *byte = (uint8_t)(*byte ^ 1u << bit);
    memory_changed(run, pa);
}

/* --- translation tables ---------------------------------------------------------------------- */

struct descriptor {
    uint64_t *at; /* NULL: none */
    uint64_t pa;
    unsigned level;
};

/* The last descriptor that a walk reads. */
static struct descriptor find_descriptor(struct run *run, const struct partition *partition,
                                         enum pas space, uint64_t ipa)
{
    struct tables_root root = tables_root_of(partition, space);
    struct descriptor found = {.at = NULL};
    uint64_t table = root.table;
    unsigned pages = root.pages;

    if (table == 0 || ipa >> STAGE2_IPA_BITS != 0) {
        return found;
    }
    for (unsigned level = root.level; level <= TABLES_LAST_LEVEL; level++, pages = 1) {
        uint64_t index = ipa / tables_entry_bytes(level) % (pages * (uint64_t)TABLES_ENTRIES);
        uint64_t pa = table + index * sizeof(uint64_t);
        uint64_t *at = (uint64_t *)(void *)bus_ram(&run->machine->bus, pa, sizeof(*at), BUS_SECURE);

        if (at == NULL) {
            break;
        }
        found = (struct descriptor){at, pa, level};
        if (!tables_is_next(*at, level)) {
            break;
        }
        table = *at & TABLES_ADDRESS;
    }
    return found;
}

static void flip_table(struct run *run, struct sim_pe *pe, const struct fault_strike *strike)
{
    const struct fault *spec = strike->spec;
    uint64_t random = strike->random;
    struct descriptor found = {.at = NULL};
    uint64_t ipa = spec->address;
    const struct partition *partition;
    unsigned bit;
    uint32_t index;

    if (run->spmc == NULL || !choose_partition(run, spec, &random, &index) ||
        (partition = spmc_partition_at(run->spmc, index)) == NULL) {
        faults_tell(run->faults, pe, strike, ipa, "there are no tables yet");
        return;
    }
    if (!spec->has_address) {
        ipa = run->plan[index].load_address + drawn(&random, run->plan[index].mem_size_bytes);
        ipa &= ~(uint64_t)(PAGE_SIZE_BYTES - 1);
    }
    bit = given_or_drawn(spec->bit, &random, 64);
    found = find_descriptor(run, partition, PAS_SECURE, ipa);
    if ((found.at == NULL || (*found.at & TABLES_VALID) == 0) && !tables_is_el0(partition)) {
        struct descriptor other = find_descriptor(run, partition, PAS_NON_SECURE, ipa);

        found = other.at != NULL && (found.at == NULL || *other.at != 0) ? other : found;
    }
    if (found.at == NULL) {
        faults_tell(run->faults, pe, strike, ipa, "%s has no descriptor of 0x%" PRIx64,
                    partition_name(run, index), ipa);
        return;
    }
    faults_tell(run->faults, pe, strike, ipa,
                "bit %u of the descriptor of 0x%" PRIx64 " of %s turns over: level %u, 0x%" PRIx64
                " to 0x%" PRIx64,
                bit, ipa, partition_name(run, index), found.level, *found.at,
                *found.at ^ UINT64_C(1) << bit);
    *found.at ^= UINT64_C(1) << bit;
    memory_changed(run, found.pa);
}

/* --- saved registers ------------------------------------------------------------------------- */

static bool has_saved_registers(const struct vcpu *vcpu)
{
    return vcpu->state == VCPU_WAITING || vcpu->state == VCPU_BLOCKED ||
           vcpu->state == VCPU_PREEMPTED;
}

static bool is_meant(const struct run *run, const struct fault *spec, uint32_t partition,
                     uint32_t vcpu)
{
    return (spec->endpoint[0] == '\0' ||
            strcmp(spec->endpoint, run->config.partition[partition].name) == 0) &&
           (spec->vcpu == FAULT_ANY || spec->vcpu == vcpu);
}

/* Number n of the vCPUs that the fault is about and that do not run; *count: of how many. */
static struct vcpu *nth_saved(struct run *run, const struct fault *spec, uint64_t n,
                              uint64_t *count)
{
    struct vcpu *found = NULL;

    *count = 0;
    for (uint32_t i = 0; run->spmc != NULL && i < spmc_partition_count(run->spmc); i++) {
        struct partition *partition = spmc_partition_at(run->spmc, i);

        for (uint32_t j = 0; j < partition->vcpu_count; j++) {
            struct vcpu *vcpu = &partition->vcpu[j];

            if (vcpu->arch != NULL && is_meant(run, spec, i, j) && has_saved_registers(vcpu) &&
                (*count)++ == n) {
                found = vcpu;
            }
        }
    }
    return found;
}

static unsigned drawn_bit(uint32_t reg, uint64_t *random)
{
    unsigned bit = (unsigned)drawn(random, reg == REG_PSTATE ? 8 : 64);

    if (reg != REG_PSTATE) {
        return bit;
    }
    return bit < 4 ? PSTATE_FIRST_UP + bit : PSTATE_FIRST_LO + bit - 4;
}

static uint64_t turn_register(struct vcpu *vcpu, uint32_t reg, uint64_t mask)
{
    struct context *context = vcpu->arch->context;
    enum context_sysreg sysreg = reg == REG_PC ? CONTEXT_PC : CONTEXT_PSTATE;
    uint64_t value;

    if (reg >= REG_PC) {
        value = context->ops->get_sysreg(context, sysreg) ^ mask;
        context->ops->set_sysreg(context, sysreg, value);
        return value;
    }
    context->ops->get_x(context, reg, 1, &value);
    value ^= mask;
    context->ops->set_x(context, reg, 1, &value);
    return value;
}

static void flip_register(struct run *run, struct sim_pe *pe, const struct fault_strike *strike)
{
    const struct fault *spec = strike->spec;
    uint64_t random = strike->random;
    struct vcpu *vcpu;
    uint64_t count;
    uint64_t value;
    uint32_t reg;
    unsigned bit;
    char name[8];

    (void)nth_saved(run, spec, UINT64_MAX, &count);
    if (count == 0) {
        faults_tell(run->faults, pe, strike, 0, "no such vCPU has saved registers now");
        return;
    }
    vcpu = nth_saved(run, spec, drawn(&random, count), &count);
    reg = given_or_drawn(spec->reg, &random, REG_COUNT);
    bit = spec->bit != FAULT_ANY ? spec->bit : drawn_bit(reg, &random);
    value = turn_register(vcpu, reg, UINT64_C(1) << bit);
    snprintf(name, sizeof(name),
             reg < REG_PC    ? "x%u"
             : reg == REG_PC ? "pc"
                             : "pstate",
             (unsigned)reg);
    faults_tell(run->faults, pe, strike, reg,
                "bit %u of %s of %s turns over: 0x%" PRIx64 " to 0x%" PRIx64, bit, name,
                vcpu->arch->context->config.name, value ^ UINT64_C(1) << bit, value);
}

/* --- PEs and power --------------------------------------------------------------------------- */

static bool is_on(const struct sim_pe *pe)
{
    return pe->state == PE_RUNNING || pe->state == PE_IDLE;
}

/* NULL: nothing to strike, and that was told. */
static struct sim_pe *choose_pe(struct run *run, struct sim_pe *pe,
                                const struct fault_strike *strike, uint64_t *random)
{
    struct machine *machine = run->machine;
    uint32_t index = strike->spec->pe;

    if (index == FAULT_ANY) {
        index = (uint32_t)drawn(random, machine->pe_count);
        for (unsigned i = 0; i < machine->pe_count && !is_on(&machine->pe[index]); i++) {
            index = (index + 1) % machine->pe_count;
        }
    }
    if (index < machine->pe_count && is_on(&machine->pe[index])) {
        return &machine->pe[index];
    }
    faults_tell(run->faults, pe, strike, index, "PE %u is not on", (unsigned)index);
    return NULL;
}

static void stall_pe(struct run *run, struct sim_pe *pe, const struct fault_strike *strike)
{
    uint64_t random = strike->random;
    struct sim_pe *victim = choose_pe(run, pe, strike, &random);
    uint64_t ns = strike->spec->duration_ns;

    if (victim == NULL) {
        return;
    }
    if (ns == 0) {
        ns = STALL_LEAST_NS + drawn(&random, STALL_MOST_NS - STALL_LEAST_NS + 1);
    }
    faults_tell(run->faults, victim, strike, ns, "PE %u does nothing for %" PRIu64 ".%03u us",
                victim->index, ns / 1000, (unsigned)(ns % 1000));
    machine_pe_stall(victim, ns);
}

static void kill_pe(struct run *run, struct sim_pe *pe, const struct fault_strike *strike)
{
    uint64_t random = strike->random;
    struct sim_pe *victim = choose_pe(run, pe, strike, &random);

    if (victim != NULL) {
        faults_tell(run->faults, victim, strike, victim->index, "PE %u does nothing any more",
                    victim->index);
        machine_pe_kill(victim);
    }
}

/* Who holds what, and where in the core each PE is, goes with the PEs: see reset.c. */
static void power_cut(struct run *run, struct sim_pe *pe, const struct fault_strike *strike)
{
    bool lose_ram = strike->spec->lose_ram;

    faults_tell(run->faults, pe, strike, lose_ram, "the power goes off and on, RAM is %s",
                lose_ram ? "lost" : "kept");
    run->config.resets++; /* nobody allowed this one, and nobody has to */
    reset_ask(run, "");
    run->lose_ram = lose_ram;
}

static void strike_one(void *user, struct sim_pe *pe, const struct fault_strike *strike)
{
    struct run *run = user;

    switch (strike->spec->kind) {
    case FAULT_FLIP_RAM:
        flip_ram(run, pe, strike);
        break;
    case FAULT_FLIP_TABLE:
        flip_table(run, pe, strike);
        break;
    case FAULT_FLIP_REGISTER:
        flip_register(run, pe, strike);
        break;
    case FAULT_STALL_PE:
        stall_pe(run, pe, strike);
        break;
    case FAULT_KILL_PE:
        kill_pe(run, pe, strike);
        break;
    case FAULT_POWER_CUT:
        power_cut(run, pe, strike);
        break;
    case FAULT_SPURIOUS_INTERRUPT:
    case FAULT_EARLY_INTERRUPT:
        fault_pend(run, pe, strike);
        break;
    case FAULT_FLIP_GIC:
        fault_flip_gic(run, pe, strike);
        break;
    default:
        break; /* those of a place do not come here */
        break;
    }
}

/* --- life ------------------------------------------------------------------------------------ */

static bool endpoint_id(void *user, const char *name, uint16_t *id)
{
    const struct run *run = user;

    *id = FFA_ID_NWD;
    if (strcmp(name, "nwd") == 0) {
        return true;
    }
    for (uint32_t i = 0; i < run->config.partition_count; i++) {
        if (strcmp(name, run->config.partition[i].name) == 0) {
            *id = (uint16_t)(FFA_ID_SP_FIRST + i);
            return true;
        }
    }
    return false;
}

bool host_fault_start(struct run *run, const struct fault_plan *plan, struct sim_error *err)
{
    struct fault_plan own = *plan;

    own.seed = run->config.seed;
    run->faults = faults_create(&own, run->machine, run->machine->choices.source, endpoint_id,
                                strike_one, run, err);
    if (run->faults == NULL) {
        return false;
    }
    machine_set_choices(run->machine, faults_choices(run->faults));
    return fault_interrupts_start(run) ||
           sim_fail(err, SIM_INTERNAL, "out of memory for faults of interrupts");
}

void host_fault_stop(struct run *run)
{
    if (run->faults != NULL) {
        fault_interrupts_stop(run);
        machine_set_choices(run->machine, NULL);
        faults_destroy(run->faults);
        run->faults = NULL;
    }
}

bool run_fault(struct run *run, const char *line, struct sim_error *err)
{
    struct fault_plan none;
    struct fault fault;

    if (!fault_parse(line, "fault", &fault, err)) {
        return false;
    }
    fault_plan_init(&none, run->config.seed);
    return (run->faults != NULL || host_fault_start(run, &none, err)) &&
           faults_add(run->faults, &fault, "fault", err);
}

bool run_has_faults(const struct run *run)
{
    return run->faults != NULL;
}
