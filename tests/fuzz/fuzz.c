/* SPDX-License-Identifier: BSD-3-Clause */
#include "fuzz.h"

#include <string.h>

uint8_t *exact_copy(const void *data, size_t size)
{
    uint8_t *copy = malloc(size != 0 ? size : 1);

    ck_assert_ptr_nonnull(copy);
    if (size != 0) {
        memcpy(copy, data, size);
    }
    return copy;
}

void check_diag(bool accepted, const struct manifest_diag *diag)
{
    const char *end = memchr(diag->text, '\0', sizeof(diag->text));

    ck_assert_ptr_nonnull(end);
    ck_assert(accepted == (diag->code == MANIFEST_OK));
    ck_assert(accepted == (end == diag->text));
    for (const char *at = diag->text; at != end; at++) {
        ck_assert_msg(*at >= ' ' && *at <= '~', "\"%s\"", diag->text);
    }
}
