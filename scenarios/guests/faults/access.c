/* SPDX-License-Identifier: BSD-3-Clause */
#include "access.h"

bool access_writes(enum access access)
{
    return access >= ACCESS_STRB && access != ACCESS_FETCH;
}

#define INSTRUCTION(text) \
    __asm__ volatile(text : "+r"(at) : "r"(zero) : "x9", "x10", "x30", "memory")

static void load(enum access access, uintptr_t address)
{
    uintptr_t at = address;
    uint64_t zero = 0;

    switch (access) {
    case ACCESS_LDRB:
        INSTRUCTION("ldrb w9, [%0]");
        break;
    case ACCESS_LDRH:
        INSTRUCTION("ldrh w9, [%0]");
        break;
    case ACCESS_LDR_W:
        INSTRUCTION("ldr w9, [%0]");
        break;
    case ACCESS_LDR_X:
        INSTRUCTION("ldr x9, [%0]");
        break;
    case ACCESS_LDRSB_X:
        INSTRUCTION("ldrsb x10, [%0]");
        break;
    case ACCESS_LDRSH_W:
        INSTRUCTION("ldrsh w10, [%0]");
        break;
    case ACCESS_LDRSW:
        INSTRUCTION("ldrsw x10, [%0]");
        break;
    case ACCESS_LDR_OFFSET:
        at -= 16;
        INSTRUCTION("ldr x10, [%0, #16]");
        break;
    case ACCESS_LDR_REGISTER:
        INSTRUCTION("ldr w10, [%0, %1]");
        break;
    case ACCESS_LDUR:
        at += 8;
        INSTRUCTION("ldur x10, [%0, #-8]");
        break;
    case ACCESS_LDR_POST:
        INSTRUCTION("ldr x9, [%0], #8");
        break;
    case ACCESS_LDP:
        INSTRUCTION("ldp x9, x10, [%0]");
        break;
    case ACCESS_LDAR:
        INSTRUCTION("ldar x9, [%0]");
        break;
    default:
        INSTRUCTION("ldxr w9, [%0]");
        break;
    }
}

static void store(enum access access, uintptr_t address)
{
    uintptr_t at = address;
    uint64_t zero = 0;

    switch (access) {
    case ACCESS_STRB:
        INSTRUCTION("strb wzr, [%0]");
        break;
    case ACCESS_STRH:
        INSTRUCTION("strh wzr, [%0]");
        break;
    case ACCESS_STR_W:
        INSTRUCTION("str wzr, [%0]");
        break;
    case ACCESS_STR_X:
        INSTRUCTION("str xzr, [%0]");
        break;
    case ACCESS_STR_X9:
        INSTRUCTION("str x9, [%0]");
        break;
    case ACCESS_STR_PRE:
        at -= 8;
        INSTRUCTION("str xzr, [%0, #8]!");
        break;
    case ACCESS_STP:
        INSTRUCTION("stp xzr, xzr, [%0]");
        break;
    case ACCESS_STLR:
        INSTRUCTION("stlr wzr, [%0]");
        break;
    default:
        INSTRUCTION("dc zva, %0");
        break;
    }
}

void access_make(enum access access, uintptr_t address)
{
    if (access == ACCESS_FETCH) {
        uintptr_t at = address;
        uint64_t zero = 0;

        INSTRUCTION("blr %0");
    } else if (access_writes(access)) {
        store(access, address);
    } else {
        load(access, address);
    }
}
