/* SPDX-License-Identifier: BSD-3-Clause */
#include "tree.h"

#include <check.h>
#include <inttypes.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void tree_begin(struct tree *tree)
{
    memset(tree, 0, sizeof(*tree));
    ck_assert_int_eq(fdt_create(tree->blob, TREE_BYTES), 0);
    ck_assert_int_eq(fdt_finish_reservemap(tree->blob), 0);
    tree_open(tree, "");
    tree_string(tree, "model", "test board");
    tree_u32(tree, "#address-cells", 2);
    tree_u32(tree, "#size-cells", 2);
}

void tree_open(struct tree *tree, const char *name)
{
    ck_assert_int_eq(fdt_begin_node(tree->blob, name), 0);
}

void tree_close(struct tree *tree)
{
    ck_assert_int_eq(fdt_end_node(tree->blob), 0);
}

void tree_string(struct tree *tree, const char *name, const char *value)
{
    ck_assert_int_eq(fdt_property_string(tree->blob, name, value), 0);
}

void tree_u32(struct tree *tree, const char *name, uint32_t value)
{
    ck_assert_int_eq(fdt_property_u32(tree->blob, name, value), 0);
}

void tree_u32s(struct tree *tree, const char *name, unsigned count, const uint32_t *values)
{
    void *at = NULL;

    ck_assert_int_eq(fdt_property_placeholder(tree->blob, name, (int)(4 * count), &at), 0);
    for (unsigned i = 0; i < count; i++)
        fdt32_st((uint8_t *)at + 4 * i, values[i]);
}

void tree_u64s(struct tree *tree, const char *name, unsigned count, const uint64_t *values)
{
    void *at = NULL;

    ck_assert_int_eq(fdt_property_placeholder(tree->blob, name, (int)(8 * count), &at), 0);
    for (unsigned i = 0; i < count; i++) {
        for (unsigned byte = 0; byte < 8; byte++)
            ((uint8_t *)at)[8 * i + byte] = (uint8_t)(values[i] >> (56 - 8 * byte));
    }
}

void tree_empty(struct tree *tree, const char *name)
{
    ck_assert_int_eq(fdt_property(tree->blob, name, NULL, 0), 0);
}

void tree_end(struct tree *tree)
{
    tree_close(tree);
    ck_assert_int_eq(fdt_finish(tree->blob), 0);
    tree->size_bytes = fdt_totalsize(tree->blob);
}

void tree_cpus(struct tree *tree, unsigned count)
{
    tree_open(tree, "cpus");
    tree_u32(tree, "#address-cells", 2);
    tree_u32(tree, "#size-cells", 0);
    for (uint64_t i = 0; i < count; i++) {
        char name[32];
        snprintf(name, sizeof(name), "cpu@%" PRIx64, i);
        tree_open(tree, name);
        tree_string(tree, "device_type", "cpu");
        tree_string(tree, "compatible", "arm,armv8");
        tree_u64s(tree, "reg", 1, &i);
        tree_close(tree);
    }
    tree_close(tree);
}

void tree_memory(struct tree *tree, uint64_t base, uint64_t size_bytes, bool secure)
{
    const uint64_t reg[] = {base, size_bytes};
    char name[32];

    snprintf(name, sizeof(name), "memory@%" PRIx64, base);
    tree_open(tree, name);
    tree_string(tree, "device_type", "memory");
    tree_u64s(tree, "reg", 2, reg);
    if (secure) {
        tree_string(tree, "status", "disabled");
        tree_string(tree, "secure-status", "okay");
    }
    tree_close(tree);
}

void tree_device(struct tree *tree, const char *name, const char *compatible, uint64_t base,
                 uint64_t size_bytes)
{
    const uint64_t reg[] = {base, size_bytes};

    tree_open(tree, name);
    tree_string(tree, "compatible", compatible);
    tree_u64s(tree, "reg", 2, reg);
    tree_close(tree);
}

struct machine *make_machine(unsigned pes, uint64_t limit_ns, struct trace *trace,
                             void (*more)(struct tree *tree))
{
    struct tree *tree = calloc(1, sizeof(*tree));
    struct board board;
    struct sim_error err = {0};
    struct machine *machine;

    ck_assert_ptr_nonnull(tree);
    tree_begin(tree);
    tree_cpus(tree, pes);
    tree_memory(tree, 0x80000000, 0x100000, false);
    if (more != NULL)
        more(tree);
    tree_end(tree);
    ck_assert_msg(board_read(tree->blob, tree->size_bytes, "test", &board, &err), "%s", err.text);
    free(tree);
    machine = machine_create(&board, pes, trace, 1, limit_ns, &err);
    ck_assert_msg(machine != NULL, "%s", err.text);
    return machine;
}

static void keep(struct trace_sink *sink, const struct trace_event *event)
{
    struct told *told = (struct told *)sink;
    unsigned at = told->count++;

    if (at >= TOLD_MAX)
        return;
    told->header[at] = event->header;
    told->arg0[at] = event->header.arg_count != 0 ? event->arg[0] : 0;
    if (event->header.text_bytes != 0)
        memcpy(told->text[at], event->text, event->header.text_bytes);
    told->text[at][event->header.text_bytes] = '\0';
}

void told_begin(struct told *told)
{
    memset(told, 0, sizeof(*told));
    told->sink.event = keep;
    told->trace = trace_create();
    ck_assert_ptr_nonnull(told->trace);
    trace_add_sink(told->trace, &told->sink);
}

void told_end(struct told *told)
{
    trace_destroy(told->trace);
}

unsigned told_of_type(const struct told *told, enum event_type type)
{
    unsigned found = 0;

    for (unsigned i = 0; i < told->count && i < TOLD_MAX; i++)
        found += told->header[i].type == type;
    return found;
}
