/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A board of four PEs with two packages in its memory, for cold boot: "one" is UP and has every
 * property, "two" is MP and has few. Tests change trees or memory before world_boot().
 */
#ifndef TEST_BOOT_WORLD_H
#define TEST_BOOT_WORLD_H

#include <check.h>

#include "fake_arch.h"
#include "spmc/internal.h"
#include "tree.h"

#define WORLD_PES         4u
#define WORLD_SPMC_BASE   0x0e100000u
#define WORLD_SPMC_SIZE   0x400000u
#define WORLD_POOL_OFFSET 0x100000u
#define WORLD_IMAGE       0x4000u /* offset of the image in a package */
#define WORLD_IMAGE_SIZE  0x1000u

struct world {
    struct arch_pe pe;
    struct tree spmc_tree;
    struct tree tree[2]; /* manifests of one and two */
    struct spmc_boot_params params;
    struct spmc *spmc;
    struct vcpu *first; /* what world_boot() returned */
};

extern struct world world;

/* Check fixtures. */
void world_setup(void);
void world_teardown(void);

/* Puts tree[i] into the package at load_address of partition i. */
void world_pack(unsigned i);
/* Changes word `word` of the header of package i. */
void world_header(unsigned i, unsigned word, uint32_t value);

/* Packs both and boots; true when the SPMC came up. Locks must be free and maps undone. */
bool world_boot(void);
/* world_boot() must fail with this code and `text` in the diagnostic, which is logged too. */
void world_boot_fails(enum manifest_code code, const char *text);

struct partition *world_one(void);
struct partition *world_two(void);

#endif
