/* SPDX-License-Identifier: BSD-3-Clause */
/* RX and TX buffers of the kernel and of a partner, and when an RX buffer goes back by itself. */
#include "rules.h"
#include "talk_kernel.h"

#define PARTNER      SP(1)
#define FOREIGN_PAGE 0x0e300000u /* secure memory on each board that has some there */

static void wait_gives_back(uint64_t flags, bool is_kept)
{
    struct ffa_args r;

    (void)talk_ask(PARTNER, TALK_RX_FILL, FFA_CONDUIT_SMC, 0);
    (void)talk_ask(PARTNER, TALK_RX_WAIT_FLAGS, FFA_CONDUIT_SMC, flags);
    r = CALL(FFA_RUN, FFA_PAIR(PARTNER, 0));
    guest_assert(r.x[0] == FFA_MSG_WAIT && talk_is_bare(r));
    guest_assert(talk_ask(PARTNER, TALK_RX_IS_MINE, FFA_CONDUIT_SMC, 0) == is_kept);
}

void guest_main(unsigned pe)
{
    (void)pe;
    talk_begin(FFA_VERSION_1_3);
    rules_rxtx(FOREIGN_PAGE);
    talk_ask_both(PARTNER, TALK_RXTX, talk_page(0));

    (void)talk_ask(PARTNER, TALK_RX_FILL, FFA_CONDUIT_HVC, 0); /* a response gives nothing back */
    guest_assert(talk_ask(PARTNER, TALK_RX_IS_MINE, FFA_CONDUIT_HVC, 0) == 1);
    wait_gives_back(0, false);
    wait_gives_back(FFA_MSG_WAIT_RETAIN_RX, true);
    rules_rxtx(FOREIGN_PAGE);
    talk_end("buffers are mapped by the rules");
}
