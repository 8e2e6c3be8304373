/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim/replay/exhaust.h"

#include <stdlib.h>
#include <string.h>

static bool grow(struct exhaust *exhaust, uint64_t count)
{
    uint64_t room = exhaust->room != 0 ? exhaust->room : 64;
    struct exhaust_node *more;

    while (room < count) {
        room *= 2;
    }
    if (room == exhaust->room) {
        return true;
    }
    more = realloc(exhaust->node, room * sizeof(*more));
    if (more == NULL) {
        return false;
    }
    exhaust->node = more;
    exhaust->room = room;
    return true;
}

static bool open_level(struct exhaust *exhaust, uint64_t begin)
{
    uint64_t width = exhaust->count - begin;

    exhaust->begin = begin;
    exhaust->end = exhaust->count;
    exhaust->sent = begin;
    exhaust->back = 0;
    exhaust->found = calloc(width != 0 ? width : 1, sizeof(*exhaust->found));
    exhaust->found_count = calloc(width != 0 ? width : 1, sizeof(*exhaust->found_count));
    return exhaust->found != NULL && exhaust->found_count != NULL;
}

static void close_level(struct exhaust *exhaust)
{
    for (uint64_t i = exhaust->begin; exhaust->found != NULL && i < exhaust->end; i++) {
        free(exhaust->found[i - exhaust->begin]);
    }
    free(exhaust->found);
    free(exhaust->found_count);
    exhaust->found = NULL;
    exhaust->found_count = NULL;
}

bool exhaust_init(struct exhaust *exhaust, unsigned depth, unsigned shard, unsigned shards)
{
    *exhaust = (struct exhaust){.depth = depth, .shard = shard, .shards = shards};
    if (!grow(exhaust, 1)) {
        return false;
    }
    exhaust->node[0] = (struct exhaust_node){0, 0};
    exhaust->count = 1;
    return open_level(exhaust, 0);
}

void exhaust_free(struct exhaust *exhaust)
{
    close_level(exhaust);
    free(exhaust->node);
    exhaust->node = NULL;
}

unsigned exhaust_path(const struct exhaust *exhaust, uint64_t node,
                      uint64_t point[STRATEGY_MAX_DEPTH])
{
    uint64_t reverse[STRATEGY_MAX_DEPTH];
    unsigned depth = 0;

    for (; node != 0 && depth < STRATEGY_MAX_DEPTH; node = exhaust->node[node].parent) {
        reverse[depth++] = exhaust->node[node].point;
    }
    for (unsigned i = 0; i < depth; i++) {
        point[i] = reverse[depth - 1 - i];
    }
    return depth;
}

uint64_t exhaust_take(struct exhaust *exhaust, uint64_t most, uint64_t *first)
{
    uint64_t count = exhaust->end - exhaust->sent;

    count = count < most ? count : most;
    *first = exhaust->sent;
    exhaust->sent += count;
    return count;
}

bool exhaust_surveys(const struct exhaust *exhaust)
{
    return exhaust->level < exhaust->depth;
}

/* In the order of the runs, whoever came back first. */
static bool add_children(struct exhaust *exhaust, uint64_t parent)
{
    const uint64_t *point = exhaust->found[parent - exhaust->begin];
    uint64_t count = exhaust->found_count[parent - exhaust->begin];

    for (uint64_t i = 0; i < count && !exhaust->too_large; i++) {
        if (exhaust->level == 0 && i % exhaust->shards != exhaust->shard) {
            continue;
        }
        if (exhaust->count == EXHAUST_MOST) {
            exhaust->too_large = true;
        } else if (!grow(exhaust, exhaust->count + 1)) {
            return false;
        } else {
            exhaust->node[exhaust->count++] = (struct exhaust_node){(uint32_t)parent, point[i]};
        }
    }
    return true;
}

static bool next_level(struct exhaust *exhaust)
{
    uint64_t next = exhaust->count;
    bool ok = true;

    for (uint64_t i = exhaust->begin; ok && i < exhaust->end; i++) {
        ok = add_children(exhaust, i);
    }
    close_level(exhaust);
    exhaust->level++;
    exhaust->done = exhaust->count == next;
    return ok && open_level(exhaust, next);
}

bool exhaust_back(struct exhaust *exhaust, uint64_t node, const uint64_t *point, uint64_t count,
                  uint64_t skipped)
{
    uint64_t at = node - exhaust->begin;

    if (count != 0) {
        exhaust->found[at] = malloc(count * sizeof(*point));
        if (exhaust->found[at] == NULL) {
            return false;
        }
        memcpy(exhaust->found[at], point, count * sizeof(*point));
        exhaust->found_count[at] = count;
    }
    exhaust->skipped += skipped;
    exhaust->back++;
    if (exhaust->back < exhaust->end - exhaust->begin) {
        return true;
    }
    if (!exhaust_surveys(exhaust)) {
        exhaust->done = true;
        return true;
    }
    return next_level(exhaust);
}
