/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * First instructions of an S-EL0 partition. Entry state: EL0t, SP unset, the SPMC's tables in force,
 * in which all memory of the partition can be read and executed, and none of it written. Until the
 * data and the stack are writable there are only registers.
 *
 * Assembled once for each guest, with GUEST_PARAMETER.
 */
#include "layout.h"
#include "relocate.inc"

#define PERM_SET_LOW  0x0089            /* FFA_MEM_PERM_SET_64 */
#define PERM_SET_HIGH 0xc400
#define PERM_RW       5
#define PERM_RO       7
#define SUCCESS_LOW   0x0061            /* FFA_SUCCESS_32 */
#define SUCCESS_HIGH  0x8400
#define ABORT_LOW     0x0090            /* FFA_ABORT_32 */
#define ABORT_HIGH    0x8400

    .section .text.entry, "ax"
    .global _start
_start:
    b       primary
    .word   0
    /* At image offset 8, as in every guest */
    .global guest_parameter
guest_parameter:
    .quad   GUEST_PARAMETER

    .global __stack_slots
    .set    __stack_slots, 1

    /* [x1, x2) gets permission \perm */
    .macro  permission perm
    sub     x2, x2, x1
    lsr     x2, x2, #12
    mov     x3, #\perm
    bl      set_permission
    .endm

primary:
    mov     x21, x0
    mov     x22, x1
    mov     x23, x2
    mov     x24, x3
    adrp    x20, __image_start

    adrp    x1, __rodata_start
    adrp    x2, __data_start
    permission PERM_RO
    adrp    x1, __data_start
    adrp    x2, __stacks_start
    permission PERM_RW
    /* The guard page under the stack: a push there is the partition's end. */
    adrp    x1, __stacks_start
    add     x2, x1, #STACK_GUARD_BYTES
    permission PERM_RO
    adrp    x1, __stacks_start
    add     x1, x1, #STACK_GUARD_BYTES
    adrp    x2, __stacks_end
    permission PERM_RW

    adrp    x0, __bss_start
    add     x0, x0, :lo12:__bss_start
    adrp    x1, __bss_end
    add     x1, x1, :lo12:__bss_end
1:  cmp     x0, x1
    b.hs    2f
    stp     xzr, xzr, [x0], #16
    b       1b

2:  relocate 4f

4:  adrp    x0, guest_entry_registers
    add     x0, x0, :lo12:guest_entry_registers
    stp     x21, x22, [x0]
    stp     x23, x24, [x0, #16]
    adrp    x0, __stacks_start
    add     x0, x0, #(STACK_GUARD_BYTES + STACK_BYTES / 2)
    add     sp, x0, #(STACK_BYTES / 2)
    bl      guest_el0_main
    b       give_up                     /* it does not return */

    /* x1: address, x2: pages, x3: permission. Clobbers x0 to x7. */
set_permission:
    cbz     x2, 5f
    mov     w0, #PERM_SET_LOW
    movk    w0, #PERM_SET_HIGH, lsl #16
    mov     x4, xzr
    mov     x5, xzr
    mov     x6, xzr
    mov     x7, xzr
    svc     #0
    mov     w1, #SUCCESS_LOW
    movk    w1, #SUCCESS_HIGH, lsl #16
    cmp     w0, w1
    b.ne    give_up
5:  ret
give_up:
    mov     w0, #ABORT_LOW
    movk    w0, #ABORT_HIGH, lsl #16
    mov     x1, xzr
    mov     x2, xzr
    svc     #0
    b       give_up

    .section .bss, "aw", %nobits
    .balign 8
    .global guest_entry_registers       /* see guest.h */
guest_entry_registers:
    .skip   32
