/* SPDX-License-Identifier: BSD-3-Clause */
/* When faults strike, and that they are not felt before. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "sim/fault/fault.h"
#include "sim/trace/event.h"
#include "sim/trace/trace.h"
#include "tree.h"

#define STEPS    8u
#define STEP_NS  1000u
#define STRIKES  64u
#define LIMIT_NS 100000u
#define FIRST_SP 0x8001u
#define PLACE    FAULT_SKIP_TLB

struct struck {
    unsigned fault;
    unsigned number;
    uint64_t time_ns;
    uint64_t random;
    const struct sim_pe *pe;
};

static struct {
    struct machine *machine;
    struct trace *trace;
    struct faults *faults;
    struct choice_source *choices;
    struct trace_hash hash;
    struct choice_points points;
    enum machine_end end;
    uint64_t walked; /* digest of who was where when */
    unsigned count;
    struct struck struck[STRIKES];
    void (*each)(struct sim_pe *pe, unsigned step); /* of a walker; may be NULL */
    void (*on_strike)(struct sim_pe *pe, const struct fault_strike *strike);
} rig;

static bool endpoint_id(void *user, const char *name, uint16_t *id)
{
    ck_assert_ptr_eq(user, &rig);
    *id = strcmp(name, "nwd") == 0 ? 0 : FIRST_SP;
    return strcmp(name, "nwd") == 0 || strcmp(name, "echo") == 0;
}

static void on_strike(void *user, struct sim_pe *pe, const struct fault_strike *strike)
{
    ck_assert_ptr_eq(user, &rig);
    ck_assert_uint_lt(rig.count, STRIKES);
    rig.struck[rig.count++] = (struct struck){strike->fault, strike->number,
                                              machine_now(rig.machine), strike->random, pe};
    faults_tell(rig.faults, pe, strike, 7, "struck");
    if (rig.on_strike != NULL) {
        rig.on_strike(pe, strike);
    }
}

/* A step: a choice point, its time, an event of endpoint 0 or FIRST_SP by turns, and a place. */
static void walker(struct sim_pe *pe, void *arg)
{
    (void)arg;
    for (unsigned i = 0; i < STEPS; i++) {
        struct event_header header = {
            .type = EVENT_NOTE, .endpoint = i % 2 == 0 ? 0 : FIRST_SP, .pe = (uint8_t)pe->index};
        struct fault_strike strike;

        machine_choice(pe, CHOICE_LOCK);
        machine_pe_advance(pe, STEP_NS);
        machine_pe_yield(pe);
        header.time_ns = pe->now_ns;
        rig.walked = (rig.walked ^ (pe->now_ns << 1 | pe->index)) * 0x9e3779b97f4a7c15u;
        trace_emit(rig.trace, &header, NULL, NULL);
        if (fault_at(rig.faults, PLACE, pe, header.endpoint, pe->index, i, &strike)) {
            on_strike(&rig, pe, &strike);
        }
        if (rig.each != NULL) {
            rig.each(pe, i);
        }
    }
}

static void add_lines(struct fault_plan *plan, const char *const *lines, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        struct fault fault;
        struct sim_error err;

        ck_assert_msg(fault_parse(lines[i], "t", &fault, &err), "%s", err.text);
        ck_assert(fault_plan_add(plan, &fault, "t", &err));
    }
}

/* Two walkers; the strikes are in rig.struck. */
static void walk_plan(const struct fault_plan *plan)
{
    struct sim_error err;

    rig.trace = trace_create();
    rig.machine = make_machine(2, LIMIT_NS, rig.trace, NULL);
    rig.count = 0;
    rig.walked = 0;
    machine_set_choices(rig.machine, rig.choices);
    rig.faults = NULL;
    if (plan != NULL) {
        rig.faults =
            faults_create(plan, rig.machine, rig.choices, endpoint_id, on_strike, &rig, &err);
        ck_assert_msg(rig.faults != NULL, "%s", err.text);
        machine_set_choices(rig.machine, faults_choices(rig.faults));
    }
    ck_assert(machine_pe_start(&rig.machine->pe[0], walker, NULL, 0));
    ck_assert(machine_pe_start(&rig.machine->pe[1], walker, NULL, 0));
    rig.end = machine_run(rig.machine);
    ck_assert_uint_eq(faults_strike_count(rig.faults), rig.count);
    rig.points = rig.machine->choices;
    ck_assert(trace_finish(rig.trace, &rig.hash, &err));
    faults_destroy(rig.faults);
    machine_destroy(rig.machine);
    trace_destroy(rig.trace);
}

static void walk_seed(const char *const *lines, unsigned count, uint64_t seed)
{
    struct fault_plan plan;

    fault_plan_init(&plan, seed);
    add_lines(&plan, lines, count);
    walk_plan(&plan);
}

static void walk(const char *line)
{
    walk_seed(&line, 1, 1);
}

static void setup(void)
{
    memset(&rig, 0, sizeof(rig));
}

START_TEST(what_never_strikes_is_not_felt)
{
    static const char *const never[] = {
        "power_cut at=100us",
        "power_cut at=3600s",
        "power_cut point=1000",
        "power_cut nth=17 of=note",
        "power_cut of=panic",
        "power_cut of=note of_pe=2",
        "skip_tlb nth=17",
        "skip_tlb nth=9 pe=1",
        "skip_tlb partition=echo nth=9",
        "skip_cache",
    };
    struct trace_hash bare;

    walk_plan(NULL);
    bare = rig.hash;
    ck_assert_int_eq(rig.end, MACHINE_END_DONE);
    for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
        walk(never[i]);
        ck_assert_uint_eq(rig.count, 0);
        ck_assert_msg(trace_hash_equal(&bare, &rig.hash), "%s", never[i]);
    }
}
END_TEST

START_TEST(at_a_time)
{
    walk("power_cut at=3us");
    ck_assert_uint_eq(rig.count, 1);
    ck_assert_uint_eq(rig.struck[0].time_ns, 3000);
    ck_assert_uint_eq(rig.struck[0].number, 1);
    ck_assert_ptr_null(rig.struck[0].pe);
    walk("power_cut");
    ck_assert_uint_eq(rig.count, 1);
    ck_assert_uint_eq(rig.struck[0].time_ns, 0);
}
END_TEST

START_TEST(nothing_past_the_limit_is_waited_for)
{
    walk("power_cut at=100us");
    ck_assert_int_eq(rig.end, MACHINE_END_DONE);
}
END_TEST

static uint64_t answer(struct choice_source *source, uint64_t number, enum choice_kind kind,
                       const struct sim_pe *pe)
{
    (void)kind, (void)pe;
    ck_assert_uint_eq(number, source->due);
    source->due = number < 9 ? 9 : UINT64_MAX;
    return number == 9 ? 50 : 0;
}

/* The source behind is asked about its own points alone, and answers. */
START_TEST(at_a_choice_point)
{
    struct choice_source inner = {.due = 3, .answer = answer};
    struct choice_points without;

    rig.choices = &inner;
    walk_plan(NULL);
    without = rig.points;
    ck_assert_uint_eq(without.delays, 1);
    for (unsigned point = 1; point <= without.number; point++) {
        char line[64];

        inner.due = 3;
        snprintf(line, sizeof(line), "power_cut point=%u", point);
        walk(line);
        ck_assert_uint_eq(rig.count, 1);
        ck_assert_uint_eq(rig.points.number, without.number);
        ck_assert_uint_eq(rig.points.delays, 1);
        ck_assert_uint_eq(inner.due, UINT64_MAX);
    }
}
END_TEST

static void end_at_nine(struct sim_pe *pe, const struct fault_strike *strike)
{
    (void)pe, (void)strike;
    ck_assert_uint_eq(rig.machine->choices.number, 9);
}

START_TEST(exactly_there)
{
    rig.on_strike = end_at_nine;
    walk("power_cut point=9");
    ck_assert_uint_eq(rig.count, 1);
}
END_TEST

START_TEST(at_an_event)
{
    walk("power_cut nth=3 of=note of_endpoint=echo of_pe=1");
    ck_assert_uint_eq(rig.count, 1);
    ck_assert_uint_eq(rig.struck[0].time_ns, 7000); /* its third is at 6 us */
    walk("power_cut of=note of_pe=0");
    ck_assert_uint_eq(rig.struck[0].time_ns, 1000); /* PE 1 had to come so far first */
}
END_TEST

START_TEST(at_a_place)
{
    walk("skip_tlb");
    ck_assert_uint_eq(rig.count, 1);
    ck_assert_uint_eq(rig.struck[0].time_ns, 1000);
    walk("skip_tlb nth=3 pe=1");
    ck_assert_uint_eq(rig.count, 1);
    ck_assert_uint_eq(rig.struck[0].time_ns, 3000);
    ck_assert_ptr_nonnull(rig.struck[0].pe);
    walk("skip_tlb partition=echo nth=2 pe=0");
    ck_assert_uint_eq(rig.struck[0].time_ns, 4000);
    walk("skip_tlb at=3500ns pe=0"); /* armed there, strikes at the next one */
    ck_assert_uint_eq(rig.count, 1);
    ck_assert_uint_eq(rig.struck[0].time_ns, 4000);
    walk("skip_tlb nth=2 of=note of_pe=1 of_endpoint=echo pe=1");
    ck_assert_uint_eq(rig.count, 1);
    ck_assert_uint_eq(rig.struck[0].time_ns, 4000);
}
END_TEST

/* Two that are due at one place: one there, the other at the next. */
START_TEST(one_at_a_place)
{
    static const char *const lines[] = {"skip_tlb pe=0", "skip_tlb pe=0", "skip_tlb pe=0 nth=4"};

    walk_seed(lines, 3, 1);
    ck_assert_uint_eq(rig.count, 3);
    ck_assert_uint_eq(rig.struck[0].fault, 0);
    ck_assert_uint_eq(rig.struck[0].time_ns, 1000);
    ck_assert_uint_eq(rig.struck[1].fault, 1);
    ck_assert_uint_eq(rig.struck[1].time_ns, 2000);
    ck_assert_uint_eq(rig.struck[2].time_ns, 4000);
    ck_assert_uint_eq(rig.struck[2].number, 3);
}
END_TEST

START_TEST(by_chance)
{
    walk("skip_tlb chance=1000000");
    ck_assert_uint_eq(rig.count, 1);
    walk("skip_tlb chance=1000000 most=5");
    ck_assert_uint_eq(rig.count, 5);
    walk("skip_tlb chance=1000000 most=256");
    ck_assert_uint_eq(rig.count, 2 * STEPS);
    walk("power_cut chance=1000000 most=4 of=note of_pe=1");
    ck_assert_uint_eq(rig.count, 4);
    ck_assert_uint_eq(rig.struck[3].time_ns, 5000);
}
END_TEST

START_TEST(a_seed_says_all)
{
    static const char *const lines[] = {"skip_tlb chance=300000 most=9",
                                        "power_cut chance=200000 most=9 of=note"};
    struct struck first[STRIKES];
    unsigned count;
    unsigned others = 0;

    walk_seed(lines, 2, 5);
    count = rig.count;
    memcpy(first, rig.struck, sizeof(first));
    ck_assert_uint_ne(count, 0);
    walk_seed(lines, 2, 5);
    ck_assert_uint_eq(rig.count, count);
    for (unsigned i = 0; i < count; i++) {
        ck_assert_uint_eq(rig.struck[i].time_ns, first[i].time_ns);
        ck_assert_uint_eq(rig.struck[i].random, first[i].random);
    }
    for (uint64_t seed = 6; seed < 26; seed++) {
        walk_seed(lines, 2, seed);
        others += rig.count != count || rig.struck[0].time_ns != first[0].time_ns;
    }
    ck_assert_uint_gt(others, 10);
}
END_TEST

/* Further ones do nothing and tell nothing, and what leads to them is the same. */
START_TEST(most_strikes)
{
    static const char *const lines[] = {"power_cut at=2us", "skip_tlb nth=5", "power_cut at=6us",
                                        "power_cut chance=500000 most=2 of=note"};
    struct fault_plan plan;
    uint64_t walked = 0;

    fault_plan_init(&plan, 1);
    add_lines(&plan, lines, 4);
    for (unsigned most = 0; most <= 5; most++) {
        plan.most_strikes = most;
        walk_plan(&plan);
        ck_assert_uint_eq(rig.count, most);
        ck_assert(most == 0 || rig.walked == walked);
        walked = rig.walked;
    }
    plan.most_strikes = 6;
    walk_plan(&plan);
    ck_assert_uint_eq(rig.count, 5);
}
END_TEST

static uint64_t told_ns;

static void add_at_three(struct sim_pe *pe, unsigned step)
{
    struct sim_error err;
    struct fault fault;

    if (pe->index == 0 && step == 3) {
        ck_assert(fault_parse("power_cut", "t", &fault, &err));
        ck_assert(faults_add(rig.faults, &fault, "t", &err));
        ck_assert_uint_eq(rig.count, 1); /* now */
        told_ns = pe->now_ns;
        ck_assert(fault_parse("skip_tlb pe=0 nth=2", "t", &fault, &err));
        ck_assert(faults_add(rig.faults, &fault, "t", &err));
        ck_assert(fault_parse("power_cut nth=2 of=note of_pe=0", "t", &fault, &err));
        ck_assert(faults_add(rig.faults, &fault, "t", &err));
        ck_assert(fault_parse("skip_tlb partition=ecko", "t", &fault, &err));
        ck_assert(!faults_add(rig.faults, &fault, "t", &err));
        ck_assert_str_eq(err.text,
                         "t: there is no endpoint 'ecko'; want nwd or the name of a partition");
    }
}

START_TEST(added_while_it_runs)
{
    struct fault_plan none;

    rig.each = add_at_three;
    fault_plan_init(&none, 1);
    walk_plan(&none);
    ck_assert_uint_eq(rig.count, 3);
    ck_assert_uint_eq(rig.struck[0].time_ns, told_ns);
    ck_assert_uint_eq(rig.struck[1].time_ns, told_ns + 2 * STEP_NS);
    ck_assert_uint_eq(rig.struck[2].time_ns, told_ns + 2 * STEP_NS);
}
END_TEST

static void reseed_late(struct sim_pe *pe, unsigned step)
{
    if (pe->index == 0 && step == 0) {
        ck_assert(faults_reseed(rig.faults, 77));
    } else if (pe->index == 0 && step == 5) {
        ck_assert(!faults_reseed(rig.faults, 78));
        ck_assert(faults_reseed(rig.faults, 77));
    }
}

START_TEST(reseeded)
{
    const char *line = "skip_tlb nth=3 pe=0";
    uint64_t random;

    ck_assert(faults_reseed(NULL, 1));
    walk_seed(&line, 1, 77);
    random = rig.struck[0].random;
    rig.each = reseed_late;
    walk_seed(&line, 1, 1);
    ck_assert_uint_eq(rig.struck[0].random, random);
}
END_TEST

static void strike_hard(struct sim_pe *pe, const struct fault_strike *strike)
{
    (void)pe;
    if (strike->spec->kind == FAULT_KILL_PE) {
        machine_pe_kill(&rig.machine->pe[strike->spec->pe]);
    } else {
        machine_pe_stall(&rig.machine->pe[strike->spec->pe], strike->spec->duration_ns);
    }
}

static unsigned steps[2];

static void count_steps(struct sim_pe *pe, unsigned step)
{
    steps[pe->index] = step + 1;
}

/* From a choice point, its own coroutine, and from the scheduler. */
START_TEST(dead_and_stalled_pes)
{
    rig.on_strike = strike_hard;
    rig.each = count_steps;
    walk("kill_pe pe=0 at=3500ns");
    ck_assert_int_eq(rig.end, MACHINE_END_DEADLOCK);
    ck_assert_uint_eq(steps[0], 3);
    ck_assert_uint_eq(steps[1], STEPS);
    walk("kill_pe pe=1 of=note of_pe=1 nth=2");
    ck_assert_int_eq(rig.end, MACHINE_END_DEADLOCK);
    ck_assert_uint_eq(steps[0], STEPS);
    ck_assert_uint_eq(steps[1], 2);
    walk("kill_pe pe=0 point=4");
    ck_assert_int_eq(rig.end, MACHINE_END_DEADLOCK);
    walk("stall_pe pe=1 for=90us at=3500ns"); /* past the limit, which moves along */
    ck_assert_int_eq(rig.end, MACHINE_END_DONE);
    ck_assert_uint_eq(steps[1], STEPS);
}
END_TEST

START_TEST(nobody_of_that_name)
{
    struct fault_plan plan;
    struct sim_error err;
    const char *line = "stall_pe of=call of_endpoint=eco";

    fault_plan_init(&plan, 1);
    add_lines(&plan, &line, 1);
    rig.trace = trace_create();
    rig.machine = make_machine(1, LIMIT_NS, rig.trace, NULL);
    ck_assert_ptr_null(faults_create(&plan, rig.machine, NULL, endpoint_id, on_strike, &rig, &err));
    ck_assert_int_eq(err.status, SIM_BAD_INPUT);
    ck_assert_str_eq(err.text, "stall_pe nth=1 of=call of_endpoint=eco: there is no endpoint "
                               "'eco'; want nwd or the name of a partition");
    machine_destroy(rig.machine);
    trace_destroy(rig.trace);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fault_engine");
    TCase *tcase = tcase_create("engine");
    SRunner *runner;
    int failed;

    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, what_never_strikes_is_not_felt);
    tcase_add_test(tcase, at_a_time);
    tcase_add_test(tcase, nothing_past_the_limit_is_waited_for);
    tcase_add_test(tcase, at_a_choice_point);
    tcase_add_test(tcase, exactly_there);
    tcase_add_test(tcase, at_an_event);
    tcase_add_test(tcase, at_a_place);
    tcase_add_test(tcase, one_at_a_place);
    tcase_add_test(tcase, by_chance);
    tcase_add_test(tcase, a_seed_says_all);
    tcase_add_test(tcase, most_strikes);
    tcase_add_test(tcase, added_while_it_runs);
    tcase_add_test(tcase, reseeded);
    tcase_add_test(tcase, dead_and_stalled_pes);
    tcase_add_test(tcase, nobody_of_that_name);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
