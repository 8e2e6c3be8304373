/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * RX/TX buffers of an endpoint (FF-A v1.2, 7.2). Each function takes the mailbox lock itself, and
 * none holds it longer than one copy.
 */
#ifndef FFA_MAILBOX_H
#define FFA_MAILBOX_H

#include "ffa/call.h"

/* Copies go through a buffer of the SPMC in pieces of at most so many bytes. */
#define MAILBOX_CHUNK_BYTES 256u

/*
 * The mailbox of an endpoint: a partition, the normal world, or a VM with a slot. NULL: there is no
 * such endpoint. That there is one does not mean that its buffers are mapped.
 */
struct mailbox *mailbox_of(struct spmc *spmc, uint16_t endpoint_id);

/* The slot of a VM; NULL when it has none. */
struct vm_slot *mailbox_vm_slot(struct spmc *spmc, uint16_t vm_id);

/*
 * Both buffers' pages, in the ledger (its lock held): taken from their owner, and given back. VMs
 * have the normal world's memory.
 */
int32_t mailbox_take_pages(struct spmc *spmc, struct arch_pe *pe, uint16_t owner, uint64_t rx,
                           uint64_t tx, uint32_t page_count);
void mailbox_give_pages(struct spmc *spmc, struct arch_pe *pe, uint16_t owner,
                        const struct mailbox *mailbox);

/* Bytes of each buffer; 0 when not mapped. */
uint64_t mailbox_size(const struct mailbox *mailbox);

/*
 * Filling an RX buffer takes begin, any number of puts, then finish or cancel, all on one PE; the
 * mailbox is WRITING in between, so that nobody else can begin. Should the owner unmap meanwhile,
 * what follows does nothing (ABORTED), also when buffers are mapped anew.
 *
 * begin: 0, or BUSY: not mapped or not EMPTY.
 * put: 0; NO_MEMORY: it does not fit; ABORTED: the memory is not there any more.
 * finish: zeroes all from `used` on and makes it FULL; 0, or as put, and then it is EMPTY again.
 * deliver: finish, and tell `receiver` by a framework notification (NOTIFICATION_RX_FULL_*); *told:
 * it has notifications, and this one was not pending.
 * cancel: EMPTY again.
 */
int32_t mailbox_begin_write(struct spmc_cpu *cpu, struct mailbox *mailbox);
int32_t mailbox_put(struct spmc_cpu *cpu, struct mailbox *mailbox, uint64_t offset,
                    const void *bytes, size_t size);
int32_t mailbox_finish(struct spmc_cpu *cpu, struct mailbox *mailbox, uint64_t used);
int32_t mailbox_deliver(struct spmc_cpu *cpu, struct mailbox *mailbox, uint64_t used,
                        uint16_t receiver, uint64_t by, bool *told);
void mailbox_cancel(struct spmc_cpu *cpu, struct mailbox *mailbox);

/*
 * Copies from the TX buffer. 0; INVALID_PARAMETERS: not mapped, or not wholly inside the buffer;
 * ABORTED: the memory is not there any more. The same bytes read twice may differ.
 */
int32_t mailbox_read_tx(struct spmc_cpu *cpu, const struct mailbox *mailbox, uint64_t offset,
                        void *dst, size_t size);

/* The reader is done with its RX buffer, if it had it at all and was told of what lies in it. */
void mailbox_give_back(struct spmc_cpu *cpu, struct partition *partition);

/*
 * A message of `count` entries of `entry_bytes` each, written by `fill` one after the other into
 * `entry`, is put into the RX buffer, and its rest is zeroed. 0, BUSY (no buffer, or not empty),
 * NO_MEMORY (too small), ABORTED (the memory is not there any more). Only ABORTED may have written.
 */
typedef void mailbox_fill(const void *context, uint32_t n, void *entry);

#define MAILBOX_MAX_ENTRY_BYTES 64u

int32_t mailbox_write_entries(struct spmc_cpu *cpu, struct partition *partition, uint32_t count,
                              uint32_t entry_bytes, mailbox_fill *fill, const void *context);

#endif
