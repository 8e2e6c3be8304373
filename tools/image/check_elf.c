/* SPDX-License-Identifier: BSD-3-Clause */
/* The rules of the image alone: platforms, spmc.ld and the SPMC's own start rely on them. */
#include <elf.h>
#include <inttypes.h>

#include "check.h"

#define ACCESS (PF_R | PF_W | PF_X)

/* The PT_LOAD segment that has these access rights, NULL when there is none */
static const struct image_segment *find(const struct image *image, uint32_t flags, uint32_t *count)
{
    const struct image_segment *first = NULL;

    *count = 0;
    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct image_segment *s = &image->segment[i];

        if (s->type == PT_LOAD && (s->flags & ACCESS) == flags) {
            first = first == NULL ? s : first;
            (*count)++;
        }
    }
    return first;
}

static void check_segments(struct report *report, const struct image *image)
{
    uint32_t text;
    uint32_t constants;
    uint32_t data;
    uint32_t all = 0;

    find(image, PF_R | PF_X, &text);
    find(image, PF_R, &constants);
    find(image, PF_R | PF_W, &data);
    for (uint32_t i = 0; i < image->segment_count; i++) {
        all += image->segment[i].type == PT_LOAD ? 1 : 0;
    }
    if (text == 1 && constants == 1 && data == 1 && all == 3) {
        report_ok(report, "segments", "one R-X, one R-- and one RW-");
        return;
    }
    report_failed(report, "segments",
                  "found %" PRIu32 " R-X, %" PRIu32 " R--, %" PRIu32 " RW- and %" PRIu32
                  " other PT_LOAD segments, want one R-X, one R-- and one RW- (PHDRS of spmc.ld)",
                  text, constants, data, all - text - constants - data);
}

static void check_wx(struct report *report, const struct image *image)
{
    char buffer[24];

    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct image_segment *s = &image->segment[i];

        if ((s->flags & (PF_W | PF_X)) == (PF_W | PF_X)) {
            report_failed(report, "W^X",
                          "segment %" PRIu32 " (%s at 0x%" PRIx64 ") is %s, want no memory that is "
                          "writable and executable; give code and data segments of their own",
                          i, segment_type_name(s->type, buffer, sizeof(buffer)), s->address,
                          segment_flags_name(s->flags));
            return;
        }
    }
    report_ok(report, "W^X", "no segment is writable and executable");
}

static void check_alignment(struct report *report, const struct image *image)
{
    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct image_segment *s = &image->segment[i];

        if (s->type == PT_LOAD &&
            (s->address % IMAGE_PAGE != 0 || s->memory_bytes % IMAGE_PAGE != 0)) {
            report_failed(report, "alignment",
                          "segment %" PRIu32 " (%s) is 0x%" PRIx64 " + 0x%" PRIx64
                          ", want whole pages of 4096 bytes; align it in the linker script",
                          i, segment_flags_name(s->flags), s->address, s->memory_bytes);
            return;
        }
    }
    report_ok(report, "alignment", "segments are whole pages of 4096 bytes");
}

static void check_layout(struct report *report, const struct image *image)
{
    uint64_t next = 0;

    if (image->elf_type != ET_DYN) {
        report_failed(report, "layout",
                      "not position independent, want an image that runs where it was loaded; "
                      "link it with -static-pie");
        return;
    }
    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct image_segment *s = &image->segment[i];

        if (s->type != PT_LOAD) {
            continue;
        }
        if (s->address != next || s->load_address != s->address) {
            report_failed(report, "layout",
                          "segment %" PRIu32 " (%s) is at 0x%" PRIx64 ", loaded at 0x%" PRIx64
                          ", want 0x%" PRIx64 ": linked at 0, one behind the other, no gaps",
                          i, segment_flags_name(s->flags), s->address, s->load_address, next);
            return;
        }
        next = s->address + s->memory_bytes;
    }
    report_ok(report, "layout",
              "position independent, linked at 0, no gaps, 0x%" PRIx64 " bytes of memory", next);
}

static void check_data(struct report *report, const struct image *image)
{
    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct image_segment *s = &image->segment[i];

        if (s->type == PT_LOAD && (s->flags & PF_W) != 0 && s->file_bytes != 0) {
            report_failed(report, "data",
                          "segment %" PRIu32 " (%s) brings %" PRIu64 " bytes of the file, want "
                          "no initialised data that can be written; make it const",
                          i, segment_flags_name(s->flags), s->file_bytes);
            return;
        }
    }
    report_ok(report, "data", "nothing that can be written is initialised by the file");
}

static void check_entry(struct report *report, const struct image *image)
{
    uint32_t count;
    const struct image_segment *text = find(image, PF_R | PF_X, &count);

    if (text == NULL || image->entry < text->address ||
        image->entry - text->address >= text->file_bytes || image->entry % 4 != 0) {
        report_failed(report, "entry",
                      "0x%" PRIx64 ", want an instruction in the R-X segment (ENTRY of spmc.ld)",
                      image->entry);
        return;
    }
    report_ok(report, "entry", "0x%" PRIx64 ", in the R-X segment", image->entry);
}

static void check_size(struct report *report, const struct image *image)
{
    if (image->raw_bytes >= IMAGE_LIMIT_BYTES) {
        report_failed(report, "size",
                      "the raw image has %" PRIu64 " bytes, want less than %u; leave code out",
                      image->raw_bytes, IMAGE_LIMIT_BYTES);
        return;
    }
    report_ok(report, "size", "the raw image has %" PRIu64 " bytes, less than %u", image->raw_bytes,
              IMAGE_LIMIT_BYTES);
}

static void check_loader(struct report *report, const struct image *image)
{
    if (image->wants_loader) {
        report_failed(report, "loader",
                      "it names a program loader or a library, want neither; "
                      "link it with -static-pie and --no-dynamic-linker");
        return;
    }
    report_ok(report, "loader", "needs no program loader and no library");
}

static void check_relocations(struct report *report, const struct image_relocations *all)
{
    char buffer[24];

    if (all->not_relative.count != 0) {
        report_failed(report, "relocations",
                      "%" PRIu64 " of %" PRIu64 " are not R_AARCH64_RELATIVE, the first is %s at "
                      "0x%" PRIx64
                      "; compile with -fpie -fvisibility=hidden, link with -static-pie",
                      all->not_relative.count, all->count,
                      relocation_name(all->not_relative.type, buffer, sizeof(buffer)),
                      all->not_relative.target);
    } else if (all->has_other_table) {
        report_failed(report, "relocations",
                      "section %s has a form that the SPMC does not apply, want RELA; link with "
                      "-z nopack-relative-relocs",
                      all->other_table);
    } else if (all->dynamic_count != all->count) {
        report_failed(report, "relocations",
                      "sections hold %" PRIu64 ", the dynamic segment tells of %" PRIu64
                      ", want the same; link it again",
                      all->count, all->dynamic_count);
    } else {
        report_ok(report, "relocations", "%" PRIu64 ", all R_AARCH64_RELATIVE", all->count);
    }
}

static void check_addresses(struct report *report, const struct image *image)
{
    const struct image_culprits *outside = &image->relocations.outside;
    const struct image_culprits *misplaced = &image->relocations.misplaced;

    if (outside->count != 0) {
        report_failed(report, "addresses",
                      "%" PRIu64 " relocations form an address outside the image, the first is "
                      "0x%" PRIx64 " at 0x%" PRIx64 ", want 0x%" PRIx64 " to 0x%" PRIx64
                      "; no absolute addresses in the sources",
                      outside->count, outside->addend, outside->target, image->low, image->high);
    } else {
        report_ok(report, "addresses", "every relocated address lies in the image");
    }
    if (misplaced->count != 0) {
        report_failed(report, "targets",
                      "%" PRIu64 " relocations change something else than an aligned word of "
                      "constants, the first at 0x%" PRIx64 "; link with -z text",
                      misplaced->count, misplaced->target);
    } else {
        report_ok(report, "targets", "every relocation changes an aligned word, none changes code");
    }
}

static void check_symbols(struct report *report, const struct image *image)
{
    if (!image->has_symbols) {
        report_failed(report, "symbols",
                      "no symbol table, so undefined ones can not be seen; "
                      "check the image before it is stripped");
    } else if (image->undefined_count != 0) {
        report_failed(report, "symbols",
                      "%" PRIu64 " undefined, the first is \"%s\"; link what defines it",
                      image->undefined_count, image->undefined[0]);
    } else {
        report_ok(report, "symbols", "none is undefined");
    }
}

static void check_range(struct report *report, const struct image *image)
{
    uint64_t bytes = image->high - image->low;

    if (!image->port_range_bytes.present) {
        return; /* stripped: the segments alone tell */
    }
    if (image->port_range_bytes.value != bytes) {
        report_failed(report, "memory",
                      "segments take 0x%" PRIx64 " bytes, want 0x%" PRIx64
                      ", port_range_bytes of the board's spmc.ld",
                      bytes, image->port_range_bytes.value);
        return;
    }
    report_ok(report, "memory", "segments take the 0x%" PRIx64 " bytes of the board's spmc.ld",
              bytes);
}

void check_elf(struct report *report, const struct image *image)
{
    check_segments(report, image);
    check_wx(report, image);
    check_alignment(report, image);
    check_layout(report, image);
    check_data(report, image);
    check_entry(report, image);
    check_size(report, image);
    check_loader(report, image);
    check_relocations(report, &image->relocations);
    check_addresses(report, image);
    check_symbols(report, image);
    check_range(report, image);
}
