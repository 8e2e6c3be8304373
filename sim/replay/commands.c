/* SPDX-License-Identifier: BSD-3-Clause */
/* Command lines, as a shell reads them. */
#include <inttypes.h>
#include <string.h>

#include "sim/replay/campaign.h"

void command_put_word(FILE *file, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-+=./,:@%";

    if (*word != '\0' && word[strspn(word, plain)] == '\0') {
        fputs(word, file);
        return;
    }
    fputc('\'', file);
    for (; *word != '\0'; word++) {
        if (*word == '\'') {
            fputs("'\\''", file);
        } else {
            fputc(*word, file);
        }
    }
    fputc('\'', file);
}

void command_put_options(FILE *file, const struct play_options *play)
{
    if (play->board != NULL) {
        fputs(" --board ", file);
        command_put_word(file, play->board);
    }
    if (play->pes != 0) {
        fprintf(file, " --pes %u", play->pes);
    }
    if (play->limit_ns != 0) {
        fprintf(file, " --limit %" PRIu64 "ns", play->limit_ns);
    }
    if (play->until_ns != 0) {
        fprintf(file, " --until %" PRIu64 "ns", play->until_ns);
    }
    if (play->quantum_least_ns != 0) {
        fprintf(file, " --quantum %" PRIu64 "ns..%" PRIu64 "ns", play->quantum_least_ns,
                play->quantum_most_ns);
    }
    if (play->no_check) {
        fputs(" --no-check", file);
    } else if (play->check_full) {
        fputs(" --check full", file);
    }
    for (unsigned i = 0; i < play->fault_count; i++) {
        fputs(" --fault ", file);
        command_put_word(file, play->fault[i]);
    }
    for (unsigned i = 0; i < play->set_count; i++) {
        fputs(" --set ", file);
        command_put_word(file, play->set[i]);
    }
}

void command_put_faults(FILE *file, const struct worker_plan *plan)
{
    if (plan->faults == 0 && plan->strategy != STRATEGY_EXHAUSTIVE) {
        fputs(" --no-faults", file);
    } else if (plan->faults > 1) {
        fprintf(file, " --faults %u", plan->faults);
    }
}

/* By the points themselves: they are all that a run of an exhaustive search has. */
static void put_run(FILE *file, const struct campaign *campaign, const struct result *result)
{
    fputs("orrery run", file);
    command_put_options(file, &campaign->options->plan.play);
    fprintf(file, " --seed %" PRIu64, campaign->options->plan.seed_base);
    for (unsigned i = 0; i < result->depth; i++) {
        fprintf(file, "%s%" PRIu64 "=%" PRIu64 "ns", i == 0 ? " --delay-at " : ",",
                result->point[i], campaign->course[result->scenario].probe.span.long_ns);
    }
}

void command_put_again(FILE *file, const struct campaign *campaign,
                       const struct campaign_cause *cause)
{
    const struct worker_plan *plan = &campaign->options->plan;
    const struct result *first = &cause->first;

    if (cause->tape[0] != '\0') {
        fputs("orrery replay ", file);
        command_put_word(file, cause->tape);
        return;
    }
    if (plan->strategy == STRATEGY_EXHAUSTIVE) {
        put_run(file, campaign, first);
    } else {
        fputs("orrery explore", file);
        command_put_options(file, &plan->play);
        fputs(plan->core_only ? " --core-only" : "", file);
        command_put_faults(file, plan);
        fprintf(file, " --strategy %s --depth %u --seed-base %" PRIu64 " --runs 1",
                strategy_name(plan->strategy), plan->depth, worker_seed(plan, first->run));
    }
    fputc(' ', file);
    command_put_word(file, plan->scenario[first->scenario]);
}
