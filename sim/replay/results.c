/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "sim/replay/results.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/replay/outfile.h"

static bool open_to_add(struct results *results, const char *path, struct sim_error *err)
{
    results->path = path;
    results->file = fopen(path, "ae");
    return results->file != NULL || sim_fail(err, SIM_BAD_INPUT, "%s: %s", path, strerror(errno));
}

bool results_create(struct results *results, const char *path, const char *head,
                    struct sim_error *err)
{
    struct outfile out;

    if (access(path, F_OK) == 0) {
        return sim_fail(err, SIM_BAD_INPUT,
                        "%s is there already: --resume goes on with it, else name another --out",
                        path);
    }
    if (!outfile_open(&out, path, "the results", err)) {
        return false;
    }
    fputs(head, out.file);
    results->is_new = true;
    return outfile_finish(&out, err) && open_to_add(results, path, err);
}

static const char *word(const struct result *result)
{
    return result->crashed ? "crash" : result->passed ? "pass" : "fail";
}

bool results_add(struct results *results, const struct result *result, struct sim_error *err)
{
    FILE *file = results->file;
    char hash[TRACE_HASH_TEXT];

    results->is_new = false;
    trace_hash_text(&result->hash, hash);
    fprintf(file, "run %" PRIu32 " %" PRIu64 " %s %s %016" PRIx64 " %" PRIu64 " %" PRIu64 " ",
            result->scenario, result->run, word(result), hash, result->order, result->points,
            result->delays);
    for (unsigned i = 0; i < result->depth; i++) {
        fprintf(file, "%s%" PRIu64, i != 0 ? "," : "", result->point[i]);
    }
    fprintf(file, "%s%s%s|", result->depth == 0 ? "-" : "", result->faults[0] != '\0' ? " " : "",
            result->faults);
    for (const char *at = result->why; *at != '\0'; at++) {
        fputc((unsigned char)*at < ' ' ? ' ' : *at, file);
    }
    fputc('\n', file);
    return (fflush(file) == 0 && !ferror(file)) ||
           sim_fail(err, SIM_INTERNAL, "%s: can not be written: %s", results->path,
                    strerror(errno));
}

void results_close(struct results *results)
{
    if (results->file != NULL) {
        fclose(results->file);
        results->file = NULL;
    }
}

/* Reads a number at *at and what has to follow it. */
static bool take(const char **at, int base, char behind, uint64_t *value)
{
    char *end;

    errno = 0;
    *value = strtoull(*at, &end, base);
    if (end == *at || **at == '-' || **at == ' ' || errno != 0 || *end != behind) {
        return false;
    }
    *at = end + 1;
    return true;
}

static bool take_verdict(const char **at, struct result *result)
{
    result->passed = strncmp(*at, "pass ", 5) == 0;
    result->crashed = strncmp(*at, "crash ", 6) == 0;
    if (!result->passed && !result->crashed && strncmp(*at, "fail ", 5) != 0) {
        return false;
    }
    *at += result->crashed ? 6 : 5;
    return true;
}

static bool take_hash(const char **at, struct trace_hash *hash)
{
    char high[17];
    const char *from = high;

    if (strlen(*at) < 33) {
        return false;
    }
    memcpy(high, *at, 16);
    high[16] = '\0';
    *at += 16;
    return take(&from, 16, '\0', &hash->high) && take(at, 16, ' ', &hash->low);
}

static bool take_points(const char **at, struct result *result)
{
    if (strncmp(*at, "-", 1) == 0) {
        ++*at;
        return true;
    }
    while (result->depth < STRATEGY_MAX_DEPTH) {
        size_t digits = strspn(*at, "0123456789");
        char behind = (*at)[digits];

        if ((behind != ',' && behind != ' ' && behind != '|') ||
            !take(at, 10, behind, &result->point[result->depth++])) {
            return false;
        }
        if (behind != ',') {
            --*at;
            return true;
        }
    }
    return false;
}

/* " a; b|" or "|" */
static bool take_faults(const char **at, struct result *result)
{
    size_t length = strcspn(*at, "|");

    if ((*at)[length] != '|' || length > sizeof(result->faults) ||
        (length != 0 && (**at != ' ' || length == 1))) {
        return false;
    }
    if (length != 0) {
        memcpy(result->faults, *at + 1, length - 1);
    }
    *at += length + 1;
    return true;
}

static bool parse(const char *line, struct result *result)
{
    uint64_t scenario;
    const char *at = line + 4;

    memset(result, 0, sizeof(*result));
    if (strncmp(line, "run ", 4) != 0 || !take(&at, 10, ' ', &scenario) || scenario > UINT32_MAX ||
        !take(&at, 10, ' ', &result->run) || !take_verdict(&at, result) ||
        !take_hash(&at, &result->hash) || !take(&at, 16, ' ', &result->order) ||
        !take(&at, 10, ' ', &result->points) || !take(&at, 10, ' ', &result->delays) ||
        !take_points(&at, result) || !take_faults(&at, result)) {
        return false;
    }
    result->scenario = (uint32_t)scenario;
    snprintf(result->why, sizeof(result->why), "%s", at);
    return true;
}

/* One line without its end. 1: there is one; 0: the rest of the file is not whole; -1: too long. */
static int read_line(FILE *file, char *line, size_t line_bytes)
{
    size_t length;

    if (fgets(line, (int)line_bytes, file) == NULL) {
        return 0;
    }
    length = strlen(line);
    if (length == 0 || line[length - 1] != '\n') {
        return length + 1 == line_bytes ? -1 : 0;
    }
    line[length - 1] = '\0';
    return 1;
}

static bool same_head(FILE *file, const char *head, const char *path, struct sim_error *err)
{
    char line[4096];

    for (const char *at = head; *at != '\0'; at += strcspn(at, "\n") + 1) {
        size_t length = strcspn(at, "\n");

        if (read_line(file, line, sizeof(line)) != 1 || strlen(line) != length ||
            memcmp(line, at, length) != 0) {
            return sim_fail(err, SIM_BAD_INPUT,
                            "%s: of another campaign: it has '%.80s', this one '%.*s'; name "
                            "another --out",
                            path, line, (int)(length < 80 ? length : 80), at);
        }
    }
    return true;
}

static bool read_runs(FILE *file, const char *path, const char *head, off_t *whole,
                      bool (*tell)(void *user, const struct result *result), void *user,
                      struct sim_error *err)
{
    char line[4096];
    struct result result;
    unsigned number = 1;
    int got;

    for (const char *at = head; *at != '\0'; at++) {
        number += *at == '\n';
    }
    for (*whole = ftello(file); (got = read_line(file, line, sizeof(line))) == 1; number++) {
        if (!parse(line, &result) || !tell(user, &result)) {
            break;
        }
        *whole = ftello(file);
    }
    return got == 0 || sim_fail(err, SIM_BAD_INPUT,
                                "%s:%u: not a line of this campaign's results; name another --out",
                                path, number);
}

bool results_resume(struct results *results, const char *path, const char *head,
                    bool (*tell)(void *user, const struct result *result), void *user,
                    struct sim_error *err)
{
    FILE *file = fopen(path, "r+e");
    off_t whole = 0;
    bool ok;

    if (file == NULL) {
        return errno == ENOENT ? results_create(results, path, head, err)
                               : sim_fail(err, SIM_BAD_INPUT, "%s: %s", path, strerror(errno));
    }
    ok = same_head(file, head, path, err) && read_runs(file, path, head, &whole, tell, user, err);
    if (ok && ftruncate(fileno(file), whole) != 0) {
        ok = sim_fail(err, SIM_BAD_INPUT, "%s: %s", path, strerror(errno));
    }
    fclose(file);
    return ok && open_to_add(results, path, err);
}
