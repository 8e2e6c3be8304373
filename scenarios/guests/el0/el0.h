/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Commands to the partition `el0`, as first word of a 64-bit direct request. It answers
 * {EL0_DONE, result}. A check of its own that fails stops it by FFA_ABORT.
 */
#ifndef EL0_EL0_H
#define EL0_EL0_H

#define EL0_DONE 0xe10d0u

#define EL0_CMD_RULES   0xe1000u /* what it may call while it serves */
#define EL0_CMD_STATE   0xe1001u /* a1: number; result: that of last time, as it was kept */
#define EL0_CMD_ALLOWED 0xe1002u /* instructions that EL0 may use, WFI among them */

/* These do not answer: the partition is gone. */
#define EL0_CMD_WRITE_READ_ONLY 0xe1010u
#define EL0_CMD_CALL_DATA       0xe1011u
#define EL0_CMD_SMC             0xe1012u
#define EL0_CMD_HVC             0xe1013u
#define EL0_CMD_READ_SCTLR      0xe1014u
#define EL0_CMD_WRITE_VBAR      0xe1015u
#define EL0_CMD_READ_DAIF       0xe1016u
#define EL0_CMD_ERET            0xe1017u
#define EL0_CMD_BREAKPOINT      0xe1018u
#define EL0_CMD_JUMP_ODD        0xe1019u
#define EL0_CMD_PHYSICAL_TIMER  0xe101au
#define EL0_CMD_LAST            EL0_CMD_PHYSICAL_TIMER

/* Reads (a2 = 0), writes (1) or calls (2) the address a1; lives if it may. */
#define EL0_CMD_TOUCH 0xe1020u

/* Addresses, relative to the package: where its manifest puts its regions. */
#define EL0_ZEROED_OFFSET   0x30000u
#define EL0_CONSTANT_OFFSET 0x32000u
#define EL0_CODE_OFFSET     0x33000u
#define EL0_IMAGE_OFFSET    0x4000u
#define EL0_NORMAL_WORLD    0x60000000u
#define EL0_DEVICE          0x09000000u

#endif
