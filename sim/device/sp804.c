/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * arm,sp804: the Arm PrimeCell dual timer (DDI 0271, chapter 3): two down-counters of 16 or 32
 * bits, each free-running, periodic or one-shot. `interrupts` with two entries wires one to each
 * timer; a single one is the combined line.
 */
#include "sim/device/down_counter.h"
#include "sim/device/wiring.h"

enum sp804_offset {
    TIMER_LOAD = 0x00,
    TIMER_VALUE = 0x04,
    TIMER_CONTROL = 0x08,
    TIMER_INTCLR = 0x0c,
    TIMER_RIS = 0x10,
    TIMER_MIS = 0x14,
    TIMER_BGLOAD = 0x18,
    TIMER_STRIDE = 0x20,
    SP804_PERIPH_ID0 = 0xfe0,
    SP804_CELL_ID3 = 0xffc,
};

#define SP804_BYTES      0x1000u
#define SP804_TIMERS     2u
#define SP804_DEFAULT_HZ 1000000u

#define CONTROL_ONE_SHOT    (1u << 0)
#define CONTROL_32_BITS     (1u << 1)
#define CONTROL_PRE_SHIFT   2
#define CONTROL_INTEN       (1u << 5)
#define CONTROL_PERIODIC    (1u << 6)
#define CONTROL_ENABLE      (1u << 7)
#define CONTROL_RESET       0x20u
#define CONTROL_IMPLEMENTED 0xefu

/* PeriphID0..3 and PCellID0..3: part 0x804, designer Arm, revision 1. */
static const uint8_t identification[8] = {0x04, 0x18, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1};

struct sp804;

struct sp804_timer {
    struct sp804 *owner;
    struct down_counter counter;
    uint32_t load; /* what BGLOAD reads, and what follows zero in periodic mode */
    uint32_t control;
    bool raised; /* the raw interrupt */
    struct machine_event zero;
};

struct sp804 {
    struct device device;
    unsigned lines; /* 1: combined */
    struct device_line line[SP804_TIMERS];
    struct sp804_timer timer[SP804_TIMERS];
    struct device_unmodelled unmodelled;
};

static bool asserted(const struct sp804_timer *timer)
{
    return timer->raised && (timer->control & CONTROL_INTEN) != 0;
}

static void drive(struct sp804 *dual)
{
    bool first = asserted(&dual->timer[0]);
    bool second = asserted(&dual->timer[1]);

    device_line_set(&dual->line[0], first || (dual->lines == 1 && second));
    if (dual->lines == 2)
        device_line_set(&dual->line[1], second);
}

static void on_zero(struct machine *machine, void *arg);

/* While the interrupt is raised, further zeros change nothing: they are settled on access. */
static void schedule(struct sp804_timer *timer)
{
    struct machine *machine = timer->owner->device.machine;
    uint64_t due_ns = timer->raised ? MACHINE_NEVER : down_zero_ns(&timer->counter);

    if (due_ns == MACHINE_NEVER)
        machine_event_remove(machine, &timer->zero);
    else
        machine_event_add(machine, &timer->zero, due_ns, on_zero, timer);
}

static void on_zero(struct machine *machine, void *arg)
{
    struct sp804_timer *timer = arg;

    (void)machine;
    down_settle(&timer->counter, timer->zero.due_ns);
    timer->raised = true;
    drive(timer->owner);
}

static void catch_up(struct sp804_timer *timer, uint64_t now_ns)
{
    device_catch_up(&timer->owner->device, &timer->zero, now_ns);
    if (!timer->zero.queued)
        down_settle(&timer->counter, now_ns);
}

static uint32_t width_mask(const struct sp804_timer *timer)
{
    return (timer->control & CONTROL_32_BITS) != 0 ? UINT32_MAX : UINT16_MAX;
}

/* What the control bits make of the counter; its value stays. */
static void apply(struct sp804_timer *timer)
{
    bool periodic = (timer->control & CONTROL_PERIODIC) != 0;

    timer->counter.one_shot = (timer->control & CONTROL_ONE_SHOT) != 0;
    timer->counter.reload = (periodic ? timer->load : UINT32_MAX) & width_mask(timer);
}

static void write_control(struct sp804_timer *timer, uint64_t now_ns, uint32_t value)
{
    static const uint8_t shift[4] = {0, 4, 8, 8};
    bool was_enabled = (timer->control & CONTROL_ENABLE) != 0;
    bool enable = (value & CONTROL_ENABLE) != 0;
    bool stopped = was_enabled && !timer->counter.running; /* a one-shot at its end */

    down_run(&timer->counter, now_ns, false);
    timer->control = value & CONTROL_IMPLEMENTED;
    timer->counter.shift = shift[value >> CONTROL_PRE_SHIFT & 3];
    apply(timer);
    timer->counter.start &= width_mask(timer);
    down_run(&timer->counter, now_ns, enable && !(stopped && timer->counter.one_shot));
}

static void write_load(struct sp804_timer *timer, uint64_t now_ns, uint32_t value, bool restart)
{
    timer->load = value;
    apply(timer);
    if (restart) {
        down_set(&timer->counter, now_ns, value & width_mask(timer));
        timer->counter.running = (timer->control & CONTROL_ENABLE) != 0;
    }
}

static bool find_timer(struct sp804 *dual, uint64_t offset, struct sp804_timer **timer)
{
    *timer = offset < SP804_TIMERS * TIMER_STRIDE ? &dual->timer[offset / TIMER_STRIDE] : NULL;
    return *timer != NULL && offset % TIMER_STRIDE <= TIMER_BGLOAD;
}

static uint64_t sp804_read(void *device, struct sim_pe *pe, uint64_t offset, unsigned size,
                           enum bus_pas pas)
{
    struct sp804 *dual = device;
    uint64_t now_ns = device_now(&dual->device, pe);
    struct sp804_timer *timer;

    (void)size;
    (void)pas;
    if (find_timer(dual, offset, &timer)) {
        catch_up(timer, now_ns);
        switch (offset % TIMER_STRIDE) {
        case TIMER_LOAD:
        case TIMER_BGLOAD:
            return timer->load;
        case TIMER_VALUE:
            return down_value(&timer->counter, now_ns);
        case TIMER_CONTROL:
            return timer->control;
        case TIMER_INTCLR:
            return 0;
        case TIMER_RIS:
            return timer->raised;
        case TIMER_MIS:
            return asserted(timer);
        default:
            break;
        }
    }
    if (offset >= SP804_PERIPH_ID0 && offset <= SP804_CELL_ID3 && offset % 4 == 0)
        return identification[(offset - SP804_PERIPH_ID0) / 4];
    device_warn_unmodelled(&dual->device, &dual->unmodelled, "SP804", offset, false);
    return 0;
}

static void sp804_write(void *device, struct sim_pe *pe, uint64_t offset, unsigned size,
                        uint64_t value, enum bus_pas pas)
{
    struct sp804 *dual = device;
    uint64_t now_ns = device_now(&dual->device, pe);
    struct sp804_timer *timer;

    (void)size;
    (void)pas;
    if (!find_timer(dual, offset, &timer)) {
        device_warn_unmodelled(&dual->device, &dual->unmodelled, "SP804", offset, true);
        return;
    }
    catch_up(timer, now_ns);
    switch (offset % TIMER_STRIDE) {
    case TIMER_LOAD:
    case TIMER_BGLOAD:
        write_load(timer, now_ns, (uint32_t)value, offset % TIMER_STRIDE == TIMER_LOAD);
        break;
    case TIMER_CONTROL:
        write_control(timer, now_ns, (uint32_t)value);
        break;
    case TIMER_INTCLR:
        timer->raised = false;
        break;
    case TIMER_VALUE:
    case TIMER_RIS:
    case TIMER_MIS:
        return;
    default:
        device_warn_unmodelled(&dual->device, &dual->unmodelled, "SP804", offset, true);
        return;
    }
    drive(dual);
    schedule(timer);
}

static const struct bus_device_ops sp804_ops = {sp804_read, sp804_write};

static bool create_sp804(struct machine *machine, const struct board_device *node,
                         struct device **out, struct sim_error *err)
{
    struct sp804 *dual = device_alloc(machine, node, sizeof(*dual), err);

    if (dual == NULL)
        return false;
    *out = &dual->device;
    for (unsigned i = 0; i < SP804_TIMERS; i++) {
        struct sp804_timer *timer = &dual->timer[i];

        timer->owner = dual;
        timer->control = CONTROL_RESET;
        timer->counter.start = UINT32_MAX;
        apply(timer);
        if (!device_line_read(&dual->device, i, &dual->line[i], err) ||
            !device_clock(&dual->device, i, SP804_DEFAULT_HZ, &timer->counter.hz, err))
            return false;
    }
    dual->lines = dual->line[1].intid != 0 ? 2 : 1;
    return device_map(&dual->device, 0, SP804_BYTES, &sp804_ops, dual, err);
}

static const char *const sp804_compatible[] = {"arm,sp804", NULL};

const struct device_model device_sp804 = {sp804_compatible, create_sp804};
