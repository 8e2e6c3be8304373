/* SPDX-License-Identifier: BSD-3-Clause */
/* Rules between the properties of one partition manifest. */
#include <stdio.h>
#include <string.h>

#include "main.h"
#include "tree.h"

static struct tree tree;
static struct manifest_diag diag;
static struct partition_manifest manifest;

static void must_fail(enum manifest_code code, const char *path, const char *property)
{
    ck_assert_msg(!manifest_read_partition(tree.blob, sizeof(tree.blob), &manifest, &diag),
                  "%s %s: accepted", path, property);
    check_finding(&diag, code, path, property);
}

START_TEST(services_of_binding_1_0)
{
    tree_partition(&tree, 0, 1);
    tree_remove(&tree, "/", "uuid");
    must_fail(MANIFEST_PROPERTY_NOT_FOUND, "/:", "uuid:");
    tree_set(&tree, "/", "uuid", BYTES(CELL(1), CELL(2), CELL(3), CELL(4), CELL(5)));
    must_fail(MANIFEST_MALFORMED_INTEGER_LIST, "/:", "uuid: found 5 cells");
    tree_set(&tree, "/", "uuid", BYTES(CELL(0), CELL(0), CELL(0), CELL(0)));
    tree_set_u32(&tree, "/", "messaging-method", 3);
    must_fail(MANIFEST_UUID_ALL_ZEROS, "/:", "uuid:");
    tree_set(&tree, "/", "uuid",
             BYTES(CELL(1), CELL(0), CELL(0), CELL(0), CELL(1), CELL(0), CELL(0), CELL(0)));
    must_fail(MANIFEST_DUPLICATE_UUID, "/:", "uuid:");
    tree_partition(&tree, 0, 1);
    tree_remove(&tree, "/", "messaging-method");
    must_fail(MANIFEST_PROPERTY_NOT_FOUND, "/:", "messaging-method:");
    tree_set(&tree, "/", "messaging-method", BYTES(CELL(3), CELL(3), CELL(3)));
    must_fail(MANIFEST_UNMATCHED_MESSAGING_METHODS, "/:", "messaging-method:");
}
END_TEST

START_TEST(messaging_methods)
{
    static const uint32_t bad[] = {0, 8, 0x10, 0x100, 0x800, 0x10003};

    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        tree_partition(&tree, 0, 1);
        tree_set_u32(&tree, "/", "messaging-method", bad[i]);
        must_fail(MANIFEST_INVALID_MESSAGING_METHOD, "/:", "messaging-method:");
    }
    tree_partition(&tree, 0, 1);
    tree_set_u32(&tree, "/", "ffa-version", FFA_VERSION_1_1);
    must_fail(MANIFEST_INVALID_MESSAGING_METHOD, "/:", "messaging-method: found 0x600");
}
END_TEST

START_TEST(services_of_binding_1_1)
{
    char name[32];

    tree_partition(&tree, 1, 1);
    tree_set_string(&tree, "/services/service-1", "uuid", "00000000-0000-0000-0000-000000000000");
    must_fail(MANIFEST_UUID_ALL_ZEROS, "/services/service-1:", "uuid:");
    tree_set_string(&tree, "/services/service-1", "uuid", "486178e0-e7f8-11e3-bc5e-0002a5d5c51b");
    must_fail(MANIFEST_DUPLICATE_UUID, "/services/service-1:", "uuid:");
    tree_set_string(&tree, "/services/service-1", "uuid", "486178e0");
    must_fail(MANIFEST_MALFORMED_UUID, "/services/service-1:", "uuid: found \"486178e0\"");
    tree_remove(&tree, "/services/service-1", "uuid");
    must_fail(MANIFEST_PROPERTY_NOT_FOUND, "/services/service-1:", "uuid:");
    tree_remove_node(&tree, "/services/service-1");
    tree_remove_node(&tree, "/services/service-0");
    must_fail(MANIFEST_NODE_MISSING, "/services:", NULL);
    for (unsigned i = 0; i <= MANIFEST_MAX_SERVICES; i++) {
        char path[48];
        char uuid[40];

        snprintf(name, sizeof(name), "s%u", i);
        snprintf(path, sizeof(path), "/services/%s", name);
        snprintf(uuid, sizeof(uuid), "%08x-0000-0000-0000-000000000000", i + 1);
        tree_add_node(&tree, "/services", name);
        tree_set_string(&tree, path, "uuid", uuid);
        tree_set_u32(&tree, path, "messaging-method", 3);
    }
    must_fail(MANIFEST_TOO_MANY, "/services:", "at most 8");
    tree_remove_node(&tree, "/services");
    must_fail(MANIFEST_NODE_MISSING, "/:", "services:");
}
END_TEST

START_TEST(what_s_el0_partitions_can_not_have)
{
    tree_small_partition(&tree, 2);
    tree_set_u32(&tree, "/", "exception-level", 1);
    must_fail(MANIFEST_NOT_COMPATIBLE, "/:", "execution-ctx-count:");
    tree_set_u32(&tree, "/", "execution-ctx-count", 1);
    tree_set_u32(&tree, "/", "ns-interrupts-action", 1);
    must_fail(MANIFEST_ILLEGAL_ACTION, "/:", "ns-interrupts-action:");
    tree_set_u32(&tree, "/", "ns-interrupts-action", 2);
    tree_set_u32(&tree, "/", "sri-interrupts-policy", 1);
    must_fail(MANIFEST_ILLEGAL_ACTION, "/:", "sri-interrupts-policy:");
    tree_partition(&tree, 0, 1);
    tree_set_u32(&tree, "/", "exception-level", 1);
    tree_remove(&tree, "/", "managed-exit");
    tree_set_u32(&tree, "/", "ns-interrupts-action", 2);
    tree_set_u32(&tree, "/", "sri-interrupts-policy", 0);
    tree_set_u32(&tree, "/memory-regions/dma", "attributes", 7);
    must_fail(MANIFEST_INVALID_MEM_PERM, "/memory-regions/dma:", "attributes:");
    tree_set_u32(&tree, "/memory-regions/dma", "attributes", 3);
    must_fail(MANIFEST_NOT_COMPATIBLE, "/device-regions/",
              "stream-ids: found 2 of them, want none");
}
END_TEST

START_TEST(life_cycle)
{
    tree_partition(&tree, 0, 1);
    tree_set_u32(&tree, "/", "execution-ctx-count", 4);
    must_fail(MANIFEST_ILLEGAL_ACTION, "/:", "lifecycle-support:");
    tree_partition(&tree, 0, 1);
    tree_remove(&tree, "/", "lifecycle-support");
    must_fail(MANIFEST_ILLEGAL_ACTION, "/:", "abort-action:");
    tree_remove(&tree, "/", "abort-action");
    must_fail(MANIFEST_ILLEGAL_ACTION, "/:", "live-activation-support:");
    tree_partition(&tree, 0, 1);
    tree_remove(&tree, "/", "image-uuid");
    must_fail(MANIFEST_PROPERTY_NOT_FOUND, "/:", "image-uuid:");
    tree_set(&tree, "/", "image-uuid", BYTES(CELL(1), CELL(2), CELL(3)));
    must_fail(MANIFEST_MALFORMED_UUID, "/:", "image-uuid: found 3 cells");
    tree_set(&tree, "/", "image-uuid", BYTES(CELL(0), CELL(0), CELL(0), CELL(0)));
    must_fail(MANIFEST_UUID_ALL_ZEROS, "/:", "image-uuid:");
    tree_set(&tree, "/", "image-uuid", BYTES(CELL(1), CELL(2), CELL(3), CELL(4)));
    must_fail(MANIFEST_DUPLICATE_UUID, "/:", "image-uuid: found the UUID of service 2");
    tree_partition(&tree, 0, 1);
    tree_remove_node(&tree, "/live-state-buffer-info");
    must_fail(MANIFEST_NODE_MISSING, "/:", "live-state-buffer-info:");
}
END_TEST

START_TEST(memory_regions)
{
    tree_partition(&tree, 0, 1);
    tree_set_u64(&tree, "/memory-regions/dma", "load-address-relative-offset", 0);
    must_fail(MANIFEST_NOT_COMPATIBLE, "/memory-regions/dma:", "base-address: found both");
    tree_partition(&tree, 0, 1);
    tree_set(&tree, "/memory-regions/dma", "stream-ids-access-permissions", BYTES(CELL(3)));
    must_fail(MANIFEST_DMA_PERM_MISMATCH, "/memory-regions/dma:", "stream-ids-access-permissions:");
    tree_set(&tree, "/memory-regions/dma", "stream-ids-access-permissions",
             BYTES(CELL(3), CELL(1)));
    must_fail(MANIFEST_DMA_PERM_MISMATCH, "/memory-regions/dma:", "stream-ids-access-permissions:");
    tree_partition(&tree, 0, 1);
    tree_set(&tree, "/memory-regions/dma", "stream-ids", BYTES(CELL(0x20), CELL(0x22)));
    must_fail(MANIFEST_NOT_COMPATIBLE, "/memory-regions/dma:", "stream-ids: found 34 of SMMU 7");
    tree_partition(&tree, 0, 1);
    tree_set_u32(&tree, "/memory-regions/dma", "smmu-id", 8);
    must_fail(MANIFEST_NOT_COMPATIBLE, "/memory-regions/dma:", "stream-ids: found 32 of SMMU 8");
    tree_partition(&tree, 0, 1);
    tree_set_u32(&tree, "/memory-regions/dma", "load-flags", 1);
    tree_set_u32(&tree, "/memory-regions/dma", "attributes", 0xb);
    must_fail(MANIFEST_NOT_COMPATIBLE, "/memory-regions/dma:", "load-flags: found 1 (NOBITS)");
    tree_small_partition(&tree, 1);
    tree_add_node(&tree, "/", "memory-regions");
    tree_set_string(&tree, "/memory-regions", "compatible", "arm,ffa-manifest-memory-regions");
    must_fail(MANIFEST_MEM_REGION_EMPTY, "/memory-regions:", NULL);
}
END_TEST

START_TEST(static_buffers)
{
    tree_partition(&tree, 0, 1);
    tree_set_u32(&tree, "/memory-regions/tx", "attributes", 0xb);
    must_fail(MANIFEST_NOT_COMPATIBLE, "/rx_tx-info:", "tx-buffer: found another security state");
    tree_partition(&tree, 0, 1);
    tree_set_u32(&tree, "/memory-regions/rx", "pages-count", 5);
    tree_set_u32(&tree, "/memory-regions/tx", "pages-count", 5);
    must_fail(MANIFEST_TOO_MANY, "/rx_tx-info:", "rx-buffer: found 5 pages, want at most 4");
}
END_TEST

START_TEST(device_regions)
{
    tree_partition(&tree, 0, 1);
    tree_set(&tree, "/device-regions/timer", "interrupts", BYTES(CELL(40), CELL(0), CELL(41)));
    must_fail(MANIFEST_MALFORMED_INTEGER_LIST, "/device-regions/timer:", "interrupts:");
    tree_set(&tree, "/device-regions/timer", "interrupts",
             BYTES(CELL(41), CELL(0), CELL(41), CELL(0)));
    must_fail(MANIFEST_INTERRUPT_REPEATED, "/device-regions/timer:", "interrupts: found id 41");
    tree_partition(&tree, 0, 1);
    tree_set(&tree, "/device-regions/uart", "interrupts", BYTES(CELL(40), CELL(0)));
    must_fail(MANIFEST_INTERRUPT_REPEATED, "/device-regions/uart:", "interrupts: found id 40");
    tree_partition(&tree, 0, 1);
    tree_set(&tree, "/device-regions/timer", "interrupts-target", BYTES(CELL(41), CELL(0)));
    must_fail(MANIFEST_MALFORMED_INTEGER_LIST, "/device-regions/timer:", "interrupts-target:");
    tree_set(&tree, "/device-regions/timer", "interrupts-target",
             BYTES(CELL(42), CELL(0), CELL(0)));
    must_fail(MANIFEST_INTERRUPT_NOT_LISTED, "/device-regions/timer:", "interrupts-target:");
    tree_small_partition(&tree, 1);
    tree_add_node(&tree, "/", "device-regions");
    tree_set_string(&tree, "/device-regions", "compatible", "arm,ffa-manifest-device-regions");
    must_fail(MANIFEST_MEM_REGION_EMPTY, "/device-regions:", NULL);
}
END_TEST

static void fill(const char *parent, unsigned first, unsigned last)
{
    for (unsigned i = first; i <= last; i++) {
        char name[16];
        char path[48];

        snprintf(name, sizeof(name), "r%u", i);
        snprintf(path, sizeof(path), "%s/%s", parent, name);
        tree_add_node(&tree, parent, name);
        tree_set_u64(&tree, path, "base-address", 0x10000000 + 0x1000 * i);
        tree_set_u32(&tree, path, "pages-count", 1);
        tree_set_u32(&tree, path, "attributes", 1);
    }
}

START_TEST(more_regions_than_there_is_room_for)
{
    static const char *const kind[] = {"memory-regions", "device-regions"};
    char path[32];
    char compatible[64];

    for (unsigned k = 0; k < 2; k++) {
        snprintf(path, sizeof(path), "/%s", kind[k]);
        snprintf(compatible, sizeof(compatible), "arm,ffa-manifest-%s", kind[k]);
        tree_small_partition(&tree, 1);
        tree_add_node(&tree, "/", kind[k]);
        tree_set_string(&tree, path, "compatible", compatible);
        fill(path, 1, 16);
        ck_assert_msg(manifest_read_partition(tree.blob, sizeof(tree.blob), &manifest, &diag), "%s",
                      diag.text);
        fill(path, 17, 17);
        must_fail(MANIFEST_TOO_MANY, path, "at most 16");
    }
}
END_TEST

/* Numbers of PPIs and SPIs, the extended ones too; attributes in line with them. */
START_TEST(interrupts_of_devices)
{
    static const uint32_t good[][2] = {{16, 0x500},   {31, 0x100},   {32, 0x9ff},   {1019, 0xb00},
                                       {1056, 0x500}, {1119, 0x700}, {4096, 0x900}, {5119, 0}};
    static const uint32_t bad[][2] = {{0, 0},        {9, 0x100},    {15, 0x900},
                                      {1020, 0x900}, {1055, 0x500}, {1120, 0x500},
                                      {4095, 0x900}, {5120, 0x900}, {0xffffffff, 0}};
    static const uint32_t attributes[][2] = {{40, 0x1900}, {40, 0x500},   {40, 0xd00},
                                             {20, 0x900},  {1056, 0x900}, {4096, 0x80000900}};

    tree_partition(&tree, 0, 1);
    tree_remove(&tree, "/device-regions/timer", "interrupts-target");
    for (unsigned i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        tree_set(&tree, "/device-regions/timer", "interrupts",
                 BYTES(CELL(good[i][0]), CELL(good[i][1])));
        ck_assert_msg(manifest_read_partition(tree.blob, sizeof(tree.blob), &manifest, &diag), "%s",
                      diag.text);
    }
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        tree_set(&tree, "/device-regions/timer", "interrupts",
                 BYTES(CELL(bad[i][0]), CELL(bad[i][1])));
        must_fail(MANIFEST_NOT_COMPATIBLE, "/device-regions/timer:", "interrupts: found id ");
    }
    for (unsigned i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++) {
        tree_set(&tree, "/device-regions/timer", "interrupts",
                 BYTES(CELL(attributes[i][0]), CELL(attributes[i][1])));
        must_fail(MANIFEST_NOT_COMPATIBLE,
                  "/device-regions/timer:", "interrupts: found attributes");
    }
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, services_of_binding_1_0);
    tcase_add_test(tcase, messaging_methods);
    tcase_add_test(tcase, services_of_binding_1_1);
    tcase_add_test(tcase, what_s_el0_partitions_can_not_have);
    tcase_add_test(tcase, life_cycle);
    tcase_add_test(tcase, memory_regions);
    tcase_add_test(tcase, static_buffers);
    tcase_add_test(tcase, device_regions);
    tcase_add_test(tcase, interrupts_of_devices);
    tcase_add_test(tcase, more_regions_than_there_is_room_for);
}

int main(void)
{
    return run_case("partition_rules", add);
}
