/* SPDX-License-Identifier: BSD-3-Clause */
/* The globals `machine` and `spmc`: what a scenario may look at beside its contexts. */
#include <string.h>

#include "sim/script/script_context.h"

static uint64_t now_ns(const struct script *script)
{
    return script->current != NULL ? script->current->base.pe->now_ns : script->end_ns;
}

static int machine_index(lua_State *L)
{
    const char *name = luaL_checkstring(L, 2);
    const struct script *script = script_of(L);

    if (strcmp(name, "now_ns") == 0) {
        lua_pushinteger(L, (lua_Integer)now_ns(script));
        return 1;
    }
    if (strcmp(name, "map") == 0) {
        lua_pushcfunction(L, map_api);
        return 1;
    }
    return luaL_error(L, "machine has no field '%s'; it has now_ns and map", name);
}

static int spmc_vcpu(lua_State *L)
{
    lua_remove(L, 1); /* the object itself: spmc:vcpu(...) */
    lua_getfield(L, LUA_REGISTRYINDEX, "orrery.vcpu");
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 1);
    return 1;
}

void machine_api_open(lua_State *L)
{
    lua_pushglobaltable(L);
    lua_pushstring(L, "machine");
    lua_newtable(L);
    lua_createtable(L, 0, 2);
    lua_pushcfunction(L, machine_index);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    lua_rawset(L, -3);
    lua_pushstring(L, "spmc");
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, spmc_vcpu);
    lua_setfield(L, -2, "vcpu");
    lua_rawset(L, -3);
    lua_pop(L, 1);
}
