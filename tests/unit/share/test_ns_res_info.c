/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_NS_RES_INFO_GET: what it says of memory that is lent, shared and given away. */
#include "main.h"

#include <string.h>

#include "descriptor.h"
#include "ns_info.h"

#define NS_PAGE(n) (NS_BASE + 0x400000u + (n)*PAGE)
#define COUNT(a)   (sizeof(a) / sizeof((a)[0]))
#define SHARED     100u /* constituents, in both tests that need many */

static struct ns_info info;

static const struct share_constituent two[] = {{NS_PAGE(7), 1, 0}, {NS_PAGE(3), 2, 0}};

static uint64_t sent(const struct descriptor *d, enum share_kind kind)
{
    uint64_t handle = 0;

    ck_assert_int_eq(send_all(NWD, kind, d, &handle), 0);
    return handle;
}

static void ck_both(enum ep ep, uint8_t rap, uint32_t times)
{
    ck_assert_uint_eq(ns_info_has(&info, id_of(ep), two[0].address, 1, rap), times);
    ck_assert_uint_eq(ns_info_has(&info, id_of(ep), two[1].address, 2, rap), times);
}

static void use_1_3(void)
{
    set_version(NWD, FFA_VERSION_1_3);
}

/* conformance: ffa_ns_res_info_get.get_all_sp_info */
/* conformance: ffa_ns_res_info_get.get_service1_info */
START_TEST(regions_of_manifests)
{
    ns_info_get(0, &info);
    ck_assert_uint_eq(info.count, 1);
    ck_assert_uint_eq(ns_info_has(&info, id_of(P1), P1_NS, P1_NS_PAGES, RAP_RW), 1);
    ns_info_get(id_of(P1), &info);
    ck_assert_uint_eq(info.count, 1);
    ck_assert_uint_eq(ns_info_has(&info, id_of(P1), P1_NS, P1_NS_PAGES, RAP_RW), 1);
    /* Nothing: no header either, and the buffer is not taken. */
    ns_info_get(id_of(P2), &info);
    ck_assert_uint_eq(info.bytes, 0);
    ck_assert_uint_eq(info.calls, 1);
    ck_assert_uint_eq(machine.partition[NWD]->mailbox.state, MAILBOX_EMPTY);
}
END_TEST

/* conformance: ffa_ns_res_info_get.get_lent_info */
/* conformance: ffa_ns_res_info_get.get_lent_reclaim */
/* conformance: ffa_ns_res_info_get.get_shared_info */
/* conformance: ffa_ns_res_info_get.get_lent_info_sel0 */
START_TEST(from_sending_to_reclaiming)
{
    enum share_kind kind = _i % 2 == 0 ? SHARE_LEND : SHARE_SHARE;
    enum ep to = _i / 2 == 0 ? P2 : P0;
    uint8_t rap = to == P0 ? RAP_USER_RW : RAP_RW;
    struct descriptor d = descriptor_of(NWD, kind, two, COUNT(two), RECEIVERS(to));
    uint64_t handle = sent(&d, kind);

    /* It may be retrieved at any time, so it counts from the beginning. */
    for (unsigned step = 0; step < 3; step++) {
        ns_info_get(0, &info);
        ck_assert_uint_eq(info.count, 3);
        ck_both(to, rap, 1);
        ns_info_get(id_of(to), &info);
        ck_assert_uint_eq(info.count, 2);
        ck_both(to, rap, 1);
        ns_info_get(id_of(P1), &info);
        ck_both(to, rap, 0);
        if (step == 0) {
            ck_assert_int_eq(retrieve(to, &d, kind, handle), 0);
        } else if (step == 1) {
            ck_assert_int_eq(relinquish(to, handle, 0), 0);
        }
    }
    ck_assert_int_eq(reclaim(NWD, handle, 0), 0);
    ns_info_get(0, &info);
    ck_assert_uint_eq(info.count, 1);
    ck_both(to, rap, 0);
}
END_TEST

/* conformance: ffa_ns_res_info_get.get_lent_info_multi_perm */
/* conformance: ffa_ns_res_info_get.get_all_lent_info_multi_rec */
/* conformance: ffa_ns_res_info_get.get_target_lent_info_multi_rec */
START_TEST(each_receiver_with_its_own_permissions)
{
    static const struct share_constituent other[] = {{NS_PAGE(20), 4, 0}};
    struct descriptor d = descriptor_of(NWD, SHARE_LEND, two, COUNT(two), RECEIVERS(P2, P3, P0));
    struct descriptor more = descriptor_of(NWD, SHARE_LEND, other, 1, RECEIVERS(P2));

    d.receiver[1].permissions = FFA_MEM_DATA_RO;
    more.receiver[0].permissions = FFA_MEM_DATA_RO;
    (void)sent(&d, SHARE_LEND);
    (void)sent(&more, SHARE_LEND);
    ns_info_get(0, &info);
    ck_assert_uint_eq(info.count, 8);
    ck_both(P2, RAP_RW, 1);
    ck_both(P3, RAP_RO, 1);
    ck_both(P0, RAP_USER_RW, 1);
    ck_assert_uint_eq(ns_info_has(&info, id_of(P2), NS_PAGE(20), 4, RAP_RO), 1);
    ns_info_get(id_of(P3), &info);
    ck_assert_uint_eq(info.count, 2);
    ck_both(P3, RAP_RO, 1);
    ns_info_get(id_of(P2), &info);
    ck_assert_uint_eq(info.count, 3);
}
END_TEST

/* conformance: ffa_ns_res_info_get.get_lent_info_diff_perm */
/* conformance: ffa_ns_res_info_get.get_lent_info_diff_perm_multi_rec */
START_TEST(what_was_allowed_counts_and_not_what_was_taken)
{
    struct descriptor d = _i == 0 ? descriptor_of(NWD, SHARE_LEND, two, 2, RECEIVERS(P2))
                                  : descriptor_of(NWD, SHARE_LEND, two, 2, RECEIVERS(P2, P1));
    uint64_t handle = sent(&d, SHARE_LEND);
    static struct response response;
    struct descriptor request = request_of(&d, P2, SHARE_LEND, handle);

    request.receiver[0].permissions =
        FFA_MEM_PERMISSIONS(FFA_MEM_DATA_RO, _i == 0 ? FFA_MEM_INSTR_NX : FFA_MEM_INSTR_NONE);
    ck_assert_int_eq(retrieve_all(P2, &request, &response), 0);
    ck_assert_uint_eq(access_of(P2, two[0].address), STAGE2_READ);
    ns_info_get(0, &info);
    ck_both(P2, RAP_RW, 1);
    ck_both(P2, RAP_RO, 0);
    ck_both(P1, RAP_RW, _i == 0 ? 0 : 1);
}
END_TEST

/* conformance: ffa_ns_res_info_get.get_donated_info */
/* conformance: ffa_ns_res_info_get.get_donated_info_sel0 */
START_TEST(given_away_for_good)
{
    enum ep to = _i == 0 ? P2 : P0;
    uint8_t rap = _i == 0 ? RAP_RW : RAP_USER_RW;
    struct descriptor d = descriptor_of(NWD, SHARE_DONATE, two, COUNT(two), RECEIVERS(to));
    uint64_t handle = sent(&d, SHARE_DONATE);

    ns_info_get(0, &info);
    ck_assert_uint_eq(info.count, 3);
    ck_both(to, rap, 1);
    /* Its own now; no transaction says so. */
    ck_assert_int_eq(retrieve(to, &d, SHARE_DONATE, handle), 0);
    ns_info_get(0, &info);
    ck_assert_uint_eq(info.count, 3);
    ck_both(to, rap, 1);
    /* Passed on: the new owner could take it back until it is retrieved. */
    d = descriptor_of(to, SHARE_DONATE, two, COUNT(two), RECEIVERS(P1));
    ck_assert_int_eq(send_all(to, SHARE_DONATE, &d, &handle), 0);
    ns_info_get(0, &info);
    ck_both(to, rap, 1);
    ck_both(P1, RAP_RW, 1);
    ck_assert_int_eq(retrieve(P1, &d, SHARE_DONATE, handle), 0);
    ns_info_get(0, &info);
    ck_both(to, rap, 0);
    ck_both(P1, RAP_RW, 1);
}
END_TEST

START_TEST(a_partition_s_own_region_in_pieces)
{
    static const struct share_constituent second[] = {{P1_NS + PAGE, 1, 0}};
    struct descriptor d = descriptor_of(P1, SHARE_LEND, second, 1, RECEIVERS(P2));
    uint64_t handle;

    ck_assert_int_eq(send_all(P1, SHARE_LEND, &d, &handle), 0);
    ns_info_get(0, &info);
    /* What it lent it gets back whenever it likes. */
    ck_assert_uint_eq(ns_info_has(&info, id_of(P1), P1_NS, P1_NS_PAGES, RAP_RW), 1);
    ck_assert_uint_eq(ns_info_has(&info, id_of(P2), P1_NS + PAGE, 1, RAP_RW), 1);
    ck_assert_int_eq(reclaim(P1, handle, 0), 0);
    d = descriptor_of(P1, SHARE_DONATE, second, 1, RECEIVERS(P2));
    ck_assert_int_eq(send_all(P1, SHARE_DONATE, &d, &handle), 0);
    ck_assert_int_eq(retrieve(P2, &d, SHARE_DONATE, handle), 0);
    ns_info_get(0, &info);
    ck_assert_uint_eq(info.count, 3);
    ck_assert_uint_eq(ns_info_has(&info, id_of(P1), P1_NS, 1, RAP_RW), 1);
    ck_assert_uint_eq(ns_info_has(&info, id_of(P2), P1_NS + PAGE, 1, RAP_RW), 1);
    ck_assert_uint_eq(ns_info_has(&info, id_of(P1), P1_NS + 2 * PAGE, 2, RAP_RW), 1);
}
END_TEST

START_TEST(secure_memory_and_devices_are_no_business_of_the_normal_world)
{
    static const struct share_constituent secure[] = {{P1_DATA, 2, 0}};
    static const struct share_constituent device[] = {{NS_DEVICE, 1, 0}};
    struct descriptor d = descriptor_of(P1, SHARE_SHARE, secure, 1, RECEIVERS(P2));
    uint64_t handle;

    ck_assert_int_eq(send_all(P1, SHARE_SHARE, &d, &handle), 0);
    ck_assert_int_eq(retrieve(P2, &d, SHARE_SHARE, handle), 0);
    ns_info_get(0, &info);
    ck_assert_uint_eq(info.count, 1);
    /* But its own devices are. */
    d = descriptor_of(NWD, SHARE_LEND, device, 1, RECEIVERS(P2));
    (void)sent(&d, SHARE_LEND);
    ns_info_get(0, &info);
    ck_assert_uint_eq(info.count, 2);
    ck_assert_uint_eq(ns_info_has(&info, id_of(P2), NS_DEVICE, 1, RAP_RW), 1);
}
END_TEST

/* The list of an incomplete transaction is shorter than it says. */
START_TEST(what_is_still_being_sent)
{
    static struct share_constituent many[SHARED];
    struct descriptor d;
    uint8_t *tx = tx_of(NWD);
    static uint8_t all[8192];
    uint32_t total;
    struct regs r;

    for (uint32_t n = 0; n < SHARED; n++) {
        many[n] = (struct share_constituent){NS_PAGE(2 * n), 1, 0};
    }
    d = descriptor_of(NWD, SHARE_LEND, many, SHARED, RECEIVERS(P2));
    total = descriptor_write(&d, all);
    memcpy(tx, all, total - 160);
    r = CALL(NWD, FFA_MEM_LEND_32, total, total - 160);
    ck_assert_uint_eq(r.x[0], FFA_MEM_FRAG_RX);
    ns_info_get(0, &info);
    ck_assert_uint_eq(info.count, 1);
    memcpy(tx, &all[total - 160], 160);
    r = CALL(NWD, FFA_MEM_FRAG_TX, r.x[1], r.x[2], 160);
    ck_assert_uint_eq(r.x[0], FFA_SUCCESS_32);
    ns_info_get(0, &info);
    ck_assert_uint_eq(info.count, 1 + SHARED);
}
END_TEST

START_TEST(partitions_that_died)
{
    static const struct share_constituent own[] = {{P1_NS, 1, 0}};
    struct descriptor d = descriptor_of(P1, SHARE_SHARE, own, 1, RECEIVERS(P2, P3));
    uint64_t handle;

    ck_assert_int_eq(send_all(P1, SHARE_SHARE, &d, &handle), 0);
    ck_assert_int_eq(retrieve(P2, &d, SHARE_SHARE, handle), 0);
    kill_partition(P1);
    ns_info_get(0, &info);
    /* P2 still has it, P3 can not get it any more; the tables of the dead one are as they were. */
    ck_assert_uint_eq(ns_info_has(&info, id_of(P2), P1_NS, 1, RAP_RW), 1);
    ck_assert_uint_eq(ns_info_has(&info, id_of(P3), P1_NS, 1, RAP_RW), 0);
    ck_assert_uint_eq(ns_info_has(&info, id_of(P1), P1_NS, P1_NS_PAGES, RAP_RW), 1);
    ck_assert_int_eq(relinquish(P2, handle, 0), 0);
    ns_info_get(0, &info);
    ck_assert_uint_eq(ns_info_has(&info, id_of(P2), P1_NS, 1, RAP_RW), 0);
}
END_TEST

START_TEST(neighbours_with_other_permissions)
{
    static const struct share_constituent list[] = {{NS_PAGE(1), 1, 0}, {NS_PAGE(2), 1, 0}};

    for (unsigned n = 0; n < 2; n++) {
        struct descriptor d = descriptor_of(NWD, SHARE_DONATE, &list[n], 1, RECEIVERS(P2));
        static struct response response;
        struct descriptor request = request_of(&d, P2, SHARE_DONATE, sent(&d, SHARE_DONATE));

        request.receiver[0].permissions =
            FFA_MEM_PERMISSIONS(n == 0 ? FFA_MEM_DATA_RO : FFA_MEM_DATA_RW, FFA_MEM_INSTR_NX);
        ck_assert_int_eq(retrieve_all(P2, &request, &response), 0);
    }
    ns_info_get(id_of(P2), &info);
    ck_assert_uint_eq(info.count, 2);
    ck_assert_uint_eq(ns_info_has(&info, id_of(P2), NS_PAGE(1), 1, RAP_RO), 1);
    ck_assert_uint_eq(ns_info_has(&info, id_of(P2), NS_PAGE(2), 1, RAP_RW), 1);
}
END_TEST

#define END ((uint64_t)1 << STAGE2_IPA_BITS)

static uint64_t anywhere(unsigned n)
{
    return ((uint64_t)rnd(n % 2 == 0 ? 1024 : 4) << 30 | rnd(1u << 30)) / PAGE * PAGE;
}

/* Words anywhere: from any place the next is found. */
START_TEST(the_ledger_finds_what_was_touched)
{
    struct ledger *ledger = &machine.spmc->ledger;
    const struct ledger_page page = {.state = LEDGER_EXCLUSIVE};
    uint64_t put[32] = {0, END - PAGE};

    /* What buffers touch is in the way. */
    for (enum ep ep = NWD; ep < EP_COUNT; ep++) {
        ck_assert_int_eq(error_of(CALL(ep, FFA_RXTX_UNMAP)), 0);
    }
    seed(1);
    for (unsigned n = 0; n < COUNT(put); n++) {
        put[n] = n < 2 ? put[n] : anywhere(n);
        ck_assert(ledger_put(&machine.pe, ledger, put[n], &page));
    }
    for (unsigned k = 0; k < 1000; k++) {
        uint64_t from = k < COUNT(put) ? put[k] : anywhere(k);
        uint64_t want = END;
        uint64_t block = END;

        for (unsigned n = 0; n < COUNT(put); n++) {
            uint64_t at = put[n] / BLOCK * BLOCK;

            want = at >= from && at < want ? at : want;
        }
        ck_assert(ledger_next_touched(&machine.pe, ledger, from, &block) == (want != END));
        ck_assert_uint_eq(block, want);
    }
    for (unsigned n = 0; n < COUNT(put); n++) {
        ledger_drop(&machine.pe, ledger, put[n]);
    }
    ck_assert(!ledger_next_touched(&machine.pe, ledger, 0, &put[0]));
}
END_TEST

/* What is reported for that page. */
static uint8_t reported(enum ep ep, uint64_t at)
{
    uint8_t rap = 0;

    for (uint32_t n = 0; n < info.count; n++) {
        const struct amd *amd = &info.amd[n];

        if (amd->component == id_of(ep) && at >= amd->address &&
            at - amd->address < (uint64_t)amd->page_count * PAGE) {
            rap |= amd->rap;
        }
    }
    return rap;
}

static void ck_nothing_is_hidden(void)
{
    ns_info_get(0, &info);
    for (uint64_t at = NS_BASE; at < NS_BASE + NS_BYTES; at += PAGE) {
        for (enum ep ep = P1; ep < EP_COUNT; ep++) {
            uint8_t access = access_of(ep, at);
            uint8_t rap = reported(ep, at);

            ck_assert_uint_eq(rap & access, access);
            ck_assert_uint_eq(rap >> 4, ep == P0 ? 0 : rap & 0xfu);
        }
    }
}

struct live {
    struct descriptor d;
    enum share_kind kind;
    enum ep from;
    enum ep to;
    uint64_t handle;
    struct share_constituent list[3];
    unsigned state; /* 0 free, 1 sent, 2 retrieved */
};

/* One random step; refusals are fine. */
static void step(struct live *live)
{
    if (live->state == 0) {
        live->kind = (enum share_kind)(1 + rnd(3));
        live->from = rnd(3) == 0 ? (enum ep)(P1 + rnd(EP_COUNT - 1)) : NWD;
        live->to = (enum ep)(P1 + rnd(EP_COUNT - 1));
        for (unsigned n = 0; n < COUNT(live->list); n++) {
            /* Around the borders of 2 MiB */
            uint64_t at = NS_BASE + (1 + rnd(6)) * BLOCK - 4 * PAGE + rnd(8) * PAGE;

            live->list[n] = (struct share_constituent){at, 1 + rnd(3), 0};
        }
        live->d =
            descriptor_of(live->from, live->kind, live->list, 1 + rnd(3), RECEIVERS(live->to));
        live->state = send_all(live->from, live->kind, &live->d, &live->handle) == 0;
    } else if (live->state == 1 && rnd(3) != 0) {
        if (retrieve(live->to, &live->d, live->kind, live->handle) == 0) {
            live->state = live->kind == SHARE_DONATE ? 0 : 2;
        }
    } else if (live->state == 2) {
        ck_assert_int_eq(relinquish(live->to, live->handle, 0), 0);
        live->state = 1;
    } else if (reclaim(live->from, live->handle, 0) == 0) {
        live->state = 0;
    }
}

START_TEST(whatever_a_partition_reaches_is_told)
{
    static struct live live[12];

    memset(live, 0, sizeof(live));
    seed(7 + (uint64_t)_i);
    for (enum ep ep = P1; ep < EP_COUNT; ep++) {
        set_version(ep, FFA_VERSION_1_3);
    }
    for (unsigned n = 0; n < 40; n++) {
        for (unsigned k = 0; k < 8; k++) {
            step(&live[rnd(COUNT(live))]);
        }
        ck_nothing_is_hidden();
    }
    ck_assert_uint_gt(info.count, 1);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, use_1_3, NULL);
    tcase_add_test(tcase, regions_of_manifests);
    tcase_add_loop_test(tcase, from_sending_to_reclaiming, 0, 4);
    tcase_add_test(tcase, each_receiver_with_its_own_permissions);
    tcase_add_loop_test(tcase, what_was_allowed_counts_and_not_what_was_taken, 0, 2);
    tcase_add_loop_test(tcase, given_away_for_good, 0, 2);
    tcase_add_test(tcase, a_partition_s_own_region_in_pieces);
    tcase_add_test(tcase, secure_memory_and_devices_are_no_business_of_the_normal_world);
    tcase_add_test(tcase, what_is_still_being_sent);
    tcase_add_test(tcase, partitions_that_died);
    tcase_add_test(tcase, neighbours_with_other_permissions);
    tcase_add_test(tcase, the_ledger_finds_what_was_touched);
    tcase_add_loop_test(tcase, whatever_a_partition_reaches_is_told, 0, 4);
}

int main(void)
{
    return run_case("ns_res_info", add);
}
