/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * orrery-image: what is in a firmware image of the SPMC, and whether it may be put onto a board.
 *
 * The files are anybody's: every reader here is total. It fills its structure or says one line and
 * returns IMAGE_BAD_INPUT. Texts out of a file are made printable when they are read.
 */
#ifndef ORRERY_IMAGE_H
#define ORRERY_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum image_status {
    IMAGE_OK = 0,
    IMAGE_FAILED = 1,    /* a check failed */
    IMAGE_BAD_INPUT = 2, /* usage, or a file that can not be read */
    IMAGE_INTERNAL = 3,  /* out of memory, or standard output is gone */
};

#define IMAGE_PAGE           4096u
#define IMAGE_LIMIT_BYTES    (512u * 1024u) /* the raw image has to stay below */
#define IMAGE_FILE_MAX_BYTES (64u << 20)
#define IMAGE_FDT_MAX_BYTES  (256u << 10)
#define IMAGE_MAX_SEGMENTS   64u
#define IMAGE_MAX_SECTIONS   256u
#define IMAGE_NAME_BYTES     48u
#define IMAGE_MAX_NAMES      8u
#define IMAGE_MAX_KINDS      12u

enum file_kind { FILE_ELF, FILE_FDT, FILE_OTHER };

struct file_bytes {
    char *data; /* aligned for any type, exactly as long as the file */
    size_t size;
    enum file_kind kind;
};

struct image_segment {
    uint32_t type;
    uint32_t flags;
    uint64_t file_offset;
    uint64_t address;      /* virtual */
    uint64_t load_address; /* "physical": where objcopy -O binary puts it */
    uint64_t file_bytes;
    uint64_t memory_bytes;
};

struct image_section {
    char name[IMAGE_NAME_BYTES];
    uint32_t type;
    uint64_t flags;
    uint64_t address;
    uint64_t size;
};

/* How many relocations break a rule, and the first of them */
struct image_culprits {
    uint64_t count;
    uint32_t type;
    uint64_t target;
    uint64_t addend;
};

struct image_relocations {
    uint64_t count; /* in all tables that are loaded */
    uint32_t kind_count;
    struct {
        uint32_t type;
        uint64_t count;
    } kind[IMAGE_MAX_KINDS]; /* what finds no room is counted with the last */
    struct image_culprits not_relative;
    struct image_culprits outside;   /* addend not in the image */
    struct image_culprits misplaced; /* target not an aligned word of loaded data */
    bool has_other_table;            /* SHT_REL or SHT_RELR, which the SPMC does not apply */
    char other_table[IMAGE_NAME_BYTES];
    uint64_t dynamic_count; /* as DT_RELASZ says */
};

/* A symbol with a number for a value */
struct image_constant {
    bool present;
    uint64_t value;
};

struct image {
    uint32_t elf_type;
    uint64_t entry;
    uint32_t segment_count;
    struct image_segment segment[IMAGE_MAX_SEGMENTS];
    uint32_t section_count;
    struct image_section section[IMAGE_MAX_SECTIONS];
    uint64_t low; /* all memory of the image, by its PT_LOAD segments; high is behind the end */
    uint64_t high;
    uint64_t raw_bytes; /* length of the .bin */
    bool wants_loader;  /* PT_INTERP, or a needed library */
    struct image_relocations relocations;
    bool has_symbols;
    uint64_t undefined_count;
    uint32_t undefined_names;
    char undefined[IMAGE_MAX_NAMES][IMAGE_NAME_BYTES];
    struct image_constant port_range_bytes;
    struct image_constant port_max_pes;
};

#define TREE_MAX_VMS    32u
#define TREE_MAX_RANGES 80u

enum tree_attribute {
    TREE_SPMC_ID,
    TREE_MAJ_VER,
    TREE_MIN_VER,
    TREE_EXEC_STATE,
    TREE_LOAD_ADDRESS,
    TREE_ENTRYPOINT,
    TREE_BINARY_SIZE,
    TREE_ATTRIBUTES
};

struct tree_number {
    bool present;
    uint64_t value;
};

struct tree_vm {
    char node[IMAGE_NAME_BYTES];
    char name[IMAGE_NAME_BYTES];
    char uuid[40];
    struct tree_number load_address;
    struct tree_number mem_size;
    struct tree_number vcpu_count;
};

struct tree_range {
    char node[IMAGE_NAME_BYTES];
    char type[IMAGE_NAME_BYTES]; /* device_type: memory, ns-memory, ... */
    uint64_t base;
    uint64_t size; /* base + size does not wrap */
};

/* An SPMC manifest, as far as this program looks at it; what is missing is left out. */
struct tree {
    size_t size;
    bool is_manifest; /* the root's compatible says so */
    bool has_attribute;
    struct tree_number attribute[TREE_ATTRIBUTES];
    uint32_t cpu_count;
    uint32_t vm_count; /* of all; the array has the first ones */
    struct tree_vm vm[TREE_MAX_VMS];
    uint32_t range_count;
    struct tree_range range[TREE_MAX_RANGES];
    /* What the readers of the product say to it; empty: nothing */
    char spmc_says[256];
    char spmd_says[256];
};

/* One line on stderr, "orrery-image: PATH: ..."; returns IMAGE_BAD_INPUT. */
int complain(const char *path, const char *format, ...) __attribute__((format(printf, 2, 3)));
int out_of_memory(void);
/* Copies text, with anything that is not printable ASCII replaced, and cut to fit. */
void make_printable(char *out, size_t size, const char *text, size_t length);

int file_read(const char *path, struct file_bytes *out);
int image_read(const char *path, struct file_bytes *file, struct image *out);
int tree_read(const char *path, const struct file_bytes *file, struct tree *out);

void info_image(const char *path, const struct image *image);
void info_tree(const char *path, const struct tree *tree);
/* tree may be NULL: the image alone. Returns IMAGE_OK or IMAGE_FAILED. */
int check_image(const char *path, const struct image *image, const struct tree *tree);

const char *tree_attribute_name(enum tree_attribute attribute);
const char *relocation_name(uint32_t type, char *buffer, size_t size);
const char *segment_type_name(uint32_t type, char *buffer, size_t size);
/* "R-X" and so on */
const char *segment_flags_name(uint32_t flags);

#endif
