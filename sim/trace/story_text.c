/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim/trace/story_text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void line_clear(struct story_line *line)
{
    line->length = 0;
    line->text[0] = '\0';
}

void line_add(struct story_line *line, const char *format, ...)
{
    size_t room = STORY_LINE_BYTES - line->length;
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(line->text + line->length, room, format, args);
    va_end(args);
    if (n > 0) {
        line->length += (size_t)n < room ? (size_t)n : room - 1;
    }
}

void line_add_escaped(struct story_line *line, const char *text, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c == '\n') {
            line_add(line, "\\n");
        } else if (c == '\r') {
            line_add(line, "\\r");
        } else if (c == '\t') {
            line_add(line, "\\t");
        } else if (c == '\\' || c == '"') {
            line_add(line, "\\%c", c);
        } else if (c < 0x20 || c > 0x7e) {
            line_add(line, "\\x%02x", c);
        } else if (line->length < STORY_LINE_BYTES - 1) {
            line->text[line->length++] = (char)c;
            line->text[line->length] = '\0';
        }
    }
}

void line_add_number(struct story_line *line, uint64_t value)
{
    line_add(line, value < 10 ? "%" PRIu64 : "0x%" PRIx64, value);
}

void line_pad(struct story_line *line, size_t column)
{
    line_add(line, "%*s", line->length < column ? (int)(column - line->length) : 1, "");
}

static const struct {
    uint16_t id;
    const char *name;
} fixed_names[] = {{FFA_ID_NWD, "NWd"}, {FFA_ID_SPMC, "SPMC"}, {FFA_ID_SPMD, "SPMD"}};

static bool is_fixed(uint16_t id)
{
    return id == FFA_ID_NWD || id == FFA_ID_SPMC || id == FFA_ID_SPMD;
}

void story_names_learn(struct story_names *names, const struct trace_event *event)
{
    uint16_t id = event->header.endpoint;
    struct story_line name;
    unsigned i = 0;

    if (is_fixed(id) || event->header.text_bytes == 0) {
        return;
    }
    while (i < names->count && names->endpoint[i].id != id) {
        i++;
    }
    if (i == STORY_MOST_ENDPOINTS) {
        return;
    }
    if (i == names->count) {
        names->count++;
    }
    line_clear(&name);
    line_add_escaped(&name, event->text, event->header.text_bytes);
    names->endpoint[i].id = id;
    snprintf(names->endpoint[i].name, STORY_NAME_BYTES, "%.*s", (int)STORY_NAME_BYTES - 1,
             name.text);
}

const char *story_name(const struct story_names *names, uint16_t id, char buffer[STORY_ID_BYTES])
{
    for (size_t i = 0; i < sizeof(fixed_names) / sizeof(fixed_names[0]); i++) {
        if (fixed_names[i].id == id) {
            return fixed_names[i].name;
        }
    }
    for (unsigned i = 0; i < names->count; i++) {
        if (names->endpoint[i].id == id) {
            return names->endpoint[i].name;
        }
    }
    snprintf(buffer, STORY_ID_BYTES, "0x%04x", id);
    return buffer;
}

void line_add_endpoint(struct story_line *line, const struct story_names *names, uint16_t id)
{
    char buffer[STORY_ID_BYTES];

    line_add(line, "%s", story_name(names, id, buffer));
}

void line_add_context(struct story_line *line, const struct story_names *names, uint16_t id,
                      uint16_t vcpu)
{
    line_add_endpoint(line, names, id);
    if (!is_fixed(id)) {
        line_add(line, "/%u", vcpu);
    }
}

struct story_regs story_regs(const uint64_t *x, unsigned count)
{
    return (struct story_regs){x, count, count != 0 && (x[0] & SMCCC_64_BIT) != 0};
}

uint64_t reg(const struct story_regs *regs, unsigned index)
{
    return index < regs->count ? regs->x[index] : 0;
}

uint32_t reg_w(const struct story_regs *regs, unsigned index)
{
    return (uint32_t)reg(regs, index);
}

unsigned line_add_regs(struct story_line *line, const struct story_regs *regs, unsigned first,
                       unsigned last)
{
    unsigned added = 0;

    for (unsigned i = first; i <= last && i < regs->count; i++) {
        uint64_t value = regs->wide ? regs->x[i] : (uint32_t)regs->x[i];

        if (value != 0) {
            line_add(line, " %c%u=", regs->wide ? 'x' : 'w', i);
            line_add_number(line, value);
            added++;
        }
    }
    return added;
}

bool line_add_uuid(struct story_line *line, uint64_t low, uint64_t high)
{
    if (low == 0 && high == 0) {
        return true;
    }
    line_add(line, " uuid ");
    for (unsigned i = 0; i < 16; i++) {
        uint64_t half = i < 8 ? low : high;

        line_add(line, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x",
                 (unsigned)(half >> (i % 8 * 8) & 0xff));
    }
    return false;
}
