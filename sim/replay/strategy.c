/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim/replay/strategy.h"

#include <string.h>

#include "sim/machine/machine.h"

static const char *const names[STRATEGY_KIND_COUNT] = {"random", "pct", "round-robin",
                                                       "exhaustive"};

const char *strategy_name(enum strategy_kind kind)
{
    return names[kind];
}

bool strategy_parse(const char *text, enum strategy_kind *kind)
{
    for (unsigned i = 0; i < STRATEGY_KIND_COUNT; i++) {
        if (strcmp(text, names[i]) == 0) {
            *kind = (enum strategy_kind)i;
            return true;
        }
    }
    return false;
}

/* SplitMix64 */
static uint64_t draw(struct strategy *strategy)
{
    uint64_t z = strategy->random += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* Below `bound`, which is far below 2^64: what the remainder favours can not be seen. */
static uint64_t draw_below(struct strategy *strategy, uint64_t bound)
{
    return bound != 0 ? draw(strategy) % bound : 0;
}

/* From 16 ns on every order of magnitude as often as any other, and above some, the longest. */
static uint64_t draw_delay(struct strategy *strategy)
{
    uint64_t sixteenths = 16 + draw_below(strategy, 16); /* one after the other, in any compiler */
    uint64_t delay_ns = sixteenths << draw_below(strategy, 17);

    return delay_ns < strategy->span.long_ns ? delay_ns : strategy->span.long_ns;
}

bool strategy_matters(const struct sim_pe *pe, uint64_t delay_ns)
{
    const struct machine *machine;

    if (pe == NULL) {
        return true; /* an interrupt: what it comes before or after is not known here */
    }
    machine = pe->machine;
    for (unsigned i = 0; i < machine->pe_count; i++) {
        if (&machine->pe[i] != pe && machine->pe[i].state == PE_RUNNING) {
            return true;
        }
    }
    return machine->events != NULL && machine->events->due_ns <= pe->now_ns + delay_ns;
}

/* A PE whose turn was put off has to have the next one: else it might never run again. */
static bool has_to_run(struct strategy *strategy, enum choice_kind kind, const struct sim_pe *pe)
{
    uint64_t bit = pe != NULL ? (uint64_t)1 << pe->index % 64 : 0;
    bool put_off = (strategy->put_off & bit) != 0;

    if (kind != CHOICE_TURN) {
        return false;
    }
    strategy->put_off ^= bit;
    return put_off;
}

/* Where a delay makes no difference, the next point is asked: the schedule keeps its delays. */
static uint64_t give(struct strategy *strategy, uint64_t number, enum choice_kind kind,
                     const struct sim_pe *pe, uint64_t delay_ns)
{
    if (strategy->given == STRATEGY_MOST_DELAYS) {
        strategy->base.due = UINT64_MAX;
        return 0;
    }
    if (strategy_matters(pe, delay_ns) && !has_to_run(strategy, kind, pe)) {
        strategy->given++;
        return delay_ns;
    }
    strategy->base.due = number + 1;
    return 0;
}

static uint64_t next_point(const struct strategy *strategy, uint64_t number)
{
    if (strategy->next == strategy->depth) {
        return UINT64_MAX;
    }
    return strategy->point[strategy->next] > number ? strategy->point[strategy->next] : number + 1;
}

static uint64_t answer_points(struct choice_source *source, uint64_t number, enum choice_kind kind,
                              const struct sim_pe *pe)
{
    struct strategy *strategy = (struct strategy *)(void *)source;
    uint64_t delay_ns = give(strategy, number, kind, pe, strategy->span.long_ns);

    if (delay_ns != 0) {
        strategy->next++;
        source->due = next_point(strategy, number);
    }
    return delay_ns;
}

/* The points are known to matter. */
static uint64_t answer_exactly(struct choice_source *source, uint64_t number, enum choice_kind kind,
                               const struct sim_pe *pe)
{
    struct strategy *strategy = (struct strategy *)(void *)source;

    (void)kind;
    (void)pe;
    strategy->next++;
    source->due = next_point(strategy, number);
    return strategy->span.long_ns;
}

static uint64_t answer_random(struct choice_source *source, uint64_t number, enum choice_kind kind,
                              const struct sim_pe *pe)
{
    struct strategy *strategy = (struct strategy *)(void *)source;
    uint64_t delay_ns;

    if (strategy->delay_ns == 0) {
        strategy->delay_ns = draw_delay(strategy);
    }
    delay_ns = give(strategy, number, kind, pe, strategy->delay_ns);
    if (delay_ns != 0) {
        strategy->delay_ns = 0;
        source->due = number + 1 + draw_below(strategy, 2 * strategy->gap - 1);
    }
    return delay_ns;
}

static uint64_t answer_round_robin(struct choice_source *source, uint64_t number,
                                   enum choice_kind kind, const struct sim_pe *pe)
{
    struct strategy *strategy = (struct strategy *)(void *)source;
    uint64_t delay_ns = give(strategy, number, kind, pe, strategy->delay_ns);

    if (delay_ns != 0) {
        source->due = number + strategy->gap;
    }
    return delay_ns;
}

static void sort(uint64_t *point, unsigned count)
{
    for (unsigned i = 1; i < count; i++) {
        uint64_t value = point[i];
        unsigned at = i;

        for (; at > 0 && point[at - 1] > value; at--) {
            point[at] = point[at - 1];
        }
        point[at] = value;
    }
}

static void init_pct(struct strategy *strategy, uint64_t width)
{
    strategy->base.answer = answer_points;
    for (unsigned i = 0; i < strategy->depth; i++) {
        strategy->point[i] = strategy->span.first + draw_below(strategy, width);
    }
    sort(strategy->point, strategy->depth);
    strategy->base.due = strategy->point[0];
}

static void init_random(struct strategy *strategy, uint64_t width)
{
    uint64_t delays = 1;

    /* 1, 2, 4 ... delays: few find what many would hide, and the other way round */
    while (delays < STRATEGY_MOST) {
        delays *= 2;
    }
    delays >>= draw_below(strategy, 7);
    strategy->gap = width / delays + STRATEGY_LEAST_GAP;
    strategy->base.answer = answer_random;
    strategy->base.due = strategy->span.first + draw_below(strategy, 2 * strategy->gap - 1);
}

static void init_round_robin(struct strategy *strategy)
{
    strategy->gap = 1 + draw_below(strategy, 16);
    strategy->delay_ns = (uint64_t)20 << draw_below(strategy, 10);
    strategy->base.answer = answer_round_robin;
    strategy->base.due = strategy->span.first + draw_below(strategy, strategy->gap);
}

void strategy_init(struct strategy *strategy, enum strategy_kind kind, unsigned depth,
                   const struct strategy_span *span, uint64_t run)
{
    uint64_t width = span->last - span->first + 1;

    *strategy = (struct strategy){
        .base = {.due = UINT64_MAX},
        .kind = kind,
        .span = *span,
        .depth = depth < 1                    ? 1
                 : depth < STRATEGY_MAX_DEPTH ? depth
                                              : STRATEGY_MAX_DEPTH,
        .random = run ^ 0x6a09e667f3bcc908u, /* the scenario's own numbers come from `run` */
    };
    if (span->first == 0) {
        return; /* nothing can come in another order */
    }
    if (kind == STRATEGY_PCT) {
        init_pct(strategy, width);
    } else if (kind == STRATEGY_RANDOM) {
        init_random(strategy, width);
    } else if (kind == STRATEGY_ROUND_ROBIN) {
        init_round_robin(strategy);
    }
}

void strategy_init_points(struct strategy *strategy, const uint64_t *point, unsigned count,
                          uint64_t delay_ns)
{
    *strategy = (struct strategy){
        .base = {.answer = answer_exactly},
        .kind = STRATEGY_EXHAUSTIVE,
        .span = {.long_ns = delay_ns},
        .depth = count < STRATEGY_MAX_DEPTH ? count : STRATEGY_MAX_DEPTH,
    };
    for (unsigned i = 0; i < strategy->depth; i++) {
        strategy->point[i] = point[i];
    }
    strategy->base.due = next_point(strategy, 0);
}

static void look(struct survey *survey, uint64_t number, enum choice_kind kind,
                 const struct sim_pe *pe)
{
    survey->kinds[kind]++;
    if (!strategy_matters(pe, survey->long_ns)) {
        return;
    }
    if (survey->found_count < survey->room) {
        survey->found[survey->found_count] = number;
    }
    survey->found_count++;
    survey->first = survey->first == 0 ? number : survey->first;
    survey->last = number;
}

static uint64_t answer_survey(struct choice_source *source, uint64_t number, enum choice_kind kind,
                              const struct sim_pe *pe)
{
    struct survey *survey = (struct survey *)(void *)source;
    uint64_t delay_ns = 0;

    if (survey->each != NULL) {
        survey->each(survey->user, number);
    }
    if (number >= survey->from) {
        look(survey, number, kind, pe);
    }
    if (survey->inner != NULL && survey->inner->due == number) {
        delay_ns = survey->inner->answer(survey->inner, number, kind, pe);
    }
    source->due = number + 1;
    return delay_ns;
}

void survey_init(struct survey *survey, struct choice_source *inner, uint64_t from,
                 uint64_t long_ns, uint64_t *found, uint64_t room)
{
    *survey = (struct survey){
        .base = {.answer = answer_survey, .due = 1},
        .inner = inner,
        .from = from,
        .long_ns = long_ns,
        .found = found,
        .room = room,
    };
}
