/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "events.h"
#include "ffa/abi.h"

static FILE *out;
static char *text;
static size_t size;
static struct story *story;

static void start(enum story_level level, uint64_t max_lines)
{
    out = open_memstream(&text, &size);
    story = story_create(out, level, max_lines);
    ck_assert_ptr_nonnull(story);
}

static void tell(struct event_header header, const uint64_t *arg, const char *words)
{
    struct trace_event event = {header, arg, words};

    event.header.text_bytes = (uint16_t)(words != NULL ? strlen(words) : 0);
    story_sink(story)->event(story_sink(story), &event);
}

static void name_endpoint(uint16_t id, const char *name)
{
    const uint64_t arg[] = {1, 0};

    tell((struct event_header){.type = EVENT_ENDPOINT, .endpoint = id, .arg_count = 2}, arg, name);
}

#define REGS(...) ((const uint64_t[8]){__VA_ARGS__})

static void call(uint64_t time_ns, uint16_t endpoint, const uint64_t *x)
{
    uint64_t arg[9] = {EVENT_SMC};

    memcpy(&arg[1], x, 8 * sizeof(arg[0]));
    tell((struct event_header){.time_ns = time_ns,
                               .type = EVENT_CALL,
                               .endpoint = endpoint,
                               .from = EVENT_NOBODY,
                               .arg_count = 9},
         arg, NULL);
}

static void resume(uint64_t time_ns, uint16_t endpoint, uint16_t from, const uint64_t *x)
{
    tell((struct event_header){.time_ns = time_ns,
                               .type = EVENT_RESUME,
                               .endpoint = endpoint,
                               .from = from,
                               .arg_count = 8},
         x, NULL);
}

static void say(enum event_type type, const char *words)
{
    tell((struct event_header){.type = (uint16_t)type,
                               .endpoint = EVENT_NOBODY,
                               .from = EVENT_NOBODY},
         NULL, words);
}

static void expect(const char *wanted)
{
    story_destroy(story);
    fclose(out);
    ck_assert_str_eq(text, wanted);
    free(text);
}

#define HEAD "        time  pe  where           event\n"

START_TEST(test_call_and_result_make_one_line)
{
    start(STORY_CALLS, 100);
    call(1000, 0, REGS(FFA_ID_GET));
    resume(1100, 0, FFA_ID_SPMC, REGS(FFA_SUCCESS_32, 0, 0x8001));
    call(1200, 0, REGS(FFA_VERSION, 0x10002));
    resume(1300, 0, FFA_ID_SPMC, REGS(0x10002));
    call(1400, 0, REGS(FFA_RX_RELEASE));
    resume(1500, 0, FFA_ID_SPMC, REGS(FFA_ERROR, 0, 0xfffffffa));
    expect(HEAD "     1.000us   0  NWd             FFA_ID_GET                              "
                "-> SUCCESS id 0x8001\n"
                "     1.200us   0  NWd             FFA_VERSION 1.2                         -> 1.2\n"
                "     1.400us   0  NWd             FFA_RX_RELEASE                          "
                "-> ERROR DENIED\n");
}
END_TEST

START_TEST(test_a_message_is_told_once)
{
    const uint64_t *request = REGS(FFA_MSG_SEND_DIRECT_REQ_32, 0x00008001, 0, 1, 0x10);
    const uint64_t *response = REGS(FFA_MSG_SEND_DIRECT_RESP_32, 0x80010000);

    start(STORY_CALLS, 100);
    name_endpoint(0x8001, "echo");
    call(15020, 0, request);
    resume(15120, 0x8001, 0, request);
    call(17902, 0x8001, response);
    resume(18002, 0, 0x8001, response);
    expect(HEAD "    15.020us   0  NWd > echo      FFA_MSG_SEND_DIRECT_REQ w3=1 w4=0x10\n"
                "    17.902us   0  echo > NWd      FFA_MSG_SEND_DIRECT_RESP w3=0\n");
}
END_TEST

START_TEST(test_a_message_that_arrives_changed_is_told_again)
{
    start(STORY_CALLS, 100);
    name_endpoint(0x8001, "echo");
    call(1000, 0, REGS(FFA_MSG_SEND_DIRECT_REQ_32, 0x00008001, 0, 1));
    resume(2000, 0x8001, 0, REGS(FFA_MSG_SEND_DIRECT_REQ_32, 0x00008001, 0, 2));
    expect(HEAD "     1.000us   0  NWd > echo      FFA_MSG_SEND_DIRECT_REQ w3=1\n"
                "     2.000us   0  echo/0          <- DIRECT_REQ from NWd w3=2\n");
}
END_TEST

START_TEST(test_a_sender_that_is_not_the_caller_shows)
{
    start(STORY_CALLS, 100);
    name_endpoint(0x8001, "echo");
    call(0, 0x8001, REGS(FFA_MSG_SEND_DIRECT_REQ_64, 0x80028001, 0, 7));
    call(0, 0, REGS(FFA_MSG_SEND_DIRECT_REQ_32, 0x00008001, 0x80000004u));
    expect(HEAD
           "     0.000us   0  echo > echo     FFA_MSG_SEND_DIRECT_REQ as 0x8002 x3=7\n"
           "     0.000us   0  NWd > echo      FFA_MSG_SEND_DIRECT_REQ framework VM_CREATED_REQ "
           "w3=0\n");
}
END_TEST

START_TEST(test_arguments_are_decoded)
{
    start(STORY_CALLS, 100);
    name_endpoint(0x8002, "crypto");
    call(0, 0, REGS(FFA_RUN, 0x80020001));
    call(0, 0, REGS(FFA_RXTX_MAP_64, 0x88000000, 0x88001000, 1));
    call(0, 0, REGS(FFA_RXTX_MAP_32, 0x88000000, 0x88001000, 2));
    call(0, 0, REGS(FFA_FEATURES, FFA_RXTX_MAP_64));
    call(0, 0, REGS(FFA_FEATURES, FFA_FEATURE_NPI));
    call(0, 0, REGS(FFA_PARTITION_INFO_GET, 0, 0, 0, 0, 1));
    call(0, 0, REGS(FFA_PARTITION_INFO_GET_REGS_64, 0x0706050403020100, 0x0f0e0d0c0b0a0908, 2));
    call(0, 0, REGS(FFA_CONSOLE_LOG_32, 7, 0x0a216948, 0x5c221b)); /* told by the UART alone */
    call(0, 0, REGS(PSCI_CPU_ON_64, 1, 0x88000000, 5));
    call(0, 0, REGS(0xc3001234, 1, 0, 0x20));
    expect(HEAD
           "     0.000us   0  NWd             FFA_RUN crypto/1\n"
           "     0.000us   0  NWd             FFA_RXTX_MAP tx 0x88000000 rx 0x88001000 1 page\n"
           "     0.000us   0  NWd             FFA_RXTX_MAP (32-bit) tx 0x88000000 rx 0x88001000 "
           "2 pages\n"
           "     0.000us   0  NWd             FFA_FEATURES FFA_RXTX_MAP_64\n"
           "     0.000us   0  NWd             FFA_FEATURES NPI\n"
           "     0.000us   0  NWd             FFA_PARTITION_INFO_GET all count only\n"
           "     0.000us   0  NWd             FFA_PARTITION_INFO_GET_REGS uuid "
           "00010203-0405-0607-0809-0a0b0c0d0e0f from 2\n"
           "     0.000us   0  NWd             PSCI_CPU_ON cpu 0x1 entry 0x88000000 x3=5\n"
           "     0.000us   0  NWd             SMC 0xc3001234 x1=1 x3=0x20\n");
}
END_TEST

START_TEST(test_what_others_say_is_escaped)
{
    start(STORY_CALLS, 100);
    say(EVENT_NOTE, "a\x1b[31m\nb\xff");
    say(EVENT_PANIC, "no way out");
    expect(HEAD "     0.000us   0  scenario        note: a\\x1b[31m\\nb\\xff\n"
                "     0.000us   0  SPMC            PANIC: no way out\n");
}
END_TEST

/* That an interrupt came is worth a line; what became of it shows in full. */
START_TEST(test_interrupts)
{
    for (unsigned level = 0; level < 2; level++) {
        start(level == 0 ? STORY_CALLS : STORY_FULL, 100);
        for (uint64_t what = EVENT_INTERRUPT_PENDING; what <= EVENT_INTERRUPT_ENDED; what++) {
            const uint64_t args[] = {40, what};

            tell(
                (struct event_header){
                    .type = EVENT_INTERRUPT, .endpoint = EVENT_NOBODY, .pe = 3, .arg_count = 2},
                args, NULL);
        }
        expect(level == 0 ? HEAD "     0.000us   3  GIC             interrupt 40 pending\n"
                          : HEAD "     0.000us   3  GIC             interrupt 40 pending\n"
                                 "     0.000us   3  GIC             interrupt 40 acknowledged\n"
                                 "     0.000us   3  GIC             interrupt 40 ended\n");
    }
}
END_TEST

START_TEST(test_lines_are_bounded)
{
    start(STORY_CALLS, 2);
    for (unsigned i = 0; i < 5; i++) {
        say(EVENT_NOTE, "x");
    }
    expect(HEAD "     0.000us   0  scenario        note: x\n"
                "     0.000us   0  scenario        note: x\n"
                "... and 3 more lines, left out after 2\n");
}
END_TEST

START_TEST(test_full_shows_every_event_and_register)
{
    const uint64_t fault[] = {1, 0x96000047, 0x1000, 0x2000};

    start(STORY_FULL, 100);
    name_endpoint(0x8001, "echo");
    call(1000, 0, REGS(FFA_ID_GET, 0, 9));
    resume(2000, 0, FFA_ID_SPMC, REGS(FFA_SUCCESS_32, 0, 1));
    tell((struct event_header){.type = EVENT_EXCEPTION, .endpoint = 0x8001, .arg_count = 4}, fault,
         NULL);
    expect(HEAD
           "     0.000us   0  echo            endpoint echo 0x8001, 1 vCPU\n"
           "     1.000us   0  NWd             FFA_ID_GET w2=9  "
           "[0x84000069 0x0 0x9 0x0 0x0 0x0 0x0 0x0]\n"
           "     2.000us   0  NWd             -> SUCCESS id 0x0001  "
           "[0x84000061 0x0 0x1 0x0 0x0 0x0 0x0 0x0]\n"
           "     0.000us   0  echo/0          exception to EL1: data abort, translation fault at "
           "level 3 of a write; ESR 0x96000047 FAR 0x1000 ELR 0x2000\n");
}
END_TEST

START_TEST(test_calls_leaves_noise_out)
{
    const uint64_t fault[] = {1, 0x96000047, 0x1000, 0x2000};
    const uint64_t states[] = {4, 5};
    const uint64_t held[] = {1};

    start(STORY_CALLS, 100);
    name_endpoint(0x8001, "echo");
    tell((struct event_header){.type = EVENT_EXCEPTION, .endpoint = 0x8001, .arg_count = 4}, fault,
         NULL);
    tell((struct event_header){.type = EVENT_VCPU, .endpoint = 0x8001, .arg_count = 2}, states,
         NULL);
    tell((struct event_header){.type = EVENT_EXPECT, .arg_count = 1}, held, "fine");
    say(EVENT_RUN_END, "");
    expect("");
}
END_TEST

START_TEST(test_print_knows_names_from_what_it_followed)
{
    const uint64_t arg[] = {1, 2};
    const struct trace_event event = {
        {.type = EVENT_PARTITION, .endpoint = 0x8001, .arg_count = 2}, arg, NULL};

    start(STORY_NONE, 0);
    name_endpoint(0x8001, "echo");
    story_print(story, &event);
    expect("     0.000us   0  echo            partition: created -> running\n");
}
END_TEST

/* Any event makes exactly one line of printable text. */
START_TEST(test_any_event_makes_one_line)
{
    uint64_t seed = 3;
    unsigned lines = 0;

    start(STORY_FULL, 0);
    for (unsigned i = 0; i < 5000; i++) {
        struct test_event e;

        random_event(&seed, &e);
        if (i % 3 == 0 && e.header.arg_count > 1) {
            e.arg[i % 2] = 0x84000060u + i % 0x40u + (i % 5 == 0 ? SMCCC_64_BIT : 0);
        }
        story_print(story, &(struct trace_event){e.header, e.arg,
                                                 e.header.text_bytes != 0 ? e.text : NULL});
    }
    story_destroy(story);
    fclose(out);
    for (size_t i = 0; i < size; i++) {
        lines += text[i] == '\n';
        ck_assert(text[i] == '\n' || (text[i] >= 0x20 && text[i] <= 0x7e));
    }
    ck_assert_uint_eq(lines, 5000);
    free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("trace story");
    TCase *tests = tcase_create("story");
    SRunner *runner;
    int failed;

    tcase_add_test(tests, test_call_and_result_make_one_line);
    tcase_add_test(tests, test_a_message_is_told_once);
    tcase_add_test(tests, test_a_message_that_arrives_changed_is_told_again);
    tcase_add_test(tests, test_a_sender_that_is_not_the_caller_shows);
    tcase_add_test(tests, test_arguments_are_decoded);
    tcase_add_test(tests, test_what_others_say_is_escaped);
    tcase_add_test(tests, test_interrupts);
    tcase_add_test(tests, test_lines_are_bounded);
    tcase_add_test(tests, test_full_shows_every_event_and_register);
    tcase_add_test(tests, test_calls_leaves_noise_out);
    tcase_add_test(tests, test_print_knows_names_from_what_it_followed);
    tcase_add_test(tests, test_any_event_makes_one_line);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
