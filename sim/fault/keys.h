/* SPDX-License-Identifier: BSD-3-Clause */
/* What a line of a fault can say beside its kind: spec.c reads it, print.c writes it. */
#ifndef SIM_FAULT_KEYS_H
#define SIM_FAULT_KEYS_H

#include "sim/fault/fault.h"

/* X(NAME, "name"), in the order of a canonical line */
#define FAULT_KEYS(X)             \
    X(PARTITION, "partition")     \
    X(ENDPOINT, "endpoint")       \
    X(VCPU, "vcpu")               \
    X(PE, "pe")                   \
    X(INTID, "intid")             \
    X(ADDRESS, "address")         \
    X(OFFSET, "offset")           \
    X(REG, "reg")                 \
    X(FIELD, "field")             \
    X(BIT, "bit")                 \
    X(ARG, "arg")                 \
    X(MASK, "mask")               \
    X(FOR, "for")                 \
    X(BY, "by")                   \
    X(COUNT, "count")             \
    X(RAM, "ram")                 \
    X(AT, "at")                   \
    X(POINT, "point")             \
    X(NTH, "nth")                 \
    X(CHANCE, "chance")           \
    X(MOST, "most")               \
    X(OF, "of")                   \
    X(OF_ENDPOINT, "of_endpoint") \
    X(OF_PE, "of_pe")

enum fault_key {
#define X(name, printed) KEY_##name,
    FAULT_KEYS(X)
#undef X
        KEY_COUNT_ALL
};

#define KEY_FIRST_WHEN KEY_AT

/* Does the kind have it? Those of WHEN belong to all. */
bool fault_key_fits(enum fault_kind kind, enum fault_key key);
const char *fault_key_name(enum fault_key key);

#define FAULT_REG_PC     31u
#define FAULT_REG_PSTATE 32u
#define FAULT_TIME_MOST  (3600ull * 1000000000ull) /* no run is longer */

#endif
