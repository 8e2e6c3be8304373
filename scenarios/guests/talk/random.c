/* SPDX-License-Identifier: BSD-3-Clause */
#include "random.h"

#include "guest_commands.h"
#include "partner.h"
#include "talk.h"

#define ARRAY_SIZE(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))

static uint64_t next(struct random *random)
{
    random->state ^= random->state >> 12;
    random->state ^= random->state << 25;
    random->state ^= random->state >> 27;
    return random->state * 0x2545f4914f6cdd1dull;
}

uint32_t random_below(struct random *random, uint32_t limit)
{
    return (uint32_t)((next(random) >> 32) * limit >> 32);
}

static const uint32_t functions[] = {
    FFA_VERSION,
    FFA_FEATURES,
    FFA_RX_RELEASE,
    FFA_RX_ACQUIRE,
    FFA_RXTX_MAP_64,
    FFA_RXTX_MAP_32,
    FFA_RXTX_UNMAP,
    FFA_PARTITION_INFO_GET,
    FFA_PARTITION_INFO_GET_REGS_64,
    FFA_ID_GET,
    FFA_SPM_ID_GET,
    FFA_MSG_WAIT,
    FFA_YIELD,
    FFA_RUN,
    FFA_MSG_SEND_DIRECT_REQ_32,
    FFA_MSG_SEND_DIRECT_REQ_64,
    FFA_MSG_SEND_DIRECT_REQ2_64,
    FFA_MSG_SEND_DIRECT_RESP_32,
    FFA_MSG_SEND_DIRECT_RESP_64,
    FFA_MSG_SEND_DIRECT_RESP2_64,
    FFA_SECONDARY_EP_REGISTER_64,
    FFA_MSG_SEND2,
    FFA_INTERRUPT,
    FFA_SUCCESS_32,
};

/* Those that change who runs, when they are right. */
static const uint32_t switches[] = {
    FFA_MSG_WAIT,
    FFA_YIELD,
    FFA_RUN,
    FFA_RUN,
    FFA_MSG_SEND_DIRECT_REQ_32,
    FFA_MSG_SEND_DIRECT_REQ_64,
    FFA_MSG_SEND_DIRECT_REQ2_64,
    FFA_MSG_SEND_DIRECT_RESP_32,
    FFA_MSG_SEND_DIRECT_RESP_64,
    FFA_MSG_SEND_DIRECT_RESP2_64,
};

/* Commands to echo after which it still answers, sooner or later; the last one makes it forward. */
static const uint32_t commands[] = {ECHO_CMD_ECHO,   ECHO_CMD_CALL,     ECHO_CMD_CONDUIT,
                                    ECHO_CMD_YIELD,  ECHO_CMD_MSG_WAIT, ECHO_CMD_TOUCH,
                                    ECHO_CMD_FORWARD};

static uint32_t command(struct random *random)
{
    return commands[random_below(random, ARRAY_SIZE(commands) - (random->forwards ? 0 : 1))];
}

static bool is_spared(uint32_t fid)
{
    uint32_t low = fid & ~SMCCC_64_BIT;

    return low == FFA_ABORT_32 || low == FFA_CONSOLE_LOG_32 || low == FFA_ERROR;
}

static uint32_t function(struct random *random)
{
    uint32_t fid;

    uint32_t kind = random_below(random, 8);

    if (kind < 4) {
        return switches[random_below(random, ARRAY_SIZE(switches))];
    }
    if (kind < 7) {
        return functions[random_below(random, ARRAY_SIZE(functions))];
    }
    do {
        fid = (FFA_FID_FIRST + random_below(random, 0x40)) |
              (random_below(random, 2) != 0 ? SMCCC_64_BIT : 0);
    } while (is_spared(fid));
    return fid;
}

static uint64_t number(struct random *random, uint32_t partitions)
{
    uint16_t id = SP(random_below(random, partitions + 2)); /* the SPMC and nobody, too */

    switch (random_below(random, 12)) {
    case 0:
        return random_below(random, 9);
    case 1:
        return id;
    case 2:
        return FFA_PAIR(id, random_below(random, 2));
    case 3:
        return FFA_PAIR(talk_me.id, id);
    case 4:
        return talk_page(random_below(random, TALK_PAGES));
    case 5:
        return talk_page(0) + random_below(random, TALK_PAGES * FFA_PAGE_SIZE_BYTES);
    case 6: /* never an address that is page aligned */
        return next(random) | 1;
    case 7:
        return ~0ull << random_below(random, 64);
    case 8:
        return 0x0e100000u + random_below(random, 0x10) * FFA_PAGE_SIZE_BYTES;
    case 9:
        return command(random);
    case 10:
        return function(random);
    default:
        return 0;
    }
}

/* w1 and the first word of a payload that make sense. */
static void make_message(struct random *random, struct ffa_args *args, uint32_t partitions)
{
    unsigned first = (uint32_t)args->x[0] == FFA_MSG_SEND_DIRECT_REQ2_64 ? 4 : 3;

    args->x[1] = FFA_PAIR(talk_me.id, SP(1 + random_below(random, partitions)));
    args->x[2] = 0;
    if (first == 4) {
        args->x[3] = 0;
    }
    args->x[first] = command(random);
    args->x[first + 1] = number(random, partitions);
}

static void make_legal(struct random *random, struct ffa_args *args, uint32_t partitions)
{
    switch ((uint32_t)args->x[0]) {
    case FFA_MSG_SEND_DIRECT_REQ_32:
    case FFA_MSG_SEND_DIRECT_REQ_64:
    case FFA_MSG_SEND_DIRECT_REQ2_64:
        make_message(random, args, partitions);
        break;
    case FFA_MSG_SEND_DIRECT_RESP_32:
    case FFA_MSG_SEND_DIRECT_RESP_64:
        args->x[1] = FFA_PAIR(talk_me.id, random_below(random, 3) == 0 ? SP(3) : FFA_ID_NWD);
        args->x[2] = 0;
        break;
    case FFA_MSG_SEND_DIRECT_RESP2_64:
        args->x[1] = FFA_PAIR(talk_me.id, FFA_ID_NWD);
        args->x[2] = args->x[3] = 0;
        break;
    case FFA_RXTX_MAP_64:
        *args = (struct ffa_args){.x = {FFA_RXTX_MAP_64, talk_page(random_below(random, 8)),
                                        talk_page(random_below(random, 8)), 1}};
        break;
    case FFA_RUN:
        *args = (struct ffa_args){
            .x = {FFA_RUN, FFA_PAIR(SP(1 + random_below(random, partitions)), 0)}};
        break;
    default:
        for (unsigned n = 1; n < FFA_REGS; n++) {
            args->x[n] = 0;
        }
        break;
    }
}

struct ffa_args random_call(struct random *random, uint32_t partitions)
{
    struct ffa_args args = {.x = {function(random)}};
    unsigned used =
        random_below(random, 4) == 0 ? FFA_REGS_EXTENDED : 2 + random_below(random, FFA_REGS - 1);

    for (unsigned n = 1; n < used; n++) {
        args.x[n] = random_below(random, 2) != 0 ? 0 : number(random, partitions);
    }
    if (random_below(random, 4) != 0) {
        make_legal(random, &args, partitions);
    }
    if ((args.x[0] & SMCCC_64_BIT) == 0 && random_below(random, 8) == 0) {
        args.x[0] |= next(random) << 32; /* and no more than its lower half counts */
    }
    return args;
}
