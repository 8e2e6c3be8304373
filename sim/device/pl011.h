/* SPDX-License-Identifier: BSD-3-Clause */
/* Bounds of what a UART adds to a run: a guest that prints for ever must not fill a disk. */
#ifndef SIM_PL011_H
#define SIM_PL011_H

#include "sim/trace/event.h"

/* A line that gets this long is emitted as it is. */
#define PL011_LINE_BYTES EVENT_MAX_TEXT
/* Bytes written to DR in a run, per UART; later ones are dropped after one warning. */
#define PL011_RUN_BYTES (1024u * 1024)

#endif
