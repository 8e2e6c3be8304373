/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE /* MAP_ANONYMOUS, syscall() */
#include "sim/replay/checkpoint.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include <signal.h> /* struct timespec, too */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROCESS_BYTES (64u * 1024) /* of the kernel, for each process; and what is not counted */
#define LOOK_NS       100000000 /* how often somebody who waits sees whether the other one lives */

/* A number keeps its slot: number - 1 is the slot's index. */
struct slot {
    bool used;
    atomic_int pid; /* 0: not yet, or never */
    uint64_t taken; /* how many were taken before */
    struct checkpoint_place place;
    uint64_t bytes;
    atomic_uint orders; /* the checkpoint waits for it to change */
};

/* All of it is shared. One runner at a time: only `pid`, `orders` and `answer` need care. */
struct checkpoints {
    size_t mapping_bytes;
    pid_t owner;
    uint32_t most;
    uint64_t budget_bytes;
    uint32_t count;
    uint64_t taken;
    uint64_t bytes;
    uint32_t latest; /* number of what the present runner took last: it holds what this one wrote */
    atomic_int answer; /* to an order: the runner's process, or minus errno; 0: none yet */
    size_t shared_at;
    struct slot slot[];
};

static void futex_wait(void *word, unsigned value)
{
    const struct timespec while_ = {.tv_nsec = LOOK_NS};

    (void)syscall(SYS_futex, word, FUTEX_WAIT, value, &while_, NULL, 0);
}

static void futex_wake(void *word)
{
    (void)syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

/* What this process does with its owner's death: the same. */
static void follow_owner(const struct checkpoints *set)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != set->owner) {
        _exit(1);
    }
}

/*
 * A copy of this process, which is a child of the owner as this one is. Not by fork(), whose copy
 * would be a child of this process, and die with it.
 */
static pid_t copy_process(const struct checkpoints *set)
{
    pid_t pid =
        (pid_t)syscall(SYS_clone, (unsigned long)CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, NULL);

    if (pid == 0) {
        follow_owner(set);
    }
    return pid;
}

struct checkpoints *checkpoints_create(const struct checkpoint_limits *limits, size_t shared_bytes,
                                       struct sim_error *err)
{
    size_t shared_at = sizeof(struct checkpoints) + CHECKPOINTS_MOST * sizeof(struct slot);
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    struct checkpoints *set;

    shared_at = (shared_at + page - 1) / page * page;
    set = mmap(NULL, shared_at + shared_bytes, PROT_READ | PROT_WRITE,
               MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (set == MAP_FAILED) {
        sim_fail(err, SIM_INTERNAL, "checkpoints: out of memory");
        return NULL;
    }
    set->mapping_bytes = shared_at + shared_bytes;
    set->shared_at = shared_at;
    set->owner = getpid();
    set->most =
        limits->most != 0 && limits->most < CHECKPOINTS_MOST ? limits->most : CHECKPOINTS_MOST;
    set->budget_bytes = limits->budget_bytes != 0 ? limits->budget_bytes : CHECKPOINTS_BUDGET_BYTES;
    return set;
}

void *checkpoints_shared(struct checkpoints *set)
{
    return (char *)set + set->shared_at;
}

static void reap(pid_t pid, int *status)
{
    int own;

    while (waitpid(pid, status != NULL ? status : &own, 0) < 0 && errno == EINTR) {
    }
}

static struct slot *find(const struct checkpoints *set, uint32_t number)
{
    const struct slot *slot = number != 0 && number <= set->most ? &set->slot[number - 1] : NULL;

    return slot != NULL && slot->used ? (struct slot *)(uintptr_t)slot : NULL;
}

static void forget(struct checkpoints *set, struct slot *slot)
{
    set->bytes -= slot->bytes;
    set->count--;
    slot->used = false;
    slot->bytes = 0;
    atomic_store(&slot->pid, 0);
}

void checkpoint_drop(struct checkpoints *set, uint32_t number)
{
    struct slot *slot = find(set, number);
    pid_t pid = slot != NULL ? atomic_load(&slot->pid) : 0;

    if (pid > 0) {
        kill(pid, SIGKILL);
        reap(pid, NULL);
    }
    if (slot != NULL) {
        forget(set, slot);
    }
}

void checkpoints_destroy(struct checkpoints *set)
{
    if (set == NULL) {
        return;
    }
    for (uint32_t i = 0; i < set->most && getpid() == set->owner && set->count != 0; i++) {
        checkpoint_drop(set, i + 1);
    }
    munmap(set, set->mapping_bytes);
}

/* A number in KiB behind a name, in a file of /proc; what is not there counts as 0. */
static uint64_t proc_bytes(const char *path, const char *name)
{
    FILE *file = fopen(path, "re");
    uint64_t kib = 0;
    char line[256];

    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        if (strncmp(line, name, strlen(name)) == 0) {
            kib += strtoull(line + strlen(name), NULL, 10);
            break;
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    return kib * 1024u;
}

/* Room for one more, with what came about since the latest one: that is the latest one's. */
static bool has_room(struct checkpoints *set, uint64_t event, struct slot *latest, uint64_t own,
                     struct sim_error *err)
{
    uint64_t written = proc_bytes("/proc/self/smaps_rollup", "Private_Dirty:");

    if (set->count >= set->most) {
        return sim_fail(err, SIM_BAD_INPUT,
                        "no checkpoint at event %" PRIu64 ": %u are there, and more are not "
                        "allowed; drop some, or take them further apart",
                        event, set->count);
    }
    if (latest != NULL) {
        latest->bytes += written;
        set->bytes += written;
        written = 0;
    }
    if (set->bytes + own + written > set->budget_bytes) {
        return sim_fail(err, SIM_BAD_INPUT,
                        "no checkpoint at event %" PRIu64 ": %u take %" PRIu64
                        " MiB, and the budget is %" PRIu64
                        " MiB; drop some, or take them further apart",
                        event, set->count, set->bytes >> 20, set->budget_bytes >> 20);
    }
    return true;
}

static struct slot *new_slot(struct checkpoints *set, const struct checkpoint_place *place,
                             struct sim_error *err)
{
    uint64_t own = PROCESS_BYTES + proc_bytes("/proc/self/status", "VmPTE:");
    uint32_t i = 0;

    if (!has_room(set, place->event, find(set, set->latest), own, err)) {
        return NULL;
    }
    while (set->slot[i].used) {
        i++;
    }
    set->slot[i].used = true;
    set->slot[i].taken = set->taken++;
    set->slot[i].place = *place;
    set->slot[i].bytes = own;
    atomic_store(&set->slot[i].pid, 0);
    set->bytes += own;
    set->count++;
    set->latest = i + 1;
    return &set->slot[i];
}

/* Is a checkpoint for ever; returns in each runner. */
static void be_parked(struct checkpoints *set, struct slot *slot, unsigned seen)
{
    for (;;) {
        pid_t pid;

        while (atomic_load(&slot->orders) == seen) {
            futex_wait(&slot->orders, seen);
        }
        seen = atomic_load(&slot->orders);
        pid = copy_process(set);
        if (pid == 0) {
            return;
        }
        atomic_store(&set->answer, pid > 0 ? pid : -errno);
        futex_wake(&set->answer);
    }
}

uint32_t checkpoint_take(struct checkpoints *set, const struct checkpoint_place *place,
                         bool *is_back, struct sim_error *err)
{
    struct slot *slot = new_slot(set, place, err);
    uint32_t number = set->latest;
    unsigned seen;
    pid_t pid;

    *is_back = false;
    if (slot == NULL) {
        return 0;
    }
    seen = atomic_load(&slot->orders);
    pid = copy_process(set);
    if (pid == 0) {
        atomic_store(&slot->pid, getpid()); /* the runner may be killed before it says so */
        be_parked(set, slot, seen);
        *is_back = true;
        return number;
    }
    if (pid < 0) {
        sim_fail(err, SIM_INTERNAL,
                 "no checkpoint at event %" PRIu64 ": %u are there, and the host has no process "
                 "for one more: %s",
                 place->event, set->count - 1, strerror(errno));
        forget(set, slot);
        set->latest = 0;
        return 0;
    }
    atomic_store(&slot->pid, pid);
    return number;
}

uint32_t checkpoint_park(struct checkpoints *set, const struct checkpoint_place *place,
                         struct sim_error *err)
{
    bool is_back;
    uint32_t number = checkpoint_take(set, place, &is_back, err);

    if (number != 0 && !is_back) {
        _exit(0);
    }
    return number;
}

bool checkpoints_start(struct checkpoints *set, void (*fn)(void *user), void *user, int *status,
                       struct sim_error *err)
{
    pid_t pid;

    set->latest = 0;
    pid = fork();
    if (pid == 0) {
        follow_owner(set);
        fn(user);
        _exit(0);
    }
    if (pid < 0) {
        return sim_fail(err, SIM_INTERNAL, "no process for a run: %s", strerror(errno));
    }
    reap(pid, status);
    return true;
}

/* Has the checkpoint's process gone? Then the checkpoint has, too. */
static bool has_died(struct checkpoints *set, struct slot *slot, uint32_t number,
                     struct sim_error *err)
{
    int status = 0;
    pid_t pid = atomic_load(&slot->pid);

    if (pid > 0 && waitpid(pid, &status, WNOHANG) == 0) {
        return false;
    }
    forget(set, slot);
    sim_fail(err, SIM_INTERNAL, "checkpoint %u has died%s%s", number,
             WIFSIGNALED(status) ? ": " : "",
             WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "");
    return true;
}

bool checkpoint_return(struct checkpoints *set, uint32_t number, int *status, struct sim_error *err)
{
    struct slot *slot = find(set, number);
    int answer;

    if (slot == NULL) {
        return sim_fail(err, SIM_BAD_INPUT, "there is no checkpoint %u", number);
    }
    set->latest = 0; /* a runner begins with nothing of its own */
    atomic_store(&set->answer, 0);
    atomic_fetch_add(&slot->orders, 1);
    futex_wake(&slot->orders);
    while ((answer = atomic_load(&set->answer)) == 0) {
        futex_wait(&set->answer, 0);
        if (atomic_load(&set->answer) == 0 && has_died(set, slot, number, err)) {
            return false;
        }
    }
    if (answer < 0) {
        return sim_fail(err, SIM_INTERNAL, "no process for a run: %s", strerror(-answer));
    }
    reap(answer, status);
    return true;
}

bool checkpoint_find(const struct checkpoints *set, uint32_t number, struct checkpoint_place *place)
{
    const struct slot *slot = find(set, number);

    if (slot != NULL) {
        *place = slot->place;
    }
    return slot != NULL;
}

uint32_t checkpoint_before(const struct checkpoints *set, uint64_t course, uint64_t event)
{
    const struct slot *best = NULL;

    for (uint32_t i = 0; i < set->most; i++) {
        const struct slot *slot = &set->slot[i];

        if (slot->used && slot->place.course == course && slot->place.event < event &&
            (best == NULL || slot->place.event > best->place.event ||
             (slot->place.event == best->place.event && slot->taken > best->taken))) {
            best = slot;
        }
    }
    return best != NULL ? (uint32_t)(best - set->slot) + 1u : 0;
}

uint32_t checkpoints_count(const struct checkpoints *set)
{
    return set->count;
}

uint64_t checkpoints_bytes(const struct checkpoints *set)
{
    return set->bytes;
}

pid_t checkpoint_process(const struct checkpoints *set, uint32_t number)
{
    const struct slot *slot = find(set, number);

    return slot != NULL ? atomic_load(&slot->pid) : 0;
}
