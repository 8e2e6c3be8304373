/* SPDX-License-Identifier: BSD-3-Clause */
/* From a scenario's header to a run_config: partitions, normal world, board. */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/script/parse.h"
#include "sim/script/scenario_internal.h"

static const char *const partition_fields[] = {"name",         "image",  "manifest", "package",
                                               "load",         "memory", "vcpus",    "smc_allowed",
                                               "spkg_version", "script"};
static const char *const nwd_fields[] = {"image", "load", "el", "script"};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* The function in a field becomes an entry of scripted contexts; *has says whether there is one. */
static bool take_function(struct scenario *scenario, const char *field, struct script_entry *entry,
                          bool *has, struct sim_error *err)
{
    lua_State *L = scenario->script.L;
    int type = (lua_pushstring(L, field), lua_rawget(L, -2));

    *has = type == LUA_TFUNCTION;
    if (*has) {
        entry->script = &scenario->script;
        entry->function = luaL_ref(L, LUA_REGISTRYINDEX);
        return true;
    }
    lua_pop(L, 1);
    return type == LUA_TNIL ||
           scenario_fault(scenario, field, err, "%s: wanted a function, got a %s", field,
                          lua_typename(L, type));
}

static bool read_memory(struct scenario *scenario, uint64_t *bytes, struct sim_error *err)
{
    lua_State *L = scenario->script.L;
    int type = (lua_pushstring(L, "memory"), lua_rawget(L, -2));
    struct sim_error bad;
    bool ok = true;

    if (type == LUA_TSTRING) {
        ok = parse_size(lua_tostring(L, -1), "memory", 1ull << 32, bytes, &bad) ||
             scenario_fault(scenario, "memory", err, "%s", bad.text);
        lua_pop(L, 1);
    } else {
        lua_pop(L, 1);
        ok = scenario_integer(scenario, "memory", 4096, 1ull << 32, bytes, err);
    }
    return ok && (*bytes % 4096 == 0 ||
                  scenario_fault(scenario, "memory", err,
                                 "memory: found %" PRIu64 ", want whole pages of 4096", *bytes));
}

static bool read_smc_allowed(struct scenario *scenario, unsigned index,
                             struct run_partition *partition, struct sim_error *err)
{
    lua_State *L = scenario->script.L;
    int type = (lua_pushstring(L, "smc_allowed"), lua_rawget(L, -2));
    lua_Unsigned count = type == LUA_TTABLE ? lua_rawlen(L, -1) : 0;
    bool ok = type == LUA_TNIL || (type == LUA_TTABLE && count <= MANIFEST_MAX_SMC_ALLOWED);

    for (lua_Unsigned i = 0; ok && i < count; i++) {
        lua_rawgeti(L, -1, (lua_Integer)i + 1);
        ok =
            lua_isinteger(L, -1) && lua_tointeger(L, -1) >= 0 && lua_tointeger(L, -1) <= UINT32_MAX;
        scenario->smc_allowed[index][i] = (uint32_t)lua_tointeger(L, -1);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    partition->smc_allowed = scenario->smc_allowed[index];
    partition->smc_allowed_count = (uint32_t)count;
    return ok || scenario_fault(scenario, "smc_allowed", err,
                                "smc_allowed: wanted at most %u function identifiers",
                                MANIFEST_MAX_SMC_ALLOWED);
}

/* "guests/echo.bin" is called echo when nothing else names it. */
static bool name_partition(struct scenario *scenario, unsigned index, const char *name,
                           const char *file, struct sim_error *err)
{
    char *out = scenario->name[index];
    const char *slash;
    size_t length;

    if (name == NULL && file == NULL) {
        return scenario_fault(scenario, "partitions", err,
                              "partition %u: a scripted partition needs a name", index + 1);
    }
    if (name == NULL) {
        slash = strrchr(file, '/');
        name = slash != NULL ? slash + 1 : file;
        length = strcspn(name, ".");
    } else {
        length = strlen(name);
    }
    if (length == 0 || length >= sizeof(scenario->name[0])) {
        return scenario_fault(scenario, "partitions", err,
                              "partition %u: a name has 1 to %zu characters", index + 1,
                              sizeof(scenario->name[0]) - 1);
    }
    snprintf(out, sizeof(scenario->name[0]), "%.*s", (int)length, name);
    for (unsigned i = 0; i < index; i++) {
        if (strcmp(scenario->name[i], out) == 0) {
            return scenario_fault(scenario, "partitions", err,
                                  "partition %u: the name '%s' is taken; give it another one",
                                  index + 1, out);
        }
    }
    return true;
}

/* vcpus = "pes": as many as there are PEs, whatever the manifest says; else a number. */
static bool read_vcpus(struct scenario *scenario, struct run_partition *partition,
                       struct sim_error *err)
{
    lua_State *L = scenario->script.L;
    uint64_t vcpus = 0;

    lua_pushstring(L, "vcpus");
    if (lua_rawget(L, -2) == LUA_TSTRING) {
        partition->vcpu_on_each_pe = strcmp(lua_tostring(L, -1), "pes") == 0;
    }
    lua_pop(L, 1);
    if (!partition->vcpu_on_each_pe &&
        !scenario_integer(scenario, "vcpus", 1, RUN_MAX_PES, &vcpus, err)) {
        return false;
    }
    partition->vcpu_count = (uint32_t)vcpus;
    return true;
}

static bool read_partition(struct scenario *scenario, const char *share, unsigned index,
                           struct run_partition *partition, struct sim_error *err)
{
    struct script_entry *entry = &scenario->entry[index];
    const char *name;
    const char *image;
    const char *manifest;
    const char *package;
    uint64_t version = 0;
    bool scripted;

    if (!scenario_check_fields(scenario, "partition", partition_fields, COUNT(partition_fields),
                               err) ||
        !scenario_text(scenario, "name", &name, err) ||
        !scenario_text(scenario, "image", &image, err) ||
        !scenario_text(scenario, "manifest", &manifest, err) ||
        !scenario_text(scenario, "package", &package, err) ||
        !scenario_integer(scenario, "load", 4096, 1ull << 40, &partition->load_address, err) ||
        !read_vcpus(scenario, partition, err) ||
        !scenario_integer(scenario, "spkg_version", 1, 2, &version, err) ||
        !read_memory(scenario, &partition->mem_size_bytes, err) ||
        !read_smc_allowed(scenario, index, partition, err) ||
        !take_function(scenario, "script", entry, &scripted, err) ||
        !name_partition(scenario, index, name, image != NULL ? image : package, err)) {
        return false;
    }
    partition->name = scenario->name[index];
    partition->package_version = (uint32_t)version;
    entry->partition_index = index;
    if (scripted) {
        partition->make = script_make_context;
        partition->make_user = entry;
    } else if (image == NULL && package == NULL) {
        return scenario_fault(scenario, "partitions", err,
                              "partition %u: wanted image, package or script", index + 1);
    }
    if (package != NULL) {
        return (image == NULL && manifest == NULL) ||
                       scenario_fault(scenario, "package", err,
                                      "package: brings its own image and manifest")
                   ? files_load(scenario, share, "package", package, ".pkg", &partition->package,
                                err)
                   : false;
    }
    if (manifest == NULL && image == NULL) {
        return scenario_fault(scenario, "partitions", err, "partition %u: wanted a manifest",
                              index + 1);
    }
    return (image == NULL ||
            files_load(scenario, share, "image", image, ".bin", &partition->image, err)) &&
           files_load(scenario, share, "manifest", manifest != NULL ? manifest : image, ".dtb",
                      &partition->manifest, err);
}

static bool read_partitions(struct scenario *scenario, const char *share, struct run_config *config,
                            struct sim_error *err)
{
    lua_State *L = scenario->script.L;
    bool ok = true;

    lua_pushstring(L, "partitions");
    lua_rawget(L, -2);
    config->partition_count = scenario->info.partition_count;
    for (unsigned i = 0; ok && i < config->partition_count; i++) {
        if (lua_rawgeti(L, -1, (lua_Integer)i + 1) == LUA_TTABLE) {
            ok = read_partition(scenario, share, i, &config->partition[i], err);
        } else {
            ok = scenario_fault(scenario, "partitions", err,
                                "partition %u: wanted a table like { image = \"echo\" }", i + 1);
        }
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return ok;
}

static bool read_nwd_table(struct scenario *scenario, const char *share, struct run_nwd *nwd,
                           struct sim_error *err)
{
    const char *image;
    uint64_t el = 1;
    bool scripted;

    if (!scenario_check_fields(scenario, "normal_world", nwd_fields, COUNT(nwd_fields), err) ||
        !scenario_text(scenario, "image", &image, err) ||
        !scenario_integer(scenario, "load", 4096, 1ull << 40, &nwd->load_address, err) ||
        !scenario_integer(scenario, "el", 1, 2, &el, err) ||
        !take_function(scenario, "script", &scenario->nwd_entry, &scripted, err)) {
        return false;
    }
    nwd->el = (unsigned)el;
    if (scripted == (image != NULL)) {
        return scenario_fault(scenario, "normal_world", err,
                              "normal_world: wanted either image or script");
    }
    if (scripted) {
        nwd->make = script_make_context;
        nwd->make_user = &scenario->nwd_entry;
        return true;
    }
    return files_load(scenario, share, "image", image, ".bin", &nwd->image, err);
}

static bool read_nwd(struct scenario *scenario, const char *share, struct run_nwd *nwd,
                     struct sim_error *err)
{
    lua_State *L = scenario->script.L;
    bool scripted;
    bool ok;

    nwd->el = 1;
    lua_pushstring(L, "normal_world");
    if (lua_rawget(L, -2) == LUA_TTABLE) {
        ok = read_nwd_table(scenario, share, nwd, err);
        lua_pop(L, 1);
    } else {
        lua_pop(L, 1);
        ok = take_function(scenario, "normal_world", &scenario->nwd_entry, &scripted, err);
        nwd->make = script_make_context;
        nwd->make_user = &scenario->nwd_entry;
        if (ok && !scripted) {
            ok = scenario_fault(scenario, NULL, err,
                                "wanted normal_world = function(nw) ... end, or { image = ... }");
        }
    }
    scenario->nwd_entry.script = &scenario->script;
    scenario->nwd_entry.normal_world = true;
    return ok;
}

/* Who plays the normal world of the PEs that it starts. */
static bool read_secondary(struct scenario *scenario, struct run_nwd *nwd, struct sim_error *err)
{
    struct script_entry *entry = &scenario->secondary_entry;
    bool scripted;

    if (!take_function(scenario, "secondary", entry, &scripted, err)) {
        return false;
    }
    if (scripted && nwd->make == NULL) {
        return scenario_fault(
            scenario, "secondary", err,
            "secondary: the image of normal_world runs on every PE; leave it out");
    }
    if (scripted) {
        entry->normal_world = true;
        nwd->make_secondary = script_make_context;
        nwd->make_secondary_user = entry;
    }
    return true;
}

static void on_event(struct trace_sink *sink, const struct trace_event *event)
{
    struct scenario_console *console = (struct scenario_console *)sink;

    if (event->header.type == EVENT_UART && console->count < SCENARIO_MAX_CONSOLE) {
        char *line = strndup(event->text != NULL ? event->text : "", event->header.text_bytes);

        if (line != NULL) {
            console->line[console->count++] = line;
        }
    }
}

bool scenario_configure(struct scenario *scenario, const char *share, const char *board,
                        struct trace *trace, struct run_config *config, struct sim_error *err)
{
    lua_State *L = scenario->script.L;
    bool ok;

    board = board != NULL ? board : scenario->info.board;
    memset(config, 0, sizeof(*config));
    config->name = scenario->info.name;
    config->pe_count = scenario->info.pe_count;
    config->limit_ns = scenario->info.limit_ns;
    config->quantum_least_ns = scenario->info.quantum_least_ns;
    config->quantum_most_ns = scenario->info.quantum_most_ns;
    config->resets = scenario->info.resets;
    config->reset_lose_ram = scenario->info.reset_lose_ram;
    config->per_vcpu_notifications = scenario->info.per_vcpu_notifications;
    config->seed = scenario->seed;
    scenario->faults = scenario->info.faults;
    config->faults = scenario->faults.count != 0 ? &scenario->faults : NULL;
    config->trace = trace;
    scenario->script.trace = trace;
    if (scenario->finish != LUA_NOREF) {
        scenario->console.sink.event = on_event;
        trace_add_sink(trace, &scenario->console.sink);
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, scenario->header);
    ok = files_load_board(scenario, share, board, "board", &config->board, err) &&
         files_load_board(scenario, share, board, "spmc_manifest", &config->spmc_manifest, err) &&
         read_partitions(scenario, share, config, err) &&
         read_nwd(scenario, share, &config->nwd, err) &&
         read_secondary(scenario, &config->nwd, err);
    lua_settop(L, 0);
    return ok;
}
