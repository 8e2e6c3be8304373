/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packages, SPKG and transfer lists. Input: one byte of mode, then the package.
 *
 *   mode & 1: only its layout, out of a buffer that ends where the input does
 *   otherwise: the core boots with it as the first of two
 */
#include <string.h>

#include "fuzz.h"
#include "world.h"

static bool ready;

struct bytes {
    const uint8_t *at;
    size_t size;
};

static bool read_bytes(void *context, uint64_t offset, void *to, size_t size_bytes)
{
    const struct bytes *bytes = context;

    if (offset > bytes->size || size_bytes > bytes->size - offset) {
        return false;
    }
    if (size_bytes != 0) {
        memcpy(to, bytes->at + offset, size_bytes);
    }
    return true;
}

static void check_part(uint32_t offset, uint32_t size_bytes, uint64_t mem_size)
{
    ck_assert_uint_le(offset, mem_size);
    ck_assert_uint_le(size_bytes, mem_size - offset);
}

static void read_layout(const uint8_t *data, size_t size, bool exact)
{
    uint8_t *copy = exact_copy(data, size);
    struct bytes bytes = {copy, size};
    const struct package_source source = {read_bytes, &bytes};
    uint64_t mem_size = exact ? size : TREE_PARTITION_SIZE;
    uint8_t header[PACKAGE_HEADER_BYTES] = {0};
    struct package_layout layout;
    struct manifest_diag diag = {0};
    bool ok;

    memcpy(header, copy, size < sizeof(header) ? size : sizeof(header));
    memset(&layout, 0x5a, sizeof(layout));
    ok = package_read(header, &source, mem_size, &layout, &diag);
    check_diag(ok, &diag);
    if (ok) {
        check_part(layout.manifest_offset, layout.manifest_size_bytes, mem_size);
        check_part(layout.image_offset, layout.image_size_bytes, mem_size);
        check_part(layout.hob_offset, layout.hob_size_bytes, mem_size);
        ck_assert_uint_ne(layout.manifest_size_bytes, 0);
        ck_assert(is_page_aligned(layout.image_offset));
        ck_assert(layout.hob_size_bytes == 0 || layout.hob_offset >= PACKAGE_HEADER_BYTES);
        ck_assert_uint_ge(layout.manifest_offset, PACKAGE_HEADER_BYTES);
    }
    free(copy);
}

/* Buffers that a manifest asked for are the ledger's business too. */
static void check_mailbox(const struct partition *partition)
{
    const struct mailbox *mailbox = &partition->mailbox;

    for (uint32_t i = 0; mailbox->mapped && i < mailbox->page_count; i++) {
        struct ledger_page page;

        ck_assert(ledger_get(&world.pe, &world.spmc->ledger, mailbox->rx.pa + i * 0x1000u, &page));
        ck_assert(page.owner == partition->id && page.state == LEDGER_BUFFER);
        ck_assert(ledger_get(&world.pe, &world.spmc->ledger, mailbox->tx.pa + i * 0x1000u, &page));
        ck_assert(page.owner == partition->id && page.state == LEDGER_BUFFER);
    }
}

static void forget_vcpus(void)
{
    while (world.pe.vcpus != NULL) {
        struct arch_vcpu *next = world.pe.vcpus->next;

        free(world.pe.vcpus);
        world.pe.vcpus = next;
    }
}

/* It comes up with every partition whole or not at all, or says why it does not. */
static void boot(const uint8_t *data, size_t size)
{
    uint8_t *at;
    size_t room = size < TREE_PARTITION_SIZE ? size : TREE_PARTITION_SIZE;

    if (!ready) {
        world_setup();
        ready = true;
    }
    at = fake_arch_at(&world.pe, TREE_PARTITION(1), TREE_PARTITION_SIZE, PAS_SECURE);
    memset(at, 0, TREE_PARTITION_SIZE);
    if (room != 0) {
        memcpy(at, data, room);
    }
    world.pe.log_used = 0;
    if (world_boot()) {
        const struct partition *one = world_one();

        check_diag(true, spmc_boot_diag(world.spmc));
        /* The first one in boot order runs already. */
        ck_assert(one->state <= PARTITION_RUNNING);
        ck_assert(world_two()->state == PARTITION_CREATED ||
                  world_two()->state == PARTITION_RUNNING);
        check_mailbox(one);
        ck_assert(one->state == PARTITION_NULL ||
                  (one->entry >= TREE_PARTITION(1) &&
                   one->entry < TREE_PARTITION(1) + TREE_PARTITION_SIZE));
    } else {
        check_diag(false, spmc_boot_diag(world.spmc));
        ck_assert_ptr_nonnull(strstr(world.pe.log, "boot failed: "));
    }
    free(world.params.arena);
    world.params.arena = NULL;
    forget_vcpus();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, size};
    uint8_t mode = take8(&in);

    if ((mode & 1u) != 0) {
        read_layout(in.at, in.left, (mode & 2u) != 0);
    } else {
        boot(in.at, in.left);
    }
    return 0;
}
