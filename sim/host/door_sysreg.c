/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The doors' system registers: those of Secure EL2 that the core asks for, and Group 0 for the
 * SPMD at EL3.
 */
#include <stddef.h>

#include "sim/device/gic.h"
#include "sim/device/timer.h"
#include "sim/host/host.h"
#include "spmd/arch/arch.h"

#define ICC_IAR0   GIC_SYSREG(3, 0, 12, 8, 0)
#define ICC_EOIR0  GIC_SYSREG(3, 0, 12, 8, 1)
#define ICC_HPPIR0 GIC_SYSREG(3, 0, 12, 8, 2)

/* Of the GIC's CPU interface; 0: another register */
static const uint32_t icc_keys[ARCH_SYSREG_COUNT] = {
    [ARCH_ICC_IAR1] = GIC_SYSREG(3, 0, 12, 12, 0),
    [ARCH_ICC_EOIR1] = GIC_SYSREG(3, 0, 12, 12, 1),
    [ARCH_ICC_DIR] = GIC_SYSREG(3, 0, 12, 11, 1),
    [ARCH_ICC_HPPIR0] = ICC_HPPIR0,
    [ARCH_ICC_HPPIR1] = GIC_SYSREG(3, 0, 12, 12, 2),
    [ARCH_ICC_PMR] = GIC_SYSREG(3, 0, 4, 6, 0),
    [ARCH_ICC_RPR] = GIC_SYSREG(3, 0, 12, 11, 3),
    [ARCH_ICC_BPR1] = GIC_SYSREG(3, 0, 12, 12, 3),
    [ARCH_ICC_CTLR] = GIC_SYSREG(3, 0, 12, 12, 4),
    [ARCH_ICC_SRE_EL2] = GIC_SYSREG(3, 4, 12, 9, 5),
    [ARCH_ICC_IGRPEN1] = GIC_SYSREG(3, 0, 12, 12, 7),
    [ARCH_ICC_SGI1R] = GIC_SYSREG(3, 0, 12, 11, 5),
    [ARCH_ICC_ASGI1R] = GIC_SYSREG(3, 0, 12, 11, 6),
};

/* Without a GIC nothing is ever pending. */
static uint64_t read_icc(struct arch_pe *pe, enum arch_sysreg reg)
{
    uint64_t value;

    if (gic_icc_read(pe->pe, icc_keys[reg], 2, true, &value)) {
        return value;
    }
    return reg == ARCH_ICC_IAR1 || reg == ARCH_ICC_HPPIR0 || reg == ARCH_ICC_HPPIR1 ? GIC_SPURIOUS
                                                                                    : 0;
}

uint64_t arch_sysreg_read(struct arch_pe *pe, enum arch_sysreg reg)
{
    uint64_t now_ns;

    core_point(pe, HOST_REGISTER_NS, CHOICE_REGISTER);
    now_ns = pe->pe->now_ns;
    switch (reg) {
    case ARCH_CNTFRQ:
        return pe->run->machine->board.counter_hz;
    case ARCH_CNTPCT:
        return machine_counter(pe->run->machine, now_ns);
    case ARCH_CNTHPS_CTL:
        return timer_read(pe->pe, PE_TIMER_CNTHPS, TIMER_CTL, now_ns);
    case ARCH_CNTHPS_CVAL:
        return timer_read(pe->pe, PE_TIMER_CNTHPS, TIMER_CVAL, now_ns);
    default:
        return read_icc(pe, reg);
    }
}

void arch_sysreg_write(struct arch_pe *pe, enum arch_sysreg reg, uint64_t value)
{
    core_point(pe, HOST_REGISTER_NS, CHOICE_REGISTER);
    switch (reg) {
    case ARCH_CNTHPS_CTL:
        timer_write(pe->pe, PE_TIMER_CNTHPS, TIMER_CTL, value, pe->pe->now_ns);
        break;
    case ARCH_CNTHPS_CVAL:
        timer_write(pe->pe, PE_TIMER_CNTHPS, TIMER_CVAL, value, pe->pe->now_ns);
        break;
    default:
        (void)gic_icc_write(pe->pe, icc_keys[reg], 2, true, value);
        break;
    }
}

static struct sim_pe *pe_of(struct spmd *spmd, uint32_t cpu_index)
{
    struct run *run = (struct run *)(void *)((unsigned char *)spmd - offsetof(struct run, spmd));

    return &run->machine->pe[cpu_index];
}

uint32_t host_el3_pending(const struct arch_pe *pe)
{
    uint64_t intid;

    return gic_icc_read(pe->pe, ICC_HPPIR0, 3, true, &intid) ? (uint32_t)intid : GIC_SPURIOUS;
}

uint32_t spmd_arch_group0_take(struct spmd *spmd, uint32_t cpu_index)
{
    uint64_t intid;

    return gic_icc_read(pe_of(spmd, cpu_index), ICC_IAR0, 3, true, &intid) ? (uint32_t)intid
                                                                           : GIC_SPURIOUS;
}

void spmd_arch_group0_end(struct spmd *spmd, uint32_t cpu_index, uint32_t intid)
{
    (void)gic_icc_write(pe_of(spmd, cpu_index), ICC_EOIR0, 3, true, intid);
}
