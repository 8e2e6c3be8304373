/* SPDX-License-Identifier: BSD-3-Clause */
/* Lines into faults: whatever the bytes are, a fault or one line about what is wrong with them. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sim/fault/keys.h"
#include "sim/machine/quantity.h"
#include "sim/trace/event.h"
#include "sim/trace/names.h"

#define INTID_MOST 8191u
#define VCPU_MOST  0xffffu
#define PE_MOST    63u
#define ARG_MOST   17u
#define COUNT_MOST 1000000u
#define NEAR       2u /* edits from a name that somebody meant; of a short one, 1 */

#define K(key) (1u << KEY_##key)

static const uint32_t keys_of[] = {
    [FAULT_FLIP_RAM] = K(ADDRESS) | K(PARTITION) | K(OFFSET) | K(BIT),
    [FAULT_FLIP_TABLE] = K(PARTITION) | K(ADDRESS) | K(BIT),
    [FAULT_FLIP_REGISTER] = K(PARTITION) | K(VCPU) | K(REG) | K(BIT),
    [FAULT_FLIP_GIC] = K(INTID) | K(PE) | K(FIELD) | K(BIT),
    [FAULT_SPURIOUS_INTERRUPT] = K(INTID) | K(PE),
    [FAULT_EARLY_INTERRUPT] = K(INTID) | K(PE),
    [FAULT_LOSE_INTERRUPT] = K(INTID) | K(PE),
    [FAULT_DOUBLE_INTERRUPT] = K(INTID) | K(PE),
    [FAULT_LATE_INTERRUPT] = K(INTID) | K(PE) | K(BY),
    [FAULT_CORRUPT_CALL] = K(ENDPOINT) | K(PE) | K(ARG) | K(MASK),
    [FAULT_CORRUPT_RESULT] = K(ENDPOINT) | K(PE) | K(ARG) | K(MASK),
    [FAULT_WRONG_ANSWER] = K(PARTITION) | K(PE) | K(ARG) | K(MASK),
    [FAULT_ABORT_PARTITION] = K(PARTITION) | K(VCPU) | K(PE),
    [FAULT_HANG_PARTITION] = K(PARTITION) | K(VCPU) | K(PE),
    [FAULT_STALL_PE] = K(PE) | K(FOR),
    [FAULT_KILL_PE] = K(PE),
    [FAULT_NO_MEMORY] = K(ENDPOINT) | K(PE) | K(COUNT),
    [FAULT_SKIP_TLB] = K(PARTITION) | K(PE),
    [FAULT_SKIP_CACHE] = K(PE),
    [FAULT_POWER_CUT] = K(RAM),
};

struct parser {
    struct fault *fault;
    const char *what; /* begins *err */
    struct sim_error *err;
    uint32_t given; /* K() of each key that came */
};

bool fault_key_fits(enum fault_kind kind, enum fault_key key)
{
    return key >= KEY_FIRST_WHEN || (keys_of[kind] >> key & 1) != 0;
}

__attribute__((format(printf, 2, 3))) static bool bad(const struct parser *p, const char *format,
                                                      ...)
{
    char text[400];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    return sim_fail(p->err, SIM_BAD_INPUT, "%.100s: %s", p->what, text);
}

/* --- names that were nearly right ------------------------------------------------------------ */

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Edits from one word to the other. */
static unsigned distance(const char *a, const char *b)
{
    unsigned row[FAULT_NAME_BYTES + 1];
    unsigned length = (unsigned)strlen(b);

    if (length > FAULT_NAME_BYTES || strlen(a) > FAULT_NAME_BYTES) {
        return UINT32_MAX;
    }
    for (unsigned j = 0; j <= length; j++) {
        row[j] = j;
    }
    for (unsigned i = 1; a[i - 1] != '\0'; i++) {
        unsigned diagonal = row[0];

        row[0] = i;
        for (unsigned j = 1; j <= length; j++) {
            unsigned up = row[j];

            row[j] = least(least(up, row[j - 1]) + 1, diagonal + (a[i - 1] != b[j - 1]));
            diagonal = up;
        }
    }
    return row[length];
}

/* "; did you mean 'NAME'?", or what else to do. */
static void suggest(const char *typed, const char *(*name)(unsigned), unsigned count,
                    const char *otherwise, char out[160])
{
    unsigned best = strlen(typed) < 4 ? NEAR : NEAR + 1;

    snprintf(out, 160, "; %s", otherwise);
    for (unsigned i = 0; i < count; i++) {
        unsigned d = distance(typed, name(i));

        if (d < best) {
            best = d;
            snprintf(out, 160, "; did you mean '%s'?", name(i));
        }
    }
}

static const char *kind_name(unsigned i)
{
    return fault_kind_name((enum fault_kind)i);
}

static const char *key_name(unsigned i)
{
    return fault_key_name((enum fault_key)i);
}

static const char *type_name(unsigned i)
{
    return event_type_name(i);
}

static const char *field_name(unsigned i)
{
    return fault_gic_field_name((enum fault_gic_field)i);
}

/* Which of the names it is; `count`: none. */
static unsigned find(const char *word, const char *(*name)(unsigned), unsigned count)
{
    unsigned i = 0;

    while (i < count && strcmp(word, name(i)) != 0) {
        i++;
    }
    return i;
}

/* --- values ---------------------------------------------------------------------------------- */

static bool number(const struct parser *p, enum fault_key key, const char *text, uint64_t min,
                   uint64_t max, uint64_t *out)
{
    bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const char *at = hex ? text + 2 : text;

    return (quantity_digits(&at, hex ? 16 : 10, out) && *at == '\0' && *out >= min &&
            *out <= max) ||
           bad(p, "%s: '%.40s' is not a whole number from %" PRIu64 " to %" PRIu64,
               fault_key_name(key), text, min, max);
}

static bool number32(const struct parser *p, enum fault_key key, const char *text, uint32_t max,
                     uint32_t *out)
{
    uint64_t value;
    bool ok = number(p, key, text, 0, max, &value);

    *out = ok ? (uint32_t)value : *out;
    return ok;
}

static bool time_of(const struct parser *p, enum fault_key key, const char *text, uint64_t min,
                    uint64_t *ns)
{
    return (quantity_parse(text, quantity_times, ns) && *ns >= min && *ns <= FAULT_TIME_MOST) ||
           bad(p,
               "%s: '%.40s' is no time up to an hour; write a number and ns, us, ms or s, as in "
               "%s=12.5us",
               fault_key_name(key), text, fault_key_name(key));
}

static bool name_of(const struct parser *p, enum fault_key key, const char *text,
                    char out[FAULT_NAME_BYTES])
{
    if (*text == '\0' || strlen(text) >= FAULT_NAME_BYTES) {
        return bad(p, "%s: want a name of 1 to %u characters", fault_key_name(key),
                   FAULT_NAME_BYTES - 1);
    }
    if (key == KEY_PARTITION && strcmp(text, "nwd") == 0) {
        return bad(p, "partition: nwd is the normal world; want the name of a partition");
    }
    memcpy(out, text, strlen(text) + 1);
    return true;
}

static bool reg_of(const struct parser *p, const char *text, uint32_t *reg)
{
    const char *at = text + 1;
    uint64_t value = 0;

    if (strcmp(text, "pc") == 0) {
        *reg = FAULT_REG_PC;
    } else if (strcmp(text, "pstate") == 0) {
        *reg = FAULT_REG_PSTATE;
    } else if (text[0] == 'x' && quantity_digits(&at, 10, &value) && *at == '\0' && value <= 30) {
        *reg = (uint32_t)value;
    } else {
        return bad(p, "reg: '%.40s' is no register; want x0 to x30, pc or pstate", text);
    }
    return true;
}

static bool field_of(const struct parser *p, const char *text, uint32_t *field)
{
    char otherwise[160];

    *field = find(text, field_name, FAULT_GIC_FIELD_COUNT);
    if (*field < FAULT_GIC_FIELD_COUNT) {
        return true;
    }
    suggest(text, field_name, FAULT_GIC_FIELD_COUNT,
            "want enable, pending, active, group, config, priority or route", otherwise);
    return bad(p, "field: there is no '%.40s'%s", text, otherwise);
}

static uint32_t most_bit(enum fault_kind kind)
{
    return kind == FAULT_FLIP_RAM ? 7 : kind == FAULT_FLIP_GIC ? 39 : 63;
}

static bool when(struct parser *p, enum fault_when kind)
{
    if (p->fault->when != FAULT_NOW) {
        return bad(p, "one of at, point, nth and chance only");
    }
    p->fault->when = kind;
    return true;
}

static bool of_type(const struct parser *p, const char *text)
{
    char otherwise[160];

    p->fault->of = find(text, type_name, EVENT_TYPE_COUNT);
    if (p->fault->of < EVENT_TYPE_COUNT) {
        return true;
    }
    suggest(text, type_name, EVENT_TYPE_COUNT, "want one of call, resume, interrupt, abort, ...",
            otherwise);
    return bad(p, "of: there is no event '%.40s'%s", text, otherwise);
}

static bool ram_of(const struct parser *p, const char *text)
{
    p->fault->lose_ram = strcmp(text, "lost") == 0;
    return p->fault->lose_ram || strcmp(text, "kept") == 0 ||
           bad(p, "ram: '%.40s'; want kept or lost", text);
}

/* The keys of WHEN. */
static bool take_when(struct parser *p, enum fault_key key, const char *text)
{
    struct fault *fault = p->fault;
    uint64_t *value = &fault->when_value;
    uint64_t most;

    switch (key) {
    case KEY_AT:
        return when(p, FAULT_AT_TIME) && time_of(p, key, text, 0, value);
    case KEY_POINT:
        return when(p, FAULT_AT_POINT) && number(p, key, text, 1, UINT64_MAX - 1, value);
    case KEY_NTH:
        return when(p, FAULT_AT_NTH) && number(p, key, text, 1, UINT64_MAX, value);
    case KEY_CHANCE:
        return when(p, FAULT_BY_CHANCE) && number(p, key, text, 1, FAULT_CHANCE_ONE, value);
    case KEY_MOST:
        if (!number(p, key, text, 1, FAULT_STRIKES_MOST, &most)) {
            return false;
        }
        fault->most = (uint32_t)most;
        return true;
    case KEY_OF:
        return of_type(p, text);
    case KEY_OF_ENDPOINT:
        return name_of(p, key, text, fault->of_endpoint);
    default:
        return number32(p, key, text, PE_MOST, &fault->of_pe);
    }
}

static bool take(struct parser *p, enum fault_key key, const char *text)
{
    struct fault *fault = p->fault;

    switch (key) {
    case KEY_PARTITION:
    case KEY_ENDPOINT:
        return name_of(p, key, text, fault->endpoint);
    case KEY_VCPU:
        return number32(p, key, text, VCPU_MOST, &fault->vcpu);
    case KEY_PE:
        return number32(p, key, text, PE_MOST, &fault->pe);
    case KEY_INTID:
        return number32(p, key, text, INTID_MOST, &fault->intid);
    case KEY_ADDRESS:
    case KEY_OFFSET:
        fault->has_address = true;
        return number(p, key, text, 0, UINT64_MAX, &fault->address);
    case KEY_REG:
        return reg_of(p, text, &fault->reg);
    case KEY_FIELD:
        return field_of(p, text, &fault->field);
    case KEY_BIT:
        return number32(p, key, text, most_bit(fault->kind), &fault->bit);
    case KEY_ARG:
        return number32(p, key, text, ARG_MOST, &fault->arg);
    case KEY_MASK:
        fault->has_mask = true;
        return number(p, key, text, 1, UINT64_MAX, &fault->mask);
    case KEY_FOR:
    case KEY_BY:
        return time_of(p, key, text, 1, &fault->duration_ns);
    case KEY_COUNT:
        return number32(p, key, text, COUNT_MOST, &fault->count);
    case KEY_RAM:
        return ram_of(p, text);
    default:
        return take_when(p, key, text);
    }
}

/* --- the line -------------------------------------------------------------------------------- */

static bool take_word(struct parser *p, char *word)
{
    const char *kind = fault_kind_name(p->fault->kind);
    char *equals = strchr(word, '=');
    char otherwise[160];
    unsigned key;

    if (equals == NULL) {
        return bad(p, "'%.40s' says nothing; want KEY=VALUE behind %s", word, kind);
    }
    *equals = '\0';
    key = find(word, key_name, KEY_COUNT_ALL);
    if (key == KEY_COUNT_ALL) {
        suggest(word, key_name, KEY_COUNT_ALL, "see orrery run --list-faults", otherwise);
        return bad(p, "there is no key '%.40s'%s", word, otherwise);
    }
    if (!fault_key_fits(p->fault->kind, (enum fault_key)key)) {
        return bad(p, "%s has no %s; see orrery run --list-faults%s", kind, word,
                   key == KEY_ENDPOINT || key == KEY_PE
                       ? ", and of_endpoint and of_pe for whose events count"
                       : "");
    }
    if ((p->given >> key & 1) != 0) {
        return bad(p, "%s twice; want it once", word);
    }
    p->given |= 1u << key;
    return take(p, (enum fault_key)key, equals + 1);
}

/* What is wrong with words that are right by themselves. */
static bool check_whole(const struct parser *p)
{
    struct fault *fault = p->fault;
    bool counts = fault->when == FAULT_AT_NTH || fault->when == FAULT_BY_CHANCE;
    const char *kind = fault_kind_name(fault->kind);

    if ((p->given & K(ADDRESS)) != 0 && (p->given & K(PARTITION)) != 0 &&
        fault->kind == FAULT_FLIP_RAM) {
        return bad(p, "flip_ram: address is of all memory; with partition, say offset");
    }
    if ((p->given & K(OFFSET)) != 0 && (p->given & K(PARTITION)) == 0) {
        return bad(p, "flip_ram: offset is of a partition's memory; say partition too");
    }
    if ((p->given & K(ADDRESS)) != 0 && (p->given & K(PARTITION)) == 0 &&
        fault->kind == FAULT_FLIP_TABLE) {
        return bad(p, "flip_table: address is one that a partition uses; say partition too");
    }
    if (fault->reg == FAULT_REG_PSTATE && fault->bit != FAULT_ANY &&
        !(fault->bit >= 6 && fault->bit <= 9) && !(fault->bit >= 28 && fault->bit <= 31)) {
        return bad(p,
                   "pstate: bit %" PRIu32 " can not be another; want 6 to 9 (D, A, I, F) or 28 "
                   "to 31 (N, Z, C, V)",
                   fault->bit);
    }
    if ((p->given & K(MOST)) != 0 && fault->when != FAULT_BY_CHANCE) {
        return bad(p, "most goes with chance: others strike once");
    }
    if ((p->given & (K(OF_ENDPOINT) | K(OF_PE))) != 0 && (p->given & K(OF)) == 0) {
        return bad(p, "of_endpoint and of_pe say whose events count; say of=EVENT too");
    }
    if ((p->given & K(OF)) != 0 && fault->when == FAULT_NOW) {
        fault->when = FAULT_AT_NTH;
        fault->when_value = 1;
    } else if ((p->given & K(OF)) != 0 && !counts) {
        return bad(p, "of goes with nth or chance");
    }
    if (counts && (p->given & K(OF)) == 0 && !fault_kind_has_place(fault->kind)) {
        return bad(p, "%s: nth and chance count events; say which, as in of=call", kind);
    }
    return true;
}

void fault_init(struct fault *fault, enum fault_kind kind)
{
    memset(fault, 0, sizeof(*fault));
    fault->kind = kind;
    fault->of = FAULT_OF_PLACE;
    fault->most = 1;
    fault->of_pe = FAULT_ANY;
    fault->vcpu = FAULT_ANY;
    fault->pe = FAULT_ANY;
    fault->intid = FAULT_ANY;
    fault->bit = FAULT_ANY;
    fault->reg = FAULT_ANY;
    fault->arg = FAULT_ANY;
    fault->field = FAULT_ANY;
}

static char *next_word(char **at)
{
    char *word = *at + strspn(*at, " ");

    *at = word + strcspn(word, " ");
    if (**at != '\0') {
        *(*at)++ = '\0';
    }
    return word;
}

static bool take_kind(struct parser *p, const char *word)
{
    unsigned kind = find(word, kind_name, FAULT_KIND_COUNT);
    char otherwise[160];

    if (kind == FAULT_KIND_COUNT) {
        suggest(word, kind_name, FAULT_KIND_COUNT, "see orrery run --list-faults", otherwise);
        return bad(p, "there is no fault '%.40s'%s", word, otherwise);
    }
    fault_init(p->fault, (enum fault_kind)kind);
    return true;
}

bool fault_parse(const char *line, const char *what, struct fault *fault, struct sim_error *err)
{
    struct parser p = {.fault = fault, .what = what, .err = err};
    size_t length = strlen(line);
    char text[FAULT_LINE_BYTES];
    char *at = text;
    char *word;

    fault_init(fault, FAULT_FLIP_RAM);
    if (length >= sizeof(text)) {
        return bad(&p, "%zu characters; a fault has at most %zu", length, sizeof(text) - 1);
    }
    for (size_t i = 0; i < length; i++) {
        if (line[i] < ' ' || line[i] > '~') {
            return bad(&p, "byte 0x%02x at %zu; want words of plain text", (unsigned char)line[i],
                       i);
        }
    }
    memcpy(text, line, length + 1);
    word = next_word(&at);
    if (*word == '\0') {
        return bad(&p, "want a kind of fault; see orrery run --list-faults");
    }
    if (!take_kind(&p, word)) {
        return false;
    }
    for (word = next_word(&at); *word != '\0'; word = next_word(&at)) {
        if (!take_word(&p, word)) {
            return false;
        }
    }
    return check_whole(&p);
}
