/* SPDX-License-Identifier: BSD-3-Clause */
/* talk_partner: the talks from a partition's side. GUEST_PARAMETER is the FF-A version it speaks.
 */
#include "partner.h"

#include "partner_topics.h"
#include "rules.h"
#include "serve.h"
#include "talk.h"

static uint64_t wait_flags; /* of the next FFA_MSG_WAIT that ends cycles from FFA_RUN */
static enum talk_cycles cycles;

static uint64_t hold(enum talk_topic topic, uint64_t argument)
{
    switch (topic) {
    case TALK_IDENTITIES:
        rules_identities();
        rules_version_settled();
        return 0;
    case TALK_FEATURES:
        rules_features();
        return 0;
    case TALK_RXTX:
        rules_rxtx(argument);
        return 0;
    case TALK_RX_FILL:
        partner_rx_fill();
        return 0;
    case TALK_RX_WAIT_FLAGS:
        wait_flags = argument;
        return 0;
    case TALK_RX_IS_MINE:
        return partner_rx_is_mine();
    default:
        return partner_topic(topic, argument, &cycles);
    }
}

static void handle(const struct request *request)
{
    uint64_t *word = request->word;
    enum ffa_conduit before = ffa_get_conduit();

    if (request->function != FFA_MSG_SEND_DIRECT_REQ_64 || word[0] != TALK_MAGIC) {
        return;
    }
    guest_assert(word[1] < TALK_TOPICS);
    ffa_set_conduit((enum ffa_conduit)word[2]);
    word[1] = hold((enum talk_topic)word[1], word[3]);
    word[0] = TALK_DONE;
    ffa_set_conduit(before);
}

static void spend_cycles(struct ffa_args *args)
{
    guest_assert(args->x[0] == FFA_RUN && args->x[1] == FFA_PAIR(talk_me.id, 0));
    guest_assert((args->x[2] | args->x[3] | args->x[4] | args->x[5]) == 0);
    partner_cycles(cycles);
    cycles = TALK_CYCLES_WAIT;
    *args = (struct ffa_args){.x = {FFA_MSG_WAIT, 0, wait_flags}};
    wait_flags = 0;
}

void guest_main(unsigned pe)
{
    (void)pe;
    talk_me.version = (uint32_t)guest_parameter;
    rules_version_open(talk_me.version);
    talk_me.id = (uint16_t)ffa_id_get();
    partner_boot_rules();

    struct ffa_args args = ffa_msg_wait();

    for (;;) {
        struct request request;

        partner_maybe_hostile(&args);
        if (request_decode(&args, &request)) {
            handle(&request);
            request_to_response(&args, request.receiver, request.sender);
        } else {
            spend_cycles(&args);
        }
        ffa_call(&args);
    }
}
