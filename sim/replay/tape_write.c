/* SPDX-License-Identifier: BSD-3-Clause */
/* Texts of a tape have \xNN for every byte that is not plain ASCII. */
#include <inttypes.h>
#include <string.h>

#include "sim/replay/outfile.h"
#include "sim/replay/tape.h"

static void put_text(FILE *file, const char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;

        if (byte < ' ' || byte > '~' || byte == '\\') {
            fprintf(file, "\\x%02x", byte);
        } else {
            putc(byte, file);
        }
    }
}

static void put_item(FILE *file, const char *item, const char *text)
{
    fprintf(file, "%s ", item);
    put_text(file, text);
    putc('\n', file);
}

static void put_number(FILE *file, const char *item, uint64_t value)
{
    if (value != 0) {
        fprintf(file, "%s %" PRIu64 "\n", item, value);
    }
}

/* The canonical line, whatever was written. */
static void put_fault(FILE *file, const char *line)
{
    char text[FAULT_LINE_BYTES];
    struct fault fault;

    if (fault_parse(line, "fault", &fault, NULL)) {
        fault_print(&fault, text);
        put_item(file, "fault", text);
    }
}

static void put_options(FILE *file, const struct play_options *o)
{
    if (o->scenario != NULL) {
        put_item(file, "scenario", o->scenario);
    } else {
        put_item(file, "normal-world", o->parts.normal_world);
        put_number(file, "normal-world-el", o->parts.normal_world_el);
        put_number(file, "normal-world-load", o->parts.normal_world_load);
    }
    for (unsigned i = 0; i < o->partition_count; i++) {
        put_item(file, "partition", o->partition[i]);
    }
    for (unsigned i = 0; i < o->set_count; i++) {
        put_item(file, "set", o->set[i]);
    }
    for (unsigned i = 0; i < o->fault_count; i++) {
        put_fault(file, o->fault[i]);
    }
    fprintf(file, "seed %" PRIu64 "\n", o->seed);
    if (o->board != NULL) {
        put_item(file, "board", o->board);
    }
    put_number(file, "pes", o->pes);
    put_number(file, "until", o->until_ns);
    put_number(file, "limit", o->limit_ns);
    if (o->quantum_least_ns != 0) {
        fprintf(file, "quantum %" PRIu64 " %" PRIu64 "\n", o->quantum_least_ns, o->quantum_most_ns);
    }
    if (o->no_check || o->check_full) {
        put_item(file, "check", o->no_check ? "none" : "full");
    }
}

static void put_identity(FILE *file, const struct identity *identity)
{
    for (unsigned i = 0; i < identity->count; i++) {
        char hash[TRACE_HASH_TEXT];

        trace_hash_text(&identity->input[i].hash, hash);
        fprintf(file, "input %s ", hash);
        put_text(file, identity->input[i].label);
        putc('\n', file);
    }
}

static void put_choices(FILE *file, const struct choice_list *choices)
{
    for (size_t i = 0; i < choices->count; i++) {
        const struct choice_pair *pair = &choices->pair[i];

        fprintf(file, "choice %" PRIu64 " %s ", pair->number, choice_kind_name(pair->kind));
        if (pair->pe == CHOICE_NO_PE) {
            fputs("-", file);
        } else {
            fprintf(file, "%u", pair->pe);
        }
        fprintf(file, " %" PRIu32 "\n", pair->delay_ns);
    }
}

static void put_course(FILE *file, const struct tape *tape)
{
    char hash[TRACE_HASH_TEXT];

    for (unsigned i = 0; i < tape->states.count; i++) {
        const struct tape_state *state = &tape->states.state[i];

        trace_hash_text(&state->hash, hash);
        fprintf(file, "state %" PRIu64 " %" PRIu64 " %s\n", state->events, state->time_ns, hash);
    }
    if (tape->why[0] != '\0') {
        put_item(file, "why", tape->why);
    }
    trace_hash_text(&tape->hash, hash);
    fprintf(file, "end %s %" PRIu64 " %" PRIu64 " %s\n", tape->passed ? "pass" : "fail",
            tape->events, tape->points, hash);
}

void tape_put(const struct tape *tape, FILE *file)
{
    fputs("orrery tape 1\n", file);
    put_item(file, "version", tape->version);
    put_options(file, &tape->options);
    put_identity(file, &tape->identity);
    put_choices(file, &tape->choices);
    put_course(file, tape);
}

/* A forgotten name must not cost the user a scenario: only a tape or an empty file is replaced. */
static bool may_replace(const char *path)
{
    static const char first[] = "orrery tape ";
    char is[sizeof(first) - 1];
    FILE *file = fopen(path, "rbe");
    size_t got = file != NULL ? fread(is, 1, sizeof(is), file) : 0;

    if (file != NULL) {
        fclose(file);
    }
    return got == 0 || (got == sizeof(is) && memcmp(is, first, sizeof(is)) == 0);
}

bool tape_write(const struct tape *tape, const char *path, struct sim_error *err)
{
    struct outfile out;

    if (!may_replace(path)) {
        return sim_fail(err, SIM_BAD_INPUT, "%s: is there and is no tape; name another file", path);
    }
    if (!outfile_open(&out, path, "the tape", err)) {
        return false;
    }
    tape_put(tape, out.file);
    return outfile_finish(&out, err);
}
