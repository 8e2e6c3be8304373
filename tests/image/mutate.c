/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * mutate ORRERY_IMAGE ELF DTB: writes spoiled copies into the current folder, one after the other,
 * and wants of every run: exit status 0, 1 or 2, no signal, no long run, and on stderr one line for
 * status 2, nothing otherwise (a sanitizer's report would be more).
 */
#define _POSIX_C_SOURCE 200809L
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_BYTES   (1u << 20)
#define CPU_SECONDS 20u
#define RANDOM_RUNS 500u

struct blob {
    uint8_t data[MAX_BYTES];
    size_t size;
};

static const char *tool;
static struct blob elf;
static struct blob dtb;
static unsigned runs;
static unsigned bad;
static unsigned by_status[3];

static void die(const char *what)
{
    fprintf(stderr, "mutate: %s\n", what);
    exit(3);
}

static void load(const char *path, struct blob *out)
{
    FILE *file = fopen(path, "rb");

    if (file == NULL) {
        die(path);
    }
    out->size = fread(out->data, 1, sizeof(out->data), file);
    fclose(file);
    if (out->size == 0 || out->size == sizeof(out->data)) {
        die("an input is empty, or larger than 1 MiB");
    }
}

static void store(const char *path, const uint8_t *data, size_t size)
{
    FILE *file = fopen(path, "wb");

    if (file == NULL || fwrite(data, 1, size, file) != size || fclose(file) != 0) {
        die("can not write a mutant");
    }
}

static _Noreturn void become_tool(const char *command, const char *image, const char *manifest)
{
    const struct rlimit limit = {CPU_SECONDS, CPU_SECONDS};
    int out = open("out", O_WRONLY | O_CREAT | O_TRUNC, 0600);
    int err = open("err", O_WRONLY | O_CREAT | O_TRUNC, 0600);

    if (out < 0 || err < 0 || dup2(out, STDOUT_FILENO) < 0 || dup2(err, STDERR_FILENO) < 0 ||
        setrlimit(RLIMIT_CPU, &limit) != 0) {
        _exit(126);
    }
    execl(tool, tool, command, image, "--manifest", manifest, (char *)NULL);
    _exit(127);
}

static unsigned error_lines(void)
{
    FILE *file = fopen("err", "rb");
    unsigned lines = 0;
    int c;

    while (file != NULL && (c = fgetc(file)) != EOF) {
        lines += c == '\n' ? 1 : 0;
    }
    if (file != NULL) {
        fclose(file);
    }
    return lines;
}

static void run(const char *image, const char *manifest, const char *what, size_t at,
                uint64_t value)
{
    const char *command = runs % 4 == 3 ? "info" : "check";
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        become_tool(command, image, manifest);
    }
    if (child < 0 || waitpid(child, &status, 0) != child) {
        die("can not run the tool");
    }
    runs++;
    if (WIFEXITED(status) && WEXITSTATUS(status) <= 2 &&
        error_lines() == (WEXITSTATUS(status) == 2 ? 1u : 0u)) {
        by_status[WEXITSTATUS(status)]++;
        return;
    }
    bad++;
    printf("FAILED %s, %s at %zu, value 0x%llx: ", command, what, at, (unsigned long long)value);
    if (WIFSIGNALED(status)) {
        printf("signal %d\n", WTERMSIG(status));
    } else {
        printf("status %d, %u lines on stderr\n", WEXITSTATUS(status), error_lines());
    }
}

/* value at `at`, in the byte order of the file, for one run */
static void spoil(struct blob *blob, bool is_elf, size_t at, uint64_t value, unsigned bytes)
{
    uint8_t saved[8];

    if (at > blob->size || blob->size - at < bytes) {
        return;
    }
    memcpy(saved, &blob->data[at], bytes);
    for (unsigned i = 0; i < bytes; i++) {
        blob->data[at + i] = (uint8_t)(value >> (is_elf ? i : bytes - 1 - i) * 8);
    }
    store("mutant", blob->data, blob->size);
    run(is_elf ? "mutant" : "good.elf", is_elf ? "good.dtb" : "mutant", is_elf ? "ELF" : "DTB", at,
        value);
    memcpy(&blob->data[at], saved, bytes);
}

static void truncate_all(const struct blob *blob, bool is_elf)
{
    size_t step = 1;

    for (size_t size = 0; size < blob->size; size += step) {
        step = size < 160 ? 5 : blob->size / 64 + 1;
        store("mutant", blob->data, size);
        run(is_elf ? "mutant" : "good.elf", is_elf ? "good.dtb" : "mutant",
            is_elf ? "ELF cut" : "DTB cut", size, 0);
    }
}

static uint64_t read64(size_t at)
{
    uint64_t value = 0;

    for (unsigned i = 8; i-- > 0;) {
        value = value << 8 | elf.data[at + i];
    }
    return value;
}

/* Fields of the headers that start at `start`: the ends of what a number can say */
static void spoil_fields(size_t start, size_t end)
{
    const uint64_t values[] = {UINT64_MAX, 0, elf.size - 1, UINT64_C(1) << 63, 0x7fffffff};

    for (size_t at = start; at + 8 <= end && at + 8 <= elf.size; at += 8) {
        spoil(&elf, true, at, values[at / 8 % 5], 8);
        spoil(&elf, true, at, values[(at / 8 + 1) % 5], 8);
        spoil(&elf, true, at, read64(at) + 1, 8);
        spoil(&elf, true, at + 4, 0xffffffffu, 4);
        spoil(&elf, true, at, elf.data[at] ^ 0x80u, 1);
    }
}

static void spoil_at_random(struct blob *blob, bool is_elf)
{
    uint32_t state = 20240229u;

    for (unsigned i = 0; i < RANDOM_RUNS; i++) {
        size_t at;

        state = state * 1664525u + 1013904223u;
        at = (size_t)(state >> 4) % blob->size;
        state = state * 1664525u + 1013904223u;
        spoil(blob, is_elf, at, state >> 16, (state >> 8) % 2 + 1);
    }
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        die("want ORRERY_IMAGE ELF DTB");
    }
    tool = argv[1];
    load(argv[2], &elf);
    load(argv[3], &dtb);
    store("good.elf", elf.data, elf.size);
    store("good.dtb", dtb.data, dtb.size);
    truncate_all(&elf, true);
    truncate_all(&dtb, false);
    spoil_fields(0, 64 + 5 * 56);
    spoil_fields((size_t)read64(40), elf.size);
    spoil_at_random(&elf, true);
    for (size_t at = 0; at < dtb.size; at += 4) {
        spoil(&dtb, false, at, at % 8 == 0 ? 0xffffffffu : 0x7fffffffu, 4);
        spoil(&dtb, false, at, at % 12, 4);
    }
    spoil_at_random(&dtb, false);
    printf("%u mutants: %u with status 0, %u with 1, %u with 2, %u bad\n", runs, by_status[0],
           by_status[1], by_status[2], bad);
    return bad == 0 && by_status[0] != 0 && by_status[1] != 0 && by_status[2] != 0 ? 0 : 1;
}
