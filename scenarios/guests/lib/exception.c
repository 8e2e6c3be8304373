/* SPDX-License-Identifier: BSD-3-Clause */
#include "exception.h"

#include "console.h"
#include "interrupt.h"
#include "sysreg.h"

/* From the current level with its own SP */
#define VECTOR_SYNC_SPX 4u
#define VECTOR_IRQ_SPX  5u
#define VECTOR_FIQ_SPX  6u

static struct {
    bool expected;
    bool reporting; /* a fault while reporting one must not report again */
    struct exception_report report;
} state;

void exception_expect(void)
{
    state.report = (struct exception_report){.taken = false};
    *(volatile bool *)&state.expected = true;
}

struct exception_report exception_result(void)
{
    *(volatile bool *)&state.expected = false;
    return *(volatile struct exception_report *)&state.report;
}

static const char *class_name(uint64_t esr)
{
    switch (ESR_EC(esr)) {
    case EC_UNKNOWN:
        return "undefined instruction";
    case EC_INSTRUCTION_ABORT:
        return "instruction abort";
    case EC_DATA_ABORT:
        return "data abort";
    default:
        return "exception";
    }
}

void exception_handle(struct exception_frame *frame, unsigned index)
{
    struct exception_report report = {
        .taken = true,
        .esr = read_el_esr(),
        .elr = read_el_elr(),
        .far = read_el_far(),
    };

    if ((index == VECTOR_IRQ_SPX || index == VECTOR_FIQ_SPX) &&
        interrupt_taken(index == VECTOR_FIQ_SPX)) {
        return;
    }
    if (state.expected && index == VECTOR_SYNC_SPX) {
        state.expected = false;
        state.report = report;
        if (ESR_EC(report.esr) == EC_INSTRUCTION_ABORT) {
            write_el_elr(frame->x[30]);
        } else {
            write_el_elr(report.elr + 4);
        }
        return;
    }
    if (!state.reporting) {
        state.reporting = true;
        console_printf("%s: vector %u ESR 0x%lx ELR 0x%lx (image+0x%lx) FAR 0x%lx\n",
                       class_name(report.esr), index, report.esr, report.elr,
                       report.elr - (uint64_t)(uintptr_t)__image_start, report.far);
    }
    guest_fail(0);
}
