/* SPDX-License-Identifier: BSD-3-Clause */
/* A machine with a GIC and one device under test, on PE 0's clock. */
#ifndef TESTS_MACHINE_DEVICES_H
#define TESTS_MACHINE_DEVICES_H

#include "tree.h"

#define S  BUS_SECURE
#define NS BUS_NON_SECURE

extern struct told devices_told;
extern struct machine *devices_machine;

/* The fixture: devices_use() says what the machine has besides 2 PEs and a GIC. */
void devices_use(void (*more)(struct tree *tree));
void devices_begin(void);
void devices_end(void);

/* A device's node with its interrupts (cells: type, number, flags each) and clock (0: none). */
void devices_node(struct tree *tree, const char *name, const char *compatible, uint64_t base,
                  unsigned interrupts, const uint32_t *cells, uint32_t clock_hz);

/* Runs `body` on PE 0; gives why the run ended. */
enum machine_end devices_run(void (*body)(struct sim_pe *pe));

/* For a body: time passes; registers; the level of a line at the GIC. */
void until_ns(struct sim_pe *pe, uint64_t ns);
uint64_t get(uint64_t pa, unsigned size, enum bus_pas pas);
void put(uint64_t pa, unsigned size, enum bus_pas pas, uint64_t value);
uint32_t get32(uint64_t pa);
void put32(uint64_t pa, uint32_t value);
bool line_is_up(uint32_t intid);

/* That the tree with `more` makes no machine, and that the reason has `text`. */
void expect_refused(void (*more)(struct tree *tree), const char *text);

#endif
