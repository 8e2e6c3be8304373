/* SPDX-License-Identifier: BSD-3-Clause */
#include "serve.h"

#include "guest.h"

bool request_decode(struct ffa_args *args, struct request *request)
{
    switch ((uint32_t)args->x[0]) {
    case FFA_MSG_SEND_DIRECT_REQ_32:
    case FFA_MSG_SEND_DIRECT_REQ_64:
        request->word = &args->x[3];
        request->word_count = FFA_PAYLOAD_WORDS;
        break;
    case FFA_MSG_SEND_DIRECT_REQ2_64:
        request->word = &args->x[4];
        request->word_count = FFA_PAYLOAD2_WORDS;
        break;
    default:
        return false;
    }
    request->function = (uint32_t)args->x[0];
    request->sender = FFA_SENDER(args->x[1]);
    request->receiver = FFA_RECEIVER(args->x[1]);
    return true;
}

void request_to_response(struct ffa_args *args, uint16_t from, uint16_t to)
{
    args->x[0] += FFA_MSG_SEND_DIRECT_RESP_32 - FFA_MSG_SEND_DIRECT_REQ_32; /* same in each form */
    args->x[1] = FFA_PAIR(from, to);
    args->x[2] = 0;
    if ((uint32_t)args->x[0] == FFA_MSG_SEND_DIRECT_RESP2_64) {
        args->x[3] = 0;
    }
}

_Noreturn void serve(void (*handle)(struct ffa_args *args, const struct request *request))
{
    struct ffa_args args = ffa_msg_wait();

    for (;;) {
        struct request request;

        if (request_decode(&args, &request)) {
            handle(&args, &request);
            request_to_response(&args, request.receiver, request.sender);
        } else {
            guest_assert(ffa_status(&args) == 0);
            args = (struct ffa_args){.x = {FFA_MSG_WAIT}};
        }
        ffa_call(&args);
    }
}
