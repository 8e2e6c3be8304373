/* SPDX-License-Identifier: BSD-3-Clause */
/* Every way into the core: why a vCPU came back, and who answers it. */
#include "ffa/dispatch.h"
#include "ffa/smc_forward.h"
#include "partition/abort.h"
#include "partition/call_chain.h"
#include "partition/inject.h"
#include "partition/stale_fault.h"
#include "spmc/call_log.h"
#include "spmc/mem.h"

#define ESR_WFX_TI(esr)   ((esr)&0x3u) /* 0: WFI, 1: WFE */
#define WFX_TI_WFI        0u
#define WFX_TI_WFIT       2u
#define INSTRUCTION_BYTES 4u

static struct vcpu *on_call(struct spmc_cpu *cpu, struct vcpu *vcpu, bool is_smc)
{
    uint32_t fid = (uint32_t)vcpu->frame.x[0] & ~SMCCC_SVE_HINT;

    if (ffa_fid_is_ffa(fid)) {
        return ffa_dispatch(cpu, vcpu, fid);
    }
    if (is_smc) {
        smc_forward(cpu, vcpu);
    } else {
        smc_unknown(vcpu);
    }
    return vcpu;
}

static bool is_s_el0(const struct vcpu *vcpu)
{
    return vcpu->partition->manifest->exception_level == MANIFEST_S_EL0;
}

static struct vcpu *on_abort(struct spmc_cpu *cpu, struct vcpu *vcpu, const struct vcpu_exit *exit)
{
    struct spmc *spmc = cpu->spmc;

    if (fault_is_stale(cpu, vcpu, exit)) {
        return vcpu;
    }
    spmc_log(cpu->arch, &spmc->log, SPMC_LOG_WARNING, "%s: vCPU %u: %s abort at 0x%lx (ESR 0x%lx)",
             spmc_partition_name(vcpu->partition), (unsigned)vcpu->index,
             ESR_EC(exit->esr) == ESR_EC_IABT_LOWER ? "instruction" : "data", exit->far, exit->esr);
    if (is_s_el0(vcpu)) {
        return partition_abort(cpu, vcpu, "a fault that no handler of its own can take");
    }
    if (!inject_abort(cpu, vcpu, exit)) {
        return partition_abort(cpu, vcpu, "its exception vector is not executable");
    }
    return vcpu;
}

static struct vcpu *on_wfx(struct spmc_cpu *cpu, struct vcpu *vcpu, uint64_t esr)
{
    uint64_t ti = ESR_WFX_TI(esr);
    uint64_t pc = arch_vcpu_sysreg_read(cpu->arch, vcpu->arch, ARCH_VCPU_PC);
    uint64_t x[FFA_REGS];
    struct vcpu *next;

    arch_vcpu_sysreg_write(cpu->arch, vcpu->arch, ARCH_VCPU_PC, pc + INSTRUCTION_BYTES);
    if ((ti == WFX_TI_WFI || ti == WFX_TI_WFIT) && !is_s_el0(vcpu)) {
        return vcpu;
    }
    /* WFE, and WFI of S-EL0, gives cycles back as FFA_YIELD does, but has no result: its registers
     * stay. */
    memcpy(x, vcpu->frame.x, sizeof(x));
    memset(vcpu->frame.x, 0, sizeof(x));
    next = ffa_dispatch(cpu, vcpu, FFA_YIELD);
    memcpy(vcpu->frame.x, x, sizeof(x));
    vcpu->frame.store = 0;
    return next;
}

static struct vcpu *on_sync(struct spmc_cpu *cpu, struct vcpu *vcpu, const struct vcpu_exit *exit)
{
    uint64_t ec = ESR_EC(exit->esr);

    switch (ec) {
    case ESR_EC_SMC64:
        return on_call(cpu, vcpu, true);
    case ESR_EC_HVC64:
    case ESR_EC_SVC64: /* the conduit of S-EL0; S-EL1 takes its own */
        return on_call(cpu, vcpu, false);
    case ESR_EC_IABT_LOWER:
    case ESR_EC_DABT_LOWER:
        return on_abort(cpu, vcpu, exit);
    case ESR_EC_WFX:
        return on_wfx(cpu, vcpu, exit->esr);
    default:
        break;
    }
    spmc_log(cpu->arch, &cpu->spmc->log, SPMC_LOG_WARNING,
             "%s: vCPU %u: exception class 0x%02x is not for partitions",
             spmc_partition_name(vcpu->partition), (unsigned)vcpu->index, (unsigned)ec);
    if (is_s_el0(vcpu)) {
        return partition_abort(cpu, vcpu, "an instruction that it may not use");
    }
    inject_undefined(cpu, vcpu);
    return vcpu;
}

/*
 * A non-secure interrupt is pending. With action "signaled" the normal world gets its cycles back
 * at once; its caller, or it, may resume the vCPU with FFA_RUN. In SPMC mode, and with action
 * "queued", non-secure interrupts are masked, and what came in before that takes effect waits.
 */
static struct vcpu *on_ns_interrupt(struct spmc_cpu *cpu, struct vcpu *vcpu)
{
    struct spmc *spmc = cpu->spmc;
    struct vcpu *next;

    if (vcpu->sched_mode != SCHED_NWD || vcpu->runtime_model == RTM_SP_INIT ||
        vcpu->partition->manifest->ns_interrupts_action == NS_ACTION_QUEUED) {
        return vcpu;
    }
    arch_lock(cpu->arch, &spmc->chain_lock);
    vcpu_leave(vcpu, VCPU_PREEMPTED);
    next = call_chain_hand_back(cpu, vcpu);
    arch_unlock(cpu->arch, &spmc->chain_lock);
    memset(next->frame.x, 0, FFA_REGS * sizeof(next->frame.x[0]));
    next->frame.x[0] = FFA_INTERRUPT;
    next->frame.x[1] = FFA_PAIR(vcpu->partition->id, vcpu->index);
    next->frame.store = FFA_REGS;
    return next;
}

static struct vcpu *handle(struct spmc_cpu *cpu, struct vcpu *vcpu, const struct vcpu_exit *exit)
{
    if (exit->kind == VCPU_EXIT_EL3) {
        uint32_t fid = (uint32_t)vcpu->frame.x[0] & ~SMCCC_SVE_HINT;

        return ffa_dispatch(cpu, vcpu, fid);
    }
    if (vcpu->partition->state == PARTITION_ABORTING) {
        return partition_abort(cpu, vcpu, "its partition aborted on another PE");
    }
    switch (exit->kind) {
    case VCPU_EXIT_SYNC:
        return on_sync(cpu, vcpu, exit);
    case VCPU_EXIT_IRQ:
        return vcpu; /* secure interrupts have no owner yet: spurious */
    case VCPU_EXIT_FIQ:
        return on_ns_interrupt(cpu, vcpu);
    default:
        return partition_abort(cpu, vcpu, "SError, or an exit of unknown kind");
    }
}

struct vcpu *spmc_handle_exit(struct spmc_cpu *cpu, struct vcpu *vcpu, const struct vcpu_exit *exit)
{
    struct call_log_entry entry;
    struct vcpu *next;

    if (!(SPMC_CALL_LOG && cpu->spmc->log.calls)) {
        return handle(cpu, vcpu, exit);
    }
    call_log_enter(cpu, vcpu, exit, &entry);
    next = handle(cpu, vcpu, exit);
    call_log_leave(cpu, vcpu, &entry, next);
    return next;
}
