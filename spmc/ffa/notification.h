/* SPDX-License-Identifier: BSD-3-Clause */
/* Notifications of all receivers. Each function that says so takes the notification lock itself. */
#ifndef FFA_NOTIFICATION_H
#define FFA_NOTIFICATION_H

#include "ffa/call.h"
#include "spmc/notification.h"

/*
 * A receiver's notifications; NULL: it has none, being no endpoint or a VM without bitmaps. Those
 * of a partition without support for them are there, and not enabled. Under the lock.
 */
struct notifications *notification_find(struct spmc *spmc, uint16_t receiver);

/* A place for a VM's; NULL: all are taken. Under the lock. */
struct notifications *notification_free_slot(struct spmc *spmc, uint16_t vm_id);

/* Forgets bindings and what is pending. Under the lock. */
void notification_clear(struct notifications *to);

/* Is any notification of it pending? Under the lock. */
bool notification_is_pending(const struct notifications *to);

/* What one vCPU has of the per-vCPU notifications from one side; NULL: all are global. */
struct notification_bits *notification_of_vcpu(const struct notifications *to,
                                               enum notification_from from, uint32_t vcpu);

static inline uint64_t notification_unreported(const struct notification_bits *bits)
{
    return bits->pending & ~bits->reported;
}

/* Makes them pending; true when one of them was not. Under the lock. */
bool notification_pend(struct notification_bits *bits, uint64_t set);

/* Takes what is pending. Under the lock. */
uint64_t notification_take(struct notification_bits *bits);

/* Schedule receiver interrupt to the normal world: at once, or when this PE returns to it. */
void notification_schedule(struct spmc_cpu *cpu, bool delayed);

/*
 * The RX buffer of `receiver` was filled (NOTIFICATION_RX_FULL_*): true when it is told so by a
 * framework notification that was not pending. Takes the lock; the mailbox lock may be held.
 */
bool notification_rx_full(struct spmc_cpu *cpu, uint16_t receiver, uint64_t by);

/* Was the receiver not told yet of the message in its RX buffer? Takes the lock. */
bool notification_rx_full_is_pending(struct spmc_cpu *cpu, uint16_t receiver);

/* The RX buffer is gone. Takes the lock. */
void notification_forget_rx_full(struct spmc_cpu *cpu, uint16_t receiver);

/* The receiver starts anew, or is dead: all is forgotten but that it may have notifications. Takes
 * the lock. */
void notification_forget(struct spmc_cpu *cpu, uint16_t receiver);

#endif
