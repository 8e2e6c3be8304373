/* SPDX-License-Identifier: BSD-3-Clause */
/* Files that a scenario names: images, packages, manifests (compiled when they are sources),
 * boards. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/script/scenario_internal.h"

#define MAX_IMAGE_BYTES (64u << 20)
#define MAX_DTB_BYTES   (1u << 20)
#define DTC_ERROR_BYTES 65536

extern char **environ;

static bool is_file(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text);

    return length >= strlen(end) && strcmp(text + length - strlen(end), end) == 0;
}

static bool read_all(int fd, size_t max_bytes, void **data, size_t *size_bytes)
{
    size_t room = 65536;
    uint8_t *buffer = malloc(room);
    size_t used = 0;

    while (buffer != NULL) {
        ssize_t n = read(fd, buffer + used, room - used);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            *data = buffer;
            *size_bytes = used;
            return n == 0;
        }
        used += (size_t)n;
        if (used == room) {
            uint8_t *more = used > max_bytes ? NULL : realloc(buffer, room *= 2);

            if (more == NULL) {
                free(buffer);
                errno = EFBIG;
            }
            buffer = more;
        }
    }
    *data = NULL;
    return false;
}

bool files_read(const char *path, size_t max_bytes, void **data, size_t *size_bytes,
                struct sim_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat info;
    bool ok = fd >= 0 && fstat(fd, &info) == 0;

    *data = NULL;
    if (ok && S_ISDIR(info.st_mode)) {
        errno = EISDIR;
        ok = false;
    }
    ok = ok && read_all(fd, max_bytes, data, size_bytes);
    if (!ok) {
        sim_fail(err, SIM_BAD_INPUT, "%s: %s", path, strerror(errno));
        free(*data);
    } else if (*size_bytes > max_bytes) {
        ok = sim_fail(err, SIM_BAD_INPUT, "%s: %zu bytes; at most %zu can be used", path,
                      *size_bytes, max_bytes);
        free(*data);
    }
    if (fd >= 0) {
        close(fd);
    }
    return ok;
}

/* Cells that are cut: an error of dtc 1.6, a mere warning of later ones. */
#define DTC_TRUNCATED " truncated to "

/* The line of a text that holds `what`; NULL: none does. */
static const char *line_with(const char *text, const char *what)
{
    const char *at = strstr(text, what);

    while (at != NULL && at > text && at[-1] != '\n') {
        at--;
    }
    return at;
}

/*
 * dtc's own words, of which one line tells: what was cut, else the first error, else the first
 * line. `ok` is its exit status; false when there is nothing to tell.
 */
static bool dtc_fault(const char *path, int complaints, bool ok, struct sim_error *err)
{
    char *text = calloc(1, DTC_ERROR_BYTES + 1);
    const char *line;

    if (text == NULL || pread(complaints, text, DTC_ERROR_BYTES, 0) < 0) {
        free(text);
        sim_fail(err, SIM_INTERNAL, "%s: dtc: its words can not be read", path);
        return true;
    }
    line = line_with(text, DTC_TRUNCATED);
    if (line == NULL && ok) {
        free(text);
        return false;
    }
    line = line == NULL ? line_with(text, "rror") : line;
    line = line == NULL ? text : line;
    sim_fail(err, SIM_BAD_INPUT, "%s: dtc: %.*s", path,
             *line != '\0' ? (int)strcspn(line, "\n") : 99,
             *line != '\0' ? line : "it failed without a word");
    free(text);
    return true;
}

/* Starts dtc on a source: the blob goes to `out`, complaints to `bad`. 0, or an errno. */
static int start_dtc(char *path, int out, int bad, pid_t *child)
{
    char *argv[] = {(char[]){"dtc"},
                    (char[]){"-I"},
                    (char[]){"dts"},
                    (char[]){"-O"},
                    (char[]){"dtb"},
                    (char[]){"--"},
                    path,
                    NULL};
    posix_spawn_file_actions_t actions;
    int bad_spawn = posix_spawn_file_actions_init(&actions);

    if (bad_spawn != 0) {
        return bad_spawn;
    }
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, bad, STDERR_FILENO);
    bad_spawn = posix_spawnp(child, "dtc", &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return bad_spawn;
}

/*
 * Runs dtc on a source; its output is the blob. Complaints go to a file in memory: two pipes read
 * one after the other would block for ever once dtc has more to say than a pipe holds.
 */
static bool compile_dts(const char *path, void **data, size_t *size_bytes, struct sim_error *err)
{
    char path_copy[SCENARIO_PATH_BYTES];
    int bad = memfd_create("dtc", MFD_CLOEXEC);
    int out[2];
    int status = 1;
    int bad_spawn;
    pid_t child;
    bool read;
    bool ok;

    if (bad < 0 || pipe2(out, O_CLOEXEC) != 0) {
        sim_fail(err, SIM_INTERNAL, "%s: dtc: %s", path, strerror(errno));
        if (bad >= 0) {
            close(bad);
        }
        return false;
    }
    snprintf(path_copy, sizeof(path_copy), "%s", path);
    bad_spawn = start_dtc(path_copy, out[1], bad, &child);
    close(out[1]);
    *data = NULL;
    *size_bytes = 0;
    read = bad_spawn == 0 && read_all(out[0], MAX_DTB_BYTES, data, size_bytes);
    close(out[0]); /* before the wait: a child with more to write ends */
    if (bad_spawn == 0) {
        waitpid(child, &status, 0);
    }
    ok = read && status == 0 && *size_bytes <= MAX_DTB_BYTES;
    if (bad_spawn != 0) {
        sim_fail(err, SIM_BAD_INPUT, "%s: dtc: %s; is device-tree-compiler installed?", path,
                 strerror(bad_spawn));
    } else if (!read || *size_bytes > MAX_DTB_BYTES) {
        sim_fail(err, SIM_BAD_INPUT, "%s: dtc: the blob has more than %u bytes", path,
                 MAX_DTB_BYTES);
    } else if (dtc_fault(path, bad, ok, err)) {
        ok = false;
    }
    close(bad);
    if (!ok) {
        free(*data);
    }
    return ok;
}

static bool keep(struct scenario *scenario, void *data, size_t size_bytes, const char *path,
                 struct run_blob *blob, struct sim_error *err)
{
    if (scenario->blob_count == SCENARIO_MAX_BLOBS ||
        (scenario->where[scenario->blob_count] = strdup(path)) == NULL) {
        free(data);
        return sim_fail(err, SIM_INTERNAL, "%s: too many files", scenario->path);
    }
    scenario->blob[scenario->blob_count] = data;
    *blob = (struct run_blob){data, size_bytes, scenario->where[scenario->blob_count]};
    scenario->blob_count++;
    return true;
}

static bool load_path(struct scenario *scenario, const char *path, struct run_blob *blob,
                      struct sim_error *err)
{
    void *data;
    size_t size_bytes;
    bool ok = ends_with(path, ".dts") ? compile_dts(path, &data, &size_bytes, err)
                                      : files_read(path, MAX_IMAGE_BYTES, &data, &size_bytes, err);

    return ok && keep(scenario, data, size_bytes, path, blob, err);
}

/* "echo" and "echo.dts" have their built form in share/: "echo.bin", "echo.dtb". */
static void built_name(const char *name, const char *extension, char *out, size_t out_bytes)
{
    if (ends_with(name, ".dts")) {
        snprintf(out, out_bytes, "%.*s.dtb", (int)(strlen(name) - 4), name);
    } else if (strrchr(name, '.') == NULL) {
        snprintf(out, out_bytes, "%s%s", name, extension);
    } else {
        snprintf(out, out_bytes, "%s", name);
    }
}

bool files_load(struct scenario *scenario, const char *share, const char *field, const char *name,
                const char *extension, struct run_blob *blob, struct sim_error *err)
{
    char built[SCENARIO_PATH_BYTES / 4];
    char path[2 * SCENARIO_PATH_BYTES];

    if (name[0] == '\0' || strlen(name) >= sizeof(built) - 8) {
        return scenario_fault(scenario, field, err, "%s: '%.40s' is no file name", field, name);
    }
    built_name(name, extension, built, sizeof(built));
    const struct {
        const char *prefix;
        const char *folder;
        const char *name;
    } places[] = {
        {name[0] == '/' ? "" : scenario->folder, "", name},
        {scenario->folder, "", built},
        {scenario->folder, "guests/", name},
        {scenario->folder, "guests/", built},
        {"", "", name},
        {share, "/guests/", built},
    };
    for (unsigned i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        snprintf(path, sizeof(path), "%s%s%s", places[i].prefix, places[i].folder, places[i].name);
        if (is_file(path)) {
            return load_path(scenario, path, blob, err);
        }
    }
    return scenario_fault(
        scenario, field, err,
        "%s '%s' is not there: looked beside the scenario, in the working directory "
        "and for %s among the built guests",
        field, name, built);
}

static int with_board(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && strlen(entry->d_name) < 32;
}

/* The boards that come with the program, by name: "fvp, qemu, sim" */
static void list_boards(const char *share, char *out, size_t out_bytes)
{
    char path[SCENARIO_PATH_BYTES + 64];
    struct dirent **entry = NULL;
    size_t used = 0;
    int count;

    snprintf(path, sizeof(path), "%s/platforms", share);
    count = scandir(path, &entry, with_board, alphasort);
    out[0] = '\0';
    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof(path), "%s/platforms/%s/board.dtb", share, entry[i]->d_name);
        if (is_file(path) && used < out_bytes) {
            used += (size_t)snprintf(out + used, out_bytes - used, "%s%s", used == 0 ? "" : ", ",
                                     entry[i]->d_name);
        }
        free(entry[i]);
    }
    free(entry);
    if (used == 0) {
        snprintf(out, out_bytes, "none");
    }
}

bool files_load_board(struct scenario *scenario, const char *share, const char *board,
                      const char *part, struct run_blob *blob, struct sim_error *err)
{
    static const char *const forms[] = {".dtb", ".dts"};
    char path[2 * SCENARIO_PATH_BYTES];
    char known[160];
    bool is_name = strchr(board, '/') == NULL && board[0] != '\0' && board[0] != '.';

    if (strlen(board) >= SCENARIO_PATH_BYTES) {
        return sim_fail(err, SIM_BAD_INPUT, "board: the name is too long");
    }
    for (unsigned i = 0; i < 4; i++) {
        const char *form = forms[i % 2];

        if (i < 2 && is_name) {
            snprintf(path, sizeof(path), "%s/platforms/%s/%s%s", share, board, part, form);
        } else {
            snprintf(path, sizeof(path), "%s%s/%s%s",
                     is_name || board[0] == '/' || i >= 2 ? "" : scenario->folder, board, part,
                     form);
        }
        if (is_file(path)) {
            return load_path(scenario, path, blob, err);
        }
    }
    list_boards(share, known, sizeof(known));
    return scenario_fault(scenario, "board", err,
                          "unknown board '%s': no %s.dtb for it; known are %s, another one is "
                          "a folder with board.dts and spmc_manifest.dts",
                          board, part, known);
}
