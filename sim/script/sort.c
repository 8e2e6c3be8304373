/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * table.sort as a stable merge sort. Standard Lua's quicksort takes pivots from the clock when a
 * partition is unbalanced, so that the order of equal elements, and which pairs a comparison
 * function sees, would differ between runs.
 */
#include <limits.h>

#include "sim/script/script.h"

/* Indices of the stack of sandbox_sort() */
enum { ARRAY = 1, LESS = 2, FROM = 3, TO = 4 };

/* Is FROM[a] to come before FROM[b]? */
static bool before(lua_State *L, lua_Integer a, lua_Integer b)
{
    bool result;

    if (lua_isnil(L, LESS)) {
        lua_rawgeti(L, FROM, a);
        lua_rawgeti(L, FROM, b);
        result = lua_compare(L, -2, -1, LUA_OPLT) != 0;
        lua_pop(L, 2);
        return result;
    }
    lua_pushvalue(L, LESS);
    lua_rawgeti(L, FROM, a);
    lua_rawgeti(L, FROM, b);
    lua_call(L, 2, 1);
    result = lua_toboolean(L, -1) != 0;
    lua_pop(L, 1);
    return result;
}

/* Merges FROM[low, mid) and FROM[mid, high) into TO[low, high). */
static void merge(lua_State *L, lua_Integer low, lua_Integer mid, lua_Integer high)
{
    lua_Integer left = low;
    lua_Integer right = mid;

    for (lua_Integer out = low; out < high; out++) {
        bool take_right = left >= mid || (right < high && before(L, right, left));

        lua_rawgeti(L, FROM, take_right ? right++ : left++);
        lua_rawseti(L, TO, out);
    }
}

static lua_Integer at_most(lua_Integer value, lua_Integer most)
{
    return value < most ? value : most;
}

int sandbox_sort(lua_State *L)
{
    lua_Integer count;

    luaL_checktype(L, 1, LUA_TTABLE);
    if (!lua_isnoneornil(L, 2)) {
        luaL_checktype(L, 2, LUA_TFUNCTION);
    }
    lua_settop(L, 2);
    count = luaL_len(L, ARRAY);
    luaL_argcheck(L, count < INT_MAX / 2, 1, "array too big");
    if (count < 2) {
        return 0;
    }
    lua_createtable(L, (int)count, 0);
    lua_createtable(L, (int)count, 0);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_geti(L, ARRAY, i);
        lua_rawseti(L, FROM, i);
    }
    for (lua_Integer width = 1; width < count; width *= 2) {
        for (lua_Integer low = 1; low <= count; low += 2 * width) {
            merge(L, low, at_most(low + width, count + 1), at_most(low + 2 * width, count + 1));
        }
        lua_insert(L, FROM); /* TO becomes FROM, FROM becomes TO */
    }
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(L, FROM, i);
        lua_seti(L, ARRAY, i);
    }
    return 0;
}
