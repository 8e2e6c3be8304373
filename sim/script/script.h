/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inside of sim/script: one Lua state for a scenario, fenced in.
 *
 * A script can not reach the host (no files, processes, clock, addresses), can not use more than
 * SCRIPT_MEMORY_BYTES or run longer than its instruction budgets, and behaves the same in every
 * run: whatever standard Lua takes from addresses, time or hash order is replaced.
 */
#ifndef SIM_SCRIPT_H
#define SIM_SCRIPT_H

#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/host/run.h"
#include "sim/script/scenario.h"

#define SCRIPT_MEMORY_BYTES (64u << 20)
#define SCRIPT_HOOK_PERIOD  1000
/* Lua instructions: of a file's top level, between two exits of a context, of a whole run. */
#define SCRIPT_LOAD_BUDGET   10000000ull
#define SCRIPT_RESUME_BUDGET 50000000ull
#define SCRIPT_RUN_BUDGET    5000000000ull
#define SCRIPT_NOTE          "orrery.note" /* registry: the global note() */
#define SCRIPT_MAX_CONSOLE   10000u

struct line_event;
struct script_context;

/* A function of the scenario that runs as somebody: the normal world or a partition. */
struct script_entry {
    struct script *script;
    int function; /* registry reference; LUA_NOREF: nothing to do */
    bool normal_world;
    uint32_t partition_index;
    uint64_t memory_next; /* partitions: bump allocator behind the image */
};

struct script {
    lua_State *L;
    size_t used_bytes;
    size_t limit_bytes;
    uint64_t budget;     /* instructions until the script has to come back */
    uint64_t run_budget; /* of the whole run */
    bool dead;           /* failed for good: no pcall may catch it */
    char why[400];       /* then: why */
    uint64_t random;
    char file[128];      /* base name: paths must not reach a run */
    char chunk[130];     /* "@file", as Lua names the source */
    struct trace *trace; /* NULL before the run */
    struct run *run;     /* of a finished run, for `finish`; else found through the context */
    uint64_t end_ns;     /* then: when it ended */
    struct script_context *current;
    unsigned outstanding;     /* interrupts that machine.interrupt() has yet to raise */
    struct line_event *lines; /* they: see interrupt_api.c */
};

static inline struct script *script_of(lua_State *L)
{
    return *(struct script **)lua_getextraspace(L);
}

/* interrupt_api.c: after the run, those that it did not come to. */
void script_drop_lines(struct script *script);

/* script.c: the fenced state. False: no memory. */
bool script_open(struct script *script, const char *path, uint64_t seed);
void script_close(struct script *script);

/*
 * Calls the function below `nargs` arguments under a budget. False: the error's one line is in
 * script->why and the stack is as before the function.
 */
bool script_call(struct script *script, int nargs, int nresults, uint64_t budget);

/* Moves the error value on top of L into script->why. */
void script_take_error(struct script *script, lua_State *L, int status);

/* Ends the script for good: raises an error that no pcall catches. */
int script_die(lua_State *L, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* "file:line: " of the innermost line of the scenario itself; empty when there is none. */
void script_where(lua_State *L, char *out, size_t out_bytes);

/* A value in a few words, without addresses: for messages. */
void script_describe(lua_State *L, int index, char *out, size_t out_bytes);

/* The run that the script speaks of; NULL before and without one. */
struct run *script_run(const struct script *script);

/* sandbox.c, sort.c, keys.c, text.c: the globals that a scenario sees. */
void sandbox_open(lua_State *L);
int sandbox_sort(lua_State *L);
int sandbox_next(lua_State *L);
int sandbox_pairs(lua_State *L);
int sandbox_format(lua_State *L);
int sandbox_tostring(lua_State *L);

/* context_api.c, machine_api.c: C parts of the interface, completed by lua/ (library.c). */
void context_api_open(lua_State *L);
void machine_api_open(lua_State *L);
void library_open(lua_State *L);
int map_api(lua_State *L);   /* map_api.c: machine.map() */
int fault_api(lua_State *L); /* faults.c: machine.fault() */

/* context.c: run_make_context for a struct script_entry. */
struct context *script_make_context(void *entry, struct machine *machine,
                                    const struct context_config *config, struct sim_error *err);

/* Emits a text event (NOTE, EXPECT) as the running context, or the machine when none runs. */
void script_emit(struct script *script, enum event_type type, const uint64_t *arg,
                 unsigned arg_count, const char *text);

#endif
