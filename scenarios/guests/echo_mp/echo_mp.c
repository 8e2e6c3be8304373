/* SPDX-License-Identifier: BSD-3-Clause */
/* echo_mp: echo's service with an execution context on each PE; answers what it was asked. */
#include "console.h"
#include "ffa.h"
#include "guest.h"
#include "serve.h"

static void handle(struct ffa_args *args, const struct request *request)
{
    (void)args;
    (void)request; /* the words go back as they came */
}

void guest_main(unsigned pe)
{
    int32_t version = ffa_version(FFA_VERSION_1_3);
    int32_t id = ffa_id_get();

    guest_assert(version > 0 && id > 0);
    if (pe == 0) {
        struct ffa_args r = ffa_secondary_ep_register(guest_secondary_entry);

        guest_assert(ffa_status(&r) == 0);
        console_printf("echo_mp 0x%04x: ready\n", (unsigned)id);
    }
    serve(handle);
}
