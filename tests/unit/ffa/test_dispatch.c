/* SPDX-License-Identifier: BSD-3-Clause */
#include "fixture.h"

static const uint32_t widths[] = {0, SMCCC_64_BIT};

/* Every caller that the table tells apart, by kind and version. */
struct caller {
    struct vcpu *vcpu;
    uint32_t version;
};

static unsigned callers(struct caller out[16])
{
    struct vcpu *vcpu[] = {world_nwd(0), world_vcpu(SP_A, 0), world_vcpu(SP_MP, 0)};
    unsigned count = 0;

    for (unsigned i = 0; i < 3; i++) {
        for (uint32_t v = FFA_VERSION_1_0; v <= FFA_VERSION_1_3; v++) {
            out[count++] = (struct caller){vcpu[i], v};
        }
    }
    return count;
}

START_TEST(every_entry_is_found_by_its_own_identifier_only)
{
    unsigned known = 0;

    for (uint32_t base = FFA_FID_FIRST - 16; base <= FFA_FID_LAST + 16; base++) {
        for (unsigned w = 0; w < 2; w++) {
            uint32_t fid = base | widths[w];
            const struct ffa_abi *abi = ffa_abi_find(fid);

            ck_assert(ffa_fid_is_ffa(fid) == (base >= FFA_FID_FIRST && base <= FFA_FID_LAST));
            if (abi != NULL) {
                ck_assert_uint_eq(abi->fid, fid);
                ck_assert(abi->registers == FFA_REGS || abi->registers == FFA_REGS_EXTENDED);
                ck_assert((abi->handler == NULL) == (abi->callers == 0));
                ck_assert_uint_eq(abi->mbz & 1u, 0);
                known++;
            }
        }
    }
    ck_assert_uint_eq(known, 54);
}
END_TEST

START_TEST(features_and_dispatch_agree)
{
    struct caller caller[16];
    unsigned count = callers(caller);

    for (unsigned i = 0; i < count; i++) {
        for (uint32_t base = FFA_FID_FIRST; base <= FFA_FID_LAST; base++) {
            for (unsigned w = 0; w < 2; w++) {
                const struct ffa_abi *abi = ffa_abi_find(base | widths[w]);
                struct partition *partition = caller[i].vcpu->partition;
                bool advertised;
                bool callable;

                if (abi == NULL) {
                    continue;
                }
                partition->ffa_version = caller[i].version;
                callable = ffa_abi_refusal(abi, partition) == 0;
                advertised = ffa_abi_is_advertised(abi, partition);
                if (abi->features == FFA_FEATURES_CALLABLE) {
                    ck_assert_msg(advertised == callable, "0x%08x", abi->fid);
                } else {
                    /* What may be called is never denied to exist, but to a UP partition. */
                    ck_assert(advertised || !callable || partition->vcpu_count == 1);
                }
            }
        }
    }
}
END_TEST

START_TEST(unknown_identifiers_of_the_range_are_not_supported_from_everywhere)
{
    static const uint32_t unknown[] = {
        FFA_RXTX_MAP_32,          FFA_MSG_POLL,        FFA_MSG_SEND, FFA_MEM_OP_PAUSE,
        FFA_NORMAL_WORLD_RESUME,  FFA_EL3_INTR_HANDLE, 0x84000091u,  FFA_FID_LAST,
        FFA_ID_GET | SMCCC_64_BIT};

    for (unsigned i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        struct vcpu *sp;

        world_reset();
        sp = world_request(0, SP_A);
        ck_assert_ptr_eq(CALL(1, world_nwd(1), unknown[i]), world_nwd(1));
        ck_error(world_nwd(1), FFA_NOT_SUPPORTED);
        ck_assert_ptr_eq(CALL(0, sp, unknown[i]), sp);
        ck_error(sp, FFA_NOT_SUPPORTED);
        sp->frame.x[0] = unknown[i];
        ck_assert_ptr_eq(world_exit(0, sp, VCPU_EXIT_SYNC, ESR_EC_HVC64, 0, 0), sp);
        ck_error(sp, FFA_NOT_SUPPORTED);
    }
}
END_TEST

START_TEST(results_are_no_calls)
{
    struct vcpu *sp = world_request(0, SP_A);

    CALL(0, sp, FFA_SUCCESS_32);
    ck_error(sp, FFA_NOT_SUPPORTED);
    CALL(0, sp, FFA_INTERRUPT);
    ck_error(sp, FFA_DENIED);
    CALL(1, world_nwd(1), FFA_MSG_WAIT);
    ck_error(world_nwd(1), FFA_NOT_SUPPORTED);
    CALL(1, world_nwd(1), FFA_YIELD);
    ck_error(world_nwd(1), FFA_NOT_SUPPORTED);
    CALL(1, world_nwd(1), FFA_ABORT_32);
    ck_error(world_nwd(1), FFA_NOT_SUPPORTED);
}
END_TEST

START_TEST(the_sve_hint_and_upper_halves_are_ignored)
{
    struct vcpu *sp = world_request(0, SP_A);

    CALL(0, sp, 0xabcd00000000 | FFA_ID_GET | SMCCC_SVE_HINT, 0x1234500000000);
    ck_assert_uint_eq(sp->frame.x[0], FFA_SUCCESS_32);
    ck_assert_uint_eq(sp->frame.x[2], SP_A);
    ck_assert_uint_eq(sp->frame.store, FFA_REGS);
}
END_TEST

START_TEST(arguments_that_must_be_zero_are_checked_one_by_one)
{
    struct vcpu *sp = world_request(0, SP_A);

    for (unsigned n = 1; n < FFA_REGS; n++) {
        uint64_t x[FFA_REGS] = {FFA_ID_GET};

        x[n] = 1;
        world_call(0, sp, x, FFA_REGS);
        ck_error(sp, FFA_INVALID_PARAMETERS);
    }
    /* A 64-bit call has 64 bits of them. */
    CALL(0, sp, FFA_RXTX_MAP_64, WORLD_SP_BASE, WORLD_SP_BASE + 0x1000, 1, 1ull << 40);
    ck_error(sp, FFA_INVALID_PARAMETERS);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, every_entry_is_found_by_its_own_identifier_only);
    tcase_add_test(tcase, features_and_dispatch_agree);
    tcase_add_test(tcase, unknown_identifiers_of_the_range_are_not_supported_from_everywhere);
    tcase_add_test(tcase, results_are_no_calls);
    tcase_add_test(tcase, the_sve_hint_and_upper_halves_are_ignored);
    tcase_add_test(tcase, arguments_that_must_be_zero_are_checked_one_by_one);
}

int main(void)
{
    return world_main("dispatch", add);
}
