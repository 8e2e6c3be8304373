/* SPDX-License-Identifier: BSD-3-Clause */
/* The end of a PE: what is known goes to the UART, past the core's log and its lock. */
#include <stdarg.h>

#include "arch/aarch64/platform.h"
#include "arch/aarch64/port.h"
#include "arch/aarch64/sysreg.h"
#include "spmc/format.h"
#include "spmc/pl011.h"

static void say(struct arch_pe *pe, const char *format, ...)
{
    char line[160];
    va_list args;
    size_t size;

    va_start(args, format);
    size = format_text_v(line, sizeof(line), format, args);
    va_end(args);
    for (size_t i = 0; i < size; i++) {
        pl011_put(pe, platform.uart, platform.uart_pas, line[i]);
    }
    pl011_put(pe, platform.uart, platform.uart_pas, '\n');
}

static _Noreturn void stop(void)
{
    for (;;) {
        __asm__ volatile("msr daifset, #0xf\n\twfi");
    }
}

_Noreturn void arch_panic(struct arch_pe *pe, const char *message)
{
    say(pe, "spmc: panic on PE %u: %s", pe->index, message);
    stop();
}

_Noreturn void exception_panic(const struct panic_frame *frame, uint64_t kind)
{
    static const char *const kinds[] = {"synchronous exception", "IRQ", "FIQ", "SError"};
    struct arch_pe *pe = (struct arch_pe *)(uintptr_t)read_tpidr_el2();

    say(pe, "spmc: panic on PE %u: %s at S-EL2", pe->index, kinds[kind & 3u]);
    say(pe, "  image 0x%lx  ELR 0x%16lx  ESR 0x%lx  FAR 0x%lx  HPFAR 0x%lx",
        (uint64_t)(uintptr_t)port_image_start, read_elr_el2(), read_esr_el2(), read_far_el2(),
        read_hpfar_el2());
    say(pe, "  SPSR 0x%lx  SP 0x%lx", read_spsr_el2(), frame->sp);
    for (unsigned n = 0; n < 30; n += 2) {
        say(pe, "  x%u 0x%16lx  x%u 0x%16lx", n, frame->x[n], n + 1, frame->x[n + 1]);
    }
    say(pe, "  x30 0x%16lx", frame->x[30]);
    stop();
}

/* Called by compiled code when a stack canary has changed. */
_Noreturn void __stack_chk_fail(void);

_Noreturn void __stack_chk_fail(void)
{
    arch_panic((struct arch_pe *)(uintptr_t)read_tpidr_el2(), "a stack canary was overwritten");
}
