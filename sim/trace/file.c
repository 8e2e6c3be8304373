/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "sim/trace/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "sim/trace/codec.h"
#include "sim/trace/record.h"

#define FILE_BUFFER_BYTES (256u * 1024u)
#define FILE_NAME_EXTRA   40u
#define FILE_NAME_TRIES   100u

#ifndef ORRERY_VERSION
#error "the build says which version of the product writes a file"
#endif

_Static_assert(sizeof(ORRERY_VERSION) <= 255, "its length is one byte");

struct trace_file {
    int fd;
    int error; /* errno of the first write that failed */
    bool truncated;
    uint64_t max_bytes;
    uint64_t bytes; /* written or buffered */
    uint64_t records;
    XXH3_state_t *checksum;
    char *path;
    char *temporary;
    size_t used;
    struct codec codec;
    uint8_t buffer[FILE_BUFFER_BYTES];
};

static void write_out(struct trace_file *file)
{
    size_t done = 0;

    while (done < file->used && file->error == 0) {
        ssize_t n = write(file->fd, file->buffer + done, file->used - done);

        if (n > 0) {
            done += (size_t)n;
        } else if (n == 0) {
            file->error = ENOSPC;
        } else if (errno != EINTR) {
            file->error = errno;
        }
    }
    file->used = 0;
}

static void checksum_and_write(struct trace_file *file)
{
    XXH3_64bits_update(file->checksum, file->buffer, file->used);
    write_out(file);
}

static void free_file(struct trace_file *file)
{
    if (file->fd >= 0) {
        close(file->fd);
    }
    XXH3_freeState(file->checksum);
    free(file->path);
    free(file->temporary);
    free(file);
}

static struct trace_file *new_file(const char *path)
{
    struct trace_file *file = calloc(1, sizeof(*file));
    size_t length = strlen(path);

    if (file == NULL) {
        return NULL;
    }
    file->fd = -1;
    file->path = malloc(length + 1);
    file->temporary = malloc(length + FILE_NAME_EXTRA);
    file->checksum = XXH3_createState();
    if (file->path == NULL || file->temporary == NULL || file->checksum == NULL ||
        XXH3_64bits_reset(file->checksum) != XXH_OK) {
        free_file(file);
        return NULL;
    }
    memcpy(file->path, path, length + 1);
    return file;
}

/* A name that nobody else has now, and the permissions of any new file. */
static bool open_temporary(struct trace_file *file)
{
    for (unsigned i = 0; i < FILE_NAME_TRIES; i++) {
        snprintf(file->temporary, strlen(file->path) + FILE_NAME_EXTRA, "%s.%u.tmp", file->path, i);
        file->fd = open(file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (file->fd >= 0 || errno != EEXIST) {
            break;
        }
    }
    return file->fd >= 0;
}

static void put_head(struct trace_file *file)
{
    const uint32_t format = TRACE_FILE_FORMAT;
    const size_t length = sizeof(ORRERY_VERSION) - 1;
    uint8_t *at = file->buffer;

    memcpy(at, TRACE_FILE_MAGIC, TRACE_FILE_MAGIC_BYTES);
    memcpy(at + TRACE_FILE_MAGIC_BYTES, &format, sizeof(format));
    at[TRACE_HEAD_BYTES - 1] = (uint8_t)length;
    memcpy(at + TRACE_HEAD_BYTES, ORRERY_VERSION, length);
    file->used = TRACE_HEAD_BYTES + length;
    file->bytes = file->used;
}

/* A forgotten name must not cost the user a scenario: only a trace or an empty file is replaced. */
static bool may_replace(const char *path)
{
    char is[TRACE_FILE_MAGIC_BYTES];
    FILE *file = fopen(path, "rbe");
    size_t got = file != NULL ? fread(is, 1, sizeof(is), file) : 0;

    if (file != NULL) {
        fclose(file);
    }
    return got == 0 || (got == sizeof(is) && memcmp(is, TRACE_FILE_MAGIC, sizeof(is)) == 0);
}

struct trace_file *trace_file_open(const char *path, uint64_t max_bytes, struct sim_error *err)
{
    const uint64_t least = TRACE_HEAD_BYTES + sizeof(ORRERY_VERSION) + TRACE_END_BYTES;
    struct trace_file *file;
    struct stat there;

    if (max_bytes < least) {
        sim_fail(err, SIM_BAD_INPUT,
                 "%s: a trace of at most %" PRIu64 " bytes holds nothing; allow %" PRIu64
                 " or more",
                 path, max_bytes, least);
        return NULL;
    }
    /* The rename would put a file in the place of a device, or fail when all is done. */
    if (stat(path, &there) == 0 && !S_ISREG(there.st_mode)) {
        sim_fail(err, SIM_BAD_INPUT, "%s: %s; name a file for the trace", path,
                 S_ISDIR(there.st_mode) ? "is a directory" : "is not a regular file");
        return NULL;
    }
    if (!may_replace(path)) {
        sim_fail(err, SIM_BAD_INPUT, "%s: is there and is no trace; name another file", path);
        return NULL;
    }
    file = new_file(path);
    if (file == NULL) {
        sim_fail(err, SIM_INTERNAL, "%s: out of memory for the trace", path);
        return NULL;
    }
    if (!open_temporary(file)) {
        sim_fail(err, SIM_BAD_INPUT,
                 "%s: can not create the trace: %s; name a file in a folder "
                 "that exists and can be written",
                 path, strerror(errno));
        free_file(file);
        return NULL;
    }
    file->max_bytes = max_bytes;
    put_head(file);
    return file;
}

void trace_file_add(struct trace_file *file, const uint64_t *record, const uint64_t *end)
{
    struct trace_event event;

    while (record < end && !file->truncated && file->error == 0) {
        size_t bytes;

        record_read(record, &event);
        record += record_words(&event.header);
        if (FILE_BUFFER_BYTES - file->used < CODEC_MOST + TRACE_END_BYTES) {
            checksum_and_write(file);
        }
        bytes = codec_encode(&file->codec, &event, file->buffer + file->used);
        if (file->bytes + bytes + TRACE_END_BYTES > file->max_bytes) {
            file->truncated = true;
            return;
        }
        file->used += bytes;
        file->bytes += bytes;
        file->records++;
    }
}

static void put_end(struct trace_file *file, uint64_t count, const struct trace_hash *hash)
{
    const uint64_t words[] = {file->records, count, hash->high, hash->low};
    uint64_t checksum;
    uint8_t *at;

    if (FILE_BUFFER_BYTES - file->used < TRACE_END_BYTES) {
        checksum_and_write(file);
    }
    at = file->buffer + file->used;
    at[0] = 0;
    at[1] = file->truncated;
    memcpy(at + 2, words, sizeof(words));
    XXH3_64bits_update(file->checksum, file->buffer, file->used + TRACE_END_CHECKED_BYTES);
    checksum = XXH3_64bits_digest(file->checksum);
    memcpy(at + TRACE_END_CHECKED_BYTES, &checksum, sizeof(checksum));
    file->used += TRACE_END_BYTES;
    write_out(file);
}

bool trace_file_finish(struct trace_file *file, uint64_t count, const struct trace_hash *hash,
                       struct sim_error *err)
{
    put_end(file, count, hash);
    if (close(file->fd) != 0 && file->error == 0) {
        file->error = errno;
    }
    file->fd = -1;
    if (file->error == 0 && rename(file->temporary, file->path) != 0) {
        file->error = errno;
    }
    if (file->error != 0) {
        sim_fail(err, SIM_INTERNAL, "%s: can not write the trace: %s; nothing was left there",
                 file->path, strerror(file->error));
        trace_file_abandon(file);
        return false;
    }
    free_file(file);
    return true;
}

void trace_file_abandon(struct trace_file *file)
{
    if (file != NULL) {
        unlink(file->temporary);
        free_file(file);
    }
}
