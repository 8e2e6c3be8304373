/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_FEATURES. Partners: version 1.3, 1.0, 1.1, 1.2. */
#include "rules.h"
#include "talk_kernel.h"

#define PARTNERS 4u

void guest_main(unsigned pe)
{
    (void)pe;
    talk_begin((uint32_t)guest_parameter);
    rules_features();
    for (unsigned n = 1; n <= PARTNERS; n++) {
        talk_ask_both(SP(n), TALK_FEATURES, 0);
    }
    talk_end("FFA_FEATURES says what everybody has");
}
