/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The way into an S-EL0 partition and back. It runs in the SPMC's own translation regime, with its
 * own tables in TTBR0_EL2: nothing of the SPMC is mapped then but the page below, by TTBR1_EL2, at
 * its physical address in the upper half. All that happens there is a change of TTBR0_EL2.
 *
 * TPIDR_EL1 and SP_EL1 hold registers on the way: EL0 has no use for them.
 */
#include "arch/aarch64/enter.inc"
#include "arch/aarch64/offsets.h"

#define PAGE_BYTES 4096
#define UPPER_HALF 0xffff000000000000

    .text

    .global arch_enter_el0
arch_enter_el0:
    bti     c
    leave_host
    ldp     x2, x3, [x0]
    msr     tpidr_el1, x2
    msr     sp_el1, x3
    load_guest
    ldr     x0, [x0, #VCPU_TTBR0]
    adrp    x1, enter
    add     x1, x1, :lo12:enter
    orr     x1, x1, #UPPER_HALF
    br      x1

    /* In the SPMC's map again, with its stack: as the vectors of S-EL1 begin */
    .macro  leave kind
leave_\kind:
    bti     j
    adrp    x0, port_vectors
    add     x0, x0, :lo12:port_vectors
    msr     vbar_el2, x0
    mrs     x0, tpidr_el1
    stp     x0, x1, [sp, #-16]!
    ldr     x0, [sp, #(16 + SAVED_VCPU)]
    stp     x2, x3, [x0, #16]
    mov     x2, #\kind
    b       port_exit
    .endm

    leave   EXIT_SYNC
    leave   EXIT_IRQ
    leave   EXIT_FIQ
    leave   EXIT_SERROR

    .section .el0.text, "ax"

    .macro  from_el0 kind
    .balign 128
    msr     tpidr_el1, x0
    mrs     x0, ttbr1_el2
    sub     x0, x0, #PAGE_BYTES         /* the root of the lower half lies in front; ASID 0 */
    msr     ttbr0_el2, x0
    isb
    adrp    x0, leave_\kind
    add     x0, x0, :lo12:leave_\kind
    and     x0, x0, #~UPPER_HALF
    br      x0
    .endm

    .macro  never count
    .rept   \count
    .balign 128
    b       .
    .endr
    .endm

    .balign 2048
vectors:
    never   8                           /* nothing here can fault */
    from_el0 EXIT_SYNC
    from_el0 EXIT_IRQ
    from_el0 EXIT_FIQ
    from_el0 EXIT_SERROR
    never   4                           /* AArch32: no way leads there */

    .balign 128
enter:
    bti     j
    adr     x1, vectors
    msr     vbar_el2, x1
    msr     ttbr0_el2, x0
    isb
    mrs     x0, tpidr_el1
    mrs     x1, sp_el1
    eret
    dsb     nsh                         /* no speculation behind the ERET */
    isb
