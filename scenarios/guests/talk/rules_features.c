/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FFA_FEATURES, asked for every number that might mean something. What an implementation may add is
 * not judged here; the comparison of the two runs does that.
 */
#include "rules.h"
#include "talk.h"

#define DIRTY 0xdeadbeef00000000ull

#define KERNEL  0x1u
#define PARTNER 0x2u
#define BOTH    (KERNEL | PARTNER)

static const struct {
    uint32_t function;
    uint32_t since;
    unsigned who;
} served[] = {
    {FFA_ERROR, FFA_VERSION_1_0, BOTH},
    {FFA_SUCCESS_32, FFA_VERSION_1_0, BOTH},
    {FFA_SUCCESS_64, FFA_VERSION_1_0, BOTH},
    {FFA_INTERRUPT, FFA_VERSION_1_0, BOTH},
    {FFA_VERSION, FFA_VERSION_1_0, BOTH},
    {FFA_FEATURES, FFA_VERSION_1_0, BOTH},
    {FFA_RX_RELEASE, FFA_VERSION_1_0, BOTH},
    {FFA_RXTX_MAP_64, FFA_VERSION_1_0, BOTH},
    {FFA_RXTX_UNMAP, FFA_VERSION_1_0, BOTH},
    {FFA_PARTITION_INFO_GET, FFA_VERSION_1_0, BOTH},
    {FFA_ID_GET, FFA_VERSION_1_0, BOTH},
    {FFA_RUN, FFA_VERSION_1_0, BOTH},
    {FFA_MSG_SEND_DIRECT_REQ_32, FFA_VERSION_1_0, BOTH},
    {FFA_MSG_SEND_DIRECT_REQ_64, FFA_VERSION_1_0, BOTH},
    {FFA_CONSOLE_LOG_32, FFA_VERSION_1_0, BOTH},
    {FFA_CONSOLE_LOG_64, FFA_VERSION_1_0, BOTH},
    {FFA_SPM_ID_GET, FFA_VERSION_1_1, BOTH},
    {FFA_PARTITION_INFO_GET_REGS_64, FFA_VERSION_1_2, BOTH},
    {FFA_MSG_SEND_DIRECT_REQ2_64, FFA_VERSION_1_2, BOTH},
    {FFA_RX_ACQUIRE, FFA_VERSION_1_1, KERNEL},
    {FFA_MSG_WAIT, FFA_VERSION_1_0, BOTH},
    {FFA_YIELD, FFA_VERSION_1_0, PARTNER},
    {FFA_ABORT_32, FFA_VERSION_1_3, PARTNER},
    {FFA_ABORT_64, FFA_VERSION_1_3, PARTNER},
};

/* Forms that no version has, and functions that no endpoint calls. */
static const uint32_t nobodys[] = {
    FFA_MSG_SEND,
    FFA_MSG_POLL,
    FFA_NORMAL_WORLD_RESUME,
    FFA_MEM_OP_PAUSE,
    FFA_MEM_OP_RESUME,
    FFA_VERSION | SMCCC_64_BIT,
    FFA_ID_GET | SMCCC_64_BIT,
    FFA_RUN | SMCCC_64_BIT,
    0x840000eeu,
    0xc40000efu,
    0x8400005fu,
    0x840000f0u,
    0x80000000u,
    0xffffffffu,
};

static struct ffa_args ask(uint64_t what, uint64_t input)
{
    struct ffa_args r = CALL(FFA_FEATURES | DIRTY, what, input);

    if (!talk_is_ok(r)) {
        guest_assert(talk_is_error(r, FFA_NOT_SUPPORTED));
    }
    guest_assert((r.x[4] | r.x[5] | r.x[6] | r.x[7]) == 0);
    return r;
}

static void functions(void)
{
    unsigned me = talk_is_kernel() ? KERNEL : PARTNER;

    for (uint32_t low = 0x5e; low <= 0xf2; low++) {
        (void)ask(0x84000000u | low, 0);
        (void)ask((0xc4000000u | low) | DIRTY, 0);
        (void)ask(0x84000000u | low, 2);
    }
    for (unsigned i = 0; i < sizeof(served) / sizeof(served[0]); i++) {
        bool is_mine = (served[i].who & me) != 0 && talk_me.version >= served[i].since;

        guest_assert(talk_is_ok(ask(served[i].function, 0)) == is_mine);
        guest_assert(!talk_is_ok(ask(served[i].function, 0x80000000u)));
    }
    for (unsigned i = 0; i < sizeof(nobodys) / sizeof(nobodys[0]); i++) {
        guest_assert(!talk_is_ok(ask(nobodys[i], 0)));
    }
}

void rules_features(void)
{
    struct ffa_args r;

    functions();
    for (uint32_t id = 0; id <= 0x20; id++) {
        (void)ask(id, 0);
        (void)ask(id | DIRTY, 1);
    }
    for (unsigned bit = 8; bit < 31; bit++) {
        guest_assert(!talk_is_ok(ask((1u << bit) | FFA_FEATURE_SRI, 0)));
    }
    guest_assert(talk_is_ok(ask(FFA_FEATURE_SRI, 0)) == talk_is_kernel());
    guest_assert(talk_is_ok(ask(FFA_FEATURE_MEI, 0)) == !talk_is_kernel());
    expect_error(FFA_INVALID_PARAMETERS, CALL(FFA_FEATURES, FFA_VERSION, 0, 1));
    expect_error(FFA_INVALID_PARAMETERS, CALL(FFA_FEATURES, FFA_VERSION, 0, 0, 0, 0, 0, 1));
    expect_error(FFA_NOT_SUPPORTED, CALL(FFA_FEATURES | SMCCC_64_BIT, FFA_VERSION));

    r = ask(FFA_RXTX_MAP_64, 0);
    guest_assert(r.x[2] == (talk_me.version >= FFA_VERSION_1_2 ? 4u << 16 : 0));
}
