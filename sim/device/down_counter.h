/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A counter that counts down on a clock, as the SP804 and the SP805 have it: it stays at zero for
 * one tick and goes on from `reload`, or stops there. Kept as the tick at which it had which value,
 * so that no time is spent while it counts.
 */
#ifndef SIM_DOWN_COUNTER_H
#define SIM_DOWN_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

struct down_counter {
    uint32_t hz;    /* of the clock */
    unsigned shift; /* prescaler: one tick is 1 << shift periods of the clock */
    bool running;
    bool one_shot; /* stops at zero */
    uint32_t reload;
    uint32_t start; /* the value at tick `from`; when it does not run: the value */
    uint64_t from;
};

/* The value at this time. */
uint32_t down_value(const struct down_counter *counter, uint64_t now_ns);
/* Counts from `value`, from this time on. */
void down_set(struct down_counter *counter, uint64_t now_ns, uint32_t value);
/* Starts, or stops at the present value. */
void down_run(struct down_counter *counter, uint64_t now_ns, bool run);
/* Zeros up to this time are past: what follows them is the present state. */
void down_settle(struct down_counter *counter, uint64_t now_ns);
/* When it is zero for the first time since its state was set or settled; MACHINE_NEVER: never. */
uint64_t down_zero_ns(const struct down_counter *counter);

#endif
