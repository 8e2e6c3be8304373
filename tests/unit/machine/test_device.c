/* SPDX-License-Identifier: BSD-3-Clause */
/* Device models through the bus: the UART's lines and bounds, the GIC's registers, warnings. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sim/device/pl011.h"
#include "sim/machine/machine.h"
#include "tree.h"

#define UART 0x09000000u
#define GICD 0x2f000000u
#define GICR 0x2f100000u
#define S    BUS_SECURE
#define NS   BUS_NON_SECURE

static struct told told;
static struct machine *machine;

static void add_devices(struct tree *tree)
{
    const uint64_t gic[] = {GICD, 0x10000, GICR, 0x60000, 0x2f200000, 0x40000};

    tree_device(tree, "uart@9000000", "arm,pl011", UART, 0x1000);
    tree_open(tree, "gic@2f000000");
    tree_string(tree, "compatible", "arm,gic-v3");
    tree_u32(tree, "#redistributor-regions", 2);
    tree_u64s(tree, "reg", 6, gic);
    tree_close(tree);
    tree_open(tree, "psci");
    tree_string(tree, "compatible", "arm,psci-1.0");
    tree_close(tree);
    tree_device(tree, "magic@a000000", "acme,magic", 0xa000000, 0x1000);
}

static void setup(void)
{
    told_begin(&told);
    machine = make_machine(4, 1000000, told.trace, add_devices);
}

static void teardown(void)
{
    machine_destroy(machine);
    told_end(&told);
}

static uint64_t read_at(uint64_t pa, unsigned size, enum bus_pas pas)
{
    uint64_t value = 0;

    ck_assert(bus_read(&machine->bus, &machine->pe[0], pa, size, pas, &value));
    return value;
}

static void write_at(uint64_t pa, unsigned size, enum bus_pas pas, uint64_t value)
{
    ck_assert(bus_write(&machine->bus, &machine->pe[0], pa, size, pas, value));
}

static void print(const char *text)
{
    for (; *text != '\0'; text++)
        write_at(UART, 4, NS, (uint8_t)*text);
}

/* Events told since the machine was made (which tells of the one node without a model). */
static void expect_quiet_start(void)
{
    ck_assert_uint_eq(told.count, 1);
    write_at(UART + 0x30, 2, NS, 0x301); /* transmitter on */
}

START_TEST(unknown_compatible_is_named_and_does_not_answer)
{
    uint64_t value = 0;

    ck_assert_uint_eq(told.count, 1);
    ck_assert_uint_eq(told.header[0].type, EVENT_WARNING);
    ck_assert_ptr_nonnull(strstr(told.text[0], "/magic@a000000"));
    ck_assert_ptr_nonnull(strstr(told.text[0], "acme,magic"));
    ck_assert(!bus_read(&machine->bus, NULL, 0xa000000, 4, S, &value));
}
END_TEST

START_TEST(uart_lines)
{
    expect_quiet_start();
    machine->pe[0].now_ns = 77;
    print("hello\r\n\nwor");
    ck_assert_uint_eq(told.count, 3);
    ck_assert_uint_eq(told.header[1].type, EVENT_UART);
    ck_assert_uint_eq(told.header[1].time_ns, 77);
    ck_assert_uint_eq(told.header[1].endpoint, EVENT_NOBODY);
    ck_assert_uint_eq(told.arg0[1], UART);
    ck_assert_str_eq(told.text[1], "hello");
    ck_assert_str_eq(told.text[2], "");
    print("ld\x1b[2J\n");
    ck_assert_str_eq(told.text[3], "world?[2J");
}
END_TEST

START_TEST(uart_flushes_at_the_end_of_the_run)
{
    expect_quiet_start();
    print("no newline");
    ck_assert_uint_eq(told.count, 1);
    ck_assert_int_eq(machine_run(machine), MACHINE_END_DONE);
    ck_assert_uint_eq(told.count, 2);
    ck_assert_str_eq(told.text[1], "no newline");
}
END_TEST

START_TEST(uart_long_line_is_cut_into_events)
{
    expect_quiet_start();
    for (unsigned i = 0; i < PL011_LINE_BYTES; i++)
        print("x");
    ck_assert_uint_eq(told.count, 2);
    ck_assert_uint_eq(strlen(told.text[1]), PL011_LINE_BYTES);
    print("y\n");
    ck_assert_str_eq(told.text[2], "y");
}
END_TEST

START_TEST(uart_that_prints_for_ever_is_bounded)
{
    unsigned lines = PL011_RUN_BYTES / PL011_LINE_BYTES;

    expect_quiet_start();
    for (unsigned i = 0; i < PL011_RUN_BYTES - 1; i++)
        bus_write(&machine->bus, &machine->pe[0], UART, 4, NS, 'x');
    ck_assert_uint_eq(told.count, 1 + lines - 1);
    print("zzz\n\n");
    ck_assert_uint_eq(told.count, 1 + lines + 1); /* the last line, one warning, no more */
    ck_assert_int_eq(machine_run(machine), MACHINE_END_DONE);
    ck_assert_uint_eq(told.count, 1 + lines + 1);
}
END_TEST

START_TEST(uart_registers)
{
    static const uint8_t id[] = {0x11, 0x10, 0x34, 0x00, 0x0d, 0xf0, 0x05, 0xb1};

    ck_assert_uint_eq(read_at(UART + 0x18, 4, NS), 0x90); /* FR: both FIFOs empty */
    ck_assert_uint_eq(read_at(UART + 0x30, 4, NS), 0x300);
    for (unsigned i = 0; i < 8; i++)
        ck_assert_uint_eq(read_at(UART + 0xfe0 + 4 * i, 4, NS), id[i]);
    write_at(UART + 0x24, 4, NS, 0x1234567);
    write_at(UART + 0x28, 4, NS, 0xff);
    ck_assert_uint_eq(read_at(UART + 0x24, 4, NS), 0x4567);
    ck_assert_uint_eq(read_at(UART + 0x28, 4, NS), 0x3f);
    write_at(UART + 0x30, 4, NS, 0x301);
    print("a");
    ck_assert_uint_eq(read_at(UART + 0x3c, 4, NS), 0x20); /* RIS: transmitted */
    ck_assert_uint_eq(read_at(UART + 0x40, 4, NS), 0);    /* MIS: masked */
    write_at(UART + 0x38, 4, NS, 0x7ff);
    ck_assert_uint_eq(read_at(UART + 0x40, 4, NS), 0x20);
    write_at(UART + 0x44, 4, NS, 0x7ff);
    ck_assert_uint_eq(read_at(UART + 0x3c, 4, NS), 0);
}
END_TEST

START_TEST(uart_that_is_off_gives_one_warning)
{
    print("a\nb\n");
    ck_assert_uint_eq(told.count, 4);
    ck_assert_uint_eq(told.header[1].type, EVENT_WARNING);
    ck_assert_ptr_nonnull(strstr(told.text[1], "UARTCR"));
    ck_assert_str_eq(told.text[3], "b");
}
END_TEST

START_TEST(unmodelled_registers_warn_once_each_and_not_for_ever)
{
    expect_quiet_start();
    for (unsigned round = 0; round < 3; round++)
        ck_assert_uint_eq(read_at(UART + 0x100, 4, NS), 0);
    ck_assert_uint_eq(told.count, 2);
    ck_assert_ptr_nonnull(strstr(told.text[1], "/uart@9000000: PL011 register 0x100"));
    for (unsigned offset = 0x200; offset < 0x600; offset += 4)
        write_at(UART + offset, 4, NS, 1);
    ck_assert_uint_eq(told.count, 1 + 32 + 1);
}
END_TEST

START_TEST(gic_control_by_security_state)
{
    write_at(GICD, 4, NS, 0xffffffff);
    ck_assert_uint_eq(read_at(GICD, 4, NS), 0x12); /* EnableGrp1A, ARE_NS */
    ck_assert_uint_eq(read_at(GICD, 4, S), 0x32);  /* EnableGrp1NS, ARE_S, ARE_NS */
    write_at(GICD, 4, S, 0x5);
    ck_assert_uint_eq(read_at(GICD, 4, S), 0x35);
    ck_assert_uint_eq(read_at(GICD, 4, NS), 0x10);
    ck_assert_uint_eq(read_at(GICD + 4, 4, S) & 0x1f, 31);
    ck_assert_uint_eq(read_at(GICD + 4, 4, S) >> 10 & 1, 1); /* two security states */
    ck_assert_uint_eq(read_at(GICD + 0xffe8, 4, NS) >> 4, 3);
    ck_assert_uint_eq(told_of_type(&told, EVENT_WARNING), 1); /* that of the set-up only */
}
END_TEST

START_TEST(gic_redistributors_follow_the_pes)
{
    /* room for three in the first region, the fourth in the second */
    for (unsigned pe = 0; pe < 4; pe++) {
        uint64_t frame = pe < 3 ? GICR + 0x20000 * pe : 0x2f200000;
        uint64_t typer = read_at(frame + 8, 8, NS);

        ck_assert_uint_eq(typer >> 32, machine->pe[pe].mpidr);
        ck_assert_uint_eq(typer >> 8 & 0xffff, pe);
        ck_assert_uint_eq(typer >> 4 & 1, pe >= 2);
        ck_assert_uint_eq(read_at(frame + 12, 4, NS), typer >> 32);
        ck_assert_uint_eq(read_at(frame + 0x14, 4, S), 6);
    }
    write_at(GICR + 0x14, 4, NS, 0); /* the Non-secure state can not wake it */
    ck_assert_uint_eq(read_at(GICR + 0x14, 4, S), 6);
    write_at(GICR + 0x14, 4, S, 0);
    ck_assert_uint_eq(read_at(GICR + 0x14, 4, S), 0);
    ck_assert_uint_eq(read_at(GICR + 0x20014, 4, S), 6); /* another PE's */
    ck_assert_uint_eq(read_at(0x2f220008, 8, S), 0);     /* no fifth PE */
    ck_assert_uint_eq(told_of_type(&told, EVENT_WARNING), 2);
}
END_TEST

/* SPI 40: word 1, bit 8. PPI 27 of PE 1: its SGI frame, bit 27. */
START_TEST(gic_interrupts_by_group)
{
    const uint64_t sgi1 = GICR + 0x20000 + 0x10000;

    /* secure until its group says otherwise: the normal world sees and changes nothing */
    write_at(GICD + 0x104, 4, NS, 1u << 8);
    write_at(GICD + 0x428, 1, NS, 0x80);
    ck_assert_uint_eq(read_at(GICD + 0x104, 4, S), 0);
    ck_assert_uint_eq(read_at(GICD + 0x428, 1, S), 0);
    write_at(GICD + 0x84, 4, NS, 1u << 8);
    ck_assert_uint_eq(read_at(GICD + 0x84, 4, S), 0);

    write_at(GICD + 0x84, 4, S, 1u << 8);
    ck_assert_uint_eq(read_at(GICD + 0x84, 4, NS), 0);
    write_at(GICD + 0x104, 4, NS, 3u << 8); /* 40 and 41: only 40 is its own */
    ck_assert_uint_eq(read_at(GICD + 0x104, 4, S), 1u << 8);
    ck_assert_uint_eq(read_at(GICD + 0x184, 4, NS), 1u << 8);
    write_at(GICD + 0x428, 1, NS, 0x40);
    ck_assert_uint_eq(read_at(GICD + 0x428, 1, S), 0xa0);
    ck_assert_uint_eq(read_at(GICD + 0x428, 4, NS), 0x40);
    write_at(GICD + 0xc08, 4, NS, 0xffffffff);
    ck_assert_uint_eq(read_at(GICD + 0xc08, 4, S), 2u << 16);
    write_at(GICD + 0x6000 + 8 * 40, 8, NS, UINT64_C(0xffffffff7fffffff));
    ck_assert_uint_eq(read_at(GICD + 0x6000 + 8 * 40, 8, S), UINT64_C(0xff00ffffff));
    ck_assert_uint_eq(read_at(GICD + 0x6000 + 8 * 41, 8, NS), 0);
    write_at(GICD + 0x184, 4, NS, 1u << 8);
    ck_assert_uint_eq(read_at(GICD + 0x104, 4, S), 0);

    write_at(sgi1 + 0x100, 4, S, 1u << 27);
    ck_assert_uint_eq(read_at(sgi1 + 0x100, 4, S), 1u << 27);
    ck_assert_uint_eq(read_at(GICR + 0x10100, 4, S), 0);
    ck_assert_uint_eq(read_at(GICD + 0x100, 4, S), 0);
    write_at(sgi1 + 0xc00, 4, S, 0);
    ck_assert_uint_eq(read_at(sgi1 + 0xc00, 4, S), 0xaaaaaaaa);
    ck_assert_uint_eq(told_of_type(&told, EVENT_WARNING), 1);
}
END_TEST

static void add_small_gic(struct tree *tree)
{
    const uint64_t gic[] = {GICD, 0x10000, GICR, 0x20000};

    tree_open(tree, "gic@2f000000");
    tree_string(tree, "compatible", "arm,gic-v3");
    tree_u64s(tree, "reg", 4, gic);
    tree_close(tree);
}

START_TEST(gic_without_room_for_the_pes_is_bad_input)
{
    struct tree *tree = calloc(1, sizeof(*tree));
    struct sim_error err = {0};
    struct board board;

    ck_assert_ptr_nonnull(tree);
    tree_begin(tree);
    tree_cpus(tree, 2);
    tree_memory(tree, 0x80000000, 0x1000, false);
    add_small_gic(tree);
    tree_end(tree);
    ck_assert(board_read(tree->blob, tree->size_bytes, "t", &board, &err));
    ck_assert_ptr_null(machine_create(&board, 2, NULL, 0, 0, &err));
    ck_assert_int_eq(err.status, SIM_BAD_INPUT);
    ck_assert_ptr_nonnull(strstr(err.text, "/gic@2f000000: room for 1 redistributors"));
    free(tree);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("device");
    TCase *tests = tcase_create("device");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, unknown_compatible_is_named_and_does_not_answer);
    tcase_add_test(tests, uart_lines);
    tcase_add_test(tests, uart_flushes_at_the_end_of_the_run);
    tcase_add_test(tests, uart_long_line_is_cut_into_events);
    tcase_add_test(tests, uart_that_prints_for_ever_is_bounded);
    tcase_add_test(tests, uart_registers);
    tcase_add_test(tests, uart_that_is_off_gives_one_warning);
    tcase_add_test(tests, unmodelled_registers_warn_once_each_and_not_for_ever);
    tcase_add_test(tests, gic_control_by_security_state);
    tcase_add_test(tests, gic_redistributors_follow_the_pes);
    tcase_add_test(tests, gic_interrupts_by_group);
    tcase_add_test(tests, gic_without_room_for_the_pes_is_bad_input);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
