/* SPDX-License-Identifier: BSD-3-Clause */
/* A fenced Lua state: bounded memory, bounded instructions, errors as one line. */
#include "sim/script/script.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/script/script_context.h"

static void *bounded_alloc(void *user, void *ptr, size_t old_bytes, size_t new_bytes)
{
    struct script *script = user;
    void *grown;

    if (ptr == NULL) {
        old_bytes = 0; /* Lua passes the kind of object here */
    }
    if (new_bytes == 0) {
        free(ptr);
        script->used_bytes -= old_bytes;
        return NULL;
    }
    if (new_bytes > old_bytes && new_bytes - old_bytes > script->limit_bytes - script->used_bytes) {
        return NULL;
    }
    grown = realloc(ptr, new_bytes);
    if (grown != NULL) {
        script->used_bytes = script->used_bytes - old_bytes + new_bytes;
    }
    return grown;
}

/* Raised again at every period once the budget is gone, so that no pcall loop survives it. */
static void count_instructions(lua_State *L, lua_Debug *debug)
{
    struct script *script = script_of(L);

    (void)debug;
    if (script->run_budget <= SCRIPT_HOOK_PERIOD) {
        script_die(L, "the script ran %llu instructions in this run; the scenario does too much",
                   SCRIPT_RUN_BUDGET);
    }
    if (script->budget <= SCRIPT_HOOK_PERIOD) {
        script_die(L, "the script ran on and on without a call or a wait; does it loop for ever?");
    }
    script->budget -= SCRIPT_HOOK_PERIOD;
    script->run_budget -= SCRIPT_HOOK_PERIOD;
}

static int open_protected(lua_State *L)
{
    sandbox_open(L);
    context_api_open(L);
    machine_api_open(L);
    library_open(L);
    return 0;
}

bool script_open(struct script *script, const char *path, uint64_t seed)
{
    const char *base = strrchr(path, '/');

    memset(script, 0, sizeof(*script));
    script->limit_bytes = SCRIPT_MEMORY_BYTES;
    script->budget = SCRIPT_LOAD_BUDGET;
    script->run_budget = SCRIPT_RUN_BUDGET;
    script->random = seed;
    snprintf(script->file, sizeof(script->file), "%.100s", base != NULL ? base + 1 : path);
    snprintf(script->chunk, sizeof(script->chunk), "@%s", script->file);
    script->L = lua_newstate(bounded_alloc, script);
    if (script->L == NULL) {
        return false;
    }
    *(struct script **)lua_getextraspace(script->L) = script;
    lua_sethook(script->L, count_instructions, LUA_MASKCOUNT, SCRIPT_HOOK_PERIOD);
    lua_pushcfunction(script->L, open_protected);
    return script_call(script, 0, 0, SCRIPT_LOAD_BUDGET);
}

void script_close(struct script *script)
{
    script_drop_lines(script);
    if (script->L != NULL) {
        lua_close(script->L);
        script->L = NULL;
    }
}

/* "ffa:12: " and the like: a place inside our own Lua, of no use to who wrote the scenario. */
static const char *skip_own_place(const char *text)
{
    static const char *const parts[] = {
        "ffa:", "mem:", "mem_retrieve:", "task:", "psci:", "expect:", "result:"};

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        size_t length = strlen(parts[i]);

        if (strncmp(text, parts[i], length) == 0) {
            size_t digits = strspn(text + length, "0123456789");

            if (digits != 0 && strncmp(text + length + digits, ": ", 2) == 0) {
                return text + length + digits + 2;
            }
        }
    }
    return text;
}

/* An error with the innermost line of the scenario before it, when it names none itself. */
static void place_error(lua_State *L, const char *text, char *out, size_t out_bytes)
{
    const struct script *script = script_of(L);
    char where[160] = "";

    if (strncmp(text, script->file, strlen(script->file)) != 0) {
        script_where(L, where, sizeof(where));
        text = skip_own_place(text);
    }
    snprintf(out, out_bytes, "%s%s", where, text);
}

/* While the stack still says where it happened. */
static int on_error(lua_State *L)
{
    char text[sizeof(script_of(L)->why)];

    if (!script_of(L)->dead && lua_type(L, 1) == LUA_TSTRING) {
        place_error(L, lua_tostring(L, 1), text, sizeof(text));
        lua_pushstring(L, text);
    }
    return 1;
}

bool script_call(struct script *script, int nargs, int nresults, uint64_t budget)
{
    lua_State *L = script->L;
    int function = lua_gettop(L) - nargs;
    int status;

    script->budget = budget;
    lua_pushcfunction(L, on_error);
    lua_insert(L, function);
    status = lua_pcall(L, nargs, nresults, function);
    lua_remove(L, function);
    if (status != LUA_OK) {
        script_take_error(script, L, status);
        lua_pop(L, 1);
    }
    return status == LUA_OK;
}

void script_take_error(struct script *script, lua_State *L, int status)
{
    const char *text;

    if (script->dead) {
        return; /* script_die() has said why */
    }
    if (status == LUA_ERRMEM) {
        snprintf(script->why, sizeof(script->why),
                 "%s: the script needs more than %u MiB of memory", script->file,
                 SCRIPT_MEMORY_BYTES >> 20);
        return;
    }
    text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
    if (text != NULL) {
        place_error(L, text, script->why, sizeof(script->why));
    } else {
        char value[96];

        script_describe(L, -1, value, sizeof(value));
        snprintf(script->why, sizeof(script->why), "%s: error raised with %s", script->file, value);
    }
    /* One line: a message may quote a script's own text. */
    for (char *at = script->why; *at != '\0'; at++) {
        if ((unsigned char)*at < ' ') {
            *at = ' ';
        }
    }
}

int script_die(lua_State *L, const char *format, ...)
{
    struct script *script = script_of(L);

    if (!script->dead) {
        char where[160];
        char text[320];
        va_list args;

        va_start(args, format);
        vsnprintf(text, sizeof(text), format, args);
        va_end(args);
        script_where(L, where, sizeof(where));
        snprintf(script->why, sizeof(script->why), "%.130s%.260s", where, text);
        script->dead = true;
    }
    lua_pushnil(L);
    return lua_error(L);
}

void script_where(lua_State *L, char *out, size_t out_bytes)
{
    const struct script *script = script_of(L);
    lua_Debug debug;

    for (int level = 0; lua_getstack(L, level, &debug) != 0; level++) {
        lua_getinfo(L, "Sl", &debug);
        if (debug.currentline > 0 && strcmp(debug.source, script->chunk) == 0) {
            snprintf(out, out_bytes, "%s:%d: ", script->file, debug.currentline);
            return;
        }
    }
    snprintf(out, out_bytes, "%s", "");
}

struct run *script_run(const struct script *script)
{
    if (script->run == NULL && script->current != NULL) {
        return run_of(script->current->base.machine);
    }
    return script->run;
}

void script_emit(struct script *script, enum event_type type, const uint64_t *arg,
                 unsigned arg_count, const char *text)
{
    size_t length = strlen(text);
    struct event_header header = {
        .type = (uint16_t)type,
        .endpoint = EVENT_NOBODY,
        .from = EVENT_NOBODY,
        .arg_count = (uint8_t)arg_count,
        .text_bytes = (uint16_t)(length < EVENT_MAX_TEXT ? length : EVENT_MAX_TEXT),
    };

    if (script->trace == NULL) {
        return;
    }
    if (script->current != NULL) {
        const struct context *context = &script->current->base;

        header.time_ns = context->pe->now_ns;
        header.pe = (uint8_t)context->pe->index;
        header.endpoint = context->config.endpoint;
        header.vcpu = context->config.vcpu_index;
    } else {
        header.time_ns = script->end_ns;
    }
    trace_emit(script->trace, &header, arg, text);
}
