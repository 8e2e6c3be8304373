/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SIM_HOST_POWER_H
#define SIM_HOST_POWER_H

#include <stdint.h>

struct arch_pe;

/* The SPMD accepted a CPU_ON on `pe`: PE `target` starts at this time. */
void power_on(struct arch_pe *pe, uint32_t target);

/* This PE's normal world has switched it off. */
void power_off(struct arch_pe *pe) __attribute__((noreturn));

#endif
