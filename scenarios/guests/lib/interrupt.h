/* SPDX-License-Identifier: BSD-3-Clause */
/* Interrupts of the guest's own exception level (EL1), taken between any two instructions. */
#ifndef GUEST_INTERRUPT_H
#define GUEST_INTERRUPT_H

#include <stdbool.h>

/* Runs with interrupts masked, on the exception stack; shared by all PEs. NULL: none may come. */
void interrupt_handle(void (*handler)(bool fiq));

/* For exception.c: false when nobody handles interrupts. */
bool interrupt_taken(bool fiq);

static inline void interrupt_unmask(void)
{
    __asm__ volatile("msr daifclr, #3\n\tisb" : : : "memory");
}

static inline void interrupt_mask(void)
{
    __asm__ volatile("msr daifset, #3\n\tisb" : : : "memory");
}

#endif
