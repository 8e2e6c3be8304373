/* SPDX-License-Identifier: BSD-3-Clause */
/* What a scripted context can do: calls with raw registers, time, its own registers and fields. */
#include <stdio.h>
#include <string.h>

#include "sim/script/context_memory.h"
#include "sim/script/parse.h"
#include "sim/script/script_context.h"
#include "sim/trace/ffa_names.h"
#include "spmc/vcpu.h"

#define ESR_IL         ((uint64_t)1 << 25)
#define ESR_SMC        (((uint64_t)ESR_EC_SMC64 << 26) | ESR_IL)
#define ESR_SVC        (((uint64_t)ESR_EC_SVC64 << 26) | ESR_IL)
#define ESR_HVC        (((uint64_t)ESR_EC_HVC64 << 26) | ESR_IL)
#define MAX_WAIT_BYTES 64

struct script_context *script_check_context(lua_State *L)
{
    struct script_context **object = luaL_checkudata(L, 1, SCRIPT_CONTEXT_TYPE);

    if (*object == NULL) {
        luaL_error(L, "this context is gone: the run has ended");
    }
    if (script_of(L)->current != *object) {
        luaL_error(L, "%s does not run here: a function acts as the context that it was given",
                   (*object)->base.config.name);
    }
    return *object;
}

/* The registers as the caller finds them: {[0] = x0, ... [17] = x17} of type SCRIPT_RESULT. */
static void push_result(lua_State *L, const struct script_context *self)
{
    lua_createtable(L, FFA_REGS_EXTENDED - 1, 1);
    for (unsigned i = 0; i < FFA_REGS_EXTENDED; i++) {
        lua_pushinteger(L, (lua_Integer)self->x[i]);
        lua_rawseti(L, -2, (lua_Integer)i);
    }
    luaL_setmetatable(L, SCRIPT_RESULT_TYPE);
}

/* What a function that yielded does next: its results are kept below whatever comes. */
enum step {
    STEP_WAIT, /* goes on when the time has come */
    STEP_NO_RESULT,
    STEP_RESULT,
};

static int go_on(lua_State *L, struct script_context *self, lua_KContext step);

static int after_handler(lua_State *L, int status, lua_KContext step)
{
    struct script_context *self = script_check_context(L);

    (void)status;
    self->in_handler = false;
    return go_on(L, self, step);
}

static int after_request(lua_State *L, int status, lua_KContext step)
{
    struct script_context *self = script_check_context(L);

    (void)status;
    if (step == STEP_RESULT) {
        push_result(L, self);
    }
    return go_on(L, self, step);
}

/* Interrupts that came meanwhile are taken before the function returns, one after the other. */
static int go_on(lua_State *L, struct script_context *self, lua_KContext step)
{
    while (script_interrupt_is_due(self)) {
        bool fiq = context_own_interrupt(&self->base) == CONTEXT_OWN_FIQ;

        self->in_handler = true;
        luaL_checkstack(L, 4, NULL);
        lua_rawgeti(L, LUA_REGISTRYINDEX, self->handler_ref);
        lua_pushvalue(L, 1);
        lua_pushstring(L, fiq ? "fiq" : "irq");
        lua_callk(L, 2, 0, step, after_handler);
        self->in_handler = false;
    }
    if (step == STEP_WAIT && self->base.pe->now_ns < (uint64_t)lua_tointeger(L, 2)) {
        self->wait_until_ns = (uint64_t)lua_tointeger(L, 2); /* a handler may have waited, too */
        self->request = SCRIPT_WAIT;
        return lua_yieldk(L, 0, step, after_request);
    }
    return step == STEP_RESULT ? 1 : 0;
}

int script_yield(lua_State *L, struct script_context *self, enum script_request request,
                 bool with_result)
{
    lua_KContext step = request == SCRIPT_WAIT ? STEP_WAIT : STEP_NO_RESULT;

    if (!lua_isyieldable(L)) {
        return luaL_error(L, "a call or a wait is not possible inside a callback of table.sort or "
                             "string.gsub, or in a metamethod");
    }
    self->request = request;
    return lua_yieldk(L, 0, with_result ? STEP_RESULT : step, after_request);
}

static void take_register(lua_State *L, unsigned reg, uint64_t *x)
{
    if (!lua_isinteger(L, -1)) {
        char value[96];

        script_describe(L, -1, value, sizeof(value));
        luaL_error(L, "register x%d: wanted an integer, got %s", (int)reg, value);
    }
    x[reg] = (uint64_t)lua_tointeger(L, -1);
}

/* Field x0 .. x17 or w0 .. w17 of the table at index 2. False: it has none of that name. */
static bool take_field(lua_State *L, char letter, unsigned reg, uint64_t *x)
{
    char name[8];
    bool found;

    snprintf(name, sizeof(name), "%c%u", letter, reg);
    lua_pushstring(L, name);
    found = lua_rawget(L, 2) != LUA_TNIL;
    if (found) {
        take_register(L, reg, x);
    }
    lua_pop(L, 1);
    return found;
}

/*
 * Fields x0 = ... and w0 = ... of the table at index 2; anything else but 1..18 is a mistake. By
 * register, not in the table's hash order, which differs from process to process.
 */
static void take_named(lua_State *L, uint64_t *x)
{
    unsigned named = 0;
    unsigned known = 0;

    for (lua_pushnil(L); lua_next(L, 2) != 0; lua_pop(L, 1)) {
        if (!lua_isinteger(L, -2)) {
            named++;
        } else {
            lua_Integer index = lua_tointeger(L, -2);

            luaL_argcheck(L, index >= 1 && index <= (lua_Integer)FFA_REGS_EXTENDED, 2,
                          "registers are x0 to x17");
        }
    }
    for (unsigned reg = 0; reg < FFA_REGS_EXTENDED && known < named; reg++) {
        bool by_x = take_field(L, 'x', reg, x);
        bool by_w = take_field(L, 'w', reg, x);

        if (by_x && by_w) {
            luaL_error(L, "register x%d is given twice, as x and as w", (int)reg);
        }
        known += by_x || by_w;
    }
    if (known != named) {
        luaL_error(L, "registers are a list, or fields x0 to x17");
    }
}

/* ctx:smc { x0, x1, ... } or ctx:smc(x0, x1, ...); registers not given are zero. */
static int call_by(lua_State *L, uint64_t esr)
{
    struct script_context *self = script_check_context(L);
    uint64_t x[FFA_REGS_EXTENDED] = {0};
    int top = lua_gettop(L);

    if (top == 2 && lua_type(L, 2) == LUA_TTABLE) {
        for (unsigned i = 0; i < FFA_REGS_EXTENDED; i++) {
            if (lua_rawgeti(L, 2, (lua_Integer)i + 1) != LUA_TNIL) {
                take_register(L, i, x);
            }
            lua_pop(L, 1);
        }
        take_named(L, x);
    } else {
        luaL_argcheck(L, top >= 2, 2, "wanted registers");
        luaL_argcheck(L, top - 2 < (int)FFA_REGS_EXTENDED, top, "registers are x0 to x17");
        for (int i = 2; i <= top; i++) {
            lua_pushvalue(L, i);
            take_register(L, (unsigned)(i - 2), x);
            lua_pop(L, 1);
        }
    }
    memcpy(self->x, x, sizeof(x));
    if (self->base.config.top_el == 0) {
        esr = ESR_SVC; /* the one conduit of EL0 */
    }
    self->exit = (struct context_exit){.kind = CONTEXT_EXIT_SYNC, .esr = esr};
    return script_yield(L, self, SCRIPT_EXCEPTION, true);
}

static int ctx_smc(lua_State *L)
{
    return call_by(L, ESR_SMC);
}

static int ctx_hvc(lua_State *L)
{
    return call_by(L, ESR_HVC);
}

/* By the conduit that ctx:conduit() chose: what the FF-A wrappers use. */
static int ctx_call(lua_State *L)
{
    return call_by(L, script_check_context(L)->by_hvc ? ESR_HVC : ESR_SMC);
}

static int ctx_conduit(lua_State *L)
{
    static const char *const names[] = {"smc", "hvc", NULL};
    struct script_context *self = script_check_context(L);

    self->by_hvc = luaL_checkoption(L, 2, NULL, names) == 1;
    lua_settop(L, 1);
    return 1;
}

/* ctx:wait("3 us") or a number of nanoseconds */
static int ctx_wait(lua_State *L)
{
    struct script_context *self = script_check_context(L);
    struct sim_error err;
    uint64_t ns;

    if (lua_isinteger(L, 2)) {
        lua_Integer given = lua_tointeger(L, 2);

        luaL_argcheck(L, given >= 0 && (uint64_t)given <= RUN_LIMIT_MAX_NS, 2,
                      "nanoseconds from 0 to 3600 s");
        ns = (uint64_t)given;
    } else if (!parse_duration(luaL_checkstring(L, 2), "wait", &ns, &err)) {
        return luaL_error(L, "%s", err.text);
    }
    self->wait_until_ns = self->base.pe->now_ns + ns;
    lua_settop(L, 1);
    lua_pushinteger(L, (lua_Integer)self->wait_until_ns);
    return script_yield(L, self, SCRIPT_WAIT, false);
}

static int ctx_wfi(lua_State *L)
{
    return script_yield(L, script_check_context(L), SCRIPT_WFI, false);
}

/* ctx:raise(fault): takes the fault that a try_read or try_write brought to the level above. */
static int ctx_raise(lua_State *L)
{
    struct script_context *self = script_check_context(L);

    luaL_checktype(L, 2, LUA_TTABLE);
    self->exit = (struct context_exit){.kind = CONTEXT_EXIT_SYNC};
    lua_getfield(L, 2, "esr");
    lua_getfield(L, 2, "far");
    lua_getfield(L, 2, "hpfar");
    self->exit.esr = (uint64_t)luaL_checkinteger(L, -3);
    self->exit.far = (uint64_t)luaL_checkinteger(L, -2);
    self->exit.hpfar = (uint64_t)luaL_checkinteger(L, -1);
    return script_yield(L, self, SCRIPT_EXCEPTION, false);
}

/* ctx:regs(): the present registers, as a result; at first what the boot protocol passed. */
static int ctx_regs(lua_State *L)
{
    push_result(L, script_check_context(L));
    return 1;
}

/* Fields of the object beside its methods (upvalue 1). */
static int ctx_index(lua_State *L)
{
    struct script_context **object = luaL_checkudata(L, 1, SCRIPT_CONTEXT_TYPE);
    const char *name = luaL_checkstring(L, 2);
    const struct script_context *self = *object;

    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) {
        return 1;
    }
    if (self == NULL) {
        return luaL_error(L, "this context is gone: the run has ended");
    }
    if (strcmp(name, "id") == 0) {
        lua_pushinteger(L, self->base.config.endpoint);
    } else if (strcmp(name, "name") == 0) {
        lua_pushstring(L, self->base.config.name);
    } else if (strcmp(name, "vcpu") == 0) {
        lua_pushinteger(L, self->base.config.vcpu_index);
    } else if (strcmp(name, "secure") == 0) {
        lua_pushboolean(L, self->base.config.secure);
    } else if (strcmp(name, "el") == 0) {
        lua_pushinteger(L, self->base.config.top_el);
    } else if (strcmp(name, "boot") == 0) {
        lua_pushinteger(L, run_boots(run_of(self->base.machine)));
    } else if (strcmp(name, "pe") == 0 && self->base.pe != NULL) {
        lua_pushinteger(L, self->base.pe->index);
    } else if (strcmp(name, "now_ns") == 0 && self->base.pe != NULL) {
        lua_pushinteger(L, (lua_Integer)self->base.pe->now_ns);
    } else {
        return script_no_field(L, lua_upvalueindex(1), "a context", name);
    }
    return 1;
}

static int ctx_tostring(lua_State *L)
{
    struct script_context **object = luaL_checkudata(L, 1, SCRIPT_CONTEXT_TYPE);

    lua_pushstring(L, *object == NULL ? "context" : (*object)->base.config.name);
    return 1;
}

void context_api_open(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"smc", ctx_smc},         {"hvc", ctx_hvc},   {"call", ctx_call},
        {"conduit", ctx_conduit}, {"wait", ctx_wait}, {"wfi", ctx_wfi},
        {"raise", ctx_raise},     {"regs", ctx_regs}, {NULL, NULL}};

    luaL_newmetatable(L, SCRIPT_RESULT_TYPE); /* filled by lua/result.lua */
    lua_pop(L, 1);
    luaL_newmetatable(L, SCRIPT_CONTEXT_TYPE);
    lua_pushstring(L, "context");
    lua_setfield(L, -2, "__name");
    lua_pushcfunction(L, ctx_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    luaL_newlib(L, methods);
    context_memory_open(L);
    interrupt_methods_open(L);
    lua_pushvalue(L, -1);
    lua_setfield(L, LUA_REGISTRYINDEX, SCRIPT_METHODS); /* lua/ffa.lua adds to it */
    lua_pushcclosure(L, ctx_index, 1);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}
