/* SPDX-License-Identifier: BSD-3-Clause */
/* The list of cases, and how one is made: stage 1 lets the access out, stage 2 decides. */
#include "cases.h"

#include "access.h"
#include "exception.h"
#include "ffa/abi.h"
#include "guest.h"
#include "mmu.h"

/* Places of board qemu: regions of faults.dts, and what is not this partition's. */
#define READ_ONLY     0x0ef00000u
#define NO_EXECUTE    0x0ef02000u
#define CODE          0x0ef04000u
#define BEHIND_CODE   0x0ef05000u
#define NS_PAGE       0x60000000u
#define NS_READ_ONLY  0x60001000u
#define NS_OTHER      0x60002000u /* the normal world's, not given to this partition */
#define NOTHING       0x0d800000u
#define OF_EL3        0x0e040000u
#define OF_SPMC       0x0e100000u
#define OF_ECHO       0x0e300000u
#define HIGH_IPA      0xf000000000u  /* in the upper half of the IPA space */
#define BEYOND_IPA    0x10000000000u /* 2^40 */
#define NO_STAGE_1    0x7000000000u
#define TABLE_NOWHERE 0xff8000000000u /* its level-1 table is at NOTHING */

/* Outcome: the FSC that a fault has (Arm ARM D24.2.40), 0 for none */
#define OK               0x00u
#define TRANSLATION(lvl) (0x04u + (lvl))
#define PERMISSION(lvl)  (0x0cu + (lvl))
#define STAGE_1          0x100u /* not seen by the SPMC */

#define ESR_FSC 0x3fu
#define ESR_WNR (1u << 6)

#define TABLE_ROOT_INDEX 511u
#define DESC_TABLE       0x3u

struct fault_case {
    uintptr_t address;
    enum access access;
    unsigned attributes; /* of stage 1 */
    unsigned outcome;
};

#define S MMU_EXECUTE                    /* leaves as secure */
#define N (MMU_EXECUTE | MMU_NON_SECURE) /* leaves as non-secure */

static const struct fault_case cases[] = {
    /* What is mapped with fewer rights */
    {READ_ONLY, ACCESS_LDRB, S, OK},
    {READ_ONLY + 0x1ff8, ACCESS_LDR_X, S, OK},
    {READ_ONLY, ACCESS_STRB, S, PERMISSION(3)},
    {READ_ONLY + 0x1008, ACCESS_STR_X, S, PERMISSION(3)},
    {READ_ONLY, ACCESS_FETCH, S, PERMISSION(3)},
    {NO_EXECUTE + 0x10, ACCESS_STR_X, S, OK},
    {NO_EXECUTE + 0x10, ACCESS_LDR_X, S, OK},
    {NO_EXECUTE + 0x1ffc, ACCESS_FETCH, S, PERMISSION(3)},
    {CODE, ACCESS_LDR_W, S, OK},
    {CODE + 0x20, ACCESS_STR_W, S, PERMISSION(3)},
    {NS_PAGE, ACCESS_STR_X, N, OK},
    {NS_PAGE, ACCESS_LDR_X, N, OK},
    {NS_PAGE, ACCESS_FETCH, N, PERMISSION(3)},
    {NS_READ_ONLY + 0xff8, ACCESS_LDR_X, N, OK},
    {NS_READ_ONLY + 0xff8, ACCESS_STR_X, N, PERMISSION(3)},
    {NS_READ_ONLY, ACCESS_FETCH, N, PERMISSION(3)},

    /* What is not mapped: nothing there, the SPMC's, another partition's, the normal world's */
    {NOTHING + 0x123, ACCESS_LDRB, S, TRANSLATION(2)},
    {NOTHING + 0x124, ACCESS_STRB, S, TRANSLATION(2)},
    {NOTHING + 0x128, ACCESS_FETCH, S, TRANSLATION(2)},
    {OF_EL3, ACCESS_LDR_X, S, TRANSLATION(2)},
    {OF_EL3, ACCESS_STR_X, S, TRANSLATION(2)},
    {OF_SPMC, ACCESS_LDR_X, S, TRANSLATION(2)},
    {OF_SPMC, ACCESS_STR_X, S, TRANSLATION(2)},
    {OF_SPMC, ACCESS_FETCH, S, TRANSLATION(2)},
    {OF_ECHO + 0x4000, ACCESS_LDR_X, S, TRANSLATION(2)},
    {OF_ECHO + 0x4000, ACCESS_STR_X, S, TRANSLATION(2)},
    {OF_ECHO + 0x4000, ACCESS_FETCH, S, TRANSLATION(2)},
    {BEHIND_CODE, ACCESS_LDR_X, S, TRANSLATION(3)},
    {NS_OTHER + 0xabc, ACCESS_LDR_W, N, TRANSLATION(3)},
    {NS_OTHER + 0xabc, ACCESS_STR_W, N, TRANSLATION(3)},
    {NS_OTHER, ACCESS_FETCH, N, TRANSLATION(3)},

    /* The right address in the wrong world */
    {NS_PAGE + 0x40, ACCESS_LDR_X, S, TRANSLATION(1)},
    {NS_PAGE + 0x40, ACCESS_STR_X, S, TRANSLATION(1)},
    {NO_EXECUTE + 0x40, ACCESS_LDR_X, N, TRANSLATION(1)},
    {NO_EXECUTE + 0x40, ACCESS_STR_X, N, TRANSLATION(1)},
    {OF_SPMC + 0x40, ACCESS_LDR_X, N, TRANSLATION(1)},

    /* At the end of the IPA space, outside of it, and a stage-1 table that stage 2 does not let the
       walker read */
    {HIGH_IPA + 0x18, ACCESS_LDR_X, S, TRANSLATION(1)},
    {HIGH_IPA + 0x18, ACCESS_STR_X, N, TRANSLATION(1)},
    {BEYOND_IPA + 0x18, ACCESS_LDR_X, S, TRANSLATION(0)},
    {BEYOND_IPA + 0x18, ACCESS_STR_X, N, TRANSLATION(0)},
    {TABLE_NOWHERE + 0x5000, ACCESS_LDR_X, S, TRANSLATION(2)},
    {TABLE_NOWHERE + 0x5000, ACCESS_STR_X, S, TRANSLATION(2)},
    {TABLE_NOWHERE + 0x5000, ACCESS_FETCH, S, TRANSLATION(2)},

    /* How each instruction is described, where it is (ISV, SAS, SSE, SRT, SF, AR) */
    {OF_ECHO, ACCESS_LDRB, S, TRANSLATION(2)},
    {OF_ECHO, ACCESS_LDRH, S, TRANSLATION(2)},
    {OF_ECHO, ACCESS_LDR_W, S, TRANSLATION(2)},
    {OF_ECHO, ACCESS_LDRSB_X, S, TRANSLATION(2)},
    {OF_ECHO, ACCESS_LDRSH_W, S, TRANSLATION(2)},
    {OF_ECHO, ACCESS_LDRSW, S, TRANSLATION(2)},
    {OF_ECHO, ACCESS_LDR_OFFSET, S, TRANSLATION(2)},
    {OF_ECHO, ACCESS_LDR_REGISTER, S, TRANSLATION(2)},
    {OF_ECHO, ACCESS_LDUR, S, TRANSLATION(2)},
    {OF_ECHO, ACCESS_LDR_POST, S, TRANSLATION(2)},
    {OF_ECHO, ACCESS_STR_PRE, S, TRANSLATION(2)},
    {OF_ECHO, ACCESS_LDP, S, TRANSLATION(2)},
    {OF_ECHO, ACCESS_STP, S, TRANSLATION(2)},
    {OF_ECHO, ACCESS_LDAR, S, TRANSLATION(2)},
    {OF_ECHO, ACCESS_STLR, S, TRANSLATION(2)},
    {OF_ECHO, ACCESS_LDXR, S, TRANSLATION(2)},
    {OF_ECHO, ACCESS_STRH, S, TRANSLATION(2)},
    {OF_ECHO, ACCESS_STR_X9, S, TRANSLATION(2)},
    {OF_ECHO, ACCESS_DC_ZVA, S, TRANSLATION(2)},
    {READ_ONLY, ACCESS_DC_ZVA, S, PERMISSION(3)},
    {READ_ONLY, ACCESS_STP, S, PERMISSION(3)},

    /* Its own stage 1 */
    {NO_STAGE_1, ACCESS_LDR_X, 0, STAGE_1 | TRANSLATION(1)},
    {NO_STAGE_1, ACCESS_STR_X, 0, STAGE_1 | TRANSLATION(1)},
    {NO_EXECUTE, ACCESS_STR_X, MMU_READ_ONLY, STAGE_1 | PERMISSION(3)},
    {NO_EXECUTE, ACCESS_FETCH, MMU_READ_ONLY, STAGE_1 | PERMISSION(3)},
};

#define CASE_COUNT (sizeof(cases) / sizeof(cases[0]))

static bool is_mapped_by_case(const struct fault_case *c)
{
    return c->address != NO_STAGE_1 && c->address < TABLE_NOWHERE;
}

static void check(const struct fault_case *c, const struct exception_report *report)
{
    unsigned fsc = c->outcome & ESR_FSC;

    guest_assert(report->taken == (c->outcome != OK));
    if (!report->taken) {
        return;
    }
    bool is_fetch = c->access == ACCESS_FETCH;

    guest_assert(ESR_EC(report->esr) == (is_fetch ? EC_INSTRUCTION_ABORT : EC_DATA_ABORT));
    guest_assert((report->esr & ESR_FSC) == fsc);
    guest_assert(report->far == c->address);
    guest_assert(is_fetch || ((report->esr & ESR_WNR) != 0) == access_writes(c->access));
}

struct fault_result faults_run(unsigned index)
{
    if (index >= CASE_COUNT) {
        return (struct fault_result){.there = false};
    }
    const struct fault_case *c = &cases[index];
    uintptr_t page = c->address & ~(uintptr_t)(FFA_PAGE_SIZE_BYTES - 1);

    if (c->address >= TABLE_NOWHERE) {
        mmu_set_root_entry(TABLE_ROOT_INDEX, NOTHING | DESC_TABLE);
    } else if (is_mapped_by_case(c)) {
        guest_assert(mmu_map(page, FFA_PAGE_SIZE_BYTES, c->attributes));
    }
    exception_expect();
    access_make(c->access, c->address);
    struct exception_report report = exception_result();

    if (c->address >= TABLE_NOWHERE) {
        mmu_set_root_entry(TABLE_ROOT_INDEX, 0);
    } else if (is_mapped_by_case(c)) {
        mmu_unmap(page, FFA_PAGE_SIZE_BYTES);
    }
    check(c, &report);
    return (struct fault_result){true, report.taken, report.esr, report.far};
}
