/* SPDX-License-Identifier: BSD-3-Clause */
/* Transactions from sending to the end: what everybody may reach in between, and nothing left. */
#include "main.h"

#include <string.h>

#include "descriptor.h"
#include "snapshot.h"

#define RW         (STAGE2_READ | STAGE2_WRITE)
#define RWX        (RW | STAGE2_EXECUTE)
#define COUNT(a)   (sizeof(a) / sizeof((a)[0]))
#define P1_PAGE(n) (P1_BASE + 0x100000u + (n)*PAGE)
#define NS_PAGE(n) (NS_BASE + 0x400000u + (n)*PAGE)

static const struct share_constituent of_p1[] = {{P1_PAGE(0), 2, 0}, {P1_PAGE(0x1ff), 3, 0}};
static const struct share_constituent of_nwd[] = {{NS_PAGE(7), 1, 0}, {NS_PAGE(3), 2, 0}};

/* The first page of each constituent, and what is before and behind it. */
static void expect(enum ep ep, const struct share_constituent *list, uint32_t count, uint8_t inside,
                   uint8_t outside)
{
    for (uint32_t i = 0; i < count; i++) {
        uint64_t end = list[i].address + list[i].page_count * PAGE;

        for (uint64_t at = list[i].address; at < end; at += PAGE) {
            ck_assert_uint_eq(access_of(ep, at), inside);
        }
        /* conformance: memory_sharing.donate_check_upper_bounds */
        /* conformance: memory_sharing.donate_check_lower_bounds */
        /* conformance: memory_sharing.ffa_lend_check_upper_bounds */
        /* conformance: memory_sharing.ffa_lend_check_lower_bounds */
        ck_assert_uint_eq(access_of(ep, list[i].address - PAGE), outside);
        ck_assert_uint_eq(access_of(ep, end), outside);
    }
}

static const uint32_t versions[] = {FFA_VERSION_1_0, FFA_VERSION_1_1, FFA_VERSION_1_2,
                                    FFA_VERSION_1_3};

/* Every kind between every two versions, from a partition: 3 * 4 * 4. */
START_TEST(between_partitions_of_any_versions)
{
    enum share_kind kind = (enum share_kind)(1 + _i % 3);
    struct descriptor d;
    struct snapshot *before;
    uint64_t handle;

    /* conformance: memory_sharing_v1_2.share_ffa_v1_2_to_v1_0 */
    /* conformance: memory_sharing_v1_0.share_ffa_v1_0_to_v1_2 */
    /* conformance: memory_sharing_v1_1.share_ffa_v1_1_to_current_version */
    /* conformance: memory_sharing.share_ffa_current_version_to_v1_1 */
    set_version(P1, versions[_i / 3 % 4]);
    set_version(P2, versions[_i / 12]);
    before = snapshot_take();
    d = descriptor_of(P1, kind, of_p1, COUNT(of_p1), RECEIVERS(P2));
    ck_assert_int_eq(send_all(P1, kind, &d, &handle), 0);
    /* conformance: memory_sharing.lend_memory_and_lose_access */
    /* conformance: memory_sharing.give_memory_and_lose_access */
    expect(P1, of_p1, COUNT(of_p1), kind == SHARE_SHARE ? RWX : 0, RWX);
    expect(P2, of_p1, COUNT(of_p1), 0, 0);
    ck_assert_int_eq(retrieve(P2, &d, kind, handle), 0);
    expect(P1, of_p1, COUNT(of_p1), kind == SHARE_SHARE ? RWX : 0, RWX);
    expect(P2, of_p1, COUNT(of_p1), RW, 0);
    if (kind == SHARE_DONATE) {
        /* conformance: memory_sharing.donate_relinquish */
        ck_assert_int_ne(relinquish(P2, handle, 0), 0);
        ck_assert_int_ne(reclaim(P1, handle, 0), 0);
        /* conformance: memory_sharing.donate_twice */
        ck_assert_int_eq(send_all(P1, kind, &d, &handle), FFA_DENIED);
        d = descriptor_of(P2, kind, of_p1, COUNT(of_p1), RECEIVERS(P1));
        ck_assert_int_eq(send_all(P2, kind, &d, &handle), 0);
        ck_assert_int_eq(retrieve(P1, &d, kind, handle), 0);
        expect(P1, of_p1, COUNT(of_p1), RW, RWX);
        expect(P2, of_p1, COUNT(of_p1), 0, 0);
        snapshot_free(before);
        return;
    }
    ck_assert_int_eq(reclaim(P1, handle, 0), FFA_DENIED);
    ck_assert_int_eq(relinquish(P2, handle, 0), 0);
    expect(P2, of_p1, COUNT(of_p1), 0, 0);
    expect(P1, of_p1, COUNT(of_p1), kind == SHARE_SHARE ? RWX : 0, RWX);
    ck_assert_int_eq(relinquish(P2, handle, 0), FFA_DENIED);
    /* conformance: memory_sharing.lend_relinquish */
    /* conformance: memory_sharing.lend_and_get_back */
    /* conformance: memory_sharing.share_concurrently_and_get_back */
    ck_assert_int_eq(reclaim(P1, handle, 0), 0);
    ck_assert_int_eq(reclaim(P1, handle, 0), FFA_INVALID_PARAMETERS);
    snapshot_check(before, "after reclaim");
    snapshot_free(before);
}
END_TEST

/* conformance: memory_sharing.donate_reclaim */
/* conformance: memory_sharing.lend_reclaim */
/* conformance: memory_sharing.share_reclaim */
START_TEST(what_nobody_took_comes_back)
{
    static const enum ep owners[] = {P1, NWD};

    for (enum share_kind kind = SHARE_SHARE; kind <= SHARE_DONATE; kind++) {
        for (unsigned i = 0; i < COUNT(owners); i++) {
            bool nwd = owners[i] == NWD;
            struct descriptor d =
                descriptor_of(owners[i], kind, nwd ? of_nwd : of_p1, 2, RECEIVERS(P3));
            struct snapshot *before = snapshot_take();
            uint64_t handle;

            ck_assert_int_eq(send_all(owners[i], kind, &d, &handle), 0);
            ck_assert_uint_eq(handle >> 63, 0);
            ck_assert_int_eq(reclaim(P2, handle, 0), FFA_DENIED);
            ck_assert_int_eq(reclaim(owners[i], handle, 0), 0);
            snapshot_check(before, "after reclaim");
            snapshot_free(before);
        }
    }
}
END_TEST

/* conformance: memory_sharing.relend_after_return */
/* conformance: memory_sharing.lend_elsewhere_after_return */
START_TEST(from_the_normal_world_and_again)
{
    static const enum ep readers[] = {P1, P1, P2, P3, P0};
    struct snapshot *before = snapshot_take();

    for (unsigned i = 0; i < COUNT(readers); i++) {
        enum share_kind kind = i % 2 == 0 ? SHARE_LEND : SHARE_SHARE;
        struct descriptor d = descriptor_of(NWD, kind, of_nwd, 2, RECEIVERS(readers[i]));
        uint64_t handle;

        d.sender = i == 2 ? VM_1 : 0;
        ck_assert_int_eq(send_all(NWD, kind, &d, &handle), 0);
        for (unsigned n = 0; n < 2; n++) {
            expect(readers[i], of_nwd, 2, 0, 0);
            ck_assert_int_eq(retrieve(readers[i], &d, kind, handle), 0);
            ck_assert_int_eq(retrieve(readers[i], &d, kind, handle), FFA_DENIED);
            for (uint32_t k = 0; k < 2; k++) {
                ck_assert_uint_eq(access_of(readers[i], of_nwd[k].address), RW);
            }
            ck_assert_int_eq(reclaim(NWD, handle, 0), FFA_DENIED);
            ck_assert_int_eq(relinquish(readers[i], handle, 0), 0);
        }
        ck_assert_int_eq(reclaim(NWD, handle, 0), 0);
        snapshot_check(before, "after reclaim");
    }
    snapshot_free(before);
}
END_TEST

/* conformance: memory_sharing.mem_share_multiple_borrowers */
/* conformance: memory_sharing.mem_share_bypass_multiple_borrowers */
/* conformance: memory_sharing.mem_lend_relinquish_reclaim_multiple_borrowers */
/* conformance: memory_sharing.v1_1_service_shares_memory */
START_TEST(several_borrowers)
{
    static const enum ep readers[] = {P2, P3, P0};
    enum share_kind kind = _i == 0 ? SHARE_SHARE : SHARE_LEND;
    struct descriptor d = descriptor_of(P1, kind, of_p1, 2, RECEIVERS(P2, P3, P0));
    struct snapshot *before = snapshot_take();
    static struct response response;
    uint64_t handle;

    d.receiver[1].permissions = FFA_MEM_DATA_RO;
    ck_assert_int_eq(send_all(P1, kind, &d, &handle), 0);
    for (unsigned i = 0; i < COUNT(readers); i++) {
        struct descriptor r = request_of(&d, readers[i], kind, handle);

        if (i == 1) {
            r.flags |= FFA_MEM_FLAG_BYPASS;
            r.receiver[0] = r.receiver[1];
            r.receiver_count = 1;
        }
        ck_assert_int_eq(retrieve_all(readers[i], &r, &response), 0);
        ck_assert_uint_eq(response.receiver_count, 1);
        ck_assert_uint_eq(response.receiver[0].id, id_of(readers[i]));
        ck_assert_uint_eq(response.page_count, 5);
        ck_assert_uint_eq(response.count, 2);
        ck_assert_mem_eq(response.list, of_p1, sizeof(of_p1));
        expect(readers[i], of_p1, 2, i == 1 ? STAGE2_READ : RW, 0);
    }
    for (unsigned i = 0; i < COUNT(readers); i++) {
        ck_assert_int_eq(reclaim(P1, handle, 0), FFA_DENIED);
        ck_assert_int_eq(relinquish(readers[i], handle, 0), 0);
        expect(readers[i], of_p1, 2, 0, 0);
    }
    ck_assert_int_eq(reclaim(P1, handle, 0), 0);
    snapshot_check(before, "after reclaim");
    snapshot_free(before);
}
END_TEST

#define MANY 600u

static struct share_constituent many[MANY];

/* Every other page, so that nothing can be joined. */
static void make_many(uint64_t base, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        many[i] = (struct share_constituent){base + 2ull * i * PAGE, 1, 0};
    }
}

/* conformance: memory_sharing_v1_0.force_fragmented_ffa_v1_0 */
/* conformance: memory_sharing.lend_fragmented_relinquish */
/* conformance: memory_sharing.lend_force_fragmented_relinquish */
/* conformance: memory_sharing.lend_fragmented_relinquish_multi_receiver */
/* conformance: ffa_mixed_mailbox.fragmented_lend_small_then_large_mailbox */
/* conformance: ffa_mixed_mailbox.oversized_retrieve_response_large_mailbox */
START_TEST(in_fragments_both_ways)
{
    static struct response response;
    static const uint32_t most[] = {0, 144, 160, 2048};
    enum ep owner = _i % 2 == 0 ? P1 : NWD;
    uint32_t count = _i / 2 % 2 == 0 ? MANY : 300;
    struct descriptor d;
    struct snapshot *before;
    uint64_t handle;

    set_version(owner, versions[_i / 4]);
    set_mailbox(P3, 4);
    before = snapshot_take();
    make_many(owner == P1 ? P1_PAGE(1) : NS_PAGE(1), count);
    d = descriptor_of(owner, SHARE_LEND, many, count, RECEIVERS(P2, P3));
    d.sender = owner == NWD ? VM_2 : d.sender;
    ck_assert_int_eq(send_in(owner, SHARE_LEND, &d, most[_i % 4], &handle), 0);
    for (enum ep ep = P2; ep <= P3; ep++) {
        struct descriptor r = request_of(&d, ep, SHARE_LEND, handle);

        ck_assert_int_eq(retrieve_all(ep, &r, &response), 0);
        ck_assert_uint_eq(response.count, count);
        ck_assert_mem_eq(response.list, many, count * sizeof(many[0]));
        ck_assert_uint_eq(response.fragments, ep == P3 ? 1 : count == 300 ? 2 : 3);
        for (uint32_t i = 0; i < count; i++) {
            ck_assert_uint_eq(access_of(ep, many[i].address), RW);
            ck_assert_uint_eq(access_of(ep, many[i].address + PAGE), 0);
        }
        ck_assert_int_eq(relinquish(ep, handle, 0), 0);
    }
    ck_assert_int_eq(reclaim(owner, handle, 0), 0);
    snapshot_check(before, "after reclaim");
    snapshot_free(before);
}
END_TEST

START_TEST(a_donation_in_fragments_is_settled_by_the_last_one)
{
    struct descriptor d;
    struct descriptor request;
    struct regs r;
    uint64_t handle;
    uint32_t at;

    make_many(P1_PAGE(1), 300);
    d = descriptor_of(P1, SHARE_DONATE, many, 300, RECEIVERS(P2));
    ck_assert_int_eq(send_all(P1, SHARE_DONATE, &d, &handle), 0);
    request = request_of(&d, P2, SHARE_DONATE, handle);
    r = ask(P2, &request);
    ck_assert_uint_eq(r.x[0], FFA_MEM_RETRIEVE_RESP);
    at = (uint32_t)r.x[2];
    ck_assert_uint_lt(at, r.x[1]);
    ck_assert_int_eq(reclaim(P1, handle, 0), FFA_DENIED);
    /* The buffer is full; then with a wrong offset, handle, endpoint, caller. */
    ck_assert_int_eq(error_of(CALL(P2, FFA_MEM_FRAG_RX, (uint32_t)handle, handle >> 32, at)),
                     FFA_BUSY);
    ck_assert_int_eq(error_of(CALL(P2, FFA_RX_RELEASE)), 0);
    ck_assert_int_eq(error_of(CALL(P2, FFA_MEM_FRAG_RX, (uint32_t)handle, handle >> 32, at + 16)),
                     FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(error_of(CALL(P2, FFA_MEM_FRAG_RX, (uint32_t)handle, 1, at)),
                     FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(
        error_of(CALL(P2, FFA_MEM_FRAG_RX, (uint32_t)handle, handle >> 32, at, 0x80020000)),
        FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(error_of(CALL(P3, FFA_MEM_FRAG_RX, (uint32_t)handle, handle >> 32, at)),
                     FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(error_of(CALL(NWD, FFA_MEM_FRAG_RX, (uint32_t)handle, handle >> 32, at)),
                     FFA_INVALID_PARAMETERS);
    r = CALL(P2, FFA_MEM_FRAG_RX, (uint32_t)handle, handle >> 32, at);
    ck_assert_uint_eq(r.x[0], FFA_MEM_FRAG_TX);
    ck_assert_int_eq(error_of(CALL(P2, FFA_RX_RELEASE)), 0);
    ck_assert_int_eq(error_of(CALL(P2, FFA_MEM_FRAG_RX, (uint32_t)handle, handle >> 32, at)),
                     FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(reclaim(P1, handle, 0), FFA_INVALID_PARAMETERS);
    /* conformance: memory_sharing.donate_and_donate_elsewhere */
    /* conformance: memory_sharing.donate_vms */
    d = descriptor_of(P2, SHARE_DONATE, many, 300, RECEIVERS(P3));
    ck_assert_int_eq(send_all(P2, SHARE_DONATE, &d, &handle), 0);
    ck_assert_int_eq(retrieve(P3, &d, SHARE_DONATE, handle), 0);
    ck_assert_uint_eq(access_of(P3, many[299].address), RW);
    ck_assert_uint_eq(access_of(P2, many[299].address), 0);
    snapshot_free(snapshot_take());
}
END_TEST

/* A hypervisor learns of a transaction once, in each layout. */
START_TEST(a_hypervisor_retrieves)
{
    static struct response response;
    static const struct descriptor none;
    struct snapshot *before;
    struct descriptor d;
    struct descriptor request = none;
    uint64_t handle;

    set_version(NWD, versions[_i % 4]);
    before = snapshot_take();
    make_many(NS_PAGE(0), 300);
    d = descriptor_of(NWD, SHARE_SHARE, many, _i < 4 ? 2 : 300, RECEIVERS(P2, P3));
    d.sender = VM_1;
    d.receiver[1].permissions = FFA_MEM_DATA_RO;
    ck_assert_int_eq(send_all(NWD, SHARE_SHARE, &d, &handle), 0);
    request.version = versions[_i % 4];
    request.handle = handle;
    ck_assert_int_eq(retrieve_all(NWD, &request, &response), 0);
    ck_assert_uint_eq(response.sender, VM_1);
    ck_assert_uint_eq(response.tag, d.tag);
    ck_assert_uint_eq(response.receiver_count, 2);
    ck_assert_uint_eq(response.receiver[0].id, id_of(P2));
    ck_assert_uint_eq(response.receiver[0].permissions, FFA_MEM_DATA_RW);
    ck_assert_uint_eq(response.receiver[1].permissions, FFA_MEM_DATA_RO);
    ck_assert_uint_eq(response.count, d.count);
    ck_assert_mem_eq(response.list, many, d.count * sizeof(many[0]));
    ck_assert_int_eq(retrieve_all(NWD, &request, &response), FFA_DENIED);
    request.tag = 1;
    ck_assert_int_eq(retrieve_all(NWD, &request, &response), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(reclaim(NWD, handle, 0), 0);
    d = descriptor_of(P1, SHARE_SHARE, of_p1, 2, RECEIVERS(P2));
    ck_assert_int_eq(send_all(P1, SHARE_SHARE, &d, &handle), 0);
    request.tag = 0;
    request.handle = handle;
    ck_assert_int_ne(retrieve_all(NWD, &request, &response), 0);
    ck_assert_int_eq(reclaim(P1, handle, 0), 0);
    snapshot_check(before, "after reclaim");
    snapshot_free(before);
}
END_TEST

/* Whole blocks, and parts of several. */
START_TEST(blocks)
{
    static const struct share_constituent list[] = {{P1_BASE + BLOCK - PAGE, 2 + BLOCK / PAGE, 0},
                                                    {P1_BASE + 4 * PAGE, 7, 0}};
    static const struct share_constituent whole[] = {{P1_BASE + BLOCK, BLOCK / PAGE, 0}};
    const struct share_constituent *used = _i < 3 ? list : whole;
    enum share_kind kind = (enum share_kind)(1 + _i % 3);
    struct descriptor d = descriptor_of(P1, kind, used, _i < 3 ? 2 : 1, RECEIVERS(P2));
    struct snapshot *before = snapshot_take();
    uint64_t handle;

    ck_assert_int_eq(send_all(P1, kind, &d, &handle), 0);
    expect(P1, used, d.count, kind == SHARE_SHARE ? RWX : 0, RWX);
    ck_assert_int_eq(retrieve(P2, &d, kind, handle), 0);
    expect(P2, used, d.count, RW, 0);
    if (kind != SHARE_DONATE) {
        ck_assert_int_eq(relinquish(P2, handle, 0), 0);
        ck_assert_int_eq(reclaim(P1, handle, 0), 0);
        snapshot_check(before, "after reclaim");
    } else {
        snapshot_free(snapshot_take());
    }
    snapshot_free(before);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, between_partitions_of_any_versions, 0, 48);
    tcase_add_test(tcase, what_nobody_took_comes_back);
    tcase_add_test(tcase, from_the_normal_world_and_again);
    tcase_add_loop_test(tcase, several_borrowers, 0, 2);
    tcase_add_loop_test(tcase, in_fragments_both_ways, 0, 16);
    tcase_add_test(tcase, a_donation_in_fragments_is_settled_by_the_last_one);
    tcase_add_loop_test(tcase, a_hypervisor_retrieves, 0, 8);
    tcase_add_loop_test(tcase, blocks, 0, 6);
}

int main(void)
{
    return run_case("life_cycle", add);
}
