/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Other agents of the normal world that write while the SPMC reads. What the SPMC copies from
 * non-secure memory is counted, and before the n-th copy bytes of a scenario's choice appear.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/host/host.h"

uint64_t run_shared_reads(const struct run *run)
{
    return run->shared_reads;
}

bool run_race(struct run *run, uint64_t reads_from_now, uint64_t address, const void *bytes,
              size_t size_bytes)
{
    struct run_race *race = &run->race[run->race_count];

    if (run->race_count == RUN_MAX_RACES || size_bytes > sizeof(race->bytes) ||
        bus_ram(&run->machine->bus, address, size_bytes, BUS_NON_SECURE) == NULL) {
        return false;
    }
    *race = (struct run_race){
        .at = run->shared_reads + reads_from_now, .address = address, .size_bytes = size_bytes};
    memcpy(race->bytes, bytes, size_bytes);
    run->race_count++;
    return true;
}

void run_forget_races(struct run *run)
{
    run->race_count = 0;
}

static void strike(struct run *run, const struct run_race *race)
{
    char text[96];

    snprintf(text, sizeof(text), "%zu bytes at 0x%" PRIx64 " are rewritten while the SPMC reads",
             race->size_bytes, race->address);
    report_text(run, run->machine->current, EVENT_NOTE, text);
    (void)bus_copy_to(&run->machine->bus, race->address, race->bytes, race->size_bytes,
                      BUS_NON_SECURE);
}

void race_before_read(struct run *run)
{
    unsigned kept = 0;

    run->shared_reads++;
    for (unsigned i = 0; i < run->race_count; i++) {
        if (run->race[i].at <= run->shared_reads) {
            strike(run, &run->race[i]);
        } else {
            run->race[kept++] = run->race[i];
        }
    }
    run->race_count = kept;
}
