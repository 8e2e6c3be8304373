/* SPDX-License-Identifier: BSD-3-Clause */
/* What a well-behaved partition would not do. */
#ifndef ECHO_MISBEHAVE_H
#define ECHO_MISBEHAVE_H

#include <stdbool.h>
#include <stdint.h>

#include "exception.h"

/* Reads or writes `address`, after mapping its page in stage 1 if `map`, and says what came. */
struct exception_report misbehave_touch(uintptr_t address, bool write, bool map);

/* ECHO_CMD_PROTECTION */
struct exception_report misbehave_protection(unsigned what);

/* The commands that do not answer; returns for anything else. */
void misbehave_for_good(uint32_t command);

#endif
