/* SPDX-License-Identifier: BSD-3-Clause */
/* Tapes. Input: the file. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "sim/replay/tape.h"

static char *written(const struct tape *tape, size_t *size)
{
    char *text;
    FILE *file = open_memstream(&text, size);
    bool closed;

    ck_assert_ptr_nonnull(file);
    tape_put(tape, file);
    closed = fclose(file) == 0;
    ck_assert(closed);
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct tape tape;
    static struct tape back;
    struct sim_error err = {SIM_PASS, ""};
    size_t first_size;
    size_t second_size;
    char *first;
    char *second;

    if (!tape_parse((const char *)data, size, "input", &tape, &err)) {
        ck_assert_int_eq(err.status, SIM_BAD_INPUT);
        ck_assert(strncmp(err.text, "input:", 6) == 0);
        for (const char *at = err.text; *at != '\0'; at++) {
            ck_assert_msg(*at >= ' ' && *at <= '~', "\"%s\"", err.text);
        }
        return 0;
    }
    first = written(&tape, &first_size);
    ck_assert_msg(tape_parse(first, first_size, "again", &back, &err), "%s", err.text);
    second = written(&back, &second_size);
    ck_assert_uint_eq(first_size, second_size);
    ck_assert_int_eq(memcmp(first, second, first_size), 0);
    free(first);
    free(second);
    tape_free(&tape);
    tape_free(&back);
    return 0;
}
