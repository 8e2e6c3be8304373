/* SPDX-License-Identifier: BSD-3-Clause */
/* orrery list: what scenarios a folder holds, from their headers alone. */
#define _DEFAULT_SOURCE
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "sim/machine/error.h"
#include "sim/script/scenario.h"

static int is_lua(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);

    return length > 4 && strcmp(entry->d_name + length - 4, ".lua") == 0;
}

/* By bytes: the locale must not change the order. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static enum sim_status list_one(const char *path)
{
    struct sim_error err;
    struct scenario *scenario = scenario_load(path, NULL, &err);
    const struct scenario_info *info;

    if (scenario == NULL) {
        fflush(stdout);
        fprintf(stderr, "orrery list: %s\n", err.text);
        return err.status;
    }
    info = scenario_info(scenario);
    printf("%-52s %s", path, info->name);
    for (unsigned i = 0; i < info->tag_count; i++) {
        printf("%s%s", i == 0 ? "  [" : ", ", info->tag[i]);
    }
    printf("%s\n", info->tag_count != 0 ? "]" : "");
    scenario_free(scenario);
    return SIM_PASS;
}

int cmd_list(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : "scenarios";
    enum sim_status worst = SIM_PASS;
    struct dirent **entries;
    char path[2048];
    int count;

    if (argc > 1 && strcmp(argv[1], "--help") == 0) {
        printf("usage: orrery list [DIR]\n\nLists the scenarios of DIR (default: scenarios): file, "
               "name and tags.\n");
        return SIM_PASS;
    }
    if (argc > 2 || folder[0] == '-') {
        return command_usage("list", "wanted one folder");
    }
    count = scandir(folder, &entries, is_lua, by_name);
    if (count < 0) {
        fprintf(stderr, "orrery list: %s: %s\n", folder, strerror(errno));
        return SIM_BAD_INPUT;
    }
    for (int i = 0; i < count; i++) {
        enum sim_status one;

        snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
        one = list_one(path);
        worst = one > worst ? one : worst;
        free(entries[i]);
    }
    free(entries);
    return (int)worst;
}
