/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim/trace/codec.h"

#include <string.h>

#define HAS_WHO    0x02u
#define HAS_TEXT   0x04u
#define TYPE_SHIFT 3u
#define TYPE_LARGE 31u

static uint8_t *put(uint8_t *at, uint64_t value)
{
    while (value >= 0x80) {
        *at++ = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    *at++ = (uint8_t)value;
    return at;
}

static bool same_who(const struct event_header *a, const struct event_header *b)
{
    return a->endpoint == b->endpoint && a->vcpu == b->vcpu && a->from == b->from && a->pe == b->pe;
}

static uint8_t *put_args(struct codec *codec, const struct trace_event *event, uint8_t *at)
{
    uint64_t *last = codec->arg[event->header.type % CODEC_TYPES];
    unsigned count = event->header.arg_count;
    uint32_t mask = 0;

    *at++ = (uint8_t)count;
    if (count == 0) {
        return at;
    }
    for (unsigned i = 0; i < count; i++) {
        mask |= (uint32_t)(event->arg[i] != last[i]) << i;
    }
    at = put(at, mask);
    for (unsigned i = 0; mask != 0; i++, mask >>= 1) {
        if ((mask & 1u) != 0) {
            at = put(at, event->arg[i]);
            last[i] = event->arg[i];
        }
    }
    return at;
}

size_t codec_encode(struct codec *codec, const struct trace_event *event, uint8_t *out)
{
    const struct event_header *header = &event->header;
    unsigned type = header->type < TYPE_LARGE ? header->type : TYPE_LARGE;
    uint64_t later = header->time_ns - codec->before.time_ns;
    bool who = !same_who(header, &codec->before);
    uint8_t *at = out;

    *at++ = (uint8_t)(CODEC_RECORD | (who ? HAS_WHO : 0u) |
                      (header->text_bytes != 0 ? HAS_TEXT : 0u) | type << TYPE_SHIFT);
    if (type == TYPE_LARGE) {
        at = put(at, header->type);
    }
    at = put(at, (later << 1) ^ (0 - (later >> 63)));
    if (who) {
        at = put(at, header->endpoint);
        at = put(at, header->vcpu);
        at = put(at, header->from);
        at = put(at, header->pe);
    }
    at = put_args(codec, event, at);
    if (header->text_bytes != 0) {
        at = put(at, header->text_bytes);
        memcpy(at, event->text, header->text_bytes);
        at += header->text_bytes;
    }
    codec->before = *header;
    return (size_t)(at - out);
}

/* What is left to decode; once `bad`, everything reads as 0. */
struct input {
    const uint8_t *at;
    const uint8_t *end;
    bool bad;
};

static uint64_t get(struct input *in, uint64_t most)
{
    uint64_t value = 0;

    for (unsigned shift = 0; shift < 64 && in->at < in->end; shift += 7) {
        uint64_t byte = *in->at++;

        if (shift == 63 && byte > 1) {
            break;
        }
        value |= (byte & 0x7f) << shift;
        if (byte < 0x80) {
            if (value > most) {
                break;
            }
            return value;
        }
    }
    in->bad = true;
    return 0;
}

static void get_args(struct codec *codec, struct input *in, struct trace_event *event)
{
    uint64_t *last = codec->arg[event->header.type % CODEC_TYPES];
    unsigned count = (unsigned)get(in, EVENT_MAX_ARGS);
    uint32_t mask = count != 0 ? (uint32_t)get(in, (1u << count) - 1u) : 0;

    event->header.arg_count = (uint8_t)count;
    event->arg = last;
    for (unsigned i = 0; mask != 0 && !in->bad; i++, mask >>= 1) {
        if ((mask & 1u) != 0) {
            last[i] = get(in, UINT64_MAX);
        }
    }
}

static void get_text(struct input *in, struct trace_event *event)
{
    uint64_t bytes = get(in, EVENT_MAX_TEXT);

    if (bytes == 0 || bytes > (size_t)(in->end - in->at)) {
        in->bad = true;
        return;
    }
    event->header.text_bytes = (uint16_t)bytes;
    event->text = (const char *)in->at;
    in->at += bytes;
}

size_t codec_decode(struct codec *codec, const uint8_t *bytes, size_t size_bytes,
                    struct trace_event *event)
{
    struct input in = {bytes, bytes + size_bytes, false};
    struct event_header header = codec->before;
    uint64_t flags = size_bytes != 0 ? *in.at++ : 0;
    uint64_t zigzag;

    if ((flags & CODEC_RECORD) == 0) {
        return 0;
    }
    header.type = (uint16_t)(flags >> TYPE_SHIFT);
    if (header.type == TYPE_LARGE) {
        header.type = (uint16_t)get(&in, UINT16_MAX);
    }
    zigzag = get(&in, UINT64_MAX);
    header.time_ns += (zigzag >> 1) ^ (0 - (zigzag & 1));
    if ((flags & HAS_WHO) != 0) {
        header.endpoint = (uint16_t)get(&in, UINT16_MAX);
        header.vcpu = (uint16_t)get(&in, UINT16_MAX);
        header.from = (uint16_t)get(&in, UINT16_MAX);
        header.pe = (uint8_t)get(&in, UINT8_MAX);
    }
    header.text_bytes = 0;
    *event = (struct trace_event){.header = header};
    get_args(codec, &in, event);
    if ((flags & HAS_TEXT) != 0) {
        get_text(&in, event);
    }
    codec->before = event->header;
    return in.bad ? 0 : (size_t)(in.at - bytes);
}
