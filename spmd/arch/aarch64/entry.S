/* SPDX-License-Identifier: BSD-3-Clause */
/* Reset at EL3, from flash, on all PEs at once; exceptions to EL3; the way down. */
#include "arch/aarch64/offsets.h"

    .macro  address reg, symbol
    adrp    \reg, \symbol
    add     \reg, \reg, :lo12:\symbol
    .endm

    .section .text.entry, "ax"
    .global _start
_start:
    msr     daifset, #0xf
    msr     spsel, #1
    mov     x0, #0x0830                 /* SCTLR_EL3: RES1, MMU and caches off */
    movk    x0, #0x30c5, lsl #16
    msr     sctlr_el3, x0
    address x0, el3_vectors
    msr     vbar_el3, x0
    mov     x0, #(1 << 8)               /* CPTR_EL3: EZ; FP is open, SME is not */
    msr     cptr_el3, x0
    isb
    mrs     x19, mpidr_el1
    and     x19, x19, #0xff             /* linear index on this machine */
    cmp     x19, #8
    b.hs    hang

    address x20, el3_pes
    mov     x1, #PE_BYTES
    madd    x20, x19, x1, x20
    msr     tpidr_el3, x20
    address x0, el3_stacks
    mov     x1, #EL3_STACK_BYTES
    madd    x0, x19, x1, x0
    add     x0, x0, x1
    mov     sp, x0
    cbnz    x19, 3f

    /* The boot PE clears memory, but not the stacks, and not what others poll before it is done. */
    address x0, el3_bss_start
    address x1, el3_bss_end
1:  stp     xzr, xzr, [x0], #16
    cmp     x0, x1
    b.lo    1b
    dsb     sy
3:  mov     w0, w19
    mov     x29, xzr
    mov     x30, xzr
    bl      el3_main
hang:
    wfi
    b       hang

    .text
    /* void el3_mmu_on(uint64_t tcr, uint64_t mair, const uint64_t *table) */
    .global el3_mmu_on
el3_mmu_on:
    msr     tcr_el3, x0
    msr     mair_el3, x1
    msr     ttbr0_el3, x2
    tlbi    alle3
    ic      iallu
    dsb     sy
    isb
    mrs     x0, sctlr_el3
    mov     x1, #0x1005                 /* M, C, I */
    orr     x0, x0, x1
    orr     x0, x0, #(1 << 19)          /* WXN */
    msr     sctlr_el3, x0
    isb
    ret

    .macro  unexpected text
    .balign 128
    adr     x0, \text
    mrs     x1, esr_el3
    b       el3_panic
    .endm

    .balign 2048
    .global el3_vectors
el3_vectors:
    .rept 8
    unexpected own_text
    .endr
    .balign 128
    b       sync
    unexpected lower_text               /* IRQs are not routed here, SErrors neither */
    .balign 128
    b       fiq
    unexpected lower_text
    .rept 4
    unexpected lower_text
    .endr

    /* The world that ran is saved; `handler` may change which one is left to. */
    .macro  to_el3 handler
    stp     x0, x1, [sp, #-16]!
    mrs     x0, tpidr_el3
    ldr     x0, [x0, #PE_NOW]
    stp     x2, x3, [x0, #16]
    ldp     x2, x3, [sp], #16
    stp     x2, x3, [x0]
    stp     x4, x5, [x0, #32]
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
    mrs     x1, elr_el3
    stp     x30, x1, [x0, #240]
    mrs     x1, spsr_el3
    str     x1, [x0, #WORLD_SPSR]
    mrs     x0, tpidr_el3
    mov     x29, xzr
    bl      \handler
    mrs     x0, tpidr_el3
    b       el3_exit
    .endm

    .balign 128
sync:
    to_el3  el3_sync
fiq:
    to_el3  el3_fiq

    /* void el3_exit(struct el3_pe *pe) */
    .global el3_exit
el3_exit:
    ldr     x1, [x0, #PE_STACK]
    mov     sp, x1
    ldr     x0, [x0, #PE_NOW]
    ldr     x1, [x0, #WORLD_ELR]
    msr     elr_el3, x1
    ldr     x1, [x0, #WORLD_SPSR]
    msr     spsr_el3, x1
    ldp     x2, x3, [x0, #16]
    ldp     x4, x5, [x0, #32]
    ldp     x6, x7, [x0, #48]
    ldp     x8, x9, [x0, #64]
    ldp     x10, x11, [x0, #80]
    ldp     x12, x13, [x0, #96]
    ldp     x14, x15, [x0, #112]
    ldp     x16, x17, [x0, #128]
    ldp     x18, x19, [x0, #144]
    ldp     x20, x21, [x0, #160]
    ldp     x22, x23, [x0, #176]
    ldp     x24, x25, [x0, #192]
    ldp     x26, x27, [x0, #208]
    ldp     x28, x29, [x0, #224]
    ldr     x30, [x0, #240]
    ldp     x0, x1, [x0]
    eret
    dsb     nsh
    isb

    /* void el3_restart(struct el3_pe *pe) */
    .global el3_restart
el3_restart:
    ldr     x1, [x0, #PE_STACK]
    mov     sp, x1
    b       el3_park

    .section .rodata, "a"
own_text:
    .asciz  "exception at EL3, ESR "
lower_text:
    .asciz  "exception to EL3 that nobody takes, ESR "

    .balign 8
    .global __stack_chk_guard
__stack_chk_guard:
    .quad   0x6f72726572790a00
