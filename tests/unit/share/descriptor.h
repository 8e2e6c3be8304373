/* SPDX-License-Identifier: BSD-3-Clause */
/* Transactions as endpoints speak of them: descriptors of each version, fragments, responses. */
#ifndef TEST_SHARE_DESCRIPTOR_H
#define TEST_SHARE_DESCRIPTOR_H

#include "machine.h"

#define MAX_LIST 4096u

struct receiver {
    uint16_t id;
    uint8_t permissions;
    uint8_t flags;
    uint64_t impdef[2];
};

struct descriptor {
    uint32_t version;
    uint16_t sender;
    uint16_t attributes;
    uint32_t flags;
    uint64_t handle;
    uint64_t tag;
    uint32_t receiver_count;
    struct receiver receiver[SHARE_MAX_RECEIVERS];
    uint32_t access_bytes; /* 0: the version's own */
    uint32_t count;        /* constituents; 0: there is no composite */
    const struct share_constituent *list;
    uint32_t page_count; /* 0: as many as the list has */
};

/* Bytes before the first constituent. */
uint32_t descriptor_head(const struct descriptor *d);
/* Writes it; returns its size. */
uint32_t descriptor_write(const struct descriptor *d, uint8_t *out);

/* What a sender says of that kind of transaction: RW, Normal where it has to say so. */
struct descriptor descriptor_of(enum ep sender, enum share_kind kind,
                                const struct share_constituent *list, uint32_t count,
                                uint32_t receiver_count, const enum ep *receivers);
#define RECEIVERS(...)                                                          \
    sizeof((const enum ep[]){__VA_ARGS__}) / sizeof(enum ep), (const enum ep[]) \
    {                                                                           \
        __VA_ARGS__                                                             \
    }

/* The request that goes with it. */
struct descriptor request_of(const struct descriptor *sent, enum ep reader, enum share_kind kind,
                             uint64_t handle);

/* Sends it in fragments of at most `most` bytes (0: what TX holds). Returns 0 or the error. */
int32_t send_in(enum ep sender, enum share_kind kind, const struct descriptor *d, uint32_t most,
                uint64_t *handle);
int32_t send_all(enum ep sender, enum share_kind kind, const struct descriptor *d,
                 uint64_t *handle);

struct response {
    uint32_t total;
    uint32_t fragments;
    uint16_t sender;
    uint16_t attributes;
    uint32_t flags;
    uint64_t handle;
    uint64_t tag;
    uint32_t receiver_count;
    struct receiver receiver[SHARE_MAX_RECEIVERS];
    uint32_t page_count;
    uint32_t count;
    struct share_constituent list[MAX_LIST];
};

/* Puts the request into TX and makes the call: only the first fragment. */
struct regs ask(enum ep reader, const struct descriptor *request);
/* The whole response; RX is released after each fragment. */
int32_t retrieve_all(enum ep reader, const struct descriptor *request, struct response *out);
/* The same for a receiver that asks for what it was given. */
int32_t retrieve(enum ep reader, const struct descriptor *sent, enum share_kind kind,
                 uint64_t handle);

int32_t relinquish(enum ep reader, uint64_t handle, uint32_t flags);
int32_t reclaim(enum ep owner, uint64_t handle, uint32_t flags);

uint32_t fid_of(enum share_kind kind);
uint64_t get_bytes(const uint8_t *at, unsigned bytes);
void put_bytes(uint8_t *at, unsigned bytes, uint64_t value);

#endif
