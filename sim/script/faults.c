/* SPDX-License-Identifier: BSD-3-Clause */
/* Faults of a scenario: its header's, the command line's, and those of a script that runs. */
#include <stdio.h>

#include "sim/script/scenario_internal.h"
#include "sim/script/script_context.h"

/* A fault that exploration places says nothing of when. */
static bool check_possible(const struct scenario *scenario, const struct fault *fault,
                           const char *what, struct sim_error *err)
{
    return (fault->when == FAULT_NOW && fault->of == FAULT_OF_PLACE) ||
           scenario_fault(scenario, "possible_faults", err,
                          "%s: exploration says when; leave out at, point, nth, chance and of",
                          what);
}

/* A list of lines in `field`. */
static bool read_list(struct scenario *scenario, const char *field, bool possible,
                      struct fault_plan *plan, struct sim_error *err)
{
    lua_State *L = scenario->script.L;
    int type = (lua_pushstring(L, field), lua_rawget(L, -2));
    lua_Unsigned count = type == LUA_TTABLE ? lua_rawlen(L, -1) : 0;
    bool ok = type == LUA_TNIL || type == LUA_TTABLE ||
              scenario_fault(scenario, field, err, "%s: found a %s, want a list of texts", field,
                             lua_typename(L, type));

    fault_plan_init(plan, 0);
    for (lua_Unsigned i = 1; ok && i <= count; i++) {
        struct sim_error bad;
        struct fault fault;
        char what[48];

        snprintf(what, sizeof(what), "%s[%llu]", field, (unsigned long long)i);
        if (lua_rawgeti(L, -1, (lua_Integer)i) != LUA_TSTRING) {
            ok = scenario_fault(scenario, field, err, "%s: found a %s, want a text", what,
                                luaL_typename(L, -1));
        } else {
            ok = (fault_parse(lua_tostring(L, -1), what, &fault, &bad) &&
                  fault_plan_add(plan, &fault, field, &bad)) ||
                 scenario_fault(scenario, field, err, "%s", bad.text);
            ok = ok && (!possible || check_possible(scenario, &fault, what, err));
        }
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return ok;
}

/* Untouched when the header has none. */
static bool read_switch(struct scenario *scenario, const char *field, bool *value,
                        struct sim_error *err)
{
    lua_State *L = scenario->script.L;
    int type = (lua_pushstring(L, field), lua_rawget(L, -2));
    bool ok = type == LUA_TNIL || type == LUA_TBOOLEAN ||
              scenario_fault(scenario, field, err, "%s: found a %s, want true or false", field,
                             lua_typename(L, type));

    *value = type == LUA_TNIL ? *value : lua_toboolean(L, -1) != 0;
    lua_pop(L, 1);
    return ok;
}

bool scenario_read_faults(struct scenario *scenario, struct sim_error *err)
{
    scenario->info.checks = true;
    return read_switch(scenario, "holds_under_faults", &scenario->info.holds_under_faults, err) &&
           read_switch(scenario, "checks", &scenario->info.checks, err) &&
           read_list(scenario, "faults", false, &scenario->info.faults, err) &&
           read_list(scenario, "possible_faults", true, &scenario->info.possible_faults, err);
}

bool scenario_add_fault(struct scenario *scenario, const char *line, const char *what,
                        struct run_config *config, struct sim_error *err)
{
    struct fault fault;

    if (!fault_parse(line, what, &fault, err) ||
        !fault_plan_add(&scenario->faults, &fault, what, err)) {
        return false;
    }
    config->faults = &scenario->faults;
    return true;
}

/* machine.fault("stall_pe pe=1 for=10us") */
int fault_api(lua_State *L)
{
    struct run *run = script_run(script_of(L));
    const char *line = luaL_checkstring(L, 1);
    struct sim_error err;

    if (run == NULL) {
        return luaL_error(L, "the machine is not there yet");
    }
    if (!run_fault(run, line, &err)) {
        return luaL_error(L, "%s", err.text);
    }
    return 0;
}
