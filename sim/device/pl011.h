/* SPDX-License-Identifier: BSD-3-Clause */
/* UARTs as the rest of the machine sees them: input from outside, and bounds of their output. */
#ifndef SIM_PL011_H
#define SIM_PL011_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/machine/machine.h"
#include "sim/trace/event.h"

/* What may wait for a UART's receiver. */
#define PL011_INPUT_BYTES 65536u

/*
 * Sends bytes to a UART of the board, from now on (machine_now()): they wait until its receiver is
 * on and has room, and none is lost. `which` is the node's path, its name ("serial@9000000"), or
 * its number among the board's UARTs in the order of the tree ("0"). False: there is no such UART,
 * or more than PL011_INPUT_BYTES wait.
 */
bool pl011_receive(struct machine *machine, const char *which, const void *bytes, size_t n);

/* A guest that prints for ever must not fill a disk. */

/* A line that gets this long is emitted as it is. */
#define PL011_LINE_BYTES EVENT_MAX_TEXT
/* Bytes written to DR in a run, per UART; later ones are dropped after one warning. */
#define PL011_RUN_BYTES (1024u * 1024)

#endif
