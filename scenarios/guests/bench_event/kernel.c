/* SPDX-License-Identifier: BSD-3-Clause */
#include "bench_event.h"

#include "fast_call.h"
#include "ffa.h"
#include "gic.h"
#include "guest.h"
#include "interrupt.h"
#include "psci.h"
#include "timer.h"

#define SRI        8u
#define PARTITION  FFA_ID_SP_FIRST
#define FROM_SP    0x1u
#define TURN_TICKS 32u /* of the partition, half a microsecond, until it is preempted */
#define FAST(...)  ((struct fast_regs){{__VA_ARGS__}})

static volatile uint64_t interrupts;

static void on_interrupt(bool fiq)
{
    uint32_t intid = gic_take();

    guest_assert(!fiq && (intid == SRI || intid == TIMER_PPI));
    if (intid == TIMER_PPI) {
        timer_stop();
    }
    interrupts++;
    gic_end(intid);
}

static void call(struct fast_regs *r, uint64_t wanted)
{
    fast_call(r);
    guest_assert(r->x[0] == wanted);
}

/* The partition sets, the interrupt comes, the list says for whom, and what was set is taken. */
static void notification(void)
{
    uint64_t before = interrupts;
    struct fast_regs r =
        FAST(FFA_MSG_SEND_DIRECT_REQ_64, FFA_PAIR(FFA_ID_NWD, PARTITION), 0, BENCH_EVENT_NOTIFY);

    call(&r, FFA_MSG_SEND_DIRECT_RESP_64);
    while (interrupts == before) {
    }
    r = FAST(FFA_NOTIFICATION_INFO_GET_64);
    call(&r, FFA_SUCCESS_64);
    guest_assert((uint16_t)r.x[3] == FFA_ID_NWD);
    r = FAST(FFA_NOTIFICATION_GET, FFA_ID_NWD, FROM_SP);
    call(&r, FFA_SUCCESS_32);
    guest_assert(r.x[2] == BENCH_EVENT_BIT);
}

static void notifications(uint32_t rounds)
{
    struct fast_regs r = FAST(FFA_NOTIFICATION_BITMAP_CREATE, FFA_ID_NWD, 1);

    call(&r, FFA_SUCCESS_32);
    r = FAST(FFA_NOTIFICATION_BIND, FFA_PAIR(PARTITION, FFA_ID_NWD), 0, BENCH_EVENT_BIT);
    call(&r, FFA_SUCCESS_32);
    for (uint32_t n = 0; n < rounds; n++) {
        notification();
    }
    guest_assert(interrupts == rounds);
}

/* Our timer takes the PE from the partition, FFA_RUN gives it back. */
static void preemptions(uint32_t rounds)
{
    struct fast_regs r =
        FAST(FFA_MSG_SEND_DIRECT_REQ_64, FFA_PAIR(FFA_ID_NWD, PARTITION), 0, BENCH_EVENT_STAY);

    for (uint32_t n = 0; n < rounds; n++) {
        write_cntp_cval_el0(read_cntpct_el0() + TURN_TICKS);
        write_cntp_ctl_el0(TIMER_ENABLE);
        call(&r, FFA_INTERRUPT);
        while (interrupts == n) {
        }
        r = FAST(FFA_RUN, FFA_PAIR(PARTITION, 0));
    }
    guest_assert(interrupts == rounds);
}

void guest_main(unsigned pe)
{
    uint64_t parameter = guest_parameter;

    (void)pe;
    guest_assert(ffa_version(FFA_VERSION_1_3) > 0);
    gic_map();
    gic_init_pe();
    gic_enable(0, SRI);
    gic_enable(0, TIMER_PPI);
    interrupt_handle(on_interrupt);
    interrupt_unmask();
    if ((parameter & BENCH_EVENT_PREEMPT) != 0) {
        preemptions((uint32_t)parameter);
    } else {
        notifications((uint32_t)parameter);
    }
    psci_system_off();
}
