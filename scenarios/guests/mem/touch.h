/* SPDX-License-Identifier: BSD-3-Clause */
/* Accesses that may be refused. One PE at a time. */
#ifndef MEM_TOUCH_H
#define MEM_TOUCH_H

#include "commands.h"
#include "exception.h"

/* Makes the access; *value is what is written, then what was read or what the code answered. */
struct exception_report touch(enum mem_access access, uint64_t address, uint64_t *value);

#endif
