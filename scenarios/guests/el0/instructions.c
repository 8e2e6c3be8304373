/* SPDX-License-Identifier: BSD-3-Clause */
/* What EL0 may do, and what ends it. */
#include "el0.h"
#include "guest.h"
#include "mem.h"
#include "rules.h"
#include "state.h"
#include "sysreg.h"

#define FPSR   0x0800009full
#define FPCR   0x07c00000ull
#define SPREAD 0x9e3779b97f4a7c15ull

#define ACCESSORS(name) SYSREG_READ(name) SYSREG_WRITE(name)
ACCESSORS(tpidr_el0)
SYSREG_READ(tpidrro_el0)
SYSREG_READ(cntvct_el0)
SYSREG_READ(cntpct_el0)
SYSREG_READ(cntfrq_el0)
SYSREG_READ(dczid_el0)
/* FPCR and FPSR by their encodings: the compiler knows no floating point here. */
ACCESSORS(s3_3_c4_c4_0)
ACCESSORS(s3_3_c4_c4_1)

static uint64_t last; /* number of the state that was left behind; 0: none yet */
static uint64_t vectors[2 * STATE_VECTORS];

static uint64_t value_of(uint64_t number, unsigned index)
{
    return (number + index) * SPREAD;
}

uint64_t rules_state(uint64_t number)
{
    uint64_t before = last;

    if (last != 0) {
        guest_assert(read_tpidr_el0() == value_of(last, 0));
        guest_assert(read_s3_3_c4_c4_0() == (value_of(last, 1) & FPCR));
        guest_assert(read_s3_3_c4_c4_1() == (value_of(last, 2) & FPSR));
        state_store_vectors(vectors);
        for (unsigned i = 0; i < 2 * STATE_VECTORS; i++) {
            guest_assert(vectors[i] == value_of(last, 100 + i));
        }
    } else {
        guest_assert(read_tpidr_el0() == 0 && read_tpidrro_el0() == 0);
        guest_assert(read_s3_3_c4_c4_0() == 0 && read_s3_3_c4_c4_1() == 0);
        state_store_vectors(vectors);
        for (unsigned i = 0; i < 2 * STATE_VECTORS; i++) {
            guest_assert(vectors[i] == 0);
        }
    }
    last = number;
    write_tpidr_el0(value_of(last, 0));
    write_s3_3_c4_c4_0(value_of(last, 1) & FPCR);
    write_s3_3_c4_c4_1(value_of(last, 2) & FPSR);
    for (unsigned i = 0; i < 2 * STATE_VECTORS; i++) {
        vectors[i] = value_of(last, 100 + i);
    }
    state_load_vectors(vectors);
    return before;
}

static void sign_and_check(void)
{
    uint64_t pointer = (uintptr_t)last;
    uint64_t signed_pointer = pointer;

    /* PACIA and AUTIA x, sp; with any key they undo each other */
    __asm__ volatile(".arch armv8.3-a\n pacia %0, sp" : "+r"(signed_pointer));
    __asm__ volatile(".arch armv8.3-a\n autia %0, sp" : "+r"(signed_pointer));
    guest_assert(signed_pointer == pointer);
}

static void maintain_caches(uintptr_t at)
{
    guest_assert(((read_ctr_el0() >> 16) & 0xfu) >= 2);
    __asm__ volatile("dc cvau, %0\n dsb ish\n ic ivau, %0\n dsb ish\n isb" : : "r"(at) : "memory");
    __asm__ volatile("dc civac, %0\n dc cvac, %0" : : "r"(at) : "memory");
}

static void zero_a_block(void)
{
    uint64_t block_bytes = 4ull << (read_dczid_el0() & 0xfu);
    uint8_t *page = rules_writable_page;

    guest_assert((read_dczid_el0() & 0x10u) == 0);
    memset(page, 0x55, 2 * block_bytes);
    __asm__ volatile("dc zva, %0" : : "r"(page) : "memory");
    guest_assert(page[0] == 0 && page[block_bytes - 1] == 0 && page[block_bytes] == 0x55);
}

void rules_allowed(void)
{
    uint64_t before = read_cntvct_el0();
    uint64_t kept = SPREAD;

    guest_assert(read_cntvct_el0() >= before && read_cntpct_el0() != 0 && read_cntfrq_el0() != 0);
    maintain_caches((uintptr_t)rules_writable_page);
    zero_a_block();
    sign_and_check();
    /* Cycles go back to whoever gave them; no register changes. */
    __asm__ volatile("wfi" : "+r"(kept));
    guest_assert(kept == SPREAD);
}

void rules_die(uint32_t command)
{
    uint64_t value = 0;

    switch (command) {
    case EL0_CMD_WRITE_READ_ONLY:
        *(volatile uint8_t *)rules_read_only_page = 1;
        break;
    case EL0_CMD_CALL_DATA:
        *(volatile uint32_t *)(void *)rules_writable_page = 0xd65f03c0u; /* ret */
        __asm__ volatile("blr %0" : : "r"(rules_writable_page) : "x30", "memory");
        break;
    case EL0_CMD_SMC:
        __asm__ volatile("smc #0" : : : "memory");
        break;
    case EL0_CMD_HVC:
        __asm__ volatile("hvc #0" : : : "memory");
        break;
    case EL0_CMD_READ_SCTLR:
        __asm__ volatile("mrs %0, sctlr_el1" : "=r"(value));
        break;
    case EL0_CMD_WRITE_VBAR:
        __asm__ volatile("msr vbar_el1, %0" : : "r"(value));
        break;
    case EL0_CMD_READ_DAIF:
        __asm__ volatile("mrs %0, daif" : "=r"(value));
        break;
    case EL0_CMD_ERET:
        __asm__ volatile("eret");
        break;
    case EL0_CMD_BREAKPOINT:
        __asm__ volatile("brk #7");
        break;
    case EL0_CMD_JUMP_ODD:
        __asm__ volatile("br %0" : : "r"((uintptr_t)__image_start + 2) : "memory");
        break;
    case EL0_CMD_PHYSICAL_TIMER:
        __asm__ volatile("msr cntp_ctl_el0, %0" : : "r"(value));
        break;
    default:
        break;
    }
}
