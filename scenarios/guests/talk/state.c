/* SPDX-License-Identifier: BSD-3-Clause */
#include "state.h"

#include <stdbool.h>

#include "guest.h"
#include "sysreg.h"

#define FPEN    (3ull << 20)
#define TFP_EL2 (1ull << 10)
#define FPSR    0x0800009full /* QC and the sticky exception flags */
#define FPCR    0x07c00000ull /* AHP, DN, FZ and the rounding mode */
#define SPSR    0xf00003c5ull
#define CNTKCTL 0x300ull /* EL0 and the timers */
#define WORD    0xffffffffull
#define SPREAD  0x9e3779b97f4a7c15ull

/* Register, and the bits of it that hold what was written. */
#define REGISTERS(X)        \
    X(tpidrro_el0, ~0ull)   \
    X(tpidr_el1, ~0ull)     \
    X(contextidr_el1, WORD) \
    X(elr_el1, ~0ull)       \
    X(far_el1, ~0ull)       \
    X(spsr_el1, SPSR)       \
    X(sp_el0, ~0ull)        \
    X(cntkctl_el1, CNTKCTL)

/* sysreg.h has those of ELR and FAR. */
#define ACCESSORS(name) SYSREG_READ(name) SYSREG_WRITE(name)
ACCESSORS(tpidrro_el0)
ACCESSORS(tpidr_el1)
ACCESSORS(contextidr_el1)
ACCESSORS(spsr_el1)
ACCESSORS(sp_el0)
ACCESSORS(cntkctl_el1)
ACCESSORS(cpacr_el1)
ACCESSORS(cptr_el2)
/* FPCR and FPSR by their encodings: the compiler knows no floating point here. */
ACCESSORS(s3_3_c4_c4_0)
ACCESSORS(s3_3_c4_c4_1)

static uint64_t last; /* 0: none yet */
static uint64_t vectors[2 * STATE_VECTORS];

static uint64_t value_of(uint64_t number, unsigned index)
{
    return (number + index) * SPREAD;
}

static void open_vectors(void)
{
    if (current_el() == 2) {
        write_cptr_el2(read_cptr_el2() & ~TFP_EL2);
    } else {
        write_cpacr_el1(read_cpacr_el1() | FPEN);
    }
    __asm__ volatile("isb" ::: "memory");
}

static bool is_kept(void)
{
    bool ok = true;
    unsigned n = 0;

#define CHECK(name, mask)                                                \
    ok = (read_##name() & (mask)) == (value_of(last, n) & (mask)) && ok; \
    n++;
    REGISTERS(CHECK)
#undef CHECK
    ok = read_s3_3_c4_c4_0() == (value_of(last, n) & FPCR) && ok;
    ok = read_s3_3_c4_c4_1() == (value_of(last, n) & FPSR) && ok;
    state_store_vectors(vectors);
    for (unsigned i = 0; i < 2 * STATE_VECTORS; i++) {
        ok = vectors[i] == value_of(last, 100 + i) && ok;
    }
    return ok;
}

uint64_t state_change(uint64_t number)
{
    uint64_t before = last;
    unsigned n = 0;

    open_vectors();
    if (last != 0) {
        guest_assert(is_kept());
    }
    last = number;
#define SET(name, mask) write_##name(value_of(last, n++) & (mask));
    REGISTERS(SET)
#undef SET
    write_s3_3_c4_c4_0(value_of(last, n) & FPCR);
    write_s3_3_c4_c4_1(value_of(last, n) & FPSR);
    for (unsigned i = 0; i < 2 * STATE_VECTORS; i++) {
        vectors[i] = value_of(last, 100 + i);
    }
    state_load_vectors(vectors);
    return before;
}
