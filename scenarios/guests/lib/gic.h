/* SPDX-License-Identifier: BSD-3-Clause */
/* GICv3 as a normal-world kernel at EL1 has it; the addresses are those of the board "qemu". */
#ifndef GUEST_GIC_H
#define GUEST_GIC_H

#include <stdint.h>

/* Maps the frames: once, before any PE's gic_init_pe(). */
void gic_map(void);

/* The CPU interface of this PE: all priorities and Group 1 let in. */
void gic_init_pe(void);

/* An SGI or PPI of PE `pe`. */
void gic_enable(unsigned pe, uint32_t intid);
void gic_disable(unsigned pe, uint32_t intid);

/* Acknowledges (1020 and up: there is none) and ends. */
uint32_t gic_take(void);
void gic_end(uint32_t intid);

/* A Group 1 SGI to PE `pe`. */
void gic_send(unsigned pe, uint32_t intid);

#endif
