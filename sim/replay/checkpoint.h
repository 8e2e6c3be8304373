/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Checkpoints: a run as it was at some moment, to come back to any number of times.
 *
 * A checkpoint is a process, a copy of the one that ran (copy on write: what was not written since
 * is shared), parked until it is wanted. To come back it makes a copy of itself, which goes on: a
 * runner. The checkpoint itself never moves. A runner can take checkpoints in turn.
 *
 * One process, the owner, creates the set, and starts and waits for one runner at a time. Every
 * other process of the set is a child of the owner, and dies with it; there are no files and no
 * descriptors. What the processes tell each other goes through memory that they share.
 *
 * Limits: CHECKPOINTS_MOST, a budget of memory, and what the host says about processes. A
 * checkpoint that does not fit is refused with one line, and the runner goes on without. Nothing is
 * thrown away by itself: the owner drops what it does not need any more.
 */
#ifndef SIM_REPLAY_CHECKPOINT_H
#define SIM_REPLAY_CHECKPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "sim/machine/error.h"

#define CHECKPOINTS_MOST         4096u
#define CHECKPOINTS_BUDGET_BYTES (2ull << 30)

struct checkpoints;

/* Where in a run. Runs that went different ways have different numbers of the caller's. */
struct checkpoint_place {
    uint64_t course;
    uint64_t event;  /* so many events have happened */
    uint64_t choice; /* so many choice points */
    uint64_t time_ns;
};

struct checkpoint_limits {
    uint32_t most;         /* 0: CHECKPOINTS_MOST, which it can not exceed */
    uint64_t budget_bytes; /* 0: CHECKPOINTS_BUDGET_BYTES */
};

/*
 * In the owner. `shared_bytes`, zeroed, are the caller's for orders and results: all processes of
 * the set see the same. NULL: *err says why.
 */
struct checkpoints *checkpoints_create(const struct checkpoint_limits *limits, size_t shared_bytes,
                                       struct sim_error *err);
/* Ends every process of the set; NULL is allowed. */
void checkpoints_destroy(struct checkpoints *set);
void *checkpoints_shared(struct checkpoints *set);

/*
 * Owner: fn(user) in a process of its own, the first runner, which is over when that returns. Comes
 * back when it has ended, however; *status: as of waitpid(). False: there was no process, *err says
 * why.
 */
bool checkpoints_start(struct checkpoints *set, void (*fn)(void *user), void *user, int *status,
                       struct sim_error *err);

/*
 * In a runner: takes a checkpoint here. The runner goes on with *is_back false. Each time when
 * somebody comes back to it, the function returns once more, in a new process, with *is_back true.
 * Gives its number, from 1 up. 0: refused, *err says why in one line, the run goes on.
 */
uint32_t checkpoint_take(struct checkpoints *set, const struct checkpoint_place *place,
                         bool *is_back, struct sim_error *err);

/*
 * The same, and the runner is over, with status 0: the function returns only where somebody came
 * back, with the number. 0: refused.
 */
uint32_t checkpoint_park(struct checkpoints *set, const struct checkpoint_place *place,
                         struct sim_error *err);

/*
 * Owner: comes back to a checkpoint and waits until the runner has ended; *status as above. However
 * it ends, the checkpoint stays. False: there is no such checkpoint, it has died, or the host has
 * no process for a runner; *err says which.
 */
bool checkpoint_return(struct checkpoints *set, uint32_t number, int *status,
                       struct sim_error *err);

/* Owner: away with it; with those taken later nothing happens. Unknown numbers are ignored. */
void checkpoint_drop(struct checkpoints *set, uint32_t number);

/* False: there is none of this number. */
bool checkpoint_find(const struct checkpoints *set, uint32_t number,
                     struct checkpoint_place *place);
/* The last of a course before its event number `event` happens. 0: there is none. */
uint32_t checkpoint_before(const struct checkpoints *set, uint64_t course, uint64_t event);

uint32_t checkpoints_count(const struct checkpoints *set);
/* What they are counted as: memory that only they hold, their page tables, the kernel's part. */
uint64_t checkpoints_bytes(const struct checkpoints *set);
/* Process of a checkpoint, to look at; 0: none of this number. */
pid_t checkpoint_process(const struct checkpoints *set, uint32_t number);
#endif
