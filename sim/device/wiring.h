/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the bindings of most devices share: an interrupt line (`interrupts`), a clock (`clocks`, or
 * `clock-frequency`), and time in ticks of that clock.
 */
#ifndef SIM_WIRING_H
#define SIM_WIRING_H

#include "sim/device/device.h"

/* A wire to the interrupt controller. One that the board does not have goes nowhere. */
struct device_line {
    struct machine *machine;
    uint32_t intid; /* 0: not wired */
    bool private;   /* a PPI: wired to every PE */
    bool level;
};

/*
 * Entry `index` of the node's `interrupts`: GIC binding, three cells or more: type (0 SPI, 1 PPI,
 * 2 extended SPI, 3 extended PPI), number, flags. An absent entry leaves the line not wired. False:
 * *err names the node.
 */
bool device_line_read(struct device *device, unsigned index, struct device_line *line,
                      struct sim_error *err);
void device_line_set(struct device_line *line, bool level);

/* Entry `index` of `clocks`, else the node's `clock-frequency`, else `absent_hz`. */
bool device_clock(struct device *device, unsigned index, uint32_t absent_hz, uint32_t *hz,
                  struct sim_error *err);

/* Ticks of a clock from time 0; and the first nanosecond at which there are so many of them. */
uint64_t device_ticks(uint64_t ns, uint32_t hz);
uint64_t device_ticks_ns(uint64_t ticks, uint32_t hz);

/* The time of an access. */
static inline uint64_t device_now(const struct device *device, const struct sim_pe *pe)
{
    return pe != NULL ? pe->now_ns : machine_now(device->machine);
}

/*
 * An access at `now_ns` comes after every event that was due by then: runs `event` of a device that
 * is (a PE may have run a few instructions past it in its slice).
 */
void device_catch_up(struct device *device, struct machine_event *event, uint64_t now_ns);

#endif
