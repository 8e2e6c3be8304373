/* SPDX-License-Identifier: BSD-3-Clause */
/* The EL1 physical timer of partitions. */
#include "rig.h"

#define TVAL 0u
#define CTL  1u
#define CVAL 2u

#define ENABLE  1u
#define IMASK   2u
#define ISTATUS 4u

/* ESR of an access to S3_<op1>_C<crn>_C<crm>_<op2> with register rt */
static uint64_t esr_of(uint64_t op1, uint64_t crn, uint64_t crm, uint64_t op2, uint64_t rt,
                       bool read)
{
    return (uint64_t)ESR_EC_SYSREG << 26 | 1u << 25 | 3u << 20 | op2 << 17 | op1 << 14 | crn << 10 |
           rt << 5 | crm << 1 | (read ? 1 : 0);
}

static struct vcpu *up(void)
{
    return &rig_up()->vcpu[0];
}

static void set_time(uint64_t now)
{
    for (unsigned i = 0; i < RIG_PES; i++) {
        rig.pe[i].sysreg[ARCH_CNTPCT] = now;
    }
}

static void write_to(struct vcpu *vcpu, unsigned reg, uint64_t value)
{
    uint64_t pc = vcpu->arch->sysreg[ARCH_VCPU_PC];

    vcpu->arch->x[7] = value;
    ck_assert(vtimer_access(vcpu->cpu, vcpu, esr_of(3, 14, 2, reg, 7, false)));
    ck_assert_uint_eq(vcpu->arch->sysreg[ARCH_VCPU_PC], pc + 4);
    ck_assert_uint_eq(vcpu->cpu->arch->locks_held, 0);
}

static uint64_t read_of(struct vcpu *vcpu, unsigned reg)
{
    uint64_t pc = vcpu->arch->sysreg[ARCH_VCPU_PC];

    vcpu->arch->x[30] = 0xdead;
    ck_assert(vtimer_access(vcpu->cpu, vcpu, esr_of(3, 14, 2, reg, 30, true)));
    ck_assert_uint_eq(vcpu->arch->sysreg[ARCH_VCPU_PC], pc + 4);
    return vcpu->arch->x[30];
}

START_TEST(registers)
{
    set_time(1000);
    rig_run(0, up());
    write_to(up(), CVAL, 5000);
    ck_assert_uint_eq(read_of(up(), CVAL), 5000);
    ck_assert_uint_eq(read_of(up(), TVAL), 4000);
    write_to(up(), TVAL, 0xdeadbeef00000100); /* 32 bits of it */
    ck_assert_uint_eq(read_of(up(), CVAL), 1256);
    write_to(up(), TVAL, 0xffffff00); /* -256 */
    ck_assert_uint_eq(read_of(up(), CVAL), 744);
    ck_assert_uint_eq(read_of(up(), TVAL), 0xffffff00);
    /* ISTATUS is of an enabled timer, masked or not, and can not be written. */
    ck_assert_uint_eq(read_of(up(), CTL), 0);
    write_to(up(), CTL, ~(uint64_t)ENABLE);
    ck_assert_uint_eq(read_of(up(), CTL), IMASK);
    write_to(up(), CTL, ENABLE | IMASK);
    ck_assert_uint_eq(read_of(up(), CTL), ENABLE | IMASK | ISTATUS);
    write_to(up(), CVAL, 1001);
    ck_assert_uint_eq(read_of(up(), CTL), ENABLE | IMASK);
    set_time(1001);
    ck_assert_uint_eq(read_of(up(), CTL), ENABLE | IMASK | ISTATUS);
}
END_TEST

/* Register 31 is zero and takes nothing. */
START_TEST(the_zero_register)
{
    uint64_t last;

    set_time(1000);
    write_to(up(), CVAL, 77);
    last = up()->arch->x[30];
    ck_assert(vtimer_access(up()->cpu, up(), esr_of(3, 14, 2, CVAL, 31, true)));
    ck_assert_uint_eq(up()->arch->x[30], last);
    ck_assert(vtimer_access(up()->cpu, up(), esr_of(3, 14, 2, CVAL, 31, false)));
    ck_assert_uint_eq(read_of(up(), CVAL), 0);
    ck_assert(vtimer_access(up()->cpu, up(), esr_of(3, 14, 2, TVAL, 31, false)));
    ck_assert_uint_eq(read_of(up(), CVAL), 1000);
}
END_TEST

START_TEST(registers_that_are_others)
{
    uint64_t pc = up()->arch->sysreg[ARCH_VCPU_PC];

    ck_assert(!vtimer_access(up()->cpu, up(), esr_of(3, 14, 2, 3, 0, true)));
    ck_assert(!vtimer_access(up()->cpu, up(), esr_of(3, 14, 3, 1, 0, true)));  /* CNTV_CTL */
    ck_assert(!vtimer_access(up()->cpu, up(), esr_of(3, 14, 0, 1, 0, true)));  /* CNTPCT */
    ck_assert(!vtimer_access(up()->cpu, up(), esr_of(4, 14, 2, 1, 0, false))); /* CNTHP_CTL */
    ck_assert(!vtimer_access(up()->cpu, up(), esr_of(3, 13, 2, 1, 0, false)));
    ck_assert_uint_eq(up()->arch->sysreg[ARCH_VCPU_PC], pc);
    /* S-EL0 has no such timer. */
    ck_assert(!vtimer_access(&rig.cpu[0], &rig_el0()->vcpu[0], esr_of(3, 14, 2, CTL, 0, false)));
}
END_TEST

/* 64 bits, at both ends. */
START_TEST(extremes)
{
    const uint64_t years = 0x4000000000000000; /* at 1 GHz: 146 of them */

    set_time(years);
    write_to(up(), CTL, ENABLE);
    write_to(up(), TVAL, 0x7fffffff);
    ck_assert_uint_eq(read_of(up(), CVAL), years + 0x7fffffff);
    ck_assert_uint_eq(read_of(up(), TVAL), 0x7fffffff);
    ck_assert(!vint_is_pending(up(), VINT_TIMER));
    set_time(UINT64_MAX - 5);
    write_to(up(), CVAL, UINT64_MAX - 4);
    ck_assert_uint_eq(read_of(up(), CTL), ENABLE);
    ck_assert(!vint_is_pending(up(), VINT_TIMER));
    set_time(UINT64_MAX - 4);
    ck_assert_uint_eq(read_of(up(), CTL), ENABLE | ISTATUS);
    /* The farthest deadline that there is has not passed, whatever a signed number would say. */
    set_time(0);
    write_to(up(), CVAL, UINT64_MAX);
    ck_assert_uint_eq(read_of(up(), CTL), ENABLE);
    ck_assert(!vint_is_pending(up(), VINT_TIMER));
    set_time(UINT64_MAX);
    write_to(up(), CVAL, 0);
    ck_assert_uint_eq(read_of(up(), CTL), ENABLE | ISTATUS);
    ck_assert(vint_is_pending(up(), VINT_TIMER));
}
END_TEST

/* VINT_TIMER follows the timer's output: once for each time that it rises. */
START_TEST(the_interrupt)
{
    set_time(100);
    rig_run(0, up());
    ck_assert(vint_enable(up(), VINT_TIMER, true, false));
    write_to(up(), CVAL, 200);
    write_to(up(), CTL, ENABLE);
    ck_assert_ptr_null(vtimer_expired(&rig.cpu[0]));
    set_time(200);
    ck_assert_ptr_eq(vtimer_expired(&rig.cpu[0]), up());
    ck_assert_uint_eq(vint_ready(up()), 1);
    ck_assert_ptr_null(vtimer_expired(&rig.cpu[0]));
    ck_assert_uint_eq(vint_take(up()), VINT_TIMER);
    ck_assert_ptr_null(vtimer_expired(&rig.cpu[0])); /* told */
    /* Masked, and unmasked again while the deadline has passed. */
    write_to(up(), CTL, ENABLE | IMASK);
    write_to(up(), CTL, ENABLE);
    ck_assert_uint_eq(vint_ready(up()), 1);
    /* Put off before it was taken: it is no longer pending. */
    write_to(up(), TVAL, 50);
    ck_assert_uint_eq(vint_ready(up()), 0);
    ck_assert(!vint_is_pending(up(), VINT_TIMER));
    set_time(250);
    ck_assert_ptr_eq(vtimer_expired(&rig.cpu[0]), up());
    ck_assert_uint_eq(vint_take(up()), VINT_TIMER);
    /* Another deadline that has passed as well. */
    write_to(up(), CVAL, 10);
    ck_assert_uint_eq(vint_take(up()), VINT_TIMER);
    write_to(up(), CTL, 0);
    write_to(up(), CVAL, 20);
    ck_assert_uint_eq(vint_ready(up()), 0);
}
END_TEST

static uint64_t programmed(unsigned cpu)
{
    vtimer_program(&rig.cpu[cpu]);
    return rig.pe[cpu].sysreg[ARCH_CNTHPS_CTL] == ENABLE ? rig.pe[cpu].sysreg[ARCH_CNTHPS_CVAL]
                                                         : UINT64_MAX;
}

START_TEST(the_nearest_deadline_of_a_pe)
{
    struct vcpu *mp0 = &rig_mp()->vcpu[0];
    struct vcpu *mp1 = &rig_mp()->vcpu[1];
    unsigned writes;

    rig_start();
    rig_run(0, up());
    set_time(100);
    ck_assert_uint_eq(programmed(0), UINT64_MAX);
    write_to(mp0, CVAL, 900);
    write_to(mp1, CVAL, 300);
    write_to(up(), CVAL, 500);
    ck_assert_uint_eq(programmed(0), UINT64_MAX); /* none is enabled */
    write_to(mp0, CTL, ENABLE);
    write_to(mp1, CTL, ENABLE);
    write_to(up(), CTL, ENABLE);
    ck_assert_uint_eq(programmed(0), 500);
    ck_assert_uint_eq(programmed(1), 300);
    ck_assert_uint_eq(programmed(2), UINT64_MAX);
    writes = rig.pe[0].count.sysreg_write[ARCH_CNTHPS_CVAL];
    ck_assert_uint_eq(programmed(0), 500);
    ck_assert_uint_eq(rig.pe[0].count.sysreg_write[ARCH_CNTHPS_CVAL], writes);
    write_to(up(), CTL, ENABLE | IMASK);
    ck_assert_uint_eq(programmed(0), 900);
    write_to(up(), CTL, ENABLE);
    /* Two at once: each is told, then the timer is off. */
    set_time(1000);
    ck_assert_ptr_eq(vtimer_expired(&rig.cpu[0]), mp0);
    ck_assert_ptr_eq(vtimer_expired(&rig.cpu[0]), up());
    ck_assert_ptr_null(vtimer_expired(&rig.cpu[0]));
    ck_assert_uint_eq(rig.pe[0].sysreg[ARCH_CNTHPS_CTL], 0);
    ck_assert(!vint_is_pending(mp1, VINT_TIMER));
    ck_assert_ptr_eq(vtimer_expired(&rig.cpu[1]), mp1);
}
END_TEST

/* A UP vCPU takes its deadline along to the PE where it runs next. */
START_TEST(a_deadline_migrates)
{
    rig_start();
    rig_run(0, up());
    set_time(100);
    write_to(up(), CVAL, 400);
    write_to(up(), CTL, ENABLE);
    ck_assert_uint_eq(programmed(0), 400);
    up()->state = VCPU_WAITING;
    ck_assert_uint_eq(programmed(0), 400); /* it waits: still this PE's */
    rig_run(2, up());
    ck_assert_uint_eq(programmed(2), 400);
    set_time(400);
    ck_assert_ptr_null(vtimer_expired(&rig.cpu[0]));
    ck_assert(!vint_is_pending(up(), VINT_TIMER));
    ck_assert_uint_eq(rig.pe[0].sysreg[ARCH_CNTHPS_CTL], 0);
    ck_assert_ptr_eq(vtimer_expired(&rig.cpu[2]), up());
}
END_TEST

START_TEST(reset)
{
    set_time(100);
    write_to(up(), CTL, ENABLE);
    write_to(up(), CVAL, 50);
    ck_assert(vint_is_pending(up(), VINT_TIMER));
    vtimer_reset(up());
    ck_assert(!vint_is_pending(up(), VINT_TIMER));
    ck_assert_uint_eq(read_of(up(), CTL), 0);
    ck_assert_ptr_null(vtimer_expired(&rig.cpu[0]));
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, registers);
    tcase_add_test(tcase, the_zero_register);
    tcase_add_test(tcase, registers_that_are_others);
    tcase_add_test(tcase, extremes);
    tcase_add_test(tcase, the_interrupt);
    tcase_add_test(tcase, the_nearest_deadline_of_a_pe);
    tcase_add_test(tcase, a_deadline_migrates);
    tcase_add_test(tcase, reset);
}

int main(void)
{
    return rig_main("timer", add);
}
