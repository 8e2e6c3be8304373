/* SPDX-License-Identifier: BSD-3-Clause */
/* Fewer faults, and of those that are left, earlier, shorter and smaller ones. */
#include <string.h>

#include "sim/fault/fault.h"
#include "sim/replay/shrink.h"

/* The faults of the tape, parsed, while some are tried. */
struct faults_left {
    unsigned count;
    struct fault fault[FAULTS_MOST];
};

static bool read_left(const struct shrink *shrink, struct faults_left *left)
{
    struct sim_error err;

    left->count = shrink->play.fault_count;
    for (unsigned i = 0; i < left->count; i++) {
        if (!fault_parse(shrink->play.fault[i], "fault", &left->fault[i], &err)) {
            return false; /* a tape that was read has none of these */
        }
    }
    return true;
}

static void put_left(const struct faults_left *left, char line[][FAULT_LINE_BYTES],
                     struct play_options *play)
{
    play->fault_count = left->count;
    for (unsigned i = 0; i < left->count; i++) {
        fault_print(&left->fault[i], line[i]);
        play->fault[i] = line[i];
    }
}

/* Takes the faults, if the failure is the same with them. */
static enum shrink_answer try_left(struct shrink *shrink, const struct faults_left *left)
{
    char line[FAULTS_MOST][FAULT_LINE_BYTES];
    struct play_options play = shrink->play;
    enum shrink_answer answer;

    put_left(left, line, &play);
    answer = shrink_try(shrink, &play, &shrink->list);
    if (answer == ANSWER_SAME) {
        put_left(left, shrink->fault, &shrink->play);
    }
    return answer;
}

/* The last ones first: what a fault draws depends on its place in the list. */
static bool drop_faults(struct shrink *shrink, struct faults_left *left, bool *changed)
{
    for (unsigned i = left->count; i-- > 0;) {
        struct faults_left less = *left;
        enum shrink_answer answer;

        less.count--;
        memmove(&less.fault[i], &less.fault[i + 1], (less.count - i) * sizeof(less.fault[0]));
        answer = try_left(shrink, &less);
        if (answer == ANSWER_STOP) {
            return false;
        }
        if (answer == ANSWER_SAME) {
            *left = less;
            *changed = true;
        }
    }
    return true;
}

/* The smallest value that fails so, by halving, to within 1/`grain` of it. */
static bool lessen(struct shrink *shrink, struct faults_left *left, uint64_t *value, uint64_t least,
                   uint64_t grain, bool *changed)
{
    uint64_t low = least;
    uint64_t high = *value;

    while (low < high && high - low > (grain != 0 ? high / grain : 0)) {
        enum shrink_answer answer;

        *value = low + (high - low) / 2;
        answer = try_left(shrink, left);
        if (answer == ANSWER_SAME) {
            high = *value;
            *changed = true;
        } else {
            low = *value + 1;
        }
        *value = high;
        if (answer == ANSWER_STOP) {
            return false;
        }
    }
    return true;
}

/* One bit of a mask is enough, if it is. */
static bool one_bit(struct shrink *shrink, struct faults_left *left, struct fault *fault,
                    bool *changed)
{
    uint64_t mask = fault->mask;

    for (unsigned bit = 0; fault->has_mask && (mask & (mask - 1)) != 0 && bit < 64; bit++) {
        enum shrink_answer answer;

        if ((mask >> bit & 1) == 0) {
            continue;
        }
        fault->mask = UINT64_C(1) << bit;
        answer = try_left(shrink, left);
        if (answer == ANSWER_SAME) {
            *changed = true;
            return true;
        }
        fault->mask = mask;
        if (answer == ANSWER_STOP) {
            return false;
        }
    }
    return true;
}

/* What struck by chance strikes at the time when it did, and at no other. */
static bool pin(struct shrink *shrink, struct faults_left *left, unsigned index, bool *changed)
{
    struct faults_left pinned = *left;
    struct fault *fault = &left->fault[index];
    unsigned strikes = shrink->strikes < JUDGE_MOST_STRIKES ? shrink->strikes : JUDGE_MOST_STRIKES;
    bool first = true;
    enum shrink_answer answer;

    if (fault->when != FAULT_BY_CHANCE || shrink->strikes > strikes) {
        return true;
    }
    for (unsigned i = 0; i < strikes && pinned.count < FAULTS_MOST; i++) {
        struct fault at = *fault;

        if (shrink->strike[i].fault < shrink->own_faults ||
            shrink->strike[i].fault - shrink->own_faults != index) {
            continue;
        }
        at.when = FAULT_AT_TIME;
        at.when_value = shrink->strike[i].time_ns;
        at.most = 1;
        at.of = FAULT_OF_PLACE;
        at.of_endpoint[0] = '\0';
        at.of_pe = FAULT_ANY;
        pinned.fault[first ? index : pinned.count++] = at;
        first = false;
    }
    answer = first ? ANSWER_NO : try_left(shrink, &pinned);
    if (answer == ANSWER_SAME) {
        *left = pinned;
        *changed = true;
    }
    return answer != ANSWER_STOP;
}

static bool lessen_one(struct shrink *shrink, struct faults_left *left, unsigned index,
                       bool *changed)
{
    struct fault *fault = &left->fault[index];
    bool counts = fault->when == FAULT_AT_NTH || fault->when == FAULT_AT_POINT;

    return (!counts || lessen(shrink, left, &fault->when_value, 1, 0, changed)) &&
           (fault->duration_ns == 0 || lessen(shrink, left, &fault->duration_ns, 1, 8, changed)) &&
           one_bit(shrink, left, fault, changed);
}

bool shrink_faults(struct shrink *shrink, bool *changed)
{
    struct faults_left left;
    bool ok = shrink->play.fault_count == 0 ||
              (read_left(shrink, &left) && drop_faults(shrink, &left, changed));
    unsigned count = shrink->play.fault_count;

    for (unsigned i = 0; ok && i < count; i++) {
        ok = pin(shrink, &left, i, changed);
    }
    for (unsigned i = 0; ok && i < shrink->play.fault_count; i++) {
        ok = lessen_one(shrink, &left, i, changed);
    }
    return ok;
}
