/* SPDX-License-Identifier: BSD-3-Clause */
/* orrery-image check: the lines and the verdict. */
#include "check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void report_ok(struct report *report, const char *what, const char *format, ...)
{
    va_list args;

    report->checks++;
    printf("ok     %s: ", what);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
}

void report_failed(struct report *report, const char *what, const char *format, ...)
{
    va_list args;

    report->checks++;
    report->failed++;
    printf("FAILED %s: ", what);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
}

int check_image(const char *path, const struct image *image, const struct tree *tree)
{
    struct report report = {0};
    char shown[256];

    check_elf(&report, image);
    if (tree != NULL) {
        check_tree(&report, image, tree);
    }
    make_printable(shown, sizeof(shown), path, strlen(path));
    if (report.failed != 0) {
        printf("%s: %u of %u checks failed\n", shown, report.failed, report.checks);
        return IMAGE_FAILED;
    }
    printf("%s: all %u checks hold%s\n", shown, report.checks,
           tree == NULL ? " (the image alone; --manifest checks its place too)" : "");
    return IMAGE_OK;
}
