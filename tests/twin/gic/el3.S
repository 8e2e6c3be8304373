/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A bare machine at EL3 for the GIC probe: PE 0 runs, the others wait for ever. Excursions to a
 * lower level end with its SMC.
 */
    .section .text.entry, "ax"
    .global _start
_start:
    mrs     x0, mpidr_el1
    tst     x0, #0xff
    b.ne    park
    adrp    x0, stack_top
    mov     sp, x0
    adrp    x0, vectors
    add     x0, x0, :lo12:vectors
    msr     vbar_el3, x0
    adrp    x0, __bss_start
    add     x0, x0, :lo12:__bss_start
    adrp    x1, __bss_end
    add     x1, x1, :lo12:__bss_end
1:  cmp     x0, x1
    b.hs    2f
    str     xzr, [x0], #8
    b       1b
2:  bl      el3_main
park:
    wfi
    b       park

    /* void excursion(uint64_t scr, uint64_t spsr, struct access *access) */
    .global excursion
excursion:
    stp     x29, x30, [sp, #-96]!
    stp     x19, x20, [sp, #16]
    stp     x21, x22, [sp, #32]
    stp     x23, x24, [sp, #48]
    stp     x25, x26, [sp, #64]
    stp     x27, x28, [sp, #80]
    mrs     x19, scr_el3
    msr     scr_el3, x0
    msr     spsr_el3, x1
    adr     x0, lower
    msr     elr_el3, x0
    adrp    x0, lower_stack_top
    msr     sp_el1, x0
    msr     sp_el2, x0
    adrp    x1, saved
    add     x1, x1, :lo12:saved
    mov     x0, sp
    stp     x0, x19, [x1]
    mov     x0, x2
    isb
    eret
lower:
    bl      do_access
    smc     #0

back:
    adrp    x1, saved
    add     x1, x1, :lo12:saved
    ldp     x2, x19, [x1]
    mov     sp, x2
    msr     scr_el3, x19
    isb
    ldp     x19, x20, [sp, #16]
    ldp     x21, x22, [sp, #32]
    ldp     x23, x24, [sp, #48]
    ldp     x25, x26, [sp, #64]
    ldp     x27, x28, [sp, #80]
    ldp     x29, x30, [sp], #96
    ret

    /*
     * From a lower level come its SMC, and an FIQ of NS-EL2 that sent itself a Secure SGI: then the
     * access is done, too. Anything else ends the run.
     */
    .balign 2048
vectors:
    .irp    index, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    .balign 128
    .if \index == 8
    mrs     x1, esr_el3
    lsr     x1, x1, #26
    cmp     x1, #0x17                   /* SMC */
    b.eq    back
    .endif
    .if \index == 10
    b       back
    .endif
    mov     x0, #\index
    bl      el3_unexpected
    b       park
    .endr

    .section .bss, "aw", %nobits
    .balign 4096
    .skip   16384
stack_top:
    .skip   8192
lower_stack_top:
    .skip   16
saved:
    .skip   16
