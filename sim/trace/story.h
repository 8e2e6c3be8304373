/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside of the story: text of one line, and calls in words. */
#ifndef SIM_TRACE_STORY_H
#define SIM_TRACE_STORY_H

#include "sim/trace/trace.h"

#define STORY_LINE_BYTES 640
#define STORY_NAMES      64

struct story_text {
    char text[STORY_LINE_BYTES];
    size_t used;
};

struct story_names {
    unsigned count;
    struct {
        uint16_t id;
        char name[40];
    } name[STORY_NAMES];
};

/* Appends; cuts at the end of the line. */
void story_add(struct story_text *line, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Appends bytes with what is not printable escaped. */
void story_add_bytes(struct story_text *line, const char *text, size_t size);
/* Name of an endpoint: from the trace, else its number. */
const char *story_name(const struct story_names *names, uint16_t id, char number[8]);

/* A call in words: function and arguments; `full` shows every register. */
void story_call(struct story_text *line, const struct story_names *names, const uint64_t *x,
                unsigned count, bool full);
/* Result registers in words: "SUCCESS w2=0x1", "ERROR DENIED". `fid`: of the call answered, or 0.
 */
void story_result(struct story_text *line, const struct story_names *names, uint32_t fid,
                  const uint64_t *x, unsigned count, bool full);
/* A direct request or another call that gives the cycles to `*target`? */
bool story_call_target(const uint64_t *x, uint16_t *target);

#endif
