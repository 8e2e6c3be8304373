/* SPDX-License-Identifier: BSD-3-Clause */
#include "commands.h"

#include "console.h"
#include "exception.h"
#include "ffa.h"
#include "guest.h"
#include "guest_commands.h"
#include "mem.h"
#include "misbehave.h"

/* Keeps the command and puts up to three results behind it. */
static void answer(const struct request *request, uint64_t r1, uint64_t r2, uint64_t r3)
{
    memset(&request->word[1], 0, (request->word_count - 1) * sizeof(request->word[0]));
    request->word[1] = r1;
    request->word[2] = r2;
    request->word[3] = r3;
}

static void answer_report(const struct request *request, struct exception_report report)
{
    answer(request, report.taken ? 1 : 0, report.esr, report.far);
}

/* The call that the payload spells; its registers, as many as the payload has room for. */
static void raw_call(const struct request *request)
{
    struct ffa_args args = {.x = {0}};
    size_t size_bytes = (request->word_count - 1) * sizeof(request->word[0]);

    memcpy(args.x, &request->word[1], size_bytes);
    ffa_call(&args);
    memcpy(&request->word[1], args.x, size_bytes);
}

static void forward(const struct request *request)
{
    const struct ffa_uuid any = {0, 0};
    uint64_t payload[FFA_PAYLOAD2_WORDS] = {0};
    uint16_t to = (uint16_t)request->word[1];
    struct ffa_args r;
    unsigned first = request->word_count == FFA_PAYLOAD2_WORDS ? 4 : 3;

    memcpy(payload, &request->word[2], (request->word_count - 2) * sizeof(payload[0]));
    if (request->function == FFA_MSG_SEND_DIRECT_REQ_32) {
        r = ffa_direct_req32(request->receiver, to, payload);
    } else if (request->function == FFA_MSG_SEND_DIRECT_REQ_64) {
        r = ffa_direct_req64(request->receiver, to, payload);
    } else {
        r = ffa_direct_req2(request->receiver, to, any, payload);
    }
    request->word[1] = r.x[0];
    request->word[2] = r.x[2];
    memcpy(&request->word[3], &r.x[first], (request->word_count - 3) * sizeof(payload[0]));
}

static void print_payload(const struct request *request)
{
    char text[FFA_PAYLOAD2_WORDS * 8];
    size_t width = request->function == FFA_MSG_SEND_DIRECT_REQ_32 ? 4 : 8;
    size_t count = 0;

    for (; count < (request->word_count - 1) * width; count++) {
        char c = (char)(request->word[1 + count / width] >> (8 * (count % width)));

        if (c == '\0') {
            break;
        }
        text[count] = c;
    }
    text[count] = '\n'; /* there is room: the command's own word is not printed */
    console_write(text, count + 1);
}

/* A response that names other endpoints than the request did. */
static void respond_as(const struct request *request)
{
    struct ffa_args args = {
        .x = {request->function, 0, 0, request->word[0], request->word[0]},
    };

    request_to_response(&args, (uint16_t)request->word[1], (uint16_t)request->word[2]);
    ffa_call(&args);
    answer(request, args.x[0], args.x[2], 0);
}

static void change_conduit(const struct request *request)
{
    enum ffa_conduit before = ffa_get_conduit();

    ffa_set_conduit(request->word[1] == 1 ? FFA_CONDUIT_HVC : FFA_CONDUIT_SMC);
    answer(request, before == FFA_CONDUIT_HVC ? 1 : 0, 0, 0);
}

void echo_command(const struct request *request)
{
    uint64_t *word = request->word;
    struct ffa_args r;

    switch ((uint32_t)word[0]) {
    case ECHO_CMD_CALL:
        raw_call(request);
        break;
    case ECHO_CMD_FORWARD:
        forward(request);
        break;
    case ECHO_CMD_CONDUIT:
        change_conduit(request);
        break;
    case ECHO_CMD_PRINT:
        print_payload(request);
        break;
    case ECHO_CMD_YIELD:
        r = ffa_yield();
        answer(request, r.x[0], 0, 0);
        break;
    case ECHO_CMD_RESP_AS:
        respond_as(request);
        break;
    case ECHO_CMD_MSG_WAIT:
        r = ffa_msg_wait();
        answer(request, r.x[0], r.x[2], 0);
        break;
    case ECHO_CMD_TOUCH:
        answer_report(request, misbehave_touch((uintptr_t)word[1], word[2] == 1, word[3] != 1));
        break;
    case ECHO_CMD_PROTECTION:
        answer_report(request, misbehave_protection((unsigned)word[1]));
        break;
    default:
        misbehave_for_good((uint32_t)word[0]); /* returns if it is no command at all */
        break;
    }
}
