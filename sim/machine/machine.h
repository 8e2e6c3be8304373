/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The machine: board, bus, devices, PEs as coroutines, one virtual clock, one event queue.
 *
 * Time is in simulated nanoseconds; a PE retires one instruction each. Every PE has its own
 * `now_ns`; the scheduler always resumes the runnable PE that is furthest behind (ties: lowest
 * index), for a slice that ends where another PE or an event could matter. A run is a pure function
 * of its inputs.
 */
#ifndef SIM_MACHINE_H
#define SIM_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/machine/board.h"
#include "sim/machine/bus.h"
#include "sim/machine/choice.h"
#include "sim/machine/error.h"

struct machine;
struct trace;
struct coroutine;
struct pe_timers;

/* A PE runs for at most this long while another PE is runnable, unless a run says otherwise. */
#define MACHINE_QUANTUM_NS 10000u
#define MACHINE_NEVER      UINT64_MAX

enum pe_state {
    PE_OFF, /* not started */
    PE_RUNNING,
    PE_IDLE,    /* waits in machine_pe_wait() */
    PE_STOPPED, /* its entry function returned, or it was stopped for good */
    PE_DEAD,    /* a fault killed it: it does nothing any more until the machine is reset */
};

struct sim_pe {
    struct machine *machine;
    unsigned index;
    uint64_t mpidr;
    enum pe_state state;
    uint64_t now_ns;
    uint64_t slice_end_ns; /* run no further before calling machine_pe_yield() */
    bool wake;             /* an event concerns this PE: machine_pe_wait() returns */
    struct coroutine *coroutine;
    void (*entry)(struct sim_pe *pe, void *arg); /* what the coroutine runs */
    void *entry_arg;
    void *host;               /* belongs to sim/host */
    struct pe_timers *timers; /* sim/device/timer.h; NULL: the board has no generic timer */
};

/* Why a run ended. */
enum machine_end {
    MACHINE_END_NONE,
    MACHINE_END_DONE,     /* asked for: machine_end(), system off, all PEs stopped */
    MACHINE_END_LIMIT,    /* simulated-time limit */
    MACHINE_END_DEADLOCK, /* every PE waits and no event is due */
    MACHINE_END_FAILED,   /* machine_end() with a failure */
    MACHINE_END_RESET,    /* the machine is to be reset, see machine_restart() */
};

typedef void (*machine_event_fn)(struct machine *machine, void *arg);

/* An entry of the event queue; the owner provides the memory. */
struct machine_event {
    uint64_t due_ns;
    uint64_t sequence; /* ties: first scheduled, first run */
    machine_event_fn fn;
    void *arg;
    struct machine_event *next;
    bool queued;
};

struct device; /* sim/device/device.h */
struct gicv3;  /* sim/device/gicv3.c */
struct gic_gate;

struct machine {
    struct board board;
    struct gicv3 *gic; /* see sim/device/gic.h; NULL: the board has none */
    const struct gic_gate *gic_gate;
    struct bus bus;
    struct trace *trace;
    unsigned pe_count;
    struct sim_pe *pe;
    struct machine_event *events; /* sorted by (due_ns, sequence) */
    uint64_t event_sequence;
    uint64_t now_ns;   /* of the event or slice that runs, or ran last */
    uint64_t limit_ns; /* MACHINE_NEVER: none */
    uint64_t seed;
    uint64_t quantum_ns; /* of this turn: see machine_set_quantum() */
    uint64_t quantum_least_ns;
    uint64_t quantum_most_ns;
    uint64_t quantum_random;
    struct choice_points choices; /* see machine_set_choices() */
    enum machine_end end;
    struct device *devices; /* list */
    struct sim_pe *current; /* PE whose coroutine runs; NULL: the scheduler */
    uint64_t code_epoch;    /* instruction cache maintenance so far, by whatever code */
    bool (*step_check)(
        struct machine *machine); /* optional, after every slice; false ends the run */
    /* A device asks for a reset, and says why; NULL: the run ends as failed. Belongs to sim/host.
     */
    void (*on_reset)(struct machine *machine, const char *why);
};

/*
 * Builds bus and devices of a board with the first pe_count PEs (1 to board->pe_count). The board's
 * contents move into the machine, also on failure: *board is empty afterwards. Devices whose
 * `compatible` no model answers give a warning event that names them. `trace` may be NULL (tests).
 */
struct machine *machine_create(struct board *board, unsigned pe_count, struct trace *trace,
                               uint64_t seed, uint64_t limit_ns, struct sim_error *err);
void machine_destroy(struct machine *machine);

/*
 * After machine_run() ended with MACHINE_END_RESET: every PE is off, every device as new, nothing
 * is queued, time goes on. RAM stays, or reads as zero. Contexts and what else hangs on PEs are the
 * caller's to destroy before. False: the machine can only be destroyed.
 */
bool machine_restart(struct machine *machine, bool lose_ram, struct sim_error *err);

/*
 * How long a turn of a PE is while others can run: from `least_ns` (1 and up) to `most_ns`, drawn
 * anew for each turn from the machine's seed. Before machine_run().
 */
void machine_set_quantum(struct machine *machine, uint64_t least_ns, uint64_t most_ns);

/* As if it had been made with this seed; before two PEs have taken turns. */
void machine_reseed(struct machine *machine, uint64_t seed);

/* Who is asked at choice points; NULL: nobody. Before machine_run(). */
void machine_set_choices(struct machine *machine, struct choice_source *source);

/* The source's answer at a point whose turn has come, within bounds. */
uint64_t machine_choice_ask(struct machine *machine, const struct sim_pe *pe,
                            enum choice_kind kind);

/* How long what is about to happen is put off, mostly 0. */
static inline uint64_t machine_choice_delay(struct machine *machine, const struct sim_pe *pe,
                                            enum choice_kind kind)
{
    return ++machine->choices.number != machine->choices.due
               ? 0
               : machine_choice_ask(machine, pe, kind);
}

/* A choice point of a PE: its time goes forward, and its slice is over when others are due now. */
static inline void machine_choice(struct sim_pe *pe, enum choice_kind kind)
{
    pe->now_ns += machine_choice_delay(pe->machine, pe, kind);
}

/*
 * Starts a PE that is PE_OFF or PE_STOPPED: entry(pe, arg) runs on its own stack from the PE's time
 * `from_ns`. False: it runs already, or the host has no memory for a stack.
 */
bool machine_pe_start(struct sim_pe *pe, void (*entry)(struct sim_pe *pe, void *arg), void *arg,
                      uint64_t from_ns);

/*
 * Faults, from a PE's coroutine or the scheduler's: the PE goes no further than to where others may
 * go first; it does nothing for so long, and the run's limit moves along.
 */
void machine_pe_kill(struct sim_pe *pe);
void machine_pe_stall(struct sim_pe *pe, uint64_t ns);

/* Runs until the end, then lets the devices finish; returns why. Not from a PE's coroutine. */
enum machine_end machine_run(struct machine *machine);

/* For code on a PE's coroutine. */
static inline void machine_pe_advance(struct sim_pe *pe, uint64_t ns)
{
    pe->now_ns += ns;
}
/*
 * Lets due events and other PEs run; may not come back. Costs nothing while the slice lasts, so a
 * PE that spins has to advance its time at each turn: that is what brings the others forward.
 */
void machine_pe_yield(struct sim_pe *pe);
/* Idle until `wake`, which it consumes: time skips to the next event. Returns at once when `wake`
 * is set already, so the caller looks again at what it waits for. */
void machine_pe_wait(struct sim_pe *pe);
void machine_pe_halt(struct sim_pe *pe) __attribute__((noreturn)); /* never comes back */

/* True when the PE has to call machine_pe_yield(). */
static inline bool machine_pe_slice_over(const struct sim_pe *pe)
{
    return pe->now_ns >= pe->slice_end_ns;
}

/* An event at `at_ns` concerns the PE: an idle one runs from then on (time never goes back). */
void machine_wake(struct sim_pe *pe, uint64_t at_ns);

/*
 * An interrupt is signalled to the PE, now: an idle one wakes, the one that runs ends its slice,
 * any other looks at its signals when its next slice begins.
 */
void machine_interrupt(struct sim_pe *pe);

/* Ends the run after the present slice; the first call wins. */
void machine_end(struct machine *machine, enum machine_end why);

/*
 * Queues an event, zeroed by its owner before its first use; one that is queued already moves. It
 * runs before any PE goes past `due_ns`; if that has passed, next. The queue holds it until it has
 * run or is removed; `fn` may queue it again.
 */
void machine_event_add(struct machine *machine, struct machine_event *event, uint64_t due_ns,
                       machine_event_fn fn, void *arg);
void machine_event_remove(struct machine *machine, struct machine_event *event);

/* No PE can run, and no event is due that could change that. */
bool machine_is_silent(const struct machine *machine);

/* Generic counter at a PE's time. */
uint64_t machine_counter(const struct machine *machine, uint64_t now_ns);

/* The current PE's time; outside of a PE the time of the event or slice that ran last. */
uint64_t machine_now(const struct machine *machine);

/* A device's reset signal: emits EVENT_RESET, then on_reset() has the word. */
void machine_reset(struct machine *machine, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Emits EVENT_WARNING: what the machine met and does not model. */
void machine_warn(struct machine *machine, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
