/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The manifest readers and the checks between manifests. Input: one byte of mode, then
 *
 *   mode & 3 == 0: an SPMC manifest
 *   mode & 3 == 1: a partition manifest; it is checked against a good SPMC manifest
 *   mode & 3 == 2: 16 bits of length, an SPMC manifest of so many bytes, a partition manifest
 *   mode & 3 == 3: edits of a good tree (mode & 4: the SPMC's, else a partition's of binding
 *       mode & 8), so that whatever comes is a device tree: see edit()
 */
#include <libfdt.h>
#include <string.h>

#include "fuzz.h"
#include "spmc/manifest.h"
#include "tree.h"

#define CPUS      4u
#define EDITS     16u
#define VALUE_MAX 32u

static struct tree good_spmc;
static struct tree good_partition[2];
static struct tree small_partition;
static bool made;

static const struct manifest_range spmc_range = {0x0e100000u, 0x400000u};

static void make_trees(void)
{
    if (!made) {
        tree_spmc(&good_spmc, CPUS);
        tree_partition(&good_partition[0], 0, 1);
        tree_partition(&good_partition[1], 1, 1);
        tree_small_partition(&small_partition, CPUS);
        made = true;
    }
}

static void check_spmc(const struct spmc_manifest *m)
{
    ck_assert(m->cpu_count != 0 && m->cpu_count <= MANIFEST_MAX_CPUS);
    ck_assert_uint_le(m->vm_count, MANIFEST_MAX_PARTITIONS);
    ck_assert_uint_le(m->secure_memory.count, MANIFEST_MAX_MEMORY_RANGES);
    ck_assert_uint_le(m->ns_memory.count, MANIFEST_MAX_MEMORY_RANGES);
    ck_assert_uint_le(m->secure_device.count, MANIFEST_MAX_MEMORY_RANGES);
    ck_assert_uint_le(m->ns_device.count, MANIFEST_MAX_MEMORY_RANGES);
    for (uint32_t i = 0; i < m->vm_count; i++) {
        ck_assert_uint_le(m->vm[i].smc_allowed_count, MANIFEST_MAX_SMC_ALLOWED);
        ck_assert_ptr_nonnull(memchr(m->vm[i].name, '\0', sizeof(m->vm[i].name)));
    }
    for (uint32_t i = 0; i < m->ns_memory.count; i++) {
        const struct manifest_range *r = &m->ns_memory.range[i];

        ck_assert(r->size_bytes != 0 && r->base <= UINT64_MAX - r->size_bytes);
        (void)manifest_is_ns_memory(m, spmc_range, *r);
    }
}

static void check_partition(const struct partition_manifest *m)
{
    ck_assert_uint_le(m->service_count, MANIFEST_MAX_SERVICES);
    ck_assert_uint_le(m->mem_region_count, MANIFEST_MAX_MEM_REGIONS);
    ck_assert_uint_le(m->dev_region_count, MANIFEST_MAX_DEV_REGIONS);
    ck_assert_uint_ne(m->execution_ctx_count, 0);
    if (m->has_rxtx) {
        ck_assert_uint_lt(m->rx_region, m->mem_region_count);
        ck_assert_uint_lt(m->tx_region, m->mem_region_count);
    }
    if (m->live_activation_support) {
        ck_assert_uint_le(m->live_activation_register, 7);
        ck_assert_uint_lt(m->live_state_region, MANIFEST_MAX_MEM_REGIONS);
    }
    for (uint32_t i = 0; i < m->mem_region_count; i++) {
        ck_assert_uint_ne(m->mem_region[i].page_count, 0);
        ck_assert_uint_le(m->mem_region[i].stream_count, MANIFEST_MAX_STREAMS);
    }
    for (uint32_t i = 0; i < m->dev_region_count; i++) {
        ck_assert_uint_ne(m->dev_region[i].page_count, 0);
        ck_assert_uint_le(m->dev_region[i].stream_count, MANIFEST_MAX_STREAMS);
        ck_assert_uint_le(m->dev_region[i].interrupt_count, MANIFEST_MAX_DEV_INTERRUPTS);
    }
}

static bool read_spmc(const void *fdt, size_t size, struct spmc_manifest *out)
{
    struct manifest_diag diag = {0};
    uint8_t *copy = exact_copy(fdt, size);
    bool ok = manifest_read_spmc(copy, size, out, &diag);

    free(copy);
    check_diag(ok, &diag);
    if (ok) {
        check_spmc(out);
    }
    return ok;
}

static bool read_partition(const void *fdt, size_t size, struct partition_manifest *out)
{
    struct manifest_diag diag = {0};
    uint8_t *copy = exact_copy(fdt, size);
    bool ok = manifest_read_partition(copy, size, out, &diag);

    free(copy);
    check_diag(ok, &diag);
    if (ok) {
        check_partition(out);
    }
    return ok;
}

/* Every vm node gets this partition, or the small one: once alone, then all of them. */
static void cross_check(const struct spmc_manifest *spmc,
                        const struct partition_manifest *partition)
{
    const struct partition_manifest *list[MANIFEST_MAX_PARTITIONS];
    static struct partition_manifest small;
    struct manifest_diag diag;
    bool ok;

    ck_assert(read_partition(small_partition.blob, sizeof(small_partition.blob), &small));
    for (uint32_t i = 0; i < spmc->vm_count; i++) {
        memset(&diag, 0, sizeof(diag));
        ok = manifest_check_partition(spmc, i, partition, &diag);
        check_diag(ok, &diag);
        list[i] = i == 0 ? partition : &small;
    }
    memset(&diag, 0, sizeof(diag));
    ok = manifest_check_all(spmc, spmc_range, list, &diag);
    check_diag(ok, &diag);
}

static void run(const void *spmc_fdt, size_t spmc_size, const void *fdt, size_t size)
{
    static struct spmc_manifest spmc;
    static struct partition_manifest partition;
    bool ok = read_spmc(spmc_fdt, spmc_size, &spmc);

    if (read_partition(fdt, size, &partition) && ok) {
        cross_check(&spmc, &partition);
    }
}

/* Offset of property number `wanted` of the tree, counted around; -1: there is none. */
static int property_at(const void *fdt, unsigned wanted, int *node)
{
    int count = 0;

    for (unsigned round = 0; round < 2; round++) {
        int seen = 0;

        for (int at = 0; at >= 0; at = fdt_next_node(fdt, at, NULL)) {
            int property;

            fdt_for_each_property_offset(property, fdt, at)
            {
                if (round == 1 && (unsigned)seen == wanted % (unsigned)count) {
                    *node = at;
                    return property;
                }
                seen++;
            }
        }
        if (seen == 0) {
            return -1;
        }
        count = seen;
    }
    return -1;
}

/*
 * One edit: a property (16 bits), what to do with it and with what. 0, 1: a byte of its value;
 * 2: another size; 3: away with it; 4: the value of another one; 5: its node; 6: a node more.
 */
static void edit(struct tree *tree, struct input *in)
{
    char name[32];
    uint8_t value[VALUE_MAX] = {0};
    const char *found;
    const uint8_t *old;
    int size = 0;
    int node = 0;
    int at = property_at(tree->blob, take16(in), &node);
    unsigned what = take8(in) % 7u;
    unsigned arg = take8(in);

    if (at < 0) {
        return;
    }
    old = fdt_getprop_by_offset(tree->blob, at, &found, &size);
    strncpy(name, found, sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    memcpy(value, old, (size_t)size < sizeof(value) ? (size_t)size : sizeof(value));
    switch (what) {
    case 0:
    case 1:
        if (size > 0 && (size_t)size <= sizeof(value)) {
            value[arg % (unsigned)size] = take8(in);
            (void)fdt_setprop(tree->blob, node, name, value, size);
        }
        break;
    case 2:
        (void)fdt_setprop(tree->blob, node, name, value, (int)(arg % (VALUE_MAX + 1u)));
        break;
    case 3:
        (void)fdt_delprop(tree->blob, node, name);
        break;
    case 4: {
        int other_size;
        int other_node;
        int other = property_at(tree->blob, arg, &other_node);
        const void *bytes = fdt_getprop_by_offset(tree->blob, other, NULL, &other_size);

        if (other_size <= (int)sizeof(value)) {
            memcpy(value, bytes, (size_t)other_size);
            (void)fdt_setprop(tree->blob, node, name, value, other_size);
        }
        break;
    }
    case 5:
        if (node != 0 && arg % 4u == 0) {
            (void)fdt_del_node(tree->blob, node);
        }
        break;
    default:
        snprintf(name, sizeof(name), "n%u", arg);
        (void)fdt_add_subnode(tree->blob, node, name);
        break;
    }
}

static void run_edited(struct input *in, uint8_t mode)
{
    static struct tree tree;
    bool spmc = (mode & 4u) != 0;
    const struct tree *other = spmc ? &good_partition[0] : &good_spmc;

    tree = spmc ? good_spmc : good_partition[(mode & 8u) != 0];
    for (unsigned n = 0; n < EDITS && in->left != 0; n++) {
        edit(&tree, in);
    }
    if (spmc) {
        run(tree.blob, sizeof(tree.blob), other->blob, sizeof(other->blob));
    } else {
        run(other->blob, sizeof(other->blob), tree.blob, sizeof(tree.blob));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct spmc_manifest spmc;
    struct input in = {data, size};
    uint8_t mode = take8(&in);
    size_t first;

    make_trees();
    switch (mode & 3u) {
    case 0:
        (void)read_spmc(in.at, in.left, &spmc);
        break;
    case 1:
        run(good_spmc.blob, sizeof(good_spmc.blob), in.at, in.left);
        break;
    case 2:
        first = take16(&in);
        first = first < in.left ? first : in.left;
        run(in.at, first, in.at + first, in.left - first);
        break;
    default:
        run_edited(&in, mode);
        break;
    }
    return 0;
}
