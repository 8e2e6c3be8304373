/* SPDX-License-Identifier: BSD-3-Clause */
/* orrery-image: the command line. */
#define _POSIX_C_SOURCE 200809L
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "image.h"

struct options {
    bool check; /* else info */
    const char *file;
    const char *manifest;
};

static const char help_text[] =
    "usage: orrery-image info FILE [--manifest DTB]\n"
    "       orrery-image check FILE [--manifest DTB]\n"
    "\n"
    "FILE is a firmware image as the linker wrote it (spmc.elf). info prints what is in it,\n"
    "and takes an SPMC manifest alone as well. check holds it to the rules: one R-X, one R--\n"
    "and one RW- segment of whole pages, none of them writable and executable, less than\n"
    "512 KiB, R_AARCH64_RELATIVE relocations only, no undefined symbol.\n"
    "\n"
    "  --manifest DTB  the SPMC manifest: info prints it too; check wants the image to fit its\n"
    "                  /attribute, PEs, memory and vm nodes\n"
    "  --help          print this\n"
    "  --version       print the version\n"
    "\n"
    "Exit status: 0 printed, or all checks hold; 1 a check failed; 2 usage, or a file that can\n"
    "not be read as what it should be; 3 internal fault (no memory, no standard output).\n";

static int usage(const char *what, const char *mend)
{
    return complain(what, "%s; see orrery-image --help", mend);
}

/* The value of --manifest at *index; false: there is none. */
static bool take_manifest(int argc, char **argv, int *index, struct options *out)
{
    static const char name[] = "--manifest";
    const char *argument = argv[*index];

    if (argument[sizeof(name) - 1] == '=') {
        out->manifest = argument + sizeof(name);
    } else if (*index + 1 < argc) {
        out->manifest = argv[++*index];
    } else {
        return false;
    }
    return out->manifest[0] != '\0';
}

static int parse(int argc, char **argv, struct options *out)
{
    bool only_files = false;

    if (strcmp(argv[1], "check") != 0 && strcmp(argv[1], "info") != 0) {
        return usage(argv[1], "unknown command, name info or check");
    }
    out->check = strcmp(argv[1], "check") == 0;
    for (int i = 2; i < argc; i++) {
        if (!only_files && strcmp(argv[i], "--") == 0) {
            only_files = true;
        } else if (!only_files && (strcmp(argv[i], "--manifest") == 0 ||
                                   strncmp(argv[i], "--manifest=", 11) == 0)) {
            if (out->manifest != NULL) {
                return usage("--manifest", "given twice, name one manifest");
            }
            if (!take_manifest(argc, argv, &i, out)) {
                return usage("--manifest", "names no file, name a device tree blob");
            }
        } else if (!only_files && argv[i][0] == '-') {
            return usage(argv[i], "unknown option, leave it out");
        } else if (out->file != NULL) {
            return usage(argv[i], "a second file, name one at a time");
        } else {
            out->file = argv[i];
        }
    }
    return out->file == NULL ? usage(argv[1], "no file, name one") : IMAGE_OK;
}

static int read_manifest(const char *path, struct tree *tree)
{
    struct file_bytes file;
    int status = file_read(path, &file);

    if (status == IMAGE_OK && file.kind != FILE_FDT) {
        status = complain(path, "not a device tree blob, name the manifest that dtc wrote (.dtb)");
    }
    if (status == IMAGE_OK) {
        status = tree_read(path, &file, tree);
    }
    free(file.data);
    return status;
}

static int run_tree(const struct options *options, const struct file_bytes *file, struct tree *tree)
{
    int status;

    if (options->check) {
        return complain(options->file, "a device tree blob, name the .elf first and this one "
                                       "behind --manifest");
    }
    if (options->manifest != NULL) {
        return complain(options->file, "a device tree blob itself, leave --manifest out");
    }
    status = tree_read(options->file, file, tree);
    if (status == IMAGE_OK) {
        info_tree(options->file, tree);
    }
    return status;
}

static int run_image(const struct options *options, struct file_bytes *file, struct tree *tree)
{
    static struct image image;
    int status = image_read(options->file, file, &image);

    if (status == IMAGE_OK && options->manifest != NULL) {
        status = read_manifest(options->manifest, tree);
    }
    if (status != IMAGE_OK) {
        return status;
    }
    if (options->check) {
        return check_image(options->file, &image, options->manifest != NULL ? tree : NULL);
    }
    info_image(options->file, &image);
    if (options->manifest != NULL) {
        info_tree(options->manifest, tree);
    }
    return IMAGE_OK;
}

static int run(const struct options *options)
{
    static struct tree tree;
    struct file_bytes file;
    int status = file_read(options->file, &file);

    if (status == IMAGE_OK && file.kind == FILE_FDT) {
        status = run_tree(options, &file, &tree);
    } else if (status == IMAGE_OK && file.kind == FILE_OTHER) {
        status = complain(options->file, "not an ELF file; a raw image (.bin) has no headers to "
                                         "read, name the .elf that it was made from");
    } else if (status == IMAGE_OK) {
        status = run_image(options, &file, &tree);
    }
    free(file.data);
    return status;
}

int main(int argc, char **argv)
{
    struct options options = {0};
    int status = IMAGE_OK;

    if (fcntl(STDOUT_FILENO, F_GETFD) < 0) {
        fprintf(stderr, "orrery-image: standard output is closed\n");
        return IMAGE_INTERNAL;
    }
    if (argc < 2) {
        return usage("no command", "name info or check");
    }
    if (strcmp(argv[1], "--help") == 0) {
        fputs(help_text, stdout);
    } else if (strcmp(argv[1], "--version") == 0) {
        printf("orrery-image %s\n", ORRERY_VERSION);
    } else {
        status = parse(argc, argv, &options);
        status = status == IMAGE_OK ? run(&options) : status;
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "orrery-image: can not write to standard output\n");
        return status != IMAGE_OK ? status : IMAGE_INTERNAL;
    }
    return status;
}
