/* SPDX-License-Identifier: BSD-3-Clause */
#include "ffa/mem_descriptor.h"

#include "spmc/mem.h"

#define HEADER_BYTES_1_0    32u
#define HEADER_BYTES        48u
#define ACCESS_BYTES_1_1    16u
#define ACCESS_BYTES_1_2    32u
#define COMPOSITE_BYTES     16u
#define CONSTITUENT_BYTES   16u
#define RELINQUISH_BYTES    16u
#define DESCRIPTOR_ALIGN    16u
#define RELINQUISH_ID_BYTES 2u

/* Descriptors are little endian, and lie anywhere. */
static uint64_t get(const uint8_t *at, unsigned bytes)
{
    uint64_t value = 0;

    for (unsigned i = bytes; i-- != 0;) {
        value = value << 8 | at[i];
    }
    return value;
}

static void put(uint8_t *at, unsigned bytes, uint64_t value)
{
    for (unsigned i = 0; i < bytes; i++) {
        at[i] = (uint8_t)(value >> (8 * i));
    }
}

int32_t mem_source_read(struct mem_source *source, uint32_t offset, void *dst, uint32_t size)
{
    if (offset < source->at || offset > source->length || size > source->length - offset) {
        return FFA_INVALID_PARAMETERS;
    }
    source->at = offset + size;
    return mailbox_read_tx(source->cpu, source->mailbox, offset, dst, size);
}

/* Where the access descriptors are, and how long each is. */
struct access_list {
    uint32_t offset;
    uint32_t bytes;
};

static int32_t read_header_1_0(struct mem_source *source, struct mem_transaction *out,
                               struct access_list *list)
{
    uint8_t head[HEADER_BYTES_1_0];
    int32_t error = mem_source_read(source, 0, head, sizeof(head));

    if (error != 0) {
        return error;
    }
    out->sender = (uint16_t)get(&head[0], 2);
    out->attributes = head[2];
    out->flags = (uint32_t)get(&head[4], 4);
    out->handle = get(&head[8], 8);
    out->tag = get(&head[16], 8);
    out->access_count = (uint32_t)get(&head[28], 4);
    *list = (struct access_list){HEADER_BYTES_1_0, ACCESS_BYTES_1_1};
    return head[3] != 0 || get(&head[24], 4) != 0 ? FFA_INVALID_PARAMETERS : 0;
}

static int32_t read_header(struct mem_source *source, struct mem_transaction *out,
                           struct access_list *list)
{
    uint8_t head[HEADER_BYTES];
    int32_t error = mem_source_read(source, 0, head, sizeof(head));

    if (error != 0) {
        return error;
    }
    out->sender = (uint16_t)get(&head[0], 2);
    out->attributes = (uint16_t)get(&head[2], 2);
    out->flags = (uint32_t)get(&head[4], 4);
    out->handle = get(&head[8], 8);
    out->tag = get(&head[16], 8);
    list->bytes = (uint32_t)get(&head[24], 4);
    out->access_count = (uint32_t)get(&head[28], 4);
    list->offset = (uint32_t)get(&head[32], 4);
    return (get(&head[36], 4) | get(&head[40], 8)) != 0 ? FFA_INVALID_PARAMETERS : 0;
}

static int32_t read_access(struct mem_source *source, const struct access_list *list, uint32_t n,
                           struct mem_access *out)
{
    uint8_t bytes[ACCESS_BYTES_1_2];
    int32_t error = mem_source_read(source, list->offset + n * list->bytes, bytes, list->bytes);
    uint64_t reserved;

    if (error != 0) {
        return error;
    }
    *out = (struct mem_access){
        .receiver = (uint16_t)get(&bytes[0], 2),
        .permissions = bytes[2],
        .flags = bytes[3],
        .composite_offset = (uint32_t)get(&bytes[4], 4),
    };
    reserved = get(&bytes[8], 8);
    if (list->bytes == ACCESS_BYTES_1_2) {
        out->impdef[0] = reserved;
        out->impdef[1] = get(&bytes[16], 8);
        reserved = get(&bytes[24], 8);
    }
    return reserved != 0 ? FFA_INVALID_PARAMETERS : 0;
}

int32_t mem_transaction_read(struct mem_source *source, uint32_t version,
                             struct mem_transaction *out)
{
    struct access_list list = {0, 0};
    int32_t error;

    *out = (struct mem_transaction){0};
    error = version < FFA_VERSION_1_1 ? read_header_1_0(source, out, &list)
                                      : read_header(source, out, &list);
    if (error != 0 || out->access_count == 0) {
        /* without a list its size and place say nothing, and have to */
        return error == 0 && version >= FFA_VERSION_1_1 && (list.offset | list.bytes) != 0 &&
                       (list.offset != HEADER_BYTES ||
                        (list.bytes != ACCESS_BYTES_1_1 && list.bytes != ACCESS_BYTES_1_2))
                   ? FFA_INVALID_PARAMETERS
                   : error;
    }
    if (out->access_count > SHARE_MAX_RECEIVERS || list.offset % DESCRIPTOR_ALIGN != 0 ||
        (list.bytes != ACCESS_BYTES_1_1 && list.bytes != ACCESS_BYTES_1_2) ||
        list.offset > source->length) {
        return FFA_INVALID_PARAMETERS;
    }
    for (uint32_t n = 0; n < out->access_count; n++) {
        error = read_access(source, &list, n, &out->access[n]);
        if (error != 0) {
            return error;
        }
    }
    return 0;
}

int32_t mem_composite_read(struct mem_source *source, struct mem_transaction *transaction)
{
    uint32_t offset = transaction->access[0].composite_offset;
    uint8_t head[COMPOSITE_BYTES];
    int32_t error;

    for (uint32_t n = 1; n < transaction->access_count; n++) {
        if (transaction->access[n].composite_offset != offset) {
            return FFA_INVALID_PARAMETERS;
        }
    }
    if (offset % DESCRIPTOR_ALIGN != 0) {
        return FFA_INVALID_PARAMETERS;
    }
    error = mem_source_read(source, offset, head, sizeof(head));
    if (error != 0) {
        return error;
    }
    transaction->page_count = (uint32_t)get(&head[0], 4);
    transaction->constituent_count = (uint32_t)get(&head[4], 4);
    transaction->constituents_offset = offset + COMPOSITE_BYTES;
    return get(&head[8], 8) != 0 ? FFA_INVALID_PARAMETERS : 0;
}

int32_t mem_constituents_read(struct mem_source *source, uint32_t offset, uint32_t count,
                              struct share_constituent *out)
{
    uint8_t bytes[MAILBOX_CHUNK_BYTES];

    while (count != 0) {
        uint32_t most = (uint32_t)sizeof(bytes) / CONSTITUENT_BYTES;
        uint32_t now = count < most ? count : most;
        int32_t error = mem_source_read(source, offset, bytes, now * CONSTITUENT_BYTES);

        if (error != 0) {
            return error;
        }
        for (uint32_t n = 0; n < now; n++) {
            const uint8_t *at = &bytes[n * CONSTITUENT_BYTES];

            out[n] = (struct share_constituent){
                .address = get(&at[0], 8),
                .page_count = (uint32_t)get(&at[8], 4),
                .reserved = (uint32_t)get(&at[12], 4),
            };
        }
        out += now;
        offset += now * CONSTITUENT_BYTES;
        count -= now;
    }
    return 0;
}

int32_t mem_relinquish_read(struct mem_source *source, struct mem_relinquish *out)
{
    uint8_t bytes[RELINQUISH_BYTES];
    int32_t error = mem_source_read(source, 0, bytes, sizeof(bytes));

    if (error != 0) {
        return error;
    }
    out->handle = get(&bytes[0], 8);
    out->flags = (uint32_t)get(&bytes[8], 4);
    out->endpoint_count = (uint32_t)get(&bytes[12], 4);
    error = mem_source_read(source, RELINQUISH_BYTES, bytes, RELINQUISH_ID_BYTES);
    out->endpoint = (uint16_t)get(bytes, RELINQUISH_ID_BYTES);
    return error;
}

static uint32_t write_header(const struct share *share, uint32_t version, uint16_t attributes,
                             uint32_t flags, uint32_t count, uint32_t access_bytes, uint8_t *out)
{
    put(&out[0], 2, share->owner);
    put(&out[2], 2, attributes);
    put(&out[4], 4, flags);
    put(&out[8], 8, share->handle);
    put(&out[16], 8, share->tag);
    if (version < FFA_VERSION_1_1) {
        put(&out[28], 4, count);
        return HEADER_BYTES_1_0;
    }
    put(&out[24], 4, access_bytes);
    put(&out[28], 4, count);
    put(&out[32], 4, HEADER_BYTES);
    return HEADER_BYTES;
}

uint32_t mem_head_size(uint32_t version, uint32_t count)
{
    if (version < FFA_VERSION_1_1) {
        return HEADER_BYTES_1_0 + count * ACCESS_BYTES_1_1 + COMPOSITE_BYTES;
    }
    return HEADER_BYTES +
           count * (version < FFA_VERSION_1_2 ? ACCESS_BYTES_1_1 : ACCESS_BYTES_1_2) +
           COMPOSITE_BYTES;
}

uint32_t mem_head_write(const struct share *share, uint32_t version, uint16_t attributes,
                        uint32_t flags, const struct share_receiver *receiver, uint32_t count,
                        bool as_sent, uint8_t *out)
{
    uint32_t access_bytes = version < FFA_VERSION_1_2 ? ACCESS_BYTES_1_1 : ACCESS_BYTES_1_2;
    uint32_t at;
    uint32_t composite;

    memset(out, 0, MEM_HEAD_MAX_BYTES);
    at = write_header(share, version, attributes, flags, count, access_bytes, out);
    composite = at + count * access_bytes;
    for (uint32_t n = 0; n < count; n++, at += access_bytes) {
        put(&out[at], 2, receiver[n].id);
        out[at + 2] = as_sent ? receiver[n].permissions : receiver[n].granted;
        out[at + 3] = receiver[n].flags;
        put(&out[at + 4], 4, composite);
        if (access_bytes == ACCESS_BYTES_1_2) {
            put(&out[at + 8], 8, receiver[n].impdef[0]);
            put(&out[at + 16], 8, receiver[n].impdef[1]);
        }
    }
    put(&out[composite], 4, share->page_count);
    put(&out[composite + 4], 4, share->constituent_count);
    return composite + COMPOSITE_BYTES;
}
