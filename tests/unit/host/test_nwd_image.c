/* SPDX-License-Identifier: BSD-3-Clause */
/* Normal-world images: raw ones, ELF files of fixed address and movable ones, and broken ones. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sim/host/nwd_image.h"

#define FILE_BYTES 0x2000u
#define RAM        UINT64_C(0x80000000)

static uint8_t file[FILE_BYTES];
static struct run_blob blob;
static struct nwd_image image;
static struct sim_error err;

static void put(unsigned offset, unsigned size_bytes, uint64_t value)
{
    for (unsigned i = 0; i < size_bytes; i++)
        file[offset + i] = (uint8_t)(value >> (8 * i));
}

#define HEADER(n)  (64 + 56 * (n))
#define TYPE(n)    HEADER(n), 4
#define OFFSET(n)  (HEADER(n) + 8), 8
#define VIRTUAL(n) (HEADER(n) + 16), 8
#define PHYS(n)    (HEADER(n) + 24), 8
#define FILESZ(n)  (HEADER(n) + 32), 8
#define MEMSZ(n)   (HEADER(n) + 40), 8

static void put_segment(unsigned n, uint64_t offset, uint64_t address, uint64_t file_bytes,
                        uint64_t memory_bytes)
{
    put(TYPE(n), 1);
    put(OFFSET(n), offset);
    put(VIRTUAL(n), address);
    put(PHYS(n), address);
    put(FILESZ(n), file_bytes);
    put(MEMSZ(n), memory_bytes);
}

/* An executable for 0x88000000: code, and data with zeros behind. */
static void setup(void)
{
    memset(file, 0, sizeof(file));
    memcpy(file, "\177ELF\2\1\1", 7);
    put(16, 2, 2);
    put(18, 2, 183);
    put(24, 8, 0x88000010);
    put(32, 8, 64);
    put(54, 2, 56);
    put(56, 2, 3);
    put_segment(0, 0x1000, 0x88000000, 0x800, 0x800);
    put(TYPE(1), 4); /* a note */
    put(OFFSET(1), UINT64_MAX);
    put_segment(2, 0x1800, 0x88002000, 0x100, 0x3000);
    memset(file + 0x1000, 0xc5, 0x900);
    blob = (struct run_blob){file, sizeof(file), "bl33.elf"};
}

static bool read_at(uint64_t load)
{
    err.text[0] = '\0';
    return nwd_image_read(&blob, load, RAM, &image, &err);
}

/* Refused as bad input, in one line that names the file. */
static void refused(uint64_t load, const char *words)
{
    ck_assert(!read_at(load));
    ck_assert_int_eq(err.status, SIM_BAD_INPUT);
    ck_assert_msg(strncmp(err.text, "bl33.elf: ", 10) == 0, "%s", err.text);
    ck_assert_msg(strstr(err.text, words) != NULL, "no \"%s\" in: %s", words, err.text);
    ck_assert_ptr_null(strchr(err.text, '\n'));
    setup();
}

START_TEST(raw_images_go_where_they_are_told)
{
    blob = (struct run_blob){"abcde", 5, "raw"};
    ck_assert(read_at(0));
    ck_assert_uint_eq(image.segment_count, 1);
    ck_assert_uint_eq(image.entry, RAM);
    ck_assert_uint_eq(image.segment[0].address, RAM);
    ck_assert_uint_eq(image.segment[0].memory_bytes, 5);
    ck_assert(read_at(0x90000004));
    ck_assert_uint_eq(image.entry, 0x90000004);
    blob.size_bytes = 0;
    ck_assert(!read_at(0));
    ck_assert_str_eq(err.text, "raw: an empty file; want an image");
}
END_TEST

START_TEST(executables_say_where_they_go)
{
    ck_assert_msg(read_at(0), "%s", err.text);
    ck_assert_uint_eq(image.entry, 0x88000010);
    ck_assert_uint_eq(image.segment_count, 2);
    ck_assert_uint_eq(image.segment[0].address, 0x88000000);
    ck_assert_ptr_eq(image.segment[0].data, file + 0x1000);
    ck_assert_uint_eq(image.segment[1].address, 0x88002000);
    ck_assert_uint_eq(image.segment[1].file_bytes, 0x100);
    ck_assert_uint_eq(image.segment[1].memory_bytes, 0x3000);
    ck_assert(read_at(0x88000000));
    refused(0x90000000, "leave the address out");
}
END_TEST

START_TEST(virtual_entry_points_become_physical)
{
    put(VIRTUAL(0), 0xffff800008000000);
    put(24, 8, 0xffff800008000010);
    ck_assert_msg(read_at(0), "%s", err.text);
    ck_assert_uint_eq(image.entry, 0x88000010);
}
END_TEST

START_TEST(movable_files_are_moved)
{
    put(16, 2, 3);
    ck_assert_msg(read_at(0), "%s", err.text); /* it prefers a place */
    ck_assert_uint_eq(image.entry, 0x88000010);
    ck_assert(read_at(0x90000000));
    ck_assert_uint_eq(image.entry, 0x90000010);
    ck_assert_uint_eq(image.segment[1].address, 0x90002000);
    put_segment(0, 0x1000, 0x10, 0x800, 0x800); /* it has none */
    put_segment(2, 0x1800, 0x2000, 0x100, 0x3000);
    put(24, 8, 0x20);
    ck_assert_msg(read_at(0), "%s", err.text);
    ck_assert_uint_eq(image.entry, RAM + 0x20);
    ck_assert_uint_eq(image.segment[0].address, RAM + 0x10);
    refused(0x90000800, "0x90000800");
}
END_TEST

START_TEST(foreign_files_are_refused)
{
    blob.size_bytes = 63;
    refused(0, "its header alone has 64");
    put(4, 1, 1);
    refused(0, "class 1");
    put(5, 1, 2);
    refused(0, "data 2");
    put(18, 2, 62);
    refused(0, "machine 62");
    put(16, 2, 1);
    refused(0, "link it first");
    put(TYPE(1), 3);
    refused(0, "dynamic loader");
}
END_TEST

START_TEST(broken_tables_are_refused)
{
    put(56, 2, 0);
    refused(0, "0 program headers");
    put(56, 2, 0xffff);
    refused(0, "65535 program headers");
    put(54, 2, 32);
    refused(0, "of 32 bytes");
    put(32, 8, UINT64_MAX - 8);
    refused(0, "0xfffffffffffffff7");
    put(TYPE(0), 4);
    put(TYPE(2), 4);
    refused(0, "0 segments to load");
    put(56, 2, 40);
    for (unsigned i = 0; i < 40; i++)
        put_segment(i, 0, 0x88000000 + i * UINT64_C(0x1000), 0, 1);
    refused(0, "40 segments to load");
}
END_TEST

START_TEST(broken_segments_are_refused)
{
    put(OFFSET(0), 0x1801);
    refused(0, "segment 0: 0x800 bytes at offset 0x1801 are not in the file");
    put(OFFSET(0), UINT64_MAX);
    refused(0, "segment 0");
    put(FILESZ(2), UINT64_MAX);
    refused(0, "segment 2");
    put(MEMSZ(2), 0xff);
    refused(0, "0x100 bytes of the file in 0xff of memory");
    put(PHYS(2), UINT64_MAX - 0x2ffe);
    refused(0, "can not be");
    put(MEMSZ(2), UINT64_C(1) << 31);
    refused(0, "more than 0x40000000 of memory");
    put(PHYS(2), 0x880007ff);
    refused(0, "segment 2: 0x3000 bytes at 0x880007ff lie on another segment");
    put(24, 8, 0x88000800);
    refused(0, "entry point 0x88000800");
    put(24, 8, 0x88000012);
    refused(0, "entry point 0x88000012");
}
END_TEST

START_TEST(loading_zeroes_and_stays_in_the_normal_world)
{
    struct bus bus = {0};
    uint8_t *ram;

    ck_assert(bus_add_ram(&bus, "ram", 0x88000000, 0x10000, false, &err));
    ram = bus_ram(&bus, 0x88000000, 0x10000, BUS_NON_SECURE);
    ck_assert_ptr_nonnull(ram);
    memset(ram, 0xff, 0x10000);
    ck_assert(read_at(0));
    ck_assert(nwd_image_load(&image, &bus, "bl33.elf", &err));
    ck_assert_uint_eq(ram[0x7ff], 0xc5);
    ck_assert_uint_eq(ram[0x800], 0xff);
    ck_assert_uint_eq(ram[0x20ff], 0xc5);
    ck_assert_uint_eq(ram[0x2100], 0);
    ck_assert_uint_eq(ram[0x4fff], 0);
    ck_assert_uint_eq(ram[0x5000], 0xff);
    image.segment[1].memory_bytes = 0xe001;
    ck_assert(!nwd_image_load(&image, &bus, "bl33.elf", &err));
    ck_assert_str_eq(err.text, "bl33.elf: 57345 bytes at 0x88002000 do not fit into the board's "
                               "non-secure memory");
    bus_free(&bus);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("nwd_image");
    TCase *tests = tcase_create("nwd_image");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_add_test(tests, raw_images_go_where_they_are_told);
    tcase_add_test(tests, executables_say_where_they_go);
    tcase_add_test(tests, virtual_entry_points_become_physical);
    tcase_add_test(tests, movable_files_are_moved);
    tcase_add_test(tests, foreign_files_are_refused);
    tcase_add_test(tests, broken_tables_are_refused);
    tcase_add_test(tests, broken_segments_are_refused);
    tcase_add_test(tests, loading_zeroes_and_stays_in_the_normal_world);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
