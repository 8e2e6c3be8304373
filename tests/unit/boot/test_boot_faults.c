/* SPDX-License-Identifier: BSD-3-Clause */
/* What cold boot refuses as a whole, and which partitions it goes on without. */
#include <string.h>

#include "main.h"
#include "world.h"

START_TEST(an_spmc_manifest_that_is_none)
{
    world.spmc_tree.blob[3] ^= 1;
    world_boot_fails(MANIFEST_BAD_FDT, "device tree");
}
END_TEST

START_TEST(a_boot_pe_without_a_node)
{
    world.params.boot_mpidr = 0x700;
    world_boot_fails(MANIFEST_NODE_MISSING, "/cpus: found no node with MPIDR 0x700");
}
END_TEST

START_TEST(an_spmd_that_knows_another_spmc)
{
    world.pe.el3_answer[2] = 0x8001;
    world_boot_fails(MANIFEST_NOT_COMPATIBLE, "spmc_id");
    ck_assert_uint_eq(world.pe.el3_x[0], FFA_ID_GET);
}
END_TEST

START_TEST(an_spmd_without_ffa)
{
    world.pe.el3_answer[0] = (uint64_t)-1;
    world_boot_fails(MANIFEST_NOT_COMPATIBLE, "spmc_id");
}
END_TEST

START_TEST(the_spmd_takes_no_secondary_entry)
{
    world.params.secondary_entry = WORLD_SPMC_BASE;
    world.pe.el3_refuses = FFA_SECONDARY_EP_REGISTER_64;
    world_boot_fails(MANIFEST_UNSUPPORTED, "FFA_SECONDARY_EP_REGISTER");
}
END_TEST

START_TEST(a_pool_that_is_no_memory)
{
    world.params.pool_base = paddr(0x80000000);
    world_boot_fails(MANIFEST_MEM_REGION_INVALID, "page pool");
}
END_TEST

START_TEST(a_load_address_without_memory)
{
    tree_set_u32(&world.spmc_tree, "/hypervisor/vm2", "load_address", 0x40000000);
    world_boot_fails(MANIFEST_MEM_REGION_INVALID, "two: load_address");
}
END_TEST

/* The SPMC manifest promises more memory than the board has. */
START_TEST(a_size_beyond_the_memory)
{
    tree_set(&world.spmc_tree, "/memory@10000000", "reg",
             BYTES(CELL(0), CELL(TREE_SECURE_BASE), CELL(0), CELL(2 * TREE_SECURE_SIZE)));
    tree_set_u32(&world.spmc_tree, "/hypervisor/vm2", "mem_size", TREE_SECURE_SIZE);
    world_boot_fails(MANIFEST_MEM_REGION_INVALID, "two: mem_size");
}
END_TEST

START_TEST(no_package)
{
    world_header(0, 0, 0);
    world_boot_fails(MANIFEST_NOT_COMPATIBLE, "one: package header: magic");
}
END_TEST

START_TEST(a_package_larger_than_its_memory)
{
    world_header(1, 5, TREE_PARTITION_SIZE);
    world_boot_fails(MANIFEST_NOT_COMPATIBLE, "two: package header: image size");
}
END_TEST

START_TEST(a_manifest_of_more_than_64_kib)
{
    world_header(0, 3, 0x10001);
    world_header(0, 4, 0x20000);
    world_boot_fails(MANIFEST_TOO_MANY, "one: its manifest is larger than 64 KiB");
}
END_TEST

START_TEST(a_manifest_that_is_cut_off)
{
    world_header(0, 3, 0x100);
    world_boot_fails(MANIFEST_BAD_FDT, "one: ");
}
END_TEST

START_TEST(a_fault_in_a_partition_manifest)
{
    tree_set_u32(&world.tree[1], "/", "execution-state", 1);
    world_pack(1);
    world_boot_fails(MANIFEST_NOT_COMPATIBLE, "two: /: execution-state: found 1, want 0");
}
END_TEST

START_TEST(zeros_over_what_was_loaded)
{
    tree_set_u32(&world.tree[0], "/memory-regions/rx", "load-address-relative-offset", 0x4000);
    tree_set_u32(&world.tree[0], "/memory-regions/rx", "load-flags", 1);
    world_pack(0);
    world_boot_fails(MANIFEST_MEM_REGION_OVERLAP,
                     "one: /memory-regions: region 1: found NOBITS at offset 0x4000");
}
END_TEST

START_TEST(an_entry_point_outside_of_the_image)
{
    tree_set_u32(&world.tree[0], "/", "entrypoint-offset", WORLD_IMAGE + WORLD_IMAGE_SIZE);
    world_pack(0);
    world_boot_fails(MANIFEST_NOT_COMPATIBLE, "one: /: entrypoint-offset: found 0x5000");
}
END_TEST

START_TEST(an_entry_point_in_the_manifest)
{
    tree_set_u32(&world.tree[0], "/", "entrypoint-offset", 0x1000);
    world_pack(0);
    world_boot_fails(MANIFEST_NOT_COMPATIBLE, "one: /: entrypoint-offset: found 0x1000");
}
END_TEST

START_TEST(partitions_that_overlap)
{
    tree_set_u32(&world.spmc_tree, "/hypervisor/vm1", "mem_size", 0x101000);
    world_boot_fails(MANIFEST_MEM_REGION_OVERLAP, "two: load_address: found 0x10200000");
}
END_TEST

START_TEST(two_boot_orders_that_are_equal)
{
    tree_set_u32(&world.spmc_tree, "/hypervisor/vm2", "boot-order", 9);
    world_boot_fails(MANIFEST_INVALID_BOOT_ORDER, "two: /: boot-order: found 9");
}
END_TEST

/* `one` is left out, `two` goes on, and not a page is lost. */
static void check_one_is_left_out(void)
{
    struct partition *one;

    ck_assert(world_boot());
    one = world_one();
    ck_assert_uint_eq(one->state, PARTITION_NULL);
    ck_assert_uint_eq(one->vcpu[0].state, VCPU_NULL);
    ck_assert_uint_eq(one->stage2.root[PAS_SECURE].pa, 0);
    ck_assert_uint_eq(world_two()->state, PARTITION_RUNNING);
    ck_assert_ptr_eq(world.first, &world_two()->vcpu[0]);
    ck_assert_ptr_eq(boot_start_next(spmc_cpu(world.spmc, 0)), spmc_cpu(world.spmc, 0)->nwd);
    ck_assert_msg(strstr(world.pe.log, "one can not be loaded") != NULL, "%s", world.pe.log);
}

START_TEST(no_pages_for_one)
{
    /* Room for the roots of one and some tables, but not for all of them. */
    world.params.pool_size_bytes = 8 * PAGE_SIZE_BYTES;
    check_one_is_left_out();
}
END_TEST

START_TEST(no_vcpu_for_two)
{
    uint64_t free_pages;

    world.pe.vcpus_left = 3;
    ck_assert(world_boot());
    ck_assert_uint_eq(world_one()->state, PARTITION_RUNNING);
    ck_assert_uint_eq(world_two()->state, PARTITION_NULL);
    for (unsigned i = 0; i < WORLD_PES; i++) {
        ck_assert_uint_eq(world_two()->vcpu[i].state, VCPU_NULL);
    }
    /* The same without `two` leaves as many pages. */
    free_pages = spmc_page_pool(world.spmc)->free_count;
    world_teardown();
    world_setup();
    tree_remove_node(&world.spmc_tree, "/hypervisor/vm2");
    ck_assert(world_boot());
    ck_assert_uint_eq(spmc_page_pool(world.spmc)->free_count, free_pages);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, world_setup, world_teardown);
    tcase_add_test(tcase, an_spmc_manifest_that_is_none);
    tcase_add_test(tcase, the_spmd_takes_no_secondary_entry);
    tcase_add_test(tcase, a_boot_pe_without_a_node);
    tcase_add_test(tcase, an_spmd_that_knows_another_spmc);
    tcase_add_test(tcase, an_spmd_without_ffa);
    tcase_add_test(tcase, a_pool_that_is_no_memory);
    tcase_add_test(tcase, a_load_address_without_memory);
    tcase_add_test(tcase, a_size_beyond_the_memory);
    tcase_add_test(tcase, no_package);
    tcase_add_test(tcase, a_package_larger_than_its_memory);
    tcase_add_test(tcase, a_manifest_of_more_than_64_kib);
    tcase_add_test(tcase, a_manifest_that_is_cut_off);
    tcase_add_test(tcase, a_fault_in_a_partition_manifest);
    tcase_add_test(tcase, zeros_over_what_was_loaded);
    tcase_add_test(tcase, an_entry_point_outside_of_the_image);
    tcase_add_test(tcase, an_entry_point_in_the_manifest);
    tcase_add_test(tcase, partitions_that_overlap);
    tcase_add_test(tcase, two_boot_orders_that_are_equal);
    tcase_add_test(tcase, no_pages_for_one);
    tcase_add_test(tcase, no_vcpu_for_two);
}

int main(void)
{
    return run_case("boot_faults", add);
}
