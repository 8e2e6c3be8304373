/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * arm,fvp-pwrc: the power controller of Arm's FVP Base models. PSYSR tells the power state of the
 * PE whose MPIDR was last written to it. PEs come and go by PSCI, so the registers that ask for
 * power changes keep nothing but what PSYSR shows of them.
 */
#include "sim/device/wiring.h"

enum pwrc_offset {
    PWRC_PPOFFR = 0x00,
    PWRC_PPONR = 0x04,
    PWRC_PCOFFR = 0x08,
    PWRC_PWKUPR = 0x0c,
    PWRC_PSYSR = 0x10,
};

#define PWRC_BYTES         0x1000u
#define PWKUPR_WEN         (1u << 31)
#define PSYSR_LEVEL2       (1u << 31)
#define PSYSR_LEVEL1       (1u << 30)
#define PSYSR_LEVEL0       (1u << 29)
#define PSYSR_WEN          (1u << 28)
#define PSYSR_PENDING_OFF2 (1u << 27) /* of the cluster */
#define PSYSR_PENDING_OFF  (1u << 26)
#define PSYSR_WAKE_PPONR   (2u << 24)
#define PSYSR_INVALID      0xffffffffu
#define AFFINITY           0x00ffffffu
#define CLUSTER            0x00ff0000u

struct pwrc {
    struct device device;
    uint32_t selected; /* MPIDR that PSYSR is asked for */
    bool warned;
    bool wake_enabled[BOARD_MAX_PES];
    bool pending_off[BOARD_MAX_PES];
    bool cluster_pending_off[BOARD_MAX_PES];
    struct device_unmodelled unmodelled;
};

/* Index on the board; pe_count of the board: nobody has this MPIDR. */
static unsigned find_pe(const struct pwrc *pwrc, uint32_t mpidr)
{
    const struct board *board = &pwrc->device.machine->board;
    unsigned i = 0;

    while (i < board->pe_count && (board->mpidr[i] & AFFINITY) != (mpidr & AFFINITY))
        i++;
    return i;
}

/* A PE of the board that takes no part in this run is off. */
static bool is_on(const struct machine *machine, unsigned index)
{
    return index < machine->pe_count &&
           (machine->pe[index].state == PE_RUNNING || machine->pe[index].state == PE_IDLE);
}

static bool cluster_is_on(const struct machine *machine, uint64_t mpidr)
{
    for (unsigned i = 0; i < machine->pe_count; i++) {
        if (((machine->pe[i].mpidr ^ mpidr) & CLUSTER) == 0 && is_on(machine, i))
            return true;
    }
    return false;
}

static uint32_t status(const struct pwrc *pwrc)
{
    const struct machine *machine = pwrc->device.machine;
    unsigned index = find_pe(pwrc, pwrc->selected);
    uint32_t value = PSYSR_LEVEL2;

    if (index == machine->board.pe_count)
        return PSYSR_INVALID;
    if (is_on(machine, index))
        value |= PSYSR_LEVEL0;
    if (cluster_is_on(machine, machine->board.mpidr[index]))
        value |= PSYSR_LEVEL1;
    if (pwrc->wake_enabled[index])
        value |= PSYSR_WEN;
    if (pwrc->pending_off[index])
        value |= PSYSR_PENDING_OFF;
    if (pwrc->cluster_pending_off[index])
        value |= PSYSR_PENDING_OFF2;
    if (index != 0)
        value |= PSYSR_WAKE_PPONR; /* PE 0 came up cold, the others were switched on */
    return value;
}

static uint64_t pwrc_read(void *device, struct sim_pe *pe, uint64_t offset, unsigned size,
                          enum bus_pas pas)
{
    struct pwrc *pwrc = device;

    (void)pe;
    (void)size;
    (void)pas;
    switch (offset) {
    case PWRC_PSYSR:
        return status(pwrc);
    case PWRC_PPOFFR:
    case PWRC_PPONR:
    case PWRC_PCOFFR:
    case PWRC_PWKUPR:
        return 0;
    default:
        device_warn_unmodelled(&pwrc->device, &pwrc->unmodelled, "PWRC", offset, false);
        return 0;
    }
}

static void warn_once(struct pwrc *pwrc)
{
    if (!pwrc->warned)
        machine_warn(pwrc->device.machine,
                     "%s: PEs are switched on and off by PSCI: a request here only shows in PSYSR",
                     pwrc->device.node->path);
    pwrc->warned = true;
}

static void pwrc_write(void *device, struct sim_pe *pe, uint64_t offset, unsigned size,
                       uint64_t value, enum bus_pas pas)
{
    struct pwrc *pwrc = device;
    unsigned index = find_pe(pwrc, (uint32_t)value);
    bool known = index < pwrc->device.machine->board.pe_count;

    (void)pe;
    (void)size;
    (void)pas;
    switch (offset) {
    case PWRC_PSYSR:
        pwrc->selected = (uint32_t)value;
        return;
    case PWRC_PWKUPR:
        if (known)
            pwrc->wake_enabled[index] = (value & PWKUPR_WEN) != 0;
        return;
    case PWRC_PPOFFR:
        if (known)
            pwrc->pending_off[index] = true;
        break;
    case PWRC_PCOFFR:
        if (known)
            pwrc->cluster_pending_off[index] = true;
        break;
    case PWRC_PPONR:
        if (known) {
            pwrc->pending_off[index] = false;
            pwrc->cluster_pending_off[index] = false;
        }
        break;
    default:
        device_warn_unmodelled(&pwrc->device, &pwrc->unmodelled, "PWRC", offset, true);
        return;
    }
    warn_once(pwrc);
}

static const struct bus_device_ops pwrc_ops = {pwrc_read, pwrc_write};

static bool create_pwrc(struct machine *machine, const struct board_device *node,
                        struct device **out, struct sim_error *err)
{
    struct pwrc *pwrc = device_alloc(machine, node, sizeof(*pwrc), err);

    if (pwrc == NULL)
        return false;
    *out = &pwrc->device;
    return device_map(&pwrc->device, 0, PWRC_BYTES, &pwrc_ops, pwrc, err);
}

static const char *const pwrc_compatible[] = {"arm,fvp-pwrc", NULL};

const struct device_model device_pwrc = {pwrc_compatible, create_pwrc};
