/* SPDX-License-Identifier: BSD-3-Clause */
#include "guest.h"

#include <string.h>

#include "sim/device/gic.h"

#define GICD   0x2f000000u
#define GICR   0x2f100000u
#define SGI(r) (GICR + 0x10000u + (r))

struct machine *machine;
struct sim_pe *pe;
struct context *context;
struct context_exit out;
struct told told;

static void add_devices(struct tree *tree)
{
    const uint64_t gic[] = {GICD, 0x10000, GICR, 0x20000};
    const uint32_t timers[] = {1, 13, 4, 1, 14, 4, 1, 11, 4, 1, 10, 4, 1, 12, 4};

    tree_memory(tree, SECURE_RAM, 0x100000, true);
    tree_open(tree, "gic@2f000000");
    tree_string(tree, "compatible", "arm,gic-v3");
    tree_u64s(tree, "reg", 4, gic);
    tree_close(tree);
    tree_open(tree, "timer");
    tree_string(tree, "compatible", "arm,armv8-timer");
    tree_u32s(tree, "interrupts", 15, timers);
    tree_u32(tree, "clock-frequency", 62500000);
    tree_close(tree);
}

/* Vectors that tell their offset. */
static void telling_vectors(uint64_t at)
{
    for (unsigned i = 0; i < 16; i++) {
        CODE_AT(at + 0x80u * i, SMC(i));
    }
}

void guest_begin(void)
{
    told_begin(&told);
    machine = make_machine(1, MACHINE_NEVER, told.trace, add_devices);
    pe = &machine->pe[0];
    pe->slice_end_ns = MACHINE_NEVER;
    context = NULL;
    gic_boot(machine);
    telling_vectors(NS_RAM + VECTORS1);
    telling_vectors(NS_RAM + VECTORS2);
    telling_vectors(SECURE_RAM + VECTORS1);
}

void guest_end(void)
{
    if (context != NULL) {
        context->ops->destroy(context);
    }
    machine_destroy(machine);
    told_end(&told);
}

int guest_run(const char *name, const TTest *const *tests, unsigned count)
{
    Suite *suite = suite_create(name);
    TCase *tcase = tcase_create(name);
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, guest_begin, guest_end);
    tcase_set_timeout(tcase, 60);
    for (unsigned i = 0; i < count; i++) {
        tcase_add_test(tcase, tests[i]);
    }
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

static void start(const struct context_config *config)
{
    const uint64_t zero[8] = {0};
    struct sim_error err;

    if (context != NULL) {
        context->ops->destroy(context);
    }
    context = context_create_emulated(machine, config, &err);
    ck_assert_ptr_nonnull(context);
    context->pe = pe;
    context->ops->reset(context, ram(), zero);
    context->ops->set_sysreg(context, CONTEXT_VBAR_EL1, ram() + VECTORS1);
}

void start_nwd(uint8_t top_el)
{
    start(&(struct context_config){.name = "nwd", .top_el = top_el});
}

void start_partition(void)
{
    start(&(struct context_config){
        .name = "sp", .endpoint = 0x8001, .top_el = 1, .secure = true, .stage2 = true});
}

void start_el0(void)
{
    start(&(struct context_config){.name = "sp", .endpoint = 0x8001, .secure = true});
}

uint64_t ram(void)
{
    return context->config.secure ? SECURE_RAM : NS_RAM;
}

void code(uint64_t at, const uint32_t *words, size_t count)
{
    ck_assert(bus_copy_to(&machine->bus, at, words, count * 4,
                          at < SECURE_RAM ? BUS_NON_SECURE : BUS_SECURE));
}

void run(void)
{
    context->ops->resume(context, &out);
}

static void scheduled(struct sim_pe *self, void *arg)
{
    (void)arg;
    do {
        machine_pe_yield(self);
        run();
        if (out.kind == CONTEXT_EXIT_WFI) {
            machine_pe_wait(self);
        }
    } while (out.kind == CONTEXT_EXIT_SLICE || out.kind == CONTEXT_EXIT_WFI);
}

enum machine_end run_scheduled(void)
{
    ck_assert(machine_pe_start(pe, scheduled, NULL, 0));
    return machine_run(machine);
}

uint64_t x(unsigned n)
{
    uint64_t value;

    context->ops->get_x(context, n, 1, &value);
    return value;
}

void set_x(unsigned n, uint64_t value)
{
    context->ops->set_x(context, n, 1, &value);
}

uint64_t sys(enum context_sysreg reg)
{
    return context->ops->get_sysreg(context, reg);
}

void set_sys(enum context_sysreg reg, uint64_t value)
{
    context->ops->set_sysreg(context, reg, value);
}

unsigned vector_taken(void)
{
    run();
    ck_assert_int_eq(out.kind, CONTEXT_EXIT_SYNC);
    ck_assert_uint_eq(out.esr >> 26, 0x17);
    return 0x80u * (unsigned)(out.esr & 0xffff);
}

static void set_bit(uint64_t reg, unsigned bit, bool value)
{
    uint64_t old = 0;

    ck_assert(bus_read(&machine->bus, pe, reg, 4, BUS_SECURE, &old));
    old = value ? old | 1u << bit : old & ~(uint64_t)(1u << bit);
    ck_assert(bus_write(&machine->bus, pe, reg, 4, BUS_SECURE, old));
}

void configure(unsigned intid, enum guest_group group)
{
    set_bit(SGI(0x80), intid, group == GROUP1_NON_SECURE);
    set_bit(SGI(0xd00), intid, group == GROUP1_SECURE);
    ck_assert(bus_write(&machine->bus, pe, SGI(0x100), 4, BUS_SECURE, 1u << intid));
}

void set_line(unsigned intid, bool level)
{
    gic_set_level(machine, pe, intid, level);
}
