/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Exception vectors. The handler runs on a stack of its own (tpidr_el0, see entry.S), so that an
 * overflow of the stack ends as a report of the guard page and not as a fault within a fault.
 */
#include "layout.h"

    .text

    .macro vector index
    .balign 128
    msr     tpidrro_el0, x0
    mrs     x0, tpidr_el0
    stp     x1, x2, [x0, #(8 - FRAME_BYTES)]
    mov     x1, #\index
    b       exception
    .endm

    .balign 2048
    .global guest_vectors
guest_vectors:
    .irp    index, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    vector  \index
    .endr

    .balign 128
exception:
    mov     x2, sp
    sub     x0, x0, #FRAME_BYTES
    str     x2, [x0, #FRAME_SP]
    mov     sp, x0
    mrs     x2, tpidrro_el0
    str     x2, [sp]
    stp     x3, x4, [sp, #24]
    stp     x5, x6, [sp, #40]
    stp     x7, x8, [sp, #56]
    stp     x9, x10, [sp, #72]
    stp     x11, x12, [sp, #88]
    stp     x13, x14, [sp, #104]
    stp     x15, x16, [sp, #120]
    stp     x17, x18, [sp, #136]
    stp     x19, x20, [sp, #152]
    stp     x21, x22, [sp, #168]
    stp     x23, x24, [sp, #184]
    stp     x25, x26, [sp, #200]
    stp     x27, x28, [sp, #216]
    stp     x29, x30, [sp, #232]

    /* x0 = frame, x1 = index of the vector */
    bl      exception_handle

    ldp     x3, x4, [sp, #24]
    ldp     x5, x6, [sp, #40]
    ldp     x7, x8, [sp, #56]
    ldp     x9, x10, [sp, #72]
    ldp     x11, x12, [sp, #88]
    ldp     x13, x14, [sp, #104]
    ldp     x15, x16, [sp, #120]
    ldp     x17, x18, [sp, #136]
    ldp     x29, x30, [sp, #232]
    ldr     x2, [sp, #FRAME_SP]
    mov     x0, sp
    mov     sp, x2
    ldp     x1, x2, [x0, #8]
    ldr     x0, [x0]
    eret
