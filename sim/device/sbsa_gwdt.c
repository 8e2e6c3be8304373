/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * arm,sbsa-gwdt: the generic watchdog of the Base System Architecture (DEN 0094, appendix on the
 * generic watchdog), revision 1: on the system counter, a control frame (reg 0) and a refresh frame
 * (reg 1). The first timeout raises WS0 and starts over, a second one raises WS1: the line of the
 * second `interrupts` entry, or, without one, a reset of the machine.
 */
#include "sim/device/wiring.h"

enum gwdt_offset {
    GWDT_WRR = 0x000, /* refresh frame */
    GWDT_WCS = 0x000,
    GWDT_WOR = 0x008,
    GWDT_WOR_HIGH = 0x00c,
    GWDT_WCV = 0x010,
    GWDT_WCV_HIGH = 0x014,
    GWDT_IIDR = 0xfcc,
};

#define GWDT_BYTES 0x1000u
#define WCS_ENABLE (1u << 0)
#define WCS_WS0    (1u << 1)
#define WCS_WS1    (1u << 2)
#define WOR_HIGH   0xffffu     /* 48 bits */
#define IIDR_VALUE 0x0001043bu /* architecture revision 1; implementer: Arm */

struct gwdt {
    struct device device;
    struct device_line ws0;
    struct device_line ws1;
    uint32_t status; /* WCS */
    uint64_t offset; /* WOR */
    uint64_t compare;
    struct machine_event timeout;
    struct device_unmodelled unmodelled;
};

static uint64_t counter(const struct gwdt *wdog, uint64_t now_ns)
{
    return machine_counter(wdog->device.machine, now_ns);
}

static void drive(struct gwdt *wdog)
{
    device_line_set(&wdog->ws0, (wdog->status & WCS_WS0) != 0);
    device_line_set(&wdog->ws1, (wdog->status & WCS_WS1) != 0);
}

static void on_timeout(struct machine *machine, void *arg);

/* A timeout is when the counter has passed the compare value. */
static void schedule(struct gwdt *wdog)
{
    struct machine *machine = wdog->device.machine;
    bool counts = (wdog->status & (WCS_ENABLE | WCS_WS1)) == WCS_ENABLE;
    uint64_t due_ns = MACHINE_NEVER;

    if (counts && wdog->compare != UINT64_MAX)
        due_ns = device_ticks_ns(wdog->compare + 1, (uint32_t)machine->board.counter_hz);
    if (due_ns == MACHINE_NEVER)
        machine_event_remove(machine, &wdog->timeout);
    else
        machine_event_add(machine, &wdog->timeout, due_ns, on_timeout, wdog);
}

static void on_timeout(struct machine *machine, void *arg)
{
    struct gwdt *wdog = arg;

    if ((wdog->status & WCS_WS0) == 0) {
        wdog->status |= WCS_WS0;
        wdog->compare = counter(wdog, wdog->timeout.due_ns) + wdog->offset;
    } else {
        wdog->status |= WCS_WS1;
        if (wdog->ws1.intid == 0)
            machine_reset(machine, "%s: watchdog reset: it timed out a second time (WS1)",
                          wdog->device.node->path);
    }
    drive(wdog);
    schedule(wdog);
}

static void refresh(struct gwdt *wdog, uint64_t now_ns)
{
    wdog->status &= WCS_ENABLE;
    wdog->compare = counter(wdog, now_ns) + wdog->offset;
}

static uint64_t read_half(uint64_t value, uint64_t offset, unsigned size)
{
    return size == 8 ? value : (uint32_t)(value >> (8 * (offset % 8)));
}

static uint64_t write_half(uint64_t old, uint64_t offset, unsigned size, uint64_t value)
{
    unsigned shift = 8 * (unsigned)(offset % 8);

    if (size == 8)
        return value;
    return (old & ~((uint64_t)UINT32_MAX << shift)) | (uint64_t)(uint32_t)value << shift;
}

static uint64_t control_read(void *device, struct sim_pe *pe, uint64_t offset, unsigned size,
                             enum bus_pas pas)
{
    struct gwdt *wdog = device;

    (void)pas;
    device_catch_up(&wdog->device, &wdog->timeout, device_now(&wdog->device, pe));
    switch (offset) {
    case GWDT_WCS:
        return wdog->status;
    case GWDT_WOR:
    case GWDT_WOR_HIGH:
        return read_half(wdog->offset, offset, size);
    case GWDT_WCV:
    case GWDT_WCV_HIGH:
        return read_half(wdog->compare, offset, size);
    case GWDT_IIDR:
        return IIDR_VALUE;
    default:
        device_warn_unmodelled(&wdog->device, &wdog->unmodelled, "watchdog control", offset, false);
        return 0;
    }
}

static void control_write(void *device, struct sim_pe *pe, uint64_t offset, unsigned size,
                          uint64_t value, enum bus_pas pas)
{
    struct gwdt *wdog = device;
    uint64_t now_ns = device_now(&wdog->device, pe);

    (void)pas;
    device_catch_up(&wdog->device, &wdog->timeout, now_ns);
    switch (offset) {
    case GWDT_WCS:
        wdog->status = (wdog->status & ~WCS_ENABLE) | ((uint32_t)value & WCS_ENABLE);
        refresh(wdog, now_ns);
        break;
    case GWDT_WOR:
    case GWDT_WOR_HIGH:
        wdog->offset = write_half(wdog->offset, offset, size, value);
        wdog->offset &= (uint64_t)WOR_HIGH << 32 | UINT32_MAX;
        refresh(wdog, now_ns);
        break;
    case GWDT_WCV:
    case GWDT_WCV_HIGH:
        wdog->compare = write_half(wdog->compare, offset, size, value);
        break;
    default:
        device_warn_unmodelled(&wdog->device, &wdog->unmodelled, "watchdog control", offset, true);
        return;
    }
    drive(wdog);
    schedule(wdog);
}

static uint64_t refresh_read(void *device, struct sim_pe *pe, uint64_t offset, unsigned size,
                             enum bus_pas pas)
{
    struct gwdt *wdog = device;

    (void)pe;
    (void)size;
    (void)pas;
    if (offset == GWDT_IIDR)
        return IIDR_VALUE;
    if (offset != GWDT_WRR)
        device_warn_unmodelled(&wdog->device, &wdog->unmodelled, "watchdog refresh", offset, false);
    return 0;
}

static void refresh_write(void *device, struct sim_pe *pe, uint64_t offset, unsigned size,
                          uint64_t value, enum bus_pas pas)
{
    struct gwdt *wdog = device;
    uint64_t now_ns = device_now(&wdog->device, pe);

    (void)size;
    (void)value;
    (void)pas;
    device_catch_up(&wdog->device, &wdog->timeout, now_ns);
    if (offset != GWDT_WRR) {
        device_warn_unmodelled(&wdog->device, &wdog->unmodelled, "watchdog refresh", offset, true);
        return;
    }
    refresh(wdog, now_ns);
    drive(wdog);
    schedule(wdog);
}

static const struct bus_device_ops control_ops = {control_read, control_write};
static const struct bus_device_ops refresh_ops = {refresh_read, refresh_write};

static bool create_gwdt(struct machine *machine, const struct board_device *node,
                        struct device **out, struct sim_error *err)
{
    struct gwdt *wdog = device_alloc(machine, node, sizeof(*wdog), err);

    if (wdog == NULL)
        return false;
    *out = &wdog->device;
    return device_line_read(&wdog->device, 0, &wdog->ws0, err) &&
           device_line_read(&wdog->device, 1, &wdog->ws1, err) &&
           device_map(&wdog->device, 0, GWDT_BYTES, &control_ops, wdog, err) &&
           device_map(&wdog->device, 1, GWDT_BYTES, &refresh_ops, wdog, err);
}

static const char *const gwdt_compatible[] = {"arm,sbsa-gwdt", NULL};

const struct device_model device_sbsa_gwdt = {gwdt_compatible, create_gwdt};
