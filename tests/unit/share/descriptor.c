/* SPDX-License-Identifier: BSD-3-Clause */
#include "descriptor.h"

#include <string.h>

#define HEAD_1_0    32u
#define HEAD        48u
#define COMPOSITE   16u
#define CONSTITUENT 16u

static uint8_t bytes[1u << 17];

uint64_t get_bytes(const uint8_t *at, unsigned count)
{
    uint64_t value = 0;

    while (count-- != 0) {
        value = value << 8 | at[count];
    }
    return value;
}

void put_bytes(uint8_t *at, unsigned count, uint64_t value)
{
    for (unsigned i = 0; i < count; i++) {
        at[i] = (uint8_t)(value >> (8 * i));
    }
}

uint32_t fid_of(enum share_kind kind)
{
    return kind == SHARE_DONATE ? FFA_MEM_DONATE_32
           : kind == SHARE_LEND ? FFA_MEM_LEND_32
                                : FFA_MEM_SHARE_32;
}

static uint32_t access_bytes(const struct descriptor *d)
{
    return d->access_bytes != 0 ? d->access_bytes : d->version < FFA_VERSION_1_2 ? 16 : 32;
}

uint32_t descriptor_head(const struct descriptor *d)
{
    return (d->version < FFA_VERSION_1_1 ? HEAD_1_0 : HEAD) + d->receiver_count * access_bytes(d) +
           (d->count != 0 ? COMPOSITE : 0);
}

static uint8_t *write_header(const struct descriptor *d, uint8_t *out)
{
    put_bytes(&out[0], 2, d->sender);
    put_bytes(&out[2], 2, d->attributes);
    put_bytes(&out[4], 4, d->flags);
    put_bytes(&out[8], 8, d->handle);
    put_bytes(&out[16], 8, d->tag);
    put_bytes(&out[28], 4, d->receiver_count);
    if (d->version < FFA_VERSION_1_1) {
        return &out[HEAD_1_0];
    }
    put_bytes(&out[24], 4, access_bytes(d));
    put_bytes(&out[32], 4, HEAD);
    return &out[HEAD];
}

uint32_t descriptor_write(const struct descriptor *d, uint8_t *out)
{
    uint32_t head = descriptor_head(d);
    uint32_t pages = d->page_count;
    uint8_t *at;

    memset(out, 0, head);
    at = write_header(d, out);
    for (uint32_t n = 0; n < d->receiver_count; n++, at += access_bytes(d)) {
        put_bytes(&at[0], 2, d->receiver[n].id);
        at[2] = d->receiver[n].permissions;
        at[3] = d->receiver[n].flags;
        put_bytes(&at[4], 4, d->count != 0 ? head - COMPOSITE : 0);
        if (access_bytes(d) == 32) {
            put_bytes(&at[8], 8, d->receiver[n].impdef[0]);
            put_bytes(&at[16], 8, d->receiver[n].impdef[1]);
        }
    }
    if (d->count == 0) {
        return head;
    }
    for (uint32_t n = 0; d->page_count == 0 && n < d->count; n++) {
        pages += d->list[n].page_count;
    }
    put_bytes(&at[0], 4, pages);
    put_bytes(&at[4], 4, d->count);
    for (uint32_t n = 0; n < d->count; n++) {
        at = &out[head + n * CONSTITUENT];
        put_bytes(&at[0], 8, d->list[n].address);
        put_bytes(&at[8], 4, d->list[n].page_count);
        put_bytes(&at[12], 4, d->list[n].reserved);
    }
    return head + d->count * CONSTITUENT;
}

struct descriptor descriptor_of(enum ep sender, enum share_kind kind,
                                const struct share_constituent *list, uint32_t count,
                                uint32_t receiver_count, const enum ep *receivers)
{
    bool says = kind == SHARE_SHARE || (kind == SHARE_LEND && receiver_count > 1);
    struct descriptor d = {
        .version = machine.partition[sender]->ffa_version,
        .sender = id_of(sender),
        .attributes = says ? FFA_MEM_NORMAL_WB_ISH : FFA_MEM_NOT_SPECIFIED,
        .tag = 0x1122334455667788u,
        .receiver_count = receiver_count,
        .count = count,
        .list = list,
    };

    for (uint32_t n = 0; n < receiver_count; n++) {
        d.receiver[n].id = id_of(receivers[n]);
        d.receiver[n].permissions = kind == SHARE_DONATE ? 0 : FFA_MEM_DATA_RW;
    }
    return d;
}

struct descriptor request_of(const struct descriptor *sent, enum ep reader, enum share_kind kind,
                             uint64_t handle)
{
    bool says = kind != SHARE_SHARE && sent->receiver_count == 1;
    struct descriptor d = *sent;

    d.version = machine.partition[reader]->ffa_version;
    d.attributes = FFA_MEM_NOT_SPECIFIED;
    d.flags = (uint32_t)kind << FFA_MEM_FLAG_TYPE_SHIFT;
    d.handle = handle;
    d.access_bytes = 0;
    d.count = 0;
    for (uint32_t n = 0; n < d.receiver_count; n++) {
        d.receiver[n].permissions =
            FFA_MEM_PERMISSIONS(FFA_MEM_DATA(sent->receiver[n].permissions),
                                says ? FFA_MEM_INSTR_NX : FFA_MEM_INSTR_NONE);
    }
    return d;
}

static int32_t first_fragment(enum ep sender, enum share_kind kind, const struct descriptor *d,
                              uint32_t total, uint32_t most, struct regs *r)
{
    uint32_t head = descriptor_head(d);
    uint32_t length = total <= most ? total : head + (most - head) / CONSTITUENT * CONSTITUENT;

    memcpy(tx_of(sender), bytes, length);
    *r = CALL(sender, fid_of(kind), total, length);
    return (int32_t)length;
}

int32_t send_in(enum ep sender, enum share_kind kind, const struct descriptor *d, uint32_t most,
                uint64_t *handle)
{
    uint32_t total = descriptor_write(d, bytes);
    uint32_t room = most != 0 ? most : mailbox_bytes(sender);
    uint64_t end = sender == NWD ? (uint64_t)d->sender << 16 : 0;
    struct regs r;
    uint32_t done;

    MUST(total <= sizeof(bytes));
    done = (uint32_t)first_fragment(sender, kind, d, total, room, &r);
    while ((uint32_t)r.x[0] == FFA_MEM_FRAG_RX) {
        uint32_t now = total - done < room ? total - done : room / CONSTITUENT * CONSTITUENT;

        MUST_EQ(r.x[3], done);
        MUST_EQ(r.x[4], end);
        MUST(done < total);
        memcpy(tx_of(sender), &bytes[done], now);
        r = CALL(sender, FFA_MEM_FRAG_TX, r.x[1], r.x[2], now, end);
        done += now;
    }
    if (error_of(r) == 0) {
        MUST_EQ(r.x[0], FFA_SUCCESS_32);
        MUST_EQ(done, total);
        *handle = r.x[3] << 32 | r.x[2];
    }
    return error_of(r);
}

int32_t send_all(enum ep sender, enum share_kind kind, const struct descriptor *d, uint64_t *handle)
{
    return send_in(sender, kind, d, 0, handle);
}

struct regs ask(enum ep reader, const struct descriptor *request)
{
    uint32_t total = descriptor_write(request, bytes);

    MUST(total <= mailbox_bytes(reader));
    memcpy(tx_of(reader), bytes, total);
    return CALL(reader, FFA_MEM_RETRIEVE_REQ_32, total, total);
}

static void take_fragment(enum ep reader, uint32_t at, uint32_t size)
{
    MUST(size <= mailbox_bytes(reader));
    MUST(at + size <= sizeof(bytes));
    memcpy(&bytes[at], rx_of(reader), size);
    /* conformance: memory_sharing_v1_2.retrieve_zeros_rx_tail_on_multi_page_mailbox */
    for (uint32_t i = size; i < mailbox_bytes(reader); i++) {
        MUST_EQ(rx_of(reader)[i], 0);
    }
    MUST_EQ(error_of(CALL(reader, FFA_RX_RELEASE)), 0);
}

static void parse(uint32_t version, struct response *out)
{
    uint32_t at = version < FFA_VERSION_1_1 ? HEAD_1_0 : (uint32_t)get_bytes(&bytes[32], 4);
    uint32_t size = version < FFA_VERSION_1_1 ? 16 : (uint32_t)get_bytes(&bytes[24], 4);
    uint32_t composite = (uint32_t)get_bytes(&bytes[at + 4], 4);

    out->sender = (uint16_t)get_bytes(&bytes[0], 2);
    out->attributes = (uint16_t)get_bytes(&bytes[2], 2);
    out->flags = (uint32_t)get_bytes(&bytes[4], 4);
    out->handle = get_bytes(&bytes[8], 8);
    out->tag = get_bytes(&bytes[16], 8);
    out->receiver_count = (uint32_t)get_bytes(&bytes[28], 4);
    MUST_EQ(size, version < FFA_VERSION_1_2 ? 16 : 32);
    MUST(out->receiver_count <= SHARE_MAX_RECEIVERS);
    for (uint32_t n = 0; n < out->receiver_count; n++, at += size) {
        MUST_EQ(get_bytes(&bytes[at + 4], 4), composite);
        out->receiver[n] = (struct receiver){
            .id = (uint16_t)get_bytes(&bytes[at], 2),
            .permissions = bytes[at + 2],
            .flags = bytes[at + 3],
        };
        if (size == 32) {
            out->receiver[n].impdef[0] = get_bytes(&bytes[at + 8], 8);
            out->receiver[n].impdef[1] = get_bytes(&bytes[at + 16], 8);
        }
    }
    MUST_EQ(at, composite);
    out->page_count = (uint32_t)get_bytes(&bytes[composite], 4);
    out->count = (uint32_t)get_bytes(&bytes[composite + 4], 4);
    MUST(out->count <= MAX_LIST);
    for (uint32_t n = 0; n < out->count; n++) {
        const uint8_t *c = &bytes[composite + COMPOSITE + n * CONSTITUENT];

        out->list[n] = (struct share_constituent){.address = get_bytes(&c[0], 8),
                                                  .page_count = (uint32_t)get_bytes(&c[8], 4),
                                                  .reserved = (uint32_t)get_bytes(&c[12], 4)};
    }
    MUST_EQ(out->total, composite + COMPOSITE + out->count * CONSTITUENT);
}

int32_t retrieve_all(enum ep reader, const struct descriptor *request, struct response *out)
{
    struct regs r = ask(reader, request);
    uint32_t version = machine.partition[reader]->ffa_version;
    uint32_t at = (uint32_t)r.x[2];

    if (error_of(r) != 0) {
        return error_of(r);
    }
    MUST_EQ(r.x[0], FFA_MEM_RETRIEVE_RESP);
    memset(out, 0, sizeof(*out));
    out->total = (uint32_t)r.x[1];
    take_fragment(reader, 0, at);
    for (out->fragments = 1; at < out->total; out->fragments++) {
        r = CALL(reader, FFA_MEM_FRAG_RX, (uint32_t)request->handle, request->handle >> 32, at);
        MUST_EQ(error_of(r), 0);
        MUST_EQ(r.x[0], FFA_MEM_FRAG_TX);
        MUST_EQ(r.x[2] << 32 | r.x[1], request->handle);
        MUST(r.x[3] != 0);
        take_fragment(reader, at, (uint32_t)r.x[3]);
        at += (uint32_t)r.x[3];
    }
    MUST_EQ(at, out->total);
    parse(version, out);
    MUST_EQ(out->handle, request->handle);
    return 0;
}

int32_t retrieve(enum ep reader, const struct descriptor *sent, enum share_kind kind,
                 uint64_t handle)
{
    static struct response response;
    struct descriptor request = request_of(sent, reader, kind, handle);

    return retrieve_all(reader, &request, &response);
}

int32_t relinquish(enum ep reader, uint64_t handle, uint32_t flags)
{
    uint8_t *tx = tx_of(reader);

    put_bytes(&tx[0], 8, handle);
    put_bytes(&tx[8], 4, flags);
    put_bytes(&tx[12], 4, 1);
    put_bytes(&tx[16], 2, id_of(reader));
    return error_of(CALL(reader, FFA_MEM_RELINQUISH));
}

int32_t reclaim(enum ep owner, uint64_t handle, uint32_t flags)
{
    return error_of(
        CALL(owner, FFA_MEM_RECLAIM, (uint32_t)handle, (uint32_t)(handle >> 32), flags));
}
