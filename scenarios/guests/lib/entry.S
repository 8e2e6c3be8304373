/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * First instructions of every guest. Entry state (FF-A v1.2, 5.4): EL1h (a normal-world kernel: EL1h
 * or EL2h), DAIF masked, MMU off, SP unset, x4 = linear PE index of an MP partition.
 *
 * Assembled once for each guest, with GUEST_PES (number of stacks), GUEST_PARAMETER and
 * GUEST_NORMAL_WORLD (0 or 1).
 */
#include "layout.h"
#include "relocate.inc"

    .section .text.entry, "ax"
    .global _start
_start:
    b       primary
    .word   0
    /* At image offset 8, for whoever loads the image to patch: see guest_parameter in guest.h. */
    .global guest_parameter
guest_parameter:
    .quad   GUEST_PARAMETER

    .global __stack_slots
    .set    __stack_slots, GUEST_PES

primary:
    cmp     x4, #GUEST_PES
    csel    x19, x4, xzr, lo            /* a UP partition may be told an index: it has one stack */
    mov     x21, x0
    mov     x22, x1
    mov     x23, x2
    mov     x24, x3
    adrp    x20, __image_start

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
    bl      set_stack_and_vectors
    bl      mmu_init
    b       run

    /*
     * What an MP partition registers with FFA_SECONDARY_EP_REGISTER, and a kernel gives to PSCI
     * CPU_ON with the PE's index as context id: the other PEs start here.
     */
    .global guest_secondary_entry
guest_secondary_entry:
#if GUEST_NORMAL_WORLD
    mov     x19, x0
#else
    mov     x19, x4
#endif
    cmp     x19, #GUEST_PES
    b.hs    park
    bl      set_stack_and_vectors
#if GUEST_NORMAL_WORLD && GUEST_PES > 1
    mov     x0, sp
    bl      mmu_enable
    mov     w0, w19
    bl      guest_secondary_main
    mov     w0, #0                      /* nor does guest_secondary_main */
    bl      guest_fail
#endif

run:
    mov     x0, sp
    bl      mmu_enable
    mov     w0, w19
    bl      guest_main
    mov     w0, #0                      /* guest_main does not return */
    bl      guest_fail
park:
    wfi
    b       park

    /* x19: PE index. Clobbers x0, x1. */
set_stack_and_vectors:
    adrp    x0, __stacks_start
    mov     x1, #STACK_SLOT_BYTES
    madd    x0, x19, x1, x0
    add     x1, x0, #STACK_SLOT_BYTES
    msr     tpidr_el0, x1               /* top of the exception stack: no EL0 here to use it */
    add     x1, x0, #(STACK_GUARD_BYTES + STACK_BYTES / 2)
    add     x1, x1, #(STACK_BYTES / 2)
    mov     sp, x1
    adrp    x0, guest_vectors
    add     x0, x0, :lo12:guest_vectors
    mrs     x1, CurrentEL
    cmp     x1, #(2 << 2)
    b.eq    5f
    msr     vbar_el1, x0
    isb
    ret
5:  msr     vbar_el2, x0
    isb
    ret

    .section .bss, "aw", %nobits
    .balign 8
    .global guest_entry_registers       /* see guest.h */
guest_entry_registers:
    .skip   32
