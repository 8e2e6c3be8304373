/* SPDX-License-Identifier: BSD-3-Clause */
/* Lines into faults and back. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sim/fault/fault.h"
#include "sim/trace/event.h"

/* What is read, and what is written for it; NULL: the same. */
static const struct {
    const char *line;
    const char *canonical;
} good[] = {
    {"flip_ram", NULL},
    {"flip_ram address=0x6000040 bit=3 at=12us", NULL},
    {"flip_ram partition=echo offset=0x10 bit=0", NULL},
    {"flip_table partition=echo address=0x10000000 bit=63 point=1207", NULL},
    {"flip_register partition=echo vcpu=1 reg=x30 bit=7", NULL},
    {"flip_register reg=pc", NULL},
    {"flip_register reg=pstate bit=31", NULL},
    {"flip_gic pe=1 intid=40 field=priority bit=7", NULL},
    {"spurious_interrupt intid=40", NULL},
    {"early_interrupt pe=0 intid=27 at=0s", NULL},
    {"lose_interrupt intid=40 nth=2", NULL},
    {"double_interrupt chance=1000000 most=256", NULL},
    {"late_interrupt intid=40 by=1us", NULL},
    {"corrupt_call endpoint=nwd arg=3 mask=0xff chance=20000", NULL},
    {"corrupt_result endpoint=echo arg=17 mask=0xffffffffffffffff", NULL},
    {"wrong_answer partition=echo arg=3 mask=0x1", NULL},
    {"abort_partition partition=echo vcpu=0 nth=18446744073709551615", NULL},
    {"hang_partition partition=echo at=3600s", NULL},
    {"stall_pe pe=1 for=40us nth=3 of=call of_endpoint=echo", NULL},
    {"kill_pe pe=63 chance=1 of=interrupt of_pe=2", NULL},
    {"no_memory endpoint=nwd count=3", NULL},
    {"skip_tlb nth=2", NULL},
    {"skip_tlb partition=echo point=1", NULL},
    {"skip_cache pe=2", NULL},
    {"power_cut ram=lost at=1500ns", NULL},
    {"  power_cut   ram=kept  point=0x10 ", "power_cut point=16"},
    {"stall_pe of=call", "stall_pe nth=1 of=call"},
    {"stall_pe at=0.5us", "stall_pe at=500ns"},
    {"stall_pe for=1000us pe=0x2 at=1000ms", "stall_pe pe=2 for=1ms at=1s"},
    {"skip_tlb chance=5 most=1", "skip_tlb chance=5"},
    {"no_memory count=0", "no_memory"},
};

/* What is read, and what the one line about it says. */
static const struct {
    const char *line;
    const char *says;
} wrong[] = {
    {"", "t: want a kind of fault"},
    {"   ", "t: want a kind of fault"},
    {"skip_tbl", "t: there is no fault 'skip_tbl'; did you mean 'skip_tlb'?"},
    {"melt", "t: there is no fault 'melt'; see orrery run --list-faults"},
    {"skip_tlb nthh=2", "there is no key 'nthh'; did you mean 'nth'?"},
    {"skip_tlb x=1", "there is no key 'x'; see"},
    {"skip_tlb 3", "'3' says nothing; want KEY=VALUE behind skip_tlb"},
    {"skip_tlb bit=3", "skip_tlb has no bit"},
    {"stall_pe endpoint=echo of=call",
     "stall_pe has no endpoint; see orrery run --list-faults, and of"},
    {"flip_ram bit=8", "bit: '8' is not a whole number from 0 to 7"},
    {"flip_ram bit=", "bit: '' is not a whole number"},
    {"flip_ram bit=1x", "bit: '1x' is not"},
    {"flip_ram address=0x10000000000000000", "address: "},
    {"flip_ram address=1 partition=a", "with partition, say offset"},
    {"flip_ram offset=1", "say partition too"},
    {"flip_table address=1", "say partition too"},
    {"flip_ram partition=nwd", "nwd is the normal world"},
    {"flip_ram partition=", "want a name of 1 to 31"},
    {"flip_ram partition=01234567890123456789012345678901", "want a name of 1 to 31"},
    {"flip_register reg=x31", "want x0 to x30, pc or pstate"},
    {"flip_register reg=sp", "want x0 to x30, pc or pstate"},
    {"flip_register reg=pstate bit=2", "pstate: bit 2 can not be another"},
    {"flip_gic field=pirority", "there is no 'pirority'; did you mean 'priority'?"},
    {"flip_gic field=color", "want enable, pending"},
    {"corrupt_call mask=0", "mask: '0' is not"},
    {"stall_pe for=0us", "for: '0us' is no time"},
    {"stall_pe for=3", "for: '3' is no time up to an hour; write a number and ns, us, ms or s"},
    {"stall_pe for=0.5ns", "for: '0.5ns' is no time"},
    {"stall_pe at=3601s", "at: '3601s' is no time"},
    {"stall_pe at=99999999999999999999s", "is no time"},
    {"power_cut ram=gone", "ram: 'gone'; want kept or lost"},
    {"power_cut at=1us at=2us", "at twice"},
    {"power_cut at=1us point=2", "one of at, point, nth and chance only"},
    {"power_cut point=0", "point: '0'"},
    {"power_cut nth=3", "nth and chance count events; say which, as in of=call"},
    {"power_cut at=1us of=call", "of goes with nth or chance"},
    {"power_cut of=cal", "there is no event 'cal'; did you mean 'call'?"},
    {"power_cut of_pe=1", "say of=EVENT too"},
    {"skip_tlb nth=2 most=3", "most goes with chance"},
    {"skip_tlb chance=1 most=0", "most: '0' is not a whole number from 1 to 256"},
    {"skip_tlb chance=1000001", "chance: '1000001'"},
    {"skip_tlb\tnth=2", "byte 0x09 at 8"},
};

START_TEST(there_and_back)
{
    struct fault fault;
    struct fault again;
    struct sim_error err;
    char line[FAULT_LINE_BYTES];
    char second[FAULT_LINE_BYTES];
    const char *want = good[_i].canonical != NULL ? good[_i].canonical : good[_i].line;

    ck_assert_msg(fault_parse(good[_i].line, "t", &fault, &err), "%s", err.text);
    fault_print(&fault, line);
    ck_assert_str_eq(line, want);
    ck_assert_msg(fault_parse(line, "t", &again, &err), "%s", err.text);
    fault_print(&again, second);
    ck_assert_str_eq(second, line);
    ck_assert_int_eq(memcmp(&fault, &again, sizeof(fault)), 0);
}
END_TEST

START_TEST(one_line_for_bad_ones)
{
    struct fault fault;
    struct sim_error err = {SIM_PASS, ""};

    ck_assert(!fault_parse(wrong[_i].line, "t", &fault, &err));
    ck_assert_int_eq(err.status, SIM_BAD_INPUT);
    ck_assert_msg(strstr(err.text, wrong[_i].says) != NULL, "%s", err.text);
    ck_assert_ptr_eq(strstr(err.text, "t: "), err.text);
    ck_assert(!fault_parse(wrong[_i].line, "t", &fault, NULL));
}
END_TEST

START_TEST(every_kind_has_a_line)
{
    unsigned seen = 0;

    for (unsigned kind = 0; kind < FAULT_KIND_COUNT; kind++) {
        struct fault fault;
        struct fault bare;
        struct sim_error err;
        const char *name = fault_kind_name((enum fault_kind)kind);

        fault_init(&bare, (enum fault_kind)kind);
        ck_assert_msg(fault_parse(name, "t", &fault, &err), "%s", err.text);
        ck_assert_int_eq(memcmp(&fault, &bare, sizeof(fault)), 0);
        for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
            if (strstr(good[i].line, name) != NULL) {
                seen++;
                break;
            }
        }
    }
    ck_assert_uint_eq(seen, FAULT_KIND_COUNT);
}
END_TEST

START_TEST(what_is_given)
{
    struct fault fault;
    struct sim_error err;

    ck_assert(
        fault_parse("corrupt_call endpoint=nwd pe=2 arg=3 mask=0xf0 chance=7 most=9 of=resume "
                    "of_endpoint=echo of_pe=1",
                    "t", &fault, &err));
    ck_assert_int_eq(fault.kind, FAULT_CORRUPT_CALL);
    ck_assert_str_eq(fault.endpoint, "nwd");
    ck_assert_uint_eq(fault.pe, 2);
    ck_assert_uint_eq(fault.arg, 3);
    ck_assert(fault.has_mask);
    ck_assert_uint_eq(fault.mask, 0xf0);
    ck_assert_int_eq(fault.when, FAULT_BY_CHANCE);
    ck_assert_uint_eq(fault.when_value, 7);
    ck_assert_uint_eq(fault.most, 9);
    ck_assert_uint_eq(fault.of, EVENT_RESUME);
    ck_assert_str_eq(fault.of_endpoint, "echo");
    ck_assert_uint_eq(fault.of_pe, 1);
    ck_assert_uint_eq(fault.vcpu, FAULT_ANY);
    ck_assert_uint_eq(fault.intid, FAULT_ANY);
}
END_TEST

/* Whatever the bytes are: a fault whose line reads back as itself, or one printable line. */
START_TEST(any_bytes)
{
    uint64_t random = 1;

    for (unsigned i = 0; i < 20000; i++) {
        char line[300];
        char first[FAULT_LINE_BYTES];
        char second[FAULT_LINE_BYTES];
        const char *seed = good[i % (sizeof(good) / sizeof(good[0]))].line;
        size_t length = strlen(seed);
        struct fault fault;
        struct sim_error err = {SIM_PASS, ""};

        memcpy(line, seed, length + 1);
        for (unsigned edits = 0; edits < 3; edits++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            line[(random >> 33) % length] =
                (random >> 20 & 3) != 0 ? seed[(random >> 40) % length] : (char)(random >> 56);
        }
        if (!fault_parse(line, "t", &fault, &err)) {
            ck_assert_int_eq(err.status, SIM_BAD_INPUT);
            for (const char *at = err.text; *at != '\0'; at++) {
                ck_assert_msg(*at >= ' ', "%s", err.text);
            }
            continue;
        }
        fault_print(&fault, first);
        ck_assert_msg(fault_parse(first, "t", &fault, &err), "%s: %s", first, err.text);
        fault_print(&fault, second);
        ck_assert_str_eq(first, second);
    }
}
END_TEST

START_TEST(too_long)
{
    char line[FAULT_LINE_BYTES + 1];
    struct fault fault;
    struct sim_error err;

    memset(line, ' ', sizeof(line));
    memcpy(line, "skip_tlb", 8);
    line[FAULT_LINE_BYTES - 1] = '\0';
    ck_assert(fault_parse(line, "t", &fault, &err));
    line[FAULT_LINE_BYTES - 1] = ' ';
    line[FAULT_LINE_BYTES] = '\0';
    ck_assert(!fault_parse(line, "t", &fault, &err));
    ck_assert_str_eq(err.text, "t: 256 characters; a fault has at most 255");
}
END_TEST

START_TEST(plans_have_an_end)
{
    struct fault_plan plan;
    struct fault fault;
    struct sim_error err;

    fault_init(&fault, FAULT_SKIP_TLB);
    fault_plan_init(&plan, 9);
    for (unsigned i = 0; i < FAULTS_MOST; i++) {
        ck_assert(fault_plan_add(&plan, &fault, "t", &err));
    }
    ck_assert(!fault_plan_add(&plan, &fault, "t", &err));
    ck_assert_str_eq(err.text, "t: a run has at most 32 faults; leave some out");
    ck_assert_uint_eq(plan.count, FAULTS_MOST);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fault_spec");
    TCase *tcase = tcase_create("spec");
    SRunner *runner;
    int failed;

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, there_and_back, 0, (int)(sizeof(good) / sizeof(good[0])));
    tcase_add_loop_test(tcase, one_line_for_bad_ones, 0, (int)(sizeof(wrong) / sizeof(wrong[0])));
    tcase_add_test(tcase, every_kind_has_a_line);
    tcase_add_test(tcase, what_is_given);
    tcase_add_test(tcase, any_bytes);
    tcase_add_test(tcase, too_long);
    tcase_add_test(tcase, plans_have_an_end);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
