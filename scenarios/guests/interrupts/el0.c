/* SPDX-License-Identifier: BSD-3-Clause */
/* interrupts_el0: owns the PL011's interrupt at S-EL0, where FFA_INTERRUPT brings it. */
#include "interrupts.h"

#include "guest.h"
#include "serve.h"

static uint64_t count;

static uint64_t hf(uint64_t function, uint64_t a1, uint64_t a2, uint64_t a3)
{
    struct ffa_args args = {.x = {function, a1, a2, a3}};

    ffa_call(&args);
    return args.x[0];
}

static void on_interrupt(uint64_t id)
{
    guest_assert(id == VINT_UART);
    UART_REG(UART_ICR) = UART_ICR_ALL;
    count++;
    UART_REG(UART_IMSC) = 0;
    guest_assert(hf(HF_INTERRUPT_DEACTIVATE, id, id, 0) == 0);
}

static void handle(uint64_t *word)
{
    switch (word[0]) {
    case INT_COUNTS:
        word[2] = count;
        break;
    case INT_RAISE:
        uart_raise(); /* it is told when it has answered */
        break;
    case INT_SPIN: /* there is no timer to ask */
        for (uint64_t i = 0; i < word[1] * 100; i++) {
            __asm__ volatile("");
        }
        break;
    case INT_CALL:
        word[1] = hf(word[1], word[2], word[3], word[4]);
        break;
    default:
        break;
    }
}

void guest_main(unsigned pe)
{
    struct ffa_args args = {.x = {FFA_MSG_WAIT}};
    struct ffa_args made; /* the call that ended in FFA_INTERRUPT is made again */

    (void)pe;
    guest_assert(ffa_version(FFA_VERSION_1_3) > 0);
    guest_assert(hf(HF_INTERRUPT_ENABLE, VINT_UART, 1, 0) == 0);
    for (;;) {
        struct request request;

        made = args;
        ffa_call(&args);
        if (request_decode(&args, &request)) {
            guest_assert(request.function == FFA_MSG_SEND_DIRECT_REQ_64);
            handle(request.word);
            request_to_response(&args, request.receiver, request.sender);
        } else {
            guest_assert(ffa_status(&args) == 0);
            if ((uint32_t)args.x[0] == FFA_INTERRUPT) {
                on_interrupt(args.x[2]);
            }
            args = made;
        }
    }
}
