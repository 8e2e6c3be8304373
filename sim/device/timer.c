/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * arm,armv8-timer: the generic timer is system registers of each PE, so the node puts nothing onto
 * the bus; the board reader takes the counter's rate from it.
 */
#include <stddef.h>

#include "sim/device/device.h"

static bool create_timer(struct machine *machine, const struct board_device *node,
                         struct device **out, struct sim_error *err)
{
    (void)machine;
    (void)node;
    (void)out;
    (void)err;
    return true;
}

static const char *const timer_compatible[] = {"arm,armv8-timer", NULL};

const struct device_model device_timer = {timer_compatible, create_timer};
