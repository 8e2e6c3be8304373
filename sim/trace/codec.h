/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Events in few bytes, for trace files. Numbers are varints: seven bits a byte, lowest first, the
 * top bit set in all but the last. A record:
 *
 *   u8      bit 0: 1; bit 1: `who` follows; bit 2: text follows; bits 7:3: type, 31: it follows
 *   varint  type, if it follows
 *   varint  time less the time of the record before, zigzag
 *   varints endpoint, vcpu, from, pe, where they differ from the record before (`who`)
 *   u8      arg_count
 *   varint  mask of the arguments that differ from the last record of the same type (if any)
 *   varints these arguments
 *   varint  text_bytes and the text (if text follows)
 */
#ifndef SIM_TRACE_CODEC_H
#define SIM_TRACE_CODEC_H

#include "sim/trace/trace.h"

#define CODEC_RECORD 0x01u
#define CODEC_MOST \
    (1u + 3u + 10u + 3u * 3u + 2u + 1u + 3u + EVENT_MAX_ARGS * 10u + 2u + EVENT_MAX_TEXT)
#define CODEC_TYPES 32u

/* What both sides remember; starts as zero. */
struct codec {
    struct event_header before;
    uint64_t arg[CODEC_TYPES][EVENT_MAX_ARGS];
};

/* At most CODEC_MOST bytes; returns how many. */
size_t codec_encode(struct codec *codec, const struct trace_event *event, uint8_t *out);

/*
 * Decodes one record from any bytes; event->text points into them, event->arg into the codec.
 * Returns the bytes taken, 0 when they are no record.
 */
size_t codec_decode(struct codec *codec, const uint8_t *bytes, size_t size_bytes,
                    struct trace_event *event);

#endif
