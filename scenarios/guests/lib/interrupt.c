/* SPDX-License-Identifier: BSD-3-Clause */
#include "interrupt.h"

#include <stddef.h>

static void (*volatile the_handler)(bool fiq);

void interrupt_handle(void (*handler)(bool fiq))
{
    the_handler = handler;
}

bool interrupt_taken(bool fiq)
{
    if (the_handler == NULL) {
        return false;
    }
    the_handler(fiq);
    return true;
}
