/* SPDX-License-Identifier: BSD-3-Clause */
/* Results that are read again: all whole lines, and nothing of another campaign. */
#define _POSIX_C_SOURCE 200809L
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/replay/results.h"

static const char head[] = "orrery results 1\noptions --set a=1\n";
static char path[64];
static struct result told[8];
static unsigned told_count;

static const struct result samples[] = {
    {.scenario = 2, .run = 17, .passed = true, .hash = {1, 2}, .order = 3, .points = 4},
    {.run = UINT64_MAX - 1,
     .hash = {UINT64_MAX, 0xabc},
     .depth = 2,
     .point = {5, 600},
     .delays = 2,
     .why = "x.lua:3: 'a|b' and \xc3\xa9"},
    {.run = 9, .crashed = true, .why = "the simulator crashed: it did"},
    {.run = 10, .faults = "skip_tlb nth=2; power_cut point=7", .why = "a|b"},
    {.run = 11, .depth = 1, .point = {8}, .faults = "no_memory nth=1"},
};

#define SAMPLES (sizeof(samples) / sizeof(samples[0]))

static bool tell(void *user, const struct result *result)
{
    (void)user;
    ck_assert_uint_lt(told_count, 8);
    told[told_count++] = *result;
    return true;
}

static void setup(void)
{
    int fd;

    snprintf(path, sizeof(path), "results-XXXXXX");
    fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    close(fd);
    unlink(path);
    told_count = 0;
}

static void teardown(void)
{
    unlink(path);
}

static void write_samples(void)
{
    struct results results;
    struct sim_error err;

    ck_assert(results_create(&results, path, head, &err));
    for (unsigned i = 0; i < SAMPLES; i++) {
        ck_assert(results_add(&results, &samples[i], &err));
    }
    results_close(&results);
}

static void append(const char *text)
{
    FILE *file = fopen(path, "a");

    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

static bool resume(const char *with_head, struct results *results, struct sim_error *err)
{
    *results = (struct results){.file = NULL};
    told_count = 0;
    return results_resume(results, path, with_head, tell, NULL, err);
}

START_TEST(what_was_added_is_told)
{
    struct results results;
    struct sim_error err;

    write_samples();
    ck_assert(resume(head, &results, &err));
    ck_assert_uint_eq(told_count, SAMPLES);
    for (unsigned i = 0; i < SAMPLES; i++) {
        ck_assert_mem_eq(&told[i].hash, &samples[i].hash, sizeof(samples[i].hash));
        ck_assert_uint_eq(told[i].scenario, samples[i].scenario);
        ck_assert_uint_eq(told[i].run, samples[i].run);
        ck_assert_int_eq(told[i].passed, samples[i].passed);
        ck_assert_int_eq(told[i].crashed, samples[i].crashed);
        ck_assert_uint_eq(told[i].depth, samples[i].depth);
        ck_assert_mem_eq(told[i].point, samples[i].point, sizeof(samples[i].point));
        ck_assert_str_eq(told[i].faults, samples[i].faults);
        ck_assert_str_eq(told[i].why, samples[i].why);
    }
    results_close(&results);
}
END_TEST

START_TEST(half_a_line_is_cut_off)
{
    struct results results;
    struct sim_error err;

    write_samples();
    append("run 0 5 pass 00000000000000000000000000");
    ck_assert(resume(head, &results, &err));
    ck_assert_uint_eq(told_count, SAMPLES);
    ck_assert(results_add(&results, &samples[0], &err));
    results_close(&results);
    ck_assert(resume(head, &results, &err));
    ck_assert_uint_eq(told_count, SAMPLES + 1);
    results_close(&results);
}
END_TEST

static const char *const damaged[] = {
    "\n",
    "run\n",
    "run 0 1 maybe 00000000000000000000000000000000 0000000000000000 1 1 -|\n",
    "run 0 1 pass 0000000000000000000000000000000g 0000000000000000 1 1 -|\n",
    "run 0 1 pass 00000000000000000000000000000000 0000000000000000 1 1 1,2,3,4,5,6,7,8,9|\n",
    "run 0 1 pass 00000000000000000000000000000000 0000000000000000 1 1 \n",
    "run 0 1 pass 00000000000000000000000000000000 0000000000000000 1 1 - |\n",
    "run 0 1 pass 00000000000000000000000000000000 0000000000000000 1 1 -x|\n",
    "run 0 1 pass 00000000000000000000000000000000 0000000000000000 1 1 - power_cut\n",
    "run 0 -1 pass 00000000000000000000000000000000 0000000000000000 1 1 -|\n",
    "run 4294967296 1 pass 00000000000000000000000000000000 0000000000000000 1 1 -|\n",
    "run 0 99999999999999999999 pass 00000000000000000000000000000000 0000000000000000 1 1 -|\n",
};

START_TEST(a_damaged_line_is_named)
{
    struct results results;
    struct sim_error err;

    write_samples();
    append(damaged[_i]);
    ck_assert(!resume(head, &results, &err));
    ck_assert_int_eq(err.status, SIM_BAD_INPUT);
    ck_assert_ptr_nonnull(strstr(err.text, ":8: not a line"));
}
END_TEST

START_TEST(another_campaign_is_refused)
{
    struct results results;
    struct sim_error err;

    write_samples();
    ck_assert(!resume("orrery results 1\noptions --set a=2\n", &results, &err));
    ck_assert_int_eq(err.status, SIM_BAD_INPUT);
    ck_assert_ptr_nonnull(strstr(err.text, "another campaign"));
    ck_assert(!results_create(&results, path, head, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "--resume"));
}
END_TEST

START_TEST(nothing_to_resume_is_a_start)
{
    struct results results;
    struct sim_error err;

    ck_assert(resume(head, &results, &err));
    ck_assert_uint_eq(told_count, 0);
    results_close(&results);
    ck_assert_int_eq(access(path, R_OK), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("results");
    TCase *all = tcase_create("all");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, what_was_added_is_told);
    tcase_add_test(all, half_a_line_is_cut_off);
    tcase_add_loop_test(all, a_damaged_line_is_named, 0,
                        (int)(sizeof(damaged) / sizeof(damaged[0])));
    tcase_add_test(all, another_campaign_is_refused);
    tcase_add_test(all, nothing_to_resume_is_a_start);
    suite_add_tcase(suite, all);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
