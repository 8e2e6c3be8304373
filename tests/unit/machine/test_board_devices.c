/* SPDX-License-Identifier: BSD-3-Clause */
/* The receiving half of the PL011, and the FVP's power controller, system registers and flash. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "devices.h"
#include "sim/device/pl011.h"

#define UART0  0x1c090000u
#define UART1  0x1c0a0000u
#define DR     0x00u
#define RSR    0x04u
#define FR     0x18u
#define IBRD   0x24u
#define LCR_H  0x2cu
#define CR     0x30u
#define IFLS   0x34u
#define IMSC   0x38u
#define RIS    0x3cu
#define MIS    0x40u
#define ICR    0x44u
#define PWRC   0x1c100000u
#define PSYSR  (PWRC + 0x10)
#define SYSREG 0x1c010000u
#define FLASH  0x08000000u

#define RX 0x10u
#define RT 0x40u

static void add_devices(struct tree *tree)
{
    const uint32_t uart0[] = {0, 5, 4};
    const uint32_t uart1[] = {0, 6, 4};

    devices_node(tree, "serial@1c090000", "arm,pl011", UART0, 1, uart0, 24000000);
    devices_node(tree, "serial@1c0a0000", "arm,pl011", UART1, 1, uart1, 24000000);
    tree_device(tree, "power@1c100000", "arm,fvp-pwrc", PWRC, 0x1000);
    tree_device(tree, "sysreg@1c010000", "arm,vexpress-sysreg", SYSREG, 0x1000);
    tree_device(tree, "flash@8000000", "cfi-flash", FLASH, 0x4000000);
}

static void setup(void)
{
    devices_use(add_devices);
    devices_begin();
}

static bool send(const char *which, const char *text)
{
    return pl011_receive(devices_machine, which, text, strlen(text));
}

/* 13: 115384 baud; 32 bits are 277.3 us. */
#define TIMEOUT_NS (32 * (13 * 64 * UINT64_C(250000000) / 24000000))

static void receive_by_fifo(struct sim_pe *pe)
{
    put32(UART0 + IBRD, 13);
    put32(UART0 + LCR_H, 0x70);
    put32(UART0 + IFLS, 0x12); /* half full: 16 */
    ck_assert(send("/serial@1c090000", "0123456789"));
    ck_assert_uint_eq(get32(UART0 + FR), 0x90); /* the receiver is off */
    put32(UART0 + CR, 0x301);
    ck_assert_uint_eq(get32(UART0 + FR), 0x80);
    put32(UART0 + IMSC, RX | RT);
    ck_assert(!line_is_up(37));
    until_ns(pe, 1000);
    ck_assert(send("serial@1c090000", "abcde"));
    ck_assert(!line_is_up(37));
    ck_assert(send("0", "f"));
    ck_assert(line_is_up(37));
    ck_assert_uint_eq(get32(UART0 + MIS), RX);
    ck_assert_uint_eq(get32(UART0 + DR), '0');
    ck_assert(!line_is_up(37));
    until_ns(pe, 1000 + TIMEOUT_NS - 1);
    ck_assert(!line_is_up(37));
    until_ns(pe, 1000 + TIMEOUT_NS);
    ck_assert(line_is_up(37));
    ck_assert_uint_eq(get32(UART0 + RIS), RT);
    put32(UART0 + ICR, RT);
    ck_assert(!line_is_up(37));
    for (const char *at = "123456789abcdef"; *at != '\0'; at++)
        ck_assert_uint_eq(get32(UART0 + DR), (uint8_t)*at);
    ck_assert_uint_eq(get32(UART0 + FR), 0x90);
    ck_assert_uint_eq(get32(UART0 + DR), 0);
    until_ns(pe, 5000000);
    ck_assert_uint_eq(get32(UART0 + RIS), 0);
}

START_TEST(uart_receives_by_fifo)
{
    ck_assert_int_eq(devices_run(receive_by_fifo), MACHINE_END_DONE);
    ck_assert_uint_eq(devices_told.count, 0);
}
END_TEST

static void receive_more_than_fits(struct sim_pe *pe)
{
    (void)pe;
    put32(UART1 + CR, 0x301);
    put32(UART1 + IMSC, RX);
    ck_assert(send("1", "xyz")); /* without the FIFO one byte fits */
    ck_assert(line_is_up(38));
    ck_assert(!line_is_up(37));
    ck_assert_uint_eq(get32(UART1 + FR), 0xc0);
    ck_assert_uint_eq(get32(UART1 + DR), 'x');
    ck_assert(line_is_up(38));
    ck_assert_uint_eq(get32(UART1 + DR), 'y');
    ck_assert_uint_eq(get32(UART1 + DR), 'z');
    ck_assert(!line_is_up(38));
    put32(UART1 + LCR_H, 0x10);
    for (unsigned i = 0; i < 10; i++)
        ck_assert(send("1", "0123456789"));
    ck_assert_uint_eq(get32(UART1 + FR), 0xc0);
    for (unsigned i = 0; i < 100; i++)
        ck_assert_uint_eq(get32(UART1 + DR), '0' + i % 10);
    ck_assert_uint_eq(get32(UART1 + FR), 0x90);
}

START_TEST(uart_input_waits_for_room)
{
    ck_assert_int_eq(devices_run(receive_more_than_fits), MACHINE_END_DONE);
}
END_TEST

static void loop_back(struct sim_pe *pe)
{
    (void)pe;
    put32(UART0 + CR, 0x381);
    put32(UART0 + DR, 'q');
    put32(UART0 + DR, 'r');
    ck_assert_uint_eq(get32(UART0 + RIS) & 0x400, 0x400);
    ck_assert_uint_eq(get32(UART0 + RSR), 8);
    put32(UART0 + RSR, 0);
    ck_assert_uint_eq(get32(UART0 + RSR), 0);
    ck_assert_uint_eq(get32(UART0 + DR), 'q');
    put32(UART0 + IMSC, 0x20); /* the transmitter's */
    ck_assert(line_is_up(37));
    put32(UART0 + ICR, 0x20);
    ck_assert(!line_is_up(37));
}

START_TEST(uart_loops_back)
{
    ck_assert_int_eq(devices_run(loop_back), MACHINE_END_DONE);
    ck_assert_uint_eq(devices_told.count, 0);
}
END_TEST

START_TEST(uart_input_is_bounded_and_addressed)
{
    static char many[PL011_INPUT_BYTES + 1];

    ck_assert(!send("2", "x"));
    ck_assert(!send("serial", "x"));
    ck_assert(!send("/power@1c100000", "x"));
    ck_assert(!send("", "x"));
    ck_assert(!pl011_receive(devices_machine, "0", many, sizeof(many)));
    ck_assert(pl011_receive(devices_machine, "0", many, PL011_INPUT_BYTES));
    ck_assert(!send("0", "x"));
    ck_assert(send("1", "x"));
}
END_TEST

static void power_states(struct sim_pe *pe)
{
    (void)pe;
    put32(PSYSR, 0);
    ck_assert_uint_eq(get32(PSYSR), 0xe0000000);
    put32(PSYSR, 1);
    ck_assert_uint_eq(get32(PSYSR), 0xc2000000); /* off, in a cluster that is on */
    put32(PSYSR, 0x10000);
    ck_assert_uint_eq(get32(PSYSR), 0xffffffff);
    put32(PWRC + 0xc, 0x80000001);
    put32(PWRC + 0x0, 1);
    put32(PWRC + 0x8, 1);
    put32(PSYSR, 1);
    ck_assert_uint_eq(get32(PSYSR), 0xde000000);
    put32(PWRC + 0x4, 1);
    put32(PWRC + 0xc, 1);
    ck_assert_uint_eq(get32(PSYSR), 0xc2000000);
    ck_assert_uint_eq(told_of_type(&devices_told, EVENT_WARNING), 1);
}

START_TEST(power_controller_tells_who_is_on)
{
    ck_assert_int_eq(devices_run(power_states), MACHINE_END_DONE);
}
END_TEST

static void system_registers(struct sim_pe *pe)
{
    until_ns(pe, 30000000);
    ck_assert_uint_eq(get32(SYSREG) >> 16, 0x2020);
    ck_assert_uint_eq(get32(SYSREG + 0x24), 3);
    ck_assert_uint_eq(get32(SYSREG + 0x5c), 720000);
    put32(SYSREG + 0x8, 0x1a5);
    ck_assert_uint_eq(get32(SYSREG + 0x8), 0xa5);
    put32(SYSREG + 0x30, 0xf0);
    put32(SYSREG + 0x30, 0x0f);
    put32(SYSREG + 0x34, 0x3c);
    ck_assert_uint_eq(get32(SYSREG + 0x30), 0xc3);
    ck_assert_uint_eq(get32(SYSREG + 0x84), 0);
    ck_assert_uint_eq(get32(SYSREG + 0x84), 0);
    ck_assert_uint_eq(told_of_type(&devices_told, EVENT_WARNING), 1);
    ck_assert_uint_eq(get(FLASH + 0x100, 8, NS), UINT64_MAX);
    ck_assert_uint_eq(get(FLASH, 1, S), 0xff);
    put32(FLASH, 0x98);
    put32(FLASH, 0x98);
    ck_assert_uint_eq(told_of_type(&devices_told, EVENT_WARNING), 2);
    put32(SYSREG + 0xa4, 0xc0900000); /* reboot */
    ck_assert_uint_eq(told_of_type(&devices_told, EVENT_RESET), 1);
}

START_TEST(system_registers_and_flash)
{
    ck_assert_int_eq(devices_run(system_registers), MACHINE_END_FAILED);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("board_devices");
    TCase *tests = tcase_create("board_devices");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, setup, devices_end);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, uart_receives_by_fifo);
    tcase_add_test(tests, uart_input_waits_for_room);
    tcase_add_test(tests, uart_loops_back);
    tcase_add_test(tests, uart_input_is_bounded_and_addressed);
    tcase_add_test(tests, power_controller_tells_who_is_on);
    tcase_add_test(tests, system_registers_and_flash);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
