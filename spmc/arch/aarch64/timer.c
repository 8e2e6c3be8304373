/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The EL1 timers belong to the normal world. Partitions have a physical timer that the core
 * emulates, and no virtual one, so nothing is switched: a deadline of the normal world that passes
 * while a partition runs raises its Non-secure interrupt at once, and that comes to S-EL2.
 *
 * Two things would go wrong by that alone.
 *  - Without FEAT_ECV no partition can be kept from the virtual timer. What it writes there is
 *    undone when it exits.
 *  - CNTVOFF_EL2 and CNTPOFF_EL2 are switched by EL3 with the rest of EL2: a guest of a hypervisor
 *    sees another count than the secure world, and its timer may look due long before it is. The
 *    normal world could do nothing about that interrupt, and the partition would never get on. So
 *    a timer that is due with the same deadline on two entries in a row is masked until the normal
 *    world runs again.
 */
#include "arch/aarch64/port.h"
#include "arch/aarch64/sysreg.h"

SYSREG(cntv_ctl_el02)
SYSREG(cntv_cval_el02)
SYSREG(cntp_ctl_el02)
SYSREG(cntp_cval_el02)

static bool hold(struct nwd_timer *timer, uint64_t ctl, uint64_t cval)
{
    bool is_due =
        (ctl & (TIMER_ENABLE | TIMER_IMASK | TIMER_ISTATUS)) == (TIMER_ENABLE | TIMER_ISTATUS);

    timer->is_masked = is_due && timer->is_due && timer->cval == cval;
    timer->is_due = is_due;
    timer->ctl = ctl & (TIMER_ENABLE | TIMER_IMASK);
    timer->cval = cval;
    return timer->is_masked;
}

/* A PE comes: the normal world has not started there, what reset left in its timers is not its. */
void timer_init(const struct arch_pe *pe)
{
    write_cnthctl_el2(CNTHCTL_EL1PCTEN | CNTHCTL_EL0PCTEN | CNTHCTL_EL0VCTEN |
                      (pe->has_ecv ? CNTHCTL_EL1TVT : 0));
    write_cntvoff_el2(0);
    write_cntv_ctl_el02(0);
    write_cntp_ctl_el02(0);
    write_cnthps_ctl_el2(0);
}

void timer_hold(struct arch_pe *pe)
{
    if (pe->timers_are_held) {
        return;
    }
    pe->timers_are_held = true;
    if (hold(&pe->nwd_timer[NWD_TIMER_VIRTUAL], read_cntv_ctl_el02(), read_cntv_cval_el02())) {
        write_cntv_ctl_el02(pe->nwd_timer[NWD_TIMER_VIRTUAL].ctl | TIMER_IMASK);
    }
    if (hold(&pe->nwd_timer[NWD_TIMER_PHYSICAL], read_cntp_ctl_el02(), read_cntp_cval_el02())) {
        write_cntp_ctl_el02(pe->nwd_timer[NWD_TIMER_PHYSICAL].ctl | TIMER_IMASK);
    }
}

/* A partition has exited. */
void timer_guard(const struct arch_pe *pe)
{
    const struct nwd_timer *timer = &pe->nwd_timer[NWD_TIMER_VIRTUAL];

    if (!pe->has_ecv) {
        write_cntv_cval_el02(timer->cval);
        write_cntv_ctl_el02(timer->ctl | (timer->is_masked ? TIMER_IMASK : 0));
    }
}

void timer_release(struct arch_pe *pe)
{
    if (!pe->timers_are_held) {
        return;
    }
    pe->timers_are_held = false;
    if (pe->nwd_timer[NWD_TIMER_VIRTUAL].is_masked) {
        write_cntv_ctl_el02(pe->nwd_timer[NWD_TIMER_VIRTUAL].ctl);
    }
    if (pe->nwd_timer[NWD_TIMER_PHYSICAL].is_masked) {
        write_cntp_ctl_el02(pe->nwd_timer[NWD_TIMER_PHYSICAL].ctl);
    }
}
