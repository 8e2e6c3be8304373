/* SPDX-License-Identifier: BSD-3-Clause */
/* Versions and identities: FF-A v1.2, 13.2, 13.9, 13.10. */
#include "rules.h"
#include "talk.h"

#define DIRTY 0xdeadbeef00000000ull /* above a 32-bit argument: not to be looked at */

static bool answers(uint64_t version, int32_t wanted)
{
    struct ffa_args r = CALL(FFA_VERSION | DIRTY, version, 2, 3, 4, 5, 6, 7);

    return r.x[0] == (uint32_t)wanted && talk_is_bare(r);
}

static void refused(void)
{
    static const uint32_t bad[] = {0,          1,          9,          0xffff,     0x00010004,
                                   0x0001ffff, 0x00020000, 0x00020003, 0x7fff0003, 0x7fffffff,
                                   0x80000000, 0x80010000, 0x80010003, 0xffffffff};

    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        guest_assert(answers(bad[i], FFA_NOT_SUPPORTED));
        guest_assert(answers(bad[i] | DIRTY, FFA_NOT_SUPPORTED));
    }
}

void rules_version_open(uint32_t settled)
{
    refused();
    for (uint32_t version = FFA_VERSION_1_0; version <= FFA_VERSION_1_3; version++) {
        guest_assert(answers(version, FFA_VERSION_1_3));
        guest_assert(answers(version | DIRTY, FFA_VERSION_1_3));
    }
    refused();
    guest_assert(answers(FFA_VERSION_1_0, FFA_VERSION_1_3));
    guest_assert(answers(settled, FFA_VERSION_1_3));
}

void rules_version_settled(void)
{
    refused();
    for (uint32_t version = FFA_VERSION_1_0; version <= FFA_VERSION_1_3; version++) {
        guest_assert(answers(version, version == talk_me.version ? (int32_t)FFA_VERSION_1_3
                                                                 : FFA_NOT_SUPPORTED));
    }
}

void rules_identities(void)
{
    struct ffa_args r = CALL(FFA_ID_GET);

    guest_assert(r.x[0] == FFA_SUCCESS_32 && r.x[2] == talk_me.id);
    guest_assert((r.x[1] | r.x[3] | r.x[4] | r.x[5] | r.x[6] | r.x[7]) == 0);
    expect_error(FFA_NOT_SUPPORTED, CALL(FFA_ID_GET | SMCCC_64_BIT));
    expect_error(FFA_NOT_SUPPORTED, CALL(FFA_VERSION | SMCCC_64_BIT, FFA_VERSION_1_3));
    expect_error(FFA_NOT_SUPPORTED, CALL(FFA_SPM_ID_GET | SMCCC_64_BIT));
    if (talk_me.version >= FFA_VERSION_1_1 || talk_is_kernel()) {
        r = CALL(FFA_SPM_ID_GET | DIRTY);
        guest_assert(r.x[0] == FFA_SUCCESS_32 && r.x[2] == FFA_ID_SPMC);
        guest_assert((r.x[1] | r.x[3] | r.x[4] | r.x[5] | r.x[6] | r.x[7]) == 0);
    } else {
        expect_error(FFA_NOT_SUPPORTED, CALL(FFA_SPM_ID_GET));
    }
    if (!talk_is_kernel()) {
        expect_error(FFA_INVALID_PARAMETERS, CALL(FFA_ID_GET, 1));
        expect_error(FFA_INVALID_PARAMETERS, CALL(FFA_ID_GET, 0, 0, 0, 0, 0, 0, 1));
        expect_ok(CALL(FFA_ID_GET, DIRTY, 0, 0, 0, 0, 0, DIRTY));
    }
}
