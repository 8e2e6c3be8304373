/* SPDX-License-Identifier: BSD-3-Clause */
/* The pool runs dry at every allocation in turn: a call succeeds or changes nothing. */
#include "main.h"

#include <string.h>

#include "descriptor.h"
#include "snapshot.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define RW       (STAGE2_READ | STAGE2_WRITE)
#define RWX      (RW | STAGE2_EXECUTE)

static const struct share_constituent split[] = {
    {P1_BASE + 5 * PAGE, 1, 0},
    {P1_BASE + BLOCK - PAGE, 3, 0},
    {P1_BASE + 2 * BLOCK + 9 * PAGE, 1, 0},
};
static const struct share_constituent across[] = {{P1_BASE + BLOCK - PAGE, BLOCK / PAGE + 2, 0}};
static const struct share_constituent whole[] = {
    {P1_BASE + BLOCK, BLOCK / PAGE, 0},
    {P1_BASE + PAGE, BLOCK / PAGE - 1, 0},
};
static const struct share_constituent of_nwd[] = {
    {NS_BASE + 0x300000, 1, 0}, {NS_BASE + 0x500000, 2, 0}, {NS_BASE + 0x3ff000, 1, 0}};

/* What is on its way; one call each, 0 or the error. */
static struct {
    enum ep owner;
    enum ep reader;
    enum share_kind kind;
    struct descriptor d;
    uint64_t handle;
} it;

static int32_t do_send(void)
{
    return send_all(it.owner, it.kind, &it.d, &it.handle);
}

static int32_t do_retrieve(void)
{
    return retrieve(it.reader, &it.d, it.kind, it.handle);
}

static int32_t do_relinquish(void)
{
    return relinquish(it.reader, it.handle, 0);
}

static int32_t do_reclaim(void)
{
    return reclaim(it.owner, it.handle, 0);
}

/* With 0, 1, 2 ... free pages until it succeeds; returns with how many. */
static uint64_t until_it_succeeds(int32_t (*step)(void), enum ep caller, const char *what)
{
    for (uint64_t left = 0; left <= machine.pages_after_boot; left++) {
        struct snapshot *before = snapshot_take();
        struct snapshot *after;
        int32_t error;

        drain_pool(left);
        error = step();
        refill_pool();
        after = snapshot_take();
        if (error != 0) {
            ck_assert_int_eq(error, FFA_NO_MEMORY);
            snapshot_same_state(before, after, caller, what);
        }
        snapshot_free(before);
        snapshot_free(after);
        if (error == 0) {
            return left;
        }
        if (it.owner == NWD && left == 3) {
            left = machine.spmc->pool.total_count / 4 - 3; /* below it only partitions get any */
        }
    }
    ck_abort_msg("%s never succeeds", what);
    return 0;
}

static void prepare(enum ep owner, enum ep reader, enum share_kind kind,
                    const struct share_constituent *list, uint32_t count)
{
    it.owner = owner;
    it.reader = reader;
    it.kind = kind;
    it.d = descriptor_of(owner, kind, list, count, RECEIVERS(reader));
}

static void life(void)
{
    struct snapshot *before = snapshot_take();
    uint64_t reserve = it.owner == NWD ? machine.spmc->pool.total_count / 4 : 0;

    ck_assert_uint_gt(until_it_succeeds(do_send, it.owner, "send"), reserve);
    ck_assert_uint_ge(until_it_succeeds(do_retrieve, it.reader, "retrieve"), reserve);
    if (it.kind == SHARE_DONATE) {
        snapshot_free(before);
        return;
    }
    /* What was given can always be taken away. */
    ck_assert_uint_eq(until_it_succeeds(do_relinquish, it.reader, "relinquish"), 0);
    (void)until_it_succeeds(do_retrieve, it.reader, "retrieve again");
    ck_assert_uint_eq(until_it_succeeds(do_relinquish, it.reader, "relinquish"), 0);
    (void)until_it_succeeds(do_reclaim, it.owner, "reclaim");
    snapshot_check(before, "at the end");
    snapshot_free(before);
}

START_TEST(single_pages_of_blocks)
{
    prepare(P1, _i == 3 ? P0 : P2, (enum share_kind)(1 + _i % 3), split, COUNT(split));
    life();
}
END_TEST

START_TEST(one_range_across_blocks)
{
    prepare(P1, P2, (enum share_kind)(1 + _i), across, COUNT(across));
    life();
}
END_TEST

START_TEST(whole_blocks)
{
    prepare(P1, P2, (enum share_kind)(1 + _i), whole, COUNT(whole));
    life();
}
END_TEST

START_TEST(memory_of_the_normal_world)
{
    prepare(NWD, _i == 3 ? P0 : P3, (enum share_kind)(1 + _i % 3), of_nwd, COUNT(of_nwd));
    life();
}
END_TEST

START_TEST(a_donation_and_back)
{
    prepare(P1, P3, SHARE_DONATE, split, COUNT(split));
    life();
    prepare(P3, P1, SHARE_DONATE, split, COUNT(split));
    life();
    snapshot_free(snapshot_take());
}
END_TEST

/* A fragment that can not be taken ends the transaction, as if nothing had been sent. */
START_TEST(in_every_fragment)
{
    static struct share_constituent many[600];
    enum ep owner = _i == 0 ? P1 : NWD;
    uint64_t handle;
    uint64_t left;

    for (uint32_t i = 0; i < COUNT(many); i++) {
        many[i].address = (owner == P1 ? P1_BASE : NS_BASE + 0x10000u) + 2ull * i * PAGE;
        many[i].page_count = 1;
    }
    it.d = descriptor_of(owner, SHARE_LEND, many, COUNT(many), RECEIVERS(P2));
    for (left = 0; left < machine.pages_after_boot; left++) {
        struct snapshot *before;
        int32_t error;

        if (owner == NWD && left == 3) {
            left = machine.spmc->pool.total_count / 4 - 3;
        }
        before = snapshot_take();
        drain_pool(left);
        error = send_all(owner, SHARE_LEND, &it.d, &handle);
        refill_pool();
        if (error != 0) {
            ck_assert_int_eq(error, FFA_NO_MEMORY);
            snapshot_check(before, "fragments");
        }
        snapshot_free(before);
        if (error == 0) {
            break;
        }
    }
    ck_assert_uint_lt(left, machine.pages_after_boot);
    ck_assert_uint_gt(left, 3);
}
END_TEST

/*
 * P2 and P3 have halves of the same 2 MiB. P2 borrows the other half with its own rights, so that
 * a block could say the same, and then fails to lend something of its half: it still loses what
 * it gives back.
 */
START_TEST(what_is_borrowed_is_never_part_of_a_block)
{
    static const struct share_constituent half[] = {{P3_BASE, P3_BYTES / PAGE, 0}};
    static const struct share_constituent own[] = {{P3_BASE - PAGE, 1, 0}, {P2_BASE + PAGE, 1, 0}};
    static struct response response;
    struct descriptor d = descriptor_of(P3, SHARE_LEND, half, 1, RECEIVERS(P2));
    struct descriptor request;
    uint64_t handle;

    ck_assert_int_eq(send_all(P3, SHARE_LEND, &d, &handle), 0);
    request = request_of(&d, P2, SHARE_LEND, handle);
    request.receiver[0].permissions = FFA_MEM_PERMISSIONS(FFA_MEM_DATA_RW, FFA_MEM_INSTR_X);
    ck_assert_int_eq(retrieve_all(P2, &request, &response), 0);
    ck_assert_uint_eq(access_of(P2, P3_BASE), RWX);
    prepare(P2, P1, SHARE_LEND, own, COUNT(own));
    for (uint64_t left = 0;; left++) {
        struct snapshot *before = snapshot_take();
        int32_t error;

        drain_pool(left);
        error = do_send();
        refill_pool();
        if (error != 0) {
            snapshot_check(before, "a lend that fails");
        }
        snapshot_free(before);
        if (error == 0) {
            break;
        }
    }
    ck_assert_int_eq(do_reclaim(), 0);
    drain_pool(0);
    ck_assert_int_eq(relinquish(P2, handle, 0), 0);
    refill_pool();
    ck_assert_uint_eq(access_of(P2, P3_BASE), 0);
    ck_assert_uint_eq(access_of(P2, P3_BASE + P3_BYTES - PAGE), 0);
    ck_assert_uint_eq(access_of(P2, P3_BASE - PAGE), RWX);
    ck_assert_int_eq(reclaim(P3, handle, 0), 0);
    ck_assert_uint_eq(free_pages(), machine.pages_after_boot);
}
END_TEST

static int32_t set_right(void)
{
    return error_of(CALL(P0, FFA_MEM_PERM_SET_64, P0_BASE + 9 * PAGE, 3, FFA_MEM_PERM_RO));
}

static int32_t set_back(void)
{
    return error_of(CALL(P0, FFA_MEM_PERM_SET_64, P0_BASE + 9 * PAGE, 3, FFA_MEM_PERM_RX));
}

/* An S-EL0 partition splits a block of its own, and makes it whole again. */
START_TEST(rights_of_single_pages)
{
    struct snapshot *before;

    machine.partition[P0]->vcpu[0].runtime_model = RTM_SP_INIT;
    before = snapshot_take();
    it.owner = P0;
    ck_assert_uint_eq(until_it_succeeds(set_right, P0, "set"), 1);
    ck_assert_uint_eq(access_of(P0, P0_BASE + 11 * PAGE), STAGE2_READ);
    ck_assert_uint_eq(until_it_succeeds(set_back, P0, "set back"), 0);
    snapshot_check(before, "at the end");
    snapshot_free(before);
}
END_TEST

/* One sender can not take what the others need. */
START_TEST(quotas_hold)
{
    enum ep owner = _i == 0 ? P1 : NWD;
    uint32_t quota = owner == P1 ? SHARE_QUOTA : SHARE_QUOTA_NWD;
    static uint64_t handles[SHARE_QUOTA_NWD];
    struct share_constituent list = {0, 1, 0};
    struct snapshot *before = snapshot_take();
    uint64_t handle;

    it.d = descriptor_of(owner, SHARE_SHARE, &list, 1, RECEIVERS(P2));
    for (uint32_t i = 0; i < quota; i++) {
        list.address = (owner == P1 ? P1_BASE : NS_BASE + 0x10000) + i * PAGE;
        it.d.sender = owner == NWD ? (uint16_t)(i % 3) : it.d.sender;
        ck_assert_int_eq(send_all(owner, SHARE_SHARE, &it.d, &handles[i]), 0);
        for (uint32_t k = 0; k < i; k++) {
            ck_assert_uint_ne(handles[k], handles[i]);
        }
    }
    list.address += PAGE;
    ck_assert_int_eq(send_all(owner, SHARE_SHARE, &it.d, &handle), FFA_NO_MEMORY);
    it.d.sender = owner == NWD ? 77 : it.d.sender;
    ck_assert_int_eq(send_all(owner, SHARE_SHARE, &it.d, &handle), FFA_NO_MEMORY);
    /* Others still may. */
    list.address = P3_BASE;
    it.d = descriptor_of(P3, SHARE_SHARE, &list, 1, RECEIVERS(P2));
    ck_assert_int_eq(send_all(P3, SHARE_SHARE, &it.d, &handle), 0);
    ck_assert_int_eq(reclaim(P3, handle, 0), 0);
    for (uint32_t i = 0; i < quota; i++) {
        ck_assert_int_eq(reclaim(owner, handles[i], 0), 0);
    }
    snapshot_check(before, "at the end");
    snapshot_free(before);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, single_pages_of_blocks, 0, 4);
    tcase_add_loop_test(tcase, one_range_across_blocks, 0, 3);
    tcase_add_loop_test(tcase, whole_blocks, 0, 3);
    tcase_add_loop_test(tcase, memory_of_the_normal_world, 0, 4);
    tcase_add_test(tcase, a_donation_and_back);
    tcase_add_loop_test(tcase, in_every_fragment, 0, 2);
    tcase_add_test(tcase, what_is_borrowed_is_never_part_of_a_block);
    tcase_add_test(tcase, rights_of_single_pages);
    tcase_add_loop_test(tcase, quotas_hold, 0, 2);
}

int main(void)
{
    return run_case("no_memory", add);
}
