/* SPDX-License-Identifier: BSD-3-Clause */
/* The state of a world that EL3 keeps while the other one runs. */
#include "el3.h"
#include "sysreg.h"

SYSREG(hcr_el2)
SYSREG(sctlr_el2)
SYSREG(cptr_el2)
SYSREG(mdcr_el2)
SYSREG(hstr_el2)
SYSREG(hacr_el2)
SYSREG(actlr_el2)
SYSREG(tcr_el2)
SYSREG(ttbr0_el2)
SYSREG(ttbr1_el2)
SYSREG(mair_el2)
SYSREG(amair_el2)
SYSREG(vbar_el2)
SYSREG(esr_el2)
SYSREG(elr_el2)
SYSREG(spsr_el2)
SYSREG(far_el2)
SYSREG(hpfar_el2)
SYSREG(afsr0_el2)
SYSREG(afsr1_el2)
SYSREG(contextidr_el2)
SYSREG(tpidr_el2)
SYSREG(sp_el2)
SYSREG(vtcr_el2)
SYSREG(vttbr_el2)
SYSREG(vmpidr_el2)
SYSREG(vpidr_el2)
SYSREG(cnthctl_el2)
SYSREG(cntvoff_el2)
SYSREG_AS(hcrx_el2, S3_4_C1_C2_2)
SYSREG_AS(hfgrtr_el2, S3_4_C1_C1_4)
SYSREG_AS(hfgwtr_el2, S3_4_C1_C1_5)
SYSREG_AS(hfgitr_el2, S3_4_C1_C1_6)
SYSREG_AS(hdfgrtr_el2, S3_4_C3_C1_4)
SYSREG_AS(hdfgwtr_el2, S3_4_C3_C1_5)
SYSREG_AS(zcr_el2, S3_4_C1_C2_0)
SYSREG_AS(zcr_el3, S3_6_C1_C2_0)
SYSREG_AS(icc_sre_el2, S3_4_C12_C9_5)
SYSREG_AS(ich_hcr_el2, S3_4_C12_C11_0)
SYSREG_AS(ich_vmcr_el2, S3_4_C12_C11_7)
SYSREG(apiakeylo_el1)
SYSREG(apiakeyhi_el1)
SYSREG(apibkeylo_el1)
SYSREG(apibkeyhi_el1)
SYSREG(apdakeylo_el1)
SYSREG(apdakeyhi_el1)
SYSREG(apdbkeylo_el1)
SYSREG(apdbkeyhi_el1)
SYSREG(apgakeylo_el1)
SYSREG(apgakeyhi_el1)
SYSREG(scr_el3)
SYSREG(sctlr_el1)
SYSREG(elr_el1)
SYSREG(spsr_el1)
SYSREG(esr_el1)
SYSREG(vbar_el1)
SYSREG(mpidr_el1)
SYSREG(midr_el1)
SYSREG(id_aa64mmfr0_el1)
SYSREG(id_aa64mmfr1_el1)
SYSREG(id_aa64pfr0_el1)

/* clang-format off */
#define EL2_REGISTERS(X)                                                                       \
    X(hcr) X(sctlr) X(cptr) X(mdcr) X(hstr) X(hacr) X(actlr) X(tcr) X(ttbr0) X(ttbr1) X(mair)  \
    X(amair) X(vbar) X(esr) X(elr) X(spsr) X(far) X(hpfar) X(afsr0) X(afsr1) X(contextidr)     \
    X(tpidr) X(sp) X(vtcr) X(vttbr) X(vmpidr) X(vpidr) X(cnthctl) X(cntvoff)
#define FGT_REGISTERS(X) X(hfgrtr) X(hfgwtr) X(hfgitr) X(hdfgrtr) X(hdfgwtr)
#define KEY_REGISTERS(X)                                                                       \
    X(0, apiakeylo) X(1, apiakeyhi) X(2, apibkeylo) X(3, apibkeyhi) X(4, apdakeylo)            \
    X(5, apdakeyhi) X(6, apdbkeylo) X(7, apdbkeyhi) X(8, apgakeylo) X(9, apgakeyhi)
/* clang-format on */

/* SCR_EL3 */
#define SCR_NS    (1ull << 0)
#define SCR_FIQ   (1ull << 2)
#define SCR_HCE   (1ull << 8)
#define SCR_RW    (1ull << 10)
#define SCR_APK   (1ull << 16)
#define SCR_API   (1ull << 17)
#define SCR_EEL2  (1ull << 18)
#define SCR_FGTEN (1ull << 27)
#define SCR_HXEN  (1ull << 38)
#define SCR_RES1  (3ull << 4)

#define HCR_RW         (1ull << 31)
#define HCR_API_APK    (3ull << 40)
#define SCTLR_EL2_RES1 0x30c50830ull
#define SCTLR_EL1_RES1 0x30d00980ull
#define CPTR_EL2_RES1  0x32ffull /* nothing trapped, SVE included; E2H is 0 */
#define CNTHCTL_EL1    3ull
#define ICC_SRE_ALL    0xfull
#define SPSR_EL2H      0x3c9ull
#define SPSR_EL1H      0x3c5ull
#define SPSR_SP        1ull
#define SPSR_EL(spsr)  (((spsr) >> 2) & 3u)
#define HCR_TGE        (1ull << 27)
#define ESR_UNKNOWN    (1ull << 25) /* class 0; 32 bits long */
#define VECTOR_SPX     0x200ull
#define VECTOR_LOWER   0x400ull
#define ZCR_LEN_MAX    0xfull

static bool has_fgt(void)
{
    return ((read_id_aa64mmfr0_el1() >> 56) & 0xfu) != 0;
}

static bool has_hcrx(void)
{
    return ((read_id_aa64mmfr1_el1() >> 40) & 0xfu) != 0;
}

static bool has_sve(void)
{
    return ((read_id_aa64pfr0_el1() >> 32) & 0xfu) != 0;
}

/* The GIC's EL2 registers answer in the security state that SCR_EL3.NS names. */
static void save(struct el3_world *world)
{
    struct el2_state *s = &world->el2;

#define SAVE(name) s->name = read_##name##_el2();
    EL2_REGISTERS(SAVE)
    if (has_fgt()) {
        FGT_REGISTERS(SAVE)
    }
    if (has_hcrx()) {
        SAVE(hcrx)
    }
    if (has_sve()) {
        SAVE(zcr)
    }
    SAVE(icc_sre)
    SAVE(ich_hcr)
    SAVE(ich_vmcr)
#undef SAVE
#define SAVE(n, name) world->keys[n] = read_##name##_el1();
    KEY_REGISTERS(SAVE)
#undef SAVE
}

static void load(const struct el3_world *world)
{
    const struct el2_state *s = &world->el2;

#define LOAD(name) write_##name##_el2(s->name);
    EL2_REGISTERS(LOAD)
    if (has_fgt()) {
        FGT_REGISTERS(LOAD)
    }
    if (has_hcrx()) {
        LOAD(hcrx)
    }
    if (has_sve()) {
        LOAD(zcr)
    }
    LOAD(icc_sre)
    LOAD(ich_hcr)
    LOAD(ich_vmcr)
#undef LOAD
#define LOAD(n, name) write_##name##_el1(world->keys[n]);
    KEY_REGISTERS(LOAD)
#undef LOAD
}

static void select(enum spmd_world world)
{
    uint64_t scr =
        SCR_RES1 | SCR_HCE | SCR_RW | SCR_APK | SCR_API | SCR_EEL2 | SCR_FGTEN | SCR_HXEN;

    /* Under the normal world, Secure interrupts are FIQs and come here; S-EL2 takes its own. */
    write_scr_el3(world == SPMD_NON_SECURE ? scr | SCR_NS | SCR_FIQ : scr);
    isb();
}

static void clear_world(struct el3_world *world)
{
    *world = (struct el3_world){0};
    world->el2.sctlr = SCTLR_EL2_RES1;
    world->el2.hcr = HCR_RW | HCR_API_APK;
    world->el2.cptr = CPTR_EL2_RES1;
    world->el2.cnthctl = CNTHCTL_EL1;
    world->el2.vmpidr = read_mpidr_el1();
    world->el2.vpidr = read_midr_el1();
    world->el2.zcr = ZCR_LEN_MAX;
    world->el2.icc_sre = ICC_SRE_ALL;
}

void context_init(struct el3_pe *pe)
{
    if (has_sve()) {
        write_zcr_el3(ZCR_LEN_MAX);
    }
    clear_world(&pe->world[SPMD_SECURE]);
    clear_world(&pe->world[SPMD_NON_SECURE]);
    pe->normal_world_started = false;
}

void context_start_secure(struct el3_pe *pe, uint64_t entry, uint64_t x0)
{
    struct el3_world *world = &pe->world[SPMD_SECURE];

    world->elr = entry;
    world->spsr = SPSR_EL2H;
    world->x[0] = x0;
    world->x[4] = pe->index;
    pe->running = SPMD_SECURE;
    pe->now = world;
    select(SPMD_SECURE);
    load(world);
}

void context_start_normal(struct el3_pe *pe, uint64_t entry, uint64_t x0, uint32_t el)
{
    struct el3_world *world = &pe->world[SPMD_NON_SECURE];

    clear_world(world);
    world->elr = entry;
    world->spsr = el == 2 ? SPSR_EL2H : SPSR_EL1H;
    world->x[0] = x0;
    pe->normal_world_started = true;
    write_sctlr_el1(SCTLR_EL1_RES1); /* EL1 registers are in place: S-EL2 has given them back */
}

void context_switch(struct el3_pe *pe, enum spmd_world to)
{
    save(&pe->world[pe->running]);
    select(to);
    load(&pe->world[to]);
    pe->running = to;
    pe->now = &pe->world[to];
}

void context_reload(const struct el3_pe *pe)
{
    load(pe->now);
}

void context_undefined(struct el3_pe *pe)
{
    struct el3_world *world = pe->now;
    uint64_t from = SPSR_EL(world->spsr);
    bool to_el2 = from == 2 || (from == 0 && (read_hcr_el2() & HCR_TGE) != 0);
    uint64_t vector = from == 0 ? VECTOR_LOWER : (world->spsr & SPSR_SP) != 0 ? VECTOR_SPX : 0;

    if (to_el2) {
        write_elr_el2(world->elr);
        write_spsr_el2(world->spsr);
        write_esr_el2(ESR_UNKNOWN);
        world->elr = read_vbar_el2() + vector;
        world->spsr = SPSR_EL2H;
    } else {
        write_elr_el1(world->elr);
        write_spsr_el1(world->spsr);
        write_esr_el1(ESR_UNKNOWN);
        world->elr = read_vbar_el1() + vector;
        world->spsr = SPSR_EL1H;
    }
}
