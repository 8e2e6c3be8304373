/* SPDX-License-Identifier: BSD-3-Clause */
/* faults: a partition that touches what it must not, one case a request (cases.h). */
#include "cases.h"
#include "console.h"
#include "ffa.h"
#include "guest.h"
#include "serve.h"

static void handle(struct ffa_args *args, const struct request *request)
{
    (void)args;
    if (request->word_count != FFA_PAYLOAD_WORDS || request->word[0] != FAULTS_CMD_CASE) {
        return;
    }
    struct fault_result result = faults_run((unsigned)request->word[1]);

    request->word[1] = result.there;
    request->word[2] = result.taken;
    request->word[3] = result.esr;
    request->word[4] = result.far;
}

void guest_main(unsigned pe)
{
    (void)pe;
    guest_assert(ffa_version(FFA_VERSION_1_3) > 0);
    console_printf("faults 0x%04x: ready\n", (unsigned)ffa_id_get());
    serve(handle);
}
