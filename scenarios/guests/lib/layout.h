/* SPDX-License-Identifier: BSD-3-Clause */
/* Sizes that C, assembly and guest.ld agree on. Constants only: assembly includes it. */
#ifndef GUEST_LAYOUT_H
#define GUEST_LAYOUT_H

/* One slot a PE, from low to high: guard page (unmapped), stack, exception stack. */
#define STACK_SLOT_BYTES      0x4000
#define STACK_GUARD_BYTES     0x1000
#define STACK_BYTES           0x2000
#define EXCEPTION_STACK_BYTES 0x1000

/* struct exception_frame: x0..x30, sp, then padding to 16 bytes */
#define FRAME_SP    248
#define FRAME_BYTES 256

#endif
