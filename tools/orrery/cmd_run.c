/* SPDX-License-Identifier: BSD-3-Clause */
/* orrery run: scenarios from file to verdict, and what it leaves behind. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "commands.h"
#include "options.h"
#include "runner.h"
#include "sim/replay/outfile.h"
#include "sim/replay/sources.h"
#include "sim/replay/tape.h"
#include "sim/script/parse.h"

struct run_options {
    struct play_options play;
    struct choice_list delays; /* --delay-at */
    const char *trace;
    const char *call_log;
    const char *tape;
    const char *tapes;
    const char *choices; /* --list-choices */
    bool quiet;
    bool map;
    bool twice;
    bool no_judge;
    enum story_level story;
};

static void help(void)
{
    printf(
        "usage: orrery run [OPTION]... FILE...\n"
        "       orrery run [OPTION]... --normal-world IMAGE [--partition ...]...\n\n"
        "Runs scenarios, or images without one, tells their story and judges them.\n\n"
        "  --normal-world IMAGE\n"
        "                      AArch64 image, raw or ELF, that plays the normal world\n"
        "  --normal-world-el N\n"
        "                      exception level that it starts at: 1 (default) or 2\n"
        "  --normal-world-load ADDRESS\n"
        "                      where a raw or position independent image goes (default: the start\n"
        "                      of the board's normal-world memory)\n"
        "  --partition PACKAGE|IMAGE,MANIFEST\n"
        "                      a partition: an SPKG or a transfer list, or an image and its "
        "manifest\n"
        "                      (.dtb or .dts); may be repeated, ids are 0x8001, 0x8002, ...\n"
        "  --seed N            seed of the scenario's own randomness (default 0)\n"
        "  --board NAME|DIR    another board than the scenario's\n"
        "  --until DURATION    stop there and judge, as in \"50 us\"\n"
        "  --limit DURATION    running past it is a failure (default: the scenario's, else 1 s)\n"
        "  --pes N             PEs of the machine (default: the scenario's)\n"
        "  --quantum DURATION[..DURATION]\n"
        "                      length of a PE's turn while others run, drawn from the seed\n"
        "  --trace FILE        record the events of the (one) run\n"
        "  --call-log FILE     write every call to the SPMC and what it decided (docs/twin.md)\n"
        "  --story full|calls|none\n"
        "                      how much of the story to print (default calls, %u lines at most)\n"
        "  --quiet             print verdicts only\n"
        "  --map               print whose memory is whose, after boot and at the end\n"
        "  --no-check          do not check invariants after every SPMC entry\n"
        "  --check changes|full\n"
        "                      after every entry look at memory that changed (default) or at all "
        "of it\n"
        "  --delay-at N=DURATION[,...]\n"
        "                      put off what happens at choice points, by number (docs/replay.md)\n"
        "  --list-choices FILE write the choice points of the (one) run, in order\n"
        "  --fault LINE        something that goes wrong, as in \"stall_pe pe=1 for=10us "
        "at=20us\";\n"
        "                      may be repeated (docs/faults.md)\n"
        "  --list-faults       what can go wrong, and how it is written\n"
        "  --no-judge          do not find out who noticed the faults, which takes a run for each\n"
        "  --tape FILE         write what it takes to run the (one) run again\n"
        "  --tapes DIR         write DIR/NAME.tape for each run that fails\n"
        "  --check-nondeterminism\n"
        "                      run everything twice and stop at the first event that differs\n"
        "  --set KEY=VALUE     set a parameter of the scenario; may be repeated\n"
        "  --help              this text\n\n"
        "Exit status: 0 all passed, 1 a scenario failed, 2 usage or bad input, 3 internal fault.\n",
        RUNNER_STORY_LINES);
}

static bool parse_check(const char *text, bool *full)
{
    *full = strcmp(text, "full") == 0;
    return *full || strcmp(text, "changes") == 0;
}

enum {
    OPT_SEED = 256,
    OPT_BOARD,
    OPT_UNTIL,
    OPT_LIMIT,
    OPT_TRACE,
    OPT_CALL_LOG,
    OPT_STORY,
    OPT_PES,
    OPT_QUANTUM,
    OPT_QUIET,
    OPT_MAP,
    OPT_NO_CHECK,
    OPT_CHECK,
    OPT_SET,
    OPT_NORMAL_WORLD,
    OPT_NORMAL_WORLD_EL,
    OPT_NORMAL_WORLD_LOAD,
    OPT_PARTITION,
    OPT_DELAY_AT,
    OPT_TAPE,
    OPT_TAPES,
    OPT_TWICE,
    OPT_LIST_CHOICES,
    OPT_FAULT,
    OPT_LIST_FAULTS,
    OPT_NO_JUDGE,
    OPT_HELP
};

static const struct option long_options[] = {
    {"seed", required_argument, NULL, OPT_SEED},
    {"board", required_argument, NULL, OPT_BOARD},
    {"until", required_argument, NULL, OPT_UNTIL},
    {"limit", required_argument, NULL, OPT_LIMIT},
    {"trace", required_argument, NULL, OPT_TRACE},
    {"call-log", required_argument, NULL, OPT_CALL_LOG},
    {"story", required_argument, NULL, OPT_STORY},
    {"pes", required_argument, NULL, OPT_PES},
    {"quantum", required_argument, NULL, OPT_QUANTUM},
    {"quiet", no_argument, NULL, OPT_QUIET},
    {"map", no_argument, NULL, OPT_MAP},
    {"check", required_argument, NULL, OPT_CHECK},
    {"no-check", no_argument, NULL, OPT_NO_CHECK},
    {"set", required_argument, NULL, OPT_SET},
    {"normal-world", required_argument, NULL, OPT_NORMAL_WORLD},
    {"normal-world-el", required_argument, NULL, OPT_NORMAL_WORLD_EL},
    {"normal-world-load", required_argument, NULL, OPT_NORMAL_WORLD_LOAD},
    {"partition", required_argument, NULL, OPT_PARTITION},
    {"delay-at", required_argument, NULL, OPT_DELAY_AT},
    {"tape", required_argument, NULL, OPT_TAPE},
    {"tapes", required_argument, NULL, OPT_TAPES},
    {"list-choices", required_argument, NULL, OPT_LIST_CHOICES},
    {"fault", required_argument, NULL, OPT_FAULT},
    {"list-faults", no_argument, NULL, OPT_LIST_FAULTS},
    {"no-judge", no_argument, NULL, OPT_NO_JUDGE},
    {"check-nondeterminism", no_argument, NULL, OPT_TWICE},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0}};

/* The options of a run without a scenario file. */
static bool parse_part(int option, struct run_options *o, struct sim_error *err)
{
    uint64_t value = 0;
    bool ok = true;

    if (option == OPT_NORMAL_WORLD) {
        o->play.parts.normal_world = optarg;
    } else if (option == OPT_NORMAL_WORLD_EL) {
        ok = parse_u64(optarg, "--normal-world-el", 1, 2, &value, err);
        o->play.parts.normal_world_el = (unsigned)value;
    } else if (option == OPT_NORMAL_WORLD_LOAD) {
        ok = parse_u64(optarg, "--normal-world-load", 4096, 1ull << 40, &value, err);
        o->play.parts.normal_world_load = value;
    } else if (o->play.partition_count == RUN_MAX_PARTITIONS) {
        ok = sim_fail(err, SIM_BAD_INPUT, "more than %d --partition options", RUN_MAX_PARTITIONS);
    } else {
        o->play.partition[o->play.partition_count++] = optarg;
    }
    return ok;
}

static bool add_set(struct play_options *play, const char *set, struct sim_error *err)
{
    if (play->set_count == PLAY_MAX_SETS) {
        return sim_fail(err, SIM_BAD_INPUT, "more than %d --set options", PLAY_MAX_SETS);
    }
    play->set[play->set_count++] = set;
    return true;
}

/* A status, or -1 to go on. */
static int parse_options(int argc, char **argv, struct run_options *o)
{
    struct sim_error err;
    int option;

    opterr = 0;
    optind = 1;
    while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        bool ok = true;
        uint64_t value = 0;

        switch (option) {
        case OPT_SEED:
            ok = parse_u64(optarg, "--seed", 0, UINT64_MAX, &o->play.seed, &err);
            break;
        case OPT_BOARD:
            o->play.board = optarg;
            break;
        case OPT_UNTIL:
            ok = parse_duration(optarg, "--until", &o->play.until_ns, &err);
            break;
        case OPT_LIMIT:
            ok = parse_duration(optarg, "--limit", &o->play.limit_ns, &err);
            break;
        case OPT_TRACE:
            o->trace = optarg;
            break;
        case OPT_CALL_LOG:
            o->call_log = optarg;
            break;
        case OPT_STORY:
            if (!runner_parse_story(optarg, &o->story)) {
                return command_usage("run", "--story '%s': want full, calls or none", optarg);
            }
            break;
        case OPT_PES:
            ok = parse_u64(optarg, "--pes", 1, RUN_MAX_PES, &value, &err);
            o->play.pes = (unsigned)value;
            break;
        case OPT_QUANTUM:
            ok = parse_quantum(optarg, "--quantum", &o->play.quantum_least_ns,
                               &o->play.quantum_most_ns, &err);
            break;
        case OPT_QUIET:
            o->quiet = true;
            break;
        case OPT_NO_CHECK:
            o->play.no_check = true;
            break;
        case OPT_CHECK:
            if (!parse_check(optarg, &o->play.check_full)) {
                return command_usage("run", "--check '%s': want changes or full", optarg);
            }
            break;
        case OPT_MAP:
            o->map = true;
            break;
        case OPT_SET:
            ok = add_set(&o->play, optarg, &err);
            break;
        case OPT_NORMAL_WORLD:
        case OPT_NORMAL_WORLD_EL:
        case OPT_NORMAL_WORLD_LOAD:
        case OPT_PARTITION:
            ok = parse_part(option, o, &err);
            break;
        case OPT_DELAY_AT:
            ok = choice_list_parse(optarg, "--delay-at", &o->delays, &err);
            break;
        case OPT_TAPE:
            o->tape = optarg;
            break;
        case OPT_TAPES:
            o->tapes = optarg;
            break;
        case OPT_LIST_CHOICES:
            o->choices = optarg;
            break;
        case OPT_FAULT:
            ok = options_add_fault(&o->play, optarg, &err);
            break;
        case OPT_NO_JUDGE:
            o->no_judge = true;
            break;
        case OPT_LIST_FAULTS:
            fault_list_kinds(stdout);
            return SIM_PASS;
        case OPT_TWICE:
            o->twice = true;
            break;
        case OPT_HELP:
            help();
            return SIM_PASS;
        default:
            return options_unknown("run", long_options, argv[optind - 1]);
        }
        if (!ok) {
            return command_usage("run", "%s", err.text);
        }
    }
    return -1;
}

/* Of one run: what it is told at choice points, and what it leaves behind. */
struct recording {
    struct choice_pairs pairs;
    struct choice_recorder recorder;
    struct choice_lister lister;
    struct outfile list;
    struct tape tape;
};

static void keep_states(void *user, struct trace *trace)
{
    struct recording *recording = user;

    tape_keep_states(&recording->tape.states, trace);
}

/* DIR/NAME.tape; -2, -3 and so on for the same name out of another folder. */
static bool name_tape(const struct run_options *o, char *const *before, char *path,
                      size_t path_bytes, struct sim_error *err)
{
    const char *file = o->play.scenario != NULL ? o->play.scenario : o->play.parts.normal_world;
    const char *slash = strrchr(file, '/');
    const char *base = slash != NULL ? slash + 1 : file;
    const char *dot = strrchr(base, '.');
    int length = dot != NULL && dot != base ? (int)(dot - base) : (int)strlen(base);
    unsigned same = 1;
    struct stat there;
    char number[16] = "";

    for (; before != NULL && *before != o->play.scenario; before++) {
        const char *other = strrchr(*before, '/');

        same += strcmp(other != NULL ? other + 1 : *before, base) == 0;
    }
    if (same > 1) {
        snprintf(number, sizeof(number), "-%u", same);
    }
    if (mkdir(o->tapes, 0777) != 0 &&
        (errno != EEXIST || stat(o->tapes, &there) != 0 || !S_ISDIR(there.st_mode))) {
        return sim_fail(err, SIM_BAD_INPUT, "--tapes %s: no folder, and none can be created: %s",
                        o->tapes, strerror(errno));
    }
    if ((size_t)snprintf(path, path_bytes, "%s/%.*s%s.tape", o->tapes, length, base, number) >=
        path_bytes) {
        return sim_fail(err, SIM_BAD_INPUT, "--tapes %s: the name is too long", o->tapes);
    }
    return true;
}

static bool fill_tape(struct recording *recording, const struct run_options *o,
                      const struct runner *runner, struct sim_error *err)
{
    struct tape *tape = &recording->tape;

    if (recording->recorder.cut) {
        return sim_fail(err, SIM_INTERNAL, "no tape: more than %u delays", CHOICES_MOST);
    }
    tape->options = o->play;
    tape->identity = runner->identity;
    tape->choices = recording->recorder.list;
    recording->recorder.list = (struct choice_list){NULL, 0, 0};
    tape->passed = runner->result.verdict == RUN_PASSED;
    tape->hash = runner->hash;
    tape->events = runner->events;
    tape->points = runner->result.choices;
    memcpy(tape->why, runner->result.why, sizeof(tape->why));
    return true;
}

/* --tape of any run, --tapes of one that failed */
static bool write_tapes(struct recording *recording, const struct run_options *o,
                        char *const *before, const struct runner *runner, struct sim_error *err)
{
    bool failed = runner->result.verdict != RUN_PASSED;
    char path[4096];

    if (o->tape == NULL && (o->tapes == NULL || !failed)) {
        return true;
    }
    if (!fill_tape(recording, o, runner, err)) {
        return false;
    }
    if (o->tape != NULL) {
        if (!tape_write(&recording->tape, o->tape, err)) {
            return false;
        }
        if (!o->quiet) {
            printf("tape %s: %" PRIu64 " choice points, %zu delays\n", o->tape,
                   recording->tape.points, recording->tape.choices.count);
        }
    }
    if (o->tapes != NULL && failed) {
        if (!name_tape(o, before, path, sizeof(path), err) ||
            !tape_write(&recording->tape, path, err)) {
            return false;
        }
        printf("to run it again: orrery replay %s\n", path);
    }
    return true;
}

/* Delays by hand that never came: their numbers are past the end. */
static void tell_unused(const struct recording *recording, const struct runner *runner)
{
    char why[CHOICE_FIT_BYTES];

    if (!choice_pairs_fit(&recording->pairs, why)) {
        printf("--delay-at: %s; there are %" PRIu64 "\n", why, runner->result.choices);
    }
}

static enum sim_status worse(enum sim_status a, enum sim_status b)
{
    return a > b ? a : b;
}

/* The same as `runner` will do, unseen, with its events kept. */
static enum sim_status run_first(const struct run_options *o, const struct runner *runner,
                                 struct twice *twice)
{
    struct choice_pairs pairs;
    struct runner first = {.command = runner->command,
                           .play = runner->play,
                           .choices = &pairs.base,
                           .story = STORY_NONE,
                           .silent = true,
                           .twice = twice};

    choice_pairs_init(&pairs, &o->delays);
    return runner_run(&first);
}

static enum sim_status run_twice(const struct run_options *o, struct runner *runner)
{
    struct twice twice;
    enum sim_status status;

    twice_init(&twice);
    status = run_first(o, runner, &twice);
    if (status <= SIM_FAILED) {
        runner->twice = &twice;
        twice_again(&twice);
        status = runner_run(runner);
        if (status <= SIM_FAILED && !twice.differs) {
            printf("twice the same: %" PRIu64 " events\n", twice.count);
        }
        status = twice.differs ? SIM_INTERNAL : status;
    }
    twice_free(&twice);
    return status;
}

static bool open_list(struct recording *recording, const struct run_options *o,
                      struct runner *runner, struct sim_error *err)
{
    if (o->choices == NULL) {
        return true;
    }
    if (!outfile_open(&recording->list, o->choices, "the list of choice points", err)) {
        return false;
    }
    choice_lister_init(&recording->lister, &recording->recorder.base, recording->list.file);
    runner->choices = &recording->lister.base;
    return true;
}

/* `before`: the scenarios of the command line up to this one; NULL: it has none. */
static enum sim_status run_one(const struct run_options *options, char *const *before)
{
    struct run_options o = *options;
    struct recording *recording = calloc(1, sizeof(*recording));
    struct runner runner = {.command = "run",
                            .play = &o.play,
                            .story = o.story,
                            .quiet = o.quiet,
                            .map = o.map,
                            .trace = o.trace,
                            .call_log = o.call_log,
                            .user = recording};
    struct sim_error err;
    enum sim_status status;

    if (recording == NULL) {
        sim_fail(&err, SIM_INTERNAL, "out of memory");
        return runner_complain("run", &err);
    }
    tape_init(&recording->tape);
    choice_pairs_init(&recording->pairs, &o.delays);
    choice_recorder_init(&recording->recorder, &recording->pairs.base);
    runner.choices = &recording->recorder.base;
    runner.delays = &recording->recorder.list;
    runner.no_judge = o.no_judge;
    if (!open_list(recording, &o, &runner, &err)) {
        free(recording);
        return runner_complain("run", &err);
    }
    runner.begins = o.tape != NULL || o.tapes != NULL ? keep_states : NULL;
    status = o.twice ? run_twice(&o, &runner) : runner_run(&runner);
    if (runner.has_run) {
        tell_unused(recording, &runner);
        if (!write_tapes(recording, &o, before, &runner, &err) ||
            (o.choices != NULL && !outfile_finish(&recording->list, &err))) {
            status = worse(status, runner_complain("run", &err));
        }
    }
    outfile_abandon(&recording->list);
    choice_recorder_free(&recording->recorder);
    tape_free(&recording->tape);
    free(recording);
    return status;
}

/* What can not go together, and a status; -1: all well. */
static int check_options(int argc, char **argv, const struct run_options *o)
{
    static const struct {
        size_t offset;
        const char *says;
    } single[] = {
        {offsetof(struct run_options, trace), "--trace records one run: give one scenario"},
        {offsetof(struct run_options, call_log), "--call-log records one run: give one scenario"},
        {offsetof(struct run_options, choices), "--list-choices is of one run: give one scenario"},
        {offsetof(struct run_options, tape),
         "--tape records one run: give one scenario, or --tapes DIR"},
    };

    if (o->play.parts.normal_world != NULL && optind == argc) {
        return -1;
    }
    if (o->play.parts.normal_world != NULL || o->play.parts.normal_world_el != 0 ||
        o->play.parts.normal_world_load != 0 || o->play.partition_count != 0) {
        return command_usage("run",
                             o->play.parts.normal_world == NULL
                                 ? "--partition and --normal-world-* are for a run without a "
                                   "scenario: --normal-world IMAGE is wanted too"
                                 : "'%s': either scenarios or --normal-world IMAGE",
                             argv[optind]);
    }
    if (optind == argc) {
        return command_usage("run", "no scenario given");
    }
    for (size_t i = 0; i < sizeof(single) / sizeof(single[0]); i++) {
        const char *file;

        memcpy(&file, (const char *)o + single[i].offset, sizeof(file));
        if (file != NULL && argc - optind > 1) {
            return command_usage("run", "%s", single[i].says);
        }
    }
    return -1;
}

static int run_all(int argc, char **argv, struct run_options *o)
{
    enum sim_status worst = SIM_PASS;
    unsigned passed = 0;

    for (int i = optind; i < argc; i++) {
        enum sim_status one;

        o->play.scenario = argv[i];
        one = run_one(o, argv + optind);
        passed += one == SIM_PASS;
        worst = worse(worst, one);
    }
    if (argc - optind > 1) {
        printf("%u passed, %u failed\n", passed, (unsigned)(argc - optind) - passed);
    }
    return (int)worst;
}

int cmd_run(int argc, char **argv)
{
    struct run_options o = {.story = STORY_CALLS};
    int status = parse_options(argc, argv, &o);

    if (status < 0) {
        status = check_options(argc, argv, &o);
    }
    if (status < 0) {
        status =
            o.play.parts.normal_world != NULL ? (int)run_one(&o, NULL) : run_all(argc, argv, &o);
    }
    choice_list_free(&o.delays);
    return status;
}
