/* SPDX-License-Identifier: BSD-3-Clause */
/* The SPMC's log: lines on the board's secure UART, below the level that the SPMC manifest sets. */
#ifndef SPMC_LOG_H
#define SPMC_LOG_H

#include "spmc/spmc.h"

struct spmc_log {
    struct arch_lock lock;       /* SPMC_RANK_LOG: lines of several PEs stay apart */
    struct arch_lock calls_lock; /* likewise, of the call log where it has a UART of its own */
    bool has_uart;
    uint8_t uart_pas; /* enum pas */
    paddr_t uart;     /* PL011 */
    uint32_t level;   /* enum spmc_log_level: highest that is printed */
    bool calls;       /* the call log is written (spmc/call_log.h) */
    uint8_t calls_uart_pas;
    paddr_t calls_uart;
};

/* One line (without newline), "spmc: " in front; cut at 200 bytes. */
void spmc_log(struct arch_pe *pe, struct spmc_log *log, enum spmc_log_level level,
              const char *format, ...);

/* One line of an endpoint's console: "[name/index] text". `text` may hold any bytes but newline. */
void spmc_log_console(struct arch_pe *pe, struct spmc_log *log, const char *name,
                      uint16_t vcpu_index, const char *text, size_t size);

#endif
