/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The loop that the arch side owns: run the vCPU that the core names, bring its exit back. Around
 * it, EL3: the SPMD decides which world an SMC enters.
 */
#include <stdio.h>
#include <string.h>

#include "sim/device/gic.h"
#include "sim/host/fault_place.h"
#include "sim/host/host.h"
#include "sim/host/power.h"
#include "spmd/arch/arch.h"

#define GIC_SECURE_GROUP1 1020u /* ICC_HPPIR0_EL1 at EL3: one of Secure Group 1 is pending */

/* Resumes until an exit that the levels above must handle; slices and idling stay here. */
static void run_context(struct arch_pe *pe, struct context *context, struct context_exit *exit)
{
    context->pe = pe->pe;
    for (;;) {
        if (machine_pe_slice_over(pe->pe)) {
            machine_pe_yield(pe->pe);
        }
        context->ops->resume(context, exit);
        if (pe->pe->state == PE_DEAD) {
            machine_pe_halt(pe->pe);
        }
        switch (exit->kind) {
        case CONTEXT_EXIT_SLICE:
            machine_pe_yield(pe->pe);
            break;
        case CONTEXT_EXIT_WFI:
            machine_pe_wait(pe->pe);
            break;
        case CONTEXT_EXIT_FAILED:
            run_fail(pe->run, "%s: %s", context->config.name, exit->why);
            machine_pe_halt(pe->pe);
        default:
            machine_pe_advance(pe->pe, HOST_EXIT_NS);
            return;
        }
    }
}

static enum event_conduit call_event(uint64_t esr)
{
    switch (ESR_EC(esr)) {
    case ESR_EC_HVC64:
        return EVENT_HVC;
    case ESR_EC_SVC64:
        return EVENT_SVC;
    default:
        return EVENT_SMC;
    }
}

/* A partition whose script has ended waits for messages, for ever. */
static void partition_finished(struct arch_pe *pe, struct vcpu *vcpu, struct vcpu_exit *exit)
{
    if (vcpu->arch->finished) {
        run_fail(pe->run, "%s: the script ended inside a request",
                 vcpu->arch->context->config.name);
        machine_pe_halt(pe->pe);
    }
    vcpu->arch->finished = true;
    memset(vcpu->frame.x, 0, FFA_REGS * sizeof(vcpu->frame.x[0]));
    vcpu->frame.x[0] = FFA_MSG_WAIT;
    exit->esr = (uint64_t)(vcpu->arch->context->config.top_el == 0 ? ESR_EC_SVC64 : ESR_EC_SMC64)
                << 26;
    report_call(pe, vcpu->arch->context, call_event(exit->esr), vcpu->frame.x, FFA_REGS);
}

/* Runs a partition's vCPU until it exits to S-EL2. */
static void run_partition(struct arch_pe *pe, struct vcpu *vcpu, uint16_t from,
                          struct vcpu_exit *exit)
{
    struct context *context = vcpu->arch->context;
    struct context_exit out;

    if (vcpu->frame.store != 0) {
        context->ops->set_x(context, 0, vcpu->frame.store, vcpu->frame.x);
        report_resume(pe, context, from, vcpu->frame.x, vcpu->frame.store);
        if (pe->run->faults != NULL) {
            place_result(pe, context, vcpu->frame.x, vcpu->frame.store);
        }
        vcpu->frame.store = 0;
        if (vcpu->frame.x[0] != FFA_ERROR) {
            vcpu->arch->finished = false;
        }
    }
    if (pe->run->faults != NULL && place_enter(pe, vcpu, exit)) {
        return;
    }
    if (vcpu->arch->finished) {
        out.kind = CONTEXT_EXIT_FINISHED;
    } else if (vcpu->arch->hung) {
        place_hang(pe, context, &out);
    } else {
        run_context(pe, context, &out);
    }
    exit->kind = VCPU_EXIT_SYNC;
    if (out.kind == CONTEXT_EXIT_FINISHED) {
        partition_finished(pe, vcpu, exit);
        return;
    }
    if (out.kind == CONTEXT_EXIT_IRQ || out.kind == CONTEXT_EXIT_FIQ) {
        exit->kind = out.kind == CONTEXT_EXIT_FIQ ? VCPU_EXIT_FIQ : VCPU_EXIT_IRQ;
        report_interrupted(pe, context, 2, out.kind == CONTEXT_EXIT_FIQ);
        return;
    }
    exit->esr = out.esr;
    exit->far = out.far;
    exit->hpfar = out.hpfar;
    switch (ESR_EC(out.esr)) {
    case ESR_EC_SMC64:
    case ESR_EC_HVC64:
    case ESR_EC_SVC64: {
        unsigned count;

        context->ops->get_x(context, 0, FFA_REGS, vcpu->frame.x);
        if (pe->run->faults != NULL) {
            place_answer(pe, vcpu);
        }
        count = host_fid_is_extended(vcpu->frame.x[0]) ? FFA_REGS_EXTENDED : FFA_REGS;
        if (count != FFA_REGS) {
            /* For the event only: the core fetches them itself when the ABI has them. */
            uint64_t x[FFA_REGS_EXTENDED];

            context->ops->get_x(context, 0, FFA_REGS_EXTENDED, x);
            report_call(pe, context, call_event(out.esr), x, count);
        } else {
            report_call(pe, context, call_event(out.esr), vcpu->frame.x, count);
        }
        if (pe->run->faults != NULL) {
            place_call(pe, vcpu, count);
        }
        break;
    }
    case ESR_EC_DABT_LOWER:
    case ESR_EC_IABT_LOWER:
        report_abort(pe, context, exit);
        break;
    default:
        break;
    }
}

/*
 * The normal world of this PE, from the registers in x, until its next SMC: true, its registers are
 * in x. False: a FIQ to EL3 interrupted it; all its registers stay where they are.
 */
static bool run_normal_world(struct arch_pe *pe, uint64_t x[FFA_REGS_EXTENDED], unsigned count,
                             uint16_t from)
{
    struct context *context = pe->nwd;
    struct context_exit out;

    if (count != 0) {
        context->ops->set_x(context, 0, count, x);
    }
    report_resume(pe, context, from, x, count);
    if (pe->run->faults != NULL && count != 0) {
        place_result(pe, context, x, count);
    }
    for (;;) {
        run_context(pe, context, &out);
        if (out.kind == CONTEXT_EXIT_FINISHED) {
            /* The script of PE 0 ends the run; another one's leaves its PE idle. */
            if (pe->pe->index == 0) {
                run_done(pe->run);
            }
            machine_pe_halt(pe->pe);
        }
        if (out.kind == CONTEXT_EXIT_FIQ) {
            report_interrupted(pe, context, 3, true);
            return false;
        }
        if (ESR_EC(out.esr) == ESR_EC_SMC64) {
            break;
        }
        run_fail(pe->run, "%s: exception class 0x%02x to EL3", context->config.name,
                 (unsigned)ESR_EC(out.esr));
        machine_pe_halt(pe->pe);
    }
    context->ops->get_x(context, 0, FFA_REGS, x);
    count = FFA_REGS;
    if (host_fid_is_extended(x[0])) {
        count = FFA_REGS_EXTENDED;
        context->ops->get_x(context, FFA_REGS, FFA_REGS_EXTENDED - FFA_REGS, &x[FFA_REGS]);
    }
    report_call(pe, context, EVENT_SMC, x, count);
    if (pe->run->faults != NULL) {
        place_nwd_call(pe, x, count);
    }
    return true;
}

/* A FIQ while the normal world ran: Group 0 is EL3's, Secure Group 1 the SPMC's. */
static enum spmd_next take_fiq(struct arch_pe *pe, uint64_t x[FFA_REGS_EXTENDED], unsigned *count)
{
    struct spmd *spmd = &pe->run->spmd;
    uint32_t cpu_index = pe->pe->index;
    uint32_t intid = host_el3_pending(pe);

    if (intid == GIC_SECURE_GROUP1) {
        return spmd_secure_interrupt(spmd, cpu_index, x, count);
    }
    if (intid < GIC_SECURE_GROUP1) {
        intid = spmd_arch_group0_take(spmd, cpu_index);
        (void)spmd_group0(spmd, cpu_index, intid);
        spmd_arch_group0_end(spmd, cpu_index, intid);
    }
    return SPMD_RESUME_NON_SECURE;
}

static void power(struct arch_pe *pe, enum spmd_next next, const uint64_t *x)
{
    struct run *run = pe->run;

    if (next == SPMD_SYSTEM_OFF) {
        report_text(run, pe->pe, EVENT_PSCI, "system off");
        run_done(run);
    } else if (next == SPMD_SYSTEM_RESET) {
        char why[96];

        report_text(run, pe->pe, EVENT_PSCI, "system reset");
        snprintf(why, sizeof(why),
                 "the normal world asked for a system reset (type 0x%x, cookie %u)", (unsigned)x[1],
                 (unsigned)x[2]);
        reset_ask(run, why);
    } else {
        run_fail(run, "the SPMC could not initialise (FFA_ERROR %d)", (int)(int32_t)x[2]);
    }
    machine_pe_halt(pe->pe);
}

/* The SPMC returned to EL3 with the registers in the normal world's frame: on to its next call. */
static void run_el3(struct arch_pe *pe, struct vcpu *nwd, uint16_t from, struct vcpu_exit *exit)
{
    uint64_t *x = nwd->frame.x;
    enum spmd_world world = SPMD_SECURE;
    bool has_called = true; /* else a FIQ interrupted the normal world */
    uint64_t entry;

    nwd->frame.store = 0;
    exit->kind = VCPU_EXIT_EL3;
    for (;;) {
        unsigned count;
        enum spmd_next next = has_called
                                  ? spmd_handle_smc(&pe->run->spmd, pe->pe->index, world, x, &count)
                                  : take_fiq(pe, x, &count);

        if (next == SPMD_ENTER_SECURE) {
            return;
        }
        if (next == SPMD_CPU_ON) {
            power_on(pe, spmd_cpu_on_target(&pe->run->spmd, pe->pe->index));
        } else if (next == SPMD_CPU_OFF) {
            power_off(pe);
        } else if (next == SPMD_STANDBY) {
            power_standby(pe);
        } else if (next == SPMD_CPU_SUSPEND) {
            if (power_suspend(pe, x, &count) == SPMD_ENTER_SECURE) {
                return;
            }
        } else if (next == SPMD_RESUME_NON_SECURE) {
            count = 0;
        } else if (next != SPMD_ENTER_NON_SECURE) {
            power(pe, next, x);
        }
        if (spmd_take_entry(&pe->run->spmd, pe->pe->index, &entry)) {
            pe->nwd->ops->reset(pe->nwd, entry, x);
        }
        has_called = run_normal_world(pe, x, count, world == SPMD_SECURE ? from : FFA_ID_SPMD);
        world = SPMD_NON_SECURE;
    }
}

static void boot_params(struct run *run, struct spmc_boot_params *params)
{
    *params = (struct spmc_boot_params){
        .manifest = run->spmc_manifest,
        .manifest_size_bytes = run->spmc_manifest_size,
        .boot_mpidr = run->machine->pe[0].mpidr,
        .secondary_entry = run->attribute.entrypoint,
        .spmc_range = run->spmc_range,
        .pool_base = {run->spmc_range.base + run->spmc_image_bytes},
        .pool_size_bytes = run->spmc_range.size_bytes - run->spmc_image_bytes,
        .arena = run->arena,
        .arena_size_bytes = run->arena_size,
        .has_call_log_uart = true,
        .call_log_uart = {HOST_CALL_LOG_UART},
        .call_log_uart_pas = PAS_SECURE,
    };
    host_gic_params(&run->machine->board, &params->gic);
    for (unsigned i = 0; i < run->machine->board.device_count; i++) {
        const struct board_device *device = &run->machine->board.device[i];

        /* The secure world's own UART; one that both worlds see serves too. */
        if (strcmp(device->compatible, "arm,pl011") == 0 && device->secure &&
            (!params->has_uart || !device->non_secure)) {
            params->has_uart = true;
            params->uart = paddr(device->reg[0].base);
            params->uart_pas = PAS_SECURE;
            if (!device->non_secure) {
                break;
            }
        }
    }
}

/* The boot firmware leaves the SPMC's UART switched on (PL011 UARTCR: UARTEN, TXE, RXE). */
static void enable_uart(struct arch_pe *pe, const struct spmc_boot_params *params)
{
    const uint64_t pl011_cr = 0x30;
    const uint64_t on = 0x301;

    if (params->has_uart) {
        bus_write(&pe->run->machine->bus, pe->pe, params->uart.pa + pl011_cr, 4, BUS_SECURE, on);
    }
}

void host_loop(struct arch_pe *pe, struct vcpu *vcpu)
{
    struct run *run = pe->run;
    struct spmc_cpu *cpu = spmc_cpu(run->spmc, pe->pe->index);
    uint16_t from = FFA_ID_SPMC;

    for (;;) {
        struct vcpu_exit exit = {0};
        struct vcpu *next;
        bool is_short;

        if (partition_is_nwd(vcpu->partition)) {
            run_el3(pe, vcpu, from, &exit);
        } else {
            run_partition(pe, vcpu, from, &exit);
        }
        is_short = run->faults != NULL && place_short_of_memory(pe, vcpu);
        if (run->config.check) {
            check_before(pe, vcpu);
            next = spmc_handle_exit(cpu, vcpu, &exit);
            check_after(pe, vcpu, &exit, next);
        } else {
            next = spmc_handle_exit(cpu, vcpu, &exit);
        }
        if (is_short) {
            place_leave(pe);
        }
        report_partitions(pe);
        from = vcpu == next ? FFA_ID_SPMC : vcpu->partition->id;
        vcpu = next;
        if (run->failed) {
            machine_pe_halt(pe->pe);
        }
    }
}

void host_pe_main(struct sim_pe *sim_pe, void *arg)
{
    struct run *run = arg;
    struct arch_pe *pe = &run->arch_pe[sim_pe->index];
    struct spmc_boot_params params;
    struct vcpu *vcpu;

    boot_params(run, &params);
    enable_uart(pe, &params);
    gic_boot(run->machine);
    spmd_cpu_boot(&run->spmd, sim_pe->index);
    if (run->config.check && !check_maintenance_create(run)) {
        run_fail(run, "out of memory for the checkers");
        machine_pe_halt(sim_pe);
    }
    vcpu = spmc_cold_boot(pe, &params, &run->spmc);
    if (vcpu == NULL) {
        if (!run->failed) {
            run_fail(run, "%s", spmc_boot_diag(run->spmc)->text);
            run->verdict = RUN_BAD_INPUT;
        }
        machine_pe_halt(sim_pe);
    }
    if (run->config.check && !check_init(run)) {
        run_fail(run, "out of memory for the checkers");
        machine_pe_halt(sim_pe);
    }
    if (run->config.check) {
        check_maintenance_left(pe);
    }
    report_partitions(pe);
    if (run->config.booted != NULL) {
        run->config.booted(run->config.booted_user, run);
    }
    host_loop(pe, vcpu);
}
