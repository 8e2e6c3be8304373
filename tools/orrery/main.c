/* SPDX-License-Identifier: BSD-3-Clause */
/* orrery: the command line of the simulator. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "sim/machine/error.h"
#include "sim/script/parse.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
} commands[] = {
    {"run", cmd_run, "run scenarios and judge them"},
    {"replay", cmd_replay, "run a tape again and compare"},
    {"explore", cmd_explore, "run scenarios many times, with other schedules, and keep what fails"},
    {"shrink", cmd_shrink, "make the failure on a tape smaller"},
    {"list", cmd_list, "list the scenarios of a folder"},
    {"trace", cmd_trace, "print, compare or hash recorded traces"},
    {"flash", cmd_flash, "put a scenario and its firmware into a flash image"},
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

int command_usage(const char *command, const char *format, ...)
{
    va_list args;

    fprintf(stderr, "orrery %s: ", command);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, "; see orrery %s --help\n", command);
    return SIM_BAD_INPUT;
}

const char *command_share(void)
{
    static char path[4096];
    const char *given = getenv("ORRERY_SHARE");
    ssize_t length;
    char *slash;

    if (given != NULL && given[0] != '\0') {
        return given;
    }
    length = readlink("/proc/self/exe", path, sizeof(path) - 32);
    if (length > 0) {
        path[length] = '\0';
        slash = strrchr(path, '/');
        strcpy(slash != NULL ? slash : path, "/../share/orrery");
        if (access(path, R_OK) == 0) {
            return path;
        }
    }
    return ORRERY_INSTALLED_SHARE;
}

static void help(FILE *out)
{
    fprintf(out, "usage: orrery COMMAND [OPTION]... [FILE]...\n\n"
                 "A Secure Partition Manager for Arm A-profile on a deterministic machine.\n\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].summary);
    }
    fprintf(out, "\norrery COMMAND --help tells more; orrery --version prints the version.\n"
                 "Exit status: 0 pass, 1 a scenario failed, 2 usage or bad input, 3 internal "
                 "fault.\n");
}

static int unknown(const char *name)
{
    const char *names[COMMAND_COUNT];
    char suggestion[64];

    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        names[i] = commands[i].name;
    }
    parse_suggest(name, names, COMMAND_COUNT, suggestion, sizeof(suggestion));
    fprintf(stderr, "orrery: unknown command '%s'%s; see orrery --help\n", name, suggestion);
    return SIM_BAD_INPUT;
}

/* A closed standard stream's number must not go to the next file that is opened. */
static bool check_streams(void)
{
    bool has_output = fcntl(STDOUT_FILENO, F_GETFD) >= 0;

    for (int fd = open("/dev/null", O_RDWR); fd >= 0; fd = open("/dev/null", O_RDWR)) {
        if (fd > STDERR_FILENO) {
            close(fd);
            break;
        }
    }
    return has_output;
}

int main(int argc, char **argv)
{
    int status = -1;

    if (!check_streams()) {
        fprintf(stderr, "orrery: standard output is closed\n");
        return SIM_INTERNAL;
    }

    signal(SIGXFSZ, SIG_IGN); /* a file that gets too large is told like a full disk */
    if (argc < 2) {
        help(stderr);
        return SIM_BAD_INPUT;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        help(stdout);
        status = SIM_PASS;
    } else if (strcmp(argv[1], "--version") == 0) {
        printf("orrery %s\n", ORRERY_VERSION);
        status = SIM_PASS;
    }
    for (size_t i = 0; status < 0 && i < COMMAND_COUNT; i++) {
        if (strcmp(argv[1], commands[i].name) == 0) {
            status = commands[i].run(argc - 1, argv + 1);
        }
    }
    if (status < 0) {
        return unknown(argv[1]);
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "orrery: can not write to standard output\n");
        return status != SIM_PASS ? status : SIM_INTERNAL;
    }
    return status;
}
