/* SPDX-License-Identifier: BSD-3-Clause */
#include "fixture.h"

#include <string.h>

static uint64_t version(struct vcpu *vcpu, uint32_t requested)
{
    CALL(0, vcpu, FFA_VERSION, requested);
    return vcpu->frame.x[0];
}

/* conformance: ffa_version.succeeds_current_version */
START_TEST(compatible_versions_are_taken_and_others_refused)
{
    struct vcpu *sp = world_request(0, SP_A);

    ck_assert_uint_eq(version(sp, FFA_VERSION_1_3), SPMC_FFA_VERSION);
    ck_assert_uint_eq(version(sp, FFA_VERSION_1_1), SPMC_FFA_VERSION);
    ck_assert_uint_eq(sp->partition->ffa_version, FFA_VERSION_1_1);
    ck_assert_uint_eq(version(sp, FFA_VERSION_RESERVED | FFA_VERSION_1_1), 0xffffffffu);
    ck_assert_uint_eq(version(sp, 0x00000009), 0xffffffffu);
    ck_assert_uint_eq(version(sp, 0x00020000), 0xffffffffu);
    ck_assert_uint_eq(version(sp, SPMC_FFA_VERSION + 1), 0xffffffffu);
    ck_assert_uint_eq(sp->partition->ffa_version, FFA_VERSION_1_1);
}
END_TEST

START_TEST(the_version_is_settled_by_the_first_other_call)
{
    struct vcpu *sp = world_request(0, SP_A);

    version(sp, FFA_VERSION_1_2);
    CALL(0, sp, FFA_ID_GET);
    ck_assert_uint_eq(version(sp, FFA_VERSION_1_1), 0xffffffffu);
    ck_assert_uint_eq(version(sp, FFA_VERSION_1_2), SPMC_FFA_VERSION);
    ck_assert_uint_eq(sp->partition->ffa_version, FFA_VERSION_1_2);
}
END_TEST

static struct vcpu *spmd_message(uint32_t w2, uint64_t w3)
{
    return CALL(0, world_nwd(0), FFA_MSG_SEND_DIRECT_REQ_32, FFA_PAIR(FFA_ID_SPMD, FFA_ID_SPMC), w2,
                w3);
}

START_TEST(the_normal_world_negotiates_through_the_spmd)
{
    struct vcpu *nwd = world_nwd(0);

    spmd_message(FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_VERSION_REQ, FFA_VERSION_1_1);
    ck_assert_uint_eq(nwd->frame.x[0], FFA_MSG_SEND_DIRECT_RESP_32);
    ck_assert_uint_eq(nwd->frame.x[1], FFA_PAIR(FFA_ID_SPMC, FFA_ID_SPMD));
    ck_assert_uint_eq(nwd->frame.x[2], FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_VERSION_RESP);
    ck_assert_uint_eq(nwd->frame.x[3], SPMC_FFA_VERSION);
    ck_assert_uint_eq(world.state.nwd.ffa_version, FFA_VERSION_1_1);
    /* Not settled by the query itself, but by a call. */
    spmd_message(FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_VERSION_REQ, FFA_VERSION_1_2);
    ck_assert_uint_eq(world.state.nwd.ffa_version, FFA_VERSION_1_2);
    CALL(0, nwd, FFA_ID_GET);
    spmd_message(FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_VERSION_REQ, FFA_VERSION_1_1);
    ck_assert_uint_eq(nwd->frame.x[3], 0xffffffffu);
    ck_assert_uint_eq(world.state.nwd.ffa_version, FFA_VERSION_1_2);
}
END_TEST

START_TEST(the_spmd_gets_its_power_messages_answered)
{
    struct vcpu *nwd = world_nwd(0);

    spmd_message(FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_PSCI_REQ, PSCI_CPU_SUSPEND_64);
    ck_assert_uint_eq(nwd->frame.x[2], FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_PSCI_RESP);
    ck_assert_int_eq((int32_t)nwd->frame.x[3], PSCI_NOT_SUPPORTED);
    ck_assert(nwd->cpu->online);
    spmd_message(FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_PSCI_REQ, PSCI_CPU_OFF);
    ck_assert_uint_eq(nwd->frame.x[2], FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_PSCI_RESP);
    ck_assert_uint_eq(nwd->frame.x[3], 0);
    ck_assert(!nwd->cpu->online);
    spmd_message(FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_PSCI_WARM_BOOT, 0);
    ck_assert_uint_eq(nwd->frame.x[2], FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_PSCI_RESP);
    ck_assert_uint_eq(nwd->frame.x[3], 0);
}
END_TEST

START_TEST(bad_framework_messages_are_refused)
{
    static const uint32_t w2[] = {0x03, 0x7f, FFA_FRAMEWORK_VERSION_RESP, 0x108};
    struct vcpu *sp;

    for (unsigned i = 0; i < 4; i++) {
        ck_error(spmd_message(FFA_FRAMEWORK_MSG | w2[i], FFA_VERSION_1_1), FFA_INVALID_PARAMETERS);
    }
    CALL(0, world_nwd(0), FFA_MSG_SEND_DIRECT_REQ_32, FFA_PAIR(0, FFA_ID_SPMC),
         FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_VERSION_REQ, FFA_VERSION_1_1);
    ck_error(world_nwd(0), FFA_INVALID_PARAMETERS);
    sp = world_request(0, SP_A);
    CALL(0, sp, FFA_MSG_SEND_DIRECT_REQ_32, FFA_PAIR(FFA_ID_SPMD, FFA_ID_SPMC),
         FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_VERSION_REQ, FFA_VERSION_1_1);
    ck_error(sp, FFA_INVALID_PARAMETERS);
}
END_TEST

START_TEST(identities)
{
    struct vcpu *sp = world_request(0, SP_B);

    CALL(0, sp, FFA_ID_GET);
    ck_assert_uint_eq(sp->frame.x[2], SP_B);
    CALL(0, sp, FFA_SPM_ID_GET);
    ck_assert_uint_eq(sp->frame.x[2], FFA_ID_SPMC);
    CALL(1, world_nwd(1), FFA_ID_GET);
    ck_assert_uint_eq(world_nwd(1)->frame.x[2], FFA_ID_NWD);
    CALL(1, world_nwd(1), FFA_SPM_ID_GET);
    ck_assert_uint_eq(world_nwd(1)->frame.x[2], FFA_ID_SPMC);
}
END_TEST

static bool has(struct vcpu *vcpu, uint32_t id)
{
    CALL(0, vcpu, FFA_FEATURES, id);
    if (vcpu->frame.x[0] == FFA_SUCCESS_32) {
        return true;
    }
    ck_error(vcpu, FFA_NOT_SUPPORTED);
    return false;
}

START_TEST(features_lists_what_everybody_has)
{
    static const uint32_t always[] = {FFA_ERROR,
                                      FFA_SUCCESS_32,
                                      FFA_SUCCESS_64,
                                      FFA_INTERRUPT,
                                      FFA_VERSION,
                                      FFA_FEATURES,
                                      FFA_RX_RELEASE,
                                      FFA_RXTX_MAP_64,
                                      FFA_RXTX_UNMAP,
                                      FFA_PARTITION_INFO_GET,
                                      FFA_ID_GET,
                                      FFA_MSG_WAIT,
                                      FFA_RUN,
                                      FFA_MSG_SEND_DIRECT_REQ_32,
                                      FFA_MSG_SEND_DIRECT_REQ_64,
                                      FFA_MSG_SEND_DIRECT_RESP_32,
                                      FFA_MSG_SEND_DIRECT_RESP_64,
                                      FFA_SPM_ID_GET,
                                      FFA_CONSOLE_LOG_32,
                                      FFA_CONSOLE_LOG_64,
                                      FFA_PARTITION_INFO_GET_REGS_64,
                                      FFA_MSG_SEND_DIRECT_REQ2_64,
                                      FFA_MSG_SEND_DIRECT_RESP2_64};
    static const uint32_t never[] = {
        FFA_RXTX_MAP_32,  FFA_MSG_SEND,        FFA_MSG_POLL, FFA_NORMAL_WORLD_RESUME,
        FFA_MEM_OP_PAUSE, FFA_EL3_INTR_HANDLE, 0x84000012u,  0xffffffffu,
        0x84000091u};
    struct vcpu *sp = world_request(0, SP_A);

    for (unsigned i = 0; i < sizeof(always) / sizeof(always[0]); i++) {
        ck_assert_msg(has(sp, always[i]), "0x%08x", always[i]);
        CALL(1, world_nwd(1), FFA_FEATURES, always[i]);
        ck_assert_msg(world_nwd(1)->frame.x[0] == FFA_SUCCESS_32, "nwd 0x%08x", always[i]);
    }
    for (unsigned i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
        ck_assert_msg(!has(sp, never[i]), "0x%08x", never[i]);
    }
}
END_TEST

/* conformance: ffa.secondary_ep_register_supported */
/* conformance: ffa.secondary_ep_register_not_supported */
START_TEST(features_depend_on_who_asks)
{
    struct vcpu *nwd = world_nwd(0);
    struct vcpu *sp;

    ck_assert(has(nwd, FFA_RX_ACQUIRE));
    ck_assert(!has(nwd, FFA_YIELD));
    ck_assert(!has(nwd, FFA_ABORT_64));
    ck_assert(!has(nwd, FFA_SECONDARY_EP_REGISTER_64));
    sp = world_request(0, SP_A);
    ck_assert(!has(sp, FFA_RX_ACQUIRE));
    ck_assert(has(sp, FFA_YIELD));
    ck_assert(has(sp, FFA_ABORT_32));
    ck_assert(!has(sp, FFA_SECONDARY_EP_REGISTER_64));
    sp->partition->ffa_version = FFA_VERSION_1_1;
    ck_assert(!has(sp, FFA_ABORT_32));
    ck_assert(!has(sp, FFA_MSG_SEND_DIRECT_REQ2_64));
    world_reset();
    sp = world_request(0, SP_MP);
    ck_assert(has(sp, FFA_SECONDARY_EP_REGISTER_64));
}
END_TEST

/* conformance: ffa_features.succeeds_feature_ids */
START_TEST(features_by_number)
{
    struct vcpu *nwd = world_nwd(0);
    struct vcpu *sp;

    ck_assert(has(nwd, FFA_FEATURE_SRI));
    ck_assert_uint_eq(nwd->frame.x[2], 8);
    ck_assert(!has(nwd, FFA_FEATURE_NPI));
    sp = world_request(0, SP_A);
    ck_assert(has(sp, FFA_FEATURE_NPI));
    ck_assert_uint_eq(sp->frame.x[2], 5);
    ck_assert(has(sp, FFA_FEATURE_MEI));
    ck_assert_uint_eq(sp->frame.x[2], 4);
    ck_assert(has(sp, FFA_FEATURE_NOTIFICATION_PROPS));
    ck_assert(!has(sp, FFA_FEATURE_SRI));
    ck_assert(!has(sp, 0));
    ck_assert(!has(sp, 5));
    ck_assert(!has(sp, 0x100 | FFA_FEATURE_NPI));
    CALL(0, sp, FFA_FEATURES, FFA_FEATURE_NPI, 1);
    ck_error(sp, FFA_NOT_SUPPORTED);
}
END_TEST

START_TEST(features_tells_the_largest_rxtx_buffer_since_v1_2)
{
    struct vcpu *sp = world_request(0, SP_A);

    ck_assert(has(sp, FFA_RXTX_MAP_64));
    ck_assert_uint_eq(sp->frame.x[2], SPMC_RXTX_MAX_PAGES << 16);
    sp->partition->ffa_version = FFA_VERSION_1_1;
    ck_assert(has(sp, FFA_RXTX_MAP_64));
    ck_assert_uint_eq(sp->frame.x[2], 0);
}
END_TEST

static void send_text(struct vcpu *vcpu, uint32_t fid, uint64_t length, const char *text)
{
    unsigned bytes = (fid & SMCCC_64_BIT) != 0 ? 8 : 4;
    uint64_t x[FFA_REGS_EXTENDED] = {fid, length};

    for (unsigned i = 0; text[i] != '\0'; i++) {
        x[2 + i / bytes] |= (uint64_t)(uint8_t)text[i] << (8 * (i % bytes));
    }
    world_call(0, vcpu, x, FFA_REGS_EXTENDED);
}

START_TEST(console_lines_are_printed_whole)
{
    struct vcpu *sp = world_request(0, SP_A);

    send_text(sp, FFA_CONSOLE_LOG_32, 11, "hello, worl");
    ck_assert_uint_eq(sp->frame.x[0], FFA_SUCCESS_32);
    ck_assert_str_eq(world.console_text, "");
    send_text(sp, FFA_CONSOLE_LOG_64, 60,
              "d\n0123456789abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ-\nZ");
    ck_assert_str_eq(world.console_text,
                     "hello, world\n0123456789abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ-\n");
}
END_TEST

START_TEST(a_console_line_without_end_is_cut_and_not_lost)
{
    struct vcpu *sp = world_request(0, SP_A);

    for (unsigned i = 0; i < 65; i++) {
        send_text(sp, FFA_CONSOLE_LOG_32, 4, "abcd");
    }
    ck_assert_uint_eq(strlen(world.console_text), SPMC_CONSOLE_LINE_BYTES + 1);
}
END_TEST

START_TEST(console_lengths_have_limits)
{
    static const struct {
        uint32_t version;
        uint32_t fid;
        uint64_t most;
    } limits[] = {{FFA_VERSION_1_3, FFA_CONSOLE_LOG_32, 24},
                  {FFA_VERSION_1_2, FFA_CONSOLE_LOG_64, 128},
                  {FFA_VERSION_1_1, FFA_CONSOLE_LOG_64, 48}};
    struct vcpu *sp = world_request(0, SP_A);

    for (unsigned i = 0; i < 3; i++) {
        sp->partition->ffa_version = limits[i].version;
        send_text(sp, limits[i].fid, 0, "");
        ck_error(sp, FFA_INVALID_PARAMETERS);
        send_text(sp, limits[i].fid, limits[i].most + 1, "");
        ck_error(sp, FFA_INVALID_PARAMETERS);
        send_text(sp, limits[i].fid, limits[i].most, "x");
        ck_assert_uint_eq(sp->frame.x[0], FFA_SUCCESS_32);
    }
    send_text(sp, FFA_CONSOLE_LOG_64, (1ull << 32) + 1, "x");
    ck_error(sp, FFA_INVALID_PARAMETERS);
}
END_TEST

START_TEST(a_secondary_entry_point_is_for_mp_partitions_at_initialisation)
{
    struct vcpu *sp = world_request(0, SP_A);
    uint64_t entry = world_sp(SP_MP)->vm->load_address + 0x1000;

    CALL(0, sp, FFA_SECONDARY_EP_REGISTER_64, WORLD_SP_BASE);
    ck_error(sp, FFA_NOT_SUPPORTED);
    world_reset();
    sp = world_request(0, SP_MP);
    CALL(0, sp, FFA_SECONDARY_EP_REGISTER_64, entry);
    ck_error(sp, FFA_DENIED);
    sp->runtime_model = RTM_SP_INIT;
    CALL(0, sp, FFA_SECONDARY_EP_REGISTER_64, entry - 0x1000 - 4);
    ck_error(sp, FFA_INVALID_PARAMETERS);
    CALL(0, sp, FFA_SECONDARY_EP_REGISTER_64, entry - 0x1000 + WORLD_SP_SIZE);
    ck_error(sp, FFA_INVALID_PARAMETERS);
    CALL(0, sp, FFA_SECONDARY_EP_REGISTER_64, entry + 2);
    ck_error(sp, FFA_INVALID_PARAMETERS);
    CALL(0, sp, FFA_SECONDARY_EP_REGISTER_64, entry);
    ck_assert_uint_eq(sp->frame.x[0], FFA_SUCCESS_32);
    ck_assert_uint_eq(sp->partition->secondary_entry, entry);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, compatible_versions_are_taken_and_others_refused);
    tcase_add_test(tcase, the_version_is_settled_by_the_first_other_call);
    tcase_add_test(tcase, the_normal_world_negotiates_through_the_spmd);
    tcase_add_test(tcase, the_spmd_gets_its_power_messages_answered);
    tcase_add_test(tcase, bad_framework_messages_are_refused);
    tcase_add_test(tcase, identities);
    tcase_add_test(tcase, features_lists_what_everybody_has);
    tcase_add_test(tcase, features_depend_on_who_asks);
    tcase_add_test(tcase, features_by_number);
    tcase_add_test(tcase, features_tells_the_largest_rxtx_buffer_since_v1_2);
    tcase_add_test(tcase, console_lines_are_printed_whole);
    tcase_add_test(tcase, a_console_line_without_end_is_cut_and_not_lost);
    tcase_add_test(tcase, console_lengths_have_limits);
    tcase_add_test(tcase, a_secondary_entry_point_is_for_mp_partitions_at_initialisation);
}

int main(void)
{
    return world_main("setup", add);
}
