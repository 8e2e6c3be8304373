/* SPDX-License-Identifier: BSD-3-Clause */
#include "hostile.h"

#include "guest.h"
#include "mem.h"

#define ARRAY_SIZE(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))
#define MAX_RANGES        5u
#define PARTITIONS        4u
#define TAGS              2u

static uint64_t next(struct hostile *h)
{
    h->state ^= h->state >> 12;
    h->state ^= h->state << 25;
    h->state ^= h->state >> 27;
    return h->state * 0x2545f4914f6cdd1dull;
}

static uint32_t below(struct hostile *h, uint32_t limit)
{
    return (uint32_t)((next(h) >> 32) * limit >> 32);
}

static bool rarely(struct hostile *h)
{
    return h->wild && below(h, 6) == 0;
}

void hostile_seed(struct hostile *h, uint64_t seed)
{
    h->state = seed | 1;
}

void hostile_tell(struct hostile *h, struct hostile_known known)
{
    h->last = known;
    h->known[h->next_known] = known;
    h->next_known = (h->next_known + 1) % HOSTILE_KNOWN;
}

static void note(uint64_t *list, uint64_t from, uint64_t to)
{
    for (unsigned n = 0; n < HOSTILE_HANDLES; n++) {
        if (list[n] == from) {
            list[n] = to;
            return;
        }
    }
    guest_assert(from != 0); /* more at a time than there are places for */
}

static unsigned count_of(const uint64_t *list)
{
    unsigned count = 0;

    for (unsigned n = 0; n < HOSTILE_HANDLES; n++) {
        count += list[n] != 0;
    }
    return count;
}

static uint16_t endpoint(struct hostile *h)
{
    uint16_t id;

    switch (h->wild ? below(h, 12) : 12) {
    case 0:
        return FFA_ID_SPMC;
    case 1:
        return FFA_ID_NWD;
    case 2:
        return 5; /* a VM */
    case 3:
        return (uint16_t)next(h);
    case 4:
        return h->me;
    default:
        do {
            id = (uint16_t)(FFA_ID_SP_FIRST + below(h, PARTITIONS));
        } while (id == h->me);
        return id;
    }
}

/* One of the list, if there is one, else what is known; or something near to it. */
static uint64_t handle(struct hostile *h, const uint64_t *list)
{
    uint64_t of = h->known[below(h, HOSTILE_KNOWN)].handle;

    for (unsigned n = 0; list != NULL && n < 2 * HOSTILE_HANDLES; n++) {
        if (list[(n + h->state) % HOSTILE_HANDLES] != 0) {
            of = list[(n + h->state) % HOSTILE_HANDLES];
            break;
        }
    }
    switch (h->wild ? below(h, 8) : 8) {
    case 0:
        return of + (1u << 16); /* the next one of the slot */
    case 1:
        return of - (1u << 16);
    case 2:
        return next(h);
    case 3:
        return of | 1ull << 63;
    default:
        return of;
    }
}

static uint8_t permissions(struct hostile *h, bool none)
{
    if (rarely(h)) {
        return (uint8_t)next(h);
    }
    return none ? 0 : (uint8_t)(1 + below(h, 2));
}

static void make_range(struct hostile *h, uint32_t page, struct ffa_mem_range *range)
{
    static const uint64_t foreign[] = {0,          0x0e100000, 0x0e000000,
                                       0x0d800000, 1ull << 40, ~0xfffull};

    *range = (struct ffa_mem_range){
        .address = h->base + (uint64_t)(page % h->pages) * FFA_PAGE_SIZE_BYTES, .page_count = 1};
    if (page % h->pages + 1 < h->pages && below(h, 4) == 0) {
        range->page_count = 2;
    }
    switch (h->wild ? below(h, 20) : 20) {
    case 0:
        range->address = foreign[below(h, ARRAY_SIZE(foreign))];
        break;
    case 1:
        range->address |= 1ull << below(h, 12);
        break;
    case 2:
        range->page_count = below(h, 2) == 0 ? 0 : ~0u >> below(h, 8);
        break;
    case 3:
        range->reserved = 1u << below(h, 32);
        break;
    case 4:
        range->address = h->base;
        break;
    default:
        break;
    }
}

static void flip_one(struct hostile *h, uint32_t bytes)
{
    if (rarely(h)) {
        h->port->tx[below(h, bytes)] ^= (uint8_t)(1u << below(h, 8));
    }
}

static void make_borrowers(struct hostile *h, struct ffa_mem *mem, bool one)
{
    uint16_t first = endpoint(h);

    mem->borrower_count = one && !rarely(h) ? 1 : 1 + below(h, 3);
    for (unsigned n = 0; n < mem->borrower_count; n++) {
        mem->borrower[n] = (struct ffa_mem_borrower){
            .id = n == 0 || rarely(h) ? endpoint(h) : first,
            .permissions = permissions(h, one),
        };
        /* No two alike, as a rule */
        for (unsigned i = 0; i < n && mem->borrower[i].id == mem->borrower[n].id; i++) {
            mem->borrower[n].id = endpoint(h);
        }
    }
    if (rarely(h)) {
        mem->borrower_count = 0;
    }
}

/* A size that is nearly right. */
static uint32_t about(struct hostile *h, uint32_t size)
{
    return h->wild && below(h, 12) == 0 ? size + below(h, 33) - 16 : size;
}

static void make_ranges(struct hostile *h, struct ffa_mem_ranges *ranges)
{
    uint32_t page = below(h, h->pages);

    for (uint32_t n = 0; n < ranges->count; n++) {
        make_range(h, page, &ranges->range[n]);
        page += 2 + below(h, 3);
    }
}

static struct ffa_args call_send(struct hostile *h, struct hostile_known *known)
{
    static const uint32_t functions[] = {FFA_MEM_LEND_32, FFA_MEM_SHARE_32, FFA_MEM_LEND_32,
                                         FFA_MEM_SHARE_64, FFA_MEM_DONATE_32};
    struct ffa_mem_range range[MAX_RANGES];
    struct ffa_mem_ranges ranges = {.range = range, .count = 1 + below(h, MAX_RANGES)};
    struct ffa_mem mem = {.sender = h->me};
    uint32_t function = functions[below(h, below(h, 3) == 0 ? ARRAY_SIZE(functions) : 4)];
    bool donate = function == FFA_MEM_DONATE_32;
    uint32_t total;
    uint32_t in;
    uint32_t bytes;

    make_borrowers(h, &mem, donate);
    if ((function & ~SMCCC_64_BIT) == FFA_MEM_SHARE_32 || (mem.borrower_count > 1 && !donate)) {
        mem.attributes = FFA_MEM_NORMAL_WB_ISH;
    } else if (below(h, 4) == 0) {
        mem.flags = FFA_MEM_FLAG_ZERO;
    }
    mem.tag = rarely(h) ? 1 : 0;
    make_ranges(h, &ranges);
    bytes = ffa_mem_put(h->port, &mem, &ranges, &total, &in);
    flip_one(h, ffa_mem_head_bytes(h->port->version, mem.borrower_count));
    if (ranges.count > 1 && below(h, 6) == 0) { /* in two fragments */
        bytes -= 16;
    }
    *known = (struct hostile_known){.sender = h->me, .borrowers = (uint16_t)mem.borrower_count};
    return ffa_mem_send(function, about(h, total), about(h, bytes));
}

static struct ffa_args call_retrieve(struct hostile *h)
{
    struct hostile_known known = h->known[below(h, HOSTILE_KNOWN)];
    struct ffa_mem mem = {
        .sender = known.sender,
        .handle = h->wild ? handle(h, NULL) : known.handle,
        .flags = known.borrowers > 1 ? FFA_MEM_FLAG_BYPASS : 0,
        .attributes = below(h, 2) == 0 ? FFA_MEM_NORMAL_WB_ISH : 0,
        .borrower_count = 1,
    };
    uint32_t total;
    uint32_t in;
    uint32_t bytes;

    mem.borrower[0] = (struct ffa_mem_borrower){
        .id = h->me, .permissions = (uint8_t)(below(h, 3) | FFA_MEM_INSTR_NX << 2)};
    if (h->me == FFA_ID_NWD && !rarely(h)) { /* as a hypervisor */
        mem = (struct ffa_mem){.handle = mem.handle};
    } else if (rarely(h)) {
        make_borrowers(h, &mem, false);
    } else if (rarely(h)) {
        mem.flags |= 1u << below(h, 12);
    } else if (rarely(h)) {
        mem.sender = endpoint(h);
    } else if (rarely(h)) {
        mem.borrower[0].permissions = (uint8_t)next(h);
    }
    bytes = ffa_mem_put(h->port, &mem, NULL, &total, &in);
    flip_one(h, bytes);
    return ffa_mem_retrieve_req(about(h, total), about(h, bytes));
}

static struct ffa_args call_fragment(struct hostile *h)
{
    uint16_t id = h->me == FFA_ID_NWD && below(h, 8) == 0 ? endpoint(h) : 0;
    struct ffa_mem_range range;
    struct ffa_mem_ranges ranges = {.range = &range, .count = 1};
    uint32_t in;
    uint32_t bytes;

    if (below(h, 4) == 0) {
        return ffa_mem_frag_rx(handle(h, h->borrowed), below(h, 300), id);
    }
    make_range(h, below(h, h->pages), &range);
    bytes = ffa_mem_put_more(h->port, &ranges, 0, &in);
    return ffa_mem_frag_tx(handle(h, h->sent), about(h, bytes), id);
}

static unsigned slot_of(const uint64_t *list, uint64_t of)
{
    for (unsigned n = 0; n < HOSTILE_HANDLES; n++) {
        if (list[n] == of) {
            return n;
        }
    }
    return HOSTILE_HANDLES;
}

/* What came of a transmission: a handle that is valid from now on, and perhaps not complete. */
static void note_sent(struct hostile *h, uint64_t of, struct hostile_known known)
{
    known.handle = of;
    hostile_tell(h, known);
    if (slot_of(h->sent, of) == HOSTILE_HANDLES) {
        note(h->sent, 0, of);
    }
}

static void note_borrowed(struct hostile *h, uint64_t of)
{
    if (h->me != FFA_ID_NWD && slot_of(h->borrowed, of) == HOSTILE_HANDLES) {
        note(h->borrowed, 0, of);
    }
}

static uint64_t response_handle(const struct hostile *h)
{
    struct ffa_mem mem;

    memcpy(&mem.handle, h->port->rx + 8, sizeof(mem.handle));
    return mem.handle;
}

/* What no call may do: give an answer that is none. */
static bool judge(const struct ffa_args *r)
{
    uint32_t fid = (uint32_t)r->x[0];

    if (fid == FFA_ERROR) {
        int32_t code = (int32_t)(uint32_t)r->x[2];

        guest_assert(code < 0 && code >= FFA_NOT_READY && r->x[2] <= 0xffffffffu);
        return false;
    }
    guest_assert(fid == FFA_SUCCESS_32 || fid == FFA_MEM_RETRIEVE_RESP || fid == FFA_MEM_FRAG_RX ||
                 fid == FFA_MEM_FRAG_TX);
    return true;
}

static bool give_back(struct hostile *h, uint64_t of, uint32_t flags)
{
    struct ffa_args r = ffa_mem_relinquish(h->port, of, flags, h->me);

    if (judge(&r) && slot_of(h->borrowed, of) != HOSTILE_HANDLES) {
        note(h->borrowed, of, 0);
    }
    return ffa_status(&r) == 0;
}

static bool reclaim(struct hostile *h, uint64_t of, uint32_t flags)
{
    struct ffa_args r = ffa_mem_reclaim(of, flags);

    if (judge(&r)) {
        note(h->sent, of, 0);
    }
    return ffa_status(&r) == 0;
}

/* What is not complete can not be reclaimed: a fragment that makes no sense ends it. */
static void end_fragments(struct hostile *h, uint64_t of)
{
    struct ffa_mem_range range = {.address = 1, .page_count = 1};
    struct ffa_mem_ranges ranges = {.range = &range, .count = 1};
    uint32_t in;
    struct ffa_args r = ffa_mem_frag_tx(of, ffa_mem_put_more(h->port, &ranges, 0, &in), 0);

    guest_assert(!judge(&r));
}

unsigned hostile_clean_up(struct hostile *h, bool sent)
{
    uint64_t *list = sent ? h->sent : h->borrowed;
    unsigned left = 0;

    (void)ffa_rx_release();
    for (unsigned n = 0; n < HOSTILE_HANDLES; n++) {
        struct ffa_args r;

        if (list[n] == 0) {
            continue;
        }
        if (sent) {
            end_fragments(h, list[n]);
        }
        r = sent ? ffa_mem_reclaim(list[n], 0) : ffa_mem_relinquish(h->port, list[n], 0, h->me);
        /* INVALID_PARAMETERS: gone, a donation that was taken or what a fragment ended. */
        if (judge(&r) || ffa_status(&r) == FFA_INVALID_PARAMETERS) {
            list[n] = 0;
        } else {
            left++;
        }
    }
    return left;
}

static bool send_or_borrow(struct hostile *h)
{
    uint32_t kind = below(h, 8);
    struct hostile_known known = h->last;
    struct ffa_args r;

    if (count_of(h->sent) == HOSTILE_HANDLES || count_of(h->borrowed) == HOSTILE_HANDLES) {
        (void)hostile_clean_up(h, false);
        if (hostile_clean_up(h, true) == HOSTILE_HANDLES) {
            return false;
        }
    }
    r = kind < 3 ? call_send(h, &known) : kind < 7 ? call_retrieve(h) : call_fragment(h);
    if (!judge(&r)) {
        return false;
    }
    if (r.x[0] == FFA_MEM_RETRIEVE_RESP) {
        note_borrowed(h, response_handle(h));
    } else if (r.x[0] == FFA_MEM_FRAG_RX) {
        note_sent(h, ffa_mem_handle(&r.x[1]), known);
    } else if (r.x[0] == FFA_SUCCESS_32) {
        note_sent(h, ffa_mem_handle(&r.x[2]), known);
    }
    return true;
}

static bool one_call(struct hostile *h)
{
    static const uint32_t flags[] = {0, 0, 0, FFA_MEM_FLAG_ZERO, 2};
    uint32_t flag = flags[below(h, h->wild ? ARRAY_SIZE(flags) : 4)];
    struct ffa_args r;

    switch (below(h, 8)) {
    case 0:
        return give_back(h, handle(h, h->borrowed), flag);
    case 1:
    case 2:
        return reclaim(h, handle(h, h->sent), flag);
    case 3:
        r = ffa_rx_release();
        return judge(&r);
    default:
        return send_or_borrow(h);
    }
}

unsigned hostile_calls(struct hostile *h, unsigned count)
{
    unsigned refused = 0;

    while (count-- != 0) {
        h->wild = below(h, 2) == 0;
        refused += !one_call(h);
    }
    return refused;
}
