/* SPDX-License-Identifier: BSD-3-Clause */
/* Offsets and values of ELF64: System V Application Binary Interface, chapters 4 and 5. */
#include "sim/host/nwd_image.h"

#include <inttypes.h>
#include <string.h>

#include "spmc/spmc.h"

/* All segments together; the host has to have as much. */
#define MAX_MEMORY_BYTES (UINT64_C(1) << 30)

#define ELF_HEADER_BYTES  64u
#define ELF_SEGMENT_BYTES 56u
#define ELF_CLASS_64      2u
#define ELF_DATA_LITTLE   1u
#define ELF_TYPE_EXEC     2u
#define ELF_TYPE_DYN      3u
#define ELF_MACHINE_ARM64 183u
#define ELF_PT_LOAD       1u
#define ELF_PT_INTERP     3u

/* One entry of the program header table. */
struct elf_segment {
    uint32_t type;
    uint64_t offset;
    uint64_t virtual_address;
    uint64_t physical_address;
    uint64_t file_bytes;
    uint64_t memory_bytes;
};

struct elf {
    const struct run_blob *blob;
    uint32_t type;
    uint64_t entry;
    uint64_t table_offset;
    unsigned table_count;
    uint64_t lowest; /* physical address of a segment, rounded down to a page */
    uint64_t shift;  /* what is added to each */
};

static uint64_t get(const struct run_blob *blob, uint64_t offset, unsigned size_bytes)
{
    const uint8_t *at = (const uint8_t *)blob->data + offset;
    uint64_t value = 0;

    for (unsigned i = 0; i < size_bytes; i++) {
        value |= (uint64_t)at[i] << (8 * i);
    }
    return value;
}

static bool read_header(struct elf *elf, struct sim_error *err)
{
    const struct run_blob *blob = elf->blob;
    uint64_t machine;
    uint64_t entry_bytes;

    if (blob->size_bytes < ELF_HEADER_BYTES) {
        return sim_fail(err, SIM_BAD_INPUT, "%s: an ELF file of %zu bytes; its header alone has %u",
                        blob->where, blob->size_bytes, ELF_HEADER_BYTES);
    }
    machine = get(blob, 18, 2);
    elf->type = (uint32_t)get(blob, 16, 2);
    if (get(blob, 4, 1) != ELF_CLASS_64 || get(blob, 5, 1) != ELF_DATA_LITTLE ||
        machine != ELF_MACHINE_ARM64) {
        return sim_fail(err, SIM_BAD_INPUT,
                        "%s: an ELF file of class %u, data %u, machine %u; want a little-endian "
                        "ELF64 file for AArch64 (2, 1, 183)",
                        blob->where, (unsigned)get(blob, 4, 1), (unsigned)get(blob, 5, 1),
                        (unsigned)machine);
    }
    if (elf->type != ELF_TYPE_EXEC && elf->type != ELF_TYPE_DYN) {
        return sim_fail(err, SIM_BAD_INPUT,
                        "%s: an ELF file of type %" PRIu32
                        "; want an executable (2 or 3): link it first",
                        blob->where, elf->type);
    }
    elf->entry = get(blob, 24, 8);
    elf->table_offset = get(blob, 32, 8);
    entry_bytes = get(blob, 54, 2);
    elf->table_count = (unsigned)get(blob, 56, 2);
    if (elf->table_count == 0 || entry_bytes != ELF_SEGMENT_BYTES ||
        elf->table_offset > blob->size_bytes ||
        elf->table_count * ELF_SEGMENT_BYTES > blob->size_bytes - elf->table_offset) {
        return sim_fail(err, SIM_BAD_INPUT,
                        "%s: %u program headers of %u bytes at 0x%" PRIx64
                        "; want some, of %u bytes, within the %zu bytes of the file",
                        blob->where, elf->table_count, (unsigned)entry_bytes, elf->table_offset,
                        ELF_SEGMENT_BYTES, blob->size_bytes);
    }
    return true;
}

static struct elf_segment segment_at(const struct elf *elf, unsigned index)
{
    uint64_t at = elf->table_offset + index * ELF_SEGMENT_BYTES;

    return (struct elf_segment){
        .type = (uint32_t)get(elf->blob, at, 4),
        .offset = get(elf->blob, at + 8, 8),
        .virtual_address = get(elf->blob, at + 16, 8),
        .physical_address = get(elf->blob, at + 24, 8),
        .file_bytes = get(elf->blob, at + 32, 8),
        .memory_bytes = get(elf->blob, at + 40, 8),
    };
}

static bool is_loaded(const struct elf_segment *segment)
{
    return segment->type == ELF_PT_LOAD && segment->memory_bytes != 0;
}

static bool check_segment(const struct elf *elf, unsigned index, const struct elf_segment *segment,
                          struct sim_error *err)
{
    const struct run_blob *blob = elf->blob;

    if (segment->type == ELF_PT_INTERP) {
        return sim_fail(err, SIM_BAD_INPUT,
                        "%s: an ELF file for a dynamic loader; link it as a static one",
                        blob->where);
    }
    if (!is_loaded(segment)) {
        return true;
    }
    if (segment->offset > blob->size_bytes ||
        segment->file_bytes > blob->size_bytes - segment->offset) {
        return sim_fail(err, SIM_BAD_INPUT,
                        "%s: segment %u: 0x%" PRIx64 " bytes at offset 0x%" PRIx64
                        " are not in the file, which has %zu bytes",
                        blob->where, index, segment->file_bytes, segment->offset, blob->size_bytes);
    }
    if (segment->file_bytes > segment->memory_bytes ||
        segment->memory_bytes > UINT64_MAX - segment->physical_address ||
        segment->memory_bytes > UINT64_MAX - segment->virtual_address) {
        return sim_fail(err, SIM_BAD_INPUT,
                        "%s: segment %u: 0x%" PRIx64 " bytes of the file in 0x%" PRIx64
                        " of memory at 0x%" PRIx64 " can not be",
                        blob->where, index, segment->file_bytes, segment->memory_bytes,
                        segment->physical_address);
    }
    return true;
}

static bool check_segments(struct elf *elf, struct sim_error *err)
{
    uint64_t total_bytes = 0;
    unsigned loaded = 0;

    elf->lowest = UINT64_MAX;
    for (unsigned i = 0; i < elf->table_count; i++) {
        struct elf_segment segment = segment_at(elf, i);

        if (!check_segment(elf, i, &segment, err)) {
            return false;
        }
        if (is_loaded(&segment)) {
            loaded++;
            if (segment.memory_bytes > MAX_MEMORY_BYTES - total_bytes) {
                return sim_fail(err, SIM_BAD_INPUT,
                                "%s: segment %u: with its 0x%" PRIx64
                                " bytes the file takes more than 0x%" PRIx64 " of memory",
                                elf->blob->where, i, segment.memory_bytes, MAX_MEMORY_BYTES);
            }
            total_bytes += segment.memory_bytes;
            if (segment.physical_address < elf->lowest) {
                elf->lowest = segment.physical_address;
            }
        }
    }
    elf->lowest &= ~(uint64_t)(PAGE_SIZE_BYTES - 1);
    return (loaded != 0 && loaded <= NWD_MAX_SEGMENTS) ||
           sim_fail(err, SIM_BAD_INPUT, "%s: %u segments to load; want 1 to %d", elf->blob->where,
                    loaded, NWD_MAX_SEGMENTS);
}

/* Only a position independent file lets itself be moved; one linked to 0 has to be. */
static bool choose_place(struct elf *elf, uint64_t load, uint64_t otherwise, struct sim_error *err)
{
    elf->shift = 0;
    if (elf->type == ELF_TYPE_EXEC) {
        return load == 0 || load == elf->lowest ||
               sim_fail(err, SIM_BAD_INPUT,
                        "%s: linked to 0x%" PRIx64 ", it can not be loaded at 0x%" PRIx64
                        "; leave the address out, or link "
                        "it as position independent",
                        elf->blob->where, elf->lowest, load);
    }
    if (load == 0 && elf->lowest == 0) {
        load = otherwise;
    }
    if (load % PAGE_SIZE_BYTES != 0) {
        return sim_fail(err, SIM_BAD_INPUT,
                        "%s: can not be loaded at 0x%" PRIx64 ", which is no multiple of %u",
                        elf->blob->where, load, PAGE_SIZE_BYTES);
    }
    elf->shift = load != 0 ? load - elf->lowest : 0;
    return true;
}

/* e_entry is a virtual address; the normal world starts without translation. */
static bool find_entry(const struct elf *elf, struct nwd_image *out, struct sim_error *err)
{
    for (unsigned i = 0; i < elf->table_count; i++) {
        struct elf_segment segment = segment_at(elf, i);
        uint64_t offset = elf->entry - segment.virtual_address;

        if (is_loaded(&segment) && elf->entry >= segment.virtual_address &&
            offset < segment.file_bytes) {
            out->entry = segment.physical_address + offset + elf->shift;
        }
    }
    return (out->entry % 4 == 0 && out->entry != UINT64_MAX) ||
           sim_fail(err, SIM_BAD_INPUT,
                    "%s: entry point 0x%" PRIx64 " is no instruction of a loaded segment",
                    elf->blob->where, elf->entry);
}

static bool overlap(const struct nwd_segment *a, const struct nwd_segment *b)
{
    return a->address - b->address < b->memory_bytes || b->address - a->address < a->memory_bytes;
}

static bool place_segments(const struct elf *elf, struct nwd_image *out, struct sim_error *err)
{
    for (unsigned i = 0; i < elf->table_count; i++) {
        struct elf_segment segment = segment_at(elf, i);
        struct nwd_segment *placed = &out->segment[out->segment_count];

        if (!is_loaded(&segment)) {
            continue;
        }
        *placed = (struct nwd_segment){
            .data = (const uint8_t *)elf->blob->data + segment.offset,
            .file_bytes = segment.file_bytes,
            .memory_bytes = segment.memory_bytes,
            .address = segment.physical_address + elf->shift,
        };
        for (unsigned n = 0; n < out->segment_count; n++) {
            if (overlap(placed, &out->segment[n])) {
                return sim_fail(err, SIM_BAD_INPUT,
                                "%s: segment %u: 0x%" PRIx64 " bytes at 0x%" PRIx64
                                " lie on another segment",
                                elf->blob->where, i, placed->memory_bytes, placed->address);
            }
        }
        out->segment_count++;
    }
    return true;
}

bool nwd_image_read(const struct run_blob *blob, uint64_t load, uint64_t otherwise,
                    struct nwd_image *out, struct sim_error *err)
{
    struct elf elf = {.blob = blob};

    out->segment_count = 0;
    out->entry = UINT64_MAX;
    if (blob->size_bytes == 0) {
        return sim_fail(err, SIM_BAD_INPUT, "%s: an empty file; want an image", blob->where);
    }
    if (blob->size_bytes >= 4 && memcmp(blob->data, "\177ELF", 4) == 0) {
        return read_header(&elf, err) && check_segments(&elf, err) &&
               choose_place(&elf, load, otherwise, err) && find_entry(&elf, out, err) &&
               place_segments(&elf, out, err);
    }
    out->entry = load != 0 ? load : otherwise;
    out->segment[out->segment_count++] =
        (struct nwd_segment){blob->data, blob->size_bytes, blob->size_bytes, out->entry};
    return true;
}

bool nwd_image_load(const struct nwd_image *image, const struct bus *bus, const char *where,
                    struct sim_error *err)
{
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct nwd_segment *segment = &image->segment[i];
        uint8_t *ram = bus_ram(bus, segment->address, segment->memory_bytes, BUS_NON_SECURE);

        if (ram == NULL) {
            return sim_fail(err, SIM_BAD_INPUT,
                            "%s: %" PRIu64 " bytes at 0x%" PRIx64
                            " do not fit into the board's non-secure memory",
                            where, segment->memory_bytes, segment->address);
        }
        memcpy(ram, segment->data, segment->file_bytes);
        memset(ram + segment->file_bytes, 0, segment->memory_bytes - segment->file_bytes);
    }
    return true;
}
