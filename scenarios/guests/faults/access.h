/* SPDX-License-Identifier: BSD-3-Clause */
/* One instruction each, so that the exception handler can step over it. */
#ifndef FAULTS_ACCESS_H
#define FAULTS_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

enum access {
    ACCESS_LDRB,
    ACCESS_LDRH,
    ACCESS_LDR_W,
    ACCESS_LDR_X,
    ACCESS_LDRSB_X,
    ACCESS_LDRSH_W,
    ACCESS_LDRSW,
    ACCESS_LDR_OFFSET,   /* [Xn, #imm] */
    ACCESS_LDR_REGISTER, /* [Xn, Xm] */
    ACCESS_LDUR,
    ACCESS_LDR_POST,
    ACCESS_LDP,
    ACCESS_LDAR,
    ACCESS_LDXR,
    ACCESS_STRB,
    ACCESS_STRH,
    ACCESS_STR_W,
    ACCESS_STR_X,
    ACCESS_STR_X9,
    ACCESS_STR_PRE,
    ACCESS_STP,
    ACCESS_STLR,
    ACCESS_DC_ZVA,
    ACCESS_FETCH, /* a call of what is there */
};

bool access_writes(enum access access);
void access_make(enum access access, uintptr_t address);

#endif
