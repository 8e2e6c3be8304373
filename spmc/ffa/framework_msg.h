/* SPDX-License-Identifier: BSD-3-Clause */
/* Framework messages: direct messages of the SPMD and of the VM life cycle (FF-A v1.2, 18.2). */
#ifndef FFA_FRAMEWORK_MSG_H
#define FFA_FRAMEWORK_MSG_H

#include "ffa/call.h"

/*
 * A direct request with the framework flag. True: answered, `out` is filled. False: a message that
 * goes on to the partition that it names, as every other direct request.
 */
bool framework_request(const struct ffa_call *call, struct ffa_result *out);

/* Is `response` the framework function that answers `request`? */
bool framework_answers(uint32_t request, uint32_t response);

#endif
