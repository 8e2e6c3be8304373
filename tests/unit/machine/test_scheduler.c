/* SPDX-License-Identifier: BSD-3-Clause */
/* Clock, events and PEs: one order, whatever the number of PEs, and every way a run ends. */
#define _POSIX_C_SOURCE 200809L /* strdup */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/machine/machine.h"
#include "tree.h"

/* What happened, in the order it happened. */
static char story[1 << 16];
static size_t story_bytes;
static struct machine *machine;

static void told(const char *who, unsigned index, uint64_t now_ns)
{
    int written = snprintf(story + story_bytes, sizeof(story) - story_bytes, "%s%u@%llu ", who,
                           index, (unsigned long long)now_ns);

    ck_assert_int_lt(written, (int)(sizeof(story) - story_bytes));
    story_bytes += (size_t)written;
}

static void start(unsigned pes, uint64_t limit_ns)
{
    story_bytes = 0;
    story[0] = '\0';
    machine = make_machine(pes, limit_ns, NULL, NULL);
}

static void note_event(struct machine *m, void *arg)
{
    told("e", (unsigned)(uintptr_t)arg, machine_now(m));
}

START_TEST(events_run_by_time_then_by_order_of_adding)
{
    struct machine_event event[5] = {{0}};

    start(1, MACHINE_NEVER);
    machine_event_add(machine, &event[0], 300, note_event, (void *)0);
    machine_event_add(machine, &event[1], 100, note_event, (void *)1);
    machine_event_add(machine, &event[2], 300, note_event, (void *)2);
    machine_event_add(machine, &event[3], 100, note_event, (void *)3);
    machine_event_add(machine, &event[4], 200, note_event, (void *)4);
    machine_event_remove(machine, &event[4]);
    machine_event_remove(machine, &event[4]);                          /* no harm */
    machine_event_add(machine, &event[1], 100, note_event, (void *)1); /* now behind 3 */
    ck_assert_int_eq(machine_run(machine), MACHINE_END_DONE);
    ck_assert_str_eq(story, "e3@100 e1@100 e0@300 e2@300 ");
    ck_assert(!event[0].queued);
    ck_assert_int_eq(machine_run(machine), MACHINE_END_DONE); /* over is over */
    machine_destroy(machine);
}
END_TEST

/* Runs `arg` ns in steps of 1000, telling where each slice took it. */
static void worker(struct sim_pe *pe, void *arg)
{
    uint64_t until_ns = pe->now_ns + (uint64_t)(uintptr_t)arg;

    told("p", pe->index, pe->now_ns);
    while (pe->now_ns < until_ns) {
        uint64_t here = pe->slice_end_ns < until_ns ? pe->slice_end_ns : until_ns;
        machine_pe_advance(pe, here - pe->now_ns);
        told("p", pe->index, pe->now_ns);
        machine_pe_yield(pe);
    }
}

START_TEST(one_pe_without_events_is_never_interrupted)
{
    start(1, 1000000000);
    ck_assert(machine_pe_start(&machine->pe[0], worker, (void *)5000000, 7));
    ck_assert(!machine_pe_start(&machine->pe[0], worker, NULL, 0)); /* runs already */
    ck_assert_int_eq(machine_run(machine), MACHINE_END_DONE);
    ck_assert_str_eq(story, "p0@7 p0@5000007 ");
    ck_assert_int_eq(machine->pe[0].state, PE_STOPPED);
    machine_destroy(machine);
}
END_TEST

START_TEST(two_pes_take_turns_by_the_quantum)
{
    start(2, 1000000000);
    machine_pe_start(&machine->pe[0], worker, (void *)25000, 0);
    machine_pe_start(&machine->pe[1], worker, (void *)42000, 0);
    ck_assert_int_eq(machine_run(machine), MACHINE_END_DONE);
    ck_assert_str_eq(story, "p0@0 p0@10000 p1@0 p1@20000 p0@25000 p1@42000 ");
    machine_destroy(machine);
}
END_TEST

START_TEST(no_pe_passes_an_event)
{
    struct machine_event event = {0};

    start(1, 1000000000);
    machine_event_add(machine, &event, 4000, note_event, (void *)0);
    machine_pe_start(&machine->pe[0], worker, (void *)9000, 0);
    machine_run(machine);
    ck_assert_str_eq(story, "p0@0 p0@4000 e0@4000 p0@9000 ");
    machine_destroy(machine);
}
END_TEST

static struct machine_event own_event;

static void adds_event(struct sim_pe *pe, void *arg)
{
    (void)arg;
    machine_pe_advance(pe, 100);
    machine_event_add(pe->machine, &own_event, 150, note_event, (void *)0);
    ck_assert_uint_eq(pe->slice_end_ns, 150);
    machine_pe_yield(pe); /* nothing due yet: comes back at once */
    ck_assert(own_event.queued);
    machine_pe_advance(pe, 50);
    machine_pe_yield(pe);
    ck_assert(!own_event.queued);
    told("p", pe->index, pe->now_ns);
}

START_TEST(an_event_added_in_a_slice_ends_it_in_time)
{
    start(1, 1000000000);
    memset(&own_event, 0, sizeof(own_event));
    machine_pe_start(&machine->pe[0], adds_event, NULL, 0);
    machine_run(machine);
    ck_assert_str_eq(story, "e0@150 p0@150 ");
    machine_destroy(machine);
}
END_TEST

static void wake_pe(struct machine *m, void *arg)
{
    note_event(m, arg);
    machine_wake(&m->pe[(uintptr_t)arg], machine_now(m));
}

static void waiter(struct sim_pe *pe, void *arg)
{
    (void)arg;
    machine_pe_advance(pe, 10);
    machine_pe_wait(pe);
    ck_assert(!pe->wake);
    told("p", pe->index, pe->now_ns);
}

START_TEST(waiting_skips_to_the_next_event)
{
    struct machine_event event = {0};

    start(1, 10000000000);
    machine_event_add(machine, &event, 5000000000, wake_pe, (void *)0);
    machine_pe_start(&machine->pe[0], waiter, NULL, 0);
    ck_assert_int_eq(machine_run(machine), MACHINE_END_DONE);
    ck_assert_str_eq(story, "e0@5000000000 p0@5000000000 ");
    machine_destroy(machine);
}
END_TEST

static void wakes_itself(struct sim_pe *pe, void *arg)
{
    (void)arg;
    machine_wake(pe, 0);
    machine_pe_wait(pe);
    told("p", pe->index, pe->now_ns);
}

START_TEST(a_wake_before_the_wait_is_not_lost)
{
    start(1, 1000);
    machine_pe_start(&machine->pe[0], wakes_itself, NULL, 5);
    ck_assert_int_eq(machine_run(machine), MACHINE_END_DONE);
    ck_assert_str_eq(story, "p0@5 ");
    machine_destroy(machine);
}
END_TEST

START_TEST(deadlock_when_all_wait_and_nothing_is_due)
{
    start(2, 1000000);
    machine_pe_start(&machine->pe[0], waiter, NULL, 0);
    machine_pe_start(&machine->pe[1], worker, (void *)100, 0);
    ck_assert_int_eq(machine_run(machine), MACHINE_END_DEADLOCK);
    machine_destroy(machine);
}
END_TEST

static void spinner(struct sim_pe *pe, void *arg)
{
    (void)arg;
    for (;;) {
        machine_pe_advance(pe, 7);
        if (machine_pe_slice_over(pe))
            machine_pe_yield(pe);
    }
}

START_TEST(a_loop_for_ever_meets_the_limit)
{
    start(3, 2000000);
    for (unsigned i = 0; i < 3; i++)
        machine_pe_start(&machine->pe[i], spinner, NULL, 0);
    ck_assert_int_eq(machine_run(machine), MACHINE_END_LIMIT);
    for (unsigned i = 0; i < 3; i++) {
        ck_assert_uint_ge(machine->pe[i].now_ns, 2000000);
        ck_assert_uint_lt(machine->pe[i].now_ns, 2000000 + MACHINE_QUANTUM_NS);
    }
    machine_destroy(machine);
}
END_TEST

START_TEST(an_event_past_the_limit_does_not_run)
{
    struct machine_event event = {0};

    start(1, 1000);
    machine_event_add(machine, &event, 1000, wake_pe, (void *)0);
    machine_pe_start(&machine->pe[0], waiter, NULL, 0);
    ck_assert_int_eq(machine_run(machine), MACHINE_END_LIMIT);
    ck_assert_str_eq(story, "");
    machine_destroy(machine);
}
END_TEST

static void ender(struct sim_pe *pe, void *arg)
{
    machine_pe_advance(pe, 3);
    machine_end(pe->machine, (enum machine_end)(uintptr_t)arg);
    machine_end(pe->machine, MACHINE_END_DONE); /* the first one wins */
    told("p", pe->index, pe->now_ns);
    machine_pe_yield(pe);
    told("never", pe->index, pe->now_ns);
}

START_TEST(machine_end_ends_after_the_slice)
{
    start(1, 1000);
    machine_pe_start(&machine->pe[0], ender, (void *)(uintptr_t)MACHINE_END_FAILED, 0);
    ck_assert_int_eq(machine_run(machine), MACHINE_END_FAILED);
    ck_assert_str_eq(story, "p0@3 ");
    machine_destroy(machine);
}
END_TEST

static void halter(struct sim_pe *pe, void *arg)
{
    (void)arg;
    machine_pe_advance(pe, 5);
    told("p", pe->index, pe->now_ns);
    machine_pe_halt(pe);
}

static void starter(struct sim_pe *pe, void *arg)
{
    (void)arg;
    machine_pe_advance(pe, 100);
    ck_assert(machine_pe_start(&pe->machine->pe[1], halter, NULL, pe->now_ns));
    ck_assert_uint_eq(pe->slice_end_ns, 100 + MACHINE_QUANTUM_NS);
    machine_pe_advance(pe, MACHINE_QUANTUM_NS);
    machine_pe_yield(pe);
    ck_assert_int_eq(pe->machine->pe[1].state, PE_STOPPED);
    ck_assert(machine_pe_start(&pe->machine->pe[1], halter, NULL, pe->now_ns)); /* again */
    machine_pe_advance(pe, MACHINE_QUANTUM_NS);
    machine_pe_yield(pe);
    told("p", pe->index, pe->now_ns);
}

START_TEST(a_pe_halts_and_is_started_again)
{
    start(2, 1000000);
    machine_pe_start(&machine->pe[0], starter, NULL, 0);
    ck_assert_int_eq(machine_run(machine), MACHINE_END_DONE);
    ck_assert_str_eq(story, "p1@105 p1@10105 p0@20100 ");
    machine_destroy(machine);
}
END_TEST

static unsigned checks_left;

static bool count_down(struct machine *m)
{
    (void)m;
    return --checks_left != 0;
}

START_TEST(a_failed_step_check_ends_the_run)
{
    start(2, 1000000);
    checks_left = 3;
    machine->step_check = count_down;
    machine_pe_start(&machine->pe[0], spinner, NULL, 0);
    machine_pe_start(&machine->pe[1], spinner, NULL, 0);
    ck_assert_int_eq(machine_run(machine), MACHINE_END_FAILED);
    ck_assert_uint_eq(checks_left, 0);
    machine_destroy(machine);
}
END_TEST

/* Fake PEs that work, wait and wake each other by a generator of their own. */
static struct machine_event alarm_event[8];

static void busy(struct sim_pe *pe, void *arg)
{
    uint64_t random = pe->index + 1;

    (void)arg;
    for (unsigned i = 0; i < 40; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        machine_pe_advance(pe, random >> 50);
        told("p", pe->index, pe->now_ns);
        machine_pe_yield(pe);
        if (random >> 33 & 1)
            machine_wake(&pe->machine->pe[(random >> 40) % pe->machine->pe_count], pe->now_ns);
        if (random >> 34 & 1) {
            machine_event_add(pe->machine, &alarm_event[pe->index], pe->now_ns + (random >> 48),
                              wake_pe, (void *)(uintptr_t)pe->index);
            machine_pe_wait(pe);
        }
    }
}

START_TEST(the_same_machine_moves_the_same_way)
{
    unsigned pes = (unsigned)_i;
    char *first;

    for (unsigned round = 0; round < 2; round++) {
        start(pes, 100000000);
        memset(alarm_event, 0, sizeof(alarm_event));
        for (unsigned i = 0; i < pes; i++)
            machine_pe_start(&machine->pe[i], busy, NULL, 0);
        ck_assert_int_eq(machine_run(machine), MACHINE_END_DONE);
        machine_destroy(machine);
        if (round == 0) {
            first = strdup(story);
            ck_assert_ptr_nonnull(first);
            ck_assert_uint_gt(strlen(first), 40 * pes);
        }
    }
    ck_assert_str_eq(first, story);
    free(first);
}
END_TEST

static void deep(struct sim_pe *pe, void *arg)
{
    volatile uint8_t frame[200 * 1024];

    (void)arg;
    memset((void *)frame, 0x5a, sizeof(frame));
    machine_pe_advance(pe, MACHINE_QUANTUM_NS);
    machine_pe_yield(pe);
    ck_assert_uint_eq(frame[0], 0x5a);
    told("p", pe->index, pe->now_ns);
}

START_TEST(stacks_are_apart)
{
    start(8, 1000000);
    for (unsigned i = 0; i < 8; i++)
        machine_pe_start(&machine->pe[i], deep, NULL, 0);
    ck_assert_int_eq(machine_run(machine), MACHINE_END_DONE);
    /* The last one has the others a whole quantum ahead, and so goes on without a switch. */
    ck_assert_str_eq(story, "p7@10000 p0@10000 p1@10000 p2@10000 p3@10000 p4@10000 p5@10000 "
                            "p6@10000 ");
    machine_destroy(machine);
}
END_TEST

START_TEST(counter_follows_the_clock)
{
    start(1, 1000);
    ck_assert_uint_eq(machine_counter(machine, 0), 0);
    ck_assert_uint_eq(machine_counter(machine, 16), 1);
    ck_assert_uint_eq(machine_counter(machine, 1000000000), 62500000);
    ck_assert_uint_eq(machine_counter(machine, UINT64_C(3600000000015)), UINT64_C(225000000000));
    machine_destroy(machine);
}
END_TEST

START_TEST(pe_count_is_the_boards)
{
    struct tree *tree = calloc(1, sizeof(*tree));
    struct sim_error err = {0};
    struct board board;

    ck_assert_ptr_nonnull(tree);
    tree_begin(tree);
    tree_cpus(tree, 2);
    tree_memory(tree, 0x80000000, 0x1000, false);
    tree_end(tree);
    for (unsigned pes = 0; pes <= 3; pes += 3) {
        ck_assert(board_read(tree->blob, tree->size_bytes, "t", &board, &err));
        ck_assert_ptr_null(machine_create(&board, pes, NULL, 0, 0, &err));
        ck_assert_int_eq(err.status, SIM_BAD_INPUT);
        ck_assert_ptr_null(board.fdt); /* taken over all the same */
    }
    free(tree);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scheduler");
    TCase *tests = tcase_create("scheduler");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tests);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, events_run_by_time_then_by_order_of_adding);
    tcase_add_test(tests, one_pe_without_events_is_never_interrupted);
    tcase_add_test(tests, two_pes_take_turns_by_the_quantum);
    tcase_add_test(tests, no_pe_passes_an_event);
    tcase_add_test(tests, an_event_added_in_a_slice_ends_it_in_time);
    tcase_add_test(tests, waiting_skips_to_the_next_event);
    tcase_add_test(tests, a_wake_before_the_wait_is_not_lost);
    tcase_add_test(tests, deadlock_when_all_wait_and_nothing_is_due);
    tcase_add_test(tests, a_loop_for_ever_meets_the_limit);
    tcase_add_test(tests, an_event_past_the_limit_does_not_run);
    tcase_add_test(tests, machine_end_ends_after_the_slice);
    tcase_add_test(tests, a_pe_halts_and_is_started_again);
    tcase_add_test(tests, a_failed_step_check_ends_the_run);
    tcase_add_loop_test(tests, the_same_machine_moves_the_same_way, 1, 9);
    tcase_add_test(tests, stacks_are_apart);
    tcase_add_test(tests, counter_follows_the_clock);
    tcase_add_test(tests, pe_count_is_the_boards);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
