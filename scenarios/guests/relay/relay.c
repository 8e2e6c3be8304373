/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * relay: sends each direct request on to echo and answers with what echo answered, a call chain of
 * two. It finds echo by the UUID of its service. One execution context for each PE (relay_mp4.dts),
 * or a single one (relay.dts).
 */
#include "console.h"
#include "ffa.h"
#include "guest.h"
#include "guest_commands.h"
#include "guest_uuids.h"
#include "mem.h"
#include "serve.h"

static const struct ffa_uuid echo_uuid = UUID_ECHO;

/* Id of the partition that offers echo's service; 0 when there is none. */
static uint16_t find_echo(void)
{
    struct ffa_args r = ffa_partition_info_get_regs(echo_uuid, 0, 0);

    return ffa_status(&r) == 0 ? (uint16_t)r.x[3] : 0;
}

static struct ffa_args ask(const struct request *request, uint16_t to)
{
    switch (request->function) {
    case FFA_MSG_SEND_DIRECT_REQ_32:
        return ffa_direct_req32(request->receiver, to, request->word);
    case FFA_MSG_SEND_DIRECT_REQ_64:
        return ffa_direct_req64(request->receiver, to, request->word);
    default:
        return ffa_direct_req2(request->receiver, to, echo_uuid, request->word);
    }
}

static bool is_response(const struct ffa_args *r)
{
    return (uint32_t)r->x[0] == FFA_MSG_SEND_DIRECT_RESP_32 ||
           (uint32_t)r->x[0] == FFA_MSG_SEND_DIRECT_RESP_64 ||
           (uint32_t)r->x[0] == FFA_MSG_SEND_DIRECT_RESP2_64;
}

static void handle(struct ffa_args *args, const struct request *request)
{
    uint16_t to = find_echo();
    struct ffa_args r = {.x = {FFA_ERROR, 0, (uint32_t)FFA_INVALID_PARAMETERS}};
    size_t size_bytes = request->word_count * sizeof(request->word[0]);

    if (to != 0) {
        r = ask(request, to);
    }
    /* Echo may give its cycles back before it is done: hand on the yield, then let it go on. */
    while ((uint32_t)r.x[0] == FFA_YIELD || (uint32_t)r.x[0] == FFA_INTERRUPT) {
        uint32_t preempted = (uint32_t)r.x[1];

        if ((uint32_t)r.x[0] == FFA_YIELD) {
            (void)ffa_yield();
        }
        r = ffa_run(FFA_SENDER(preempted), FFA_RECEIVER(preempted));
    }
    if (is_response(&r)) {
        memcpy(request->word, &r.x[request->word - args->x], size_bytes);
    } else {
        memset(request->word, 0, size_bytes);
        request->word[0] = RELAY_FAILED;
        request->word[1] = r.x[0];
        request->word[2] = r.x[2];
    }
}

void guest_main(unsigned pe)
{
    int32_t version = ffa_version(FFA_VERSION_1_3);
    int32_t id = ffa_id_get();

    guest_assert(version > 0 && id > 0);
    if (pe == 0) {
        struct ffa_args r = ffa_secondary_ep_register(guest_secondary_entry);

        /* refused, and rightly, when the manifest asks for a single execution context */
        console_printf("relay 0x%04x: ready, %s\n", (unsigned)id,
                       ffa_status(&r) == 0 ? "one context a PE" : "one context");
    }
    serve(handle);
}
