/* SPDX-License-Identifier: BSD-3-Clause */
/* The whole state of an SPMC. For the core's own files; everybody else goes through spmc/spmc.h. */
#ifndef SPMC_INTERNAL_H
#define SPMC_INTERNAL_H

#include "spmc/log.h"
#include "spmc/spmc.h"

struct console_line {
    uint16_t used;
    char text[SPMC_CONSOLE_LINE_BYTES];
};

/*
 * Arena layout: first what is fixed after boot or is only written text (this struct, manifests,
 * console lines), then from `mutable_start` on: struct spmc_cpu[], struct partition[] (normal world
 * first), struct vcpu[].
 */
struct spmc {
    struct arch_lock chain_lock;   /* SPMC_RANK_CHAIN: vCPU states, chains, partition states */
    struct arch_lock mailbox_lock; /* SPMC_RANK_MAILBOX */
    struct page_pool pool;
    struct spmc_log log;
    struct manifest_diag diag; /* why boot failed */
    struct manifest_range spmc_range;
    struct spmc_manifest *manifest;
    uint32_t cpu_count;
    struct spmc_cpu *cpu; /* [cpu_count] */
    struct partition *nwd;
    uint32_t partition_count;
    struct partition *partition; /* [partition_count]; id is FFA_ID_SP_FIRST + index */
    uint32_t *boot_order;        /* [partition_count]: indexes, first to start first */
    uint8_t *arena;
    size_t arena_size_bytes;
    size_t arena_used_bytes;
    const void *mutable_start;
    size_t mutable_size_bytes;
};

/*
 * Boot list (spmc/boot): starts the next partition of this PE's list, its vCPU in RTM_SP_INIT and
 * STARTING with its entry registers; partitions that are aborted are passed over. When the list is
 * empty: the normal world's vCPU of this PE, its frame holding FFA_MSG_WAIT for the SPMD.
 */
struct vcpu *boot_start_next(struct spmc_cpu *cpu);

/* True until the boot list of this PE is done. */
bool boot_in_progress(const struct spmc_cpu *cpu);

#endif
