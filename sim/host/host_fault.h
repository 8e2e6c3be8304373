/* SPDX-License-Identifier: BSD-3-Clause */
/* Faults of a run: who strikes them (docs/faults.md). */
#ifndef SIM_HOST_FAULT_H
#define SIM_HOST_FAULT_H

#include "sim/fault/fault.h"
#include "sim/host/host.h"

/* After the machine is there, before its first event. False: *err. */
bool host_fault_start(struct run *run, const struct fault_plan *plan, struct sim_error *err);
void host_fault_stop(struct run *run);

#endif
