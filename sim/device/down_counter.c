/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim/device/down_counter.h"

#include "sim/device/wiring.h"

static uint64_t tick_at(const struct down_counter *counter, uint64_t now_ns)
{
    return device_ticks(now_ns, counter->hz) >> counter->shift;
}

uint32_t down_value(const struct down_counter *counter, uint64_t now_ns)
{
    uint64_t tick = tick_at(counter, now_ns);
    uint64_t elapsed = tick > counter->from ? tick - counter->from : 0;

    if (!counter->running)
        return counter->start;
    if (elapsed <= counter->start)
        return counter->start - (uint32_t)elapsed;
    if (counter->one_shot)
        return 0;
    elapsed = (elapsed - counter->start - 1) % ((uint64_t)counter->reload + 1);
    return counter->reload - (uint32_t)elapsed;
}

void down_set(struct down_counter *counter, uint64_t now_ns, uint32_t value)
{
    counter->start = value;
    counter->from = tick_at(counter, now_ns);
}

void down_run(struct down_counter *counter, uint64_t now_ns, bool run)
{
    down_set(counter, now_ns, down_value(counter, now_ns));
    counter->running = run;
}

void down_settle(struct down_counter *counter, uint64_t now_ns)
{
    uint64_t tick = tick_at(counter, now_ns);
    uint64_t period = (uint64_t)counter->reload + 1;
    uint64_t zero = counter->from + counter->start;

    if (!counter->running || tick < zero)
        return;
    if (counter->one_shot) {
        counter->start = 0;
        counter->running = false;
        return;
    }
    counter->from = zero + 1 + (tick - zero) / period * period;
    counter->start = counter->reload;
}

uint64_t down_zero_ns(const struct down_counter *counter)
{
    uint64_t zero = counter->from + counter->start;

    if (!counter->running || zero > UINT64_MAX >> counter->shift)
        return MACHINE_NEVER;
    return device_ticks_ns(zero << counter->shift, counter->hz);
}
