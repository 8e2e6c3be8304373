/* SPDX-License-Identifier: BSD-3-Clause */
/* orrery explore: many runs of scenarios, each with a seed and a schedule of its own. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "options.h"
#include "runner.h"
#include "sim/replay/campaign.h"
#include "sim/replay/outfile.h"
#include "sim/replay/sources.h"
#include "sim/script/parse.h"

#define DEFAULT_RUNS  1000u
#define DEFAULT_DEPTH 3u
#define MOST_HOURS    1000u
#define LINE_MS       5000u /* between two lines of progress */
#define TERMINAL_MS   200u

struct command {
    struct campaign_options options;
    struct campaign campaign;
    const char *junit;
    const char *tap;
    bool quiet;
    bool has_depth;
    bool has_faults;
    bool tapes;     /* --strategy replay */
    bool is_varied; /* an option that means nothing to tapes */
    bool terminal;
    uint64_t told_ms;
};

static void help(void)
{
    printf(
        "usage: orrery explore [OPTION]... SCENARIO...\n"
        "       orrery explore --strategy replay [--junit FILE] [--tap FILE] [--quiet] TAPE...\n\n"
        "Runs scenarios many times, each time with another seed and another schedule, and keeps "
        "what\n"
        "fails (docs/exploration.md).\n\n"
        "  --strategy random|pct|round-robin|exhaustive|replay\n"
        "                      where schedules come from (default random); replay: from tapes\n"
        "  --depth N           pct: delays of a run; exhaustive: at most so many (default %u, 2)\n"
        "  --runs N            of each scenario (default %u, exhaustive: all)\n"
        "  --time DURATION     stop after so long: \"90 s\", \"10 min\", \"8 h\"\n"
        "  --jobs N            runs at the same time (default 1)\n"
        "  --shard I/N         every N-th run, from the I-th: N machines share a campaign\n"
        "  --seed-base S       run 0 has this seed, run 1 the next (default 0)\n"
        "  --core-only         what scripts expect does not count: only the core's invariants, "
        "panics,\n"
        "                      deadlocks and runs that do not end\n"
        "  --faults N          at most N of the scenario's possible_faults in a run (default 1)\n"
        "  --no-faults         none of them\n"
        "  --out DIR           a tape for each cause of failure, and the results so far\n"
        "  --resume            go on with what is in DIR\n"
        "  --junit FILE        JUnit XML at the end\n"
        "  --tap FILE          TAP at the end\n"
        "  --quiet             no progress; failures and one last line\n"
        "  --set, --fault, --board, --pes, --limit, --until, --quantum, --check, --no-check\n"
        "                      as in orrery run\n"
        "  --help              this text\n\n"
        "Exit status: 0 no run failed, 1 some did, 2 usage or bad input, 3 internal fault.\n",
        DEFAULT_DEPTH, DEFAULT_RUNS);
}

enum {
    OPT_STRATEGY = 256,
    OPT_DEPTH,
    OPT_RUNS,
    OPT_TIME,
    OPT_JOBS,
    OPT_SHARD,
    OPT_SEED_BASE,
    OPT_CORE_ONLY,
    OPT_FAULTS,
    OPT_NO_FAULTS,
    OPT_FAULT,
    OPT_OUT,
    OPT_RESUME,
    OPT_JUNIT,
    OPT_TAP,
    OPT_QUIET,
    OPT_SET,
    OPT_BOARD,
    OPT_PES,
    OPT_LIMIT,
    OPT_UNTIL,
    OPT_QUANTUM,
    OPT_CHECK,
    OPT_NO_CHECK,
    OPT_HELP
};

static const struct option long_options[] = {{"strategy", required_argument, NULL, OPT_STRATEGY},
                                             {"depth", required_argument, NULL, OPT_DEPTH},
                                             {"runs", required_argument, NULL, OPT_RUNS},
                                             {"time", required_argument, NULL, OPT_TIME},
                                             {"jobs", required_argument, NULL, OPT_JOBS},
                                             {"shard", required_argument, NULL, OPT_SHARD},
                                             {"seed-base", required_argument, NULL, OPT_SEED_BASE},
                                             {"core-only", no_argument, NULL, OPT_CORE_ONLY},
                                             {"faults", required_argument, NULL, OPT_FAULTS},
                                             {"no-faults", no_argument, NULL, OPT_NO_FAULTS},
                                             {"fault", required_argument, NULL, OPT_FAULT},
                                             {"out", required_argument, NULL, OPT_OUT},
                                             {"resume", no_argument, NULL, OPT_RESUME},
                                             {"junit", required_argument, NULL, OPT_JUNIT},
                                             {"tap", required_argument, NULL, OPT_TAP},
                                             {"quiet", no_argument, NULL, OPT_QUIET},
                                             {"set", required_argument, NULL, OPT_SET},
                                             {"board", required_argument, NULL, OPT_BOARD},
                                             {"pes", required_argument, NULL, OPT_PES},
                                             {"limit", required_argument, NULL, OPT_LIMIT},
                                             {"until", required_argument, NULL, OPT_UNTIL},
                                             {"quantum", required_argument, NULL, OPT_QUANTUM},
                                             {"check", required_argument, NULL, OPT_CHECK},
                                             {"no-check", no_argument, NULL, OPT_NO_CHECK},
                                             {"help", no_argument, NULL, OPT_HELP},
                                             {NULL, 0, NULL, 0}};

/* Seconds, minutes or hours of the host. */
static bool parse_time(const char *text, uint64_t *ms, struct sim_error *err)
{
    static const struct {
        const char *name;
        uint64_t ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"min", 60000}, {"h", 3600000}};
    char *end;
    double value = strtod(text, &end);

    end += strspn(end, " ");
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (strcmp(end, units[i].name) == 0 && value > 0 &&
            value * (double)units[i].ms <= MOST_HOURS * 3600000.0) {
            *ms = (uint64_t)(value * (double)units[i].ms);
            *ms += *ms == 0;
            return true;
        }
    }
    return sim_fail(
        err, SIM_BAD_INPUT,
        "--time '%.40s': want a number up to %u hours with s, min or h, as in \"10 min\"", text,
        MOST_HOURS);
}

static bool parse_shard(const char *text, struct campaign_options *o, struct sim_error *err)
{
    unsigned index;
    unsigned count;
    char more;

    if (sscanf(text, "%5u/%5u%c", &index, &count, &more) != 2 || index < 1 || index > count) {
        return sim_fail(err, SIM_BAD_INPUT,
                        "--shard '%.40s': want I/N with I from 1 to N, as in 1/4", text);
    }
    o->shard = index - 1;
    o->shards = count;
    return true;
}

static bool parse_check(const char *text, struct play_options *play, struct sim_error *err)
{
    play->check_full = strcmp(text, "full") == 0;
    return play->check_full || strcmp(text, "changes") == 0 ||
           sim_fail(err, SIM_BAD_INPUT, "--check '%.40s': want changes or full", text);
}

/* Options that are those of orrery run. */
static bool parse_play(int option, struct play_options *play, struct sim_error *err)
{
    uint64_t value = 0;
    bool ok = true;

    switch (option) {
    case OPT_SET:
        if (play->set_count == PLAY_MAX_SETS) {
            return sim_fail(err, SIM_BAD_INPUT, "more than %d --set options", PLAY_MAX_SETS);
        }
        play->set[play->set_count++] = optarg;
        break;
    case OPT_FAULT:
        ok = options_add_fault(play, optarg, err);
        break;
    case OPT_BOARD:
        play->board = optarg;
        break;
    case OPT_PES:
        ok = parse_u64(optarg, "--pes", 1, RUN_MAX_PES, &value, err);
        play->pes = (unsigned)value;
        break;
    case OPT_LIMIT:
        ok = parse_duration(optarg, "--limit", &play->limit_ns, err);
        break;
    case OPT_UNTIL:
        ok = parse_duration(optarg, "--until", &play->until_ns, err);
        break;
    case OPT_QUANTUM:
        ok = parse_quantum(optarg, "--quantum", &play->quantum_least_ns, &play->quantum_most_ns,
                           err);
        break;
    case OPT_CHECK:
        ok = parse_check(optarg, play, err);
        break;
    default:
        play->no_check = true;
        break;
    }
    return ok;
}

static bool parse_one(int option, struct command *c, struct sim_error *err)
{
    struct campaign_options *o = &c->options;
    uint64_t value = 0;
    bool ok = true;

    switch (option) {
    case OPT_STRATEGY:
        c->tapes = strcmp(optarg, "replay") == 0;
        ok = c->tapes || strategy_parse(optarg, &o->plan.strategy) ||
             sim_fail(err, SIM_BAD_INPUT,
                      "--strategy '%.40s': want random, pct, round-robin, exhaustive or replay",
                      optarg);
        break;
    case OPT_DEPTH:
        ok = parse_u64(optarg, "--depth", 1, STRATEGY_MAX_DEPTH, &value, err);
        o->plan.depth = (unsigned)value;
        c->has_depth = true;
        break;
    case OPT_FAULTS:
        ok = parse_u64(optarg, "--faults", 1, MENU_MOST_DRAWN, &value, err);
        o->plan.faults = (unsigned)value;
        c->has_faults = true;
        break;
    case OPT_RUNS:
        ok = parse_u64(optarg, "--runs", 1, UINT64_MAX / 2, &o->runs, err);
        break;
    case OPT_TIME:
        ok = parse_time(optarg, &o->time_ms, err);
        break;
    case OPT_JOBS:
        ok = parse_u64(optarg, "--jobs", 1, CAMPAIGN_MAX_JOBS, &value, err);
        o->jobs = (unsigned)value;
        break;
    case OPT_SHARD:
        ok = parse_shard(optarg, o, err);
        break;
    case OPT_SEED_BASE:
        ok = parse_u64(optarg, "--seed-base", 0, UINT64_MAX, &o->plan.seed_base, err);
        break;
    default:
        ok = parse_play(option, &o->plan.play, err);
        break;
    }
    return ok;
}

/* A status, or -1 to go on. */
static int parse_options(int argc, char **argv, struct command *c)
{
    struct sim_error err;
    int option;

    opterr = 0;
    optind = 1;
    while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        c->is_varied = c->is_varied || (option != OPT_STRATEGY && option != OPT_JUNIT &&
                                        option != OPT_TAP && option != OPT_QUIET);
        switch (option) {
        case OPT_OUT:
            c->options.out = optarg;
            break;
        case OPT_CORE_ONLY:
            c->options.plan.core_only = true;
            break;
        case OPT_NO_FAULTS:
            c->options.plan.faults = 0;
            break;
        case OPT_RESUME:
            c->options.resume = true;
            break;
        case OPT_JUNIT:
            c->junit = optarg;
            break;
        case OPT_TAP:
            c->tap = optarg;
            break;
        case OPT_QUIET:
            c->quiet = true;
            break;
        case OPT_HELP:
            help();
            return SIM_PASS;
        case '?':
            return options_unknown("explore", long_options, argv[optind - 1]);
        default:
            if (!parse_one(option, c, &err)) {
                return command_usage("explore", "%s", err.text);
            }
        }
    }
    return -1;
}

static int check_options(int argc, char **argv, struct command *c)
{
    struct campaign_options *o = &c->options;
    bool exhaustive = o->plan.strategy == STRATEGY_EXHAUSTIVE;

    if (optind == argc) {
        return command_usage("explore", c->tapes ? "no tape given" : "no scenario given");
    }
    if (c->tapes && c->is_varied) {
        return command_usage("explore", "--strategy replay: all is on the tapes; only --junit, "
                                        "--tap and --quiet go with it");
    }
    if (o->resume && o->out == NULL) {
        return command_usage("explore", "--resume goes on with what is in --out DIR");
    }
    if (exhaustive && c->has_faults) {
        return command_usage("explore", "--faults: an exhaustive search has none; --fault LINE "
                                        "strikes in each of its runs");
    }
    if (!c->has_depth) {
        o->plan.depth = exhaustive ? 2 : DEFAULT_DEPTH;
    }
    if (o->runs == 0 && o->time_ms == 0 && !exhaustive) {
        o->runs = DEFAULT_RUNS;
    }
    o->plan.faults = exhaustive ? 0 : o->plan.faults;
    o->plan.scenario = (const char *const *)&argv[optind];
    o->plan.scenario_count = (unsigned)(argc - optind);
    o->plan.share = command_share();
    return -1;
}

static void put_left(const struct command *c, uint64_t now_ms, uint64_t fresh)
{
    const struct campaign_options *o = &c->options;
    uint64_t ms = now_ms - c->campaign.began_ms;
    uint64_t left_s = UINT64_MAX;

    if (o->time_ms != 0) {
        left_s = ms < o->time_ms ? (o->time_ms - ms) / 1000 : 0;
    }
    if (o->runs != 0 && fresh != 0 && o->plan.strategy != STRATEGY_EXHAUSTIVE) {
        uint64_t all = o->runs / o->shards * o->plan.scenario_count;
        uint64_t by_runs =
            all > c->campaign.runs ? (all - c->campaign.runs) * ms / fresh / 1000 : 0;

        left_s = by_runs < left_s ? by_runs : left_s;
    }
    if (left_s != UINT64_MAX) {
        fprintf(stderr, ", %" PRIu64 " s left", left_s);
    }
}

static void tick(void *user, bool is_news)
{
    struct command *c = user;
    const struct campaign *campaign = &c->campaign;
    uint64_t now_ms = campaign_now_ms();
    uint64_t ms = now_ms - campaign->began_ms;
    uint64_t fresh = campaign->runs - campaign->resumed;

    if (c->quiet) {
        return;
    }
    if (now_ms - c->told_ms < (c->terminal ? TERMINAL_MS : LINE_MS) && (!is_news || c->terminal)) {
        return;
    }
    c->told_ms = now_ms;
    fprintf(stderr,
            "%sexplore: %" PRIu64 " runs, %" PRIu64 " a second, %" PRIu64 " distinct, %" PRIu64
            " failed (%u causes)",
            c->terminal ? "\r" : "", campaign->runs, ms != 0 ? fresh * 1000 / ms : 0,
            campaign->distinct, campaign->failed, campaign->cause_count);
    put_left(c, now_ms, fresh);
    fprintf(stderr, c->terminal ? "\033[K" : "\n");
}

static void tell_cause(const struct command *c, const struct campaign_cause *cause)
{
    printf("FAIL  %s\n      %s\n", c->options.plan.scenario[cause->first.scenario],
           cause->first.why);
    if (cause->first.faults[0] != '\0') {
        printf("      with the faults: %s\n", cause->first.faults);
    }
    printf("      %" PRIu64 " run%s; the first is run %" PRIu64 ", again: ", cause->count,
           cause->count != 1 ? "s" : "", cause->first.run);
    command_put_again(stdout, &c->campaign, cause);
    printf("\n");
}

static void tell_exhausted(const struct command *c)
{
    for (unsigned i = 0; i < c->options.plan.scenario_count; i++) {
        const struct campaign_course *course = &c->campaign.course[i];
        const struct exhaust *exhaust = &course->exhaust;

        printf("%s: %" PRIu64 " points (", c->options.plan.scenario[i], course->probe.span.points);
        for (unsigned kind = 0; kind < CHOICE_KIND_COUNT; kind++) {
            printf("%s%" PRIu64 " %s", kind != 0 ? ", " : "", course->kinds[kind],
                   choice_kind_name(kind));
        }
        printf("); %" PRIu64 " runs with up to %u delays, %" PRIu64 " skipped as equivalent; %s\n",
               course->runs, exhaust->depth, exhaust->skipped,
               exhaust->too_large ? "too many: take a smaller --depth, or --shard"
               : exhaust->done    ? "the space is exhausted"
                                  : "not exhausted");
    }
}

static void tell_end(const struct command *c)
{
    const struct campaign *campaign = &c->campaign;
    uint64_t ms = campaign->ended_ms - campaign->began_ms;
    uint64_t fresh = campaign->runs - campaign->resumed;

    for (unsigned i = 0; i < campaign->cause_count; i++) {
        tell_cause(c, &campaign->cause[i]);
    }
    if (campaign->causes_left_out != 0) {
        printf("%" PRIu64 " failed runs of further causes\n", campaign->causes_left_out);
    }
    if (c->options.plan.strategy == STRATEGY_EXHAUSTIVE) {
        tell_exhausted(c);
    }
    printf("%" PRIu64 " runs", campaign->runs);
    if (campaign->resumed != 0) {
        printf(" (%" PRIu64 " of them before)", campaign->resumed);
    }
    printf(" in %" PRIu64 ".%03u s, %" PRIu64 " a second: %" PRIu64 " distinct, %" PRIu64
           " failed of %u cause%s\n",
           ms / 1000, (unsigned)(ms % 1000), ms != 0 ? fresh * 1000 / ms : 0, campaign->distinct,
           campaign->failed, campaign->cause_count, campaign->cause_count != 1 ? "s" : "");
}

static volatile sig_atomic_t interrupted; /* the signal */

static void on_signal(int number)
{
    interrupted = number;
}

/*
 * The first Ctrl-C ends the campaign as its time does, the second at once. Jobs get the signal,
 * too, and go on. What was started with signals ignored (nohup) still ignores them.
 */
static void watch_signals(struct command *c)
{
    static const int number[] = {SIGINT, SIGTERM};
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART | (int)SA_RESETHAND};
    struct sigaction was;

    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof(number) / sizeof(number[0]); i++) {
        if (sigaction(number[i], NULL, &was) == 0 && was.sa_handler != SIG_IGN) {
            sigaction(number[i], &action, NULL);
        }
    }
    c->options.interrupted = &interrupted;
}

/* Before a night of runs: is there a place for the reports behind it? */
static bool check_reports(const struct command *c, struct sim_error *err)
{
    const char *path[] = {c->junit, c->tap};
    struct outfile out;

    if (c->junit != NULL && c->tap != NULL && strcmp(c->junit, c->tap) == 0) {
        return sim_fail(err, SIM_BAD_INPUT, "--junit and --tap are the same file, %s", c->tap);
    }
    for (unsigned i = 0; i < 2; i++) {
        if (path[i] != NULL) {
            if (!outfile_open(&out, path[i], "the report", err)) {
                return false;
            }
            outfile_abandon(&out);
        }
    }
    return true;
}

static int explore(struct command *c)
{
    struct sim_error err;
    bool ok;

    if (!check_reports(c, &err)) {
        return (int)runner_complain("explore", &err);
    }
    watch_signals(c);

    c->terminal = isatty(STDERR_FILENO) != 0;
    c->told_ms = campaign_now_ms();
    c->options.tick = tick;
    c->options.user = c;
    ok = c->tapes ? campaign_replay(&c->campaign, &c->options, &err)
                  : campaign_run(&c->campaign, &c->options, &err);
    if (c->terminal && !c->quiet) {
        fprintf(stderr, "\r\033[K");
    }
    if (ok || c->campaign.runs != 0) {
        tell_end(c);
    }
    ok = ok && (c->junit == NULL || report_junit(&c->campaign, c->junit, &err)) &&
         (c->tap == NULL || report_tap(&c->campaign, c->tap, &err));
    if (!ok) {
        return (int)runner_complain("explore", &err);
    }
    if (interrupted != 0) {
        fprintf(stderr, "orrery explore: interrupted%s\n",
                c->options.out != NULL ? "; --resume goes on" : "");
        fflush(NULL);
        signal(interrupted, SIG_DFL);
        raise(interrupted);
    }
    return c->campaign.failed != 0 ? SIM_FAILED : SIM_PASS;
}

int cmd_explore(int argc, char **argv)
{
    struct command *c = calloc(1, sizeof(*c));
    int status;

    if (c == NULL) {
        fprintf(stderr, "orrery explore: out of memory\n");
        return SIM_INTERNAL;
    }
    c->options.jobs = 1;
    c->options.plan.faults = 1;
    c->options.shards = 1;
    c->campaign.options = &c->options;
    status = parse_options(argc, argv, c);
    if (status < 0) {
        status = check_options(argc, argv, c);
    }
    if (status < 0) {
        status = explore(c);
    }
    campaign_free(&c->campaign);
    free(c);
    return status;
}
