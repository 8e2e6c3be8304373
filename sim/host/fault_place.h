/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Faults that have a place (docs/faults.md): where the PE loop and the door come by, and what
 * happens to calls, results, partitions, the page pool and maintenance there. All are asked only
 * when run->faults is there.
 */
#ifndef SIM_FAULT_PLACE_H
#define SIM_FAULT_PLACE_H

#include "sim/fault/fault.h"
#include "sim/host/host.h"

/* --- partitions ------------------------------------------------------------------------------ */

/* About to run the vCPU. True: it takes a stage-2 abort instead, *exit. */
bool place_enter(struct arch_pe *pe, struct vcpu *vcpu, struct vcpu_exit *exit);

/* A vCPU that hangs: until a physical interrupt takes its PE away. */
void place_hang(struct arch_pe *pe, struct context *context, struct context_exit *exit);

/* The partition has called, x0..x7 are in its frame: is it a response, and a wrong one? */
void place_answer(struct arch_pe *pe, struct vcpu *vcpu);

/* --- registers on their way ------------------------------------------------------------------ */

/* The call of a partition, `count` registers of it, after it was reported. */
void place_call(struct arch_pe *pe, struct vcpu *vcpu, unsigned count);
/* That of the normal world, all in x. */
void place_nwd_call(struct arch_pe *pe, uint64_t x[FFA_REGS_EXTENDED], unsigned count);
/* `count` results that the context is given in x, after they were reported and stored. */
void place_result(struct arch_pe *pe, struct context *context, const uint64_t *x, unsigned count);

/* x8..x17 of a call that place_call() changed, when the core fetches them. */
static inline void place_extended(struct arch_vcpu *vcpu, uint64_t x[FFA_REGS_EXTENDED])
{
    x[vcpu->corrupt_arg] ^= vcpu->corrupt_mask;
    vcpu->corrupt_mask = 0;
}

/* --- the core -------------------------------------------------------------------------------- */

/* The PE enters the SPMC. True: the pool is short of pages until place_leave(). */
bool place_short_of_memory(struct arch_pe *pe, const struct vcpu *vcpu);
void place_leave(struct arch_pe *pe);

/* True: leave the maintenance out. */
bool place_skip_tlb(struct arch_pe *pe, uint16_t vmid);
bool place_skip_cache(struct arch_pe *pe, uint64_t pa);

#endif
