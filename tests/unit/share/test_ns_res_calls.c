/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_NS_RES_INFO_GET as a call: arguments, answers in pieces, the RX buffer, indirect access. */
#include "main.h"

#include <string.h>

#include "descriptor.h"
#include "ns_info.h"
#include "snapshot.h"

#define NS_PAGE(n) (NS_BASE + 0x400000u + (n)*PAGE)
#define MANY       600u

static struct ns_info info;
static struct ns_info again;

static void use_1_3(void)
{
    set_version(NWD, FFA_VERSION_1_3);
}

/* A refusal, and nothing has changed. */
static void refused(uint64_t x1, uint64_t x2, uint64_t x3, int32_t code)
{
    struct snapshot *before = snapshot_take();
    struct snapshot *after;

    ck_assert_int_eq(error_of(CALL(NWD, FFA_NS_RES_INFO_GET_64, x1, x2, x3)), code);
    after = snapshot_take();
    snapshot_same_state(before, after, NWD, "refused");
    snapshot_free(before);
    snapshot_free(after);
}

static uint64_t lend_many(uint32_t from, uint32_t count)
{
    static struct share_constituent list[MANY];
    struct descriptor d;
    uint64_t handle = 0;

    for (uint32_t n = 0; n < count; n++) {
        list[n] = (struct share_constituent){NS_PAGE(from + n), 1, 0};
    }
    d = descriptor_of(NWD, SHARE_LEND, list, count, RECEIVERS(P2));
    ck_assert_int_eq(send_all(NWD, SHARE_LEND, &d, &handle), 0);
    return handle;
}

/* conformance: ffa_ns_res_info_get.invalid_endpoint_id */
START_TEST(targets_that_are_none)
{
    static const uint16_t ids[] = {0,      1,      0x7fff, 0x8000, FFA_ID_SP_FIRST + EP_COUNT - 1,
                                   0x9000, 0xffc0, 0xfffe, 0xffff};

    for (unsigned i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        refused(ids[i], FFA_NS_RES_TARGET_VALID, 0, FFA_INVALID_PARAMETERS);
    }
    refused(0x10000u | id_of(P1), FFA_NS_RES_TARGET_VALID, 0, FFA_INVALID_PARAMETERS);
    refused(1ull << 63 | id_of(P1), FFA_NS_RES_TARGET_VALID, 0, FFA_INVALID_PARAMETERS);
    /* An id that the flags do not speak of */
    refused(id_of(P1), 0, 0, FFA_INVALID_PARAMETERS);
}
END_TEST

/* conformance: ffa_ns_res_info_get.invalid_resource_type */
START_TEST(flags_and_registers_without_meaning)
{
    for (uint64_t type = 1; type <= 3; type++) {
        refused(0, type << 2, 0, FFA_INVALID_PARAMETERS);
        refused(id_of(P1), type << 2 | FFA_NS_RES_TARGET_VALID, 0, FFA_INVALID_PARAMETERS);
    }
    refused(0, 1u << 1, 0, FFA_INVALID_PARAMETERS);
    for (unsigned bit = 5; bit < 64; bit++) {
        refused(0, (uint64_t)1 << bit, 0, FFA_INVALID_PARAMETERS);
    }
    refused(0, 0, 1, FFA_INVALID_PARAMETERS);
}
END_TEST

/* conformance: ffa_ns_res_info_get.call_ffa_features */
START_TEST(who_may_call)
{
    ck_assert_int_eq(error_of(CALL(NWD, FFA_FEATURES, FFA_NS_RES_INFO_GET_64)), 0);
    set_version(NWD, FFA_VERSION_1_2);
    ck_assert_int_eq(error_of(CALL(NWD, FFA_FEATURES, FFA_NS_RES_INFO_GET_64)), FFA_NOT_SUPPORTED);
    refused(0, 0, 0, FFA_NOT_SUPPORTED);
    for (enum ep ep = P1; ep < EP_COUNT; ep++) {
        set_version(ep, FFA_VERSION_1_3);
        ck_assert_int_eq(error_of(CALL(ep, FFA_FEATURES, FFA_NS_RES_INFO_GET_64)),
                         FFA_NOT_SUPPORTED);
        ck_assert_int_eq(error_of(CALL(ep, FFA_NS_RES_INFO_GET_64)), FFA_NOT_SUPPORTED);
    }
}
END_TEST

/* conformance: ffa_ns_res_info_get.no_data_generated */
START_TEST(nothing_to_go_on_with)
{
    struct regs r;

    r = ns_call(0, FFA_NS_RES_CONTINUE);
    ck_assert_uint_eq(ns_written(r) | ns_remaining(r), 0);
    ck_assert_uint_eq(machine.partition[NWD]->mailbox.state, MAILBOX_EMPTY);
    ns_info_get(0, &info);
    ck_assert_uint_eq(info.calls, 1);
    r = ns_call(0, FFA_NS_RES_CONTINUE);
    ck_assert_uint_eq(ns_written(r) | ns_remaining(r), 0);
}
END_TEST

/* conformance: ffa_ns_res_info_get.get_multiple_calls */
START_TEST(an_answer_in_pieces)
{
    uint32_t pages = 1 + (uint32_t)_i;
    uint32_t room = pages * PAGE;

    (void)lend_many(0, MANY);
    set_mailbox(NWD, pages);
    ns_info_get(0, &info);
    ck_assert_uint_eq(info.count, MANY + 1);
    ck_assert_uint_eq(info.calls, ((MANY + 2) * 16 + room - 1) / room);
    for (uint32_t n = 0; n < MANY; n++) {
        ck_assert_uint_eq(info.amd[n + 1].address, NS_PAGE(n));
        ck_assert_uint_eq(info.amd[n + 1].component, id_of(P2));
    }
    ns_info_get(0, &again);
    ck_assert_mem_eq(&info, &again, sizeof(info));
}
END_TEST

START_TEST(exactly_one_buffer_full)
{
    (void)lend_many(0, PAGE / 16 - 2 + (uint32_t)_i);
    ns_info_get(0, &info);
    ck_assert_uint_eq(info.calls, 1 + (uint32_t)_i);
    ck_assert_uint_eq(info.count, PAGE / 16 - 1 + (uint32_t)_i);
}
END_TEST

START_TEST(the_buffer_must_be_there_and_free)
{
    struct regs r;

    (void)lend_many(0, MANY);
    r = ns_call(0, 0);
    ck_assert_uint_eq(ns_written(r), PAGE);
    refused(0, FFA_NS_RES_CONTINUE, 0, FFA_RETRY);
    refused(0, 0, 0, FFA_RETRY);
    ck_assert_int_eq(error_of(CALL(NWD, FFA_RX_RELEASE)), 0);
    /* The retry was for nothing; it goes on where it was. */
    r = ns_call(0, FFA_NS_RES_CONTINUE);
    ck_assert_uint_eq(ns_written(r), PAGE);
    ck_assert_uint_eq(ns_remaining(r), (MANY + 2) * 16 - 2 * PAGE);
    ck_assert_int_eq(error_of(CALL(NWD, FFA_RXTX_UNMAP)), 0);
    refused(0, FFA_NS_RES_CONTINUE, 0, FFA_RETRY);
    refused(0, 0, 0, FFA_RETRY);
}
END_TEST

static void release(void)
{
    ck_assert_int_eq(error_of(CALL(NWD, FFA_RX_RELEASE)), 0);
}

START_TEST(only_one_answer_is_pending)
{
    struct regs r;

    (void)lend_many(0, MANY);
    (void)ns_call(0, 0);
    release();
    /* Another question is not the one that is pending. */
    r = ns_call(id_of(P2), FFA_NS_RES_CONTINUE);
    ck_assert_uint_eq(ns_written(r) | ns_remaining(r), 0);
    r = ns_call(0, FFA_NS_RES_CONTINUE);
    ck_assert_uint_eq(ns_remaining(r), (MANY + 2) * 16 - 2 * PAGE);
    release();
    /* A start is a new beginning, also when its answer is whole or empty. */
    r = ns_call(0, 0);
    ck_assert_uint_eq(ns_remaining(r), (MANY + 2) * 16 - PAGE);
    release();
    r = ns_call(_i == 0 ? id_of(P1) : id_of(P3), 0);
    ck_assert_uint_eq(ns_written(r), _i == 0 ? 32 : 0);
    if (_i == 0) {
        release();
    }
    r = ns_call(0, FFA_NS_RES_CONTINUE);
    ck_assert_uint_eq(ns_written(r) | ns_remaining(r), 0);
}
END_TEST

START_TEST(a_change_ends_it)
{
    uint64_t handle;
    struct regs r;

    (void)lend_many(0, MANY);
    (void)ns_call(0, 0);
    release();
    handle = lend_many(MANY, 1);
    memset(rx_of(NWD), 0x5a, PAGE);
    refused(0, FFA_NS_RES_CONTINUE, 0, FFA_ABORTED);
    ck_assert(is_filled(MAILBOX(NWD), 0x5a));
    /* As it was, it can go on. */
    ck_assert_int_eq(reclaim(NWD, handle, 0), 0);
    r = ns_call(0, FFA_NS_RES_CONTINUE);
    ck_assert_uint_eq(ns_written(r), PAGE);
    release();
    handle = lend_many(MANY, 1);
    refused(0, FFA_NS_RES_CONTINUE, 0, FFA_ABORTED);
    /* As much as before, but another page */
    (void)ns_call(0, 0);
    release();
    ck_assert_int_eq(reclaim(NWD, handle, 0), 0);
    (void)lend_many(MANY + 1, 1);
    refused(0, FFA_NS_RES_CONTINUE, 0, FFA_ABORTED);
    ns_info_get(0, &info);
    ck_assert_uint_eq(info.count, MANY + 2);
}
END_TEST

/* What concerns secure memory only is no change. */
START_TEST(other_transactions_may_go_on)
{
    static const struct share_constituent secure[] = {{P1_DATA, 2, 0}};
    struct descriptor d = descriptor_of(P1, SHARE_LEND, secure, 1, RECEIVERS(P2));
    uint64_t handle;

    (void)lend_many(0, MANY);
    (void)ns_call(0, 0);
    release();
    ck_assert_int_eq(send_all(P1, SHARE_LEND, &d, &handle), 0);
    ck_assert_uint_eq(ns_written(ns_call(0, FFA_NS_RES_CONTINUE)), PAGE);
    release();
    ck_assert_int_eq(reclaim(P1, handle, 0), 0);
    ck_assert_uint_eq(ns_remaining(ns_call(0, FFA_NS_RES_CONTINUE)), 0);
}
END_TEST

static void talks(enum ep ep)
{
    struct partition_manifest *manifest =
        (struct partition_manifest *)(uintptr_t)machine.partition[ep]->manifest;

    manifest->service[0].messaging_method |= FFA_PROP_INDIRECT_MSG;
}

static void ck_buffer(const struct amd *amd, uint64_t address, uint32_t pages, uint8_t rap)
{
    ck_assert_uint_eq(amd->address, address);
    ck_assert_uint_eq(amd->page_count, pages);
    ck_assert_uint_eq(amd->rap, rap);
    ck_assert_uint_eq(amd->component, FFA_ID_SPMC);
    ck_assert_uint_eq(amd->flags, FFA_AMD_INDIRECT);
}

static void forward_map(uint16_t vm, uint64_t rx, uint64_t tx)
{
    uint8_t *at = tx_of(NWD);

    memset(at, 0, 80);
    put_bytes(&at[0], 2, vm);
    put_bytes(&at[4], 4, 16);
    put_bytes(&at[8], 4, 48);
    for (unsigned i = 0; i < 2; i++) {
        put_bytes(&at[16 + 32 * i], 4, 1);
        put_bytes(&at[20 + 32 * i], 4, 1);
        put_bytes(&at[32 + 32 * i], 8, i == 0 ? rx : tx);
        put_bytes(&at[40 + 32 * i], 4, 1);
    }
    ck_assert_int_eq(error_of(CALL(NWD, FFA_RXTX_MAP_64)), 0);
}

START_TEST(buffers_that_messages_go_through)
{
    talks(P3);
    set_mailbox(NWD, 2);
    /* FF-A v1.0 has no indirect messages. */
    ns_info_get(0, &info);
    ck_assert_uint_eq(info.count, 1);
    set_version(P3, FFA_VERSION_1_1);
    forward_map(VM_1, NS_PAGE(50), NS_PAGE(60));
    ns_info_get(0, &info);
    ck_assert_uint_eq(info.count, 5);
    ck_buffer(&info.amd[1], MAILBOX(NWD), 2, RAP_RW);
    ck_buffer(&info.amd[2], MAILBOX(NWD) + MAILBOX_MAX, 2, RAP_RO);
    ck_buffer(&info.amd[3], NS_PAGE(50), 1, RAP_RW);
    ck_buffer(&info.amd[4], NS_PAGE(60), 1, RAP_RO);
    ns_info_get(id_of(P3), &info);
    ck_assert_uint_eq(info.count, 4);
    ns_info_get(id_of(P2), &info);
    ck_assert_uint_eq(info.count, 0);
    ck_assert_int_eq(error_of(CALL(NWD, FFA_RXTX_UNMAP, VM_1 << 16)), 0);
    ns_info_get(id_of(P3), &info);
    ck_assert_uint_eq(info.count, 2);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, use_1_3, NULL);
    tcase_add_test(tcase, targets_that_are_none);
    tcase_add_test(tcase, flags_and_registers_without_meaning);
    tcase_add_test(tcase, who_may_call);
    tcase_add_test(tcase, nothing_to_go_on_with);
    tcase_add_loop_test(tcase, an_answer_in_pieces, 0, 4);
    tcase_add_loop_test(tcase, exactly_one_buffer_full, 0, 2);
    tcase_add_test(tcase, the_buffer_must_be_there_and_free);
    tcase_add_loop_test(tcase, only_one_answer_is_pending, 0, 2);
    tcase_add_test(tcase, a_change_ends_it);
    tcase_add_test(tcase, other_transactions_may_go_on);
    tcase_add_test(tcase, buffers_that_messages_go_through);
}

int main(void)
{
    return run_case("ns_res_calls", add);
}
