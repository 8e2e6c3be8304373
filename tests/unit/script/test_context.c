/* SPDX-License-Identifier: BSD-3-Clause */
/* A scripted context behind context_ops, driven as the levels above drive it. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/script/script_context.h"
#include "spmc/vcpu.h"

#define NOTES 8

struct notes {
    struct trace_sink sink;
    unsigned count;
    char line[NOTES][EVENT_MAX_TEXT + 1];
};

static struct script script;
static struct script_entry entry;
static struct machine machine;
static struct sim_pe pe;
static struct notes notes;
static struct context *context;
static struct context_exit out;

static void on_event(struct trace_sink *sink, const struct trace_event *event)
{
    struct notes *self = (struct notes *)sink;

    if (event->header.type == EVENT_NOTE && self->count < NOTES) {
        snprintf(self->line[self->count++], sizeof(self->line[0]), "%.*s",
                 (int)event->header.text_bytes, event->text);
    }
}

/* A context on one PE that runs `function(ctx) BODY end`. */
static void start(const char *body)
{
    const struct context_config config = {
        .name = "sp/0", .endpoint = 0x8001, .secure = true, .top_el = 1};
    const uint64_t x[8] = {11, 12, 13, 14, 15, 16, 17, 18};
    char text[1024];

    ck_assert(script_open(&script, "dir/test.lua", 0));
    snprintf(text, sizeof(text), "return function(ctx) %s end", body);
    ck_assert_int_eq(luaL_loadbufferx(script.L, text, strlen(text), script.chunk, "t"), LUA_OK);
    ck_assert(script_call(&script, 0, 1, SCRIPT_LOAD_BUDGET));
    memset(&machine, 0, sizeof(machine));
    memset(&pe, 0, sizeof(pe));
    memset(&notes, 0, sizeof(notes));
    notes.sink.event = on_event;
    machine.pe = &pe;
    machine.pe_count = 1;
    machine.trace = trace_create();
    trace_add_sink(machine.trace, &notes.sink);
    script.trace = machine.trace;
    pe.machine = &machine;
    pe.slice_end_ns = 1000;
    entry =
        (struct script_entry){.script = &script, .function = luaL_ref(script.L, LUA_REGISTRYINDEX)};
    context = script_make_context(&entry, &machine, &config, NULL);
    ck_assert_ptr_nonnull(context);
    context->pe = &pe;
    context->ops->reset(context, 0x1000, x);
}

static void stop(void)
{
    context->ops->destroy(context);
    trace_destroy(machine.trace);
    script_close(&script);
}

static void resume(enum context_exit_kind kind)
{
    context->ops->resume(context, &out);
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
    ck_assert_uint_eq(context->ops->get_sysreg(context, CONTEXT_PC), 0x1004);
    context->ops->get_x(context, 0, 18, x);
    ck_assert_uint_eq(x[0], 0x84000069);
    ck_assert_uint_eq(x[1], 5);
    ck_assert_uint_eq(x[2], 0); /* not what reset() left */
    ck_assert_uint_eq(x[9], UINT64_MAX);
    context->ops->set_x(context, 0, 18, answer);
    resume(CONTEXT_EXIT_SYNC);
    ck_assert_uint_eq(ESR_EC(out.esr), ESR_EC_HVC64);
    ck_assert_uint_eq(notes.count, 1);
    ck_assert_str_eq(notes.line[0], "FFA_SUCCESS_32\t66\t99\ttrue");
    resume(CONTEXT_EXIT_FINISHED);
    resume(CONTEXT_EXIT_FINISHED);
    stop();
}
END_TEST

START_TEST(a_wait_ends_its_slices_and_takes_exactly_its_time)
{
    start("ctx:wait('1500 ns') ctx:note(ctx.now_ns) ctx:wfi()");
    resume(CONTEXT_EXIT_SLICE);
    ck_assert_uint_eq(pe.now_ns, 1000);
    pe.slice_end_ns = 9000;
    resume(CONTEXT_EXIT_WFI);
    ck_assert_uint_eq(pe.now_ns, 1500);
    ck_assert_str_eq(notes.line[0], "1500");
    stop();
}
END_TEST

START_TEST(a_reset_starts_the_function_again)
{
    const uint64_t x[8] = {77};

    start("ctx:note(ctx:regs().x0) ctx:smc(1) ctx:note('never')");
    resume(CONTEXT_EXIT_SYNC);
    context->ops->reset(context, 0x2000, x);
    resume(CONTEXT_EXIT_SYNC);
    ck_assert_uint_eq(context->ops->get_sysreg(context, CONTEXT_PC), 0x2004);
    ck_assert_uint_eq(notes.count, 2);
    ck_assert_str_eq(notes.line[0], "11");
    ck_assert_str_eq(notes.line[1], "77");
    stop();
}
END_TEST

START_TEST(notes_show_no_addresses)
{
    start("ctx:note({}) note(print) print(ctx, { 1 })");
    resume(CONTEXT_EXIT_FINISHED);
    ck_assert_uint_eq(notes.count, 3);
    ck_assert_str_eq(notes.line[0], "table");
    ck_assert_str_eq(notes.line[1], "function");
    ck_assert_str_eq(notes.line[2], "sp/0\ttable");
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
    ck_assert_uint_eq(notes.count, 5);
    ck_assert_ptr_nonnull(strstr(notes.line[0], "x3 is given twice"));
    ck_assert_ptr_nonnull(strstr(notes.line[1], "fields x0 to x17"));
    ck_assert_ptr_nonnull(strstr(notes.line[2], "x0 to x17"));
    ck_assert_ptr_nonnull(strstr(notes.line[3], "fields x0 to x17"));
    ck_assert_ptr_nonnull(strstr(notes.line[4], "register x4: wanted an integer, got table"));
    stop();
}
END_TEST

START_TEST(errors_name_the_line_of_the_scenario)
{
    static const char text[] = "\n\nerror('no luck', 0)";
    char said[sizeof(script.why)];

    ck_assert(script_open(&script, "dir/test.lua", 0));
    ck_assert_int_eq(luaL_loadbufferx(script.L, text, strlen(text), script.chunk, "t"), LUA_OK);
    ck_assert(!script_call(&script, 0, 0, SCRIPT_LOAD_BUDGET));
    snprintf(said, sizeof(said), "%s", script.why);
    script_close(&script);
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
