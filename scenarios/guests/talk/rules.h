/* SPDX-License-Identifier: BSD-3-Clause */
/* The talks that the kernel and a partner hold alike; each one asserts what it finds. */
#ifndef TALK_RULES_H
#define TALK_RULES_H

#include <stdint.h>

#include "ffa.h"

/* FFA_VERSION while nothing else was called: every version is refused or taken; `settled` last. */
void rules_version_open(uint32_t settled);
/* FFA_VERSION afterwards: only the settled one. */
void rules_version_settled(void);
/* FFA_ID_GET, FFA_SPM_ID_GET */
void rules_identities(void);

/* FFA_FEATURES of each function and feature that there may be. */
void rules_features(void);

/* FFA_RXTX_MAP and what follows; `foreign`: a page of another owner. No buffers before and after.
 */
void rules_rxtx(uint64_t foreign);

/* Both ways to list the partitions say the same: `count` entries for this caller. */
uint64_t rules_discovery(uint32_t count);

/* Every form of a request to echo, with all registers in use. */
void rules_messages(uint16_t echo);

/* Registers x0 to x30 over calls: what is returned, what is kept, what is zero. */
void rules_registers(uint16_t echo);

/* FFA_CONSOLE_LOG */
void rules_console(const char *name);

/* Functions that nobody has; `listed`: one that EL3 answers for this caller, 0: none. */
void rules_unknown(uint32_t listed);

#endif
