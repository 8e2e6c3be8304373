/* SPDX-License-Identifier: BSD-3-Clause */
/* Direct requests from the normal world to a partition that answers with the same payload. */
#ifndef KERNEL_DRIVE_H
#define KERNEL_DRIVE_H

#include <stdint.h>

#include "ffa.h"

/* Id of the only partition with this service; 0 when there is none. */
uint16_t drive_find(struct ffa_uuid uuid);

/* Sends each form of a request and checks that the payload comes back whole. */
void drive_echo(uint16_t id, struct ffa_uuid service);

#endif
