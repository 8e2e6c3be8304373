/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Calls of four endpoints, most of them legal, against a simple model of who has what. After each
 * call the tables say what the model says, about every page that is in play.
 */
#include "main.h"

#include <string.h>

#include "descriptor.h"
#include "snapshot.h"

#define RW     (STAGE2_READ | STAGE2_WRITE)
#define RWX    (RW | STAGE2_EXECUTE)
#define ENDS   4u /* NWD, P1, P2, P3 */
#define EACH   7u /* pages of each endpoint at first */
#define PAGES  (ENDS * EACH)
#define SHARES 10u
#define CALLS  6000u
#define SWEEP  500u

struct model_page {
    enum ep owner;
    int share;      /* -1: none */
    uint8_t access; /* what the owner has when it has it alone */
};

struct model_share {
    bool used;
    bool sent; /* all fragments */
    enum ep owner;
    enum share_kind kind;
    uint64_t handle;
    uint32_t receivers; /* bits */
    uint8_t limit[ENDS];
    uint8_t granted[ENDS]; /* 0: not retrieved */
    uint32_t page_count;
    uint8_t page[PAGES];
    bool zero_after;
    struct descriptor d;
    struct share_constituent list[PAGES];
    uint32_t in_fragments; /* constituents that have been sent */
};

static struct model_page pages[PAGES];
static struct model_share shares[SHARES];
static unsigned done[8];

/* Neighbours and not, in blocks that differ. */
static uint64_t address_of(unsigned page)
{
    static const uint64_t base[ENDS] = {
        [NWD] = NS_BASE + 0x3fe000,
        [P1] = P1_BASE + BLOCK - 3 * PAGE,
        [P2] = P2_BASE + BLOCK - 2 * PAGE,
        [P3] = P3_BASE,
    };
    static const uint64_t offset[EACH] = {0, 1, 2, 3, 4, 6, 0x90};

    return base[page / EACH] + offset[page % EACH] * PAGE;
}

static uint8_t expected(enum ep ep, unsigned page)
{
    const struct model_page *p = &pages[page];
    const struct model_share *s = p->share < 0 ? NULL : &shares[p->share];

    if (p->owner == ep) {
        return s == NULL || !s->sent || s->kind == SHARE_SHARE ? p->access : 0;
    }
    return s != NULL ? s->granted[ep] : 0;
}

static void check_page(unsigned page)
{
    for (enum ep ep = P1; ep < ENDS; ep++) {
        uint8_t has = access_of(ep, address_of(page));

        MUST_MSG(has == expected(ep, page), "page %u of %d: %d has %u, want %u", page,
                 (int)pages[page].owner, (int)ep, has, expected(ep, page));
    }
    MUST_EQ(access_of(P0, address_of(page)), 0);
}

static void check_ledger(unsigned page)
{
    const struct model_page *p = &pages[page];
    const struct model_share *s = p->share < 0 ? NULL : &shares[p->share];
    struct ledger_page has;

    MUST(ledger_get(&machine.pe, &machine.spmc->ledger, address_of(page), &has));
    MUST_EQ(has.owner, id_of(p->owner));
    MUST_EQ(has.state, s == NULL                ? LEDGER_EXCLUSIVE
                       : !s->sent               ? LEDGER_PENDING
                       : s->kind == SHARE_SHARE ? LEDGER_SHARED
                       : s->kind == SHARE_LEND  ? LEDGER_LENT
                                                : LEDGER_DONATED);
}

static void check_all(void)
{
    for (unsigned page = 0; page < PAGES; page++) {
        check_page(page);
        check_ledger(page);
    }
}

static struct model_share *free_share(void)
{
    for (unsigned i = 0; i < SHARES; i++) {
        if (!shares[i].used) {
            return &shares[i];
        }
    }
    return NULL;
}

static struct model_share *any_share(void)
{
    struct model_share *s = &shares[rnd(SHARES)];

    for (unsigned i = 0; i < SHARES && !s->used; i++) {
        s = &shares[rnd(SHARES)];
    }
    return s->used ? s : NULL;
}

static int slot_of(const struct model_share *s)
{
    return (int)(s - shares);
}

/* Pages, mostly the sender's and free, never twice. */
static void choose_pages(struct model_share *s)
{
    uint32_t want = 1 + rnd(4);
    uint32_t taken = 0;

    s->page_count = 0;
    for (unsigned tries = 0; tries < 60 && s->page_count < want; tries++) {
        unsigned page = rnd(PAGES);
        bool fine = pages[page].owner == s->owner && pages[page].share < 0;

        if ((taken & 1u << page) != 0 || (!fine && rnd(60) != 0)) {
            continue;
        }
        taken |= 1u << page;
        s->list[s->page_count] = (struct share_constituent){address_of(page), 1, 0};
        s->page[s->page_count++] = (uint8_t)page;
    }
}

static void choose_receivers(struct model_share *s)
{
    uint32_t want = s->kind == SHARE_DONATE ? 1 : 1 + rnd(2);
    enum ep list[ENDS];
    uint32_t count = 0;

    s->receivers = 0;
    for (unsigned tries = 0; tries < 30 && count < want; tries++) {
        enum ep ep = (enum ep)(1 + rnd(3));

        if (ep == s->owner ? rnd(50) == 0 : (s->receivers & 1u << ep) == 0) {
            s->receivers |= 1u << ep;
            list[count++] = ep;
        }
    }
    s->d = descriptor_of(s->owner, s->kind, s->list, s->page_count, count, list);
    if (s->owner == NWD) {
        s->d.sender = 0;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint8_t data = rnd(3) == 0 ? FFA_MEM_DATA_RO : FFA_MEM_DATA_RW;

        s->d.receiver[i].permissions = s->kind == SHARE_DONATE ? 0 : data;
        s->limit[list[i]] = s->kind != SHARE_DONATE && data == FFA_MEM_DATA_RO ? STAGE2_READ : RW;
    }
}

/* What the core will say of a whole send. */
static bool is_legal(const struct model_share *s)
{
    const struct model_page *first = &pages[s->page[0]];
    uint8_t access = first->owner == NWD ? RW : first->access;

    if ((s->receivers & 1u << s->owner) != 0) {
        return false;
    }
    for (uint32_t i = 0; i < s->page_count; i++) {
        const struct model_page *p = &pages[s->page[i]];

        if (p->owner != s->owner || p->share >= 0 || p->access != first->access ||
            (s->page[i] < EACH) != (s->page[0] < EACH)) {
            return false;
        }
    }
    for (enum ep ep = P1; ep < ENDS; ep++) {
        if ((s->receivers & 1u << ep) != 0 && s->kind != SHARE_DONATE && s->limit[ep] == RW &&
            (access & STAGE2_WRITE) == 0) {
            return false;
        }
    }
    return true;
}

static void claim(struct model_share *s)
{
    for (uint32_t i = 0; i < s->page_count; i++) {
        pages[s->page[i]].share = slot_of(s);
    }
}

static void release(struct model_share *s)
{
    for (uint32_t i = 0; i < s->page_count; i++) {
        pages[s->page[i]].share = -1;
    }
    s->used = false;
}

static void do_send(void)
{
    struct model_share *s = free_share();
    static uint8_t bytes[4096];
    struct regs r;
    uint32_t total;
    uint32_t length;
    bool legal;

    if (s == NULL) {
        return;
    }
    memset(s, 0, sizeof(*s));
    s->owner = (enum ep)rnd(ENDS);
    s->kind = (enum share_kind)(1 + rnd(3));
    choose_pages(s);
    if (s->page_count == 0) {
        return;
    }
    choose_receivers(s);
    if (s->receivers == 0) {
        return;
    }
    legal = is_legal(s);
    total = descriptor_write(&s->d, bytes);
    s->in_fragments = rnd(4) == 0 && legal ? rnd(s->page_count) : s->page_count;
    length = descriptor_head(&s->d) + s->in_fragments * 16;
    memcpy(tx_of(s->owner), bytes, length);
    r = CALL(s->owner, fid_of(s->kind), total, length);
    ck_assert_msg((error_of(r) == 0) == legal, "send %d of %d to 0x%x: %d", (int)s->kind,
                  (int)s->owner, s->receivers, error_of(r));
    done[legal ? 0 : 1]++;
    if (!legal) {
        return;
    }
    s->used = true;
    s->sent = length == total;
    s->handle = s->sent ? r.x[3] << 32 | r.x[2] : r.x[2] << 32 | r.x[1];
    ck_assert_uint_eq(r.x[0], s->sent ? FFA_SUCCESS_32 : FFA_MEM_FRAG_RX);
    /* Only what has been sent is claimed; the model keeps the others out of it, too. */
    claim(s);
    for (uint32_t i = s->in_fragments; i < s->page_count; i++) {
        pages[s->page[i]].share = -1;
    }
}

/* The rest of it; another transaction may have claimed that meanwhile. */
static void do_fragment(void)
{
    struct model_share *s = any_share();
    uint8_t *tx;
    struct regs r;
    bool legal = true;

    if (s == NULL || s->sent) {
        return;
    }
    for (uint32_t i = s->in_fragments; i < s->page_count; i++) {
        const struct model_page *p = &pages[s->page[i]];

        legal =
            legal && p->owner == s->owner && p->share < 0 && p->access == pages[s->page[0]].access;
    }
    tx = tx_of(s->owner);
    for (uint32_t i = s->in_fragments; i < s->page_count; i++) {
        put_bytes(&tx[(i - s->in_fragments) * 16], 8, s->list[i].address);
        put_bytes(&tx[(i - s->in_fragments) * 16 + 8], 8, 1);
    }
    r = CALL(s->owner, FFA_MEM_FRAG_TX, (uint32_t)s->handle, s->handle >> 32,
             (s->page_count - s->in_fragments) * 16);
    if (legal && error_of(r) == FFA_DENIED && s->in_fragments == 0) {
        legal = false; /* the first page decided otherwise than when it was asked */
    }
    ck_assert_int_eq(error_of(r) == 0, legal);
    done[legal ? 2 : 3]++;
    if (legal) {
        s->sent = true;
        claim(s);
        return;
    }
    s->page_count = s->in_fragments;
    release(s);
}

static void settle(struct model_share *s, enum ep ep)
{
    for (uint32_t i = 0; i < s->page_count; i++) {
        pages[s->page[i]] = (struct model_page){ep, -1, s->granted[ep]};
    }
    s->used = false;
}

static void do_retrieve(void)
{
    static struct response response;
    struct model_share *s = any_share();
    enum ep ep = (enum ep)(1 + rnd(3));
    uint32_t instr = rnd(5) == 0 ? FFA_MEM_INSTR_X : FFA_MEM_INSTR_NX;
    uint32_t data = 1 + rnd(2);
    struct descriptor request;
    bool single;
    bool legal;

    if (s == NULL) {
        return;
    }
    if ((s->receivers & 1u << ep) == 0 && rnd(10) != 0) {
        ep = (s->receivers & 1u << P1) != 0 ? P1 : (s->receivers & 1u << P2) != 0 ? P2 : P3;
    }
    request = request_of(&s->d, ep, s->kind, s->handle);
    single = s->d.receiver_count == 1 && s->kind != SHARE_SHARE;
    for (uint32_t i = 0; i < request.receiver_count; i++) {
        if (request.receiver[i].id == id_of(ep)) {
            request.receiver[i].permissions =
                FFA_MEM_PERMISSIONS(data, single ? instr : FFA_MEM_INSTR_NONE);
        }
    }
    legal = s->sent && (s->receivers & 1u << ep) != 0 && s->granted[ep] == 0 &&
            !(data == FFA_MEM_DATA_RW && s->limit[ep] != RW);
    if (s->kind == SHARE_DONATE && data == FFA_MEM_DATA_RW) {
        legal = legal && (s->owner == NWD || (pages[s->page[0]].access & STAGE2_WRITE) != 0);
    }
    if (single && instr == FFA_MEM_INSTR_X) {
        legal = legal && s->page[0] >= EACH && (pages[s->page[0]].access & STAGE2_EXECUTE) != 0;
    }
    ck_assert_int_eq(retrieve_all(ep, &request, &response) == 0, legal);
    done[legal ? 4 : 5]++;
    if (!legal) {
        return;
    }
    s->granted[ep] = (uint8_t)(STAGE2_READ | (data == FFA_MEM_DATA_RW ? STAGE2_WRITE : 0) |
                               (single && instr == FFA_MEM_INSTR_X ? STAGE2_EXECUTE : 0));
    ck_assert_uint_eq(response.count, s->page_count);
    ck_assert_mem_eq(response.list, s->list, s->page_count * sizeof(s->list[0]));
    ck_assert_uint_eq((response.attributes & FFA_MEM_NON_SECURE) != 0,
                      s->page[0] < EACH && machine.partition[ep]->ffa_version >= FFA_VERSION_1_1);
    if (s->kind == SHARE_DONATE) {
        settle(s, ep);
    }
}

static void do_relinquish(void)
{
    struct model_share *s = any_share();
    enum ep ep = (enum ep)(1 + rnd(3));

    if (s == NULL) {
        return;
    }
    ck_assert_int_eq(relinquish(ep, s->handle, 0) == 0, s->granted[ep] != 0);
    s->granted[ep] = 0;
}

static void do_reclaim(void)
{
    struct model_share *s = any_share();
    enum ep ep = rnd(8) == 0 ? (enum ep)rnd(ENDS) : s != NULL ? s->owner : NWD;
    bool legal;

    if (s == NULL) {
        return;
    }
    legal = ep == s->owner && s->sent && (s->granted[P1] | s->granted[P2] | s->granted[P3]) == 0;
    ck_assert_int_eq(reclaim(ep, s->handle, 0) == 0, legal);
    done[legal ? 6 : 7]++;
    if (legal) {
        release(s);
    }
}

static void step(void)
{
    switch (rnd(8)) {
    case 0:
    case 1:
        do_send();
        break;
    case 2:
        do_fragment();
        break;
    case 3:
    case 4:
        do_retrieve();
        break;
    case 5:
        do_relinquish();
        break;
    default:
        do_reclaim();
        break;
    }
}

START_TEST(the_tables_say_what_the_model_says)
{
    memset(shares, 0, sizeof(shares));
    memset(done, 0, sizeof(done));
    for (unsigned page = 0; page < PAGES; page++) {
        enum ep owner = (enum ep)(page / EACH);

        pages[page] = (struct model_page){owner, -1, owner == NWD ? RW : RWX};
    }
    seed((uint64_t)_i * 7919 + 1);
    check_all();
    for (unsigned call = 0; call < CALLS; call++) {
        step();
        check_all();
        if (call % SWEEP == 0) {
            snapshot_free(snapshot_take());
        }
    }
    for (unsigned i = 0; i < sizeof(done) / sizeof(done[0]); i++) {
        ck_assert_msg(done[i] > 0, "case %u came up %u times", i, done[i]);
    }
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, the_tables_say_what_the_model_says, 0, 20);
}

int main(void)
{
    return run_case("sequence", add);
}
