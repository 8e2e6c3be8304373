/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A64 loads and stores, decoded as far as fault syndromes need it: the address that the instruction
 * uses and what ESR_ELx.ISS says about it (Arm ARM, C4.1 and D17.2.37).
 */
#ifndef SIM_LOADSTORE_H
#define SIM_LOADSTORE_H

#include <stdbool.h>
#include <stdint.h>

struct loadstore {
    bool write;
    bool maintenance; /* cache maintenance by address: CM and WnR are set */
    /* ISS[23:14], only where the architecture gives it: one general register, no write-back. */
    bool isv;
    uint8_t sas; /* log2 of the access size in bytes */
    bool sse;    /* sign-extending */
    uint8_t srt; /* register number */
    bool sf;     /* 64-bit register */
    bool ar;     /* acquire or release */
    /* Address: literal ? pc + offset : base register (31: SP) + offset + extended index. */
    bool literal;
    uint8_t base;
    int64_t offset;
    bool indexed;
    uint8_t index;
    uint8_t extend; /* option field */
    uint8_t shift;
};

/* False: not a load, store or maintenance instruction with an address. */
bool loadstore_decode(uint32_t instruction, struct loadstore *out);

/* The address; x[0..30] and sp are the registers before the instruction. */
uint64_t loadstore_address(const struct loadstore *access, uint64_t pc, const uint64_t x[31],
                           uint64_t sp);

#endif
