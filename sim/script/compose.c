/* SPDX-License-Identifier: BSD-3-Clause */
/* A scenario without a file: its header is made of the parts that a command line names. */
#include <stdio.h>
#include <string.h>

#include "sim/script/scenario_internal.h"

/* The part of a file's name before its first dot, without folders. */
static const char *base_name(const char *path, size_t *length)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash != NULL ? slash + 1 : path;

    *length = strcspn(base, ".");
    return base;
}

/* One manifest may be given twice, but names are unique: the second one gets "-2" behind it. */
static void name_partition(struct scenario *scenario, unsigned index, const char *file)
{
    char *name = scenario->name[index];
    const size_t room = sizeof(scenario->name[0]);
    size_t length;
    const char *base = base_name(file, &length);
    unsigned same = 1;

    if (length == 0) {
        base = "partition";
        length = strlen(base);
    }
    if (length > room - 4) {
        length = room - 4;
    }
    snprintf(name, room, "%.*s", (int)length, base);
    for (unsigned i = 0; i < index; i++) {
        if (strcmp(scenario->name[i], name) == 0) {
            snprintf(name, room, "%.*s-%u", (int)length, base, ++same);
            i = UINT32_MAX; /* from the first one again */
        }
    }
}

static void set_text(lua_State *L, const char *field, const char *text, size_t length)
{
    lua_pushlstring(L, text, length);
    lua_setfield(L, -2, field);
}

static bool push_partition(struct scenario *scenario, unsigned index, const char *given,
                           struct sim_error *err)
{
    lua_State *L = scenario->script.L;
    const char *comma = strchr(given, ',');
    const char *manifest = comma != NULL ? comma + 1 : NULL;

    if (given[0] == '\0' || comma == given || (comma != NULL && manifest[0] == '\0')) {
        return sim_fail(err, SIM_BAD_INPUT, "--partition '%s': wanted PACKAGE or IMAGE,MANIFEST",
                        given);
    }
    lua_createtable(L, 0, 3);
    if (comma == NULL) {
        name_partition(scenario, index, given);
        set_text(L, "package", given, strlen(given));
    } else {
        name_partition(scenario, index, manifest);
        set_text(L, "image", given, (size_t)(comma - given));
        set_text(L, "manifest", manifest, strlen(manifest));
    }
    set_text(L, "name", scenario->name[index], strlen(scenario->name[index]));
    return true;
}

static bool push_partitions(struct scenario *scenario, const struct scenario_parts *parts,
                            struct sim_error *err)
{
    lua_State *L = scenario->script.L;

    lua_createtable(L, (int)parts->partition_count, 0);
    for (unsigned i = 0; i < parts->partition_count; i++) {
        if (!push_partition(scenario, i, parts->partition[i], err)) {
            return false;
        }
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_setfield(L, -2, "partitions");
    return true;
}

static bool push_header(struct scenario *scenario, const struct scenario_parts *parts,
                        struct sim_error *err)
{
    lua_State *L = scenario->script.L;
    size_t length;
    const char *base = base_name(parts->normal_world, &length);

    if (parts->partition_count > RUN_MAX_PARTITIONS) {
        return sim_fail(err, SIM_BAD_INPUT, "%u partitions; at most %d can run",
                        parts->partition_count, RUN_MAX_PARTITIONS);
    }
    lua_createtable(L, 0, 3);
    set_text(L, "name", length != 0 ? base : "run",
             length == 0                    ? 3
             : length < SCENARIO_NAME_BYTES ? length
                                            : SCENARIO_NAME_BYTES - 1);
    lua_createtable(L, 0, 3);
    set_text(L, "image", parts->normal_world, strlen(parts->normal_world));
    if (parts->normal_world_el != 0) {
        lua_pushinteger(L, (lua_Integer)parts->normal_world_el);
        lua_setfield(L, -2, "el");
    }
    if (parts->normal_world_load != 0) {
        lua_pushinteger(L, (lua_Integer)parts->normal_world_load);
        lua_setfield(L, -2, "load");
    }
    lua_setfield(L, -2, "normal_world");
    if (!push_partitions(scenario, parts, err)) {
        return false;
    }
    scenario->header = luaL_ref(L, LUA_REGISTRYINDEX);
    return true;
}

struct scenario *scenario_compose(const struct scenario_parts *parts,
                                  const struct scenario_options *options, struct sim_error *err)
{
    struct scenario *scenario = scenario_open("command line", options, err);

    if (scenario != NULL &&
        (!push_header(scenario, parts, err) || !scenario_read_header(scenario, options, err))) {
        scenario_free(scenario);
        return NULL;
    }
    return scenario;
}
