/* SPDX-License-Identifier: BSD-3-Clause */
/* The verdict of a scenario: how the run ended, what was expected of it, and what finish() says. */
#include <stdio.h>
#include <string.h>

#include "sim/script/scenario_internal.h"

/* run:console(): the lines of all UARTs; run.why, run.passed, run.simulated_ns. */
static void push_run(lua_State *L, const struct scenario *scenario, const struct run_result *result)
{
    lua_createtable(L, 0, 4);
    lua_pushboolean(L, result->verdict == RUN_PASSED);
    lua_setfield(L, -2, "passed");
    lua_pushstring(L, result->why);
    lua_setfield(L, -2, "why");
    lua_pushinteger(L, (lua_Integer)result->simulated_ns);
    lua_setfield(L, -2, "simulated_ns");
    lua_createtable(L, (int)scenario->console.count, 0);
    for (unsigned i = 0; i < scenario->console.count; i++) {
        lua_pushstring(L, scenario->console.line[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_setfield(L, -2, "console");
}

static void run_finish(struct scenario *scenario, struct run *run, struct run_result *result)
{
    struct script *script = &scenario->script;

    if (scenario->finish == LUA_NOREF || run == NULL || result->verdict == RUN_INTERNAL ||
        script->dead) {
        return;
    }
    script->run = run;
    script->end_ns = result->simulated_ns;
    lua_rawgeti(script->L, LUA_REGISTRYINDEX, scenario->finish);
    push_run(script->L, scenario, result);
    if (!script_call(script, 1, 0, SCRIPT_RESUME_BUDGET)) {
        result->verdict = RUN_FAILED;
        snprintf(result->why, sizeof(result->why), "%s", script->why);
    }
    script->run = NULL;
}

void scenario_judge(struct scenario *scenario, struct run *run, struct run_result *result)
{
    if (scenario->fails[0] != '\0' && result->verdict != RUN_INTERNAL) {
        if (result->verdict == RUN_PASSED) {
            result->verdict = RUN_FAILED;
            snprintf(result->why, sizeof(result->why),
                     "%.200s: the run ended well; expected a failure with \"%s\"", scenario->path,
                     scenario->fails);
        } else if (strstr(result->why, scenario->fails) != NULL) {
            result->verdict = RUN_PASSED;
            result->why[0] = '\0';
            scenario->script.dead = false; /* the failure was wanted: finish() may look at it */
        } else {
            char why[sizeof(result->why)];

            snprintf(why, sizeof(why), "%.300s; expected a failure with \"%.150s\"", result->why,
                     scenario->fails);
            memcpy(result->why, why, sizeof(why));
            result->verdict = RUN_FAILED;
        }
    }
    run_finish(scenario, run, result);
}

void scenario_refused(const struct sim_error *err, struct run_result *result)
{
    memset(result, 0, sizeof(*result));
    result->verdict = err->status == SIM_INTERNAL ? RUN_INTERNAL : RUN_BAD_INPUT;
    snprintf(result->why, sizeof(result->why), "%s", err->text);
}

enum sim_status scenario_status(const struct run_result *result)
{
    switch (result->verdict) {
    case RUN_PASSED:
        return SIM_PASS;
    case RUN_FAILED:
        return SIM_FAILED;
    case RUN_BAD_INPUT:
        return SIM_BAD_INPUT;
    default:
        return SIM_INTERNAL;
    }
}
