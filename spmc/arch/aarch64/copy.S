/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Copies from and to memory of others. An external abort in here ends the copy with false (see
 * own_exception in vectors.S). Words when both ends allow it, bytes otherwise.
 */
    .text
    .global port_copy, port_zero, port_copy_start, port_copy_end, port_copy_fault
port_copy_start:
    /* bool port_copy(void *dst, const void *src, size_t size_bytes) */
port_copy:
    bti     c
    orr     x3, x0, x1
    tst     x3, #7
    b.ne    2f
1:  cmp     x2, #8
    b.lo    2f
    ldr     x3, [x1], #8
    str     x3, [x0], #8
    sub     x2, x2, #8
    b       1b
2:  cbz     x2, 3f
    ldrb    w3, [x1], #1
    strb    w3, [x0], #1
    sub     x2, x2, #1
    b       2b
3:  dsb     ish                         /* an abort comes before the answer */
    mov     w0, #1
    ret

    /* bool port_zero(void *dst, size_t size_bytes) */
port_zero:
    bti     c
    tst     x0, #7
    b.ne    5f
4:  cmp     x1, #8
    b.lo    5f
    str     xzr, [x0], #8
    sub     x1, x1, #8
    b       4b
5:  cbz     x1, 6f
    strb    wzr, [x0], #1
    sub     x1, x1, #1
    b       5b
6:  dsb     ish
    mov     w0, #1
    ret
port_copy_end:
port_copy_fault:
    mov     w0, #0
    ret
