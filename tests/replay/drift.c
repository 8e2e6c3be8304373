/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Loaded before everything else, it breaks determinism: in the second Lua state of the process one
 * number reads as another.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <lua.h>
#include <stdlib.h>
#include <string.h>

#define GIVEN     0x5ea1
#define FALSIFIED 0x5ea2

static int states;

static void find(const char *name, void *function, size_t size)
{
    void *found = dlsym(RTLD_NEXT, name);

    if (found == NULL) {
        abort();
    }
    memcpy(function, &found, size);
}

lua_State *lua_newstate(lua_Alloc alloc, void *user)
{
    lua_State *(*real)(lua_Alloc, void *);

    find("lua_newstate", &real, sizeof(real));
    states++;
    return real(alloc, user);
}

lua_Integer lua_tointegerx(lua_State *L, int index, int *is_number)
{
    static lua_Integer (*real)(lua_State *, int, int *);
    lua_Integer value;

    if (real == NULL) {
        find("lua_tointegerx", &real, sizeof(real));
    }
    value = real(L, index, is_number);
    return value == GIVEN && states == 2 ? FALSIFIED : value;
}
