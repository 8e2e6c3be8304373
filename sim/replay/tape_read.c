/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading tapes: whatever the bytes are, a whole tape or one line about the first fault. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "sim/replay/tape.h"
#include "sim/script/parse.h"
#include "sim/script/scenario_internal.h"

#define FIRST_LINE "orrery tape 1"

struct reader {
    struct tape *tape;
    const char *where;
    unsigned line;
    char *at;      /* rest of the present line; ends with NUL */
    uint64_t seen; /* items that come once, a bit each */
    bool ended;
    struct sim_error *err;
};

__attribute__((format(printf, 2, 3))) static bool fault(const struct reader *r, const char *format,
                                                        ...)
{
    char text[400];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    return sim_fail(r->err, SIM_BAD_INPUT, "%.100s:%u: %s", r->where, r->line, text);
}

/* The next word of the line, empty at its end. */
static const char *word(struct reader *r)
{
    char *start = r->at;

    r->at += strcspn(r->at, " ");
    if (*r->at == ' ') {
        *r->at++ = '\0';
    }
    return start;
}

static bool no_more(const struct reader *r)
{
    return *r->at == '\0' || fault(r, "'%.40s' is too much on this line", r->at);
}

static bool number(struct reader *r, const char *what, uint64_t min, uint64_t max, uint64_t *out)
{
    struct sim_error bad;

    return parse_u64(word(r), what, min, max, out, &bad) || fault(r, "%s", bad.text);
}

/* The only number on its line. */
static bool one_number(struct reader *r, const char *what, uint64_t min, uint64_t max,
                       uint64_t *out)
{
    return number(r, what, min, max, out) && no_more(r);
}

static bool hash(struct reader *r, struct trace_hash *out)
{
    const char *text = word(r);

    return trace_hash_parse(text, strlen(text), out) ||
           fault(r, "'%.40s' is no hash: want 32 hexadecimal digits", text);
}

static int digit(char c)
{
    const char *digits = "0123456789abcdef";
    const char *at = c != '\0' ? strchr(digits, c) : NULL;

    return at != NULL ? (int)(at - digits) : -1;
}

/* The rest of the line with its escapes undone, in place. */
static bool text(struct reader *r, const char **out)
{
    char *to = r->at;

    *out = r->at;
    if (*r->at == '\0') {
        return fault(r, "a text is missing at the end of this line");
    }
    for (const char *from = r->at; *from != '\0'; from++) {
        if (*from == '\\') {
            int high = from[1] == 'x' ? digit(from[2]) : -1;
            int low = high >= 0 ? digit(from[3]) : -1;

            if (low < 0 || high * 16 + low == 0) {
                return fault(r, "'\\' begins \\xNN, the code of a byte that is not 0");
            }
            *to++ = (char)(high * 16 + low);
            from += 3;
        } else {
            *to++ = *from;
        }
    }
    *to = '\0';
    r->at = to;
    return true;
}

static bool copy_text(struct reader *r, const char *what, char *out, size_t out_bytes)
{
    const char *from;

    if (!text(r, &from)) {
        return false;
    }
    if (strlen(from) >= out_bytes) {
        return fault(r, "%s: the text is longer than %zu bytes", what, out_bytes - 1);
    }
    strcpy(out, from);
    return true;
}

static bool item_version(struct reader *r)
{
    return copy_text(r, "version", r->tape->version, sizeof(r->tape->version));
}

static bool item_scenario(struct reader *r)
{
    return text(r, &r->tape->options.scenario);
}

static bool item_normal_world(struct reader *r)
{
    return text(r, &r->tape->options.parts.normal_world);
}

static bool item_normal_world_el(struct reader *r)
{
    uint64_t el;
    bool ok = one_number(r, "normal-world-el", 1, 2, &el);

    r->tape->options.parts.normal_world_el = ok ? (unsigned)el : 0;
    return ok;
}

static bool item_normal_world_load(struct reader *r)
{
    return one_number(r, "normal-world-load", 4096, 1ull << 40,
                      &r->tape->options.parts.normal_world_load);
}

static bool item_partition(struct reader *r)
{
    struct play_options *o = &r->tape->options;

    if (o->partition_count == RUN_MAX_PARTITIONS) {
        return fault(r, "more than %d partitions", RUN_MAX_PARTITIONS);
    }
    return text(r, &o->partition[o->partition_count++]);
}

static bool item_set(struct reader *r)
{
    struct play_options *o = &r->tape->options;

    if (o->set_count == PLAY_MAX_SETS) {
        return fault(r, "more than %d parameters are set", PLAY_MAX_SETS);
    }
    return text(r, &o->set[o->set_count++]);
}

static bool item_fault(struct reader *r)
{
    struct play_options *o = &r->tape->options;
    struct sim_error bad;
    struct fault parsed;

    if (o->fault_count == FAULTS_MOST) {
        return fault(r, "more than %u faults", FAULTS_MOST);
    }
    return text(r, &o->fault[o->fault_count]) &&
           (fault_parse(o->fault[o->fault_count++], "fault", &parsed, &bad) ||
            fault(r, "%s", bad.text));
}

static bool item_seed(struct reader *r)
{
    return one_number(r, "seed", 0, UINT64_MAX, &r->tape->options.seed);
}

static bool item_board(struct reader *r)
{
    return text(r, &r->tape->options.board);
}

static bool item_pes(struct reader *r)
{
    uint64_t pes;
    bool ok = one_number(r, "pes", 1, RUN_MAX_PES, &pes);

    r->tape->options.pes = ok ? (unsigned)pes : 0;
    return ok;
}

static bool item_until(struct reader *r)
{
    return one_number(r, "until", 1, RUN_LIMIT_MAX_NS, &r->tape->options.until_ns);
}

static bool item_limit(struct reader *r)
{
    return one_number(r, "limit", 1, RUN_LIMIT_MAX_NS, &r->tape->options.limit_ns);
}

static bool item_quantum(struct reader *r)
{
    struct play_options *o = &r->tape->options;

    return number(r, "quantum", 1, 1000000000u, &o->quantum_least_ns) &&
           number(r, "quantum", o->quantum_least_ns, 1000000000u, &o->quantum_most_ns) &&
           no_more(r);
}

static bool item_check(struct reader *r)
{
    const char *how = word(r);

    r->tape->options.no_check = strcmp(how, "none") == 0;
    r->tape->options.check_full = strcmp(how, "full") == 0;
    return r->tape->options.no_check || r->tape->options.check_full
               ? no_more(r)
               : fault(r, "check '%.40s': want none or full", how);
}

static bool item_input(struct reader *r)
{
    struct identity *identity = &r->tape->identity;
    struct identity_input *input = &identity->input[identity->count];

    if (identity->count == IDENTITY_MAX_INPUTS) {
        return fault(r, "more than %d inputs", IDENTITY_MAX_INPUTS);
    }
    identity->count++;
    return hash(r, &input->hash) && copy_text(r, "input", input->label, sizeof(input->label));
}

static bool item_choice(struct reader *r)
{
    struct choice_list *list = &r->tape->choices;
    uint64_t least = list->count != 0 ? list->pair[list->count - 1].number + 1 : 1;
    struct choice_pair pair;
    uint64_t value;
    const char *kind;

    if (!number(r, "choice", least, UINT64_MAX - 1, &pair.number)) {
        return false;
    }
    kind = word(r);
    if (!choice_kind_parse(kind, strlen(kind), &pair.kind)) {
        return fault(r,
                     "choice of kind '%.40s': want turn, lock, register, descriptor, interrupt "
                     "or any",
                     kind);
    }
    pair.pe = CHOICE_NO_PE;
    if (strcspn(r->at, " ") == 1 && *r->at == '-') {
        (void)word(r);
    } else if (number(r, "choice of PE", 0, RUN_MAX_PES - 1, &value)) {
        pair.pe = (uint8_t)value;
    } else {
        return false;
    }
    if (!number(r, "choice with delay", 1, CHOICE_MAX_DELAY_NS, &value) || !no_more(r)) {
        return false;
    }
    pair.delay_ns = (uint32_t)value;
    return choice_list_add(list, &pair) || fault(r, "more than %u choices", CHOICES_MOST);
}

static bool item_state(struct reader *r)
{
    struct tape_states *states = &r->tape->states;
    struct tape_state *state = &states->state[states->count];
    uint64_t least = states->count != 0 ? state[-1].events + 1 : 1;

    if (states->count == TAPE_MAX_STATES) {
        return fault(r, "more than %u states", TAPE_MAX_STATES);
    }
    if (!number(r, "state", least, UINT64_MAX, &state->events) ||
        !number(r, "state at", 0, UINT64_MAX, &state->time_ns) || !hash(r, &state->hash) ||
        !no_more(r)) {
        return false;
    }
    if (state->events % TAPE_STATE_EVERY != 0) {
        return fault(r, "state of event %" PRIu64 ": want a multiple of %u", state->events,
                     TAPE_STATE_EVERY);
    }
    states->count++;
    return true;
}

static bool item_why(struct reader *r)
{
    return copy_text(r, "why", r->tape->why, sizeof(r->tape->why));
}

static bool item_end(struct reader *r)
{
    struct tape *tape = r->tape;
    const char *verdict = word(r);

    tape->passed = strcmp(verdict, "pass") == 0;
    if (!tape->passed && strcmp(verdict, "fail") != 0) {
        return fault(r, "end '%.40s': want pass or fail", verdict);
    }
    r->ended = true;
    return number(r, "end", 0, UINT64_MAX, &tape->events) &&
           number(r, "end", 0, UINT64_MAX, &tape->points) && hash(r, &tape->hash) && no_more(r);
}

static const struct {
    const char *name;
    bool (*read)(struct reader *r);
    bool many;
} items[] = {
    {"version", item_version, false},
    {"scenario", item_scenario, false},
    {"normal-world", item_normal_world, false},
    {"normal-world-el", item_normal_world_el, false},
    {"normal-world-load", item_normal_world_load, false},
    {"partition", item_partition, true},
    {"set", item_set, true},
    {"fault", item_fault, true},
    {"seed", item_seed, false},
    {"board", item_board, false},
    {"pes", item_pes, false},
    {"until", item_until, false},
    {"limit", item_limit, false},
    {"quantum", item_quantum, false},
    {"check", item_check, false},
    {"input", item_input, true},
    {"choice", item_choice, true},
    {"state", item_state, true},
    {"why", item_why, false},
    {"end", item_end, false},
};

#define ITEM_COUNT (sizeof(items) / sizeof(items[0]))

static bool unknown(const struct reader *r, const char *name)
{
    const char *names[ITEM_COUNT];
    char suggestion[96];

    for (size_t i = 0; i < ITEM_COUNT; i++) {
        names[i] = items[i].name;
    }
    parse_suggest(name, names, ITEM_COUNT, suggestion, sizeof(suggestion));
    return fault(r, "unknown item '%.40s'%s", name, suggestion);
}

static bool read_item(struct reader *r)
{
    const char *name = word(r);

    if (r->ended) {
        return fault(r, "'%.40s' behind the end: want nothing more", name);
    }
    for (size_t i = 0; i < ITEM_COUNT; i++) {
        if (strcmp(items[i].name, name) == 0) {
            if (!items[i].many && (r->seen >> i & 1) != 0) {
                return fault(r, "a second '%s': want one", name);
            }
            r->seen |= (uint64_t)1 << i;
            return items[i].read(r);
        }
    }
    return unknown(r, name);
}

/* Printable ASCII only: a text has its other bytes as escapes. */
static bool check_line(const struct reader *r, size_t length)
{
    if (length >= TAPE_LINE_BYTES) {
        return fault(r, "a line of %zu bytes: at most %u", length, TAPE_LINE_BYTES - 1);
    }
    for (size_t i = 0; i < length; i++) {
        if (r->at[i] < ' ' || r->at[i] > '~') {
            return fault(r, "byte 0x%02x is not printable: this is no tape, or it is damaged",
                         (unsigned char)r->at[i]);
        }
    }
    return true;
}

static bool check_whole(struct reader *r)
{
    const struct play_options *o = &r->tape->options;

    if (!r->ended) {
        r->line += r->line == 0; /* an empty file */
        return fault(r, "the tape ends without an 'end' line: it is cut; write it anew with "
                        "orrery run --tape");
    }
    if (r->tape->version[0] == '\0') {
        return fault(r, "there is no 'version' line");
    }
    if ((o->scenario == NULL) == (o->parts.normal_world == NULL)) {
        return fault(r, "want one line 'scenario' or one 'normal-world'");
    }
    if (o->scenario != NULL && (o->partition_count != 0 || o->parts.normal_world_el != 0 ||
                                o->parts.normal_world_load != 0)) {
        return fault(r, "'partition' and 'normal-world-...' are for tapes without a scenario");
    }
    if (r->tape->identity.count == 0) {
        return fault(r, "there is no 'input' line");
    }
    return true;
}

/* Line after line of `text`, which has a NUL behind its end. */
static bool read_lines(struct reader *r, char *from, const char *end)
{
    while (from < end) {
        char *newline = memchr(from, '\n', (size_t)(end - from));
        size_t length = newline != NULL ? (size_t)(newline - from) : (size_t)(end - from);

        r->at = from;
        r->line++;
        if (!check_line(r, length)) {
            return false;
        }
        if (newline == NULL) {
            return fault(r, "the last line has no end: the tape is cut");
        }
        *newline = '\0';
        from = newline + 1;
        if (r->line == 1) {
            if (strcmp(r->at, FIRST_LINE) != 0) {
                return fault(r, "no tape: want \"%s\" in the first line", FIRST_LINE);
            }
        } else if (*r->at != '\0' && *r->at != '#' && !read_item(r)) {
            return false;
        }
    }
    return check_whole(r);
}

bool tape_parse(const char *data, size_t size_bytes, const char *where, struct tape *tape,
                struct sim_error *err)
{
    struct reader r = {.tape = tape, .where = where, .err = err};

    tape_init(tape);
    tape->version[0] = '\0';
    tape->text = malloc(size_bytes + 1);
    if (tape->text == NULL) {
        return sim_fail(err, SIM_INTERNAL, "%s: out of memory", where);
    }
    if (size_bytes != 0) {
        memcpy(tape->text, data, size_bytes);
    }
    tape->text[size_bytes] = '\0';
    if (!read_lines(&r, tape->text, tape->text + size_bytes)) {
        tape_free(tape);
        return false;
    }
    return true;
}

bool tape_read(const char *path, struct tape *tape, struct sim_error *err)
{
    void *data;
    size_t size_bytes;
    bool ok;

    tape_init(tape);
    if (!files_read(path, TAPE_MAX_BYTES, &data, &size_bytes, err)) {
        return false;
    }
    ok = tape_parse(data, size_bytes, path, tape, err);
    free(data);
    return ok;
}
