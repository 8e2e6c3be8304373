/* SPDX-License-Identifier: BSD-3-Clause */
/* Subcommands of orrery. argv[0] is the subcommand's name; the result is the exit status. */
#ifndef ORRERY_COMMANDS_H
#define ORRERY_COMMANDS_H

int cmd_run(int argc, char **argv);
int cmd_replay(int argc, char **argv);
int cmd_explore(int argc, char **argv);
int cmd_shrink(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_trace(int argc, char **argv);
int cmd_flash(int argc, char **argv);

/* The folder with platforms/ and guests/: ORRERY_SHARE, beside the program, or as installed. */
const char *command_share(void);

/* One line on stderr, "orrery COMMAND: text"; returns the status for bad usage. */
int command_usage(const char *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
