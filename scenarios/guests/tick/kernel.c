/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The normal world at EL1 and the partition `tick`: the partition's timer fires while it runs and
 * while the normal world does, the normal world's while the partition runs. Each is awaited before
 * the next is armed, and far away when it is, so that the order is the same on any machine.
 */
#include "tick.h"

#include "console.h"
#include "ffa.h"
#include "gic.h"
#include "guest.h"
#include "interrupt.h"
#include "psci.h"
#include "timer.h"

#define SOON_US 5000u
#define LONG_US 20000u
#define TICK    ((uint16_t)(FFA_ID_SPMC + 1))

static volatile uint64_t ticks; /* of our own timer */

static void on_interrupt(bool fiq)
{
    uint32_t intid = gic_take();

    guest_assert(!fiq && intid == TIMER_PPI);
    timer_stop();
    ticks++;
    gic_end(intid);
}

static struct ffa_args ask(uint64_t command, uint64_t us)
{
    uint64_t payload[FFA_PAYLOAD_WORDS] = {command, us};

    return ffa_direct_req64(FFA_ID_NWD, TICK, payload);
}

static void expect_answer(const struct ffa_args *r, uint64_t command, uint64_t fired)
{
    guest_assert((uint32_t)r->x[0] == FFA_MSG_SEND_DIRECT_RESP_64);
    guest_assert(r->x[3] == command && r->x[4] == fired);
}

/* Keeps many registers busy: an interrupt that EL3 takes from here must leave them alone. */
static void spin(uint64_t us)
{
    uint64_t end = timer_now() + timer_ticks(us);
    uint64_t a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7, h = 8;
    uint64_t rounds = 0;

    while (timer_now() < end) {
        a += 1, b += 2, c += 3, d += 4, e += 5, f += 6, g += 7, h += 8;
        rounds++;
        __asm__ volatile(""
                         : "+r"(a), "+r"(b), "+r"(c), "+r"(d), "+r"(e), "+r"(f), "+r"(g), "+r"(h));
    }
    guest_assert(a == 1 + rounds && b == 2 + 2 * rounds && c == 3 + 3 * rounds);
    guest_assert(d == 4 + 4 * rounds && e == 5 + 5 * rounds && f == 6 + 6 * rounds);
    guest_assert(g == 7 + 7 * rounds && h == 8 + 8 * rounds);
}

void guest_main(unsigned pe)
{
    struct ffa_args r;

    (void)pe;
    guest_assert(ffa_version(FFA_VERSION_1_3) > 0);
    gic_map();
    gic_init_pe();
    gic_enable(0, TIMER_PPI);
    interrupt_handle(on_interrupt);
    interrupt_unmask();

    /* While the partition runs */
    r = ask(TICK_CMD_STAY, SOON_US);
    expect_answer(&r, TICK_CMD_STAY, 1);
    console_printf("kernel: it fired under the partition\n");

    /* While the normal world runs */
    r = ask(TICK_CMD_ARM, SOON_US);
    expect_answer(&r, TICK_CMD_ARM, 1);
    spin(LONG_US);
    r = ask(TICK_CMD_SPIN, 0);
    expect_answer(&r, TICK_CMD_SPIN, 2);
    console_printf("kernel: it fired under the normal world\n");

    /* The normal world's own, first here, then under the partition */
    timer_start(SOON_US);
    while (ticks == 0) {
    }
    timer_start(SOON_US);
    r = ask(TICK_CMD_SPIN, LONG_US);
    while ((uint32_t)r.x[0] == FFA_INTERRUPT) {
        guest_assert(ticks == 2 && r.x[1] == FFA_PAIR(TICK, 0));
        r = ffa_run(TICK, 0);
    }
    expect_answer(&r, TICK_CMD_SPIN, 2);
    guest_assert(ticks == 2);
    console_printf("kernel: ours fired under the partition\n");

    psci_system_off();
}
