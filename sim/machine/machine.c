/* SPDX-License-Identifier: BSD-3-Clause */
/* The scheduler: whose turn it is, how long, and when the run ends. */
#include "sim/machine/machine.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sim/device/device.h"
#include "sim/machine/coroutine.h"
#include "sim/trace/trace.h"

static void pe_main(void *arg)
{
    struct sim_pe *pe = arg;

    pe->entry(pe, pe->entry_arg);
    pe->state = PE_STOPPED;
}

/* Ends the current PE's slice early: something now matters at `at_ns`. */
static void shorten_slice(struct machine *machine, uint64_t at_ns)
{
    if (machine->current != NULL && machine->current->slice_end_ns > at_ns)
        machine->current->slice_end_ns = at_ns;
}

/* Another PE became runnable at its now_ns. */
static void pe_became_runnable(struct sim_pe *pe)
{
    struct machine *machine = pe->machine;

    if (machine->current != pe && pe->now_ns <= MACHINE_NEVER - machine->quantum_ns)
        shorten_slice(machine, pe->now_ns + machine->quantum_ns);
}

bool machine_pe_start(struct sim_pe *pe, void (*entry)(struct sim_pe *pe, void *arg), void *arg,
                      uint64_t from_ns)
{
    struct coroutine *coroutine;

    if (pe->state == PE_RUNNING || pe->state == PE_IDLE)
        return false;
    if (pe->state == PE_DEAD)
        return true; /* nobody sees that it does not come up */
    coroutine = coroutine_create(pe_main, pe);
    if (coroutine == NULL)
        return false;
    coroutine_destroy(pe->coroutine);
    pe->coroutine = coroutine;
    pe->entry = entry;
    pe->entry_arg = arg;
    pe->wake = false;
    if (pe->now_ns < from_ns)
        pe->now_ns = from_ns;
    pe->state = PE_RUNNING;
    pe_became_runnable(pe);
    return true;
}

void machine_wake(struct sim_pe *pe, uint64_t at_ns)
{
    pe->wake = true;
    if (pe->state != PE_IDLE)
        return;
    if (pe->now_ns < at_ns)
        pe->now_ns = at_ns;
    pe->state = PE_RUNNING;
    pe_became_runnable(pe);
}

void machine_interrupt(struct sim_pe *pe)
{
    machine_wake(pe, machine_now(pe->machine));
    if (pe->machine->current == pe)
        shorten_slice(pe->machine, pe->now_ns);
}

void machine_end(struct machine *machine, enum machine_end why)
{
    if (machine->end == MACHINE_END_NONE)
        machine->end = why;
    if (machine->current != NULL)
        machine->current->slice_end_ns = machine->current->now_ns;
}

/* The runnable PE that is furthest behind, `except` left out; ties: lowest index. NULL: none. */
static struct sim_pe *furthest_behind(const struct machine *machine, const struct sim_pe *except)
{
    struct sim_pe *found = NULL;

    for (unsigned i = 0; i < machine->pe_count; i++) {
        struct sim_pe *pe = &machine->pe[i];
        if (pe->state == PE_RUNNING && pe != except &&
            (found == NULL || pe->now_ns < found->now_ns))
            found = pe;
    }
    return found;
}

void machine_set_quantum(struct machine *machine, uint64_t least_ns, uint64_t most_ns)
{
    machine->quantum_least_ns = least_ns;
    machine->quantum_most_ns = most_ns;
    machine->quantum_ns = least_ns;
    machine->quantum_random = machine->seed;
}

void machine_set_choices(struct machine *machine, struct choice_source *source)
{
    machine->choices.source = source;
    machine->choices.due = source != NULL ? source->due : UINT64_MAX;
}

uint64_t machine_choice_ask(struct machine *machine, const struct sim_pe *pe, enum choice_kind kind)
{
    struct choice_points *choices = &machine->choices;
    struct choice_source *source = choices->source;
    uint64_t delay_ns = source->answer(source, choices->number, kind, pe);

    choices->due = choices->source->due; /* another one may have taken over meanwhile */
    if (delay_ns > CHOICE_MAX_DELAY_NS)
        delay_ns = CHOICE_MAX_DELAY_NS;
    if (delay_ns == 0)
        return 0;
    choices->delays++;
    choices->delayed_ns += delay_ns;
    /* A run that is late because it was put off has not hung. */
    if (machine->limit_ns <= MACHINE_NEVER - delay_ns)
        machine->limit_ns += delay_ns;
    return delay_ns;
}

/* The length of a turn, of a drawn number (SplitMix64). */
static void make_quantum(struct machine *machine, uint64_t x)
{
    uint64_t span = machine->quantum_most_ns - machine->quantum_least_ns;

    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    machine->quantum_ns = machine->quantum_least_ns + (x ^ x >> 31) % (span + 1);
}

/* The length of the next turn. */
static void draw_quantum(struct machine *machine)
{
    if (machine->quantum_most_ns == machine->quantum_least_ns)
        return;
    machine->quantum_random += 0x9e3779b97f4a7c15u;
    make_quantum(machine, machine->quantum_random);
}

void machine_reseed(struct machine *machine, uint64_t seed)
{
    bool drawn = machine->quantum_random != machine->seed;

    machine->quantum_random += seed - machine->seed; /* each draw has added the same */
    machine->seed = seed;
    if (drawn)
        make_quantum(machine, machine->quantum_random);
}

/* How far `pe` may run when `other` is the next runnable one. */
static uint64_t slice_end(const struct machine *machine, const struct sim_pe *other)
{
    uint64_t end_ns = machine->limit_ns;

    if (machine->events != NULL && machine->events->due_ns < end_ns)
        end_ns = machine->events->due_ns;
    if (other != NULL && other->now_ns <= MACHINE_NEVER - machine->quantum_ns &&
        other->now_ns + machine->quantum_ns < end_ns)
        end_ns = other->now_ns + machine->quantum_ns;
    return end_ns;
}

static void run_event(struct machine *machine)
{
    struct machine_event *event = machine->events;

    machine_event_remove(machine, event);
    if (machine->now_ns < event->due_ns)
        machine->now_ns = event->due_ns;
    event->fn(machine, event->arg);
}

/*
 * What the scheduler would do now, as long as that is events and then `pe` again: it is done here,
 * since a switch to the scheduler and back costs more. True: `pe` goes on.
 */
static bool goes_on(struct machine *machine, struct sim_pe *pe)
{
    machine->now_ns = pe->now_ns;
    while (machine->end == MACHINE_END_NONE && machine->step_check == NULL) {
        const struct sim_pe *first = furthest_behind(machine, NULL);
        const struct machine_event *event = machine->events;

        if (event != NULL && (first == NULL || event->due_ns <= first->now_ns)) {
            if (event->due_ns >= machine->limit_ns)
                return false;
            machine->current = NULL;
            run_event(machine);
            machine->current = pe;
        } else if (first != pe || pe->now_ns >= machine->limit_ns) {
            return false;
        } else {
            pe->slice_end_ns = slice_end(machine, furthest_behind(machine, pe));
            machine->now_ns = pe->now_ns;
            return true;
        }
    }
    return false;
}

void machine_pe_yield(struct sim_pe *pe)
{
    if (pe->now_ns >= pe->slice_end_ns && !goes_on(pe->machine, pe))
        coroutine_suspend(pe->coroutine);
}

void machine_pe_wait(struct sim_pe *pe)
{
    if (!pe->wake || pe->machine->end != MACHINE_END_NONE) {
        if (pe->state != PE_DEAD)
            pe->state = PE_IDLE;
        if (!goes_on(pe->machine, pe))
            coroutine_suspend(pe->coroutine);
    }
    pe->wake = false;
}

void machine_pe_halt(struct sim_pe *pe)
{
    if (pe->state != PE_DEAD)
        pe->state = PE_STOPPED;
    coroutine_leave(pe->coroutine);
}

void machine_pe_kill(struct sim_pe *pe)
{
    pe->state = PE_DEAD;
    if (pe->machine->current == pe)
        pe->slice_end_ns = pe->now_ns;
}

void machine_pe_stall(struct sim_pe *pe, uint64_t ns)
{
    struct machine *machine = pe->machine;

    if (pe->now_ns < machine_now(machine))
        pe->now_ns = machine_now(machine); /* it was idle */
    pe->now_ns += ns;
    if (machine->limit_ns <= MACHINE_NEVER - ns)
        machine->limit_ns += ns;
}

/* Nobody can run and nothing is due. */
static enum machine_end end_of_silence(const struct machine *machine)
{
    for (unsigned i = 0; i < machine->pe_count; i++) {
        if (machine->pe[i].state == PE_IDLE || machine->pe[i].state == PE_DEAD)
            return MACHINE_END_DEADLOCK;
    }
    return MACHINE_END_DONE;
}

static void run_slice(struct machine *machine, struct sim_pe *pe)
{
    uint64_t before_ns = pe->now_ns;

    machine_choice(pe, CHOICE_TURN);
    if (pe->now_ns != before_ns || pe->state != PE_RUNNING || machine->end != MACHINE_END_NONE)
        return; /* whose turn it is now is looked up anew */
    draw_quantum(machine);
    pe->slice_end_ns = slice_end(machine, furthest_behind(machine, pe));
    machine->now_ns = pe->now_ns;
    machine->current = pe;
    coroutine_resume(pe->coroutine);
    machine->current = NULL;
    machine->now_ns = pe->now_ns;
    if (machine->step_check != NULL && !machine->step_check(machine))
        machine_end(machine, MACHINE_END_FAILED);
}

bool machine_is_silent(const struct machine *machine)
{
    return furthest_behind(machine, NULL) == NULL && machine->events == NULL;
}

/* One event or one slice. */
static void step(struct machine *machine)
{
    struct sim_pe *pe = furthest_behind(machine, NULL);
    const struct machine_event *event = machine->events;

    if (event != NULL && (pe == NULL || event->due_ns <= pe->now_ns)) {
        if (event->due_ns >= machine->limit_ns)
            machine_end(machine, MACHINE_END_LIMIT);
        else
            run_event(machine);
    } else if (pe == NULL) {
        machine_end(machine, end_of_silence(machine));
    } else if (pe->now_ns >= machine->limit_ns) {
        machine_end(machine, MACHINE_END_LIMIT);
    } else {
        run_slice(machine, pe);
    }
}

enum machine_end machine_run(struct machine *machine)
{
    if (machine->end != MACHINE_END_NONE)
        return machine->end;
    while (machine->end == MACHINE_END_NONE)
        step(machine);
    if (machine->end != MACHINE_END_RESET) /* else machine_restart() does it */
        devices_finish(machine);
    return machine->end;
}

uint64_t machine_counter(const struct machine *machine, uint64_t now_ns)
{
    /* In two parts, so that no product leaves 64 bits. */
    const uint64_t second_ns = 1000000000u;
    uint64_t hz = machine->board.counter_hz;

    return now_ns / second_ns * hz + now_ns % second_ns * hz / second_ns;
}

uint64_t machine_now(const struct machine *machine)
{
    return machine->current != NULL ? machine->current->now_ns : machine->now_ns;
}

/* One line of the machine itself; returns it in `text`. */
__attribute__((format(printf, 4, 0))) static void tell(struct machine *machine,
                                                       enum event_type type,
                                                       char text[EVENT_MAX_TEXT + 1],
                                                       const char *format, va_list args)
{
    struct event_header header = {
        .time_ns = machine_now(machine),
        .type = (uint16_t)type,
        .endpoint = EVENT_NOBODY,
        .from = EVENT_NOBODY,
        .pe = machine->current != NULL ? (uint8_t)machine->current->index : 0,
    };

    vsnprintf(text, EVENT_MAX_TEXT + 1, format, args);
    header.text_bytes = (uint16_t)strlen(text);
    if (machine->trace != NULL)
        trace_emit(machine->trace, &header, NULL, text);
}

void machine_reset(struct machine *machine, const char *format, ...)
{
    char text[EVENT_MAX_TEXT + 1];
    va_list args;

    va_start(args, format);
    tell(machine, EVENT_RESET, text, format, args);
    va_end(args);
    if (machine->on_reset != NULL)
        machine->on_reset(machine, text);
    else
        machine_end(machine, MACHINE_END_FAILED);
}

void machine_warn(struct machine *machine, const char *format, ...)
{
    char text[EVENT_MAX_TEXT + 1];
    va_list args;

    va_start(args, format);
    tell(machine, EVENT_WARNING, text, format, args);
    va_end(args);
}
