/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * interrupts: a partition that does what the commands of interrupts.h say, takes every virtual
 * interrupt that its manifest gives it, and hears of PEs that switch off. One vCPU or one for each
 * PE.
 */
#include "interrupts.h"

#include "console.h"
#include "guest.h"
#include "interrupt.h"
#include "mmu.h"
#include "serve.h"
#include "timer.h"

#define MAX_VCPUS 8u

SYSREG_READ(mpidr_el1)

struct state {
    uint64_t timer;
    uint64_t device;
    uint64_t managed_exit;
    uint64_t ipi;
    uint64_t told;    /* of notifications */
    uint64_t got;     /* by the handler */
    uint64_t staying; /* for an IPI */
};

static volatile struct state states[MAX_VCPUS];
static bool has_device;
static uint32_t vcpus = 1;
static volatile bool get_at_once;
static volatile uint64_t refusal;
static volatile uint64_t offs;

/* A vCPU of several stays on its PE; the only one goes where it is called. */
static unsigned self(void)
{
    return vcpus == 1 ? 0 : (unsigned)(read_mpidr_el1() & 0xff);
}

static struct ffa_args hf(uint64_t function, uint64_t a1, uint64_t a2, uint64_t a3)
{
    struct ffa_args args = {.x = {function, a1, a2, a3}};

    ffa_call_hvc(&args);
    return args;
}

static uint64_t my_id(void)
{
    return (uint64_t)ffa_id_get();
}

/* All that VMs and partitions sent to it, and to this vCPU. */
static struct ffa_args notifications(void)
{
    struct ffa_args args = {.x = {FFA_NOTIFICATION_GET, FFA_PAIR(self(), my_id()), 3}};

    ffa_call(&args);
    return args;
}

static void on_interrupt(bool fiq)
{
    volatile struct state *me = &states[self()];
    uint64_t id = hf(HF_INTERRUPT_GET, 0, 0, 0).x[0];

    guest_assert(fiq == (id == VINT_MANAGED_EXIT));
    switch (id) {
    case VINT_TIMER:
        guest_assert((read_cntp_ctl_el0() & TIMER_ISTATUS) != 0);
        timer_stop();
        me->timer++;
        break;
    case VINT_MANAGED_EXIT:
        me->managed_exit++;
        break;
    case VINT_NOTIFICATION:
        me->told++;
        if (get_at_once) {
            struct ffa_args r = notifications();

            me->got |= r.x[2] | r.x[4];
        }
        break;
    case VINT_IPI:
        me->ipi++;
        break;
    case VINT_UART:
        UART_REG(UART_ICR) = UART_ICR_ALL;
        me->device++;
        UART_REG(UART_IMSC) = 0;
        break;
    default:
        guest_assert(false);
    }
    guest_assert(hf(HF_INTERRUPT_DEACTIVATE, id, id, 0).x[0] == 0);
}

static uint64_t spin(volatile struct state *me, uint64_t us)
{
    uint64_t end = timer_now() + timer_ticks(us);
    uint64_t exits = me->managed_exit;

    while (timer_now() < end && me->managed_exit == exits) {
    }
    return me->managed_exit != exits;
}

static void ask(uint64_t *word)
{
    uint16_t to = (uint16_t)word[1];
    uint64_t others = word[1] >> 16;
    uint64_t last[FFA_PAYLOAD_WORDS] = {word[2], word[3]};
    uint64_t next[FFA_PAYLOAD_WORDS] = {INT_ASK, others, word[2], word[3]};
    struct ffa_args r = ffa_direct_req64((uint16_t)my_id(), to, others == 0 ? last : next);

    word[3] = 0;
    word[4] = 0;
    while ((uint32_t)r.x[0] == FFA_INTERRUPT) {
        word[r.x[1] != 0 ? 3 : 4]++;
        r = ffa_run(to, vcpus == 1 ? 0 : (uint16_t)self());
    }
    if ((uint32_t)r.x[0] == FFA_MSG_SEND_DIRECT_RESP_64) {
        word[1] = r.x[4];
        word[2] = r.x[5];
    } else {
        word[1] = r.x[0];
        word[2] = r.x[2];
    }
}

static void call(uint64_t *word)
{
    struct ffa_args r = {.x = {word[1], word[2], word[3], word[4]}};

    ffa_call_smc(&r);
    word[1] = r.x[0];
    word[2] = r.x[2];
    word[3] = r.x[4];
    word[4] = r.x[6];
}

static void notified(volatile struct state *me, uint64_t *word)
{
    struct ffa_args r = notifications();

    word[1] = r.x[2];
    word[2] = r.x[4];
    word[3] = me->told;
    word[4] = me->got;
}

static void counts(const volatile struct state *me, uint64_t *word)
{
    word[1] = me->timer;
    word[2] = me->device;
    word[3] = me->managed_exit;
    word[4] = me->ipi;
}

static void await_ipi(volatile struct state *me, uint64_t count)
{
    me->staying = 1;
    while (me->ipi < count) {
        __asm__ volatile("yield");
    }
    me->staying = 0;
}

static void raise_device(const volatile struct state *me)
{
    uint64_t before = me->device;

    uart_raise();
    while (me->device == before) {
    }
}

static void stay(const volatile struct state *me, uint64_t us)
{
    uint64_t before = me->timer;

    timer_start(us);
    while (me->timer == before) {
    }
}

static void handle(uint64_t *word)
{
    volatile struct state *me = &states[self()];

    switch (word[0]) {
    case INT_ARM:
        timer_start(word[1]);
        break;
    case INT_STAY:
        stay(me, word[1]);
        break;
    case INT_SPIN:
        word[1] = spin(me, word[1]);
        break;
    case INT_COUNTS:
        counts(me, word);
        break;
    case INT_ASK:
        ask(word);
        break;
    case INT_CALL:
        call(word);
        break;
    case INT_RAISE:
        raise_device(me);
        break;
    case INT_AWAIT_IPI:
        await_ipi(me, word[1]);
        break;
    case INT_MEET:
        while (states[word[1] % MAX_VCPUS].staying == 0) {
            __asm__ volatile("yield");
        }
        break;
    case INT_NOTIFIED:
        notified(me, word);
        break;
    case INT_GET_AT_ONCE:
        get_at_once = word[1] != 0;
        break;
    case INT_REFUSE_OFF:
        refusal = word[1];
        break;
    case INT_OFFS:
        word[1] = offs;
        break;
    default:
        word[1] = UINT64_MAX;
        break;
    }
}

/* A message of the SPMD's by way of the SPMC: this PE switches off, if all agree. */
static void framework_message(struct ffa_args *args)
{
    guest_assert(args->x[2] == (FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_PSCI_REQ));
    guest_assert(args->x[3] == PSCI_CPU_OFF);
    offs++;
    args->x[0] = FFA_MSG_SEND_DIRECT_RESP_32;
    args->x[1] = FFA_PAIR(FFA_RECEIVER(args->x[1]), FFA_SENDER(args->x[1]));
    args->x[2] = FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_PSCI_RESP;
    args->x[3] = (uint32_t)refusal;
    refusal = 0;
}

static _Noreturn void serve_all(void)
{
    struct ffa_args args = ffa_msg_wait();

    for (;;) {
        struct request request;

        if (!request_decode(&args, &request)) {
            guest_assert(ffa_status(&args) == 0); /* the handler has been there */
            args = (struct ffa_args){.x = {FFA_MSG_WAIT}};
        } else if ((args.x[2] & FFA_FRAMEWORK_MSG) != 0) {
            framework_message(&args);
        } else {
            guest_assert(request.function == FFA_MSG_SEND_DIRECT_REQ_64);
            handle(request.word);
            request_to_response(&args, request.receiver, request.sender);
        }
        ffa_call(&args);
    }
}

static void enable_all(void)
{
    static const uint16_t ids[] = {VINT_TIMER, VINT_MANAGED_EXIT, VINT_NOTIFICATION, VINT_IPI,
                                   VINT_UART};

    for (unsigned i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        bool owned = hf(HF_INTERRUPT_ENABLE, ids[i], 1, ids[i] == VINT_MANAGED_EXIT).x[0] == 0;

        if (ids[i] == VINT_UART && owned && !has_device) {
            has_device = mmu_map(UART_BASE, FFA_PAGE_SIZE_BYTES, MMU_DEVICE | MMU_NON_SECURE);
            guest_assert(has_device);
        }
    }
}

void guest_main(unsigned pe)
{
    guest_assert(ffa_version(FFA_VERSION_1_3) > 0);
    if (pe == 0) {
        struct ffa_args r = ffa_secondary_ep_register(guest_secondary_entry);

        vcpus = ffa_status(&r) == 0 ? MAX_VCPUS : 1;
    }
    interrupt_handle(on_interrupt);
    enable_all();
    interrupt_unmask();
    serve_all();
}
