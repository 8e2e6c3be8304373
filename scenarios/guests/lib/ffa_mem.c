/* SPDX-License-Identifier: BSD-3-Clause */
#include "ffa_mem.h"

#include "guest.h"
#include "mem.h"

#define HEADER_BYTES_1_0 32u
#define HEADER_BYTES     48u
#define ACCESS_BYTES_1_1 16u
#define ACCESS_BYTES_1_2 32u
#define COMPOSITE_BYTES  16u
#define RANGE_BYTES      16u
#define RELINQUISH_BYTES 18u

/* Little endian, wherever it lies. */
static void put(uint8_t *at, unsigned bytes, uint64_t value)
{
    for (unsigned i = 0; i < bytes; i++) {
        at[i] = (uint8_t)(value >> (8 * i));
    }
}

static uint64_t get(const uint8_t *at, unsigned bytes)
{
    uint64_t value = 0;

    for (unsigned i = bytes; i-- != 0;) {
        value = value << 8 | at[i];
    }
    return value;
}

static uint32_t header_bytes(uint32_t version)
{
    return version < FFA_VERSION_1_1 ? HEADER_BYTES_1_0 : HEADER_BYTES;
}

static uint32_t access_bytes(uint32_t version)
{
    return version < FFA_VERSION_1_2 ? ACCESS_BYTES_1_1 : ACCESS_BYTES_1_2;
}

uint32_t ffa_mem_head_bytes(uint32_t version, unsigned borrower_count)
{
    return header_bytes(version) + borrower_count * access_bytes(version) + COMPOSITE_BYTES;
}

static void put_header(uint8_t *at, uint32_t version, const struct ffa_mem *mem)
{
    memset(at, 0, header_bytes(version));
    put(&at[0], 2, mem->sender);
    put(&at[2], version < FFA_VERSION_1_1 ? 1 : 2, mem->attributes);
    put(&at[4], 4, mem->flags);
    put(&at[8], 8, mem->handle);
    put(&at[16], 8, mem->tag);
    put(&at[28], 4, mem->borrower_count);
    if (version >= FFA_VERSION_1_1) {
        put(&at[24], 4, access_bytes(version));
        put(&at[32], 4, HEADER_BYTES);
    }
}

static void put_borrower(uint8_t *at, uint32_t version, const struct ffa_mem_borrower *borrower,
                         uint32_t composite)
{
    memset(at, 0, access_bytes(version));
    put(&at[0], 2, borrower->id);
    at[2] = borrower->permissions;
    at[3] = borrower->flags;
    put(&at[4], 4, composite);
    if (version >= FFA_VERSION_1_2) {
        put(&at[8], 8, borrower->impdef[0]);
        put(&at[16], 8, borrower->impdef[1]);
    }
}

static uint32_t put_ranges(uint8_t *at, uint32_t room, const struct ffa_mem_ranges *ranges,
                           uint32_t first)
{
    uint32_t fit = room / RANGE_BYTES;
    uint32_t count = ranges->count - first < fit ? ranges->count - first : fit;

    for (uint32_t n = 0; n < count; n++, at += RANGE_BYTES) {
        const struct ffa_mem_range *range = &ranges->range[first + n];

        put(&at[0], 8, range->address);
        put(&at[8], 4, range->page_count);
        put(&at[12], 4, range->reserved);
    }
    return count;
}

uint32_t ffa_mem_put(const struct ffa_mem_port *port, const struct ffa_mem *mem,
                     const struct ffa_mem_ranges *ranges, uint32_t *total, uint32_t *in)
{
    uint32_t at = header_bytes(port->version);
    uint32_t head = ffa_mem_head_bytes(port->version, mem->borrower_count);
    uint32_t composite = head - COMPOSITE_BYTES;
    uint32_t pages = 0;

    put_header(port->tx, port->version, mem);
    for (unsigned n = 0; n < mem->borrower_count; n++, at += access_bytes(port->version)) {
        put_borrower(port->tx + at, port->version, &mem->borrower[n],
                     ranges != NULL ? composite : 0);
    }
    if (ranges == NULL) {
        *total = at;
        return at;
    }
    for (uint32_t n = 0; n < ranges->count; n++) {
        pages += ranges->range[n].page_count;
    }
    memset(port->tx + composite, 0, COMPOSITE_BYTES);
    put(port->tx + composite, 4, pages);
    put(port->tx + composite + 4, 4, ranges->count);
    *in = put_ranges(port->tx + head, port->size_bytes - head, ranges, 0);
    *total = head + ranges->count * RANGE_BYTES;
    return head + *in * RANGE_BYTES;
}

uint32_t ffa_mem_put_more(const struct ffa_mem_port *port, const struct ffa_mem_ranges *ranges,
                          uint32_t first, uint32_t *in)
{
    *in = put_ranges(port->tx, port->size_bytes, ranges, first);
    return *in * RANGE_BYTES;
}

static void get_ranges(const uint8_t *at, uint32_t bytes, struct ffa_mem_ranges *ranges,
                       uint32_t first)
{
    for (uint32_t n = first; bytes >= RANGE_BYTES; n++, at += RANGE_BYTES, bytes -= RANGE_BYTES) {
        guest_assert(n < ranges->room && n < ranges->count);
        ranges->range[n] = (struct ffa_mem_range){
            .address = get(&at[0], 8),
            .page_count = (uint32_t)get(&at[8], 4),
            .reserved = (uint32_t)get(&at[12], 4),
        };
    }
}

static bool get_header(const uint8_t *at, uint32_t version, struct ffa_mem *mem)
{
    bool old = version < FFA_VERSION_1_1;

    *mem = (struct ffa_mem){
        .sender = (uint16_t)get(&at[0], 2),
        .attributes = (uint16_t)get(&at[2], old ? 1 : 2),
        .flags = (uint32_t)get(&at[4], 4),
        .handle = get(&at[8], 8),
        .tag = get(&at[16], 8),
        .borrower_count = (unsigned)get(&at[28], 4),
    };
    return mem->borrower_count <= FFA_MEM_MAX_BORROWERS &&
           (old ? at[3] == 0 && get(&at[24], 4) == 0
                : get(&at[24], 4) == access_bytes(version) && get(&at[32], 4) == HEADER_BYTES &&
                      get(&at[36], 4) == 0 && get(&at[40], 8) == 0);
}

static bool get_borrower(const uint8_t *at, uint32_t version, uint32_t composite,
                         struct ffa_mem_borrower *out)
{
    uint64_t reserved = get(&at[8], 8);

    *out = (struct ffa_mem_borrower){
        .id = (uint16_t)get(&at[0], 2), .permissions = at[2], .flags = at[3]};
    if (version >= FFA_VERSION_1_2) {
        out->impdef[0] = reserved;
        out->impdef[1] = get(&at[16], 8);
        reserved = get(&at[24], 8);
    }
    return reserved == 0 && get(&at[4], 4) == composite;
}

bool ffa_mem_get(const struct ffa_mem_port *port, uint32_t total, uint32_t bytes,
                 struct ffa_mem *mem, struct ffa_mem_ranges *ranges, uint32_t *in, uint32_t *pages)
{
    uint32_t at = header_bytes(port->version);
    uint32_t head;
    uint32_t composite;

    if (bytes > port->size_bytes || bytes < at || !get_header(port->rx, port->version, mem)) {
        return false;
    }
    head = ffa_mem_head_bytes(port->version, mem->borrower_count);
    composite = head - COMPOSITE_BYTES;
    if (bytes < head || (bytes - head) % RANGE_BYTES != 0) {
        return false;
    }
    for (unsigned n = 0; n < mem->borrower_count; n++, at += access_bytes(port->version)) {
        if (!get_borrower(port->rx + at, port->version, composite, &mem->borrower[n])) {
            return false;
        }
    }
    *pages = (uint32_t)get(port->rx + composite, 4);
    ranges->count = (uint32_t)get(port->rx + composite + 4, 4);
    if (get(port->rx + composite + 8, 8) != 0 || total != head + ranges->count * RANGE_BYTES) {
        return false;
    }
    *in = (bytes - head) / RANGE_BYTES;
    get_ranges(port->rx + head, bytes - head, ranges, 0);
    return true;
}

static struct ffa_args call(uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3, uint64_t x4)
{
    struct ffa_args args = {.x = {x0, x1, x2, x3, x4}};

    ffa_call(&args);
    return args;
}

struct ffa_args ffa_mem_send(uint32_t function, uint32_t total, uint32_t bytes)
{
    return call(function, total, bytes, 0, 0);
}

struct ffa_args ffa_mem_retrieve_req(uint32_t total, uint32_t bytes)
{
    return call(FFA_MEM_RETRIEVE_REQ_32, total, bytes, 0, 0);
}

struct ffa_args ffa_mem_frag_tx(uint64_t handle, uint32_t bytes, uint16_t endpoint)
{
    return call(FFA_MEM_FRAG_TX, (uint32_t)handle, handle >> 32, bytes, (uint64_t)endpoint << 16);
}

struct ffa_args ffa_mem_frag_rx(uint64_t handle, uint32_t offset, uint16_t endpoint)
{
    return call(FFA_MEM_FRAG_RX, (uint32_t)handle, handle >> 32, offset, (uint64_t)endpoint << 16);
}

struct ffa_args ffa_mem_relinquish(const struct ffa_mem_port *port, uint64_t handle, uint32_t flags,
                                   uint16_t endpoint)
{
    memset(port->tx, 0, RELINQUISH_BYTES);
    put(&port->tx[0], 8, handle);
    put(&port->tx[8], 4, flags);
    put(&port->tx[12], 4, 1);
    put(&port->tx[16], 2, endpoint);
    return call(FFA_MEM_RELINQUISH, 0, 0, 0, 0);
}

struct ffa_args ffa_mem_reclaim(uint64_t handle, uint32_t flags)
{
    return call(FFA_MEM_RECLAIM, (uint32_t)handle, handle >> 32, flags, 0);
}

int32_t ffa_mem_send_all(const struct ffa_mem_port *port, uint32_t function,
                         const struct ffa_mem *mem, const struct ffa_mem_ranges *ranges,
                         uint64_t *handle)
{
    uint16_t endpoint = (mem->sender & FFA_ID_SECURE_BIT) != 0 ? 0 : mem->sender;
    uint32_t total;
    uint32_t in;
    uint32_t sent = ffa_mem_put(port, mem, ranges, &total, &in);
    struct ffa_args r = ffa_mem_send(function, total, sent);

    while (r.x[0] == FFA_MEM_FRAG_RX) {
        uint64_t frag_handle = ffa_mem_handle(&r.x[1]);
        uint32_t now;
        uint32_t bytes;

        guest_assert(sent < total && r.x[3] == sent && r.x[4] == (uint64_t)endpoint << 16);
        bytes = ffa_mem_put_more(port, ranges, in, &now);
        r = ffa_mem_frag_tx(frag_handle, bytes, endpoint);
        sent += bytes;
        in += now;
    }
    if (ffa_status(&r) != 0) {
        return ffa_status(&r);
    }
    guest_assert((uint32_t)r.x[0] == FFA_SUCCESS_32 && sent == total);
    *handle = ffa_mem_handle(&r.x[2]);
    return 0;
}

int32_t ffa_mem_retrieve_all(const struct ffa_mem_port *port, struct ffa_mem *mem,
                             struct ffa_mem_ranges *ranges)
{
    uint64_t handle = mem->handle;
    uint32_t total;
    uint32_t pages;
    uint32_t in;
    uint32_t got = ffa_mem_put(port, mem, NULL, &total, &in);
    struct ffa_args r = ffa_mem_retrieve_req(total, got);

    if (ffa_status(&r) != 0) {
        return ffa_status(&r);
    }
    guest_assert(r.x[0] == FFA_MEM_RETRIEVE_RESP);
    total = (uint32_t)r.x[1];
    got = (uint32_t)r.x[2];
    guest_assert(ffa_mem_get(port, total, got, mem, ranges, &in, &pages));
    guest_assert(mem->handle == handle);
    while (got < total) {
        r = ffa_rx_release();
        guest_assert(ffa_status(&r) == 0);
        r = ffa_mem_frag_rx(handle, got, 0);
        guest_assert(r.x[0] == FFA_MEM_FRAG_TX && ffa_mem_handle(&r.x[1]) == handle);
        guest_assert(r.x[3] != 0 && r.x[3] <= port->size_bytes && r.x[3] % RANGE_BYTES == 0);
        get_ranges(port->rx, (uint32_t)r.x[3], ranges, in);
        in += (uint32_t)r.x[3] / RANGE_BYTES;
        got += (uint32_t)r.x[3];
    }
    guest_assert(got == total && in == ranges->count);
    for (uint32_t n = 0; n < ranges->count; n++) {
        pages -= ranges->range[n].page_count;
    }
    guest_assert(pages == 0);
    r = ffa_rx_release();
    guest_assert(ffa_status(&r) == 0);
    return 0;
}
