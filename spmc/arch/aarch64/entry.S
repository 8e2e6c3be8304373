/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * First instructions at S-EL2, MMU off. Cold boot (FF-A SPMC at S-EL2 under an SPMD): x0 = SPMC
 * manifest, x4 = linear PE index. Secondary PEs enter at port_secondary_entry with x4 alone. The
 * image is linked at 0 and runs where it was loaded.
 */
#include "arch/aarch64/offsets.h"

    .macro  address reg, symbol
    adrp    \reg, \symbol
    add     \reg, \reg, :lo12:\symbol
    .endm

    .section .text.entry, "ax"
    .global _start
_start:
    bti     j
    mov     x19, x0
    mov     x20, x4
    bl      prepare

    address x0, port_bss_start
    address x1, port_bss_end
1:  stp     xzr, xzr, [x0], #16
    cmp     x0, x1
    b.lo    1b

    /* R_AARCH64_RELATIVE: {offset, info, addend}; all of them lie in read-only data. */
    adrp    x4, port_image_start
    address x0, port_rela_start
    address x1, port_rela_end
2:  cmp     x0, x1
    b.hs    3f
    ldp     x2, x3, [x0], #16
    ldr     x3, [x0], #8
    add     x3, x3, x4
    str     x3, [x4, x2]
    b       2b

3:  /* A canary that differs from boot to boot, in what becomes read-only data. */
    mrs     x1, cntpct_el0
    eor     x1, x1, x1, ror #23
    and     x1, x1, #0xffffffffffffff00
    address x0, __stack_chk_guard
    str     x1, [x0]

    bl      set_stack
    bl      mmu_build
    mov     x21, x0
    /* What was written with caches off must not be hidden by older clean lines. */
    address x0, port_rodata_start
    address x1, port_image_end
    bl      invalidate
    mov     x0, x21
    bl      mmu_on
    mov     x0, x19
    mov     x1, x20
    mov     x29, xzr
    mov     x30, xzr
    b       port_main

    .global port_secondary_entry
port_secondary_entry:
    bti     j
    mov     x20, x4
    bl      prepare
    bl      set_stack
    address x0, port_tables_start       /* the first table is the root */
    bl      mmu_on
    mov     x0, x20
    mov     x29, xzr
    mov     x30, xzr
    b       port_secondary_main

    /* Control registers to a known state. Clobbers x0. */
prepare:
    msr     daifset, #0xf
    mov     x0, #(1 << 31)              /* RW */
    orr     x0, x0, #(1 << 34)          /* E2H */
    orr     x0, x0, #(7 << 3)           /* FMO, IMO, AMO */
    msr     hcr_el2, x0
    isb
    mov     x0, #(SCTLR_RES1_LOW | SCTLR_SPAN)
    movk    x0, #(SCTLR_EOS | SCTLR_SA)
    orr     x0, x0, #SCTLR_EIS
    msr     sctlr_el2, x0
    mov     x0, #(3 << 20)              /* FP while libfdt reads manifests; SVE, SME trap */
    msr     cptr_el2, x0
    address x0, port_vectors
    msr     vbar_el2, x0
    msr     spsel, #1
    isb
    /* Only PEs that the image has stacks for go on. */
    mov     x0, #STACK_SLOT_BYTES
    mul     x0, x0, x20
    address x1, port_stacks_start
    add     x0, x0, x1
    address x1, port_stacks_end
    cmp     x0, x1
    b.hs    park
    ret
park:
    wfi
    b       park

    /* x20: linear index. The stack's last 16 bytes stay free: its top is not the next slot's. */
set_stack:
    address x0, port_stacks_start
    mov     x1, #STACK_SLOT_BYTES
    madd    x0, x20, x1, x0
    add     x0, x0, x1
    sub     sp, x0, #16
    ret

    /* [x0, x1) */
invalidate:
    mrs     x2, ctr_el0
    ubfx    x2, x2, #16, #4
    mov     x3, #4
    lsl     x3, x3, x2
    sub     x2, x3, #1
    bic     x0, x0, x2
1:  dc      ivac, x0
    add     x0, x0, x3
    cmp     x0, x1
    b.lo    1b
    dsb     sy
    ret

    /* x0: root table. Keys and branch protection go on here, where no C frame is open. */
mmu_on:
    mov     x22, x30
    mov     x23, x0
    bl      mmu_tcr
    msr     tcr_el2, x0
    bl      mmu_mair
    msr     mair_el2, x0
    msr     ttbr0_el2, x23
    add     x0, x23, #4096              /* the table behind: the upper half's root */
    msr     ttbr1_el2, x0
    tlbi    alle2
    ic      iallu
    dsb     sy
    isb

    address x0, port_pes_start
    mov     x1, #PE_BYTES
    madd    x0, x20, x1, x0
    msr     tpidr_el2, x0
    mrs     x1, cntpct_el0
    mrs     x2, mpidr_el1
    ror     x3, x1, #17
    eor     x2, x2, x3
    eor     x1, x1, x2, ror #31
    msr     apiakeylo_el1, x1
    msr     apiakeyhi_el1, x2
    mov     x3, #(SCTLR_RES1_LOW | SCTLR_SPAN)
    movk    x3, #(SCTLR_EOS | SCTLR_SA | SCTLR_M | SCTLR_C | SCTLR_I | SCTLR_SA0 | SCTLR_EnDB | \
                  SCTLR_DZE | SCTLR_UCT)
    orr     x3, x3, #SCTLR_TSCXT
    orr     x3, x3, #SCTLR_UCI
    orr     x3, x3, #SCTLR_EnDA
    orr     x3, x3, #SCTLR_EnIB
    orr     x3, x3, #SCTLR_EIS
    orr     x3, x3, #SCTLR_WXN
    orr     x3, x3, #SCTLR_IESB
    orr     x3, x3, #(1 << SCTLR_EnIA_BIT)
    orr     x3, x3, #(1 << SCTLR_BT_BIT)
    msr     sctlr_el2, x3
    isb
    stp     x1, x2, [x0, #PE_APIA]
    ret     x22

    .section .data.rel.ro, "aw"
    .balign 8
    .global __stack_chk_guard
__stack_chk_guard:
    .quad   0
