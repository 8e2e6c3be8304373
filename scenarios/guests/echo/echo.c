/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * echo: answers each direct request with the payload it came with. Some payloads are commands
 * (guest_commands.h), most of them to misbehave: that is what tests want of it.
 *
 * The smallest partition is this file without its commands; docs/writing-a-partition.md starts so.
 */
#include "commands.h"
#include "console.h"
#include "guest.h"
#include "serve.h"

static void handle(struct ffa_args *args, const struct request *request)
{
    (void)args;
    echo_command(request);
}

void guest_main(unsigned pe)
{
    int32_t version = ffa_version(FFA_VERSION_1_3);
    int32_t id = ffa_id_get();

    (void)pe;
    guest_assert(version > 0 && id > 0);
    console_printf("echo 0x%04x: ready, FF-A %u.%u\n", (unsigned)id,
                   FFA_VERSION_MAJOR((unsigned)version), FFA_VERSION_MINOR((unsigned)version));
    serve(handle);
}
