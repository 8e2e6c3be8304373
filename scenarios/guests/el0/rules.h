/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef EL0_RULES_H
#define EL0_RULES_H

#include <stdint.h>

/* FFA_MEM_PERM_GET and _SET, while the partition starts: what holds for this version. */
void rules_mem_perm(uint32_t version);

/* What FFA_MEM_PERM_GET and _SET say afterwards. */
void rules_mem_perm_is_over(void);

/* A page that rules_mem_perm() left read-only, and one that it left writable. */
extern uint8_t *const rules_read_only_page;
extern uint8_t *const rules_writable_page;

/* Commands that leave the partition dead; returns if `command` is none of them. */
void rules_die(uint32_t command);

/* Instructions that EL0 may use. */
void rules_allowed(void);

/* Registers that no call carries: see state_change() of the talks. */
uint64_t rules_state(uint64_t number);

#endif
