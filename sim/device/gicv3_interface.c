/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The CPU interface: ICC_* system registers (IHI 0069H, 12.2). Bits of configuration that a real
 * EL3 would set otherwise are as it does it here: Group 0 belongs to EL3 and the Secure state
 * (SCR_EL3.FIQ is set in the Non-secure one), so the Non-secure state has neither the registers of
 * Group 0 nor the Secure half of the priorities.
 */
#include <stddef.h>

#include "sim/device/gicv3.h"

#define INTID_SECURE     1020u
#define INTID_NON_SECURE 1021u
#define INTID_MASK       0xffffffu

#define CTLR_CBPR        (1u << 0)
#define CTLR_EOIMODE     (1u << 1)
#define CTLR_PRIBITS_5   (4u << 8)
#define CTLR_A3V         (1u << 15)
#define CTLR_EL3_NDS     (1u << 17)
#define CTLR_RSS         (1u << 18)
#define CTLR_EXT_RANGE   (1u << 19)
#define CTLR_FIXED       (CTLR_PRIBITS_5 | CTLR_A3V | CTLR_RSS | CTLR_EXT_RANGE)
#define CTLR_EL3_CBPR_S  (1u << 0)
#define CTLR_EL3_CBPR_NS (1u << 1)
#define CTLR_EL3_EOI_EL3 (1u << 2)
#define CTLR_EL3_EOI_S   (1u << 3)
#define CTLR_EL3_EOI_NS  (1u << 4)

#define SRE_EL1_VALUE 0x7u
#define SRE_ELX_VALUE 0xfu

#define LEAST_BPR    2u
#define LEAST_BPR_NS 3u

/* Of struct gic_cpu.split_eoi, the entry of EL3 */
#define EOI_EL3 GIC_G0

struct access {
    struct gicv3 *gic;
    struct redistributor *redist;
    struct gic_cpu *cpu;
    unsigned pe;
    unsigned el;
    bool secure;
};

/* The Group 1 of the security state: which copy of a banked register. */
static enum gic_group bank(const struct access *access)
{
    return access->secure ? GIC_G1S : GIC_G1NS;
}

static bool is_ns_view(const struct access *access)
{
    return access->el < 3 && !access->secure;
}

static uint8_t ns_priority(uint8_t priority)
{
    return (priority & 0x80u) == 0 ? 0 : (uint8_t)(priority << 1);
}

static uint64_t read_pmr(const struct access *access)
{
    return is_ns_view(access) ? ns_priority(access->cpu->pmr) : access->cpu->pmr;
}

static void write_pmr(const struct access *access, uint64_t value)
{
    if (is_ns_view(access)) {
        if ((access->cpu->pmr & 0x80u) == 0)
            return;
        value = 0x80u | (value & 0xffu) >> 1;
    }
    access->cpu->pmr = (uint8_t)(value & GIC_PRIORITY_MASK);
}

static uint64_t read_rpr(const struct access *access)
{
    uint8_t running = gic_running_priority(access->cpu);

    return is_ns_view(access) && running != 0xff ? ns_priority(running) : running;
}

/* The highest priority pending interrupt as Group 0 sees it; only EL3 learns of the others. */
static uint32_t pending_group0(const struct access *access)
{
    const struct gic_cpu *cpu = access->cpu;

    if (!cpu->pending)
        return GIC_SPURIOUS;
    if (cpu->group == GIC_G0)
        return cpu->intid;
    if (access->el < 3)
        return GIC_SPURIOUS;
    return cpu->group == GIC_G1S ? INTID_SECURE : INTID_NON_SECURE;
}

static uint32_t pending_group1(const struct access *access)
{
    const struct gic_cpu *cpu = access->cpu;

    if (!cpu->pending || cpu->group == GIC_G0 || (access->el < 3 && cpu->group != bank(access)))
        return GIC_SPURIOUS;
    return cpu->intid;
}

static uint64_t read_hppir0(const struct access *access)
{
    return pending_group0(access);
}

static uint64_t read_hppir1(const struct access *access)
{
    return pending_group1(access);
}

/* From pending to active, on the PE and in the controller. */
static uint32_t acknowledge(const struct access *access, uint32_t intid)
{
    struct gic_cpu *cpu = access->cpu;
    enum gic_group group = (enum gic_group)cpu->group;
    struct gic_ref ref;

    if (!gic_find(access->gic, access->redist, intid, &ref))
        return intid; /* a special one: nothing is acknowledged */
    cpu->running[group] |= 1u << ((cpu->priority & gic_group_priority_mask(cpu, group)) >> 3);
    ref.word->active |= 1u << ref.bit;
    ref.word->latch &= ~(1u << ref.bit);
    gic_tell(access->gic, access->pe, intid, EVENT_INTERRUPT_ACKNOWLEDGED);
    gic_word_changed(access->gic, ref.owner, ref.index);
    return intid;
}

static uint64_t read_iar0(const struct access *access)
{
    return access->cpu->signalled ? acknowledge(access, pending_group0(access)) : GIC_SPURIOUS;
}

static uint64_t read_iar1(const struct access *access)
{
    return access->cpu->signalled ? acknowledge(access, pending_group1(access)) : GIC_SPURIOUS;
}

/* The Non-secure state ends its own interrupts only. */
static void deactivate(const struct access *access, const struct gic_ref *ref, uint32_t intid)
{
    struct machine *machine = access->gic->device.machine;
    uint32_t bit = 1u << ref->bit;

    if ((ref->word->active & bit) == 0 ||
        (is_ns_view(access) && gic_group_of(ref->word, ref->bit) != GIC_G1NS))
        return;
    ref->word->active &= ~bit;
    gic_tell(access->gic, access->pe, intid, EVENT_INTERRUPT_ENDED);
    gic_word_changed(access->gic, ref->owner, ref->index);
    if (machine->gic_gate != NULL)
        machine->gic_gate->ended(machine->gic_gate->user, &machine->pe[access->pe], intid);
}

static bool is_eoi_split(const struct access *access)
{
    return access->cpu->split_eoi[access->el == 3 ? EOI_EL3 : bank(access)];
}

/* The group of the active interrupt with the highest priority. False: none. */
static bool running_group(const struct gic_cpu *cpu, enum gic_group *group)
{
    uint32_t running = cpu->running[GIC_G0] | cpu->running[GIC_G1S] | cpu->running[GIC_G1NS];
    uint32_t first = running & (0 - running);

    for (unsigned i = 0; i < GIC_GROUPS; i++) {
        if ((cpu->running[i] & first) != 0) {
            *group = (enum gic_group)i;
            return true;
        }
    }
    return false;
}

/* Drops the running priority, when the active interrupt is of that group and this state's. */
static void end_of_interrupt(const struct access *access, bool group0, uint64_t value)
{
    struct gic_cpu *cpu = access->cpu;
    uint32_t intid = (uint32_t)value & INTID_MASK;
    enum gic_group group;
    struct gic_ref ref;

    if (!gic_find(access->gic, access->redist, intid, &ref) || !running_group(cpu, &group) ||
        group0 != (group == GIC_G0) || (access->el < 3 && !group0 && group != bank(access)))
        return;
    cpu->running[group] &= cpu->running[group] - 1;
    if (!is_eoi_split(access))
        deactivate(access, &ref, intid);
}

static void write_eoir0(const struct access *access, uint64_t value)
{
    end_of_interrupt(access, true, value);
}

static void write_eoir1(const struct access *access, uint64_t value)
{
    end_of_interrupt(access, false, value);
}

static void write_dir(const struct access *access, uint64_t value)
{
    uint32_t intid = (uint32_t)value & INTID_MASK;
    struct gic_ref ref;

    if (is_eoi_split(access) && gic_find(access->gic, access->redist, intid, &ref))
        deactivate(access, &ref, intid);
}

static uint64_t read_bpr0(const struct access *access)
{
    return access->cpu->bpr[GIC_G0];
}

static void write_bpr0(const struct access *access, uint64_t value)
{
    access->cpu->bpr[GIC_G0] = (value & 7) < LEAST_BPR ? LEAST_BPR : (uint8_t)(value & 7);
}

/* With CBPR the Secure state has BPR0 in its place, the Non-secure one reads BPR0 plus one. */
static uint64_t read_bpr1(const struct access *access)
{
    const struct gic_cpu *cpu = access->cpu;
    enum gic_group group = bank(access);

    if (access->el == 3 || !cpu->shared_bpr[group])
        return cpu->bpr[group];
    if (group == GIC_G1S || cpu->bpr[GIC_G0] == 7)
        return cpu->bpr[GIC_G0];
    return cpu->bpr[GIC_G0] + 1u;
}

static void write_bpr1(const struct access *access, uint64_t value)
{
    enum gic_group group = bank(access);
    uint8_t least = group == GIC_G1NS ? LEAST_BPR_NS : LEAST_BPR;

    if (access->el < 3 && access->cpu->shared_bpr[group]) {
        if (group == GIC_G1S)
            write_bpr0(access, value);
        return;
    }
    access->cpu->bpr[group] = (value & 7) < least ? least : (uint8_t)(value & 7);
}

static uint64_t read_ap0r0(const struct access *access)
{
    return access->cpu->running[GIC_G0];
}

static void write_ap0r0(const struct access *access, uint64_t value)
{
    access->cpu->running[GIC_G0] = (uint32_t)value;
}

static uint64_t read_ap1r0(const struct access *access)
{
    return access->cpu->running[bank(access)];
}

static void write_ap1r0(const struct access *access, uint64_t value)
{
    access->cpu->running[bank(access)] = (uint32_t)value;
}

static uint64_t read_ctlr_el1(const struct access *access)
{
    return CTLR_FIXED | (access->cpu->shared_bpr[bank(access)] ? CTLR_CBPR : 0) |
           (access->cpu->split_eoi[bank(access)] ? CTLR_EOIMODE : 0);
}

/* With two security states CBPR is EL3's to write. */
static void write_ctlr_el1(const struct access *access, uint64_t value)
{
    access->cpu->split_eoi[bank(access)] = (value & CTLR_EOIMODE) != 0;
}

static uint64_t read_ctlr_el3(const struct access *access)
{
    const struct gic_cpu *cpu = access->cpu;

    return CTLR_FIXED | CTLR_EL3_NDS | (cpu->shared_bpr[GIC_G1S] ? CTLR_EL3_CBPR_S : 0) |
           (cpu->shared_bpr[GIC_G1NS] ? CTLR_EL3_CBPR_NS : 0) |
           (cpu->split_eoi[EOI_EL3] ? CTLR_EL3_EOI_EL3 : 0) |
           (cpu->split_eoi[GIC_G1S] ? CTLR_EL3_EOI_S : 0) |
           (cpu->split_eoi[GIC_G1NS] ? CTLR_EL3_EOI_NS : 0);
}

static void write_ctlr_el3(const struct access *access, uint64_t value)
{
    struct gic_cpu *cpu = access->cpu;

    cpu->shared_bpr[GIC_G1S] = (value & CTLR_EL3_CBPR_S) != 0;
    cpu->shared_bpr[GIC_G1NS] = (value & CTLR_EL3_CBPR_NS) != 0;
    cpu->split_eoi[EOI_EL3] = (value & CTLR_EL3_EOI_EL3) != 0;
    cpu->split_eoi[GIC_G1S] = (value & CTLR_EL3_EOI_S) != 0;
    cpu->split_eoi[GIC_G1NS] = (value & CTLR_EL3_EOI_NS) != 0;
}

static uint64_t read_sre_el1(const struct access *access)
{
    (void)access;
    return SRE_EL1_VALUE;
}

static uint64_t read_sre_elx(const struct access *access)
{
    (void)access;
    return SRE_ELX_VALUE;
}

/* There is no other interface than the system registers. */
static void write_sre(const struct access *access, uint64_t value)
{
    (void)access;
    (void)value;
}

static void enable_group(struct gic_cpu *cpu, enum gic_group group, bool on)
{
    cpu->enabled = (uint8_t)((cpu->enabled & ~(1u << group)) | (unsigned)on << group);
}

static uint64_t read_igrpen0(const struct access *access)
{
    return access->cpu->enabled >> GIC_G0 & 1;
}

static void write_igrpen0(const struct access *access, uint64_t value)
{
    enable_group(access->cpu, GIC_G0, (value & 1) != 0);
}

static uint64_t read_igrpen1(const struct access *access)
{
    return access->cpu->enabled >> bank(access) & 1;
}

static void write_igrpen1(const struct access *access, uint64_t value)
{
    enable_group(access->cpu, bank(access), (value & 1) != 0);
}

static uint64_t read_igrpen1_el3(const struct access *access)
{
    return (access->cpu->enabled >> GIC_G1NS & 1) | (access->cpu->enabled >> GIC_G1S & 1) << 1;
}

static void write_igrpen1_el3(const struct access *access, uint64_t value)
{
    enable_group(access->cpu, GIC_G1NS, (value & 1) != 0);
    enable_group(access->cpu, GIC_G1S, (value & 2) != 0);
}

/* These are not banked: what sends at EL3 is Secure, whatever SCR_EL3.NS says. */
static bool sends_secure(const struct access *access)
{
    return access->el == 3 || access->secure;
}

static void write_sgi0r(const struct access *access, uint64_t value)
{
    gic_send_sgi(access->gic, access->pe, GIC_G0, sends_secure(access), value);
}

static void write_sgi1r(const struct access *access, uint64_t value)
{
    bool secure = sends_secure(access);

    gic_send_sgi(access->gic, access->pe, secure ? GIC_G1S : GIC_G1NS, secure, value);
}

static void write_asgi1r(const struct access *access, uint64_t value)
{
    bool secure = sends_secure(access);

    gic_send_sgi(access->gic, access->pe, secure ? GIC_G1NS : GIC_G1S, secure, value);
}

struct icc_register {
    uint32_t key;
    unsigned least_el;
    bool secure; /* of Group 0: not the Non-secure state's */
    uint64_t (*read)(const struct access *access);
    void (*write)(const struct access *access, uint64_t value);
};

static const struct icc_register registers[] = {
    {GIC_SYSREG(3, 0, 4, 6, 0), 1, false, read_pmr, write_pmr},
    {GIC_SYSREG(3, 0, 12, 12, 0), 1, false, read_iar1, NULL},
    {GIC_SYSREG(3, 0, 12, 12, 1), 1, false, NULL, write_eoir1},
    {GIC_SYSREG(3, 0, 12, 12, 2), 1, false, read_hppir1, NULL},
    {GIC_SYSREG(3, 0, 12, 8, 0), 1, true, read_iar0, NULL},
    {GIC_SYSREG(3, 0, 12, 8, 1), 1, true, NULL, write_eoir0},
    {GIC_SYSREG(3, 0, 12, 8, 2), 1, true, read_hppir0, NULL},
    {GIC_SYSREG(3, 0, 12, 8, 3), 1, true, read_bpr0, write_bpr0},
    {GIC_SYSREG(3, 0, 12, 8, 4), 1, true, read_ap0r0, write_ap0r0},
    {GIC_SYSREG(3, 0, 12, 9, 0), 1, false, read_ap1r0, write_ap1r0},
    {GIC_SYSREG(3, 0, 12, 11, 1), 1, false, NULL, write_dir},
    {GIC_SYSREG(3, 0, 12, 11, 3), 1, false, read_rpr, NULL},
    {GIC_SYSREG(3, 0, 12, 11, 5), 1, false, NULL, write_sgi1r},
    {GIC_SYSREG(3, 0, 12, 11, 6), 1, false, NULL, write_asgi1r},
    {GIC_SYSREG(3, 0, 12, 11, 7), 1, false, NULL, write_sgi0r},
    {GIC_SYSREG(3, 0, 12, 12, 3), 1, false, read_bpr1, write_bpr1},
    {GIC_SYSREG(3, 0, 12, 12, 4), 1, false, read_ctlr_el1, write_ctlr_el1},
    {GIC_SYSREG(3, 0, 12, 12, 5), 1, false, read_sre_el1, write_sre},
    {GIC_SYSREG(3, 0, 12, 12, 6), 1, true, read_igrpen0, write_igrpen0},
    {GIC_SYSREG(3, 0, 12, 12, 7), 1, false, read_igrpen1, write_igrpen1},
    {GIC_SYSREG(3, 4, 12, 9, 5), 2, false, read_sre_elx, write_sre},
    {GIC_SYSREG(3, 6, 12, 12, 4), 3, false, read_ctlr_el3, write_ctlr_el3},
    {GIC_SYSREG(3, 6, 12, 12, 5), 3, false, read_sre_elx, write_sre},
    {GIC_SYSREG(3, 6, 12, 12, 7), 3, false, read_igrpen1_el3, write_igrpen1_el3},
};

/* The register, and who is at it; NULL: there is none for this state. */
static const struct icc_register *find_register(struct sim_pe *pe, uint32_t key, unsigned el,
                                                bool secure, struct access *access)
{
    struct gicv3 *gic = pe->machine->gic;

    if (gic == NULL)
        return NULL;
    *access = (struct access){
        gic, &gic->redist[pe->index], &gic->redist[pe->index].cpu, pe->index, el, secure};
    for (size_t i = 0; i < sizeof(registers) / sizeof(registers[0]); i++) {
        const struct icc_register *reg = &registers[i];

        if (reg->key == key)
            return el >= reg->least_el && !(reg->secure && is_ns_view(access)) ? reg : NULL;
    }
    return NULL;
}

bool gic_icc_read(struct sim_pe *pe, uint32_t key, unsigned el, bool secure, uint64_t *value)
{
    struct access access;
    const struct icc_register *reg = find_register(pe, key, el, secure, &access);

    if (reg == NULL || reg->read == NULL)
        return false;
    *value = reg->read(&access);
    return true;
}

bool gic_icc_write(struct sim_pe *pe, uint32_t key, unsigned el, bool secure, uint64_t value)
{
    struct access access;
    const struct icc_register *reg = find_register(pe, key, el, secure, &access);

    if (reg == NULL || reg->write == NULL)
        return false;
    reg->write(&access, value);
    gic_cpu_update(access.gic, access.redist);
    return true;
}
