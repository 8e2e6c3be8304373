/* SPDX-License-Identifier: BSD-3-Clause */
/* Events that are neither calls nor results. */
#include <inttypes.h>

#include "sim/trace/names.h"
#include "sim/trace/story_text.h"

static uint64_t arg_of(const struct trace_event *event, unsigned index)
{
    return index < event->header.arg_count ? event->arg[index] : 0;
}

static void add_text(struct story_line *line, const struct trace_event *event, const char *before)
{
    line_add(line, "%s", before);
    line_add_escaped(line, event->text, event->header.text_bytes);
}

static void add_syndrome(struct story_line *line, uint64_t esr)
{
    unsigned ec = (unsigned)(esr >> 26 & 0x3f);
    const char *name = esr_class_name(ec);
    const char *fault = ec >= 0x20 && ec <= 0x25 && ec != 0x22 ? esr_fault_name(esr & 0x3f) : NULL;

    if (name != NULL) {
        line_add(line, "%s", name);
    } else {
        line_add(line, "exception class 0x%02x", ec);
    }
    if (fault != NULL) {
        line_add(line, ", %s", fault);
        if ((esr & 0x3f) < 0x10) {
            line_add(line, " at level %u", (unsigned)(esr & 3));
        }
        if (ec >= 0x24) {
            line_add(line, " of a %s", (esr >> 6 & 1) != 0 ? "write" : "read");
        }
    }
}

static void add_exception(struct story_line *line, const struct trace_event *event)
{
    if (event->header.arg_count > 4) {
        line_add(line, "%s to its EL%" PRIu64 "; ELR 0x%" PRIx64,
                 arg_of(event, 4) == 0x100 ? "FIQ" : "IRQ", arg_of(event, 0), arg_of(event, 3));
        return;
    }
    line_add(line, "exception to EL%" PRIu64 ": ", arg_of(event, 0));
    add_syndrome(line, arg_of(event, 1));
    line_add(line, "; ESR 0x%" PRIx64 " FAR 0x%" PRIx64 " ELR 0x%" PRIx64, arg_of(event, 1),
             arg_of(event, 2), arg_of(event, 3));
}

/* HPFAR_EL2[43:4] is IPA[51:12] (Arm ARM, D24.2.65). */
static void add_abort(struct story_line *line, const struct trace_event *event)
{
    uint64_t far = arg_of(event, 1);
    uint64_t ipa = (arg_of(event, 2) & 0x00000ffffffffff0u) << 8 | (far & 0xfff);

    line_add(line, "stage 2 ");
    add_syndrome(line, arg_of(event, 0));
    line_add(line, "; IPA 0x%" PRIx64 " VA 0x%" PRIx64 " PC 0x%" PRIx64 " ESR 0x%" PRIx64, ipa, far,
             arg_of(event, 3), arg_of(event, 0));
}

static void add_start(struct story_line *line, const struct trace_event *event)
{
    add_text(line, event, "run \"");
    line_add(line, "\", seed %" PRIu64 ", %" PRIu64 " PE%s, limit %" PRIu64 " ns", arg_of(event, 0),
             arg_of(event, 1), arg_of(event, 1) == 1 ? "" : "s", arg_of(event, 2));
}

static void add_version(struct story_line *line, uint64_t version)
{
    line_add(line, "FF-A %" PRIu64 ".%" PRIu64, FFA_VERSION_MAJOR(version),
             FFA_VERSION_MINOR(version));
}

static void add_endpoint_event(struct story_line *line, const struct trace_event *event)
{
    add_text(line, event, "endpoint ");
    line_add(line, " 0x%04x", event->header.endpoint);
    if (arg_of(event, 0) != 0) {
        line_add(line, ", %" PRIu64 " vCPU%s", arg_of(event, 0), arg_of(event, 0) == 1 ? "" : "s");
    }
    if (arg_of(event, 1) != 0) {
        line_add(line, ", ");
        add_version(line, arg_of(event, 1));
    }
}

static void add_psci(struct story_line *line, const struct trace_event *event)
{
    uint32_t fid = (uint32_t)arg_of(event, 0);

    add_text(line, event, "power: ");
    if (event->header.arg_count != 0) {
        const struct story_regs regs = {event->arg, event->header.arg_count, true};
        const char *name = psci_name(fid);

        line_add(line, "%s", event->header.text_bytes != 0 ? " " : "");
        if (name != NULL) {
            line_add(line, "%s", name);
        } else {
            line_add(line, "0x%" PRIx32, fid);
        }
        line_add_regs(line, &regs, 1, EVENT_MAX_ARGS);
    }
}

static void add_end(struct story_line *line, const struct trace_event *event)
{
    static const char *const verdicts[] = {"passed", "failed", "bad input", "internal error"};
    uint64_t verdict = arg_of(event, 0);

    line_add(line, "end: %s", verdict < 4 ? verdicts[verdict] : "?");
    if (event->header.text_bytes != 0) {
        add_text(line, event, ": ");
    }
    line_add(line, "; instructions");
    for (unsigned i = 1; i < event->header.arg_count; i++) {
        line_add(line, " %" PRIu64, event->arg[i]);
    }
}

static void add_change(struct story_line *line, const char *what, const char *from, const char *to)
{
    line_add(line, "%s: %s -> %s", what, from, to);
}

static void add_unknown(struct story_line *line, const struct trace_event *event)
{
    line_add(line, "event %u", event->header.type);
    for (unsigned i = 0; i < event->header.arg_count; i++) {
        line_add(line, " ");
        line_add_number(line, event->arg[i]);
    }
    if (event->header.text_bytes != 0) {
        add_text(line, event, " \"");
        line_add(line, "\"");
    }
}

void line_add_other(struct story_line *line, const struct trace_event *event)
{
    switch (event->header.type) {
    case EVENT_RESUME: /* without registers: those of calls are told elsewhere */
        line_add(line, "-> goes on where it was");
        break;
    case EVENT_RUN_START:
        add_start(line, event);
        break;
    case EVENT_ENDPOINT:
        add_endpoint_event(line, event);
        break;
    case EVENT_BOOT:
        line_add(line, "boot: SPMC ");
        add_version(line, arg_of(event, 0));
        line_add(line, " at 0x%08" PRIx64, arg_of(event, 1));
        break;
    case EVENT_PARTITION:
        add_change(line, "partition", event_partition_state_name(arg_of(event, 0)),
                   event_partition_state_name(arg_of(event, 1)));
        break;
    case EVENT_VCPU:
        add_change(line, "vCPU", event_vcpu_state_name(arg_of(event, 0)),
                   event_vcpu_state_name(arg_of(event, 1)));
        break;
    case EVENT_UART:
        line_add(line, "uart 0x%08" PRIx64 ": ", arg_of(event, 0));
        add_text(line, event, "");
        break;
    case EVENT_EXCEPTION:
        add_exception(line, event);
        break;
    case EVENT_ABORT:
        add_abort(line, event);
        break;
    case EVENT_NOTE:
        add_text(line, event, "note: ");
        break;
    case EVENT_WARNING:
        add_text(line, event, "warning: ");
        break;
    case EVENT_EXPECT:
        add_text(line, event, arg_of(event, 0) != 0 ? "holds: " : "EXPECTATION FAILED: ");
        break;
    case EVENT_CHECK:
        add_text(line, event, "INVARIANT BROKEN: ");
        break;
    case EVENT_PANIC:
        add_text(line, event, "PANIC: ");
        break;
    case EVENT_PSCI:
        add_psci(line, event);
        break;
    case EVENT_RESET:
        add_text(line, event, "RESET: ");
        break;
    case EVENT_FAULT:
        add_text(line, event, "FAULT ");
        break;
    case EVENT_INTERRUPT:
        line_add(line, "interrupt %" PRIu64 " %s", arg_of(event, 0),
                 event_interrupt_name(arg_of(event, 1)));
        break;
    case EVENT_INTERRUPTED:
        line_add(line, "%s to EL%" PRIu64, arg_of(event, 1) != 0 ? "FIQ" : "IRQ", arg_of(event, 0));
        break;
    case EVENT_RUN_END:
        add_end(line, event);
        break;
    default:
        add_unknown(line, event);
        break;
    }
}
