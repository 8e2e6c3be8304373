/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * arm,sp805: the Arm PrimeCell watchdog (DDI 0270, chapter 3). It counts down from LOAD; the first
 * zero raises the interrupt, a second one while that is still pending asks for a reset.
 */
#include "sim/device/down_counter.h"
#include "sim/device/wiring.h"

enum sp805_offset {
    SP805_LOAD = 0x000,
    SP805_VALUE = 0x004,
    SP805_CONTROL = 0x008,
    SP805_INTCLR = 0x00c,
    SP805_RIS = 0x010,
    SP805_MIS = 0x014,
    SP805_LOCK = 0xc00,
    SP805_PERIPH_ID0 = 0xfe0,
    SP805_CELL_ID3 = 0xffc,
};

#define SP805_BYTES      0x1000u
#define SP805_DEFAULT_HZ 32768u
#define CONTROL_INTEN    (1u << 0)
#define CONTROL_RESEN    (1u << 1)
#define LOCK_KEY         0x1acce551u

/* PeriphID0..3 and PCellID0..3: part 0x805, designer Arm, revision 1. */
static const uint8_t identification[8] = {0x05, 0x18, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1};

struct sp805 {
    struct device device;
    struct device_line line;
    struct down_counter counter;
    uint32_t control;
    bool raised; /* the raw interrupt */
    bool locked;
    struct machine_event zero;
    struct device_unmodelled unmodelled;
};

static bool enabled(const struct sp805 *wdog)
{
    return (wdog->control & CONTROL_INTEN) != 0;
}

static void drive(struct sp805 *wdog)
{
    device_line_set(&wdog->line, wdog->raised && enabled(wdog));
}

static void on_zero(struct machine *machine, void *arg);

/* A zero that changes nothing needs no event: it is settled when somebody looks. */
static void schedule(struct sp805 *wdog)
{
    struct machine *machine = wdog->device.machine;
    bool matters = !wdog->raised || (wdog->control & CONTROL_RESEN) != 0;
    uint64_t due_ns = matters ? down_zero_ns(&wdog->counter) : MACHINE_NEVER;

    if (due_ns == MACHINE_NEVER)
        machine_event_remove(machine, &wdog->zero);
    else
        machine_event_add(machine, &wdog->zero, due_ns, on_zero, wdog);
}

static void on_zero(struct machine *machine, void *arg)
{
    struct sp805 *wdog = arg;

    if (wdog->raised) {
        wdog->counter.running = false;
        machine_reset(machine, "%s: watchdog reset: it expired a second time",
                      wdog->device.node->path);
        return;
    }
    down_settle(&wdog->counter, wdog->zero.due_ns);
    wdog->raised = true;
    drive(wdog);
    schedule(wdog);
}

static void catch_up(struct sp805 *wdog, uint64_t now_ns)
{
    device_catch_up(&wdog->device, &wdog->zero, now_ns);
    if (!wdog->zero.queued)
        down_settle(&wdog->counter, now_ns);
}

static uint64_t sp805_read(void *device, struct sim_pe *pe, uint64_t offset, unsigned size,
                           enum bus_pas pas)
{
    struct sp805 *wdog = device;
    uint64_t now_ns = device_now(&wdog->device, pe);

    (void)size;
    (void)pas;
    catch_up(wdog, now_ns);
    switch (offset) {
    case SP805_LOAD:
        return wdog->counter.reload;
    case SP805_VALUE:
        return down_value(&wdog->counter, now_ns);
    case SP805_CONTROL:
        return wdog->control;
    case SP805_INTCLR:
        return 0;
    case SP805_RIS:
        return wdog->raised;
    case SP805_MIS:
        return wdog->raised && enabled(wdog);
    case SP805_LOCK:
        return wdog->locked;
    default:
        break;
    }
    if (offset >= SP805_PERIPH_ID0 && offset <= SP805_CELL_ID3 && offset % 4 == 0)
        return identification[(offset - SP805_PERIPH_ID0) / 4];
    device_warn_unmodelled(&wdog->device, &wdog->unmodelled, "SP805", offset, false);
    return 0;
}

static void write_control(struct sp805 *wdog, uint64_t now_ns, uint32_t value)
{
    bool was_enabled = enabled(wdog);

    wdog->control = value & (CONTROL_INTEN | CONTROL_RESEN);
    if (!was_enabled && enabled(wdog))
        down_set(&wdog->counter, now_ns, wdog->counter.reload);
    if (was_enabled != enabled(wdog))
        down_run(&wdog->counter, now_ns, enabled(wdog));
}

static void sp805_write(void *device, struct sim_pe *pe, uint64_t offset, unsigned size,
                        uint64_t value, enum bus_pas pas)
{
    struct sp805 *wdog = device;
    uint64_t now_ns = device_now(&wdog->device, pe);

    (void)size;
    (void)pas;
    catch_up(wdog, now_ns);
    if (offset == SP805_LOCK) {
        wdog->locked = (uint32_t)value != LOCK_KEY;
        return;
    }
    if (wdog->locked)
        return;
    switch (offset) {
    case SP805_LOAD:
        wdog->counter.reload = (uint32_t)value;
        down_set(&wdog->counter, now_ns, (uint32_t)value);
        break;
    case SP805_CONTROL:
        write_control(wdog, now_ns, (uint32_t)value);
        break;
    case SP805_INTCLR:
        wdog->raised = false;
        down_set(&wdog->counter, now_ns, wdog->counter.reload);
        break;
    case SP805_VALUE:
    case SP805_RIS:
    case SP805_MIS:
        return;
    default:
        device_warn_unmodelled(&wdog->device, &wdog->unmodelled, "SP805", offset, true);
        return;
    }
    drive(wdog);
    schedule(wdog);
}

static const struct bus_device_ops sp805_ops = {sp805_read, sp805_write};

static bool create_sp805(struct machine *machine, const struct board_device *node,
                         struct device **out, struct sim_error *err)
{
    struct sp805 *wdog = device_alloc(machine, node, sizeof(*wdog), err);

    if (wdog == NULL)
        return false;
    *out = &wdog->device;
    wdog->counter.reload = UINT32_MAX;
    wdog->counter.start = UINT32_MAX;
    return device_line_read(&wdog->device, 0, &wdog->line, err) &&
           device_clock(&wdog->device, 0, SP805_DEFAULT_HZ, &wdog->counter.hz, err) &&
           device_map(&wdog->device, 0, SP805_BYTES, &sp805_ops, wdog, err);
}

static const char *const sp805_compatible[] = {"arm,sp805", NULL};

const struct device_model device_sp805 = {sp805_compatible, create_sp805};
