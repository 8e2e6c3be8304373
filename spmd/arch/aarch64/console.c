/* SPDX-License-Identifier: BSD-3-Clause */
/* Lines on the secure UART, and the end of the machine. */
#include "el3.h"

#define PL011_DR      0x00u
#define PL011_FR      0x18u
#define PL011_CR      0x30u
#define PL011_FR_TXFF (1u << 5)
#define PL011_CR_ON   0x301u /* UARTEN, TXE, RXE */

/* PL061: the machine powers off when line 0 of the secure one rises, line 1 resets it. */
#define PL061_DATA_0 0x004u
#define PL061_DIR    0x400u
#define PL061_DATA_1 0x008u
#define POWER_OFF    1u
#define RESET        2u

static volatile uint32_t *at(uint64_t base, uint32_t offset)
{
    return (volatile uint32_t *)(uintptr_t)(base + offset);
}

void console_init(void)
{
    *at(EL3_UART_SECURE, PL011_CR) = PL011_CR_ON;
    *at(EL3_UART_NORMAL, PL011_CR) = PL011_CR_ON;
}

static void put(char c)
{
    while ((*at(EL3_UART_SECURE, PL011_FR) & PL011_FR_TXFF) != 0) {
    }
    *at(EL3_UART_SECURE, PL011_DR) = (uint8_t)c;
}

void console_text(const char *text)
{
    for (; *text != '\0'; text++) {
        put(*text);
    }
}

void console_hex(uint64_t value)
{
    console_text("0x");
    for (int shift = 60; shift >= 0; shift -= 4) {
        if (value >> shift != 0 || shift == 0) {
            put("0123456789abcdef"[(value >> shift) & 0xfu]);
        }
    }
}

void console_number(uint64_t value)
{
    if (value >= 10) {
        console_number(value / 10);
    }
    put((char)('0' + value % 10));
}

_Noreturn void machine_off(void)
{
    *at(EL3_GPIO_SECURE, PL061_DIR) = POWER_OFF;
    *at(EL3_GPIO_SECURE, PL061_DATA_0) = POWER_OFF;
    for (;;) {
        __asm__ volatile("wfi");
    }
}

/* All PEs and devices start over; RAM keeps what it holds, and the flash loads everything anew. */
_Noreturn void machine_reset(void)
{
    el3_state.ready = 0; /* what secondary PEs wait for, before anybody can clear it */
    __asm__ volatile("dc civac, %0\n\tdsb sy" : : "r"(&el3_state.ready) : "memory");
    *at(EL3_GPIO_SECURE, PL061_DIR) = RESET;
    *at(EL3_GPIO_SECURE, PL061_DATA_1) = RESET;
    for (;;) {
        __asm__ volatile("wfi");
    }
}

_Noreturn void el3_panic(const char *why, uint64_t value)
{
    uint64_t elr;

    __asm__ volatile("mrs %0, elr_el3" : "=r"(elr));
    console_text("el3: panic: ");
    console_text(why);
    console_hex(value);
    console_text(", ELR ");
    console_hex(elr);
    console_text("\n");
    machine_off();
}

/* libfdt comes compiled with stack canaries. */
_Noreturn void __stack_chk_fail(void);

_Noreturn void __stack_chk_fail(void)
{
    el3_panic("a stack canary was overwritten at EL3, ", 0);
}
