/* SPDX-License-Identifier: BSD-3-Clause */
/* Strict numbers, durations and sizes; nearest names. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sim/host/run.h"
#include "sim/script/parse.h"

static struct sim_error err;

START_TEST(durations_are_whole_nanoseconds_in_range)
{
    static const struct {
        const char *text;
        uint64_t ns; /* 0: refused */
    } cases[] = {
        {"20 ms", 20000000},
        {"1.5us", 1500},
        {"3s", 3000000000ull},
        {"1 ns", 1},
        {"0.25 us", 250},
        {"3600 s", RUN_LIMIT_MAX_NS},
        {"3600.1 s", 0},
        {"0 s", 0},
        {"1.5 ns", 0},
        {"-5 s", 0},
        {"5", 0},
        {"s", 0},
        {"1e3 s", 0},
        {"5 years", 0},
        {"", 0},
        {"5 s ", 0},
        {"99999999999999999999 s", 0},
        {"0x10 s", 0},
        {"5 s x", 0},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint64_t ns = 0;
        bool ok = parse_duration(cases[i].text, "limit", &ns, &err);

        ck_assert_msg(ok == (cases[i].ns != 0), "'%s'", cases[i].text);
        if (ok) {
            ck_assert_uint_eq(ns, cases[i].ns);
        } else {
            ck_assert_ptr_nonnull(strstr(err.text, "limit"));
            ck_assert_int_eq(err.status, SIM_BAD_INPUT);
        }
    }
}
END_TEST

START_TEST(numbers_are_whole_texts_in_range)
{
    uint64_t value;

    ck_assert(parse_u64("42", "n", 0, 100, &value, &err));
    ck_assert_uint_eq(value, 42);
    ck_assert(parse_u64("0x2a", "n", 0, 100, &value, &err));
    ck_assert_uint_eq(value, 42);
    ck_assert(parse_u64("18446744073709551615", "n", 0, UINT64_MAX, &value, &err));
    ck_assert(!parse_u64("18446744073709551616", "n", 0, UINT64_MAX, &value, &err));
    ck_assert(!parse_u64("101", "n", 0, 100, &value, &err));
    ck_assert(!parse_u64("1x", "n", 0, 100, &value, &err));
    ck_assert(!parse_u64("", "n", 0, 100, &value, &err));
    ck_assert(!parse_u64("-1", "n", 0, 100, &value, &err));
    ck_assert(!parse_u64(" 1", "n", 0, 100, &value, &err));
}
END_TEST

START_TEST(sizes_know_their_units)
{
    uint64_t bytes;

    ck_assert(parse_size("64 KiB", "memory", 1 << 30, &bytes, &err));
    ck_assert_uint_eq(bytes, 65536);
    ck_assert(parse_size("4096", "memory", 1 << 30, &bytes, &err));
    ck_assert_uint_eq(bytes, 4096);
    ck_assert(!parse_size("64 KB", "memory", 1 << 30, &bytes, &err));
    ck_assert(!parse_size("2 GiB", "memory", 1 << 30, &bytes, &err));
}
END_TEST

START_TEST(nearest_name_is_suggested_or_none)
{
    static const char *const names[] = {"partitions", "params", "board", "limit"};
    char text[80];

    ck_assert_str_eq(parse_nearest("partitons", names, 4), "partitions");
    ck_assert_str_eq(parse_nearest("baord", names, 4), "board");
    ck_assert_str_eq(parse_nearest("Limit", names, 4), "limit");
    ck_assert_ptr_null(parse_nearest("xyzzy", names, 4));
    parse_suggest("limt", names, 4, text, sizeof(text));
    ck_assert_str_eq(text, "; did you mean 'limit'?");
    parse_suggest("xyzzy", names, 4, text, sizeof(text));
    ck_assert_str_eq(text, "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("parse");
    TCase *tests = tcase_create("parse");
    SRunner *runner;
    int failed;

    tcase_add_test(tests, durations_are_whole_nanoseconds_in_range);
    tcase_add_test(tests, numbers_are_whole_texts_in_range);
    tcase_add_test(tests, sizes_know_their_units);
    tcase_add_test(tests, nearest_name_is_suggested_or_none);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
