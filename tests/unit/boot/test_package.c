/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "main.h"
#include "tree.h"

#define MEM_SIZE 0x10000u

static struct manifest_diag diag;
static struct package_layout layout;

static bool read_header(uint32_t version, uint32_t manifest_offset, uint32_t manifest_size,
                        uint32_t image_offset, uint32_t image_size)
{
    const uint32_t words[6] = {PACKAGE_MAGIC, version,      manifest_offset,
                               manifest_size, image_offset, image_size};
    uint8_t header[PACKAGE_HEADER_BYTES];

    for (unsigned i = 0; i < sizeof(header); i++) {
        header[i] = (uint8_t)(words[i / 4] >> (8 * (i % 4)));
    }
    memset(&diag, 0, sizeof(diag));
    return package_read_header(header, MEM_SIZE, &layout, &diag);
}

START_TEST(version_2)
{
    ck_assert(read_header(2, 0x1000, 0x345, 0x4000, 0x2000));
    ck_assert_uint_eq(layout.version, 2);
    ck_assert_uint_eq(layout.manifest_offset, 0x1000);
    ck_assert_uint_eq(layout.manifest_size_bytes, 0x345);
    ck_assert_uint_eq(layout.image_offset, 0x4000);
    ck_assert_uint_eq(layout.image_size_bytes, 0x2000);
}
END_TEST

START_TEST(version_1_has_its_manifest_behind_the_header)
{
    ck_assert(read_header(1, 24, 0x345, 0x1000, 1));
    ck_assert_uint_eq(layout.version, 1);
    ck_assert_uint_eq(layout.manifest_offset, 24);
    ck_assert(!read_header(2, 24, 0x345, 0x1000, 1));
    check_finding(&diag, MANIFEST_NOT_COMPATIBLE, "package header:", "manifest offset: found 0x18");
}
END_TEST

START_TEST(exactly_full)
{
    ck_assert(read_header(2, 0x1000, 0x3000, 0x4000, MEM_SIZE - 0x4000));
    ck_assert(!read_header(2, 0x1000, 0x3000, 0x4000, MEM_SIZE - 0x4000 + 1));
    check_finding(&diag, MANIFEST_NOT_COMPATIBLE, "package header:", "image size: found 0xc001");
    ck_assert(!read_header(2, 0x1000, 0x3001, 0x4000, 0x1000));
    check_finding(&diag, MANIFEST_NOT_COMPATIBLE, "package header:", "image offset: found 0x4000");
}
END_TEST

static const struct {
    uint32_t version, manifest_offset, manifest_size, image_offset, image_size;
    const char *field;
} faults[] = {
    {0, 0x1000, 0x100, 0x4000, 0x100, "version: found 0x0"},
    {3, 0x1000, 0x100, 0x4000, 0x100, "version: found 0x3"},
    {2, 0x1000, 0, 0x4000, 0x100, "manifest size:"},
    {2, 0, 0x100, 0x4000, 0x100, "manifest offset:"},
    {1, 16, 0x100, 0x4000, 0x100, "manifest offset:"},
    {1, 28, 0x100, 0x4000, 0x100, "manifest offset:"},
    {2, 0x1800, 0x100, 0x4000, 0x100, "manifest offset:"},
    {2, 0x4000, 0x100, 0x1000, 0x100, "image offset:"},
    {2, 0x1000, 0x100, 0x4010, 0x100, "image offset:"},
    {2, 0xfffff000, 0xffffffff, 0x4000, 0x100, "image offset:"},
    {2, 0x1000, 0xffffffff, 0x4000, 0x100, "image offset:"},
    {2, 0x1000, 0x100, 0x4000, 0xffffffff, "image size:"},
    {2, 0x1000, 0x100, 0xfffff000, 0xffffffff, "image size:"},
    {2, 0x1000, 0x100, MEM_SIZE + 0x1000, 0, "image size:"},
};

START_TEST(faults_of_each_field)
{
    ck_assert(!read_header(faults[_i].version, faults[_i].manifest_offset, faults[_i].manifest_size,
                           faults[_i].image_offset, faults[_i].image_size));
    check_finding(&diag, MANIFEST_NOT_COMPATIBLE, "package header:", faults[_i].field);
}
END_TEST

START_TEST(what_is_no_package)
{
    const uint8_t erased[PACKAGE_HEADER_BYTES] = {0};

    ck_assert(!package_read_header(erased, MEM_SIZE, &layout, &diag));
    check_finding(&diag, MANIFEST_NOT_COMPATIBLE, "package header:", "magic: found 0x0");
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, version_2);
    tcase_add_test(tcase, version_1_has_its_manifest_behind_the_header);
    tcase_add_test(tcase, exactly_full);
    tcase_add_loop_test(tcase, faults_of_each_field, 0, sizeof(faults) / sizeof(faults[0]));
    tcase_add_test(tcase, what_is_no_package);
}

int main(void)
{
    return run_case("package", add);
}
