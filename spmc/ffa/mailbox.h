/* SPDX-License-Identifier: BSD-3-Clause */
/* RX/TX buffers of an endpoint (FF-A v1.2, 7.2). Each function takes the mailbox lock itself. */
#ifndef FFA_MAILBOX_H
#define FFA_MAILBOX_H

#include "ffa/call.h"

/* The reader is done with its RX buffer, if it had it at all. */
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
