/* SPDX-License-Identifier: BSD-3-Clause */
/* Tapes: what is written is read, and what is no tape gives one line. */
#define _POSIX_C_SOURCE 200809L
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/replay/tape.h"

#define HASH "0123456789abcdef0123456789abcdef"
#define HEAD "orrery tape 1\nversion 1\nscenario a.lua\ninput " HASH " scenario\n"
#define TAIL "end pass 1 2 " HASH "\n"

static void fill(struct tape *tape)
{
    struct play_options *o = &tape->options;
    struct choice_pair pair = {.number = 7, .delay_ns = 1, .kind = CHOICE_TURN, .pe = 63};

    tape_init(tape);
    o->scenario = "folder with space/a\\b\n\xc3\xa4.lua ";
    o->seed = UINT64_MAX;
    o->set[o->set_count++] = "key=value with = and \t";
    o->set[o->set_count++] = "k=";
    o->fault[o->fault_count++] = "stall_pe  for=1000ns pe=1 of=call";
    o->fault[o->fault_count++] = "skip_tlb";
    o->board = "../boards/mine";
    o->pes = 4;
    o->until_ns = 5;
    o->limit_ns = RUN_LIMIT_MAX_NS;
    o->quantum_least_ns = 1;
    o->quantum_most_ns = 1000000000;
    o->check_full = true;
    tape->identity.count = 2;
    strcpy(tape->identity.input[0].label, "scenario");
    tape->identity.input[0].hash = (struct trace_hash){1, 2};
    strcpy(tape->identity.input[1].label, "image of \xff");
    ck_assert(choice_list_add(&tape->choices, &pair));
    pair =
        (struct choice_pair){UINT64_MAX - 1, CHOICE_MAX_DELAY_NS, CHOICE_INTERRUPT, CHOICE_NO_PE};
    ck_assert(choice_list_add(&tape->choices, &pair));
    tape->states.count = 1;
    tape->states.state[0] = (struct tape_state){128, 999, {3, 4}};
    tape->hash = (struct trace_hash){UINT64_MAX, 5};
    tape->events = 130;
    tape->points = 800;
    strcpy(tape->why, "s.lua:3: it failed\n  in two lines");
}

static char *text_of(const struct tape *tape)
{
    char *text;
    size_t size;
    FILE *file = open_memstream(&text, &size);

    ck_assert_ptr_nonnull(file);
    tape_put(tape, file);
    ck_assert_int_eq(fclose(file), 0);
    return text;
}

START_TEST(what_is_written_is_read)
{
    static struct tape tape;
    static struct tape back;
    struct sim_error err;
    char *text;
    char *again;

    fill(&tape);
    text = text_of(&tape);
    ck_assert_msg(tape_parse(text, strlen(text), "t", &back, &err), "%s in\n%s", err.text, text);
    ck_assert_str_eq(back.version, tape_own_version());
    ck_assert_str_eq(back.options.scenario, tape.options.scenario);
    ck_assert_str_eq(back.options.set[0], tape.options.set[0]);
    ck_assert_uint_eq(back.options.fault_count, 2);
    ck_assert_str_eq(back.options.fault[0], "stall_pe pe=1 for=1us nth=1 of=call");
    ck_assert_str_eq(back.options.board, tape.options.board);
    ck_assert_str_eq(back.identity.input[1].label, tape.identity.input[1].label);
    ck_assert_str_eq(back.why, tape.why);
    ck_assert_uint_eq(back.options.seed, UINT64_MAX);
    ck_assert_uint_eq(back.options.pes, 4);
    ck_assert_uint_eq(back.options.quantum_most_ns, 1000000000);
    ck_assert(back.options.check_full && !back.options.no_check && !back.passed);
    ck_assert_uint_eq(back.choices.count, 2);
    ck_assert_uint_eq(back.choices.pair[0].pe, 63);
    ck_assert_uint_eq(back.choices.pair[1].pe, CHOICE_NO_PE);
    ck_assert_uint_eq(back.choices.pair[1].kind, CHOICE_INTERRUPT);
    ck_assert_uint_eq(back.states.state[0].time_ns, 999);
    again = text_of(&back); /* and so is all the rest */
    ck_assert_str_eq(again, text);
    tape_free(&tape);
    tape_free(&back);
    free(text);
    free(again);
}
END_TEST

START_TEST(a_run_without_a_scenario_has_its_parts)
{
    static struct tape tape;
    static struct tape back;
    struct sim_error err;
    char *text;

    fill(&tape);
    tape.options.scenario = NULL;
    tape.options.parts.normal_world = "kernel.elf";
    tape.options.parts.normal_world_el = 2;
    tape.options.parts.normal_world_load = 0x40000000;
    tape.options.partition[tape.options.partition_count++] = "a.bin,a.dtb";
    tape.options.partition[tape.options.partition_count++] = "b.pkg";
    text = text_of(&tape);
    ck_assert_msg(tape_parse(text, strlen(text), "t", &back, &err), "%s", err.text);
    ck_assert_ptr_null(back.options.scenario);
    ck_assert_str_eq(back.options.parts.normal_world, "kernel.elf");
    ck_assert_uint_eq(back.options.parts.normal_world_el, 2);
    ck_assert_uint_eq(back.options.parts.normal_world_load, 0x40000000);
    ck_assert_uint_eq(back.options.partition_count, 2);
    ck_assert_str_eq(back.options.partition[1], "b.pkg");
    tape_free(&tape);
    tape_free(&back);
    free(text);
}
END_TEST

static const struct {
    const char *text;
    const char *says;
} bad[] = {
    {"", "ends without"},
    {"orrery tape 2\n", "t:1: no tape: want \"orrery tape 1\""},
    {"\x7f"
     "ELF",
     "t:1: byte 0x7f"},
    {"orrery tape 1", "t:1: the last line has no end"},
    {HEAD, "without an 'end' line"},
    {HEAD TAIL TAIL, "t:6: 'end' behind the end"},
    {HEAD TAIL "x", "t:6: the last line has no end"},
    {HEAD "chioce 1 turn 0 1\n" TAIL, "did you mean 'choice'"},
    {HEAD "choice\n" TAIL, "t:5: choice"},
    {HEAD "choice 0 turn 0 1\n" TAIL, "t:5: choice"},
    {HEAD "choice 1 tern 0 1\n" TAIL, "want turn, lock"},
    {HEAD "choice 1 turn 64 1\n" TAIL, "t:5: choice of PE"},
    {HEAD "choice 1 turn 0 0\n" TAIL, "t:5: choice with delay"},
    {HEAD "choice 1 turn 0 1000001\n" TAIL, "t:5: choice with delay"},
    {HEAD "choice 1 turn 0 1 1\n" TAIL, "too much"},
    {HEAD "choice 2 turn 0 1\nchoice 2 turn 0 1\n" TAIL, "t:6: choice"},
    {HEAD "choice 99999999999999999999 turn 0 1\n" TAIL, "t:5: choice"},
    {HEAD "fault\n" TAIL, "t:5: a text is missing"},
    {HEAD "fault skip_tbl\n" TAIL, "t:5: fault: there is no fault 'skip_tbl'"},
    {HEAD "fault skip_tlb nth=0\n" TAIL, "t:5: fault: nth: '0' is not"},
    {HEAD "seed 1\nseed 1\n" TAIL, "t:6: a second 'seed'"},
    {HEAD "seed -1\n" TAIL, "t:5: seed"},
    {HEAD "seed  1\n" TAIL, "t:5: seed"},
    {HEAD "pes 65\n" TAIL, "t:5: pes"},
    {HEAD "limit 0\n" TAIL, "t:5: limit"},
    {HEAD "quantum 5 4\n" TAIL, "t:5: quantum"},
    {HEAD "quantum 5\n" TAIL, "t:5: quantum"},
    {HEAD "check most\n" TAIL, "want none or full"},
    {HEAD "board\n" TAIL, "t:5: a text is missing"},
    {HEAD "board \\n\n" TAIL, "begins \\xNN"},
    {HEAD "board \\x0\n" TAIL, "begins \\xNN"},
    {HEAD "board \\x00\n" TAIL, "begins \\xNN"},
    {HEAD "board \\xzz\n" TAIL, "begins \\xNN"},
    {HEAD "board \\\n" TAIL, "begins \\xNN"},
    {HEAD "board \t\n" TAIL, "byte 0x09"},
    {HEAD "input 0123 board\n" TAIL, "no hash"},
    {HEAD "input " HASH "\n" TAIL, "t:5: a text is missing"},
    {HEAD "state 63 0 " HASH "\n" TAIL, "multiple of 64"},
    {HEAD "state 64 0 " HASH "\nstate 64 0 " HASH "\n" TAIL, "t:6: state"},
    {HEAD "normal-world k\n" TAIL, "one line 'scenario'"},
    {HEAD "partition k\n" TAIL, "without a scenario"},
    {"orrery tape 1\nversion 1\ninput " HASH " a\n" TAIL, "one line 'scenario'"},
    {"orrery tape 1\nversion 1\nscenario a\n" TAIL, "no 'input'"},
    {"orrery tape 1\nscenario a\ninput " HASH " a\n" TAIL, "no 'version'"},
    {HEAD "end maybe 1 2 " HASH "\n", "want pass or fail"},
    {HEAD "end pass 1 " HASH "\n", "t:5: end"},
    {HEAD "end pass 1 2 " HASH " 3\n", "too much"},
};

START_TEST(what_is_no_tape_gives_one_line)
{
    static struct tape tape;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct sim_error err = {SIM_PASS, ""};

        ck_assert_msg(!tape_parse(bad[i].text, strlen(bad[i].text), "t", &tape, &err), "%s",
                      bad[i].text);
        ck_assert_int_eq(err.status, SIM_BAD_INPUT);
        ck_assert_msg(strstr(err.text, bad[i].says) != NULL, "'%s', want '%s'", err.text,
                      bad[i].says);
        ck_assert_msg(strchr(err.text, '\n') == NULL, "%s", err.text);
    }
}
END_TEST

START_TEST(every_beginning_of_a_tape_is_refused)
{
    static struct tape tape;
    static struct tape back;
    struct sim_error err;
    char *text;

    fill(&tape);
    text = text_of(&tape);
    for (size_t size = 0; size < strlen(text); size++) {
        char *copy = malloc(size + 1);

        memcpy(copy, text, size); /* and not a byte more */
        copy = realloc(copy, size != 0 ? size : 1);
        ck_assert(!tape_parse(copy, size, "t", &back, &err));
        free(copy);
    }
    tape_free(&tape);
    free(text);
}
END_TEST

START_TEST(too_much_of_anything_is_refused)
{
    static const char *const lines[] = {"partition a\n", "set a=b\n", "input " HASH " a\n"};
    static struct tape tape;

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        size_t length = strlen(lines[i]);
        char *text = malloc(sizeof(HEAD) + 200 * length);
        struct sim_error err = {SIM_PASS, ""};

        strcpy(text, HEAD);
        for (unsigned n = 0; n < 200; n++) {
            strcat(text, lines[i]);
        }
        ck_assert(!tape_parse(text, strlen(text), "t", &tape, &err));
        ck_assert_msg(strstr(err.text, "more than") != NULL, "%s", err.text);
        free(text);
    }
}
END_TEST

START_TEST(a_written_file_is_whole_or_not_there)
{
    static struct tape tape;
    static struct tape back;
    char folder[] = "tape_test_XXXXXX";
    char path[64];
    struct sim_error err;

    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/a.tape", folder);
    fill(&tape);
    ck_assert_msg(tape_write(&tape, path, &err), "%s", err.text);
    ck_assert_msg(tape_read(path, &back, &err), "%s", err.text);
    ck_assert_str_eq(back.why, tape.why);
    tape_free(&back);
    ck_assert(!tape_write(&tape, folder, &err));
    ck_assert_int_eq(err.status, SIM_BAD_INPUT);
    ck_assert_int_eq(remove(path), 0);
    ck_assert(!tape_read(path, &back, &err));
    ck_assert_int_eq(remove(folder), 0); /* nothing else was in it */
    ck_assert(!tape_write(&tape, path, &err));
    tape_free(&tape);
}
END_TEST

/* However long the run, a bounded number of states, evenly spread. */
START_TEST(states_stay_few)
{
    static const uint64_t arg[] = {1};
    static struct tape tape;
    struct event_header header = {.type = EVENT_CALL, .arg_count = 1};
    struct trace *trace = trace_create();

    tape_init(&tape);
    tape_keep_states(&tape.states, trace);
    for (unsigned i = 0; i < 100000; i++) {
        header.time_ns = i;
        trace_emit(trace, &header, arg, NULL);
    }
    trace_destroy(trace);
    ck_assert_uint_ge(tape.states.count, TAPE_MAX_STATES / 2);
    ck_assert_uint_le(tape.states.count, TAPE_MAX_STATES);
    for (unsigned i = 0; i < tape.states.count; i++) {
        ck_assert_uint_eq(tape.states.state[i].events, (i + 1) * tape.states.every);
        ck_assert_uint_eq(tape.states.state[i].time_ns, (i + 1) * tape.states.every - 1);
    }
    ck_assert_uint_eq(tape.states.every, 512);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("replay tape");
    TCase *tests = tcase_create("tape");
    SRunner *runner;
    int failed;

    tcase_add_test(tests, what_is_written_is_read);
    tcase_add_test(tests, a_run_without_a_scenario_has_its_parts);
    tcase_add_test(tests, what_is_no_tape_gives_one_line);
    tcase_add_test(tests, every_beginning_of_a_tape_is_refused);
    tcase_add_test(tests, too_much_of_anything_is_refused);
    tcase_add_test(tests, a_written_file_is_whole_or_not_there);
    tcase_add_test(tests, states_stay_few);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
