/* SPDX-License-Identifier: BSD-3-Clause */
/* Exceptions taken by the guest to its own vectors. By default one ends the guest with a report. */
#ifndef GUEST_EXCEPTION_H
#define GUEST_EXCEPTION_H

#include "guest.h"

/* As vectors.S saves it. */
struct exception_frame {
    uint64_t x[31];
    uint64_t sp;
};

/* Where the next synchronous exception came from, for a test that wants one. */
struct exception_report {
    bool taken;
    uint64_t esr;
    uint64_t elr;
    uint64_t far;
};

/*
 * The next synchronous exception is noted instead of ending the guest, and the instruction that
 * took it is skipped (after a fetch abort: the call returns to its caller). One PE at a time.
 */
void exception_expect(void);

/* Ends the expectation and says what came. */
struct exception_report exception_result(void);

/* ESR_ELx.EC */
#define ESR_EC(esr)          ((unsigned)((esr) >> 26) & 0x3fu)
#define EC_UNKNOWN           0x00u
#define EC_INSTRUCTION_ABORT 0x21u
#define EC_DATA_ABORT        0x25u

/* Called by vectors.S; `index` is the place in the vector table. Returns to resume the frame. */
void exception_handle(struct exception_frame *frame, unsigned index);

#endif
