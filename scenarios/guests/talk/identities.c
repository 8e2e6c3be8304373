/* SPDX-License-Identifier: BSD-3-Clause */
/* Versions and identities. Partners: version 1.3, 1.0, 1.1, 1.2; each one judges at boot, too. */
#include "rules.h"
#include "talk_kernel.h"

#define PARTNERS 4u

void guest_main(unsigned pe)
{
    (void)pe;
    rules_version_open(FFA_VERSION_1_1);
    talk_begin(FFA_VERSION_1_2);
    rules_identities();
    expect_ok(CALL(FFA_FEATURES, FFA_RXTX_UNMAP)); /* a call that reaches the SPMC settles it */
    rules_version_settled();
    rules_identities();
    for (unsigned n = 1; n <= PARTNERS; n++) {
        talk_ask_both(SP(n), TALK_IDENTITIES, 0);
    }
    rules_version_settled();
    talk_end("versions and identities are as they should be");
}
