/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * arm,vexpress-sysreg: the system registers of Arm's Versatile Express motherboards, as the FVP
 * Base models have them, as far as software reads them at boot.
 */
#include "sim/device/wiring.h"

enum sysreg_offset {
    SYS_ID = 0x000,
    SYS_SW = 0x004,
    SYS_LED = 0x008,
    SYS_100HZ = 0x024,
    SYS_FLAGS = 0x030, /* a write sets bits */
    SYS_FLAGSCLR = 0x034,
    SYS_NVFLAGS = 0x038,
    SYS_NVFLAGSCLR = 0x03c,
    SYS_24MHZ = 0x05c,
    SYS_CFGDATA = 0x0a0,
    SYS_CFGCTRL = 0x0a4,
    SYS_CFGSTAT = 0x0a8,
};

#define SYSREG_BYTES 0x1000u
/* Revision C, board 0x020 (FVP Base), variant 1 (GICv3 memory map), a model. */
#define SYS_ID_FVP_BASE_REVC 0x20201100u

#define CFGCTRL_START          (1u << 31)
#define CFGCTRL_FUNCTION(ctrl) ((ctrl) >> 20 & 0x3fu)
#define CFG_SHUTDOWN           8u
#define CFG_REBOOT             9u
#define CFGSTAT_COMPLETE       1u

struct sysreg {
    struct device device;
    uint32_t sw, led, flags, nv_flags, cfg_data, cfg_ctrl, cfg_stat;
    struct device_unmodelled unmodelled;
};

static uint64_t sysreg_read(void *device, struct sim_pe *pe, uint64_t offset, unsigned size,
                            enum bus_pas pas)
{
    struct sysreg *regs = device;
    uint64_t now_ns = device_now(&regs->device, pe);

    (void)size;
    (void)pas;
    switch (offset) {
    case SYS_ID:
        return SYS_ID_FVP_BASE_REVC;
    case SYS_SW:
        return regs->sw;
    case SYS_LED:
        return regs->led;
    case SYS_100HZ:
        return (uint32_t)device_ticks(now_ns, 100);
    case SYS_24MHZ:
        return (uint32_t)device_ticks(now_ns, 24000000);
    case SYS_FLAGS:
        return regs->flags;
    case SYS_NVFLAGS:
        return regs->nv_flags;
    case SYS_CFGDATA:
        return regs->cfg_data;
    case SYS_CFGCTRL:
        return regs->cfg_ctrl;
    case SYS_CFGSTAT:
        return regs->cfg_stat;
    default:
        device_warn_unmodelled(&regs->device, &regs->unmodelled, "SYS", offset, false);
        return 0;
    }
}

/* A request to the board's controller: power and reset are answered, others complete at once. */
static void configure(struct sysreg *regs, uint32_t value)
{
    regs->cfg_ctrl = value & ~CFGCTRL_START;
    if ((value & CFGCTRL_START) == 0)
        return;
    regs->cfg_stat = CFGSTAT_COMPLETE;
    if (CFGCTRL_FUNCTION(value) == CFG_SHUTDOWN)
        machine_end(regs->device.machine, MACHINE_END_DONE);
    else if (CFGCTRL_FUNCTION(value) == CFG_REBOOT)
        machine_reset(regs->device.machine, "%s: a reboot was asked for in SYS_CFGCTRL",
                      regs->device.node->path);
}

static void sysreg_write(void *device, struct sim_pe *pe, uint64_t offset, unsigned size,
                         uint64_t value, enum bus_pas pas)
{
    struct sysreg *regs = device;
    uint32_t bits = (uint32_t)value;

    (void)pe;
    (void)size;
    (void)pas;
    switch (offset) {
    case SYS_SW:
        regs->sw = bits & 0xffu;
        break;
    case SYS_LED:
        regs->led = bits & 0xffu;
        break;
    case SYS_FLAGS:
        regs->flags |= bits;
        break;
    case SYS_FLAGSCLR:
        regs->flags &= ~bits;
        break;
    case SYS_NVFLAGS:
        regs->nv_flags |= bits;
        break;
    case SYS_NVFLAGSCLR:
        regs->nv_flags &= ~bits;
        break;
    case SYS_CFGDATA:
        regs->cfg_data = bits;
        break;
    case SYS_CFGCTRL:
        configure(regs, bits);
        break;
    case SYS_CFGSTAT:
        regs->cfg_stat = bits;
        break;
    default:
        device_warn_unmodelled(&regs->device, &regs->unmodelled, "SYS", offset, true);
        break;
    }
}

static const struct bus_device_ops sysreg_ops = {sysreg_read, sysreg_write};

static bool create_sysreg(struct machine *machine, const struct board_device *node,
                          struct device **out, struct sim_error *err)
{
    struct sysreg *regs = device_alloc(machine, node, sizeof(*regs), err);

    if (regs == NULL)
        return false;
    *out = &regs->device;
    return device_map(&regs->device, 0, SYSREG_BYTES, &sysreg_ops, regs, err);
}

static const char *const sysreg_compatible[] = {"arm,vexpress-sysreg", NULL};

const struct device_model device_sysreg = {sysreg_compatible, create_sysreg};
