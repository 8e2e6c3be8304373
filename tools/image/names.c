/* SPDX-License-Identifier: BSD-3-Clause */
/* Names of the numbers in an ELF file. */
#include <elf.h>
#include <inttypes.h>
#include <stdio.h>

#include "image.h"

struct named {
    uint32_t value;
    const char *name;
};

static const char *find(const struct named *list, size_t count, uint32_t value, char *buffer,
                        size_t size)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i].value == value) {
            return list[i].name;
        }
    }
    snprintf(buffer, size, "type %" PRIu32, value);
    return buffer;
}

const char *relocation_name(uint32_t type, char *buffer, size_t size)
{
    static const struct named list[] = {
        {R_AARCH64_NONE, "R_AARCH64_NONE"},
        {R_AARCH64_ABS64, "R_AARCH64_ABS64"},
        {R_AARCH64_ABS32, "R_AARCH64_ABS32"},
        {R_AARCH64_ABS16, "R_AARCH64_ABS16"},
        {R_AARCH64_COPY, "R_AARCH64_COPY"},
        {R_AARCH64_GLOB_DAT, "R_AARCH64_GLOB_DAT"},
        {R_AARCH64_JUMP_SLOT, "R_AARCH64_JUMP_SLOT"},
        {R_AARCH64_RELATIVE, "R_AARCH64_RELATIVE"},
        {R_AARCH64_TLS_DTPMOD, "R_AARCH64_TLS_DTPMOD"},
        {R_AARCH64_TLS_DTPREL, "R_AARCH64_TLS_DTPREL"},
        {R_AARCH64_TLS_TPREL, "R_AARCH64_TLS_TPREL"},
        {R_AARCH64_TLSDESC, "R_AARCH64_TLSDESC"},
        {R_AARCH64_IRELATIVE, "R_AARCH64_IRELATIVE"},
    };

    return find(list, sizeof(list) / sizeof(list[0]), type, buffer, size);
}

const char *segment_type_name(uint32_t type, char *buffer, size_t size)
{
    static const struct named list[] = {
        {PT_NULL, "NULL"},
        {PT_LOAD, "LOAD"},
        {PT_DYNAMIC, "DYNAMIC"},
        {PT_INTERP, "INTERP"},
        {PT_NOTE, "NOTE"},
        {PT_PHDR, "PHDR"},
        {PT_TLS, "TLS"},
        {PT_GNU_STACK, "GNU_STACK"},
        {PT_GNU_RELRO, "GNU_RELRO"},
        {PT_GNU_EH_FRAME, "GNU_EH_FRAME"},
    };

    return find(list, sizeof(list) / sizeof(list[0]), type, buffer, size);
}

const char *segment_flags_name(uint32_t flags)
{
    static const char *const names[8] = {"---", "--X", "-W-", "-WX", "R--", "R-X", "RW-", "RWX"};

    return names[flags & (PF_R | PF_W | PF_X)];
}
