/* SPDX-License-Identifier: BSD-3-Clause */
/* SP805 and generic watchdog: counting, lines, refresh, what a second expiry does. */
#include <check.h>
#include <string.h>

#include "devices.h"

#define SP805   0x1c0f0000u
#define LOAD    (SP805 + 0x0)
#define VALUE   (SP805 + 0x4)
#define CONTROL (SP805 + 0x8)
#define INTCLR  (SP805 + 0xc)
#define RIS     (SP805 + 0x10)
#define MIS     (SP805 + 0x14)
#define LOCK    (SP805 + 0xc00)

#define GWDT    0x2a440000u
#define REFRESH 0x2a450000u
#define WCS     (GWDT + 0x0)
#define WOR     (GWDT + 0x8)
#define WCV     (GWDT + 0x10)

#define US 1000u

/* The SP805 at 1 MHz on SPI 24, the generic watchdog on SPI 30 (WS0), the counter at 62.5 MHz. */
static void add_devices(struct tree *tree)
{
    const uint32_t sp805[] = {0, 24, 4};
    const uint32_t gwdt[] = {0, 30, 4};
    const uint64_t reg[] = {GWDT, 0x1000, REFRESH, 0x1000};

    devices_node(tree, "watchdog@1c0f0000", "arm,sp805", SP805, 1, sp805, 1000000);
    tree_open(tree, "watchdog@2a440000");
    tree_string(tree, "compatible", "arm,sbsa-gwdt");
    tree_u64s(tree, "reg", 4, reg);
    tree_u32s(tree, "interrupts", 3, gwdt);
    tree_close(tree);
}

static void setup(void)
{
    devices_use(add_devices);
    devices_begin();
}

static void sp805_registers(struct sim_pe *pe)
{
    static const uint8_t id[] = {0x05, 0x18, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1};

    until_ns(pe, 5 * US);
    ck_assert_uint_eq(get32(LOAD), 0xffffffff);
    ck_assert_uint_eq(get32(VALUE), 0xffffffff);
    ck_assert_uint_eq(get32(CONTROL), 0);
    for (unsigned i = 0; i < 8; i++)
        ck_assert_uint_eq(get32(SP805 + 0xfe0 + 4 * i), id[i]);
    put32(CONTROL, 0xffffffff);
    ck_assert_uint_eq(get32(CONTROL), 3);
    put32(CONTROL, 0);
    put32(LOCK, 1);
    ck_assert_uint_eq(get32(LOCK), 1);
    put32(LOAD, 7);
    put32(CONTROL, 1);
    ck_assert_uint_eq(get32(LOAD), 0xffffffff);
    ck_assert_uint_eq(get32(CONTROL), 0);
    put32(LOCK, 0x1acce551);
    ck_assert_uint_eq(get32(LOCK), 0);
    put32(LOAD, 7);
    ck_assert_uint_eq(get32(LOAD), 7);
    ck_assert_uint_eq(get32(VALUE), 7); /* it does not count yet */
    until_ns(pe, 50 * US);
    ck_assert_uint_eq(get32(VALUE), 7);
    ck_assert_uint_eq(devices_told.count, 0);
    ck_assert_uint_eq(get32(SP805 + 0xf00), 0);
    ck_assert_uint_eq(told_of_type(&devices_told, EVENT_WARNING), 1);
}

START_TEST(registers_of_the_sp805)
{
    ck_assert_int_eq(devices_run(sp805_registers), MACHINE_END_DONE);
}
END_TEST

static void sp805_interrupt(struct sim_pe *pe)
{
    put32(LOAD, 100);
    put32(CONTROL, 1);
    until_ns(pe, 40 * US);
    ck_assert_uint_eq(get32(VALUE), 60);
    until_ns(pe, 100 * US - 1);
    ck_assert(!line_is_up(56));
    until_ns(pe, 100 * US);
    ck_assert(line_is_up(56));
    ck_assert_uint_eq(get32(RIS), 1);
    ck_assert_uint_eq(get32(MIS), 1);
    until_ns(pe, 111 * US); /* at 101 us it goes on from LOAD */
    ck_assert_uint_eq(get32(VALUE), 90);
    until_ns(pe, 530 * US); /* further zeros change nothing */
    ck_assert_uint_eq(get32(RIS), 1);
    ck_assert_uint_eq(get32(VALUE), 100 - (530 - 505));
    put32(INTCLR, 1);
    ck_assert(!line_is_up(56));
    ck_assert_uint_eq(get32(RIS), 0);
    ck_assert_uint_eq(get32(VALUE), 100);
    until_ns(pe, 629 * US);
    ck_assert(!line_is_up(56));
    until_ns(pe, 630 * US);
    ck_assert(line_is_up(56));
    put32(CONTROL, 0);
    ck_assert(!line_is_up(56));
    ck_assert_uint_eq(get32(RIS), 1);
    ck_assert_uint_eq(get32(MIS), 0);
}

START_TEST(sp805_raises_its_line_and_goes_on)
{
    ck_assert_int_eq(devices_run(sp805_interrupt), MACHINE_END_DONE);
    ck_assert_uint_eq(told_of_type(&devices_told, EVENT_RESET), 0);
}
END_TEST

static void sp805_refreshed(struct sim_pe *pe)
{
    put32(LOAD, 100);
    put32(CONTROL, 3);
    for (unsigned i = 1; i < 20; i++) {
        until_ns(pe, i * 90 * US);
        ck_assert_uint_eq(get32(RIS), 0);
        put32(i % 2 == 0 ? INTCLR : LOAD, 100);
    }
    until_ns(pe, 100000 * US); /* nobody answers: zeros at 1810 us and 1911 us */
}

START_TEST(sp805_second_expiry_resets)
{
    ck_assert_int_eq(devices_run(sp805_refreshed), MACHINE_END_FAILED);
    ck_assert_uint_eq(told_of_type(&devices_told, EVENT_RESET), 1);
    ck_assert_uint_eq(devices_told.header[0].time_ns, 1911 * US);
    ck_assert_str_eq(devices_told.text[0],
                     "/watchdog@1c0f0000: watchdog reset: it expired a second time");
}
END_TEST

static char reset_why[64];

static void keep_reset(struct machine *machine, const char *why)
{
    (void)machine;
    strncpy(reset_why, why, sizeof(reset_why) - 1);
}

static void sp805_late_reset_enable(struct sim_pe *pe)
{
    put32(LOAD, 100);
    put32(CONTROL, 1);
    until_ns(pe, 250 * US); /* zeros at 100 and 201 us; now it counts to 302 us */
    put32(CONTROL, 3);
    until_ns(pe, 301 * US);
    ck_assert_uint_eq(reset_why[0], 0);
    until_ns(pe, 302 * US);
    ck_assert_uint_eq(reset_why[0], '/');
}

START_TEST(sp805_reset_goes_to_the_hook)
{
    devices_machine->on_reset = keep_reset;
    ck_assert_int_eq(devices_run(sp805_late_reset_enable), MACHINE_END_DONE);
}
END_TEST

static void gwdt_timeouts(struct sim_pe *pe)
{
    ck_assert_uint_eq(get32(GWDT + 0xfcc), 0x0001043b);
    ck_assert_uint_eq(get32(REFRESH + 0xfcc), 0x0001043b);
    put32(WOR, 6249); /* the counter passes it after 6250 ticks: 100 us */
    put32(WCS, 1);
    ck_assert_uint_eq(get(WCV, 8, NS), 6249);
    until_ns(pe, 96 * US);
    put32(REFRESH, 0);
    until_ns(pe, 196 * US - 1);
    ck_assert(!line_is_up(62));
    until_ns(pe, 196 * US);
    ck_assert(line_is_up(62));
    ck_assert_uint_eq(get32(WCS), 3);
    put32(REFRESH, 0);
    ck_assert(!line_is_up(62));
    ck_assert_uint_eq(get32(WCS), 1);
    put32(WCS, 0);
    until_ns(pe, 1000 * US);
    ck_assert_uint_eq(get32(WCS), 0);
    put32(WOR + 4, 0xabcd1234);
    ck_assert_uint_eq(get(WOR, 8, NS), UINT64_C(0x123400001869));
    put(WOR, 8, NS, 6249);
    put32(WCS, 1);
    until_ns(pe, 1100 * US);
    ck_assert_uint_eq(get32(WCS), 3);
    until_ns(pe, 9000 * US);
}

START_TEST(generic_watchdog)
{
    ck_assert_int_eq(devices_run(gwdt_timeouts), MACHINE_END_FAILED);
    ck_assert_uint_eq(told_of_type(&devices_told, EVENT_RESET), 1);
    ck_assert_uint_eq(devices_told.header[0].time_ns, 1200 * US);
}
END_TEST

static void add_bad_type(struct tree *tree)
{
    const uint32_t cells[] = {4, 1, 4};

    devices_node(tree, "watchdog@1c0f0000", "arm,sp805", SP805, 1, cells, 0);
}

static void add_bad_number(struct tree *tree)
{
    const uint32_t cells[] = {3, 64, 4};

    devices_node(tree, "watchdog@1c0f0000", "arm,sp805", SP805, 1, cells, 0);
}

static void add_no_refresh(struct tree *tree)
{
    devices_node(tree, "watchdog@2a440000", "arm,sbsa-gwdt", GWDT, 0, NULL, 0);
}

START_TEST(bad_nodes_are_named)
{
    expect_refused(add_bad_type, "/watchdog@1c0f0000: interrupts: entry 0 has type 4");
    expect_refused(add_bad_number, "entry 0 has type 3 and number 64");
    expect_refused(add_no_refresh, "/watchdog@2a440000: reg has 1 entries, at least 2");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("watchdogs");
    TCase *tests = tcase_create("watchdogs");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, setup, devices_end);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, registers_of_the_sp805);
    tcase_add_test(tests, sp805_raises_its_line_and_goes_on);
    tcase_add_test(tests, sp805_second_expiry_resets);
    tcase_add_test(tests, sp805_reset_goes_to_the_hook);
    tcase_add_test(tests, generic_watchdog);
    tcase_add_test(tests, bad_nodes_are_named);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
