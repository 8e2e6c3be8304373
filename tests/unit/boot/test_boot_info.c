/* SPDX-License-Identifier: BSD-3-Clause */
/* The boot information blob, byte by byte, and where it goes in memory and registers. */
#include <string.h>

#include "boot/boot_info.h"
#include "main.h"
#include "world.h"

#define BASE 0x123456789000u

/* 64-bit address BASE + offset, low byte first; offsets below 0x10000 */
#define AT(offset) \
    (uint8_t)(offset), (uint8_t)(0x90 + ((offset) >> 8)), 0x78, 0x56, 0x34, 0x12, 0, 0

static const struct package_layout spkg = {.version = 2,
                                           .manifest_offset = 0x1000,
                                           .manifest_size_bytes = 0x345,
                                           .image_offset = 0x4000,
                                           .image_size_bytes = 0x1000};

static const struct package_layout list = {.version = 1,
                                           .manifest_offset = 0x1000,
                                           .manifest_size_bytes = 0x345,
                                           .image_offset = 0x4000,
                                           .image_size_bytes = 0x1000,
                                           .hob_offset = 0x2000,
                                           .hob_size_bytes = 0x88};

static struct partition_manifest asks(uint32_t version, bool fdt, bool hob)
{
    return (struct partition_manifest){.ffa_version = version,
                                       .has_gp_register = true,
                                       .boot_info_fdt = fdt,
                                       .boot_info_hob = hob};
}

static void check(const struct package_layout *layout, struct partition_manifest manifest,
                  const uint8_t *want, size_t want_bytes)
{
    static const uint8_t zero[BOOT_INFO_MAX_BYTES];
    uint8_t blob[BOOT_INFO_MAX_BYTES];

    memset(blob, 0x5a, sizeof(blob));
    ck_assert_uint_eq(boot_info_build(blob, BASE, layout, &manifest), want_bytes);
    for (size_t i = 0; i < want_bytes; i++) {
        ck_assert_msg(blob[i] == want[i], "byte %zu: 0x%x, want 0x%x", i, blob[i], want[i]);
    }
    ck_assert_mem_eq(blob + want_bytes, zero, sizeof(blob) - want_bytes);
}

/* 16 bytes of an empty name */
#define NO_NAME 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0

START_TEST(header_and_fdt)
{
    const uint8_t want[] = {0xfa,      0x0f, 0, 0, /* signature */
                            1,         0,    1, 0, /* version 1.1 */
                            0x45,      0x13, 0, 0, /* size: to the end of the manifest */
                            32,        0,    0, 0, /* size of a descriptor */
                            1,         0,    0, 0, /* descriptors */
                            32,        0,    0, 0, /* where they are */
                            0,         0,    0, 0, 0, 0, 0, 0, NO_NAME, 0, /* type: FDT */
                            0,         0,    0,                            /* reserved, flags */
                            0x45,      0x03, 0, 0, /* size of the manifest */
                            AT(0x1000)};

    check(&spkg, asks(FFA_VERSION_1_1, true, false), want, sizeof(want));
    check(&list, asks(FFA_VERSION_1_1, true, false), want, sizeof(want));
    /* What the package does not have is not named. */
    check(&spkg, asks(FFA_VERSION_1_1, true, true), want, sizeof(want));
}
END_TEST

START_TEST(fdt_and_hob_list)
{
    const uint8_t want[] = {
        0xfa, 0x0f, 0,          0,       2, 0, 1,       0,  0x88, 0x20, 0, 0,    32,
        0,    0,    0,          2,       0, 0, 0,       32, 0,    0,    0, 0,    0,
        0,    0,    0,          0,       0, 0, NO_NAME, 0,  0,    0,    0, 0x45, 0x03,
        0,    0,    AT(0x1000), NO_NAME, 1, 0, 0,       0,  0x88, 0,    0, 0,    AT(0x2000)};

    check(&list, asks(FFA_VERSION_1_2, true, true), want, sizeof(want));
}
END_TEST

/* A HOB list in front of the manifest: the blob reaches to the end of the last one. */
START_TEST(the_order_in_the_package_is_free)
{
    struct package_layout layout = list;
    uint8_t blob[BOOT_INFO_MAX_BYTES];
    const struct partition_manifest manifest = asks(FFA_VERSION_1_2, true, true);

    layout.manifest_offset = 0x3000;
    layout.hob_offset = 0x1000;
    ck_assert_uint_eq(boot_info_build(blob, BASE, &layout, &manifest), 96);
    ck_assert_uint_eq(blob[8], 0x45);
    ck_assert_uint_eq(blob[9], 0x33);
    ck_assert_uint_eq(blob[32 + 16], 0);
    ck_assert_uint_eq(blob[64 + 16], 1);
}
END_TEST

START_TEST(a_hob_list_alone)
{
    const uint8_t want[] = {0xfa, 0x0f, 0, 0, 3,       0, 1,  0, 0x88, 0x20, 0, 0, 32, 0,
                            0,    0,    1, 0, 0,       0, 32, 0, 0,    0,    0, 0, 0,  0,
                            0,    0,    0, 0, NO_NAME, 1, 0,  0, 0,    0x88, 0, 0, 0,  AT(0x2000)};
    const uint8_t none[] = {0xfa, 0x0f, 0, 0, 3,  0, 1, 0, 32, 0, 0, 0, 32, 0, 0, 0,
                            0,    0,    0, 0, 32, 0, 0, 0, 0,  0, 0, 0, 0,  0, 0, 0};

    check(&list, asks(FFA_VERSION_1_3, false, true), want, sizeof(want));
    check(&spkg, asks(FFA_VERSION_1_3, false, true), none, sizeof(none));
}
END_TEST

START_TEST(the_form_of_ffa_1_0)
{
    const uint8_t want[] = {'F', 'F', '-',        'A',  1,    0, 0, 0, 'T', 'Y', 'P',
                            'E', '_', 'D',        'T',  0,    0, 0, 0, 0,   0,   0,
                            0,   0,   AT(0x1000), 0x45, 0x03, 0, 0, 0, 0,   0,   0};
    const uint8_t none[] = {'F', 'F', '-', 'A', 0, 0, 0, 0};

    check(&spkg, asks(FFA_VERSION_1_0, true, false), want, sizeof(want));
    check(&list, asks(FFA_VERSION_1_0, true, true), want, sizeof(want));
    check(&list, asks(FFA_VERSION_1_0, false, true), none, sizeof(none));
}
END_TEST

static bool has_room(uint32_t manifest_offset, uint32_t hob_offset,
                     struct partition_manifest manifest, struct manifest_diag *diag)
{
    struct package_layout layout = list;

    layout.manifest_offset = manifest_offset;
    layout.hob_offset = hob_offset;
    return boot_info_has_room(&layout, &manifest, diag);
}

START_TEST(room_in_front_of_the_contents)
{
    struct manifest_diag diag = {0};

    ck_assert(has_room(96, 0x2000, asks(FFA_VERSION_1_1, true, true), &diag));
    ck_assert(has_room(0x2000, 96, asks(FFA_VERSION_1_1, true, true), &diag));
    ck_assert(!has_room(0x2000, 95, asks(FFA_VERSION_1_1, true, true), &diag));
    ck_assert(!has_room(88, 0x2000, asks(FFA_VERSION_1_1, true, true), &diag));
    check_finding(&diag, MANIFEST_NOT_COMPATIBLE, "/boot-info: found 0x58", NULL);
    ck_assert(has_room(64, 0x2000, asks(FFA_VERSION_1_1, true, false), &diag));
    ck_assert(!has_room(56, 0x2000, asks(FFA_VERSION_1_1, true, false), &diag));
    ck_assert(has_room(40, 0x2000, asks(FFA_VERSION_1_0, true, true), &diag));
    ck_assert(!has_room(24, 0x2000, asks(FFA_VERSION_1_0, true, true), &diag));
    ck_assert(has_room(24, 0x2000, asks(FFA_VERSION_1_1, false, false), &diag));
}
END_TEST

/* Package 0 becomes one of version 1, its manifest right behind the header. */
static void pack_version_1(void)
{
    uint8_t *package = fake_arch_at(&world.pe, TREE_PARTITION(1), TREE_PARTITION_SIZE, PAS_SECURE);

    world_pack(0);
    memmove(package + PACKAGE_HEADER_BYTES, package + 0x1000, WORLD_IMAGE - 0x1000);
    world_header(0, 1, 1);
    world_header(0, 2, PACKAGE_HEADER_BYTES);
}

START_TEST(a_package_without_room_is_refused)
{
    pack_version_1();
    world_boot_fails(MANIFEST_NOT_COMPATIBLE, "one: /boot-info: found 0x18 bytes in front of");
}
END_TEST

START_TEST(a_package_without_room_serves_who_asks_for_nothing)
{
    tree_remove_node(&world.tree[0], "/boot-info");
    pack_version_1();
    ck_assert_msg(world_boot(), "%s", spmc_boot_diag(world.spmc)->text);
    ck_assert_uint_eq(world_one()->boot_info, 0);
}
END_TEST

static const struct {
    uint32_t version;
    uint8_t first, size; /* byte of the blob, bytes of it */
} forms[] = {{FFA_VERSION_1_0, 'F', 40}, {FFA_VERSION_1_3, 0xfa, 64}};

/* In memory: the blob over the package header, everything else as it was loaded. */
START_TEST(over_the_package_header)
{
    static uint8_t before[TREE_PARTITION_SIZE];
    uint8_t *package = fake_arch_at(&world.pe, TREE_PARTITION(1), TREE_PARTITION_SIZE, PAS_SECURE);
    size_t size = forms[_i].size;

    if (forms[_i].version == FFA_VERSION_1_0) {
        tree_set_u32(&world.tree[0], "/", "messaging-method", 3);
    }
    tree_set_u32(&world.tree[0], "/", "ffa-version", forms[_i].version);
    world_pack(0);
    memset(package + PACKAGE_HEADER_BYTES, 0x5a, 0x1000 - PACKAGE_HEADER_BYTES);
    memcpy(before, package, sizeof(before));
    ck_assert_msg(world_boot(), "%s", spmc_boot_diag(world.spmc)->text);
    ck_assert_uint_eq(world_one()->boot_info, TREE_PARTITION(1));
    ck_assert_uint_eq(package[0], forms[_i].first);
    ck_assert_uint_eq(package[size - 1], 0); /* high byte of an address or a size */
    ck_assert_mem_eq(package + size, before + size, sizeof(before) - size);
}
END_TEST

START_TEST(the_register_that_the_manifest_names)
{
    struct vcpu *vcpu;

    tree_set_u32(&world.tree[0], "/", "gp-register-num", (uint32_t)_i);
    world_pack(0);
    ck_assert(world_boot());
    vcpu = boot_start_next(spmc_cpu(world.spmc, 0));
    ck_assert_ptr_eq(vcpu, &world_one()->vcpu[0]);
    for (int n = 0; n < 31; n++) {
        ck_assert_uint_eq(vcpu->arch->x[n], n == _i ? TREE_PARTITION(1) : 0);
    }
}
END_TEST

static void check_nothing(const char *log)
{
    struct vcpu *vcpu;
    const uint8_t *package =
        fake_arch_at(&world.pe, TREE_PARTITION(1), TREE_PARTITION_SIZE, PAS_SECURE);

    ck_assert(world_boot());
    vcpu = boot_start_next(spmc_cpu(world.spmc, 0));
    ck_assert_ptr_eq(vcpu, &world_one()->vcpu[0]);
    for (unsigned n = 0; n < 31; n++) {
        ck_assert_uint_eq(vcpu->arch->x[n], 0);
    }
    ck_assert_mem_eq(package, "SPKG", 4);
    ck_assert_msg((strstr(world.pe.log, "boot-info") != NULL) == (log != NULL), "%s", world.pe.log);
    ck_assert(log == NULL || strstr(world.pe.log, log) != NULL);
}

START_TEST(no_subscription)
{
    tree_remove_node(&world.tree[0], "/boot-info");
    world_pack(0);
    check_nothing(NULL);
}
END_TEST

START_TEST(a_subscription_to_nothing)
{
    tree_remove(&world.tree[0], "/boot-info", "ffa_manifest");
    tree_remove(&world.tree[0], "/boot-info", "hob_list");
    world_pack(0);
    check_nothing(NULL);
}
END_TEST

START_TEST(no_register)
{
    tree_remove(&world.tree[0], "/", "gp-register-num");
    world_pack(0);
    check_nothing("one: boot-info: no gp-register-num");
}
END_TEST

START_TEST(what_can_not_be_had_is_told)
{
    ck_assert(world_boot());
    ck_assert_msg(strstr(world.pe.log, "one: boot-info: hob_list: the package has no HOB list") !=
                      NULL,
                  "%s", world.pe.log);
    world_teardown();
    world_setup();
    tree_set_u32(&world.tree[0], "/", "messaging-method", 3);
    tree_set_u32(&world.tree[0], "/", "ffa-version", FFA_VERSION_1_0);
    world_pack(0);
    ck_assert(world_boot());
    ck_assert(strstr(world.pe.log, "one: boot-info: hob_list: FF-A 1.0 has no HOB list") != NULL);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, world_setup, world_teardown);
    tcase_add_test(tcase, header_and_fdt);
    tcase_add_test(tcase, fdt_and_hob_list);
    tcase_add_test(tcase, the_order_in_the_package_is_free);
    tcase_add_test(tcase, a_hob_list_alone);
    tcase_add_test(tcase, the_form_of_ffa_1_0);
    tcase_add_test(tcase, room_in_front_of_the_contents);
    tcase_add_test(tcase, a_package_without_room_is_refused);
    tcase_add_test(tcase, a_package_without_room_serves_who_asks_for_nothing);
    tcase_add_loop_test(tcase, over_the_package_header, 0, sizeof(forms) / sizeof(forms[0]));
    tcase_add_loop_test(tcase, the_register_that_the_manifest_names, 0, 4);
    tcase_add_test(tcase, no_subscription);
    tcase_add_test(tcase, a_subscription_to_nothing);
    tcase_add_test(tcase, no_register);
    tcase_add_test(tcase, what_can_not_be_had_is_told);
}

int main(void)
{
    return run_case("boot_info", add);
}
