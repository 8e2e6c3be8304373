/* SPDX-License-Identifier: BSD-3-Clause */
/* The tables of an ELF file: relocations, symbols, the dynamic section. */
#include "tables.h"

#include <inttypes.h>
#include <string.h>

#define RELA_BYTES    24u
#define SYMBOL_BYTES  24u
#define DYNAMIC_BYTES 16u
#define WORD_BYTES    8u

/*
 * Tables that do not overlap are never longer than the file, all together (strings may serve two):
 * no walk takes long.
 */
static int open_table(struct elf_reader *r, uint32_t index, Elf_Data **data, GElf_Shdr *shdr)
{
    Elf_Scn *scn = elf_getscn(r->elf, index);

    *data = NULL;
    if (scn == NULL || gelf_getshdr(scn, shdr) == NULL) {
        return complain(r->path, "section %" PRIu32 " is damaged (%s), link it again", index,
                        elf_errmsg(-1));
    }
    if (shdr->sh_size == 0) {
        return IMAGE_OK;
    }
    r->table_bytes += shdr->sh_size;
    if (r->table_bytes > 2 * r->file->size) {
        return complain(r->path, "damaged: its tables overlap, link it again");
    }
    *data = elf_getdata(scn, NULL);
    if (*data == NULL || (*data)->d_buf == NULL || (*data)->d_size != shdr->sh_size) {
        return complain(r->path, "section %" PRIu32 " is not a whole table, link it again", index);
    }
    return IMAGE_OK;
}

/* Not elf_strptr(), which looks for the last 0 of the table anew for each string. */
int strings_open(struct elf_reader *r, uint32_t section, struct elf_strings *out)
{
    Elf_Data *data;
    GElf_Shdr shdr;
    int status = open_table(r, section, &data, &shdr);

    *out = (struct elf_strings){0};
    if (status != IMAGE_OK || data == NULL) {
        return status;
    }
    out->text = data->d_buf;
    out->size = data->d_size;
    if (out->text[out->size - 1] != '\0') {
        return complain(r->path, "section %" PRIu32 " is not a table of strings, link it again",
                        section);
    }
    return IMAGE_OK;
}

const char *strings_at(const struct elf_strings *strings, uint64_t offset)
{
    return offset < strings->size ? strings->text + offset : NULL;
}

static void blame(struct image_culprits *culprits, uint32_t type, const GElf_Rela *rela)
{
    if (culprits->count == 0) {
        culprits->type = type;
        culprits->target = rela->r_offset;
        culprits->addend = (uint64_t)rela->r_addend;
    }
    culprits->count++;
}

/* The SPMC writes targets before the MMU is on: whole words, in bytes that were loaded, not code.
 */
static bool is_target(const struct image *image, uint64_t target)
{
    if (target % WORD_BYTES != 0) {
        return false;
    }
    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct image_segment *s = &image->segment[i];

        if (s->type == PT_LOAD && (s->flags & PF_X) == 0 && target >= s->address &&
            s->file_bytes >= WORD_BYTES && target - s->address <= s->file_bytes - WORD_BYTES) {
            return true;
        }
    }
    return false;
}

static void count_kind(struct image_relocations *relocations, uint32_t type)
{
    uint32_t i = 0;

    while (i < relocations->kind_count && relocations->kind[i].type != type) {
        i++;
    }
    if (i == IMAGE_MAX_KINDS) {
        i--;
    } else if (i == relocations->kind_count) {
        relocations->kind[i].type = type;
        relocations->kind_count++;
    }
    relocations->kind[i].count++;
}

static int read_relocations(struct elf_reader *r, uint32_t index, struct image *out)
{
    struct image_relocations *all = &out->relocations;
    Elf_Data *data;
    GElf_Shdr shdr;
    int status = open_table(r, index, &data, &shdr);

    for (uint64_t i = 0; data != NULL && status == IMAGE_OK && i < data->d_size / RELA_BYTES; i++) {
        GElf_Rela rela;
        uint32_t type;
        uint64_t addend;

        if (gelf_getrela(data, (int)i, &rela) == NULL) {
            return complain(r->path,
                            "section %" PRIu32 ": relocation %" PRIu64 " is damaged, link it again",
                            index, i);
        }
        type = (uint32_t)GELF_R_TYPE(rela.r_info);
        addend = (uint64_t)rela.r_addend;
        count_kind(all, type);
        all->count++;
        if (type != R_AARCH64_RELATIVE) {
            blame(&all->not_relative, type, &rela);
        } else if (addend < out->low || addend > out->high) {
            blame(&all->outside, type, &rela); /* the end itself is an address that code may form */
        }
        if (!is_target(out, rela.r_offset)) {
            blame(&all->misplaced, type, &rela);
        }
    }
    return status;
}

static void note_constant(const GElf_Sym *symbol, const char *name, struct image *out)
{
    if (symbol->st_shndx != SHN_ABS) {
        return;
    }
    if (strcmp(name, "port_range_bytes") == 0) {
        out->port_range_bytes = (struct image_constant){true, symbol->st_value};
    } else if (strcmp(name, "port_max_pes") == 0) {
        out->port_max_pes = (struct image_constant){true, symbol->st_value};
    }
}

static void note_undefined(const char *name, struct image *out)
{
    if (out->undefined_names < IMAGE_MAX_NAMES) {
        char *room = out->undefined[out->undefined_names++];

        make_printable(room, IMAGE_NAME_BYTES, name, IMAGE_NAME_BYTES);
    }
    out->undefined_count++;
}

static int read_symbols(struct elf_reader *r, uint32_t index, struct image *out)
{
    Elf_Data *data;
    GElf_Shdr shdr;
    struct elf_strings names;
    int status = open_table(r, index, &data, &shdr);

    if (status == IMAGE_OK) {
        status = strings_open(r, shdr.sh_link, &names);
    }
    out->has_symbols = true;
    /* The first one is empty in every table. */
    for (uint64_t i = 1; data != NULL && status == IMAGE_OK && i < data->d_size / SYMBOL_BYTES;
         i++) {
        GElf_Sym symbol;
        const char *name;

        if (gelf_getsym(data, (int)i, &symbol) == NULL) {
            return complain(r->path,
                            "section %" PRIu32 ": symbol %" PRIu64 " is damaged, link it again",
                            index, i);
        }
        name = strings_at(&names, symbol.st_name);
        if (name == NULL) {
            return complain(r->path,
                            "section %" PRIu32 ": symbol %" PRIu64 " has no name, link it again",
                            index, i);
        }
        note_constant(&symbol, name, out);
        if (symbol.st_shndx == SHN_UNDEF) {
            note_undefined(name, out);
        }
    }
    return status;
}

/* What the linker could not find is in both tables: .dynsym counts when .symtab names nothing. */
static int read_all_symbols(struct elf_reader *r, struct image *out)
{
    static const uint32_t types[] = {SHT_SYMTAB, SHT_DYNSYM};
    int status = IMAGE_OK;

    for (size_t k = 0; k < sizeof(types) / sizeof(types[0]) && out->undefined_count == 0; k++) {
        for (uint32_t i = 0; i < out->section_count && status == IMAGE_OK; i++) {
            if (out->section[i].type == types[k]) {
                status = read_symbols(r, i, out);
            }
        }
    }
    return status;
}

static int read_dynamic(struct elf_reader *r, const struct image_segment *segment,
                        struct image *out)
{
    uint64_t count = segment->file_bytes / DYNAMIC_BYTES;
    Elf_Data *data;

    if (count == 0) {
        return IMAGE_OK;
    }
    r->table_bytes += segment->file_bytes;
    if (r->table_bytes > 2 * r->file->size) {
        return complain(r->path, "damaged: its tables overlap, link it again");
    }
    data = elf_getdata_rawchunk(r->elf, (int64_t)segment->file_offset, count * DYNAMIC_BYTES,
                                ELF_T_DYN);
    if (data == NULL || data->d_buf == NULL) {
        return complain(r->path, "the dynamic segment is damaged (%s), link it again",
                        elf_errmsg(-1));
    }
    for (uint64_t i = 0; i < count; i++) {
        GElf_Dyn dynamic;

        if (gelf_getdyn(data, (int)i, &dynamic) == NULL || dynamic.d_tag == DT_NULL) {
            break;
        }
        if (dynamic.d_tag == DT_RELASZ) {
            out->relocations.dynamic_count = dynamic.d_un.d_val / RELA_BYTES;
        }
        out->wants_loader = out->wants_loader || dynamic.d_tag == DT_NEEDED;
    }
    return IMAGE_OK;
}

int tables_read(struct elf_reader *r, struct image *out)
{
    int status = IMAGE_OK;

    for (uint32_t i = 0; i < out->section_count && status == IMAGE_OK; i++) {
        const struct image_section *s = &out->section[i];

        if ((s->flags & SHF_ALLOC) == 0 || s->size == 0) {
            continue;
        }
        if (s->type == SHT_RELA) {
            status = read_relocations(r, i, out);
        } else if (s->type == SHT_REL || s->type == SHT_RELR) {
            out->relocations.has_other_table = true;
            memcpy(out->relocations.other_table, s->name, sizeof(s->name));
        }
    }
    for (uint32_t i = 0; i < out->segment_count && status == IMAGE_OK; i++) {
        if (out->segment[i].type == PT_DYNAMIC) {
            status = read_dynamic(r, &out->segment[i], out);
        }
    }
    return status == IMAGE_OK ? read_all_symbols(r, out) : status;
}
