/* SPDX-License-Identifier: BSD-3-Clause */
/* The event queue: a list sorted by (due_ns, sequence); few events are queued at a time. */
#include "sim/machine/machine.h"

#include <stddef.h>

void machine_event_add(struct machine *machine, struct machine_event *event, uint64_t due_ns,
                       machine_event_fn fn, void *arg)
{
    struct machine_event **at = &machine->events;

    machine_event_remove(machine, event);
    event->due_ns = due_ns;
    event->sequence = machine->event_sequence++;
    event->fn = fn;
    event->arg = arg;
    event->queued = true;
    while (*at != NULL && (*at)->due_ns <= due_ns)
        at = &(*at)->next;
    event->next = *at;
    *at = event;

    if (machine->current != NULL && machine->current->slice_end_ns > due_ns)
        machine->current->slice_end_ns = due_ns;
}

void machine_event_remove(struct machine *machine, struct machine_event *event)
{
    struct machine_event **at = &machine->events;

    if (!event->queued)
        return;
    while (*at != NULL && *at != event)
        at = &(*at)->next;
    if (*at == event)
        *at = event->next;
    event->next = NULL;
    event->queued = false;
}
