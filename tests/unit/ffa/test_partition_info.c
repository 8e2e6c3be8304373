/* SPDX-License-Identifier: BSD-3-Clause */
#include "fixture.h"

#include <string.h>

#define GET  FFA_PARTITION_INFO_GET
#define REGS FFA_PARTITION_INFO_GET_REGS_64

/* UUID of partition n as four words and as two registers: bytes 0x10 * (n + 1) + i */
#define WORD(n, i)    ((0x10u * ((n) + 1) + 4 * (i)) * 0x01010101u + 0x03020100u)
#define UUID_WORDS(n) WORD(n, 0), WORD(n, 1), WORD(n, 2), WORD(n, 3)
#define UUID_REGS(n) \
    WORD(n, 0) | (uint64_t)WORD(n, 1) << 32, WORD(n, 2) | (uint64_t)WORD(n, 3) << 32

static struct vcpu *nwd_with_rx(uint32_t version)
{
    struct vcpu *nwd = world_nwd(0);

    world.state.nwd.ffa_version = version;
    CALL(0, nwd, FFA_RXTX_MAP_64, WORLD_NS_BASE + 0x1000, WORLD_NS_BASE, 1);
    ck_assert_uint_eq(nwd->frame.x[0], FFA_SUCCESS_32);
    memset(world.state.ram, 0xee, WORLD_RAM_BYTES);
    return nwd;
}

static uint32_t u32(unsigned offset)
{
    const uint8_t *at = &world.state.ram[offset];

    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void ck_zero(unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++) {
        ck_assert_msg(world.state.ram[i] == 0, "byte %u", i);
    }
}

/* conformance: ffa.ffa_partition_info_get_v1_0_descriptors */
/* conformance: partition_info_v1_3.ffa_partition_info_get_null_uuid */
START_TEST(each_version_gets_its_own_descriptor)
{
    static const struct {
        uint32_t version;
        unsigned size;
    } sizes[] = {
        {FFA_VERSION_1_0, 8}, {FFA_VERSION_1_1, 24}, {FFA_VERSION_1_2, 24}, {FFA_VERSION_1_3, 48}};

    for (unsigned i = 0; i < 4; i++) {
        unsigned size = sizes[i].size;
        struct vcpu *nwd;

        world_reset();
        world.partition_manifest[1].has_image_uuid = true;
        memset(world.partition_manifest[1].image_uuid.byte, 0x99, 16);
        nwd = nwd_with_rx(sizes[i].version);
        CALL(0, nwd, GET);
        ck_assert_uint_eq(nwd->frame.x[0], FFA_SUCCESS_32);
        ck_assert_uint_eq(nwd->frame.x[2], WORLD_PARTITIONS);
        ck_assert_uint_eq(nwd->frame.x[3], size == 8 ? 0 : size);
        for (unsigned n = 0; n < WORLD_PARTITIONS; n++) {
            ck_assert_uint_eq(u32(n * size), (SP_A + n) | (n == 2 ? 2u : 1u) << 16);
            if (size >= 24) {
                ck_assert_uint_eq(u32(n * size + 8), WORD(n, 0));
                ck_assert_uint_eq(u32(n * size + 20), WORD(n, 3));
            }
            if (size >= 48) {
                ck_assert_uint_eq(u32(n * size + 24), n == 1 ? 0x99999999u : 0);
                ck_zero(n * size + 40, n * size + 48);
            }
        }
        /* The rest of the buffer holds nothing of old messages. */
        ck_zero(WORLD_PARTITIONS * size, PAGE_SIZE_BYTES);
        ck_assert_uint_eq(world.state.ram[PAGE_SIZE_BYTES], 0xee);
    }
}
END_TEST

START_TEST(properties_follow_caller_and_partition)
{
    struct vcpu *nwd = nwd_with_rx(FFA_VERSION_1_3);
    struct vcpu *sp;
    uint32_t recv = FFA_PROP_DIRECT_REQ_RECV | FFA_PROP_DIRECT_REQ2_RECV | FFA_PROP_AARCH64;

    world.partition_manifest[0].vm_availability_messages = 2;
    world.partition_manifest[0].notification_support = true;
    CALL(0, nwd, GET);
    ck_assert_uint_eq(u32(4), recv | FFA_PROP_NOTIFICATION_RECV | FFA_PROP_VM_DESTROYED);
    ck_assert_uint_eq(u32(48 + 4), recv);
    ck_assert_uint_eq(u32(3 * 48 + 4), FFA_PROP_DIRECT_REQ_RECV | FFA_PROP_AARCH64);

    world_reset();
    nwd = nwd_with_rx(FFA_VERSION_1_0);
    CALL(0, nwd, GET);
    ck_assert_uint_eq(u32(4), FFA_PROP_DIRECT_REQ_RECV);

    /* Partitions also see who can send to them. */
    world_reset();
    sp = world_request(0, SP_A);
    CALL(0, sp, REGS);
    ck_assert_uint_eq(sp->frame.x[3] >> 32,
                      recv | FFA_PROP_DIRECT_REQ_SEND | FFA_PROP_DIRECT_REQ2_SEND);
}
END_TEST

/* conformance: ffa.ffa_partition_info_get_uuid_fixed */
/* conformance: ffa.ffa_partition_info_get_uuid_unknown */
START_TEST(an_uuid_selects_and_is_not_repeated)
{
    struct vcpu *nwd = nwd_with_rx(FFA_VERSION_1_2);

    CALL(0, nwd, GET, UUID_WORDS(2));
    ck_assert_uint_eq(nwd->frame.x[2], 1);
    ck_assert_uint_eq(u32(0) & 0xffff, SP_MP);
    ck_zero(8, PAGE_SIZE_BYTES);
    CALL(0, nwd, FFA_RX_RELEASE);
    CALL(0, nwd, GET, WORD(2, 0), 1, 2, 3);
    ck_error(nwd, FFA_INVALID_PARAMETERS);
    world.partition_manifest[3].has_image_uuid = true;
    memset(world.partition_manifest[3].image_uuid.byte, 0x99, 16);
    CALL(0, nwd, GET, 0x99999999, 0x99999999, 0x99999999, 0x99999999);
    ck_assert_uint_eq(u32(0) & 0xffff, SP_OLD);
}
END_TEST

START_TEST(counting_needs_no_buffer)
{
    struct vcpu *nwd = world_nwd(0);

    CALL(0, nwd, GET, 0, 0, 0, 0, FFA_PARTITION_INFO_COUNT_ONLY);
    ck_assert_uint_eq(nwd->frame.x[0], FFA_SUCCESS_32);
    ck_assert_uint_eq(nwd->frame.x[2], WORLD_PARTITIONS);
    ck_assert_uint_eq(nwd->frame.x[3], 0);
    CALL(0, nwd, GET, 0, 0, 0, 0, 2);
    ck_error(nwd, FFA_INVALID_PARAMETERS);
    CALL(0, nwd, GET);
    ck_error(nwd, FFA_BUSY);
}
END_TEST

START_TEST(a_full_buffer_is_busy)
{
    struct vcpu *nwd = nwd_with_rx(FFA_VERSION_1_3);

    CALL(0, nwd, GET);
    CALL(0, nwd, GET);
    ck_error(nwd, FFA_BUSY);
    CALL(0, nwd, FFA_RX_RELEASE);
    CALL(0, nwd, GET);
    ck_assert_uint_eq(nwd->frame.x[0], FFA_SUCCESS_32);
}
END_TEST

START_TEST(since_v1_2_each_service_counts)
{
    struct vcpu *nwd = world_nwd(0);
    struct partition_manifest *manifest = &world.partition_manifest[0];

    manifest->service_count = 2;
    manifest->service[1].uuid.byte[0] = 0x77;
    manifest->service[1].messaging_method = FFA_PROP_DIRECT_REQ_RECV;
    world.state.nwd.ffa_version = FFA_VERSION_1_2;
    CALL(0, nwd, GET, 0, 0, 0, 0, FFA_PARTITION_INFO_COUNT_ONLY);
    ck_assert_uint_eq(nwd->frame.x[2], WORLD_PARTITIONS + 1);
    world.state.nwd.ffa_version = FFA_VERSION_1_1;
    CALL(0, nwd, GET, 0, 0, 0, 0, FFA_PARTITION_INFO_COUNT_ONLY);
    ck_assert_uint_eq(nwd->frame.x[2], WORLD_PARTITIONS);
    CALL(0, nwd, GET, 0x77, 0, 0, 0, FFA_PARTITION_INFO_COUNT_ONLY);
    ck_assert_uint_eq(nwd->frame.x[2], 1);
}
END_TEST

/* conformance: partition_info_v1_3.ffa_partition_info_get_regs_null_uuid */
START_TEST(registers_carry_five_or_two_descriptors)
{
    struct vcpu *nwd = world_nwd(0);

    world.state.nwd.ffa_version = FFA_VERSION_1_2;
    CALL(0, nwd, REGS);
    ck_assert_uint_eq(nwd->frame.x[0], FFA_SUCCESS_64);
    ck_assert_uint_eq(nwd->frame.store, FFA_REGS_EXTENDED);
    ck_assert_uint_eq(nwd->frame.x[2], 24ull << 48 | 3u << 16 | 3u);
    ck_assert_uint_eq((uint32_t)nwd->frame.x[3], SP_A | 1u << 16);
    ck_assert_uint_eq(nwd->frame.x[4], WORD(0, 0) | (uint64_t)WORD(0, 1) << 32);
    ck_assert_uint_eq((uint32_t)nwd->frame.x[12], SP_OLD | 1u << 16);
    ck_assert_uint_eq(nwd->frame.x[15] | nwd->frame.x[16] | nwd->frame.x[17], 0);

    world.state.nwd.ffa_version = FFA_VERSION_1_3;
    CALL(0, nwd, REGS, 0, 0, 1);
    ck_assert_uint_eq(nwd->frame.x[2], 48ull << 48 | 2u << 16 | 3u);
    ck_assert_uint_eq((uint32_t)nwd->frame.x[3], SP_B | 1u << 16);
    ck_assert_uint_eq((uint32_t)nwd->frame.x[9], SP_MP | 2u << 16);
    CALL(0, nwd, REGS, 0, 0, 3);
    ck_assert_uint_eq(nwd->frame.x[2], 48ull << 48 | 3u << 16 | 3u);
    ck_assert_uint_eq(nwd->frame.x[9], 0);
}
END_TEST

START_TEST(registers_refuse_bad_queries)
{
    struct vcpu *nwd = world_nwd(0);

    CALL(0, nwd, REGS, 0, 0, WORLD_PARTITIONS);
    ck_error(nwd, FFA_INVALID_PARAMETERS);
    CALL(0, nwd, REGS, 0, 0, 0x10000);
    ck_error(nwd, FFA_RETRY);
    CALL(0, nwd, REGS, 0, 0, 1ull << 32);
    ck_error(nwd, FFA_INVALID_PARAMETERS);
    CALL(0, nwd, REGS, 1, 2);
    ck_error(nwd, FFA_INVALID_PARAMETERS);
    CALL(0, nwd, REGS, UUID_REGS(1));
    ck_assert_uint_eq(nwd->frame.x[0], FFA_SUCCESS_64);
    ck_assert_uint_eq((uint32_t)nwd->frame.x[3], SP_B | 1u << 16);
    ck_assert_uint_eq(nwd->frame.x[4], 0);
    world.state.nwd.ffa_version = FFA_VERSION_1_1;
    CALL(0, nwd, REGS);
    ck_error(nwd, FFA_NOT_SUPPORTED);
}
END_TEST

/* Logical partitions follow the secure ones, for callers that they can call. */
START_TEST(partitions_also_see_logical_ones)
{
    struct spmc *spmc = &world.state.spmc;
    struct vcpu *sp = world_request(0, SP_A);
    struct vcpu *nwd = world_nwd(1);

    for (unsigned i = 0; i < 2; i++) {
        spmc->lsp[i] = (struct lsp_entry){
            .id = (uint16_t)(FFA_ID_LSP_FIRST + i), .vcpu_count = 1, .properties = 0x102};
        memset(spmc->lsp[i].uuid.byte, 0x70 + (int)i, 16);
    }
    spmc->lsp_count = 2;
    CALL(0, sp, REGS, 0, 0, WORLD_PARTITIONS);
    ck_assert_uint_eq(sp->frame.x[0], FFA_SUCCESS_64);
    ck_assert_uint_eq(sp->frame.x[2] & 0xffffffff,
                      (WORLD_PARTITIONS + 1) << 16 | (WORLD_PARTITIONS + 1));
    ck_assert_uint_eq(sp->frame.x[3], 0x10200000000u | 1u << 16 | FFA_ID_LSP_FIRST);
    ck_assert_uint_eq(sp->frame.x[4], 0x7070707070707070u);
    ck_assert_uint_eq(sp->frame.x[6] | sp->frame.x[7] | sp->frame.x[8], 0);
    ck_assert_uint_eq((uint16_t)sp->frame.x[9], FFA_ID_LSP_FIRST + 1);
    CALL(0, sp, REGS, 0, 0, WORLD_PARTITIONS + 2);
    ck_error(sp, FFA_INVALID_PARAMETERS);
    CALL(0, sp, REGS, 0x7171717171717171u, 0x7171717171717171u);
    ck_assert_uint_eq((uint16_t)sp->frame.x[3], FFA_ID_LSP_FIRST + 1);
    ck_assert_uint_eq(sp->frame.x[4] | sp->frame.x[5], 0);
    ck_assert_uint_eq(sp->frame.x[2] & 0xffffffff, 0);
    CALL(1, nwd, REGS, 0, 0, WORLD_PARTITIONS);
    ck_error(nwd, FFA_INVALID_PARAMETERS);
    CALL(1, nwd, REGS, 0x7171717171717171u, 0x7171717171717171u);
    ck_error(nwd, FFA_INVALID_PARAMETERS);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, partitions_also_see_logical_ones);
    tcase_add_test(tcase, each_version_gets_its_own_descriptor);
    tcase_add_test(tcase, properties_follow_caller_and_partition);
    tcase_add_test(tcase, an_uuid_selects_and_is_not_repeated);
    tcase_add_test(tcase, counting_needs_no_buffer);
    tcase_add_test(tcase, a_full_buffer_is_busy);
    tcase_add_test(tcase, since_v1_2_each_service_counts);
    tcase_add_test(tcase, registers_carry_five_or_two_descriptors);
    tcase_add_test(tcase, registers_refuse_bad_queries);
}

int main(void)
{
    return world_main("partition_info", add);
}
