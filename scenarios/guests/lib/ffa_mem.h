/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory management as an endpoint sees it (FF-A v1.2, 11 and 16): descriptors of each version
 * built and read, and the calls. The caller has mapped its RX and TX buffers.
 */
#ifndef GUEST_FFA_MEM_H
#define GUEST_FFA_MEM_H

#include "ffa.h"

#define FFA_MEM_MAX_BORROWERS 4u

struct ffa_mem_range {
    uint64_t address;
    uint32_t page_count;
    uint32_t reserved;
};

struct ffa_mem_borrower {
    uint16_t id;
    uint8_t permissions; /* FFA_MEM_PERMISSIONS() */
    uint8_t flags;
    uint64_t impdef[2]; /* v1.2 and later */
};

/* A transaction descriptor without its ranges. */
struct ffa_mem {
    uint16_t sender;
    uint16_t attributes;
    uint32_t flags;
    uint64_t handle;
    uint64_t tag;
    unsigned borrower_count;
    struct ffa_mem_borrower borrower[FFA_MEM_MAX_BORROWERS];
};

/* Who calls, and its buffers. `version` says how descriptors look. */
struct ffa_mem_port {
    uint32_t version;
    uint8_t *tx;
    uint8_t *rx;
    uint32_t size_bytes; /* of each */
};

/* Ranges as a descriptor carries them; 0 is never a valid answer of ffa_mem_put(). */
struct ffa_mem_ranges {
    struct ffa_mem_range *range;
    uint32_t count;
    uint32_t room; /* when they are read */
};

/* Size of everything in front of the ranges. */
uint32_t ffa_mem_head_bytes(uint32_t version, unsigned borrower_count);

/*
 * Writes the descriptor into the TX buffer with as many ranges as fit (`ranges` NULL: a retrieve
 * request, without a composite descriptor). Gives the bytes written; *total is the whole size and
 * *put the number of ranges that are in it.
 */
uint32_t ffa_mem_put(const struct ffa_mem_port *port, const struct ffa_mem *mem,
                     const struct ffa_mem_ranges *ranges, uint32_t *total, uint32_t *put);
/* A further fragment: ranges from number `first` on; gives its bytes. */
uint32_t ffa_mem_put_more(const struct ffa_mem_port *port, const struct ffa_mem_ranges *ranges,
                          uint32_t first, uint32_t *put);

/*
 * Reads a response from the RX buffer. False: it is not one of this version. `total` and `bytes`
 * are w1 and w2 of the response; ranges->count is what the composite descriptor says, *put the
 * number of ranges that this fragment holds, *pages the sum that it declares.
 */
bool ffa_mem_get(const struct ffa_mem_port *port, uint32_t total, uint32_t bytes,
                 struct ffa_mem *mem, struct ffa_mem_ranges *ranges, uint32_t *put,
                 uint32_t *pages);

/* The calls. A fragment call of the normal world names the sender, a partition's says 0. */
struct ffa_args ffa_mem_send(uint32_t function, uint32_t total, uint32_t bytes);
struct ffa_args ffa_mem_retrieve_req(uint32_t total, uint32_t bytes);
struct ffa_args ffa_mem_frag_tx(uint64_t handle, uint32_t bytes, uint16_t endpoint);
struct ffa_args ffa_mem_frag_rx(uint64_t handle, uint32_t offset, uint16_t endpoint);
struct ffa_args ffa_mem_relinquish(const struct ffa_mem_port *port, uint64_t handle, uint32_t flags,
                                   uint16_t endpoint);
struct ffa_args ffa_mem_reclaim(uint64_t handle, uint32_t flags);

/*
 * A whole transmission with all its fragments: 0, or the error. A fragment that is not asked for as
 * it should be ends the guest.
 */
int32_t ffa_mem_send_all(const struct ffa_mem_port *port, uint32_t function,
                         const struct ffa_mem *mem, const struct ffa_mem_ranges *ranges,
                         uint64_t *handle);
/* `mem` is what is asked for, then what came. The RX buffer is released. */
int32_t ffa_mem_retrieve_all(const struct ffa_mem_port *port, struct ffa_mem *mem,
                             struct ffa_mem_ranges *ranges);

/* The handle in two registers, low half first. */
static inline uint64_t ffa_mem_handle(const uint64_t *x)
{
    return x[1] << 32 | (uint32_t)x[0];
}

#endif
