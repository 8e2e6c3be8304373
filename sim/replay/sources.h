/* SPDX-License-Identifier: BSD-3-Clause */
/* Where answers at choice points come from: a list of them; and what keeps those that were given.
 */
#ifndef SIM_REPLAY_SOURCES_H
#define SIM_REPLAY_SOURCES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "sim/machine/choice.h"
#include "sim/machine/error.h"

#define CHOICES_MOST     1000000u
#define CHOICE_ANY_KIND  CHOICE_KIND_COUNT /* of a pair that was made by hand: fits everywhere */
#define CHOICE_NO_PE     0xffu             /* an interrupt that belongs to none */
#define CHOICE_FIT_BYTES 160u

/* One answer. All of a run's are its schedule; the points in between put nothing off. */
struct choice_pair {
    uint64_t number;
    uint32_t delay_ns; /* 1 to CHOICE_MAX_DELAY_NS */
    uint8_t kind;      /* enum choice_kind, or CHOICE_ANY_KIND */
    uint8_t pe;
};

/* Sorted by number, without doubles. */
struct choice_list {
    struct choice_pair *pair;
    size_t count;
    size_t room;
};

/* False: no memory, or CHOICES_MOST are there. */
bool choice_list_add(struct choice_list *list, const struct choice_pair *pair);
void choice_list_free(struct choice_list *list);

/* "turn", "lock", ...; "any" */
const char *choice_kind_name(unsigned kind);
bool choice_kind_parse(const char *text, size_t length, uint8_t *kind);

/* "N=DURATION[,N=DURATION]...": pairs by hand, in any order. `what` names the option. */
bool choice_list_parse(const char *text, const char *what, struct choice_list *list,
                       struct sim_error *err);

/* Answers with the pairs of a list, which stays the caller's. */
struct choice_pairs {
    struct choice_source base;
    const struct choice_list *list;
    size_t next;
    char misfit[CHOICE_FIT_BYTES]; /* the first pair whose point was another one; empty: all fit */
};

void choice_pairs_init(struct choice_pairs *pairs, const struct choice_list *list);

/*
 * After the run. False: a pair met a point of another kind or PE, or the run ended before it; `why`
 * says which.
 */
bool choice_pairs_fit(const struct choice_pairs *pairs, char why[CHOICE_FIT_BYTES]);

/* Hands on what `inner` answers (NULL: nobody is ever put off) and keeps what is not 0. */
struct choice_recorder {
    struct choice_source base;
    struct choice_source *inner;
    struct choice_list list;
    bool cut; /* there were too many */
};

/* Writes every point, "NUMBER KIND PE TIME_NS" a line, and hands on what `inner` answers. */
struct choice_lister {
    struct choice_source base;
    struct choice_source *inner;
    FILE *out;
};

void choice_lister_init(struct choice_lister *lister, struct choice_source *inner, FILE *out);

void choice_recorder_init(struct choice_recorder *recorder, struct choice_source *inner);
void choice_recorder_free(struct choice_recorder *recorder);

#endif
