/* SPDX-License-Identifier: BSD-3-Clause */
/* All that memory management can change, to compare it before and after. */
#ifndef TEST_SHARE_SNAPSHOT_H
#define TEST_SHARE_SNAPSHOT_H

#include "machine.h"

struct snapshot;

/* Also checks what must always hold: counts of entries, no page twice, all pages accounted for. */
struct snapshot *snapshot_take(void);
void snapshot_free(struct snapshot *snapshot);

/* Tables leaf by leaf, words of the ledger, transactions and the number of free pages. */
void snapshot_same(const struct snapshot *before, const struct snapshot *after, const char *when);
/* And every byte of the core's mutable state but the caller's registers. */
void snapshot_same_state(const struct snapshot *before, const struct snapshot *after,
                         enum ep caller, const char *when);

/* Takes one, compares as snapshot_same() and frees it. */
void snapshot_check(const struct snapshot *before, const char *when);

#endif
