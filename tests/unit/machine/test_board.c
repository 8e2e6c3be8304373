/* SPDX-License-Identifier: BSD-3-Clause */
/* The board reader: what it takes from a tree, and that every fault is one line that says where. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/machine/board.h"
#include "tree.h"

static struct tree tree;
static struct board board;

static void begin(void)
{
    tree_begin(&tree);
    tree_cpus(&tree, 2);
    tree_memory(&tree, 0x80000000, 0x100000, false);
}

static void expect_read(void)
{
    struct sim_error err = {0};

    tree_end(&tree);
    ck_assert_msg(board_read(tree.blob, tree.size_bytes, "t.dtb", &board, &err), "%s", err.text);
}

/* The tree is refused with a line that names the file, the node and the fault. */
static void expect_fault(const char *node, const char *what)
{
    struct sim_error err = {0};
    char start[160];

    tree_end(&tree);
    ck_assert(!board_read(tree.blob, tree.size_bytes, "t.dtb", &board, &err));
    ck_assert_int_eq(err.status, SIM_BAD_INPUT);
    snprintf(start, sizeof(start), "t.dtb: %s: ", node);
    ck_assert_msg(strncmp(err.text, start, strlen(start)) == 0, "\"%s\"", err.text);
    ck_assert_msg(strstr(err.text, what) != NULL, "\"%s\"", err.text);
    ck_assert_ptr_null(board.fdt);
}

START_TEST(takes_pes_ram_devices)
{
    begin();
    tree_memory(&tree, 0x10000000, 0x200000, true);
    tree_device(&tree, "uart@9000000", "arm,pl011", 0x9000000, 0x1000);
    expect_read();
    ck_assert_str_eq(board.name, "test board");
    ck_assert_uint_eq(board.pe_count, 2);
    ck_assert_uint_eq(board.mpidr[1], 1);
    ck_assert_uint_eq(board.ram_count, 2);
    ck_assert(!board.ram[0].secure);
    ck_assert(board.ram[1].secure);
    ck_assert_str_eq(board.ram[1].name, "memory@10000000");
    ck_assert_uint_eq(board.device_count, 1);
    ck_assert_str_eq(board.device[0].path, "/uart@9000000");
    ck_assert_str_eq(board.device[0].compatible, "arm,pl011");
    ck_assert_uint_eq(board.device[0].reg[0].base, 0x9000000);
    ck_assert(board.device[0].secure && board.device[0].non_secure);
    ck_assert_uint_eq(board.counter_hz, 62500000);
    board_free(&board);
}
END_TEST

START_TEST(takes_counter_rate)
{
    begin();
    tree_open(&tree, "timer");
    tree_string(&tree, "compatible", "arm,armv8-timer");
    tree_u32(&tree, "clock-frequency", 1000000);
    tree_close(&tree);
    expect_read();
    ck_assert_uint_eq(board.counter_hz, 1000000);
    board_free(&board);
}
END_TEST

/* status, secure-status and what is visible to the normal and to the secure world */
START_TEST(availability)
{
    static const struct {
        const char *status, *secure;
        bool ns, s;
    } row[] = {
        {NULL, NULL, true, true},          {"okay", NULL, true, true},
        {"disabled", "okay", false, true}, {"okay", "disabled", true, false},
        {"disabled", NULL, false, false},  {NULL, "disabled", true, false},
    };

    begin();
    for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        const uint64_t reg[] = {0x9000000 + i * 0x1000, 0x1000};
        char name[32];
        snprintf(name, sizeof(name), "dev@%x", 0x9000000 + i * 0x1000);
        tree_open(&tree, name);
        tree_string(&tree, "compatible", "x,y");
        tree_u64s(&tree, "reg", 2, reg);
        if (row[i].status != NULL)
            tree_string(&tree, "status", row[i].status);
        if (row[i].secure != NULL)
            tree_string(&tree, "secure-status", row[i].secure);
        tree_close(&tree);
    }
    expect_read();
    ck_assert_uint_eq(board.device_count, 5); /* not the one that nobody has */
    for (unsigned i = 0, at = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        if (!row[i].ns && !row[i].s)
            continue;
        ck_assert_msg(board.device[at].non_secure == row[i].ns, "row %u", i);
        ck_assert_msg(board.device[at].secure == row[i].s, "row %u", i);
        at++;
    }
    board_free(&board);
}
END_TEST

/* A bus of a bus: child 0x1000 is 0x2_0000_1000 for the outer bus and 0x30_0000_1000 for the CPU.
 */
static void open_buses(void)
{
    const uint64_t outer[] = {0x200000000, 0x3000000000, 0x10000};
    const uint64_t inner[] = {0x0, 0x200000000, 0x2000};

    tree_open(&tree, "outer");
    tree_string(&tree, "compatible", "simple-bus");
    tree_u32(&tree, "#address-cells", 2);
    tree_u32(&tree, "#size-cells", 2);
    tree_u64s(&tree, "ranges", 3, outer);
    tree_open(&tree, "inner");
    tree_string(&tree, "compatible", "simple-bus");
    tree_u32(&tree, "#address-cells", 2);
    tree_u32(&tree, "#size-cells", 2);
    tree_u64s(&tree, "ranges", 3, inner);
}

START_TEST(translates_through_ranges)
{
    begin();
    open_buses();
    tree_device(&tree, "uart@1000", "arm,pl011", 0x1000, 0x1000);
    tree_close(&tree);
    tree_close(&tree);
    expect_read();
    ck_assert_str_eq(board.device[2].path, "/outer/inner/uart@1000");
    ck_assert_uint_eq(board.device[2].reg[0].base, 0x3000001000);
    board_free(&board);
}
END_TEST

START_TEST(outside_ranges_is_a_fault)
{
    begin();
    open_buses();
    tree_device(&tree, "uart@1800", "arm,pl011", 0x1800, 0x1000);
    tree_close(&tree);
    tree_close(&tree);
    expect_fault("/outer/inner/uart@1800", "outside the ranges");
}
END_TEST

/* reg below an I2C controller is no physical address. */
START_TEST(bus_without_ranges_is_not_mapped)
{
    begin();
    tree_open(&tree, "i2c");
    tree_u32(&tree, "#address-cells", 1);
    tree_u32(&tree, "#size-cells", 0);
    tree_open(&tree, "sensor@48");
    tree_string(&tree, "compatible", "x,sensor");
    tree_u32(&tree, "reg", 0x48);
    tree_close(&tree);
    tree_close(&tree);
    expect_read();
    ck_assert_uint_eq(board.device_count, 0);
    board_free(&board);
}
END_TEST

START_TEST(reserved_memory_is_no_hardware)
{
    begin();
    tree_open(&tree, "reserved-memory");
    tree_empty(&tree, "ranges");
    tree_device(&tree, "pool@80000000", "shared-dma-pool", 0x80000000, 0x1000);
    tree_close(&tree);
    expect_read();
    ck_assert_uint_eq(board.device_count, 0);
    board_free(&board);
}
END_TEST

START_TEST(missing_reg)
{
    begin();
    tree_open(&tree, "uart@9000000");
    tree_string(&tree, "compatible", "arm,pl011");
    tree_close(&tree);
    expect_fault("/uart@9000000", "no reg");

    begin();
    tree_open(&tree, "memory");
    tree_string(&tree, "device_type", "memory");
    tree_close(&tree);
    expect_fault("/memory", "without reg");
}
END_TEST

START_TEST(malformed_reg)
{
    begin();
    tree_open(&tree, "uart@9000000");
    tree_string(&tree, "compatible", "arm,pl011");
    tree_u32(&tree, "reg", 0x9000000);
    tree_close(&tree);
    expect_fault("/uart@9000000", "reg has 4 bytes");

    begin();
    tree_device(&tree, "uart@9000000", "arm,pl011", 0x9000000, 0);
    expect_fault("/uart@9000000", "empty");

    begin();
    tree_device(&tree, "uart@0", "arm,pl011", 0x1000, UINT64_MAX);
    expect_fault("/uart@0", "52-bit");

    begin();
    tree_memory(&tree, 0x10000800, 0x1000, true);
    expect_fault("/memory@10000800", "whole 4096-byte pages");
}
END_TEST

START_TEST(overlaps)
{
    begin();
    tree_device(&tree, "uart@800ff000", "arm,pl011", 0x800ff000, 0x1000);
    expect_fault("/uart@800ff000", "overlaps memory@80000000");

    begin();
    tree_device(&tree, "a@9000000", "x,y", 0x9000000, 0x1001);
    tree_device(&tree, "b@9001000", "x,y", 0x9001000, 0x1000);
    expect_fault("/b@9001000", "overlaps /a@9000000");

    begin();
    tree_device(&tree, "a@9000000", "x,y", 0x9000000, 0x1000);
    tree_device(&tree, "b@9001000", "x,y", 0x9001000, 0x1000);
    expect_read();
    board_free(&board);
}
END_TEST

START_TEST(capacities)
{
    begin();
    for (unsigned i = 0; i <= BOARD_MAX_DEVICES; i++) {
        char name[32];
        snprintf(name, sizeof(name), "dev%u", i);
        tree_open(&tree, name);
        tree_string(&tree, "compatible", "x,y");
        tree_close(&tree);
    }
    expect_fault("/dev96", "more than 96 devices");

    begin();
    for (unsigned i = 1; i <= BOARD_MAX_RAM; i++)
        tree_memory(&tree, 0x1000000000 + i * 0x100000, 0x1000, false);
    expect_fault("/memory@1002000000", "more than 32 ranges");

    tree_begin(&tree);
    tree_cpus(&tree, BOARD_MAX_PES + 1);
    expect_fault("/cpus/cpu@40", "more than 64 cpus");

    begin();
    tree_open(&tree, "dev@0");
    tree_string(&tree, "compatible", "x,y");
    static uint64_t reg[2 * (BOARD_MAX_REGS + 1)];
    tree_u64s(&tree, "reg", 2 * (BOARD_MAX_REGS + 1), reg);
    tree_close(&tree);
    expect_fault("/dev@0", "9 entries in reg");

    begin();
    for (unsigned i = 1; i <= 16; i++)
        tree_open(&tree, "n");
    for (unsigned i = 1; i <= 16; i++)
        tree_close(&tree);
    expect_fault("/n/n/n/n/n/n/n/n/n/n/n/n/n/n/n", "16 levels");
}
END_TEST

START_TEST(whole_board)
{
    tree_begin(&tree);
    tree_cpus(&tree, 1);
    expect_fault("/", "memory");

    tree_begin(&tree);
    tree_memory(&tree, 0x80000000, 0x1000, false);
    expect_fault("/cpus", "no node");

    tree_begin(&tree);
    tree_open(&tree, "cpus");
    tree_u32(&tree, "#address-cells", 1);
    tree_u32(&tree, "#size-cells", 0);
    for (unsigned i = 0; i < 2; i++) {
        tree_open(&tree, i == 0 ? "cpu@5" : "cpu@05");
        tree_string(&tree, "device_type", "cpu");
        tree_u32(&tree, "reg", 5);
        tree_close(&tree);
    }
    tree_close(&tree);
    expect_fault("/cpus/cpu@05", "cpu 0 already");
}
END_TEST

START_TEST(no_tree_at_all)
{
    struct sim_error err = {0};

    ck_assert(!board_read("hello", 5, "t.dtb", &board, &err));
    ck_assert_int_eq(err.status, SIM_BAD_INPUT);
    memset(&tree, 0, sizeof(tree));
    ck_assert(!board_read(tree.blob, 4096, "t.dtb", &board, &err));
    ck_assert_msg(strstr(err.text, "not a sound device tree") != NULL, "%s", err.text);
}
END_TEST

/* Total: whatever the bytes are, a board or one finding; never a crash, never a second line. */
static void expect_total(const uint8_t *bytes, size_t size_bytes)
{
    struct sim_error err = {.status = SIM_PASS};
    uint8_t *exact = malloc(size_bytes + (size_bytes == 0)); /* so that a sanitizer sees its end */

    ck_assert_ptr_nonnull(exact);
    memcpy(exact, bytes, size_bytes);
    if (board_read(exact, size_bytes, "t.dtb", &board, &err)) {
        ck_assert_uint_ge(board.pe_count, 1);
        ck_assert_uint_le(board.device_count, BOARD_MAX_DEVICES);
        board_free(&board);
    } else {
        ck_assert_int_eq(err.status, SIM_BAD_INPUT);
        ck_assert_uint_gt(strlen(err.text), 8);
        ck_assert_ptr_null(strchr(err.text, '\n'));
    }
    free(exact);
}

START_TEST(damaged_trees)
{
    static uint8_t damaged[TREE_BYTES];
    uint64_t random = 1; /* a fixed generator: the same damage at every run */
    unsigned sound = 0;

    begin();
    open_buses();
    tree_device(&tree, "uart@1000", "arm,pl011", 0x1000, 0x1000);
    tree_close(&tree);
    tree_close(&tree);
    tree_end(&tree);
    for (size_t size = 0; size < tree.size_bytes; size++)
        expect_total(tree.blob, size);
    for (unsigned round = 0; round < 20000; round++) {
        memcpy(damaged, tree.blob, tree.size_bytes);
        for (unsigned flips = 0; flips <= round % 4; flips++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            size_t bit = (size_t)(random >> 24) % (tree.size_bytes * 8);
            damaged[bit / 8] ^= (uint8_t)(1u << (bit % 8));
        }
        expect_total(damaged, tree.size_bytes);
        sound += board_read(damaged, tree.size_bytes, "t.dtb", &board, NULL);
        board_free(&board);
    }
    /* The damage reaches past the header check and is noticed too. */
    ck_assert_uint_gt(sound, 100);
    ck_assert_uint_lt(sound, 19900);
}
END_TEST

/* The product's own board, when the build tells where it is. */
START_TEST(sim_board)
{
    const char *path = getenv("ORRERY_TEST_BOARD");
    struct sim_error err = {0};
    FILE *file;
    size_t size;

    if (path == NULL)
        return;
    file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s", path);
    size = fread(tree.blob, 1, sizeof(tree.blob), file);
    fclose(file);
    ck_assert_msg(board_read(tree.blob, size, "board.dtb", &board, &err), "%s", err.text);
    ck_assert_uint_eq(board.pe_count, 8);
    ck_assert_uint_eq(board.mpidr[7], 7);
    ck_assert_uint_eq(board.ram_count, 3);
    ck_assert(board.ram[0].secure && board.ram[1].secure && !board.ram[2].secure);
    board_free(&board);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("board");
    TCase *tests = tcase_create("board");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tests);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, takes_pes_ram_devices);
    tcase_add_test(tests, takes_counter_rate);
    tcase_add_test(tests, availability);
    tcase_add_test(tests, translates_through_ranges);
    tcase_add_test(tests, outside_ranges_is_a_fault);
    tcase_add_test(tests, bus_without_ranges_is_not_mapped);
    tcase_add_test(tests, reserved_memory_is_no_hardware);
    tcase_add_test(tests, missing_reg);
    tcase_add_test(tests, malformed_reg);
    tcase_add_test(tests, overlaps);
    tcase_add_test(tests, capacities);
    tcase_add_test(tests, whole_board);
    tcase_add_test(tests, no_tree_at_all);
    tcase_add_test(tests, damaged_trees);
    tcase_add_test(tests, sim_board);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
