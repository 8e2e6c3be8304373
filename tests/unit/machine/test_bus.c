/* SPDX-License-Identifier: BSD-3-Clause */
/* The bus: who sees what, where an access ends, and RAM that costs only what is touched. */
#include <check.h>
#include <string.h>

#include "sim/machine/bus.h"

static struct bus bus;
static struct sim_error err;

struct recorder {
    uint64_t offset;
    unsigned size;
    uint64_t value;
    enum bus_pas pas;
    unsigned accesses;
};

static uint64_t record_read(void *device, struct sim_pe *pe, uint64_t offset, unsigned size,
                            enum bus_pas pas)
{
    struct recorder *recorder = device;

    (void)pe;
    recorder->accesses++;
    recorder->offset = offset;
    recorder->size = size;
    recorder->pas = pas;
    return 0x1122334455667788;
}

static void record_write(void *device, struct sim_pe *pe, uint64_t offset, unsigned size,
                         uint64_t value, enum bus_pas pas)
{
    struct recorder *recorder = device;

    (void)pe;
    recorder->accesses++;
    recorder->offset = offset;
    recorder->size = size;
    recorder->value = value;
    recorder->pas = pas;
}

static const struct bus_device_ops record_ops = {record_read, record_write};
static struct recorder recorder;

static void setup(void)
{
    memset(&recorder, 0, sizeof(recorder));
    ck_assert(bus_add_ram(&bus, "ns", 0x80000000, 0x2000, false, &err));
    ck_assert(bus_add_ram(&bus, "s", 0x10000000, 0x2000, true, &err));
    ck_assert(bus_add_ram(&bus, "s2", 0x10002000, 0x1000, true, &err));
    ck_assert(
        bus_add_device(&bus, "both", 0x9000000, 0x1000, true, true, &record_ops, &recorder, &err));
    ck_assert(bus_add_device(&bus, "secure", 0x9001000, 0x1000, true, false, &record_ops, &recorder,
                             &err));
    ck_assert(bus_add_device(&bus, "normal", 0x9002000, 0x1000, false, true, &record_ops, &recorder,
                             &err));
}

static void teardown(void)
{
    bus_free(&bus);
}

START_TEST(each_world_sees_its_own)
{
    static const struct {
        uint64_t pa;
        bool secure, non_secure;
    } row[] = {
        {0x80000000, false, true},  {0x80001fff, false, true},  {0x80002000, false, false},
        {0x10000000, true, false},  {0x10002fff, true, false},  {0x10003000, false, false},
        {0x0fffffff, false, false}, {0x09000000, true, true},   {0x09001000, true, false},
        {0x09002000, false, true},  {0x09003000, false, false}, {0, false, false},
        {UINT64_MAX, false, false},
    };

    for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        for (int pas = BUS_SECURE; pas <= BUS_NON_SECURE; pas++) {
            bool wanted = pas == BUS_SECURE ? row[i].secure : row[i].non_secure;
            uint64_t value = 1;

            ck_assert_msg((bus_find(&bus, row[i].pa, pas) != NULL) == wanted, "row %u pas %d", i,
                          pas);
            ck_assert(bus_read(&bus, NULL, row[i].pa, 1, pas, &value) == wanted);
            ck_assert(bus_write(&bus, NULL, row[i].pa, 1, pas, 0) == wanted);
            if (!wanted)
                ck_assert_uint_eq(value, 0);
        }
    }
}
END_TEST

START_TEST(ram_is_zero_then_little_endian)
{
    uint64_t value = 1;

    ck_assert(bus_read(&bus, NULL, 0x80000ff8, 8, BUS_NON_SECURE, &value));
    ck_assert_uint_eq(value, 0);
    ck_assert(bus_write(&bus, NULL, 0x80000001, 4, BUS_NON_SECURE, 0xaabbccdd11223344));
    ck_assert(bus_read(&bus, NULL, 0x80000000, 8, BUS_NON_SECURE, &value));
    ck_assert_uint_eq(value, 0x1122334400);
    ck_assert(bus_read(&bus, NULL, 0x80000001, 1, BUS_NON_SECURE, &value));
    ck_assert_uint_eq(value, 0x44);
}
END_TEST

START_TEST(an_access_may_not_cross_the_end)
{
    uint64_t value = 0;

    ck_assert(bus_read(&bus, NULL, 0x80001ff8, 8, BUS_NON_SECURE, &value));
    ck_assert(!bus_read(&bus, NULL, 0x80001ffc, 8, BUS_NON_SECURE, &value));
    ck_assert(!bus_write(&bus, NULL, 0x80001fff, 2, BUS_NON_SECURE, 0));
    ck_assert(!bus_read(&bus, NULL, 0x80000000, 0, BUS_NON_SECURE, &value));
    ck_assert(!bus_read(&bus, NULL, 0x80000000, 9, BUS_NON_SECURE, &value));
    ck_assert_ptr_nonnull(bus_ram(&bus, 0x80000000, 0x2000, BUS_NON_SECURE));
    ck_assert_ptr_null(bus_ram(&bus, 0x80000000, 0x2001, BUS_NON_SECURE));
    ck_assert_ptr_null(bus_ram(&bus, 0x80000001, SIZE_MAX, BUS_NON_SECURE));
    ck_assert_ptr_null(bus_ram(&bus, 0x80000000, 1, BUS_SECURE));
    ck_assert_ptr_null(bus_ram(&bus, 0x09000000, 1, BUS_SECURE));
}
END_TEST

START_TEST(devices_get_offset_size_and_world)
{
    uint64_t value = 0;

    ck_assert(bus_read(&bus, NULL, 0x9001018, 4, BUS_SECURE, &value));
    ck_assert_uint_eq(value, 0x55667788); /* no more than was asked for */
    ck_assert_uint_eq(recorder.offset, 0x18);
    ck_assert_uint_eq(recorder.size, 4);
    ck_assert_int_eq(recorder.pas, BUS_SECURE);
    ck_assert(bus_write(&bus, NULL, 0x9000002, 2, BUS_NON_SECURE, 0x12345678));
    ck_assert_uint_eq(recorder.value, 0x5678);
    ck_assert_int_eq(recorder.pas, BUS_NON_SECURE);

    recorder.accesses = 0;
    ck_assert(!bus_read(&bus, NULL, 0x9000002, 4, BUS_SECURE, &value)); /* not aligned */
    ck_assert(!bus_write(&bus, NULL, 0x9000000, 3, BUS_SECURE, 0));     /* no such size */
    ck_assert_uint_eq(recorder.accesses, 0);
}
END_TEST

START_TEST(overlaps_are_refused)
{
    static const uint64_t clash[][2] = {
        {0x80000000, 1},        {0x80001fff, 1},     {0x7ffff000, 0x1001},
        {0x7ffff000, 0x100000}, {0x80000800, 0x100}, {0, 0x80000001},
    };
    unsigned before = bus.region_count;

    for (unsigned i = 0; i < sizeof(clash) / sizeof(clash[0]); i++) {
        ck_assert_msg(!bus_add_ram(&bus, "new", clash[i][0], clash[i][1], false, &err), "%u", i);
        ck_assert_int_eq(err.status, SIM_BAD_INPUT);
        ck_assert_ptr_nonnull(strstr(err.text, "overlaps"));
    }
    ck_assert(!bus_add_ram(&bus, "new", 0x40000000, 0, false, &err));
    ck_assert(!bus_add_ram(&bus, "new", UINT64_MAX, 2, false, &err));
    ck_assert_uint_eq(bus.region_count, before);
    ck_assert(bus_add_ram(&bus, "new", 0x80002000, 0x1000, false, &err));
    ck_assert(bus_add_ram(&bus, "new", 0x7ffff000, 0x1000, false, &err));
}
END_TEST

START_TEST(regions_are_bounded)
{
    uint64_t base = 0x100000000;

    while (bus.region_count < BUS_MAX_REGIONS) {
        ck_assert(bus_add_device(&bus, "d", base, 0x1000, true, true, &record_ops, NULL, &err));
        base += 0x1000;
    }
    ck_assert(!bus_add_device(&bus, "d", base, 0x1000, true, true, &record_ops, NULL, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "160"));
}
END_TEST

START_TEST(copies_cross_regions_of_one_world)
{
    uint8_t out[0x20];
    uint8_t in[0x20];

    for (unsigned i = 0; i < sizeof(in); i++)
        in[i] = (uint8_t)(i + 1);
    ck_assert(bus_copy_to(&bus, 0x10001ff0, in, sizeof(in), BUS_SECURE));
    ck_assert(bus_copy_from(&bus, out, 0x10001ff0, sizeof(out), BUS_SECURE));
    ck_assert_mem_eq(in, out, sizeof(in));
    ck_assert_uint_eq(*bus_ram(&bus, 0x10002000, 1, BUS_SECURE), 17);

    /* One that can not be whole changes nothing. */
    memset(in, 0xff, sizeof(in));
    ck_assert(!bus_copy_to(&bus, 0x10002ff0, in, sizeof(in), BUS_SECURE));
    ck_assert_uint_eq(*bus_ram(&bus, 0x10002ff0, 1, BUS_SECURE), 0);
    ck_assert(!bus_copy_from(&bus, out, 0x10001ff0, sizeof(out), BUS_NON_SECURE));
    ck_assert(!bus_copy_from(&bus, out, 0x9000000, 4, BUS_SECURE));
    ck_assert(!bus_copy_from(&bus, out, UINT64_MAX - 1, 4, BUS_SECURE));
    ck_assert(bus_copy_from(&bus, out, 0, 0, BUS_SECURE));
}
END_TEST

START_TEST(a_window_of_half_a_tebibyte)
{
    uint64_t base = UINT64_C(1) << 40;
    uint64_t size = UINT64_C(512) << 30;
    uint64_t value = 0;

    ck_assert_msg(bus_add_ram(&bus, "window", base, size, false, &err), "%s", err.text);
    ck_assert(bus_write(&bus, NULL, base + size - 8, 8, BUS_NON_SECURE, 42));
    ck_assert(bus_read(&bus, NULL, base + size - 8, 8, BUS_NON_SECURE, &value));
    ck_assert_uint_eq(value, 42);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("bus");
    TCase *tests = tcase_create("bus");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, each_world_sees_its_own);
    tcase_add_test(tests, ram_is_zero_then_little_endian);
    tcase_add_test(tests, an_access_may_not_cross_the_end);
    tcase_add_test(tests, devices_get_offset_size_and_world);
    tcase_add_test(tests, overlaps_are_refused);
    tcase_add_test(tests, regions_are_bounded);
    tcase_add_test(tests, copies_cross_regions_of_one_world);
    tcase_add_test(tests, a_window_of_half_a_tebibyte);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
