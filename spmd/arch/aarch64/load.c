/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a boot loader does: the flash holds a load list, a device tree (compatible "orrery,flash")
 * whose /loads nodes say what goes where, and where the normal world starts. See docs/hardware.md.
 */
#include <libfdt.h>

#include "el3.h"
#include "spmc/mem.h"

static uint64_t number(const void *fdt, int node, const char *name)
{
    int length;
    const void *value = fdt_getprop(fdt, node, name, &length);

    if (value == NULL || (length != 4 && length != 8)) {
        console_text("el3: load list: ");
        console_text(name);
        console_text("\n");
        el3_panic("a number is missing in the load list, node at ", (uint64_t)(uint32_t)node);
    }
    return length == 4 ? fdt32_ld(value) : fdt64_ld(value);
}

static void load_one(const void *fdt, int node)
{
    uint64_t source = number(fdt, node, "source");
    uint64_t size = number(fdt, node, "size");
    uint64_t destination = number(fdt, node, "destination");
    uint64_t line = 64;

    if (source > EL3_FLASH_END || size > EL3_FLASH_END - source) {
        el3_panic("the load list names something behind the flash, at ", source);
    }
    memcpy((void *)(uintptr_t)destination, (const void *)(uintptr_t)source, (size_t)size);
    /* Who runs it starts with caches off. */
    for (uint64_t at = destination & ~(line - 1); at < destination + size; at += line) {
        __asm__ volatile("dc civac, %0" : : "r"(at) : "memory");
    }
    __asm__ volatile("dsb sy" : : : "memory");
}

void load_all(struct el3 *el3)
{
    const void *fdt = (const void *)(uintptr_t)EL3_FLASH_LIST;
    int loads;
    int node;

    if (fdt_check_header(fdt) != 0 || fdt_node_check_compatible(fdt, 0, "orrery,flash") != 0) {
        el3_panic("the flash holds no load list at ", EL3_FLASH_LIST);
    }
    loads = fdt_path_offset(fdt, "/loads");
    fdt_for_each_subnode(node, fdt, loads)
    {
        load_one(fdt, node);
    }
    node = fdt_path_offset(fdt, "/normal-world");
    el3->normal_world_entry = number(fdt, node, "entry");
    el3->normal_world_el = (uint32_t)number(fdt, node, "exception-level");
    el3->spmc_manifest = number(fdt, fdt_path_offset(fdt, "/spmc-manifest"), "address");
    el3->pe_count = (uint32_t)number(fdt, 0, "pe-count");
    if (el3->pe_count == 0 || el3->pe_count > EL3_MAX_PES) {
        el3_panic("pe-count in the load list: ", el3->pe_count);
    }
}
