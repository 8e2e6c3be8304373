/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim/script/context_memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/script/script_context.h"
#include "spmc/types.h"

#define MAX_COPY_BYTES  (1u << 20)
#define MAX_ALLOC_PAGES 65536

/* nil and the fault {esr, far, hpfar, address, write}; or raises it as the script's mistake. */
static int fault(lua_State *L, const struct context_exit *exit, uint64_t address, bool write,
                 bool try)
{
    if (!try) {
        char text[96]; /* lua_pushfstring has no hexadecimal */

        snprintf(text, sizeof(text),
                 "0x%" PRIx64 " faults (ESR 0x%" PRIx64 ", HPFAR 0x%" PRIx64 ")", address,
                 exit->esr, exit->hpfar);
        return luaL_error(L, "%s %s; the try_ form would give the fault back",
                          write ? "writing" : "reading", text);
    }
    lua_pushnil(L);
    lua_createtable(L, 0, 5);
    lua_pushinteger(L, (lua_Integer)exit->esr);
    lua_setfield(L, -2, "esr");
    lua_pushinteger(L, (lua_Integer)exit->far);
    lua_setfield(L, -2, "far");
    lua_pushinteger(L, (lua_Integer)exit->hpfar);
    lua_setfield(L, -2, "hpfar");
    lua_pushinteger(L, (lua_Integer)address);
    lua_setfield(L, -2, "address");
    lua_pushboolean(L, write);
    lua_setfield(L, -2, "write");
    return 2;
}

static int read_bytes(lua_State *L, bool try)
{
    struct script_context *self = script_check_context(L);
    uint64_t address = (uint64_t)luaL_checkinteger(L, 2);
    lua_Integer count = luaL_checkinteger(L, 3);
    struct context_exit exit;
    char *bytes;

    luaL_argcheck(L, count >= 1 && count <= MAX_COPY_BYTES, 3, "1 byte to 1 MiB");
    bytes = lua_newuserdatauv(L, (size_t)count, 0);
    if (!context_copy_from(&self->base, bytes, address, (size_t)count, &exit)) {
        return fault(L, &exit, address, false, try);
    }
    lua_pushlstring(L, bytes, (size_t)count);
    return 1;
}

static int write_bytes(lua_State *L, bool try)
{
    struct script_context *self = script_check_context(L);
    uint64_t address = (uint64_t)luaL_checkinteger(L, 2);
    struct context_exit exit;
    size_t count;
    const char *bytes = luaL_checklstring(L, 3, &count);

    luaL_argcheck(L, count <= MAX_COPY_BYTES, 3, "at most 1 MiB at once");
    if (count != 0 && !context_copy_to(&self->base, address, bytes, count, &exit)) {
        return fault(L, &exit, address, true, try);
    }
    lua_pushboolean(L, 1);
    return 1;
}

static int ctx_read(lua_State *L)
{
    return read_bytes(L, false);
}

static int ctx_try_read(lua_State *L)
{
    return read_bytes(L, true);
}

static int ctx_write(lua_State *L)
{
    return write_bytes(L, false);
}

static int ctx_try_write(lua_State *L)
{
    return write_bytes(L, true);
}

/* ctx:try_fetch(address): true, or nil and the fault of executing there. */
static int ctx_try_fetch(lua_State *L)
{
    struct script_context *self = script_check_context(L);
    uint64_t address = (uint64_t)luaL_checkinteger(L, 2);
    struct context_exit exit;

    if (!context_can_fetch(&self->base, address, &exit)) {
        return fault(L, &exit, address, false, true);
    }
    lua_pushboolean(L, 1);
    return 1;
}

/* Little-endian integers; the size is upvalue 1. */
static int ctx_read_integer(lua_State *L)
{
    struct script_context *self = script_check_context(L);
    uint64_t address = (uint64_t)luaL_checkinteger(L, 2);
    size_t count = (size_t)lua_tointeger(L, lua_upvalueindex(1));
    uint8_t bytes[8];
    uint64_t value = 0;
    struct context_exit exit;

    if (!context_copy_from(&self->base, bytes, address, count, &exit)) {
        return fault(L, &exit, address, false, false);
    }
    for (size_t i = count; i-- > 0;) {
        value = value << 8 | bytes[i];
    }
    lua_pushinteger(L, (lua_Integer)value);
    return 1;
}

static int ctx_write_integer(lua_State *L)
{
    struct script_context *self = script_check_context(L);
    uint64_t address = (uint64_t)luaL_checkinteger(L, 2);
    uint64_t value = (uint64_t)luaL_checkinteger(L, 3);
    size_t count = (size_t)lua_tointeger(L, lua_upvalueindex(1));
    uint8_t bytes[8];
    struct context_exit exit;

    for (size_t i = 0; i < count; i++) {
        bytes[i] = (uint8_t)(value >> (8 * i));
    }
    if (!context_copy_to(&self->base, address, bytes, count, &exit)) {
        return fault(L, &exit, address, true, false);
    }
    return 0;
}

/* ctx:alloc(pages): address of free memory of its own; never given back. */
static int ctx_alloc(lua_State *L)
{
    struct script_context *self = script_check_context(L);
    struct run *run = run_of(self->base.machine);
    lua_Integer pages = luaL_optinteger(L, 2, 1);
    uint64_t base = 0;
    uint64_t size;

    luaL_argcheck(L, pages >= 1 && pages <= MAX_ALLOC_PAGES, 2, "1 to 65536 pages");
    if (self->entry->normal_world) {
        base = run_alloc_ns_pages(run, (uint32_t)pages);
    } else if (run_partition_memory(run, self->entry->partition_index, &base, &size)) {
        uint64_t wanted = (uint64_t)pages * PAGE_SIZE_BYTES;

        if (wanted > size - self->entry->memory_next) {
            base = 0;
        } else {
            base += self->entry->memory_next;
            self->entry->memory_next += wanted;
        }
    }
    if (base == 0) {
        return luaL_error(L, "%s has no %d free pages left", self->base.config.name, (int)pages);
    }
    lua_pushinteger(L, (lua_Integer)base);
    return 1;
}

void context_memory_open(lua_State *L)
{
    static const luaL_Reg methods[] = {{"read", ctx_read},
                                       {"try_read", ctx_try_read},
                                       {"write", ctx_write},
                                       {"try_write", ctx_try_write},
                                       {"try_fetch", ctx_try_fetch},
                                       {"alloc", ctx_alloc},
                                       {NULL, NULL}};
    static const struct {
        const char *read;
        const char *write;
        int bytes;
    } integers[] = {{"read8", "write8", 1},
                    {"read16", "write16", 2},
                    {"read32", "write32", 4},
                    {"read64", "write64", 8}};

    luaL_setfuncs(L, methods, 0);
    for (unsigned i = 0; i < sizeof(integers) / sizeof(integers[0]); i++) {
        lua_pushinteger(L, integers[i].bytes);
        lua_pushcclosure(L, ctx_read_integer, 1);
        lua_setfield(L, -2, integers[i].read);
        lua_pushinteger(L, integers[i].bytes);
        lua_pushcclosure(L, ctx_write_integer, 1);
        lua_setfield(L, -2, integers[i].write);
    }
}
