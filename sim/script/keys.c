/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * pairs() and next() in an order of their own. Standard Lua walks a table in hash order, and its
 * string hashes are seeded from addresses and the time: no two processes need agree. Here integers
 * come first, ascending, then other numbers, then strings by their bytes, then false and true.
 */
#include <stdlib.h>
#include <string.h>

#include "sim/script/script.h"

enum key_kind { KEY_INTEGER, KEY_FLOAT, KEY_STRING, KEY_BOOLEAN };

struct key {
    enum key_kind kind;
    lua_Integer integer; /* and booleans */
    lua_Number number;
    const char *text; /* lives as long as the table that holds it */
    size_t length;
};

static struct key key_at(lua_State *L, int index)
{
    struct key key = {.kind = KEY_INTEGER};

    switch (lua_type(L, index)) {
    case LUA_TNUMBER:
        if (lua_isinteger(L, index)) {
            key.integer = lua_tointeger(L, index);
        } else {
            key.kind = KEY_FLOAT;
            key.number = lua_tonumber(L, index);
        }
        break;
    case LUA_TSTRING:
        key.kind = KEY_STRING;
        key.text = lua_tolstring(L, index, &key.length);
        break;
    case LUA_TBOOLEAN:
        key.kind = KEY_BOOLEAN;
        key.integer = lua_toboolean(L, index);
        break;
    default:
        luaL_error(L,
                   "a table with a %s as a key has no order that is the same in every run; use "
                   "numbers or strings as keys",
                   luaL_typename(L, index));
    }
    return key;
}

static int compare_text(const struct key *a, const struct key *b)
{
    size_t shorter = a->length < b->length ? a->length : b->length;
    int order = memcmp(a->text, b->text, shorter);

    if (order != 0) {
        return order;
    }
    return (a->length > b->length) - (a->length < b->length);
}

static int compare_keys(const void *left, const void *right)
{
    const struct key *a = left;
    const struct key *b = right;

    if (a->kind != b->kind) {
        return a->kind < b->kind ? -1 : 1;
    }
    if (a->kind == KEY_STRING) {
        return compare_text(a, b);
    }
    if (a->kind == KEY_FLOAT) {
        return (a->number > b->number) - (a->number < b->number);
    }
    return (a->integer > b->integer) - (a->integer < b->integer);
}

static void push_key(lua_State *L, const struct key *key)
{
    switch (key->kind) {
    case KEY_INTEGER:
        lua_pushinteger(L, key->integer);
        break;
    case KEY_FLOAT:
        lua_pushnumber(L, key->number);
        break;
    case KEY_STRING:
        lua_pushlstring(L, key->text, key->length);
        break;
    case KEY_BOOLEAN:
        lua_pushboolean(L, key->integer != 0);
        break;
    }
}

/* Upvalues: sorted keys, position of the last one given. Called with (table, last key). */
static int step(lua_State *L)
{
    lua_Integer position = lua_tointeger(L, lua_upvalueindex(2));

    for (;;) {
        position++;
        lua_settop(L, 1);
        if (lua_rawgeti(L, lua_upvalueindex(1), position) == LUA_TNIL) {
            return 1;
        }
        lua_pushvalue(L, -1);
        if (lua_rawget(L, 1) != LUA_TNIL) { /* it may have been taken out meanwhile */
            break;
        }
    }
    lua_pushinteger(L, position);
    lua_replace(L, lua_upvalueindex(2));
    return 2;
}

int sandbox_pairs(lua_State *L)
{
    lua_Integer count = 0;
    struct key *keys;

    luaL_checkany(L, 1);
    if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
        lua_pushvalue(L, 1);
        lua_call(L, 1, 3);
        return 3;
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    for (lua_pushnil(L); lua_next(L, 1) != 0; lua_pop(L, 1)) {
        count++;
    }
    keys = lua_newuserdatauv(L, (size_t)(count + 1) * sizeof(*keys), 0);
    count = 0;
    for (lua_pushnil(L); lua_next(L, 1) != 0; lua_pop(L, 1)) {
        keys[count++] = key_at(L, -2);
    }
    qsort(keys, (size_t)count, sizeof(*keys), compare_keys);
    lua_createtable(L, (int)count, 0);
    for (lua_Integer i = 0; i < count; i++) {
        push_key(L, &keys[i]);
        lua_rawseti(L, -2, i + 1);
    }
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, step, 2);
    lua_pushvalue(L, 1);
    lua_pushnil(L);
    return 3;
}

int sandbox_next(lua_State *L)
{
    bool from_start;
    bool found = false;
    struct key after = {.kind = KEY_INTEGER};
    struct key best = {.kind = KEY_INTEGER};

    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 2);
    from_start = lua_isnil(L, 2);
    if (!from_start) {
        after = key_at(L, 2);
    }
    for (lua_pushnil(L); lua_next(L, 1) != 0; lua_pop(L, 1)) {
        struct key key = key_at(L, -2);

        if ((from_start || compare_keys(&key, &after) > 0) &&
            (!found || compare_keys(&key, &best) < 0)) {
            best = key;
            found = true;
        }
    }
    if (!found) {
        lua_pushnil(L);
        return 1;
    }
    push_key(L, &best);
    lua_pushvalue(L, -1);
    lua_rawget(L, 1);
    return 2;
}
