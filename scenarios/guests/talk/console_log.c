/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_CONSOLE_LOG. Partners: version 1.3, 1.1. */
#include "console.h"
#include "rules.h"
#include "talk_kernel.h"

void guest_main(unsigned pe)
{
    (void)pe;
    talk_begin(FFA_VERSION_1_3);
    rules_console("kernel");
    console_printf("the partners' lines "); /* a line per vCPU: theirs do not end up in it */
    talk_ask_both(SP(1), TALK_CONSOLE, 0);
    talk_ask_both(SP(2), TALK_CONSOLE, 0);
    console_printf("are their own\n");
    talk_end("texts of each length are logged, and of no other");
}
