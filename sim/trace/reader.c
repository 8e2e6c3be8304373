/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads trace files back. Total: any bytes give events, or events and one diagnostic. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "sim/trace/codec.h"
#include "sim/trace/file.h"
#include "sim/trace/record.h"

#define READER_BUFFER_BYTES (256u * 1024u)
#define READER_PATH_BYTES   256u

_Static_assert(CODEC_MOST >= TRACE_END_BYTES + 1, "what is looked at is in the buffer");

enum reader_state { READER_GOING, READER_ENDED, READER_DAMAGED };

struct trace_reader {
    FILE *file;
    enum reader_state state;
    bool truncated;
    uint64_t count;
    struct trace_hash hash;
    XXH3_state_t *run_hash;
    XXH3_state_t *checksum;
    size_t start; /* of what is not yet decoded */
    size_t end;
    struct codec codec;
    char path[READER_PATH_BYTES];
    uint64_t record[RECORD_MOST_WORDS];
    uint8_t buffer[READER_BUFFER_BYTES];
};

/* Makes at least CODEC_MOST bytes available, or all that the file still has. */
static void refill(struct trace_reader *reader)
{
    if (reader->end - reader->start >= CODEC_MOST || feof(reader->file)) {
        return;
    }
    XXH3_64bits_update(reader->checksum, reader->buffer, reader->start);
    reader->end -= reader->start;
    memmove(reader->buffer, reader->buffer + reader->start, reader->end);
    reader->start = 0;
    reader->end +=
        fread(reader->buffer + reader->end, 1, READER_BUFFER_BYTES - reader->end, reader->file);
}

static bool read_head(struct trace_reader *reader, struct sim_error *err)
{
    uint32_t format;
    size_t head;

    refill(reader);
    if (ferror(reader->file)) {
        return sim_fail(err, SIM_BAD_INPUT, "%s: can not be read: %s", reader->path,
                        strerror(errno));
    }
    if (reader->end < TRACE_HEAD_BYTES ||
        memcmp(reader->buffer, TRACE_FILE_MAGIC, TRACE_FILE_MAGIC_BYTES) != 0) {
        return sim_fail(err, SIM_BAD_INPUT,
                        "%s: is not a trace file; \"orrery run --help\" says how to record one",
                        reader->path);
    }
    memcpy(&format, reader->buffer + TRACE_FILE_MAGIC_BYTES, sizeof(format));
    head = TRACE_HEAD_BYTES + reader->buffer[TRACE_HEAD_BYTES - 1];
    if (reader->end < head) {
        return sim_fail(err, SIM_BAD_INPUT, "%s: damaged: ends inside its head", reader->path);
    }
    if (format != TRACE_FILE_FORMAT) {
        return sim_fail(err, SIM_BAD_INPUT,
                        "%s: trace format %" PRIu32 ", written by orrery %.*s; this version reads "
                        "format %u",
                        reader->path, format, (int)(head - TRACE_HEAD_BYTES),
                        (const char *)reader->buffer + TRACE_HEAD_BYTES, TRACE_FILE_FORMAT);
    }
    reader->start = head;
    return true;
}

struct trace_reader *trace_open(const char *path, struct sim_error *err)
{
    struct trace_reader *reader = calloc(1, sizeof(*reader));

    if (reader == NULL || (reader->run_hash = XXH3_createState()) == NULL ||
        (reader->checksum = XXH3_createState()) == NULL ||
        XXH3_128bits_reset(reader->run_hash) != XXH_OK ||
        XXH3_64bits_reset(reader->checksum) != XXH_OK) {
        sim_fail(err, SIM_INTERNAL, "%s: out of memory for the trace", path);
        trace_close(reader);
        return NULL;
    }
    snprintf(reader->path, sizeof(reader->path), "%s", path);
    reader->file = fopen(path, "rb");
    if (reader->file == NULL) {
        sim_fail(err, SIM_BAD_INPUT, "%s: can not be read: %s", reader->path, strerror(errno));
        trace_close(reader);
        return NULL;
    }
    setvbuf(reader->file, NULL, _IONBF, 0);
    if (!read_head(reader, err)) {
        trace_close(reader);
        return NULL;
    }
    return reader;
}

static bool damaged(struct trace_reader *reader, const char *what, struct sim_error *err)
{
    reader->state = READER_DAMAGED;
    return sim_fail(err, SIM_BAD_INPUT, "%s: damaged after %" PRIu64 " events: %s; record it again",
                    reader->path, reader->count, what);
}

/* The end record: everything has to agree with what was read. Always false: no event. */
static bool read_end(struct trace_reader *reader, struct sim_error *err)
{
    const uint8_t *at = reader->buffer + reader->start;
    uint64_t words[5]; /* records, events, hash high and low, checksum */
    XXH128_hash_t run;

    if (reader->end - reader->start < TRACE_END_BYTES) {
        return damaged(reader, "ends inside its last record", err);
    }
    if (reader->end - reader->start > TRACE_END_BYTES || at[0] != 0 || at[1] > 1) {
        return damaged(reader, "something follows its end", err);
    }
    memcpy(words, at + 2, sizeof(words));
    XXH3_64bits_update(reader->checksum, reader->buffer, reader->start + TRACE_END_CHECKED_BYTES);
    if (words[4] != XXH3_64bits_digest(reader->checksum)) {
        return damaged(reader, "its checksum is wrong", err);
    }
    reader->truncated = at[1] != 0;
    reader->hash = (struct trace_hash){words[2], words[3]};
    run = XXH3_128bits_digest(reader->run_hash);
    if (words[0] != reader->count || words[1] < reader->count ||
        (!reader->truncated && (words[1] != reader->count || run.high64 != reader->hash.high ||
                                run.low64 != reader->hash.low))) {
        return damaged(reader, "its hash is not that of its events", err);
    }
    reader->state = READER_ENDED;
    return false;
}

bool trace_next(struct trace_reader *reader, struct trace_event *event, struct sim_error *err)
{
    const uint64_t *end;
    size_t taken;

    if (err != NULL) {
        *err = (struct sim_error){0};
    }
    if (reader->state == READER_ENDED) {
        return false;
    }
    if (reader->state == READER_DAMAGED) {
        return damaged(reader, "nothing can be read past that", err);
    }
    refill(reader);
    if (ferror(reader->file)) {
        return damaged(reader, "the file can not be read", err);
    }
    if (reader->start == reader->end) {
        return damaged(reader, "its end is missing", err);
    }
    if ((reader->buffer[reader->start] & CODEC_RECORD) == 0) {
        return read_end(reader, err);
    }
    taken = codec_decode(&reader->codec, reader->buffer + reader->start,
                         reader->end - reader->start, event);
    if (taken == 0) {
        return damaged(reader, "what follows is no event", err);
    }
    reader->start += taken;
    reader->count++;
    end = record_write(reader->record, &event->header, event->arg, event->header.arg_count,
                       event->text, event->header.text_bytes);
    XXH3_128bits_update(reader->run_hash, reader->record,
                        (size_t)(end - reader->record) * sizeof(*end));
    return true;
}

bool trace_is_truncated(const struct trace_reader *reader)
{
    return reader->truncated;
}

struct trace_hash trace_recorded_hash(const struct trace_reader *reader)
{
    return reader->hash;
}

void trace_close(struct trace_reader *reader)
{
    if (reader != NULL) {
        if (reader->file != NULL) {
            fclose(reader->file);
        }
        XXH3_freeState(reader->run_hash);
        XXH3_freeState(reader->checksum);
        free(reader);
    }
}
