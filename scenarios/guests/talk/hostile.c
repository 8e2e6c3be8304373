/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Thousands of hostile calls. Partitions: 1 echo, 2 relay, 3 and 4 partners. GUEST_PARAMETER: bits
 * [31:0] how many calls each partner makes, too, between two of the kernel's (0: none), bits
 * [63:32] change the seed, for whoever patches the image.
 */
#include "console.h"
#include "random.h"
#include "sysreg.h"
#include "talk_kernel.h"

#define PARTITIONS  4u
#define PARTNER     SP(3)
#define CALLS       6000u
#define MANY        64u  /* cycles that a partition may need to end what it is at */
#define TURNS       400u /* of the partners, for the calls that they have left */
#define SEED_EL1    0x0123456789abcdefull
#define SEED_EL2    0xfedcba9876543210ull
#define SEED_SHARED 0x00000000feedf00dull

/* What no call may do: give an answer that is none. */
static void judge(const struct ffa_args *r)
{
    uint32_t fid = (uint32_t)r->x[0];

    if (fid == FFA_ERROR) {
        guest_assert((int32_t)(uint32_t)r->x[2] < 0 && r->x[2] <= 0xffffffffu);
    }
    guest_assert(fid != FFA_NORMAL_WORLD_RESUME && fid != FFA_MSG_SEND_DIRECT_REQ_32);
    guest_assert(fid != FFA_MSG_SEND_DIRECT_REQ_64 && fid != FFA_MSG_SEND_DIRECT_REQ2_64);
}

/* Lets everybody finish; afterwards they wait for a message. */
static void settle(void)
{
    for (unsigned turn = 0; turn < MANY; turn++) {
        unsigned waiting = 0;

        for (unsigned n = 1; n <= PARTITIONS; n++) {
            waiting += (uint32_t)ffa_run(SP(n), 0).x[0] == FFA_MSG_WAIT ? 1 : 0;
        }
        if (waiting == PARTITIONS) {
            return;
        }
    }
    guest_assert(false);
}

static void begin_partners(uint64_t calls, uint64_t seed)
{
    for (unsigned n = 0; n < 2; n++) {
        (void)talk_ask(PARTNER + n, TALK_HOSTILE, FFA_CONDUIT_SMC,
                       calls << 32 | (uint32_t)(seed + n));
    }
}

void guest_main(unsigned pe)
{
    struct random random = {current_el() == 2 ? SEED_EL2 : SEED_EL1, true};
    uint64_t partners_calls = guest_parameter & 0xffffffffu;
    unsigned errors = 0;

    (void)pe;
    if (partners_calls != 0) {
        random = (struct random){SEED_SHARED, false};
    }
    random.state ^= guest_parameter >> 32;
    talk_begin(FFA_VERSION_1_3);
    if (partners_calls != 0) {
        begin_partners(partners_calls, random.state);
    }
    for (unsigned i = 0; i < CALLS; i++) {
        struct ffa_args r = talk_call(random_call(&random, PARTITIONS));

        judge(&r);
        errors += (uint32_t)r.x[0] == FFA_ERROR ? 1 : 0;
    }
    for (unsigned i = 0; partners_calls != 0 && i < TURNS; i++) {
        (void)ffa_run(i % 2 == 0 ? PARTNER : PARTNER + 1, 0);
    }
    settle();
    for (unsigned n = 1; n <= PARTITIONS; n++) {
        talk_echo(SP(n));
    }
    talk_ask_both(PARTNER, TALK_IDENTITIES, 0);
    console_printf("talk: %u calls at NS-EL%u, %u refused\n", CALLS, current_el(), errors);
    talk_end("hostile calls do no harm");
}
