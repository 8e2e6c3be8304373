/* SPDX-License-Identifier: BSD-3-Clause */
/* What is different at S-EL0: one conduit, and no tables of one's own. */
#include "exception.h"
#include "ffa.h"
#include "guest.h"
#include "mmu.h"

void guest_el0_main(void); /* from entry_el0.S */

void guest_el0_main(void)
{
    ffa_set_conduit(FFA_CONDUIT_SVC);
    guest_main(0);
}

/* What there is, is mapped. */
bool mmu_map(uintptr_t base, size_t size_bytes, unsigned attributes)
{
    (void)base;
    (void)size_bytes;
    (void)attributes;
    return false;
}

void mmu_unmap(uintptr_t base, size_t size_bytes)
{
    (void)base;
    (void)size_bytes;
}

/* Nobody comes back from an exception: whoever asks has not taken one. */
void exception_expect(void)
{
}

struct exception_report exception_result(void)
{
    return (struct exception_report){.taken = false};
}
