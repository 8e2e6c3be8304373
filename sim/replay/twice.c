/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim/replay/twice.h"

#include <stdlib.h>
#include <string.h>

#include "sim/trace/record.h"

static bool make_room(struct twice *twice, size_t words)
{
    size_t room = twice->room_words != 0 ? 2 * twice->room_words : 65536;
    uint64_t *more;

    if (twice->room_words - twice->used_words >= words) {
        return true;
    }
    more = room * sizeof(*more) <= TWICE_MAX_BYTES ? realloc(twice->record, room * sizeof(*more))
                                                   : NULL;
    if (more == NULL) {
        return false;
    }
    twice->record = more;
    twice->room_words = room;
    return true;
}

static void keep(struct twice *twice, const struct trace_event *event)
{
    const struct event_header *header = &event->header;

    if (twice->cut || !make_room(twice, RECORD_MOST_WORDS)) {
        twice->cut = true;
        return;
    }
    record_write(twice->record + twice->used_words, header, event->arg, header->arg_count,
                 event->text, header->text_bytes);
    twice->used_words += record_words(header);
    twice->kept++;
}

static bool same(const struct trace_event *a, const struct trace_event *b)
{
    size_t args = a->header.arg_count * sizeof(*a->arg);
    size_t text = a->header.text_bytes;

    return memcmp(&a->header, &b->header, sizeof(a->header)) == 0 &&
           (args == 0 || memcmp(a->arg, b->arg, args) == 0) &&
           (text == 0 || memcmp(a->text, b->text, text) == 0);
}

static void tell(struct twice *twice, const struct trace_event *first,
                 const struct trace_event *second)
{
    twice->differs = true;
    if (twice->on_difference != NULL) {
        twice->on_difference(twice->user, first, second);
    }
}

static void compare(struct twice *twice, const struct trace_event *event)
{
    struct trace_event was;

    if (twice->count > twice->kept) {
        if (!twice->cut) {
            tell(twice, NULL, event);
        }
        return;
    }
    record_read(twice->record + twice->at_word, &was);
    twice->at_word += record_words(&was.header);
    if (!same(&was, event)) {
        tell(twice, &was, event);
    }
}

static void on_event(struct trace_sink *sink, const struct trace_event *event)
{
    struct twice *twice = (struct twice *)(void *)sink;

    if (twice->differs) {
        return;
    }
    twice->count++;
    if (twice->second) {
        compare(twice, event);
    } else {
        keep(twice, event);
    }
}

void twice_init(struct twice *twice)
{
    *twice = (struct twice){.sink = {.event = on_event}};
}

void twice_again(struct twice *twice)
{
    twice->second = true;
    twice->count = 0;
}

void twice_end(struct twice *twice)
{
    struct trace_event was;

    if (!twice->differs && twice->count < twice->kept) {
        twice->count++;
        record_read(twice->record + twice->at_word, &was);
        tell(twice, &was, NULL);
    }
}

void twice_free(struct twice *twice)
{
    free(twice->record);
    twice->record = NULL;
}
