/* SPDX-License-Identifier: BSD-3-Clause */
/* Logical partitions at EL3: the registry, how they are found, and the sample's messages. */
#include <string.h>

#include "fixture.h"

#define RESPONSE(sp) FFA_PAIR((sp), SPMD_SAMPLE_ID)

static void ready_with_sample(void)
{
    ready();
    ck_assert(spmd_register_lsp(&spmd, &spmd_lsp_sample));
}

START_TEST(the_registry_refuses_what_clashes)
{
    static struct spmd_lsp more[SPMD_MAX_LSPS];
    struct spmd_lsp lsp = spmd_lsp_sample;

    ready_with_sample();
    ck_assert(!spmd_register_lsp(&spmd, &spmd_lsp_sample));
    lsp.id = SPMD_SAMPLE_ID + 1;
    ck_assert(!spmd_register_lsp(&spmd, &lsp)); /* its SiP calls are taken */
    lsp.sip_first = SPMD_SAMPLE_RESUME;
    ck_assert(!spmd_register_lsp(&spmd, &lsp));
    lsp.sip_first = SPMD_SAMPLE_SEND - 1;
    ck_assert(!spmd_register_lsp(&spmd, &lsp));
    lsp.sip_first = 0xc200ffff;
    ck_assert(!spmd_register_lsp(&spmd, &lsp));
    lsp.sip_first = 0xc400008d;
    ck_assert(!spmd_register_lsp(&spmd, &lsp));
    lsp.sip_first = 0xc2000f10;
    lsp.id = 0xffff;
    ck_assert(!spmd_register_lsp(&spmd, &lsp));
    lsp.id = 0x8001;
    ck_assert(!spmd_register_lsp(&spmd, &lsp));
    for (unsigned i = 1; i < SPMD_MAX_LSPS; i++) {
        more[i] = spmd_lsp_sample;
        more[i].id = (uint16_t)(0xffff - i);
        more[i].sip_first = 0xc2000f10 + 2 * i;
        ck_assert(spmd_register_lsp(&spmd, &more[i]));
    }
    lsp.id = 0xffd2;
    ck_assert(!spmd_register_lsp(&spmd, &lsp)); /* full */
}
END_TEST

/* Several answers make one list; sizes follow the version of the SPMC. */
START_TEST(the_spmc_finds_them)
{
    static struct spmd_lsp more[2];

    ready();
    smc(SPMD_SECURE, FFA_PARTITION_INFO_GET_REGS_64, 0, 0, 0);
    ck_error(FFA_NOT_SUPPORTED);
    spmd_register_lsp(&spmd, &spmd_lsp_sample);
    for (unsigned i = 0; i < 2; i++) {
        more[i] = spmd_lsp_sample;
        more[i].id = (uint16_t)(0xffd0 + i);
        more[i].uuid[15] = (uint8_t)i;
        more[i].sip_first = 0xc2000000u + 2 * i;
        ck_assert(spmd_register_lsp(&spmd, &more[i]));
    }
    ck_assert_int_eq(smc(SPMD_SECURE, FFA_PARTITION_INFO_GET_REGS_64, 0, 0, 0), SPMD_ENTER_SECURE);
    ck_assert_uint_eq(count, FFA_REGS_EXTENDED);
    ck_assert_uint_eq(x[0], FFA_SUCCESS_64);
    ck_assert_uint_eq(x[1], 0);
    ck_assert_uint_eq(x[2], 48ull << 48 | 1u << 16 | 2u);
    ck_assert_uint_eq(x[3], (uint64_t)(FFA_PROP_DIRECT_REQ_SEND | FFA_PROP_AARCH64) << 32 |
                                1u << 16 | SPMD_SAMPLE_ID);
    ck_assert_int_eq(memcmp(&x[4], spmd_lsp_sample.uuid, 16), 0);
    ck_assert_uint_eq(x[6] | x[7] | x[8], 0);
    ck_assert_uint_eq((uint16_t)x[9], 0xffd0);
    ck_assert_uint_eq(x[15] | x[16] | x[17], 0);
    smc(SPMD_SECURE, FFA_PARTITION_INFO_GET_REGS_64, 0, 0, 2);
    ck_assert_uint_eq(x[2], 48ull << 48 | 2u << 16 | 2u);
    ck_assert_uint_eq((uint16_t)x[3], 0xffd1);
    ck_assert_uint_eq(x[9], 0);
    smc(SPMD_SECURE, FFA_PARTITION_INFO_GET_REGS_64, 0, 0, 3);
    ck_error(FFA_INVALID_PARAMETERS);
    smc(SPMD_SECURE, FFA_PARTITION_INFO_GET_REGS_64, 0, 0, 0x10000); /* a tag of another list */
    ck_error(FFA_INVALID_PARAMETERS);
    smc(SPMD_SECURE, FFA_PARTITION_INFO_GET_REGS_64, 1, 2, 0);
    ck_error(FFA_INVALID_PARAMETERS);
    /* By UUID: the one, and its UUID is not repeated. */
    memcpy(&x[1], more[1].uuid, 16);
    smc(SPMD_SECURE, FFA_PARTITION_INFO_GET_REGS_64, x[1], x[2], 0);
    ck_assert_uint_eq(x[2], 48ull << 48);
    ck_assert_uint_eq((uint16_t)x[3], 0xffd1);
    ck_assert_uint_eq(x[4] | x[5], 0);
    spmd.attribute.version = FFA_VERSION_1_2;
    smc(SPMD_SECURE, FFA_PARTITION_INFO_GET_REGS_64, 0, 0, 0);
    ck_assert_uint_eq(x[2], 24ull << 48 | 2u << 16 | 2u);
    ck_assert_uint_eq((uint16_t)x[6], 0xffd0);
    /* The normal world's question is the SPMC's to answer. */
    ck_assert_int_eq(smc(SPMD_NON_SECURE, FFA_PARTITION_INFO_GET_REGS_64, 0, 0, 0),
                     SPMD_ENTER_SECURE);
    ck_assert_uint_eq(x[0], FFA_PARTITION_INFO_GET_REGS_64);
}
END_TEST

static void send(void)
{
    ck_assert_int_eq(smc(SPMD_NON_SECURE, SPMD_SAMPLE_SEND, 0x8001, 21, 31), SPMD_ENTER_SECURE);
    ck_assert_uint_eq(count, FFA_REGS);
    ck_assert_uint_eq(x[0], FFA_MSG_SEND_DIRECT_REQ_64);
    ck_assert_uint_eq(x[1], FFA_PAIR(SPMD_SAMPLE_ID, 0x8001));
    ck_assert_uint_eq(x[2], 0);
    ck_assert_uint_eq(x[3], 21);
    ck_assert_uint_eq(x[4], 31);
    ck_assert_uint_eq(x[5], 4);
    ck_assert_uint_eq(x[7], 6);
}

/* The response is in x1..x5, as smc() makes it. */
static void ck_response(void)
{
    ck_assert_int_eq((int64_t)x[0], SPMD_SAMPLE_DONE);
    ck_assert_uint_eq(x[1], 33);
    ck_assert_uint_eq(x[2], 4);
    ck_assert_uint_eq(x[5], 7);
    ck_assert_uint_eq(x[6] | x[7], 0);
}

static void ck_result(int64_t result)
{
    ck_assert_int_eq((int64_t)x[0], result);
    ck_assert_uint_eq(x[1] | x[2] | x[3] | x[4] | x[5] | x[6] | x[7], 0);
}

START_TEST(a_message_and_its_response)
{
    ready_with_sample();
    for (unsigned i = 0; i < 2; i++) {
        send();
        ck_assert_int_eq(smc(SPMD_SECURE, FFA_MSG_SEND_DIRECT_RESP_64, RESPONSE(0x8001), 0, 33),
                         SPMD_ENTER_NON_SECURE);
        ck_response();
    }
    send();
    smc(SPMD_SECURE, FFA_ERROR, 0, (uint32_t)FFA_DENIED, 0);
    ck_result(FFA_DENIED);
    send();
    smc(SPMD_SECURE, FFA_MSG_WAIT, 0, 0, 0); /* no answer at all */
    ck_result(FFA_ABORTED);
    smc(SPMD_NON_SECURE, SPMD_SAMPLE_SEND, 0x10000, 0, 0);
    ck_result(FFA_INVALID_PARAMETERS);
    smc(SPMD_NON_SECURE, SPMD_SAMPLE_RESUME, 0, 0, 0);
    ck_result(FFA_DENIED);
    /* Only the normal world has these calls. */
    ck_assert_int_eq(smc(SPMD_SECURE, SPMD_SAMPLE_SEND, 0x8001, 0, 0), SPMD_ENTER_SECURE);
    ck_assert_int_eq((int32_t)x[0], SMCCC_UNKNOWN);
}
END_TEST

START_TEST(one_request_at_a_time)
{
    ready_with_sample();
    smc_on(1, SPMD_NON_SECURE, SPMD_SAMPLE_SEND, 0x8001, 0, 0);
    ck_result(FFA_NOT_READY); /* the SPMC is not there yet */
    smc_on(1, SPMD_SECURE, FFA_MSG_WAIT, 0, 0, 0);
    send();
    ck_assert_int_eq(smc_on(1, SPMD_NON_SECURE, SPMD_SAMPLE_SEND, 0x8002, 0, 0),
                     SPMD_ENTER_NON_SECURE);
    ck_result(FFA_BUSY);
    smc_on(1, SPMD_NON_SECURE, SPMD_SAMPLE_RESUME, 0, 0, 0);
    ck_result(FFA_BUSY);
    smc(SPMD_SECURE, FFA_MSG_SEND_DIRECT_RESP_64, RESPONSE(0x8001), 0, 33);
    ck_response();
    ck_assert_int_eq(smc_on(1, SPMD_NON_SECURE, SPMD_SAMPLE_SEND, 0x8002, 0, 0), SPMD_ENTER_SECURE);
}
END_TEST

START_TEST(a_partition_that_yields_is_resumed)
{
    ready_with_sample();
    send();
    smc(SPMD_SECURE, FFA_YIELD, FFA_PAIR(0x8001, 3), 0, 0);
    ck_result(SPMD_SAMPLE_YIELDED);
    smc(SPMD_NON_SECURE, SPMD_SAMPLE_SEND, 0x8002, 0, 0);
    ck_result(FFA_BUSY);
    ck_assert_int_eq(smc(SPMD_NON_SECURE, SPMD_SAMPLE_RESUME, 0, 0, 0), SPMD_ENTER_SECURE);
    ck_assert_uint_eq(x[0], FFA_RUN);
    ck_assert_uint_eq(x[1], FFA_PAIR(0x8001, 3));
    ck_assert_uint_eq(x[2] | x[7], 0);
    smc(SPMD_SECURE, FFA_ERROR, 0, (uint32_t)FFA_BUSY, 0); /* another PE runs it: later */
    ck_result(FFA_BUSY);
    smc(SPMD_NON_SECURE, SPMD_SAMPLE_RESUME, 0, 0, 0);
    ck_assert_uint_eq(x[0], FFA_RUN);
    smc(SPMD_SECURE, FFA_ERROR, 0, (uint32_t)FFA_ABORTED, 0);
    ck_result(FFA_ABORTED);
    smc(SPMD_NON_SECURE, SPMD_SAMPLE_RESUME, 0, 0, 0);
    ck_result(FFA_DENIED);
    send();
}
END_TEST

/* The normal world gave it cycles by FFA_RUN: the response is not for its eyes. */
START_TEST(a_late_response_is_kept)
{
    ready_with_sample();
    send();
    smc(SPMD_SECURE, FFA_YIELD, FFA_PAIR(0x8001, 0), 0, 0);
    ck_assert_int_eq(smc(SPMD_NON_SECURE, FFA_RUN, FFA_PAIR(0x8001, 0), 0, 0), SPMD_ENTER_SECURE);
    ck_assert_int_eq(smc(SPMD_SECURE, FFA_MSG_SEND_DIRECT_RESP_64, RESPONSE(0x8001), 0, 33),
                     SPMD_ENTER_NON_SECURE);
    ck_assert_uint_eq(x[0], FFA_MSG_WAIT);
    ck_assert_uint_eq(x[1] | x[2] | x[3] | x[4] | x[5] | x[6] | x[7], 0);
    smc(SPMD_NON_SECURE, SPMD_SAMPLE_SEND, 0x8002, 0, 0);
    ck_result(FFA_BUSY);
    ck_assert_int_eq(smc(SPMD_NON_SECURE, SPMD_SAMPLE_RESUME, 0, 0, 0), SPMD_ENTER_NON_SECURE);
    ck_response();

    /* One that nobody waits for any more is kept for nobody; one to a VM passes. */
    smc(SPMD_SECURE, FFA_MSG_SEND_DIRECT_RESP_64, RESPONSE(0x8001), 0, 33);
    ck_assert_uint_eq(x[0], FFA_MSG_WAIT);
    smc(SPMD_NON_SECURE, SPMD_SAMPLE_RESUME, 0, 0, 0);
    ck_result(FFA_DENIED);
    smc(SPMD_SECURE, FFA_MSG_SEND_DIRECT_RESP_64, FFA_PAIR(0x8001, 1), 0, 33);
    ck_assert_uint_eq(x[0], FFA_MSG_SEND_DIRECT_RESP_64);
}
END_TEST

/* It answers on one PE while another one asks in vain. */
START_TEST(a_late_response_meets_a_resume)
{
    ready_with_sample();
    smc_on(1, SPMD_SECURE, FFA_MSG_WAIT, 0, 0, 0);
    send();
    smc(SPMD_SECURE, FFA_YIELD, FFA_PAIR(0x8001, 0), 0, 0);
    smc(SPMD_NON_SECURE, SPMD_SAMPLE_RESUME, 0, 0, 0);
    smc_on(1, SPMD_SECURE, FFA_MSG_SEND_DIRECT_RESP_64, RESPONSE(0x8001), 0, 33);
    ck_assert_uint_eq(x[0], FFA_MSG_WAIT);
    smc(SPMD_SECURE, FFA_ERROR, 0, (uint32_t)FFA_BUSY, 0);
    ck_result(FFA_BUSY);
    smc(SPMD_NON_SECURE, SPMD_SAMPLE_RESUME, 0, 0, 0);
    ck_response();
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, the_registry_refuses_what_clashes);
    tcase_add_test(tests, the_spmc_finds_them);
    tcase_add_test(tests, a_message_and_its_response);
    tcase_add_test(tests, one_request_at_a_time);
    tcase_add_test(tests, a_partition_that_yields_is_resumed);
    tcase_add_test(tests, a_late_response_is_kept);
    tcase_add_test(tests, a_late_response_meets_a_resume);
}

int main(void)
{
    return spmd_main("lsp", add);
}
