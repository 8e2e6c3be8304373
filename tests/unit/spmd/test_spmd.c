/* SPDX-License-Identifier: BSD-3-Clause */
/* The dispatcher: which world an SMC enters, with which registers. */
#include <check.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "spmd/spmd.h"

static struct spmd spmd;
static struct spmd_cpu cpus[2];
static uint64_t x[FFA_REGS_EXTENDED];
static unsigned count;
static char fdt[4096];

/* A good SPMC manifest with one number of /attribute changed. */
static const char *init_with(const char *property, uint32_t value, const char *compatible)
{
    static const struct {
        const char *name;
        uint32_t value;
    } good[] = {{"spmc_id", 0x8000},    {"maj_ver", 1},           {"min_ver", 3},
                {"exec_state", 0},      {"load_address", 0x1000}, {"entrypoint", 0x1000},
                {"binary_size", 0x1000}};
    const char *why = NULL;
    int node;

    ck_assert_int_eq(fdt_create_empty_tree(fdt, sizeof(fdt)), 0);
    fdt_setprop_string(fdt, 0, "compatible", compatible);
    node = fdt_add_subnode(fdt, 0, "attribute");
    for (unsigned i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        bool is_it = property != NULL && strcmp(property, good[i].name) == 0;

        fdt_setprop_u32(fdt, node, good[i].name, is_it ? value : good[i].value);
    }
    return spmd_init(&spmd, fdt, sizeof(fdt), cpus, 2, &why) ? NULL : why;
}

static enum spmd_next smc(enum spmd_world from, uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3)
{
    const uint64_t given[] = {x0, x1, x2, x3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17};

    memcpy(x, given, sizeof(x));
    return spmd_handle_smc(&spmd, 0, from, x, &count);
}

static void ready(void)
{
    ck_assert_ptr_null(init_with(NULL, 0, "arm,ffa-core-manifest-1.0"));
    ck_assert_int_eq(smc(SPMD_SECURE, FFA_MSG_WAIT, 0, 0, 0), SPMD_ENTER_NON_SECURE);
}

static void ck_error(int32_t code)
{
    ck_assert_uint_eq(x[0], FFA_ERROR);
    ck_assert_uint_eq(x[2], (uint32_t)code);
    ck_assert_uint_eq(x[1] | x[3] | x[4] | x[5] | x[6] | x[7], 0);
    ck_assert_uint_eq(count, FFA_REGS);
}

START_TEST(attributes_are_checked)
{
    const char *good = "arm,ffa-core-manifest-1.0";
    const char *why;

    ck_assert_ptr_null(init_with(NULL, 0, good));
    ck_assert_uint_eq(spmd.attribute.version, FFA_VERSION_1_3);
    ck_assert_ptr_nonnull(strstr(init_with("spmc_id", 0x1, good), "spmc_id"));
    ck_assert_ptr_nonnull(strstr(init_with("spmc_id", 0x18000, good), "spmc_id"));
    ck_assert_ptr_nonnull(strstr(init_with("maj_ver", 2, good), "maj_ver"));
    ck_assert_ptr_nonnull(strstr(init_with("min_ver", 4, good), "min_ver"));
    ck_assert_ptr_nonnull(strstr(init_with("exec_state", 1, good), "exec_state"));
    ck_assert_ptr_nonnull(strstr(init_with("entrypoint", 0x2000, good), "entrypoint"));
    ck_assert_ptr_nonnull(strstr(init_with("entrypoint", 0xfff, good), "entrypoint"));
    ck_assert_ptr_nonnull(strstr(init_with(NULL, 0, "arm,ffa-core-manifest-9"), "compatible"));
    ck_assert(!spmd_init(&spmd, fdt, 16, cpus, 2, &why));
}
END_TEST

START_TEST(initialisation_ends_with_msg_wait)
{
    ck_assert_ptr_null(init_with(NULL, 0, "arm,ffa-core-manifest-1.0"));
    ck_assert_int_eq(smc(SPMD_NON_SECURE, FFA_FEATURES, 1, 0, 0), SPMD_ENTER_NON_SECURE);
    ck_error(FFA_NOT_SUPPORTED);
    ck_assert_int_eq(smc(SPMD_SECURE, FFA_ID_GET, 0, 0, 0), SPMD_ENTER_SECURE);
    ck_assert_uint_eq(x[2], FFA_ID_SPMC);
    ck_assert_int_eq(smc(SPMD_SECURE, FFA_SPM_ID_GET, 0, 0, 0), SPMD_ENTER_SECURE);
    ck_assert_uint_eq(x[2], FFA_ID_SPMD);
    ck_assert_int_eq(smc(SPMD_SECURE, FFA_SECONDARY_EP_REGISTER_64, 0x77000, 0, 0),
                     SPMD_ENTER_SECURE);
    ck_assert_uint_eq(x[0], FFA_SUCCESS_32);
    ck_assert_uint_eq(spmd.secondary_ep, 0x77000);
    ck_assert_int_eq(smc(SPMD_SECURE, FFA_MSG_WAIT, 0, 0, 0), SPMD_ENTER_NON_SECURE);
    for (unsigned i = 0; i < FFA_REGS; i++) {
        ck_assert_uint_eq(x[i], 0); /* nothing of the SPMC reaches the normal world */
    }
    ck_assert_ptr_null(init_with(NULL, 0, "arm,ffa-core-manifest-1.0"));
    ck_assert_int_eq(smc(SPMD_SECURE, FFA_ERROR, 0, (uint32_t)FFA_NO_MEMORY, 0), SPMD_SPMC_FAILED);
}
END_TEST

/* Every function identifier of the range, in both forms, from the normal world. */
START_TEST(normal_world_reaches_the_spmc_by_calls_that_are_its_own)
{
    static const uint32_t refused[] = {FFA_ERROR,
                                       FFA_SUCCESS_32,
                                       FFA_SUCCESS_64,
                                       FFA_INTERRUPT,
                                       FFA_MSG_WAIT,
                                       FFA_YIELD,
                                       FFA_MSG_SEND_DIRECT_RESP_32,
                                       FFA_MSG_SEND_DIRECT_RESP_64,
                                       FFA_MSG_SEND_DIRECT_RESP2_64,
                                       FFA_MEM_RETRIEVE_RESP,
                                       FFA_NORMAL_WORLD_RESUME,
                                       FFA_SECONDARY_EP_REGISTER_64,
                                       FFA_MEM_PERM_GET_32,
                                       FFA_MEM_PERM_GET_64,
                                       FFA_MEM_PERM_SET_32,
                                       FFA_MEM_PERM_SET_64,
                                       FFA_EL3_INTR_HANDLE,
                                       FFA_ABORT_32,
                                       FFA_ABORT_64};

    ready();
    for (uint32_t low = FFA_FID_FIRST; low <= FFA_FID_LAST; low++) {
        for (unsigned wide = 0; wide < 2; wide++) {
            uint32_t fid = low | (wide != 0 ? SMCCC_64_BIT : 0);
            bool is_refused = false;
            enum spmd_next next;

            if (fid == FFA_VERSION || fid == FFA_ID_GET || fid == FFA_SPM_ID_GET) {
                continue;
            }
            for (unsigned i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
                is_refused = is_refused || refused[i] == fid;
            }
            next = smc(SPMD_NON_SECURE, fid, 0x8001, 0, 3);
            ck_assert_msg(next == (is_refused ? SPMD_ENTER_NON_SECURE : SPMD_ENTER_SECURE),
                          "0x%08x", fid);
            if (is_refused) {
                ck_error(FFA_NOT_SUPPORTED);
            } else {
                ck_assert_uint_eq(x[0], fid);
                ck_assert_uint_eq(x[3], 3);
            }
        }
    }
}
END_TEST

START_TEST(forged_messages_stop_here)
{
    ready();
    smc(SPMD_NON_SECURE, FFA_MSG_SEND_DIRECT_REQ_32, FFA_PAIR(0x8002, 0x8001), 0, 0);
    ck_error(FFA_INVALID_PARAMETERS);
    smc(SPMD_NON_SECURE, FFA_MSG_SEND_DIRECT_REQ2_64, FFA_PAIR(0xffff, 0x8001), 0, 0);
    ck_error(FFA_INVALID_PARAMETERS);
    smc(SPMD_NON_SECURE, FFA_MSG_SEND_DIRECT_REQ_64, 0x8001, FFA_FRAMEWORK_MSG, 0);
    ck_error(FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(smc(SPMD_NON_SECURE, FFA_MSG_SEND_DIRECT_REQ_32, 0x8001,
                         FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_VM_CREATED_REQ, 0),
                     SPMD_ENTER_SECURE);
    /* x2 of request 2 is half of a UUID. */
    ck_assert_int_eq(
        smc(SPMD_NON_SECURE, FFA_MSG_SEND_DIRECT_REQ2_64, 0x8001, FFA_FRAMEWORK_MSG, 0),
        SPMD_ENTER_SECURE);
    ck_assert_uint_eq(count, FFA_REGS_EXTENDED);
}
END_TEST

START_TEST(version_is_asked_of_the_spmc)
{
    ready();
    smc(SPMD_NON_SECURE, FFA_VERSION, 0x80010000, 0, 0);
    ck_assert_uint_eq(x[0], (uint32_t)FFA_NOT_SUPPORTED);
    smc(SPMD_NON_SECURE, FFA_VERSION, 0x00020000, 0, 0);
    ck_assert_uint_eq(x[0], (uint32_t)FFA_NOT_SUPPORTED);
    ck_assert_uint_eq(spmd.nwd_version, 0);
    ck_assert_int_eq(smc(SPMD_NON_SECURE, FFA_VERSION, 0x00010001, 0, 0), SPMD_ENTER_SECURE);
    ck_assert_uint_eq(x[0], FFA_MSG_SEND_DIRECT_REQ_32);
    ck_assert_uint_eq(x[1], FFA_PAIR(FFA_ID_SPMD, FFA_ID_SPMC));
    ck_assert_uint_eq(x[2], FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_VERSION_REQ);
    ck_assert_uint_eq(x[3], 0x00010001);
    ck_assert_int_eq(smc(SPMD_SECURE, FFA_MSG_SEND_DIRECT_RESP_32,
                         FFA_PAIR(FFA_ID_SPMC, FFA_ID_SPMD),
                         FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_VERSION_RESP, 0x00010003),
                     SPMD_ENTER_NON_SECURE);
    ck_assert_uint_eq(x[0], 0x00010003);
    ck_assert_uint_eq(x[1] | x[2] | x[3] | x[7], 0);
    ck_assert_uint_eq(spmd.nwd_version, 0x00010003);
}
END_TEST

START_TEST(psci_and_smccc_for_the_normal_world)
{
    ready();
    smc(SPMD_NON_SECURE, SMCCC_VERSION, 0, 0, 0);
    ck_assert_uint_eq(x[0], 0x10002);
    ck_assert_uint_eq(x[4], 4); /* preserved */
    smc(SPMD_NON_SECURE, PSCI_VERSION, 0, 0, 0);
    ck_assert_uint_eq(x[0], 0x10001);
    smc(SPMD_NON_SECURE, PSCI_FEATURES, PSCI_SYSTEM_OFF, 0, 0);
    ck_assert_uint_eq(x[0], 0);
    smc(SPMD_NON_SECURE, PSCI_FEATURES, PSCI_CPU_ON_64, 0, 0);
    ck_assert_uint_eq((uint32_t)x[0], (uint32_t)PSCI_NOT_SUPPORTED);
    smc(SPMD_NON_SECURE, PSCI_CPU_ON_64, 1, 2, 3);
    ck_assert_uint_eq((uint32_t)x[0], (uint32_t)PSCI_NOT_SUPPORTED);
    ck_assert_int_eq(smc(SPMD_NON_SECURE, PSCI_SYSTEM_OFF, 0, 0, 0), SPMD_SYSTEM_OFF);
    ck_assert_int_eq(smc(SPMD_SECURE, PSCI_SYSTEM_OFF, 0, 0, 0), SPMD_ENTER_SECURE);
    ck_assert_int_eq(smc(SPMD_NON_SECURE, PSCI_SYSTEM_RESET2_64, 0x80000000, 9, 0),
                     SPMD_SYSTEM_RESET);
    ck_assert_uint_eq(x[2], 9);
    smc(SPMD_NON_SECURE, 0xc3000001, 0, 0, 0);
    ck_assert_uint_eq((uint32_t)x[0], 0xffffffff);
    ck_assert_int_eq(smc(SPMD_NON_SECURE, FFA_RX_RELEASE | SMCCC_SVE_HINT, 0, 0, 0),
                     SPMD_ENTER_SECURE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("spmd");
    TCase *tests = tcase_create("spmd");
    SRunner *runner;
    int failed;

    tcase_add_test(tests, attributes_are_checked);
    tcase_add_test(tests, initialisation_ends_with_msg_wait);
    tcase_add_test(tests, normal_world_reaches_the_spmc_by_calls_that_are_its_own);
    tcase_add_test(tests, forged_messages_stop_here);
    tcase_add_test(tests, version_is_asked_of_the_spmc);
    tcase_add_test(tests, psci_and_smccc_for_the_normal_world);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
