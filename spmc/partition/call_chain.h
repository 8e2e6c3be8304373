/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Call chains (FF-A v1.2, 8.1): who gave cycles to whom. A chain holds vCPUs of secure partitions
 * only; a vCPU without chain_prev got its cycles from the normal world or the SPMC, so any number
 * of chains that the normal world started can rest at the same time.
 *
 * A vCPU that has an unfinished callee (chain_next) is BLOCKED on it, or goes on because the callee
 * yielded or was preempted. It can not call anybody else before that callee has finished.
 *
 * The caller of everything here holds the chain lock.
 */
#ifndef PARTITION_CALL_CHAIN_H
#define PARTITION_CALL_CHAIN_H

#include "spmc/spmc.h"

/* Is `candidate` this vCPU, or did it, directly or not, give it its cycles? */
bool call_chain_is_ancestor(const struct vcpu *vcpu, const struct vcpu *candidate);

/* Does a PE work on it: it runs, or a Secure interrupt took that PE from it for a while? */
bool vcpu_is_active(const struct vcpu *vcpu);

/* Is a vCPU that this one called, directly or not, active? */
bool call_chain_is_active_below(const struct vcpu *vcpu);

/* `callee` (without a caller) becomes the tail of the chain of `caller` (without a callee). */
void call_chain_extend(struct vcpu *caller, struct vcpu *callee);

/* Takes a vCPU out; callers above and callees below it become chains of their own. */
void call_chain_remove(struct vcpu *vcpu);

/* Stops running on this PE with its registers saved. `to` is legal after RUNNING and STARTING. */
void vcpu_leave(struct vcpu *vcpu, enum vcpu_state to);

/* Runs next on `cpu`. The normal world's vCPU has no state to keep. */
void vcpu_enter(struct spmc_cpu *cpu, struct vcpu *vcpu);

/* Its work is done: no runtime model, no request, no chain. */
void vcpu_finish(struct vcpu *vcpu, enum vcpu_state to);

/*
 * Is `vcpu` the one that a Secure interrupt brought to this PE? What comes back then is no call: it
 * is for interrupt_resume().
 */
bool call_chain_ends_interrupt(const struct spmc_cpu *cpu, const struct vcpu *vcpu);

/*
 * Control goes back to whoever gave `vcpu` its cycles: unlinks it, and enters the caller, else whom
 * a Secure interrupt took this PE from, else its normal world. `vcpu` itself has left before.
 */
struct vcpu *call_chain_return(struct spmc_cpu *cpu, struct vcpu *vcpu);

/*
 * As above, but `vcpu` has not finished: it stays linked below a caller that it owes a response.
 * One that was only lent cycles by FFA_RUN owes nothing and can be run by anybody afterwards. A
 * callee of its own stays linked below it.
 */
struct vcpu *call_chain_hand_back(struct spmc_cpu *cpu, struct vcpu *vcpu);

#endif
