/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * cfi-flash: NOR flash that is erased: every read gives ones. It takes no commands, so it can
 * neither be written nor asked what it is.
 */
#include "sim/device/wiring.h"

#define FLASH_LEAST_BYTES 0x1000u

struct flash {
    struct device device;
    bool warned;
};

static uint64_t flash_read(void *device, struct sim_pe *pe, uint64_t offset, unsigned size,
                           enum bus_pas pas)
{
    (void)device;
    (void)pe;
    (void)offset;
    (void)pas;
    return size == 8 ? UINT64_MAX : (UINT64_C(1) << (8 * size)) - 1;
}

static void flash_write(void *device, struct sim_pe *pe, uint64_t offset, unsigned size,
                        uint64_t value, enum bus_pas pas)
{
    struct flash *flash = device;

    (void)pe;
    (void)size;
    (void)value;
    (void)pas;
    if (!flash->warned)
        machine_warn(flash->device.machine,
                     "%s: offset 0x%llx is written: this flash is erased and takes no commands",
                     flash->device.node->path, (unsigned long long)offset);
    flash->warned = true;
}

static const struct bus_device_ops flash_ops = {flash_read, flash_write};

static bool create_flash(struct machine *machine, const struct board_device *node,
                         struct device **out, struct sim_error *err)
{
    struct flash *flash = device_alloc(machine, node, sizeof(*flash), err);

    if (flash == NULL)
        return false;
    *out = &flash->device;
    for (unsigned i = 0; i < node->reg_count; i++) {
        if (!device_map(&flash->device, i, FLASH_LEAST_BYTES, &flash_ops, flash, err))
            return false;
    }
    return true;
}

static const char *const flash_compatible[] = {"cfi-flash", NULL};

const struct device_model device_flash = {flash_compatible, create_flash};
