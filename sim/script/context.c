/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * context_ops of a scripted context. A resume runs the coroutine until it asks for something that
 * ends in an exit; the levels above can not tell it from emulated code.
 */
#include <stdlib.h>
#include <string.h>

#include "sim/script/script_context.h"
#include "spmc/vcpu.h"

#define INSTRUCTION_BYTES 4u
#define PSTATE_EL1H_DAIF  0x3c5u
#define PSTATE_EL2H_DAIF  0x3c9u
#define PSTATE_I          (1u << 7)
#define PSTATE_F          (1u << 6)

static struct script_context *own(struct context *context)
{
    return (struct script_context *)context;
}

static void drop_thread(struct script_context *self)
{
    lua_State *L = self->entry->script->L;

    if (self->thread != NULL) {
        luaL_unref(L, LUA_REGISTRYINDEX, self->thread_ref);
        self->thread = NULL;
        self->thread_ref = LUA_NOREF;
    }
}

bool script_interrupt_is_due(const struct script_context *self)
{
    uint64_t masked = self->sysreg[CONTEXT_PSTATE];

    if (self->handler_ref == LUA_NOREF || self->in_handler) {
        return false;
    }
    switch (context_own_interrupt(&self->base)) {
    case CONTEXT_OWN_IRQ:
        return (masked & PSTATE_I) == 0;
    case CONTEXT_OWN_FIQ:
        return (masked & PSTATE_F) == 0;
    default:
        return false;
    }
}

/* A mistake or an expectation that failed: the run ends with the script's own line. */
static void fail(struct script_context *self, struct context_exit *exit)
{
    struct script *script = self->entry->script;

    exit->kind = CONTEXT_EXIT_FAILED;
    exit->why = script->why;
    script->dead = true;
    run_fail(run_of(self->base.machine), "%s", script->why);
}

/* New coroutine with the entry's function and the context's object on its stack; protected. */
static int start_protected(lua_State *L)
{
    struct script_context *self = lua_touserdata(L, 1);

    self->thread = lua_newthread(L);
    self->thread_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    luaL_checkstack(self->thread, 8, NULL);
    lua_rawgeti(self->thread, LUA_REGISTRYINDEX, self->entry->function);
    lua_rawgeti(self->thread, LUA_REGISTRYINDEX, self->object_ref);
    return 0;
}

static bool start(struct script_context *self)
{
    struct script *script = self->entry->script;

    lua_pushcfunction(script->L, start_protected);
    lua_pushlightuserdata(script->L, self);
    return script_call(script, 1, 0, SCRIPT_RESUME_BUDGET);
}

/* True: the wait is over; false: the slice ended first. */
static bool wait_over(struct script_context *self)
{
    struct sim_pe *pe = self->base.pe;

    if (pe->now_ns < self->wait_until_ns && pe->now_ns < pe->slice_end_ns) {
        uint64_t until = self->wait_until_ns;

        machine_pe_advance(pe, (until < pe->slice_end_ns ? until : pe->slice_end_ns) - pe->now_ns);
    }
    return pe->now_ns >= self->wait_until_ns;
}

/* What the coroutine asked for, as an exit. False: it can go on at once. */
static bool to_exit(struct script_context *self, struct context_exit *exit)
{
    switch (self->request) {
    case SCRIPT_WAIT:
        if (script_interrupt_is_due(self) || wait_over(self)) {
            self->request = SCRIPT_NOTHING;
            return false;
        }
        exit->kind = CONTEXT_EXIT_SLICE;
        return true;
    case SCRIPT_WFI:
        self->request = SCRIPT_NOTHING;
        self->sysreg[CONTEXT_PC] += INSTRUCTION_BYTES;
        exit->kind = CONTEXT_EXIT_WFI;
        return true;
    case SCRIPT_EXCEPTION:
        self->request = SCRIPT_NOTHING;
        if (ESR_EC(self->exit.esr) == ESR_EC_SMC64 || ESR_EC(self->exit.esr) == ESR_EC_HVC64 ||
            ESR_EC(self->exit.esr) == ESR_EC_SVC64) {
            self->sysreg[CONTEXT_PC] += INSTRUCTION_BYTES;
        }
        *exit = self->exit;
        return true;
    default:
        return false;
    }
}

/* Runs the coroutine once. False: *exit says why the context can not go on. */
static bool run_thread(struct script_context *self, struct context_exit *exit)
{
    struct script *script = self->entry->script;
    struct script_context *before = script->current;
    int nargs = 0;
    int nresults;
    int status;

    script->current = self;
    if (self->thread == NULL) {
        if (!start(self)) {
            fail(self, exit);
            script->current = before;
            return false;
        }
        nargs = 1;
    }
    status = lua_resume(self->thread, script->L, nargs, &nresults);
    if (status == LUA_YIELD) {
        lua_pop(self->thread, nresults);
    } else if (status == LUA_OK) {
        self->finished = true;
        exit->kind = CONTEXT_EXIT_FINISHED;
    } else {
        script_take_error(script, self->thread, status);
        fail(self, exit);
    }
    script->current = before;
    if (status != LUA_YIELD) {
        drop_thread(self);
    }
    return status == LUA_YIELD;
}

static void resume(struct context *context, struct context_exit *exit)
{
    struct script_context *self = own(context);

    memset(exit, 0, sizeof(*exit));
    if (self->finished || self->entry->function == LUA_NOREF) {
        exit->kind = CONTEXT_EXIT_FINISHED;
        return;
    }
    if (self->entry->script->dead) {
        fail(self, exit);
        return;
    }
    self->entry->script->budget = SCRIPT_RESUME_BUDGET;
    if (context_interrupted(context, exit)) {
        return; /* what it asked for stays asked */
    }
    while (!to_exit(self, exit)) {
        if (!run_thread(self, exit)) {
            return;
        }
    }
}

static void get_x(struct context *context, unsigned first, unsigned count, uint64_t *x)
{
    memcpy(x, &own(context)->x[first], count * sizeof(*x));
}

static void set_x(struct context *context, unsigned first, unsigned count, const uint64_t *x)
{
    memcpy(&own(context)->x[first], x, count * sizeof(*x));
}

static uint64_t get_sysreg(struct context *context, enum context_sysreg reg)
{
    return own(context)->sysreg[reg];
}

static void set_sysreg(struct context *context, enum context_sysreg reg, uint64_t value)
{
    own(context)->sysreg[reg] = value;
}

static void reset(struct context *context, uint64_t pc, const uint64_t x[8])
{
    struct script_context *self = own(context);

    drop_thread(self);
    self->finished = false;
    self->in_handler = false;
    luaL_unref(self->entry->script->L, LUA_REGISTRYINDEX, self->handler_ref);
    self->handler_ref = LUA_NOREF;
    self->request = SCRIPT_NOTHING;
    memset(self->x, 0, sizeof(self->x));
    memcpy(self->x, x, 8 * sizeof(*x));
    memset(self->sysreg, 0, sizeof(self->sysreg));
    self->sysreg[CONTEXT_PC] = pc;
    self->sysreg[CONTEXT_PSTATE] = context->config.top_el == 2   ? PSTATE_EL2H_DAIF
                                   : context->config.top_el == 1 ? PSTATE_EL1H_DAIF
                                                                 : 0;
}

static void flush_tlb(struct context *context)
{
    (void)context; /* walks the tables anew at each access */
}

static void flush_tlb_page(struct context *context, uint64_t page)
{
    (void)context;
    (void)page;
}

static void flush_code(struct context *context, uint64_t pa, uint64_t size_bytes)
{
    (void)context;
    (void)pa;
    (void)size_bytes;
}

static void destroy(struct context *context)
{
    struct script_context *self = own(context);
    lua_State *L = self->entry->script->L;

    drop_thread(self);
    luaL_unref(L, LUA_REGISTRYINDEX, self->handler_ref);
    if (lua_rawgeti(L, LUA_REGISTRYINDEX, self->object_ref) == LUA_TUSERDATA) {
        *(struct script_context **)lua_touserdata(L, -1) = NULL;
    }
    lua_pop(L, 1);
    luaL_unref(L, LUA_REGISTRYINDEX, self->object_ref);
    free(self);
}

static const struct context_ops scripted_ops = {
    .resume = resume,
    .get_x = get_x,
    .set_x = set_x,
    .get_sysreg = get_sysreg,
    .set_sysreg = set_sysreg,
    .reset = reset,
    .flush_tlb = flush_tlb,
    .flush_tlb_page = flush_tlb_page,
    .flush_code = flush_code,
    .destroy = destroy,
};

static int make_object(lua_State *L)
{
    struct script_context *self = lua_touserdata(L, 1);
    struct script_context **object = lua_newuserdatauv(L, sizeof(*object), 0);

    *object = self;
    luaL_setmetatable(L, SCRIPT_CONTEXT_TYPE);
    self->object_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
}

struct context *script_make_context(void *entry, struct machine *machine,
                                    const struct context_config *config, struct sim_error *err)
{
    struct script_context *self = calloc(1, sizeof(*self));
    struct script *script;

    if (self == NULL) {
        sim_fail(err, SIM_INTERNAL, "out of memory for context %s", config->name);
        return NULL;
    }
    self->base.ops = &scripted_ops;
    self->base.machine = machine;
    self->base.config = *config;
    self->base.flat = true;
    self->entry = entry;
    self->thread_ref = LUA_NOREF;
    self->handler_ref = LUA_NOREF;
    script = self->entry->script;
    lua_pushcfunction(script->L, make_object);
    lua_pushlightuserdata(script->L, self);
    if (!script_call(script, 1, 0, SCRIPT_RESUME_BUDGET)) {
        sim_fail(err, SIM_INTERNAL, "%s", script->why);
        free(self);
        return NULL;
    }
    return &self->base;
}
