/* SPDX-License-Identifier: BSD-3-Clause */
/* An image that keeps the rules; each macro makes it break one. */
    .section .text.entry, "ax"
    .global _start
    .hidden _start
_start:
    b       _start
    .balign 8
#ifdef WITH_TEXT_RELOCATION
    .quad   _start
#endif

    .section .rodata, "a"
    .global constant
    .hidden constant
constant:
    .quad   1
#ifdef WITH_BULK
    .space  600 * 1024
#endif

    .section .data.rel.ro, "aw"
    .balign 8
    .global table
table:
    .quad   _start
    .quad   constant
#ifdef WITH_UNDEFINED
    .quad   nobody_has_this
#endif
#ifdef WITH_PREEMPTIBLE
    .quad   table
#endif
#ifdef WITH_ABSOLUTE
    .quad   _start + 0x09000000
#endif
#ifdef WITH_UNALIGNED
    .byte   0
    .quad   _start
#endif
#ifdef WITH_DATA
    .section .data, "aw"
    .quad   1
#endif

    .section .bss, "aw", %nobits
    .space  16
