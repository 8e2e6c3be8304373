/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The machine of tests/unit/share for sequences of calls: booted once, put back to that state for
 * each sequence, and looked at after every call.
 */
#ifndef FUZZ_RIG_H
#define FUZZ_RIG_H

#include "descriptor.h"
#include "fuzz.h"

/* Boots, the first time; then everything is as it was after that. */
void rig_reset(void);

/* Pages that sequences are about: some of each endpoint, and what is nobody's. */
uint64_t rig_page_of(enum ep ep, unsigned n);
uint64_t rig_any_page(unsigned n);

static inline bool is_vm(uint16_t id)
{
    return (id & FFA_ID_SECURE_BIT) == 0;
}

bool rig_is_alive(enum ep ep);

/* Does what must always hold, hold? */
void rig_check(void);

/*
 * The registers after a call. A call that was refused has changed nothing, but for one that takes a
 * transaction with it (FRAG_TX); and what must always hold, holds. A dead partition calls nobody:
 * DENIED.
 */
struct regs rig_call(enum ep ep, const uint64_t x[FFA_REGS]);
#define RIG_CALL(ep, ...) rig_call((ep), (const uint64_t[FFA_REGS]){__VA_ARGS__})

/* The state was changed on purpose, not by a call. */
void rig_settle(void);

/* The partition dies. */
void rig_kill(enum ep ep);

/* Host address of its TX buffer, and its size; NULL: it has none. */
uint8_t *rig_tx(enum ep ep, uint32_t *size);

/*
 * Everybody gives everything back, which can not be refused; afterwards all pages of the pool are
 * accounted for, and without a donation and without a death all is as it was at first.
 */
void rig_finish(void);

#endif
