/* SPDX-License-Identifier: BSD-3-Clause */
/* void ffa_call_smc(struct ffa_args *args), ffa_call_hvc(), ffa_call_svc(): x0..x17 out and back in (SMCCC 1.2) */
    .macro conduit name, instruction
    .global \name
\name:
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
    \instruction
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
    .endm

    .text
    conduit ffa_call_smc, "smc #0"
    conduit ffa_call_hvc, "hvc #0"
    conduit ffa_call_svc, "svc #0"
