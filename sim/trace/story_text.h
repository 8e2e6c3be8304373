/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the story: a bounded line of text, the names of endpoints, and the decoders. */
#ifndef SIM_TRACE_STORY_TEXT_H
#define SIM_TRACE_STORY_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ffa/abi.h"
#include "sim/trace/trace.h"

#define STORY_LINE_BYTES     2048u /* holds any event: what does not fit is cut */
#define STORY_NAME_BYTES     32u
#define STORY_ID_BYTES       8u
#define STORY_MOST_ENDPOINTS 256u

struct story_line {
    size_t length;
    char text[STORY_LINE_BYTES];
};

void line_clear(struct story_line *line);
void line_add(struct story_line *line, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Text from outside: a byte that is not printable ASCII, or is \ or ", becomes an escape. */
void line_add_escaped(struct story_line *line, const char *text, size_t bytes);
/* A number as people read it: below ten in decimal, else in hexadecimal. */
void line_add_number(struct story_line *line, uint64_t value);
/* Spaces up to `column` bytes of the line, at least one. */
void line_pad(struct story_line *line, size_t column);

struct story_names {
    unsigned count;
    struct {
        uint16_t id;
        char name[STORY_NAME_BYTES];
    } endpoint[STORY_MOST_ENDPOINTS];
};

/* From an ENDPOINT event. */
void story_names_learn(struct story_names *names, const struct trace_event *event);
/* The name of an endpoint, or its identity in hexadecimal, which takes the buffer. */
const char *story_name(const struct story_names *names, uint16_t id, char buffer[STORY_ID_BYTES]);
void line_add_endpoint(struct story_line *line, const struct story_names *names, uint16_t id);
/* "crypto/1"; "NWd" alone, whose vCPU is its PE */
void line_add_context(struct story_line *line, const struct story_names *names, uint16_t id,
                      uint16_t vcpu);

/* Registers of a call or of its result. The registers past `count` read as zero. */
struct story_regs {
    const uint64_t *x;
    unsigned count;
    bool wide; /* a 64-bit call: x names, else w names and 32 bits */
};

struct story_regs story_regs(const uint64_t *x, unsigned count);
uint64_t reg(const struct story_regs *regs, unsigned index);
uint32_t reg_w(const struct story_regs *regs, unsigned index);
/* " w3=1 w5=0x10": the ones from `first` to `last` that are not zero. Returns how many. */
unsigned line_add_regs(struct story_line *line, const struct story_regs *regs, unsigned first,
                       unsigned last);

/* FFA_MSG_SEND_DIRECT_REQ and so on: w1 names a sender and a receiver. */
bool story_is_direct(uint32_t fid);
bool story_is_direct_response(uint32_t fid);

/* What a call asks for: "FFA_RUN crypto/0". `caller`: whose call it is. */
void line_add_call(struct story_line *line, const struct story_names *names, uint16_t caller,
                   uint64_t conduit, const struct story_regs *regs);
/* Payload of a direct message: framework function, UUID, flags, registers. */
void line_add_message(struct story_line *line, const struct story_regs *regs);
/* " uuid ..." of two or four registers, nothing for the nil UUID; true: it was nil. */
bool line_add_uuid(struct story_line *line, uint64_t low, uint64_t high);

/*
 * What a context is given: "-> SUCCESS id 0x8001", "<- DIRECT_REQ from NWd w3=1". `call`: the
 * function that it called last, 0 when it never did.
 */
void line_add_result(struct story_line *line, const struct story_names *names, uint32_t call,
                     uint16_t from, const struct story_regs *regs);

/* All events but CALL and RESUME. */
void line_add_other(struct story_line *line, const struct trace_event *event);

#endif
