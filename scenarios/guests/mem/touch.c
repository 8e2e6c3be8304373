/* SPDX-License-Identifier: BSD-3-Clause */
#include "touch.h"

/* What was written as data is there for fetches, too. */
static void sync_code(uint64_t address)
{
    __asm__ volatile("dc cvau, %0\n dsb ish\n ic ivau, %0\n dsb ish\n isb"
                     :
                     : "r"(address)
                     : "memory");
}

static void write_word(uint64_t address, uint64_t value)
{
    __asm__ volatile("str %1, [%0]" : : "r"(address), "r"(value) : "memory");
}

static uint64_t read_word(uint64_t address)
{
    uint64_t value = 0;

    __asm__ volatile("ldr %0, [%1]" : "+r"(value) : "r"(address) : "memory");
    return value;
}

static uint64_t run_code(uint64_t address)
{
    uint64_t value;

    __asm__ volatile("blr %1\n mov %0, x0"
                     : "=r"(value)
                     : "r"(address)
                     : "x0", "x16", "x17", "x30", "memory");
    return value;
}

struct exception_report touch(enum mem_access access, uint64_t address, uint64_t *value)
{
    struct exception_report report;

    exception_expect();
    switch (access) {
    case MEM_READ:
        *value = read_word(address);
        break;
    case MEM_WRITE:
        write_word(address, *value);
        break;
    default:
        *value = run_code(address);
        break;
    }
    report = exception_result();
    if (access == MEM_WRITE && !report.taken) {
        sync_code(address);
    }
    return report;
}
