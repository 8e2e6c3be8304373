/* SPDX-License-Identifier: BSD-3-Clause */
/* Hands out jobs and takes what comes back. Host time decides when to stop, and nothing else. */
#define _GNU_SOURCE /* MAP_ANONYMOUS, open_memstream */
#include "sim/replay/campaign.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sim/replay/tape.h"

#define TICK_MS   100
#define FIRST_JOB 1u /* runs; each job of a scenario has twice as many, up to RUNS_PER_JOB */

uint64_t campaign_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

static bool is_exhaustive(const struct campaign *campaign)
{
    return campaign->options->plan.strategy == STRATEGY_EXHAUSTIVE;
}

static bool scenario_hash(const char *path, struct trace_hash *hash, struct sim_error *err)
{
    FILE *file = fopen(path, "rbe");
    char *text = malloc(SCENARIO_MAX_FILE_BYTES);
    size_t size_bytes =
        file != NULL && text != NULL ? fread(text, 1, SCENARIO_MAX_FILE_BYTES, file) : 0;
    bool ok = file != NULL && text != NULL && !ferror(file);

    if (!ok) {
        sim_fail(err, SIM_BAD_INPUT, "%s: %s", path, strerror(errno));
    } else {
        trace_hash_bytes(text, size_bytes, hash);
    }
    free(text);
    if (file != NULL) {
        fclose(file);
    }
    return ok;
}

/* What makes two campaigns the same one, as the first lines of the results. */
static char *make_head(const struct campaign_options *o, struct sim_error *err)
{
    char *head = NULL;
    size_t size_bytes;
    FILE *file = open_memstream(&head, &size_bytes);
    bool ok = file != NULL;

    if (!ok) {
        sim_fail(err, SIM_INTERNAL, "out of memory");
        return NULL;
    }
    fprintf(file, "orrery results 1\n%s strategy %s depth %u seed-base %" PRIu64 " shard %u/%u\n",
            tape_own_version(), strategy_name(o->plan.strategy), o->plan.depth, o->plan.seed_base,
            o->shard + 1, o->shards);
    fprintf(file, "options%s", o->plan.core_only ? " --core-only" : "");
    command_put_faults(file, &o->plan);
    command_put_options(file, &o->plan.play);
    fprintf(file, "\n");
    for (unsigned i = 0; ok && i < o->plan.scenario_count; i++) {
        struct trace_hash hash;
        char text[TRACE_HASH_TEXT];

        ok = scenario_hash(o->plan.scenario[i], &hash, err);
        trace_hash_text(&hash, text);
        fprintf(file, "scenario %s %s\n", ok ? text : "", o->plan.scenario[i]);
    }
    fclose(file);
    if (!ok) {
        free(head);
    }
    return ok ? head : NULL;
}

static bool tell_resumed(void *user, const struct result *result)
{
    struct campaign *campaign = user;

    if (result->scenario >= campaign->options->plan.scenario_count ||
        campaign_is_done(campaign, result->scenario, result->run) ||
        !campaign_count(campaign, result)) {
        return false;
    }
    campaign->resumed++;
    return true;
}

/* What an earlier session was writing when it was killed: NAME.tape.N.tmp, results.N.tmp. */
static void remove_leftovers(const char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;

    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        size_t length = strlen(entry->d_name);

        if (length > 4 && strcmp(entry->d_name + length - 4, ".tmp") == 0 &&
            (strstr(entry->d_name, ".tape.") != NULL ||
             strncmp(entry->d_name, "results.", 8) == 0)) {
            unlinkat(dirfd(dir), entry->d_name, 0);
        }
    }
    if (dir != NULL) {
        closedir(dir);
    }
}

static bool open_results(struct campaign *campaign, char path[4096], struct sim_error *err)
{
    const struct campaign_options *o = campaign->options;
    char *head;
    bool ok;

    if (o->out == NULL) {
        return true;
    }
    if (mkdir(o->out, 0777) != 0 && errno != EEXIST) {
        return sim_fail(err, SIM_BAD_INPUT, "--out %s: can not be created: %s", o->out,
                        strerror(errno));
    }
    if (snprintf(path, 4096, "%s/results", o->out) >= 4096) {
        return sim_fail(err, SIM_BAD_INPUT, "--out: the name is too long");
    }
    if (o->resume) {
        remove_leftovers(o->out);
    }
    head = make_head(o, err);
    if (head == NULL) {
        return false;
    }
    ok = o->resume ? results_resume(&campaign->results, path, head, tell_resumed, campaign, err)
                   : results_create(&campaign->results, path, head, err);
    free(head);
    return ok;
}

/* Next runs of a scenario, those left out that an earlier session has done. */
static bool take_range(struct campaign *campaign, uint32_t scenario, uint32_t most, struct job *job)
{
    const struct campaign_options *o = campaign->options;
    struct campaign_course *course = &campaign->course[scenario];

    while (campaign_is_done(campaign, scenario, o->shard + course->next * o->shards)) {
        course->next++;
    }
    job->first = o->shard + course->next * o->shards;
    job->step = o->shards;
    for (job->count = 0; job->count < most; job->count++) {
        uint64_t run = o->shard + course->next * o->shards;

        if ((o->runs != 0 && run >= o->runs) || campaign_is_done(campaign, scenario, run)) {
            break;
        }
        course->next++;
    }
    return job->count != 0;
}

/* There are some, and an earlier session has done each of them. */
static bool all_done(const struct campaign *campaign, const struct job *job)
{
    for (uint32_t i = 0; i < job->count; i++) {
        if (!campaign_is_done(campaign, job->scenario, job->first + i)) {
            return false;
        }
    }
    return job->count != 0;
}

static bool take_sets(struct campaign *campaign, uint32_t scenario, uint32_t most, struct job *job)
{
    struct campaign_course *course = &campaign->course[scenario];
    struct exhaust *exhaust = &course->exhaust;
    uint64_t left = campaign->options->runs - exhaust->sent;

    if (campaign->options->runs != 0 && left < most) {
        most = exhaust->sent < campaign->options->runs ? (uint32_t)left : 0;
    }
    job->kind = exhaust_surveys(exhaust) ? JOB_SURVEY : JOB_RUNS;
    job->step = 1;
    /*
     * Leaves that were run before need no second run; the others are asked for what comes next. A
     * session that was killed had several jobs at once: what is missing may lie before what is
     * there.
     */
    do {
        job->count = (uint32_t)exhaust_take(exhaust, most, &job->first);
        for (uint32_t i = 0; i < job->count; i++) {
            job->depth = exhaust_path(exhaust, job->first + i, job->point[i]);
        }
        if (job->kind == JOB_SURVEY || !all_done(campaign, job)) {
            return job->count != 0;
        }
        for (uint32_t i = 0; i < job->count; i++) {
            if (!exhaust_back(exhaust, job->first + i, NULL, 0, 0)) {
                return false;
            }
        }
    } while (!exhaust->done);
    return false;
}

static bool make_job(struct campaign *campaign, uint32_t scenario, struct job *job)
{
    struct campaign_course *course = &campaign->course[scenario];
    uint32_t most = course->batch != 0 ? course->batch : FIRST_JOB;
    bool any;

    job->scenario = scenario;
    job->probe = course->probe;
    if (!course->probed) {
        any = !course->probing;
        course->probing = true;
        job->kind = JOB_PROBE;
        job->count = 1;
        return any;
    }
    job->kind = JOB_RUNS;
    any = is_exhaustive(campaign) ? take_sets(campaign, scenario, most, job)
                                  : take_range(campaign, scenario, most, job);
    if (any) {
        course->batch = most < RUNS_PER_JOB ? 2 * most : RUNS_PER_JOB;
    }
    return any;
}

/* Which scenario has had the least of the host's time, of those that were not asked yet. */
static unsigned least_served(const struct campaign *campaign, const bool *asked)
{
    unsigned count = campaign->options->plan.scenario_count;
    unsigned found = count;

    for (unsigned i = 0; i < count; i++) {
        if (!asked[i] &&
            (found == count || campaign->course[i].spent_ms < campaign->course[found].spent_ms)) {
            found = i;
        }
    }
    return found;
}

/* The next job of some scenario: all get the same time, the quick ones more runs. */
static bool next_job(struct campaign *campaign, struct job *job)
{
    unsigned count = campaign->options->plan.scenario_count;

    memset(campaign->asked, 0, count * sizeof(*campaign->asked));
    for (unsigned i = 0; i < count; i++) {
        unsigned scenario = least_served(campaign, campaign->asked);

        campaign->asked[scenario] = true;
        memset(job, 0, offsetof(struct job, point));
        if (make_job(campaign, scenario, job)) {
            /* In advance, for the other jobs; what it takes takes its place. */
            job->charged_ms = campaign->course[scenario].latest_ms;
            campaign->course[scenario].spent_ms += job->charged_ms;
            return true;
        }
    }
    return false;
}

static bool give_up(struct campaign *campaign, const struct sim_error *err)
{
    if (!campaign->failed_itself) {
        campaign->err = *err;
        campaign->failed_itself = true;
    }
    campaign->over = true;
    atomic_store(campaign->options->plan.stop, true);
    return false;
}

static bool send_jobs(struct campaign *campaign)
{
    for (unsigned i = 0; i < campaign->worker_count && !campaign->over; i++) {
        if (campaign->busy[i]) {
            continue;
        }
        if (!next_job(campaign, campaign->job[i])) {
            break;
        }
        campaign->busy[i] = true;
        campaign->sent_ms[i] = campaign_now_ms();
        if (!worker_send(&campaign->worker[i], campaign->job[i])) {
            struct sim_error err;

            sim_fail(&err, SIM_INTERNAL, "job %u has died", i + 1);
            return give_up(campaign, &err);
        }
    }
    return true;
}

/* Behind the outcome of a survey come the points. */
static bool take_points(struct campaign *campaign, unsigned index, const struct outcome *outcome,
                        struct sim_error *err)
{
    struct exhaust *exhaust = &campaign->course[outcome->scenario].exhaust;
    uint64_t path[STRATEGY_MAX_DEPTH];
    unsigned depth = exhaust_path(exhaust, outcome->run, path);
    uint64_t behind = outcome->points - (depth != 0 ? path[depth - 1] : 0);
    uint64_t *point = NULL;
    bool ok = true;

    if (outcome->found > SURVEY_MOST) {
        return sim_fail(err, SIM_BAD_INPUT,
                        "%s: run %" PRIu64 " has %" PRIu64 " choice points; an exhaustive search "
                        "takes at most %u",
                        campaign->options->plan.scenario[outcome->scenario], outcome->run,
                        outcome->found, SURVEY_MOST);
    }
    if (campaign->job[index]->kind == JOB_SURVEY && outcome->found != 0) {
        point = malloc(outcome->found * sizeof(*point));
        ok = (point != NULL || sim_fail(err, SIM_INTERNAL, "out of memory")) &&
             (worker_receive_points(&campaign->worker[index], point, outcome->found) ||
              sim_fail(err, SIM_INTERNAL, "job %u has died", index + 1));
    }
    if (ok && !exhaust_back(
                  exhaust, outcome->run, point, outcome->found,
                  outcome->crashed || !exhaust_surveys(exhaust) ? 0 : behind - outcome->found)) {
        ok = sim_fail(err, SIM_INTERNAL, "out of memory");
    }
    free(point);
    return ok;
}

static bool take_run(struct campaign *campaign, unsigned index, const struct outcome *outcome,
                     struct sim_error *err)
{
    struct result result = {
        .scenario = outcome->scenario,
        .run = outcome->run,
        .passed = outcome->passed,
        .crashed = outcome->crashed,
        .hash = outcome->hash,
        .order = outcome->order,
        .points = outcome->points,
        .delays = outcome->delays,
    };
    unsigned causes = campaign->cause_count;
    struct fault_draw draw;

    memcpy(result.why, outcome->why, sizeof(result.why));
    worker_faults(&campaign->options->plan, &campaign->course[outcome->scenario].probe,
                  outcome->run, &draw);
    menu_text(&draw, result.faults);
    if (is_exhaustive(campaign)) {
        result.depth =
            exhaust_path(&campaign->course[outcome->scenario].exhaust, outcome->run, result.point);
        if (!take_points(campaign, index, outcome, err)) {
            return false;
        }
    }
    if (campaign_is_done(campaign, result.scenario, result.run)) {
        return true;
    }
    if (!campaign_count(campaign, &result)) {
        return sim_fail(err, SIM_INTERNAL, "out of memory");
    }
    if (campaign->results.file != NULL && !results_add(&campaign->results, &result, err)) {
        return false;
    }
    if (campaign->cause_count != causes && campaign->options->tick != NULL) {
        campaign->options->tick(campaign->options->user, true);
    }
    return true;
}

static bool take_outcome(struct campaign *campaign, unsigned index, struct sim_error *err)
{
    struct outcome outcome;
    struct campaign_course *course;

    if (!worker_receive(&campaign->worker[index], &outcome)) {
        return sim_fail(err, SIM_INTERNAL, "job %u has died", index + 1);
    }
    course = &campaign->course[outcome.scenario];
    switch (outcome.kind) {
    case OUTCOME_PROBE:
        course->probe = outcome.probe; /* of one that crashed: empty, and no runs are shared */
        memcpy(course->kinds, outcome.kinds, sizeof(course->kinds));
        course->probed = true;
        return true;
    case OUTCOME_RUN:
        return take_run(campaign, index, &outcome, err);
    case OUTCOME_BAD:
        return sim_fail(err, outcome.internal ? SIM_INTERNAL : SIM_BAD_INPUT, "%s", outcome.why);
    default:
        campaign->busy[index] = false;
        course->spent_ms -= campaign->job[index]->charged_ms;
        course->latest_ms = campaign_now_ms() - campaign->sent_ms[index];
        course->spent_ms += course->latest_ms;
        return campaign_write_tapes(campaign, err);
    }
}

static unsigned count_busy(const struct campaign *campaign)
{
    unsigned count = 0;

    for (unsigned i = 0; i < campaign->worker_count; i++) {
        count += campaign->busy[i];
    }
    return count;
}

static void wait_and_take(struct campaign *campaign)
{
    struct pollfd fd[CAMPAIGN_MAX_JOBS];
    struct sim_error err;

    for (unsigned i = 0; i < campaign->worker_count; i++) {
        fd[i] = (struct pollfd){.fd = campaign->busy[i] ? campaign->worker[i].outcomes : -1,
                                .events = POLLIN};
    }
    if (poll(fd, campaign->worker_count, TICK_MS) <= 0) {
        return;
    }
    for (unsigned i = 0; i < campaign->worker_count; i++) {
        if (fd[i].revents != 0 && !take_outcome(campaign, i, &err)) {
            give_up(campaign, &err);
            return;
        }
    }
}

static bool is_time_up(const struct campaign *campaign, uint64_t now_ms)
{
    const struct campaign_options *o = campaign->options;

    return (o->time_ms != 0 && now_ms - campaign->began_ms >= o->time_ms) ||
           (o->interrupted != NULL && *o->interrupted != 0);
}

static void work(struct campaign *campaign)
{
    const struct campaign_options *o = campaign->options;
    uint64_t told_ms = 0;

    while (!campaign->failed_itself) {
        uint64_t now_ms = campaign_now_ms();

        if (is_time_up(campaign, now_ms)) {
            campaign->over = true;
            atomic_store(o->plan.stop, true);
        }
        if (!send_jobs(campaign) || count_busy(campaign) == 0) {
            break;
        }
        wait_and_take(campaign);
        if (o->tick != NULL && now_ms - told_ms >= TICK_MS) {
            told_ms = now_ms;
            o->tick(o->user, false);
        }
    }
}

static bool start(struct campaign *campaign, struct sim_error *err)
{
    const struct campaign_options *o = campaign->options;

    campaign->course = calloc(o->plan.scenario_count, sizeof(*campaign->course));
    campaign->cause = calloc(CAMPAIGN_MAX_CAUSES, sizeof(*campaign->cause));
    campaign->asked = calloc(o->plan.scenario_count, sizeof(*campaign->asked));
    if (campaign->course == NULL || campaign->cause == NULL || campaign->asked == NULL) {
        return sim_fail(err, SIM_INTERNAL, "out of memory");
    }
    for (unsigned i = 0; is_exhaustive(campaign) && i < o->plan.scenario_count; i++) {
        if (!exhaust_init(&campaign->course[i].exhaust, o->plan.depth, o->shard, o->shards)) {
            return sim_fail(err, SIM_INTERNAL, "out of memory");
        }
    }
    for (unsigned i = 0; i < o->jobs && i < CAMPAIGN_MAX_JOBS; i++) {
        campaign->job[i] = calloc(1, sizeof(struct job));
        if (campaign->job[i] == NULL) {
            return sim_fail(err, SIM_INTERNAL, "out of memory");
        }
        /* While this process is still small: they are its copies. */
        if (!worker_start(&o->plan, campaign->worker, i, err)) {
            return false;
        }
        campaign->worker_count = i + 1;
    }
    return true;
}

bool campaign_run(struct campaign *campaign, const struct campaign_options *options,
                  struct sim_error *err)
{
    struct campaign_options own = *options;
    char path[4096];
    atomic_bool *stop =
        mmap(NULL, sizeof(*stop), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    bool ok;

    memset(campaign, 0, sizeof(*campaign));
    if (stop == MAP_FAILED) {
        return sim_fail(err, SIM_INTERNAL, "out of memory");
    }
    own.plan.stop = stop;
    campaign->options = &own;
    signal(SIGPIPE, SIG_IGN); /* a worker that died is found out by write() */
    ok = start(campaign, err) && open_results(campaign, path, err);
    campaign->began_ms = campaign_now_ms();
    if (ok) {
        work(campaign);
        ok = (!campaign->failed_itself ||
              sim_fail(err, campaign->err.status, "%s", campaign->err.text)) &&
             campaign_write_tapes(campaign, err);
    }
    atomic_store(stop, true);
    campaign->ended_ms = campaign_now_ms();
    for (unsigned i = 0; i < campaign->worker_count; i++) {
        worker_stop(&campaign->worker[i]);
    }
    results_close(&campaign->results);
    if (!ok && campaign->results.is_new) {
        unlink(path); /* of a campaign that never began: it must not be in the way of the next */
    }
    munmap(stop, sizeof(*stop));
    campaign->options = options;
    return ok;
}

bool campaign_is_complete(const struct campaign *campaign)
{
    const struct campaign_options *o = campaign->options;

    for (unsigned i = 0; i < o->plan.scenario_count; i++) {
        const struct campaign_course *course = &campaign->course[i];

        if (o->plan.strategy == STRATEGY_EXHAUSTIVE
                ? !course->exhaust.done || course->exhaust.too_large
                : o->runs == 0 || o->shard + course->next * o->shards < o->runs) {
            return false;
        }
    }
    return !campaign->failed_itself;
}

void campaign_free(struct campaign *campaign)
{
    for (unsigned i = 0; campaign->course != NULL && i < campaign->options->plan.scenario_count;
         i++) {
        free(campaign->course[i].done);
        exhaust_free(&campaign->course[i].exhaust);
    }
    for (unsigned i = 0; i < CAMPAIGN_MAX_JOBS; i++) {
        free(campaign->job[i]);
    }
    free(campaign->course);
    free(campaign->cause);
    free(campaign->seen);
    free(campaign->asked);
}
