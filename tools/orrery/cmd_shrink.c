/* SPDX-License-Identifier: BSD-3-Clause */
/* orrery shrink: a tape's failure with as little as it takes. */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "commands.h"
#include "options.h"
#include "runner.h"
#include "sim/replay/campaign.h"
#include "sim/replay/shrink.h"
#include "sim/script/parse.h"

#define DEFAULT_LINES 40u

struct command {
    const char *path;
    const char *out;
    const char *scenario;
    char out_path[4096];
    char found[4096];
    uint64_t lines;
    uint64_t runs;
    bool quiet;
    uint64_t told_ms;
    size_t delays_before;
    unsigned faults_before;
    struct tape tape;
    struct shrink shrink;
};

enum { OPT_OUT = 256, OPT_SCENARIO, OPT_LINES, OPT_RUNS, OPT_QUIET, OPT_HELP };

static const struct option long_options[] = {{"out", required_argument, NULL, OPT_OUT},
                                             {"scenario", required_argument, NULL, OPT_SCENARIO},
                                             {"lines", required_argument, NULL, OPT_LINES},
                                             {"runs", required_argument, NULL, OPT_RUNS},
                                             {"quiet", no_argument, NULL, OPT_QUIET},
                                             {"help", no_argument, NULL, OPT_HELP},
                                             {NULL, 0, NULL, 0}};

static void help(void)
{
    printf(
        "usage: orrery shrink [OPTION]... TAPE\n\n"
        "Makes a tape's failure smaller, as long as it has the same cause: fewer faults and "
        "delays,\n"
        "shorter ones, smaller parameters, fewer PEs, an earlier end. Prints the story of what is "
        "left.\n\n"
        "  --out FILE          the smaller tape (default: TAPE with -small before its suffix)\n"
        "  --scenario FILE     the scenario is this file\n"
        "  --runs N            try at most so many runs\n"
        "  --lines N           so much of the story's end (default %u)\n"
        "  --quiet             no story\n"
        "  --help              this text\n\n"
        "Exit status: 0 done, 2 usage, bad tape, or a run that does not fail, 3 internal "
        "fault.\n",
        DEFAULT_LINES);
}

static int parse_options(int argc, char **argv, struct command *c)
{
    struct sim_error err;
    int option;

    opterr = 0;
    optind = 1;
    while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        bool ok = true;

        switch (option) {
        case OPT_OUT:
            c->out = optarg;
            break;
        case OPT_SCENARIO:
            c->scenario = optarg;
            break;
        case OPT_LINES:
            ok = parse_u64(optarg, "--lines", 1, 1000000, &c->lines, &err);
            break;
        case OPT_RUNS:
            ok = parse_u64(optarg, "--runs", 1, UINT64_MAX, &c->runs, &err);
            break;
        case OPT_QUIET:
            c->quiet = true;
            break;
        case OPT_HELP:
            help();
            return SIM_PASS;
        default:
            return options_unknown("shrink", long_options, argv[optind - 1]);
        }
        if (!ok) {
            return command_usage("shrink", "%s", err.text);
        }
    }
    if (argc - optind != 1) {
        return command_usage("shrink", argc == optind ? "no tape given" : "one tape at a time");
    }
    c->path = argv[optind];
    return -1;
}

/* race.tape -> race-small.tape */
static bool name_out(struct command *c, struct sim_error *err)
{
    const char *slash = strrchr(c->path, '/');
    const char *dot = strrchr(slash != NULL ? slash : c->path, '.');
    int stem = dot != NULL && dot != c->path ? (int)(dot - c->path) : (int)strlen(c->path);

    if (c->out == NULL) {
        if ((size_t)snprintf(c->out_path, sizeof(c->out_path), "%.*s-small%s", stem, c->path,
                             c->path + stem) >= sizeof(c->out_path)) {
            return sim_fail(err, SIM_BAD_INPUT, "%.100s: the name is too long", c->path);
        }
        c->out = c->out_path;
    }
    return true;
}

static bool find_scenario(struct command *c, struct sim_error *err)
{
    if (c->tape.options.scenario == NULL) {
        return c->scenario == NULL ||
               sim_fail(err, SIM_BAD_INPUT, "--scenario: %s is of a run without one", c->path);
    }
    if (c->scenario == NULL) {
        if (!tape_find_scenario(&c->tape, c->path, c->found, sizeof(c->found), err)) {
            return false;
        }
        c->scenario = c->found;
    }
    c->tape.options.scenario = c->scenario;
    return true;
}

static void tick(void *user)
{
    struct command *c = user;
    uint64_t now_ms = campaign_now_ms();

    if (!c->quiet && isatty(STDERR_FILENO) && now_ms - c->told_ms > 200) {
        c->told_ms = now_ms;
        fprintf(stderr, "\rshrink: %" PRIu64 " runs, %zu delays left \033[K", c->shrink.runs,
                c->shrink.list.count);
    }
}

static void tell_settings(const struct command *c)
{
    printf("  seed %" PRIu64, c->shrink.play.seed);
    command_put_options(stdout, &c->shrink.play);
    printf("\n");
}

/* The smaller tape read again: that is what a replay will have. */
static bool tell_delays(const struct command *c, struct sim_error *err)
{
    struct tape small;
    bool ok;

    tape_init(&small);
    ok = tape_read(c->out, &small, err);
    for (size_t i = 0; ok && i < small.choices.count; i++) {
        const struct choice_pair *pair = &small.choices.pair[i];

        printf("  at choice point %" PRIu64 ", %s", pair->number, choice_kind_name(pair->kind));
        if (pair->pe != CHOICE_NO_PE) {
            printf(" of PE %u", pair->pe);
        }
        printf(": put off by %u ns\n", pair->delay_ns);
    }
    tape_free(&small);
    return ok;
}

/* The last lines of the story, which is in a file. */
static void tell_story(const struct command *c, FILE *story)
{
    uint64_t lines = 0;
    uint64_t line = 0;
    int byte;

    rewind(story);
    while ((byte = fgetc(story)) != EOF) {
        lines += byte == '\n';
    }
    rewind(story);
    if (lines > c->lines) {
        printf("  (%" PRIu64 " lines before)\n", lines - c->lines);
    }
    while ((byte = fgetc(story)) != EOF) {
        if (line + c->lines >= lines) {
            putchar(byte);
        }
        line += byte == '\n';
    }
}

static bool tell_all(struct command *c, FILE *story, struct sim_error *err)
{
    if (!c->quiet && isatty(STDERR_FILENO)) {
        fprintf(stderr, "\r\033[K");
    }
    if (!c->quiet) {
        tell_story(c, story);
    }
    printf("%s\n", c->shrink.why);
    printf("%zu of %zu delays are left after %" PRIu64 " runs%s\n", c->shrink.list.count,
           c->delays_before, c->shrink.runs,
           c->shrink.cut_short ? ", which are all that --runs allows" : "");
    if (c->faults_before != 0) {
        printf("%u of %u faults are left\n", c->shrink.play.fault_count, c->faults_before);
    }
    for (unsigned i = 0; i < c->shrink.play.fault_count; i++) {
        printf("  fault %u: %s\n", i + 1, c->shrink.play.fault[i]);
    }
    if (!tell_delays(c, err)) {
        return false;
    }
    tell_settings(c);
    printf("orrery replay ");
    command_put_word(stdout, c->out);
    printf("\n");
    return true;
}

static bool shrink(struct command *c, struct sim_error *err)
{
    FILE *story = tmpfile();
    bool ok = story != NULL || sim_fail(err, SIM_INTERNAL, "no temporary file for the story");

    ok = ok && tape_read(c->path, &c->tape, err) && name_out(c, err) && find_scenario(c, err);
    if (ok) {
        c->delays_before = c->tape.choices.count;
        c->faults_before = c->tape.options.fault_count;
        c->shrink.most_runs = c->runs;
        c->shrink.tick = tick;
        c->shrink.user = c;
        ok = shrink_begin(&c->shrink, &c->tape, command_share(), err) &&
             shrink_run(&c->shrink, err) && shrink_finish(&c->shrink, c->out, story, err) &&
             tell_all(c, story, err);
    }
    if (story != NULL) {
        fclose(story);
    }
    return ok;
}

int cmd_shrink(int argc, char **argv)
{
    struct command *c = calloc(1, sizeof(*c));
    struct sim_error err;
    int status;

    if (c == NULL) {
        fprintf(stderr, "orrery shrink: out of memory\n");
        return SIM_INTERNAL;
    }
    tape_init(&c->tape);
    c->lines = DEFAULT_LINES;
    status = parse_options(argc, argv, c);
    if (status < 0) {
        status = shrink(c, &err) ? SIM_PASS : (int)runner_complain("shrink", &err);
    }
    shrink_free(&c->shrink);
    tape_free(&c->tape);
    free(c);
    return status;
}
