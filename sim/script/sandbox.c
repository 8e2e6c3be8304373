/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The globals of a scenario: a subset of standard Lua with nothing that reaches the host or differs
 * between runs. What is not named here does not exist.
 */
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/script/parse.h"
#include "sim/script/script.h"

#define MAX_GLOBALS     128
#define PRINT_MAX_BYTES 4096

static uint64_t next_random(struct script *script)
{
    uint64_t z = script->random += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* math.random of standard Lua, from the run's seed alone. */
static int seeded_random(lua_State *L)
{
    struct script *script = script_of(L);
    uint64_t value = next_random(script);
    lua_Integer low = 1;
    lua_Integer high;
    uint64_t span;
    uint64_t mask;

    switch (lua_gettop(L)) {
    case 0:
        lua_pushnumber(L, (lua_Number)(value >> 11) * (0.5 / ((uint64_t)1 << 52)));
        return 1;
    case 1:
        high = luaL_checkinteger(L, 1);
        if (high == 0) {
            lua_pushinteger(L, (lua_Integer)value);
            return 1;
        }
        break;
    case 2:
        low = luaL_checkinteger(L, 1);
        high = luaL_checkinteger(L, 2);
        break;
    default:
        return luaL_error(L, "math.random takes at most two arguments");
    }
    luaL_argcheck(L, low <= high, lua_gettop(L), "interval is empty");
    span = (uint64_t)high - (uint64_t)low;
    mask = span;
    for (unsigned shift = 1; shift < 64; shift *= 2) {
        mask |= mask >> shift;
    }
    while ((value & mask) > span) {
        value = next_random(script);
    }
    lua_pushinteger(L, (lua_Integer)((uint64_t)low + (value & mask)));
    return 1;
}

/* print and note: one NOTE event a line. */
static int note(lua_State *L)
{
    struct script *script = script_of(L);
    char line[PRINT_MAX_BYTES];
    size_t used = 0;
    int count = lua_gettop(L);

    line[0] = '\0';
    for (int i = 1; i <= count && used < sizeof(line); i++) {
        lua_pushcfunction(L, sandbox_tostring);
        lua_pushvalue(L, i);
        lua_call(L, 1, 1);
        used += (size_t)snprintf(line + used, sizeof(line) - used, "%s%s", i == 1 ? "" : "\t",
                                 luaL_checkstring(L, -1));
        lua_pop(L, 1);
    }
    for (char *at = line; at != NULL;) {
        char *end = strchr(at, '\n');

        if (end != NULL) {
            *end++ = '\0';
        }
        script_emit(script, EVENT_NOTE, NULL, 0, at);
        at = end;
    }
    return 0;
}

static int finish_pcall(lua_State *L, int status, lua_KContext unused)
{
    (void)unused;
    if (status != LUA_OK && status != LUA_YIELD) {
        if (script_of(L)->dead) {
            return lua_error(L); /* an ended run can not be caught */
        }
        lua_pushboolean(L, 0);
        lua_insert(L, -2);
        return 2;
    }
    return lua_gettop(L);
}

static int guarded_pcall(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_pushboolean(L, 1);
    lua_insert(L, 1);
    return finish_pcall(L, lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, finish_pcall), 0);
}

/* setmetatable without what would show when the collector runs. */
static int plain_setmetatable(lua_State *L)
{
    static const char *const refused[] = {"__gc", "__mode"};

    luaL_checktype(L, 1, LUA_TTABLE);
    if (lua_type(L, 2) == LUA_TTABLE) {
        for (unsigned i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
            lua_pushstring(L, refused[i]);
            if (lua_rawget(L, 2) != LUA_TNIL) {
                return luaL_error(L, "%s is not available in scenarios", refused[i]);
            }
            lua_pop(L, 1);
        }
    } else if (!lua_isnil(L, 2)) {
        return luaL_typeerror(L, 2, "nil or table");
    }
    if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL) {
        return luaL_error(L, "cannot change a protected metatable");
    }
    lua_settop(L, 2);
    lua_setmetatable(L, 1);
    return 1;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Reading a global that does not exist is a mistake with a line, not a nil that travels. */
static int undefined_global(lua_State *L)
{
    const char *names[MAX_GLOBALS];
    size_t count = 0;
    char near[96];
    const char *name;

    if (lua_type(L, 2) != LUA_TSTRING) {
        return 0;
    }
    name = lua_tostring(L, 2);
    if (strcmp(name, "params") == 0) {
        return luaL_error(L, "params has its values when functions run, not at the top level");
    }
    for (lua_pushnil(L); lua_next(L, 1) != 0; lua_pop(L, 1)) {
        if (lua_type(L, -2) == LUA_TSTRING && count < MAX_GLOBALS) {
            names[count++] = lua_tostring(L, -2);
        }
    }
    /* The table is in hash order; which of two equally near names is told must not be. */
    qsort(names, count, sizeof(names[0]), compare_names);
    parse_suggest(name, names, count, near, sizeof(near));
    return luaL_error(L, "undefined name '%s'%s", name, near);
}

static void remove_fields(lua_State *L, const char *const *names)
{
    for (; *names != NULL; names++) {
        lua_pushnil(L);
        lua_setfield(L, -2, *names);
    }
}

static void open_base(lua_State *L)
{
    static const char *const keep[] = {
        "assert", "error",  "getmetatable", "ipairs", "rawequal", "rawget", "rawlen",
        "rawset", "select", "tonumber",     "type",   "_VERSION", NULL};
    static const luaL_Reg own[] = {
        {"next", sandbox_next},         {"note", note},  {"pairs", sandbox_pairs},
        {"pcall", guarded_pcall},       {"print", note}, {"setmetatable", plain_setmetatable},
        {"tostring", sandbox_tostring}, {NULL, NULL}};

    luaL_requiref(L, LUA_GNAME, luaopen_base, 0);
    lua_newtable(L);
    for (const char *const *name = keep; *name != NULL; name++) {
        lua_getfield(L, -2, *name);
        lua_setfield(L, -2, *name);
    }
    luaL_setfuncs(L, own, 0);
    lua_getfield(L, -1, "note");
    lua_setfield(L, LUA_REGISTRYINDEX, SCRIPT_NOTE);
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, LUA_GNAME);
    /* Chunks take their globals from the registry: the full base table is out of reach. */
    lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    lua_pop(L, 1);
    lua_pushnil(L);
    lua_setfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
}

static void open_library(lua_State *L, const char *name, lua_CFunction open)
{
    lua_pushcfunction(L, open);
    lua_call(L, 0, 1);
    lua_pushvalue(L, -1);
    lua_setglobal(L, name);
}

void sandbox_open(lua_State *L)
{
    static const char *const string_out[] = {"dump", NULL};
    static const char *const math_out[] = {"randomseed", NULL};

    open_base(L);
    open_library(L, LUA_STRLIBNAME, luaopen_string);
    remove_fields(L, string_out);
    lua_getfield(L, -1, "format");
    lua_pushcclosure(L, sandbox_format, 1);
    lua_setfield(L, -2, "format");
    lua_pop(L, 1);
    open_library(L, LUA_TABLIBNAME, luaopen_table);
    lua_pushcfunction(L, sandbox_sort);
    lua_setfield(L, -2, "sort");
    lua_pop(L, 1);
    open_library(L, LUA_MATHLIBNAME, luaopen_math);
    remove_fields(L, math_out);
    lua_pushcfunction(L, seeded_random);
    lua_setfield(L, -2, "random");
    lua_pop(L, 1);
    open_library(L, LUA_UTF8LIBNAME, luaopen_utf8);
    lua_pop(L, 1);
    lua_pushglobaltable(L);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, undefined_global);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    lua_pop(L, 1);
}
