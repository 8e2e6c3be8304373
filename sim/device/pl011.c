/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * arm,pl011: the Arm PrimeCell UART. What is written to DR becomes lines of the trace; transmission
 * takes no time, so the transmit FIFO is always empty. What is received comes from outside by
 * pl011_receive(): see pl011_input.c. Offsets and bits are those of the PL011 Technical Reference
 * Manual (DDI 0183), chapter 3.
 */

#include "sim/device/pl011.h"

#include "sim/device/pl011_internal.h"
#include "sim/trace/trace.h"

enum pl011_offset {
    PL011_DR = 0x000,
    PL011_RSR = 0x004,
    PL011_FR = 0x018,
    PL011_ILPR = 0x020,
    PL011_IBRD = 0x024,
    PL011_FBRD = 0x028,
    PL011_LCR_H = 0x02c,
    PL011_CR = 0x030,
    PL011_IFLS = 0x034,
    PL011_IMSC = 0x038,
    PL011_RIS = 0x03c,
    PL011_MIS = 0x040,
    PL011_ICR = 0x044,
    PL011_DMACR = 0x048,
    PL011_PERIPH_ID0 = 0xfe0,
    PL011_CELL_ID3 = 0xffc,
};

#define PL011_BYTES      0x1000u
#define PL011_DEFAULT_HZ 24000000u
#define CR_TXE           (1u << 8)
#define CR_RESET         0x0300u
#define IFLS_RESET       0x12u
#define INT_MASK         0x07ffu

/* PeriphID0..3 and PCellID0..3: part 0x011, designer Arm, revision r1p5. */
static const uint8_t identification[8] = {0x11, 0x10, 0x34, 0x00, 0x0d, 0xf0, 0x05, 0xb1};

static void emit_line(struct pl011 *uart, const struct sim_pe *pe)
{
    uint64_t base = uart->device.node->reg[0].base;
    struct event_header header = {
        .time_ns = pe != NULL ? pe->now_ns : machine_now(uart->device.machine),
        .type = EVENT_UART,
        .endpoint = EVENT_NOBODY,
        .from = EVENT_NOBODY,
        .pe = pe != NULL ? (uint8_t)pe->index : 0,
        .arg_count = 1,
        .text_bytes = (uint16_t)uart->line_bytes,
    };

    uart->line[uart->line_bytes] = '\0';
    uart->line_bytes = 0;
    if (uart->device.machine->trace != NULL)
        trace_emit(uart->device.machine->trace, &header, &base, uart->line);
}

static void transmit(struct pl011 *uart, const struct sim_pe *pe, uint8_t byte)
{
    const char *path = uart->device.node->path;

    uart->ris |= PL011_INT_TX;
    if ((uart->cr & PL011_CR_LBE) != 0) {
        pl011_loop_back(uart, device_now(&uart->device, pe), byte);
        return;
    }
    if (!uart->warned_disabled &&
        (uart->cr & (PL011_CR_UARTEN | CR_TXE)) != (PL011_CR_UARTEN | CR_TXE)) {
        uart->warned_disabled = true;
        machine_warn(uart->device.machine,
                     "%s: DR is written while UARTCR leaves the transmitter "
                     "off: silicon would send nothing",
                     path);
    }
    if (uart->written_bytes++ >= PL011_RUN_BYTES) {
        if (uart->written_bytes == PL011_RUN_BYTES + 1) {
            if (uart->line_bytes != 0)
                emit_line(uart, pe);
            machine_warn(uart->device.machine,
                         "%s: more than %u bytes of output: the rest is not "
                         "shown",
                         path, PL011_RUN_BYTES);
        }
        return;
    }
    if (byte == '\n') {
        emit_line(uart, pe);
        return;
    }
    if (byte == '\r')
        return;
    /* One event is one printable line, whatever a guest sends. */
    if ((byte < 0x20 && byte != '\t') || byte == 0x7f)
        byte = '?';
    uart->line[uart->line_bytes++] = (char)byte;
    if (uart->line_bytes == PL011_LINE_BYTES)
        emit_line(uart, pe);
}

static uint64_t pl011_read(void *device, struct sim_pe *pe, uint64_t offset, unsigned size,
                           enum bus_pas pas)
{
    struct pl011 *uart = device;

    (void)size;
    (void)pas;
    pl011_catch_up(uart, device_now(&uart->device, pe));
    switch (offset) {
    case PL011_DR:
        return pl011_take(uart, device_now(&uart->device, pe));
    case PL011_RSR:
        return uart->rsr;
    case PL011_ICR:
        return 0;
    case PL011_FR:
        return pl011_flags(uart);
    case PL011_ILPR:
        return uart->ilpr;
    case PL011_IBRD:
        return uart->ibrd;
    case PL011_FBRD:
        return uart->fbrd;
    case PL011_LCR_H:
        return uart->lcr_h;
    case PL011_CR:
        return uart->cr;
    case PL011_IFLS:
        return uart->ifls;
    case PL011_IMSC:
        return uart->imsc;
    case PL011_RIS:
        return uart->ris;
    case PL011_MIS:
        return uart->ris & uart->imsc;
    case PL011_DMACR:
        return uart->dmacr;
    default:
        break;
    }
    if (offset >= PL011_PERIPH_ID0 && offset <= PL011_CELL_ID3 && offset % 4 == 0)
        return identification[(offset - PL011_PERIPH_ID0) / 4];
    device_warn_unmodelled(&uart->device, &uart->unmodelled, "PL011", offset, false);
    return 0;
}

static void pl011_write(void *device, struct sim_pe *pe, uint64_t offset, unsigned size,
                        uint64_t value, enum bus_pas pas)
{
    struct pl011 *uart = device;
    uint64_t now_ns = device_now(&uart->device, pe);

    (void)size;
    (void)pas;
    pl011_catch_up(uart, now_ns);
    switch (offset) {
    case PL011_DR:
        transmit(uart, pe, (uint8_t)value);
        break;
    case PL011_RSR: /* any write clears the receive errors */
        uart->rsr = 0;
        break;
    case PL011_ILPR:
        uart->ilpr = value & 0xffu;
        break;
    case PL011_IBRD:
        uart->ibrd = value & 0xffffu;
        break;
    case PL011_FBRD:
        uart->fbrd = value & 0x3fu;
        break;
    case PL011_LCR_H:
        uart->lcr_h = value & 0xffu;
        pl011_admit(uart, now_ns);
        break;
    case PL011_CR:
        uart->cr = value & 0xff87u;
        pl011_admit(uart, now_ns);
        break;
    case PL011_IFLS:
        uart->ifls = value & 0x3fu;
        break;
    case PL011_IMSC:
        uart->imsc = value & INT_MASK;
        break;
    case PL011_ICR:
        uart->ris &= ~((uint32_t)value & INT_MASK);
        break;
    case PL011_DMACR:
        uart->dmacr = value & 0x7u;
        break;
    default:
        device_warn_unmodelled(&uart->device, &uart->unmodelled, "PL011", offset, true);
        break;
    }
    pl011_drive(uart);
}

static const struct bus_device_ops pl011_ops = {pl011_read, pl011_write};

static void pl011_finish(struct device *device)
{
    struct pl011 *uart = (struct pl011 *)device;

    if (uart->line_bytes != 0)
        emit_line(uart, NULL);
}

static bool create_pl011(struct machine *machine, const struct board_device *node,
                         struct device **out, struct sim_error *err)
{
    struct pl011 *uart = device_alloc(machine, node, sizeof(*uart), err);

    if (uart == NULL)
        return false;
    *out = &uart->device;
    uart->device.finish = pl011_finish;
    uart->cr = CR_RESET;
    uart->ifls = IFLS_RESET;
    return device_line_read(&uart->device, 0, &uart->line_out, err) &&
           device_clock(&uart->device, 0, PL011_DEFAULT_HZ, &uart->hz, err) &&
           device_map(&uart->device, 0, PL011_BYTES, &pl011_ops, uart, err);
}

static const char *const pl011_compatible[] = {"arm,pl011", NULL};

const struct device_model device_pl011 = {pl011_compatible, create_pl011};
