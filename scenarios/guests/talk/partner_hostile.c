/* SPDX-License-Identifier: BSD-3-Clause */
/* Hostile calls of a partition. It keeps track of what it owes, so that it can end well. */
#include "partner_topics.h"
#include "random.h"
#include "serve.h"

#define PARTITIONS 4u

static struct random random;
static uint64_t calls_left;

void partner_hostile_begin(uint64_t argument)
{
    calls_left = argument >> 32;
    random.state = ((argument & 0xffffffffu) << 8) | 1;
}

static bool is_new(const struct ffa_args *r)
{
    struct ffa_args copy = *r;
    struct request request;

    return (uint32_t)r->x[0] == FFA_RUN || request_decode(&copy, &request);
}

/* Those that it asked and that yielded have to finish first. */
static void run_callees(void)
{
    for (unsigned n = 1; n <= PARTITIONS; n++) {
        (void)ffa_run(SP(n), 0);
    }
}

/* No request in which it is now would be answered if it forgot it: answers until none is left. */
static void answer_all(struct ffa_args *args)
{
    for (;;) {
        struct ffa_args next = *args;
        struct request request;

        if ((uint32_t)args->x[0] == FFA_RUN) {
            return; /* the caller ends that with FFA_MSG_WAIT */
        }
        (void)request_decode(&next, &request);
        request_to_response(&next, request.receiver, request.sender);
        ffa_call(&next);
        if (is_new(&next)) {
            *args = next;
            return;
        }
        run_callees();
    }
}

void partner_maybe_hostile(struct ffa_args *args)
{
    if (calls_left == 0) {
        return;
    }
    while (calls_left-- > 0) {
        struct ffa_args r =
            random_below(&random, 3) == 0 ? ffa_msg_wait() : talk_call(random_call(&random, 4));

        if (is_new(&r)) {
            *args = r;
        }
    }
    calls_left = 0;
    answer_all(args);
}
