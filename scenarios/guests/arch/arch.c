/* SPDX-License-Identifier: BSD-3-Clause */
/* arch: a partition at S-EL1 that sets controls of its own level (arch.h). */
#include "arch.h"

#include "exception.h"
#include "guest.h"
#include "serve.h"
#include "sysreg.h"

#define SCTLR_A    (1ull << 1)
#define SCTLR_ENDB (1ull << 13)
#define SCTLR_ENDA (1ull << 27)
#define SCTLR_ENIB (1ull << 30)
#define SCTLR_ENIA (1ull << 31)

#define SPREAD 0x9e3779b97f4a7c15ull

/* By their encodings: the compiler's base architecture does not name them. */
#define KEYS(X)                   \
    X(0, s3_0_c2_c1_0) /* APIA */ \
    X(1, s3_0_c2_c1_1)            \
    X(2, s3_0_c2_c1_2) /* APIB */ \
    X(3, s3_0_c2_c1_3)            \
    X(4, s3_0_c2_c2_0) /* APDA */ \
    X(5, s3_0_c2_c2_1)            \
    X(6, s3_0_c2_c2_2) /* APDB */ \
    X(7, s3_0_c2_c2_3)            \
    X(8, s3_0_c2_c3_0) /* APGA */ \
    X(9, s3_0_c2_c3_1)
#define ACCESSORS(n, name) SYSREG_READ(name) SYSREG_WRITE(name)
KEYS(ACCESSORS)

static uint64_t seed; /* of the keys; 0: none yet */

static uint64_t key_of(unsigned n)
{
    return (seed + n) * SPREAD;
}

static void set_sctlr(uint64_t clear, uint64_t set)
{
    write_sctlr_el1((read_sctlr_el1() & ~clear) | set);
    __asm__ volatile("isb" ::: "memory");
}

static void check_keys(void)
{
#define CHECK(n, name) guest_assert(read_##name() == key_of(n));
    KEYS(CHECK)
#undef CHECK
}

static void set_keys(uint64_t new_seed)
{
    if (seed != 0) {
        check_keys();
    }
    seed = new_seed;
#define SET(n, name) write_##name(key_of(n));
    KEYS(SET)
#undef SET
    set_sctlr(0, SCTLR_ENIA | SCTLR_ENIB | SCTLR_ENDA | SCTLR_ENDB);
}

/* Returns what SCTLR_EL1.A was. */
static uint64_t set_alignment_check(bool on)
{
    uint64_t before = read_sctlr_el1();

    set_sctlr(SCTLR_A, on ? SCTLR_A : 0);
    guest_assert(read_sctlr_el1() == ((before & ~SCTLR_A) | (on ? SCTLR_A : 0)));
    return (before & SCTLR_A) != 0;
}

static void touch_unaligned(void)
{
    static uint64_t place[2] = {0x1122334455667788, 0x99aabbccddeeff00};
    uintptr_t at = (uintptr_t)place + 1;
    uint64_t value;

    __asm__ volatile("ldr %0, [%1]" : "=r"(value) : "r"(at) : "memory");
    guest_assert(value == 0x0011223344556677);
    __asm__ volatile("strh %w0, [%1]" : : "r"(0x3344), "r"(at + 6) : "memory");
    guest_assert(place[0] == 0x4422334455667788 && place[1] == 0x99aabbccddeeff33);
    place[0] = 0x1122334455667788;
    place[1] = 0x99aabbccddeeff00;
}

static void return_to(struct request *request)
{
    exception_expect();
    uint64_t arrived = pauth_return(request->word[1]);
    struct exception_report report = exception_result();

    request->word[1] = arrived;
    request->word[2] = report.taken ? report.esr : 0;
}

static void handle(struct ffa_args *args, const struct request *request)
{
    uint64_t *word = request->word;
    struct request mine = *request;

    (void)args;
    if (word[0] == ARCH_CMD_UNALIGNED) {
        bool on = word[1] != 0;

        word[1] = set_alignment_check(on);
        if (!on) {
            touch_unaligned();
        }
    } else if (word[0] == ARCH_CMD_KEYS) {
        set_keys(word[1]);
    } else if (word[0] == ARCH_CMD_SIGN) {
        struct pauth_signatures s = pauth_sign();

        check_keys();
        word[0] = s.by_ga;
        word[1] = s.by_ia;
        word[2] = s.by_ib;
        word[3] = s.by_da;
        word[4] = s.by_db;
    } else if (word[0] == ARCH_CMD_RETURN) {
        return_to(&mine);
    }
}

void guest_main(unsigned pe)
{
    (void)pe;
    guest_assert(ffa_version(FFA_VERSION_1_3) > 0);
    serve(handle);
}
