/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A board as its device tree describes it. Nothing about a board is known to the code: what is
 * where, in which security state, comes from platforms/<board>/board.dts by the devices' own
 * bindings.
 *
 * Security state of a node, by the Linux "secure" binding: `status` says whether the normal world
 * has it, `secure-status` whether the secure world has it (default: the value of `status`). A
 * memory node belongs to one world only: to the secure one when it is disabled for the normal one.
 */
#ifndef SIM_BOARD_H
#define SIM_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/machine/error.h"

#define BOARD_MAX_RAM     32
#define BOARD_MAX_DEVICES 96
#define BOARD_MAX_REGS    8
#define BOARD_MAX_PES     64

/* The memory-mapped generic timer, and the name by which a device model answers for its frames. */
#define BOARD_TIMER_MEM   "arm,armv7-timer-mem"
#define BOARD_TIMER_FRAME "arm,armv7-timer-mem-frame"

struct board_ram {
    char name[64]; /* node name */
    uint64_t base;
    uint64_t size_bytes;
    bool secure;
};

struct board_reg {
    uint64_t base;
    uint64_t size_bytes;
};

struct board_device {
    char path[128];
    char compatible[64]; /* the first string; in a machine the first that a model answers */
    int node;            /* offset in the tree, for bindings with more properties */
    unsigned reg_count;
    struct board_reg reg[BOARD_MAX_REGS];
    unsigned interrupt_cells; /* of one entry of `interrupts`, as its interrupt parent says */
    bool secure;              /* visible to the secure world */
    bool non_secure;          /* visible to the normal world */
};

struct board {
    char name[64]; /* root "model", else "compatible" */
    void *fdt;     /* own copy, kept for bindings */
    size_t fdt_size_bytes;
    unsigned pe_count;
    uint64_t mpidr[BOARD_MAX_PES];
    bool threads; /* MPIDR_EL1.MT: several PEs, and Aff0, the thread, is 0 in each */
    unsigned ram_count;
    struct board_ram ram[BOARD_MAX_RAM];
    unsigned device_count;
    struct board_device device[BOARD_MAX_DEVICES];
    uint64_t counter_hz; /* generic timer: clock-frequency of arm,armv8-timer, else 62.5 MHz */
};

/* Decodes a flattened device tree. `where` names it in diagnostics. False: err says what and where.
 */
bool board_read(const void *fdt, size_t size_bytes, const char *where, struct board *out,
                struct sim_error *err);
void board_free(struct board *board);

#endif
