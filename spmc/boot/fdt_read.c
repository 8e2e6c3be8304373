/* SPDX-License-Identifier: BSD-3-Clause */
#include "fdt_read.h"

#include "spmc/fdt_blob.h"
#include "spmc/mem.h"

#define PATH_BYTES 96

bool fdt_reader_init(struct fdt_reader *r, const void *fdt, size_t size_bytes,
                     struct manifest_diag *diag)
{
    r->fdt = fdt;
    r->diag = diag;
    *diag = (struct manifest_diag){0};
    if (fdt_blob_check(fdt, size_bytes) != 0) {
        diag->code = MANIFEST_BAD_FDT;
        format_text(diag->text, sizeof(diag->text),
                    "not a whole device tree blob (8-byte aligned, %lu bytes)",
                    (uint64_t)size_bytes);
        return false;
    }
    return true;
}

/* Texts of a blob may hold any byte; a diagnostic is one line. */
static void make_printable(char *text)
{
    for (; *text != '\0'; text++) {
        if (*text < ' ' || *text > '~') {
            *text = '?';
        }
    }
}

bool read_fail(const struct fdt_reader *r, int node, const char *property, enum manifest_code code,
               const char *format, ...)
{
    char path[PATH_BYTES];
    char what[MANIFEST_DIAG_BYTES];
    va_list args;

    if (r->diag->code != MANIFEST_OK) {
        return false;
    }
    if (fdt_get_path(r->fdt, node, path, sizeof(path)) != 0) {
        format_text(path, sizeof(path), "(node at %u)", (unsigned)node);
    }
    va_start(args, format);
    format_text_v(what, sizeof(what), format, args);
    va_end(args);
    r->diag->code = code;
    if (property != NULL) {
        format_text(r->diag->text, sizeof(r->diag->text), "%s: %s: %s", path, property, what);
    } else {
        format_text(r->diag->text, sizeof(r->diag->text), "%s: %s", path, what);
    }
    make_printable(r->diag->text);
    return false;
}

bool has_property(const struct fdt_reader *r, int node, const char *name)
{
    return fdt_getprop(r->fdt, node, name, NULL) != NULL;
}

bool read_number(const struct fdt_reader *r, int node, const char *name, uint64_t most,
                 uint64_t *value)
{
    int length;
    const uint8_t *bytes = fdt_getprop(r->fdt, node, name, &length);
    uint64_t number = 0;

    if (bytes == NULL) {
        return read_fail(r, node, name, MANIFEST_PROPERTY_NOT_FOUND, "missing, want a number");
    }
    if (length != 1 && length != 2 && length != 4 && length != 8) {
        return read_fail(r, node, name, MANIFEST_MALFORMED_INTEGER,
                         "found %d bytes, want a number of 1, 2, 4 or 8", length);
    }
    for (int i = 0; i < length; i++) {
        number = number << 8 | bytes[i];
    }
    if (number > most) {
        return read_fail(r, node, name, MANIFEST_INTEGER_OVERFLOW,
                         "found 0x%lx, want at most 0x%lx", number, most);
    }
    *value = number;
    return true;
}

bool read_optional(const struct fdt_reader *r, int node, const char *name, uint64_t most,
                   uint64_t *value, bool *present)
{
    bool has = has_property(r, node, name);

    if (present != NULL) {
        *present = has;
    }
    return !has || read_number(r, node, name, most, value);
}

bool read_flag(const struct fdt_reader *r, int node, const char *name, bool *value)
{
    int length;

    *value = fdt_getprop(r->fdt, node, name, &length) != NULL;
    if (*value && length != 0) {
        return read_fail(r, node, name, MANIFEST_MALFORMED_BOOLEAN,
                         "found %d bytes, want none: its presence means true", length);
    }
    return true;
}

bool read_string(const struct fdt_reader *r, int node, const char *name, char *out, size_t size)
{
    int length;
    const char *text = fdt_getprop(r->fdt, node, name, &length);

    if (text == NULL) {
        return read_fail(r, node, name, MANIFEST_PROPERTY_NOT_FOUND, "missing, want a string");
    }
    if (length < 1 || text[length - 1] != '\0' || strlen(text) != (size_t)length - 1) {
        return read_fail(r, node, name, MANIFEST_MALFORMED_STRING,
                         "found %d bytes, want one NUL-terminated string", length);
    }
    if ((size_t)length > size) {
        return read_fail(r, node, name, MANIFEST_STRING_TOO_LONG,
                         "found %d characters, want at most %u", length - 1, (unsigned)size - 1);
    }
    memcpy(out, text, (size_t)length);
    return true;
}

bool read_list(const struct fdt_reader *r, int node, const char *name, uint32_t most,
               uint32_t *list, uint32_t *count)
{
    int length;
    const uint8_t *bytes = fdt_getprop(r->fdt, node, name, &length);

    *count = 0;
    if (bytes == NULL) {
        return true;
    }
    if (length % 4 != 0 || length == 0) {
        return read_fail(r, node, name, MANIFEST_MALFORMED_INTEGER_LIST,
                         "found %d bytes, want 32-bit numbers", length);
    }
    if ((uint32_t)length / 4 > most) {
        return read_fail(r, node, name, MANIFEST_TOO_MANY, "found %d numbers, want at most %u",
                         length / 4, most);
    }
    *count = (uint32_t)length / 4;
    for (uint32_t i = 0; i < *count; i++) {
        list[i] = fdt32_ld((const fdt32_t *)(const void *)(bytes + 4 * i));
    }
    return true;
}

void uuid_of_words(const uint32_t words[4], struct uuid *out)
{
    for (unsigned i = 0; i < 16; i++) {
        out->byte[i] = (uint8_t)(words[i / 4] >> (8 * (i % 4)));
    }
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool read_uuid_text(const struct fdt_reader *r, int node, const char *name, struct uuid *out)
{
    char text[37];
    unsigned at = 0;
    bool ok;

    if (!read_string(r, node, name, text, sizeof(text))) {
        return false;
    }
    ok = strlen(text) == 36;
    for (unsigned i = 0; ok && i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            ok = text[at++] == '-';
        }
        ok = ok && hex_digit(text[at]) >= 0 && hex_digit(text[at + 1]) >= 0;
        if (ok) {
            out->byte[i] = (uint8_t)(hex_digit(text[at]) << 4 | hex_digit(text[at + 1]));
            at += 2;
        }
    }
    return ok || read_fail(r, node, name, MANIFEST_MALFORMED_UUID,
                           "found \"%s\", want 8-4-4-4-12 hexadecimal digits", text);
}

bool uuid_is_null(const struct uuid *uuid)
{
    static const struct uuid null = {{0}};

    return uuid_equal(uuid, &null);
}

bool uuid_equal(const struct uuid *a, const struct uuid *b)
{
    return memcmp(a->byte, b->byte, sizeof(a->byte)) == 0;
}

void read_excerpt(const struct fdt_reader *r, int node, const char *name, char *out, size_t size)
{
    int length;
    const char *text = fdt_getprop(r->fdt, node, name, &length);
    char cut[24] = "";

    if (text == NULL) {
        format_text(out, size, "nothing");
        return;
    }
    for (int i = 0; i < length && i < (int)sizeof(cut) - 1 && text[i] != '\0'; i++) {
        cut[i] = text[i];
    }
    format_text(out, size, "\"%s\"", cut);
}

bool read_compatible(const struct fdt_reader *r, int node, const char *want)
{
    char found[32];

    if (fdt_node_check_compatible(r->fdt, node, want) == 0) {
        return true;
    }
    read_excerpt(r, node, "compatible", found, sizeof(found));
    return read_fail(r, node, "compatible", MANIFEST_NOT_COMPATIBLE, "found %s, want \"%s\"", found,
                     want);
}
