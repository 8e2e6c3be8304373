/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Feeds files to a fuzz target without libFuzzer, with any compiler, in the same order everywhere.
 *
 *   fuzz_TARGET_replay [--mutate N] FILE|FOLDER...
 *
 * --mutate: also N damaged copies of each file, from a fixed sequence.
 */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz.h"

#define FILE_MAX_BYTES (1u << 20)

static unsigned long files;
static unsigned long mutations;
static unsigned long mutate_each;
static uint64_t lcg = 1;

static uint32_t rnd(size_t below)
{
    lcg = lcg * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((lcg >> 33) % below);
}

static _Noreturn void fail(const char *path, const char *what)
{
    fprintf(stderr, "replay: %s: %s\n", path, what);
    exit(2);
}

/* A target reads what it got and no byte more. */
static void feed(const uint8_t *data, size_t size)
{
    uint8_t *copy = exact_copy(data, size);

    (void)LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static void damage(uint8_t *data, size_t *size)
{
    for (unsigned n = 1 + rnd(4); n != 0 && *size != 0; n--) {
        size_t at = rnd(*size);

        switch (rnd(6)) {
        case 0:
            data[at] ^= (uint8_t)(1u << rnd(8));
            break;
        case 1:
            data[at] = (uint8_t)rnd(256);
            break;
        case 2:
            data[at] = rnd(2) != 0 ? 0xff : 0;
            break;
        case 3:
            data[at] = data[rnd(*size)];
            break;
        case 4: {
            /* a piece once more, somewhere else */
            size_t to = rnd(*size);
            size_t most = *size - (at > to ? at : to);

            memmove(&data[to], &data[at], rnd(most < 64 ? most : 64));
            break;
        }
        default:
            *size = rnd(8) == 0 ? at : *size;
            break;
        }
    }
}

static void replay_file(const char *path)
{
    static uint8_t data[FILE_MAX_BYTES];
    static uint8_t work[FILE_MAX_BYTES];
    FILE *file = fopen(path, "rb");
    size_t size;

    if (file == NULL) {
        fail(path, strerror(errno));
    }
    size = fread(data, 1, sizeof(data), file);
    if (ferror(file) || !feof(file)) {
        fail(path, "can not be read, or has more than 1 MiB");
    }
    fclose(file);
    feed(data, size);
    files++;
    for (unsigned long i = 0; i < mutate_each; i++) {
        size_t left = size;

        memcpy(work, data, size);
        damage(work, &left);
        feed(work, left);
        mutations++;
    }
}

static int is_shown(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void replay_path(const char *path)
{
    struct dirent **entry;
    struct stat status;
    int count;

    if (stat(path, &status) != 0) {
        fail(path, strerror(errno));
    }
    if (!S_ISDIR(status.st_mode)) {
        replay_file(path);
        return;
    }
    count = scandir(path, &entry, is_shown, alphasort);
    if (count < 0) {
        fail(path, strerror(errno));
    }
    for (int i = 0; i < count; i++) {
        size_t bytes = strlen(path) + strlen(entry[i]->d_name) + 2;
        char *name = malloc(bytes);

        ck_assert_ptr_nonnull(name);
        snprintf(name, bytes, "%s/%s", path, entry[i]->d_name);
        replay_path(name);
        free(name);
        free(entry[i]);
    }
    free(entry);
}

int main(int argc, char **argv)
{
    int first = 1;

    if (argc > 2 && strcmp(argv[1], "--mutate") == 0) {
        char *end;

        mutate_each = strtoul(argv[2], &end, 10);
        if (*argv[2] == '\0' || *end != '\0') {
            fail(argv[2], "want a number behind --mutate");
        }
        first = 3;
    }
    if (first >= argc) {
        fputs("usage: fuzz_TARGET_replay [--mutate N] FILE|FOLDER...\n", stderr);
        return 2;
    }
    for (int i = first; i < argc; i++) {
        replay_path(argv[i]);
    }
    printf("replayed: %lu files, %lu mutations\n", files, mutations);
    return 0;
}
