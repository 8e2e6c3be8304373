/* SPDX-License-Identifier: BSD-3-Clause */
/* Emulated contexts: small pieces of A64 code, and what the level above and the vectors get to see.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cpu/context.h"
#include "sim/trace/trace.h"

#define RAM       0x80000000ull
#define RAM_BYTES 0x200000ull
#define CODE      RAM
#define VECTORS   (RAM + 0x10000)

#define MOVZ(rd, imm)    (0xd2800000u | (uint32_t)(imm) << 5 | (rd))
#define MOVZ_16(rd, imm) (0xd2a00000u | (uint32_t)(imm) << 5 | (rd))
#define SMC(imm)         (0xd4000003u | (uint32_t)(imm) << 5)
#define HVC(imm)         (0xd4000002u | (uint32_t)(imm) << 5)
#define SVC(imm)         (0xd4000001u | (uint32_t)(imm) << 5)
#define WFI              0xd503207fu
#define WFE              0xd503205fu
#define ERET             0xd69f03e0u
#define B_SELF           0x14000000u
#define UDF              0x00000000u
#define STR_X1_X0        0xf9000001u
#define LDR_X1_X0_8      0xf9400401u
#define MSR_VBAR_EL1_X9  0xd518c009u
#define MSR_ELR_EL1_X9   0xd5184029u
#define MSR_SPSR_EL1_X9  0xd5184009u
#define MRS_X1_MPIDR     0xd53800a1u
#define MRS_X2_MIDR      0xd5380002u
#define MRS_X3_PFR0      0xd5380403u
#define MRS_X4_CNTFRQ    0xd53be004u
#define MRS_X5_ICC_PMR   0xd5384605u
#define MRS_X6_VBAR      0xd538c006u
#define ADD_X1_1         0x91000421u
#define SUBS_X2_1        0xf1000442u
#define B_NE_BACK_2      0x54ffffc1u

static struct machine machine;
static struct sim_pe pe;
static struct context *context;
static struct context_exit out;
static struct trace *trace;

static void start(uint8_t top_el, bool stage2, uint64_t hcr)
{
    struct context_config config = {.name = "test/0", .top_el = top_el, .stage2 = stage2};
    const uint64_t x[8] = {0};
    struct sim_error err;

    config.hcr = hcr;
    context = context_create_emulated(&machine, &config, &err);
    ck_assert_ptr_nonnull(context);
    context->pe = &pe;
    context->ops->reset(context, CODE, x);
}

static void set_up(void)
{
    struct sim_error err;

    memset(&machine, 0, sizeof(machine));
    memset(&pe, 0, sizeof(pe));
    trace = trace_create();
    machine.trace = trace;
    machine.pe = &pe;
    machine.pe_count = 1;
    machine.board.counter_hz = 62500000;
    pe.machine = &machine;
    pe.mpidr = 0x101;
    pe.slice_end_ns = MACHINE_NEVER;
    context = NULL;
    ck_assert(bus_add_ram(&machine.bus, "ram", RAM, RAM_BYTES, false, &err));
}

static void tear_down(void)
{
    if (context != NULL) {
        context->ops->destroy(context);
    }
    trace_destroy(trace);
    bus_free(&machine.bus);
}

static void code(uint64_t at, const uint32_t *words, size_t count)
{
    ck_assert(bus_copy_to(&machine.bus, at, words, count * 4, BUS_NON_SECURE));
}
#define CODE_AT(at, ...) \
    code(at, (const uint32_t[]){__VA_ARGS__}, sizeof((const uint32_t[]){__VA_ARGS__}) / 4)

static uint64_t x(unsigned n)
{
    uint64_t value;

    context->ops->get_x(context, n, 1, &value);
    return value;
}

static uint64_t sys(enum context_sysreg reg)
{
    return context->ops->get_sysreg(context, reg);
}

static void run(void)
{
    context->ops->resume(context, &out);
}

/* Vectors that tell their offset by SMC #offset/0x80. */
static void telling_vectors(void)
{
    for (unsigned i = 0; i < 16; i++) {
        CODE_AT(VECTORS + 0x80u * i, SMC(i));
    }
}

START_TEST(smc_leaves_with_its_number_and_the_pc_behind_it)
{
    CODE_AT(CODE, MOVZ(0, 7), SMC(0x12), MOVZ(0, 8), SMC(0));
    start(1, false, 0);
    run();
    ck_assert_int_eq(out.kind, CONTEXT_EXIT_SYNC);
    ck_assert_uint_eq(out.esr, 0x17ull << 26 | 1u << 25 | 0x12);
    ck_assert_uint_eq(x(0), 7);
    ck_assert_uint_eq(sys(CONTEXT_PC), CODE + 8);
    ck_assert_uint_eq(context->retired, 2);
    run();
    ck_assert_uint_eq(x(0), 8);
    ck_assert_uint_eq(context->retired, 4);
    ck_assert_uint_eq(pe.now_ns, 4);
}
END_TEST

START_TEST(hvc_goes_to_the_level_above_or_is_undefined)
{
    CODE_AT(CODE, HVC(0x34), SMC(0));
    start(1, true, 0);
    run();
    ck_assert_uint_eq(out.esr, 0x16ull << 26 | 1u << 25 | 0x34);
    ck_assert_uint_eq(sys(CONTEXT_PC), CODE + 4);
    context->ops->destroy(context);
    telling_vectors();
    CODE_AT(CODE, MOVZ_16(9, VECTORS >> 16), MSR_VBAR_EL1_X9, HVC(0));
    start(1, false, 0);
    run();
    ck_assert_uint_eq(out.esr & 0xffff, 4); /* current EL, SPx, synchronous */
    ck_assert_uint_eq(sys(CONTEXT_ESR_EL1), 1u << 25);
    ck_assert_uint_eq(sys(CONTEXT_ELR_EL1), CODE + 8);
}
END_TEST

START_TEST(svc_and_undefined_reach_the_vectors)
{
    telling_vectors();
    CODE_AT(CODE, MOVZ_16(9, VECTORS >> 16), MSR_VBAR_EL1_X9, SVC(0x56), B_SELF);
    start(1, false, 0);
    run();
    ck_assert_uint_eq(out.esr & 0xffff, 4);
    ck_assert_uint_eq(sys(CONTEXT_ESR_EL1), 0x15ull << 26 | 1u << 25 | 0x56);
    ck_assert_uint_eq(sys(CONTEXT_ELR_EL1), CODE + 12);
    ck_assert_uint_eq(sys(CONTEXT_SPSR_EL1), 0x3c5);
    ck_assert_uint_eq(context->retired, 5); /* four instructions and the exception */
    CODE_AT(CODE + 12, UDF);
    context->ops->flush_code(context, CODE, 64);
    context->ops->set_sysreg(context, CONTEXT_PC, CODE + 12);
    run();
    ck_assert_uint_eq(sys(CONTEXT_ESR_EL1), 1u << 25);
    ck_assert_uint_eq(sys(CONTEXT_ELR_EL1), CODE + 12);
}
END_TEST

START_TEST(eret_to_el0_and_back_through_the_lower_vector)
{
    telling_vectors();
    CODE_AT(CODE, MOVZ_16(9, VECTORS >> 16), MSR_VBAR_EL1_X9, MOVZ(9, 0), MSR_SPSR_EL1_X9,
            MOVZ_16(9, CODE >> 16), 0x91010129u /* add x9, x9, #64 */, MSR_ELR_EL1_X9, ERET);
    CODE_AT(CODE + 64, MRS_X6_VBAR);
    start(1, false, 0);
    run();
    ck_assert_uint_eq(out.esr & 0xffff, 8); /* lower EL, AArch64, synchronous */
    ck_assert_uint_eq(sys(CONTEXT_ELR_EL1), CODE + 64);
    ck_assert_uint_eq(sys(CONTEXT_SPSR_EL1) & 0xf, 0);
    ck_assert_uint_eq(sys(CONTEXT_PSTATE) & 0x3cf, 0x3c5);
}
END_TEST

START_TEST(external_abort_has_the_exact_address)
{
    telling_vectors();
    CODE_AT(CODE, MOVZ_16(9, VECTORS >> 16), MSR_VBAR_EL1_X9, MOVZ_16(0, 0x4000), LDR_X1_X0_8);
    start(1, false, 0);
    run();
    ck_assert_uint_eq(out.esr & 0xffff, 4);
    ck_assert_uint_eq(sys(CONTEXT_ESR_EL1), 0x25ull << 26 | 1u << 25 | 0x10);
    ck_assert_uint_eq(sys(CONTEXT_FAR_EL1), 0x40000008);
    ck_assert_uint_eq(sys(CONTEXT_ELR_EL1), CODE + 12);
    CODE_AT(CODE + 12, STR_X1_X0);
    context->ops->flush_code(context, CODE, 64);
    context->ops->set_sysreg(context, CONTEXT_PC, CODE + 12);
    run();
    ck_assert_uint_eq(sys(CONTEXT_ESR_EL1), 0x25ull << 26 | 1u << 25 | 1u << 6 | 0x10);
    ck_assert_uint_eq(sys(CONTEXT_FAR_EL1), 0x40000000);
}
END_TEST

/* Known and unknown registers side by side in one block. */
START_TEST(runs_of_system_registers_in_one_block)
{
    telling_vectors();
    CODE_AT(CODE, MRS_X1_MPIDR, MRS_X2_MIDR, MRS_X3_PFR0, MRS_X4_CNTFRQ, MRS_X5_ICC_PMR,
            MRS_X1_MPIDR, MRS_X5_ICC_PMR, MRS_X4_CNTFRQ, SMC(0));
    start(1, false, 0);
    run();
    ck_assert_uint_eq(out.esr >> 26, 0x17);
    ck_assert_uint_eq(x(1), 0x80000101);
    ck_assert_uint_eq(x(2), 0x410fd0f0);
    ck_assert_uint_eq(x(3) >> 32 & 0xf, 0); /* no SVE */
    ck_assert_uint_eq(x(4), 62500000);
    ck_assert_uint_eq(x(5), 0);
    ck_assert_uint_eq(context->retired, 9);
    ck_assert_uint_eq(trace_count(trace), 1); /* one warning for the GIC registers */
}
END_TEST

START_TEST(wfi_waits_unless_it_is_trapped)
{
    CODE_AT(CODE, WFI, WFE, SMC(1));
    start(1, false, 0);
    run();
    ck_assert_int_eq(out.kind, CONTEXT_EXIT_WFI);
    ck_assert_uint_eq(sys(CONTEXT_PC), CODE + 4);
    run();
    ck_assert_uint_eq(out.esr & 0xffff, 1);
    context->ops->destroy(context);
    start(1, true, 1ull << 13 | 1ull << 14);
    run();
    ck_assert_int_eq(out.kind, CONTEXT_EXIT_SYNC);
    ck_assert_uint_eq(out.esr >> 26, 0x01);
    ck_assert_uint_eq(out.esr & 3, 0);
    ck_assert_uint_eq(sys(CONTEXT_PC), CODE);
    /* The engine passes over WFE (docs/CAVEATS.md): the trap can not be seen. */
    context->ops->set_sysreg(context, CONTEXT_PC, CODE + 4);
    run();
    ck_assert_uint_eq(out.esr >> 26, 0x17);
}
END_TEST

START_TEST(el2_takes_its_own_exceptions)
{
    /* CurrentEL, then SVC from EL2 to VBAR_EL2. */
    telling_vectors();
    CODE_AT(CODE, 0xd5384241u /* mrs x1, CurrentEL */, MOVZ_16(9, VECTORS >> 16),
            0xd51cc009u /* msr vbar_el2, x9 */, SVC(3));
    start(2, false, 0);
    run();
    ck_assert_uint_eq(x(1), 2u << 2);
    ck_assert_uint_eq(out.esr & 0xffff, 4);
    ck_assert_uint_eq(sys(CONTEXT_PSTATE) & 0xf, 9);
}
END_TEST

/* An S-EL0 partition: at EL0 in the EL2&0 regime above it, which takes all its exceptions. */
START_TEST(el0_context_leaves_by_every_exception)
{
    struct context_config config = {.name = "test/0", .top_el = 0};
    const uint64_t zero[8] = {0};
    const uint64_t root = RAM + 0x100000;
    struct sim_error err;
    uint64_t table;

    /* 4 KiB granule, 48 bits: VA 0x5000 is the code, for EL0 to read and execute; nothing else. */
    config.hcr = 1ull << 34 | 1ull << 27; /* E2H, TGE */
    config.sctlr_el2 = 1;
    config.tcr_el2 = 16ull | 16ull << 16 | 2ull << 30 | 5ull << 32;
    config.ttbr0_el2 = root;
    for (unsigned level = 0; level < 3; level++) {
        table = (root + 0x1000u * (level + 1)) | 3u;
        ck_assert(bus_copy_to(&machine.bus, root + 0x1000u * level, &table, 8, BUS_NON_SECURE));
    }
    table = CODE | 1u << 10 | 1u << 6 | 1u << 7 | 3u;
    ck_assert(bus_copy_to(&machine.bus, root + 0x3000u + 5u * 8u, &table, 8, BUS_NON_SECURE));
    CODE_AT(CODE, SVC(9), UDF, MOVZ(0, 0x7000), LDR_X1_X0_8, MOVZ(0, 0x5000), STR_X1_X0);
    context = context_create_emulated(&machine, &config, &err);
    context->pe = &pe;
    context->ops->reset(context, 0x5000, zero);
    run();
    ck_assert_uint_eq(out.esr, 0x15ull << 26 | 1u << 25 | 9);
    ck_assert_uint_eq(sys(CONTEXT_PC), 0x5004);
    run();
    ck_assert_uint_eq(out.esr, 1u << 25);
    ck_assert_uint_eq(sys(CONTEXT_PC), 0x5004);
    context->ops->set_sysreg(context, CONTEXT_PC, 0x5008);
    run();
    ck_assert_uint_eq(out.esr, 0x24ull << 26 | 1u << 25 | 0x07);
    ck_assert_uint_eq(out.far, 0x7008);
    context->ops->set_sysreg(context, CONTEXT_PC, 0x5010);
    run();
    ck_assert_uint_eq(out.esr, 0x24ull << 26 | 1u << 25 | 1u << 6 | 0x0f);
    ck_assert_uint_eq(out.far, 0x5000);
    ck_assert_uint_eq(sys(CONTEXT_PSTATE) & 0xf, 0);
}
END_TEST

/* A branch to no multiple of 4 is a fault of its own, mapped or not. */
START_TEST(the_pc_is_aligned)
{
    const uint64_t places[] = {CODE + 0x102, CODE + 0x101, RAM + RAM_BYTES + 3};

    telling_vectors();
    for (unsigned i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        start(1, false, 0);
        context->ops->set_sysreg(context, CONTEXT_VBAR_EL1, VECTORS);
        CODE_AT(CODE, 0xd61f0120u /* br x9 */);
        context->ops->set_x(context, 9, 1, &places[i]);
        run();
        ck_assert_uint_eq(out.esr & 0xffff, 4);
        ck_assert_uint_eq(sys(CONTEXT_ESR_EL1), 0x22ull << 26 | 1u << 25);
        ck_assert_uint_eq(sys(CONTEXT_FAR_EL1), places[i]);
        ck_assert_uint_eq(sys(CONTEXT_ELR_EL1), places[i]);
        context->ops->destroy(context);
    }
    context = NULL;
}
END_TEST

/* What the level above keeps for itself leaves as a trap that names it; what EL0 never had, not. */
START_TEST(el0_traps_and_waits)
{
    static const struct {
        uint32_t instruction;
        uint64_t ec;
        uint32_t iss;
    } cases[] = {
        {0xd503207fu, 0x01, 0x1eu << 20}, /* wfi */
        /* msr daifset; mrs x0, daif; msr cntp_ctl_el0, x1 */
        {0xd5034fdfu, 0x18, 6u << 17 | 3u << 14 | 4u << 10 | 31u << 5 | 15u << 1},
        {0xd53b4220u, 0x18, 3u << 20 | 1u << 17 | 3u << 14 | 4u << 10 | 2u << 1 | 1u},
        {0xd51be221u, 0x18, 3u << 20 | 1u << 17 | 3u << 14 | 14u << 10 | 1u << 5 | 2u << 1},
        {0xd5380000u, 0x00, 0}, /* mrs x0, midr_el1 */
        {0xd5381000u, 0x00, 0}, /* mrs x0, sctlr_el1 */
        {0xd4000003u, 0x00, 0}, /* smc */
        {0xd4000002u, 0x00, 0}, /* hvc */
    };
    struct context_config config = {.name = "test/0", .top_el = 0};
    const uint64_t zero[8] = {0};
    struct sim_error err;

    CODE_AT(CODE, cases[_i].instruction, SVC(1));
    CODE_AT(CODE + 0x100, 0xd53be041u /* mrs x1, cntvct_el0 */, 0xd50b7b20u /* dc cvau, x0 */,
            0xd53b0022u /* mrs x2, ctr_el0 */, 0xdac103e3u /* pacia x3, sp */, SVC(2));
    context = context_create_emulated(&machine, &config, &err);
    context->pe = &pe;
    context->ops->reset(context, CODE, zero);
    ck_assert_uint_eq(sys(CONTEXT_PSTATE), 0);
    run();
    ck_assert_int_eq(out.kind, CONTEXT_EXIT_SYNC);
    ck_assert_uint_eq(out.esr, cases[_i].ec << 26 | 1u << 25 | cases[_i].iss);
    ck_assert_uint_eq(sys(CONTEXT_PC), CODE);
    /* and what it may use it can */
    context->ops->set_sysreg(context, CONTEXT_PC, CODE + 0x100);
    context->ops->set_x(context, 0, 1, &(uint64_t){CODE});
    run();
    ck_assert_uint_eq(out.esr, 0x15ull << 26 | 1u << 25 | 2);
}
END_TEST

/* The same program, cut into slices of any size: it ends alike, having retired the same. */
START_TEST(slices_do_not_change_a_program)
{
    uint64_t slice = (uint64_t)_i * 7 + 1;
    unsigned slices = 0;

    CODE_AT(CODE, MOVZ(2, 1000), ADD_X1_1, SUBS_X2_1, B_NE_BACK_2, SMC(0));
    start(1, false, 0);
    do {
        uint64_t before = context->retired;

        pe.slice_end_ns = pe.now_ns + slice;
        run();
        if (out.kind == CONTEXT_EXIT_SLICE) {
            ck_assert_uint_ge(context->retired - before, slice);
            /* Blocks end behind the branch: at the loop's head, or past it at last. */
            ck_assert(sys(CONTEXT_PC) == CODE + 4 || sys(CONTEXT_PC) == CODE + 16);
            ck_assert_uint_lt(slices++, 2000);
        }
    } while (out.kind == CONTEXT_EXIT_SLICE);
    ck_assert_int_eq(out.kind, CONTEXT_EXIT_SYNC);
    ck_assert_uint_eq(x(1), 1000);
    ck_assert_uint_eq(context->retired, 1 + 3 * 1000 + 1);
}
END_TEST

/* Vectors that are not there: each try takes time, so that the slice ends. */
START_TEST(an_exception_without_end_does_not_stop_time)
{
    CODE_AT(CODE, MOVZ_16(9, 0x0800), MSR_VBAR_EL1_X9, UDF);
    start(1, false, 0);
    pe.slice_end_ns = 1000;
    run();
    ck_assert_int_eq(out.kind, CONTEXT_EXIT_SLICE);
    ck_assert_uint_ge(pe.now_ns, 1000);
}
END_TEST

START_TEST(code_that_rewrites_itself_is_seen)
{
    /* Overwrites the instruction behind its loop: movz x3, #2 instead of #1. */
    CODE_AT(CODE, MOVZ_16(0, CODE >> 16), 0x5280004bu /* movz w11, #2 */,
            0x18000044u /* ldr w4, .+8 */, 0x14000002u /* b .+8 */, MOVZ(3, 2),
            0xb9001c04u /* str w4, [x0, #28] */, 0xd5033fdfu /* isb */, MOVZ(3, 1), SMC(0));
    start(1, false, 0);
    run();
    ck_assert_uint_eq(x(3), 2);
}
END_TEST

/* By the key that is on after this: SCTLR_ELx.EnIA. */
START_TEST(pointers_are_authenticated)
{
    const uint32_t write_sctlr[] = {0xd5181000u, 0xd51c1000u}; /* msr sctlr_el1, x0; _el2 */

    for (uint8_t top_el = 1; top_el <= 2; top_el++) {
        for (unsigned stage2 = 0; stage2 < 3u - top_el; stage2++) {
            CODE_AT(CODE, 0xd5182102u /* msr apiakeylo_el1, x2 */, write_sctlr[top_el - 1],
                    0xd5033fdfu /* isb */, 0xdac10083u /* pacia x3, x4 */, 0xaa0303e5u /* mov x5 */,
                    0xdac11083u /* autia x3, x4 */, SMC(5));
            start(top_el, stage2 != 0, 0);
            context->ops->set_x(context, 0, 1, &(uint64_t){0xb0d00800});
            context->ops->set_x(context, 2, 1, &(uint64_t){0x123456789});
            context->ops->set_x(context, 3, 1, &(uint64_t){CODE});
            run();
            ck_assert_uint_eq(out.esr, 0x17ull << 26 | 1u << 25 | 5);
            ck_assert_uint_ne(x(5), CODE);
            ck_assert_uint_eq(x(3), CODE);
            context->ops->destroy(context);
        }
    }
    context = NULL;
}
END_TEST

START_TEST(registers_work_before_the_engine_does)
{
    const uint64_t values[2] = {11, 12};

    CODE_AT(CODE, SMC(0));
    start(1, false, 0);
    context->ops->set_x(context, 5, 2, values);
    ck_assert_uint_eq(x(5), 11);
    ck_assert_uint_eq(sys(CONTEXT_PC), CODE);
    context->ops->set_sysreg(context, CONTEXT_VBAR_EL1, VECTORS);
    run();
    ck_assert_uint_eq(x(6), 12);
    ck_assert_uint_eq(sys(CONTEXT_VBAR_EL1), VECTORS);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("emulated");
    TCase *tests = tcase_create("contexts");
    SRunner *runner;
    int failed;

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, smc_leaves_with_its_number_and_the_pc_behind_it);
    tcase_add_test(tests, hvc_goes_to_the_level_above_or_is_undefined);
    tcase_add_test(tests, svc_and_undefined_reach_the_vectors);
    tcase_add_test(tests, eret_to_el0_and_back_through_the_lower_vector);
    tcase_add_test(tests, external_abort_has_the_exact_address);
    tcase_add_test(tests, runs_of_system_registers_in_one_block);
    tcase_add_test(tests, wfi_waits_unless_it_is_trapped);
    tcase_add_test(tests, el2_takes_its_own_exceptions);
    tcase_add_test(tests, el0_context_leaves_by_every_exception);
    tcase_add_loop_test(tests, el0_traps_and_waits, 0, 8);
    tcase_add_test(tests, the_pc_is_aligned);
    tcase_add_loop_test(tests, slices_do_not_change_a_program, 0, 40);
    tcase_add_test(tests, an_exception_without_end_does_not_stop_time);
    tcase_add_test(tests, code_that_rewrites_itself_is_seen);
    tcase_add_test(tests, pointers_are_authenticated);
    tcase_add_test(tests, registers_work_before_the_engine_does);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
