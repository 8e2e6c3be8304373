/* SPDX-License-Identifier: BSD-3-Clause */
/* orrery run: scenarios from file to verdict. Host time is measured here and shown, nothing else.
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "commands.h"
#include "sim/host/map.h"
#include "sim/script/parse.h"
#include "sim/script/scenario.h"

#define STORY_MAX_LINES 2000u
#define TRACE_MAX_BYTES (256ull << 20)
#define LAST_EVENTS     12u
#define MAX_SETS        64

struct run_options {
    struct scenario_options scenario;
    const char *sets[MAX_SETS];
    struct scenario_parts parts; /* of a run without a scenario file */
    const char *partitions[RUN_MAX_PARTITIONS];
    const char *board;
    const char *trace;
    const char *call_log;
    uint64_t until_ns;
    uint64_t limit_ns;
    uint64_t pes;
    uint64_t quantum_least_ns;
    uint64_t quantum_most_ns;
    bool quiet;
    bool check;
    bool check_full;
    bool map;
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
        "  --set KEY=VALUE     set a parameter of the scenario; may be repeated\n"
        "  --help              this text\n\n"
        "Exit status: 0 all passed, 1 a scenario failed, 2 usage or bad input, 3 internal fault.\n",
        STORY_MAX_LINES);
}

static bool parse_story(const char *text, enum story_level *story)
{
    static const char *const names[] = {"none", "calls", "full"};

    for (unsigned i = 0; i < 3; i++) {
        if (strcmp(text, names[i]) == 0) {
            *story = (enum story_level)i;
            return true;
        }
    }
    return false;
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
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0}};

static int bad_option(const char *given)
{
    const char *names[32];
    char suggestion[64];
    char bare[64];
    size_t count = 0;

    for (; long_options[count].name != NULL; count++) {
        names[count] = long_options[count].name;
    }
    snprintf(bare, sizeof(bare), "%.*s", (int)strcspn(given + strspn(given, "-"), "="),
             given + strspn(given, "-"));
    parse_suggest(bare, names, count, suggestion, sizeof(suggestion));
    return command_usage("run", "unknown or incomplete option '%s'%s", given, suggestion);
}

/* The options of a run without a scenario file. */
static bool parse_part(int option, struct run_options *o, struct sim_error *err)
{
    uint64_t value = 0;
    bool ok = true;

    if (option == OPT_NORMAL_WORLD) {
        o->parts.normal_world = optarg;
    } else if (option == OPT_NORMAL_WORLD_EL) {
        ok = parse_u64(optarg, "--normal-world-el", 1, 2, &value, err);
        o->parts.normal_world_el = (unsigned)value;
    } else if (option == OPT_NORMAL_WORLD_LOAD) {
        ok = parse_u64(optarg, "--normal-world-load", 4096, 1ull << 40, &value, err);
        o->parts.normal_world_load = value;
    } else if (o->parts.partition_count == RUN_MAX_PARTITIONS) {
        ok = sim_fail(err, SIM_BAD_INPUT, "more than %d --partition options", RUN_MAX_PARTITIONS);
    } else {
        o->partitions[o->parts.partition_count++] = optarg;
    }
    return ok;
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

        switch (option) {
        case OPT_SEED:
            ok = parse_u64(optarg, "--seed", 0, UINT64_MAX, &o->scenario.seed, &err);
            break;
        case OPT_BOARD:
            o->board = optarg;
            break;
        case OPT_UNTIL:
            ok = parse_duration(optarg, "--until", &o->until_ns, &err);
            break;
        case OPT_LIMIT:
            ok = parse_duration(optarg, "--limit", &o->limit_ns, &err);
            break;
        case OPT_TRACE:
            o->trace = optarg;
            break;
        case OPT_CALL_LOG:
            o->call_log = optarg;
            break;
        case OPT_STORY:
            if (!parse_story(optarg, &o->story)) {
                return command_usage("run", "--story '%s': want full, calls or none", optarg);
            }
            break;
        case OPT_PES:
            ok = parse_u64(optarg, "--pes", 1, RUN_MAX_PES, &o->pes, &err);
            break;
        case OPT_QUANTUM:
            ok =
                parse_quantum(optarg, "--quantum", &o->quantum_least_ns, &o->quantum_most_ns, &err);
            break;
        case OPT_QUIET:
            o->quiet = true;
            break;
        case OPT_NO_CHECK:
            o->check = false;
            break;
        case OPT_CHECK:
            if (!parse_check(optarg, &o->check_full)) {
                return command_usage("run", "--check '%s': want changes or full", optarg);
            }
            break;
        case OPT_MAP:
            o->map = true;
            break;
        case OPT_SET:
            if (o->scenario.set_count == MAX_SETS) {
                return command_usage("run", "more than %d --set options", MAX_SETS);
            }
            o->sets[o->scenario.set_count++] = optarg;
            break;
        case OPT_NORMAL_WORLD:
        case OPT_NORMAL_WORLD_EL:
        case OPT_NORMAL_WORLD_LOAD:
        case OPT_PARTITION:
            ok = parse_part(option, o, &err);
            break;
        case OPT_HELP:
            help();
            return SIM_PASS;
        default:
            return bad_option(argv[optind - 1]);
        }
        if (!ok) {
            return command_usage("run", "%s", err.text);
        }
    }
    return -1;
}

static double now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void print_event(void *user, const struct trace_event *event)
{
    story_print(user, event);
}

static void print_verdict(const struct scenario_info *info, const struct run_result *result,
                          double wall_ms, const char *hash)
{
    printf("%s  %s   %" PRIu64 ".%03uus simulated, %.1fms wall, hash %s\n",
           result->verdict == RUN_PASSED ? "PASS" : "FAIL", info->name,
           result->simulated_ns / 1000u, (unsigned)(result->simulated_ns % 1000u), wall_ms, hash);
}

static enum sim_status complain(const struct sim_error *err)
{
    fflush(stdout);
    fprintf(stderr, "orrery run: %s\n", err->text);
    return err->status;
}

static bool open_call_log(const char *path, struct run_config *config, struct sim_error *err)
{
    if (path == NULL) {
        return true;
    }
    config->call_log = true;
    config->call_log_out = fopen(path, "wb");
    return config->call_log_out != NULL ||
           sim_fail(err, SIM_BAD_INPUT, "--call-log %s: %s", path, strerror(errno));
}

static bool close_call_log(const char *path, FILE *out, struct sim_error *err)
{
    bool bad;

    if (out == NULL) {
        return true;
    }
    bad = ferror(out) != 0;
    bad = fclose(out) != 0 || bad;
    return !bad || sim_fail(err, SIM_INTERNAL, "--call-log %s: can not be written", path);
}

static void print_map_of_boot(void *user, struct run *run)
{
    (void)user;
    map_print(run, stdout, "after boot");
}

/* Everything between a loaded scenario and its result. */
static bool execute(struct scenario *scenario, const struct run_options *o, struct trace *trace,
                    struct run_result *result, struct sim_error *err)
{
    struct run_config config;
    struct run *run;

    if (!scenario_configure(scenario, command_share(), o->board, trace, &config, err) ||
        !open_call_log(o->call_log, &config, err)) {
        return false;
    }
    config.check = o->check;
    config.check_full = o->check_full;
    config.booted = o->map ? print_map_of_boot : NULL;
    config.until_ns = o->until_ns;
    config.limit_ns = o->limit_ns != 0 ? o->limit_ns : config.limit_ns;
    config.pe_count = o->pes != 0 ? (unsigned)o->pes : config.pe_count;
    if (o->quantum_least_ns != 0) {
        config.quantum_least_ns = o->quantum_least_ns;
        config.quantum_most_ns = o->quantum_most_ns;
    }
    run = run_create(&config, err);
    if (run == NULL) {
        scenario_refused(err, result);
    } else {
        run_execute(run, result);
    }
    scenario_judge(scenario, run, result);
    if (o->map && run != NULL) {
        map_print(run, stdout, "at the end");
    }
    run_destroy(run);
    return close_call_log(o->call_log, config.call_log_out, err);
}

static enum sim_status run_traced(struct scenario *scenario, const struct run_options *o,
                                  struct trace *trace, struct story *story)
{
    double began = now_ms();
    char text[TRACE_HASH_TEXT];
    struct trace_hash hash;
    struct run_result result;
    struct sim_error err;

    if ((o->trace != NULL && !trace_record(trace, o->trace, TRACE_MAX_BYTES, &err)) ||
        !execute(scenario, o, trace, &result, &err)) {
        return complain(&err);
    }
    if (result.verdict == RUN_BAD_INPUT || result.verdict == RUN_INTERNAL) {
        sim_fail(&err, scenario_status(&result), "%s", result.why);
        return complain(&err);
    }
    if (result.verdict == RUN_FAILED) {
        if (o->quiet || o->story == STORY_NONE) {
            printf("The last events:\n");
            trace_last(trace, LAST_EVENTS, print_event, story);
        }
        printf("%s\n", result.why);
    }
    if (!trace_finish(trace, &hash, &err)) {
        return complain(&err);
    }
    trace_hash_text(&hash, text);
    print_verdict(scenario_info(scenario), &result, now_ms() - began, text);
    return scenario_status(&result);
}

/* `path` NULL: without a scenario file. */
static enum sim_status run_file(const char *path, const struct run_options *o)
{
    struct sim_error err;
    struct scenario *scenario = path != NULL ? scenario_load(path, &o->scenario, &err)
                                             : scenario_compose(&o->parts, &o->scenario, &err);
    struct trace *trace = trace_create();
    struct story *story = story_create(stdout, o->quiet ? STORY_NONE : o->story, STORY_MAX_LINES);
    enum sim_status status;

    if (scenario == NULL) {
        status = complain(&err);
    } else if (trace == NULL || story == NULL) {
        sim_fail(&err, SIM_INTERNAL, "out of memory");
        status = complain(&err);
    } else {
        trace_add_sink(trace, story_sink(story));
        status = run_traced(scenario, o, trace, story);
    }
    story_destroy(story);
    trace_destroy(trace);
    scenario_free(scenario);
    return status;
}

int cmd_run(int argc, char **argv)
{
    struct run_options o = {.check = true, .story = STORY_CALLS};
    enum sim_status worst = SIM_PASS;
    unsigned passed = 0;
    int status;

    o.scenario.set = o.sets;
    status = parse_options(argc, argv, &o);
    if (status >= 0) {
        return status;
    }
    o.parts.partition = o.partitions;
    if (o.parts.normal_world != NULL && optind == argc) {
        return (int)run_file(NULL, &o);
    }
    if (o.parts.normal_world != NULL || o.parts.normal_world_el != 0 ||
        o.parts.normal_world_load != 0 || o.parts.partition_count != 0) {
        return command_usage("run",
                             o.parts.normal_world == NULL
                                 ? "--partition and --normal-world-* are for a run without a "
                                   "scenario: --normal-world IMAGE is wanted too"
                                 : "'%s': either scenarios or --normal-world IMAGE",
                             argv[optind]);
    }
    if (optind == argc) {
        return command_usage("run", "no scenario given");
    }
    if (o.trace != NULL && argc - optind > 1) {
        return command_usage("run", "--trace records one run: give one scenario");
    }
    if (o.call_log != NULL && argc - optind > 1) {
        return command_usage("run", "--call-log records one run: give one scenario");
    }
    for (int i = optind; i < argc; i++) {
        enum sim_status one = run_file(argv[i], &o);

        passed += one == SIM_PASS;
        worst = one > worst ? one : worst;
    }
    if (argc - optind > 1) {
        printf("%u passed, %u failed\n", passed, (unsigned)(argc - optind) - passed);
    }
    return (int)worst;
}
