/* SPDX-License-Identifier: BSD-3-Clause */
/* Two courses of a run, and what a strike has made of the one. */
#include "sim/replay/judge.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/trace/ffa_names.h"
#include "sim/trace/record.h"

#define FID_FFA_ERROR 0x84000060u
#define FID_FFA_ABORT 0x84000090u
#define FID_64        0x40000000u

static bool grow(void **table, uint64_t *room, uint64_t count, uint64_t most, size_t element_bytes)
{
    uint64_t more = *room != 0 ? 2 * *room : 1024;
    void *larger;

    if (count < *room) {
        return true;
    }
    larger = count < most ? realloc(*table, (size_t)more * element_bytes) : NULL;
    if (larger == NULL) {
        return false;
    }
    *table = larger;
    *room = more;
    return true;
}

static const char *name_of(const struct judge_course *course, uint16_t id, char buffer[8])
{
    for (unsigned i = 0; i < course->endpoint_count; i++) {
        if (course->endpoint[i].id == id) {
            return course->endpoint[i].name;
        }
    }
    snprintf(buffer, 8, "0x%04x", id);
    return id == EVENT_NOBODY ? "the machine" : buffer;
}

static void learn_name(struct judge_course *course, const struct trace_event *event)
{
    if (course->endpoint_count < JUDGE_MOST_ENDPOINTS && event->header.text_bytes != 0) {
        unsigned at = course->endpoint_count++;

        course->endpoint[at].id = event->header.endpoint;
        snprintf(course->endpoint[at].name, sizeof(course->endpoint[at].name), "%.*s",
                 (int)event->header.text_bytes, event->text);
    }
}

/* A result that says no: w0 and w2 of FFA_ERROR, FFA_ABORT, or SMCCC's unknown function. */
static bool says_no(const uint64_t *x, unsigned count, bool is_result, char text[64])
{
    uint32_t fid = count != 0 ? (uint32_t)x[0] : 0;
    const char *name;

    if ((fid & ~FID_64) == FID_FFA_ERROR) {
        name = count > 2 ? ffa_error_name((int32_t)(uint32_t)x[2]) : NULL;
        snprintf(text, 64, "FFA_ERROR%s%s", name != NULL ? " " : "", name != NULL ? name : "");
        return true;
    }
    if ((fid & ~FID_64) == FID_FFA_ABORT) {
        snprintf(text, 64, "FFA_ABORT");
        return true;
    }
    snprintf(text, 64, "an unknown function");
    return is_result && fid == UINT32_MAX;
}

static int text_length(const struct trace_event *event)
{
    return (int)event->header.text_bytes;
}

/* Is the event a complaint? By whom, and what it says. */
static bool complains(const struct judge_course *course, const struct trace_event *event,
                      char by[JUDGE_TEXT_BYTES])
{
    const struct event_header *header = &event->header;
    const uint64_t *arg = event->arg;
    const char *who;
    char buffer[8];
    char no[64];

    who = name_of(course, header->endpoint, buffer);
    switch (header->type) {
    case EVENT_CHECK:
        snprintf(by, JUDGE_TEXT_BYTES, "the checker: %.*s", text_length(event), event->text);
        return true;
    case EVENT_PANIC:
        snprintf(by, JUDGE_TEXT_BYTES, "the core, which panics: %.*s", text_length(event),
                 event->text);
        return true;
    case EVENT_EXPECT:
        snprintf(by, JUDGE_TEXT_BYTES, "the scenario: %.*s", text_length(event), event->text);
        return header->arg_count != 0 && arg[0] == 0;
    case EVENT_ABORT:
        snprintf(by, JUDGE_TEXT_BYTES, "the core: stage-2 abort of %s/%u", who, header->vcpu);
        return true;
    case EVENT_EXCEPTION:
        snprintf(by, JUDGE_TEXT_BYTES, "%s/%u: exception to its EL%" PRIu64, who, header->vcpu,
                 header->arg_count != 0 ? arg[0] : 0);
        return header->arg_count <= 4; /* with a vector: an interrupt */
    case EVENT_WARNING:
        snprintf(by, JUDGE_TEXT_BYTES, "the machine: %.*s", text_length(event), event->text);
        return true;
    case EVENT_RESET:
        snprintf(by, JUDGE_TEXT_BYTES, "a reset: %.*s", text_length(event), event->text);
        return true;
    case EVENT_RUN_END:
        snprintf(by, JUDGE_TEXT_BYTES, "the end of the run: %.*s", text_length(event), event->text);
        return header->arg_count != 0 && arg[0] != RUN_PASSED;
    case EVENT_CALL:
        if (header->arg_count == 0 || !says_no(arg + 1, header->arg_count - 1u, false, no)) {
            return false;
        }
        snprintf(by, JUDGE_TEXT_BYTES, "%s, which answers %s", who, no);
        return true;
    case EVENT_RESUME:
        if (!says_no(arg, header->arg_count, true, no)) {
            return false;
        }
        snprintf(by, JUDGE_TEXT_BYTES, "the core: %s gets %s", who, no);
        return true;
    default:
        return false;
    }
}

static void keep_strike(struct judge_course *course, const struct trace_event *event)
{
    struct judge_strike *strike = &course->strike[course->strike_count];

    if (course->strike_count == JUDGE_MOST_STRIKES) {
        return;
    }
    course->strike_count++;
    *strike = (struct judge_strike){
        .time_ns = event->header.time_ns,
        .fault = event->header.arg_count != 0 ? (unsigned)event->arg[0] : 0,
    };
    if (event->header.text_bytes != 0) {
        memcpy(strike->what, event->text, event->header.text_bytes);
    }
}

static void digest(const struct trace_event *event, uint64_t out[2])
{
    uint64_t record[RECORD_MOST_WORDS];
    struct event_header header = event->header;
    struct trace_hash hash;
    const uint64_t *end;

    header.time_ns = 0;
    if (header.type == EVENT_RUN_END) {
        /* How many instructions, and why in numbers: an effect is seen in what happens. */
        header.arg_count = header.arg_count != 0;
        header.text_bytes = 0;
    }
    end =
        record_write(record, &header, event->arg, header.arg_count, event->text, header.text_bytes);
    trace_hash_bytes(record, (size_t)(end - record) * sizeof(*record), &hash);
    out[0] = hash.high;
    out[1] = hash.low;
}

static void keep_event(struct judge_course *course, const struct trace_event *event)
{
    void *events = course->event;

    if (course->notices_only) {
        return;
    }
    course->cut = course->cut || !grow(&events, &course->room, course->count, JUDGE_MOST_EVENTS,
                                       sizeof(*course->event));
    course->event = events;
    if (!course->cut) {
        course->event[course->count].time_ns = event->header.time_ns;
        digest(event, course->event[course->count].digest);
        course->count++;
    }
}

static void keep_notice(struct judge_course *course, const struct trace_event *event)
{
    void *notices = course->notice;
    struct judge_notice *kept;

    if (course->cut || (course->notices_only && course->strike_count == 0)) {
        return;
    }
    course->cut = !grow(&notices, &course->notice_room, course->notice_count, JUDGE_MOST_NOTICES,
                        sizeof(*course->notice));
    course->notice = notices;
    if (course->cut) {
        return;
    }
    kept = &course->notice[course->notice_count];
    if (complains(course, event, kept->by)) {
        kept->event = course->count;
        kept->time_ns = event->header.time_ns != 0 ? event->header.time_ns : course->latest_ns;
        digest(event, kept->digest);
        course->notice_count++;
    }
}

static void on_event(struct trace_sink *sink, const struct trace_event *event)
{
    struct judge_course *course = (struct judge_course *)(void *)sink;

    if (event->header.type == EVENT_FAULT) {
        keep_strike(course, event);
        return;
    }
    if (event->header.type == EVENT_ENDPOINT) {
        learn_name(course, event);
    }
    if (event->header.time_ns > course->latest_ns) {
        course->latest_ns = event->header.time_ns;
    }
    keep_notice(course, event);
    keep_event(course, event);
}

void judge_course_init(struct judge_course *course)
{
    *course = (struct judge_course){.sink = {.event = on_event}};
}

void judge_course_free(struct judge_course *course)
{
    free(course->event);
    free(course->notice);
    course->event = NULL;
    course->notice = NULL;
}

static bool same(const uint64_t a[2], const uint64_t b[2])
{
    return a[0] == b[0] && a[1] == b[1];
}

/* Index of the first event that is not in both. */
static uint64_t parting(const struct judge_course *a, const struct judge_course *b)
{
    uint64_t least = a->count < b->count ? a->count : b->count;
    uint64_t i = 0;

    while (i < least && same(a->event[i].digest, b->event[i].digest) &&
           a->event[i].time_ns == b->event[i].time_ns) {
        i++;
    }
    return i;
}

/* Complaints of one kind, and how many there are. */
struct likes {
    uint64_t digest[2];
    uint64_t count;
};

static int compare_likes(const void *a, const void *b)
{
    const struct likes *first = a;
    const struct likes *second = b;
    unsigned i = first->digest[0] == second->digest[0];

    return (first->digest[i] > second->digest[i]) - (first->digest[i] < second->digest[i]);
}

/* Those of a course from event `from` on, sorted. NULL: no memory. */
static struct likes *sort_likes(const struct judge_course *course, uint64_t from, size_t *count)
{
    struct likes *likes = calloc(course->notice_count + 1, sizeof(*likes));
    size_t given = 0;
    size_t kinds = 0;

    for (uint64_t i = 0; likes != NULL && i < course->notice_count; i++) {
        if (course->notice[i].event >= from) {
            memcpy(likes[given].digest, course->notice[i].digest, sizeof(likes[given].digest));
            likes[given++].count = 1;
        }
    }
    if (given != 0) {
        qsort(likes, given, sizeof(*likes), compare_likes);
    }
    for (size_t i = 0; i < given; i++) {
        if (kinds != 0 && same(likes[kinds - 1].digest, likes[i].digest)) {
            likes[kinds - 1].count++;
        } else {
            likes[kinds++] = likes[i];
        }
    }
    *count = kinds;
    return likes;
}

static struct likes *find_likes(struct likes *likes, size_t count,
                                const struct judge_notice *notice)
{
    struct likes key = {{notice->digest[0], notice->digest[1]}, 0};

    return count != 0 ? bsearch(&key, likes, count, sizeof(*likes), compare_likes) : NULL;
}

/* The first complaint of `with` from event `from` on that `without` does not have, and `all` has.
 */
static const struct judge_notice *find_new(const struct judge_course *with, uint64_t from,
                                           struct likes *without, size_t without_count,
                                           struct likes *all, size_t all_count)
{
    for (uint64_t i = 0; i < with->notice_count; i++) {
        const struct judge_notice *notice = &with->notice[i];
        struct likes *like = find_likes(without, without_count, notice);

        if (notice->event < from) {
            continue;
        }
        if (like != NULL && like->count != 0) {
            like->count--;
        } else if (find_likes(all, all_count, notice) != NULL) {
            return notice;
        }
    }
    return NULL;
}

struct judge_opinion judge_compare(const struct judge_course *with,
                                   const struct judge_course *without,
                                   const struct judge_course *all, unsigned strike)
{
    struct judge_opinion opinion = {.finding = JUDGE_TOO_LONG};
    uint64_t from = parting(with, without);
    uint64_t struck_ns = with->strike[strike].time_ns;
    const struct judge_notice *notice;
    size_t were_count;
    size_t all_count;
    struct likes *were;
    struct likes *in_all;

    if (with->cut || without->cut || all->cut) {
        return opinion;
    }
    if (from == with->count && from == without->count) {
        opinion.finding = JUDGE_NO_EFFECT;
        return opinion;
    }
    were = sort_likes(without, from, &were_count);
    in_all = sort_likes(all, 0, &all_count);
    if (were != NULL && in_all != NULL) {
        notice = find_new(with, from, were, were_count, in_all, all_count);
        opinion.finding = notice != NULL ? JUDGE_NOTICED : JUDGE_SILENT;
        if (notice != NULL) {
            opinion.after_ns = notice->time_ns > struck_ns ? notice->time_ns - struck_ns : 0;
            opinion.by = notice->by;
        }
    }
    free(were);
    free(in_all);
    return opinion;
}
