/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Transaction descriptors (FF-A v1.2, 11.12; v1.0, 5.12), between the bytes of each version and one
 * native form. What comes from a caller is read in ascending order, each byte once.
 */
#ifndef FFA_MEM_DESCRIPTOR_H
#define FFA_MEM_DESCRIPTOR_H

#include "ffa/mailbox.h"
#include "spmc/share.h"

/* A caller's TX buffer, or the fragment in it, as a stream. */
struct mem_source {
    struct spmc_cpu *cpu;
    const struct mailbox *mailbox;
    uint32_t length; /* bytes of it that count */
    uint32_t at;     /* bytes before this one have been read, or never will be */
};

/* 0; INVALID_PARAMETERS: not inside, or behind `at`; ABORTED: the memory is not there any more. */
int32_t mem_source_read(struct mem_source *source, uint32_t offset, void *dst, uint32_t size);

struct mem_access {
    uint16_t receiver;
    uint8_t permissions;
    uint8_t flags;
    uint32_t composite_offset;
    uint64_t impdef[2];
};

struct mem_transaction {
    uint16_t sender;
    uint16_t attributes;
    uint32_t flags;
    uint64_t handle;
    uint64_t tag;
    uint32_t access_count;
    struct mem_access access[SHARE_MAX_RECEIVERS];
    /* Of the composite memory region, when there is one */
    uint32_t page_count;
    uint32_t constituent_count;
    uint32_t constituents_offset;
};

/* Header and access descriptors, as `version` lays them out. An empty list is left to the caller.
 */
int32_t mem_transaction_read(struct mem_source *source, uint32_t version,
                             struct mem_transaction *out);

/* Then the head of the composite memory region, where all access descriptors say that it is. */
int32_t mem_composite_read(struct mem_source *source, struct mem_transaction *transaction);

/* Up to `count` constituents from `offset` on. */
int32_t mem_constituents_read(struct mem_source *source, uint32_t offset, uint32_t count,
                              struct share_constituent *out);

/* FFA_MEM_RELINQUISH's descriptor (v1.2, table 16.25): one endpoint at a time. */
struct mem_relinquish {
    uint64_t handle;
    uint32_t flags;
    uint32_t endpoint_count;
    uint16_t endpoint;
};

int32_t mem_relinquish_read(struct mem_source *source, struct mem_relinquish *out);

/* The longest head of a response: header, access descriptors, composite head */
#define MEM_HEAD_MAX_BYTES (48u + SHARE_MAX_RECEIVERS * 32u + 16u)

/* Its size for that reader and so many access descriptors */
uint32_t mem_head_size(uint32_t version, uint32_t count);

/*
 * Everything of a retrieve response before its constituents, for a reader of `version`: the access
 * descriptors of `count` receivers (page and constituent counts are the share's). Returns its size.
 */
uint32_t mem_head_write(const struct share *share, uint32_t version, uint16_t attributes,
                        uint32_t flags, const struct share_receiver *receiver, uint32_t count,
                        bool as_sent, uint8_t *out);

#endif
