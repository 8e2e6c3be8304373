/* SPDX-License-Identifier: BSD-3-Clause */
#include "console.h"

#include <stdarg.h>

#include "ffa.h"
#include "mmu.h"
#include "print.h"

#define PL011_DR      0x00u
#define PL011_FR      0x18u
#define PL011_FR_TXFF (1u << 5)

static uintptr_t pl011;
static bool only_32;

void console_use_pl011(uintptr_t base)
{
    if (mmu_map(base, FFA_PAGE_SIZE_BYTES, MMU_DEVICE)) {
        pl011 = base;
    }
}

static void pl011_put(char c)
{
    while ((*(volatile uint32_t *)(pl011 + PL011_FR) & PL011_FR_TXFF) != 0) {
    }
    *(volatile uint32_t *)(pl011 + PL011_DR) = (uint8_t)c;
}

static void log_some(const char *text, size_t count)
{
    if (!only_32) {
        struct ffa_args r = ffa_console_log64(text, count);

        if (ffa_status(&r) == 0) {
            return;
        }
        only_32 = ffa_status(&r) == FFA_NOT_SUPPORTED; /* else: before v1.2 less fits into it */
    }
    for (size_t done = 0; done < count; done += FFA_CONSOLE_CHARS_32) {
        size_t part = count - done;

        (void)ffa_console_log32(text + done,
                                part < FFA_CONSOLE_CHARS_32 ? part : FFA_CONSOLE_CHARS_32);
    }
}

void console_write(const char *text, size_t count)
{
    if (pl011 != 0) {
        for (size_t i = 0; i < count; i++) {
            pl011_put(text[i]);
        }
        return;
    }
    for (size_t done = 0; done < count; done += FFA_CONSOLE_CHARS_64) {
        size_t part = count - done;

        log_some(text + done, part < FFA_CONSOLE_CHARS_64 ? part : FFA_CONSOLE_CHARS_64);
    }
}

/* One call's text: sent when it is full and at the end, so that a short line is one FF-A call. */
struct line {
    size_t count;
    char text[FFA_CONSOLE_CHARS_64];
};

static void line_put(void *to, char c)
{
    struct line *line = to;

    if (line->count == sizeof(line->text)) {
        console_write(line->text, line->count);
        line->count = 0;
    }
    line->text[line->count++] = c;
}

void console_printf(const char *format, ...)
{
    struct line line;
    va_list args;

    line.count = 0;
    va_start(args, format);
    print_format(line_put, &line, format, args);
    va_end(args);
    console_write(line.text, line.count);
}
