/* SPDX-License-Identifier: BSD-3-Clause */
/* Interrupts that come to EL3, and PEs that sleep. */
#include <string.h>

#include "fixture.h"

#define POWER_DOWN 0x10000u
#define ENTRY      0x80000000u
#define WARM_BOOT  (FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_PSCI_WARM_BOOT)
#define PSCI_REQ   (FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_PSCI_REQ)
#define PSCI_RESP  (FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_PSCI_RESP)

static enum spmd_next answer(int32_t status)
{
    return smc(SPMD_SECURE, FFA_MSG_SEND_DIRECT_RESP_32, FFA_PAIR(FFA_ID_SPMC, FFA_ID_SPMD),
               PSCI_RESP, (uint32_t)status);
}

START_TEST(a_secure_interrupt_borrows_the_pe)
{
    ready();
    memset(x, 0xff, sizeof(x));
    ck_assert_int_eq(spmd_secure_interrupt(&spmd, 0, x, &count), SPMD_ENTER_SECURE);
    ck_assert_uint_eq(count, FFA_REGS);
    ck_assert_uint_eq(x[0], FFA_INTERRUPT);
    for (unsigned n = 1; n < FFA_REGS; n++) {
        ck_assert_uint_eq(x[n], 0);
    }
    /* The normal world called nothing: no result can go to it. */
    ck_assert_int_eq(smc(SPMD_SECURE, FFA_MSG_WAIT, 0, 0, 0), SPMD_ENTER_SECURE);
    ck_error(FFA_DENIED);
    ck_assert_int_eq(smc(SPMD_SECURE, FFA_MSG_SEND_DIRECT_RESP_32, 0x80010000, 0, 0),
                     SPMD_ENTER_SECURE);
    ck_error(FFA_DENIED);
    ck_assert_int_eq(smc(SPMD_SECURE, FFA_NORMAL_WORLD_RESUME, 0, 0, 0), SPMD_RESUME_NON_SECURE);
}
END_TEST

START_TEST(resuming_needs_an_interrupt)
{
    ready();
    ck_assert_int_eq(smc(SPMD_SECURE, FFA_NORMAL_WORLD_RESUME, 0, 0, 0), SPMD_ENTER_SECURE);
    ck_error(FFA_DENIED);
    spmd_secure_interrupt(&spmd, 0, x, &count);
    ck_assert_int_eq(smc_on(1, SPMD_SECURE, FFA_MSG_WAIT, 0, 0, 0), SPMD_ENTER_NON_SECURE);
    smc_on(1, SPMD_SECURE, FFA_NORMAL_WORLD_RESUME, 0, 0, 0); /* it was another PE's */
    ck_error(FFA_DENIED);
    ck_assert_int_eq(smc(SPMD_SECURE, FFA_NORMAL_WORLD_RESUME, 0, 0, 0), SPMD_RESUME_NON_SECURE);
    smc(SPMD_SECURE, FFA_NORMAL_WORLD_RESUME, 0, 0, 0); /* once */
    ck_error(FFA_DENIED);
    /* Nobody is there to take it. */
    ck_assert_ptr_null(init_with(NULL, 0, "arm,ffa-core-manifest-1.0"));
    ck_assert_int_eq(spmd_secure_interrupt(&spmd, 0, x, &count), SPMD_RESUME_NON_SECURE);
}
END_TEST

static unsigned handled;

static void on_group0(struct spmd *of, uint32_t cpu_index, uint32_t intid, void *user)
{
    ck_assert_ptr_eq(of, &spmd);
    ck_assert_uint_eq(cpu_index, 0);
    ck_assert_uint_eq(group0_ended, 0);
    handled = intid;
    *(unsigned *)user += 1;
}

START_TEST(group_0_has_handlers)
{
    unsigned seen = 0;

    ready();
    ck_assert(spmd_register_group0(&spmd, 8, on_group0, &seen));
    ck_assert(!spmd_register_group0(&spmd, 8, on_group0, &seen));
    ck_assert(!spmd_register_group0(&spmd, 9, NULL, &seen));
    ck_assert(!spmd_register_group0(&spmd, 1020, on_group0, &seen));
    for (uint32_t i = 1; i < SPMD_MAX_GROUP0; i++) {
        ck_assert(spmd_register_group0(&spmd, 100 + i, on_group0, &seen));
    }
    ck_assert(!spmd_register_group0(&spmd, 99, on_group0, &seen));

    group0_pending = 8;
    ck_assert_int_eq(smc(SPMD_SECURE, FFA_EL3_INTR_HANDLE, 0, 0, 0), SPMD_ENTER_SECURE);
    ck_assert_uint_eq(x[0], FFA_SUCCESS_32);
    ck_assert_uint_eq(x[1] | x[2] | x[3] | x[7], 0);
    ck_assert_uint_eq(seen, 1);
    ck_assert_uint_eq(handled, 8);
    ck_assert_uint_eq(group0_ended, 1);

    /* It has gone meanwhile: nothing to end. */
    smc(SPMD_SECURE, FFA_EL3_INTR_HANDLE, 0, 0, 0);
    ck_assert_uint_eq(x[0], FFA_SUCCESS_32);
    ck_assert_uint_eq(group0_ended, 1);

    /* One that nobody has registered for is ended, so that others can come. */
    group0_pending = 50;
    smc(SPMD_SECURE, FFA_EL3_INTR_HANDLE, 0, 0, 0);
    ck_assert_uint_eq(x[0], FFA_SUCCESS_32);
    ck_assert_uint_eq(seen, 1);
    ck_assert_uint_eq(group0_ended, 2);
    ck_assert(!spmd_group0(&spmd, 0, 50));

    /* The normal world has no say in it. */
    group0_pending = 8;
    ck_assert_int_eq(smc(SPMD_NON_SECURE, FFA_EL3_INTR_HANDLE, 0, 0, 0), SPMD_ENTER_NON_SECURE);
    ck_error(FFA_NOT_SUPPORTED);
    ck_assert_uint_eq(seen, 1);
    group0_pending = GROUP0_NONE;
}
END_TEST

START_TEST(standby_waits_and_returns)
{
    ready();
    ck_assert_int_eq(smc(SPMD_NON_SECURE, PSCI_CPU_SUSPEND_32, 0, 0, 0), SPMD_STANDBY);
    ck_assert_int_eq((int64_t)x[0], PSCI_SUCCESS);
    ck_assert_uint_eq(x[4], 4);
    ck_assert_int_eq(smc(SPMD_NON_SECURE, PSCI_CPU_SUSPEND_64, 0x0200ffff, 0, 0), SPMD_STANDBY);
    ck_assert_int_eq(smc(SPMD_SECURE, PSCI_CPU_SUSPEND_32, 0, 0, 0), SPMD_ENTER_SECURE);
    ck_assert_int_eq((int32_t)x[0], SMCCC_UNKNOWN);
}
END_TEST

START_TEST(bad_power_states)
{
    static const uint32_t bad[] = {0x20000, 0x40000, 0x800000, 0x3000000, 0x4000000, 0x80000000};

    ready();
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_int_eq(smc(SPMD_NON_SECURE, PSCI_CPU_SUSPEND_64, bad[i], ENTRY, 0),
                         SPMD_ENTER_NON_SECURE);
        ck_assert_int_eq((int64_t)x[0], PSCI_INVALID_PARAMS);
    }
    smc(SPMD_NON_SECURE, PSCI_CPU_SUSPEND_64, POWER_DOWN, ENTRY + 2, 0);
    ck_assert_int_eq((int64_t)x[0], PSCI_INVALID_ADDRESS);
    smc(SPMD_NON_SECURE, PSCI_CPU_SUSPEND_64, POWER_DOWN, 0x1ffc, 0); /* inside the SPMC */
    ck_assert_int_eq((int64_t)x[0], PSCI_INVALID_ADDRESS);
    ck_assert_uint_eq(cpus[0].asked, SPMD_ASKED_NOTHING);
}
END_TEST

/* Down, up by a warm boot message, and on at the entry point: as the SPMC answers. */
static void sleep_and_wake(uint32_t fid, int32_t status)
{
    uint64_t entry = 0;

    ck_assert_int_eq(smc(SPMD_NON_SECURE, fid, POWER_DOWN | 7, ENTRY, FFA_SUCCESS_64),
                     SPMD_ENTER_SECURE);
    ck_assert_uint_eq(x[0], FFA_MSG_SEND_DIRECT_REQ_32);
    ck_assert_uint_eq(x[1], FFA_PAIR(FFA_ID_SPMD, FFA_ID_SPMC));
    ck_assert_uint_eq(x[2], PSCI_REQ);
    ck_assert_uint_eq(x[3], fid);
    ck_assert_uint_eq(x[4], POWER_DOWN | 7);
    ck_assert_int_eq(answer(status), SPMD_CPU_SUSPEND);
    memset(x, 0xff, sizeof(x));
    ck_assert_int_eq(spmd_cpu_resumed(&spmd, 0, x, &count), SPMD_ENTER_SECURE);
    ck_assert_uint_eq(count, FFA_REGS);
    ck_assert_uint_eq(x[0], FFA_MSG_SEND_DIRECT_REQ_32);
    ck_assert_uint_eq(x[2], WARM_BOOT);
    ck_assert_uint_eq(x[3] | x[4] | x[7], 0);
    ck_assert_int_eq(answer(PSCI_SUCCESS), SPMD_ENTER_NON_SECURE);
    /* A context id that reads as a function with many registers lets none of them through. */
    ck_assert_uint_eq(count, FFA_REGS);
    ck_assert_uint_eq(x[0], FFA_SUCCESS_64 & (fid == PSCI_CPU_SUSPEND_32 ? UINT32_MAX : ~0ull));
    ck_assert_uint_eq(x[1] | x[2] | x[3] | x[7], 0);
    ck_assert(spmd_take_entry(&spmd, 0, &entry));
    ck_assert_uint_eq(entry, ENTRY);
    ck_assert(!spmd_take_entry(&spmd, 0, &entry));
}

START_TEST(power_down_and_warm_boot)
{
    ready();
    spmd_cpu_boot(&spmd, 0);
    sleep_and_wake(PSCI_CPU_SUSPEND_32, PSCI_SUCCESS);
    sleep_and_wake(PSCI_CPU_SUSPEND_64, PSCI_NOT_SUPPORTED);
    smc(SPMD_NON_SECURE, PSCI_AFFINITY_INFO_64, 0, 0, 0);
    ck_assert_uint_eq(x[0], PSCI_AFFINITY_ON);
    /* And the PE works as before. */
    ck_assert_int_eq(smc(SPMD_NON_SECURE, FFA_RX_RELEASE, 0, 0, 0), SPMD_ENTER_SECURE);
    ck_assert_int_eq(smc(SPMD_SECURE, FFA_SUCCESS_32, 0, 0, 0), SPMD_ENTER_NON_SECURE);
}
END_TEST

START_TEST(the_spmc_may_keep_a_pe_awake)
{
    uint64_t entry;

    ready();
    smc(SPMD_NON_SECURE, PSCI_CPU_SUSPEND_64, POWER_DOWN, ENTRY, 1);
    ck_assert_int_eq(answer(PSCI_DENIED), SPMD_ENTER_NON_SECURE);
    ck_assert_int_eq((int64_t)x[0], PSCI_DENIED);
    ck_assert_uint_eq(x[1] | x[2] | x[3] | x[4] | x[7], 0);
    ck_assert(!spmd_take_entry(&spmd, 0, &entry));
    /* What is no answer is no consent. */
    smc(SPMD_NON_SECURE, PSCI_CPU_SUSPEND_64, POWER_DOWN, ENTRY, 1);
    ck_assert_int_eq(smc(SPMD_SECURE, FFA_MSG_WAIT, 0, 0, 0), SPMD_ENTER_NON_SECURE);
    ck_assert_int_eq((int64_t)x[0], PSCI_DENIED);
}
END_TEST

START_TEST(power_down_without_an_spmc)
{
    uint64_t entry = 0;

    ck_assert_ptr_null(init_with(NULL, 0, "arm,ffa-core-manifest-1.0"));
    ck_assert_int_eq(smc(SPMD_NON_SECURE, PSCI_CPU_SUSPEND_64, POWER_DOWN, ENTRY, 5),
                     SPMD_CPU_SUSPEND);
    ck_assert_int_eq(spmd_cpu_resumed(&spmd, 0, x, &count), SPMD_ENTER_NON_SECURE);
    ck_assert_uint_eq(x[0], 5);
    ck_assert_uint_eq(x[1] | x[2] | x[3] | x[7], 0);
    ck_assert(spmd_take_entry(&spmd, 0, &entry));
    ck_assert_uint_eq(entry, ENTRY);
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, a_secure_interrupt_borrows_the_pe);
    tcase_add_test(tests, resuming_needs_an_interrupt);
    tcase_add_test(tests, group_0_has_handlers);
    tcase_add_test(tests, standby_waits_and_returns);
    tcase_add_test(tests, bad_power_states);
    tcase_add_test(tests, power_down_and_warm_boot);
    tcase_add_test(tests, the_spmc_may_keep_a_pe_awake);
    tcase_add_test(tests, power_down_without_an_spmc);
}

int main(void)
{
    return spmd_main("power", add);
}
