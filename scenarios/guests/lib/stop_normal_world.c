/* SPDX-License-Identifier: BSD-3-Clause */
/* How a normal-world kernel ends: by PSCI, well or not. */
#include "ffa.h"
#include "guest.h"
#include "psci.h"

static _Noreturn void last_call(uint64_t x0, uint64_t x1, uint64_t x2)
{
    struct ffa_args args = {.x = {x0, x1, x2}};

    ffa_set_conduit(FFA_CONDUIT_SMC);
    ffa_call(&args);
    for (;;) { /* firmware without this PSCI call */
        __asm__ volatile("wfi");
    }
}

_Noreturn void psci_system_off(void)
{
    last_call(PSCI_SYSTEM_OFF, 0, 0);
}

_Noreturn void psci_system_reset2(uint32_t type, uint64_t cookie)
{
    last_call(PSCI_SYSTEM_RESET2_64, type, cookie);
}

_Noreturn void guest_fail(unsigned line)
{
    psci_system_reset2(GUEST_RESET_FAILED, line);
}
