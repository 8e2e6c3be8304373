/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sequences of memory management calls of the normal world and four partitions against the real
 * core. Two bytes begin a step: what, and who; steps take the bytes behind them as they need.
 * Most of what comes out is legal: a byte of dents says where it is not.
 */
#include <string.h>

#include "rig.h"

#define STEPS      48u
#define SENT_MAX   8u
#define LIST_MAX   320u
#define BYTES_MAX  8192u
#define MANY       0xf0u /* constituents: from here on more than a page of RX holds */
#define MANY_BASE  (P1_BASE + BLOCK)
#define MANY_COUNT 264u

/* Where a request is not what it should be. */
enum dent {
    DENT_ATTRIBUTES = 0x01,
    DENT_FLAGS = 0x02,
    DENT_PERMISSIONS = 0x04,
    DENT_COUNT = 0x08,
    DENT_BYTE = 0x10,
    DENT_SPLIT = 0x20, /* legal: in fragments */
    DENT_LAYOUT = 0x40,
    DENT_LENGTH = 0x80,
};

/* A transaction as its sender knows it. */
struct sent {
    enum ep sender;
    enum share_kind kind;
    struct descriptor d;
    struct share_constituent list[LIST_MAX];
    uint64_t handle;
    uint32_t total;
    uint32_t done;
    uint8_t bytes[BYTES_MAX];
};

/* A response that somebody has not got all of. */
struct reading {
    uint64_t handle;
    uint32_t at;
};

static struct sent sent[SENT_MAX];
static unsigned sent_next;
static struct reading reading[EP_COUNT];

static struct sent *any_sent(struct input *in)
{
    return &sent[take8(in) % SENT_MAX];
}

static void put_tx(enum ep ep, const uint8_t *bytes, uint32_t size)
{
    uint32_t room = 0;
    uint8_t *tx = rig_tx(ep, &room);

    if (tx != NULL && size != 0) {
        memcpy(tx, bytes, size < room ? size : room);
    }
}

static uint32_t tx_room(enum ep ep)
{
    uint32_t room = PAGE;

    (void)rig_tx(ep, &room);
    return room;
}

static void dent_byte(struct input *in, uint8_t *bytes, uint32_t size)
{
    uint32_t at = take16(in) % size;

    bytes[at] = take8(in);
}

static void choose_receivers(struct input *in, struct sent *s)
{
    static const enum ep order[] = {P1, P2, P3, P0};
    uint8_t mask = take8(in);
    uint8_t data = s->kind == SHARE_DONATE ? FFA_MEM_DATA_NONE : FFA_MEM_DATA_RW;
    struct descriptor *d = &s->d;

    d->receiver_count = 0;
    for (unsigned i = 0; i < 4; i++) {
        if ((mask & (1u << i)) != 0 && (order[i] != s->sender || (mask & 0x80u) != 0)) {
            d->receiver[d->receiver_count++] =
                (struct receiver){.id = id_of(order[i]), .permissions = data};
        }
    }
    if ((mask & 0x10u) != 0) {
        d->receiver[d->receiver_count++] =
            (struct receiver){.id = (mask & 0x20u) != 0 ? VM_2 : 0x8009, .permissions = data};
    }
    if ((mask & 0x40u) != 0 && d->receiver_count != 0) {
        d->receiver[0].permissions = FFA_MEM_DATA_RO;
        d->receiver[0].impdef[0] = mask;
    }
    if (s->kind == SHARE_DONATE && d->receiver_count > 1 && (mask & 0x80u) == 0) {
        d->receiver_count = 1;
    }
}

static void choose_pages(struct input *in, struct sent *s)
{
    uint8_t count = take8(in);

    s->d.count = 0;
    if (count >= MANY) {
        for (unsigned n = 0; n < MANY_COUNT + (count & 0xfu); n++) {
            s->list[s->d.count++] = (struct share_constituent){
                .address = MANY_BASE + (uint64_t)n * 2 * PAGE, .page_count = 1};
        }
        return;
    }
    for (unsigned n = 0; n <= count % 4u; n++) {
        uint8_t where = take8(in);
        uint64_t page = where < 0xe0u ? rig_page_of(s->sender, where & 0x1fu) : rig_any_page(where);

        s->list[s->d.count++] = (struct share_constituent){
            .address = page, .page_count = where < 0xe0u ? 1u + (where >> 5) % 4u : 1};
    }
}

static void go_on(struct input *in, struct sent *s, struct regs r, bool all)
{
    (void)in;
    while ((uint32_t)r.x[0] == FFA_MEM_FRAG_RX) {
        uint32_t room = tx_room(s->sender) / 16u * 16u;
        uint32_t left = s->total - s->done;
        uint32_t now = left < room ? left : room;

        s->handle = r.x[2] << 32 | r.x[1];
        if (!all) {
            return;
        }
        put_tx(s->sender, &s->bytes[s->done], now);
        s->done += now;
        r = RIG_CALL(s->sender, FFA_MEM_FRAG_TX, r.x[1], r.x[2], now, r.x[4]);
    }
    if ((uint32_t)r.x[0] == FFA_SUCCESS_32) {
        s->handle = r.x[3] << 32 | r.x[2];
    }
}

static void step_send(struct input *in, enum ep ep, enum share_kind kind)
{
    struct sent *s = &sent[sent_next++ % SENT_MAX];
    struct descriptor *d = &s->d;
    uint8_t dents;
    uint32_t head;
    uint32_t length;

    memset(s, 0, offsetof(struct sent, bytes));
    s->sender = ep;
    s->kind = kind;
    d->version = machine.partition[ep]->ffa_version;
    d->sender = id_of(ep);
    d->tag = take8(in);
    d->list = s->list;
    choose_receivers(in, s);
    choose_pages(in, s);
    dents = take8(in);
    if (kind == SHARE_SHARE || (kind == SHARE_LEND && d->receiver_count > 1)) {
        d->attributes = FFA_MEM_NORMAL_WB_ISH;
    }
    if ((dents & DENT_ATTRIBUTES) != 0) {
        uint8_t value = take8(in);

        d->attributes = value;
        d->sender = ep == NWD && value == 1 ? VM_1 : d->sender;
    }
    if ((dents & DENT_FLAGS) != 0) {
        d->flags = take8(in);
    }
    if ((dents & DENT_PERMISSIONS) != 0) {
        d->receiver[0].permissions = take8(in);
        d->receiver[0].flags = d->receiver[0].permissions >> 6;
    }
    if ((dents & DENT_COUNT) != 0) {
        d->page_count = take8(in);
    }
    if ((dents & DENT_LAYOUT) != 0) {
        d->access_bytes = (take8(in) & 1u) != 0 ? 16 : 32;
    }
    s->total = descriptor_write(d, s->bytes);
    head = descriptor_head(d);
    length = s->total < tx_room(ep) ? s->total : head + (tx_room(ep) - head) / 16u * 16u;
    if ((dents & DENT_BYTE) != 0) {
        dent_byte(in, s->bytes, s->total);
    }
    if ((dents & DENT_SPLIT) != 0 && s->d.count > 1) {
        uint32_t part = head + 16u * (take8(in) % s->d.count);

        length = part < length ? part : length;
    }
    put_tx(ep, s->bytes, length);
    s->done = length;
    if ((dents & DENT_LENGTH) != 0) {
        length += take8(in) - 128u;
    }
    go_on(in, s,
          RIG_CALL(ep, fid_of(kind) | ((d->tag & 1u) != 0 ? SMCCC_64_BIT : 0), s->total, length),
          (dents & DENT_SPLIT) == 0);
}

/* The next fragment of something that has begun, or what somebody takes for it. */
static void step_frag_tx(struct input *in, enum ep ep)
{
    struct sent *s = any_sent(in);
    uint8_t how = take8(in);
    uint32_t now = (how & 1u) != 0 ? 16 : s->total - s->done;
    uint64_t endpoint = s->sender == NWD ? (uint64_t)s->d.sender << 16 : 0;

    if ((how & 2u) == 0) {
        ep = s->sender;
    }
    now = now < s->total - s->done ? now : s->total - s->done;
    now = now < tx_room(ep) ? now : tx_room(ep);
    if (s->done + now <= BYTES_MAX) {
        put_tx(ep, &s->bytes[s->done], now);
    }
    if ((how & 4u) != 0) {
        now += take8(in);
    }
    if ((how & 8u) != 0) {
        endpoint ^= 0x10000u;
    }
    s->done += ep == s->sender && s->done + now <= s->total ? now : 0;
    go_on(in, s, RIG_CALL(ep, FFA_MEM_FRAG_TX, (uint32_t)s->handle, s->handle >> 32, now, endpoint),
          false);
}

static void note_response(enum ep ep, struct regs r, uint64_t handle, bool keep)
{
    if (error_of(r) != 0) {
        return;
    }
    if ((uint32_t)r.x[0] == FFA_MEM_RETRIEVE_RESP) {
        reading[ep] = (struct reading){handle, (uint32_t)r.x[2]};
    } else {
        reading[ep].at += (uint32_t)r.x[3];
    }
    if (!keep) {
        (void)RIG_CALL(ep, FFA_RX_RELEASE);
    }
}

static void dent_request(struct input *in, uint8_t dents, struct descriptor *d)
{
    if ((dents & DENT_ATTRIBUTES) != 0) {
        d->attributes = take8(in);
    }
    if ((dents & DENT_FLAGS) != 0) {
        d->flags = take16(in);
    }
    if ((dents & DENT_PERMISSIONS) != 0) {
        for (uint32_t n = 0; n < d->receiver_count; n++) {
            d->receiver[n].permissions = take8(in);
        }
    }
    if ((dents & DENT_COUNT) != 0) {
        d->tag ^= take8(in);
    }
    if ((dents & DENT_LAYOUT) != 0) {
        d->access_bytes = (take8(in) & 1u) != 0 ? 16 : 32;
    }
}

static void step_retrieve(struct input *in, enum ep ep, uint32_t fid)
{
    static uint8_t bytes[BYTES_MAX];
    struct sent *s = any_sent(in);
    uint8_t dents = take8(in);
    struct descriptor d;
    uint32_t total;

    d = request_of(&s->d, ep, s->kind, s->handle);
    if (ep == NWD) {
        d = (struct descriptor){.version = d.version, .handle = s->handle};
    }
    if ((dents & DENT_SPLIT) != 0 && ep != NWD) {
        /* only its own entry */
        d.flags |= FFA_MEM_FLAG_BYPASS;
        for (uint32_t n = 0; n < d.receiver_count; n++) {
            if (d.receiver[n].id == id_of(ep)) {
                d.receiver[0] = d.receiver[n];
            }
        }
        d.receiver_count = 1;
    }
    dent_request(in, dents, &d);
    total = descriptor_write(&d, bytes);
    if ((dents & DENT_BYTE) != 0) {
        dent_byte(in, bytes, total);
    }
    put_tx(ep, bytes, total);
    note_response(ep, RIG_CALL(ep, fid, total, total), s->handle, (dents & DENT_LENGTH) != 0);
}

static void step_frag_rx(struct input *in, enum ep ep)
{
    struct reading *r = &reading[ep];
    uint8_t how = take8(in);
    uint32_t at = r->at + ((how & 2u) != 0 ? 16u : 0);

    note_response(ep,
                  RIG_CALL(ep, FFA_MEM_FRAG_RX, (uint32_t)r->handle, r->handle >> 32, at,
                           (how & 4u) != 0 ? 0x10000 : 0),
                  r->handle, (how & 1u) != 0);
}

static void step_relinquish(struct input *in, enum ep ep)
{
    struct sent *s = any_sent(in);
    uint8_t how = take8(in);
    uint8_t bytes[18] = {0};

    put_bytes(&bytes[0], 8, s->handle);
    put_bytes(&bytes[8], 4, how & 7u);
    put_bytes(&bytes[12], 4, (how & 0x40u) != 0 ? 2 : 1);
    put_bytes(&bytes[16], 2, (how & 0x80u) != 0 ? id_of(P2) : id_of(ep));
    put_tx(ep, bytes, sizeof(bytes));
    (void)RIG_CALL(ep, FFA_MEM_RELINQUISH);
}

static void step_reclaim(struct input *in, enum ep ep)
{
    struct sent *s = any_sent(in);
    uint8_t how = take8(in);

    if ((how & 0x80u) == 0) {
        ep = s->sender;
    }
    (void)RIG_CALL(ep, FFA_MEM_RECLAIM, (uint32_t)s->handle, s->handle >> 32, how & 3u);
}

static void step_buffers(struct input *in, enum ep ep)
{
    uint8_t how = take8(in);
    uint64_t rx = MAILBOX(ep);
    uint64_t tx = MAILBOX(ep) + MAILBOX_MAX;
    uint32_t size;
    uint8_t *at;

    if ((how & 1u) != 0) {
        (void)RIG_CALL(ep, FFA_RXTX_UNMAP, (how & 2u) != 0 ? 0x10000 : 0);
        return;
    }
    if ((how & 2u) != 0) {
        rx = rig_page_of(ep, take8(in));
        tx = rig_page_of(ep, take8(in));
    } else if ((how & 4u) != 0) {
        rx = rig_any_page(take8(in));
    }
    if (error_of(RIG_CALL(ep, FFA_RXTX_MAP_64, tx, rx, 1u + (how >> 6))) == 0) {
        at = rig_tx(ep, &size);
        memset(at, 0, size);
    }
}

/* A call as it comes: registers out of the input, or a handle in two of them. */
static void step_raw(struct input *in, enum ep ep)
{
    static const uint32_t fids[] = {
        FFA_MEM_SHARE_32,    FFA_MEM_LEND_64,     FFA_MEM_DONATE_32,      FFA_MEM_RETRIEVE_REQ_64,
        FFA_MEM_RECLAIM,     FFA_MEM_RELINQUISH,  FFA_MEM_FRAG_RX,        FFA_MEM_FRAG_TX,
        FFA_RXTX_MAP_64,     FFA_RXTX_UNMAP,      FFA_RX_ACQUIRE,         FFA_RX_RELEASE,
        FFA_MEM_PERM_GET_64, FFA_MEM_PERM_SET_64, FFA_PARTITION_INFO_GET, FFA_FEATURES,
    };
    uint64_t x[FFA_REGS] = {fids[take8(in) % (sizeof(fids) / sizeof(fids[0]))]};
    uint8_t how = take8(in);

    for (unsigned n = 1; n < FFA_REGS; n++) {
        if ((how & (1u << n)) != 0) {
            x[n] = (how & 1u) != 0 ? take64(in) : take8(in);
        }
    }
    if (how == 0) {
        uint64_t handle = any_sent(in)->handle;

        x[1] = (uint32_t)handle;
        x[2] = handle >> 32;
        x[3] = take16(in);
    }
    (void)rig_call(ep, x);
}

static void step_world(struct input *in, enum ep ep)
{
    uint8_t how = take8(in);

    switch (how & 7u) {
    case 0:
        if (how >= 0x80u) {
            rig_kill(ep);
        }
        break;
    case 1:
        refill_pool();
        drain_pool(how >> 3);
        rig_settle();
        break;
    case 2:
        refill_pool();
        rig_settle();
        break;
    case 3:
        set_version(ep, FFA_VERSION_1_0 + (how >> 6));
        rig_settle();
        break;
    default:
        (void)RIG_CALL(ep, FFA_RX_RELEASE);
        break;
    }
}

static void step(struct input *in)
{
    uint8_t what = take8(in) % 16u;
    enum ep ep = (enum ep)(take8(in) % EP_COUNT);

    switch (what) {
    case 0:
    case 1:
        step_send(in, ep, SHARE_LEND);
        break;
    case 2:
        step_send(in, ep, SHARE_SHARE);
        break;
    case 3:
        step_send(in, ep, SHARE_DONATE);
        break;
    case 4:
    case 5:
    case 6:
        step_retrieve(in, ep, what == 6 ? FFA_MEM_RETRIEVE_REQ_64 : FFA_MEM_RETRIEVE_REQ_32);
        break;
    case 7:
    case 8:
        step_relinquish(in, ep);
        break;
    case 9:
    case 10:
        step_reclaim(in, ep);
        break;
    case 11:
        step_frag_tx(in, ep);
        break;
    case 12:
        step_frag_rx(in, ep);
        break;
    case 13:
        step_buffers(in, ep);
        break;
    case 14:
        step_raw(in, ep);
        break;
    default:
        step_world(in, ep);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, size};

    memset(sent, 0, sizeof(sent));
    memset(reading, 0, sizeof(reading));
    sent_next = 0;
    rig_reset();
    for (unsigned n = 0; n < STEPS && in.left != 0; n++) {
        step(&in);
    }
    rig_finish();
    return 0;
}
