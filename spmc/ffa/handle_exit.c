/* SPDX-License-Identifier: BSD-3-Clause */
/* Every way into the core: why a vCPU came back, and who answers it. */
#include "ffa/dispatch.h"
#include "ffa/smc_forward.h"
#include "partition/abort.h"
#include "partition/call_chain.h"
#include "partition/inject.h"
#include "partition/stale_fault.h"
#include "spmc/call_log.h"
#include "spmc/interrupt.h"
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
    if (paravirt_call(cpu, vcpu)) {
        return vcpu;
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

    arch_vcpu_sysreg_write(cpu->arch, vcpu->arch, ARCH_VCPU_PC, pc + INSTRUCTION_BYTES);
    if ((ti == WFX_TI_WFI || ti == WFX_TI_WFIT) && !is_s_el0(vcpu)) {
        return vcpu;
    }
    return ffa_yield_instruction(cpu, vcpu); /* WFE, and WFI of S-EL0 */
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
    case ESR_EC_SYSREG:
        if (!is_s_el0(vcpu) && vtimer_access(cpu, vcpu, exit->esr)) {
            cpu->timers_changed = true;
            return vcpu;
        }
        break;
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
        return interrupt_secure(cpu, vcpu);
    case VCPU_EXIT_FIQ:
        return interrupt_other(cpu, vcpu);
    default:
        return partition_abort(cpu, vcpu, "SError, or an exit of unknown kind");
    }
}

static bool is_call(const struct vcpu_exit *exit)
{
    uint64_t ec = ESR_EC(exit->esr);

    return exit->kind == VCPU_EXIT_EL3 ||
           (exit->kind == VCPU_EXIT_SYNC &&
            (ec == ESR_EC_SMC64 || ec == ESR_EC_HVC64 || ec == ESR_EC_SVC64));
}

/* An error goes back to the caller: it goes on as it was, and nothing else has changed. */
static bool is_refused(const struct vcpu *vcpu, const struct vcpu_exit *exit,
                       const struct vcpu *next)
{
    return next == vcpu && next->frame.store != 0 && next->frame.x[0] == FFA_ERROR && is_call(exit);
}

/* Who comes to run, or was stopped, learns of notifications by an interrupt of its own. */
static void tell_notifications(struct spmc_cpu *cpu, struct vcpu *next)
{
    if (!partition_is_nwd(next->partition) && next->partition->manifest->notification_support &&
        notification_take_npi(cpu, next)) {
        arch_lock(cpu->arch, &cpu->spmc->chain_lock);
        (void)vint_inject(next, VINT_NOTIFICATION_PENDING);
        arch_unlock(cpu->arch, &cpu->spmc->chain_lock);
    }
}

static struct vcpu *handle_and_decide(struct spmc_cpu *cpu, struct vcpu *vcpu,
                                      const struct vcpu_exit *exit)
{
    struct vcpu *next = handle(cpu, vcpu, exit);

    if (is_refused(vcpu, exit, next)) {
        return next;
    }
    if (next != vcpu) {
        partition_abort_late(cpu, vcpu);
    }
    if (cpu->untold) {
        next = interrupt_tell(cpu, next);
    }
    if (next != vcpu || exit->kind == VCPU_EXIT_IRQ) {
        tell_notifications(cpu, next);
    }
    if (next != vcpu && vcpu->vint_held != 0) {
        arch_lock(cpu->arch, &cpu->spmc->chain_lock);
        interrupt_release(cpu, vcpu);
        arch_unlock(cpu->arch, &cpu->spmc->chain_lock);
    }
    interrupt_before_run(cpu, next);
    return next;
}

struct vcpu *spmc_handle_exit(struct spmc_cpu *cpu, struct vcpu *vcpu, const struct vcpu_exit *exit)
{
    struct call_log_entry entry;
    struct vcpu *next;

    if (!(SPMC_CALL_LOG && cpu->spmc->log.calls)) {
        return handle_and_decide(cpu, vcpu, exit);
    }
    call_log_enter(cpu, vcpu, exit, &entry);
    next = handle_and_decide(cpu, vcpu, exit);
    call_log_leave(cpu, vcpu, &entry, next);
    return next;
}
