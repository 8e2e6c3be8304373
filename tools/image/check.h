/* SPDX-License-Identifier: BSD-3-Clause */
/* One line for each check: "ok     WHAT: ..." or "FAILED WHAT: ...". */
#ifndef ORRERY_IMAGE_CHECK_H
#define ORRERY_IMAGE_CHECK_H

#include "image.h"

struct report {
    unsigned checks;
    unsigned failed;
};

void report_ok(struct report *report, const char *what, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void report_failed(struct report *report, const char *what, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void check_elf(struct report *report, const struct image *image);
void check_tree(struct report *report, const struct image *image, const struct tree *tree);

#endif
