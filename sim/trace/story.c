/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The story: which events are told, and how a line is laid out. A call is held back until the next
 * event: when that is its own result, both make one line.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/trace/story_text.h"

#define COLUMN_WHERE   18u /* bytes before each column */
#define COLUMN_EVENT   34u
#define COLUMN_RESULT  74u
#define MOST_CONTEXTS  1024u
#define MOST_PES       256u
#define MOST_CALL_REGS FFA_REGS_EXTENDED

/* What a context called last: its result is told in terms of that. */
struct last_call {
    uint16_t endpoint;
    uint16_t vcpu;
    uint32_t fid;
};

/* What the last call on a PE carried: delivering it unchanged is not told again. */
struct carried {
    unsigned count;
    uint64_t x[MOST_CALL_REGS];
};

struct story {
    struct trace_sink sink; /* first: the sink is the story */
    FILE *out;
    enum story_level level;
    uint64_t max_lines;
    uint64_t lines;
    uint64_t left_out;
    bool head_printed;
    bool held;
    struct event_header held_header;
    struct story_line held_line;
    struct story_names names;
    unsigned context_count;
    struct last_call context[MOST_CONTEXTS];
    struct carried carried[MOST_PES];
};

static uint32_t last_call(const struct story *story, const struct event_header *header)
{
    for (unsigned i = 0; i < story->context_count; i++) {
        if (story->context[i].endpoint == header->endpoint &&
            story->context[i].vcpu == header->vcpu) {
            return story->context[i].fid;
        }
    }
    return 0;
}

static void remember_call(struct story *story, const struct trace_event *event)
{
    const struct event_header *header = &event->header;
    struct carried *carried = &story->carried[header->pe];
    unsigned i = 0;

    carried->count = header->arg_count - 1u;
    if (carried->count > MOST_CALL_REGS) {
        carried->count = MOST_CALL_REGS;
    }
    memcpy(carried->x, event->arg + 1, carried->count * sizeof(carried->x[0]));
    while (i < story->context_count && (story->context[i].endpoint != header->endpoint ||
                                        story->context[i].vcpu != header->vcpu)) {
        i++;
    }
    if (i < MOST_CONTEXTS) {
        story->context[i] =
            (struct last_call){header->endpoint, header->vcpu, (uint32_t)event->arg[1]};
        story->context_count += i == story->context_count;
    }
}

/* A message that arrives as it was sent, or FFA_MSG_WAIT and the like handed to a scheduler. */
static bool is_repeat(const struct story *story, const struct trace_event *event)
{
    const struct carried *carried = &story->carried[event->header.pe];
    const struct story_regs sent = story_regs(carried->x, carried->count);
    const struct story_regs given = story_regs(event->arg, event->header.arg_count);
    unsigned count = sent.count > given.count ? sent.count : given.count;

    if (!story_is_direct(reg_w(&given, 0))) {
        return false;
    }
    for (unsigned i = 0; i < count; i++) {
        if (reg_w(&sent, i) != reg_w(&given, i) ||
            (given.wide && reg(&sent, i) != reg(&given, i))) {
            return false;
        }
    }
    return true;
}

/* Who speaks when no context does. */
static const char *nobody(unsigned type)
{
    switch (type) {
    case EVENT_CHECK:
    case EVENT_PANIC:
        return "SPMC";
    case EVENT_PSCI:
        return "EL3";
    case EVENT_INTERRUPT:
        return "GIC";
    case EVENT_NOTE:
    case EVENT_EXPECT:
        return "scenario";
    default:
        return "machine";
    }
}

static void add_where(const struct story *story, struct story_line *line,
                      const struct trace_event *event)
{
    const struct event_header *header = &event->header;
    const struct story_regs regs = event->header.type == EVENT_CALL && header->arg_count > 1
                                       ? story_regs(event->arg + 1, header->arg_count - 1u)
                                       : story_regs(NULL, 0);

    if (header->endpoint == EVENT_NOBODY) {
        line_add(line, "%s", header->type == EVENT_BOOT ? "EL3" : nobody(header->type));
    } else if (story_is_direct(reg_w(&regs, 0))) {
        line_add_endpoint(line, &story->names, header->endpoint);
        line_add(line, " > ");
        line_add_endpoint(line, &story->names, FFA_RECEIVER(reg_w(&regs, 1)));
    } else if (header->type == EVENT_ENDPOINT || header->type == EVENT_PARTITION) {
        line_add_endpoint(line, &story->names, header->endpoint);
    } else {
        line_add_context(line, &story->names, header->endpoint, header->vcpu);
    }
}

static void add_columns(const struct story *story, struct story_line *line,
                        const struct trace_event *event)
{
    char time[32];

    snprintf(time, sizeof(time), "%" PRIu64 ".%03uus", event->header.time_ns / 1000,
             (unsigned)(event->header.time_ns % 1000));
    line_add(line, "%12s  %2u", time, event->header.pe);
    line_pad(line, COLUMN_WHERE);
    add_where(story, line, event);
    line_add(line, " ");
    line_pad(line, COLUMN_EVENT);
}

static void add_all_regs(struct story_line *line, const uint64_t *x, unsigned count)
{
    line_add(line, "  [");
    for (unsigned i = 0; i < count; i++) {
        line_add(line, "%s0x%" PRIx64, i == 0 ? "" : " ", x[i]);
    }
    line_add(line, "]");
}

static void add_result(const struct story *story, struct story_line *line,
                       const struct trace_event *event)
{
    const struct story_regs regs = story_regs(event->arg, event->header.arg_count);

    line_add_result(line, &story->names, last_call(story, &event->header), event->header.from,
                    &regs);
}

void story_follow(struct story *story, const struct trace_event *event)
{
    if (event->header.type == EVENT_ENDPOINT) {
        story_names_learn(&story->names, event);
    } else if (event->header.type == EVENT_CALL && event->header.arg_count > 1) {
        remember_call(story, event);
    }
}

/* The whole line of one event. */
static void tell(struct story *story, struct story_line *line, const struct trace_event *event)
{
    const struct event_header *header = &event->header;
    const bool all = story->level == STORY_FULL;

    line_clear(line);
    story_follow(story, event);
    add_columns(story, line, event);
    if (header->type == EVENT_CALL && header->arg_count > 1) {
        const struct story_regs regs = story_regs(event->arg + 1, header->arg_count - 1u);

        line_add_call(line, &story->names, header->endpoint, event->arg[0], &regs);
        if (all) {
            add_all_regs(line, regs.x, regs.count);
        }
    } else if (header->type == EVENT_RESUME && header->arg_count != 0) {
        add_result(story, line, event);
        if (all) {
            add_all_regs(line, event->arg, header->arg_count);
        }
    } else {
        line_add_other(line, event);
    }
}

static void print(struct story *story, const struct story_line *line)
{
    if (story->lines >= story->max_lines) {
        story->left_out++;
        return;
    }
    if (!story->head_printed) {
        fprintf(story->out, "%12s  pe  %-14s  event\n", "time", "where");
        story->head_printed = true;
    }
    fprintf(story->out, "%s\n", line->text);
    story->lines++;
}

static void release(struct story *story)
{
    if (story->held) {
        story->held = false;
        print(story, &story->held_line);
    }
}

/* The result of the held call, right after it: on the same line. */
static bool fold(struct story *story, const struct trace_event *event)
{
    const struct event_header *header = &event->header;

    if (!story->held || header->type != EVENT_RESUME || header->arg_count == 0 ||
        header->endpoint != story->held_header.endpoint ||
        header->vcpu != story->held_header.vcpu || header->pe != story->held_header.pe) {
        return false;
    }
    line_add(&story->held_line, " ");
    line_pad(&story->held_line, COLUMN_RESULT);
    add_result(story, &story->held_line, event);
    release(story);
    return true;
}

/* The UART shows the text: neither the call that brought it nor its success is a line. */
static bool is_console(const struct story *story, const struct trace_event *event)
{
    uint32_t fid = event->header.type == EVENT_CALL && event->header.arg_count > 1
                       ? (uint32_t)event->arg[1]
                       : last_call(story, &event->header);

    return (fid == FFA_CONSOLE_LOG_32 || fid == FFA_CONSOLE_LOG_64) &&
           (event->header.type == EVENT_CALL || (uint32_t)event->arg[0] == FFA_SUCCESS_32);
}

/* Whether STORY_CALLS has a line for it. */
static bool is_told(const struct story *story, const struct trace_event *event)
{
    switch (event->header.type) {
    case EVENT_ENDPOINT:
    case EVENT_VCPU:
    case EVENT_EXCEPTION:
        return false;
    case EVENT_EXPECT:
        return event->header.arg_count == 0 || event->arg[0] == 0;
    case EVENT_INTERRUPT:
        return event->header.arg_count < 2 || event->arg[1] == EVENT_INTERRUPT_PENDING;
    case EVENT_CALL:
        return !is_console(story, event);
    case EVENT_RESUME:
        return event->header.arg_count == 0 ||
               (!is_repeat(story, event) && !is_console(story, event));
    default:
        return true;
    }
}

static void on_event(struct trace_sink *sink, const struct trace_event *event)
{
    struct story *story = (struct story *)sink;
    struct story_line line;

    if (story->level == STORY_NONE) {
        story_follow(story, event);
        return;
    }
    if (story->level == STORY_CALLS && fold(story, event)) {
        return;
    }
    release(story);
    /* The caller of a run tells its end in words of its own. */
    if (event->header.type == EVENT_RUN_END) {
        return;
    }
    if (story->level == STORY_CALLS && !is_told(story, event)) {
        story_follow(story, event);
        return;
    }
    if (story->level == STORY_CALLS && event->header.type == EVENT_CALL) {
        tell(story, &story->held_line, event);
        story->held_header = event->header;
        story->held = true;
        return;
    }
    tell(story, &line, event);
    print(story, &line);
}

struct story *story_create(FILE *out, enum story_level level, uint64_t max_lines)
{
    struct story *story = calloc(1, sizeof(*story));

    if (story != NULL) {
        story->sink.event = on_event;
        story->out = out;
        story->level = level;
        story->max_lines = max_lines;
    }
    return story;
}

struct trace_sink *story_sink(struct story *story)
{
    return &story->sink;
}

void story_print(struct story *story, const struct trace_event *event)
{
    struct story_line line;

    release(story);
    tell(story, &line, event);
    fprintf(story->out, "%s\n", line.text);
}

void story_destroy(struct story *story)
{
    if (story != NULL) {
        release(story);
        if (story->left_out != 0) {
            fprintf(story->out, "... and %" PRIu64 " more lines, left out after %" PRIu64 "\n",
                    story->left_out, story->max_lines);
        }
        fflush(story->out);
        free(story);
    }
}
