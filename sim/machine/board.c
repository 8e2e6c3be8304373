/* SPDX-License-Identifier: BSD-3-Clause */
/* The board reader: the walk, and the checks that need the whole board. */
#include "sim/machine/board.h"

#include <inttypes.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/machine/board_reader.h"

#define DEFAULT_COUNTER_HZ 62500000u

static bool copy_tree(struct board_reader *reader, const void *fdt, size_t size_bytes)
{
    struct board *board = reader->board;
    int status;

    if (size_bytes < sizeof(struct fdt_header) || size_bytes > BOARD_MAX_FDT_BYTES)
        return sim_fail(reader->err, SIM_BAD_INPUT,
                        "%s: a device tree has %zu to %u bytes, this has %zu", reader->where,
                        sizeof(struct fdt_header), BOARD_MAX_FDT_BYTES, size_bytes);

    /* The copy is aligned as libfdt wants it, which a file's bytes need not be. */
    board->fdt = malloc(size_bytes);
    if (board->fdt == NULL)
        return sim_fail(reader->err, SIM_INTERNAL, "%s: no memory for the device tree",
                        reader->where);
    memcpy(board->fdt, fdt, size_bytes);
    board->fdt_size_bytes = size_bytes;
    reader->fdt = board->fdt;

    /* Before version 16 libfdt's own check falls over a root without a name. */
    status = size_bytes < sizeof(struct fdt_header) ? -FDT_ERR_TRUNCATED
             : fdt_version(board->fdt) < 16 && fdt_magic(board->fdt) == FDT_MAGIC
                 ? -FDT_ERR_BADVERSION
                 : fdt_check_full(board->fdt, size_bytes);
    if (status != 0)
        return sim_fail(reader->err, SIM_BAD_INPUT, "%s: not a sound device tree: %s",
                        reader->where, fdt_strerror(status));
    return true;
}

/* A frame of a memory-mapped timer has no compatible of its own: its parent says what it is. */
static bool is_timer_frame(const struct board_reader *reader, unsigned depth)
{
    const char *name = fdt_get_name(reader->fdt, reader->level[depth].node, NULL);

    return depth > 1 && name != NULL && strncmp(name, "frame@", 6) == 0 &&
           fdt_node_check_compatible(reader->fdt, reader->level[depth - 1].node, BOARD_TIMER_MEM) ==
               0;
}

/* One node: its kind decides who decodes it. */
static bool read_node(struct board_reader *reader, unsigned depth)
{
    const struct board_level *level = &reader->level[depth];
    const char *type = NULL;
    const char *compatible = NULL;

    if (depth == 0 || level->skipped)
        return true;
    if (!board_string(reader, level->node, "device_type", &type) ||
        !board_string(reader, level->node, "compatible", &compatible))
        return false;

    if (level->cpus) {
        bool cpu = type != NULL && strcmp(type, "cpu") == 0;
        return !cpu || board_read_cpu(reader, depth);
    }
    if (!level->secure && !level->non_secure)
        return true;
    if (type != NULL && strcmp(type, "memory") == 0)
        return board_read_memory(reader, depth);
    if (compatible != NULL)
        return board_read_device(reader, depth, compatible);
    if (is_timer_frame(reader, depth))
        return board_read_device(reader, depth, BOARD_TIMER_FRAME);
    return true;
}

static bool walk(struct board_reader *reader)
{
    int depth = 0;

    for (int node = 0; node >= 0 && depth >= 0; node = fdt_next_node(reader->fdt, node, &depth)) {
        if (depth >= BOARD_MAX_DEPTH)
            return board_fault(reader, "nodes below this one are more than %d levels deep",
                               BOARD_MAX_DEPTH);
        if (!board_enter(reader, node, (unsigned)depth) || !read_node(reader, (unsigned)depth))
            return false;
    }
    return true;
}

static bool read_name(struct board_reader *reader)
{
    const char *name = NULL;

    if (!board_string(reader, 0, "model", &name))
        return false;
    if (name == NULL && !board_string(reader, 0, "compatible", &name))
        return false;
    snprintf(reader->board->name, sizeof(reader->board->name), "%s",
             name != NULL ? name : "unnamed board");
    return true;
}

/* One range of the board, for the overlap check. */
struct claim {
    struct board_reg reg;
    const char *name;
};

static bool overlap(const struct board_reg *a, const struct board_reg *b)
{
    return a->base < b->base ? b->base - a->base < a->size_bytes
                             : a->base - b->base < b->size_bytes;
}

static int by_base(const void *a, const void *b)
{
    const struct claim *left = a;
    const struct claim *right = b;

    if (left->reg.base != right->reg.base)
        return left->reg.base < right->reg.base ? -1 : 1;
    /* Names make the order total: the finding must not hang on the host's qsort. */
    return strcmp(left->name, right->name);
}

/* Both worlds' address spaces share one map: two things may not be at one address. */
static bool check_overlaps(struct board_reader *reader)
{
    const struct board *board = reader->board;
    struct claim claim[BOARD_MAX_RAM + BOARD_MAX_DEVICES * BOARD_MAX_REGS];
    unsigned count = 0;

    for (unsigned i = 0; i < board->ram_count; i++) {
        claim[count].reg.base = board->ram[i].base;
        claim[count].reg.size_bytes = board->ram[i].size_bytes;
        claim[count++].name = board->ram[i].name;
    }
    for (unsigned i = 0; i < board->device_count; i++) {
        for (unsigned j = 0; j < board->device[i].reg_count; j++) {
            claim[count].reg = board->device[i].reg[j];
            claim[count++].name = board->device[i].path;
        }
    }
    qsort(claim, count, sizeof(claim[0]), by_base);
    for (unsigned i = 1; i < count; i++) {
        const struct claim *low = &claim[i - 1];
        const struct claim *high = &claim[i];
        if (overlap(&low->reg, &high->reg))
            return sim_fail(reader->err, SIM_BAD_INPUT,
                            "%s: %s: [0x%" PRIx64 ", 0x%" PRIx64 "] overlaps %s at 0x%" PRIx64,
                            reader->where, high->name, high->reg.base,
                            high->reg.base + (high->reg.size_bytes - 1), low->name, low->reg.base);
    }
    return true;
}

/* Cores that count as multithreaded keep Aff0 for the thread, of which each has one. */
static bool has_threads(const struct board *board)
{
    for (unsigned i = 0; i < board->pe_count; i++) {
        if ((board->mpidr[i] & 0xff) != 0)
            return false;
    }
    return board->pe_count > 1;
}

static bool check_whole(struct board_reader *reader)
{
    const struct board *board = reader->board;

    if (board->pe_count == 0)
        return sim_fail(reader->err, SIM_BAD_INPUT,
                        "%s: /cpus: no node with device_type = \"cpu\" and reg", reader->where);
    if (board->ram_count == 0)
        return sim_fail(reader->err, SIM_BAD_INPUT,
                        "%s: /: no enabled node with device_type = \"memory\"", reader->where);
    reader->board->threads = has_threads(board);
    return check_overlaps(reader);
}

bool board_read(const void *fdt, size_t size_bytes, const char *where, struct board *out,
                struct sim_error *err)
{
    struct board_reader reader;

    memset(out, 0, sizeof(*out));
    memset(&reader, 0, sizeof(reader));
    reader.board = out;
    reader.where = where;
    reader.err = err;
    out->counter_hz = DEFAULT_COUNTER_HZ;

    if (copy_tree(&reader, fdt, size_bytes) && read_name(&reader) && walk(&reader) &&
        check_whole(&reader))
        return true;
    board_free(out);
    return false;
}

void board_free(struct board *board)
{
    free(board->fdt);
    memset(board, 0, sizeof(*board));
}
