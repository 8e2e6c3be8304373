/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An event as the hash sees it: the header as it lies in memory, the arguments, the text padded
 * with zero bytes to a multiple of 8. All of it in 64-bit words, so that sinks can be given
 * pointers into the buffer.
 */
#ifndef SIM_TRACE_RECORD_H
#define SIM_TRACE_RECORD_H

#include <string.h>

#include "sim/trace/trace.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the hash covers events as they lie in memory: little-endian hosts only"
#endif

_Static_assert(sizeof(struct event_header) == 24, "the header has no padding: all is hashed");
_Static_assert(offsetof(struct event_header, type) == 8 &&
                   offsetof(struct event_header, endpoint) == 10 &&
                   offsetof(struct event_header, vcpu) == 12 &&
                   offsetof(struct event_header, from) == 14 &&
                   offsetof(struct event_header, pe) == 16 &&
                   offsetof(struct event_header, arg_count) == 17 &&
                   offsetof(struct event_header, text_bytes) == 18,
               "record_write() composes its words");

#define RECORD_HEADER_WORDS 3u
#define RECORD_MOST_WORDS   (RECORD_HEADER_WORDS + EVENT_MAX_ARGS + EVENT_MAX_TEXT / 8u)

static inline size_t record_words(const struct event_header *header)
{
    return RECORD_HEADER_WORDS + header->arg_count + (header->text_bytes + 7u) / 8u;
}

/*
 * Writes a record and returns its end. The counts, within their bounds, stand for those of the
 * header. Word by word: header and arguments have just been stored in small pieces, and a wide load
 * of those would stall.
 */
static inline uint64_t *record_write(uint64_t *record, const struct event_header *header,
                                     const uint64_t *arg, unsigned arg_count, const char *text,
                                     unsigned text_bytes)
{
    uint64_t *at = record + RECORD_HEADER_WORDS;

    record[0] = header->time_ns;
    record[1] = header->type | (uint64_t)header->endpoint << 16 | (uint64_t)header->vcpu << 32 |
                (uint64_t)header->from << 48;
    record[2] = header->pe | (uint64_t)arg_count << 8 | (uint64_t)text_bytes << 16;
    for (unsigned i = 0; i < arg_count; i++) {
        *at++ = arg[i];
    }
    if (text_bytes != 0) {
        const unsigned words = (text_bytes + 7u) / 8u;

        at[words - 1u] = 0;
        memcpy(at, text, text_bytes);
        at += words;
    }
    return at;
}

/* The pointers in *event are into the record. */
static inline void record_read(const uint64_t *record, struct trace_event *event)
{
    memcpy(&event->header, record, sizeof(event->header));
    event->arg = record + RECORD_HEADER_WORDS;
    event->text =
        event->header.text_bytes != 0 ? (const char *)(event->arg + event->header.arg_count) : NULL;
}

#endif
