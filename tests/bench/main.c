/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * orrery-bench SHARE [--json FILE]: measures the product against bare Unicorn, in one run, several
 * times in turn, best of each. Goals are printed beside; missing one is told, and is no failure: a
 * shared machine is noisy.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"

#define ROUNDS      5
#define TRIPS       300000u
#define ITERATIONS  60000000u
#define MAX_RESULTS 12

struct result {
    const char *name;
    double value;
    const char *unit;
    double goal;
    bool at_most; /* else at least */
};

static struct result results[MAX_RESULTS];
static unsigned result_count;

static void add(const char *name, double value, const char *unit, double goal, bool at_most)
{
    results[result_count++] = (struct result){name, value, unit, goal, at_most};
}

static double least(double a, double b)
{
    return a == 0 || b < a ? b : a;
}

static void measure_messages(const char *share)
{
    char path[] = "/tmp/orrery-bench-XXXXXX";
    int fd = mkstemp(path);
    double bare = 0;
    double checked = 0;
    double unchecked = 0;
    double traced = 0;

    if (fd < 0) {
        perror("orrery-bench: mkstemp");
        exit(SIM_INTERNAL);
    }
    close(fd);
    for (unsigned i = 0; i < ROUNDS; i++) {
        bare = least(bare, bare_round_trip_ns(TRIPS));
        checked =
            least(checked, run_round_trip_ns(share, TRIPS, &(struct bench_options){true, NULL}));
        unchecked =
            least(unchecked, run_round_trip_ns(share, TRIPS, &(struct bench_options){false, NULL}));
        traced =
            least(traced, run_round_trip_ns(share, TRIPS, &(struct bench_options){true, path}));
    }
    unlink(path);
    add("bare engines, round trip", bare, "ns", 0, true);
    add("direct message round trip", checked, "ns", 0, true);
    add("  against bare engines", checked / bare, "x", 4.0, true);
    add("  with --no-check", unchecked / bare, "x", 3.0, true);
    add("  cost of --trace", (traced / checked - 1) * 100, "%", 15, true);
}

static void measure_compute(const char *share)
{
    double bare = 0;
    double run = 0;

    for (unsigned i = 0; i < ROUNDS; i++) {
        double a = bare_compute_mips(ITERATIONS);
        double b = run_compute_mips(share, ITERATIONS);

        bare = a > bare ? a : bare;
        run = b > run ? b : run;
    }
    add("bare engine, compute loop", bare, "MIPS", 0, false);
    add("compute loop in a partition", run, "MIPS", 0, false);
    add("  against the bare engine", run / bare * 100, "%", 60, false);
}

static void print_table(void)
{
    for (unsigned i = 0; i < result_count; i++) {
        const struct result *r = &results[i];

        printf("%-34s %10.2f %-5s", r->name, r->value, r->unit);
        if (r->goal != 0) {
            bool held = r->at_most ? r->value <= r->goal : r->value >= r->goal;

            printf("  goal: %s %g  %s", r->at_most ? "at most" : "at least", r->goal,
                   held ? "held" : "MISSED");
        }
        printf("\n");
    }
}

static int print_json(const char *path)
{
    FILE *file = fopen(path, "w");

    if (file == NULL) {
        fprintf(stderr, "orrery-bench: %s can not be written\n", path);
        return SIM_BAD_INPUT;
    }
    fprintf(file, "[\n");
    for (unsigned i = 0; i < result_count; i++) {
        const struct result *r = &results[i];

        fprintf(file, "  {\"name\": \"%s\", \"value\": %.3f, \"unit\": \"%s\", \"goal\": %g}%s\n",
                r->name + strspn(r->name, " "), r->value, r->unit, r->goal,
                i + 1 < result_count ? "," : "");
    }
    fprintf(file, "]\n");
    return fclose(file) == 0 ? SIM_PASS : SIM_INTERNAL;
}

int main(int argc, char **argv)
{
    uint64_t bytes = 0;

    if (argc == 4 && strcmp(argv[1], "--startup") == 0) {
        return run_startup(argv[2], strtoull(argv[3], NULL, 10));
    }
    if (argc != 2 && !(argc == 4 && strcmp(argv[2], "--json") == 0)) {
        fprintf(stderr, "usage: orrery-bench SHARE [--json FILE]\n");
        return SIM_BAD_INPUT;
    }
    measure_messages(argv[1]);
    measure_compute(argv[1]);
    add("start to first normal-world step", bench_startup_ms(argv[1], &bytes), "ms", 50, true);
    add("memory of a context", (double)bytes / 1e6, "MB", 20, true);
    print_table();
    return argc == 4 ? print_json(argv[3]) : SIM_PASS;
}
