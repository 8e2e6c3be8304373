/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L /* strnlen */
#include "tree.h"

#include <check.h>
#include <libfdt.h>
#include <stdio.h>
#include <string.h>

#define OK(call) ck_assert_int_eq((call), 0)

static void begin(struct tree *tree)
{
    memset(tree, 0, sizeof(*tree));
    OK(fdt_create(tree->blob, sizeof(tree->blob)));
    OK(fdt_finish_reservemap(tree->blob));
    OK(fdt_begin_node(tree->blob, ""));
}

static void end(struct tree *tree)
{
    OK(fdt_end_node(tree->blob));
    OK(fdt_finish(tree->blob));
    OK(fdt_open_into(tree->blob, tree->blob, sizeof(tree->blob)));
}

static void node(struct tree *tree, const char *name)
{
    OK(fdt_begin_node(tree->blob, name));
}

static void end_node(struct tree *tree)
{
    OK(fdt_end_node(tree->blob));
}

static void text(struct tree *tree, const char *name, const char *value)
{
    OK(fdt_property_string(tree->blob, name, value));
}

static void u32(struct tree *tree, const char *name, uint32_t value)
{
    OK(fdt_property_u32(tree->blob, name, value));
}

static void flag(struct tree *tree, const char *name)
{
    OK(fdt_property(tree->blob, name, NULL, 0));
}

static void bytes(struct tree *tree, const char *name, const uint8_t *value, size_t size_bytes)
{
    OK(fdt_property(tree->blob, name, value, (int)size_bytes));
}

static void memory(struct tree *tree, const char *name, const char *type, uint32_t base,
                   uint32_t size_bytes)
{
    node(tree, name);
    text(tree, "device_type", type);
    bytes(tree, "reg", BYTES(CELL(0), CELL(base), CELL(0), CELL(size_bytes)));
    end_node(tree);
}

static void vm(struct tree *tree, const char *name, const char *debug_name, uint32_t number,
               uint32_t vcpus)
{
    node(tree, name);
    flag(tree, "is_ffa_partition");
    text(tree, "debug_name", debug_name);
    bytes(tree, "uuid", BYTES(CELL(0x11111111 * number), CELL(2), CELL(3), CELL(4)));
    OK(fdt_property_u64(tree->blob, "load_address", TREE_PARTITION(number)));
    u32(tree, "mem_size", TREE_PARTITION_SIZE);
    u32(tree, "vcpu_count", vcpus);
    u32(tree, "boot-order", 10 - number);
    bytes(tree, "smc_whitelist", BYTES(CELL(0x80000002), CELL(0xc2000000 + number)));
    end_node(tree);
}

void tree_spmc(struct tree *tree, uint32_t cpu_count)
{
    begin(tree);
    text(tree, "compatible", "arm,ffa-core-manifest-1.0");
    u32(tree, "#address-cells", 2);
    u32(tree, "#size-cells", 2);
    node(tree, "hypervisor");
    text(tree, "compatible", "hafnium,hafnium");
    text(tree, "logging-level", "verbose");
    vm(tree, "vm1", "one", 1, 1);
    vm(tree, "vm2", "two", 2, cpu_count);
    end_node(tree);
    node(tree, "cpus");
    u32(tree, "#address-cells", 2);
    u32(tree, "#size-cells", 0);
    for (uint32_t i = 0; i < cpu_count; i++) {
        char name[32];

        snprintf(name, sizeof(name), "cpu@%x", (unsigned)(0x100 * i));
        node(tree, name);
        text(tree, "device_type", "cpu");
        bytes(tree, "reg", BYTES(CELL(0), CELL(0x100 * i)));
        end_node(tree);
    }
    end_node(tree);
    memory(tree, "memory@10000000", "memory", TREE_SECURE_BASE, TREE_SECURE_SIZE);
    memory(tree, "memory@80000000", "ns-memory", TREE_NS_BASE, TREE_NS_SIZE);
    memory(tree, "memory@1c000000", "device-memory", TREE_DEVICE_BASE, TREE_DEVICE_SIZE);
    memory(tree, "memory@1d000000", "ns-device-memory", TREE_NS_DEVICE, TREE_DEVICE_SIZE);
    end(tree);
}

static void services(struct tree *tree, unsigned binding_minor)
{
    if (binding_minor == 0) {
        text(tree, "compatible", "arm,ffa-manifest-1.0");
        bytes(tree, "uuid",
              BYTES(CELL(0xe0786148), CELL(0xe311f8e7), CELL(0x02005ebc), CELL(0x1bc5d5a5), CELL(1),
                    CELL(2), CELL(3), CELL(4)));
        bytes(tree, "messaging-method", BYTES(CELL(3), CELL(0x600)));
        bytes(tree, "image-uuid", BYTES(CELL(9), CELL(9), CELL(9), CELL(9)));
        return;
    }
    text(tree, "compatible", "arm,ffa-manifest-1.1");
    text(tree, "image-uuid", "09000000-0900-0000-0900-000009000000");
}

static void service_nodes(struct tree *tree)
{
    node(tree, "services");
    text(tree, "compatible", "arm,ffa-manifest-services");
    node(tree, "service-0");
    text(tree, "uuid", "486178e0-e7f8-11e3-bc5e-0002a5d5c51b");
    u32(tree, "messaging-method", 3);
    end_node(tree);
    node(tree, "service-1");
    text(tree, "uuid", "01000000-0200-0000-0300-000004000000");
    u32(tree, "messaging-method", 0x600);
    end_node(tree);
    end_node(tree);
}

static void region(struct tree *tree, const char *name, const char *base_name, uint32_t base,
                   uint32_t pages, uint32_t attributes, uint32_t phandle)
{
    node(tree, name);
    text(tree, "description", name);
    OK(fdt_property_u64(tree->blob, base_name, base));
    u32(tree, "pages-count", pages);
    u32(tree, "attributes", attributes);
    u32(tree, "phandle", phandle);
    if (phandle == 4) {
        u32(tree, "smmu-id", 7);
        bytes(tree, "stream-ids", BYTES(CELL(0x20), CELL(0x21)));
        bytes(tree, "stream-ids-access-permissions", BYTES(CELL(3), CELL(3)));
    }
    end_node(tree);
}

static void regions(struct tree *tree)
{
    node(tree, "memory-regions");
    text(tree, "compatible", "arm,ffa-manifest-memory-regions");
    region(tree, "rx", "load-address-relative-offset", 0x10000, 2, 3, 1);
    region(tree, "tx", "load-address-relative-offset", 0x12000, 2, 3, 2);
    region(tree, "state", "load-address-relative-offset", 0x14000, 1, 3, 3);
    region(tree, "dma", "base-address", TREE_SECURE_BASE + 0x800000, 16, 3, 4);
    region(tree, "shared", "base-address", TREE_NS_BASE + 0x1000, 1, 9, 5);
    end_node(tree);
    node(tree, "rx_tx-info");
    text(tree, "compatible", "arm,ffa-manifest-rx_tx-buffer");
    u32(tree, "rx-buffer", 1);
    u32(tree, "tx-buffer", 2);
    end_node(tree);
    node(tree, "device-regions");
    text(tree, "compatible", "arm,ffa-manifest-device-regions");
    node(tree, "timer");
    text(tree, "description", "timer");
    OK(fdt_property_u64(tree->blob, "base-address", TREE_DEVICE_BASE));
    u32(tree, "pages-count", 2);
    u32(tree, "attributes", 3);
    bytes(tree, "interrupts", BYTES(CELL(40), CELL(0x980), CELL(41), CELL(0x980)));
    bytes(tree, "interrupts-target", BYTES(CELL(41), CELL(0), CELL(0x100)));
    u32(tree, "smmu-id", 7);
    bytes(tree, "stream-ids", BYTES(CELL(0x20), CELL(0x21)));
    flag(tree, "exclusive-access");
    end_node(tree);
    node(tree, "uart");
    OK(fdt_property_u64(tree->blob, "base-address", TREE_NS_DEVICE));
    u32(tree, "pages-count", 1);
    u32(tree, "attributes", 0xb);
    end_node(tree);
    end_node(tree);
}

static void live_activation(struct tree *tree)
{
    node(tree, "live-state-buffer-info");
    text(tree, "compatible", "arm,ffa-manifest,live-state-buffer");
    u32(tree, "live-state-buffer", 3);
    end_node(tree);
}

void tree_partition(struct tree *tree, unsigned binding_minor, uint32_t contexts)
{
    begin(tree);
    services(tree, binding_minor);
    text(tree, "description", "complete");
    u32(tree, "ffa-version", FFA_VERSION_1_3);
    u32(tree, "execution-ctx-count", contexts);
    u32(tree, "exception-level", 2);
    u32(tree, "execution-state", 0);
    u32(tree, "load-address", TREE_PARTITION(1));
    u32(tree, "entrypoint-offset", 0x4000);
    u32(tree, "gp-register-num", 3);
    u32(tree, "boot-order", 9);
    u32(tree, "xlat-granule", 0);
    flag(tree, "managed-exit");
    u32(tree, "ns-interrupts-action", 1);
    flag(tree, "managed-exit-virq");
    u32(tree, "sri-interrupts-policy", 3);
    flag(tree, "notification-support");
    u32(tree, "other-s-interrupts-action", 1);
    u32(tree, "vm-availability-messages", 3);
    u32(tree, "power-management-messages", 7);
    if (contexts == 1) {
        flag(tree, "lifecycle-support");
        u32(tree, "abort-action", 2);
        flag(tree, "live-activation-support");
        u32(tree, "live-activation-register", 5);
    }
    node(tree, "boot-info");
    text(tree, "compatible", "arm,ffa-manifest-boot-info");
    flag(tree, "ffa_manifest");
    flag(tree, "hob_list");
    end_node(tree);
    if (binding_minor == 1) {
        service_nodes(tree);
    }
    regions(tree);
    live_activation(tree);
    end(tree);
}

void tree_small_partition(struct tree *tree, uint32_t contexts)
{
    begin(tree);
    text(tree, "compatible", "arm,ffa-manifest-1.0");
    bytes(tree, "uuid", BYTES(CELL(contexts), CELL(0), CELL(0), CELL(1)));
    u32(tree, "messaging-method", 3);
    u32(tree, "ffa-version", FFA_VERSION_1_2);
    u32(tree, "execution-ctx-count", contexts);
    u32(tree, "exception-level", 2);
    u32(tree, "execution-state", 0);
    end(tree);
}

static int find(struct tree *tree, const char *path)
{
    int offset = fdt_path_offset(tree->blob, path);

    ck_assert_msg(offset >= 0, "no node %s", path);
    return offset;
}

void tree_set(struct tree *tree, const char *path, const char *property, const void *value,
              size_t size_bytes)
{
    OK(fdt_setprop(tree->blob, find(tree, path), property, value, (int)size_bytes));
}

void tree_set_u32(struct tree *tree, const char *path, const char *property, uint32_t value)
{
    OK(fdt_setprop_u32(tree->blob, find(tree, path), property, value));
}

void tree_set_u64(struct tree *tree, const char *path, const char *property, uint64_t value)
{
    OK(fdt_setprop_u64(tree->blob, find(tree, path), property, value));
}

void tree_set_string(struct tree *tree, const char *path, const char *property, const char *value)
{
    OK(fdt_setprop_string(tree->blob, find(tree, path), property, value));
}

void tree_remove(struct tree *tree, const char *path, const char *property)
{
    OK(fdt_delprop(tree->blob, find(tree, path), property));
}

void tree_add_node(struct tree *tree, const char *path, const char *name)
{
    ck_assert_int_ge(fdt_add_subnode(tree->blob, find(tree, path), name), 0);
}

void tree_remove_node(struct tree *tree, const char *path)
{
    OK(fdt_del_node(tree->blob, find(tree, path)));
}

void check_finding(const struct manifest_diag *diag, enum manifest_code code, const char *path,
                   const char *property)
{
    size_t size = strnlen(diag->text, sizeof(diag->text));

    ck_assert_msg(diag->code == code, "%s: code %d, want %d: %s", path, (int)diag->code, (int)code,
                  diag->text);
    ck_assert_uint_lt(size, sizeof(diag->text));
    for (size_t i = 0; i < size; i++) {
        ck_assert_msg(diag->text[i] >= ' ' && diag->text[i] <= '~', "byte %zu of \"%s\"", i,
                      diag->text);
    }
    ck_assert_msg(strstr(diag->text, path) != NULL, "no %s in \"%s\"", path, diag->text);
    ck_assert_msg(property == NULL || strstr(diag->text, property) != NULL, "no %s in \"%s\"",
                  property, diag->text);
    ck_assert_msg(strstr(diag->text, "want") != NULL, "says not what it wants: \"%s\"", diag->text);
    ck_assert_msg(strstr(diag->text, "found") != NULL || strstr(diag->text, "missing") != NULL,
                  "says not what it found: \"%s\"", diag->text);
}
