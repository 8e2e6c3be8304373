/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim/replay/sources.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/machine/machine.h"
#include "sim/script/parse.h"

static const char *const kind_names[CHOICE_KIND_COUNT + 1] = {
    [CHOICE_TURN] = "turn",           [CHOICE_LOCK] = "lock",
    [CHOICE_REGISTER] = "register",   [CHOICE_DESCRIPTOR] = "descriptor",
    [CHOICE_INTERRUPT] = "interrupt", [CHOICE_ANY_KIND] = "any"};

bool choice_list_add(struct choice_list *list, const struct choice_pair *pair)
{
    if (list->count == CHOICES_MOST) {
        return false;
    }
    if (list->count == list->room) {
        size_t room = list->room != 0 ? 2 * list->room : 64;
        struct choice_pair *more = realloc(list->pair, room * sizeof(*more));

        if (more == NULL) {
            return false;
        }
        list->pair = more;
        list->room = room;
    }
    list->pair[list->count++] = *pair;
    return true;
}

void choice_list_free(struct choice_list *list)
{
    free(list->pair);
    *list = (struct choice_list){NULL, 0, 0};
}

const char *choice_kind_name(unsigned kind)
{
    return kind <= CHOICE_ANY_KIND ? kind_names[kind] : "unknown";
}

bool choice_kind_parse(const char *text, size_t length, uint8_t *kind)
{
    for (unsigned i = 0; i <= CHOICE_ANY_KIND; i++) {
        if (strlen(kind_names[i]) == length && memcmp(kind_names[i], text, length) == 0) {
            *kind = (uint8_t)i;
            return true;
        }
    }
    return false;
}

/* One "N=DURATION", to where its number belongs. */
static bool insert(const char *item, const char *what, struct choice_list *list,
                   struct sim_error *err)
{
    const char *equals = strchr(item, '=');
    struct choice_pair pair = {.kind = CHOICE_ANY_KIND, .pe = CHOICE_NO_PE};
    char number[32];
    uint64_t delay_ns;
    size_t at;

    if (equals == NULL || (size_t)(equals - item) >= sizeof(number)) {
        return sim_fail(err, SIM_BAD_INPUT,
                        "%s '%.60s': want NUMBER=DURATION of a choice point, as in 17=\"2 us\"",
                        what, item);
    }
    snprintf(number, sizeof(number), "%.*s", (int)(equals - item), item);
    if (!parse_u64(number, what, 1, UINT64_MAX - 1, &pair.number, err) ||
        !parse_duration(equals + 1, what, &delay_ns, err)) {
        return false;
    }
    if (delay_ns > CHOICE_MAX_DELAY_NS) {
        return sim_fail(err, SIM_BAD_INPUT, "%s '%.60s': a delay is at most %u us", what, item,
                        CHOICE_MAX_DELAY_NS / 1000u);
    }
    pair.delay_ns = (uint32_t)delay_ns;
    if (!choice_list_add(list, &pair)) {
        return sim_fail(err, SIM_BAD_INPUT, "%s: more than %u delays", what, CHOICES_MOST);
    }
    for (at = list->count - 1; at > 0 && list->pair[at - 1].number >= pair.number; at--) {
        if (list->pair[at - 1].number == pair.number) {
            return sim_fail(err, SIM_BAD_INPUT, "%s: choice point %" PRIu64 " has two delays", what,
                            pair.number);
        }
        list->pair[at] = list->pair[at - 1];
    }
    list->pair[at] = pair;
    return true;
}

bool choice_list_parse(const char *text, const char *what, struct choice_list *list,
                       struct sim_error *err)
{
    bool ok = true;

    while (ok) {
        size_t length = strcspn(text, ",");
        char item[128];

        if (length >= sizeof(item)) {
            return sim_fail(err, SIM_BAD_INPUT, "%s '%.60s...': want NUMBER=DURATION", what, text);
        }
        snprintf(item, sizeof(item), "%.*s", (int)length, text);
        ok = insert(item, what, list, err);
        if (text[length] == '\0') {
            break;
        }
        text += length + 1;
    }
    return ok;
}

static void describe(unsigned kind, unsigned pe, char out[48])
{
    if (pe == CHOICE_NO_PE) {
        snprintf(out, 48, "%s", choice_kind_name(kind));
    } else {
        snprintf(out, 48, "%s of PE %u", choice_kind_name(kind), pe);
    }
}

static uint64_t next_due(const struct choice_pairs *pairs)
{
    return pairs->next < pairs->list->count ? pairs->list->pair[pairs->next].number : UINT64_MAX;
}

static uint64_t answer_pair(struct choice_source *source, uint64_t number, enum choice_kind kind,
                            const struct sim_pe *pe)
{
    struct choice_pairs *pairs = (struct choice_pairs *)(void *)source;
    const struct choice_pair *pair = &pairs->list->pair[pairs->next++];
    unsigned index = pe != NULL ? pe->index : CHOICE_NO_PE;

    if (pair->kind != CHOICE_ANY_KIND && (pair->kind != kind || pair->pe != index) &&
        pairs->misfit[0] == '\0') {
        char was[48];
        char is[48];

        describe(pair->kind, pair->pe, was);
        describe(kind, index, is);
        snprintf(pairs->misfit, sizeof(pairs->misfit), "choice point %" PRIu64 " is %s, not %s",
                 number, is, was);
    }
    source->due = next_due(pairs);
    return pair->delay_ns;
}

void choice_pairs_init(struct choice_pairs *pairs, const struct choice_list *list)
{
    *pairs = (struct choice_pairs){.base = {.answer = answer_pair}, .list = list};
    pairs->base.due = next_due(pairs);
}

bool choice_pairs_fit(const struct choice_pairs *pairs, char why[CHOICE_FIT_BYTES])
{
    if (pairs->misfit[0] != '\0') {
        memcpy(why, pairs->misfit, CHOICE_FIT_BYTES);
        return false;
    }
    if (pairs->next < pairs->list->count) {
        snprintf(why, CHOICE_FIT_BYTES, "the run ends before choice point %" PRIu64,
                 next_due(pairs));
        return false;
    }
    return true;
}

static uint64_t answer_and_keep(struct choice_source *source, uint64_t number,
                                enum choice_kind kind, const struct sim_pe *pe)
{
    struct choice_recorder *recorder = (struct choice_recorder *)(void *)source;
    uint64_t delay_ns = recorder->inner->answer(recorder->inner, number, kind, pe);
    struct choice_pair pair = {
        .number = number,
        .kind = (uint8_t)kind,
        .pe = (uint8_t)(pe != NULL ? pe->index : CHOICE_NO_PE),
    };

    source->due = recorder->inner->due;
    if (delay_ns == 0) {
        return 0;
    }
    pair.delay_ns =
        (uint32_t)(delay_ns < CHOICE_MAX_DELAY_NS ? delay_ns : (uint64_t)CHOICE_MAX_DELAY_NS);
    recorder->cut = !choice_list_add(&recorder->list, &pair) || recorder->cut;
    return delay_ns;
}

void choice_recorder_init(struct choice_recorder *recorder, struct choice_source *inner)
{
    *recorder = (struct choice_recorder){.base = {.answer = answer_and_keep}, .inner = inner};
    recorder->base.due = inner != NULL ? inner->due : UINT64_MAX;
}

void choice_recorder_free(struct choice_recorder *recorder)
{
    choice_list_free(&recorder->list);
}

static uint64_t answer_and_list(struct choice_source *source, uint64_t number,
                                enum choice_kind kind, const struct sim_pe *pe)
{
    struct choice_lister *lister = (struct choice_lister *)(void *)source;

    source->due = number + 1;
    fprintf(lister->out, "%" PRIu64 " %s ", number, choice_kind_name(kind));
    if (pe != NULL) {
        fprintf(lister->out, "%u %" PRIu64 "\n", pe->index, pe->now_ns);
    } else {
        fprintf(lister->out, "- -\n");
    }
    return number == lister->inner->due ? lister->inner->answer(lister->inner, number, kind, pe)
                                        : 0;
}

void choice_lister_init(struct choice_lister *lister, struct choice_source *inner, FILE *out)
{
    *lister = (struct choice_lister){
        .base = {.due = 1, .answer = answer_and_list}, .inner = inner, .out = out};
}
