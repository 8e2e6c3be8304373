/* SPDX-License-Identifier: BSD-3-Clause */
/* machine.map([address]): the ownership map as a list of rows, or the one row of an address. */
#include "sim/host/map.h"

#include "sim/host/tables.h"
#include "sim/script/script_context.h"

struct map_request {
    lua_State *L;
    struct run *run;
    bool all;
    uint64_t address;
    bool found;
    lua_Integer count;
};

static void set_text(lua_State *L, const char *field, const char *text)
{
    lua_pushstring(L, text);
    lua_setfield(L, -2, field);
}

static void set_integer(lua_State *L, const char *field, uint64_t value)
{
    lua_pushinteger(L, (lua_Integer)value);
    lua_setfield(L, -2, field);
}

/* reach = { name = "rw-" } */
static void push_reach(lua_State *L, struct run *run, const struct map_row *row)
{
    lua_createtable(L, 0, (int)row->reach_count);
    for (uint32_t i = 0; i < row->reach_count; i++) {
        char name[MAP_OWNER_BYTES];
        char attr[TABLES_ATTR_BYTES];

        map_owner_text(run, row->reach[i].endpoint, name);
        tables_attr_text(row->reach[i].attr, attr);
        set_text(L, name, attr);
    }
}

static void push_row(lua_State *L, struct run *run, const struct map_row *row)
{
    char owner[MAP_OWNER_BYTES];

    map_owner_text(run, row->owner, owner);
    lua_createtable(L, 0, 9);
    set_integer(L, "base", row->base);
    set_integer(L, "size", row->size_bytes);
    set_text(L, "world", row->pas == PAS_SECURE ? "secure" : "non-secure");
    set_text(L, "owner", owner);
    set_text(L, "state", map_state_name(row));
    lua_pushboolean(L, row->device);
    lua_setfield(L, -2, "device");
    if (row->kind != 0) {
        set_text(L, "kind", map_kind_name(row));
        set_integer(L, "handle", row->handle);
    }
    push_reach(L, run, row);
    lua_setfield(L, -2, "reach");
}

static void take_row(void *user, const struct map_row *row)
{
    struct map_request *request = user;

    if (request->all) {
        push_row(request->L, request->run, row);
        lua_rawseti(request->L, -2, ++request->count);
    } else if (request->address >= row->base && request->address - row->base < row->size_bytes) {
        push_row(request->L, request->run, row);
        request->found = true;
    }
}

int map_api(lua_State *L)
{
    struct map_request request = {.L = L, .run = script_run(script_of(L))};

    request.all = lua_isnoneornil(L, 1);
    if (request.all) {
        lua_newtable(L);
    } else {
        request.address = (uint64_t)luaL_checkinteger(L, 1);
    }
    if (request.run == NULL || !map_rows(request.run, take_row, &request)) {
        return luaL_error(L, "the SPMC is not there yet");
    }
    if (!request.all && !request.found) {
        lua_pushnil(L); /* nobody's */
    }
    return 1;
}
