/* SPDX-License-Identifier: BSD-3-Clause */
/* orrery trace: recorded runs, printed, compared, hashed. */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "sim/script/parse.h"
#include "sim/trace/trace.h"

#define MAX_CONTEXT 64

/* A copy that outlives the reader's next event. */
struct kept {
    struct event_header header;
    uint64_t arg[EVENT_MAX_ARGS];
    char text[EVENT_MAX_TEXT];
};

static int complain(const struct sim_error *err)
{
    fflush(stdout);
    fprintf(stderr, "orrery trace: %s\n", err->text);
    return (int)err->status;
}

static void help(FILE *out)
{
    fprintf(out,
            "usage: orrery trace print [--full] FILE\n"
            "       orrery trace diff [--context N] FILE FILE\n"
            "       orrery trace hash FILE\n\n"
            "Prints the story of a recorded run; shows the first event where two runs part "
            "(exit status 1)\nand N events before it (default 5); prints the hash of a run.\n");
}

static int print(const char *path, enum story_level level)
{
    struct sim_error err;
    struct trace_reader *reader = trace_open(path, &err);
    struct story *story = story_create(stdout, level, UINT64_MAX);
    struct trace_event event;

    if (reader == NULL || story == NULL) {
        if (reader != NULL) {
            sim_fail(&err, SIM_INTERNAL, "out of memory");
        }
        story_destroy(story);
        trace_close(reader);
        return complain(&err);
    }
    while (trace_next(reader, &event, &err)) {
        story_sink(story)->event(story_sink(story), &event);
        if (event.header.type == EVENT_RUN_END) {
            story_print(story, &event); /* to a sink the end is no line */
        }
    }
    story_destroy(story);
    if (trace_is_truncated(reader)) {
        printf("(the trace was cut at its size limit)\n");
    }
    trace_close(reader);
    return err.text[0] != '\0' ? complain(&err) : SIM_PASS;
}

static int hash(const char *path)
{
    struct sim_error err;
    struct trace_reader *reader = trace_open(path, &err);
    struct trace_event event;
    struct trace_hash value;
    char text[TRACE_HASH_TEXT];

    if (reader == NULL) {
        return complain(&err);
    }
    while (trace_next(reader, &event, &err)) {
    }
    value = trace_recorded_hash(reader);
    trace_close(reader);
    if (err.text[0] != '\0') {
        return complain(&err);
    }
    trace_hash_text(&value, text);
    printf("%s\n", text);
    return SIM_PASS;
}

static void keep(struct kept *kept, const struct trace_event *event)
{
    kept->header = event->header;
    memcpy(kept->arg, event->arg, event->header.arg_count * sizeof(kept->arg[0]));
    if (event->text != NULL) {
        memcpy(kept->text, event->text, event->header.text_bytes);
    }
}

static struct trace_event event_of(const struct kept *kept)
{
    return (struct trace_event){kept->header, kept->arg,
                                kept->header.text_bytes != 0 ? kept->text : NULL};
}

/* Names and calls of events that fall out of sight are still needed to tell the later ones. */
static void follow(struct story *story, const struct kept *kept)
{
    const struct trace_event event = event_of(kept);

    story_follow(story, &event);
}

static bool same_hash(struct trace_reader *const reader[2])
{
    struct trace_hash a = trace_recorded_hash(reader[0]);
    struct trace_hash b = trace_recorded_hash(reader[1]);

    return a.high == b.high && a.low == b.low;
}

static bool same(const struct trace_event *a, const struct trace_event *b)
{
    return memcmp(&a->header, &b->header, sizeof(a->header)) == 0 &&
           memcmp(a->arg, b->arg, a->header.arg_count * sizeof(a->arg[0])) == 0 &&
           (a->text == NULL || memcmp(a->text, b->text, a->header.text_bytes) == 0);
}

static void show(struct story *story, const char *mark, const struct trace_event *event)
{
    if (event == NULL) {
        printf("%s(the run ends here)\n", mark);
    } else {
        printf("%s", mark);
        story_print(story, event);
    }
}

static int compare(struct trace_reader *reader[2], const char *const path[2], uint64_t context)
{
    static struct kept before[MAX_CONTEXT];
    struct story *story = story_create(stdout, STORY_FULL, UINT64_MAX);
    struct trace_event event[2];
    struct sim_error err[2];
    uint64_t count = 0;
    bool more[2];

    for (;; count++) {
        for (unsigned i = 0; i < 2; i++) {
            more[i] = trace_next(reader[i], &event[i], &err[i]);
            if (!more[i] && err[i].text[0] != '\0') {
                story_destroy(story);
                return complain(&err[i]);
            }
        }
        if (!more[0] && !more[1] && !same_hash(reader)) {
            printf("the %" PRIu64 " recorded events are identical, but the runs part later: their "
                   "hashes differ\n",
                   count);
            story_destroy(story);
            return SIM_FAILED;
        }
        if (!more[0] && !more[1]) {
            printf("identical: %" PRIu64 " events\n", count);
            story_destroy(story);
            return SIM_PASS;
        }
        if (!more[0] || !more[1] || !same(&event[0], &event[1])) {
            break;
        }
        if (count >= MAX_CONTEXT) {
            follow(story, &before[count % MAX_CONTEXT]);
        }
        keep(&before[count % MAX_CONTEXT], &event[0]);
    }
    printf("the runs part at event %" PRIu64 " (- %s, + %s)\n", count, path[0], path[1]);
    for (uint64_t i = count > MAX_CONTEXT ? count - MAX_CONTEXT : 0; i < count; i++) {
        const struct trace_event one = event_of(&before[i % MAX_CONTEXT]);

        if (i + context >= count) {
            show(story, "  ", &one);
        } else {
            story_follow(story, &one);
        }
    }
    show(story, "- ", more[0] ? &event[0] : NULL);
    show(story, "+ ", more[1] ? &event[1] : NULL);
    story_destroy(story);
    return SIM_FAILED;
}

static int diff(const char *const path[2], uint64_t context)
{
    struct sim_error err;
    struct trace_reader *reader[2];
    int status;

    reader[0] = trace_open(path[0], &err);
    reader[1] = reader[0] != NULL ? trace_open(path[1], &err) : NULL;
    status = reader[1] != NULL ? compare(reader, path, context) : complain(&err);
    trace_close(reader[0]);
    trace_close(reader[1]);
    return status;
}

int cmd_trace(int argc, char **argv)
{
    static const struct option options[] = {{"full", no_argument, NULL, 'f'},
                                            {"context", required_argument, NULL, 'c'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    enum story_level level = STORY_CALLS;
    struct sim_error err;
    uint64_t context = 5;
    int option;

    opterr = 0;
    optind = 1;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'h') {
            help(stdout);
            return SIM_PASS;
        }
        if (option == 'f') {
            level = STORY_FULL;
        } else if (option != 'c') {
            return command_usage("trace", "unknown or incomplete option '%s'", argv[optind - 1]);
        } else if (!parse_u64(optarg, "--context", 0, MAX_CONTEXT, &context, &err)) {
            return command_usage("trace", "%s", err.text);
        }
    }
    argc -= optind;
    argv += optind;
    if (argc == 2 && strcmp(argv[0], "print") == 0) {
        return print(argv[1], level);
    }
    if (argc == 2 && strcmp(argv[0], "hash") == 0) {
        return hash(argv[1]);
    }
    if (argc == 3 && strcmp(argv[0], "diff") == 0) {
        return diff((const char *const[]){argv[1], argv[2]}, context);
    }
    return command_usage("trace", "wanted print FILE, diff FILE FILE or hash FILE");
}
