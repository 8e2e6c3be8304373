/* SPDX-License-Identifier: BSD-3-Clause */
/* The globals `machine` and `spmc`: what a scenario may look at beside its contexts. */
#include <string.h>

#include "sim/device/pl011.h"
#include "sim/script/script_context.h"

static uint64_t now_ns(const struct script *script)
{
    return script->current != NULL ? script->current->base.pe->now_ns : script->end_ns;
}

/* machine.race(reads, address, bytes); without arguments: forget those that did not happen */
static int machine_race(lua_State *L)
{
    struct run *run = script_run(script_of(L));
    size_t size = 0;
    const char *bytes;
    lua_Integer reads;

    if (run == NULL) {
        return luaL_error(L, "the SPMC is not there yet");
    }
    if (lua_gettop(L) == 0) {
        run_forget_races(run);
        return 0;
    }
    reads = luaL_checkinteger(L, 1);
    bytes = luaL_checklstring(L, 3, &size);
    luaL_argcheck(L, reads > 0, 1, "want 1 or more: the next copy of the SPMC is 1");
    if (!run_race(run, (uint64_t)reads, (uint64_t)luaL_checkinteger(L, 2), bytes, size)) {
        return luaL_error(L, "want at most 16 races of 64 bytes each, in the normal world's RAM");
    }
    return 0;
}

/* machine.uart_input("serial@9000000", bytes): by path, node name or number. */
static int machine_uart_input(lua_State *L)
{
    struct run *run = script_run(script_of(L));
    const char *which = luaL_checkstring(L, 1);
    size_t size = 0;
    const char *bytes = luaL_checklstring(L, 2, &size);

    if (run == NULL) {
        return luaL_error(L, "the machine is not there yet");
    }
    if (!pl011_receive(run_machine(run), which, bytes, size)) {
        return luaL_error(L, "uart_input: the board has no UART '%s', or more than %d bytes wait",
                          which, (int)PL011_INPUT_BYTES);
    }
    return 0;
}

static int machine_index(lua_State *L)
{
    const char *name = luaL_checkstring(L, 2);
    const struct script *script = script_of(L);

    if (strcmp(name, "now_ns") == 0) {
        lua_pushinteger(L, (lua_Integer)now_ns(script));
        return 1;
    }
    if (strcmp(name, "pes") == 0) {
        struct run *run = script_run(script);

        lua_pushinteger(L, run != NULL ? (lua_Integer)run_machine(run)->pe_count : 0);
        return 1;
    }
    if (strcmp(name, "map") == 0) {
        lua_pushcfunction(L, map_api);
        return 1;
    }
    if (strcmp(name, "fault") == 0) {
        lua_pushcfunction(L, fault_api);
        return 1;
    }
    if (strcmp(name, "race") == 0) {
        lua_pushcfunction(L, machine_race);
        return 1;
    }
    if (strcmp(name, "uart_input") == 0) {
        lua_pushcfunction(L, machine_uart_input);
        return 1;
    }
    if (strcmp(name, "reads") == 0) {
        const struct run *run = script_run(script_of(L));

        lua_pushinteger(L, run != NULL ? (lua_Integer)run_shared_reads(run) : 0);
        return 1;
    }
    lua_getfield(L, LUA_REGISTRYINDEX, SCRIPT_MACHINE);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, -2) != LUA_TNIL) {
        return 1;
    }
    return luaL_error(L,
                      "machine has no field '%s'; it has now_ns, pes, map, fault, race, reads, "
                      "uart_input, interrupt and interrupt_state",
                      name);
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
    lua_newtable(L); /* filled by lua/interrupt.lua */
    lua_setfield(L, LUA_REGISTRYINDEX, SCRIPT_MACHINE);
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
