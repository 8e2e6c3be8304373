/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * uint64_t loop_run(uint64_t rounds, uint64_t memory[64]): position independent and without a call,
 * so that a benchmark can also run these very bytes in a bare engine.
 */
    .text
    .global loop_run
loop_run:
    mov     x2, #0
    cbz     x0, 2f
1:  and     x3, x0, #63
    ldr     x4, [x1, x3, lsl #3]
    add     x4, x4, x0
    eor     x2, x4, x2, ror #7
    str     x2, [x1, x3, lsl #3]
    add     x2, x2, x2, lsl #3
    subs    x0, x0, #1
    b.ne    1b
2:  mov     x0, x2
    ret
