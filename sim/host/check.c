/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Always-on invariants, checked around every entry into the SPMC (docs/architecture.md,
 * "Invariants"): a rejected call changes nothing; vCPUs are in legal states; call chains are
 * acyclic and on one PE; registers that the ABI leaves undefined are zero.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/host/check_memory.h"

bool check_init(struct run *run)
{
    const void *start;

    spmc_mutable_state(run->spmc, &start, &run->shadow_size);
    run->shadow = calloc(1, run->shadow_size);
    run->check_all = true;
    run->memory_changed = true;
    run->notifications_changed = true;
    return run->shadow != NULL && check_memory_create(run);
}

static void broken(struct run *run, const char *law, const struct vcpu *vcpu)
{
    char text[160];

    snprintf(text, sizeof(text), "%s (%s vCPU %u)", law, spmc_partition_name(vcpu->partition),
             vcpu->index);
    report_text(run, run->machine->current, EVENT_CHECK, text);
    run_fail(run, "invariant: %s", text);
}

void check_law_broken(struct run *run, const char *law, const struct vcpu *vcpu)
{
    broken(run, law, vcpu);
}

/* What is under locks that nobody took is as it was: most of it all. */
static void make_shadow(struct run *run)
{
    const void *start;
    const void *part[2];
    size_t size;
    size_t at[2];

    spmc_mutable_state(run->spmc, &start, &size);
    spmc_locked_state(run->spmc, &part[0], &part[1]);
    at[0] = (size_t)((const uint8_t *)part[0] - (const uint8_t *)start);
    at[1] = (size_t)((const uint8_t *)part[1] - (const uint8_t *)start);
    memcpy(run->shadow, start, at[0]);
    if (run->memory_changed) {
        memcpy((uint8_t *)run->shadow + at[0], part[0], at[1] - at[0]);
        run->memory_changed = false;
    }
    if (run->notifications_changed) {
        memcpy((uint8_t *)run->shadow + at[1], part[1], size - at[1]);
        run->notifications_changed = false;
    }
}

/*
 * Several PEs can be in the core, each put off at a lock, a register or a descriptor. What a call
 * changed can be told only where nobody else was in there meanwhile; what holds whenever no lock is
 * held is looked at then.
 */
void check_before(struct arch_pe *pe, const struct vcpu *vcpu)
{
    struct run *run = pe->run;

    pe->was_alone = run->inside++ == 0;
    pe->entry_switches = run->core_switches;
    if (!pe->was_alone) {
        return;
    }
    make_shadow(run);
    run->shadow_fid = (uint32_t)vcpu->frame.x[0];
    run->shadow_free_pages = spmc_page_pool(run->spmc)->free_count;
    run->shadow_memory_writes = run->memory_writes;
}

/* Where an object of the mutable state lies in its copy from before the call. */
static void *shadow_of(const struct run *run, const void *object)
{
    const void *start;
    size_t size;

    spmc_mutable_state(run->spmc, &start, &size);
    return (uint8_t *)run->shadow + ((const uint8_t *)object - (const uint8_t *)start);
}

static void check_rejected(struct run *run, const struct vcpu *vcpu)
{
    const void *start;
    size_t size;
    struct vcpu *was = shadow_of(run, vcpu);
    struct partition *partition_was = shadow_of(run, vcpu->partition);

    /* What an error may change: the result registers, and that an ABI has been used. */
    was->frame = vcpu->frame;
    partition_was->version_frozen = vcpu->partition->version_frozen;
    spmc_mutable_state(run->spmc, &start, &size);
    if (memcmp(run->shadow, start, size) != 0) {
        broken(run, "a rejected call changed the state of the SPMC", vcpu);
    } else if (spmc_page_pool(run->spmc)->free_count != run->shadow_free_pages) {
        broken(run, "a rejected call kept or lost pages of the pool", vcpu);
    } else if (run->memory_writes != run->shadow_memory_writes &&
               (int32_t)vcpu->frame.x[2] != FFA_ABORTED) {
        /* ABORTED: memory that went away while it was being written */
        broken(run, "a rejected call wrote memory", vcpu);
    }
}

/* FFA_ERROR defines w0, w1 and w2; everything else is zero. */
static void check_error_registers(struct run *run, const struct vcpu *vcpu)
{
    const uint64_t *x = vcpu->frame.x;

    if ((x[3] | x[4] | x[5] | x[6] | x[7]) != 0 || (x[2] >> 32) != 0) {
        broken(run, "FFA_ERROR with registers that must be zero", vcpu);
    }
}

static void check_chain(struct run *run, const struct vcpu *vcpu, uint32_t most)
{
    const struct vcpu *at = vcpu;

    for (uint32_t steps = 0; at->chain_next != NULL; steps++) {
        const struct vcpu *next = at->chain_next;

        if (steps > most) {
            broken(run, "a call chain has a cycle", vcpu);
            return;
        }
        if (next->chain_prev != at) {
            broken(run, "a call chain is torn", next);
            return;
        }
        if (next->cpu != at->cpu) {
            broken(run, "a call chain spans PEs", next);
            return;
        }
        at = next;
    }
}

static void check_vcpu(struct run *run, const struct vcpu *vcpu, const struct vcpu *next,
                       uint32_t most)
{
    switch (vcpu->state) {
    case VCPU_RUNNING:
    case VCPU_STARTING:
        if (vcpu->runtime_model == RTM_NONE) {
            broken(run, "a vCPU runs without a runtime model", vcpu);
        } else if (vcpu->cpu == NULL || !vcpu->cpu->online) {
            broken(run, "a vCPU is RUNNING on a PE that is off", vcpu);
        } else if (vcpu->partition->vcpu_count > 1 && vcpu->index != vcpu->cpu->index) {
            broken(run, "a vCPU of an MP partition runs on another PE than its own", vcpu);
        } else if (vcpu->cpu->current != vcpu) {
            broken(run, "two vCPUs are RUNNING on one PE", vcpu);
        } else if (next->cpu == vcpu->cpu && next != vcpu) {
            broken(run, "a vCPU is RUNNING while another one runs on its PE", vcpu);
        }
        break;
    case VCPU_OFF:
    case VCPU_WAITING:
        if (vcpu->runtime_model != RTM_NONE || vcpu->processing_request ||
            vcpu->chain_prev != NULL || vcpu->chain_next != NULL) {
            broken(run,
                   vcpu->state == VCPU_OFF ? "a vCPU that is OFF still has work"
                                           : "a WAITING vCPU still has work",
                   vcpu);
        }
        break;
    case VCPU_ABORTED:
    case VCPU_STOPPED:
        if (vcpu->chain_prev != NULL || vcpu->chain_next != NULL) {
            broken(run, "a dead vCPU is part of a call chain", vcpu);
        }
        break;
    default:
        break;
    }
    if (vcpu->chain_prev == NULL && vcpu->chain_next != NULL) {
        check_chain(run, vcpu, most);
    } else if (vcpu->chain_prev != NULL && vcpu->chain_prev->chain_next != vcpu) {
        broken(run, "a call chain is torn", vcpu);
    }
}

static void check_states(struct run *run, const struct vcpu *next)
{
    uint32_t count = spmc_partition_count(run->spmc);
    uint32_t most = count * run->config.pe_count + 1;

    for (uint32_t i = 0; i < count && !run->failed; i++) {
        const struct partition *partition = spmc_partition_at(run->spmc, i);

        for (uint32_t v = 0; v < partition->vcpu_count; v++) {
            check_vcpu(run, &partition->vcpu[v], next, most);
        }
    }
    if (!partition_is_nwd(next->partition) && next->state != VCPU_RUNNING &&
        next->state != VCPU_STARTING) {
        broken(run, "the vCPU to run next is not RUNNING", next);
    }
}

static bool is_send(uint32_t fid)
{
    fid &= ~SMCCC_64_BIT;
    return fid == FFA_MEM_DONATE_32 || fid == FFA_MEM_LEND_32 || fid == FFA_MEM_SHARE_32 ||
           fid == FFA_MEM_FRAG_TX;
}

/* A fragment that is refused may end its transaction (FF-A v1.2, 16.9). */
static void check_memory(struct run *run, bool refused)
{
    bool all = run->check_all;

    if (!all) {
        check_memory_after(run, refused && run->shadow_fid != FFA_MEM_FRAG_TX,
                           refused && is_send(run->shadow_fid));
    }
    if ((all || run->config.check_full) && !run->failed) {
        check_memory_full(run, all);
        run->check_all = false;
    }
}

static bool no_lock_is_held(const struct run *run)
{
    for (unsigned i = 0; i < run->config.pe_count; i++) {
        if (run->arch_pe[i].held_count != 0) {
            return false;
        }
    }
    return true;
}

void check_after(struct arch_pe *pe, const struct vcpu *vcpu, const struct vcpu_exit *exit,
                 const struct vcpu *next)
{
    struct run *run = pe->run;
    bool alone = pe->was_alone && pe->entry_switches == run->core_switches;
    bool is_call = exit->kind == VCPU_EXIT_EL3 ||
                   (exit->kind == VCPU_EXIT_SYNC &&
                    (ESR_EC(exit->esr) == ESR_EC_SMC64 || ESR_EC(exit->esr) == ESR_EC_HVC64 ||
                     ESR_EC(exit->esr) == ESR_EC_SVC64));
    bool refused = false;

    if (next->frame.x[0] == FFA_ERROR &&
        (next->frame.store != 0 || partition_is_nwd(next->partition))) {
        check_error_registers(run, next);
        refused = alone && next == vcpu && is_call;
    }
    if (refused && run->shadow_fid != FFA_MEM_FRAG_TX) {
        check_rejected(run, vcpu);
    }
    run->inside--;
    if (!partition_is_nwd(next->partition) && next->cpu->index != pe->pe->index) {
        broken(run, "a vCPU is entered on two PEs", next);
    }
    if (run->check_maintenance != NULL) {
        check_maintenance_left(pe);
    }
    if (pe->held_count != 0) {
        broken(run, "a lock is held across the exit of the SPMC", next);
    }
    if (no_lock_is_held(run)) {
        check_states(run, next);
        check_interrupts(pe, next);
        check_memory(run, refused);
    }
}

/* A PE that died inside leaves things half done, and changes that nobody has looked at. */
static bool died_inside(const struct run *run)
{
    for (unsigned i = 0; i < run->config.pe_count; i++) {
        if (run->inside != 0 && run->machine->pe[i].state == PE_DEAD) {
            return true;
        }
    }
    return false;
}

void check_end(struct run *run)
{
    if (run->check_memory != NULL && !run->failed && no_lock_is_held(run)) {
        check_interrupts_end(run);
    }
    if (run->check_memory != NULL && !run->failed && !died_inside(run)) {
        check_memory_full(run, run->check_all);
    }
}
