/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory management transactions (FF-A v1.2, 18): what was sent, to whom, and who has taken it. A
 * transaction lives in pages of the pool; the core's state has one slot for each.
 *
 * Every function needs the ledger's lock held. A share that is open is mapped; close it before the
 * lock goes.
 */
#ifndef SPMC_SHARE_H
#define SPMC_SHARE_H

#include "spmc/ledger.h"

struct spmc;

/* Transactions that one sender may have at a time; the normal world is one sender. */
#define SHARE_QUOTA     32u
#define SHARE_QUOTA_NWD 64u

#define SHARE_MAX_RECEIVERS 8u

/* Values as in the transaction type of the flags (FF-A v1.2, table 11.22) */
enum share_kind {
    SHARE_SHARE = 1,
    SHARE_LEND = 2,
    SHARE_DONATE = 3,
};

enum share_state {
    SHARE_RECEIVING, /* fragments are missing */
    SHARE_ACTIVE,
    SHARE_ORPHANED, /* its owner aborted: ends with the last borrower */
};

enum share_receiver_state {
    SHARE_NOT_RETRIEVED,
    SHARE_RETRIEVING, /* has access, but not yet all fragments of the response */
    SHARE_RETRIEVED,
};

struct share_constituent {
    uint64_t address;
    uint32_t page_count;
    uint32_t reserved;
};

struct share_receiver {
    uint16_t id;
    uint8_t permissions; /* as sent: data [1:0], instructions [3:2] */
    uint8_t granted;     /* the same as retrieved */
    uint8_t flags;
    uint8_t state;           /* enum share_receiver_state */
    bool zero_at_relinquish; /* asked for when it was retrieved */
    struct stage2_attr attr; /* as mapped */
    uint32_t next;           /* RETRIEVING: first constituent of the next fragment */
    uint64_t impdef[2];
};

struct share {
    uint64_t handle;
    uint64_t tag;
    uint16_t owner; /* a partition, or the VM that sent it */
    uint16_t slot;
    uint8_t kind;  /* enum share_kind */
    uint8_t state; /* enum share_state */
    uint16_t attributes;
    uint32_t flags;
    uint32_t total_bytes; /* of the descriptor, and what of it has come */
    uint32_t received_bytes;
    uint32_t page_count; /* declared, and seen */
    uint32_t pages_seen;
    uint32_t constituent_count;
    uint32_t constituents_seen;
    uint8_t pas;                   /* enum pas of every page */
    bool device;                   /* all pages are, or none */
    bool zero_wanted;              /* a borrower asked for it: when the last one has left */
    bool hypervisor_retrieved;     /* once only */
    uint32_t hypervisor_next;      /* while it gets fragments; 0: it does not */
    struct stage2_attr owner_attr; /* access and memory type of every page */
    uint32_t receiver_count;
    uint32_t chunk_count; /* pages of constituents beside this one */
    uint64_t first_chunk;
    uint64_t last_chunk;
    struct share_receiver receiver[SHARE_MAX_RECEIVERS];
};

/* One per transaction, in the mutable state of the core. A handle has slot and generation. */
struct share_slot {
    uint64_t page;       /* 0: free */
    uint32_t generation; /* of the latest transaction here */
    uint16_t owner;
    uint16_t chunk_count;
};

uint32_t share_slot_count(uint32_t partition_count);

/* A new one, open. NO_MEMORY: no page, or the sender's quota is used up. */
int32_t share_create(struct spmc *spmc, struct arch_pe *pe, uint16_t owner, struct share **out);

/* The transaction with this handle, open; NULL: there is none. */
struct share *share_open(struct spmc *spmc, struct arch_pe *pe, uint64_t handle);
/* The one in a slot, open; NULL: the slot is free. */
struct share *share_at(struct spmc *spmc, struct arch_pe *pe, uint32_t slot);
void share_close(struct arch_pe *pe, struct share *share);

/* Gives its pages back; the handle is not valid any more. Closes it. */
void share_free(struct spmc *spmc, struct arch_pe *pe, struct share *share);

/* NO_MEMORY: no page, or the sender's quota is used up. */
int32_t share_append(struct spmc *spmc, struct arch_pe *pe, struct share *share,
                     const struct share_constituent *constituent);

/* Its constituents in order, from number `index` on. */
struct share_cursor {
    struct arch_pe *pe;
    const struct share *share;
    uint32_t index;
    uint64_t chunk;  /* page that holds `index`; 0: the share's own */
    uint32_t within; /* index in it */
};

void share_seek(struct share_cursor *cursor, struct arch_pe *pe, const struct share *share,
                uint32_t index);
/* False: there are no more. */
bool share_next(struct share_cursor *cursor, struct share_constituent *out);

struct share_receiver *share_receiver_of(struct share *share, uint16_t id);

/* Has anybody taken it and not given it back? */
bool share_is_borrowed(const struct share *share);

/*
 * What a transaction does to the ledger and to tables; spmc/memory/share_apply.c. Errors are FF-A
 * error codes, and then nothing has changed.
 *
 * add: a constituent joins the list and its pages become PENDING. DENIED: not the sender's, not
 *     exclusively, or with other attributes than those before; INVALID_PARAMETERS: it is in this
 *     transaction already; NO_MEMORY.
 * cancel: all of its pages are the owner's alone again, and the transaction is gone; `unborn`: as
 *     if it had never been. Closes it.
 * activate: complete; the owner loses what the kind says. Zeroes first when the flags say so.
 * grant: the receiver's tables map it. revoke: they do not; can not fail.
 * settle: the donation is done; the pages are the receiver's.
 * restore: the owner has everything back.
 * zero: every page; ABORTED: the memory is not there any more.
 */
int32_t share_add(struct spmc *spmc, struct arch_pe *pe, struct share *share,
                  const struct share_constituent *constituent);
void share_cancel(struct spmc *spmc, struct arch_pe *pe, struct share *share, bool unborn);
int32_t share_activate(struct spmc *spmc, struct arch_pe *pe, struct share *share);
int32_t share_grant(struct spmc *spmc, struct arch_pe *pe, const struct share *share,
                    const struct share_receiver *receiver);
void share_revoke(struct spmc *spmc, struct arch_pe *pe, const struct share *share,
                  const struct share_receiver *receiver);
void share_settle(struct spmc *spmc, struct arch_pe *pe, const struct share *share,
                  uint16_t receiver);
int32_t share_restore(struct spmc *spmc, struct arch_pe *pe, const struct share *share);
int32_t share_zero(struct arch_pe *pe, const struct share *share);

/*
 * Secure pages that are a partition's alone get another access. NO_MEMORY: then nothing changed.
 */
int32_t share_set_own(struct spmc *spmc, struct arch_pe *pe, uint16_t owner, uint64_t base,
                      uint64_t size_bytes, struct stage2_attr attr);

/*
 * Tables of a partition have blocks again in that range, where neither a transaction nor a buffer
 * is left. Nothing for a VM.
 */
void share_join(struct spmc *spmc, struct arch_pe *pe, uint16_t owner, enum pas pas, uint64_t base,
                uint64_t size_bytes);

/* A partition is dead: what it borrowed goes back, what it sent ends as soon as it can. */
void share_release_partition(struct spmc *spmc, struct arch_pe *pe, uint16_t id);

#endif
