/* SPDX-License-Identifier: BSD-3-Clause */
/* SP804, and the memory-mapped generic timer with a secure and a normal frame. */
#include <check.h>

#include "devices.h"

#define SP804    0x1c110000u
#define LOAD     0x00u
#define VALUE    0x04u
#define CONTROL  0x08u
#define INTCLR   0x0cu
#define RIS      0x10u
#define MIS      0x14u
#define BGLOAD   0x18u
#define SECOND   (SP804 + 0x20)
#define COMBINED 0x1c120000u

#define CTL    0x2a810000u
#define FRAME0 0x2a820000u
#define FRAME1 0x2a830000u
#define EL0    0x2a840000u
#define READ   0x2a800000u
#define CNTCR  0x2a430000u

#define US 1000u

/* 62.5 MHz: 16 ns a tick, 625 ticks in 10 us. */
#define TICKS(us) ((us)*125u / 2)

static void add_frame(struct tree *tree, const char *name, uint32_t number, uint64_t base,
                      uint64_t el0, uint32_t spi, bool secure)
{
    const uint64_t reg[] = {base, 0x1000, el0, 0x1000};
    const uint32_t lines[] = {0, spi, 4, 0, spi + 1, 4};

    tree_open(tree, name);
    tree_u32(tree, "frame-number", number);
    tree_u64s(tree, "reg", el0 != 0 ? 4 : 2, reg);
    tree_u32s(tree, "interrupts", 6, lines);
    if (secure) {
        tree_string(tree, "status", "disabled");
        tree_string(tree, "secure-status", "okay");
    }
    tree_close(tree);
}

static void add_devices(struct tree *tree)
{
    const uint32_t two[] = {0, 2, 4, 0, 3, 4};
    const uint32_t one[] = {2, 5, 4};
    const uint64_t ctl[] = {CTL, 0x1000};

    devices_node(tree, "timer@1c110000", "arm,sp804", SP804, 2, two, 1000000);
    devices_node(tree, "timer@1c120000", "arm,sp804", COMBINED, 1, one, 1000000);
    devices_node(tree, "counter@2a430000", "orrery,counter-control", CNTCR, 0, NULL, 0);
    devices_node(tree, "counter@2a800000", "orrery,counter-read", READ, 0, NULL, 0);
    tree_open(tree, "timer@2a810000");
    tree_string(tree, "compatible", "arm,armv7-timer-mem");
    tree_u64s(tree, "reg", 2, ctl);
    tree_u32(tree, "#address-cells", 2);
    tree_u32(tree, "#size-cells", 2);
    tree_empty(tree, "ranges");
    add_frame(tree, "frame@2a820000", 0, FRAME0, 0, 25, true);
    add_frame(tree, "frame@2a830000", 1, FRAME1, EL0, 27, false);
    tree_close(tree);
}

static void setup(void)
{
    devices_use(add_devices);
    devices_begin();
}

static void sp804_modes(struct sim_pe *pe)
{
    ck_assert_uint_eq(get32(SP804 + CONTROL), 0x20);
    ck_assert_uint_eq(get32(SP804 + 0xfe0), 0x04);
    /* periodic, 32 bits */
    put32(SP804 + LOAD, 99);
    put32(SP804 + CONTROL, 0xe2);
    until_ns(pe, 30 * US);
    ck_assert_uint_eq(get32(SP804 + VALUE), 69);
    until_ns(pe, 99 * US);
    ck_assert(line_is_up(34));
    put32(SP804 + INTCLR, 1);
    ck_assert(!line_is_up(34));
    put32(SP804 + BGLOAD, 49); /* from the next zero on */
    until_ns(pe, 199 * US - 1);
    ck_assert(!line_is_up(34));
    until_ns(pe, 199 * US);
    ck_assert(line_is_up(34));
    put32(SP804 + INTCLR, 1);
    until_ns(pe, 249 * US);
    ck_assert(line_is_up(34));
    put32(SP804 + CONTROL, 0xc2); /* masked */
    ck_assert(!line_is_up(34));
    ck_assert_uint_eq(get32(SP804 + RIS), 1);
    ck_assert_uint_eq(get32(SP804 + MIS), 0);
    put32(SP804 + CONTROL, 0);

    /* the second one: one-shot, prescaled by 16 */
    put32(SECOND + LOAD, 4);
    put32(SECOND + CONTROL, 0xa7);
    until_ns(pe, 400 * US);
    ck_assert(line_is_up(35));
    ck_assert_uint_eq(get32(SECOND + VALUE), 0);
    put32(SECOND + INTCLR, 1);
    until_ns(pe, 4000 * US);
    ck_assert(!line_is_up(35));
    put32(SECOND + LOAD, 2);
    until_ns(pe, 4100 * US);
    ck_assert(line_is_up(35));
    put32(SECOND + CONTROL, 0);

    /* free-running, 16 bits */
    put32(SECOND + LOAD, 10);
    put32(SECOND + CONTROL, 0x80);
    until_ns(pe, 4120 * US);
    ck_assert_uint_eq(get32(SECOND + VALUE), 0xffff - 9);
}

START_TEST(sp804_counts_in_every_mode)
{
    ck_assert_int_eq(devices_run(sp804_modes), MACHINE_END_DONE);
    ck_assert_uint_eq(devices_told.count, 0);
}
END_TEST

static void sp804_one_line(struct sim_pe *pe)
{
    put32(COMBINED + LOAD, 10);
    put32(COMBINED + CONTROL, 0xe2);
    put32(COMBINED + 0x20 + LOAD, 20);
    put32(COMBINED + 0x20 + CONTROL, 0xa3);
    until_ns(pe, 20 * US);
    ck_assert(line_is_up(4101)); /* extended SPI 5 */
    put32(COMBINED + CONTROL, 0);
    put32(COMBINED + INTCLR, 1);
    ck_assert(line_is_up(4101));
    put32(COMBINED + 0x20 + INTCLR, 1);
    ck_assert(!line_is_up(4101));
}

START_TEST(sp804_with_one_line_combines)
{
    ck_assert_int_eq(devices_run(sp804_one_line), MACHINE_END_DONE);
}
END_TEST

static void frame_timers(struct sim_pe *pe)
{
    until_ns(pe, 16 * 1000);
    ck_assert_uint_eq(get(FRAME1, 8, NS), 1000);
    ck_assert_uint_eq(get32(FRAME1), 1000);
    ck_assert_uint_eq(get32(FRAME1 + 4), 0);
    ck_assert_uint_eq(get32(FRAME1 + 0x10), 62500000);
    put32(FRAME1 + 0x28, 625); /* CNTP_TVAL */
    ck_assert_uint_eq(get(FRAME1 + 0x20, 8, NS), 1625);
    put32(FRAME1 + 0x2c, 1);
    ck_assert_uint_eq(get32(FRAME1 + 0x2c), 1);
    until_ns(pe, 16 * 1625 - 1);
    ck_assert(!line_is_up(59));
    until_ns(pe, 16 * 1625);
    ck_assert(line_is_up(59));
    ck_assert_uint_eq(get32(FRAME1 + 0x2c), 5);
    put32(FRAME1 + 0x2c, 3);
    ck_assert(!line_is_up(59));
    put32(FRAME1 + 0x2c, 1);
    ck_assert(line_is_up(59));
    put32(FRAME1 + 0x24, 1); /* the upper half of CVAL */
    ck_assert(!line_is_up(59));
    ck_assert_uint_eq(get(FRAME1 + 0x20, 8, NS), UINT64_C(0x100000659));
    put32(FRAME1 + 0x28, 0xffffffff); /* TVAL is signed */
    ck_assert(line_is_up(59));

    /* the virtual timer, behind by 1000 */
    put(CTL + 0x88, 8, S, 1000);
    ck_assert_uint_eq(get(FRAME1 + 0x8, 8, NS), 625);
    ck_assert_uint_eq(get32(FRAME1 + 0x18), 1000);
    put(FRAME1 + 0x30, 8, NS, 650);
    put32(FRAME1 + 0x3c, 1);
    until_ns(pe, 16 * 1650 - 1);
    ck_assert(!line_is_up(60));
    until_ns(pe, 16 * 1650);
    ck_assert(line_is_up(60));
    put(CTL + 0x88, 8, S, 2000); /* its count wraps: still past */
    ck_assert(line_is_up(60));
    put(CTL + 0x88, 8, S, 1600);
    ck_assert(!line_is_up(60));
}

START_TEST(frames_compare_with_the_counter)
{
    ck_assert_int_eq(devices_run(frame_timers), MACHINE_END_DONE);
    ck_assert_uint_eq(devices_told.count, 0);
}
END_TEST

static void frame_security(struct sim_pe *pe)
{
    uint64_t value = 0;

    until_ns(pe, 16 * 1000);
    ck_assert(!bus_read(&devices_machine->bus, pe, FRAME0, 4, NS, &value));
    ck_assert_uint_eq(get(FRAME0, 8, S), 1000);
    ck_assert_uint_eq(get(CTL + 4, 4, S), 2); /* CNTNSAR: frame 1 */
    ck_assert_uint_eq(get32(CTL + 4), 0);
    ck_assert_uint_eq(get32(CTL + 8), 0x73);
    ck_assert_uint_eq(get(CTL + 0x40, 4, S), 0x3f);
    ck_assert_uint_eq(get32(CTL + 0x40), 0); /* frame 0 is not the normal world's */
    put32(CTL + 0x40, 0);
    ck_assert_uint_eq(get(CTL + 0x40, 4, S), 0x3f);
    put32(CTL + 4, 0);
    ck_assert_uint_eq(get32(CTL + 0x44), 0x3f);
    put32(CTL + 0x44, 0x1e); /* no CNTPCT, no physical timer */
    ck_assert_uint_eq(get32(FRAME1), 0);
    ck_assert_uint_eq(get32(FRAME1 + 8), 1000);
    put32(FRAME1 + 0x2c, 1);
    put(CTL + 0x44, 4, S, 0x3f);
    ck_assert_uint_eq(get32(FRAME1 + 0x2c), 0);
    put(CTL + 4, 4, S, 0); /* the frame is taken from the normal world */
    ck_assert_uint_eq(get32(FRAME1), 0);
    ck_assert_uint_eq(get(FRAME1, 4, S), 1000);
    put(CTL + 4, 4, S, 2);

    ck_assert_uint_eq(get32(EL0), 0);
    put32(FRAME1 + 0x14, 0x201); /* CNTEL0ACR */
    ck_assert_uint_eq(get32(EL0), 1000);
    ck_assert_uint_eq(get32(EL0 + 8), 0);
    ck_assert_uint_eq(get32(EL0 + 0x14), 0);
    put32(EL0 + 0x28, 5);
    ck_assert_uint_eq(get32(FRAME1 + 0x20), 1005);
    put32(EL0 + 0x38, 5);
    ck_assert_uint_eq(get32(FRAME1 + 0x30), 0);
}

START_TEST(frames_keep_the_worlds_apart)
{
    ck_assert_int_eq(devices_run(frame_security), MACHINE_END_DONE);
    ck_assert_uint_eq(devices_told.count, 0);
}
END_TEST

static void counter_frames(struct sim_pe *pe)
{
    until_ns(pe, 16 * 1000);
    ck_assert_uint_eq(get(CNTCR + 8, 8, S), 1000);
    ck_assert_uint_eq(get32(CNTCR), 1);
    ck_assert_uint_eq(get32(CNTCR + 0x20), 62500000);
    ck_assert_uint_eq(get32(CNTCR + 0x24), 0);
    ck_assert_uint_eq(get(READ, 8, NS), 1000);
    ck_assert_uint_eq(get32(READ + 4), 0);
    put32(CNTCR, 1);
    ck_assert_uint_eq(devices_told.count, 0);
    put32(CNTCR, 0);
    put32(CNTCR + 8, 0);
    ck_assert_uint_eq(devices_told.count, 1);
    ck_assert_uint_eq(get32(READ), 1000);
}

START_TEST(counter_has_its_frames)
{
    ck_assert_int_eq(devices_run(counter_frames), MACHINE_END_DONE);
}
END_TEST

static void add_twice(struct tree *tree)
{
    const uint64_t ctl[] = {CTL, 0x1000};

    tree_open(tree, "timer@2a810000");
    tree_string(tree, "compatible", "arm,armv7-timer-mem");
    tree_u64s(tree, "reg", 2, ctl);
    tree_u32(tree, "#address-cells", 2);
    tree_u32(tree, "#size-cells", 2);
    tree_empty(tree, "ranges");
    add_frame(tree, "frame@2a820000", 3, FRAME0, 0, 25, true);
    add_frame(tree, "frame@2a830000", 3, FRAME1, 0, 27, false);
    tree_close(tree);
}

static void add_stray(struct tree *tree)
{
    devices_node(tree, "odd@2a820000", "arm,armv7-timer-mem-frame", FRAME0, 0, NULL, 0);
}

START_TEST(bad_frames_are_named)
{
    expect_refused(add_twice, "/timer@2a810000/frame@2a830000: frame-number");
    expect_refused(add_stray, "/odd@2a820000: its parent is no arm,armv7-timer-mem");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("frames");
    TCase *tests = tcase_create("frames");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, setup, devices_end);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, sp804_counts_in_every_mode);
    tcase_add_test(tests, sp804_with_one_line_combines);
    tcase_add_test(tests, frames_compare_with_the_counter);
    tcase_add_test(tests, frames_keep_the_worlds_apart);
    tcase_add_test(tests, counter_has_its_frames);
    tcase_add_test(tests, bad_frames_are_named);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
