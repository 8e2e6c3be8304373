/* SPDX-License-Identifier: BSD-3-Clause */
#include "misbehave.h"

#include "console.h"
#include "ffa.h"
#include "guest.h"
#include "guest_commands.h"
#include "layout.h"
#include "mmu.h"

extern char __stacks_start[];

/* One instruction each, so that the exception handler can step over it. */
static void read_byte(uintptr_t address)
{
    uint32_t value;

    __asm__ volatile("ldrb %w0, [%1]" : "=r"(value) : "r"(address) : "memory");
}

static void write_byte(uintptr_t address)
{
    __asm__ volatile("strb wzr, [%0]" : : "r"(address) : "memory");
}

static void call(uintptr_t address)
{
    __asm__ volatile("blr %0" : : "r"(address) : "x30", "memory");
}

struct exception_report misbehave_touch(uintptr_t address, bool write, bool map)
{
    uintptr_t page = address & ~(uintptr_t)(FFA_PAGE_SIZE_BYTES - 1);

    if (map) {
        (void)mmu_map(page, FFA_PAGE_SIZE_BYTES, 0);
    }
    exception_expect();
    if (write) {
        write_byte(address);
    } else {
        read_byte(address);
    }
    struct exception_report report = exception_result();

    if (map) {
        mmu_unmap(page, FFA_PAGE_SIZE_BYTES);
    }
    return report;
}

struct exception_report misbehave_protection(unsigned what)
{
    static uint32_t ret_instruction[2] = {0xd65f03c0u, 0xd65f03c0u};

    exception_expect();
    if (what == 0) {
        read_byte((uintptr_t)__stacks_start + STACK_GUARD_BYTES - 16);
    } else if (what == 1) {
        write_byte((uintptr_t)__image_start);
    } else {
        call((uintptr_t)ret_instruction);
    }
    return exception_result();
}

static unsigned recurse(volatile unsigned *above)
{
    volatile unsigned here[64];

    here[0] = *above + 1;
    return here[0] == 0 ? 0 : recurse(here) + here[0];
}

void misbehave_for_good(uint32_t command)
{
    volatile unsigned depth = 0;

    switch (command) {
    case ECHO_CMD_ABORT:
        guest_fail(0);
    case ECHO_CMD_CRASH:
        read_byte(0);
        break;
    case ECHO_CMD_OVERFLOW:
        (void)recurse(&depth);
        break;
    case ECHO_CMD_UNDEFINED:
        __asm__ volatile("udf #0");
        break;
    case ECHO_CMD_ASSERT:
        guest_assert(command != ECHO_CMD_ASSERT);
        break;
    case ECHO_CMD_LOOP:
        for (;;) {
            depth++;
        }
    case ECHO_CMD_PRINT_LOOP:
        for (;;) {
            console_printf("echo: line %u and no end of them\n", depth);
            depth++;
        }
    case ECHO_CMD_WFI:
        for (;;) {
            __asm__ volatile("wfi");
        }
    default:
        break;
    }
}
