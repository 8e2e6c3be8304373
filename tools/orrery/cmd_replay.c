/* SPDX-License-Identifier: BSD-3-Clause */
/* orrery replay: a tape's run once more, held against what the tape says of it. */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "options.h"
#include "runner.h"
#include "sim/replay/sources.h"
#include "sim/replay/tape.h"

struct replay {
    const char *path;
    const char *scenario; /* --scenario */
    char found[4096];     /* where the tape's scenario is */
    bool anyway;
    enum story_level story;
    bool quiet;
    bool no_judge;
    bool map;
    const char *trace;
    struct tape tape;
    struct choice_pairs pairs;
    unsigned same; /* states of the tape that were met */
    bool differs;  /* the next one was not */
};

enum {
    OPT_STORY = 256,
    OPT_TRACE,
    OPT_SCENARIO,
    OPT_ANYWAY,
    OPT_NO_JUDGE,
    OPT_QUIET,
    OPT_MAP,
    OPT_HELP
};

static const struct option long_options[] = {{"story", required_argument, NULL, OPT_STORY},
                                             {"trace", required_argument, NULL, OPT_TRACE},
                                             {"scenario", required_argument, NULL, OPT_SCENARIO},
                                             {"anyway", no_argument, NULL, OPT_ANYWAY},
                                             {"no-judge", no_argument, NULL, OPT_NO_JUDGE},
                                             {"quiet", no_argument, NULL, OPT_QUIET},
                                             {"map", no_argument, NULL, OPT_MAP},
                                             {"help", no_argument, NULL, OPT_HELP},
                                             {NULL, 0, NULL, 0}};

static void help(void)
{
    printf("usage: orrery replay [OPTION]... TAPE\n\n"
           "Runs what is on a tape (orrery run --tape) again, and says whether it went the same\n"
           "way. The scenario is looked for by its name on the tape, from the working directory "
           "and\n"
           "beside the tape.\n\n"
           "  --scenario FILE     the scenario is this file\n"
           "  --anyway            with other inputs too, and without comparing: only the delays "
           "and\n"
           "                      options of the tape are used, the status is the run's verdict\n"
           "  --trace FILE        record the events\n"
           "  --story full|calls|none\n"
           "                      how much of the story to print (default calls, %u lines at "
           "most)\n"
           "  --no-judge          do not find out who noticed the faults\n"
           "  --quiet             print verdicts only\n"
           "  --map               print whose memory is whose, after boot and at the end\n"
           "  --help              this text\n\n"
           "Exit status: that of the run's verdict (0 or 1) when it is the same run; 2 usage, bad "
           "tape,\n"
           "or an input has changed; 3 the same inputs went another way.\n",
           RUNNER_STORY_LINES);
}

/* A status, or -1 to go on. */
static int parse_options(int argc, char **argv, struct replay *r)
{
    int option;

    opterr = 0;
    optind = 1;
    while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        switch (option) {
        case OPT_STORY:
            if (!runner_parse_story(optarg, &r->story)) {
                return command_usage("replay", "--story '%s': want full, calls or none", optarg);
            }
            break;
        case OPT_TRACE:
            r->trace = optarg;
            break;
        case OPT_SCENARIO:
            r->scenario = optarg;
            break;
        case OPT_ANYWAY:
            r->anyway = true;
            break;
        case OPT_NO_JUDGE:
            r->no_judge = true;
            break;
        case OPT_QUIET:
            r->quiet = true;
            break;
        case OPT_MAP:
            r->map = true;
            break;
        case OPT_HELP:
            help();
            return SIM_PASS;
        default:
            return options_unknown("replay", long_options, argv[optind - 1]);
        }
    }
    if (argc - optind != 1) {
        return command_usage("replay", argc == optind ? "no tape given" : "one tape at a time");
    }
    r->path = argv[optind];
    return -1;
}

static bool find_scenario(struct replay *r, struct sim_error *err)
{
    if (r->tape.options.scenario == NULL) {
        return r->scenario == NULL ||
               sim_fail(err, SIM_BAD_INPUT, "--scenario: %s is of a run without one", r->path);
    }
    if (r->scenario != NULL) {
        r->tape.options.scenario = r->scenario;
        return true;
    }
    if (!tape_find_scenario(&r->tape, r->path, r->found, sizeof(r->found), err)) {
        return false;
    }
    r->tape.options.scenario = r->found;
    return true;
}

static bool check_version(const struct replay *r, struct sim_error *err)
{
    return strcmp(r->tape.version, tape_own_version()) == 0 ||
           sim_fail(err, SIM_BAD_INPUT, "it was made by version %s of orrery, this is %s",
                    r->tape.version, tape_own_version());
}

static bool made_of(void *user, const struct identity *identity, struct sim_error *err)
{
    struct replay *r = user;
    struct sim_error changed;

    if (check_version(r, &changed) && identity_check(&r->tape.identity, identity, &changed)) {
        return true;
    }
    if (r->anyway) {
        printf("%s: %s\n", r->path, changed.text);
        return true;
    }
    return sim_fail(err, SIM_BAD_INPUT, "%.100s: %.300s; --anyway runs it with what is here",
                    r->path, changed.text);
}

static void on_state(void *user, uint64_t count, uint64_t time_ns, const struct trace_hash *hash)
{
    struct replay *r = user;
    const struct tape_states *states = &r->tape.states;

    (void)time_ns;
    if (r->differs || r->same == states->count || states->state[r->same].events != count) {
        return;
    }
    r->differs = !trace_hash_equal(&states->state[r->same].hash, hash);
    r->same += !r->differs;
}

static void begins(void *user, struct trace *trace)
{
    trace_on_state(trace, TAPE_STATE_EVERY, on_state, user);
}

static void print_time(uint64_t ns)
{
    printf("%" PRIu64 ".%03u us", ns / 1000u, (unsigned)(ns % 1000u));
}

/* Between which two states of the tape the run left it. */
static void tell_divergence(const struct replay *r, const struct runner *runner)
{
    const struct tape *tape = &r->tape;
    char why[CHOICE_FIT_BYTES];

    printf("DIVERGED  from the tape ");
    if (r->same == 0) {
        printf("within");
    } else {
        printf("after event %" PRIu64 " at ", tape->states.state[r->same - 1].events);
        print_time(tape->states.state[r->same - 1].time_ns);
        printf(", within");
    }
    if (r->differs) {
        printf(" the events up to %" PRIu64 " at ", tape->states.state[r->same].events);
        print_time(tape->states.state[r->same].time_ns);
    } else {
        printf(" the last events: there were %" PRIu64 ", now %" PRIu64, tape->events,
               runner->events);
    }
    printf("\n");
    if (!choice_pairs_fit(&r->pairs, why)) {
        printf("          %s\n", why);
    }
    if (tape->why[0] != '\0') {
        printf("          the tape ends in: %s\n", tape->why);
    }
    printf("          all inputs are the same, so the program is another one, or not "
           "deterministic:\n          orrery run --check-nondeterminism tells\n");
}

static enum sim_status judge(const struct replay *r, const struct runner *runner,
                             enum sim_status status)
{
    if (!runner->has_run || r->anyway) {
        return status;
    }
    if (trace_hash_equal(&r->tape.hash, &runner->hash)) {
        printf("SAME  as on the tape: %" PRIu64 " events, %zu delays\n", runner->events,
               r->tape.choices.count);
        return status;
    }
    tell_divergence(r, runner);
    return SIM_INTERNAL;
}

static int replay(struct replay *r)
{
    struct runner runner = {.command = "replay",
                            .play = &r->tape.options,
                            .choices = &r->pairs.base,
                            .delays = &r->tape.choices,
                            .no_judge = r->no_judge,
                            .story = r->story,
                            .quiet = r->quiet,
                            .map = r->map,
                            .trace = r->trace,
                            .begins = begins,
                            .made_of = made_of,
                            .user = r};
    struct sim_error err;
    enum sim_status status;

    if (!tape_read(r->path, &r->tape, &err) || !find_scenario(r, &err)) {
        return (int)runner_complain("replay", &err);
    }
    choice_pairs_init(&r->pairs, &r->tape.choices);
    status = runner_run(&runner);
    return (int)judge(r, &runner, status);
}

int cmd_replay(int argc, char **argv)
{
    struct replay *r = calloc(1, sizeof(*r));
    int status;

    if (r == NULL) {
        fprintf(stderr, "orrery replay: out of memory\n");
        return SIM_INTERNAL;
    }
    tape_init(&r->tape);
    r->story = STORY_CALLS;
    status = parse_options(argc, argv, r);
    if (status < 0) {
        status = replay(r);
    }
    tape_free(&r->tape);
    free(r);
    return status;
}
