/* SPDX-License-Identifier: BSD-3-Clause */
/* The parts of the scenario interface that are written in Lua, and the primitives they stand on. */
#include <stdio.h>
#include <string.h>

#include "expect_lua.h"
#include "ffa_lua.h"
#include "interrupt_lua.h"
#include "mem_lua.h"
#include "mem_retrieve_lua.h"
#include "notification_lua.h"
#include "pes_lua.h"
#include "psci_lua.h"
#include "result_lua.h"
#include "sim/script/parse.h"
#include "sim/script/script_context.h"
#include "sim/trace/ffa_names.h"
#include "task_lua.h"

#define MAX_NAMES 128

static int has_metatable(lua_State *L)
{
    lua_pushboolean(L, lua_getmetatable(L, 1));
    return 1;
}

static int describe(lua_State *L)
{
    char text[96];

    luaL_checkany(L, 1);
    script_describe(L, 1, text, sizeof(text));
    lua_pushstring(L, text);
    return 1;
}

static int held(lua_State *L)
{
    const uint64_t arg[] = {1};

    script_emit(script_of(L), EVENT_EXPECT, arg, 1, luaL_checkstring(L, 1));
    return 0;
}

static int failed(lua_State *L)
{
    const uint64_t arg[] = {0};
    const char *text = luaL_checkstring(L, 1);
    char line[EVENT_MAX_TEXT];
    char where[160];

    script_where(L, where, sizeof(where));
    snprintf(line, sizeof(line), "%s%.*s", where, (int)(sizeof(line) - sizeof(where) - 1), text);
    script_emit(script_of(L), EVENT_EXPECT, arg, 1, line);
    return script_die(L, "%s", text);
}

static int mistake(lua_State *L)
{
    char where[160];

    script_where(L, where, sizeof(where));
    lua_pushfstring(L, "%s%s", where, luaL_checkstring(L, 1));
    return lua_error(L);
}

static int is_result_table(lua_State *L)
{
    if (!lua_istable(L, 1) || !lua_getmetatable(L, 1)) {
        lua_pushboolean(L, 0);
        return 1;
    }
    luaL_getmetatable(L, SCRIPT_RESULT_TYPE);
    lua_pushboolean(L, lua_rawequal(L, -1, -2));
    return 1;
}

static int error_value(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1);
    const char *names[MAX_NAMES];
    char suggestion[64];
    size_t count = 0;
    int32_t value = ffa_error_value(name);

    if (value == 0) {
        while (count < MAX_NAMES && (names[count] = ffa_error_name_at((unsigned)count)) != NULL) {
            count++;
        }
        parse_suggest(name, names, count, suggestion, sizeof(suggestion));
        lua_pushfstring(L, "'%s' is no FF-A error code%s", name, suggestion);
        lua_replace(L, 1);
        return mistake(L);
    }
    lua_pushinteger(L, value);
    return 1;
}

static int error_name(lua_State *L)
{
    lua_pushstring(L, ffa_error_name((int32_t)luaL_checkinteger(L, 1)));
    return 1;
}

static int fid_name(lua_State *L)
{
    lua_Integer fid = luaL_checkinteger(L, 1);

    lua_pushstring(L, fid >= 0 && fid <= UINT32_MAX ? ffa_name((uint32_t)fid) : NULL);
    return 1;
}

static int current(lua_State *L)
{
    const struct script_context *self = script_of(L)->current;

    if (self == NULL) {
        return luaL_error(L, "no context runs here");
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, self->object_ref);
    return 1;
}

static struct spmc *the_spmc(lua_State *L)
{
    struct run *run = script_run(script_of(L));
    struct spmc *spmc = run != NULL ? run_spmc(run) : NULL;

    if (spmc == NULL) {
        luaL_error(L, "the SPMC is not there yet");
    }
    return spmc;
}

static struct partition *find_partition(lua_State *L, int index)
{
    struct spmc *spmc = the_spmc(L);
    const char *names[RUN_MAX_PARTITIONS];
    uint32_t count = spmc_partition_count(spmc);
    char suggestion[64];

    if (lua_istable(L, index)) {
        lua_getfield(L, index, "id");
        lua_replace(L, index);
    }
    if (lua_isinteger(L, index)) {
        struct partition *partition = spmc_partition_by_id(spmc, (uint16_t)lua_tointeger(L, index));

        if (partition == NULL) {
            luaL_error(L, "no partition has id %d", (int)lua_tointeger(L, index));
        }
        return partition;
    }
    for (uint32_t i = 0; i < count; i++) {
        names[i] = spmc_partition_name(spmc_partition_at(spmc, i));
        if (strcmp(names[i], luaL_checkstring(L, index)) == 0) {
            return spmc_partition_at(spmc, i);
        }
    }
    parse_suggest(lua_tostring(L, index), names, count, suggestion, sizeof(suggestion));
    lua_pushfstring(L, "no partition is called '%s'%s", lua_tostring(L, index), suggestion);
    lua_replace(L, 1);
    mistake(L);
    return NULL;
}

static int partition(lua_State *L)
{
    const struct partition *found = find_partition(L, 1);

    lua_createtable(L, 0, 3);
    lua_pushinteger(L, found->id);
    lua_setfield(L, -2, "id");
    lua_pushstring(L, spmc_partition_name(found));
    lua_setfield(L, -2, "name");
    lua_pushinteger(L, found->vcpu_count);
    lua_setfield(L, -2, "vcpus");
    return 1;
}

/* ffa_version(): in force between the running context and the SPMC. */
static int ffa_version(lua_State *L)
{
    uint16_t id = script_of(L)->current->base.config.endpoint;
    const struct partition *found = spmc_partition_by_id(the_spmc(L), id);

    lua_pushinteger(L, found != NULL ? (lua_Integer)found->ffa_version : 0);
    return 1;
}

static int partition_name(lua_State *L)
{
    const struct partition *found =
        spmc_partition_by_id(the_spmc(L), (uint16_t)luaL_checkinteger(L, 1));

    lua_pushstring(L, found != NULL ? spmc_partition_name(found) : NULL);
    return 1;
}

/* mpidr(index): affinity of a PE of this run; nil when there is none with this linear index. */
static int mpidr(lua_State *L)
{
    const struct script *script = script_of(L);
    const struct machine *machine = script->current->base.machine;
    lua_Integer index = luaL_checkinteger(L, 1);

    if (index < 0 || index >= (lua_Integer)machine->pe_count) {
        lua_pushnil(L);
    } else {
        lua_pushinteger(L, (lua_Integer)machine->pe[index].mpidr);
    }
    return 1;
}

static int vcpu(lua_State *L)
{
    static const char *const partition_states[] = {"NULL", "CREATED", "RUNNING", "ABORTING"};
    const struct partition *found = find_partition(L, 1);
    lua_Integer index = luaL_optinteger(L, 2, 0);

    if (index < 0 || index >= found->vcpu_count) {
        return luaL_error(L, "%s has vCPUs 0 to %d", spmc_partition_name(found),
                          found->vcpu_count - 1);
    }
    lua_createtable(L, 0, 2);
    lua_pushstring(L, vcpu_state_name((enum vcpu_state)found->vcpu[index].state));
    lua_setfield(L, -2, "state");
    lua_pushstring(L, partition_states[found->state]);
    lua_setfield(L, -2, "partition_state");
    return 1;
}

static int no_field(lua_State *L)
{
    return script_no_field(L, 1, luaL_checkstring(L, 2), luaL_checkstring(L, 3));
}

int script_no_field(lua_State *L, int index, const char *what, const char *name)
{
    const char *names[MAX_NAMES];
    char suggestion[96];
    char where[160];
    size_t count = 0;

    lua_pushnil(L);
    while (lua_next(L, index) != 0) {
        lua_pop(L, 1);
        if (lua_type(L, -1) == LUA_TSTRING && count < MAX_NAMES) {
            names[count++] = lua_tostring(L, -1); /* kept alive by the table */
        }
    }
    /* The table's order is not to be seen: nearest names tie by the alphabet. */
    for (size_t i = 1; i < count; i++) {
        for (size_t at = i; at > 0 && strcmp(names[at - 1], names[at]) > 0; at--) {
            const char *swap = names[at];

            names[at] = names[at - 1];
            names[at - 1] = swap;
        }
    }
    parse_suggest(name, names, count, suggestion, sizeof(suggestion));
    script_where(L, where, sizeof(where));
    lua_pushfstring(L, "%s%s has no field '%s'%s", where, what, name, suggestion);
    return lua_error(L);
}

static int strict_index(lua_State *L)
{
    return script_no_field(L, 1, lua_tostring(L, lua_upvalueindex(1)), luaL_checkstring(L, 2));
}

/* strict(table, name): a field that is not there is a mistake with a suggestion. */
static int strict(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_createtable(L, 0, 2);
    lua_pushvalue(L, 2);
    lua_pushcclosure(L, strict_index, 1);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, 1);
    lua_settop(L, 1);
    return 1;
}

static int note_method(lua_State *L)
{
    /* The global note() without the context: what it shows has no addresses. */
    lua_remove(L, 1);
    lua_getfield(L, LUA_REGISTRYINDEX, SCRIPT_NOTE);
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 0);
    return 0;
}

/* Runs one built-in part with P; leaves its result. */
static void run_part(lua_State *L, const unsigned char *text, size_t size, const char *name)
{
    if (luaL_loadbufferx(L, (const char *)text, size, name, "t") != LUA_OK) {
        lua_error(L);
    }
    lua_pushvalue(L, -2);
    lua_call(L, 1, 1);
}

static void push_constants(lua_State *L)
{
    const char *name;

    lua_newtable(L);
    for (unsigned i = 0; (name = ffa_name_at(i)) != NULL; i++) {
        lua_pushinteger(L, ffa_value(name));
        lua_setfield(L, -2, strncmp(name, "FFA_", 4) == 0 ? name + 4 : name);
    }
    lua_pushcfunction(L, strict);
    lua_insert(L, -2);
    lua_pushstring(L, "ffa");
    lua_call(L, 2, 1);
}

void library_open(lua_State *L)
{
    static const luaL_Reg primitives[] = {{"has_metatable", has_metatable},
                                          {"describe", describe},
                                          {"held", held},
                                          {"failed", failed},
                                          {"mistake", mistake},
                                          {"is_result_table", is_result_table},
                                          {"error_value", error_value},
                                          {"error_name", error_name},
                                          {"fid_name", fid_name},
                                          {"current", current},
                                          {"partition", partition},
                                          {"partition_name", partition_name},
                                          {"ffa_version", ffa_version},
                                          {"mpidr", mpidr},
                                          {"vcpu", vcpu},
                                          {"no_field", no_field},
                                          {"strict", strict},
                                          {"note_method", note_method},
                                          {NULL, NULL}};

    luaL_newlib(L, primitives);
    interrupt_primitives_open(L);
    lua_getfield(L, LUA_REGISTRYINDEX, SCRIPT_MACHINE);
    lua_setfield(L, -2, "machine");
    luaL_getmetatable(L, SCRIPT_RESULT_TYPE);
    lua_setfield(L, -2, "result");
    lua_getfield(L, LUA_REGISTRYINDEX, SCRIPT_METHODS);
    lua_setfield(L, -2, "methods");
    run_part(L, result_lua, sizeof(result_lua), "=result");
    lua_pop(L, 1);
    run_part(L, expect_lua, sizeof(expect_lua), "=expect");
    lua_pushglobaltable(L);
    lua_insert(L, -2);
    lua_pushstring(L, "expect");
    lua_insert(L, -2);
    lua_rawset(L, -3);
    lua_pushstring(L, "ffa");
    push_constants(L);
    lua_rawset(L, -3);
    lua_pop(L, 1);
    run_part(L, ffa_lua, sizeof(ffa_lua), "=ffa");
    lua_pop(L, 1);
    run_part(L, mem_lua, sizeof(mem_lua), "=mem");
    lua_pop(L, 1);
    run_part(L, mem_retrieve_lua, sizeof(mem_retrieve_lua), "=mem_retrieve");
    lua_pop(L, 1);
    run_part(L, notification_lua, sizeof(notification_lua), "=notification");
    lua_pop(L, 1);
    run_part(L, task_lua, sizeof(task_lua), "=task");
    lua_pop(L, 1);
    run_part(L, psci_lua, sizeof(psci_lua), "=psci");
    lua_pop(L, 1);
    run_part(L, interrupt_lua, sizeof(interrupt_lua), "=interrupt");
    lua_pop(L, 1);
    run_part(L, pes_lua, sizeof(pes_lua), "=pes");
    lua_pop(L, 1);
    /* spmc:vcpu(name, index) stands on the same primitive. */
    lua_getfield(L, -1, "vcpu");
    lua_setfield(L, LUA_REGISTRYINDEX, "orrery.vcpu");
    lua_pop(L, 1);
}
