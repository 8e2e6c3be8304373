/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inside the board reader: one walk over the tree, with what a node inherits from its parents kept
 * by depth. Everything here is bounded by the capacities of board.h and the constants below.
 */
#ifndef SIM_BOARD_READER_H
#define SIM_BOARD_READER_H

#include "sim/machine/board.h"

#define BOARD_MAX_DEPTH     16
#define BOARD_MAX_FDT_BYTES (4u * 1024 * 1024)
#define BOARD_PAGE_BYTES    4096u
#define BOARD_PA_BITS       52

/* What a node means for the nodes below it. */
struct board_level {
    int node;
    uint32_t address_cells; /* of its children's reg */
    uint32_t size_cells;
    uint32_t interrupt_cells; /* of the interrupt parent that it has or inherits */
    bool mapped;              /* its children's addresses can be translated to the parent's */
    bool identity;            /* ... unchanged */
    bool cpus;                /* /cpus and what is below */
    bool skipped;             /* describes no hardware (reserved-memory, chosen ...) */
    bool secure;              /* available to the secure world */
    bool non_secure;
    size_t path_bytes; /* length of its path */
};

struct board_reader {
    struct board *board;
    const void *fdt;
    const char *where;
    struct sim_error *err;
    char path[128]; /* of the present node */
    struct board_level level[BOARD_MAX_DEPTH];
};

/* "where: path: ..." into reader->err; returns false. */
bool board_fault(struct board_reader *reader, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Fills level[depth] from the node and its parents and sets reader->path. */
bool board_enter(struct board_reader *reader, int node, unsigned depth);

/* Number of reg entries of a node at `depth` (0 when there is no reg); false: malformed. */
bool board_reg_count(struct board_reader *reader, unsigned depth, unsigned *count);
/* Entry `index` of reg as CPU physical addresses, translated through every parent's ranges. */
bool board_reg(struct board_reader *reader, unsigned depth, unsigned index, struct board_reg *out);

/* A property of strings: its first one, or NULL when absent. False: not NUL-terminated strings. */
bool board_string(struct board_reader *reader, int node, const char *property, const char **text);

/* Decode one node of a kind. */
bool board_read_cpu(struct board_reader *reader, unsigned depth);
bool board_read_memory(struct board_reader *reader, unsigned depth);
bool board_read_device(struct board_reader *reader, unsigned depth, const char *compatible);

#endif
