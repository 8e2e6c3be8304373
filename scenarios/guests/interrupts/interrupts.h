/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Commands to the partition `interrupts`, first word of a direct request's 64-bit payload. All
 * answer; word 0 comes back as it was. Times are microseconds. Counts are of the vCPU that answers.
 */
#ifndef INTERRUPTS_INTERRUPTS_H
#define INTERRUPTS_INTERRUPTS_H

#include <stdint.h>

/* Its timer fires a1 from now. */
#define INT_ARM 0x1e00u
/* Stays until its timer, armed as above, has fired. */
#define INT_STAY 0x1e01u
/* Stays for a1, or until it is told to make a managed exit. r1 = 1: it was. */
#define INT_SPIN 0x1e02u
/* r1 = how often its timer fired, r2 = the device, r3 = managed exits, r4 = IPIs */
#define INT_COUNTS 0x1e03u
/*
 * Passes on command a2 with argument a3, by way of the partitions in a1 (16 bits each, low first)
 * to the last of them, and resumes whom it asked whenever that was interrupted. r1, r2 = the last
 * one's; r3 = how often it was interrupted for the normal world, r4 = for this partition itself
 */
#define INT_ASK 0x1e04u
/* Makes any call by SMC: x0 to x3 = a1 to a4. r1 = x0, r2 = x2, r3 = x4, r4 = x6 */
#define INT_CALL 0x1e05u
/* Raises its own device's interrupt and stays until it is handled. */
#define INT_RAISE 0x1e06u
/* Stays until IPI number a1 has come; INT_MEET sees that it does. */
#define INT_AWAIT_IPI 0x1e07u
/* Stays until vCPU a1 stays for an IPI. */
#define INT_MEET 0x1e08u
/* As INT_CALL, of FFA_NOTIFICATION_GET for the bits of partitions and VMs. r1 = x2, r2 = x4, r3 =
 * how often it was told, r4 = what its handler got */
#define INT_NOTIFIED 0x1e09u
/* Its handler of virtual interrupt 5 gets the notifications itself from now on (a1 = 1). */
#define INT_GET_AT_ONCE 0x1e0au
/* Its next answer to a PE that switches off is a1. */
#define INT_REFUSE_OFF 0x1e0bu
/* r1 = how many PEs it heard of that switch off, of all vCPUs */
#define INT_OFFS 0x1e0cu

/* The SPMC's para-virtual calls */
#define HF_INTERRUPT_ENABLE      0xff03u
#define HF_INTERRUPT_GET         0xff04u
#define HF_INTERRUPT_DEACTIVATE  0xff08u
#define HF_INTERRUPT_RECONFIGURE 0xff09u
#define HF_INTERRUPT_SEND_IPI    0xff0au

/* Virtual interrupts */
#define VINT_TIMER        3u
#define VINT_MANAGED_EXIT 4u
#define VINT_NOTIFICATION 5u
#define VINT_IPI          9u
#define VINT_UART         33u /* of the PL011 below */

/*
 * The device: the normal world's PL011, whose interrupt one of the partitions owns. It is asserted
 * as soon as its transmit interrupt is unmasked behind a character.
 */
#define UART_BASE     0x09000000u
#define UART_DR       0x000u
#define UART_CR       0x030u
#define UART_IMSC     0x038u
#define UART_ICR      0x044u
#define UART_CR_ON    0x301u
#define UART_TX       0x020u
#define UART_ICR_ALL  0x7ffu
#define UART_REG(reg) (*(volatile uint32_t *)(uintptr_t)(UART_BASE + (reg)))

static inline void uart_raise(void)
{
    UART_REG(UART_CR) = UART_CR_ON;
    UART_REG(UART_DR) = '\n';
    UART_REG(UART_IMSC) = UART_TX;
}

/* Until the owner's handler has masked it again */
static inline void uart_await(void)
{
    while (UART_REG(UART_IMSC) != 0) {
    }
}

#endif
