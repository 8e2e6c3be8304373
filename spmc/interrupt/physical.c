/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Physical interrupts: which partition owns them, and what the GIC shall do with them. What a
 * partition changed at run time is remembered in the flags of its vints, since a PE that was off
 * comes back with a redistributor that the firmware has set up anew.
 */
#include "driver/gicv3.h"
#include "spmc/format.h"
#include "spmc/internal.h"
#include "spmc/interrupt.h"

/* Attributes of an interrupt in a partition manifest */
#define ATTR_PRIORITY 0xffu
#define ATTR_SECURE   0x100u
#define ATTR_LEVEL    0x200u

/* The lowest of 16 levels in the Secure half, which is the least that a GIC has */
#define PRIORITY_LOWEST 0x70u
#define PRIORITY_IPI    0x10u
#define PRIORITY_TIMER  0x20u
#define PRIORITY_SRI    0xf0u

#define PMR_NONE      0xffu
#define PMR_NS_MASKED 0x80u
#define PMR_ALL       0x00u

#define BSA_SECURE_EL2_TIMER 20u

static struct gicv3_at line_at(const struct spmc_cpu *cpu, uint32_t intid)
{
    struct gicv3_at at = {&cpu->spmc->gic, cpu->redistributor, intid};

    return at;
}

static const struct manifest_interrupt *find(const struct partition *partition, uint32_t intid)
{
    const struct partition_manifest *manifest = partition->manifest;

    for (uint32_t d = 0; d < manifest->dev_region_count; d++) {
        for (uint32_t k = 0; k < manifest->dev_region[d].interrupt_count; k++) {
            if (manifest->dev_region[d].interrupt[k].id == intid) {
                return &manifest->dev_region[d].interrupt[k];
            }
        }
    }
    return NULL;
}

bool interrupt_is_level(const struct partition *partition, uint32_t intid)
{
    const struct manifest_interrupt *interrupt = find(partition, intid);

    return interrupt != NULL && (interrupt->attributes & ATTR_LEVEL) != 0;
}

struct partition *interrupt_owner(const struct spmc *spmc, uint32_t intid)
{
    if (gicv3_kind(intid) == GICV3_SGI) {
        return NULL; /* the numbers of virtual interrupts */
    }
    for (uint32_t i = 0; i < spmc->partition_count; i++) {
        if (vint_is_owned(&spmc->partition[i], intid)) {
            return &spmc->partition[i];
        }
    }
    return NULL;
}

static uint32_t index_in(const struct partition *partition, uint32_t intid)
{
    uint32_t i = 0;

    while (partition->vint_id[i] != intid) {
        i++;
    }
    return i;
}

static uint8_t *flags_of(const struct vcpu *vcpu, uint32_t intid)
{
    return &vcpu->vint[index_in(vcpu->partition, intid)].flags;
}

static void change_flags(const struct vcpu *vcpu, uint32_t intid, uint32_t clear, uint32_t set)
{
    uint8_t *flags = flags_of(vcpu, intid);

    *flags = (uint8_t)((*flags & ~clear) | set);
}

/* An SPI is one for the whole partition; a PPI is one for each vCPU of an MP partition. */
static bool concerns(const struct vcpu *vcpu, const struct vcpu *one, uint32_t intid)
{
    return vcpu == one || gicv3_kind(intid) == GICV3_SPI;
}

static void remember(struct vcpu *one, uint32_t intid, uint32_t clear, uint32_t set)
{
    for (uint32_t i = 0; i < one->partition->vcpu_count; i++) {
        if (concerns(&one->partition->vcpu[i], one, intid)) {
            change_flags(&one->partition->vcpu[i], intid, clear, set);
        }
    }
}

/* The vCPU of an owner that a PPI of this PE would go to. */
static struct vcpu *vcpu_on(const struct spmc_cpu *cpu, const struct partition *partition)
{
    return &partition->vcpu[cpu->index < partition->vcpu_count ? cpu->index : 0];
}

/* Its flags; VINT_HELD: a vCPU that it concerns has it still in hand. */
static uint8_t flags_with_hold(const struct vcpu *vcpu, uint32_t intid)
{
    const struct partition *partition = vcpu->partition;
    uint32_t i = index_in(partition, intid);
    uint8_t flags = vcpu->vint[i].flags;

    for (uint32_t v = 0; v < partition->vcpu_count; v++) {
        if (concerns(&partition->vcpu[v], vcpu, intid)) {
            flags |= partition->vcpu[v].vint[i].flags & VINT_HELD;
        }
    }
    return flags;
}

static void report(struct spmc_cpu *cpu, bool settled, uint32_t intid)
{
    if (!settled) {
        spmc_log(cpu->arch, &cpu->spmc->log, SPMC_LOG_ERROR,
                 "GIC: interrupt %u: a write takes effect no more (RWP stays set)", intid);
    }
}

/* Brings the GIC in line with manifest and flags. One of the normal world is left to it, off. */
static void follow(struct spmc_cpu *cpu, const struct gicv3_at *at,
                   const struct manifest_interrupt *interrupt, uint8_t flags)
{
    uint32_t priority = interrupt->attributes & ATTR_PRIORITY;
    const struct gicv3_config config = {
        .secure = true,
        .is_level = (interrupt->attributes & ATTR_LEVEL) != 0,
        .priority = (uint8_t)(priority > PRIORITY_LOWEST ? PRIORITY_LOWEST : priority),
    };

    if ((flags & VINT_NON_SECURE) != 0) {
        report(cpu, gicv3_set_secure(cpu->arch, at, false), at->intid);
        return;
    }
    report(cpu, gicv3_configure(cpu->arch, at, &config), at->intid);
    if ((flags & (VINT_SWITCHED_OFF | VINT_HELD)) == 0) {
        gicv3_enable(cpu->arch, at);
    }
}

/* The same wherever the interrupt is: an SPI once, a PPI on each PE that it may reach `vcpu` on. */
static void follow_all(struct spmc_cpu *cpu, const struct vcpu *vcpu, uint32_t intid)
{
    const struct manifest_interrupt *interrupt = find(vcpu->partition, intid);
    struct spmc *spmc = cpu->spmc;
    uint8_t flags = flags_with_hold(vcpu, intid);

    if (gicv3_kind(intid) == GICV3_SPI) {
        struct gicv3_at at = line_at(cpu, intid);

        follow(cpu, &at, interrupt, flags);
        return;
    }
    for (uint32_t i = 0; i < spmc->cpu_count; i++) {
        struct gicv3_at at = line_at(&spmc->cpu[i], intid);

        if (at.redistributor.pa != 0 && vcpu_on(&spmc->cpu[i], vcpu->partition) == vcpu &&
            gicv3_has(cpu->arch, &at)) {
            follow(cpu, &at, interrupt, flags);
        }
    }
}

/* --- boot ------------------------------------------------------------------------------------ */

static bool fail(struct spmc *spmc, const char *where, uint32_t intid, const char *want)
{
    spmc->diag.code = MANIFEST_NOT_COMPATIBLE;
    format_text(spmc->diag.text, sizeof(spmc->diag.text), "%s: interrupts: found %u, want %s",
                where, intid, want);
    return false;
}

/* To the PE that the manifest names, else to this one. */
static void route(struct spmc_cpu *cpu, const struct manifest_interrupt *interrupt)
{
    struct gicv3_at at = line_at(cpu, interrupt->id);
    uint64_t target = interrupt->has_target ? interrupt->target_mpidr : cpu->mpidr;

    report(cpu, gicv3_route(cpu->arch, &at, target), at.intid);
}

/* One interrupt of a manifest at cold boot. One of the normal world stays the normal world's. */
static bool init_interrupt(struct spmc_cpu *cpu, struct partition *partition,
                           const struct manifest_interrupt *interrupt)
{
    struct spmc *spmc = cpu->spmc;
    struct gicv3_at at = line_at(cpu, interrupt->id);
    uint32_t ns = (interrupt->attributes & ATTR_SECURE) == 0 ? VINT_NON_SECURE : 0;

    for (uint32_t i = 0; i < partition->vcpu_count; i++) {
        change_flags(&partition->vcpu[i], interrupt->id, 0, ns);
    }
    if (!spmc->gic.present) {
        return true;
    }
    if (interrupt->id == spmc->gic.timer_intid) {
        return fail(spmc, partition->vm->name, interrupt->id,
                    "another than the SPMC's own timer interrupt");
    }
    if (gicv3_kind(interrupt->id) != GICV3_SPI) {
        return true;
    }
    if (!gicv3_has(cpu->arch, &at)) {
        return fail(spmc, partition->vm->name, interrupt->id, "one that the GIC of this board has");
    }
    if (ns == 0) {
        route(cpu, interrupt);
    }
    follow(cpu, &at, interrupt, *flags_of(&partition->vcpu[0], at.intid));
    return true;
}

static bool init_partition(struct spmc_cpu *cpu, struct partition *partition)
{
    const struct partition_manifest *manifest = partition->manifest;

    for (uint32_t d = 0; d < manifest->dev_region_count; d++) {
        for (uint32_t k = 0; k < manifest->dev_region[d].interrupt_count; k++) {
            if (!init_interrupt(cpu, partition, &manifest->dev_region[d].interrupt[k])) {
                return false;
            }
        }
    }
    return true;
}

static bool start_gic(struct arch_pe *pe, struct spmc *spmc)
{
    struct spmc_gic *gic = &spmc->gic;
    const char *amiss;

    if (gic->timer_intid == 0) {
        gic->timer_intid = BSA_SECURE_EL2_TIMER;
    }
    if (gicv3_kind(gic->timer_intid) != GICV3_PPI) {
        return fail(spmc, "SPMC timer", gic->timer_intid, "a PPI");
    }
    amiss = gicv3_start(pe, gic);
    if (amiss != NULL) {
        spmc->diag.code = MANIFEST_NOT_COMPATIBLE;
        format_text(spmc->diag.text, sizeof(spmc->diag.text), "GIC at 0x%lx: %s",
                    gic->distributor.pa, amiss);
    }
    return amiss == NULL;
}

bool interrupt_init(struct arch_pe *pe, struct spmc *spmc)
{
    struct spmc_cpu *cpu = spmc->cpu;

    while (!cpu->online) {
        cpu++; /* the PE that boots */
    }
    if (spmc->gic.present && !start_gic(pe, spmc)) {
        return false;
    }
    for (uint32_t i = 0; i < spmc->partition_count; i++) {
        if (spmc->partition[i].state != PARTITION_NULL &&
            !init_partition(cpu, &spmc->partition[i])) {
            return false;
        }
    }
    return true;
}

static void init_own(struct spmc_cpu *cpu, uint32_t intid, uint8_t priority, bool secure)
{
    const struct gicv3_config config = {.secure = secure, .is_level = true, .priority = priority};
    struct gicv3_at at = line_at(cpu, intid);

    report(cpu, gicv3_configure(cpu->arch, &at, &config), intid);
    if (secure) {
        gicv3_enable(cpu->arch, &at); /* the normal world enables its own */
    }
}

static void init_ppi(struct spmc_cpu *cpu, const struct partition *partition,
                     const struct manifest_interrupt *interrupt)
{
    struct gicv3_at at = line_at(cpu, interrupt->id);
    uint8_t flags = flags_with_hold(vcpu_on(cpu, partition), interrupt->id);

    if (!gicv3_has(cpu->arch, &at)) {
        spmc_log(cpu->arch, &cpu->spmc->log, SPMC_LOG_ERROR,
                 "%s: interrupts: PE %u has no interrupt %u", spmc_partition_name(partition),
                 cpu->index, interrupt->id);
        return;
    }
    follow(cpu, &at, interrupt, flags);
}

static void init_ppis(struct spmc_cpu *cpu, const struct partition *partition)
{
    const struct partition_manifest *manifest = partition->manifest;

    for (uint32_t d = 0; d < manifest->dev_region_count; d++) {
        for (uint32_t k = 0; k < manifest->dev_region[d].interrupt_count; k++) {
            if (gicv3_kind(manifest->dev_region[d].interrupt[k].id) == GICV3_PPI) {
                init_ppi(cpu, partition, &manifest->dev_region[d].interrupt[k]);
            }
        }
    }
}

static bool init_redistributor(struct spmc_cpu *cpu)
{
    struct spmc *spmc = cpu->spmc;

    if (cpu->redistributor.pa == 0) {
        cpu->redistributor = gicv3_find_redistributor(cpu->arch, &spmc->gic, cpu->mpidr);
    }
    if (cpu->redistributor.pa == 0 || !gicv3_wake(cpu->arch, cpu->redistributor)) {
        return false;
    }
    init_own(cpu, SGI_IPI, PRIORITY_IPI, true);
    init_own(cpu, SGI_SCHEDULE_RECEIVER, PRIORITY_SRI, false);
    init_own(cpu, spmc->gic.timer_intid, PRIORITY_TIMER, true);
    for (uint32_t i = 0; i < spmc->partition_count; i++) {
        if (spmc->partition[i].state != PARTITION_NULL) {
            init_ppis(cpu, &spmc->partition[i]);
        }
    }
    return true;
}

void interrupt_init_cpu(struct spmc_cpu *cpu)
{
    struct spmc *spmc = cpu->spmc;
    bool ready;

    cpu->interrupt_mask = INTERRUPT_MASK_NONE;
    cpu->normal_pmr = PMR_NONE;
    cpu->timer_deadline = UINT64_MAX;
    cpu->timers_changed = true;
    cpu->sri_is_delayed = false;
    if (!spmc->gic.present) {
        return;
    }
    arch_sysreg_write(cpu->arch, ARCH_CNTHPS_CTL, 0);
    arch_lock(cpu->arch, &spmc->chain_lock);
    ready = init_redistributor(cpu);
    gicv3_start_cpu(cpu->arch);
    interrupt_take_over(cpu);
    arch_unlock(cpu->arch, &spmc->chain_lock);
    if (!ready) {
        spmc_log(cpu->arch, &spmc->log, SPMC_LOG_ERROR,
                 "PE %u (MPIDR 0x%lx): no GIC redistributor that wakes, no interrupts of its own",
                 cpu->index, cpu->mpidr);
    }
}

/* --- while running --------------------------------------------------------------------------- */

uint32_t interrupt_acknowledge(struct spmc_cpu *cpu)
{
    return cpu->spmc->gic.present ? (uint32_t)arch_sysreg_read(cpu->arch, ARCH_ICC_IAR1)
                                  : INTID_SPECIAL_LAST;
}

void interrupt_end(struct spmc_cpu *cpu, uint32_t intid)
{
    arch_sysreg_write(cpu->arch, ARCH_ICC_EOIR1, intid);
}

uint32_t interrupt_group0_pending(struct spmc_cpu *cpu)
{
    return cpu->spmc->gic.present ? (uint32_t)arch_sysreg_read(cpu->arch, ARCH_ICC_HPPIR0)
                                  : INTID_SPECIAL_LAST;
}

void interrupt_set_mask(struct spmc_cpu *cpu, enum interrupt_mask mask)
{
    enum interrupt_mask old = (enum interrupt_mask)cpu->interrupt_mask;
    uint64_t pmr = mask == INTERRUPT_MASK_NS ? PMR_NS_MASKED : PMR_ALL;

    cpu->interrupt_mask = (uint8_t)mask;
    if (mask == old || !cpu->spmc->gic.present) {
        return;
    }
    /* There is one register for both worlds, and the normal world's value must survive. */
    if (old == INTERRUPT_MASK_NONE) {
        cpu->normal_pmr = (uint8_t)arch_sysreg_read(cpu->arch, ARCH_ICC_PMR);
    }
    arch_sysreg_write(cpu->arch, ARCH_ICC_PMR, mask == INTERRUPT_MASK_NONE ? cpu->normal_pmr : pmr);
}

void interrupt_kick(struct spmc_cpu *cpu, const struct spmc_cpu *target)
{
    if (cpu->spmc->gic.present) {
        arch_sysreg_write(cpu->arch, ARCH_ICC_SGI1R, gicv3_sgi(target->mpidr, SGI_IPI));
    }
}

void interrupt_raise_sri(struct spmc_cpu *cpu)
{
    cpu->sri_is_delayed = false;
    if (cpu->spmc->gic.present) {
        arch_sysreg_write(cpu->arch, ARCH_ICC_ASGI1R, gicv3_sgi(cpu->mpidr, SGI_SCHEDULE_RECEIVER));
    }
}

void interrupt_delay_sri(struct spmc_cpu *cpu)
{
    cpu->sri_is_delayed = true;
}

static void switch_off_physical(struct spmc_cpu *cpu, struct partition *partition, uint32_t intid)
{
    for (uint32_t i = 0; i < partition->vcpu_count; i++) {
        struct vcpu *vcpu = &partition->vcpu[i];
        bool is_first = i == 0 || gicv3_kind(intid) == GICV3_PPI;

        change_flags(vcpu, intid, 0, VINT_SWITCHED_OFF);
        if (is_first && cpu->spmc->gic.present && (*flags_of(vcpu, intid) & VINT_NON_SECURE) == 0) {
            follow_all(cpu, vcpu, intid);
        }
    }
}

void interrupt_switch_off(struct spmc_cpu *cpu, struct partition *partition)
{
    for (uint32_t n = 0; n < partition->vint_count; n++) {
        uint32_t id = partition->vint_id[n];

        for (uint32_t i = 0; i < partition->vcpu_count; i++) {
            (void)vint_enable(&partition->vcpu[i], id, false, false);
            vint_withdraw(&partition->vcpu[i], id);
        }
        if (gicv3_kind(id) != GICV3_SGI) {
            switch_off_physical(cpu, partition, id);
        }
    }
    for (uint32_t i = 0; i < partition->vcpu_count; i++) {
        vtimer_reset(&partition->vcpu[i]);
    }
}

void interrupt_hold(struct spmc_cpu *cpu, struct vcpu *vcpu, uint32_t intid)
{
    struct gicv3_at at = line_at(cpu, intid);
    uint32_t i = index_in(vcpu->partition, intid);

    if (interrupt_is_level(vcpu->partition, intid)) {
        vcpu->vint[i].flags |= VINT_UNHANDLED;
    }
    if ((vcpu->vint[i].flags & VINT_HELD) == 0) {
        vcpu->vint[i].flags |= VINT_HELD;
        vcpu->vint_held++;
    }
    if (cpu->spmc->gic.present) {
        report(cpu, gicv3_disable(cpu->arch, &at), intid);
    }
}

/* Where it can reach `vcpu`: the PPI of a UP partition may be held on several PEs. */
static void enable_all(struct spmc_cpu *cpu, const struct vcpu *vcpu, uint32_t intid)
{
    struct spmc *spmc = cpu->spmc;
    bool is_spi = gicv3_kind(intid) == GICV3_SPI;

    for (uint32_t i = 0; i < (is_spi ? 1 : spmc->cpu_count); i++) {
        struct gicv3_at at = line_at(&spmc->cpu[i], intid);

        if (is_spi ||
            (at.redistributor.pa != 0 && vcpu_on(&spmc->cpu[i], vcpu->partition) == vcpu)) {
            gicv3_enable(cpu->arch, &at);
        }
    }
}

void interrupt_release(struct spmc_cpu *cpu, struct vcpu *vcpu)
{
    const uint8_t off = VINT_SWITCHED_OFF | VINT_NON_SECURE | VINT_HELD;

    for (uint32_t i = 0; i < vcpu->partition->vint_count; i++) {
        struct vint *vint = &vcpu->vint[i];
        uint32_t intid = vcpu->partition->vint_id[i];

        if ((vint->flags & (VINT_HELD | VINT_PENDING | VINT_UNHANDLED)) != VINT_HELD) {
            continue;
        }
        vint->flags &= (uint8_t)~VINT_HELD;
        vcpu->vint_held--;
        if ((flags_with_hold(vcpu, intid) & off) == 0 && cpu->spmc->gic.present) {
            enable_all(cpu, vcpu, intid);
        }
    }
}

void interrupt_disown(struct spmc_cpu *cpu, uint32_t intid)
{
    struct partition *owner = interrupt_owner(cpu->spmc, intid);
    struct gicv3_at at = line_at(cpu, intid);

    if (owner != NULL) {
        remember(vcpu_on(cpu, owner), intid, 0, VINT_SWITCHED_OFF);
    }
    if (cpu->spmc->gic.present) {
        report(cpu, gicv3_disable(cpu->arch, &at), intid);
    }
    spmc_log(cpu->arch, &cpu->spmc->log, SPMC_LOG_WARNING,
             "interrupt %u on PE %u: %s%s, switched off", intid, cpu->index,
             owner != NULL ? "nobody to take it in " : "has no owner",
             owner != NULL ? spmc_partition_name(owner) : "");
}

/* --- HF_INTERRUPT_RECONFIGURE ---------------------------------------------------------------- */

static bool set_target(struct spmc_cpu *cpu, const struct vcpu *vcpu, uint32_t intid,
                       uint32_t index)
{
    struct gicv3_at at = line_at(cpu, intid);

    if (gicv3_kind(intid) != GICV3_SPI || index >= cpu->spmc->cpu_count ||
        (vcpu->partition->vcpu_count == 1 && index != cpu->index)) {
        return false;
    }
    report(cpu, gicv3_route(cpu->arch, &at, cpu->spmc->cpu[index].mpidr), intid);
    return true;
}

/* To the normal world: off at the GIC until that enables it, and off as a virtual interrupt. */
static void set_secure(struct spmc_cpu *cpu, struct vcpu *vcpu, uint32_t intid, bool secure)
{
    const struct partition *partition = vcpu->partition;
    bool was_secure = (*flags_of(vcpu, intid) & VINT_NON_SECURE) == 0;

    if (secure == was_secure) {
        return;
    }
    remember(vcpu, intid, VINT_NON_SECURE, secure ? 0 : VINT_NON_SECURE);
    for (uint32_t i = 0; !secure && i < partition->vcpu_count; i++) {
        if (concerns(&partition->vcpu[i], vcpu, intid)) {
            (void)vint_enable(&partition->vcpu[i], intid, false, false);
        }
    }
    if (secure && gicv3_kind(intid) == GICV3_SPI) {
        route(cpu, find(partition, intid));
    }
    follow_all(cpu, vcpu, intid);
}

static void set_enabled(struct spmc_cpu *cpu, struct vcpu *vcpu, uint32_t intid, bool enable)
{
    remember(vcpu, intid, VINT_SWITCHED_OFF, enable ? 0 : VINT_SWITCHED_OFF);
    if ((*flags_of(vcpu, intid) & VINT_NON_SECURE) == 0) {
        follow_all(cpu, vcpu, intid);
    }
}

bool interrupt_reconfigure(struct spmc_cpu *cpu, struct vcpu *vcpu, uint32_t intid,
                           enum interrupt_command command, uint32_t value)
{
    if (!cpu->spmc->gic.present || find(vcpu->partition, intid) == NULL) {
        return false;
    }
    if (command == INTERRUPT_TARGET) {
        return set_target(cpu, vcpu, intid, value);
    }
    if (value > 1 || (command != INTERRUPT_SECURITY && command != INTERRUPT_ENABLE)) {
        return false;
    }
    if (command == INTERRUPT_SECURITY) {
        set_secure(cpu, vcpu, intid, value == 1);
    } else {
        set_enabled(cpu, vcpu, intid, value == 1);
    }
    return true;
}
