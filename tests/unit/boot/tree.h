/* SPDX-License-Identifier: BSD-3-Clause */
/* Device trees built in memory, complete ones that a test then damages in one place. */
#ifndef TEST_BOOT_TREE_H
#define TEST_BOOT_TREE_H

#include <stddef.h>
#include <stdint.h>

#include "spmc/manifest.h"

#define TREE_BYTES 16384u

struct tree {
    _Alignas(8) uint8_t blob[TREE_BYTES];
};

/* Bytes of a property: 32-bit cells, and (pointer, size) of a list of bytes. */
#define CELL(v)                                                                          \
    (uint8_t)((uint32_t)(v) >> 24), (uint8_t)((uint32_t)(v) >> 16), (uint8_t)((v) >> 8), \
        (uint8_t)(v)
#define BYTES(...) (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})

/* Memory of the platform that tree_spmc() describes */
#define TREE_SECURE_BASE    0x10000000u
#define TREE_SECURE_SIZE    0x1000000u
#define TREE_NS_BASE        0x80000000u
#define TREE_NS_SIZE        0x1000000u
#define TREE_DEVICE_BASE    0x1c000000u
#define TREE_DEVICE_SIZE    0x10000u
#define TREE_NS_DEVICE      0x1d000000u
#define TREE_PARTITION(vm)  (TREE_SECURE_BASE + (vm)*0x100000u) /* load_address of vm1, vm2 */
#define TREE_PARTITION_SIZE 0x80000u

/* SPMC manifest: PEs 0x100 * n, all four kinds of memory, vm1 "one" (UP), vm2 "two" (MP). */
void tree_spmc(struct tree *tree, uint32_t cpu_count);

/*
 * Partition manifest, binding 1.0 or 1.1, with every property of the binding; UP, or MP without
 * what only UP partitions have.
 */
void tree_partition(struct tree *tree, unsigned binding_minor, uint32_t contexts);

/* A small one: mandatory properties only (binding 1.0). */
void tree_small_partition(struct tree *tree, uint32_t contexts);

/* Edits; the node at `path` must exist. */
void tree_set(struct tree *tree, const char *path, const char *property, const void *value,
              size_t size_bytes);
void tree_set_u32(struct tree *tree, const char *path, const char *property, uint32_t value);
void tree_set_u64(struct tree *tree, const char *path, const char *property, uint64_t value);
void tree_set_string(struct tree *tree, const char *path, const char *property, const char *value);
void tree_remove(struct tree *tree, const char *path, const char *property);
void tree_add_node(struct tree *tree, const char *path, const char *name);
void tree_remove_node(struct tree *tree, const char *path);

/*
 * A finding is one printable line with a code; it names `path` and `property` (NULL: none) and says
 * what was found or missing and what is wanted.
 */
void check_finding(const struct manifest_diag *diag, enum manifest_code code, const char *path,
                   const char *property);

#endif
