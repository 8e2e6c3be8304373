/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Exploration with faults (docs/exploration.md): which ones a run of a scenario has is drawn from
 * its number, and what counts as its failure then.
 */
#ifndef SIM_REPLAY_MENU_H
#define SIM_REPLAY_MENU_H

#include "sim/fault/fault.h"
#include "sim/replay/play.h"

#define MENU_MOST       16u /* faults that a scenario can offer */
#define MENU_MOST_DRAWN 4u  /* faults of one run */

/* The `possible_faults` of a scenario. */
struct fault_menu {
    unsigned count;
    bool holds; /* the script's own expectations hold under them too */
    struct fault fault[MENU_MOST];
};

struct fault_draw {
    unsigned count;
    struct fault fault[MENU_MOST_DRAWN];
};

/* False: there are more than MENU_MOST, *err says so. */
bool menu_of(const struct scenario *scenario, struct fault_menu *menu, struct sim_error *err);

/*
 * At most `most` faults for run number `run`; every other run has none. Kinds with a place strike
 * at one of its first occurrences, the others at any of the `points` choice points.
 */
void menu_draw(const struct fault_menu *menu, unsigned most, uint64_t points, uint64_t run,
               struct fault_draw *draw);

/* "a; b"; empty: none */
#define MENU_TEXT_BYTES (MENU_MOST_DRAWN * (FAULT_LINE_BYTES + 2))
void menu_text(const struct fault_draw *draw, char text[MENU_TEXT_BYTES]);

/* Is it the machine itself that is broken? Else a partition, a device or a caller may do it too. */
bool menu_is_hardware(enum fault_kind kind);

/* A sink: what struck, and whether the core was seen to go wrong. */
struct menu_watch {
    struct trace_sink sink;
    bool struck;
    bool hardware;
    bool core; /* an invariant, or a panic */
};

void menu_watch_init(struct menu_watch *watch);
/* Does a run that did not pass count as passed, because of its faults? */
bool menu_excuses(const struct menu_watch *watch, bool holds, const struct run_result *result);

#endif
