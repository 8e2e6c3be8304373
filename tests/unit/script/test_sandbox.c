/* SPDX-License-Identifier: BSD-3-Clause */
/* What a script can not do, and what is the same in every run. Scripts run as a scenario's header.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/script/scenario.h"

#define FILE_NAME "sandbox_test.lua"

static struct sim_error err;

/* Loads a file whose top level is `text`; the error's text, or NULL when it loads. */
static const char *load_with(const char *text, uint64_t seed)
{
    const struct scenario_options options = {.seed = seed};
    FILE *file = fopen(FILE_NAME, "w");
    struct scenario *scenario;

    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
    scenario = scenario_load(FILE_NAME, &options, &err);
    remove(FILE_NAME);
    scenario_free(scenario);
    return scenario != NULL ? NULL : err.text;
}

/* Evaluates an expression and hands its value back as the error of the header. */
static const char *value_of(const char *expression, uint64_t seed)
{
    char text[1024];
    const char *said;

    snprintf(text, sizeof(text), "error('<' .. tostring(%s) .. '>', 0)", expression);
    said = load_with(text, seed);
    ck_assert_ptr_nonnull(said);
    said = strchr(said, '<');
    ck_assert_ptr_nonnull(said);
    return said;
}

START_TEST(the_host_is_out_of_reach)
{
    static const char *const escapes[] = {
        "os.exit(0)",
        "io.open('x', 'w')",
        "require('io')",
        "dofile('x')",
        "loadfile('x')",
        "load(string.dump(function() end))",
        "debug.getinfo(1)",
        "collectgarbage('count')",
        "package.loadlib('x', 'y')",
        "coroutine.create(print)",
        "string.dump(print)",
        "getmetatable('').__index.dump(print)",
    };

    for (size_t i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++) {
        const char *said = load_with(escapes[i], 0);

        ck_assert_msg(said != NULL, "%s", escapes[i]);
        /* It fails at the script's line, not for want of a header. */
        ck_assert_msg(strstr(said, FILE_NAME ":1:") != NULL, "%s: %s", escapes[i], said);
    }
}
END_TEST

START_TEST(time_and_memory_are_bounded)
{
    ck_assert_ptr_nonnull(strstr(load_with("while true do end", 0), "loop for ever"));
    ck_assert_ptr_nonnull(
        strstr(load_with("while true do pcall(function() while true do end end) end", 0),
               "loop for ever"));
    ck_assert_ptr_nonnull(
        strstr(load_with("local t = {} while true do t[#t + 1] = ('x'):rep(1 << 20) .. #t end", 0),
               "memory"));
    ck_assert_ptr_nonnull(load_with("local s = ('x'):rep(1 << 40)", 0));
}
END_TEST

START_TEST(addresses_and_hash_order_do_not_show)
{
    ck_assert_ptr_null(strstr(value_of("{}", 0), "0x"));
    ck_assert_ptr_null(strstr(value_of("print", 0), "0x"));
    ck_assert_str_eq(
        value_of("(function() local s = '' for k in pairs { b = 1, a = 2, d = 3, c = 4, 7, 8 } do "
                 "s = s .. tostring(k) end return s end)()",
                 0),
        "<12abcd>");
}
END_TEST

START_TEST(randomness_is_the_seed_alone)
{
    char first[64];

    snprintf(first, sizeof(first), "%s", value_of("math.random(1 << 40)", 1));
    ck_assert_str_eq(value_of("math.random(1 << 40)", 1), first);
    ck_assert_str_ne(value_of("math.random(1 << 40)", 2), first);
}
END_TEST

START_TEST(headers_are_checked_field_by_field)
{
    static const struct {
        const char *header;
        const char *said;
    } cases[] = {
        {"return scenario { name = 'x', normal_wrold = 1 }", "did you mean 'normal_world'?"},
        {"return scenario { name = 7 }", "name: wanted a text"},
        {"return scenario { }", "name:"},
        {"return { name = 'x' }", "return scenario"},
        {"return scenario { name = 'x', limit = 'soon' }", "limit"},
        {"return scenario { name = 'x', pes = 1000 }", "pes"},
        {"return scenario { name = 'x', tags = 'a' }", "tags"},
        {"return scenario { name = 'x', expect = { fail = 'y' } }", "did you mean 'fails'?"},
        {"return scenario { name = 'x', partitions = 5 }", "partitions"},
        {"return scenario { name = 'x', finish = 5 }", "finish"},
        {"x = = 1", ":1:"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *said = load_with(cases[i].header, 0);

        ck_assert_msg(said != NULL && strstr(said, cases[i].said) != NULL, "%s: %s",
                      cases[i].header, said != NULL ? said : "accepted");
        ck_assert_int_eq(err.status, SIM_BAD_INPUT);
    }
    ck_assert_ptr_null(load_with("return scenario { name = 'x', tags = { 'a', 'b' } }", 0));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sandbox");
    TCase *tests = tcase_create("sandbox");
    SRunner *runner;
    int failed;

    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, the_host_is_out_of_reach);
    tcase_add_test(tests, time_and_memory_are_bounded);
    tcase_add_test(tests, addresses_and_hash_order_do_not_show);
    tcase_add_test(tests, randomness_is_the_seed_alone);
    tcase_add_test(tests, headers_are_checked_field_by_field);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
