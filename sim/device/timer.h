/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The generic timers of a PE (DDI 0487, D12): a compare value and a control register each, and a
 * level-sensitive private interrupt. They belong to the PE, not to what runs on it.
 */
#ifndef SIM_TIMER_H
#define SIM_TIMER_H

#include "sim/machine/machine.h"

/* By the names of their registers */
enum pe_timer {
    PE_TIMER_CNTPS,  /* Secure EL1 physical: firmware's */
    PE_TIMER_CNTP,   /* Non-secure EL1 physical */
    PE_TIMER_CNTV,   /* EL1 virtual */
    PE_TIMER_CNTHP,  /* Non-secure EL2 physical */
    PE_TIMER_CNTHV,  /* Non-secure EL2 virtual */
    PE_TIMER_CNTHPS, /* Secure EL2 physical */
    PE_TIMER_CNTHVS, /* Secure EL2 virtual */
    PE_TIMER_COUNT,
};

/* Registers of one timer, numbered as op2 of their encoding */
enum timer_register {
    TIMER_TVAL,
    TIMER_CTL,
    TIMER_CVAL,
};

#define TIMER_ENABLE  (1u << 0)
#define TIMER_IMASK   (1u << 1)
#define TIMER_ISTATUS (1u << 2)

/* What one timer keeps; `counter` is the count that it compares with. */
struct timer_state {
    uint32_t ctl; /* ENABLE and IMASK */
    uint64_t cval;
};

bool timer_state_is_met(const struct timer_state *timer, uint64_t counter);
uint64_t timer_state_read(const struct timer_state *timer, enum timer_register reg,
                          uint64_t counter);
void timer_state_write(struct timer_state *timer, enum timer_register reg, uint64_t value,
                       uint64_t counter);

/*
 * A register of a timer of this PE, at `now_ns`. A board without the timer's interrupt has no such
 * timer: it reads as zero and ignores writes.
 */
uint64_t timer_read(struct sim_pe *pe, enum pe_timer which, enum timer_register reg,
                    uint64_t now_ns);
void timer_write(struct sim_pe *pe, enum pe_timer which, enum timer_register reg, uint64_t value,
                 uint64_t now_ns);

/* CNTVOFF_EL2 of the normal world: CNTV and the virtual counter are behind by so much. */
uint64_t timer_offset(const struct sim_pe *pe);
void timer_set_offset(struct sim_pe *pe, uint64_t offset, uint64_t now_ns);

/* The PE is reset: every timer off. Lines go down. */
void timer_reset(struct sim_pe *pe);

#endif
