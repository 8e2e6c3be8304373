/* SPDX-License-Identifier: BSD-3-Clause */
/* Function identifiers that are not FF-A's, and those of FF-A that mean nothing. */
#include "rules.h"
#include "talk.h"

#define DIRTY 0xdeadbeef00000000ull

static void reserved_ffa(void)
{
    for (uint32_t low = 0x91; low <= 0xef; low++) {
        for (uint32_t width = 0; width <= SMCCC_64_BIT; width += SMCCC_64_BIT) {
            uint32_t fid = 0x84000000u | width | low;

            expect_error(FFA_NOT_SUPPORTED, CALL(fid, 1, 2, 3, 4, 5, 6, 7));
            expect_error(FFA_NOT_SUPPORTED, CALL(fid | DIRTY | SMCCC_SVE_HINT));
        }
    }
}

/* Is x0 "unknown function" and are x4 to x7 kept? */
static bool is_unknown(uint64_t fid)
{
    struct ffa_args r = CALL(fid, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17);
    bool ok = r.x[0] == ~0ull;

    for (unsigned n = 4; n < FFA_REGS_EXTENDED; n++) {
        ok = ok && r.x[n] == n;
    }
    return ok;
}

/* One in each range of the SMCCC: fast, yielding, both widths, every owner; PSCI's range spared. */
static void other_owners(void)
{
    for (uint32_t owner = 0; owner < 64; owner++) {
        for (uint32_t kind = 0; kind < 4; kind++) {
            uint32_t fid = kind << 30 | owner << 24;

            guest_assert(is_unknown(fid | 0xff42u));
            guest_assert(is_unknown(fid | 0x5fu));
            guest_assert(is_unknown(fid | 0xf0u | DIRTY));
            guest_assert(is_unknown(fid | 0x00ab0000u | 0x61u)); /* bits that must be zero */
        }
    }
    for (unsigned bit = 0; bit < 32; bit++) {
        if (1u << bit != SMCCC_FAST_BIT) { /* SMCCC_VERSION */
            guest_assert(is_unknown(1u << bit));
        }
    }
    guest_assert(is_unknown(0xffffffffu));
    guest_assert(is_unknown(~0ull));
}

void rules_unknown(uint32_t listed)
{
    reserved_ffa();
    other_owners();
    if (talk_is_kernel()) {
        return;
    }
    if (listed != 0 && ffa_get_conduit() == FFA_CONDUIT_SMC) {
        guest_assert(CALL(listed).x[0] == 0x10002u);
        guest_assert(CALL(listed | DIRTY, 0, 0, 0, 0, 0, 0, 77).x[7] == 77);
        guest_assert(CALL(listed | SMCCC_SVE_HINT).x[0] == 0x10002u);
        guest_assert(is_unknown(listed + 1));
    } else {
        guest_assert(is_unknown(SMCCC_VERSION)); /* an HVC is no SMC */
    }
    guest_assert(is_unknown(PSCI_VERSION));
    guest_assert(is_unknown(PSCI_CPU_ON_64));
    guest_assert(is_unknown(PSCI_SYSTEM_OFF));
    guest_assert(is_unknown(PSCI_SYSTEM_RESET2_64));
}
