/* SPDX-License-Identifier: BSD-3-Clause */
/* Interrupts and timers of scripted contexts, and the lines that a scenario pulls itself. */
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "sim/device/device.h"
#include "sim/device/gic.h"
#include "sim/device/timer.h"
#include "sim/script/parse.h"
#include "sim/script/script_context.h"
#include "spmc/vcpu.h"

#define PSTATE_I (1u << 7)
#define PSTATE_F (1u << 6)

#define ESR_IL           ((uint64_t)1 << 25)
#define ISS_READ         1u
#define MAX_OUTSTANDING  65536u
#define GICR_FRAME_BYTES 0x10000u

/* Accessed at EL1 of a normal world, by the names that the architecture gives them */
static const struct {
    const char *name;
    uint32_t key;
} icc_registers[] = {
    {"IAR1", GIC_SYSREG(3, 0, 12, 12, 0)},   {"EOIR1", GIC_SYSREG(3, 0, 12, 12, 1)},
    {"HPPIR1", GIC_SYSREG(3, 0, 12, 12, 2)}, {"BPR1", GIC_SYSREG(3, 0, 12, 12, 3)},
    {"CTLR", GIC_SYSREG(3, 0, 12, 12, 4)},   {"IGRPEN1", GIC_SYSREG(3, 0, 12, 12, 7)},
    {"DIR", GIC_SYSREG(3, 0, 12, 11, 1)},    {"RPR", GIC_SYSREG(3, 0, 12, 11, 3)},
    {"SGI1R", GIC_SYSREG(3, 0, 12, 11, 5)},  {"ASGI1R", GIC_SYSREG(3, 0, 12, 11, 6)},
    {"SGI0R", GIC_SYSREG(3, 0, 12, 11, 7)},  {"PMR", GIC_SYSREG(3, 0, 4, 6, 0)},
    {"AP1R0", GIC_SYSREG(3, 0, 12, 9, 0)},   {"SRE", GIC_SYSREG(3, 0, 12, 12, 5)},
};

/* The EL1 physical timer: op2 of 3, 3, c14, c2 */
static const char *const timer_names[] = {"TVAL", "CTL", "CVAL", NULL};

/* ctx:set_handler(function or nil, in short): see lua/interrupt.lua for what scenarios use. */
static int ctx_set_handler(lua_State *L)
{
    struct script_context *self = script_check_context(L);

    luaL_unref(L, LUA_REGISTRYINDEX, self->handler_ref);
    self->handler_ref = LUA_NOREF;
    if (!lua_isnoneornil(L, 2)) {
        luaL_checktype(L, 2, LUA_TFUNCTION);
        lua_settop(L, 2);
        self->handler_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    }
    return 0;
}

/* ctx:mask(true or false): PSTATE.I and F; what they were */
static int ctx_mask(lua_State *L)
{
    struct script_context *self = script_check_context(L);
    uint64_t *pstate = &self->sysreg[CONTEXT_PSTATE];
    bool before = (*pstate & PSTATE_I) != 0;

    luaL_checktype(L, 2, LUA_TBOOLEAN);
    *pstate &= ~(uint64_t)(PSTATE_I | PSTATE_F);
    if (lua_toboolean(L, 2)) {
        *pstate |= PSTATE_I | PSTATE_F;
    }
    lua_pushboolean(L, before);
    return 1;
}

/* ctx:icc(name [, value]): a register of the GIC's CPU interface, of the Non-secure state */
static int ctx_icc(lua_State *L)
{
    struct script_context *self = script_check_context(L);
    const char *name = luaL_checkstring(L, 2);
    unsigned el = self->base.config.top_el;
    uint64_t value = 0;
    size_t at = 0;

    luaL_argcheck(L, !self->base.config.secure, 1, "partitions have no GIC of their own");
    while (at < sizeof(icc_registers) / sizeof(icc_registers[0]) &&
           strcmp(icc_registers[at].name, name) != 0) {
        at++;
    }
    if (at == sizeof(icc_registers) / sizeof(icc_registers[0])) {
        return luaL_error(L, "the CPU interface has no register '%s'", name);
    }
    if (!lua_isnoneornil(L, 3)) {
        if (!gic_icc_write(self->base.pe, icc_registers[at].key, el, false,
                           (uint64_t)luaL_checkinteger(L, 3))) {
            return luaL_error(L, "ICC_%s can not be written here", name);
        }
        return 0;
    }
    if (!gic_icc_read(self->base.pe, icc_registers[at].key, el, false, &value)) {
        return luaL_error(L, "ICC_%s can not be read here", name);
    }
    lua_pushinteger(L, (lua_Integer)value);
    return 1;
}

/* A normal world's accesses go to the timer of its PE. */
static int own_cntp(lua_State *L, const struct script_context *self, unsigned op2)
{
    struct sim_pe *pe = self->base.pe;

    if (lua_isnoneornil(L, 3)) {
        uint64_t value = timer_read(pe, PE_TIMER_CNTP, (enum timer_register)op2, pe->now_ns);

        lua_pushinteger(L, (lua_Integer)value);
        return 1;
    }
    timer_write(pe, PE_TIMER_CNTP, (enum timer_register)op2, (uint64_t)luaL_checkinteger(L, 3),
                pe->now_ns);
    return 0;
}

/*
 * ctx:access_cntp(name [, value]): CNTP_name_EL0. A partition's access is trapped by the SPMC, a
 * call like any other: what a read gave is in x0 of its result.
 */
static int ctx_cntp(lua_State *L)
{
    struct script_context *self = script_check_context(L);
    unsigned op2 = (unsigned)luaL_checkoption(L, 2, NULL, timer_names);
    bool read = lua_isnoneornil(L, 3);
    uint64_t iss = (uint64_t)3 << 20 | (uint64_t)op2 << 17 | (uint64_t)3 << 14 |
                   (uint64_t)14 << 10 | (uint64_t)2 << 1 | (read ? ISS_READ : 0);

    luaL_argcheck(L, self->base.config.top_el != 0, 1, "S-EL0 has no timer");
    if (!self->base.config.secure) {
        return own_cntp(L, self, op2);
    }
    self->x[0] = read ? 0 : (uint64_t)luaL_checkinteger(L, 3);
    self->exit = (struct context_exit){.kind = CONTEXT_EXIT_SYNC,
                                       .esr = (uint64_t)ESR_EC_SYSREG << 26 | ESR_IL | iss};
    return script_yield(L, self, SCRIPT_EXCEPTION, true);
}

/* counter(): at the running context's time; frequency() in Hz */
static int counter(lua_State *L)
{
    const struct script_context *self = script_of(L)->current;

    if (self == NULL) {
        return luaL_error(L, "no context runs here");
    }
    lua_pushinteger(L, (lua_Integer)machine_counter(self->base.machine, self->base.pe->now_ns));
    lua_pushinteger(L, (lua_Integer)self->base.machine->board.counter_hz);
    return 2;
}

/* device(compatible [, n]): base of the n-th node of a kind, from 1; nil when there is none */
static int device_base(lua_State *L)
{
    const struct script_context *self = script_of(L)->current;
    const char *compatible = luaL_checkstring(L, 1);
    lua_Integer wanted = luaL_optinteger(L, 2, 1);
    lua_Integer region = luaL_optinteger(L, 3, 1);

    for (unsigned i = 0; self != NULL && i < self->base.machine->board.device_count; i++) {
        const struct board_device *node = &self->base.machine->board.device[i];

        if (strcmp(node->compatible, compatible) == 0 && --wanted == 0 && region >= 1 &&
            region <= (lua_Integer)node->reg_count) {
            lua_pushinteger(L, (lua_Integer)node->reg[region - 1].base);
            lua_pushinteger(L, (lua_Integer)node->reg[region - 1].size_bytes);
            return 2;
        }
    }
    return 0;
}

/* gicr(pe): the redistributor of a PE, where the board's binding puts it */
static int gicr(lua_State *L)
{
    const struct script_context *self = script_of(L)->current;
    lua_Integer index = luaL_checkinteger(L, 1);
    const struct board *board;

    luaL_argcheck(L, self != NULL, 1, "no context runs here");
    board = &self->base.machine->board;
    luaL_argcheck(L, index >= 0 && index < (lua_Integer)self->base.machine->pe_count, 1,
                  "this run has no such PE");
    for (unsigned i = 0; i < board->device_count; i++) {
        const struct board_device *node = &board->device[i];
        int length = 0;
        const void *given = fdt_getprop(board->fdt, node->node, "redistributor-stride", &length);
        uint64_t stride = given == NULL                    ? 2 * GICR_FRAME_BYTES
                          : length == (int)sizeof(fdt64_t) ? fdt64_ld(given)
                                                           : fdt32_ld(given);

        if (strcmp(node->compatible, "arm,gic-v3") != 0 || stride == 0) {
            continue;
        }
        for (unsigned region = 1; region < node->reg_count; region++) {
            lua_Integer room = (lua_Integer)(node->reg[region].size_bytes / stride);

            if (index < room) {
                lua_pushinteger(L,
                                (lua_Integer)(node->reg[region].base + stride * (uint64_t)index));
                return 1;
            }
            index -= room;
        }
    }
    return luaL_error(L, "this board has no redistributor for PE %d", (int)index);
}

struct line_event {
    struct machine_event event;
    struct script *script;
    struct sim_pe *pe;
    uint32_t intid;
    int level;               /* -1: a pulse */
    bool late;               /* has been put off */
    struct line_event *next; /* of script->lines */
};

static void drive(struct machine *machine, struct sim_pe *pe, uint32_t intid, int level)
{
    if (level < 0) {
        gic_pulse(machine, pe, intid);
    } else {
        gic_set_level(machine, pe, intid, level != 0);
    }
}

static void on_line(struct machine *machine, void *arg);

/* What else is to come on the same line within the delay comes behind it, in the same order. */
static void move_followers(struct machine *machine, const struct line_event *line, uint64_t to_ns)
{
    struct machine_event *next;

    for (struct machine_event *event = machine->events; event != NULL; event = next) {
        const struct line_event *other = event->arg;

        next = event->next;
        if (event->due_ns >= to_ns) {
            break;
        }
        if (event->fn == on_line && other->intid == line->intid && other->pe == line->pe) {
            machine_event_add(machine, event, to_ns, on_line, event->arg);
        }
    }
}

/* A line that is about to rise may be put off, once. */
static bool put_off(struct machine *machine, struct line_event *line)
{
    uint64_t delay_ns;

    if (line->late || line->level == 0) {
        return false;
    }
    delay_ns = machine_choice_delay(machine, line->pe, CHOICE_INTERRUPT);
    line->late = delay_ns != 0;
    if (line->late) {
        machine_event_add(machine, &line->event, machine->now_ns + delay_ns, on_line, line);
        move_followers(machine, line, machine->now_ns + delay_ns);
    }
    return line->late;
}

static void drop_line(struct line_event *line)
{
    struct line_event **at = &line->script->lines;

    while (*at != line) {
        at = &(*at)->next;
    }
    *at = line->next;
    line->script->outstanding--;
    free(line);
}

/* A reset of the machine has emptied its queue: those will never come. */
static void drop_dead_lines(struct script *script)
{
    struct line_event *next;

    for (struct line_event *line = script->lines; line != NULL; line = next) {
        next = line->next;
        if (!line->event.queued) {
            drop_line(line);
        }
    }
}

void script_drop_lines(struct script *script)
{
    while (script->lines != NULL) {
        drop_line(script->lines);
    }
}

static void on_line(struct machine *machine, void *arg)
{
    struct line_event *line = arg;

    if (put_off(machine, line)) {
        return;
    }
    drive(machine, line->pe, line->intid, line->level);
    drop_line(line);
}

static struct machine *the_machine(lua_State *L)
{
    struct run *run = script_run(script_of(L));

    if (run == NULL) {
        luaL_error(L, "the machine is not there yet");
    }
    return run_machine(run);
}

static bool is_ppi(lua_Integer intid)
{
    return (intid >= 16 && intid < 32) || (intid >= 1056 && intid < 1120);
}

static bool is_spi(lua_Integer intid)
{
    return (intid >= 32 && intid < 1020) || (intid >= 4096 && intid < 5120);
}

/* line(intid, pe or nil, level or nil, after_ns): lua/interrupt.lua checks what scenarios give */
static int line(lua_State *L)
{
    struct script *script = script_of(L);
    struct machine *machine = the_machine(L);
    lua_Integer intid = luaL_checkinteger(L, 1);
    struct sim_pe *pe = NULL;
    int level = lua_isnil(L, 3) ? -1 : lua_toboolean(L, 3);
    lua_Integer after = luaL_checkinteger(L, 4);
    struct line_event *event;

    if (!is_spi(intid) && !is_ppi(intid)) {
        return luaL_error(L,
                          "INTID %d is no line: want a PPI (16 to 31, 1056 to 1119) or an SPI "
                          "(32 to 1019, 4096 to 5119)",
                          (int)intid);
    }
    if (is_ppi(intid)) {
        lua_Integer index = luaL_optinteger(L, 2, -1);

        if (index < 0 || index >= (lua_Integer)machine->pe_count) {
            return luaL_error(L, "INTID %d is a PPI: pe has to be 0 to %d", (int)intid,
                              (int)machine->pe_count - 1);
        }
        pe = &machine->pe[index];
    }
    luaL_argcheck(L, after >= 0 && (uint64_t)after <= RUN_LIMIT_MAX_NS, 4, "0 to 3600 s");
    if (after == 0) {
        drive(machine, pe, (uint32_t)intid, level);
        return 0;
    }
    drop_dead_lines(script);
    event = script->outstanding < MAX_OUTSTANDING ? calloc(1, sizeof(*event)) : NULL;
    if (event == NULL) {
        return luaL_error(L, "more than %d interrupts are to come", (int)MAX_OUTSTANDING);
    }
    *event = (struct line_event){.script = script,
                                 .pe = pe,
                                 .intid = (uint32_t)intid,
                                 .level = level,
                                 .next = script->lines};
    script->lines = event;
    script->outstanding++;
    machine_event_add(machine, &event->event, machine_now(machine) + (uint64_t)after, on_line,
                      event);
    return 0;
}

/* duration(value, what): nanoseconds of "3 us" or a number */
static int duration(lua_State *L)
{
    struct sim_error err;
    uint64_t ns;

    if (lua_isinteger(L, 1)) {
        lua_settop(L, 1);
        return 1;
    }
    if (!parse_duration(luaL_checkstring(L, 1), luaL_checkstring(L, 2), &ns, &err)) {
        return luaL_error(L, "%s", err.text);
    }
    lua_pushinteger(L, (lua_Integer)ns);
    return 1;
}

/* interrupt_state(intid, pe or nil): what the GIC knows of it */
static int interrupt_state(lua_State *L)
{
    struct machine *machine = the_machine(L);
    lua_Integer index = luaL_optinteger(L, 2, -1);
    const struct sim_pe *pe =
        index >= 0 && index < (lua_Integer)machine->pe_count ? &machine->pe[index] : NULL;
    struct gic_state state;

    if (!gic_query(machine, pe, (uint32_t)luaL_checkinteger(L, 1), &state)) {
        return 0;
    }
    lua_createtable(L, 0, 6);
    lua_pushboolean(L, state.enabled);
    lua_setfield(L, -2, "enabled");
    lua_pushboolean(L, state.pending);
    lua_setfield(L, -2, "pending");
    lua_pushboolean(L, state.active);
    lua_setfield(L, -2, "active");
    lua_pushboolean(L, state.level);
    lua_setfield(L, -2, "level");
    lua_pushinteger(L, state.group);
    lua_setfield(L, -2, "group");
    lua_pushinteger(L, state.priority);
    lua_setfield(L, -2, "priority");
    return 1;
}

static int pe_count(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)the_machine(L)->pe_count);
    return 1;
}

void interrupt_methods_open(lua_State *L)
{
    static const luaL_Reg methods[] = {{"set_handler", ctx_set_handler},
                                       {"mask", ctx_mask},
                                       {"icc", ctx_icc},
                                       {"access_cntp", ctx_cntp},
                                       {NULL, NULL}};

    luaL_setfuncs(L, methods, 0);
}

void interrupt_primitives_open(lua_State *L)
{
    static const luaL_Reg primitives[] = {
        {"counter", counter},   {"device", device_base},
        {"gicr", gicr},         {"line", line},
        {"duration", duration}, {"interrupt_state", interrupt_state},
        {"pe_count", pe_count}, {NULL, NULL}};

    luaL_setfuncs(L, primitives, 0);
}
