/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Registers over calls, the kernel's and those of partitions that take turns on the same PE.
 * Partitions: 1 and 2 partners, 3 echo.
 */
#include "rules.h"
#include "state.h"
#include "talk_kernel.h"

#define PARTNERS 2u
#define ECHO     SP(3)
#define ROUNDS   8u

/* Everybody gives system and vector registers values of its own, and finds them again. */
static void keep_state(void)
{
    uint64_t mine = 0;
    uint64_t last[PARTNERS + 1] = {0};

    for (uint64_t round = 1; round <= ROUNDS; round++) {
        guest_assert(state_change(round) == mine);
        mine = round;
        for (unsigned n = 1; n <= PARTNERS; n++) {
            uint64_t number = round * 1000 + n;
            enum ffa_conduit conduit = round % 2 == 0 ? FFA_CONDUIT_SMC : FFA_CONDUIT_HVC;

            guest_assert(talk_ask(SP(n), TALK_SYSREGS, conduit, number) == last[n]);
            last[n] = number;
            talk_echo(ECHO);
        }
    }
}

void guest_main(unsigned pe)
{
    (void)pe;
    talk_begin(FFA_VERSION_1_3);
    rules_registers(ECHO);
    for (unsigned n = 1; n <= PARTNERS; n++) {
        talk_ask_both(SP(n), TALK_REGISTERS, ECHO);
    }
    keep_state();
    talk_end("every register is returned, kept or zero, as it should be");
}
