/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The GIC probe against the simulator's model, without a CPU: prints what el3.c prints on QEMU.
 * Usage: gic_probe_host BOARD.dtb SEED EPISODES STEPS
 */
#include <stdio.h>
#include <stdlib.h>

#include "gic_probe/probe.h"
#include "sim/device/gic.h"

#define PES         2u
#define BOARD_BYTES 65536u

static struct machine *machine;

static uint64_t mmio_read(bool secure, uint64_t address, unsigned size)
{
    uint64_t value = 0;

    if (!bus_read(&machine->bus, &machine->pe[0], address, size,
                  secure ? BUS_SECURE : BUS_NON_SECURE, &value))
        abort();
    return value;
}

static void mmio_write(bool secure, uint64_t address, unsigned size, uint64_t value)
{
    if (!bus_write(&machine->bus, &machine->pe[0], address, size,
                   secure ? BUS_SECURE : BUS_NON_SECURE, value))
        abort();
}

static uint32_t key_of(enum probe_icc reg)
{
    static const uint32_t keys[] = {
        [PROBE_PMR] = GIC_SYSREG(3, 0, 4, 6, 0),
        [PROBE_RPR] = GIC_SYSREG(3, 0, 12, 11, 3),
        [PROBE_CTLR] = GIC_SYSREG(3, 0, 12, 12, 4),
        [PROBE_IGRPEN0] = GIC_SYSREG(3, 0, 12, 12, 6),
        [PROBE_IGRPEN1] = GIC_SYSREG(3, 0, 12, 12, 7),
        [PROBE_BPR0] = GIC_SYSREG(3, 0, 12, 8, 3),
        [PROBE_BPR1] = GIC_SYSREG(3, 0, 12, 12, 3),
        [PROBE_AP0R0] = GIC_SYSREG(3, 0, 12, 8, 4),
        [PROBE_AP1R0] = GIC_SYSREG(3, 0, 12, 9, 0),
        [PROBE_HPPIR0] = GIC_SYSREG(3, 0, 12, 8, 2),
        [PROBE_HPPIR1] = GIC_SYSREG(3, 0, 12, 12, 2),
        [PROBE_IAR0] = GIC_SYSREG(3, 0, 12, 8, 0),
        [PROBE_IAR1] = GIC_SYSREG(3, 0, 12, 12, 0),
        [PROBE_EOIR0] = GIC_SYSREG(3, 0, 12, 8, 1),
        [PROBE_EOIR1] = GIC_SYSREG(3, 0, 12, 12, 1),
        [PROBE_DIR] = GIC_SYSREG(3, 0, 12, 11, 1),
        [PROBE_SGI0R] = GIC_SYSREG(3, 0, 12, 11, 7),
        [PROBE_SGI1R] = GIC_SYSREG(3, 0, 12, 11, 5),
        [PROBE_ASGI1R] = GIC_SYSREG(3, 0, 12, 11, 6),
        [PROBE_CTLR_EL3] = GIC_SYSREG(3, 6, 12, 12, 4),
        [PROBE_IGRPEN1_EL3] = GIC_SYSREG(3, 6, 12, 12, 7),
    };

    return keys[reg];
}

static unsigned el_of(enum probe_state state)
{
    return state == PROBE_NS ? 2 : state == PROBE_S ? 1 : 3;
}

static bool is_secure(enum probe_state state)
{
    return state == PROBE_S || state == PROBE_EL3_S;
}

static uint64_t icc_read(enum probe_state state, enum probe_icc reg)
{
    uint64_t value = 0;

    if (!gic_icc_read(&machine->pe[0], key_of(reg), el_of(state), is_secure(state), &value))
        abort();
    return value;
}

static void icc_write(enum probe_state state, enum probe_icc reg, uint64_t value)
{
    if (!gic_icc_write(&machine->pe[0], key_of(reg), el_of(state), is_secure(state), value))
        abort();
}

static unsigned signals(enum probe_state state)
{
    struct gic_signals now =
        gic_signals(&machine->pe[0], is_secure(state), state != PROBE_NS && state != PROBE_S);

    return (now.irq ? PROBE_IRQ : 0) | (now.fiq ? PROBE_FIQ : 0);
}

static void line(uint32_t intid, bool level)
{
    gic_set_level(machine, intid < 32 ? &machine->pe[0] : NULL, intid, level);
}

static void say(const char *text)
{
    puts(text);
}

int main(int argc, char **argv)
{
    static unsigned char blob[BOARD_BYTES];
    static const struct probe_io io = {
        .secure = true,
        .pes = PES,
        .distributor = 0x08000000,
        .redistributor = 0x080a0000,
        .read = mmio_read,
        .write = mmio_write,
        .icc_read = icc_read,
        .icc_write = icc_write,
        .signals = signals,
        .line = line,
        .say = say,
    };
    struct sim_error err = {0};
    struct board board;
    size_t bytes;
    FILE *file;

    if (argc != 5 || (file = fopen(argv[1], "rb")) == NULL) {
        fprintf(stderr, "Usage: gic_probe_host BOARD.dtb SEED EPISODES STEPS\n");
        return 2;
    }
    bytes = fread(blob, 1, sizeof(blob), file);
    fclose(file);
    if (!board_read(blob, bytes, argv[1], &board, &err) ||
        (machine = machine_create(&board, PES, NULL, 1, 1000000000, &err)) == NULL) {
        fprintf(stderr, "%s\n", err.text);
        return 2;
    }
    probe_run(&io, (uint32_t)strtoul(argv[2], NULL, 0), (uint32_t)strtoul(argv[3], NULL, 0),
              (uint32_t)strtoul(argv[4], NULL, 0));
    puts("done");
    machine_destroy(machine);
    return 0;
}
