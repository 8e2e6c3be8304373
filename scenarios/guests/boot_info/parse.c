/* SPDX-License-Identifier: BSD-3-Clause */
#include "parse.h"

#include "ffa.h"
#include "guest.h"
#include "mem.h"
#include "mmu.h"

#define SIGNATURE        0x0ffau
#define HEADER_BYTES     32u
#define DESCRIPTOR_BYTES 32u
#define OLD_SIGNATURE    0x412d4646u
#define OLD_HEADER_BYTES 8u
#define IMAGE_OFFSET     0x4000u /* of the image in its package */

#define FDT_MAGIC      0xd00dfeedu
#define FDT_BEGIN_NODE 1u
#define FDT_PROP       3u
#define FDT_NOP        4u

static uint64_t get(const uint8_t *bytes, unsigned count)
{
    uint64_t value = 0;

    while (count-- > 0) {
        value = value << 8 | bytes[count];
    }
    return value;
}

static uint32_t get_be32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static bool is_zero(const uint8_t *bytes, size_t count)
{
    while (count > 0 && bytes[count - 1] == 0) {
        count--;
    }
    return count == 0;
}

static void parse_old(const uint8_t *blob, struct boot_info *out)
{
    static const char name[16] = "TYPE_DT";

    out->form = BOOT_INFO_FORM_1_0;
    out->count = (uint32_t)get(blob + 4, 4);
    guest_assert(out->count <= BOOT_INFO_MOST);
    for (uint32_t i = 0; i < out->count; i++) {
        const uint8_t *triple = blob + OLD_HEADER_BYTES + i * DESCRIPTOR_BYTES;

        guest_assert(memcmp(triple, name, sizeof(name)) == 0);
        out->item[i].type = BOOT_INFO_TYPE_FDT;
        out->item[i].address = get(triple + 16, 8);
        out->item[i].size_bytes = get(triple + 24, 8);
    }
}

static void parse_new(const uint8_t *blob, struct boot_info *out)
{
    uint32_t first = (uint32_t)get(blob + 20, 4);

    out->form = (uint32_t)get(blob + 4, 4);
    out->size_bytes = (uint32_t)get(blob + 8, 4);
    out->count = (uint32_t)get(blob + 16, 4);
    guest_assert(out->form > BOOT_INFO_FORM_1_0 && out->form <= FFA_VERSION_1_3);
    guest_assert(get(blob + 12, 4) == DESCRIPTOR_BYTES && is_zero(blob + 24, 8));
    guest_assert(first >= HEADER_BYTES && first % 8 == 0);
    guest_assert(out->count <= BOOT_INFO_MOST);
    guest_assert(first + out->count * DESCRIPTOR_BYTES <= out->size_bytes);
    for (uint32_t i = 0; i < out->count; i++) {
        const uint8_t *at = blob + first + i * DESCRIPTOR_BYTES;

        guest_assert(is_zero(at, 16));                    /* no name */
        guest_assert(at[17] == 0 && is_zero(at + 18, 2)); /* flags: an address */
        out->item[i].type = at[16];
        out->item[i].size_bytes = get(at + 20, 4);
        out->item[i].address = get(at + 24, 8);
        /* All that is named belongs to the blob. */
        guest_assert(out->item[i].address >= out->base + first + out->count * DESCRIPTOR_BYTES);
        guest_assert(out->item[i].address + out->item[i].size_bytes <= out->base + out->size_bytes);
    }
}

static void find_register(struct boot_info *out)
{
    out->gp_register = BOOT_INFO_NO_REGISTER;
    for (unsigned i = 0; i < 4; i++) {
        if (guest_entry_registers[i] != 0) {
            guest_assert(out->gp_register == BOOT_INFO_NO_REGISTER);
            out->gp_register = i;
            out->base = guest_entry_registers[i];
        }
    }
}

void boot_info_parse(struct boot_info *out)
{
    const uint8_t *blob;

    memset(out, 0, sizeof(*out));
    find_register(out);
    if (out->gp_register == BOOT_INFO_NO_REGISTER) {
        return;
    }
    /* It is in the first page of the package. What it names lies in front of the image too. */
    guest_assert(out->base == (uintptr_t)__image_start - IMAGE_OFFSET);
    guest_assert(mmu_map((uintptr_t)out->base, IMAGE_OFFSET, MMU_READ_ONLY));
    blob = (const uint8_t *)(uintptr_t)out->base;
    if (get(blob, 4) == OLD_SIGNATURE) {
        parse_old(blob, out);
    } else {
        guest_assert(get(blob, 4) == SIGNATURE);
        parse_new(blob, out);
    }
    for (uint32_t i = 0; i < out->count; i++) {
        guest_assert(out->item[i].address >= out->base && out->item[i].size_bytes != 0);
        guest_assert(out->item[i].address + out->item[i].size_bytes <= (uintptr_t)__image_start);
    }
}

bool fdt_root_u32(const uint8_t *fdt, size_t size_bytes, const char *name, uint32_t *value)
{
    const uint8_t *at = fdt + get_be32(fdt + 8);
    const uint8_t *strings = fdt + get_be32(fdt + 12);

    guest_assert(get_be32(fdt) == FDT_MAGIC && get_be32(fdt + 4) == size_bytes);
    guest_assert(get_be32(at) == FDT_BEGIN_NODE && at[4] == '\0'); /* the root has no name */
    at += 8;
    while (get_be32(at) == FDT_PROP || get_be32(at) == FDT_NOP) {
        if (get_be32(at) == FDT_NOP) {
            at += 4;
            continue;
        }
        uint32_t length = get_be32(at + 4);
        const char *found = (const char *)strings + get_be32(at + 8);

        if (strlen(found) == strlen(name) && memcmp(found, name, strlen(name)) == 0) {
            guest_assert(length == 4);
            *value = get_be32(at + 12);
            return true;
        }
        at += 12 + ((length + 3u) & ~3u);
        guest_assert(at < fdt + size_bytes);
    }
    return false;
}
