/* SPDX-License-Identifier: BSD-3-Clause */
/* Device trees made on the spot, and a sink that keeps what a run told. */
#ifndef TESTS_MACHINE_TREE_H
#define TESTS_MACHINE_TREE_H

#include <stddef.h>
#include <stdint.h>

#include "sim/machine/machine.h"
#include "sim/trace/trace.h"

#define TREE_BYTES 65536

struct tree {
    uint8_t blob[TREE_BYTES];
    size_t size_bytes; /* after tree_end() */
};

/* The root is open afterwards, with 2 address and 2 size cells. */
void tree_begin(struct tree *tree);
void tree_open(struct tree *tree, const char *name);
void tree_close(struct tree *tree);
void tree_string(struct tree *tree, const char *name, const char *value);
void tree_u32(struct tree *tree, const char *name, uint32_t value);
void tree_u32s(struct tree *tree, const char *name, unsigned count, const uint32_t *values);
void tree_u64s(struct tree *tree, const char *name, unsigned count, const uint64_t *values);
void tree_empty(struct tree *tree, const char *name);
void tree_end(struct tree *tree); /* closes the root */

/* Whole nodes */
void tree_cpus(struct tree *tree, unsigned count);
void tree_memory(struct tree *tree, uint64_t base, uint64_t size_bytes, bool secure);
void tree_device(struct tree *tree, const char *name, const char *compatible, uint64_t base,
                 uint64_t size_bytes);

/* A machine with `pes` PEs, 1 MiB of RAM and what `more` adds (may be NULL). Aborts on failure. */
struct machine *make_machine(unsigned pes, uint64_t limit_ns, struct trace *trace,
                             void (*more)(struct tree *tree));

#define TOLD_MAX 64

struct told {
    struct trace_sink sink; /* first */
    struct trace *trace;
    unsigned count; /* all; the first TOLD_MAX are kept */
    struct event_header header[TOLD_MAX];
    uint64_t arg0[TOLD_MAX];
    char text[TOLD_MAX][EVENT_MAX_TEXT + 1];
};

void told_begin(struct told *told);
void told_end(struct told *told);
unsigned told_of_type(const struct told *told, enum event_type type);

#endif
