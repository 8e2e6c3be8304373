/* SPDX-License-Identifier: BSD-3-Clause */
#include "spmc/log.h"

#include "spmc/format.h"
#include "spmc/pl011.h"

#define LOG_LINE_BYTES 200u

static void put_text(struct arch_pe *pe, const struct spmc_log *log, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        pl011_put(pe, log->uart, (enum pas)log->uart_pas, text[i]);
    }
}

/* Whole lines: another PE waits. */
static void put_line(struct arch_pe *pe, struct spmc_log *log, const char *prefix,
                     size_t prefix_size, const char *text, size_t size)
{
    arch_lock(pe, &log->lock);
    put_text(pe, log, prefix, prefix_size);
    put_text(pe, log, text, size);
    put_text(pe, log, "\n", 1);
    arch_unlock(pe, &log->lock);
}

void spmc_log(struct arch_pe *pe, struct spmc_log *log, enum spmc_log_level level,
              const char *format, ...)
{
    char line[LOG_LINE_BYTES];
    va_list args;
    size_t prefix;
    size_t size;

    if (!log->has_uart || level > log->level) {
        return;
    }
    prefix = format_text(line, sizeof(line), "spmc: ");
    va_start(args, format);
    size = format_text_v(line + prefix, sizeof(line) - prefix, format, args);
    va_end(args);
    put_line(pe, log, line, prefix, line + prefix, size);
}

void spmc_log_console(struct arch_pe *pe, struct spmc_log *log, const char *name,
                      uint16_t vcpu_index, const char *text, size_t size)
{
    char prefix[64];
    size_t prefix_size;

    if (!log->has_uart) {
        return;
    }
    prefix_size = format_text(prefix, sizeof(prefix), "[%s/%u] ", name, (unsigned)vcpu_index);
    put_line(pe, log, prefix, prefix_size, text, size);
}
