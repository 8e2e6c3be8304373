/* SPDX-License-Identifier: BSD-3-Clause */
/* A scripted context behind context_ops, driven as the levels above drive it. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spmc/vcpu.h"
#include "tests/unit/script/fixture.h"

static struct fixture fixture;
static struct context_exit out;

/* A context on one PE that runs `function(ctx) BODY end`. */
static void start(const char *body)
{
    const struct context_config config = {
        .name = "sp/0", .endpoint = 0x8001, .secure = true, .top_el = 1};
    char text[1024];

    snprintf(text, sizeof(text), "return function(ctx) %s end", body);
    fixture_start(&fixture, 1, &config, text);
}

static void stop(void)
{
    fixture_stop(&fixture);
}

static void resume(enum context_exit_kind kind)
{
    fixture.context[0]->ops->resume(fixture.context[0], &out);
    ck_assert_int_eq(out.kind, kind);
}

START_TEST(a_call_exits_with_its_registers_and_returns_with_the_answer)
{
    const uint64_t answer[18] = {0x84000061, 0, 0x42, [17] = 99};
    uint64_t x[18];

    start("local r = ctx:smc { 0x84000069, 5, x9 = -1 } "
          "ctx:note(r.name, r.x2, r[17], r.ok) ctx:hvc(7)");
    resume(CONTEXT_EXIT_SYNC);
    ck_assert_uint_eq(ESR_EC(out.esr), ESR_EC_SMC64);
    ck_assert_uint_eq(fixture.context[0]->ops->get_sysreg(fixture.context[0], CONTEXT_PC), 0x1004);
    fixture.context[0]->ops->get_x(fixture.context[0], 0, 18, x);
    ck_assert_uint_eq(x[0], 0x84000069);
    ck_assert_uint_eq(x[1], 5);
    ck_assert_uint_eq(x[2], 0); /* not what reset() left */
    ck_assert_uint_eq(x[9], UINT64_MAX);
    fixture.context[0]->ops->set_x(fixture.context[0], 0, 18, answer);
    resume(CONTEXT_EXIT_SYNC);
    ck_assert_uint_eq(ESR_EC(out.esr), ESR_EC_HVC64);
    ck_assert_uint_eq(fixture.notes.count, 1);
    ck_assert_str_eq(fixture.notes.line[0], "FFA_SUCCESS_32\t66\t99\ttrue");
    resume(CONTEXT_EXIT_FINISHED);
    resume(CONTEXT_EXIT_FINISHED);
    stop();
}
END_TEST

START_TEST(a_wait_ends_its_slices_and_takes_exactly_its_time)
{
    start("ctx:wait('1500 ns') ctx:note(ctx.now_ns) ctx:wfi()");
    resume(CONTEXT_EXIT_SLICE);
    ck_assert_uint_eq(fixture.pe[0].now_ns, 1000);
    fixture.pe[0].slice_end_ns = 9000;
    resume(CONTEXT_EXIT_WFI);
    ck_assert_uint_eq(fixture.pe[0].now_ns, 1500);
    ck_assert_str_eq(fixture.notes.line[0], "1500");
    stop();
}
END_TEST

START_TEST(a_reset_starts_the_function_again)
{
    const uint64_t x[8] = {77};

    start("ctx:note(ctx:regs().x0) ctx:smc(1) ctx:note('never')");
    resume(CONTEXT_EXIT_SYNC);
    fixture.context[0]->ops->reset(fixture.context[0], 0x2000, x);
    resume(CONTEXT_EXIT_SYNC);
    ck_assert_uint_eq(fixture.context[0]->ops->get_sysreg(fixture.context[0], CONTEXT_PC), 0x2004);
    ck_assert_uint_eq(fixture.notes.count, 2);
    ck_assert_str_eq(fixture.notes.line[0], "11");
    ck_assert_str_eq(fixture.notes.line[1], "77");
    stop();
}
END_TEST

START_TEST(notes_show_no_addresses)
{
    start("ctx:note({}) note(print) print(ctx, { 1 })");
    resume(CONTEXT_EXIT_FINISHED);
    ck_assert_uint_eq(fixture.notes.count, 3);
    ck_assert_str_eq(fixture.notes.line[0], "table");
    ck_assert_str_eq(fixture.notes.line[1], "function");
    ck_assert_str_eq(fixture.notes.line[2], "sp/0\ttable");
    stop();
}
END_TEST

/* Errors inside a pcall, so that the run need not end. */
START_TEST(registers_are_taken_in_one_order_whatever_the_table)
{
    start("for _, bad in ipairs { { x3 = 1, w3 = 2 }, { foo = 1 }, { [19] = 1 }, { x18 = 1 } } do "
          "note(select(2, pcall(ctx.smc, ctx, bad))) end "
          "note(select(2, pcall(ctx.smc, ctx, { 1, x4 = {} })))");
    resume(CONTEXT_EXIT_FINISHED);
    ck_assert_uint_eq(fixture.notes.count, 5);
    ck_assert_ptr_nonnull(strstr(fixture.notes.line[0], "x3 is given twice"));
    ck_assert_ptr_nonnull(strstr(fixture.notes.line[1], "fields x0 to x17"));
    ck_assert_ptr_nonnull(strstr(fixture.notes.line[2], "x0 to x17"));
    ck_assert_ptr_nonnull(strstr(fixture.notes.line[3], "fields x0 to x17"));
    ck_assert_ptr_nonnull(
        strstr(fixture.notes.line[4], "register x4: wanted an integer, got table"));
    stop();
}
END_TEST

START_TEST(errors_name_the_line_of_the_scenario)
{
    static const char text[] = "\n\nerror('no luck', 0)";
    char said[sizeof(fixture.script.why)];

    ck_assert(script_open(&fixture.script, "dir/test.lua", 0));
    ck_assert_int_eq(
        luaL_loadbufferx(fixture.script.L, text, strlen(text), fixture.script.chunk, "t"), LUA_OK);
    ck_assert(!script_call(&fixture.script, 0, 0, SCRIPT_LOAD_BUDGET));
    snprintf(said, sizeof(said), "%s", fixture.script.why);
    script_close(&fixture.script);
    ck_assert_str_eq(said, "test.lua:3: no luck");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scripted context");
    TCase *tests = tcase_create("scripted context");
    SRunner *runner;
    int failed;

    tcase_add_test(tests, a_call_exits_with_its_registers_and_returns_with_the_answer);
    tcase_add_test(tests, a_wait_ends_its_slices_and_takes_exactly_its_time);
    tcase_add_test(tests, a_reset_starts_the_function_again);
    tcase_add_test(tests, notes_show_no_addresses);
    tcase_add_test(tests, registers_are_taken_in_one_order_whatever_the_table);
    tcase_add_test(tests, errors_name_the_line_of_the_scenario);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
