/* SPDX-License-Identifier: BSD-3-Clause */
/* An ELF file into struct image: headers, segments and sections; see tables.c for the rest. */
#include <gelf.h>
#include <inttypes.h>
#include <string.h>

#include "tables.h"

#define EHDR_BYTES 64u
#define PHDR_BYTES 56u
#define SHDR_BYTES 64u

static int check_ident(const struct elf_reader *r)
{
    const char *ident = r->file->data;

    if (r->file->size < EHDR_BYTES) {
        return complain(r->path, "truncated: %zu bytes, less than an ELF header; copy it again",
                        r->file->size);
    }
    if (ident[EI_CLASS] != ELFCLASS64) {
        return complain(r->path, "not a 64-bit ELF file, name an AArch64 image");
    }
    if (ident[EI_DATA] != ELFDATA2LSB) {
        return complain(r->path, "not a little-endian ELF file, name an AArch64 image");
    }
    return IMAGE_OK;
}

static int check_table(const struct elf_reader *r, const char *what, uint64_t offset,
                       uint64_t entry, uint64_t count, uint64_t want_entry, uint64_t most)
{
    if (count > most) {
        return complain(r->path,
                        "damaged: %" PRIu64 " %s headers, want at most %" PRIu64 "; link it again",
                        count, what, most);
    }
    if (count != 0 && entry != want_entry) {
        return complain(r->path,
                        "damaged: %s headers of %" PRIu64 " bytes, want %" PRIu64 "; link it again",
                        what, entry, want_entry);
    }
    if (offset > r->file->size || count * want_entry > r->file->size - offset) {
        return complain(r->path,
                        "truncated: the %s headers end behind byte %zu, where the file "
                        "ends; copy it again",
                        what, r->file->size);
    }
    return IMAGE_OK;
}

static int check_header(const struct elf_reader *r)
{
    const GElf_Ehdr *ehdr = &r->ehdr;
    int status;

    if (ehdr->e_machine != EM_AARCH64) {
        return complain(r->path, "made for machine %u, name an image made for AArch64 (%u)",
                        (unsigned)ehdr->e_machine, (unsigned)EM_AARCH64);
    }
    if (ehdr->e_type != ET_DYN && ehdr->e_type != ET_EXEC) {
        return complain(r->path,
                        "ELF type %u is not a linked image, name the file that the linker "
                        "wrote (spmc.elf)",
                        (unsigned)ehdr->e_type);
    }
    if (ehdr->e_phnum == 0) {
        return complain(r->path, "no segments, name the file that the linker wrote (spmc.elf)");
    }
    status = check_table(r, "segment", ehdr->e_phoff, ehdr->e_phentsize, ehdr->e_phnum, PHDR_BYTES,
                         IMAGE_MAX_SEGMENTS);
    if (status == IMAGE_OK && (ehdr->e_shnum != 0 || ehdr->e_shoff != 0)) {
        status =
            check_table(r, "section", ehdr->e_shoff, ehdr->e_shentsize,
                        ehdr->e_shnum == 0 ? 1 : ehdr->e_shnum, SHDR_BYTES, IMAGE_MAX_SECTIONS);
    }
    return status;
}

static bool is_in_file(const struct elf_reader *r, uint64_t offset, uint64_t size)
{
    return offset <= r->file->size && size <= r->file->size - offset;
}

static int read_segment(const struct elf_reader *r, uint32_t index, struct image_segment *out)
{
    GElf_Phdr phdr;

    if (gelf_getphdr(r->elf, (int)index, &phdr) == NULL) {
        return complain(r->path, "segment %" PRIu32 " is damaged (%s), link it again", index,
                        elf_errmsg(-1));
    }
    *out = (struct image_segment){phdr.p_type,  phdr.p_flags,  phdr.p_offset, phdr.p_vaddr,
                                  phdr.p_paddr, phdr.p_filesz, phdr.p_memsz};
    if (!is_in_file(r, phdr.p_offset, phdr.p_filesz)) {
        return complain(r->path,
                        "truncated: segment %" PRIu32 " ends behind byte %zu, where the "
                        "file ends; copy it again",
                        index, r->file->size);
    }
    if (phdr.p_type == PT_LOAD && phdr.p_filesz > phdr.p_memsz) {
        return complain(r->path,
                        "damaged: segment %" PRIu32 " has more bytes in the file than in "
                        "memory, link it again",
                        index);
    }
    if (phdr.p_memsz > UINT64_MAX - phdr.p_vaddr || phdr.p_memsz > UINT64_MAX - phdr.p_paddr) {
        return complain(r->path,
                        "damaged: segment %" PRIu32 " wraps around the end of memory, "
                        "link it again",
                        index);
    }
    return IMAGE_OK;
}

static int read_segments(const struct elf_reader *r, struct image *out)
{
    out->segment_count = r->ehdr.e_phnum;
    for (uint32_t i = 0; i < out->segment_count; i++) {
        int status = read_segment(r, i, &out->segment[i]);

        if (status != IMAGE_OK) {
            return status;
        }
        out->wants_loader = out->wants_loader || out->segment[i].type == PT_INTERP;
    }
    return IMAGE_OK;
}

static int read_section(const struct elf_reader *r, uint32_t index, const struct elf_strings *names,
                        struct image_section *out)
{
    Elf_Scn *scn = elf_getscn(r->elf, index);
    GElf_Shdr shdr;
    const char *name;

    if (scn == NULL || gelf_getshdr(scn, &shdr) == NULL) {
        return complain(r->path, "section %" PRIu32 " is damaged (%s), link it again", index,
                        elf_errmsg(-1));
    }
    name = strings_at(names, shdr.sh_name);
    name = name == NULL ? "(no name)" : name;
    make_printable(out->name, sizeof(out->name), name, sizeof(out->name));
    out->type = shdr.sh_type;
    out->flags = shdr.sh_flags;
    out->address = shdr.sh_addr;
    out->size = shdr.sh_size;
    if (shdr.sh_type != SHT_NULL && shdr.sh_type != SHT_NOBITS &&
        !is_in_file(r, shdr.sh_offset, shdr.sh_size)) {
        return complain(r->path,
                        "truncated: section %" PRIu32 " (%s) ends behind byte %zu, where "
                        "the file ends; copy it again",
                        index, out->name, r->file->size);
    }
    return IMAGE_OK;
}

static int read_sections(struct elf_reader *r, struct image *out)
{
    struct elf_strings names = {0};
    int status = IMAGE_OK;

    out->section_count = r->ehdr.e_shnum;
    if (out->section_count != 0) {
        status = strings_open(r, r->ehdr.e_shstrndx, &names);
    }
    for (uint32_t i = 0; i < out->section_count && status == IMAGE_OK; i++) {
        status = read_section(r, i, &names, &out->section[i]);
    }
    return status;
}

/* As objcopy -O binary counts: from the first loaded byte to behind the last one. */
static int measure(const struct elf_reader *r, struct image *out)
{
    uint64_t raw_low = UINT64_MAX;
    uint64_t raw_high = 0;

    out->low = UINT64_MAX;
    for (uint32_t i = 0; i < out->segment_count; i++) {
        const struct image_segment *s = &out->segment[i];

        if (s->type != PT_LOAD || s->memory_bytes == 0) {
            continue;
        }
        out->low = s->address < out->low ? s->address : out->low;
        out->high =
            s->address + s->memory_bytes > out->high ? s->address + s->memory_bytes : out->high;
        if (s->file_bytes != 0) {
            uint64_t end = s->load_address + s->file_bytes;

            raw_low = s->load_address < raw_low ? s->load_address : raw_low;
            raw_high = end > raw_high ? end : raw_high;
        }
    }
    if (raw_high == 0) {
        return complain(r->path, "no segment with bytes to load, link it again");
    }
    out->raw_bytes = raw_high - raw_low;
    return IMAGE_OK;
}

int image_read(const char *path, struct file_bytes *file, struct image *out)
{
    struct elf_reader r = {.path = path, .file = file};
    int status;

    memset(out, 0, sizeof(*out));
    status = check_ident(&r);
    if (status != IMAGE_OK) {
        return status;
    }
    if (elf_version(EV_CURRENT) == EV_NONE) {
        return complain(path, "libelf: %s", elf_errmsg(-1));
    }
    r.elf = elf_memory(file->data, file->size);
    if (r.elf == NULL || gelf_getehdr(r.elf, &r.ehdr) == NULL) {
        status = complain(path, "damaged ELF header (%s), link it again", elf_errmsg(-1));
    }
    out->elf_type = r.ehdr.e_type;
    out->entry = r.ehdr.e_entry;
    if (status == IMAGE_OK && (status = check_header(&r)) == IMAGE_OK &&
        (status = read_segments(&r, out)) == IMAGE_OK &&
        (status = read_sections(&r, out)) == IMAGE_OK && (status = measure(&r, out)) == IMAGE_OK) {
        status = tables_read(&r, out);
    }
    elf_end(r.elf);
    return status;
}
