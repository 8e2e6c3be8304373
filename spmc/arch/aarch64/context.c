/* SPDX-License-Identifier: BSD-3-Clause */
/* Whose EL1 system registers and FP/SIMD state are in the registers: see port.h. */
#include "arch/aarch64/port.h"
#include "arch/aarch64/sysreg.h"

SYSREG(sctlr_el12)
SYSREG(cpacr_el12)
SYSREG(ttbr0_el12)
SYSREG(ttbr1_el12)
SYSREG(tcr_el12)
SYSREG(mair_el12)
SYSREG(amair_el12)
SYSREG(vbar_el12)
SYSREG(contextidr_el12)
SYSREG(esr_el12)
SYSREG(far_el12)
SYSREG(afsr0_el12)
SYSREG(afsr1_el12)
SYSREG(spsr_el12)
SYSREG(elr_el12)
SYSREG(sp_el0)
SYSREG(sp_el1)
SYSREG(tpidr_el0)
SYSREG(tpidrro_el0)
SYSREG(tpidr_el1)
SYSREG(csselr_el1)
SYSREG(actlr_el1)
SYSREG(mdscr_el1)
SYSREG(cntkctl_el12)
SYSREG(apibkeylo_el1)
SYSREG(apibkeyhi_el1)
SYSREG(apdakeylo_el1)
SYSREG(apdakeyhi_el1)
SYSREG(apdbkeylo_el1)
SYSREG(apdbkeyhi_el1)
SYSREG(apgakeylo_el1)
SYSREG(apgakeyhi_el1)

/* Every register of struct el1_state with its name there. */
#define EL1_REGISTERS(X)           \
    X(sctlr, sctlr_el12)           \
    X(cpacr, cpacr_el12)           \
    X(ttbr0, ttbr0_el12)           \
    X(ttbr1, ttbr1_el12)           \
    X(tcr, tcr_el12)               \
    X(mair, mair_el12)             \
    X(amair, amair_el12)           \
    X(vbar, vbar_el12)             \
    X(contextidr, contextidr_el12) \
    X(esr, esr_el12)               \
    X(far, far_el12)               \
    X(afsr0, afsr0_el12)           \
    X(afsr1, afsr1_el12)           \
    X(spsr, spsr_el12)             \
    X(elr, elr_el12)               \
    X(sp_el0, sp_el0)              \
    X(sp_el1, sp_el1)              \
    X(tpidr_el0, tpidr_el0)        \
    X(tpidrro_el0, tpidrro_el0)    \
    X(tpidr_el1, tpidr_el1)        \
    X(par, par_el1)                \
    X(csselr, csselr_el1)          \
    X(actlr, actlr_el1)            \
    X(mdscr, mdscr_el1)            \
    X(cntkctl, cntkctl_el12)       \
    X(apib[0], apibkeylo_el1)      \
    X(apib[1], apibkeyhi_el1)      \
    X(apda[0], apdakeylo_el1)      \
    X(apda[1], apdakeyhi_el1)      \
    X(apdb[0], apdbkeylo_el1)      \
    X(apdb[1], apdbkeyhi_el1)      \
    X(apga[0], apgakeylo_el1)      \
    X(apga[1], apgakeyhi_el1)

static void el1_save(struct el1_state *s)
{
#define SAVE(field, name) s->field = read_##name();
    EL1_REGISTERS(SAVE)
#undef SAVE
}

static void el1_load(const struct el1_state *s)
{
#define LOAD(field, name) write_##name(s->field);
    EL1_REGISTERS(LOAD)
#undef LOAD
}

static void fp_keep(struct fp_state *fp)
{
    fp_save(fp->q);
    fp->fpsr = read_fpsr();
    fp->fpcr = read_fpcr();
}

static void fp_give(const struct fp_state *fp)
{
    fp_load(fp->q);
    write_fpsr(fp->fpsr);
    write_fpcr(fp->fpcr);
}

static void set_hcr(struct arch_pe *pe, uint64_t hcr)
{
    if (pe->hcr != hcr) {
        write_hcr_el2(hcr);
        pe->hcr = hcr;
    }
}

void context_enter(struct arch_pe *pe, struct arch_vcpu *vcpu)
{
    bool has_fp = pe->fp_owner == vcpu && vcpu->fp_loaded == pe;

    timer_hold(pe);
    if (pe->el1_owner != vcpu || vcpu->el1_loaded != pe) {
        if (pe->el1_owner == NULL) {
            el1_save(&pe->nwd_el1);
        }
        el1_load(&vcpu->el1);
        if (vcpu->ttbr0 == 0) {
            write_vmpidr_el2(vcpu->vmpidr);
            write_vtcr_el2(vcpu->vtcr);
            write_vstcr_el2(vcpu->vstcr);
            write_vttbr_el2(vcpu->vttbr);
            write_vsttbr_el2(vcpu->vsttbr);
        }
        pe->el1_owner = vcpu;
        vcpu->el1_loaded = pe;
    }
    /* Each time: its virtual interrupts may have changed since. */
    set_hcr(pe, vcpu->hcr | HCR_E2H);
    write_cptr_el2(has_fp ? CPTR_FPEN : 0);
    isb();
}

/* Written back at once: from here on another PE may take the vCPU. */
void context_left(struct arch_pe *pe, struct arch_vcpu *vcpu)
{
    if (vcpu->ttbr0 != 0) {
        /* With TGE, TLB maintenance for EL1 would be maintenance for EL2. */
        set_hcr(pe, (vcpu->hcr & ~HCR_TGE) | HCR_E2H);
        isb();
    }
    timer_guard(pe);
    el1_save(&vcpu->el1);
    if (pe->fp_owner == vcpu) {
        fp_keep(&vcpu->fp);
    }
}

static void nwd_fp_save(struct arch_pe *pe)
{
    if (pe->has_sve) {
        sve_save(pe->nwd_sve);
        pe->nwd_fp.fpsr = read_fpsr();
        pe->nwd_fp.fpcr = read_fpcr();
    } else {
        fp_keep(&pe->nwd_fp);
    }
}

static void nwd_fp_load(struct arch_pe *pe)
{
    if (pe->has_sve) {
        sve_load(pe->nwd_sve);
        write_fpsr(pe->nwd_fp.fpsr);
        write_fpcr(pe->nwd_fp.fpcr);
    } else {
        fp_give(&pe->nwd_fp);
    }
}

/* Its first FP/SIMD instruction since others had the registers. */
void context_take_fp(struct arch_pe *pe, struct arch_vcpu *vcpu)
{
    write_cptr_el2(CPTR_FPEN | (pe->has_sve ? CPTR_ZEN : 0));
    isb();
    if (pe->fp_owner == NULL) {
        nwd_fp_save(pe);
    }
    fp_give(&vcpu->fp);
    pe->fp_owner = vcpu;
    vcpu->fp_loaded = pe;
}

void context_enter_nwd(struct arch_pe *pe)
{
    timer_release(pe);
    if (pe->el1_owner != NULL) {
        el1_load(&pe->nwd_el1);
        pe->el1_owner = NULL;
    }
    if (pe->fp_owner != NULL) {
        write_cptr_el2(CPTR_FPEN | (pe->has_sve ? CPTR_ZEN : 0));
        isb();
        nwd_fp_load(pe);
        pe->fp_owner = NULL;
        write_cptr_el2(0);
        isb();
    }
}
