/* SPDX-License-Identifier: BSD-3-Clause */
/* Text without a C library, and the log on a UART. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "fake_arch.h"
#include "spmc/format.h"
#include "spmc/log.h"

START_TEST(conversions)
{
    char text[64];

    ck_assert_uint_eq(
        format_text(text, sizeof(text), "%s %c %u %d %x %%", "a", 'b', 42u, -7, 0xbeefu), 16);
    ck_assert_str_eq(text, "a b 42 -7 beef %");
}
END_TEST

START_TEST(widths_and_64_bits)
{
    char text[64];

    format_text(text, sizeof(text), "%08x %016lx %lu", 0x1234u, (uint64_t)0x123456789abcull,
                UINT64_MAX);
    ck_assert_str_eq(text, "00001234 0000123456789abc 18446744073709551615");
    format_text(text, sizeof(text), "%d", INT32_MIN);
    ck_assert_str_eq(text, "-2147483648");
    format_text(text, sizeof(text), "%s", (const char *)NULL);
    ck_assert_str_eq(text, "(null)");
}
END_TEST

START_TEST(texts_are_cut_never_overrun)
{
    char text[8];

    memset(text, 'x', sizeof(text));
    ck_assert_uint_eq(format_text(text, 5, "%s", "abcdefgh"), 4);
    ck_assert_str_eq(text, "abcd");
    ck_assert_int_eq(text[5], 'x');
    ck_assert_uint_eq(format_text(text, 1, "%s", "abc"), 0);
    ck_assert_str_eq(text, "");
    ck_assert_uint_eq(format_text(text, 0, "%s", "abc"), 0);
}
END_TEST

START_TEST(lines_reach_the_uart_below_their_level)
{
    static struct arch_pe pe;
    struct spmc_log log = {.lock = {.rank = SPMC_RANK_LOG},
                           .has_uart = true,
                           .uart = {0x9000000},
                           .level = SPMC_LOG_INFO};

    fake_arch_init(&pe, 0x10000000, 0x1000, 0x80000000, 0x1000);
    spmc_log(&pe, &log, SPMC_LOG_INFO, "%u PEs", 4u);
    spmc_log(&pe, &log, SPMC_LOG_VERBOSE, "not this");
    spmc_log_console(&pe, &log, "echo", 2, "hi there", 8);
    ck_assert_str_eq(pe.log, "spmc: 4 PEs\n[echo/2] hi there\n");
    /* Each line under the lock of its own, so that those of several PEs stay apart. */
    ck_assert_uint_eq(pe.count.lock, 2);
    ck_assert_uint_eq(pe.locks_held, 0);
    log.has_uart = false;
    spmc_log(&pe, &log, SPMC_LOG_CRITICAL, "nor this");
    ck_assert_str_eq(pe.log, "spmc: 4 PEs\n[echo/2] hi there\n");
    fake_arch_free(&pe);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("log");
    TCase *tests = tcase_create("log");
    SRunner *runner;
    int failed;

    tcase_add_test(tests, conversions);
    tcase_add_test(tests, widths_and_64_bits);
    tcase_add_test(tests, texts_are_cut_never_overrun);
    tcase_add_test(tests, lines_reach_the_uart_below_their_level);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
