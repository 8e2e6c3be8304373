/* SPDX-License-Identifier: BSD-3-Clause */
/* The dispatcher: which world an SMC enters, with which registers. */
#include <libfdt.h>
#include <string.h>

#include "fixture.h"

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
    ck_assert_int_eq(smc(SPMD_SECURE, FFA_SECONDARY_EP_REGISTER_64, 0x1800, 0, 0),
                     SPMD_ENTER_SECURE);
    ck_assert_uint_eq(x[0], FFA_SUCCESS_32);
    ck_assert_uint_eq(spmd.secondary_ep, 0x1800);
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

START_TEST(pes_come_and_go)
{
    uint64_t entry = 0;

    ready();
    spmd_cpu_boot(&spmd, 0);
    smc(SPMD_NON_SECURE, PSCI_CPU_ON_64, 0x200, 0x80000000, 3);
    ck_assert_int_eq((int64_t)x[0], PSCI_INVALID_PARAMS);
    smc(SPMD_NON_SECURE, PSCI_CPU_ON_64, 0, 0x80000000, 3);
    ck_assert_int_eq((int64_t)x[0], PSCI_ALREADY_ON);
    smc(SPMD_NON_SECURE, PSCI_CPU_ON_64, 0x100, 0x80000002, 3);
    ck_assert_int_eq((int64_t)x[0], PSCI_INVALID_ADDRESS);
    smc(SPMD_NON_SECURE, PSCI_CPU_ON_64, 0x100, 0x1ffc, 3); /* inside the SPMC */
    ck_assert_int_eq((int64_t)x[0], PSCI_INVALID_ADDRESS);
    ck_assert_int_eq(smc(SPMD_NON_SECURE, PSCI_CPU_ON_64, 0x100, 0x80000000, 3), SPMD_CPU_ON);
    ck_assert_int_eq((int64_t)x[0], PSCI_SUCCESS);
    ck_assert_uint_eq(spmd_cpu_on_target(&spmd, 0), 1);
    smc(SPMD_NON_SECURE, PSCI_CPU_ON_64, 0x100, 0x80000000, 3);
    ck_assert_int_eq((int64_t)x[0], PSCI_ON_PENDING);
    smc(SPMD_NON_SECURE, PSCI_AFFINITY_INFO_64, 0x100, 0, 0);
    ck_assert_uint_eq(x[0], PSCI_AFFINITY_ON_PENDING);
    smc(SPMD_NON_SECURE, PSCI_AFFINITY_INFO_64, 0x100, 1, 0);
    ck_assert_int_eq((int64_t)x[0], PSCI_INVALID_PARAMS);

    spmd.secondary_ep = 0x1800;
    ck_assert_int_eq(spmd_cpu_started(&spmd, 1, &entry), SPMD_ENTER_SECURE);
    ck_assert_uint_eq(entry, 0x1800);
    memset(x, 0xff, sizeof(x));
    x[0] = FFA_MSG_WAIT;
    ck_assert_int_eq(spmd_handle_smc(&spmd, 1, SPMD_SECURE, x, &count), SPMD_ENTER_NON_SECURE);
    ck_assert_uint_eq(x[0], 3); /* the context id, and nothing of the SPMC */
    ck_assert_uint_eq(x[1] | x[2] | x[3] | x[7], 0);
    ck_assert(spmd_take_entry(&spmd, 1, &entry));
    ck_assert_uint_eq(entry, 0x80000000);
    ck_assert(!spmd_take_entry(&spmd, 1, &entry));

    /* The SPMC hears of CPU_OFF first, and may refuse. */
    for (unsigned refuse = 0; refuse < 2; refuse++) {
        bool is_last = refuse == 1;

        x[0] = PSCI_CPU_OFF;
        ck_assert_int_eq(spmd_handle_smc(&spmd, 1, SPMD_NON_SECURE, x, &count), SPMD_ENTER_SECURE);
        ck_assert_uint_eq(x[0], FFA_MSG_SEND_DIRECT_REQ_32);
        ck_assert_uint_eq(x[3], PSCI_CPU_OFF);
        x[0] = FFA_MSG_SEND_DIRECT_RESP_32;
        x[2] = FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_PSCI_RESP;
        x[3] = is_last ? 0 : (uint32_t)PSCI_DENIED;
        ck_assert_int_eq(spmd_handle_smc(&spmd, 1, SPMD_SECURE, x, &count),
                         is_last ? SPMD_CPU_OFF : SPMD_ENTER_NON_SECURE);
        if (!is_last) {
            ck_assert_int_eq((int64_t)x[0], PSCI_DENIED);
        }
    }
    smc(SPMD_NON_SECURE, PSCI_AFFINITY_INFO_32, 0x100, 0, 0);
    ck_assert_uint_eq(x[0], PSCI_AFFINITY_OFF);
    ck_assert_int_eq(smc(SPMD_NON_SECURE, PSCI_CPU_ON_32, 0x100, 0x80000000, 4), SPMD_CPU_ON);
}
END_TEST

/* Where secondary PEs enter the SPMC is said once, while it boots, and lies inside it. */
START_TEST(secondary_entry_is_registered_at_boot)
{
    uint64_t entry = 0;

    ck_assert_ptr_null(init_with(NULL, 0, "arm,ffa-core-manifest-1.0"));
    spmd_cpu_boot(&spmd, 0);
    smc(SPMD_SECURE, FFA_SECONDARY_EP_REGISTER_64, 0xffc, 0, 0);
    ck_error(FFA_INVALID_PARAMETERS);
    smc(SPMD_SECURE, FFA_SECONDARY_EP_REGISTER_64, 0x2000, 0, 0);
    ck_error(FFA_INVALID_PARAMETERS);
    smc(SPMD_SECURE, FFA_SECONDARY_EP_REGISTER_64, 0x1002, 0, 0);
    ck_error(FFA_INVALID_PARAMETERS);
    ck_assert_uint_eq(spmd.secondary_ep, 0);
    smc(SPMD_SECURE, FFA_SECONDARY_EP_REGISTER_64, 0x1ffc, 0, 0);
    ck_assert_uint_eq(x[0], FFA_SUCCESS_32);
    smc(SPMD_SECURE, FFA_MSG_WAIT, 0, 0, 0);
    smc(SPMD_SECURE, FFA_SECONDARY_EP_REGISTER_64, 0x1000, 0, 0);
    ck_error(FFA_DENIED);

    /* Nor by a PE that comes later. */
    smc(SPMD_NON_SECURE, PSCI_CPU_ON_64, 0x100, 0x80000000, FFA_SUCCESS_64);
    ck_assert_int_eq(spmd_cpu_started(&spmd, 1, &entry), SPMD_ENTER_SECURE);
    ck_assert_uint_eq(entry, 0x1ffc);
    x[0] = FFA_SECONDARY_EP_REGISTER_64;
    x[1] = 0x1000;
    spmd_handle_smc(&spmd, 1, SPMD_SECURE, x, &count);
    ck_error(FFA_DENIED);

    /* A context id that reads as a function with many registers lets none of them through. */
    x[0] = FFA_MSG_WAIT;
    ck_assert_int_eq(spmd_handle_smc(&spmd, 1, SPMD_SECURE, x, &count), SPMD_ENTER_NON_SECURE);
    ck_assert_uint_eq(x[0], FFA_SUCCESS_64);
    ck_assert_uint_eq(count, FFA_REGS);
}
END_TEST

/* Without an entry point of the SPMC the normal world starts at once, and has no FF-A there. */
START_TEST(pes_without_a_secondary_entry)
{
    uint64_t entry = 0;

    ready();
    spmd_cpu_boot(&spmd, 0);
    spmd.secondary_ep = 0;
    smc(SPMD_NON_SECURE, PSCI_CPU_ON_64, 0x100, 0x80000000, 9);
    ck_assert_int_eq(spmd_cpu_started(&spmd, 1, &entry), SPMD_ENTER_NON_SECURE);
    ck_assert(spmd_take_entry(&spmd, 1, &entry));
    ck_assert_uint_eq(entry, 0x80000000);
    ck_assert_uint_eq(cpus[1].context_id, 9);
    memset(x, 0, sizeof(x));
    x[0] = FFA_MSG_SEND_DIRECT_REQ_32;
    x[1] = 0x8001;
    ck_assert_int_eq(spmd_handle_smc(&spmd, 1, SPMD_NON_SECURE, x, &count), SPMD_ENTER_NON_SECURE);
    ck_error(FFA_NOT_SUPPORTED);
    x[0] = PSCI_CPU_OFF;
    ck_assert_int_eq(spmd_handle_smc(&spmd, 1, SPMD_NON_SECURE, x, &count), SPMD_CPU_OFF);
}
END_TEST

START_TEST(cpus_of_the_manifest)
{
    int node;

    ck_assert_ptr_null(init_with(NULL, 0, "arm,ffa-core-manifest-1.0"));
    ck_assert_uint_eq(cpus[0].mpidr, 0);
    ck_assert_uint_eq(cpus[1].mpidr, 0x100);
    node = fdt_path_offset(fdt, "/cpus/cpu@100");
    fdt_delprop(fdt, node, "reg");
    ck_assert_ptr_nonnull(init_again());
    fdt_setprop_u64(fdt, node, "reg", 0x100000002);
    ck_assert_ptr_null(init_again());
    ck_assert_uint_eq(cpus[1].mpidr, 0x100000002);
    fdt_setprop_string(fdt, node, "device_type", "cache");
    ck_assert_ptr_nonnull(init_again()); /* a PE too few */
    fdt_del_node(fdt, fdt_path_offset(fdt, "/cpus"));
    ck_assert_ptr_nonnull(init_again());
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
    smc(SPMD_NON_SECURE, PSCI_FEATURES, PSCI_CPU_SUSPEND_64, 0, 0);
    ck_assert_uint_eq(x[0], 0);
    smc(SPMD_NON_SECURE, PSCI_FEATURES, 0x8400000e, 0, 0); /* SYSTEM_SUSPEND */
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

static void add(TCase *tests)
{
    tcase_add_test(tests, attributes_are_checked);
    tcase_add_test(tests, initialisation_ends_with_msg_wait);
    tcase_add_test(tests, pes_come_and_go);
    tcase_add_test(tests, secondary_entry_is_registered_at_boot);
    tcase_add_test(tests, pes_without_a_secondary_entry);
    tcase_add_test(tests, cpus_of_the_manifest);
    tcase_add_test(tests, normal_world_reaches_the_spmc_by_calls_that_are_its_own);
    tcase_add_test(tests, forged_messages_stop_here);
    tcase_add_test(tests, version_is_asked_of_the_spmc);
    tcase_add_test(tests, psci_and_smccc_for_the_normal_world);
}

int main(void)
{
    return spmd_main("spmd", add);
}
