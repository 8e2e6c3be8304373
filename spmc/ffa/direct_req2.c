/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_MSG_SEND_DIRECT_REQ2 and RESP2 (FF-A v1.2, 15.4, 15.5). */
#include "ffa/direct_msg.h"
#include "spmc/mem.h"

/* x2 and x3 carry the bytes of the UUID in their text order, the first in x2[7:0]. */
static bool read_uuid(const struct ffa_call *call, struct uuid *uuid)
{
    for (unsigned i = 0; i < sizeof(uuid->byte); i++) {
        uuid->byte[i] = (uint8_t)(call->x[2 + i / 8] >> (i % 8 * 8));
    }
    return (call->x[2] | call->x[3]) != 0;
}

static int32_t check(const struct ffa_call *call, struct direct_pair *pair)
{
    struct uuid uuid;
    bool has_uuid = read_uuid(call, &uuid);
    int32_t error = direct_request_pair(call, pair);

    if (error != 0) {
        return error;
    }
    if (has_uuid && !ffa_has_service(pair->receiver, &uuid)) {
        return FFA_INVALID_PARAMETERS;
    }
    if (pair->receiver->ffa_version < FFA_VERSION_1_2) {
        return FFA_DENIED;
    }
    return direct_request_capability(call, pair, FFA_PROP_DIRECT_REQ2_SEND,
                                     FFA_PROP_DIRECT_REQ2_RECV, has_uuid ? &uuid : NULL);
}

/* All registers behind w1 pass unchanged. */
static void deliver(const struct ffa_call *call, struct ffa_result *out)
{
    out->x[0] = call->fid;
    out->x[1] = (uint32_t)call->x[1];
    memcpy(&out->x[2], &call->x[2], (FFA_REGS_EXTENDED - 2) * sizeof(out->x[0]));
    out->count = FFA_REGS_EXTENDED;
}

void ffa_direct_req2(const struct ffa_call *call, struct ffa_result *out)
{
    struct direct_pair pair;
    int32_t error = check(call, &pair);

    if (error == 0) {
        error = direct_request_send(call, &pair, false, 0, out);
    }
    if (error != 0) {
        ffa_return_error(out, error);
        return;
    }
    deliver(call, out);
}

void ffa_direct_resp2(const struct ffa_call *call, struct ffa_result *out)
{
    enum direct_end end = DIRECT_ANSWERED;
    int32_t error;

    deliver(call, out);
    /* A response names no service. */
    error = (call->x[2] | call->x[3]) != 0 ? FFA_INVALID_PARAMETERS
                                           : direct_response_send(call, true, out, &end);
    direct_response_end(out, error, end);
}
