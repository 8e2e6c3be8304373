/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The GIC probe in the normal world at EL2, interrupts masked: what it sees goes by
 * FFA_CONSOLE_LOG, where tools/twin compares it. guest_parameter: seed [63:32], episodes [31:16],
 * steps [15:0].
 */
#include "access.h"
#include "console.h"
#include "ffa.h"
#include "guest.h"
#include "mmu.h"
#include "probe.h"
#include "psci.h"
#include "timer.h"

#define GICD       0x08000000u
#define GICD_BYTES 0x10000u
#define GICR       0x080a0000u
#define GICR_BYTES 0x40000u /* two PEs; the other one is off */

SYSREG_WRITE(icc_sre_el1)

static uint64_t mmio_read(bool secure, uint64_t address, unsigned size)
{
    (void)secure;
    return probe_mmio_read(address, size);
}

static void mmio_write(bool secure, uint64_t address, unsigned size, uint64_t value)
{
    (void)secure;
    probe_mmio_write(address, size, value);
}

static uint64_t icc_read(enum probe_state state, enum probe_icc reg)
{
    guest_assert(state == PROBE_NS);
    return probe_icc(reg, false, 0);
}

static void icc_write(enum probe_state state, enum probe_icc reg, uint64_t value)
{
    guest_assert(state == PROBE_NS);
    (void)probe_icc(reg, true, value);
}

/* Of the timer: its compare value lies in the past. */
static void line(uint32_t intid, bool level)
{
    guest_assert(intid == TIMER_PPI);
    write_cntp_cval_el0(0);
    write_cntp_ctl_el0(level ? TIMER_ENABLE : 0);
    __asm__ volatile("dsb sy\n\tisb" : : : "memory");
}

static void say(const char *text)
{
    console_printf("%s\n", text);
}

void guest_main(unsigned pe)
{
    static const struct probe_io io = {
        .pes = 2,
        .distributor = GICD,
        .redistributor = GICR,
        .read = mmio_read,
        .write = mmio_write,
        .icc_read = icc_read,
        .icc_write = icc_write,
        .line = line,
        .say = say,
    };
    uint64_t how = guest_parameter;

    (void)pe;
    guest_assert(ffa_version(FFA_VERSION_1_3) > 0 && current_el() == 2);
    guest_assert(mmu_map(GICD, GICD_BYTES, MMU_DEVICE) && mmu_map(GICR, GICR_BYTES, MMU_DEVICE));
    write_icc_sre_el1(7);
    __asm__ volatile("isb" : : : "memory");
    probe_run(&io, (uint32_t)(how >> 32), (uint32_t)(how >> 16) & 0xffff, (uint32_t)how & 0xffff);
    console_printf("gic_probe: done\n");
    psci_system_off();
}
