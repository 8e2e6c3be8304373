/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every schedule with up to `depth` long delays, level by level: a run with k delays shows at which
 * of its later points one more would matter (strategy_matters), and each of these is a run with
 * k + 1. All others would be the same run later, see docs/exploration.md.
 */
#ifndef SIM_REPLAY_EXHAUST_H
#define SIM_REPLAY_EXHAUST_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/replay/strategy.h"

#define EXHAUST_MOST 4000000u /* runs of one scenario */

struct exhaust_node {
    uint32_t parent; /* run with one delay less; of the first: itself */
    uint64_t point;  /* the last delay */
};

struct exhaust {
    unsigned depth;
    unsigned shard; /* of the delays of level 1 */
    unsigned shards;
    struct exhaust_node *node; /* run number n is node[n] */
    uint64_t count;
    uint64_t room;
    unsigned level;
    uint64_t begin; /* of the level */
    uint64_t end;
    uint64_t sent;    /* nodes handed out */
    uint64_t back;    /* of this level */
    uint64_t **found; /* of this level: points behind node[begin + i] */
    uint64_t *found_count;
    uint64_t skipped; /* delays that would have changed nothing */
    bool too_large;
    bool done;
};

bool exhaust_init(struct exhaust *exhaust, unsigned depth, unsigned shard, unsigned shards);
void exhaust_free(struct exhaust *exhaust);

/* The delays of run `node`, ascending; how many. */
unsigned exhaust_path(const struct exhaust *exhaust, uint64_t node,
                      uint64_t point[STRATEGY_MAX_DEPTH]);

/* Up to `most` runs that may start now; 0: none until others are back, or at all. */
uint64_t exhaust_take(struct exhaust *exhaust, uint64_t most, uint64_t *first);
/* Are the runs of this level asked for the points behind? */
bool exhaust_surveys(const struct exhaust *exhaust);

/* A run is back; `point` (copied) where one more delay matters, `skipped` where not. */
bool exhaust_back(struct exhaust *exhaust, uint64_t node, const uint64_t *point, uint64_t count,
                  uint64_t skipped);

#endif
