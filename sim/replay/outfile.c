/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "sim/replay/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_EXTRA 40u
#define NAME_TRIES 100u

static void forget(struct outfile *out)
{
    free(out->path);
    free(out->temporary);
    *out = (struct outfile){.what = out->what};
}

/* A name that nobody else has now. */
static bool open_temporary(struct outfile *out)
{
    int fd = -1;

    for (unsigned i = 0; i < NAME_TRIES; i++) {
        snprintf(out->temporary, strlen(out->path) + NAME_EXTRA, "%s.%u.tmp", out->path, i);
        fd = open(out->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST) {
            break;
        }
    }
    if (fd < 0) {
        return false;
    }
    out->file = fdopen(fd, "w");
    if (out->file == NULL) {
        close(fd);
        unlink(out->temporary);
    }
    return out->file != NULL;
}

bool outfile_open(struct outfile *out, const char *path, const char *what, struct sim_error *err)
{
    size_t length = strlen(path);
    struct stat there;

    *out = (struct outfile){.what = what};
    /* The rename would put a file in the place of a device, or fail when all is done. */
    if (stat(path, &there) == 0 && !S_ISREG(there.st_mode)) {
        return sim_fail(err, SIM_BAD_INPUT, "%s: %s; name a file for %s", path,
                        S_ISDIR(there.st_mode) ? "is a directory" : "is not a regular file", what);
    }
    out->path = malloc(length + 1);
    out->temporary = malloc(length + NAME_EXTRA);
    if (out->path == NULL || out->temporary == NULL) {
        forget(out);
        return sim_fail(err, SIM_INTERNAL, "%s: out of memory for %s", path, what);
    }
    memcpy(out->path, path, length + 1);
    if (!open_temporary(out)) {
        sim_fail(err, SIM_BAD_INPUT,
                 "%s: can not create %s: %s; name a file in a folder that exists and can be "
                 "written",
                 path, what, strerror(errno));
        forget(out);
        return false;
    }
    return true;
}

bool outfile_finish(struct outfile *out, struct sim_error *err)
{
    bool bad = fflush(out->file) != 0 || ferror(out->file) != 0;
    int error = errno;

    if (fclose(out->file) != 0 && !bad) {
        error = errno;
        bad = true;
    }
    out->file = NULL;
    if (!bad && rename(out->temporary, out->path) != 0) {
        error = errno;
        bad = true;
    }
    if (bad) {
        sim_fail(err, SIM_INTERNAL, "%s: can not write %s: %s; nothing was left there", out->path,
                 out->what, strerror(error));
        unlink(out->temporary);
    }
    forget(out);
    return !bad;
}

void outfile_abandon(struct outfile *out)
{
    if (out->file != NULL) {
        fclose(out->file);
        unlink(out->temporary);
        forget(out);
    }
}
