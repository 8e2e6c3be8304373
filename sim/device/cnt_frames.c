/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * arm,armv7-timer-mem: the memory-mapped generic timer (DDI 0487, appendix on its memory-mapped
 * components): CNTCTLBase, and the frames below it, each a CNTBase<n> with a physical and a virtual
 * timer and, where the node has a second reg, a CNTEL0Base<n>. At the start every frame is as
 * firmware leaves it: all of it may be used, by the normal world where the board gives it the node.
 */
#include <libfdt.h>
#include <string.h>

#include "sim/device/wiring.h"

enum ctl_offset {
    CTL_CNTFRQ = 0x000,
    CTL_CNTNSAR = 0x004,
    CTL_CNTTIDR = 0x008,
    CTL_CNTACR = 0x040,  /* 4 bytes a frame */
    CTL_CNTVOFF = 0x080, /* 8 bytes a frame */
    CTL_CNTVOFF_END = 0x0c0,
    ID_FIRST = 0xfd0,
};

enum base_offset {
    CNTPCT = 0x000,
    CNTVCT = 0x008,
    CNTFRQ = 0x010,
    CNTEL0ACR = 0x014,
    CNTVOFF = 0x018,
    CNTP_CVAL = 0x020,
    CNTP_TVAL = 0x028,
    CNTP_CTL = 0x02c,
    CNTV_CVAL = 0x030,
    CNTV_TVAL = 0x038,
    CNTV_CTL = 0x03c,
};

#define FRAME_BYTES 0x1000u
#define MAX_FRAMES  8u

#define ACR_RPCT  (1u << 0)
#define ACR_RVCT  (1u << 1)
#define ACR_RFRQ  (1u << 2)
#define ACR_RVOFF (1u << 3)
#define ACR_RWVT  (1u << 4)
#define ACR_RWPT  (1u << 5)
#define ACR_ALL   0x3fu

#define EL0_PCTEN (1u << 0)
#define EL0_VCTEN (1u << 1)
#define EL0_VTEN  (1u << 8)
#define EL0_PTEN  (1u << 9)

#define CTL_ENABLE  (1u << 0)
#define CTL_IMASK   (1u << 1)
#define CTL_ISTATUS (1u << 2)

struct timer_frame;

struct frame_timer {
    struct timer_frame *frame;
    bool is_virtual;
    uint32_t ctl; /* ENABLE and IMASK */
    uint64_t cval;
    struct device_line line;
    struct machine_event met;
};

struct timer_mem {
    struct device device;
    uint32_t nsar;
    struct timer_frame *frame[MAX_FRAMES]; /* NULL: none of this number */
    struct device_unmodelled unmodelled;
};

/* One of the up to two views of a frame. */
struct frame_view {
    struct timer_frame *frame;
    bool el0;
};

struct timer_frame {
    struct device device;
    struct timer_mem *owner;
    unsigned number;
    uint32_t acr;
    uint32_t el0_acr;
    uint64_t offset; /* of the virtual count */
    struct frame_timer physical;
    struct frame_timer virtual;
    struct frame_view view[2];
    struct device_unmodelled unmodelled;
};

static uint64_t count_at(const struct frame_timer *timer, uint64_t now_ns)
{
    const struct timer_frame *frame = timer->frame;
    uint64_t count = machine_counter(frame->device.machine, now_ns);

    return timer->is_virtual ? count - frame->offset : count;
}

static bool is_met(const struct frame_timer *timer, uint64_t now_ns)
{
    return (timer->ctl & CTL_ENABLE) != 0 && count_at(timer, now_ns) >= timer->cval;
}

static void on_met(struct machine *machine, void *arg)
{
    struct frame_timer *timer = arg;

    (void)machine;
    device_line_set(&timer->line, true);
}

/* Line and event, after a change. */
static void update(struct frame_timer *timer, uint64_t now_ns)
{
    struct machine *machine = timer->frame->device.machine;
    bool listens = (timer->ctl & (CTL_ENABLE | CTL_IMASK)) == CTL_ENABLE;
    uint64_t counter = machine_counter(machine, now_ns);
    uint64_t left = timer->cval - count_at(timer, now_ns);
    bool met = is_met(timer, now_ns);

    device_line_set(&timer->line, listens && met);
    if (listens && !met && left <= UINT64_MAX - counter)
        machine_event_add(machine, &timer->met,
                          device_ticks_ns(counter + left, (uint32_t)machine->board.counter_hz),
                          on_met, timer);
    else
        machine_event_remove(machine, &timer->met);
}

static void catch_up(struct timer_frame *frame, uint64_t now_ns)
{
    device_catch_up(&frame->device, &frame->physical.met, now_ns);
    device_catch_up(&frame->device, &frame->virtual.met, now_ns);
}

/* The half that a 32-bit access to a 64-bit register means. */
static uint64_t read_half(uint64_t value, uint64_t offset, unsigned size)
{
    return size == 8 ? value : (uint32_t)(value >> (8 * (offset & 4)));
}

static uint64_t write_half(uint64_t old, uint64_t offset, unsigned size, uint64_t value)
{
    unsigned shift = 8 * (unsigned)(offset & 4);

    if (size == 8)
        return value;
    return (old & ~((uint64_t)UINT32_MAX << shift)) | (uint64_t)(uint32_t)value << shift;
}

static bool may_use(const struct timer_frame *frame, enum bus_pas pas)
{
    return pas == BUS_SECURE || (frame->owner->nsar >> frame->number & 1) != 0;
}

/* Does every control of the view let this register through? A refused one is RAZ/WI. */
static bool passes(const struct frame_view *view, uint64_t offset, enum bus_pas pas)
{
    static const struct {
        uint32_t acr, el0;
    } need[] = {
        [CNTPCT / 8] = {ACR_RPCT, EL0_PCTEN},
        [CNTVCT / 8] = {ACR_RVCT, EL0_VCTEN},
        [CNTFRQ / 8] = {ACR_RFRQ, EL0_PCTEN | EL0_VCTEN},
        [CNTVOFF / 8] = {ACR_RVOFF, 0},
        [CNTP_CVAL / 8] = {ACR_RWPT, EL0_PTEN},
        [CNTP_TVAL / 8] = {ACR_RWPT, EL0_PTEN},
        [CNTV_CVAL / 8] = {ACR_RWVT, EL0_VTEN},
        [CNTV_TVAL / 8] = {ACR_RWVT, EL0_VTEN},
    };
    const struct timer_frame *frame = view->frame;

    if (!may_use(frame, pas))
        return false;
    if (offset == CNTEL0ACR)
        return !view->el0;
    if (offset >= sizeof(need) / sizeof(need[0]) * 8)
        return true;
    return (frame->acr & need[offset / 8].acr) != 0 &&
           (!view->el0 || (frame->el0_acr & need[offset / 8].el0) != 0);
}

static uint64_t read_timer(const struct frame_timer *timer, uint64_t offset, unsigned size,
                           uint64_t now_ns)
{
    switch (offset & 0xf) {
    case CNTP_TVAL & 0xf:
        return (uint32_t)(timer->cval - count_at(timer, now_ns));
    case CNTP_CTL & 0xf:
        return timer->ctl | (is_met(timer, now_ns) ? CTL_ISTATUS : 0);
    default:
        return read_half(timer->cval, offset, size);
    }
}

static uint64_t frame_read(void *device, struct sim_pe *pe, uint64_t offset, unsigned size,
                           enum bus_pas pas)
{
    const struct frame_view *view = device;
    struct timer_frame *frame = view->frame;
    uint64_t now_ns = device_now(&frame->device, pe);

    catch_up(frame, now_ns);
    if (!passes(view, offset, pas))
        return 0;
    if (offset < CNTVCT)
        return read_half(count_at(&frame->physical, now_ns), offset, size);
    if (offset < CNTFRQ)
        return read_half(count_at(&frame->virtual, now_ns), offset, size);
    if (offset == CNTFRQ)
        return (uint32_t)frame->device.machine->board.counter_hz;
    if (offset == CNTEL0ACR)
        return frame->el0_acr;
    if (offset >= CNTVOFF && offset < CNTP_CVAL)
        return read_half(frame->offset, offset, size);
    if (offset >= CNTP_CVAL && offset < CNTV_CVAL)
        return read_timer(&frame->physical, offset, size, now_ns);
    if (offset >= CNTV_CVAL && offset <= CNTV_CTL)
        return read_timer(&frame->virtual, offset, size, now_ns);
    if (offset < ID_FIRST || offset >= FRAME_BYTES)
        device_warn_unmodelled(&frame->device, &frame->unmodelled, "CNTBase", offset, false);
    return 0;
}

static void write_timer(struct frame_timer *timer, uint64_t offset, unsigned size, uint64_t value,
                        uint64_t now_ns)
{
    switch (offset & 0xf) {
    case CNTP_TVAL & 0xf: {
        uint64_t bits = (uint32_t)value;

        timer->cval = count_at(timer, now_ns) + ((bits ^ 0x80000000u) - 0x80000000u);
        break;
    }
    case CNTP_CTL & 0xf:
        timer->ctl = (uint32_t)value & (CTL_ENABLE | CTL_IMASK);
        break;
    default:
        timer->cval = write_half(timer->cval, offset, size, value);
        break;
    }
    update(timer, now_ns);
}

static void frame_write(void *device, struct sim_pe *pe, uint64_t offset, unsigned size,
                        uint64_t value, enum bus_pas pas)
{
    const struct frame_view *view = device;
    struct timer_frame *frame = view->frame;
    uint64_t now_ns = device_now(&frame->device, pe);

    catch_up(frame, now_ns);
    if (!passes(view, offset, pas))
        return;
    if (offset >= CNTP_CVAL && offset < CNTV_CVAL)
        write_timer(&frame->physical, offset, size, value, now_ns);
    else if (offset >= CNTV_CVAL && offset <= CNTV_CTL)
        write_timer(&frame->virtual, offset, size, value, now_ns);
    else if (offset == CNTEL0ACR)
        frame->el0_acr = (uint32_t)value & (EL0_PCTEN | EL0_VCTEN | EL0_VTEN | EL0_PTEN);
    else if (offset > CNTV_CTL)
        device_warn_unmodelled(&frame->device, &frame->unmodelled, "CNTBase", offset, true);
}

static const struct bus_device_ops frame_ops = {frame_read, frame_write};

/* Per frame: implemented, with a virtual timer, with a second view. */
static uint32_t read_tidr(const struct timer_mem *mem)
{
    uint32_t value = 0;

    for (unsigned i = 0; i < MAX_FRAMES; i++) {
        if (mem->frame[i] != NULL)
            value |= (3u | (mem->frame[i]->device.node->reg_count > 1 ? 4u : 0)) << (4 * i);
    }
    return value;
}

/* The frame that a register of CNTCTLBase is about, where this security state may change it. */
static struct timer_frame *controlled(const struct timer_mem *mem, uint64_t index, enum bus_pas pas)
{
    struct timer_frame *frame = mem->frame[index];

    return frame != NULL && may_use(frame, pas) ? frame : NULL;
}

static uint64_t ctl_read(void *device, struct sim_pe *pe, uint64_t offset, unsigned size,
                         enum bus_pas pas)
{
    struct timer_mem *mem = device;
    const struct timer_frame *frame;

    (void)pe;
    if (offset == CTL_CNTFRQ)
        return (uint32_t)mem->device.machine->board.counter_hz;
    if (offset == CTL_CNTNSAR)
        return pas == BUS_SECURE ? mem->nsar : 0;
    if (offset == CTL_CNTTIDR)
        return read_tidr(mem);
    if (offset >= CTL_CNTACR && offset < CTL_CNTACR + 4 * MAX_FRAMES) {
        frame = controlled(mem, (offset - CTL_CNTACR) / 4, pas);
        return frame != NULL ? frame->acr : 0;
    }
    if (offset >= CTL_CNTVOFF && offset < CTL_CNTVOFF_END) {
        frame = controlled(mem, (offset - CTL_CNTVOFF) / 8, pas);
        return frame != NULL ? read_half(frame->offset, offset, size) : 0;
    }
    if (offset < ID_FIRST || offset >= FRAME_BYTES)
        device_warn_unmodelled(&mem->device, &mem->unmodelled, "CNTCTLBase", offset, false);
    return 0;
}

static void ctl_write(void *device, struct sim_pe *pe, uint64_t offset, unsigned size,
                      uint64_t value, enum bus_pas pas)
{
    struct timer_mem *mem = device;
    uint64_t now_ns = device_now(&mem->device, pe);
    struct timer_frame *frame;

    if (offset == CTL_CNTFRQ || offset == CTL_CNTTIDR)
        return; /* the rate is the board's */
    if (offset == CTL_CNTNSAR) {
        if (pas == BUS_SECURE)
            mem->nsar = (uint32_t)value & 0xffu;
    } else if (offset >= CTL_CNTACR && offset < CTL_CNTACR + 4 * MAX_FRAMES) {
        frame = controlled(mem, (offset - CTL_CNTACR) / 4, pas);
        if (frame != NULL)
            frame->acr = (uint32_t)value & ACR_ALL;
    } else if (offset >= CTL_CNTVOFF && offset < CTL_CNTVOFF_END) {
        frame = controlled(mem, (offset - CTL_CNTVOFF) / 8, pas);
        if (frame == NULL)
            return;
        catch_up(frame, now_ns);
        frame->offset = write_half(frame->offset, offset, size, value);
        update(&frame->virtual, now_ns);
    } else {
        device_warn_unmodelled(&mem->device, &mem->unmodelled, "CNTCTLBase", offset, true);
    }
}

static const struct bus_device_ops ctl_ops = {ctl_read, ctl_write};

static bool create_timer_mem(struct machine *machine, const struct board_device *node,
                             struct device **out, struct sim_error *err)
{
    struct timer_mem *mem = device_alloc(machine, node, sizeof(*mem), err);

    if (mem == NULL)
        return false;
    *out = &mem->device;
    return device_map(&mem->device, 0, FRAME_BYTES, &ctl_ops, mem, err);
}

/* Which frame of which timer this is: the tree's order made the parent first. */
static bool join_owner(struct timer_frame *frame, struct sim_error *err)
{
    const struct machine *machine = frame->device.machine;
    const struct board_device *node = frame->device.node;
    const struct board *board = &machine->board;
    int parent = fdt_parent_offset(board->fdt, node->node);
    int length = 0;
    const void *number = fdt_getprop(board->fdt, node->node, "frame-number", &length);
    struct device *owner = machine->devices;

    while (owner != NULL && owner->node->node != parent)
        owner = owner->next;
    if (owner == NULL || strcmp(owner->node->compatible, BOARD_TIMER_MEM) != 0)
        return sim_fail(err, SIM_BAD_INPUT, "%s: %s: its parent is no " BOARD_TIMER_MEM,
                        board->name, node->path);
    frame->owner = (struct timer_mem *)owner;
    if (number == NULL || length != sizeof(fdt32_t) || fdt32_ld(number) >= MAX_FRAMES ||
        frame->owner->frame[fdt32_ld(number)] != NULL)
        return sim_fail(err, SIM_BAD_INPUT,
                        "%s: %s: frame-number has to be a number below %u that no other frame has",
                        board->name, node->path, MAX_FRAMES);
    frame->number = fdt32_ld(number);
    frame->owner->frame[frame->number] = frame;
    if (node->non_secure)
        frame->owner->nsar |= 1u << frame->number;
    return true;
}

static bool create_timer_frame(struct machine *machine, const struct board_device *node,
                               struct device **out, struct sim_error *err)
{
    struct timer_frame *frame = device_alloc(machine, node, sizeof(*frame), err);

    if (frame == NULL)
        return false;
    *out = &frame->device;
    frame->acr = ACR_ALL;
    frame->physical.frame = frame;
    frame->virtual.frame = frame;
    frame->virtual.is_virtual = true;
    if (!join_owner(frame, err) ||
        !device_line_read(&frame->device, 0, &frame->physical.line, err) ||
        !device_line_read(&frame->device, 1, &frame->virtual.line, err))
        return false;
    for (unsigned i = 0; i < 2; i++) {
        frame->view[i].frame = frame;
        frame->view[i].el0 = i == 1;
        if ((i == 0 || node->reg_count > 1) &&
            !device_map(&frame->device, i, FRAME_BYTES, &frame_ops, &frame->view[i], err))
            return false;
    }
    return true;
}

static const char *const timer_mem_compatible[] = {BOARD_TIMER_MEM, NULL};
static const char *const timer_frame_compatible[] = {BOARD_TIMER_FRAME, NULL};

const struct device_model device_timer_mem = {timer_mem_compatible, create_timer_mem};
const struct device_model device_timer_frame = {timer_frame_compatible, create_timer_frame};
