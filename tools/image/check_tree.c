/* SPDX-License-Identifier: BSD-3-Clause */
/* The image against the SPMC manifest: does it fit where the boot loader will put it? */
#include <inttypes.h>
#include <string.h>

#include "check.h"

#define TREE_LIMIT_BYTES 65536u /* the image has room for a copy of the manifest */
#define SPMC_ID          0x8000u
#define ADDRESS_END      (UINT64_C(1) << 48)

/* Where the SPMC and its working memory will lie */
struct place {
    bool known;
    uint64_t base;
    uint64_t size;
};

static bool overlaps(uint64_t base, uint64_t size, uint64_t other, uint64_t other_size)
{
    return size != 0 && other_size != 0 &&
           (base >= other ? base - other < other_size : other - base < size);
}

static bool is_inside(uint64_t base, uint64_t size, uint64_t other, uint64_t other_size)
{
    return base >= other && base - other <= other_size && size <= other_size - (base - other);
}

static void check_readers(struct report *report, const struct tree *tree)
{
    if (!tree->is_manifest) {
        report_failed(report, "manifest", "/: compatible: want \"arm,ffa-core-manifest-1.0\"");
    } else if (tree->size > TREE_LIMIT_BYTES) {
        report_failed(report, "manifest", "%zu bytes, want at most %u: the SPMC copies it",
                      tree->size, TREE_LIMIT_BYTES);
    } else if (tree->spmc_says[0] != '\0') {
        report_failed(report, "manifest", "the SPMC refuses it: %s", tree->spmc_says);
    } else {
        report_ok(report, "manifest", "%zu bytes, the SPMC reads it", tree->size);
    }
}

static void check_attribute(struct report *report, const struct tree *tree)
{
    if (!tree->has_attribute) {
        report_failed(report, "attribute", "the node /attribute is missing, EL3 needs it");
        return;
    }
    for (int i = 0; i < TREE_ATTRIBUTES; i++) {
        if (!tree->attribute[i].present) {
            report_failed(report, "attribute",
                          "/attribute: %s is missing, want a number of one or "
                          "two cells",
                          tree_attribute_name(i));
            return;
        }
    }
    if (tree->attribute[TREE_SPMC_ID].value != SPMC_ID) {
        report_failed(report, "attribute", "/attribute: spmc_id: found 0x%" PRIx64 ", want 0x%x",
                      tree->attribute[TREE_SPMC_ID].value, SPMC_ID);
    } else if (tree->spmd_says[0] != '\0') {
        report_failed(report, "attribute", "the SPMD refuses it: %s", tree->spmd_says);
    } else {
        report_ok(report, "attribute", "spmc_id 0x%x, FF-A %" PRIu64 ".%" PRIu64 ", AArch64",
                  SPMC_ID, tree->attribute[TREE_MAJ_VER].value,
                  tree->attribute[TREE_MIN_VER].value);
    }
}

static struct place check_place(struct report *report, const struct image *image,
                                const struct tree *tree)
{
    const struct tree_number *load = &tree->attribute[TREE_LOAD_ADDRESS];
    uint64_t size = image->high - image->low;

    if (!load->present) {
        return (struct place){0}; /* check_attribute() has said so */
    }
    if (load->value == 0 || load->value % IMAGE_PAGE != 0) {
        report_failed(report, "load address",
                      "/attribute: load_address: found 0x%" PRIx64
                      ", want a multiple of 4096 above 0",
                      load->value);
        return (struct place){0};
    }
    if (load->value >= ADDRESS_END || size > ADDRESS_END - load->value) {
        report_failed(report, "load address",
                      "/attribute: load_address: found 0x%" PRIx64 " for 0x%" PRIx64
                      " bytes, want memory below 2^48",
                      load->value, size);
        return (struct place){0};
    }
    report_ok(report, "load address", "memory of the SPMC is 0x%" PRIx64 " + 0x%" PRIx64,
              load->value, size);
    return (struct place){true, load->value, size};
}

static void check_entrypoint(struct report *report, const struct image *image,
                             const struct tree *tree)
{
    const struct tree_number *load = &tree->attribute[TREE_LOAD_ADDRESS];
    const struct tree_number *entrypoint = &tree->attribute[TREE_ENTRYPOINT];
    uint64_t offset = image->entry - image->low;

    if (!load->present || !entrypoint->present) {
        return;
    }
    if (entrypoint->value != load->value + offset) {
        report_failed(report, "entrypoint",
                      "/attribute: entrypoint: found 0x%" PRIx64 ", want 0x%" PRIx64
                      ": load_address and the image's entry 0x%" PRIx64,
                      entrypoint->value, load->value + offset, offset);
        return;
    }
    report_ok(report, "entrypoint", "0x%" PRIx64 ", load_address and the image's entry",
              entrypoint->value);
}

static void check_binary_size(struct report *report, const struct image *image,
                              const struct tree *tree)
{
    const struct tree_number *binary = &tree->attribute[TREE_BINARY_SIZE];
    uint64_t memory = image->high - image->low;

    if (!binary->present) {
        return;
    }
    if (binary->value < image->raw_bytes || binary->value > memory) {
        report_failed(report, "binary size",
                      "/attribute: binary_size: found 0x%" PRIx64 ", want 0x%" PRIx64
                      " (the raw image) to 0x%" PRIx64 " (memory of the SPMC)",
                      binary->value, image->raw_bytes, memory);
        return;
    }
    report_ok(report, "binary size", "0x%" PRIx64 " holds the raw image, 0x%" PRIx64, binary->value,
              image->raw_bytes);
}

static void check_pes(struct report *report, const struct image *image, const struct tree *tree)
{
    if (image->port_max_pes.present && tree->cpu_count > image->port_max_pes.value) {
        report_failed(report, "PEs",
                      "/cpus: found %" PRIu32 ", want at most %" PRIu64
                      ", port_max_pes of the board's spmc.ld",
                      tree->cpu_count, image->port_max_pes.value);
    } else if (tree->cpu_count == 0) {
        report_failed(report, "PEs", "/cpus: found no cpu node, want one for each PE");
    } else if (image->port_max_pes.present) {
        report_ok(report, "PEs", "%" PRIu32 " of at most %" PRIu64, tree->cpu_count,
                  image->port_max_pes.value);
    } else {
        report_ok(report, "PEs", "%" PRIu32 "; the image does not tell its limit", tree->cpu_count);
    }
}

/* A window of the normal world may hold secure memory as a whole, which is then cut out of it. */
static void check_ranges(struct report *report, const struct place *spmc, const struct tree *tree)
{
    for (uint32_t i = 0; i < tree->range_count; i++) {
        const struct tree_range *range = &tree->range[i];

        if (!overlaps(spmc->base, spmc->size, range->base, range->size) ||
            (strcmp(range->type, "ns-memory") == 0 &&
             is_inside(spmc->base, spmc->size, range->base, range->size))) {
            continue;
        }
        report_failed(report, "memory nodes",
                      "/%s: reg: 0x%" PRIx64 " + 0x%" PRIx64 " (%s) overlaps the SPMC at 0x%" PRIx64
                      " + 0x%" PRIx64 "; move one",
                      range->node, range->base, range->size, range->type, spmc->base, spmc->size);
        return;
    }
    report_ok(report, "memory nodes", "%" PRIu32 " ranges, none has memory of the SPMC",
              tree->range_count);
}

static bool is_in_secure_memory(const struct tree *tree, const struct tree_vm *vm)
{
    bool any = false;

    for (uint32_t i = 0; i < tree->range_count; i++) {
        const struct tree_range *range = &tree->range[i];

        if (strcmp(range->type, "memory") == 0) {
            any = true;
            if (is_inside(vm->load_address.value, vm->mem_size.value, range->base, range->size)) {
                return true;
            }
        }
    }
    return !any; /* as the SPMC takes it: no memory node, no rule */
}

/* false: it said what is wrong */
static bool check_vm(struct report *report, const struct place *spmc, const struct tree *tree,
                     const struct tree_vm *vm)
{
    uint64_t base = vm->load_address.value;
    uint64_t size = vm->mem_size.value;

    if (!vm->load_address.present || !vm->mem_size.present) {
        report_failed(report, "partitions",
                      "/hypervisor/%s: load_address or mem_size is missing, "
                      "want numbers",
                      vm->node);
        return false;
    }
    if (base == 0 || base % IMAGE_PAGE != 0 || size == 0 || size % IMAGE_PAGE != 0 ||
        size > UINT64_MAX - base) {
        report_failed(report, "partitions",
                      "/hypervisor/%s: found 0x%" PRIx64 " + 0x%" PRIx64
                      ", want whole pages of 4096 bytes above 0",
                      vm->node, base, size);
        return false;
    }
    if (overlaps(spmc->base, spmc->size, base, size)) {
        report_failed(report, "partitions",
                      "/hypervisor/%s: 0x%" PRIx64 " + 0x%" PRIx64
                      " overlaps the SPMC at 0x%" PRIx64 " + 0x%" PRIx64 "; move its load_address",
                      vm->node, base, size, spmc->base, spmc->size);
        return false;
    }
    if (!is_in_secure_memory(tree, vm)) {
        report_failed(report, "partitions",
                      "/hypervisor/%s: 0x%" PRIx64 " + 0x%" PRIx64
                      " lies in no node of device_type \"memory\"; move its load_address",
                      vm->node, base, size);
        return false;
    }
    return true;
}

static void check_vms(struct report *report, const struct place *spmc, const struct tree *tree)
{
    uint32_t count = tree->vm_count < TREE_MAX_VMS ? tree->vm_count : TREE_MAX_VMS;

    for (uint32_t i = 0; i < count; i++) {
        const struct tree_vm *vm = &tree->vm[i];

        if (!check_vm(report, spmc, tree, vm)) {
            return;
        }
        for (uint32_t k = 0; k < i; k++) {
            const struct tree_vm *other = &tree->vm[k];

            if (overlaps(vm->load_address.value, vm->mem_size.value, other->load_address.value,
                         other->mem_size.value)) {
                report_failed(report, "partitions",
                              "/hypervisor/%s: 0x%" PRIx64 " + 0x%" PRIx64
                              " overlaps %s; move its load_address",
                              vm->node, vm->load_address.value, vm->mem_size.value, other->node);
                return;
            }
        }
    }
    report_ok(report, "partitions", "%" PRIu32 " vm nodes, no two in the same place", count);
}

void check_tree(struct report *report, const struct image *image, const struct tree *tree)
{
    struct place spmc;

    check_readers(report, tree);
    check_attribute(report, tree);
    spmc = check_place(report, image, tree);
    check_entrypoint(report, image, tree);
    check_binary_size(report, image, tree);
    check_pes(report, image, tree);
    if (spmc.known) {
        check_ranges(report, &spmc, tree);
        check_vms(report, &spmc, tree);
    }
}
