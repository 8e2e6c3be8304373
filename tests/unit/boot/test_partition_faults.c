/* SPDX-License-Identifier: BSD-3-Clause */
/* Every property of a complete partition manifest, damaged in every way that applies to it. */
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

/* Numbers: where, and whether the manifest has to have it. */
static const struct number {
    const char *path;
    const char *property;
    bool is_mandatory;
    bool is_v1_1; /* of the binding 1.1 alone */
} numbers[] = {
    {"/", "ffa-version", true, false},
    {"/", "execution-ctx-count", true, false},
    {"/", "exception-level", true, false},
    {"/", "execution-state", true, false},
    {"/", "load-address", false, false},
    {"/", "entrypoint-offset", false, false},
    {"/", "gp-register-num", false, false},
    {"/", "boot-order", false, false},
    {"/", "xlat-granule", false, false},
    {"/", "ns-interrupts-action", false, false},
    {"/", "sri-interrupts-policy", false, false},
    {"/", "other-s-interrupts-action", false, false},
    {"/", "vm-availability-messages", false, false},
    {"/", "power-management-messages", false, false},
    {"/", "abort-action", false, false},
    {"/", "live-activation-register", true, false},
    {"/rx_tx-info", "rx-buffer", true, false},
    {"/rx_tx-info", "tx-buffer", true, false},
    {"/live-state-buffer-info", "live-state-buffer", true, false},
    {"/memory-regions/rx", "load-address-relative-offset", true, false},
    {"/memory-regions/dma", "base-address", true, false},
    {"/memory-regions/dma", "pages-count", true, false},
    {"/memory-regions/dma", "attributes", true, false},
    {"/memory-regions/dma", "smmu-id", true, false},
    {"/device-regions/timer", "base-address", true, false},
    {"/device-regions/timer", "pages-count", true, false},
    {"/device-regions/timer", "attributes", true, false},
    {"/device-regions/timer", "smmu-id", true, false},
    {"/services/service-1", "messaging-method", true, true},
};

START_TEST(a_number_of_no_known_width)
{
    const struct number *n = &numbers[_i];
    const uint8_t zeros[16] = {0};
    static const size_t sizes[] = {0, 3, 5, 12, 16};

    for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        tree_partition(&tree, n->is_v1_1, 1);
        tree_set(&tree, n->path, n->property, zeros, sizes[i]);
        must_fail(MANIFEST_MALFORMED_INTEGER, n->path, n->property);
    }
}
END_TEST

START_TEST(a_number_that_is_missing)
{
    const struct number *n = &numbers[_i];
    bool is_stream = strcmp(n->property, "smmu-id") == 0;
    bool is_base = strstr(n->path, "memory-regions") != NULL && strstr(n->property, "address");

    tree_partition(&tree, n->is_v1_1, 1);
    tree_remove(&tree, n->path, n->property);
    if (n->is_mandatory) {
        must_fail(is_stream ? MANIFEST_MISSING_SMMU_ID : MANIFEST_PROPERTY_NOT_FOUND, n->path,
                  is_base ? "base-address" : n->property);
    } else {
        ck_assert_msg(manifest_read_partition(tree.blob, sizeof(tree.blob), &manifest, &diag), "%s",
                      diag.text);
    }
}
END_TEST

static const struct value {
    const char *path;
    const char *property;
    uint64_t value;
    enum manifest_code code;
} values[] = {
    {"/", "ffa-version", 0x0000ffff, MANIFEST_NOT_COMPATIBLE},
    {"/", "ffa-version", 0x00010004, MANIFEST_NOT_COMPATIBLE},
    {"/", "ffa-version", 0x00020000, MANIFEST_NOT_COMPATIBLE},
    {"/", "ffa-version", 0x80010001, MANIFEST_NOT_COMPATIBLE},
    {"/", "ffa-version", 0x100010001, MANIFEST_INTEGER_OVERFLOW},
    {"/", "execution-ctx-count", 0, MANIFEST_NOT_COMPATIBLE},
    {"/", "execution-ctx-count", 0x10001, MANIFEST_NOT_COMPATIBLE},
    {"/", "exception-level", 0, MANIFEST_NOT_COMPATIBLE},
    {"/", "exception-level", 3, MANIFEST_NOT_COMPATIBLE},
    {"/", "exception-level", 0x100000002, MANIFEST_NOT_COMPATIBLE},
    {"/", "execution-state", 1, MANIFEST_NOT_COMPATIBLE},
    {"/", "gp-register-num", 4, MANIFEST_NOT_COMPATIBLE},
    {"/", "gp-register-num", 0x100, MANIFEST_NOT_COMPATIBLE},
    {"/", "boot-order", 0x10000, MANIFEST_INVALID_BOOT_ORDER},
    {"/", "xlat-granule", 1, MANIFEST_NOT_COMPATIBLE},
    {"/", "ns-interrupts-action", 0, MANIFEST_ILLEGAL_ACTION}, /* beside managed-exit */
    {"/", "ns-interrupts-action", 3, MANIFEST_ILLEGAL_ACTION},
    {"/", "ns-interrupts-action", 0x101, MANIFEST_ILLEGAL_ACTION},
    {"/", "sri-interrupts-policy", 4, MANIFEST_ILLEGAL_ACTION},
    {"/", "other-s-interrupts-action", 2, MANIFEST_ILLEGAL_ACTION},
    {"/", "other-s-interrupts-action", 0, MANIFEST_ILLEGAL_ACTION}, /* NS action is not queued */
    {"/", "vm-availability-messages", 4, MANIFEST_NOT_COMPATIBLE},
    {"/", "power-management-messages", 0x100000000, MANIFEST_INTEGER_OVERFLOW},
    {"/", "abort-action", 4, MANIFEST_ILLEGAL_ACTION},
    {"/", "abort-action", 0x100000000, MANIFEST_ILLEGAL_ACTION},
    {"/", "live-activation-register", 3, MANIFEST_NOT_COMPATIBLE}, /* gp-register-num */
    {"/", "live-activation-register", 4, MANIFEST_NOT_COMPATIBLE}, /* PE index */
    {"/", "live-activation-register", 8, MANIFEST_NOT_COMPATIBLE},
    {"/rx_tx-info", "rx-buffer", 0, MANIFEST_NOT_COMPATIBLE},
    {"/rx_tx-info", "rx-buffer", 77, MANIFEST_NOT_COMPATIBLE},
    {"/rx_tx-info", "tx-buffer", 1, MANIFEST_NOT_COMPATIBLE}, /* the RX buffer */
    {"/rx_tx-info", "tx-buffer", 3, MANIFEST_RXTX_SIZE_MISMATCH},
    {"/live-state-buffer-info", "live-state-buffer", 77, MANIFEST_NOT_COMPATIBLE},
    {"/memory-regions/rx", "load-address-relative-offset", 0x800, MANIFEST_MEM_REGION_UNALIGNED},
    {"/memory-regions/dma", "base-address", 0x10000004, MANIFEST_MEM_REGION_UNALIGNED},
    {"/memory-regions/dma", "pages-count", 0, MANIFEST_MEM_REGION_EMPTY},
    {"/memory-regions/dma", "pages-count", 0x100000001, MANIFEST_INTEGER_OVERFLOW},
    {"/memory-regions/dma", "attributes", 0, MANIFEST_INVALID_MEM_PERM},
    {"/memory-regions/dma", "attributes", 2, MANIFEST_INVALID_MEM_PERM},
    {"/memory-regions/dma", "attributes", 4, MANIFEST_INVALID_MEM_PERM},
    {"/memory-regions/dma", "attributes", 6, MANIFEST_INVALID_MEM_PERM},
    {"/memory-regions/dma", "attributes", 8, MANIFEST_INVALID_MEM_PERM},
    {"/memory-regions/dma", "attributes", 0x11, MANIFEST_INVALID_MEM_PERM},
    {"/memory-regions/dma", "load-flags", 2, MANIFEST_NOT_COMPATIBLE},
    {"/memory-regions/dma", "load-flags", 0x100000001, MANIFEST_INTEGER_OVERFLOW},
    {"/device-regions/timer", "base-address", 0x1c000800, MANIFEST_MEM_REGION_UNALIGNED},
    {"/device-regions/timer", "pages-count", 0, MANIFEST_MEM_REGION_EMPTY},
    {"/device-regions/timer", "attributes", 2, MANIFEST_INVALID_MEM_PERM},
    {"/device-regions/timer", "attributes", 5, MANIFEST_INVALID_MEM_PERM},
    {"/device-regions/timer", "attributes", 7, MANIFEST_INVALID_MEM_PERM},
    {"/device-regions/timer", "attributes", 0x13, MANIFEST_INVALID_MEM_PERM},
};

START_TEST(a_number_out_of_range)
{
    const struct value *v = &values[_i];

    tree_partition(&tree, 0, 1);
    tree_set_u64(&tree, v->path, v->property, v->value);
    must_fail(v->code, v->path,
              v->value == 0 && strncmp(v->property, "ns-", 3) == 0 ? "managed-exit" : v->property);
}
END_TEST

START_TEST(a_range_that_wraps)
{
    tree_partition(&tree, 0, 1);
    tree_set_u64(&tree, "/memory-regions/dma", "base-address", 0xfffffffffffff000);
    must_fail(MANIFEST_MEM_REGION_INVALID, "/memory-regions/dma", "pages-count");
    tree_partition(&tree, 0, 1);
    tree_set_u64(&tree, "/device-regions/timer", "base-address", 0xffffffffffffe000);
    must_fail(MANIFEST_MEM_REGION_INVALID, "/device-regions/timer", "pages-count");
}
END_TEST

static const char *const flags[][2] = {
    {"/", "managed-exit"},          {"/", "managed-exit-virq"},
    {"/", "notification-support"},  {"/", "lifecycle-support"},
    {"/boot-info", "ffa_manifest"}, {"/", "live-activation-support"},
    {"/boot-info", "hob_list"},     {"/device-regions/timer", "exclusive-access"},
};

START_TEST(a_flag_with_a_value)
{
    tree_partition(&tree, 0, 1);
    tree_set_u32(&tree, flags[_i][0], flags[_i][1], 0);
    must_fail(MANIFEST_MALFORMED_BOOLEAN, flags[_i][0], flags[_i][1]);
}
END_TEST

static const char *const lists[][2] = {
    {"/", "uuid"},
    {"/", "messaging-method"},
    {"/", "image-uuid"},
    {"/memory-regions/dma", "stream-ids"},
    {"/memory-regions/dma", "stream-ids-access-permissions"},
    {"/device-regions/timer", "interrupts"},
    {"/device-regions/timer", "interrupts-target"},
    {"/device-regions/timer", "stream-ids"},
};

START_TEST(a_list_that_is_none)
{
    const uint8_t much[4 * 64] = {0};
    static const size_t sizes[] = {0, 1, 6};

    for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        tree_partition(&tree, 0, 1);
        tree_set(&tree, lists[_i][0], lists[_i][1], much, sizes[i]);
        must_fail(MANIFEST_MALFORMED_INTEGER_LIST, lists[_i][0], lists[_i][1]);
    }
    tree_partition(&tree, 0, 1);
    tree_set(&tree, lists[_i][0], lists[_i][1], much, sizeof(much));
    must_fail(MANIFEST_TOO_MANY, lists[_i][0], lists[_i][1]);
}
END_TEST

static const char *const compatibles[][2] = {
    {"/", "arm,ffa-manifest-2.0"},
    {"/services", "arm,ffa-manifest-service"},
    {"/rx_tx-info", "arm,ffa-manifest-rx_tx"},
    {"/memory-regions", "arm,ffa-manifest-device-regions"},
    {"/device-regions", "arm,ffa-manifest-memory-regions"},
    {"/live-state-buffer-info", "arm,ffa-manifest-live-state-buffer"},
};

START_TEST(a_node_of_another_kind)
{
    tree_partition(&tree, 1, 1);
    tree_set_string(&tree, compatibles[_i][0], "compatible", compatibles[_i][1]);
    must_fail(MANIFEST_NOT_COMPATIBLE, compatibles[_i][0], "compatible");
    ck_assert(strstr(diag.text, "found \"arm,ffa-manifest") != NULL);
    tree_remove(&tree, compatibles[_i][0], "compatible");
    must_fail(MANIFEST_NOT_COMPATIBLE, compatibles[_i][0], "found nothing");
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, a_number_of_no_known_width, 0, sizeof(numbers) / sizeof(numbers[0]));
    tcase_add_loop_test(tcase, a_number_that_is_missing, 0, sizeof(numbers) / sizeof(numbers[0]));
    tcase_add_loop_test(tcase, a_number_out_of_range, 0, sizeof(values) / sizeof(values[0]));
    tcase_add_test(tcase, a_range_that_wraps);
    tcase_add_loop_test(tcase, a_flag_with_a_value, 0, sizeof(flags) / sizeof(flags[0]));
    tcase_add_loop_test(tcase, a_list_that_is_none, 0, sizeof(lists) / sizeof(lists[0]));
    tcase_add_loop_test(tcase, a_node_of_another_kind, 0,
                        sizeof(compatibles) / sizeof(compatibles[0]));
}

int main(void)
{
    return run_case("partition_faults", add);
}
