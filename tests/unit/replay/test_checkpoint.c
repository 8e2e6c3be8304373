/* SPDX-License-Identifier: BSD-3-Clause */
/* Checkpoints as processes: they stay, whatever runners do, and go with their owner. */
#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sim/replay/checkpoint.h"

#define PAGE_BYTES 4096u
#define MANY       200u

/* A run: it counts to `end`, and takes a checkpoint at each number where it is told to. */
struct order {
    uint64_t end;
    uint64_t every;
    uint64_t add; /* what comes back, goes on with so much more */
    uint64_t kill_at;
    uint64_t write_pages; /* between two numbers */
    uint64_t sum;         /* the result */
    uint32_t taken;
    uint32_t refused;
    char why[512];
};

static struct checkpoints *set;
static struct order *order;
static char *memory;

static void open_set(uint32_t most, uint64_t budget_bytes)
{
    struct sim_error err;

    set = checkpoints_create(&(struct checkpoint_limits){most, budget_bytes}, sizeof(*order), &err);
    ck_assert_ptr_nonnull(set);
    order = checkpoints_shared(set);
}

static void count(void *user)
{
    uint64_t sum = 0;

    (void)user;
    for (uint64_t i = 1; i <= order->end; i++) {
        const struct checkpoint_place place = {.event = i, .choice = 2 * i, .time_ns = 10 * i};
        struct sim_error err;
        bool is_back = false;

        sum += i;
        for (uint64_t page = 0; page < order->write_pages; page++) {
            memory[page * PAGE_BYTES] = (char)i;
        }
        if (order->every != 0 && i % order->every == 0) {
            if (checkpoint_take(set, &place, &is_back, &err) != 0) {
                order->taken += !is_back;
            } else if (order->refused++ == 0) {
                memcpy(order->why, err.text, sizeof(order->why));
            }
        }
        if (is_back) {
            sum += order->add;
        }
        if (i == order->kill_at) {
            raise(SIGKILL);
        }
    }
    order->sum = sum;
}

static int start(const struct order *with)
{
    struct sim_error err;
    int status = -1;

    *order = *with;
    ck_assert_msg(checkpoints_start(set, count, NULL, &status, &err), "%s", err.text);
    return status;
}

static int come_back(uint32_t number, const struct order *with)
{
    struct sim_error err;
    int status = -1;

    *order = *with;
    ck_assert_msg(checkpoint_return(set, number, &status, &err), "%s", err.text);
    return status;
}

START_TEST(comes_back_many_times)
{
    struct checkpoint_place place;

    open_set(0, 0);
    ck_assert_int_eq(start(&(struct order){.end = 10, .every = 3}), 0);
    ck_assert_uint_eq(order->sum, 55);
    ck_assert_uint_eq(order->taken, 3);
    ck_assert_uint_eq(checkpoints_count(set), 3);
    for (uint64_t i = 0; i < 50; i++) {
        ck_assert_int_eq(come_back(1 + i % 3, &(struct order){.end = 10, .add = i}), 0);
        ck_assert_uint_eq(order->sum, 55 + i);
        ck_assert_int_eq(come_back(1 + i % 3, &(struct order){.end = 12}), 0);
        ck_assert_uint_eq(order->sum, 78);
    }
    ck_assert(checkpoint_find(set, 2, &place));
    ck_assert_uint_eq(place.event, 6);
    ck_assert_uint_eq(place.choice, 12);
    ck_assert_uint_eq(place.time_ns, 60);
    checkpoints_destroy(set);
}
END_TEST

START_TEST(one_within_another)
{
    open_set(0, 0);
    ck_assert_int_eq(start(&(struct order){.end = 4, .every = 4}), 0);
    for (uint32_t i = 1; i < 20; i++) {
        /* Each goes two steps further than the one before, and is the base of the next. */
        ck_assert_int_eq(come_back(i, &(struct order){.end = 4 + 2 * i, .every = 4 + 2 * i}), 0);
        ck_assert_uint_eq(order->taken, 1);
        ck_assert_uint_eq(checkpoints_count(set), i + 1);
    }
    for (uint32_t i = 1; i < 20; i++) {
        checkpoint_drop(set, i);
    }
    ck_assert_uint_eq(checkpoints_count(set), 1);
    ck_assert_int_eq(come_back(20, &(struct order){.end = 100}), 0);
    ck_assert_uint_eq(order->sum, 5050);
    checkpoints_destroy(set);
}
END_TEST

START_TEST(the_last_before)
{
    struct sim_error err;
    int status;

    open_set(0, 0);
    ck_assert_uint_eq(checkpoint_before(set, 0, UINT64_MAX), 0);
    start(&(struct order){.end = 30, .every = 10});
    ck_assert_uint_eq(checkpoint_before(set, 0, 10), 0);
    ck_assert_uint_eq(checkpoint_before(set, 0, 11), 1);
    ck_assert_uint_eq(checkpoint_before(set, 0, 29), 2);
    ck_assert_uint_eq(checkpoint_before(set, 0, UINT64_MAX), 3);
    ck_assert_uint_eq(checkpoint_before(set, 1, UINT64_MAX), 0);
    checkpoint_drop(set, 2);
    checkpoint_drop(set, 2);
    checkpoint_drop(set, 77);
    ck_assert_uint_eq(checkpoint_before(set, 0, 29), 1);
    ck_assert(!checkpoint_return(set, 2, &status, &err));
    ck_assert_str_eq(err.text, "there is no checkpoint 2");
    ck_assert(!checkpoint_return(set, 0, &status, &err));
    checkpoints_destroy(set);
}
END_TEST

START_TEST(a_runner_dies)
{
    struct sim_error err;
    int status;

    open_set(0, 0);
    status = start(&(struct order){.end = 9, .every = 2, .kill_at = 5});
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    ck_assert_uint_eq(checkpoints_count(set), 2);
    for (unsigned i = 0; i < 3; i++) {
        status = come_back(2, &(struct order){.end = 9, .kill_at = 6});
        ck_assert(WIFSIGNALED(status));
        ck_assert_int_eq(come_back(2, &(struct order){.end = 9}), 0);
        ck_assert_uint_eq(order->sum, 45);
    }
    /* And a checkpoint: the others stay. */
    kill(checkpoint_process(set, 2), SIGKILL);
    ck_assert(!checkpoint_return(set, 2, &status, &err));
    ck_assert_str_eq(err.text, "checkpoint 2 has died: Killed");
    ck_assert_uint_eq(checkpoints_count(set), 1);
    ck_assert_int_eq(come_back(1, &(struct order){.end = 9}), 0);
    ck_assert_uint_eq(order->sum, 45);
    checkpoints_destroy(set);
}
END_TEST

START_TEST(too_many)
{
    open_set(3, 0);
    ck_assert_int_eq(start(&(struct order){.end = 10, .every = 1}), 0);
    ck_assert_uint_eq(order->sum, 55);
    ck_assert_uint_eq(order->taken, 3);
    ck_assert_uint_eq(order->refused, 7);
    ck_assert_str_eq(order->why, "no checkpoint at event 4: 3 are there, and more are not allowed; "
                                 "drop some, or take them further apart");
    checkpoint_drop(set, 2);
    ck_assert_int_eq(come_back(1, &(struct order){.end = 10, .every = 1}), 0);
    ck_assert_uint_eq(order->taken, 1);
    checkpoints_destroy(set);
}
END_TEST

START_TEST(too_large)
{
    /* 4 MiB between two of them: the fifth finds no room for what the fourth holds. */
    open_set(0, 16u << 20);
    ck_assert_int_eq(start(&(struct order){.end = 10, .every = 1, .write_pages = 1024}), 0);
    ck_assert_uint_eq(order->sum, 55);
    ck_assert_uint_le(order->taken, 5);
    ck_assert_uint_ge(order->taken, 3);
    ck_assert_uint_eq(order->taken + order->refused, 10);
    ck_assert_ptr_nonnull(strstr(order->why, "MiB, and the budget is 16 MiB; drop some"));
    /* The memory comes back with those that are dropped. */
    for (uint32_t i = 1; i <= 5; i++) {
        checkpoint_drop(set, i);
    }
    ck_assert_uint_eq(checkpoints_bytes(set), 0);
    ck_assert_int_eq(start(&(struct order){.end = 1, .every = 1}), 0);
    ck_assert_uint_eq(order->taken, 1);
    checkpoints_destroy(set);
}
END_TEST

/* Proportional share and page tables of a process, in KiB. */
static uint64_t share_kib(pid_t pid)
{
    static const char *const files[] = {"smaps_rollup", "status"};
    static const char *const names[] = {"Pss:", "VmPTE:"};
    uint64_t kib = 0;

    for (unsigned i = 0; i < 2; i++) {
        char path[64];
        char line[256];
        FILE *file;

        snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, files[i]);
        file = fopen(path, "r");
        ck_assert_ptr_nonnull(file);
        while (fgets(line, sizeof(line), file) != NULL) {
            if (strncmp(line, names[i], strlen(names[i])) == 0) {
                kib += strtoull(line + strlen(names[i]), NULL, 10);
            }
        }
        fclose(file);
    }
    return kib;
}

START_TEST(many_at_once)
{
    uint64_t kib = 0;

    open_set(0, 0);
    ck_assert_int_eq(start(&(struct order){.end = MANY, .every = 1, .write_pages = 64}), 0);
    ck_assert_msg(order->taken == MANY, "%u: %s", order->taken, order->why);
    for (uint32_t i = 1; i <= MANY; i++) {
        ck_assert_int_eq(come_back(i, &(struct order){.end = MANY}), 0);
        ck_assert_uint_eq(order->sum, MANY * (MANY + 1) / 2);
        kib += share_kib(checkpoint_process(set, i));
    }
    /* A thousand fit into 2 GiB; and what is counted is about what it is. */
    ck_assert_uint_lt(kib, 2048u * 1024u / 1000u * MANY);
    ck_assert_uint_gt(checkpoints_bytes(set), (MANY - 1) * 64ull * PAGE_BYTES);
    ck_assert_uint_lt(checkpoints_bytes(set), 2048ull * 1024u * 1024u / 1000u * MANY);
    checkpoints_destroy(set);
}
END_TEST

/* Gone, or dead and not yet fetched by whoever takes orphans. */
static bool is_gone(pid_t pid)
{
    char path[64];
    char text[256] = "";
    char *state;
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    file = fopen(path, "r");
    if (file == NULL) {
        return true;
    }
    (void)!fgets(text, sizeof(text), file);
    fclose(file);
    state = strrchr(text, ')');
    return state == NULL || state[2] == 'Z' || state[2] == 'X';
}

START_TEST(they_go_with_their_owner)
{
    pid_t *pids = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t owner = fork();
    int status;

    if (owner == 0) {
        open_set(0, 0);
        start(&(struct order){.end = 5, .every = 1});
        for (uint32_t i = 0; i < 5; i++) {
            pids[i] = checkpoint_process(set, i + 1);
        }
        raise(SIGKILL); /* nothing is tidied up */
    }
    ck_assert_int_eq(waitpid(owner, &status, 0), owner);
    for (unsigned i = 0; i < 5; i++) {
        unsigned tries = 0;

        ck_assert_int_gt(pids[i], 0);
        while (!is_gone(pids[i]) && tries++ < 500) {
            nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
        }
        ck_assert(is_gone(pids[i]));
    }
    munmap(pids, PAGE_BYTES);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("checkpoints");
    TCase *tests = tcase_create("checkpoints");
    SRunner *runner;
    int failed;

    memory = malloc((size_t)1024 * PAGE_BYTES);
    if (memory == NULL) {
        return 1;
    }
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, comes_back_many_times);
    tcase_add_test(tests, one_within_another);
    tcase_add_test(tests, the_last_before);
    tcase_add_test(tests, a_runner_dies);
    tcase_add_test(tests, too_many);
    tcase_add_test(tests, too_large);
    tcase_add_test(tests, many_at_once);
    tcase_add_test(tests, they_go_with_their_owner);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    free(memory);
    return failed != 0;
}
