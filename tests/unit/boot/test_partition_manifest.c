/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "main.h"
#include "tree.h"

static struct tree tree;
static struct manifest_diag diag;
static struct partition_manifest manifest;

static void must_read(void)
{
    ck_assert_msg(manifest_read_partition(tree.blob, sizeof(tree.blob), &manifest, &diag), "%s",
                  diag.text);
}

/* _i: binding version 1.0 and 1.1 give the same */
START_TEST(every_property_is_decoded)
{
    const uint8_t optee[16] = {0x48, 0x61, 0x78, 0xe0, 0xe7, 0xf8, 0x11, 0xe3,
                               0xbc, 0x5e, 0x00, 0x02, 0xa5, 0xd5, 0xc5, 0x1b};

    tree_partition(&tree, (unsigned)_i, 1);
    must_read();
    ck_assert_uint_eq(manifest.binding_minor, (unsigned)_i);
    ck_assert_uint_eq(manifest.ffa_version, FFA_VERSION_1_3);
    ck_assert_uint_eq(manifest.service_count, 2);
    ck_assert_mem_eq(manifest.service[0].uuid.byte, optee, sizeof(optee));
    ck_assert_uint_eq(manifest.service[0].messaging_method, 3);
    ck_assert_uint_eq(manifest.service[1].uuid.byte[4], 2);
    ck_assert_uint_eq(manifest.service[1].messaging_method, 0x600);
    ck_assert_uint_eq(manifest.execution_ctx_count, 1);
    ck_assert_uint_eq(manifest.exception_level, MANIFEST_S_EL1);
    ck_assert(manifest.has_load_address);
    ck_assert_uint_eq(manifest.load_address, TREE_PARTITION(1));
    ck_assert_uint_eq(manifest.entrypoint_offset, 0x4000);
    ck_assert(manifest.has_gp_register);
    ck_assert_uint_eq(manifest.gp_register, 3);
    ck_assert(manifest.has_boot_order);
    ck_assert_uint_eq(manifest.boot_order, 9);
    ck_assert_uint_eq(manifest.ns_interrupts_action, NS_ACTION_MANAGED_EXIT);
    ck_assert_uint_eq(manifest.other_s_interrupts_action, 1);
    ck_assert(manifest.managed_exit_virq);
    ck_assert_uint_eq(manifest.sri_policy, 3);
    ck_assert(manifest.notification_support);
    ck_assert(manifest.boot_info_fdt && manifest.boot_info_hob);
    ck_assert_uint_eq(manifest.vm_availability_messages, 3);
    ck_assert_uint_eq(manifest.power_messages, 0); /* a UP partition gets none */
    ck_assert(manifest.lifecycle_support && manifest.has_abort_action);
    ck_assert_uint_eq(manifest.abort_action, 2);
    ck_assert(manifest.has_image_uuid);
    ck_assert_uint_eq(manifest.image_uuid.byte[0], 9);
    ck_assert(manifest.live_activation_support);
    ck_assert_uint_eq(manifest.live_activation_register, 5);
    ck_assert_uint_eq(manifest.live_state_region, 2);
}
END_TEST

START_TEST(regions_are_decoded)
{
    const struct manifest_mem_region *memory = manifest.mem_region;
    const struct manifest_dev_region *device = manifest.dev_region;

    tree_partition(&tree, (unsigned)_i, 1);
    must_read();
    ck_assert(manifest.has_rxtx);
    ck_assert_uint_eq(manifest.rx_region, 0);
    ck_assert_uint_eq(manifest.tx_region, 1);
    ck_assert_uint_eq(manifest.mem_region_count, 5);
    ck_assert(memory[0].relative && !memory[3].relative);
    ck_assert_uint_eq(memory[0].base, 0x10000);
    ck_assert_uint_eq(memory[0].page_count, 2);
    ck_assert_uint_eq(memory[3].base, TREE_SECURE_BASE + 0x800000);
    ck_assert(memory[3].has_smmu && !memory[0].has_smmu);
    ck_assert_uint_eq(memory[3].smmu_id, 7);
    ck_assert_uint_eq(memory[3].stream_count, 2);
    ck_assert_uint_eq(memory[3].stream_id[1], 0x21);
    ck_assert_uint_eq(memory[3].stream_access, 3);
    ck_assert_uint_eq(memory[4].attributes, MANIFEST_ATTR_READ | MANIFEST_ATTR_NON_SECURE);
    ck_assert_uint_eq(manifest.dev_region_count, 2);
    ck_assert_uint_eq(device[0].base, TREE_DEVICE_BASE);
    ck_assert_uint_eq(device[0].page_count, 2);
    ck_assert_uint_eq(device[0].interrupt_count, 2);
    ck_assert_uint_eq(device[0].interrupt[0].id, 40);
    ck_assert_uint_eq(device[0].interrupt[0].attributes, 0x980);
    ck_assert(!device[0].interrupt[0].has_target && device[0].interrupt[1].has_target);
    ck_assert_uint_eq(device[0].interrupt[1].target_mpidr, 0x100);
    ck_assert_uint_eq(device[0].stream_count, 2);
    ck_assert(device[0].exclusive && !device[1].exclusive);
    ck_assert_uint_eq(device[1].attributes, 0xb);
}
END_TEST

START_TEST(defaults_of_what_is_not_there)
{
    tree_small_partition(&tree, 4);
    memset(&manifest, 0xa5, sizeof(manifest)); /* nothing may be left from before */
    must_read();
    ck_assert_uint_eq(manifest.ffa_version, FFA_VERSION_1_2);
    ck_assert_uint_eq(manifest.execution_ctx_count, 4);
    ck_assert(!manifest.has_load_address && !manifest.has_gp_register && !manifest.has_boot_order);
    ck_assert_uint_eq(manifest.entrypoint_offset, 0);
    ck_assert_uint_eq(manifest.ns_interrupts_action, NS_ACTION_SIGNALED);
    ck_assert_uint_eq(manifest.other_s_interrupts_action, 1);
    ck_assert_uint_eq(manifest.sri_policy, 0);
    ck_assert(!manifest.notification_support && !manifest.boot_info_fdt);
    ck_assert(!manifest.lifecycle_support && !manifest.has_abort_action);
    ck_assert(!manifest.has_image_uuid && !manifest.has_rxtx);
    ck_assert_uint_eq(manifest.mem_region_count + manifest.dev_region_count, 0);
}
END_TEST

START_TEST(numbers_may_have_another_width)
{
    tree_small_partition(&tree, 1);
    tree_set(&tree, "/", "execution-ctx-count", BYTES(0, 4));
    tree_set(&tree, "/", "exception-level", BYTES(2));
    tree_set_u64(&tree, "/", "entrypoint-offset", 0x123456789000);
    tree_set_u64(&tree, "/", "boot-order", 0xffff);
    must_read();
    ck_assert_uint_eq(manifest.execution_ctx_count, 4);
    ck_assert_uint_eq(manifest.entrypoint_offset, 0x123456789000);
    ck_assert_uint_eq(manifest.boot_order, 0xffff);
}
END_TEST

START_TEST(one_messaging_method_serves_all_services)
{
    tree_partition(&tree, 0, 1);
    tree_set_u32(&tree, "/", "messaging-method", 0x7);
    must_read();
    ck_assert_uint_eq(manifest.service[0].messaging_method, 7);
    ck_assert_uint_eq(manifest.service[1].messaging_method, 7);
}
END_TEST

START_TEST(managed_exit_is_an_alias)
{
    tree_small_partition(&tree, 1);
    tree_set(&tree, "/", "managed-exit", NULL, 0);
    must_read();
    ck_assert_uint_eq(manifest.ns_interrupts_action, NS_ACTION_MANAGED_EXIT);
    ck_assert(!manifest.managed_exit_virq);
}
END_TEST

START_TEST(an_mp_partition_hears_of_its_pes)
{
    tree_small_partition(&tree, 4);
    tree_set_u32(&tree, "/", "power-management-messages", 7);
    must_read();
    ck_assert_uint_eq(manifest.power_messages, 1);
}
END_TEST

/* S-EL0 is for the reader as good as S-EL1. */
START_TEST(an_s_el0_partition_is_read)
{
    tree_small_partition(&tree, 1);
    tree_set_u32(&tree, "/", "exception-level", 1);
    must_read();
    ck_assert_uint_eq(manifest.exception_level, MANIFEST_S_EL0);
}
END_TEST

START_TEST(as_many_services_as_the_capacity)
{
    uint32_t words[4 * MANIFEST_MAX_SERVICES + 4];

    for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        words[i] = i + 1;
    }
    tree_small_partition(&tree, 1);
    tree_set(&tree, "/", "uuid", words, 16 * MANIFEST_MAX_SERVICES);
    must_read();
    ck_assert_uint_eq(manifest.service_count, MANIFEST_MAX_SERVICES);
    tree_set(&tree, "/", "uuid", words, sizeof(words));
    ck_assert(!manifest_read_partition(tree.blob, sizeof(tree.blob), &manifest, &diag));
    check_finding(&diag, MANIFEST_TOO_MANY, "/:", "uuid:");
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, every_property_is_decoded, 0, 2);
    tcase_add_loop_test(tcase, regions_are_decoded, 0, 2);
    tcase_add_test(tcase, defaults_of_what_is_not_there);
    tcase_add_test(tcase, numbers_may_have_another_width);
    tcase_add_test(tcase, one_messaging_method_serves_all_services);
    tcase_add_test(tcase, managed_exit_is_an_alias);
    tcase_add_test(tcase, an_mp_partition_hears_of_its_pes);
    tcase_add_test(tcase, an_s_el0_partition_is_read);
    tcase_add_test(tcase, as_many_services_as_the_capacity);
}

int main(void)
{
    return run_case("partition_manifest", add);
}
