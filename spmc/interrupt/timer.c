/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The EL1 physical timer of S-EL1 partitions (Arm ARM D11.2.4): CNTP_CTL, CVAL and TVAL_EL0 trap,
 * and CNTHPS counts for the nearest deadline of the vCPUs that are bound to a PE or ran there last.
 * VINT_TIMER becomes pending when the timer's output rises, and is withdrawn when it falls.
 */
#include "spmc/interrupt.h"

#include "arch/arch.h"
#include "spmc/internal.h"

#define CTL_ENABLE   0x1u
#define CTL_IMASK    0x2u
#define CTL_ISTATUS  0x4u
#define CTL_WRITABLE (CTL_ENABLE | CTL_IMASK)

#define INSTRUCTION_BYTES 4u

/* ISS of a trapped MSR or MRS: Op0, Op2, Op1, CRn, CRm, and apart from them Rt and the direction */
#define ISS_REGISTER 0x3ffc1eu
#define ISS_IS_READ  0x1u
#define ISS_RT(esr)  ((unsigned)((esr) >> 5) & 0x1fu)
#define ISS_CNTP(op2) \
    (3u << 20 | (uint32_t)(op2) << 17 | 3u << 14 | 14u << 10 | 2u << 1) /* S3_3_C14_C2_op2 */
#define ISS_CNTP_TVAL ISS_CNTP(0)
#define ISS_CNTP_CTL  ISS_CNTP(1)
#define ISS_CNTP_CVAL ISS_CNTP(2)

/* The timer's condition: CNTPCT has come to CVAL. Both are unsigned 64-bit numbers. */
static bool is_due(const struct vcpu *vcpu, uint64_t now)
{
    return (vcpu->timer_ctl & CTL_ENABLE) != 0 && now >= vcpu->timer_cval;
}

static bool is_unmasked(const struct vcpu *vcpu)
{
    return (vcpu->timer_ctl & CTL_WRITABLE) == CTL_ENABLE;
}

/* Its output may have changed. True: VINT_TIMER became pending. */
static bool follow_output(struct vcpu *vcpu, uint64_t now)
{
    bool output = is_unmasked(vcpu) && is_due(vcpu, now);
    bool rises = output && !vcpu->timer_told;

    if (!output) {
        vint_withdraw(vcpu, VINT_TIMER);
    }
    vcpu->timer_told = output;
    return rises && vint_inject(vcpu, VINT_TIMER);
}

static uint64_t read_register(const struct vcpu *vcpu, uint32_t name, uint64_t now)
{
    switch (name) {
    case ISS_CNTP_CTL:
        return vcpu->timer_ctl | (is_due(vcpu, now) ? CTL_ISTATUS : 0);
    case ISS_CNTP_CVAL:
        return vcpu->timer_cval;
    default:
        return (uint32_t)(vcpu->timer_cval - now);
    }
}

static void write_register(struct vcpu *vcpu, uint32_t name, uint64_t now, uint64_t value)
{
    switch (name) {
    case ISS_CNTP_CTL:
        vcpu->timer_ctl = (uint32_t)value & CTL_WRITABLE;
        break;
    case ISS_CNTP_CVAL:
        vcpu->timer_cval = value;
        vcpu->timer_told = false; /* another deadline, even if it has passed too */
        break;
    default:
        vcpu->timer_cval = now + (uint64_t)(int64_t)(int32_t)(uint32_t)value;
        vcpu->timer_told = false;
        break;
    }
    (void)follow_output(vcpu, now);
}

bool vtimer_access(struct spmc_cpu *cpu, struct vcpu *vcpu, uint64_t esr)
{
    struct arch_pe *pe = cpu->arch;
    uint32_t name = (uint32_t)esr & ISS_REGISTER;
    unsigned rt = ISS_RT(esr);
    uint64_t now;

    if ((name != ISS_CNTP_TVAL && name != ISS_CNTP_CTL && name != ISS_CNTP_CVAL) ||
        !vint_is_owned(vcpu->partition, VINT_TIMER)) {
        return false;
    }
    now = arch_sysreg_read(pe, ARCH_CNTPCT);
    if ((esr & ISS_IS_READ) != 0) {
        arch_vcpu_set_x(pe, vcpu->arch, rt, read_register(vcpu, name, now));
    } else {
        uint64_t value = arch_vcpu_get_x(pe, vcpu->arch, rt);

        arch_lock(pe, &cpu->spmc->chain_lock);
        write_register(vcpu, name, now, value);
        arch_unlock(pe, &cpu->spmc->chain_lock);
    }
    arch_vcpu_sysreg_write(pe, vcpu->arch, ARCH_VCPU_PC,
                           arch_vcpu_sysreg_read(pe, vcpu->arch, ARCH_VCPU_PC) + INSTRUCTION_BYTES);
    return true;
}

/* The vCPU of this partition whose timer this PE looks after; NULL: none. */
static struct vcpu *vcpu_here(const struct spmc_cpu *cpu, const struct partition *partition)
{
    uint32_t index = partition->vcpu_count == 1 ? 0 : cpu->index;
    struct vcpu *vcpu = index < partition->vcpu_count ? &partition->vcpu[index] : NULL;

    return vcpu != NULL && vcpu->cpu == cpu ? vcpu : NULL;
}

struct vcpu *vtimer_expired(struct spmc_cpu *cpu)
{
    uint64_t now = arch_sysreg_read(cpu->arch, ARCH_CNTPCT);

    for (uint32_t i = 0; i < cpu->spmc->partition_count; i++) {
        struct vcpu *vcpu = vcpu_here(cpu, &cpu->spmc->partition[i]);

        if (vcpu != NULL && is_unmasked(vcpu) && !vcpu->timer_told && follow_output(vcpu, now)) {
            return vcpu;
        }
    }
    vtimer_program(cpu); /* else it would fire again for what was just told */
    return NULL;
}

void vtimer_program(struct spmc_cpu *cpu)
{
    uint64_t nearest = UINT64_MAX;

    if (!cpu->spmc->gic.present) {
        return;
    }
    for (uint32_t i = 0; i < cpu->spmc->partition_count; i++) {
        const struct vcpu *vcpu = vcpu_here(cpu, &cpu->spmc->partition[i]);

        if (vcpu != NULL && is_unmasked(vcpu) && !vcpu->timer_told && vcpu->timer_cval < nearest) {
            nearest = vcpu->timer_cval;
        }
    }
    if (nearest == cpu->timer_deadline) {
        return;
    }
    cpu->timer_deadline = nearest;
    if (nearest != UINT64_MAX) {
        arch_sysreg_write(cpu->arch, ARCH_CNTHPS_CVAL, nearest);
    }
    arch_sysreg_write(cpu->arch, ARCH_CNTHPS_CTL, nearest != UINT64_MAX ? CTL_ENABLE : 0);
}

void vtimer_reset(struct vcpu *vcpu)
{
    vcpu->timer_ctl = 0;
    vcpu->timer_cval = 0;
    vcpu->timer_told = false;
    vint_withdraw(vcpu, VINT_TIMER);
}
