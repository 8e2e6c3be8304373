/* SPDX-License-Identifier: BSD-3-Clause */
/* arch_el0: pointer authentication at S-EL0, with keys that are the SPMC's to give (arch.h). */
#include "arch.h"
#include "guest.h"
#include "serve.h"

static void handle(struct ffa_args *args, const struct request *request)
{
    uint64_t *word = request->word;

    (void)args;
    if (word[0] == ARCH_CMD_SIGN) {
        struct pauth_signatures s = pauth_sign();

        word[0] = s.by_ga;
        word[1] = s.by_ia;
        word[2] = s.by_ib;
        word[3] = s.by_da;
        word[4] = s.by_db;
    } else if (word[0] == ARCH_CMD_RETURN) {
        word[1] = pauth_return(word[1]);
    }
}

void guest_main(unsigned pe)
{
    (void)pe;
    guest_assert(ffa_version(FFA_VERSION_1_3) > 0);
    serve(handle);
}
