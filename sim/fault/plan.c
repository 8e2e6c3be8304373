/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "sim/fault/fault.h"

void fault_plan_init(struct fault_plan *plan, uint64_t seed)
{
    memset(plan, 0, sizeof(*plan));
    plan->seed = seed;
    plan->most_strikes = FAULT_STRIKES_MOST;
}

bool fault_plan_add(struct fault_plan *plan, const struct fault *fault, const char *what,
                    struct sim_error *err)
{
    if (plan->count == FAULTS_MOST) {
        return sim_fail(err, SIM_BAD_INPUT, "%.80s: a run has at most %u faults; leave some out",
                        what, FAULTS_MOST);
    }
    plan->fault[plan->count++] = *fault;
    return true;
}
