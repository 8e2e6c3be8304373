/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * tick: a partition at S-EL1 with a timer of its own (the EL1 physical timer, virtual interrupt 3),
 * which it arms as it is told (tick.h). It takes the interrupt while it serves a request, and when
 * the SPMC resumes it for nothing else.
 */
#include "tick.h"

#include "console.h"
#include "guest.h"
#include "interrupt.h"
#include "serve.h"
#include "timer.h"

#define VINT_TIMER 3u

/* The SPMC's para-virtual interrupt calls, by HVC */
#define INTERRUPT_ENABLE     0xff03u
#define INTERRUPT_GET        0xff04u
#define INTERRUPT_DEACTIVATE 0xff08u

static volatile uint64_t fired;

static uint64_t paravirt(uint64_t function, uint64_t a1, uint64_t a2, uint64_t a3)
{
    struct ffa_args args = {.x = {function, a1, a2, a3}};

    ffa_call_hvc(&args);
    return args.x[0];
}

static void on_interrupt(bool fiq)
{
    uint64_t id = paravirt(INTERRUPT_GET, 0, 0, 0);

    guest_assert(!fiq && id == VINT_TIMER);
    guest_assert((read_cntp_ctl_el0() & TIMER_ISTATUS) != 0);
    timer_stop();
    fired++;
    guest_assert(paravirt(INTERRUPT_DEACTIVATE, id, id, 0) == 0);
}

static void handle(struct ffa_args *args, const struct request *request)
{
    uint64_t before = fired;
    uint64_t end = timer_now() + timer_ticks(request->word[1]);

    (void)args;
    switch (request->word[0]) {
    case TICK_CMD_ARM:
        timer_start(request->word[1]);
        break;
    case TICK_CMD_STAY:
        timer_start(request->word[1]);
        while (fired == before) {
        }
        break;
    case TICK_CMD_SPIN:
        while (timer_now() < end) {
        }
        break;
    default:
        break;
    }
    request->word[1] = fired;
}

void guest_main(unsigned pe)
{
    (void)pe;
    guest_assert(ffa_version(FFA_VERSION_1_3) > 0);
    interrupt_handle(on_interrupt);
    guest_assert(paravirt(INTERRUPT_ENABLE, VINT_TIMER, 1, 0) == 0);
    interrupt_unmask();
    console_printf("tick: ready\n");
    serve(handle);
}
