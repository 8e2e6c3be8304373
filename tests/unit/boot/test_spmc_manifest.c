/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <string.h>

#include "main.h"
#include "tree.h"

static struct tree tree;
static struct manifest_diag diag;
static struct spmc_manifest manifest;

static void must_read(void)
{
    ck_assert_msg(manifest_read_spmc(tree.blob, sizeof(tree.blob), &manifest, &diag), "%s",
                  diag.text);
}

static void must_fail(enum manifest_code code, const char *path, const char *property)
{
    ck_assert_msg(!manifest_read_spmc(tree.blob, sizeof(tree.blob), &manifest, &diag),
                  "%s %s: accepted", path, property);
    check_finding(&diag, code, path, property);
}

START_TEST(everything_is_decoded)
{
    tree_spmc(&tree, 4);
    memset(&manifest, 0xa5, sizeof(manifest));
    must_read();
    ck_assert_uint_eq(manifest.cpu_count, 4);
    ck_assert_uint_eq(manifest.cpu_mpidr[3], 0x300);
    ck_assert_uint_eq(manifest.secure_memory.count, 1);
    ck_assert_uint_eq(manifest.secure_memory.range[0].base, TREE_SECURE_BASE);
    ck_assert_uint_eq(manifest.secure_memory.range[0].size_bytes, TREE_SECURE_SIZE);
    ck_assert_uint_eq(manifest.ns_memory.range[0].base, TREE_NS_BASE);
    ck_assert_uint_eq(manifest.secure_device.range[0].base, TREE_DEVICE_BASE);
    ck_assert_uint_eq(manifest.ns_device.range[0].base, TREE_NS_DEVICE);
    ck_assert_uint_eq(manifest.log_level, 5);
    ck_assert_uint_eq(manifest.vm_count, 2);
    ck_assert_str_eq(manifest.vm[0].name, "one");
    ck_assert_uint_eq(manifest.vm[0].load_address, TREE_PARTITION(1));
    ck_assert_uint_eq(manifest.vm[0].mem_size_bytes, TREE_PARTITION_SIZE);
    ck_assert_uint_eq(manifest.vm[1].vcpu_count, 4);
    ck_assert(manifest.vm[1].has_uuid);
    ck_assert_uint_eq(manifest.vm[1].uuid.byte[4], 2);
    ck_assert(manifest.vm[1].has_boot_order);
    ck_assert_uint_eq(manifest.vm[1].boot_order, 8);
    ck_assert_uint_eq(manifest.vm[1].smc_allowed_count, 2);
    ck_assert_uint_eq(manifest.vm[1].smc_allowed[1], 0xc2000002);
    ck_assert(!manifest.call_log);
    ck_assert(!manifest.vm[1].smc_permissive);
}
END_TEST

START_TEST(what_may_be_left_out)
{
    tree_spmc(&tree, 1);
    tree_remove(&tree, "/hypervisor", "logging-level");
    tree_remove(&tree, "/hypervisor/vm1", "uuid");
    tree_remove(&tree, "/hypervisor/vm1", "boot-order");
    tree_remove(&tree, "/hypervisor/vm1", "smc_whitelist");
    tree_set(&tree, "/hypervisor/vm1", "smc_whitelist_permissive", NULL, 0);
    tree_remove_node(&tree, "/memory@1c000000");
    tree_remove_node(&tree, "/memory@1d000000");
    tree_remove_node(&tree, "/memory@80000000");
    must_read();
    ck_assert_uint_eq(manifest.log_level, 4);
    ck_assert(!manifest.vm[0].has_uuid && !manifest.vm[0].has_boot_order);
    ck_assert(manifest.vm[0].smc_permissive);
    tree_remove_node(&tree, "/hypervisor/vm2");
    tree_remove_node(&tree, "/hypervisor/vm1");
    must_read();
    ck_assert_uint_eq(manifest.vm_count, 0);
}
END_TEST

/* As published for Jetson AGX Thor: 14 PEs, normal memory only, two partitions. */
static void tree_thor(void)
{
    tree_spmc(&tree, 14);
    for (uint32_t i = 0; i < 14; i++) {
        char path[48];

        snprintf(path, sizeof(path), "/cpus/cpu@%x", (unsigned)(0x100 * i));
        tree_set_u64(&tree, path, "reg", (uint64_t)i << 16);
    }
    tree_remove_node(&tree, "/memory@10000000");
    tree_remove_node(&tree, "/memory@1c000000");
    tree_remove_node(&tree, "/memory@1d000000");
    tree_set(&tree, "/memory@80000000", "reg",
             BYTES(CELL(0), CELL(0x80000000), CELL(0x80), CELL(0)));
    tree_set(&tree, "/hypervisor/vm1", "uuid",
             BYTES(CELL(0xe0786148), CELL(0xe311f8e7), CELL(0x02005ebc), CELL(0x1bc5d5a5)));
    tree_set_string(&tree, "/hypervisor/vm1", "debug_name", "optee");
    tree_set_u32(&tree, "/hypervisor/vm1", "mem_size", 0x02000000);
    tree_set_u64(&tree, "/hypervisor/vm1", "load_address", 0x89c00000);
    tree_set_u32(&tree, "/hypervisor/vm1", "vcpu_count", 14);
    tree_set(&tree, "/hypervisor/vm2", "uuid",
             BYTES(CELL(0x8afb129b), CELL(0x64ca4760), CELL(0x8618c888), CELL(0x4caa6c4a)));
    tree_set_string(&tree, "/hypervisor/vm2", "debug_name", "standalonemm");
    tree_set_u32(&tree, "/hypervisor/vm2", "mem_size", 0x800000);
    tree_set_u64(&tree, "/hypervisor/vm2", "load_address", 0x8bc00000);
    tree_set_u32(&tree, "/hypervisor/vm2", "vcpu_count", 1);
    tree_set(&tree, "/hypervisor/vm2", "smc_whitelist", BYTES(CELL(0x80000002)));
}

START_TEST(the_manifest_of_thor)
{
    tree_thor();
    must_read();
    ck_assert_uint_eq(manifest.cpu_count, 14);
    ck_assert_uint_eq(manifest.cpu_mpidr[13], 0xd0000);
    ck_assert_uint_eq(manifest.secure_memory.count, 0);
    ck_assert_uint_eq(manifest.ns_memory.range[0].size_bytes, 0x8000000000);
    ck_assert_uint_eq(manifest.log_level, 5);
    ck_assert_uint_eq(manifest.vm_count, 2);
    ck_assert_str_eq(manifest.vm[0].name, "optee");
    ck_assert_uint_eq(manifest.vm[0].vcpu_count, 14);
    ck_assert_uint_eq(manifest.vm[0].uuid.byte[0], 0x48);
    ck_assert_uint_eq(manifest.vm[1].load_address, 0x8bc00000);
    ck_assert_uint_eq(manifest.vm[1].smc_allowed[0], 0x80000002);
}
END_TEST

/*
 * Its guide adds a third one with a UUID of "0x12345678 0x9abc 0xdef0 0x123456789abc": as dtc does
 * not take 48 bits for a cell, it comes as five cells or as 18 bytes.
 */
START_TEST(the_third_partition_of_the_guide_of_thor)
{
    tree_thor();
    tree_add_node(&tree, "/hypervisor", "vm3");
    tree_set(&tree, "/hypervisor/vm3", "is_ffa_partition", NULL, 0);
    tree_set(&tree, "/hypervisor/vm3", "uuid",
             BYTES(CELL(0x12345678), CELL(0x9abc), CELL(0xdef0), CELL(0x1234), CELL(0x56789abc)));
    must_fail(MANIFEST_MALFORMED_UUID,
              "/hypervisor/vm3:", "uuid: found 20 bytes, want four 32-bit cells");
    tree_set(&tree, "/hypervisor/vm3", "uuid",
             BYTES(CELL(0x12345678), CELL(0x9abc), CELL(0xdef0), 0x12, 0x34, CELL(0x56789abc)));
    must_fail(MANIFEST_MALFORMED_UUID, "/hypervisor/vm3:", "uuid: found 18 bytes");
}
END_TEST

static const struct {
    const char *path;
    const char *property;
    uint64_t most; /* 0: any number of eight bytes */
} numbers[] = {
    {"/hypervisor/vm1", "load_address", 0},
    {"/hypervisor/vm1", "mem_size", 0},
    {"/hypervisor/vm1", "vcpu_count", 0xffff},
    {"/hypervisor/vm1", "boot-order", 0xffff},
};

START_TEST(numbers_of_vm_nodes)
{
    const uint8_t zeros[12] = {0};
    static const size_t sizes[] = {0, 3, 5, 12};

    for (unsigned i = 0; i < 4; i++) {
        tree_spmc(&tree, 1);
        tree_set(&tree, numbers[_i].path, numbers[_i].property, zeros, sizes[i]);
        must_fail(MANIFEST_MALFORMED_INTEGER, numbers[_i].path, numbers[_i].property);
    }
    tree_spmc(&tree, 1);
    tree_set_u64(&tree, numbers[_i].path, numbers[_i].property, numbers[_i].most + 1);
    if (numbers[_i].most != 0) {
        must_fail(MANIFEST_INTEGER_OVERFLOW, numbers[_i].path, numbers[_i].property);
    }
    if (_i < 3) {
        tree_remove(&tree, numbers[_i].path, numbers[_i].property);
        must_fail(MANIFEST_PROPERTY_NOT_FOUND, numbers[_i].path, numbers[_i].property);
    }
}
END_TEST

START_TEST(texts_flags_and_lists_of_vm_nodes)
{
    static const char vm1[] = "/hypervisor/vm1";
    static const char *const flags[] = {"is_ffa_partition", "hyp_loaded",
                                        "smc_whitelist_permissive"};
    const uint8_t much[4 * MANIFEST_MAX_SMC_ALLOWED + 4] = {0};

    tree_spmc(&tree, 1);
    tree_set(&tree, vm1, "debug_name", "one", 3);
    must_fail(MANIFEST_MALFORMED_STRING, vm1, "debug_name");
    tree_set_string(&tree, vm1, "debug_name", "a name that is longer than thirty-two");
    must_fail(MANIFEST_STRING_TOO_LONG, vm1, "debug_name");
    tree_remove(&tree, vm1, "debug_name");
    must_fail(MANIFEST_PROPERTY_NOT_FOUND, vm1, "debug_name");
    for (unsigned i = 0; i < 3; i++) {
        tree_spmc(&tree, 1);
        tree_set_u32(&tree, vm1, flags[i], 1);
        must_fail(MANIFEST_MALFORMED_BOOLEAN, vm1, flags[i]);
    }
    tree_spmc(&tree, 1);
    tree_set(&tree, vm1, "hyp_loaded", NULL, 0);
    must_fail(MANIFEST_UNSUPPORTED, vm1, "hyp_loaded");
    tree_spmc(&tree, 1);
    tree_remove(&tree, vm1, "is_ffa_partition");
    must_fail(MANIFEST_PROPERTY_NOT_FOUND, vm1, "is_ffa_partition");
    tree_spmc(&tree, 1);
    tree_set(&tree, vm1, "smc_whitelist", BYTES(1, 2, 3));
    must_fail(MANIFEST_MALFORMED_INTEGER_LIST, vm1, "smc_whitelist");
    tree_set(&tree, vm1, "smc_whitelist", much, sizeof(much));
    must_fail(MANIFEST_TOO_MANY, vm1, "smc_whitelist");
    tree_spmc(&tree, 1);
    tree_set_u32(&tree, vm1, "vcpu_count", 0);
    must_fail(MANIFEST_NOT_COMPATIBLE, vm1, "vcpu_count");
}
END_TEST

START_TEST(hypervisor)
{
    tree_spmc(&tree, 1);
    tree_set_string(&tree, "/hypervisor", "compatible", "xen,xen");
    must_fail(MANIFEST_NOT_COMPATIBLE, "/hypervisor", "compatible: found \"xen,xen\"");
    tree_spmc(&tree, 1);
    tree_set_string(&tree, "/hypervisor", "logging-level", "loud");
    must_fail(MANIFEST_NOT_COMPATIBLE, "/hypervisor", "logging-level: found \"loud\"");
    tree_set_u32(&tree, "/hypervisor", "logging-level", 0x04040404);
    must_fail(MANIFEST_MALFORMED_STRING, "/hypervisor", "logging-level");
    tree_spmc(&tree, 1);
    tree_set_u32(&tree, "/hypervisor", "ffa_tee_enabled", 1);
    must_fail(MANIFEST_MALFORMED_BOOLEAN, "/hypervisor", "ffa_tee_enabled");
    tree_spmc(&tree, 1);
    tree_set(&tree, "/hypervisor", "call-log", NULL, 0);
    must_read();
    ck_assert(manifest.call_log);
    tree_set_u32(&tree, "/hypervisor", "call-log", 1);
    must_fail(MANIFEST_MALFORMED_BOOLEAN, "/hypervisor", "call-log");
    tree_remove_node(&tree, "/hypervisor");
    must_fail(MANIFEST_NODE_MISSING, "/:", "hypervisor:");
}
END_TEST

START_TEST(names_of_vm_nodes)
{
    tree_spmc(&tree, 1);
    tree_add_node(&tree, "/hypervisor", "vm0");
    must_fail(MANIFEST_RESERVED_VM_ID, "/hypervisor", "vm0");
    tree_spmc(&tree, 1);
    tree_remove_node(&tree, "/hypervisor/vm1"); /* would silently lose vm2 */
    must_fail(MANIFEST_NODE_MISSING, "/hypervisor/vm2", "gaps");
    tree_spmc(&tree, 1);
    tree_add_node(&tree, "/hypervisor", "vm4");
    must_fail(MANIFEST_NODE_MISSING, "/hypervisor/vm4", "gaps");
    tree_spmc(&tree, 1);
    tree_add_node(&tree, "/hypervisor", "vm01");
    must_fail(MANIFEST_NODE_MISSING, "/hypervisor/vm01", "gaps");
    tree_spmc(&tree, 1);
    tree_add_node(&tree, "/hypervisor", "vmnotes");
    must_read();
}
END_TEST

START_TEST(more_partitions_than_there_is_room_for)
{
    tree_spmc(&tree, 1);
    for (unsigned i = 3; i <= MANIFEST_MAX_PARTITIONS + 1; i++) {
        char name[8];
        char path[32];

        snprintf(name, sizeof(name), "vm%u", i);
        snprintf(path, sizeof(path), "/hypervisor/%s", name);
        tree_add_node(&tree, "/hypervisor", name);
        tree_set(&tree, path, "is_ffa_partition", NULL, 0);
        tree_set_string(&tree, path, "debug_name", name);
        tree_set_u32(&tree, path, "load_address", 0x1000);
        tree_set_u32(&tree, path, "mem_size", 0x1000);
        tree_set_u32(&tree, path, "vcpu_count", 1);
        if (i == MANIFEST_MAX_PARTITIONS) {
            must_read();
            ck_assert_uint_eq(manifest.vm_count, MANIFEST_MAX_PARTITIONS);
        }
    }
    must_fail(MANIFEST_TOO_MANY, "/hypervisor:", "at most 32");
}
END_TEST

START_TEST(cpus)
{
    tree_spmc(&tree, 2);
    tree_set(&tree, "/cpus/cpu@100", "reg", BYTES(CELL(0), CELL(0)));
    must_fail(MANIFEST_NOT_COMPATIBLE, "/cpus/cpu@100", "reg: found 0x0");
    tree_set(&tree, "/cpus/cpu@100", "reg", BYTES(CELL(0)));
    must_fail(MANIFEST_MALFORMED_INTEGER, "/cpus/cpu@100", "reg: found 4 bytes");
    tree_remove(&tree, "/cpus/cpu@100", "reg");
    must_fail(MANIFEST_MALFORMED_INTEGER, "/cpus/cpu@100", "reg: found 0 bytes");
    tree_set_string(&tree, "/cpus/cpu@100", "device_type", "cache");
    tree_set_string(&tree, "/cpus/cpu@0", "device_type", "cache");
    must_fail(MANIFEST_NODE_MISSING, "/cpus:", NULL);
    tree_set_u32(&tree, "/cpus", "#address-cells", 3);
    must_fail(MANIFEST_NOT_COMPATIBLE, "/cpus:", "#address-cells 3");
    tree_remove_node(&tree, "/cpus");
    must_fail(MANIFEST_NODE_MISSING, "/:", "cpus:");
    tree_spmc(&tree, MANIFEST_MAX_CPUS);
    must_read();
    tree_spmc(&tree, MANIFEST_MAX_CPUS + 1);
    must_fail(MANIFEST_TOO_MANY, "/cpus:", "at most 64");
}
END_TEST

START_TEST(memory_ranges)
{
    static const char secure[] = "/memory@10000000";
    uint8_t much[16 * (MANIFEST_MAX_MEMORY_RANGES + 1)] = {0};

    tree_spmc(&tree, 1);
    tree_set(&tree, secure, "reg", BYTES(CELL(0), CELL(0x1000), CELL(0)));
    must_fail(MANIFEST_MALFORMED_INTEGER_LIST, secure, "reg: found 12 bytes");
    tree_set(&tree, secure, "reg", NULL, 0);
    must_fail(MANIFEST_MALFORMED_INTEGER_LIST, secure, "reg: found 0 bytes");
    tree_remove(&tree, secure, "reg");
    must_fail(MANIFEST_MALFORMED_INTEGER_LIST, secure, "reg: found 0 bytes");
    tree_set(&tree, secure, "reg", BYTES(CELL(0), CELL(0x1000), CELL(0), CELL(0)));
    must_fail(MANIFEST_MEM_REGION_INVALID, secure, "reg:");
    tree_set(&tree, secure, "reg",
             BYTES(CELL(0xffffffff), CELL(0xfffff000), CELL(0), CELL(0x2000)));
    must_fail(MANIFEST_MEM_REGION_INVALID, secure, "reg:");
    for (unsigned i = 0; i <= MANIFEST_MAX_MEMORY_RANGES; i++) {
        much[16 * i + 6] = (uint8_t)(i << 4); /* base: i pages */
        much[16 * i + 14] = 0x10;
    }
    tree_set(&tree, secure, "reg", much, sizeof(much) - 16);
    must_read();
    ck_assert_uint_eq(manifest.secure_memory.count, MANIFEST_MAX_MEMORY_RANGES);
    tree_set(&tree, secure, "reg", much, sizeof(much));
    must_fail(MANIFEST_TOO_MANY, secure, "at most 20");
}
END_TEST

START_TEST(memory_of_the_two_worlds)
{
    tree_spmc(&tree, 1);
    tree_set(
        &tree, "/memory@80000000", "reg",
        BYTES(CELL(0), CELL(TREE_SECURE_BASE + TREE_SECURE_SIZE - 0x1000), CELL(0), CELL(0x2000)));
    must_fail(MANIFEST_MEM_REGION_OVERLAP, "/:", "memory: found 0x10fff000");
    tree_set(&tree, "/memory@80000000", "reg",
             BYTES(CELL(0), CELL(TREE_SECURE_BASE + TREE_SECURE_SIZE), CELL(0), CELL(0x2000)));
    must_read();
    tree_remove_node(&tree, "/memory@80000000");
    tree_remove_node(&tree, "/memory@10000000");
    must_fail(MANIFEST_MEMORY_MISSING, "/:", "memory:");
    /* A window over all memory: what is secure in it is cut out. */
    tree_spmc(&tree, 1);
    tree_set(&tree, "/memory@80000000", "reg", BYTES(CELL(0), CELL(0), CELL(2), CELL(0)));
    must_read();
    const struct manifest_range spmc = {0x1000000, 0x10000};
    const struct manifest_range secure = manifest.secure_memory.range[0];

    ck_assert(!manifest_is_ns_memory(&manifest, spmc, (struct manifest_range){secure.base, 1}));
    ck_assert(!manifest_is_ns_memory(&manifest, spmc, (struct manifest_range){secure.base - 1, 2}));
    ck_assert(manifest_is_ns_memory(&manifest, spmc, (struct manifest_range){0x80000000, 0x1000}));
    ck_assert(!manifest_is_ns_memory(&manifest, spmc, (struct manifest_range){0x100f000, 0x1000}));
    ck_assert(manifest_is_ns_memory(&manifest, spmc, (struct manifest_range){0x1010000, 0x1000}));
    ck_assert(!manifest_is_ns_memory(&manifest, spmc, (struct manifest_range){0x1ffffffff, 2}));
    manifest.secure_memory.count = 0;
    ck_assert(!manifest_is_ns_memory(&manifest, spmc,
                                     (struct manifest_range){manifest.vm[0].load_address, 1}));
}
END_TEST

#define GIC "/interrupt-controller"

static void make_gic(void)
{
    tree_spmc(&tree, 1);
    tree_add_node(&tree, "/", "interrupt-controller");
    tree_set_string(&tree, GIC, "compatible", "arm,gic-v3");
    tree_set(&tree, GIC, "reg",
             BYTES(CELL(0), CELL(0x2f000000), CELL(0), CELL(0x10000), CELL(1), CELL(0x2f100000),
                   CELL(0), CELL(0x100000), CELL(0), CELL(0x2c000000), CELL(0), CELL(0x2000)));
}

START_TEST(the_interrupt_controller)
{
    tree_spmc(&tree, 1);
    must_read();
    ck_assert(!manifest.gic.present);
    make_gic();
    must_read();
    ck_assert(manifest.gic.present);
    ck_assert_uint_eq(manifest.gic.distributor.pa, 0x2f000000);
    ck_assert_uint_eq(manifest.gic.redistributor_count, 1);
    ck_assert_uint_eq(manifest.gic.redistributor[0].base, 0x12f100000);
    ck_assert_uint_eq(manifest.gic.redistributor[0].size_bytes, 0x100000);
    ck_assert_uint_eq(manifest.gic.redistributor_stride_bytes, 0);
    tree_set_u32(&tree, GIC, "redistributor-stride", 0x40000);
    tree_set_u32(&tree, GIC, "#redistributor-regions", 2);
    tree_set_u32(&tree, GIC, "#distributor-regions", 1);
    must_fail(MANIFEST_MEM_REGION_INVALID, GIC ":", "reg: found 0x2c000000");
    tree_set(&tree, GIC, "reg",
             BYTES(CELL(0), CELL(0x2f000000), CELL(0), CELL(0x10000), CELL(1), CELL(0x2f100000),
                   CELL(0), CELL(0x100000), CELL(0), CELL(0x30000000), CELL(0), CELL(0x20000)));
    must_read();
    ck_assert_uint_eq(manifest.gic.redistributor_stride_bytes, 0x40000);
    ck_assert_uint_eq(manifest.gic.redistributor_count, 2);
    ck_assert_uint_eq(manifest.gic.redistributor[1].base, 0x30000000);
}
END_TEST

START_TEST(faults_of_the_interrupt_controller)
{
    make_gic();
    tree_set_string(&tree, GIC, "compatible", "arm,gic-400");
    must_fail(MANIFEST_NOT_COMPATIBLE, GIC ":", "compatible: found \"arm,gic-400\"");
    make_gic();
    tree_set_u32(&tree, GIC, "#distributor-regions", 2);
    must_fail(MANIFEST_UNSUPPORTED, GIC ":", "#distributor-regions: found 2");
    make_gic();
    tree_set_u32(&tree, GIC, "#redistributor-regions", 0);
    must_fail(MANIFEST_TOO_MANY, GIC ":", "#redistributor-regions: found 0");
    tree_set_u32(&tree, GIC, "#redistributor-regions", 9);
    must_fail(MANIFEST_TOO_MANY, GIC ":", "#redistributor-regions: found 9");
    tree_set_u32(&tree, GIC, "#redistributor-regions", 3);
    must_fail(MANIFEST_MALFORMED_INTEGER_LIST, GIC ":", "reg: found 48 bytes, want at least 4");
    make_gic();
    tree_set_u32(&tree, GIC, "redistributor-stride", 0x10000);
    must_fail(MANIFEST_NOT_COMPATIBLE, GIC ":", "redistributor-stride: found 0x10000");
    tree_set_u32(&tree, GIC, "redistributor-stride", 0x30001);
    must_fail(MANIFEST_NOT_COMPATIBLE, GIC ":", "redistributor-stride: found 0x30001");
    make_gic();
    tree_remove(&tree, GIC, "reg");
    must_fail(MANIFEST_MALFORMED_INTEGER_LIST, GIC ":", "reg: found 0 bytes");
    tree_set(&tree, GIC, "reg",
             BYTES(CELL(0), CELL(0x2f000800), CELL(0), CELL(0x10000), CELL(1), CELL(0x2f100000),
                   CELL(0), CELL(0x100000)));
    must_fail(MANIFEST_MEM_REGION_INVALID, GIC ":", "reg: found 0x2f000800");
    tree_set(&tree, GIC, "reg",
             BYTES(CELL(0), CELL(0x2f000000), CELL(0), CELL(0x10000), CELL(0xffffffff),
                   CELL(0xfff00000), CELL(0xffffffff), CELL(0)));
    must_fail(MANIFEST_MEM_REGION_INVALID, GIC ":", "reg: found 0xfffffffffff00000");
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, everything_is_decoded);
    tcase_add_test(tcase, what_may_be_left_out);
    tcase_add_test(tcase, the_manifest_of_thor);
    tcase_add_test(tcase, the_third_partition_of_the_guide_of_thor);
    tcase_add_loop_test(tcase, numbers_of_vm_nodes, 0, sizeof(numbers) / sizeof(numbers[0]));
    tcase_add_test(tcase, texts_flags_and_lists_of_vm_nodes);
    tcase_add_test(tcase, hypervisor);
    tcase_add_test(tcase, names_of_vm_nodes);
    tcase_add_test(tcase, more_partitions_than_there_is_room_for);
    tcase_add_test(tcase, cpus);
    tcase_add_test(tcase, memory_ranges);
    tcase_add_test(tcase, memory_of_the_two_worlds);
    tcase_add_test(tcase, the_interrupt_controller);
    tcase_add_test(tcase, faults_of_the_interrupt_controller);
}

int main(void)
{
    return run_case("spmc_manifest", add);
}
