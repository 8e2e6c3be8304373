/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The system counter's own frames (DDI 0487, appendix on the generic timer's memory-mapped
 * components): CNTControlBase and CNTReadBase. No common binding names them; their compatibles are
 * Orrery's. The counter always runs, at the board's rate.
 */
#include "sim/device/wiring.h"

enum control_offset {
    CNTCR = 0x000,
    CNTSR = 0x004,
    CNTCV = 0x008, /* at 0 in CNTReadBase */
    CNTFID0 = 0x020,
    CNTFID1 = 0x024, /* zero: the end of the table */
    COUNTER_ID_FIRST = 0xfd0,
};

#define COUNTER_BYTES 0x1000u
#define CNTCR_ENABLED 1u

struct counter_frame {
    struct device device;
    bool control;
    bool warned;
    struct device_unmodelled unmodelled;
};

static uint64_t counter_value(const struct counter_frame *frame, const struct sim_pe *pe,
                              unsigned shift, unsigned size)
{
    uint64_t value =
        machine_counter(frame->device.machine, device_now(&frame->device, pe)) >> shift;

    return size == 8 ? value : (uint32_t)value;
}

static uint64_t counter_read(void *device, struct sim_pe *pe, uint64_t offset, unsigned size,
                             enum bus_pas pas)
{
    struct counter_frame *frame = device;
    uint64_t value_at = frame->control ? CNTCV : 0;

    (void)pas;
    if (offset >= value_at && offset < value_at + 8)
        return counter_value(frame, pe, 8 * (unsigned)(offset - value_at), size);
    if (offset >= COUNTER_ID_FIRST && offset < COUNTER_BYTES)
        return 0;
    if (frame->control) {
        switch (offset) {
        case CNTCR:
            return CNTCR_ENABLED;
        case CNTFID0:
            return (uint32_t)frame->device.machine->board.counter_hz;
        case CNTSR:
        case CNTFID1:
            return 0;
        default:
            break;
        }
    }
    device_warn_unmodelled(&frame->device, &frame->unmodelled, "counter", offset, false);
    return 0;
}

static void counter_write(void *device, struct sim_pe *pe, uint64_t offset, unsigned size,
                          uint64_t value, enum bus_pas pas)
{
    struct counter_frame *frame = device;

    (void)pe;
    (void)size;
    (void)pas;
    if (!frame->control)
        return;
    if (offset == CNTFID0 || (offset == CNTCR && (value & CNTCR_ENABLED) != 0))
        return;
    if (offset != CNTCR && offset != CNTCV && offset != CNTCV + 4) {
        device_warn_unmodelled(&frame->device, &frame->unmodelled, "counter", offset, true);
        return;
    }
    if (!frame->warned)
        machine_warn(frame->device.machine, "%s: the system counter can be neither stopped nor set",
                     frame->device.node->path);
    frame->warned = true;
}

static const struct bus_device_ops counter_ops = {counter_read, counter_write};

static bool create_frame(struct machine *machine, const struct board_device *node, bool control,
                         struct device **out, struct sim_error *err)
{
    struct counter_frame *frame = device_alloc(machine, node, sizeof(*frame), err);

    if (frame == NULL)
        return false;
    *out = &frame->device;
    frame->control = control;
    return device_map(&frame->device, 0, COUNTER_BYTES, &counter_ops, frame, err);
}

static bool create_control(struct machine *machine, const struct board_device *node,
                           struct device **out, struct sim_error *err)
{
    return create_frame(machine, node, true, out, err);
}

static bool create_read(struct machine *machine, const struct board_device *node,
                        struct device **out, struct sim_error *err)
{
    return create_frame(machine, node, false, out, err);
}

static const char *const control_compatible[] = {"orrery,counter-control", NULL};
static const char *const read_compatible[] = {"orrery,counter-read", NULL};

const struct device_model device_counter_control = {control_compatible, create_control};
const struct device_model device_counter_read = {read_compatible, create_read};
