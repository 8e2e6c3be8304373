/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the PL011: its state, and what the receiving half (pl011_input.c) does for it. */
#ifndef SIM_PL011_INTERNAL_H
#define SIM_PL011_INTERNAL_H

#include "sim/device/pl011.h"
#include "sim/device/wiring.h"

#define PL011_FIFO_BYTES 32u

#define PL011_FR_RXFE   (1u << 4)
#define PL011_FR_RXFF   (1u << 6)
#define PL011_FR_TXFE   (1u << 7)
#define PL011_CR_UARTEN (1u << 0)
#define PL011_CR_LBE    (1u << 7)
#define PL011_CR_RXE    (1u << 9)
#define PL011_LCR_FEN   (1u << 4)
#define PL011_INT_RX    (1u << 4)
#define PL011_INT_TX    (1u << 5)
#define PL011_INT_RT    (1u << 6)
#define PL011_INT_OE    (1u << 10)
#define PL011_RSR_OE    (1u << 3)

struct pl011 {
    struct device device;
    struct device_line line_out;
    uint32_t hz;
    uint32_t ilpr, ibrd, fbrd, lcr_h, cr, ifls, imsc, ris, rsr, dmacr;
    bool warned_disabled;
    uint64_t written_bytes; /* to DR in this run */
    unsigned line_bytes;
    char line[PL011_LINE_BYTES + 1];

    uint8_t fifo[PL011_FIFO_BYTES]; /* received, oldest first */
    unsigned fifo_bytes;
    size_t input_bytes;
    uint8_t input[PL011_INPUT_BYTES]; /* what waits outside */
    struct machine_event timeout;
    struct device_unmodelled unmodelled;
};

/* MIS onto the line. */
void pl011_drive(struct pl011 *uart);
/* A receive timeout that was due by this time. */
void pl011_catch_up(struct pl011 *uart, uint64_t now_ns);
/* Waiting input into the FIFO, as far as the receiver takes it. */
void pl011_admit(struct pl011 *uart, uint64_t now_ns);
/* A read of DR. */
uint32_t pl011_take(struct pl011 *uart, uint64_t now_ns);
/* A byte that was sent while CR.LBE connects the transmitter to the receiver. */
void pl011_loop_back(struct pl011 *uart, uint64_t now_ns, uint8_t byte);
/* FR */
uint32_t pl011_flags(const struct pl011 *uart);

#endif
