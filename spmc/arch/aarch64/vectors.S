/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Exceptions to S-EL2, and the way into a partition. arch_enter() looks like a call that returns
 * when the partition exits: the callee-saved registers of the caller wait on the stack, above them
 * the pointers to the vCPU and to the PE.
 */
#include "arch/aarch64/enter.inc"
#include "arch/aarch64/offsets.h"

#define FRAME_BYTES 256

    .text

    .macro  lower kind
    .balign 128
    stp     x0, x1, [sp, #-16]!
    ldr     x0, [sp, #(16 + SAVED_VCPU)]
    stp     x2, x3, [x0, #16]
    mov     x2, #\kind
    b       port_exit
    .endm

    /* x0 := original sp without a register to spare; then is the half bit of the stack set? */
    .macro  current kind
    .balign 128
    add     sp, sp, x0
    sub     x0, sp, x0
    tbz     x0, #STACK_HALF_BIT, overflow_\kind
    sub     x0, sp, x0
    sub     sp, sp, x0
    sub     sp, sp, #FRAME_BYTES
    stp     x0, x1, [sp]
    mov     x1, #\kind
    b       own_exception
overflow_\kind:
    sub     x0, sp, x0                  /* x0 again; sp goes to the emergency stack */
    msr     tpidrro_el0, x0
    sub     sp, sp, x0
    mov     x0, sp
    msr     tpidr_el0, x0
    mrs     x0, tpidr_el2
    ldr     x0, [x0, #PE_EMERGENCY_STACK]
    mov     sp, x0
    mrs     x0, tpidrro_el0
    sub     sp, sp, #FRAME_BYTES
    stp     x0, x1, [sp]
    mov     x1, #\kind
    b       overflow
    .endm

    .balign 2048
    .global port_vectors
port_vectors:
    .rept 4                             /* SP_EL0 is never selected at S-EL2 */
    .balign 128
    b       .
    .endr
    current EXIT_SYNC
    current EXIT_IRQ
    current EXIT_FIQ
    current EXIT_SERROR
    lower   EXIT_SYNC
    lower   EXIT_IRQ
    lower   EXIT_FIQ
    lower   EXIT_SERROR
    lower   EXIT_SYNC                   /* AArch32: HCR_EL2.RW keeps EL1 from it, not EL0 */
    lower   EXIT_IRQ
    lower   EXIT_FIQ
    lower   EXIT_SERROR

    .balign 128
    .global port_exit
port_exit:
    stp     x4, x5, [x0, #32]
    ldp     x3, x4, [sp], #16
    stp     x3, x4, [x0]
    stp     x6, x7, [x0, #48]
    stp     x8, x9, [x0, #64]
    stp     x10, x11, [x0, #80]
    stp     x12, x13, [x0, #96]
    stp     x14, x15, [x0, #112]
    stp     x16, x17, [x0, #128]
    stp     x18, x19, [x0, #144]
    stp     x20, x21, [x0, #160]
    stp     x22, x23, [x0, #176]
    stp     x24, x25, [x0, #192]
    stp     x26, x27, [x0, #208]
    stp     x28, x29, [x0, #224]
    mrs     x3, elr_el2
    stp     x30, x3, [x0, #240]
    mrs     x4, spsr_el2
    str     x4, [x0, #VCPU_PSTATE]
    mrs     x5, apiakeylo_el1
    mrs     x6, apiakeyhi_el1
    stp     x5, x6, [x0, #VCPU_APIA]
    ldr     x7, [sp, #SAVED_PE]
    ldp     x5, x6, [x7, #PE_APIA]
    msr     apiakeylo_el1, x5
    msr     apiakeyhi_el1, x6
    isb
    mov     x0, x2
    ldp     x19, x20, [sp, #16]
    ldp     x21, x22, [sp, #32]
    ldp     x23, x24, [sp, #48]
    ldp     x25, x26, [sp, #64]
    ldp     x27, x28, [sp, #80]
    ldp     x29, x30, [sp], #SAVED_BYTES
    ret

    .global arch_enter
arch_enter:
    bti     c
    leave_host
    load_guest
    ldp     x0, x1, [x0]
    eret
    dsb     nsh                         /* no speculation behind the ERET */
    isb

    /* An abort inside the copy routines is the caller's "no": go on at the routine's false end. */
own_exception:
    cbnz    x1, panic
    mrs     x0, elr_el2
    adrp    x1, port_copy_start
    add     x1, x1, :lo12:port_copy_start
    cmp     x0, x1
    b.lo    1f
    adrp    x1, port_copy_end
    add     x1, x1, :lo12:port_copy_end
    cmp     x0, x1
    b.hs    1f
    adrp    x0, port_copy_fault
    add     x0, x0, :lo12:port_copy_fault
    msr     elr_el2, x0
    ldp     x0, x1, [sp], #FRAME_BYTES
    eret
    dsb     nsh
    isb
1:  mov     x1, #EXIT_SYNC
panic:
    add     x0, sp, #FRAME_BYTES
    b       dump
overflow:
    mrs     x0, tpidr_el0
dump:
    str     x0, [sp, #248]
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x19, [sp, #144]
    stp     x20, x21, [sp, #160]
    stp     x22, x23, [sp, #176]
    stp     x24, x25, [sp, #192]
    stp     x26, x27, [sp, #208]
    stp     x28, x29, [sp, #224]
    str     x30, [sp, #240]
    mov     x0, sp
    b       exception_panic

    /* void port_smc(uint64_t x[18]) */
    .global port_smc
port_smc:
    bti     c
    stp     x19, x30, [sp, #-16]!
    mov     x19, x0
    ldp     x16, x17, [x19, #128]
    ldp     x14, x15, [x19, #112]
    ldp     x12, x13, [x19, #96]
    ldp     x10, x11, [x19, #80]
    ldp     x8, x9, [x19, #64]
    ldp     x6, x7, [x19, #48]
    ldp     x4, x5, [x19, #32]
    ldp     x2, x3, [x19, #16]
    ldp     x0, x1, [x19]
    smc     #0
    stp     x0, x1, [x19]
    stp     x2, x3, [x19, #16]
    stp     x4, x5, [x19, #32]
    stp     x6, x7, [x19, #48]
    stp     x8, x9, [x19, #64]
    stp     x10, x11, [x19, #80]
    stp     x12, x13, [x19, #96]
    stp     x14, x15, [x19, #112]
    stp     x16, x17, [x19, #128]
    ldp     x19, x30, [sp], #16
    ret
