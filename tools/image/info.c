/* SPDX-License-Identifier: BSD-3-Clause */
/* orrery-image info: prints, judges nothing. */
#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "image.h"

static const char *elf_type_name(uint32_t type)
{
    return type == ET_DYN ? "position independent" : "runs where it is linked";
}

static void print_sections(const struct image *image)
{
    uint64_t other_bytes = 0;
    uint32_t others = 0;

    printf("sections in memory\n");
    for (uint32_t i = 0; i < image->section_count; i++) {
        const struct image_section *s = &image->section[i];

        if ((s->flags & SHF_ALLOC) != 0) {
            printf("  %-16s 0x%08" PRIx64 " %9" PRIu64 " bytes%s\n", s->name, s->address, s->size,
                   s->type == SHT_NOBITS ? ", not in the file" : "");
        } else if (s->type != SHT_NULL) {
            others++;
            other_bytes += s->size;
        }
    }
    printf("  and %" PRIu32 " that stay in the file (symbols, debug): %" PRIu64 " bytes\n", others,
           other_bytes);
}

static void print_segments(const struct image *image)
{
    bool both = false;
    char buffer[24];

    printf("segments\n");
    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct image_segment *s = &image->segment[i];

        printf("  %-10s %s 0x%08" PRIx64 " %9" PRIu64 " bytes, %" PRIu64 " of the file\n",
               segment_type_name(s->type, buffer, sizeof(buffer)), segment_flags_name(s->flags),
               s->address, s->memory_bytes, s->file_bytes);
        both = both || (s->flags & (PF_W | PF_X)) == (PF_W | PF_X);
    }
    printf("W^X          %s\n", both ? "broken: a segment is writable and executable" : "held");
}

static void print_relocations(const struct image_relocations *relocations)
{
    char buffer[24];

    printf("relocations  %" PRIu64, relocations->count);
    for (uint32_t i = 0; i < relocations->kind_count; i++) {
        printf("%s %" PRIu64 " %s", i == 0 ? ":" : ",", relocations->kind[i].count,
               relocation_name(relocations->kind[i].type, buffer, sizeof(buffer)));
    }
    if (relocations->has_other_table) {
        printf("; and section %s", relocations->other_table);
    }
    putchar('\n');
}

static void print_undefined(const struct image *image)
{
    printf("undefined    ");
    if (!image->has_symbols) {
        printf("unknown, there is no symbol table\n");
        return;
    }
    printf("%s", image->undefined_count == 0 ? "none" : "");
    for (uint32_t i = 0; i < image->undefined_names; i++) {
        printf("%s%s", i == 0 ? "" : ", ", image->undefined[i]);
    }
    if (image->undefined_count > image->undefined_names) {
        printf(" and %" PRIu64 " more", image->undefined_count - image->undefined_names);
    }
    putchar('\n');
}

void info_image(const char *path, const struct image *image)
{
    char shown[256];

    make_printable(shown, sizeof(shown), path, strlen(path));
    printf("image        %s: AArch64, %s\n", shown, elf_type_name(image->elf_type));
    printf("entry        0x%" PRIx64 "\n", image->entry);
    printf("raw size     %" PRIu64 " bytes (the .bin)\n", image->raw_bytes);
    printf("memory       0x%" PRIx64 " to 0x%" PRIx64 ", %" PRIu64 " bytes\n", image->low,
           image->high - 1, image->high - image->low);
    if (image->port_max_pes.present) {
        printf("PEs          at most %" PRIu64 "\n", image->port_max_pes.value);
    }
    print_sections(image);
    print_segments(image);
    print_relocations(&image->relocations);
    print_undefined(image);
}

static void print_number(const char *name, struct tree_number number, bool decimal)
{
    if (!number.present) {
        printf(" %s missing", name);
    } else if (decimal) {
        printf(" %s %" PRIu64, name, number.value);
    } else {
        printf(" %s 0x%" PRIx64, name, number.value);
    }
}

static void print_attribute(const struct tree *tree)
{
    printf("/attribute  ");
    if (!tree->has_attribute) {
        printf(" missing");
    }
    for (int i = 0; tree->has_attribute && i < TREE_ATTRIBUTES; i++) {
        print_number(tree_attribute_name(i), tree->attribute[i],
                     i == TREE_MAJ_VER || i == TREE_MIN_VER);
    }
    putchar('\n');
}

static void print_vms(const struct tree *tree)
{
    uint32_t shown = tree->vm_count < TREE_MAX_VMS ? tree->vm_count : TREE_MAX_VMS;

    printf("partitions   %" PRIu32 " vm nodes\n", tree->vm_count);
    for (uint32_t i = 0; i < shown; i++) {
        const struct tree_vm *vm = &tree->vm[i];

        printf("  %-10s \"%s\"", vm->node, vm->name);
        print_number("load_address", vm->load_address, false);
        print_number("mem_size", vm->mem_size, false);
        print_number("vcpu_count", vm->vcpu_count, true);
        printf(" uuid %s\n", vm->uuid[0] != '\0' ? vm->uuid : "missing");
    }
}

void info_tree(const char *path, const struct tree *tree)
{
    char shown[256];

    make_printable(shown, sizeof(shown), path, strlen(path));
    printf("manifest     %s: %zu bytes%s\n", shown, tree->size,
           tree->is_manifest ? "" : ", not \"arm,ffa-core-manifest-1.0\"");
    print_attribute(tree);
    printf("PEs          %" PRIu32 " cpu nodes\n", tree->cpu_count);
    print_vms(tree);
    printf("memory       %" PRIu32 " ranges\n", tree->range_count);
    for (uint32_t i = 0; i < tree->range_count; i++) {
        const struct tree_range *range = &tree->range[i];

        printf("  %-16s 0x%" PRIx64 " + 0x%" PRIx64 " (%s)\n", range->type, range->base,
               range->size, range->node);
    }
}
