/* SPDX-License-Identifier: BSD-3-Clause */
/* Between the parts of the ELF reader. */
#ifndef ORRERY_IMAGE_TABLES_H
#define ORRERY_IMAGE_TABLES_H

#include <gelf.h>

#include "image.h"

struct elf_reader {
    const char *path;
    struct file_bytes *file;
    Elf *elf;
    GElf_Ehdr ehdr;
    uint64_t table_bytes; /* of all tables that were walked */
};

/* A string table whose last byte is 0, so that every offset below size is a string */
struct elf_strings {
    const char *text;
    size_t size;
};

int strings_open(struct elf_reader *r, uint32_t section, struct elf_strings *out);
/* NULL: not in the table */
const char *strings_at(const struct elf_strings *strings, uint64_t offset);

/* Relocations, symbols and the dynamic section, with *out filled up to its sections and sizes. */
int tables_read(struct elf_reader *r, struct image *out);

#endif
