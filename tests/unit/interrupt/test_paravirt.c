/* SPDX-License-Identifier: BSD-3-Clause */
/* Calls of partitions about their interrupts: arguments, owners, results. */
#include <string.h>

#include "rig.h"

#define ENABLE      0xff03u
#define GET         0xff04u
#define DEACTIVATE  0xff08u
#define RECONFIGURE 0xff09u
#define SEND_IPI    0xff0au

#define REFUSED UINT64_MAX

static uint64_t call(struct vcpu *vcpu, uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3)
{
    const uint64_t x[FFA_REGS] = {x0, x1, x2, x3, 0x44, 0x55, 0x66, 0x77};

    memcpy(vcpu->frame.x, x, sizeof(x));
    vcpu->frame.store = 0;
    ck_assert(paravirt_call(vcpu->cpu, vcpu));
    ck_assert_uint_eq(vcpu->frame.store, FFA_REGS);
    ck_assert_uint_eq(vcpu->cpu->arch->locks_held, 0);
    ck_assert_mem_eq(&vcpu->frame.x[1], &x[1], sizeof(x) - sizeof(x[0]));
    return vcpu->frame.x[0];
}

static struct vcpu *up(void)
{
    return &rig_up()->vcpu[0];
}

static struct vcpu *mp(unsigned index)
{
    return &rig_mp()->vcpu[index];
}

static struct vcpu *el0(void)
{
    return &rig_el0()->vcpu[0];
}

START_TEST(identifiers_of_other_calls)
{
    static const uint32_t others[] = {0xff02, 0xff05, 0xff06, 0xff07, 0xff0b, 0x8400ff03, 0};

    for (unsigned i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        up()->frame.x[0] = others[i];
        up()->frame.store = 0;
        ck_assert(!paravirt_call(up()->cpu, up()));
        ck_assert_uint_eq(up()->frame.x[0], others[i]);
        ck_assert_uint_eq(up()->frame.store, 0);
    }
}
END_TEST

START_TEST(enabling)
{
    ck_assert_uint_eq(call(up(), ENABLE, UP_SPI, 1, 0), 0);
    ck_assert(vint_is_enabled(up(), UP_SPI));
    ck_assert(vint_inject(up(), UP_SPI));
    ck_assert_uint_eq(up()->vint_irq, 1);
    ck_assert_uint_eq(call(up(), ENABLE, UP_SPI, 1, 1), 0);
    ck_assert_uint_eq(up()->vint_fiq, 1);
    ck_assert_uint_eq(call(up(), ENABLE, UP_SPI, 0, 0), 0);
    ck_assert_uint_eq(vint_ready(up()), 0);
    ck_assert_uint_eq(call(up(), ENABLE, VINT_TIMER, 1, 0), 0);
    ck_assert_uint_eq(call(up(), ENABLE, VINT_IPI, 1, 0), 0);
    ck_assert_uint_eq(call(up(), ENABLE, UP_PPI, 1, 0), 0);
    ck_assert_uint_eq(call(el0(), ENABLE, EL0_SPI, 1, 0), 0);
    ck_assert(vint_is_enabled(el0(), EL0_SPI));
}
END_TEST

START_TEST(enabling_what_is_not_ones_own)
{
    static const uint64_t ids[] = {0, 2, MP_SPI, EL0_SPI, 5119, 5120, 0xffffffff};
    struct vint before[16];

    memcpy(before, up()->vint, sizeof(before));
    for (unsigned i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        ck_assert_uint_eq(call(up(), ENABLE, ids[i], 1, 0), REFUSED);
    }
    ck_assert_uint_eq(call(up(), ENABLE, UP_SPI, 1, 2), REFUSED);
    ck_assert_mem_eq(before, up()->vint, sizeof(before));
    ck_assert_uint_eq(call(mp(0), ENABLE, VINT_MANAGED_EXIT, 1, 0), REFUSED); /* not subscribed */
    ck_assert_uint_eq(call(mp(0), ENABLE, VINT_NOTIFICATION_PENDING, 1, 0), REFUSED);
    ck_assert_uint_eq(call(el0(), ENABLE, VINT_TIMER, 1, 0), REFUSED);
    ck_assert_uint_eq(call(el0(), ENABLE, EL0_SPI, 1, 1), REFUSED); /* no FIQ at S-EL0 */
    ck_assert(!vint_is_enabled(el0(), EL0_SPI));
}
END_TEST

/* The manifest says how a managed exit is signalled, not the caller. */
START_TEST(kind_of_the_managed_exit)
{
    ck_assert(vint_inject(up(), VINT_MANAGED_EXIT));
    ck_assert_uint_eq(call(up(), ENABLE, VINT_MANAGED_EXIT, 1, 0), 0);
    ck_assert_uint_eq(up()->vint_fiq, 1);
    rig.manifest[1].managed_exit_virq = true;
    ck_assert_uint_eq(call(up(), ENABLE, VINT_MANAGED_EXIT, 1, 1), 0);
    ck_assert_uint_eq(up()->vint_irq, 1);
    ck_assert_uint_eq(up()->vint_fiq, 0);
}
END_TEST

START_TEST(getting)
{
    ck_assert_uint_eq(call(up(), GET, 0, 0, 0), 0xffffffff);
    ck_assert(vint_inject(up(), UP_SPI));
    ck_assert_uint_eq(call(up(), GET, 0, 0, 0), 0xffffffff); /* not enabled */
    ck_assert_uint_eq(call(up(), ENABLE, UP_SPI, 1, 0), 0);
    ck_assert_uint_eq(call(up(), GET, 0, 0, 0), UP_SPI);
    ck_assert_uint_eq(call(up(), GET, 0, 0, 0), 0xffffffff);
    ck_assert(vint_inject(up(), UP_SPI)); /* it may come again */
    ck_assert_uint_eq(call(up(), DEACTIVATE, UP_SPI, UP_SPI, 0), 0);
    ck_assert_uint_eq(call(up(), DEACTIVATE, MP_SPI, 9999, 0), 0);
    ck_assert(vint_is_pending(up(), UP_SPI));
}
END_TEST

START_TEST(reconfiguring_the_target)
{
    rig_start();
    rig_run(2, up());
    rig_run(0, mp(0));
    ck_assert_uint_eq(call(mp(0), RECONFIGURE, MP_SPI, 0, 1), 0);
    ck_assert_uint_eq(rig_route(MP_SPI), rig.cpu[1].mpidr);
    ck_assert(rig_enabled(0, MP_SPI));
    ck_assert_uint_eq(call(mp(0), RECONFIGURE, MP_SPI, 0, RIG_PES), REFUSED);
    ck_assert_uint_eq(call(mp(0), RECONFIGURE, MP_SPI, 0, 0xffffffff), REFUSED);
    ck_assert_uint_eq(call(mp(0), RECONFIGURE, MP_PPI, 0, 1), REFUSED);
    ck_assert_uint_eq(rig_route(MP_SPI), rig.cpu[1].mpidr);
    /* A UP partition's go to where it runs. */
    ck_assert_uint_eq(call(up(), RECONFIGURE, UP_SPI, 0, 0), REFUSED);
    ck_assert_uint_eq(rig_route(UP_SPI), rig.cpu[RIG_BOOT].mpidr);
    ck_assert_uint_eq(call(up(), RECONFIGURE, UP_SPI, 0, 2), 0);
    ck_assert_uint_eq(rig_route(UP_SPI), rig.cpu[2].mpidr);
}
END_TEST

START_TEST(reconfiguring_the_security_state)
{
    rig_start();
    rig_run(0, mp(0));
    for (unsigned i = 0; i < RIG_PES; i++) {
        ck_assert_uint_eq(call(mp(i), ENABLE, MP_SPI, 1, 0), 0);
        ck_assert_uint_eq(call(mp(i), ENABLE, MP_PPI, 1, 0), 0);
    }
    ck_assert_uint_eq(call(mp(0), RECONFIGURE, MP_SPI, 1, 0), 0);
    ck_assert(rig_is_ns_group1(0, MP_SPI));
    ck_assert(!rig_enabled(0, MP_SPI)); /* the normal world may have no handler */
    for (unsigned i = 0; i < RIG_PES; i++) {
        ck_assert(!vint_is_enabled(mp(i), MP_SPI));
    }
    ck_assert_uint_eq(call(mp(0), RECONFIGURE, MP_SPI, 2, 1), 0);
    ck_assert(!rig_enabled(0, MP_SPI));
    ck_assert_uint_eq(call(mp(0), RECONFIGURE, MP_SPI, 1, 1), 0);
    ck_assert(rig_is_secure_group1(0, MP_SPI));
    ck_assert(rig_enabled(0, MP_SPI));
    ck_assert(!vint_is_enabled(mp(0), MP_SPI));
    /* A PPI is that of the caller's PE. */
    ck_assert_uint_eq(call(mp(0), RECONFIGURE, MP_PPI, 1, 0), 0);
    ck_assert(rig_is_ns_group1(0, MP_PPI) && !rig_enabled(0, MP_PPI));
    ck_assert(rig_is_secure_group1(1, MP_PPI) && rig_enabled(1, MP_PPI));
    ck_assert(!vint_is_enabled(mp(0), MP_PPI) && vint_is_enabled(mp(1), MP_PPI));
    /* From the normal world to the partition, with the manifest's priority and target. */
    ck_assert_uint_eq(call(mp(2), RECONFIGURE, NS_SPI, 1, 1), 0);
    ck_assert(rig_is_secure_group1(0, NS_SPI) && rig_enabled(0, NS_SPI));
    ck_assert_uint_eq(rig_priority(0, NS_SPI), 0x50);
    ck_assert_uint_eq(rig_route(NS_SPI), rig.cpu[2].mpidr);
    ck_assert_uint_eq(call(mp(0), RECONFIGURE, MP_SPI, 1, 2), REFUSED);
}
END_TEST

START_TEST(reconfiguring_the_enable)
{
    rig_start();
    rig_run(0, mp(0));
    rig_run(1, up());
    ck_assert_uint_eq(call(mp(0), ENABLE, MP_SPI, 1, 0), 0);
    ck_assert_uint_eq(call(mp(0), RECONFIGURE, MP_SPI, 2, 0), 0);
    ck_assert(!rig_enabled(0, MP_SPI) && rig_is_secure_group1(0, MP_SPI));
    ck_assert(vint_is_enabled(mp(0), MP_SPI)); /* the virtual one is another matter */
    ck_assert_uint_eq(call(mp(1), RECONFIGURE, MP_SPI, 2, 1), 0);
    ck_assert(rig_enabled(0, MP_SPI));
    ck_assert_uint_eq(call(mp(0), RECONFIGURE, MP_SPI, 2, 2), REFUSED);
    ck_assert_uint_eq(call(mp(0), RECONFIGURE, MP_SPI, 3, 0), REFUSED);
    ck_assert_uint_eq(call(mp(0), RECONFIGURE, MP_SPI, 0xffffffff, 0), REFUSED);
    ck_assert_uint_eq(call(mp(2), RECONFIGURE, MP_PPI, 2, 0), 0);
    ck_assert(rig_enabled(0, MP_PPI) && rig_enabled(1, MP_PPI) && !rig_enabled(2, MP_PPI));
    /* Those of a UP partition, which runs on any PE, are off on all. */
    ck_assert_uint_eq(call(up(), RECONFIGURE, UP_PPI, 2, 0), 0);
    for (unsigned i = 0; i < RIG_PES; i++) {
        ck_assert(!rig_enabled(i, UP_PPI));
    }
}
END_TEST

/* Foreign interrupts, the SPMC's own and virtual ones: nothing is written. */
START_TEST(reconfiguring_what_is_not_ones_own)
{
    static const uint64_t ids[] = {MP_SPI, EL0_SPI, 20, SGI_IPI, VINT_TIMER, 1023, 0xffffffff};
    unsigned writes;

    rig_start();
    rig_run(0, up());
    writes = rig.write_count;
    for (unsigned i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        for (unsigned command = 0; command < 3; command++) {
            ck_assert_uint_eq(call(up(), RECONFIGURE, ids[i], command, 0), REFUSED);
        }
    }
    ck_assert_uint_eq(rig.write_count, writes);
}
END_TEST

static bool kicked(unsigned from)
{
    bool was = rig.pe[from].count.sysreg_write[ARCH_ICC_SGI1R] != 0;

    rig.pe[from].count.sysreg_write[ARCH_ICC_SGI1R] = 0;
    return was;
}

START_TEST(ipi_by_state_of_the_target)
{
    static const struct {
        enum vcpu_state state;
        bool takes, kicks;
    } cases[] = {{VCPU_RUNNING, true, true},    {VCPU_WAITING, true, true},
                 {VCPU_STARTING, true, true},   {VCPU_BLOCKED, true, false},
                 {VCPU_PREEMPTED, true, false}, {VCPU_OFF, false, false},
                 {VCPU_CREATED, false, false},  {VCPU_NULL, false, false},
                 {VCPU_ABORTED, false, false},  {VCPU_STOPPED, false, false}};

    rig_run(0, mp(0));
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct vcpu *target = mp(2);

        vint_reset(target);
        ck_assert(vint_enable(target, VINT_IPI, true, false));
        target->state = (uint8_t)cases[i].state;
        ck_assert_uint_eq(call(mp(0), SEND_IPI, 2, 0, 0), cases[i].takes ? 0 : REFUSED);
        ck_assert_int_eq(vint_is_pending(target, VINT_IPI), cases[i].takes);
        ck_assert_int_eq(kicked(0), cases[i].kicks);
    }
    ck_assert_uint_eq(rig.pe[0].sysreg[ARCH_ICC_SGI1R], 0x0005100009010008);
}
END_TEST

START_TEST(ipi_to_oneself_and_to_nobody)
{
    rig_run(0, mp(0));
    rig_run(1, up());
    ck_assert(vint_enable(mp(0), VINT_IPI, true, false));
    ck_assert_uint_eq(call(mp(0), SEND_IPI, 0, 0, 0), 0);
    ck_assert_uint_eq(vint_ready(mp(0)), 1);
    ck_assert(!kicked(0));
    ck_assert_uint_eq(call(up(), SEND_IPI, 0, 0, 0), 0);
    ck_assert(vint_is_pending(up(), VINT_IPI));
    ck_assert_uint_eq(call(mp(0), SEND_IPI, RIG_PES, 0, 0), REFUSED);
    ck_assert_uint_eq(call(mp(0), SEND_IPI, 0xffffffff, 0, 0), REFUSED);
    ck_assert_uint_eq(call(up(), SEND_IPI, 1, 0, 0), REFUSED);
    ck_assert_uint_eq(call(el0(), SEND_IPI, 0, 0, 0), REFUSED);
    ck_assert(!vint_is_pending(mp(1), VINT_IPI) && !vint_is_pending(mp(2), VINT_IPI));
}
END_TEST

/* The other PE is not disturbed again for what it knows, nor for what its vCPU does not want. */
START_TEST(ipis_do_not_pile_up)
{
    rig_run(0, mp(0));
    rig_run(1, mp(1));
    ck_assert_uint_eq(call(mp(0), SEND_IPI, 1, 0, 0), 0);
    ck_assert(!kicked(0)); /* not enabled */
    ck_assert(vint_is_pending(mp(1), VINT_IPI));
    ck_assert_uint_eq(vint_ready(mp(1)), 0);
    ck_assert_uint_eq(call(mp(1), ENABLE, VINT_IPI, 1, 0), 0);
    ck_assert_uint_eq(vint_take(mp(1)), VINT_IPI);
    ck_assert_uint_eq(call(mp(0), SEND_IPI, 1, 0, 0), 0);
    ck_assert(kicked(0));
    ck_assert_uint_eq(call(mp(0), SEND_IPI, 1, 0, 0), 0);
    ck_assert(!kicked(0));
    ck_assert_uint_eq(vint_ready(mp(1)), 1);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, identifiers_of_other_calls);
    tcase_add_test(tcase, enabling);
    tcase_add_test(tcase, enabling_what_is_not_ones_own);
    tcase_add_test(tcase, kind_of_the_managed_exit);
    tcase_add_test(tcase, getting);
    tcase_add_test(tcase, reconfiguring_the_target);
    tcase_add_test(tcase, reconfiguring_the_security_state);
    tcase_add_test(tcase, reconfiguring_the_enable);
    tcase_add_test(tcase, reconfiguring_what_is_not_ones_own);
    tcase_add_test(tcase, ipi_by_state_of_the_target);
    tcase_add_test(tcase, ipi_to_oneself_and_to_nobody);
    tcase_add_test(tcase, ipis_do_not_pile_up);
}

int main(void)
{
    return rig_main("paravirt", add);
}
