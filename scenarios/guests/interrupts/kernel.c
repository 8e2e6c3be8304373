/* SPDX-License-Identifier: BSD-3-Clause */
#include "kernel.h"

#include "mmu.h"

SYSREG_READ(mpidr_el1)

volatile uint32_t taken[KERNEL_PES][32];
static uint32_t stages[KERNEL_PES];

unsigned this_pe(void)
{
    return (unsigned)(read_mpidr_el1() & 0xff) % KERNEL_PES;
}

static void on_interrupt(bool fiq)
{
    uint32_t intid = gic_take();

    guest_assert(!fiq && intid < 32);
    if (intid == TIMER_PPI) {
        timer_stop();
    }
    gic_end(intid);
    taken[this_pe()][intid]++;
}

static void begin_pe(unsigned pe)
{
    gic_init_pe();
    gic_enable(pe, TIMER_PPI);
    gic_enable(pe, SRI);
    gic_enable(pe, SGI_A);
    gic_enable(pe, SGI_B);
    interrupt_unmask();
}

void guest_main(unsigned pe)
{
    guest_assert(ffa_version(FFA_VERSION_1_3) > 0);
    gic_map();
    guest_assert(mmu_map(UART_BASE, FFA_PAGE_SIZE_BYTES, MMU_DEVICE));
    interrupt_handle(on_interrupt);
    begin_pe(pe);
    kernel_run();
}

#ifdef KERNEL_HAS_OTHERS
void guest_secondary_main(unsigned pe)
{
    begin_pe(pe);
    kernel_run_on(pe);
    (void)psci_cpu_off();
    guest_assert(false);
}
#endif

void kernel_end(const char *proved)
{
    console_printf("interrupts: %s\n", proved);
    psci_system_off();
}

void kernel_start(unsigned pe)
{
    guest_assert(psci_cpu_on(pe, pe) == PSCI_SUCCESS);
}

void kernel_join(unsigned pe)
{
    while (psci_affinity_info(pe) != PSCI_AFFINITY_OFF) {
        __asm__ volatile("yield");
    }
}

void reach(unsigned pe, uint32_t stage)
{
    __atomic_store_n(&stages[pe], stage, __ATOMIC_RELEASE);
}

void await(unsigned pe, uint32_t stage)
{
    while (__atomic_load_n(&stages[pe], __ATOMIC_ACQUIRE) < stage) {
        __asm__ volatile("yield");
    }
}

void spin_us(uint64_t us)
{
    uint64_t end = timer_now() + timer_ticks(us);

    while (timer_now() < end) {
    }
}

void await_taken(uint32_t intid, uint32_t count)
{
    while (taken[this_pe()][intid] < count) {
        __asm__ volatile("yield");
    }
    guest_assert(taken[this_pe()][intid] == count);
}

struct ffa_args call(uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3)
{
    struct ffa_args args = {.x = {x0, x1, x2, x3}};

    ffa_call(&args);
    return args;
}

struct ffa_args ask(unsigned sp, uint64_t command, uint64_t a1, uint64_t a2, uint64_t a3)
{
    uint64_t payload[FFA_PAYLOAD_WORDS] = {command, a1, a2, a3};

    return ffa_direct_req64(FFA_ID_NWD, SP(sp), payload);
}

void expect_answer(const struct ffa_args *r, unsigned sp)
{
    guest_assert((uint32_t)r->x[0] == FFA_MSG_SEND_DIRECT_RESP_64);
    guest_assert(r->x[1] == FFA_PAIR(SP(sp), FFA_ID_NWD) && r->x[2] == 0);
}

void expect_preempted(const struct ffa_args *r, unsigned sp, unsigned vcpu)
{
    guest_assert((uint32_t)r->x[0] == FFA_INTERRUPT);
    guest_assert(r->x[1] == FFA_PAIR(SP(sp), vcpu) && r->x[2] == 0);
}

void expect_error(const struct ffa_args *r, int32_t code)
{
    guest_assert(ffa_status(r) == code);
}

struct ffa_args tell(unsigned sp, uint64_t command, uint64_t a1, uint64_t a2, uint64_t a3)
{
    struct ffa_args r = ask(sp, command, a1, a2, a3);

    expect_answer(&r, sp);
    return r;
}

struct ffa_args resume(unsigned sp)
{
    struct ffa_args r = ffa_run(SP(sp), 0);

    expect_answer(&r, sp);
    return r;
}
