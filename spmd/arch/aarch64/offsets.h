/* SPDX-License-Identifier: BSD-3-Clause */
/* Numbers that assembly and C share; el3.h asserts that they are what the structures have. */
#ifndef SPMD_AARCH64_OFFSETS_H
#define SPMD_AARCH64_OFFSETS_H

/* struct el3_world */
#define WORLD_X    0
#define WORLD_ELR  248
#define WORLD_SPSR 256
#define WORLD_KEYS 264 /* ten registers */

/* struct el3_pe */
#define PE_NOW   0 /* pointer to the world that runs */
#define PE_STACK 8
#define PE_BYTES 4096

#define EL3_STACK_BYTES 4096

#endif
