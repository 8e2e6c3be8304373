/* SPDX-License-Identifier: BSD-3-Clause */
/* Software generated interrupts: who is meant, and whether that PE takes it (IHI 0069H, 12.1.10).
 */
#include "sim/device/gicv3.h"

#define SGI_ALL_BUT_SELF (UINT64_C(1) << 40)

/* Aff3.Aff2.Aff1, and of Aff0 the range of 16 and the list within it. */
static bool is_meant(uint64_t mpidr, uint64_t value)
{
    unsigned aff0 = (unsigned)(mpidr & 0xff);

    return (mpidr >> 32 & 0xff) == (value >> 48 & 0xff) &&
           (mpidr >> 16 & 0xff) == (value >> 32 & 0xff) &&
           (mpidr >> 8 & 0xff) == (value >> 16 & 0xff) && aff0 / 16 == (value >> 44 & 0xf) &&
           (value >> (aff0 % 16) & 1) != 0;
}

/*
 * The Secure state generates what the register names. For the Non-secure state NSACR of the target
 * opens Secure Group 0 at 1 and Secure Group 1 at 2, the latter by a register of Group 1 only.
 */
static bool is_taken(const struct gic_word *word, unsigned sgi, enum gic_group group, bool secure)
{
    enum gic_group is = gic_group_of(word, sgi);

    if (secure || is == GIC_G1NS)
        return is == group;
    if (is == GIC_G0)
        return gic_nsacr_allows(word, sgi, 1);
    return group != GIC_G0 && gic_nsacr_allows(word, sgi, 2);
}

void gic_send_sgi(struct gicv3 *gic, unsigned from, enum gic_group group, bool secure,
                  uint64_t value)
{
    const struct machine *machine = gic->device.machine;
    unsigned sgi = (unsigned)(value >> 24 & 0xf);

    for (unsigned pe = 0; pe < machine->pe_count; pe++) {
        struct redistributor *redist = &gic->redist[pe];
        bool meant =
            (value & SGI_ALL_BUT_SELF) != 0 ? pe != from : is_meant(machine->pe[pe].mpidr, value);

        if (!meant || !is_taken(&redist->word[0], sgi, group, secure))
            continue;
        if (machine->gic_gate != NULL &&
            !gic_gate_line(gic, &(struct gic_ref){&redist->word[0], redist, 0, sgi}, sgi, true))
            continue;
        redist->word[0].latch |= 1u << sgi;
        gic_word_changed(gic, redist, 0);
    }
}
