/* SPDX-License-Identifier: BSD-3-Clause */
#include "fixture.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arch.h"

struct spmd spmd;
struct spmd_cpu cpus[2];
uint64_t x[FFA_REGS_EXTENDED];
unsigned count;
uint32_t group0_pending = GROUP0_NONE;
unsigned group0_ended;
char fdt[FDT_BYTES];

void spmd_arch_lock(uint32_t *lock)
{
    ck_assert_uint_eq(*lock, 0);
    *lock = 1;
}

void spmd_arch_unlock(uint32_t *lock)
{
    ck_assert_uint_eq(*lock, 1);
    *lock = 0;
}

static void add_cpu(int parent, const char *name, uint32_t mpidr)
{
    int node = fdt_add_subnode(fdt, parent, name);

    fdt_setprop_string(fdt, node, "device_type", "cpu");
    fdt_setprop_u32(fdt, node, "reg", mpidr);
}

/* With the manifest as a test left it. */
const char *init_again(void)
{
    const char *why = NULL;

    return spmd_init(&spmd, fdt, FDT_BYTES, cpus, 2, &why) ? NULL : why;
}

/* A good SPMC manifest with one number of /attribute changed. */
const char *init_with(const char *property, uint32_t value, const char *compatible)
{
    static const struct {
        const char *name;
        uint32_t value;
    } good[] = {{"spmc_id", 0x8000},    {"maj_ver", 1},           {"min_ver", 3},
                {"exec_state", 0},      {"load_address", 0x1000}, {"entrypoint", 0x1000},
                {"binary_size", 0x1000}};
    const char *why = NULL;
    int node;

    ck_assert_int_eq(fdt_create_empty_tree(fdt, FDT_BYTES), 0);
    fdt_setprop_string(fdt, 0, "compatible", compatible);
    node = fdt_add_subnode(fdt, 0, "attribute");
    for (unsigned i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        bool is_it = property != NULL && strcmp(property, good[i].name) == 0;

        fdt_setprop_u32(fdt, node, good[i].name, is_it ? value : good[i].value);
    }
    node = fdt_add_subnode(fdt, 0, "cpus");
    /* Added in front of each other. */
    add_cpu(node, "cpu@100", 0x100);
    add_cpu(fdt_path_offset(fdt, "/cpus"), "cpu@0", 0);
    return spmd_init(&spmd, fdt, FDT_BYTES, cpus, 2, &why) ? NULL : why;
}

enum spmd_next smc(enum spmd_world from, uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3)
{
    return smc_on(0, from, x0, x1, x2, x3);
}

void ready(void)
{
    ck_assert_ptr_null(init_with(NULL, 0, "arm,ffa-core-manifest-1.0"));
    ck_assert_int_eq(smc(SPMD_SECURE, FFA_MSG_WAIT, 0, 0, 0), SPMD_ENTER_NON_SECURE);
}

void ck_error(int32_t code)
{
    ck_assert_uint_eq(x[0], FFA_ERROR);
    ck_assert_uint_eq(x[2], (uint32_t)code);
    ck_assert_uint_eq(x[1] | x[3] | x[4] | x[5] | x[6] | x[7], 0);
    ck_assert_uint_eq(count, FFA_REGS);
}

uint32_t spmd_arch_group0_take(struct spmd *of, uint32_t cpu_index)
{
    uint32_t intid = group0_pending;

    ck_assert_ptr_eq(of, &spmd);
    ck_assert_uint_lt(cpu_index, 2);
    group0_pending = GROUP0_NONE;
    return intid;
}

void spmd_arch_group0_end(struct spmd *of, uint32_t cpu_index, uint32_t intid)
{
    ck_assert_ptr_eq(of, &spmd);
    ck_assert_uint_lt(cpu_index, 2);
    ck_assert_uint_lt(intid, GROUP0_NONE);
    group0_ended++;
}

enum spmd_next smc_on(uint32_t cpu_index, enum spmd_world from, uint64_t x0, uint64_t x1,
                      uint64_t x2, uint64_t x3)
{
    const uint64_t given[] = {x0, x1, x2, x3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17};

    memcpy(x, given, sizeof(x));
    return spmd_handle_smc(&spmd, cpu_index, from, x, &count);
}

int spmd_main(const char *name, void (*add)(TCase *tests))
{
    Suite *suite = suite_create(name);
    TCase *tests = tcase_create(name);
    SRunner *runner;
    int failed;

    add(tests);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
