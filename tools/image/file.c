/* SPDX-License-Identifier: BSD-3-Clause */
/* Files in memory, and what is said about them. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image.h"

#define PATH_SHOWN 256u

void make_printable(char *out, size_t size, const char *text, size_t length)
{
    size_t i;

    for (i = 0; i < length && text[i] != '\0' && i + 1 < size; i++) {
        out[i] = text[i];
        if (text[i] < ' ' || text[i] > '~') {
            out[i] = '?';
        }
    }
    out[i] = '\0';
}

int complain(const char *path, const char *format, ...)
{
    char shown[PATH_SHOWN];
    va_list args;

    make_printable(shown, sizeof(shown), path, strlen(path));
    fprintf(stderr, "orrery-image: %s: ", shown);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    return IMAGE_BAD_INPUT;
}

int out_of_memory(void)
{
    fprintf(stderr, "orrery-image: out of memory\n");
    return IMAGE_INTERNAL;
}

static enum file_kind kind_of(const struct file_bytes *file)
{
    if (file->size >= 4 && memcmp(file->data, "\177ELF", 4) == 0) {
        return FILE_ELF;
    }
    if (file->size >= 4 && memcmp(file->data, "\xd0\x0d\xfe\xed", 4) == 0) {
        return FILE_FDT;
    }
    return FILE_OTHER;
}

static int check_stat(const char *path, const struct stat *st)
{
    if (S_ISDIR(st->st_mode)) {
        return complain(path, "is a directory, name a file in it");
    }
    if (!S_ISREG(st->st_mode)) {
        return complain(path, "is not a regular file, copy it into one");
    }
    if (st->st_size == 0) {
        return complain(path, "is empty, build it again");
    }
    if (st->st_size > (off_t)IMAGE_FILE_MAX_BYTES) {
        return complain(path, "has %lld bytes, name an image of at most %u", (long long)st->st_size,
                        IMAGE_FILE_MAX_BYTES);
    }
    return IMAGE_OK;
}

static int read_all(const char *path, int fd, struct file_bytes *out)
{
    size_t done = 0;

    while (done < out->size) {
        ssize_t got = read(fd, out->data + done, out->size - done);

        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return complain(path, "%s", strerror(errno));
        }
        if (got == 0) {
            return complain(path, "became shorter while it was read, try again");
        }
        done += (size_t)got;
    }
    return IMAGE_OK;
}

int file_read(const char *path, struct file_bytes *out)
{
    struct stat st;
    int status;
    /* A FIFO must not hold us up before it is refused. */
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

    *out = (struct file_bytes){0};
    if (fd < 0) {
        return complain(path, "%s, check the name and who may read it", strerror(errno));
    }
    if (fstat(fd, &st) != 0) {
        status = complain(path, "%s", strerror(errno));
    } else {
        status = check_stat(path, &st);
    }
    if (status == IMAGE_OK) {
        out->size = (size_t)st.st_size;
        out->data = malloc(out->size);
        status = out->data == NULL ? out_of_memory() : read_all(path, fd, out);
    }
    close(fd);
    if (status == IMAGE_OK) {
        out->kind = kind_of(out);
    }
    return status;
}
