/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SIM_HOST_POWER_H
#define SIM_HOST_POWER_H

#include <stdint.h>

#include "spmd/spmd.h"

struct arch_pe;

/* The SPMD accepted a CPU_ON on `pe`: PE `target` starts at this time. */
void power_on(struct arch_pe *pe, uint32_t target);

/* CPU_SUSPEND: back when an interrupt is pending. */
void power_standby(struct arch_pe *pe);

/* CPU_SUSPEND that takes the power: x becomes the registers of the world to enter afterwards. */
enum spmd_next power_suspend(struct arch_pe *pe, uint64_t x[FFA_REGS_EXTENDED], unsigned *count);

/* This PE's normal world has switched it off. */
void power_off(struct arch_pe *pe) __attribute__((noreturn));

#endif
