/* SPDX-License-Identifier: BSD-3-Clause */
/* Values as text, without the addresses that standard Lua shows for tables and functions. */
#include <stdio.h>
#include <string.h>

#include "sim/script/script.h"

/* Pushes the text of the value at `index`. */
static void push_text(lua_State *L, int index)
{
    int type = lua_type(L, index);

    if (luaL_getmetafield(L, index, "__tostring") != LUA_TNIL) {
        lua_pop(L, 1);
        luaL_tolstring(L, index, NULL);
        return;
    }
    if (type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TBOOLEAN || type == LUA_TNIL) {
        luaL_tolstring(L, index, NULL);
        return;
    }
    if (luaL_getmetafield(L, index, "__name") == LUA_TSTRING) {
        return;
    }
    lua_pushstring(L, lua_typename(L, type));
}

int sandbox_tostring(lua_State *L)
{
    luaL_checkany(L, 1);
    push_text(L, 1);
    return 1;
}

/* The original string.format is the upvalue. */
int sandbox_format(lua_State *L)
{
    const char *format = luaL_checkstring(L, 1);
    int top = lua_gettop(L);

    for (const char *at = strchr(format, '%'); at != NULL; at = strchr(at, '%')) {
        at++;
        if (*at == '%') {
            at++;
            continue;
        }
        at += strspn(at, "-+ #0123456789.");
        if (*at == 'p') {
            return luaL_error(L, "string.format: %%p would show an address of the host");
        }
    }
    for (int i = 2; i <= top; i++) {
        int type = lua_type(L, i);

        if (type != LUA_TNUMBER && type != LUA_TSTRING && type != LUA_TBOOLEAN &&
            type != LUA_TNIL) {
            push_text(L, i);
            lua_replace(L, i);
        }
    }
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, top, LUA_MULTRET);
    return lua_gettop(L);
}

static void describe_string(const char *text, size_t length, char *out, size_t out_bytes)
{
    size_t used = 0;
    size_t shown = length > 60 ? 60 : length;

    out[used++] = '"';
    for (size_t i = 0; i < shown && used + 8 < out_bytes; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c == '"' || c == '\\') {
            out[used++] = '\\';
            out[used++] = (char)c;
        } else if (c >= ' ' && c < 0x7f) {
            out[used++] = (char)c;
        } else {
            used += (size_t)snprintf(out + used, out_bytes - used, "\\x%02x", c);
        }
    }
    snprintf(out + used, out_bytes - used, "%s", length > shown ? "\"..." : "\"");
}

void script_describe(lua_State *L, int index, char *out, size_t out_bytes)
{
    size_t length;
    const char *text;

    index = lua_absindex(L, index);
    if (lua_isinteger(L, index)) {
        lua_Integer value = lua_tointeger(L, index);

        snprintf(out, out_bytes, value >= 0 && value < 10 ? "%lld" : "%lld (0x%llx)",
                 (long long)value, (unsigned long long)value);
        return;
    }
    if (lua_type(L, index) == LUA_TSTRING) {
        text = lua_tolstring(L, index, &length);
        describe_string(text, length, out, out_bytes);
        return;
    }
    push_text(L, index);
    text = lua_tostring(L, -1);
    snprintf(out, out_bytes, "%.90s", text != NULL ? text : "?");
    lua_pop(L, 1);
}
