/* SPDX-License-Identifier: BSD-3-Clause */
/* What of a loaded scenario can be varied without reading it again: its seed, its integers. */
#include <stdio.h>
#include <string.h>

#include "sim/script/scenario_internal.h"

bool scenario_seed_used(const struct scenario *scenario)
{
    return scenario->script.random != scenario->seed;
}

void scenario_reseed(struct scenario *scenario, uint64_t seed)
{
    scenario->seed = seed;
    scenario->script.random = seed;
}

void scenario_settle(struct scenario *scenario)
{
    lua_gc(scenario->script.L, LUA_GCCOLLECT);
}

/* By name: a table's own order is not stable. */
static void insert(struct scenario_param *param, unsigned count, const char *name, uint64_t value)
{
    unsigned at = count;

    for (; at > 0 && strcmp(param[at - 1].name, name) > 0; at--) {
        param[at] = param[at - 1];
    }
    snprintf(param[at].name, sizeof(param[at].name), "%s", name);
    param[at].value = value;
}

unsigned scenario_integers(struct scenario *scenario, struct scenario_param *param, unsigned most)
{
    lua_State *L = scenario->script.L;
    unsigned count = 0;

    lua_pushglobaltable(L);
    lua_pushstring(L, "params");
    if (lua_rawget(L, -2) == LUA_TTABLE) {
        for (lua_pushnil(L); lua_next(L, -2) != 0; lua_pop(L, 1)) {
            if (lua_type(L, -2) == LUA_TSTRING && lua_isinteger(L, -1) &&
                lua_tointeger(L, -1) >= 0 && lua_rawlen(L, -2) < sizeof(param->name) &&
                count < most) {
                insert(param, count++, lua_tostring(L, -2), (uint64_t)lua_tointeger(L, -1));
            }
        }
    }
    lua_settop(L, 0);
    return count;
}
