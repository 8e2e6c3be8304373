/* SPDX-License-Identifier: BSD-3-Clause */
/* A scripted execution context: a Lua coroutine behind the exits of sim/cpu/context.h. */
#ifndef SIM_SCRIPT_CONTEXT_H
#define SIM_SCRIPT_CONTEXT_H

#include "sim/script/script.h"

#define SCRIPT_REGS 31

/* What the coroutine asked for when it yielded. */
enum script_request {
    SCRIPT_NOTHING,
    SCRIPT_EXCEPTION, /* exit_: SMC, HVC, or a fault taken on purpose */
    SCRIPT_WAIT,      /* until wait_until_ns */
    SCRIPT_WFI,
};

struct script_context {
    struct context base;
    struct script_entry *entry;
    lua_State *thread; /* NULL: not started since the last reset */
    int thread_ref;
    int object_ref; /* userdata that the function gets; points back here */
    bool finished;
    enum script_request request;
    struct context_exit exit; /* SCRIPT_EXCEPTION */
    uint64_t wait_until_ns;
    uint64_t x[SCRIPT_REGS];
    uint64_t sysreg[CONTEXT_SYSREG_COUNT];
    bool by_hvc;     /* conduit of the FF-A calls */
    int handler_ref; /* ctx:on_interrupt(); LUA_NOREF: none, and nothing is ever taken */
    bool in_handler;
};

#define SCRIPT_CONTEXT_TYPE "orrery.context"
#define SCRIPT_RESULT_TYPE  "orrery.result"
#define SCRIPT_MACHINE      "orrery.machine" /* registry: functions of the global `machine` */
#define SCRIPT_METHODS      "orrery.methods" /* registry: the methods of contexts */

/* Would an interrupt for the context's own level be taken now, by its handler? */
bool script_interrupt_is_due(const struct script_context *self);

/*
 * Yields for a request; when the coroutine goes on, due interrupts are taken first. `with_result`:
 * the function returns the registers as they were before that, else nothing.
 */
int script_yield(lua_State *L, struct script_context *self, enum script_request request,
                 bool with_result);

/* interrupt_api.c: what contexts and the machine can do with interrupts, added to the table on top
 * of the stack. */
void interrupt_methods_open(lua_State *L);
void interrupt_primitives_open(lua_State *L);

/* The context of argument 1, alive and running; raises otherwise. */
struct script_context *script_check_context(lua_State *L);

/* Raises "WHAT has no field 'NAME'; did you mean ...?" over the names of the table at `index`. */
int script_no_field(lua_State *L, int index, const char *what, const char *name);

#endif
