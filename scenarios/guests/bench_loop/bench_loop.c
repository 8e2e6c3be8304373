/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bench_loop: computes. LOOP_CMD_RUN with the number of rounds starts it; guest_parameter rounds
 * are made before it first waits for a message.
 */
#include "ffa.h"
#include "guest.h"
#include "guest_commands.h"
#include "serve.h"

/* Eight instructions a round (loop.S): arithmetic, a load, a store, a branch. Returns a checksum.
 */
uint64_t loop_run(uint64_t rounds, uint64_t *memory);

static void handle(struct ffa_args *args, const struct request *request)
{
    uint64_t memory[64] = {0}; /* of this context's own */

    (void)args;
    if ((uint32_t)request->word[0] == LOOP_CMD_RUN) {
        request->word[1] = loop_run(request->word[1], memory);
    }
}

void guest_main(unsigned pe)
{
    uint64_t memory[64] = {0};

    guest_assert(ffa_version(FFA_VERSION_1_3) > 0);
    if (pe == 0) {
        /* refused where the manifest asks for a single execution context */
        (void)ffa_secondary_ep_register(guest_secondary_entry);
    }
    (void)loop_run(guest_parameter, memory);
    serve(handle);
}
