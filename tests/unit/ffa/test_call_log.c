/* SPDX-License-Identifier: BSD-3-Clause */
/* The call log: one line an entry, in the form of docs/twin.md. */
#include <string.h>

#include "fixture.h"
#include "spmc/call_log.h"

static void log_on(void)
{
    world.state.spmc.log.calls = true;
    memset(world.call_text, 0, sizeof(world.call_text));
}

START_TEST(off_it_writes_nothing)
{
    CALL(0, world_nwd(0), FFA_ID_GET);
    call_log_boot(&world.state.cpu[0], world_nwd(0));
    ck_assert_str_eq(world.call_text, "");
}
END_TEST

START_TEST(a_request_and_its_response)
{
    struct vcpu *sp;

    log_on();
    sp = world_request(0, SP_A);
    CALL(0, sp, FFA_MSG_SEND_DIRECT_RESP_32, (uint32_t)SP_A << 16, 0, 0, 7);
    ck_assert_str_eq(world.call_text,
                     "@0 0000/0 el3 8400006f 8001 0 1 2 -> 8001/0 8400006f 8001 0 1 2 ; "
                     "RUNNING 0 RUNNING\n"
                     "@0 8001/0 smc 84000070 80010000 0 0 7 -> 0000/0 84000070 80010000 0 0 7 ; "
                     "WAITING 3 RUNNING\n");
}
END_TEST

START_TEST(extended_registers_of_both_sides)
{
    const uint64_t x[] = {FFA_CONSOLE_LOG_64, 128, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 17};
    struct vcpu *sp = world_request(0, SP_A);
    uint64_t before[FFA_REGS_EXTENDED];

    log_on();
    memcpy(before, &sp->frame.x, sizeof(before));
    sp->arch->x[17] = 0xabc;
    sp->frame.x[0] = FFA_SUCCESS_64;
    world_exit(0, sp, VCPU_EXIT_SYNC, ESR_EC_HVC64, 0, 0);
    /* Nothing may change by being looked at. */
    ck_assert_uint_eq(sp->frame.x[17], before[17]);
    world_call(1, world_nwd(1), x, FFA_REGS_EXTENDED);
    ck_assert_str_eq(world.call_text,
                     "@0 8001/0 hvc c4000061 8001 0 1 2 0 0 0 0 0 0 0 0 0 0 0 0 abc -> 8001/0 "
                     "84000060 0 ffffffff ; RUNNING 3 RUNNING\n"
                     "@1 0000/1 el3 c400008a 80 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 11 -> 0000/1 "
                     "84000061 ; RUNNING 0 RUNNING\n");
}
END_TEST

/* With a UART of its own it waits for no line of the log, and else for all of them. */
START_TEST(lines_stay_apart_on_the_uart_they_share)
{
    struct spmc_log *log = &world.state.spmc.log;

    log_on();
    log->uart = log->calls_uart;
    log->has_uart = true; /* pl011_put() of the fixture looks which lock is held */
    CALL(0, world_nwd(0), FFA_ID_GET);
    ck_assert_str_ne(world.call_text, "");
    log_on();
    log->uart = paddr(log->calls_uart.pa + 0x1000);
    log->has_uart = false;
    log->lock.word = 1; /* another PE prints */
    CALL(0, world_nwd(0), FFA_ID_GET);
    ck_assert_str_ne(world.call_text, "");
    log->lock.word = 0;
}
END_TEST

START_TEST(stale_registers_of_the_normal_world_are_not_shown)
{
    struct vcpu *nwd = world_nwd(1);

    log_on();
    nwd->frame.x[17] = 0x1234;
    nwd->frame.x[0] = FFA_SUCCESS_64;
    world_exit(1, nwd, VCPU_EXIT_EL3, 0, 0, 0);
    ck_assert_ptr_null(strstr(world.call_text, "1234"));
    ck_assert_int_eq(strncmp(world.call_text, "@1 0000/1 el3 c4000061 -> ", 26), 0);
}
END_TEST

START_TEST(exits_that_are_no_calls)
{
    struct vcpu *sp = world_request(0, SP_A);

    log_on();
    sp->arch->sysreg[ARCH_VCPU_VBAR_EL1] = 0x40001000;
    ck_assert_ptr_eq(world_exit(0, sp, VCPU_EXIT_SYNC, ESR_EC_DABT_LOWER, 0x7, 0xbad), sp);
    ck_assert_ptr_eq(world_exit(0, sp, VCPU_EXIT_SYNC, ESR_EC_SYSREG, 0x1, 0), sp);
    ck_assert_ptr_eq(world_exit(0, sp, VCPU_EXIT_IRQ, 0, 0, 0), sp);
    ck_assert_ptr_eq(world_exit(0, sp, VCPU_EXIT_FIQ, 0, 0, 0), world_nwd(0));
    ck_assert_str_eq(world.call_text,
                     "@0 8001/0 abort 92000007 bad 0 -> 8001/0 kept ; RUNNING 3 RUNNING\n"
                     "@0 8001/0 trap 62000001 -> 8001/0 kept ; RUNNING 3 RUNNING\n"
                     "@0 8001/0 irq -> 8001/0 kept ; RUNNING 3 RUNNING\n"
                     "@0 8001/0 fiq -> 0000/0 84000062 80010000 ; PREEMPTED 3 RUNNING\n");
}
END_TEST

START_TEST(an_serror_ends_the_partition)
{
    struct vcpu *sp = world_request(0, SP_A);

    log_on();
    world_exit(0, sp, VCPU_EXIT_SERROR, 0, 0, 0);
    ck_assert_str_eq(world.call_text, "@0 8001/0 serror -> 0000/0 84000060 0 fffffff8 ; "
                                      "ABORTED 3 RUNNING\n");
}
END_TEST

START_TEST(what_starts_shows_its_entry_registers)
{
    struct vcpu *sp = world_vcpu(SP_MP, 1);

    log_on();
    sp->state = VCPU_STARTING;
    sp->frame.store = 0;
    sp->arch->x[0] = 0x40200000;
    sp->arch->x[4] = 1;
    call_log_boot(&world.state.cpu[1], sp);
    world_nwd(0)->frame.x[0] = FFA_MSG_WAIT;
    world_nwd(0)->frame.store = FFA_REGS;
    call_log_boot(&world.state.cpu[0], world_nwd(0));
    ck_assert_str_eq(world.call_text, "@1 boot -> 8003/1 40200000 0 0 0 1 ; STARTING\n"
                                      "@0 boot -> 0000/0 8400006b ; RUNNING\n");
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, off_it_writes_nothing);
    tcase_add_test(tcase, a_request_and_its_response);
    tcase_add_test(tcase, extended_registers_of_both_sides);
    tcase_add_test(tcase, lines_stay_apart_on_the_uart_they_share);
    tcase_add_test(tcase, stale_registers_of_the_normal_world_are_not_shown);
    tcase_add_test(tcase, exits_that_are_no_calls);
    tcase_add_test(tcase, an_serror_ends_the_partition);
    tcase_add_test(tcase, what_starts_shows_its_entry_registers);
}

int main(void)
{
    return world_main("call_log", add);
}
