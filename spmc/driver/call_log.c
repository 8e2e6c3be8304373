/* SPDX-License-Identifier: BSD-3-Clause */
#include "spmc/call_log.h"

#include "ffa/dispatch.h"
#include "spmc/format.h"
#include "spmc/internal.h"
#include "spmc/mem.h"
#include "spmc/pl011.h"

#define PIECE_BYTES 64u

static void put(struct spmc_cpu *cpu, const char *format, ...)
{
    const struct spmc_log *log = &cpu->spmc->log;
    char text[PIECE_BYTES];
    va_list args;
    size_t size;

    va_start(args, format);
    size = format_text_v(text, sizeof(text), format, args);
    va_end(args);
    for (size_t i = 0; i < size; i++) {
        pl011_put(cpu->arch, log->calls_uart, (enum pas)log->calls_uart_pas, text[i]);
    }
}

/* x0, and the others up to the last that is not zero. */
static void put_registers(struct spmc_cpu *cpu, const uint64_t *x, uint32_t count)
{
    while (count > 1 && x[count - 1] == 0) {
        count--;
    }
    for (uint32_t n = 0; n < count; n++) {
        put(cpu, " %lx", x[n]);
    }
}

static void put_vcpu(struct spmc_cpu *cpu, const struct vcpu *vcpu)
{
    put(cpu, " %04x/%u", (unsigned)vcpu->partition->id, (unsigned)vcpu->index);
}

static void put_reason(struct spmc_cpu *cpu, const struct call_log_entry *entry)
{
    const struct vcpu_exit *exit = entry->exit;

    switch (exit->kind) {
    case VCPU_EXIT_EL3:
        put(cpu, " el3");
        return;
    case VCPU_EXIT_IRQ:
        put(cpu, " irq");
        return;
    case VCPU_EXIT_FIQ:
        put(cpu, " fiq");
        return;
    case VCPU_EXIT_SYNC:
        break;
    default:
        put(cpu, " serror");
        return;
    }
    switch (ESR_EC(exit->esr)) {
    case ESR_EC_SMC64:
        put(cpu, " smc");
        break;
    case ESR_EC_HVC64:
        put(cpu, " hvc");
        break;
    case ESR_EC_SVC64:
        put(cpu, " svc");
        break;
    case ESR_EC_IABT_LOWER:
    case ESR_EC_DABT_LOWER:
        put(cpu, " abort %lx %lx %lx", exit->esr, exit->far, exit->hpfar);
        break;
    default:
        put(cpu, " trap %lx", exit->esr);
        break;
    }
}

/*
 * Who runs next, with the registers that it gets. A vCPU that starts has them from its boot
 * protocol, in the arch side's part.
 */
static void put_next(struct spmc_cpu *cpu, const struct vcpu *next, bool is_fresh)
{
    put(cpu, " ->");
    put_vcpu(cpu, next);
    if (next->frame.store != 0) {
        put_registers(cpu, next->frame.x, next->frame.store);
    } else if (is_fresh && next->arch != NULL) {
        uint64_t x[FFA_REGS];

        for (unsigned n = 0; n < FFA_REGS; n++) {
            x[n] = arch_vcpu_get_x(cpu->arch, next->arch, n);
        }
        put_registers(cpu, x, FFA_REGS);
    } else {
        put(cpu, " kept");
    }
    put(cpu, " ;");
}

static bool is_call(const struct vcpu_exit *exit)
{
    uint64_t ec = ESR_EC(exit->esr);

    return exit->kind == VCPU_EXIT_EL3 ||
           (exit->kind == VCPU_EXIT_SYNC &&
            (ec == ESR_EC_SMC64 || ec == ESR_EC_HVC64 || ec == ESR_EC_SVC64));
}

/* A log that goes elsewhere waits for nobody who prints: it shall not change when things happen. */
static struct arch_lock *lock_of(struct spmc_log *log)
{
    return log->has_uart && log->uart.pa == log->calls_uart.pa ? &log->lock : &log->calls_lock;
}

void call_log_enter(struct spmc_cpu *cpu, struct vcpu *vcpu, const struct vcpu_exit *exit,
                    struct call_log_entry *entry)
{
    uint32_t fid = (uint32_t)vcpu->frame.x[0] & ~SMCCC_SVE_HINT;
    const struct ffa_abi *abi = ffa_abi_find(fid);

    entry->exit = exit;
    entry->runtime_model = vcpu->runtime_model;
    entry->count = is_call(exit) ? FFA_REGS : 0;
    memcpy(entry->x, vcpu->frame.x, sizeof(entry->x));
    if (entry->count == 0) {
        return;
    }
    if (abi != NULL && abi->registers == FFA_REGS_EXTENDED) {
        entry->count = FFA_REGS_EXTENDED;
    } else if (fid == FFA_SUCCESS_64 && vcpu->arch != NULL) {
        /* The normal world's frame holds x8..x17 only where the table says so. */
        entry->count = FFA_REGS_EXTENDED;
    }
    if (entry->count == FFA_REGS_EXTENDED && vcpu->arch != NULL) {
        arch_vcpu_load_extended(cpu->arch, vcpu->arch, entry->x);
    }
}

void call_log_leave(struct spmc_cpu *cpu, const struct vcpu *vcpu,
                    const struct call_log_entry *entry, const struct vcpu *next)
{
    bool is_fresh = next != vcpu && next->state == VCPU_STARTING;

    arch_lock(cpu->arch, lock_of(&cpu->spmc->log));
    put(cpu, "@%u", cpu->index);
    put_vcpu(cpu, vcpu);
    put_reason(cpu, entry);
    put_registers(cpu, entry->x, entry->count);
    put_next(cpu, next, is_fresh);
    put(cpu, " %s %u %s\n", vcpu_state_name((enum vcpu_state)vcpu->state),
        (unsigned)entry->runtime_model, vcpu_state_name((enum vcpu_state)next->state));
    arch_unlock(cpu->arch, lock_of(&cpu->spmc->log));
}

void call_log_boot(struct spmc_cpu *cpu, const struct vcpu *next)
{
    struct spmc_log *log = &cpu->spmc->log;

    if (!(SPMC_CALL_LOG && log->calls)) {
        return;
    }
    arch_lock(cpu->arch, lock_of(log));
    put(cpu, "@%u boot", cpu->index);
    put_next(cpu, next, true);
    put(cpu, " %s\n", vcpu_state_name((enum vcpu_state)next->state));
    arch_unlock(cpu->arch, lock_of(log));
}
