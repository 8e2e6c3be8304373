/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where a run could have gone another way. At each choice point the machine asks whether this PE is
 * put off there, and for how long: its clock goes forward, and the scheduler, which always resumes
 * the PE that is furthest behind, lets the others go first. Without a source nobody is ever put
 * off.
 *
 * Choice points are numbered from 1 in the order of the run, which is the same in every run with
 * the same answers up to there. So (number, delay) pairs say all about a schedule, and any of them
 * can be left out to get another legal run.
 */
#ifndef SIM_CHOICE_H
#define SIM_CHOICE_H

#include <stdbool.h>
#include <stdint.h>

struct sim_pe;

enum choice_kind {
    CHOICE_TURN,       /* a PE's turn begins */
    CHOICE_LOCK,       /* the core takes or gives back a lock */
    CHOICE_REGISTER,   /* the core reads or writes a device register, or one of the GIC */
    CHOICE_DESCRIPTOR, /* the core writes a descriptor of a translation table */
    CHOICE_INTERRUPT,  /* an interrupt line is about to rise: the delay is the interrupt's */
    CHOICE_KIND_COUNT,
};

/* Longest delay: one that puts a PE off until all others have nothing more to do for a while. */
#define CHOICE_MAX_DELAY_NS 1000000u

/*
 * Who answers. `due` is the number of the next choice point that it wants to be asked about
 * (UINT64_MAX: none any more); it moves on in answer(). Points before it cost a comparison.
 * `pe` is whose point it is; NULL: an interrupt that belongs to no PE. A run may be reset and boot
 * again: the numbers go on.
 */
struct choice_source {
    uint64_t due;
    uint64_t (*answer)(struct choice_source *source, uint64_t number, enum choice_kind kind,
                       const struct sim_pe *pe);
};

/* Of a machine. */
struct choice_points {
    struct choice_source *source; /* NULL: none */
    uint64_t number;              /* of the latest point: how many there were */
    uint64_t due;                 /* of the source; UINT64_MAX without one */
    uint64_t delays;              /* how many answers were not 0 */
    uint64_t delayed_ns;          /* by all of them; the run's limit moves along */
};

#endif
