/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The receiving half of the PL011. The other end sends as fast as the FIFO takes it and waits when
 * it is full, as with hardware flow control: input takes no time and does not overrun.
 */
#include <stdlib.h>
#include <string.h>

#include "sim/device/pl011_internal.h"

/* The receive timeout: so many bits without a new character. */
#define TIMEOUT_BITS 32u
/* Where the divisors are not set: 115200 baud. */
#define DEFAULT_BIT_NS 8681u

void pl011_drive(struct pl011 *uart)
{
    device_line_set(&uart->line_out, (uart->ris & uart->imsc) != 0);
}

static unsigned capacity(const struct pl011 *uart)
{
    return (uart->lcr_h & PL011_LCR_FEN) != 0 ? PL011_FIFO_BYTES : 1;
}

/* Bytes in the FIFO that raise the receive interrupt. */
static unsigned trigger(const struct pl011 *uart)
{
    static const uint8_t level[8] = {4, 8, 16, 24, 28, 28, 28, 28};

    return (uart->lcr_h & PL011_LCR_FEN) != 0 ? level[uart->ifls >> 3 & 7] : 1;
}

/* One bit is 16 periods of the clock divided by IBRD and FBRD / 64. */
static uint64_t bit_ns(const struct pl011 *uart)
{
    uint64_t divisor64 = (uint64_t)uart->ibrd * 64 + uart->fbrd;

    return uart->ibrd == 0 ? DEFAULT_BIT_NS : divisor64 * 250000000u / uart->hz;
}

static void on_timeout(struct machine *machine, void *arg)
{
    struct pl011 *uart = arg;

    (void)machine;
    uart->ris |= PL011_INT_RT;
    pl011_drive(uart);
}

void pl011_catch_up(struct pl011 *uart, uint64_t now_ns)
{
    device_catch_up(&uart->device, &uart->timeout, now_ns);
}

/* The timeout runs anew with each character that comes, while some are in the FIFO. */
static void start_timeout(struct pl011 *uart, uint64_t now_ns)
{
    machine_event_add(uart->device.machine, &uart->timeout, now_ns + TIMEOUT_BITS * bit_ns(uart),
                      on_timeout, uart);
}

static void push(struct pl011 *uart, uint8_t byte)
{
    uart->fifo[uart->fifo_bytes++] = byte;
    if (uart->fifo_bytes == trigger(uart))
        uart->ris |= PL011_INT_RX;
}

void pl011_admit(struct pl011 *uart, uint64_t now_ns)
{
    size_t taken = 0;

    if ((uart->cr & (PL011_CR_UARTEN | PL011_CR_RXE)) != (PL011_CR_UARTEN | PL011_CR_RXE))
        return;
    while (taken < uart->input_bytes && uart->fifo_bytes < capacity(uart))
        push(uart, uart->input[taken++]);
    if (taken == 0)
        return;
    uart->input_bytes -= taken;
    memmove(uart->input, uart->input + taken, uart->input_bytes);
    start_timeout(uart, now_ns);
    pl011_drive(uart);
}

uint32_t pl011_take(struct pl011 *uart, uint64_t now_ns)
{
    uint32_t byte = uart->fifo[0];

    if (uart->fifo_bytes == 0)
        return 0;
    uart->fifo_bytes--;
    memmove(uart->fifo, uart->fifo + 1, uart->fifo_bytes);
    if (uart->fifo_bytes < trigger(uart))
        uart->ris &= ~PL011_INT_RX;
    if (uart->fifo_bytes == 0) {
        uart->ris &= ~PL011_INT_RT;
        machine_event_remove(uart->device.machine, &uart->timeout);
    }
    pl011_admit(uart, now_ns);
    pl011_drive(uart);
    return byte;
}

void pl011_loop_back(struct pl011 *uart, uint64_t now_ns, uint8_t byte)
{
    if (uart->fifo_bytes >= capacity(uart)) {
        uart->ris |= PL011_INT_OE;
        uart->rsr |= PL011_RSR_OE;
        return;
    }
    push(uart, byte);
    start_timeout(uart, now_ns);
}

uint32_t pl011_flags(const struct pl011 *uart)
{
    return PL011_FR_TXFE | (uart->fifo_bytes == 0 ? PL011_FR_RXFE : 0) |
           (uart->fifo_bytes >= capacity(uart) ? PL011_FR_RXFF : 0);
}

/* Path, name or number. */
static struct pl011 *find_uart(const struct machine *machine, const char *which)
{
    char *end;
    unsigned long number = strtoul(which, &end, 10);
    bool numbered = which[0] >= '0' && which[0] <= '9' && *end == '\0';

    for (struct device *device = machine->devices; device != NULL; device = device->next) {
        const char *path = device->node->path;

        if (strcmp(device->node->compatible, device_pl011.compatible[0]) != 0)
            continue;
        if (numbered ? number-- == 0
                     : strcmp(path, which) == 0 || strcmp(strrchr(path, '/') + 1, which) == 0)
            return (struct pl011 *)device;
    }
    return NULL;
}

bool pl011_receive(struct machine *machine, const char *which, const void *bytes, size_t n)
{
    struct pl011 *uart = find_uart(machine, which);

    if (uart == NULL || n > PL011_INPUT_BYTES - uart->input_bytes)
        return false;
    memcpy(uart->input + uart->input_bytes, bytes, n);
    uart->input_bytes += n;
    pl011_catch_up(uart, machine_now(machine));
    pl011_admit(uart, machine_now(machine));
    return true;
}
