/* SPDX-License-Identifier: BSD-3-Clause */
/* The board's GIC as the SPMC's boot parameters have it (binding arm,gic-v3). */
#include <libfdt.h>
#include <string.h>

#include "sim/host/host.h"

static uint64_t number(const struct board *board, int node, const char *name, uint64_t otherwise)
{
    int length;
    const uint8_t *bytes = fdt_getprop(board->fdt, node, name, &length);
    uint64_t value = 0;

    if (bytes == NULL || (length != 4 && length != 8)) {
        return otherwise;
    }
    for (int i = 0; i < length; i++) {
        value = value << 8 | bytes[i];
    }
    return value;
}

static void describe(const struct board *board, const struct board_device *device,
                     struct spmc_gic *gic)
{
    uint64_t regions = number(board, device->node, "#redistributor-regions", 1);

    gic->present = true;
    gic->distributor = paddr(device->reg[0].base);
    gic->redistributor_stride_bytes = number(board, device->node, "redistributor-stride", 0);
    for (unsigned i = 1; i < device->reg_count && i <= regions && i <= SPMC_MAX_GICR_REGIONS; i++) {
        gic->redistributor[i - 1].base = device->reg[i].base;
        gic->redistributor[i - 1].size_bytes = device->reg[i].size_bytes;
        gic->redistributor_count = i;
    }
}

void host_gic_params(const struct board *board, struct spmc_gic *gic)
{
    for (unsigned i = 0; i < board->device_count; i++) {
        const struct board_device *device = &board->device[i];

        if (strcmp(device->compatible, "arm,gic-v3") == 0 && device->reg_count >= 2 &&
            device->secure) {
            describe(board, device, gic);
            return;
        }
    }
}
