/* SPDX-License-Identifier: BSD-3-Clause */
/* The whole state of an SPMC. For the core's own files; everybody else goes through spmc/spmc.h. */
#ifndef SPMC_INTERNAL_H
#define SPMC_INTERNAL_H

#include "spmc/log.h"
#include "spmc/notification.h"
#include "spmc/share.h"
#include "spmc/spmc.h"

struct console_line {
    uint16_t used;
    char text[SPMC_CONSOLE_LINE_BYTES];
};

/*
 * An answer to FFA_NS_RES_INFO_GET that does not fit into the RX buffer at once. The normal world
 * has one at most, on whichever PE it goes on. The digest tells whether it is still the same.
 */
struct ns_retrieval {
    bool pending;
    uint16_t target;      /* 0: all partitions */
    uint32_t total_bytes; /* of the answer, and what of it was given */
    uint32_t sent_bytes;
    uint64_t digest;
};

/* A logical partition at EL3, as the SPMD described it at boot. */
#define SPMC_MAX_LSPS 16u

struct lsp_entry {
    uint16_t id;
    uint16_t vcpu_count;
    uint32_t properties;
    struct uuid uuid;
};

/*
 * Arena layout: first what is fixed after boot or is only written text (this struct, manifests,
 * console lines), then from `mutable_start` on: struct spmc_cpu[], struct partition[] (normal world
 * first), struct vcpu[], struct vint[]; what spmc_locked_state() tells apart: struct vm_slot[],
 * struct share_slot[], struct ns_retrieval; and last what there is of notifications.
 */
struct spmc {
    struct arch_lock chain_lock;        /* SPMC_RANK_CHAIN: vCPU states, chains, partition states */
    struct arch_lock mailbox_lock;      /* SPMC_RANK_MAILBOX */
    struct arch_lock notification_lock; /* SPMC_RANK_NOTIFICATION */
    struct page_pool pool;
    struct ledger ledger;         /* its lock covers transactions and all translation tables */
    struct ledger_extent *extent; /* the ledger's, fixed after boot */
    uint32_t share_slot_count;
    struct share_slot *share_slot;     /* [share_slot_count] */
    struct ns_retrieval *ns_retrieval; /* under the ledger's lock */
    struct spmc_log log;
    struct manifest_diag diag; /* why boot failed */
    struct manifest_range spmc_range;
    struct spmc_manifest *manifest;
    struct spmc_gic gic; /* fixed after boot */
    uint32_t cpu_count;
    struct spmc_cpu *cpu; /* [cpu_count] */
    struct partition *nwd;
    uint32_t partition_count;
    struct partition *partition; /* [partition_count]; id is FFA_ID_SP_FIRST + index */
    uint32_t vm_slot_count;
    struct vm_slot *vm_slot;     /* [vm_slot_count]: VMs of the normal world, in no order */
    bool per_vcpu_notifications; /* fixed after boot */
    uint32_t notification_vm_count;
    struct notifications *notification; /* of the normal world, partitions, then slots of VMs */
    uint32_t *boot_order;               /* [partition_count]: indexes, first to start first */
    uint32_t lsp_count;
    struct lsp_entry lsp[SPMC_MAX_LSPS];
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
