/* SPDX-License-Identifier: BSD-3-Clause */
/* What scripts of several PEs share: meetings, functions for another PE, games in rounds. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/script/fixture.h"

#define SLICE_NS   500
#define MAX_SLICES 200

static struct fixture fixture;

/* Two PEs run `function(nw) BODY end` in turns, until both have finished or the time is up. */
static void play(const char *outside, const char *body)
{
    const struct context_config config = {.name = "NWd", .endpoint = 0, .top_el = 1};
    bool has_finished[FIXTURE_PES] = {false};
    struct context_exit out;
    char text[4096];

    snprintf(text, sizeof(text), "%s return function(nw) %s end", outside, body);
    fixture_start(&fixture, FIXTURE_PES, &config, text);
    for (unsigned i = 0; i < MAX_SLICES * FIXTURE_PES && !fixture.script.dead; i++) {
        unsigned at = i % FIXTURE_PES;

        if (!has_finished[at]) {
            fixture.pe[at].slice_end_ns = (i / FIXTURE_PES + 1) * (uint64_t)SLICE_NS;
            fixture.context[at]->ops->resume(fixture.context[at], &out);
            has_finished[at] = out.kind == CONTEXT_EXIT_FINISHED;
        }
    }
}

static void ck_assert_notes(const char *wanted)
{
    char all[1024] = "";

    for (unsigned i = 0; i < fixture.notes.count; i++) {
        snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s;", fixture.notes.line[i]);
    }
    ck_assert_str_eq(all, wanted);
}

START_TEST(who_meets_waits_for_all_of_them)
{
    play("local here = 0", "for round = 1, 3 do nw:wait(nw.pe * 900 + 1) here = here + 1 "
                           "nw:meet(2) if here < 2 * round then note('early') end end "
                           "nw:meet(1) note('done')");
    ck_assert_notes("done;done;");
    fixture_stop(&fixture);
}
END_TEST

START_TEST(a_meeting_has_one_size)
{
    play("", "if nw.pe == 1 then note(select(2, pcall(nw.meet, nw, 1))) else nw:meet(2) end");
    ck_assert_notes("test.lua:1: meet: of 1 PEs, but another one waits for a meeting of 2;");
    fixture_stop(&fixture);
}
END_TEST

START_TEST(a_pe_that_attends_does_what_others_bring)
{
    play("", "if nw.pe == 1 then nw:attend() end "
             "note(nw:on_pe(1, function(there) there:wait(900) return there.pe, 'there' end)) "
             "note(nw:on_pe(0, function(here) return here.pe, 'here' end)) "
             "local wait = nw:start_on_pe(1, function() note('begun') end) "
             "note(select(2, pcall(nw.on_pe, nw, 1, print))) wait() note('ended')");
    ck_assert_notes(
        "1\tthere;0\there;test.lua:1: start_on_pe: PE 1 has not ended what it was given "
        "before;begun;ended;");
    fixture_stop(&fixture);
}
END_TEST

START_TEST(a_pe_that_does_not_attend_is_a_failure)
{
    play("", "if nw.pe == 0 then nw:on_pe(1, print, '3 us') end");
    ck_assert(fixture.script.dead);
    ck_assert_ptr_nonnull(strstr(fixture.script.why, "PE 1 does not end what it was given"));
    fixture_stop(&fixture);
}
END_TEST

#define GAMES                                                                              \
    "params = { rounds = 2, pes = 2, game = 'all' } "                                      \
    "local function say(what) return function(nw) note(what .. nw.pe) end end "            \
    "local games = { a = { prepare = say 'p', play = say 'a', settle = say 's' }, "        \
    "                b = { play = { [0] = say 'b' } }, c = { pes = 3, play = say 'c' } } " \
    "local order = { 'b', 'a', 'c' } "

START_TEST(games_are_played_in_order_and_rounds)
{
    play(GAMES, "nw:play(games, order)");
    for (unsigned i = 0; i < fixture.notes.count; i++) { /* who is first in a game is chance */
        if (fixture.notes.line[i][0] == 'a') {
            fixture.notes.line[i][1] = '*';
        }
    }
    ck_assert_notes("b0;p0;a*;a*;s0;b0;p0;a*;a*;s0;");
    fixture_stop(&fixture);
}
END_TEST

START_TEST(a_parameter_names_the_game)
{
    play(GAMES "params.game, params.rounds = 'b', 1", "nw:play(games, order)");
    ck_assert_notes("b0;");
    fixture_stop(&fixture);
}
END_TEST

START_TEST(bad_arguments_are_one_clear_line)
{
    static const struct {
        const char *call;
        const char *said;
    } cases[] = {
        {"nw:meet(0)", "meet: wanted a number of PEs from 1 to 2, got 0"},
        {"nw:meet(3)", "meet: wanted a number of PEs from 1 to 2, got 3"},
        {"nw:meet()", "meet: wanted a number of PEs"},
        {"nw:cpus_on(3)", "cpus_on: wanted a number of PEs from 1 to 2, got 3"},
        {"nw:attend('soon')", "attend"},
        {"nw:attend(0)", "attend: wanted a duration, got 0"},
        {"nw:start_on_pe(0, print)", "start_on_pe: wanted the number of another PE, got 0"},
        {"nw:on_pe(2, print)", "start_on_pe: wanted the number of another PE, got 2"},
        {"nw:on_pe(1, 5)", "start_on_pe: wanted a function, got 5"},
        {"nw:on_pe(0)", "on_pe: wanted a function, got nil"},
        {"nw:within('a', 5)", "within: wanted a function, got 5"},
        {"nw:try_within('a')", "try_within: wanted a function, got nil"},
        {"obedient(5)", "obedient: wanted a name and the name of a manifest, got 5"},
        {"obedient('a', { memry = 1 })", "obedient has no field 'memry'; did you mean 'memory'?"},
        {"obedient('a', { writable = true })", "obedient: writable"},
        {"obedient('a', 'a.dts', { handler = 1 })", "obedient: handler: wanted a function, got 1"},
        {"expect.console({ console = {} }, 5)", "expect.console: wanted the run, a line and"},
        {"nw:play()", "play: wanted a table of games and a list of their names"},
        {"params = {} nw:play(games, order)", "play: the scenario needs params = {"},
        {"params.pes = 3 nw:play(games, order)", "params.pes: wanted a number of PEs from 1 to 2"},
        {"params.game = 'd' nw:play(games, order)",
         "there is no game 'd': wanted all, or one of b"},
        {"params.game = 'c' nw:play(games, order)", "game 'c' wants 3 PEs: --set pes=3"},
        {"nw:play(games, { 'aa' })", "the table of games has no field 'aa'; did you mean 'a'?"},
        {"nw:play({ a = 1 }, { 'a' })", "game 'a': wanted a table, got 1"},
        {"nw:play({ a = { plai = 1 } }, { 'a' })", "game 'a' has no field 'plai'; did you mean"},
        {"nw:play({ a = {} }, { 'a' })", "play: wanted a function, or functions by PE, got nil"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char body[512];

        snprintf(body, sizeof(body),
                 "if nw.pe == 0 then note(select(2, pcall(function() %s end))) end", cases[i].call);
        play(GAMES, body);
        ck_assert_msg(!fixture.script.dead, "%s: %s", cases[i].call, fixture.script.why);
        ck_assert_uint_eq(fixture.notes.count, 1);
        ck_assert_msg(strstr(fixture.notes.line[0], cases[i].said) != NULL, "%s: %s", cases[i].call,
                      fixture.notes.line[0]);
        fixture_stop(&fixture);
    }
}
END_TEST

START_TEST(an_obedient_partition_is_an_entry_of_the_list)
{
    play("", "if nw.pe == 0 then for _, one in ipairs { obedient('a'), "
             "obedient('b', { memory = '1 MiB' }), obedient('c', 'x.dts'), "
             "obedient('d', 'there/y.dts', { pages = 2 }) } do "
             "note(one.name, one.manifest, one.memory, type(one.script)) end end");
    ck_assert_notes("a\tmanifests/a.dts\tnil\tfunction;b\tmanifests/b.dts\t1 MiB\tfunction;"
                    "c\tmanifests/x.dts\tnil\tfunction;d\tthere/y.dts\tnil\tfunction;");
    fixture_stop(&fixture);
}
END_TEST

START_TEST(lines_of_the_console_are_counted)
{
    play("", "if nw.pe == 0 then local run = { console = { 'x', 'y', 'x' } } "
             "expect.console(run, 'y') expect.console(run, 'x', 2) expect.console(run, 'z', 0) "
             "expect.console(run, 'x') end");
    ck_assert(fixture.script.dead);
    ck_assert_str_eq(fixture.script.why, "test.lua:1: x: wanted 1, got 2");
    fixture_stop(&fixture);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scripts of several PEs");
    TCase *tests = tcase_create("scripts of several PEs");
    SRunner *runner;
    int failed;

    tcase_add_test(tests, who_meets_waits_for_all_of_them);
    tcase_add_test(tests, a_meeting_has_one_size);
    tcase_add_test(tests, a_pe_that_attends_does_what_others_bring);
    tcase_add_test(tests, a_pe_that_does_not_attend_is_a_failure);
    tcase_add_test(tests, games_are_played_in_order_and_rounds);
    tcase_add_test(tests, a_parameter_names_the_game);
    tcase_add_test(tests, bad_arguments_are_one_clear_line);
    tcase_add_test(tests, an_obedient_partition_is_an_entry_of_the_list);
    tcase_add_test(tests, lines_of_the_console_are_counted);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
