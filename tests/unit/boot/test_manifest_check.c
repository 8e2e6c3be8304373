/* SPDX-License-Identifier: BSD-3-Clause */
/* Manifests against the platform, against each other and against the SPMC. */
#include <string.h>

#include "main.h"
#include "tree.h"

static struct manifest_diag diag;
static struct spmc_manifest spmc;
static struct partition_manifest one, two;
static const struct partition_manifest *const both[] = {&one, &two};
static const struct manifest_range spmc_range = {0x0e100000, 0x400000};

static void setup(void)
{
    static struct tree tree;

    tree_spmc(&tree, 4);
    ck_assert(manifest_read_spmc(tree.blob, sizeof(tree.blob), &spmc, &diag));
    spmc.vm[0].has_boot_order = false;
    tree_partition(&tree, 0, 1);
    ck_assert_msg(manifest_read_partition(tree.blob, sizeof(tree.blob), &one, &diag), "%s",
                  diag.text);
    tree_small_partition(&tree, 4);
    ck_assert(manifest_read_partition(tree.blob, sizeof(tree.blob), &two, &diag));
}

static void must_hold(void)
{
    for (uint32_t i = 0; i < 2; i++) {
        ck_assert_msg(manifest_check_partition(&spmc, i, both[i], &diag), "%s", diag.text);
    }
    ck_assert_msg(manifest_check_all(&spmc, spmc_range, both, &diag), "%s", diag.text);
}

static void one_fails(enum manifest_code code, const char *path, const char *property)
{
    memset(&diag, 0, sizeof(diag));
    ck_assert_msg(!manifest_check_partition(&spmc, 0, &one, &diag), "%s: accepted", path);
    check_finding(&diag, code, path, property);
}

static void all_fail(enum manifest_code code, const char *path, const char *property)
{
    memset(&diag, 0, sizeof(diag));
    ck_assert_msg(!manifest_check_all(&spmc, spmc_range, both, &diag), "%s: accepted", path);
    check_finding(&diag, code, path, property);
}

START_TEST(what_fits_together)
{
    must_hold();
}
END_TEST

START_TEST(execution_contexts)
{
    one.execution_ctx_count = 2;
    one_fails(MANIFEST_NOT_COMPATIBLE, "/:", "execution-ctx-count: found 2, want 1");
    spmc.vm[0].vcpu_count = 2;
    one_fails(MANIFEST_NOT_COMPATIBLE, "/:", "want 1 or the number of PEs, 4");
    spmc.vm[0].vcpu_count = 4;
    one.execution_ctx_count = 4;
    must_hold();
}
END_TEST

START_TEST(load_range)
{
    struct manifest_vm *vm = &spmc.vm[0];
    static const struct {
        uint64_t base, size;
        enum manifest_code code;
        const char *property;
    } bad[] = {
        {0, 0x1000, MANIFEST_MEM_REGION_UNALIGNED, "load_address: found 0x0"},
        {0x10000800, 0x1000, MANIFEST_MEM_REGION_UNALIGNED, "load_address:"},
        {0x10000000, 0, MANIFEST_MEM_REGION_UNALIGNED, "mem_size:"},
        {0x10000000, 0x1800, MANIFEST_MEM_REGION_UNALIGNED, "mem_size:"},
        {0x10000000, 0x1001000, MANIFEST_MEM_REGION_INVALID, "mem_size:"},
        {0x0ffff000, 0x2000, MANIFEST_MEM_REGION_INVALID, "mem_size:"},
        {0x80000000, 0x1000, MANIFEST_MEM_REGION_INVALID, "mem_size:"},
        {0xfffffffffffff000, 0x2000, MANIFEST_MEM_REGION_INVALID, "mem_size:"},
        {0x10000000, 0xfffffffffffff000, MANIFEST_MEM_REGION_INVALID, "mem_size:"},
    };

    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        vm->load_address = bad[i].base;
        vm->mem_size_bytes = bad[i].size;
        one_fails(bad[i].code, bad[i].property, NULL);
    }
}
END_TEST

/* Thor's manifest names no secure memory; a partition then lies where it says, inside the IPA
 * space. */
START_TEST(load_range_without_secure_memory_nodes)
{
    spmc.secure_memory.count = 0;
    spmc.vm[0].load_address = 0x89c00000;
    must_hold();
    spmc.vm[0].load_address = 1ull << 40;
    one_fails(MANIFEST_MEM_REGION_INVALID, "load_address", NULL);
}
END_TEST

START_TEST(entry_point)
{
    one.entrypoint_offset = TREE_PARTITION_SIZE;
    one_fails(MANIFEST_NOT_COMPATIBLE, "/:", "entrypoint-offset: found 0x80000");
    one.entrypoint_offset = 0x52415346; /* what the package tool should have replaced */
    one_fails(MANIFEST_NOT_COMPATIBLE, "/:", "entrypoint-offset: found 0x52415346");
    one.entrypoint_offset = 0x4002;
    one_fails(MANIFEST_NOT_COMPATIBLE, "/:", "entrypoint-offset: found 0x4002");
}
END_TEST

START_TEST(boot_order_of_the_vm_node)
{
    spmc.vm[0].has_boot_order = true;
    spmc.vm[0].boot_order = 9;
    must_hold();
    spmc.vm[0].boot_order = 8;
    one_fails(MANIFEST_INVALID_BOOT_ORDER, "/:", "boot-order: found 9, want 8");
    one.has_boot_order = false;
    must_hold();
}
END_TEST

START_TEST(memory_regions)
{
    struct manifest_mem_region *dma = &one.mem_region[3];

    dma->base = TREE_SECURE_BASE + TREE_SECURE_SIZE - 0x1000;
    one_fails(MANIFEST_MEM_REGION_INVALID, "/memory-regions:", "region 4");
    dma->base = TREE_NS_BASE;
    one_fails(MANIFEST_MEM_REGION_INVALID, "/memory-regions:", "inside secure memory");
    one.mem_region[4].base = TREE_SECURE_BASE;
    dma->base = TREE_SECURE_BASE + 0x800000;
    one_fails(MANIFEST_MEM_REGION_INVALID, "/memory-regions:", "inside non-secure memory");
    setup();
    dma->base = TREE_PARTITION(1) + 0x20000;
    one_fails(MANIFEST_MEM_REGION_OVERLAP, "/memory-regions:", "region 4");
    setup();
    one.mem_region[1].base = one.mem_region[0].base + 0x1000;
    one_fails(MANIFEST_MEM_REGION_OVERLAP, "/memory-regions:", "overlaps region 1");
    setup();
    one.mem_region[0].base = 0xfffffffffff00000;
    one_fails(MANIFEST_INTEGER_OVERFLOW, "/memory-regions:", "load-address-relative-offset");
    spmc.secure_memory.count = 0;
    one.mem_region[0].base = 1ull << 40;
    one_fails(MANIFEST_MEM_REGION_INVALID, "/memory-regions:", "region 1");
}
END_TEST

START_TEST(device_regions)
{
    one.dev_region[0].base = TREE_NS_DEVICE + 0x1000;
    one_fails(MANIFEST_MEM_REGION_INVALID, "/device-regions:", "inside device-memory");
    setup();
    one.dev_region[1].base = TREE_DEVICE_BASE + 0x8000;
    one_fails(MANIFEST_MEM_REGION_INVALID, "/device-regions:", "inside ns-device-memory");
    setup();
    one.dev_region[1].attributes = 3;
    one.dev_region[1].base = one.dev_region[0].base + 0x1000;
    one_fails(MANIFEST_MEM_REGION_OVERLAP, "/device-regions:", "overlaps region 1");
    setup();
    one.dev_region[0].interrupt[1].target_mpidr = 0x500;
    one_fails(MANIFEST_NOT_COMPATIBLE, "/device-regions:", "found MPIDR 0x500");
}
END_TEST

START_TEST(load_ranges_of_two_partitions)
{
    spmc.vm[1].load_address = spmc.vm[0].load_address + TREE_PARTITION_SIZE;
    must_hold();
    spmc.vm[1].load_address -= 0x1000;
    all_fail(MANIFEST_MEM_REGION_OVERLAP, "two:", "load_address: found");
    ck_assert(strstr(diag.text, "overlaps one at 0x10100000") != NULL);
}
END_TEST

START_TEST(the_spmc_itself)
{
    spmc.vm[1].load_address = spmc_range.base + spmc_range.size_bytes - 0x1000;
    all_fail(MANIFEST_MEM_REGION_OVERLAP, "two:", "overlaps the SPMC at 0xe100000");
    setup();
    one.mem_region[3].base = spmc_range.base - 0x1000;
    all_fail(MANIFEST_MEM_REGION_OVERLAP, "one: /memory-regions:", "overlaps the SPMC");
    setup();
    one.dev_region[0].base = spmc_range.base;
    all_fail(MANIFEST_MEM_REGION_OVERLAP, "one: /device-regions:", "overlaps the SPMC");
}
END_TEST

START_TEST(regions_of_two_partitions)
{
    two.mem_region_count = 1;
    two.mem_region[0] = one.mem_region[3];
    all_fail(MANIFEST_MEM_REGION_OVERLAP, "two: /memory-regions:", "overlaps one");
    two.mem_region[0].base = TREE_PARTITION(1) + TREE_PARTITION_SIZE - 0x1000;
    all_fail(MANIFEST_MEM_REGION_OVERLAP, "two: /memory-regions:", "overlaps one at 0x10100000");
    two.mem_region_count = 0;
    one.mem_region[3].base = TREE_PARTITION(2);
    all_fail(MANIFEST_MEM_REGION_OVERLAP, "two: load_address:", "overlaps one");
    setup();
    two.dev_region_count = 1;
    two.dev_region[0] = one.dev_region[1];
    all_fail(MANIFEST_MEM_REGION_OVERLAP, "two: /device-regions:", "overlaps one");
}
END_TEST

START_TEST(what_only_one_partition_can_have)
{
    two.has_boot_order = true;
    two.boot_order = 9;
    all_fail(MANIFEST_INVALID_BOOT_ORDER, "two: /:", "boot-order: found 9");
    setup();
    two.has_image_uuid = true;
    two.image_uuid = one.image_uuid;
    all_fail(MANIFEST_DUPLICATE_UUID, "two: /:", "image-uuid:");
    setup();
    two.dev_region_count = 1;
    two.dev_region[0].base = TREE_DEVICE_BASE + 0x8000;
    two.dev_region[0].page_count = 1;
    two.dev_region[0].interrupt_count = 1;
    two.dev_region[0].interrupt[0].id = 41;
    all_fail(MANIFEST_INTERRUPT_REPEATED, "two: /device-regions:", "interrupts: found 41");
    two.dev_region[0].interrupt[0].id = 42;
    must_hold();
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, what_fits_together);
    tcase_add_test(tcase, execution_contexts);
    tcase_add_test(tcase, load_range);
    tcase_add_test(tcase, load_range_without_secure_memory_nodes);
    tcase_add_test(tcase, entry_point);
    tcase_add_test(tcase, boot_order_of_the_vm_node);
    tcase_add_test(tcase, memory_regions);
    tcase_add_test(tcase, device_regions);
    tcase_add_test(tcase, load_ranges_of_two_partitions);
    tcase_add_test(tcase, the_spmc_itself);
    tcase_add_test(tcase, regions_of_two_partitions);
    tcase_add_test(tcase, what_only_one_partition_can_have);
}

int main(void)
{
    return run_case("manifest_check", add);
}
