/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim/cpu/loadstore.h"

#include <string.h>

static uint32_t field(uint32_t instruction, unsigned high, unsigned low)
{
    return (instruction >> low) & (~0u >> (31u - (high - low)));
}

static int64_t signed_field(uint32_t instruction, unsigned high, unsigned low)
{
    uint32_t sign = 1u << (high - low);

    return (int64_t)(field(instruction, high, low) ^ sign) - (int64_t)sign;
}

static void plain_register(struct loadstore *out, uint32_t instruction, unsigned size, unsigned opc)
{
    out->isv = true;
    out->sas = (uint8_t)size;
    out->sse = opc >= 2;
    out->sf = opc == 2 || (opc < 2 && size == 3);
    out->srt = (uint8_t)field(instruction, 4, 0);
}

static bool exclusive(uint32_t instruction, struct loadstore *out)
{
    bool ordered = field(instruction, 23, 23) != 0 && field(instruction, 21, 21) == 0;

    out->write = field(instruction, 22, 22) == 0;
    if (ordered) {
        plain_register(out, instruction, field(instruction, 31, 30), 0);
        out->ar = true;
    } else if (field(instruction, 23, 23) != 0) {
        out->write = true; /* compare and swap */
    }
    return true;
}

static bool literal(uint32_t instruction, struct loadstore *out)
{
    unsigned opc = field(instruction, 31, 30);

    out->literal = true;
    out->offset = signed_field(instruction, 23, 5) * 4;
    if (field(instruction, 26, 26) == 0 && opc < 3) {
        plain_register(out, instruction, opc == 1 ? 3 : 2, opc == 2 ? 2 : 1);
    }
    return true;
}

static bool pair(uint32_t instruction, struct loadstore *out)
{
    bool vector = field(instruction, 26, 26) != 0;
    unsigned opc = field(instruction, 31, 30);
    unsigned scale = vector ? 2 + opc : opc == 2 ? 3 : 2;

    out->write = field(instruction, 22, 22) == 0;
    if (field(instruction, 24, 23) != 1) { /* post-index: the base alone */
        out->offset = signed_field(instruction, 21, 15) * (1 << scale);
    }
    return true;
}

/* Register forms with bit 21 set: register offset, atomic operations, LDAPR, LDRAA. */
static bool register_or_atomic(uint32_t instruction, struct loadstore *out, unsigned size,
                               unsigned opc, unsigned scale)
{
    switch (field(instruction, 11, 10)) {
    case 0:
        if ((instruction & 0x3ffffc00u) == 0x38bfc000u) { /* LDAPR */
            out->write = false;
            plain_register(out, instruction, size, 1);
            out->ar = true;
        } else {
            out->write = true;
        }
        return true;
    case 2:
        out->indexed = true;
        out->index = (uint8_t)field(instruction, 20, 16);
        out->extend = (uint8_t)field(instruction, 15, 13);
        out->shift = (uint8_t)(field(instruction, 12, 12) != 0 ? scale : 0);
        if (field(instruction, 26, 26) == 0) {
            plain_register(out, instruction, size, opc);
        }
        return true;
    default: /* LDRAA, LDRAB: the base is authenticated first; its plain value is the best guess */
        out->write = false;
        out->offset =
            (signed_field(instruction, 22, 22) * 512 + (int64_t)field(instruction, 20, 12)) * 8;
        return true;
    }
}

static bool single(uint32_t instruction, struct loadstore *out)
{
    bool vector = field(instruction, 26, 26) != 0;
    unsigned size = field(instruction, 31, 30);
    unsigned opc = field(instruction, 23, 22);
    unsigned scale = vector ? size | (opc & 2u) << 1 : size;

    if (!vector && size == 3 && opc == 2) {
        return false; /* PRFM never faults */
    }
    out->write = vector ? (opc & 1u) == 0 : opc == 0;
    if (field(instruction, 24, 24) != 0) {
        out->offset = (int64_t)field(instruction, 21, 10) << scale;
        if (!vector) {
            plain_register(out, instruction, size, opc);
        }
        return true;
    }
    if (field(instruction, 21, 21) != 0) {
        return register_or_atomic(instruction, out, size, opc, scale);
    }

    unsigned form = field(instruction, 11, 10); /* unscaled, post, unprivileged, pre */
    if (form != 1) {
        out->offset = signed_field(instruction, 20, 12);
    }
    if (!vector && (form == 0 || form == 2)) {
        plain_register(out, instruction, size, opc);
    }
    return true;
}

bool loadstore_decode(uint32_t instruction, struct loadstore *out)
{
    memset(out, 0, sizeof(*out));
    out->base = (uint8_t)field(instruction, 9, 5);
    if ((instruction & 0xfff80000u) == 0xd5080000u && field(instruction, 15, 12) == 7) {
        /* DC ZVA is a store, not maintenance. */
        bool zero = field(instruction, 18, 16) == 3 && field(instruction, 11, 8) == 4;

        out->base = (uint8_t)field(instruction, 4, 0);
        out->maintenance = !zero;
        out->write = true;
        return out->base != 31;
    }
    if ((instruction & 0x3f000000u) == 0x08000000u) {
        return exclusive(instruction, out);
    }
    if ((instruction & 0x3f200c00u) == 0x19000000u) { /* LDAPUR, STLUR */
        unsigned opc = field(instruction, 23, 22);

        out->write = opc == 0;
        out->offset = signed_field(instruction, 20, 12);
        plain_register(out, instruction, field(instruction, 31, 30), opc);
        out->ar = true;
        return true;
    }
    if ((instruction & 0x3b000000u) == 0x18000000u) {
        return literal(instruction, out);
    }
    if ((instruction & 0x3a000000u) == 0x28000000u) {
        return pair(instruction, out);
    }
    if ((instruction & 0x3a000000u) == 0x38000000u) {
        return single(instruction, out);
    }
    if ((instruction & 0xbe000000u) == 0x0c000000u) { /* LD1 .. ST4: the base alone */
        out->write = field(instruction, 22, 22) == 0;
        return true;
    }
    return false;
}

static uint64_t extend(uint64_t value, unsigned option)
{
    switch (option) {
    case 2:
        return (uint32_t)value;
    case 6:
        return (uint64_t)(int64_t)(int32_t)(uint32_t)value;
    default:
        return value;
    }
}

uint64_t loadstore_address(const struct loadstore *access, uint64_t pc, const uint64_t x[31],
                           uint64_t sp)
{
    uint64_t address = access->literal ? pc : access->base == 31 ? sp : x[access->base];

    address += (uint64_t)access->offset;
    if (access->indexed && access->index != 31) {
        address += extend(x[access->index], access->extend) << access->shift;
    }
    return address;
}
