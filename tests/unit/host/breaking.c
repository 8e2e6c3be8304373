/* SPDX-License-Identifier: BSD-3-Clause */
#include "breaking.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct world {
    struct context base;
    void (*breakage)(struct run *run);
    unsigned step;
    uint64_t x[31];
};

static void (*breakage)(struct run *run);

struct run_config config;
struct run_result result;
uint32_t last_call;
uint32_t last_w1;

static void w_resume(struct context *context, struct context_exit *exit)
{
    struct world *world = (struct world *)context;

    *exit = (struct context_exit){.kind = CONTEXT_EXIT_SYNC, .esr = 0x17ull << 26 | 1u << 25};
    memset(world->x, 0, sizeof(world->x));
    switch (world->step++) {
    case 0:
        world->x[0] = FFA_MSG_SEND_DIRECT_REQ_32;
        world->x[1] = 0x8001;
        world->x[3] = 0xec0;
        break;
    case 1:
        if (world->breakage != NULL) {
            world->breakage(run_of(context->machine));
        }
        world->x[0] = last_call;
        world->x[1] = last_w1;
        break;
    default:
        exit->kind = CONTEXT_EXIT_FINISHED;
        break;
    }
}

static void w_get_x(struct context *context, unsigned first, unsigned count, uint64_t *x)
{
    memcpy(x, &((struct world *)context)->x[first], count * sizeof(*x));
}

static void w_set_x(struct context *context, unsigned first, unsigned count, const uint64_t *x)
{
    memcpy(&((struct world *)context)->x[first], x, count * sizeof(*x));
}

static uint64_t w_get_sysreg(struct context *context, enum context_sysreg reg)
{
    (void)context;
    (void)reg;
    return 0;
}

static void w_set_sysreg(struct context *context, enum context_sysreg reg, uint64_t value)
{
    (void)context;
    (void)reg;
    (void)value;
}

static void w_reset(struct context *context, uint64_t pc, const uint64_t x[8])
{
    (void)context;
    (void)pc;
    (void)x;
}

static void w_flush_tlb(struct context *context)
{
    (void)context;
}

static void w_flush_code(struct context *context, uint64_t pa, uint64_t size_bytes)
{
    (void)context;
    (void)pa;
    (void)size_bytes;
}

static void w_destroy(struct context *context)
{
    free(context);
}

static void w_flush_tlb_page(struct context *context, uint64_t page)
{
    (void)context;
    (void)page;
}

static const struct context_ops world_ops = {
    .resume = w_resume,
    .get_x = w_get_x,
    .set_x = w_set_x,
    .get_sysreg = w_get_sysreg,
    .set_sysreg = w_set_sysreg,
    .reset = w_reset,
    .flush_tlb = w_flush_tlb,
    .flush_code = w_flush_code,
    .destroy = w_destroy,
    .flush_tlb_page = w_flush_tlb_page,
};

static struct context *make_world(void *user, struct machine *machine,
                                  const struct context_config *given, struct sim_error *err)
{
    struct world *world = calloc(1, sizeof(*world));

    (void)user;
    (void)err;
    ck_assert_ptr_nonnull(world);
    world->base = (struct context){.ops = &world_ops, .machine = machine, .config = *given};
    world->breakage = breakage;
    return &world->base;
}

static struct run_blob load(const char *name)
{
    char path[1024];
    FILE *file;
    long size;
    char *data;

    snprintf(path, sizeof(path), "%s/%s", SHARE, name);
    file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s", path);
    fseek(file, 0, SEEK_END);
    size = ftell(file);
    rewind(file);
    data = malloc((size_t)size);
    ck_assert_uint_eq(fread(data, 1, (size_t)size, file), (size_t)size);
    fclose(file);
    return (struct run_blob){data, (size_t)size, name};
}

void use_partition(const char *image, const char *manifest)
{
    char path[64];

    free((void *)(uintptr_t)config.partition[0].image.data);
    free((void *)(uintptr_t)config.partition[0].manifest.data);
    config.partition[0].name = image;
    snprintf(path, sizeof(path), "guests/%s.bin", image);
    config.partition[0].image = load(path);
    snprintf(path, sizeof(path), "guests/%s.dtb", manifest);
    config.partition[0].manifest = load(path);
}

void set_up(void)
{
    memset(&config, 0, sizeof(config));
    config.name = "checks";
    config.board = load("platforms/sim/board.dtb");
    config.spmc_manifest = load("platforms/sim/spmc_manifest.dtb");
    config.partition_count = 1;
    use_partition("echo", "echo");
    config.nwd.make = make_world;
    config.limit_ns = 5000000;
    config.check = true;
    config.trace = trace_create();
    last_call = FFA_RX_RELEASE; /* refused: there is no buffer */
    last_w1 = 0;
}

void tear_down(void)
{
    free((void *)(uintptr_t)config.board.data);
    free((void *)(uintptr_t)config.spmc_manifest.data);
    free((void *)(uintptr_t)config.partition[0].image.data);
    free((void *)(uintptr_t)config.partition[0].manifest.data);
    trace_destroy(config.trace);
}

void run_with(void (*fn)(struct run *run))
{
    struct sim_error err;
    struct run *run;

    breakage = fn;
    run = run_create(&config, &err);
    ck_assert_msg(run != NULL, "%s", err.text);
    run_execute(run, &result);
    run_destroy(run);
}

void ck_broken(void (*fn)(struct run *run), const char *words)
{
    run_with(fn);
    ck_assert_int_eq(result.verdict, RUN_FAILED);
    ck_assert_msg(strstr(result.why, words) != NULL, "%s", result.why);
}
