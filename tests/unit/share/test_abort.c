/* SPDX-License-Identifier: BSD-3-Clause */
/* Owners and borrowers that die, whatever state their transactions are in: nothing leaks. */
#include "main.h"

#include <string.h>

#include "descriptor.h"
#include "snapshot.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define RW       (STAGE2_READ | STAGE2_WRITE)
#define RWX      (RW | STAGE2_EXECUTE)
#define MANY     300u

static struct share_constituent many[MANY];
static const uint64_t first = P1_BASE + 0x10000u;

static void make_many(void)
{
    for (uint32_t i = 0; i < MANY; i++) {
        many[i] = (struct share_constituent){first + 2ull * i * PAGE, 1, 0};
        fill(many[i].address, 0x5a);
    }
}

/* Where a transaction of 300 pages from P1 to P2 and P3 stops; donations go to P2 only. */
enum stage { PART_SENT, SENT, PART_RETRIEVED, RETRIEVED, BOTH_RETRIEVED, GIVEN_BACK, STAGES };

static uint64_t handle;
static struct descriptor d;

static void go_to(enum share_kind kind, enum stage stage)
{
    struct descriptor request;
    uint32_t head;

    make_many();
    d = descriptor_of(P1, kind, many, MANY, RECEIVERS(P2, P3));
    d.receiver_count = kind == SHARE_DONATE ? 1 : 2;
    if (stage == PART_SENT) {
        struct regs r;

        set_mailbox(P1, 4);
        head = descriptor_write(&d, tx_of(P1));
        r = CALL(P1, fid_of(kind), head, 2048);
        ck_assert_uint_eq(r.x[0], FFA_MEM_FRAG_RX);
        handle = r.x[2] << 32 | r.x[1];
        set_version(P2, FFA_VERSION_1_2);
        return;
    }
    ck_assert_int_eq(send_all(P1, kind, &d, &handle), 0);
    if (stage == PART_RETRIEVED) {
        request = request_of(&d, P2, kind, handle);
        ck_assert_uint_eq(ask(P2, &request).x[0], FFA_MEM_RETRIEVE_RESP);
        ck_assert_int_eq(error_of(CALL(P2, FFA_RX_RELEASE)), 0);
    }
    if (stage >= RETRIEVED) {
        ck_assert_int_eq(retrieve(P2, &d, kind, handle), 0);
    }
    if (stage >= BOTH_RETRIEVED && kind != SHARE_DONATE) {
        ck_assert_int_eq(retrieve(P3, &d, kind, handle), 0);
    }
    if (stage >= GIVEN_BACK && kind != SHARE_DONATE) {
        ck_assert_int_eq(relinquish(P2, handle, 0), 0);
        ck_assert_int_eq(relinquish(P3, handle, 0), 0);
    }
}

static uint16_t owner_of(uint64_t pa)
{
    struct ledger_page page;

    ck_assert(ledger_get(&machine.pe, &machine.spmc->ledger, pa, &page));
    return page.owner;
}

static bool is_quiet(uint64_t pa)
{
    struct ledger_page page;

    return ledger_get(&machine.pe, &machine.spmc->ledger, pa, &page) &&
           page.state == LEDGER_EXCLUSIVE;
}

static bool no_slot_is_used(void)
{
    for (uint32_t i = 0; i < machine.spmc->share_slot_count; i++) {
        if (machine.spmc->share_slot[i].page != 0) {
            return false;
        }
    }
    return true;
}

START_TEST(the_owner_dies)
{
    enum share_kind kind = (enum share_kind)(1 + _i % 3);
    enum stage stage = (enum stage)(_i / 3);
    bool borrowed = stage == PART_RETRIEVED || stage == RETRIEVED || stage == BOTH_RETRIEVED;
    bool settled = kind == SHARE_DONATE && stage >= RETRIEVED;

    go_to(kind, stage);
    kill_partition(P1);
    snapshot_free(snapshot_take());
    if (settled) {
        ck_assert(no_slot_is_used());
        ck_assert_uint_eq(owner_of(first), id_of(P2));
        ck_assert_uint_eq(access_of(P2, first), RW);
        return;
    }
    ck_assert_int_ne(retrieve(P3, &d, kind, handle), 0);
    if (!borrowed) {
        ck_assert(no_slot_is_used());
        ck_assert(is_quiet(first));
        ck_assert_uint_eq(owner_of(first), FFA_ID_SP_FIRST);
        return;
    }
    ck_assert(!no_slot_is_used());
    ck_assert_uint_eq(access_of(P2, first), RW);
    if (kind == SHARE_DONATE) {
        kill_partition(P2);
    } else {
        ck_assert_int_eq(relinquish(P2, handle, kind == SHARE_LEND ? FFA_MEM_FLAG_ZERO : 0), 0);
    }
    ck_assert_uint_eq(access_of(P2, first), 0);
    if (stage == BOTH_RETRIEVED) {
        ck_assert_int_eq(relinquish(P3, handle, 0), 0);
    }
    ck_assert(kind != SHARE_LEND || is_filled(first, 0));
    ck_assert(no_slot_is_used());
    ck_assert(is_quiet(first));
    ck_assert_uint_eq(owner_of(first), FFA_ID_SP_FIRST);
    snapshot_free(snapshot_take());
}
END_TEST

START_TEST(a_borrower_dies)
{
    enum share_kind kind = (enum share_kind)(1 + _i % 3);
    enum stage stage = (enum stage)(_i / 3);
    struct snapshot *before;
    uint64_t at = first;

    before = snapshot_take();
    go_to(kind, stage);
    kill_partition(P2);
    snapshot_free(snapshot_take());
    if (kind == SHARE_DONATE && stage >= RETRIEVED) {
        ck_assert_uint_eq(owner_of(first), id_of(P2));
        snapshot_free(before);
        return;
    }
    if (stage == BOTH_RETRIEVED) {
        ck_assert_uint_eq(access_of(P3, first), RW);
        ck_assert_int_eq(reclaim(P1, handle, 0), FFA_DENIED);
        ck_assert_int_eq(relinquish(P3, handle, 0), 0);
    }
    ck_assert_uint_eq(access_of(P2, first), 0);
    if (stage == PART_SENT) {
        kill_partition(P1);
        ck_assert(no_slot_is_used());
    } else {
        ck_assert_int_eq(reclaim(P1, handle, 0), 0);
        ck_assert_uint_eq(access_of(P1, at), RWX);
    }
    ck_assert(is_quiet(first));
    /* Memory can not be sent to the dead. */
    if (stage != PART_SENT) {
        ck_assert_int_eq(send_all(P1, SHARE_SHARE, &d, &handle), FFA_DENIED);
    }
    snapshot_free(before);
}
END_TEST

/* Asked for at retrieval, done at the end, also when the borrower never says that it is one. */
START_TEST(a_borrower_that_wanted_zeros_dies)
{
    static struct response response;
    struct descriptor request;

    make_many();
    d = descriptor_of(P1, SHARE_LEND, many, 4, RECEIVERS(P2, P3));
    ck_assert_int_eq(send_all(P1, SHARE_LEND, &d, &handle), 0);
    request = request_of(&d, P2, SHARE_LEND, handle);
    request.flags |= FFA_MEM_FLAG_ZERO_AFTER;
    ck_assert_int_eq(retrieve_all(P2, &request, &response), 0);
    if (_i == 0) {
        ck_assert_int_eq(retrieve(P3, &d, SHARE_LEND, handle), 0);
    }
    kill_partition(P2);
    if (_i == 0) {
        ck_assert(is_filled(first, 0x5a));
        ck_assert_int_eq(relinquish(P3, handle, 0), 0);
    }
    ck_assert(is_filled(first, 0));
    ck_assert_int_eq(reclaim(P1, handle, 0), 0);
}
END_TEST

START_TEST(everybody_dies_with_an_empty_pool)
{
    for (enum share_kind kind = SHARE_SHARE; kind <= SHARE_LEND; kind++) {
        for (unsigned i = 0; i < 4; i++) {
            struct share_constituent list = {P1_BASE + (kind * 8 + i) * BLOCK / 8, 3, 0};
            struct descriptor sent = descriptor_of(P1, kind, &list, 1, RECEIVERS(P2, P3, P0));

            ck_assert_int_eq(send_all(P1, kind, &sent, &handle), 0);
            for (enum ep ep = P2; ep <= P0; ep++) {
                ck_assert_int_eq(i > ep - P2 ? retrieve(ep, &sent, kind, handle) : 0, 0);
            }
        }
    }
    drain_pool(0);
    kill_partition((enum ep)(P1 + _i));
    kill_partition((enum ep)(P1 + (_i + 1) % 4));
    kill_partition((enum ep)(P1 + (_i + 2) % 4));
    kill_partition((enum ep)(P1 + (_i + 3) % 4));
    refill_pool();
    ck_assert(no_slot_is_used());
    snapshot_free(snapshot_take());
    for (enum ep ep = P2; ep <= P0; ep++) {
        for (uint64_t at = P1_BASE; at < P1_BASE + P1_BYTES; at += PAGE) {
            ck_assert_uint_eq(access_of(ep, at), 0);
        }
    }
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, the_owner_dies, 0, 3 * STAGES);
    tcase_add_loop_test(tcase, a_borrower_dies, 0, 3 * STAGES);
    tcase_add_loop_test(tcase, a_borrower_that_wanted_zeros_dies, 0, 2);
    tcase_add_loop_test(tcase, everybody_dies_with_an_empty_pool, 0, 4);
}

int main(void)
{
    return run_case("abort", add);
}
