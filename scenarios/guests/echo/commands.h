/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef ECHO_COMMANDS_H
#define ECHO_COMMANDS_H

#include "serve.h"

/* Does what the payload says, if it is a command (guest_commands.h), and leaves the answer in it.
 */
void echo_command(const struct request *request);

#endif
