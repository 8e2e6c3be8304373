/* SPDX-License-Identifier: BSD-3-Clause */
/* What may be sent to whom (FF-A v1.2, 11.10 to 11.12, 16.1 to 16.3); the refused changes nothing.
 */
#include "main.h"

#include <string.h>

#include "descriptor.h"
#include "snapshot.h"

#define COUNT(a)   (sizeof(a) / sizeof((a)[0]))
#define RW         (STAGE2_READ | STAGE2_WRITE)
#define RWX        (RW | STAGE2_EXECUTE)
#define PERM(d, i) FFA_MEM_PERMISSIONS(FFA_MEM_DATA_##d, FFA_MEM_INSTR_##i)

static const uint64_t page = P1_BASE + 0x80000;
static const struct share_constituent list[] = {{P1_BASE + 0x80000, 1, 0}};
static const struct share_constituent ns_list[] = {{NS_BASE + 0x100000, 2, 0}};
static const struct share_constituent device_list[] = {{P1_DEVICE, 1, 0}};
static const struct share_constituent ns_device_list[] = {{NS_DEVICE + PAGE, 1, 0}};
static const struct share_constituent read_only[] = {{P1_READ_ONLY, 2, 0}};

static uint64_t handle;

/* Any error will do where the specification leaves the choice: ANY. */
#define ANY 1

static void refused(enum ep sender, enum share_kind kind, const struct descriptor *d, int32_t want)
{
    struct snapshot *before = snapshot_take();
    struct snapshot *after;
    int32_t error = send_all(sender, kind, d, &handle);

    ck_assert_msg(error != 0 && (want == ANY || error == want), "got %d, want %d", error, want);
    after = snapshot_take();
    snapshot_same_state(before, after, sender, "refused");
    snapshot_free(before);
    snapshot_free(after);
}

static struct descriptor plain(enum share_kind kind)
{
    return descriptor_of(P1, kind, list, 1, RECEIVERS(P2));
}

START_TEST(who_may_receive)
{
    for (enum share_kind kind = SHARE_SHARE; kind <= SHARE_DONATE; kind++) {
        struct descriptor d = plain(kind);

        /* conformance: memory_sharing.donate_to_self */
        /* conformance: memory_sharing.lend_to_self */
        /* conformance: memory_sharing.share_to_self */
        d.receiver[0].id = id_of(P1);
        refused(P1, kind, &d, FFA_INVALID_PARAMETERS);
        d.receiver[0].id = 0x8000;
        refused(P1, kind, &d, FFA_INVALID_PARAMETERS);
        d.receiver[0].id = 0x8005;
        refused(P1, kind, &d, FFA_INVALID_PARAMETERS);
        d.receiver[0].id = 0xffff;
        refused(P1, kind, &d, FFA_INVALID_PARAMETERS);
        /* conformance: memory_sharing.invalid_from_sp */
        for (uint16_t vm = 0; vm < 3; vm++) {
            d.receiver[0].id = vm;
            refused(P1, kind, &d, FFA_DENIED);
        }
        /* conformance: memory_sharing.donate_invalid_source */
        /* conformance: memory_sharing.lend_invalid_source */
        d = plain(kind);
        d.sender = id_of(P3);
        refused(P1, kind, &d, FFA_INVALID_PARAMETERS);
        d.sender = 0;
        refused(P1, kind, &d, FFA_INVALID_PARAMETERS);
        d = descriptor_of(NWD, kind, ns_list, 1, RECEIVERS(P2));
        d.sender = id_of(P1);
        refused(NWD, kind, &d, FFA_INVALID_PARAMETERS);
        d.sender = VM_1;
        d.receiver[0].id = VM_2;
        refused(NWD, kind, &d, ANY);
        /* conformance: memory_sharing.fail_if_repeated_borrower */
        /* conformance: memory_sharing.fail_if_multi_receiver_donate */
        d = descriptor_of(P1, kind, list, 1, RECEIVERS(P2, P2));
        refused(P1, kind, &d, FFA_INVALID_PARAMETERS);
        /* conformance: memory_sharing.fail_if_one_receiver_is_self */
        d = descriptor_of(P1, kind, list, 1, RECEIVERS(P2, P1));
        refused(P1, kind, &d, FFA_INVALID_PARAMETERS);
    }
}
END_TEST

/* A VM may name others beside a partition: they are the hypervisor's affair. */
START_TEST(a_vm_shares_with_partitions_and_vms)
{
    struct descriptor d = descriptor_of(NWD, SHARE_SHARE, ns_list, 1, RECEIVERS(P2, NWD));

    d.sender = VM_1;
    d.receiver[1].id = VM_2;
    ck_assert_int_eq(send_all(NWD, SHARE_SHARE, &d, &handle), 0);
    ck_assert_int_eq(retrieve(P2, &d, SHARE_SHARE, handle), 0);
    ck_assert_int_eq(relinquish(P2, handle, 0), 0);
    ck_assert_int_eq(reclaim(NWD, handle, 0), 0);
    ck_assert_uint_eq(free_pages(), machine.pages_after_boot);
}
END_TEST

START_TEST(permissions_of_a_sender)
{
    /* conformance: memory_sharing.share_X */
    /* conformance: memory_sharing.fail_if_one_receiver_wrong_permissions */
    for (enum share_kind kind = SHARE_SHARE; kind <= SHARE_DONATE; kind++) {
        for (unsigned p = 0; p < 256; p++) {
            bool right = kind == SHARE_DONATE ? p == 0 : p == PERM(RO, NONE) || p == PERM(RW, NONE);
            struct descriptor d = plain(kind);

            d.receiver[0].permissions = (uint8_t)p;
            if (right) {
                ck_assert_int_eq(send_all(P1, kind, &d, &handle), 0);
                ck_assert_int_eq(reclaim(P1, handle, 0), 0);
            } else {
                refused(P1, kind, &d, FFA_INVALID_PARAMETERS);
            }
        }
    }
    struct descriptor d = descriptor_of(P1, SHARE_LEND, list, 1, RECEIVERS(P2, P3));

    d.receiver[1].permissions = PERM(RW, X);
    refused(P1, SHARE_LEND, &d, FFA_INVALID_PARAMETERS);
}
END_TEST

/* conformance: memory_sharing.ffa_validate_attributes */
START_TEST(attributes_of_a_sender)
{
    for (uint32_t attributes = 0; attributes < 0x200; attributes++) {
        for (unsigned i = 0; i < 4; i++) {
            enum share_kind kind = i == 0 ? SHARE_SHARE : i == 3 ? SHARE_DONATE : SHARE_LEND;
            struct descriptor d = descriptor_of(P1, kind, list, 1, RECEIVERS(P2, P3));
            bool right = i == 0   ? attributes == FFA_MEM_NORMAL_WB_ISH
                         : i == 1 ? attributes == FFA_MEM_NORMAL_WB_ISH ||
                                        attributes == FFA_MEM_DEVICE_nGnRnE
                                  : attributes == 0;

            d.receiver_count = i < 2 ? 2 : 1;
            d.attributes = (uint16_t)attributes;
            if (right) {
                ck_assert_int_eq(send_all(P1, kind, &d, &handle), 0);
                ck_assert_int_eq(reclaim(P1, handle, 0), 0);
            } else {
                ck_assert_int_ne(send_all(P1, kind, &d, &handle), 0);
            }
        }
    }
    ck_assert_uint_eq(free_pages(), machine.pages_after_boot);
}
END_TEST

/* conformance: memory_sharing.share_clear */
START_TEST(flags_of_a_sender)
{
    for (unsigned bit = 0; bit < 32; bit++) {
        for (enum share_kind kind = SHARE_SHARE; kind <= SHARE_DONATE; kind++) {
            struct descriptor d = plain(kind);

            d.flags = 1u << bit;
            if (bit == 0 && kind != SHARE_SHARE) {
                ck_assert_int_eq(send_all(P1, kind, &d, &handle), 0);
                ck_assert_int_eq(reclaim(P1, handle, 0), 0);
            } else {
                refused(P1, kind, &d, FFA_INVALID_PARAMETERS);
            }
        }
    }
}
END_TEST

START_TEST(lists_that_are_wrong)
{
    static const struct {
        struct share_constituent list[2];
        int32_t error;
    } lists[] = {
        /* conformance: memory_sharing.fail_page_overlap */
        {{{P1_BASE + 0x80000, 2, 0}, {P1_BASE + 0x81000, 1, 0}}, FFA_INVALID_PARAMETERS},
        {{{P1_BASE + 0x81000, 1, 0}, {P1_BASE + 0x80000, 3, 0}}, FFA_INVALID_PARAMETERS},
        {{{P1_BASE + 0x80000, 1, 0}, {P1_BASE + 0x80000, 1, 0}}, FFA_INVALID_PARAMETERS},
        /* conformance: memory_sharing.give_and_get_back_unaligned */
        {{{P1_BASE + 0x80001, 1, 0}, {P1_BASE + 0x90000, 1, 0}}, FFA_INVALID_PARAMETERS},
        {{{P1_BASE + 0x80000, 1, 0}, {P1_BASE + 0x90fff, 1, 0}}, FFA_INVALID_PARAMETERS},
        {{{P1_BASE + 0x80000, 1, 0}, {P1_BASE + 0x90000, 1, 1}}, FFA_INVALID_PARAMETERS},
        {{{P1_BASE + 0x80000, 0, 0}, {P1_BASE + 0x90000, 1, 0}}, FFA_INVALID_PARAMETERS},
        {{{1ull << 40, 1, 0}, {P1_BASE + 0x90000, 1, 0}}, FFA_INVALID_PARAMETERS},
        {{{(1ull << 40) - PAGE, 2, 0}, {P1_BASE + 0x90000, 1, 0}}, FFA_INVALID_PARAMETERS},
        {{{0xfffffffffffff000, 2, 0}, {P1_BASE + 0x90000, 1, 0}}, FFA_INVALID_PARAMETERS},
        /* Not the sender's, or no memory */
        {{{P1_BASE + P1_BYTES - PAGE, 2, 0}, {P1_BASE, 1, 0}}, FFA_DENIED},
        {{{P1_BASE - PAGE, 2, 0}, {P1_BASE + 0x90000, 1, 0}}, FFA_DENIED},
        {{{P1_BASE, 1, 0}, {P2_BASE, 1, 0}}, FFA_DENIED},
        {{{P1_BASE, 1, 0}, {NS_BASE, 1, 0}}, FFA_DENIED},
        {{{P1_BASE, 1, 0}, {0x0e100000, 1, 0}}, FFA_DENIED},
        /* Unlike each other */
        {{{P1_BASE, 1, 0}, {P1_DATA, 1, 0}}, FFA_DENIED},
        {{{P1_DATA, 1, 0}, {P1_NS, 1, 0}}, FFA_DENIED},
        {{{P1_DATA, 1, 0}, {P1_DEVICE, 1, 0}}, FFA_DENIED},
    };

    for (unsigned i = 0; i < COUNT(lists); i++) {
        struct descriptor d = descriptor_of(P1, SHARE_LEND, lists[i].list, 2, RECEIVERS(P2));

        refused(P1, SHARE_LEND, &d, lists[i].error);
    }
}
END_TEST

START_TEST(what_is_out_is_not_the_senders_to_give)
{
    static const enum share_kind kinds[] = {SHARE_SHARE, SHARE_LEND, SHARE_DONATE};

    /* conformance: memory_sharing.lend_donate */
    /* conformance: memory_sharing.share_donate */
    /* conformance: memory_sharing.lend_twice */
    /* conformance: memory_sharing.share_twice */
    for (unsigned i = 0; i < 9; i++) {
        struct descriptor first = plain(kinds[i / 3]);
        struct descriptor second = plain(kinds[i % 3]);
        uint64_t first_handle;

        ck_assert_int_eq(send_all(P1, kinds[i / 3], &first, &first_handle), 0);
        refused(P1, kinds[i % 3], &second, FFA_DENIED);
        if (kinds[i / 3] != SHARE_DONATE) {
            /* Nor is it the borrower's. */
            ck_assert_int_eq(retrieve(P2, &first, kinds[i / 3], first_handle), 0);
            refused(P1, kinds[i % 3], &second, FFA_DENIED);
            second = descriptor_of(P2, kinds[i % 3], list, 1, RECEIVERS(P3));
            refused(P2, kinds[i % 3], &second, FFA_DENIED);
            ck_assert_int_eq(relinquish(P2, first_handle, 0), 0);
        }
        ck_assert_int_eq(reclaim(P1, first_handle, 0), 0);
    }
}
END_TEST

/* conformance: memory_sharing.cannot_zero_ro_memory_on_lend_or_donate */
START_TEST(memory_that_can_not_be_written)
{
    for (enum share_kind kind = SHARE_SHARE; kind <= SHARE_DONATE; kind++) {
        struct descriptor d = descriptor_of(P1, kind, read_only, 1, RECEIVERS(P2));
        struct descriptor request;
        static struct response response;

        if (kind != SHARE_DONATE) {
            refused(P1, kind, &d, FFA_DENIED); /* RW */
            d.receiver[0].permissions = PERM(RO, NONE);
        }
        if (kind != SHARE_SHARE) {
            d.flags = FFA_MEM_FLAG_ZERO;
            refused(P1, kind, &d, FFA_DENIED);
            d.flags = 0;
        }
        ck_assert_int_eq(send_all(P1, kind, &d, &handle), 0);
        request = request_of(&d, P2, kind, handle);
        request.receiver[0].permissions = kind == SHARE_SHARE ? PERM(RW, NONE) : PERM(RW, NX);
        ck_assert_int_eq(retrieve_all(P2, &request, &response), FFA_DENIED);
        /* conformance: memory_sharing.cannot_zero_ro_memory_on_retrieve */
        request.receiver[0].permissions = kind == SHARE_SHARE ? PERM(RO, NONE) : PERM(RO, NX);
        request.flags |= FFA_MEM_FLAG_ZERO_AFTER;
        ck_assert_int_ne(retrieve_all(P2, &request, &response), 0);
        request.flags &= ~FFA_MEM_FLAG_ZERO_AFTER;
        ck_assert_int_eq(reclaim(P1, handle, FFA_MEM_FLAG_ZERO), FFA_DENIED);
        ck_assert_int_eq(retrieve_all(P2, &request, &response), 0);
        ck_assert_uint_eq(access_of(P2, P1_READ_ONLY), STAGE2_READ);
        if (kind != SHARE_DONATE) {
            ck_assert_int_ne(relinquish(P2, handle, FFA_MEM_FLAG_ZERO), 0);
            ck_assert_int_eq(relinquish(P2, handle, 0), 0);
            ck_assert_int_eq(reclaim(P1, handle, 0), 0);
        }
    }
}
END_TEST

static struct stage2_attr attr_at(enum ep ep, uint64_t address)
{
    struct stage2_attr attr = {0, STAGE2_NORMAL};

    ck_assert(attr_of(ep, address, &attr));
    return attr;
}

/* conformance: memory_sharing.cannot_share_device_memory */
/* conformance: memory_sharing.invalid_device_share_fails */
/* conformance: memory_sharing.lend_device_memory_and_lose_access */
/* conformance: memory_sharing.lend_device_memory_as_normal_fails */
/* conformance: memory_sharing.lend_device_memory_between_sps_and_reclaim */
/* conformance: memory_sharing.lend_device_memory_to_sp_and_reclaim */
START_TEST(device_memory)
{
    enum ep owner = _i == 0 ? P1 : NWD;
    const struct share_constituent *used = _i == 0 ? device_list : ns_device_list;
    static struct response response;
    struct snapshot *before = snapshot_take();
    struct descriptor d = descriptor_of(owner, SHARE_SHARE, used, 1, RECEIVERS(P2));
    struct descriptor request;

    refused(owner, SHARE_SHARE, &d, FFA_DENIED);
    d = descriptor_of(owner, SHARE_DONATE, used, 1, RECEIVERS(P2));
    refused(owner, SHARE_DONATE, &d, FFA_DENIED);
    d = descriptor_of(owner, SHARE_LEND, used, 1, RECEIVERS(P2, P3));
    d.attributes = FFA_MEM_DEVICE_nGnRnE;
    refused(owner, SHARE_LEND, &d, FFA_DENIED);
    d = descriptor_of(owner, SHARE_LEND, used, 1, RECEIVERS(P2));
    d.flags = FFA_MEM_FLAG_ZERO;
    refused(owner, SHARE_LEND, &d, FFA_DENIED);
    d.flags = 0;
    ck_assert_int_eq(send_all(owner, SHARE_LEND, &d, &handle), 0);
    ck_assert_uint_eq(access_of(P1, used[0].address), 0);
    request = request_of(&d, P2, SHARE_LEND, handle);
    request.attributes = FFA_MEM_NORMAL_WB_ISH;
    ck_assert_int_eq(retrieve_all(P2, &request, &response), FFA_DENIED);
    request.attributes = _i == 0 ? FFA_MEM_DEVICE_nGnRnE : FFA_MEM_NOT_SPECIFIED;
    request.receiver[0].permissions = PERM(RW, X);
    ck_assert_int_eq(retrieve_all(P2, &request, &response), FFA_DENIED);
    request.receiver[0].permissions = PERM(RW, NX);
    ck_assert_int_eq(retrieve_all(P2, &request, &response), 0);
    ck_assert_uint_eq(response.attributes & 0x3f, FFA_MEM_DEVICE_nGnRnE);
    ck_assert_uint_eq(attr_at(P2, used[0].address).memory, STAGE2_DEVICE_nGnRnE);
    ck_assert_int_eq(relinquish(P2, handle, 0), 0);
    ck_assert_int_eq(reclaim(owner, handle, 0), 0);
    snapshot_check(before, "reclaimed");
    snapshot_free(before);
}
END_TEST

/* conformance: memory_sharing.lend_normal_memory_as_device_and_lose_access */
/* conformance: memory_sharing.mem_lend_relinquish_reclaim_normal_memory_as_device */
/* conformance: memory_sharing.mem_lend_zero_memory_after_relinquish_device_memory */
START_TEST(normal_memory_as_device_memory)
{
    static struct response response;
    struct descriptor d = plain(SHARE_LEND);
    struct descriptor request;

    fill(page, 0x77);
    ck_assert_int_eq(send_all(P1, SHARE_LEND, &d, &handle), 0);
    request = request_of(&d, P2, SHARE_LEND, handle);
    request.attributes = FFA_MEM_DEVICE_nGnRnE;
    ck_assert_int_eq(retrieve_all(P2, &request, &response), 0);
    ck_assert_uint_eq(response.attributes, FFA_MEM_DEVICE_nGnRnE);
    ck_assert_uint_eq(attr_at(P2, page).memory, STAGE2_DEVICE_nGnRnE);
    ck_assert_int_eq(relinquish(P2, handle, _i == 0 ? 0 : FFA_MEM_FLAG_ZERO), 0);
    ck_assert_int_eq(reclaim(P1, handle, 0), 0);
    ck_assert_uint_eq(attr_at(P1, page).memory, STAGE2_NORMAL);
    ck_assert(is_filled(page, _i == 0 ? 0x77 : 0));
    /* conformance: memory_sharing.lend_normal_as_device_to_multiple */
    d = descriptor_of(P1, SHARE_LEND, list, 1, RECEIVERS(P2, P3));
    d.attributes = FFA_MEM_DEVICE_nGnRnE;
    ck_assert_int_eq(send_all(P1, SHARE_LEND, &d, &handle), 0);
    request = request_of(&d, P2, SHARE_LEND, handle);
    request.attributes = FFA_MEM_NORMAL_WB_ISH;
    ck_assert_int_eq(retrieve_all(P2, &request, &response), FFA_DENIED);
    request.attributes = FFA_MEM_NOT_SPECIFIED;
    ck_assert_int_eq(retrieve_all(P2, &request, &response), 0);
    ck_assert_uint_eq(attr_at(P2, page).memory, STAGE2_DEVICE_nGnRnE);
}
END_TEST

/* Who has memory as Device can not let others have it as Normal. */
START_TEST(a_memory_type_is_never_relaxed)
{
    static struct response response;
    struct descriptor d = plain(SHARE_DONATE);
    struct descriptor request;

    ck_assert_int_eq(send_all(P1, SHARE_DONATE, &d, &handle), 0);
    request = request_of(&d, P2, SHARE_DONATE, handle);
    request.attributes = FFA_MEM_DEVICE_nGnRnE;
    ck_assert_int_eq(retrieve_all(P2, &request, &response), 0);
    d = descriptor_of(P2, SHARE_LEND, list, 1, RECEIVERS(P3));
    ck_assert_int_eq(send_all(P2, SHARE_LEND, &d, &handle), 0);
    request = request_of(&d, P3, SHARE_LEND, handle);
    request.attributes = FFA_MEM_NORMAL_WB_ISH;
    ck_assert_int_eq(retrieve_all(P3, &request, &response), FFA_DENIED);
    ck_assert_int_eq(reclaim(P2, handle, 0), 0);
    d = descriptor_of(P2, SHARE_SHARE, list, 1, RECEIVERS(P3));
    refused(P2, SHARE_SHARE, &d, FFA_DENIED);
    d = descriptor_of(P2, SHARE_LEND, list, 1, RECEIVERS(P3, P1));
    refused(P2, SHARE_LEND, &d, FFA_DENIED);
}
END_TEST

START_TEST(first_fragments_of_more_than_a_page)
{
    static struct share_constituent many[600];
    static const uint32_t versions[] = {FFA_VERSION_1_0, FFA_VERSION_1_1, FFA_VERSION_1_2};
    struct descriptor d;

    for (unsigned i = 0; i < COUNT(many); i++) {
        many[i] = (struct share_constituent){P1_BASE + (2ull * i + 64) * PAGE, 1, 0};
    }
    /* conformance: ffa_mixed_mailbox.oversized_single_fragment_lend_sp_to_sp */
    /* conformance: ffa_mixed_mailbox.oversized_single_fragment_lend_v1_0_rejected */
    set_mailbox(P1, 4);
    for (unsigned i = 0; i < COUNT(versions); i++) {
        set_version(P1, versions[i]);
        d = descriptor_of(P1, SHARE_LEND, many, COUNT(many), RECEIVERS(P2));
        if (i == 0) {
            refused(P1, SHARE_LEND, &d, FFA_INVALID_PARAMETERS);
        } else {
            ck_assert_int_eq(send_all(P1, SHARE_LEND, &d, &handle), 0);
            ck_assert_int_eq(reclaim(P1, handle, 0), 0);
        }
    }
    /* conformance: ffa_mixed_mailbox.oversized_single_fragment_lend_sp_to_sp_small_sender_rejected
     */
    set_mailbox(P1, 1);
    ck_assert_int_eq(error_of(CALL(P1, FFA_MEM_LEND_32, 9696, 9696)), FFA_INVALID_PARAMETERS);
    /* conformance: ffa_mixed_mailbox.oversized_single_fragment_lend_other_world_rejected */
    for (unsigned i = 0; i < COUNT(many); i++) {
        many[i].address += NS_BASE - P1_BASE;
    }
    set_mailbox(NWD, 4);
    d = descriptor_of(NWD, SHARE_LEND, many, COUNT(many), RECEIVERS(P2));
    refused(NWD, SHARE_LEND, &d, FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(send_in(NWD, SHARE_LEND, &d, PAGE, &handle), 0);
    ck_assert_int_eq(reclaim(NWD, handle, 0), 0);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, who_may_receive);
    tcase_add_test(tcase, a_vm_shares_with_partitions_and_vms);
    tcase_add_test(tcase, permissions_of_a_sender);
    tcase_add_test(tcase, attributes_of_a_sender);
    tcase_add_test(tcase, flags_of_a_sender);
    tcase_add_test(tcase, lists_that_are_wrong);
    tcase_add_test(tcase, what_is_out_is_not_the_senders_to_give);
    tcase_add_test(tcase, memory_that_can_not_be_written);
    tcase_add_loop_test(tcase, device_memory, 0, 2);
    tcase_add_loop_test(tcase, normal_memory_as_device_memory, 0, 2);
    tcase_add_test(tcase, a_memory_type_is_never_relaxed);
    tcase_add_test(tcase, first_fragments_of_more_than_a_page);
}

int main(void)
{
    return run_case("rules", add);
}
