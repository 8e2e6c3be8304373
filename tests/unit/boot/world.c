/* SPDX-License-Identifier: BSD-3-Clause */
#include "world.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

struct world world;

/* Header, manifest and image into memory at load_address; false: there is no memory. */
static uint8_t *package(unsigned i)
{
    return fake_arch_at(&world.pe, TREE_PARTITION(i + 1), TREE_PARTITION_SIZE, PAS_SECURE);
}

void world_header(unsigned i, unsigned word, uint32_t value)
{
    for (unsigned k = 0; k < 4; k++) {
        package(i)[4 * word + k] = (uint8_t)(value >> (8 * k));
    }
}

void world_pack(unsigned i)
{
    struct tree packed = world.tree[i]; /* the tree itself keeps its room for edits */
    uint32_t size;

    ck_assert_int_eq(fdt_pack(packed.blob), 0);
    size = (uint32_t)fdt_totalsize(packed.blob);
    ck_assert_uint_le(size, WORLD_IMAGE - 0x1000);
    world_header(i, 0, PACKAGE_MAGIC);
    world_header(i, 1, 2);
    world_header(i, 2, 0x1000);
    world_header(i, 3, size);
    world_header(i, 4, WORLD_IMAGE);
    world_header(i, 5, WORLD_IMAGE_SIZE);
    memcpy(package(i) + 0x1000, packed.blob, size);
}

void world_setup(void)
{
    memset(&world, 0, sizeof(world));
    fake_arch_init(&world.pe, WORLD_SPMC_BASE,
                   TREE_SECURE_BASE + TREE_SECURE_SIZE - WORLD_SPMC_BASE, TREE_NS_BASE,
                   TREE_NS_SIZE);
    tree_spmc(&world.spmc_tree, WORLD_PES);
    tree_remove(&world.spmc_tree, "/hypervisor/vm1", "boot-order");
    tree_partition(&world.tree[0], 0, 1);
    tree_small_partition(&world.tree[1], WORLD_PES);
    world_pack(0);
    world_pack(1);
    world.params = (struct spmc_boot_params){
        .manifest = world.spmc_tree.blob,
        .manifest_size_bytes = sizeof(world.spmc_tree.blob),
        .boot_mpidr = 0,
        .spmc_range = {WORLD_SPMC_BASE, WORLD_SPMC_SIZE},
        .pool_base = {WORLD_SPMC_BASE + WORLD_POOL_OFFSET},
        .pool_size_bytes = 0x100000,
        .arena_size_bytes = spmc_arena_size(WORLD_PES, 2),
        .has_uart = true,
        .uart = {0x9040000},
        .uart_pas = PAS_SECURE,
    };
}

void world_teardown(void)
{
    free(world.params.arena);
    fake_arch_free(&world.pe);
}

bool world_boot(void)
{
    /* Not a byte more than was said: a sanitizer sees what goes past it. */
    world.params.arena = calloc(1, world.params.arena_size_bytes);
    ck_assert_ptr_nonnull(world.params.arena);
    world.first = spmc_cold_boot(&world.pe, &world.params, &world.spmc);
    ck_assert_uint_eq(world.pe.locks_held, 0);
    ck_assert_uint_eq(world.pe.count.map, world.pe.count.unmap);
    ck_assert_ptr_eq(world.spmc, world.params.arena);
    return world.first != NULL;
}

void world_boot_fails(enum manifest_code code, const char *text)
{
    const struct manifest_diag *diag;

    ck_assert(!world_boot());
    diag = spmc_boot_diag(world.spmc);
    ck_assert_msg(diag->code == code, "code %d, want %d: %s", (int)diag->code, (int)code,
                  diag->text);
    ck_assert_msg(strstr(diag->text, text) != NULL, "no \"%s\" in \"%s\"", text, diag->text);
    ck_assert_msg(strstr(world.pe.log, "boot failed: ") != NULL, "log: %s", world.pe.log);
    ck_assert_uint_eq(world.pe.count.vcpu_reset, 0);
}

struct partition *world_one(void)
{
    return spmc_partition_by_id(world.spmc, 0x8001);
}

struct partition *world_two(void)
{
    return spmc_partition_by_id(world.spmc, 0x8002);
}
