/* SPDX-License-Identifier: BSD-3-Clause */
/* Loading a scenario: its top level runs once, fenced in, and its header is checked. */
#include "sim/script/scenario.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/script/parse.h"
#include "sim/script/scenario_internal.h"

static const char *const header_fields[] = {"name",
                                            "description",
                                            "board",
                                            "pes",
                                            "limit",
                                            "tags",
                                            "params",
                                            "partitions",
                                            "normal_world",
                                            "secondary",
                                            "expect",
                                            "finish",
                                            "quantum",
                                            "resets",
                                            "reset_ram",
                                            "spmc",
                                            "faults",
                                            "possible_faults",
                                            "holds_under_faults",
                                            "checks"};

static bool in_name(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Is there `word` at `at`, and with `assigned` also an equals sign behind it? */
static bool mentions(const char *source, const char *at, const char *word, bool assigned)
{
    size_t length = strlen(word);

    if (strncmp(at, word, length) != 0 || in_name(at[length]) ||
        (at != source && in_name(at[-1]))) {
        return false;
    }
    at += length;
    at += strspn(at, " \t");
    return !assigned || (at[0] == '=' && at[1] != '=');
}

/* The first line outside of comments where mentions() holds; 0: none. */
static unsigned find_line(const char *source, const char *word, bool assigned)
{
    unsigned line = 1;

    for (const char *at = source; *at != '\0'; at++) {
        if (at[0] == '-' && at[1] == '-') {
            at += strcspn(at, "\n");
            if (*at == '\0') {
                break;
            }
        }
        if (*at == '\n') {
            line++;
        } else if (mentions(source, at, word, assigned)) {
            return line;
        }
    }
    return 0;
}

/* The line that sets a field, else the first one that mentions it; 0: none. */
static unsigned line_of(const struct scenario *scenario, const char *word)
{
    unsigned line = find_line(scenario->source, word, true);

    return line != 0 ? line : find_line(scenario->source, word, false);
}

bool scenario_fault(const struct scenario *scenario, const char *field, struct sim_error *err,
                    const char *format, ...)
{
    unsigned line = field != NULL ? line_of(scenario, field) : 0;
    char text[400];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (line != 0) {
        return sim_fail(err, SIM_BAD_INPUT, "%s:%u: %s", scenario->path, line, text);
    }
    return sim_fail(err, SIM_BAD_INPUT, "%s: %s", scenario->path, text);
}

bool scenario_check_fields(struct scenario *scenario, const char *what, const char *const *names,
                           size_t count, struct sim_error *err)
{
    lua_State *L = scenario->script.L;
    const char *unknown = NULL; /* the first by the alphabet: a table's own order is not stable */
    char suggestion[96];

    lua_pushnil(L);
    while (lua_next(L, -2) != 0) {
        const char *name;
        bool known = false;

        lua_pop(L, 1);
        if (lua_type(L, -1) != LUA_TSTRING) {
            lua_pop(L, 1);
            return scenario_fault(scenario, NULL, err, "%s: fields have names, as in name = ...",
                                  what);
        }
        name = lua_tostring(L, -1);
        for (size_t i = 0; i < count; i++) {
            known = known || strcmp(name, names[i]) == 0;
        }
        if (!known && (unknown == NULL || strcmp(name, unknown) < 0)) {
            unknown = name; /* the table keeps it alive */
        }
    }
    if (unknown == NULL) {
        return true;
    }
    parse_suggest(unknown, names, count, suggestion, sizeof(suggestion));
    return scenario_fault(scenario, unknown, err, "%s: unknown field '%.40s'%s", what, unknown,
                          suggestion);
}

bool scenario_text(struct scenario *scenario, const char *field, const char **text,
                   struct sim_error *err)
{
    lua_State *L = scenario->script.L;
    int type;

    lua_pushstring(L, field);
    type = lua_rawget(L, -2);
    *text = type == LUA_TSTRING ? lua_tostring(L, -1) : NULL; /* the table keeps it alive */
    lua_pop(L, 1);
    return type == LUA_TSTRING || type == LUA_TNIL ||
           scenario_fault(scenario, field, err, "%s: wanted a text, got a %s", field,
                          lua_typename(L, type));
}

bool scenario_integer(struct scenario *scenario, const char *field, uint64_t min, uint64_t max,
                      uint64_t *value, struct sim_error *err)
{
    lua_State *L = scenario->script.L;
    int type;
    bool is_integer;
    lua_Integer given;

    lua_pushstring(L, field);
    type = lua_rawget(L, -2);
    is_integer = lua_isinteger(L, -1);
    given = lua_tointeger(L, -1);
    lua_pop(L, 1);
    if (type == LUA_TNIL) {
        return true;
    }
    if (!is_integer) {
        return scenario_fault(scenario, field, err, "%s: wanted an integer, got a %s", field,
                              lua_typename(L, type));
    }
    if (given < 0 || (uint64_t)given < min || (uint64_t)given > max) {
        return scenario_fault(scenario, field, err, "%s: found %lld, want %" PRIu64 " to %" PRIu64,
                              field, (long long)given, min, max);
    }
    *value = (uint64_t)given;
    return true;
}

/* Global scenario { ... }: marks the table. */
static int mark(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_pushvalue(L, 1);
    lua_setfield(L, LUA_REGISTRYINDEX, "orrery.scenario");
    return 1;
}

static bool run_file(struct scenario *scenario, struct sim_error *err)
{
    struct script *script = &scenario->script;
    lua_State *L = script->L;

    lua_pushglobaltable(L);
    lua_pushstring(L, "scenario");
    lua_pushcfunction(L, mark);
    lua_rawset(L, -3);
    lua_pushstring(L, "params");
    lua_newtable(L);
    lua_rawset(L, -3);
    lua_pop(L, 1);
    if (luaL_loadbufferx(L, scenario->source, scenario->source_bytes, script->chunk, "t") !=
        LUA_OK) {
        script_take_error(script, L, LUA_ERRSYNTAX);
        return sim_fail(err, SIM_BAD_INPUT, "%s%s", scenario->folder, script->why);
    }
    if (!script_call(script, 0, 1, SCRIPT_LOAD_BUDGET)) {
        return sim_fail(err, SIM_BAD_INPUT, "%s%s", scenario->folder, script->why);
    }
    lua_getfield(L, LUA_REGISTRYINDEX, "orrery.scenario");
    if (!lua_istable(L, -2) || !lua_rawequal(L, -1, -2)) {
        return scenario_fault(scenario, NULL, err, "the file must end in: return scenario { ... }");
    }
    lua_pop(L, 1);
    scenario->header = luaL_ref(L, LUA_REGISTRYINDEX);
    return true;
}

static bool read_limit(struct scenario *scenario, struct sim_error *err)
{
    const char *text;
    struct sim_error bad;

    scenario->info.limit_ns = RUN_LIMIT_DEFAULT_NS;
    if (!scenario_text(scenario, "limit", &text, err)) {
        return false;
    }
    if (text != NULL && !parse_duration(text, "limit", &scenario->info.limit_ns, &bad)) {
        return scenario_fault(scenario, "limit", err, "%s", bad.text);
    }
    return true;
}

static bool read_quantum(struct scenario *scenario, struct sim_error *err)
{
    struct scenario_info *info = &scenario->info;
    const char *text;
    struct sim_error bad;

    if (!scenario_text(scenario, "quantum", &text, err)) {
        return false;
    }
    if (text != NULL &&
        !parse_quantum(text, "quantum", &info->quantum_least_ns, &info->quantum_most_ns, &bad)) {
        return scenario_fault(scenario, "quantum", err, "%s", bad.text);
    }
    return true;
}

/* How often the machine may be reset, and what its RAM is then. */
static bool read_resets(struct scenario *scenario, struct sim_error *err)
{
    uint64_t resets = 0;
    const char *ram;

    if (!scenario_integer(scenario, "resets", 0, SCENARIO_MAX_RESETS, &resets, err) ||
        !scenario_text(scenario, "reset_ram", &ram, err)) {
        return false;
    }
    scenario->info.resets = (unsigned)resets;
    scenario->info.reset_lose_ram = ram != NULL && strcmp(ram, "lose") == 0;
    return ram == NULL || scenario->info.reset_lose_ram || strcmp(ram, "keep") == 0 ||
           scenario_fault(scenario, "reset_ram", err,
                          "reset_ram: found \"%.40s\", want \"keep\" or \"lose\"", ram);
}

/* Settings of the SPMC itself, as /hypervisor of its manifest has them. */
static bool read_spmc(struct scenario *scenario, struct sim_error *err)
{
    static const char *const names[] = {"per_vcpu_notifications"};
    lua_State *L = scenario->script.L;
    bool ok = true;

    lua_getfield(L, -1, "spmc");
    if (lua_istable(L, -1)) {
        ok = scenario_check_fields(scenario, "spmc", names, 1, err);
        if (ok) {
            lua_getfield(L, -1, names[0]);
            ok = lua_isnil(L, -1) || lua_isboolean(L, -1) ||
                 scenario_fault(scenario, names[0], err, "spmc: %s: found a %s, want true or false",
                                names[0], luaL_typename(L, -1));
            scenario->info.per_vcpu_notifications = lua_toboolean(L, -1) != 0;
            lua_pop(L, 1);
        }
    } else if (!lua_isnil(L, -1)) {
        ok = scenario_fault(scenario, "spmc", err, "spmc: found a %s, want a table",
                            luaL_typename(L, -1));
    }
    lua_pop(L, 1);
    return ok;
}

static bool read_tags(struct scenario *scenario, struct sim_error *err)
{
    lua_State *L = scenario->script.L;
    struct scenario_info *info = &scenario->info;
    int type = (lua_pushstring(L, "tags"), lua_rawget(L, -2));
    lua_Unsigned count = type == LUA_TTABLE ? lua_rawlen(L, -1) : 0;
    bool ok = type == LUA_TNIL || (type == LUA_TTABLE && count <= SCENARIO_MAX_TAGS);

    for (lua_Unsigned i = 1; ok && i <= count; i++) {
        ok = lua_rawgeti(L, -1, (lua_Integer)i) == LUA_TSTRING &&
             lua_rawlen(L, -1) < sizeof(info->tag[0]);
        if (ok) {
            snprintf(info->tag[info->tag_count++], sizeof(info->tag[0]), "%s", lua_tostring(L, -1));
        }
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return ok || scenario_fault(scenario, "tags", err, "tags: wanted at most %d short texts",
                                SCENARIO_MAX_TAGS);
}

static bool read_expect(struct scenario *scenario, struct sim_error *err)
{
    static const char *const fields[] = {"fails"};
    lua_State *L = scenario->script.L;
    int type = (lua_pushstring(L, "expect"), lua_rawget(L, -2));
    const char *text = NULL;
    bool ok = true;

    if (type == LUA_TTABLE) {
        ok = scenario_check_fields(scenario, "expect", fields, 1, err) &&
             scenario_text(scenario, "fails", &text, err);
        if (ok && text != NULL) {
            snprintf(scenario->fails, sizeof(scenario->fails), "%s", text);
        }
    } else if (type != LUA_TNIL) {
        ok = scenario_fault(scenario, "expect", err,
                            "expect: wanted { fails = \"part of the reason\" }");
    }
    lua_pop(L, 1);
    return ok;
}

static bool read_header(struct scenario *scenario, struct sim_error *err)
{
    lua_State *L = scenario->script.L;
    struct scenario_info *info = &scenario->info;
    const char *name;
    const char *board;
    const char *description;
    uint64_t pes = 1;
    int type;

    if (!scenario_check_fields(scenario, "scenario", header_fields,
                               sizeof(header_fields) / sizeof(header_fields[0]), err) ||
        !scenario_text(scenario, "name", &name, err) ||
        !scenario_text(scenario, "board", &board, err) ||
        !scenario_text(scenario, "description", &description, err) ||
        !scenario_integer(scenario, "pes", 1, RUN_MAX_PES, &pes, err) ||
        !read_limit(scenario, err) || !read_quantum(scenario, err) || !read_resets(scenario, err) ||
        !read_spmc(scenario, err) || !scenario_read_faults(scenario, err) ||
        !read_tags(scenario, err) || !read_expect(scenario, err)) {
        return false;
    }
    if (name == NULL || name[0] == '\0' || strlen(name) >= sizeof(info->name)) {
        return scenario_fault(scenario, "name", err, "name: wanted a text of 1 to %zu characters",
                              sizeof(info->name) - 1);
    }
    board = board != NULL ? board : "sim";
    if (strlen(board) >= sizeof(info->board)) {
        return scenario_fault(scenario, "board", err, "board: the name is too long");
    }
    snprintf(info->name, sizeof(info->name), "%s", name);
    snprintf(info->board, sizeof(info->board), "%s", board);
    info->pe_count = (unsigned)pes;
    type = (lua_pushstring(L, "partitions"), lua_rawget(L, -2));
    info->partition_count = type == LUA_TTABLE ? (unsigned)lua_rawlen(L, -1) : 0;
    lua_pop(L, 1);
    if ((type != LUA_TTABLE && type != LUA_TNIL) || info->partition_count > RUN_MAX_PARTITIONS) {
        return scenario_fault(scenario, "partitions", err,
                              "partitions: wanted a list of at most %d tables", RUN_MAX_PARTITIONS);
    }
    type = (lua_pushstring(L, "finish"), lua_rawget(L, -2));
    scenario->finish = LUA_NOREF;
    if (type == LUA_TFUNCTION) {
        scenario->finish = luaL_ref(L, LUA_REGISTRYINDEX);
        return true;
    }
    lua_pop(L, 1);
    return type == LUA_TNIL ||
           scenario_fault(scenario, "finish", err, "finish: wanted a function of the ended run");
}

/* One --set key=value, typed as the scenario's own default is. */
static bool set_param(struct scenario *scenario, const char *set, struct sim_error *err)
{
    lua_State *L = scenario->script.L; /* params on top */
    const char *equals = strchr(set, '=');
    const char *names[64];
    size_t count = 0;
    char key[64];
    int type;

    if (equals == NULL || equals == set || (size_t)(equals - set) >= sizeof(key)) {
        return sim_fail(err, SIM_BAD_INPUT, "--set '%s': wanted key=value", set);
    }
    snprintf(key, sizeof(key), "%.*s", (int)(equals - set), set);
    lua_pushstring(L, key);
    type = lua_rawget(L, -2);
    lua_pop(L, 1);
    lua_pushstring(L, key);
    if (type == LUA_TNUMBER) {
        struct sim_error bad;
        uint64_t value;

        if (!parse_u64(equals + 1, key, 0, INT64_MAX, &value, &bad)) {
            lua_pop(L, 1);
            return sim_fail(err, SIM_BAD_INPUT, "--set %s", bad.text);
        }
        lua_pushinteger(L, (lua_Integer)value);
    } else if (type == LUA_TBOOLEAN) {
        bool is_true = strcmp(equals + 1, "true") == 0;

        if (!is_true && strcmp(equals + 1, "false") != 0) {
            lua_pop(L, 1);
            return sim_fail(err, SIM_BAD_INPUT, "--set %s: '%.40s' is not true or false", key,
                            equals + 1);
        }
        lua_pushboolean(L, is_true);
    } else if (type == LUA_TSTRING) {
        lua_pushstring(L, equals + 1);
    } else {
        char suggestion[96];

        for (lua_pushnil(L); lua_next(L, -3) != 0; lua_pop(L, 1)) {
            if (lua_type(L, -2) == LUA_TSTRING && count < 64) {
                names[count++] = lua_tostring(L, -2);
            }
        }
        parse_suggest(key, names, count, suggestion, sizeof(suggestion));
        lua_pop(L, 1);
        return sim_fail(err, SIM_BAD_INPUT, "--set %s: %s has no such parameter%s", key,
                        scenario->path, suggestion);
    }
    lua_rawset(L, -3);
    return true;
}

static bool read_params(struct scenario *scenario, const struct scenario_options *options,
                        struct sim_error *err)
{
    lua_State *L = scenario->script.L;
    int type = (lua_pushstring(L, "params"), lua_rawget(L, -2));
    bool ok = true;

    if (type == LUA_TNIL) {
        lua_pop(L, 1);
        lua_newtable(L);
    } else if (type != LUA_TTABLE) {
        lua_pop(L, 1);
        return scenario_fault(scenario, "params", err, "params: wanted a table of defaults");
    }
    for (unsigned i = 0; ok && options != NULL && i < options->set_count; i++) {
        ok = set_param(scenario, options->set[i], err);
    }
    lua_pushglobaltable(L);
    lua_pushstring(L, "params");
    lua_pushvalue(L, -3);
    lua_rawset(L, -3);
    lua_pop(L, 2);
    return ok;
}

struct scenario *scenario_open(const char *path, const struct scenario_options *options,
                               struct sim_error *err)
{
    struct scenario *scenario = calloc(1, sizeof(*scenario));
    const char *slash = strrchr(path, '/');

    if (scenario == NULL || strlen(path) >= sizeof(scenario->path)) {
        free(scenario);
        sim_fail(err, SIM_BAD_INPUT, "the name of the scenario is too long");
        return NULL;
    }
    snprintf(scenario->path, sizeof(scenario->path), "%s", path);
    if (slash != NULL) {
        snprintf(scenario->folder, sizeof(scenario->folder), "%.*s", (int)(slash - path + 1), path);
    }
    scenario->seed = options != NULL ? options->seed : 0;
    scenario->source = calloc(1, 1);
    if (scenario->source == NULL || !script_open(&scenario->script, path, scenario->seed)) {
        sim_fail(err, SIM_INTERNAL, "%s: %s", path, scenario->script.why);
        scenario_free(scenario);
        return NULL;
    }
    return scenario;
}

static bool read_source(struct scenario *scenario, struct sim_error *err)
{
    void *source;
    char *ended;

    if (!files_read(scenario->path, SCENARIO_MAX_FILE_BYTES, &source, &scenario->source_bytes,
                    err)) {
        return false;
    }
    ended = realloc(source, scenario->source_bytes + 1);
    if (ended == NULL) {
        free(source);
        return sim_fail(err, SIM_INTERNAL, "%s: out of memory", scenario->path);
    }
    ended[scenario->source_bytes] = '\0';
    free(scenario->source);
    scenario->source = ended;
    return true;
}

bool scenario_read_header(struct scenario *scenario, const struct scenario_options *options,
                          struct sim_error *err)
{
    bool ok;

    lua_rawgeti(scenario->script.L, LUA_REGISTRYINDEX, scenario->header);
    ok = read_header(scenario, err) && read_params(scenario, options, err);
    lua_settop(scenario->script.L, 0);
    return ok;
}

struct scenario *scenario_load(const char *path, const struct scenario_options *options,
                               struct sim_error *err)
{
    struct scenario *scenario = scenario_open(path, options, err);

    if (scenario != NULL && (!read_source(scenario, err) || !run_file(scenario, err) ||
                             !scenario_read_header(scenario, options, err))) {
        scenario_free(scenario);
        return NULL;
    }
    return scenario;
}

const struct scenario_info *scenario_info(const struct scenario *scenario)
{
    return &scenario->info;
}

const char *scenario_source(const struct scenario *scenario, size_t *size_bytes)
{
    *size_bytes = scenario->source_bytes;
    return scenario->source_bytes != 0 ? scenario->source : NULL;
}

void scenario_free(struct scenario *scenario)
{
    if (scenario == NULL) {
        return;
    }
    script_close(&scenario->script);
    for (unsigned i = 0; i < scenario->blob_count; i++) {
        free(scenario->blob[i]);
        free(scenario->where[i]);
    }
    for (unsigned i = 0; i < scenario->console.count; i++) {
        free(scenario->console.line[i]);
    }
    free(scenario->source);
    free(scenario);
}
