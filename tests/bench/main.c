/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * orrery-bench SHARE [--json FILE] [--qemu TRIP-NS START-MS LIFE-NS]: measures the product against
 * bare Unicorn, in one run, several times in turn, best of each; and, with what tools/bench
 * measured there, against QEMU. Goals are printed beside; missing one is told, and is no failure: a
 * shared machine is noisy.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"

#define ROUNDS        5
#define TRIPS         300000u
#define ITERATIONS    60000000u
#define MEMORY_ROUNDS 3
#define LIVES         20000u
#define EVENTS        50000u
#define PES           8u
#define PE_LOOPS      6000000u /* rounds of each */
#define MAX_RESULTS   40

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

/* Gives the nanoseconds of a round trip. */
static double measure_messages(const char *share)
{
    char path[] = "/tmp/orrery-bench-XXXXXX";
    int fd = mkstemp(path);
    double bare = 0;
    double checked = 0;
    double unchecked = 0;
    double traced = 0;
    double untaped = 0;
    double taped = 0;

    if (fd < 0) {
        perror("orrery-bench: mkstemp");
        exit(SIM_INTERNAL);
    }
    close(fd);
    for (unsigned i = 0; i < ROUNDS; i++) {
        bare = least(bare, bare_round_trip_ns(TRIPS));
        checked =
            least(checked, run_round_trip_ns(share, TRIPS, &(struct bench_options){.check = true}));
        unchecked = least(unchecked, run_round_trip_ns(share, TRIPS, &(struct bench_options){0}));
        traced = least(
            traced, run_round_trip_ns(share, TRIPS,
                                      &(struct bench_options){.check = true, .trace_path = path}));
        untaped = least(
            untaped, run_round_trip_ns(share, TRIPS,
                                       &(struct bench_options){.check = true, .processor = true}));
        taped = least(taped,
                      run_round_trip_ns(
                          share, TRIPS,
                          &(struct bench_options){.check = true, .tape = true, .processor = true}));
    }
    unlink(path);
    add("bare engines, round trip", bare, "ns", 0, true);
    add("direct message round trip", checked, "ns", 0, true);
    add("  against bare engines", checked / bare, "x", 4.0, true);
    add("  with --no-check", unchecked / bare, "x", 3.0, true);
    add("  cost of --trace", (traced / checked - 1) * 100, "%", 15, true);
    add("  cost of --tape", (taped / untaped - 1) * 100, "%", 5, true);
    return checked;
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

/* `trip_ns`: of a direct message. Gives the nanoseconds of one page's life. Fewer rounds: what is
 * compared takes long enough. */
static double measure_memory(const char *share, double trip_ns)
{
    static const struct {
        uint32_t pages;
        uint32_t lives;
        const char *name;
    } scattered[] = {
        {16, 2000, "  16 scattered pages, each"},   {64, 800, "  64 scattered pages, each"},
        {256, 200, "  256 scattered pages, each"},  {1024, 60, "  1024 scattered pages, each"},
        {4096, 20, "  4096 scattered pages, each"}, {16384, 10, "  16384 scattered pages, each"},
    };
    double one = 0;
    double unchecked = 0;
    double many = 0;

    for (unsigned i = 0; i < MEMORY_ROUNDS; i++) {
        one = least(one, run_life_ns(share, LIVES, 1, false, true));
        unchecked = least(unchecked, run_life_ns(share, LIVES, 1, false, false));
        many = least(many, run_life_ns(share, LIVES / 20, 512, false, true));
    }
    add("memory: share to reclaim, 1 page", 1e9 / one, "/s", 0, false);
    add("  with --no-check", 1e9 / unchecked, "/s", 0, false);
    add("  against a direct message", one / trip_ns, "x", 8, true);
    add("  512 contiguous pages", 1e9 / many, "/s", 0, false);
    for (unsigned n = 0; n < sizeof(scattered) / sizeof(scattered[0]); n++) {
        double best = 0;

        for (unsigned i = 0; i < MEMORY_ROUNDS; i++) {
            best =
                least(best, run_life_ns(share, scattered[n].lives, scattered[n].pages, true, true));
        }
        add(scattered[n].name, best / scattered[n].pages, "ns", 0, true);
    }
    return one;
}

static void measure_events(const char *share)
{
    double notification = 0;
    double preemption = 0;

    for (unsigned i = 0; i < MEMORY_ROUNDS; i++) {
        notification = least(notification, run_event_ns(share, EVENTS, false));
        preemption = least(preemption, run_event_ns(share, EVENTS, true));
    }
    add("notifications: set to get", 1e9 / notification, "/s", 0, false);
    add("preemptions, with FFA_RUN", 1e9 / preemption, "/s", 0, false);
}

static void measure_pes(const char *share)
{
    struct bench_boot boot;
    double one = 0;
    double all = 0;

    for (unsigned i = 0; i < MEMORY_ROUNDS; i++) {
        double a = run_pes_mips(share, PES * PE_LOOPS, 1);
        double b = run_pes_mips(share, PE_LOOPS, PES);

        one = a > one ? a : one;
        all = b > all ? b : all;
    }
    add("1 PE, loop in a partition", one, "MIPS", 0, false);
    add("8 busy PEs, together", all, "MIPS", 0, false);
    add("  against 1 PE", all / one * 100, "%", 70, false);
    boot = bench_fourteen(share);
    add("thor: 14 PEs boot, talk and go off", boot.ms, "ms", 200, true);
    add("  memory", (double)boot.peak_bytes / (1024 * 1024), "MiB", 0, true);
}

static void measure_exploration(const char *share)
{
    struct bench_explore explore = bench_explore(share);
    struct bench_checkpoints checkpoints = bench_checkpoints(share);

    add("bare fork, exit and wait", explore.fork_us, "us", 0, true);
    add("explore, scripted: runs a CPU second", explore.scripted, "/s", 2000, false);
    add("  by the clock, busy machine or not", explore.scripted_wall, "/s", 0, false);
    add("  against bare forks", 1e6 / explore.scripted / explore.fork_us, "x", 0, true);
    add("explore, emulated: runs a CPU second", explore.emulated, "/s", 500, false);
    add("  by the clock, busy machine or not", explore.emulated_wall, "/s", 0, false);
    add("explore, two jobs against one", explore.two_jobs_wall, "x", 1.8, false);
    add("  by processor time", explore.two_jobs, "x", 0, false);
    add("return to a checkpoint, 64 pages", checkpoints.return_ms, "ms", 2, true);
    add("1000 live checkpoints", checkpoints.live_mib, "MiB", 2048, true);
    add("  as they are counted", checkpoints.counted_mib, "MiB", 2048, true);
}

static void print_table(void)
{
    for (unsigned i = 0; i < result_count; i++) {
        const struct result *r = &results[i];

        printf("%-37s %10.2f %-5s", r->name, r->value, r->unit);
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

struct options {
    const char *json;
    double qemu_trip_ns; /* 0: not measured */
    double qemu_start_ms;
    double qemu_life_ns;
};

static bool parse(int argc, char **argv, struct options *out)
{
    int i = 2;

    *out = (struct options){0};
    while (i < argc) {
        if (strcmp(argv[i], "--json") == 0 && i + 1 < argc) {
            out->json = argv[i + 1];
            i += 2;
        } else if (strcmp(argv[i], "--qemu") == 0 && i + 3 < argc) {
            out->qemu_trip_ns = strtod(argv[i + 1], NULL);
            out->qemu_start_ms = strtod(argv[i + 2], NULL);
            out->qemu_life_ns = strtod(argv[i + 3], NULL);
            if (!(out->qemu_trip_ns > 0) || !(out->qemu_start_ms > 0) || !(out->qemu_life_ns > 0)) {
                return false;
            }
            i += 4;
        } else {
            return false;
        }
    }
    return argc >= 2;
}

int main(int argc, char **argv)
{
    struct options options;
    struct bench_start start;
    double trip_ns;
    double life_ns;

    if (argc == 4 && strcmp(argv[1], "--startup") == 0) {
        return run_startup(argv[2], strtoull(argv[3], NULL, 10));
    }
    if (argc == 4 && strcmp(argv[1], "--fourteen") == 0) {
        return run_fourteen(argv[2], strtoull(argv[3], NULL, 10));
    }
    if (argc == 4 && strcmp(argv[1], "--explore") == 0) {
        return run_explore(argv[2]);
    }
    if (argc == 4 && strcmp(argv[1], "--checkpoints") == 0) {
        return run_checkpoints(argv[2]);
    }
    if (!parse(argc, argv, &options)) {
        fprintf(stderr,
                "usage: orrery-bench SHARE [--json FILE] [--qemu TRIP-NS START-MS LIFE-NS]\n");
        return SIM_BAD_INPUT;
    }
    trip_ns = measure_messages(argv[1]);
    measure_compute(argv[1]);
    life_ns = measure_memory(argv[1], trip_ns);
    measure_events(argv[1]);
    measure_pes(argv[1]);
    measure_exploration(argv[1]);
    start = bench_startup(argv[1]);
    add("start to first normal-world step", start.step_ms, "ms", 50, true);
    add("start to first message", start.message_ms, "ms", 0, true);
    add("memory of a context", (double)start.bytes_per_context / 1e6, "MB", 20, true);
    if (options.qemu_trip_ns > 0) {
        add("QEMU, direct message round trip", options.qemu_trip_ns, "ns", 0, true);
        add("  round trips against QEMU", options.qemu_trip_ns / trip_ns, "x", 20, false);
        add("QEMU, share to reclaim, 1 page", 1e9 / options.qemu_life_ns, "/s", 0, false);
        add("  share to reclaim against QEMU", options.qemu_life_ns / life_ns, "x", 20, false);
        add("QEMU, start to first message", options.qemu_start_ms, "ms", 0, true);
        add("  start against QEMU", start.message_ms / options.qemu_start_ms, "x", 0.2, true);
    }
    print_table();
    return options.json != NULL ? print_json(options.json) : SIM_PASS;
}
