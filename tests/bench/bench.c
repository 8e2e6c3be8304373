/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "bench.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

uint64_t bench_now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t bench_processor_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

struct run_blob bench_load(const char *share, const char *name)
{
    struct run_blob blob = {0};
    char path[4096];
    FILE *file;
    long size;
    char *data;

    snprintf(path, sizeof(path), "%s/%s", share, name);
    file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0 ||
        fseek(file, 0, SEEK_SET) != 0) {
        fprintf(stderr, "orrery-bench: %s can not be read; build the project first\n", path);
        exit(SIM_BAD_INPUT);
    }
    data = malloc((size_t)size + 1);
    if (data == NULL || fread(data, 1, (size_t)size, file) != (size_t)size) {
        fprintf(stderr, "orrery-bench: %s: read error\n", path);
        exit(SIM_BAD_INPUT);
    }
    fclose(file);
    blob.data = data;
    blob.size_bytes = (size_t)size;
    blob.where = name;
    return blob;
}

uint64_t bench_resident_bytes(void)
{
    unsigned long total = 0;
    unsigned long resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");

    if (file != NULL) {
        if (fscanf(file, "%lu %lu", &total, &resident) != 2) {
            resident = 0;
        }
        fclose(file);
    }
    return (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

uint64_t bench_peak_bytes(void)
{
    struct rusage usage;

    return getrusage(RUSAGE_SELF, &usage) == 0 ? (uint64_t)usage.ru_maxrss * 1024u : 0;
}

static void child_failed(const char *what)
{
    fprintf(stderr, "orrery-bench: %s: the child process failed\n", what);
    exit(SIM_INTERNAL);
}

void bench_child(const char *option, const char *share, uint64_t *values, unsigned count)
{
    char command[8192];
    char self[4096];
    ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
    FILE *child;

    if (length < 0) {
        child_failed("/proc/self/exe");
    }
    self[length] = '\0';
    snprintf(command, sizeof(command), "exec '%s' %s '%s' %" PRIu64, self, option, share,
             bench_now_ns());
    child = popen(command, "r");
    if (child == NULL) {
        child_failed(option);
    }
    for (unsigned i = 0; i < count; i++) {
        if (fscanf(child, "%" SCNu64, &values[i]) != 1) {
            child_failed(option);
        }
    }
    if (pclose(child) != 0) {
        child_failed(option);
    }
}

void bench_loop_code(uint32_t words[BENCH_LOOP_WORDS], uint32_t iterations)
{
    const uint32_t code[BENCH_LOOP_WORDS] = {
        0x10000003u,                                 /* adr x3, . */
        0x91200063u,                                 /* add x3, x3, #0x800 */
        0x52800002u | ((iterations & 0xffffu) << 5), /* movz w2, #lo */
        0x72a00002u | ((iterations >> 16) << 5),     /* movk w2, #hi, lsl #16 */
        0x8b010021u,                                 /* loop: add x1, x1, x1 */
        0xca020021u,                                 /* eor x1, x1, x2 */
        0xf9000061u,                                 /* str x1, [x3] */
        0xf9400064u,                                 /* ldr x4, [x3] */
        0x8b040021u,                                 /* add x1, x1, x4 */
        0x71000442u,                                 /* subs w2, w2, #1 */
        0x54ffff41u,                                 /* b.ne loop */
        0xd2800001u,                                 /* mov x1, #0 */
        0xd2800003u,                                 /* mov x3, #0 */
        0xd2800004u,                                 /* mov x4, #0 */
        0x52800d60u,                                 /* movz w0, #0x6b */
        0x72b08000u,                                 /* movk w0, #0x8400, lsl #16 */
        0xd4000003u,                                 /* smc #0 */
        0x14000000u,                                 /* b . */
        0xd503201fu,                                 /* nop */
        0xd503201fu,                                 /* nop */
    };

    for (unsigned i = 0; i < BENCH_LOOP_WORDS; i++) {
        words[i] = code[i];
    }
}
