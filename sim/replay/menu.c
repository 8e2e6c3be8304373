/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim/replay/menu.h"

#include <stdio.h>
#include <string.h>

#define NTH_BITS 7u /* up to occurrence 64, every power of two as often as any other */

bool menu_of(const struct scenario *scenario, struct fault_menu *menu, struct sim_error *err)
{
    const struct scenario_info *info = scenario_info(scenario);
    const struct fault_plan *possible = &info->possible_faults;

    *menu = (struct fault_menu){.holds = info->holds_under_faults};
    if (possible->count > MENU_MOST) {
        return sim_fail(err, SIM_BAD_INPUT,
                        "possible_faults: there are %u, and exploration takes at most %u",
                        possible->count, MENU_MOST);
    }
    menu->count = possible->count;
    for (unsigned i = 0; i < menu->count; i++) {
        menu->fault[i] = possible->fault[i];
    }
    return true;
}

/* SplitMix64 */
static uint64_t draw_below(uint64_t *state, uint64_t bound)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (z ^ z >> 31) % bound;
}

/* A fault of the menu that does not say when gets a moment. */
static void draw_when(struct fault *fault, uint64_t points, uint64_t *state)
{
    if (fault->when != FAULT_NOW) {
        return;
    }
    if (fault_kind_has_place(fault->kind) || fault->of != FAULT_OF_PLACE) {
        fault->when = FAULT_AT_NTH;
        fault->when_value = 1 + draw_below(state, (uint64_t)1 << draw_below(state, NTH_BITS));
    } else if (points != 0) {
        fault->when = FAULT_AT_POINT;
        fault->when_value = 1 + draw_below(state, points);
    }
}

void menu_draw(const struct fault_menu *menu, unsigned most, uint64_t points, uint64_t run,
               struct fault_draw *draw)
{
    uint64_t state = run ^ 0xbb67ae8584caa73bu; /* not the numbers of the schedule */

    draw->count = 0;
    if (menu->count == 0 || most == 0 || draw_below(&state, 2) == 0) {
        return;
    }
    most = most < MENU_MOST_DRAWN ? most : MENU_MOST_DRAWN;
    for (uint64_t count = 1 + draw_below(&state, most); draw->count < count; draw->count++) {
        draw->fault[draw->count] = menu->fault[draw_below(&state, menu->count)];
        draw_when(&draw->fault[draw->count], points, &state);
    }
}

void menu_text(const struct fault_draw *draw, char text[MENU_TEXT_BYTES])
{
    size_t length = 0;

    text[0] = '\0';
    for (unsigned i = 0; i < draw->count; i++) {
        char line[FAULT_LINE_BYTES];

        fault_print(&draw->fault[i], line);
        length += (size_t)snprintf(text + length, MENU_TEXT_BYTES - length, "%s%s",
                                   i != 0 ? "; " : "", line);
    }
}

bool menu_is_hardware(enum fault_kind kind)
{
    switch (kind) {
    case FAULT_FLIP_RAM:
    case FAULT_FLIP_TABLE:
    case FAULT_FLIP_REGISTER:
    case FAULT_FLIP_GIC:
    case FAULT_SKIP_TLB:
    case FAULT_SKIP_CACHE:
        return true;
    default:
        return false;
    }
}

static void watch_event(struct trace_sink *sink, const struct trace_event *event)
{
    struct menu_watch *watch = (struct menu_watch *)(void *)sink;

    if (event->header.type == EVENT_FAULT) {
        watch->struck = true;
        watch->hardware = watch->hardware || (event->header.arg_count > 2 &&
                                              menu_is_hardware((enum fault_kind)event->arg[2]));
    }
    watch->core =
        watch->core || event->header.type == EVENT_CHECK || event->header.type == EVENT_PANIC;
}

void menu_watch_init(struct menu_watch *watch)
{
    *watch = (struct menu_watch){.sink = {.event = watch_event}};
}

bool menu_excuses(const struct menu_watch *watch, bool holds, const struct run_result *result)
{
    if (!watch->struck || result->verdict == RUN_INTERNAL) {
        return false;
    }
    if (result->verdict == RUN_BAD_INPUT) {
        return true; /* it did not come up with what it read */
    }
    return !holds && (watch->hardware || !watch->core);
}
