/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Partition packages in the form of a transfer list (Firmware Handoff, version 1): a header, then
 * entries of a tag, a size and data. One entry is the manifest, one may be a HOB list, and the last
 * one is the image.
 */
#include "package.h"

#include "spmc/format.h"

#define VERSION      1u
#define HEADER_BYTES 24u
#define ENTRY_BYTES  8u
#define HAS_CHECKSUM 0x1u /* flags */
#define ENTRIES_MOST 64u

#define TAG_EMPTY    0x0u
#define TAG_HOB_LIST 0x3u
#define TAG_IMAGE    0x103u
#define TAG_MANIFEST 0x106u

struct entry {
    uint32_t tag;
    uint32_t data_offset;
    uint32_t data_bytes;
    uint32_t next; /* offset of the entry behind it; at the end: the size of the list */
};

static bool fail(struct manifest_diag *diag, const char *field, uint32_t found, const char *want)
{
    diag->code = MANIFEST_NOT_COMPATIBLE;
    format_text(diag->text, sizeof(diag->text), "package list: %s: found 0x%x, want %s", field,
                found, want);
    return false;
}

static bool read(const struct package_source *source, uint32_t offset, void *to, size_t size_bytes,
                 struct manifest_diag *diag)
{
    return source->read(source->context, offset, to, size_bytes) ||
           fail(diag, "offset", offset, "secure memory of this board");
}

static bool check_sum(const struct package_source *source, uint32_t size_bytes,
                      struct manifest_diag *diag)
{
    uint8_t piece[256];
    uint8_t sum = 0;

    for (uint32_t at = 0; at < size_bytes; at += (uint32_t)sizeof(piece)) {
        uint32_t left = size_bytes - at;
        uint32_t count = left < sizeof(piece) ? left : (uint32_t)sizeof(piece);

        if (!read(source, at, piece, count, diag)) {
            return false;
        }
        for (uint32_t i = 0; i < count; i++) {
            sum = (uint8_t)(sum + piece[i]);
        }
    }
    return sum == 0 || fail(diag, "checksum", sum, "a sum of all bytes of 0");
}

static bool check_header(const uint8_t header[PACKAGE_HEADER_BYTES], uint64_t mem_size_bytes,
                         struct manifest_diag *diag)
{
    uint32_t size_bytes = package_get32(header + 8);

    if (header[5] != VERSION) {
        return fail(diag, "version", header[5], "1");
    }
    if (header[6] < HEADER_BYTES || (header[6] & 7u) != 0) {
        return fail(diag, "header size", header[6], "0x18 or more, a multiple of 8");
    }
    return (size_bytes >= header[6] && size_bytes <= mem_size_bytes) ||
           fail(diag, "size", size_bytes, "its header and what fits into the partition's mem_size");
}

static bool read_entry(const struct package_source *source, uint32_t at, uint32_t list_bytes,
                       struct entry *out, struct manifest_diag *diag)
{
    uint8_t bytes[ENTRY_BYTES];
    uint64_t end;

    if (!read(source, at, bytes, sizeof(bytes), diag)) {
        return false;
    }
    out->tag = package_get32(bytes) & 0xffffffu;
    out->data_bytes = package_get32(bytes + 4);
    end = (uint64_t)at + bytes[3] + out->data_bytes;
    if (bytes[3] < ENTRY_BYTES) {
        return fail(diag, "entry header size", bytes[3], "8 or more");
    }
    if (end > list_bytes) {
        return fail(diag, "entry size", out->data_bytes, "what fits into the list");
    }
    out->data_offset = at + bytes[3];
    end = (end + 7u) & ~(uint64_t)7u;
    out->next = end < list_bytes ? (uint32_t)end : list_bytes;
    return true;
}

/* Notes where the data of an entry is, of which there may be one. */
static bool place(const struct entry *entry, const char *what, uint32_t *offset,
                  uint32_t *size_bytes, struct manifest_diag *diag)
{
    if (*size_bytes != 0) {
        return fail(diag, what, entry->data_offset, "one of it");
    }
    if (entry->data_bytes == 0 || !is_page_aligned(entry->data_offset)) {
        return fail(diag, what, entry->data_offset, "data at a multiple of 0x1000");
    }
    *offset = entry->data_offset;
    *size_bytes = entry->data_bytes;
    return true;
}

static bool take_entry(const struct entry *entry, struct package_layout *out,
                       struct manifest_diag *diag)
{
    if (entry->tag == TAG_EMPTY) {
        return true;
    }
    if (out->image_size_bytes != 0) {
        return fail(diag, "tag", entry->tag, "no entry behind the image (tag 0x103)");
    }
    switch (entry->tag) {
    case TAG_MANIFEST:
        return place(entry, "manifest", &out->manifest_offset, &out->manifest_size_bytes, diag);
    case TAG_HOB_LIST:
        return place(entry, "HOB list", &out->hob_offset, &out->hob_size_bytes, diag);
    case TAG_IMAGE:
        return place(entry, "image", &out->image_offset, &out->image_size_bytes, diag);
    default:
        return true; /* for somebody else */
    }
}

bool package_read_list(const uint8_t header[PACKAGE_HEADER_BYTES],
                       const struct package_source *source, uint64_t mem_size_bytes,
                       struct package_layout *out, struct manifest_diag *diag)
{
    uint32_t list_bytes = package_get32(header + 8);
    uint32_t at = header[6];

    *out = (struct package_layout){.version = header[5]};
    if (!check_header(header, mem_size_bytes, diag) ||
        ((package_get32(header + 16) & HAS_CHECKSUM) != 0 &&
         !check_sum(source, list_bytes, diag))) {
        return false;
    }
    for (unsigned entries = 0; list_bytes - at >= ENTRY_BYTES; entries++) {
        struct entry entry;

        if (entries == ENTRIES_MOST) {
            return fail(diag, "entries", entries + 1, "at most 0x40");
        }
        if (!read_entry(source, at, list_bytes, &entry, diag) || !take_entry(&entry, out, diag)) {
            return false;
        }
        at = entry.next;
    }
    if (out->manifest_size_bytes == 0) {
        return fail(diag, "manifest", 0, "an entry with tag 0x106");
    }
    return out->image_size_bytes != 0 || fail(diag, "image", 0, "an entry with tag 0x103");
}
