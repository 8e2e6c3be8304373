/* SPDX-License-Identifier: BSD-3-Clause */
/* What a borrower may ask for, zeroing, and memory that the SPMC itself uses. */
#include "main.h"

#include <string.h>

#include "descriptor.h"
#include "snapshot.h"

#define COUNT(a)   (sizeof(a) / sizeof((a)[0]))
#define RW         (STAGE2_READ | STAGE2_WRITE)
#define RWX        (RW | STAGE2_EXECUTE)
#define PERM(d, i) FFA_MEM_PERMISSIONS(FFA_MEM_DATA_##d, FFA_MEM_INSTR_##i)

static const uint64_t page = P1_BASE + 0x80000;
static const uint64_t ns_page = NS_BASE + 0x100000;
static const struct share_constituent list[] = {{P1_BASE + 0x80000, 1, 0}};
static const struct share_constituent ns_list[] = {{NS_BASE + 0x100000, 2, 0}};
static struct response response;
static uint64_t handle;

static struct descriptor sent(enum share_kind kind)
{
    struct descriptor d = descriptor_of(P1, kind, list, 1, RECEIVERS(P2));

    ck_assert_int_eq(send_all(P1, kind, &d, &handle), 0);
    return d;
}

/* Asks for these permissions; when it gets them, gives them back. */
static int32_t ask_for(const struct descriptor *d, enum ep ep, enum share_kind kind,
                       unsigned permissions, uint8_t *access)
{
    struct descriptor request = request_of(d, ep, kind, handle);
    int32_t error;

    for (uint32_t i = 0; i < request.receiver_count; i++) {
        if (request.receiver[i].id == id_of(ep)) {
            request.receiver[i].permissions = (uint8_t)permissions;
        }
    }
    error = retrieve_all(ep, &request, &response);
    if (error == 0) {
        *access = access_of(ep, d->list[0].address);
        ck_assert_int_eq(relinquish(ep, handle, 0), 0);
        ck_assert_uint_eq(access_of(ep, d->list[0].address), 0);
    }
    return error;
}

/* conformance: memory_sharing.retrieve_instruction_access_not_specified */
/* conformance: memory_sharing.share_relinquish_NX_RW */
/* conformance: memory_sharing.lend_relinquish_X_RW */
/* conformance: memory_sharing.lend_relinquish_RW_X */
/* conformance: memory_sharing.lend_relinquish_RO_X */
START_TEST(permissions_of_a_borrower)
{
    static const struct {
        enum ep owner;
        enum ep reader;
        enum share_kind kind;
        uint8_t asked;
        uint8_t access; /* 0: refused */
    } cases[] = {
        {P1, P2, SHARE_SHARE, PERM(RW, NONE), RW},
        {P1, P2, SHARE_SHARE, PERM(RW, NX), RW},
        {P1, P2, SHARE_SHARE, PERM(RO, NONE), STAGE2_READ},
        {P1, P2, SHARE_SHARE, PERM(NONE, NONE), RW},
        {P1, P2, SHARE_SHARE, PERM(RW, X), 0},
        {P1, P2, SHARE_SHARE, PERM(RO, X), 0},
        {P1, P2, SHARE_LEND, PERM(RW, NONE), 0},
        {P1, P2, SHARE_LEND, PERM(RW, NX), RW},
        {P1, P2, SHARE_LEND, PERM(RO, NX), STAGE2_READ},
        {P1, P2, SHARE_LEND, PERM(RW, X), RWX},
        {P1, P2, SHARE_LEND, PERM(RO, X), STAGE2_READ | STAGE2_EXECUTE},
        {P1, P2, SHARE_LEND, PERM(RW, X) | 3, 0},
        {P1, P2, SHARE_LEND, PERM(RW, NX) | 0xc, 0},
        {P1, P2, SHARE_LEND, PERM(RW, NX) | 0x10, 0},
        {P1, P0, SHARE_LEND, PERM(RO, X), STAGE2_READ | STAGE2_EXECUTE},
        {P1, P0, SHARE_LEND, PERM(RW, NX), RW},
        {P1, P0, SHARE_LEND, PERM(RW, X), 0},
        {NWD, P2, SHARE_LEND, PERM(RW, NX), RW},
        {NWD, P2, SHARE_LEND, PERM(RW, X), 0},
        {NWD, P2, SHARE_LEND, PERM(RO, X), 0},
        {NWD, P0, SHARE_SHARE, PERM(RO, NX), STAGE2_READ},
    };

    for (unsigned i = 0; i < COUNT(cases); i++) {
        struct descriptor d =
            descriptor_of(cases[i].owner, cases[i].kind, cases[i].owner == NWD ? ns_list : list, 1,
                          RECEIVERS(cases[i].reader));
        uint8_t access = 0;
        int32_t error;

        ck_assert_int_eq(send_all(cases[i].owner, cases[i].kind, &d, &handle), 0);
        error = ask_for(&d, cases[i].reader, cases[i].kind, cases[i].asked, &access);
        ck_assert_msg((error == 0) == (cases[i].access != 0), "case %u: %d", i, error);
        ck_assert_uint_eq(access, cases[i].access);
        /* Less than what the sender has cannot be exceeded. */
        ck_assert_int_eq(reclaim(cases[i].owner, handle, 0), 0);
    }
    ck_assert_uint_eq(free_pages(), machine.pages_after_boot);
}
END_TEST

START_TEST(no_more_than_the_sender_gave)
{
    struct descriptor d = descriptor_of(P1, SHARE_LEND, list, 1, RECEIVERS(P2));
    uint8_t access = 0;

    d.receiver[0].permissions = PERM(RO, NONE);
    ck_assert_int_eq(send_all(P1, SHARE_LEND, &d, &handle), 0);
    ck_assert_int_eq(ask_for(&d, P2, SHARE_LEND, PERM(RW, NX), &access), FFA_DENIED);
    ck_assert_int_eq(ask_for(&d, P2, SHARE_LEND, PERM(NONE, NX), &access), 0);
    ck_assert_uint_eq(access, STAGE2_READ);
    ck_assert_uint_eq(response.receiver[0].permissions, PERM(RO, NX));
    ck_assert_int_eq(ask_for(&d, P3, SHARE_LEND, PERM(RO, NX), &access), FFA_INVALID_PARAMETERS);
}
END_TEST

/* conformance: memory_sharing.share_retrieve_memory_type_not_specified */
START_TEST(what_a_response_says)
{
    struct descriptor d = descriptor_of(P1, SHARE_SHARE, list, 1, RECEIVERS(P2));

    d.receiver[0].impdef[0] = 0xabc;
    d.receiver[0].impdef[1] = 0xdef;
    set_version(P2, FFA_VERSION_1_2);
    ck_assert_int_eq(send_all(P1, SHARE_SHARE, &d, &handle), 0);
    ck_assert_int_eq(retrieve(P2, &d, SHARE_SHARE, handle), 0);
    ck_assert_int_eq(relinquish(P2, handle, 0), 0);
    struct descriptor request = request_of(&d, P2, SHARE_SHARE, handle);

    ck_assert_int_eq(retrieve_all(P2, &request, &response), 0);
    ck_assert_uint_eq(response.sender, id_of(P1));
    ck_assert_uint_eq(response.attributes, FFA_MEM_NORMAL_WB_ISH);
    ck_assert_uint_eq(response.flags, (uint32_t)SHARE_SHARE << FFA_MEM_FLAG_TYPE_SHIFT);
    ck_assert_uint_eq(response.tag, d.tag);
    ck_assert_uint_eq(response.receiver[0].permissions, PERM(RW, NX));
    ck_assert_uint_eq(response.receiver[0].impdef[0], 0xabc);
    ck_assert_uint_eq(response.receiver[0].impdef[1], 0xdef);
}
END_TEST

START_TEST(flags_of_a_borrower)
{
    struct descriptor d = sent(SHARE_SHARE);
    struct descriptor request = request_of(&d, P2, SHARE_SHARE, handle);

    /* conformance: memory_sharing.ffa_validate_retrieve_req_clear_flag_if_mem_share */
    request.flags |= FFA_MEM_FLAG_ZERO;
    ck_assert_int_eq(retrieve_all(P2, &request, &response), FFA_INVALID_PARAMETERS);
    request.flags ^= FFA_MEM_FLAG_ZERO | FFA_MEM_FLAG_ZERO_AFTER;
    ck_assert_int_eq(retrieve_all(P2, &request, &response), FFA_INVALID_PARAMETERS);
    /* conformance: memory_sharing.mem_share_bypass_multiple_borrowers_single_receiver_fails */
    request.flags ^= FFA_MEM_FLAG_ZERO_AFTER | FFA_MEM_FLAG_BYPASS;
    ck_assert_int_eq(retrieve_all(P2, &request, &response), FFA_INVALID_PARAMETERS);
    /* conformance: memory_sharing.share_relinquish_clear */
    ck_assert_int_eq(retrieve(P2, &d, SHARE_SHARE, handle), 0);
    ck_assert_int_eq(relinquish(P2, handle, FFA_MEM_FLAG_ZERO), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(relinquish(P2, handle, 0), 0);
    ck_assert_int_eq(reclaim(P1, handle, 0), 0);
    /* conformance: memory_sharing.ffa_validate_retrieve_req_clear_flag_if_sender_not_clear */
    d = sent(SHARE_LEND);
    request = request_of(&d, P2, SHARE_LEND, handle);
    request.flags |= FFA_MEM_FLAG_ZERO;
    ck_assert_int_eq(retrieve_all(P2, &request, &response), FFA_DENIED);
    /* conformance: memory_sharing.ffa_validate_retrieve_transaction_type */
    for (enum share_kind kind = SHARE_SHARE; kind <= SHARE_DONATE; kind++) {
        request.flags = (uint32_t)kind << FFA_MEM_FLAG_TYPE_SHIFT;
        ck_assert_int_eq(retrieve_all(P2, &request, &response),
                         kind == SHARE_LEND ? 0 : FFA_INVALID_PARAMETERS);
    }
    ck_assert_int_eq(relinquish(P2, handle, 0), 0);
    ck_assert_int_eq(reclaim(P1, handle, 0), 0);
    /* conformance: memory_sharing.ffa_validate_retrieve_req_clear_flag_if_RO */
    d = descriptor_of(P1, SHARE_LEND, list, 1, RECEIVERS(P2));
    d.flags = FFA_MEM_FLAG_ZERO;
    d.receiver[0].permissions = PERM(RO, NONE);
    ck_assert_int_eq(send_all(P1, SHARE_LEND, &d, &handle), 0);
    request = request_of(&d, P2, SHARE_LEND, handle);
    request.flags |= FFA_MEM_FLAG_ZERO;
    ck_assert_int_ne(retrieve_all(P2, &request, &response), 0);
    request.flags &= ~FFA_MEM_FLAG_ZERO;
    ck_assert_int_eq(retrieve_all(P2, &request, &response), 0);
}
END_TEST

/* conformance: memory_sharing.mem_share_bypass_multiple_borrowers_wrong_receiver_count */
START_TEST(bypass)
{
    struct descriptor d = descriptor_of(P1, SHARE_SHARE, list, 1, RECEIVERS(P2, P3));
    struct descriptor request;

    ck_assert_int_eq(send_all(P1, SHARE_SHARE, &d, &handle), 0);
    request = request_of(&d, P2, SHARE_SHARE, handle);
    request.flags |= FFA_MEM_FLAG_BYPASS;
    ck_assert_int_eq(retrieve_all(P2, &request, &response), FFA_INVALID_PARAMETERS);
    request.receiver_count = 1;
    ck_assert_int_ne(retrieve_all(P3, &request, &response), 0);
    request.version = machine.partition[P2]->ffa_version;
    ck_assert_int_eq(retrieve_all(P2, &request, &response), 0);
    ck_assert_int_eq(relinquish(P2, handle, 0), 0);
    request.flags &= ~FFA_MEM_FLAG_BYPASS;
    ck_assert_int_eq(retrieve_all(P2, &request, &response), FFA_INVALID_PARAMETERS);
    /* Another list than the sender's */
    request = request_of(&d, P2, SHARE_SHARE, handle);
    request.receiver[1].id = id_of(P0);
    ck_assert_int_eq(retrieve_all(P2, &request, &response), FFA_INVALID_PARAMETERS);
    request.receiver[1] = request.receiver[0];
    ck_assert_int_eq(retrieve_all(P2, &request, &response), FFA_INVALID_PARAMETERS);
}
END_TEST

/* The memory of the RX buffer goes away: what was granted on the way is taken back. */
START_TEST(a_response_that_can_not_be_written)
{
    struct descriptor d = sent((enum share_kind)(1 + _i));
    struct mailbox *mailbox = &machine.partition[P2]->mailbox;
    struct snapshot *before = snapshot_take();
    struct snapshot *after;
    paddr_t rx = mailbox->rx;

    mailbox->rx = paddr(0x11000000);
    ck_assert_int_eq(retrieve(P2, &d, (enum share_kind)(1 + _i), handle), FFA_ABORTED);
    mailbox->rx = rx;
    after = snapshot_take();
    snapshot_same_state(before, after, P2, "not written");
    snapshot_free(before);
    snapshot_free(after);
    ck_assert_int_eq(retrieve(P2, &d, (enum share_kind)(1 + _i), handle), 0);
}
END_TEST

/* conformance: memory_sharing.lend_clear */
/* conformance: memory_sharing.lend_zero_memory_after_relinquish */
/* conformance: memory_sharing.lend_zero_memory_after_relinquish_multiple_borrowers */
START_TEST(zeroing)
{
    enum ep owner = _i % 2 == 0 ? P1 : NWD;
    uint64_t at = owner == P1 ? page : ns_page;
    struct descriptor d =
        descriptor_of(owner, SHARE_LEND, owner == P1 ? list : ns_list, 1, RECEIVERS(P2, P3));

    fill(at, 0xaa);
    d.flags = FFA_MEM_FLAG_ZERO;
    ck_assert_int_eq(send_all(owner, SHARE_LEND, &d, &handle), 0);
    ck_assert(is_filled(at, 0));
    fill(at, 0xbb);
    ck_assert_int_eq(retrieve(P2, &d, SHARE_LEND, handle), 0);
    ck_assert_int_eq(retrieve(P3, &d, SHARE_LEND, handle), 0);
    ck_assert(is_filled(at, 0xbb));
    ck_assert_int_eq(relinquish(P2, handle, FFA_MEM_FLAG_ZERO), 0);
    ck_assert(is_filled(at, 0xbb));
    ck_assert_int_eq(relinquish(P3, handle, 0), 0);
    ck_assert(is_filled(at, 0));
    fill(at, 0xcc);
    ck_assert_int_eq(retrieve(P2, &d, SHARE_LEND, handle), 0);
    ck_assert_int_eq(relinquish(P2, handle, 0), 0);
    ck_assert(is_filled(at, 0xcc));
    ck_assert_int_eq(reclaim(owner, handle, 2), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(reclaim(owner, handle, FFA_MEM_FLAG_ZERO), 0);
    ck_assert(is_filled(at, 0));
    ck_assert(is_filled(at - PAGE, 0) || at == page);
}
END_TEST

/* The SPMC writes to RX and reads TX: nobody else may come to have them. */
START_TEST(buffers_are_not_for_sending)
{
    static const enum ep others[EP_COUNT] = {
        [NWD] = P1, [P1] = P2, [P2] = P3, [P3] = P1, [P0] = P1};

    for (enum ep ep = NWD; ep < EP_COUNT; ep++) {
        for (enum share_kind kind = SHARE_SHARE; kind <= SHARE_DONATE; kind++) {
            for (unsigned tx = 0; tx < 2; tx++) {
                struct share_constituent one = {MAILBOX(ep) + tx * MAILBOX_MAX, 1, 0};
                struct descriptor d = descriptor_of(ep, kind, &one, 1, RECEIVERS(others[ep]));

                ck_assert_int_eq(send_all(ep, kind, &d, &handle), FFA_DENIED);
            }
        }
    }
    ck_assert_uint_eq(free_pages(), machine.pages_after_boot);
}
END_TEST

START_TEST(buffers_are_own_memory)
{
    struct descriptor d = descriptor_of(P1, SHARE_LEND, list, 1, RECEIVERS(P2));
    uint64_t rx = MAILBOX(P2);

    ck_assert_int_eq(send_all(P1, SHARE_LEND, &d, &handle), 0);
    ck_assert_int_eq(retrieve(P2, &d, SHARE_LEND, handle), 0);
    ck_assert_int_eq(error_of(CALL(P2, FFA_RXTX_UNMAP)), 0);
    ck_assert_int_eq(error_of(CALL(P2, FFA_RXTX_MAP_64, page, rx, 1)), FFA_DENIED);
    ck_assert_int_eq(error_of(CALL(P2, FFA_RXTX_MAP_64, rx, page, 1)), FFA_DENIED);
    /* Nor what is out, in any way. */
    ck_assert_int_eq(error_of(CALL(P1, FFA_RXTX_UNMAP)), 0);
    ck_assert_int_eq(error_of(CALL(P1, FFA_RXTX_MAP_64, page, MAILBOX(P1), 1)), FFA_DENIED);
    set_mailbox(P1, 1);
    set_mailbox(P2, 1);
    ck_assert_int_eq(relinquish(P2, handle, 0), 0);
    ck_assert_int_eq(reclaim(P1, handle, 0), 0);
    ck_assert_uint_eq(free_pages(), machine.pages_after_boot);
}
END_TEST

/* While it starts, an S-EL0 partition sets rights, but of nothing that it has only borrowed. */
START_TEST(rights_are_set_of_own_memory_only)
{
    static const struct share_constituent data[] = {{P0_DATA, 1, 0}, {P0_DATA + PAGE, 1, 0}};
    struct descriptor d = descriptor_of(P0, SHARE_DONATE, &data[0], 1, RECEIVERS(P1));
    struct vcpu *vcpu = &machine.partition[P0]->vcpu[0];

    vcpu->runtime_model = RTM_SP_INIT;
    ck_assert_int_eq(error_of(CALL(P0, FFA_MEM_PERM_SET_64, P0_DATA, 1, FFA_MEM_PERM_RO)), 0);
    ck_assert_int_eq(error_of(CALL(P0, FFA_MEM_PERM_SET_64, P0_DATA, 1, FFA_MEM_PERM_RW)), 0);
    ck_assert_int_eq(send_all(P0, SHARE_DONATE, &d, &handle), 0);
    ck_assert_int_ne(error_of(CALL(P0, FFA_MEM_PERM_SET_64, P0_DATA, 1, FFA_MEM_PERM_RW)), 0);
    ck_assert_int_eq(retrieve(P1, &d, SHARE_DONATE, handle), 0);
    d = descriptor_of(P1, SHARE_LEND, data, 1, RECEIVERS(P0));
    d.receiver[0].permissions = PERM(RO, NONE);
    ck_assert_int_eq(send_all(P1, SHARE_LEND, &d, &handle), 0);
    ck_assert_int_eq(retrieve(P0, &d, SHARE_LEND, handle), 0);
    ck_assert_uint_eq(access_of(P0, P0_DATA), STAGE2_READ);
    ck_assert_int_ne(error_of(CALL(P0, FFA_MEM_PERM_SET_64, P0_DATA, 1, FFA_MEM_PERM_RW)), 0);
    ck_assert_int_ne(error_of(CALL(P0, FFA_MEM_PERM_SET_64, P0_DATA, 2, FFA_MEM_PERM_RW)), 0);
    ck_assert_uint_eq(access_of(P0, P0_DATA), STAGE2_READ);
    ck_assert_int_eq(relinquish(P0, handle, 0), 0);
    ck_assert_int_eq(reclaim(P1, handle, 0), 0);
    /* Nor does it change what others have been promised. */
    d = descriptor_of(P0, SHARE_SHARE, &data[1], 1, RECEIVERS(P1));
    ck_assert_int_eq(send_all(P0, SHARE_SHARE, &d, &handle), 0);
    ck_assert_int_ne(error_of(CALL(P0, FFA_MEM_PERM_SET_64, P0_DATA + PAGE, 1, FFA_MEM_PERM_RO)),
                     0);
    ck_assert_int_eq(reclaim(P0, handle, 0), 0);
    ck_assert_int_eq(error_of(CALL(P0, FFA_MEM_PERM_SET_64, P0_DATA + PAGE, 1, FFA_MEM_PERM_RO)),
                     0);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, permissions_of_a_borrower);
    tcase_add_test(tcase, no_more_than_the_sender_gave);
    tcase_add_test(tcase, what_a_response_says);
    tcase_add_test(tcase, flags_of_a_borrower);
    tcase_add_test(tcase, bypass);
    tcase_add_loop_test(tcase, a_response_that_can_not_be_written, 0, 3);
    tcase_add_loop_test(tcase, zeroing, 0, 2);
    tcase_add_test(tcase, buffers_are_not_for_sending);
    tcase_add_test(tcase, buffers_are_own_memory);
    tcase_add_test(tcase, rights_are_set_of_own_memory_only);
}

int main(void)
{
    return run_case("borrowing", add);
}
