/* SPDX-License-Identifier: BSD-3-Clause */
/* The GIC probe on QEMU's virt machine at EL3, with excursions to S-EL1 and NS-EL2. */
#include "gic_probe/access.h"
#include "gic_probe/probe.h"

#define UART0     0x09000000u
#define UART1     0x09040000u
#define UART_DR   0x00u
#define UART_CR   0x30u
#define UART_IMSC 0x38u
#define UART_ON   0x301u
#define UART_TX   0x20u
#define NS_ALIAS  0x100000000u /* the same devices by Non-secure accesses */
#define PSCI_OFF  0x84000008u
#define SCR_NS    0x001u
#define SCR_FIQ   0x004u
#define SCR_RES1  0x030u
#define SCR_HCE   0x100u
#define SCR_RW    0x400u
#define SCR_BASE  (SCR_RES1 | SCR_HCE | SCR_RW)
#define SPSR_EL1H 0x3c5u
#define SPSR_EL2H 0x3c9u
#define TIMER_ON  1u
#define ISR_I     0x80u
#define ISR_F     0x40u
#define NONE      0xffffffffu

struct access {
    uint32_t reg; /* NONE: ISR_EL1 */
    bool write;
    uint64_t value;
};

void excursion(uint64_t scr, uint64_t spsr, struct access *access);
void do_access(struct access *access);
void el3_main(void);
void el3_unexpected(uint64_t vector);

#ifndef PROBE_SEED
#define PROBE_SEED 1
#endif
#ifndef PROBE_EPISODES
#define PROBE_EPISODES 10
#endif
#ifndef PROBE_STEPS
#define PROBE_STEPS 100
#endif

static volatile uint32_t *mmio32(uint64_t address)
{
    return (volatile uint32_t *)address;
}

static void print(const char *text)
{
    for (; *text != '\0'; text++) {
        *mmio32(UART1 + UART_DR) = (uint8_t)*text;
    }
    *mmio32(UART1 + UART_DR) = '\n';
}

/* Runs at any level. */
void do_access(struct access *access)
{
    if (access->reg == NONE) {
        __asm__ volatile("mrs %0, isr_el1" : "=r"(access->value));
    } else {
        access->value = probe_icc((enum probe_icc)access->reg, access->write, access->value);
    }
    __asm__ volatile("dsb sy\n\tisb" : : : "memory");
}

static void set_scr(uint64_t scr)
{
    __asm__ volatile("msr scr_el3, %0\n\tisb" : : "r"(scr) : "memory");
}

static uint64_t access_at(enum probe_state state, struct access access)
{
    switch (state) {
    case PROBE_NS:
        excursion(SCR_BASE | SCR_NS | SCR_FIQ, SPSR_EL2H, &access);
        break;
    case PROBE_S:
        excursion(SCR_BASE, SPSR_EL1H, &access);
        break;
    default:
        set_scr(state == PROBE_EL3_NS ? SCR_BASE | SCR_NS : SCR_BASE);
        do_access(&access);
        set_scr(SCR_BASE);
        break;
    }
    return access.value;
}

static uint64_t icc_read(enum probe_state state, enum probe_icc reg)
{
    return access_at(state, (struct access){.reg = (uint32_t)reg});
}

static void icc_write(enum probe_state state, enum probe_icc reg, uint64_t value)
{
    (void)access_at(state, (struct access){.reg = (uint32_t)reg, .write = true, .value = value});
}

static unsigned signals(enum probe_state state)
{
    uint64_t isr = access_at(state, (struct access){.reg = NONE});

    return ((isr & ISR_I) != 0 ? PROBE_IRQ : 0) | ((isr & ISR_F) != 0 ? PROBE_FIQ : 0);
}

static uint64_t mmio_read(bool secure, uint64_t address, unsigned size)
{
    return probe_mmio_read(address + (secure ? 0 : NS_ALIAS), size);
}

static void mmio_write(bool secure, uint64_t address, unsigned size, uint64_t value)
{
    probe_mmio_write(address + (secure ? 0 : NS_ALIAS), size, value);
}

/* Compare values are zero: an enabled timer asserts its line. */
static void line(uint32_t intid, bool level)
{
    uint64_t on = level ? TIMER_ON : 0;

    switch (intid) {
    case 26:
        __asm__ volatile("msr cnthp_ctl_el2, %0" : : "r"(on));
        break;
    case 27:
        __asm__ volatile("msr cntv_ctl_el0, %0" : : "r"(on));
        break;
    case 29:
        __asm__ volatile("msr cntps_ctl_el1, %0" : : "r"(on));
        break;
    case 30:
        __asm__ volatile("msr cntp_ctl_el0, %0" : : "r"(on));
        break;
    default:
        *mmio32(UART0 + UART_IMSC) = level ? UART_TX : 0;
        break;
    }
    __asm__ volatile("dsb sy\n\tisb" : : : "memory");
}

/* Device memory and RAM where they lie, and the devices once more as the Non-secure state's. */
static void map(void)
{
    static uint64_t table[512] __attribute__((aligned(4096)));
    uint64_t tcr = 25u | 0u << 14 | 2u << 16 | 1u << 31 | 1u << 23; /* 39 bits, 4 KiB, 40 bits PA */

    table[0] = 0x0000000000000401u | 0u << 2;           /* attribute 0: Device-nGnRnE */
    table[1] = 0x0000000040000421u | 1u << 2 | 3u << 8; /* NS, attribute 1: Normal */
    table[4] = 0x0000000000000421u | 0u << 2;           /* NS */
    __asm__ volatile("msr mair_el3, %0\n\tmsr tcr_el3, %1\n\tmsr ttbr0_el3, %2\n\tisb\n\t"
                     "tlbi alle3\n\tdsb sy\n\tisb"
                     :
                     : "r"((uint64_t)0xff00), "r"(tcr), "r"((uint64_t)table)
                     : "memory");
    __asm__ volatile("mrs x9, sctlr_el3\n\torr x9, x9, #1\n\tmsr sctlr_el3, x9\n\tisb"
                     :
                     :
                     : "x9", "memory");
}

static void begin(void)
{
    const uint64_t all = 0xf;

    map();
    __asm__ volatile("msr S3_6_C12_C12_5, %0\n\tisb" : : "r"(all)); /* ICC_SRE_EL3 */
    set_scr(SCR_BASE | SCR_NS);
    __asm__ volatile("msr S3_4_C12_C9_5, %0\n\tisb\n\tmsr S3_0_C12_C12_5, %0\n\tisb"
                     :
                     : "r"(all)); /* ICC_SRE_EL2, ICC_SRE_EL1 */
    set_scr(SCR_BASE);
    __asm__ volatile("msr S3_0_C12_C12_5, %0\n\tisb" : : "r"(all));
    __asm__ volatile("msr hcr_el2, xzr\n\tmsr cntp_cval_el0, xzr\n\tmsr cntv_cval_el0, xzr\n\t"
                     "msr cnthp_cval_el2, xzr\n\tmsr cntps_cval_el1, xzr\n\tmsr cntvoff_el2, xzr");
    *mmio32(UART0 + UART_CR) = UART_ON;
    *mmio32(UART0 + UART_IMSC) = 0;
    *mmio32(UART0 + UART_DR) = '\n'; /* from now on its interrupt is only masked */
    *mmio32(UART1 + UART_CR) = UART_ON;
}

static _Noreturn void stop(void)
{
    /* Semihosting SYS_EXIT, ADP_Stopped_ApplicationExit */
    static const uint64_t block[2] = {0x20026, 0};
    register uint64_t operation __asm__("x0") = 0x18;
    register const uint64_t *argument __asm__("x1") = block;

    for (;;) {
        __asm__ volatile("hlt #0xf000" : : "r"(operation), "r"(argument) : "memory");
    }
}

void el3_unexpected(uint64_t vector)
{
    char text[] = "unexpected exception, vector ?";

    text[sizeof(text) - 2] = "0123456789abcdef"[vector & 0xf];
    print(text);
    stop();
}

void el3_main(void)
{
    static const struct probe_io io = {
        .secure = true,
        .pes = 2,
        .distributor = 0x08000000,
        .redistributor = 0x080a0000,
        .read = mmio_read,
        .write = mmio_write,
        .icc_read = icc_read,
        .icc_write = icc_write,
        .signals = signals,
        .line = line,
        .say = print,
    };

    begin();
    probe_run(&io, PROBE_SEED, PROBE_EPISODES, PROBE_STEPS);
    print("done");
    stop();
}
