/* SPDX-License-Identifier: BSD-3-Clause */
/* uint64_t round_trips(uint64_t count, uint32_t pair) */

    .text
    .global round_trips
round_trips:
    stp     x19, x20, [sp, #-32]!
    stp     x21, x22, [sp, #16]
    mov     x19, x0                     /* wanted */
    mov     x20, x1
    mov     x21, #0                     /* made */
    movz    w22, #0x8400, lsl #16       /* FFA_MSG_SEND_DIRECT_RESP_32 */
    movk    w22, #0x0070
1:  cmp     x21, x19
    b.hs    2f
    sub     w0, w22, #1                 /* FFA_MSG_SEND_DIRECT_REQ_32 */
    mov     x1, x20
    mov     x2, #0
    mov     x3, #0                      /* no command of echo's */
    mov     x4, x21
    mov     x5, #5
    mov     x6, #6
    mov     x7, #7
    smc     #0
    cmp     w0, w22
    b.ne    2f
    cmp     w4, w21
    b.ne    2f
    add     x21, x21, #1
    b       1b
2:  mov     x0, x21
    ldp     x21, x22, [sp, #16]
    ldp     x19, x20, [sp], #32
    ret
