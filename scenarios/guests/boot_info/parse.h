/* SPDX-License-Identifier: BSD-3-Clause */
/* Boot information as a partition reads it (FF-A v1.2, 5.4), and as it was in FF-A 1.0. */
#ifndef BOOT_INFO_PARSE_H
#define BOOT_INFO_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BOOT_INFO_TYPE_FDT    0u
#define BOOT_INFO_TYPE_HOB    1u
#define BOOT_INFO_MOST        4u
#define BOOT_INFO_NO_REGISTER 4u
#define BOOT_INFO_FORM_1_0    0x10000u

struct boot_info_item {
    uint32_t type;
    uint64_t size_bytes;
    uint64_t address;
};

struct boot_info {
    unsigned gp_register; /* BOOT_INFO_NO_REGISTER: none was set, and the rest is zero */
    uint64_t base;
    uint32_t form; /* BOOT_INFO_FORM_1_0, or the version in the header */
    uint32_t size_bytes;
    uint32_t count;
    struct boot_info_item item[BOOT_INFO_MOST];
};

/* Finds and reads it, and maps what it names. Whatever is not as it should be ends the guest. */
void boot_info_parse(struct boot_info *out);

/* A 32-bit property of the root of a device tree; false: it has none of that name. */
bool fdt_root_u32(const uint8_t *fdt, size_t size_bytes, const char *name, uint32_t *value);

#endif
