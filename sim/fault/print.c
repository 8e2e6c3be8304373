/* SPDX-License-Identifier: BSD-3-Clause */
/* Faults as text: names, the canonical line, the catalogue. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sim/fault/keys.h"
#include "sim/trace/names.h"

static const struct {
    const char *name;
    const char *doc;
    bool place;
} kinds[] = {
#define X(name, printed, place, doc) {printed, doc, place},
    FAULT_CATALOGUE(X)
#undef X
};

static const char *const key_names[] = {
#define X(name, printed) printed,
    FAULT_KEYS(X)
#undef X
};

static const char *const gic_fields[] = {"enable", "pending",  "active", "group",
                                         "config", "priority", "route"};

const char *fault_kind_name(enum fault_kind kind)
{
    return (unsigned)kind < FAULT_KIND_COUNT ? kinds[kind].name : "?";
}

bool fault_kind_has_place(enum fault_kind kind)
{
    return (unsigned)kind < FAULT_KIND_COUNT && kinds[kind].place;
}

const char *fault_key_name(enum fault_key key)
{
    return key_names[key];
}

const char *fault_gic_field_name(enum fault_gic_field field)
{
    return (unsigned)field < FAULT_GIC_FIELD_COUNT ? gic_fields[field] : "?";
}

void fault_list_kinds(FILE *out)
{
    fprintf(out, "KIND [KEY=VALUE]... [at=TIME | point=N | nth=N | chance=N most=N] "
                 "[of=EVENT of_endpoint=E of_pe=P]\n");
    for (unsigned i = 0; i < FAULT_KIND_COUNT; i++) {
        fprintf(out, "  %-19s %s%s\n", kinds[i].name, kinds[i].doc,
                kinds[i].place ? " [place]" : "");
    }
    fprintf(out, "[place]: strikes where the run comes by; nth and chance count those places when "
                 "there is no `of`\n");
}

/* The line while it grows; what does not fit is left out, which no fault's line needs. */
struct line {
    char *text;
    size_t length;
};

__attribute__((format(printf, 2, 3))) static void add(struct line *line, const char *format, ...)
{
    size_t room = FAULT_LINE_BYTES - line->length;
    va_list args;
    int length;

    va_start(args, format);
    length = vsnprintf(line->text + line->length, room, format, args);
    va_end(args);
    if (length > 0) {
        line->length += (size_t)length < room ? (size_t)length : room - 1;
    }
}

static void add_time(struct line *line, enum fault_key key, uint64_t ns)
{
    static const struct {
        uint64_t factor;
        const char *name;
    } units[] = {{1000000000u, "s"}, {1000000u, "ms"}, {1000u, "us"}, {1u, "ns"}};
    unsigned i = 0;

    while (ns % units[i].factor != 0) {
        i++;
    }
    add(line, " %s=%" PRIu64 "%s", key_names[key], ns / units[i].factor, units[i].name);
}

static void add_number(struct line *line, enum fault_key key, uint32_t value)
{
    if (value != FAULT_ANY) {
        add(line, " %s=%" PRIu32, key_names[key], value);
    }
}

static void add_reg(struct line *line, uint32_t reg)
{
    if (reg == FAULT_REG_PC || reg == FAULT_REG_PSTATE) {
        add(line, " reg=%s", reg == FAULT_REG_PC ? "pc" : "pstate");
    } else if (reg != FAULT_ANY) {
        add(line, " reg=x%" PRIu32, reg);
    }
}

static void add_who(struct line *line, const struct fault *fault)
{
    if (fault->endpoint[0] != '\0') {
        add(line, " %s=%s",
            key_names[fault_key_fits(fault->kind, KEY_PARTITION) ? KEY_PARTITION : KEY_ENDPOINT],
            fault->endpoint);
    }
    add_number(line, KEY_VCPU, fault->vcpu);
    add_number(line, KEY_PE, fault->pe);
    add_number(line, KEY_INTID, fault->intid);
}

static void add_what(struct line *line, const struct fault *fault)
{
    if (fault->has_address) {
        bool offset = fault->endpoint[0] != '\0' && fault_key_fits(fault->kind, KEY_OFFSET);

        add(line, " %s=0x%" PRIx64, key_names[offset ? KEY_OFFSET : KEY_ADDRESS], fault->address);
    }
    add_reg(line, fault->reg);
    if (fault->field != FAULT_ANY) {
        add(line, " field=%s", fault_gic_field_name((enum fault_gic_field)fault->field));
    }
    add_number(line, KEY_BIT, fault->bit);
    add_number(line, KEY_ARG, fault->arg);
    if (fault->has_mask) {
        add(line, " mask=0x%" PRIx64, fault->mask);
    }
    if (fault->duration_ns != 0) {
        add_time(line, fault_key_fits(fault->kind, KEY_FOR) ? KEY_FOR : KEY_BY, fault->duration_ns);
    }
    if (fault->count != 0) {
        add_number(line, KEY_COUNT, fault->count);
    }
    if (fault->lose_ram) {
        add(line, " ram=lost");
    }
}

static void add_when(struct line *line, const struct fault *fault)
{
    switch (fault->when) {
    case FAULT_AT_TIME:
        add_time(line, KEY_AT, fault->when_value);
        break;
    case FAULT_AT_POINT:
        add(line, " point=%" PRIu64, fault->when_value);
        break;
    case FAULT_AT_NTH:
        add(line, " nth=%" PRIu64, fault->when_value);
        break;
    case FAULT_BY_CHANCE:
        add(line, " chance=%" PRIu64, fault->when_value);
        if (fault->most != 1) {
            add(line, " most=%" PRIu32, fault->most);
        }
        break;
    case FAULT_NOW:
        break;
    }
    if (fault->of != FAULT_OF_PLACE) {
        add(line, " of=%s", event_type_name(fault->of));
        if (fault->of_endpoint[0] != '\0') {
            add(line, " of_endpoint=%s", fault->of_endpoint);
        }
        add_number(line, KEY_OF_PE, fault->of_pe);
    }
}

void fault_print(const struct fault *fault, char text[FAULT_LINE_BYTES])
{
    struct line line = {.text = text};

    add(&line, "%s", fault_kind_name(fault->kind));
    add_who(&line, fault);
    add_what(&line, fault);
    add_when(&line, fault);
}
