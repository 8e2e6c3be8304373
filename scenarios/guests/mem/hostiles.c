/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Thousands of calls that are nearly right, by the kernel and four partitions in turn.
 * GUEST_PARAMETER changes the seed, for whoever patches the image.
 */
#include "console.h"
#include "drive.h"
#include "hostile.h"

#define PARTITIONS 4u
#define TURNS      120u
#define CALLS      20u
#define ARENA      32u /* pages */
#define SEED       0x0e5717e5eedull

static struct hostile kernel = {.me = FFA_ID_NWD, .port = &drive_port};

/* Everybody gives back, then everybody reclaims; nothing of it may be left. */
static unsigned clean_up(void)
{
    unsigned left = 0;

    for (unsigned sent = 0; sent < 2; sent++) {
        left += hostile_clean_up(&kernel, sent != 0);
        for (unsigned n = 1; n <= PARTITIONS; n++) {
            left += (unsigned)drive_tell(SP(n), MEM_CMD_CLEAN_UP, sent, 0, 0, 0).r[0];
        }
    }
    return left;
}

void guest_main(unsigned pe)
{
    uint64_t seed = SEED ^ guest_parameter;
    unsigned refused = 0;

    (void)pe;
    drive_begin(FFA_VERSION_1_3);
    kernel.base = drive_page(0);
    kernel.pages = ARENA;
    hostile_seed(&kernel, seed);
    for (unsigned turn = 0; turn < TURNS; turn++) {
        refused += hostile_calls(&kernel, CALLS);
        for (unsigned n = 1; n <= PARTITIONS; n++) {
            struct answer a = drive_tell(
                SP(n), MEM_CMD_HOSTILE, (seed + turn) * 0x9e3779b97f4a7c15ull + n, CALLS,
                kernel.last.handle, kernel.last.sender | (uint64_t)kernel.last.borrowers << 16);

            refused += (unsigned)a.r[0];
            hostile_tell(&kernel, (struct hostile_known){a.r[1], (uint16_t)a.r[2],
                                                         (uint16_t)(a.r[2] >> 16)});
        }
    }
    guest_assert(clean_up() == 0);
    /* And life goes on. */
    for (unsigned n = 1; n <= PARTITIONS; n++) {
        struct ffa_mem_range range;
        struct loan loan = drive_loan(FFA_MEM_LEND_32, SP(n), RW, &range, drive_page(ARENA), 3);

        guest_assert(drive_send(&loan) == 0);
        drive_retrieve(SP(n), &loan, (struct asks){.permissions = NX(RW)}, NX(RW));
        guest_assert(drive_relinquish(SP(n), &loan, 0) == 0 && drive_reclaim(&loan, 0) == 0);
    }
    console_printf("talk: %u calls, %u refused\n", TURNS * CALLS * (PARTITIONS + 1), refused);
    drive_end("nothing is lost in the noise");
}
