/* SPDX-License-Identifier: BSD-3-Clause */
/* What fuzz targets share. A target is one program: libFuzzer's, or the one that replays files. */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <check.h>
#include <stddef.h>
#include <stdint.h>

#include "spmc/manifest.h"

/* libFuzzer's entry point; 0 always. What must hold is asserted: a failure stops the process. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Bytes of an input, one after the other; zeros behind its end. */
struct input {
    const uint8_t *at;
    size_t left;
};

static inline uint8_t take8(struct input *in)
{
    if (in->left == 0) {
        return 0;
    }
    in->left--;
    return *in->at++;
}

static inline uint32_t take16(struct input *in)
{
    uint32_t low = take8(in);

    return low | (uint32_t)take8(in) << 8;
}

static inline uint64_t take64(struct input *in)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < 8; i++) {
        value |= (uint64_t)take8(in) << (8 * i);
    }
    return value;
}

/* A copy on the heap without a byte to spare: a read past its end is seen. free() it. */
uint8_t *exact_copy(const void *data, size_t size);

/* A reader that says no gives a code and one printable line, one that says yes gives neither. */
void check_diag(bool accepted, const struct manifest_diag *diag);

#endif
