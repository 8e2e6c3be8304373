/* SPDX-License-Identifier: BSD-3-Clause */
/* Which model answers for a node; the list of a machine's devices. */
#include "sim/device/device.h"

#include <inttypes.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Nodes that need no registers of their own: buses, fixed clocks, firmware interfaces. */
static const char *const silent_compatible[] = {
    "simple-bus", "arm,amba-bus", "fixed-clock",  "fixed-factor-clock",
    "arm,psci",   "arm,psci-0.2", "arm,psci-1.0", NULL,
};

static bool create_nothing(struct machine *machine, const struct board_device *node,
                           struct device **out, struct sim_error *err)
{
    (void)machine;
    (void)node;
    (void)out;
    (void)err;
    return true;
}

static const struct device_model silent_model = {silent_compatible, create_nothing};

static const struct device_model *const models[] = {
    &device_pl011,           &device_gicv3,        &device_timer,     &device_sp804,
    &device_sp805,           &device_sbsa_gwdt,    &device_timer_mem, &device_timer_frame,
    &device_counter_control, &device_counter_read, &device_pwrc,      &device_sysreg,
    &device_flash,           &silent_model,
};

const struct device_model *device_model_find(const char *compatible)
{
    for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++) {
        for (const char *const *name = models[i]->compatible; *name != NULL; name++) {
            if (strcmp(*name, compatible) == 0)
                return models[i];
        }
    }
    return NULL;
}

/* The model of the first of the node's strings that has one; that string replaces `compatible`. */
static const struct device_model *choose_model(const struct board *board, struct board_device *node)
{
    const char *compatible;

    for (int i = 0;; i++) {
        const struct device_model *model;

        compatible = fdt_stringlist_get(board->fdt, node->node, "compatible", i, NULL);
        if (compatible == NULL && i > 0)
            return NULL;
        if (compatible == NULL) /* the reader found out what it is */
            return device_model_find(node->compatible);
        model = device_model_find(compatible);
        if (model != NULL) {
            snprintf(node->compatible, sizeof(node->compatible), "%s", compatible);
            return model;
        }
    }
}

bool devices_create(struct machine *machine, struct sim_error *err)
{
    struct device **end = &machine->devices;

    for (unsigned i = 0; i < machine->board.device_count; i++) {
        struct board_device *node = &machine->board.device[i];
        const struct device_model *model = choose_model(&machine->board, node);
        struct device *device = NULL;
        bool made;

        if (model == NULL) {
            machine_warn(machine, "%s: no model for \"%s\": it does not answer", node->path,
                         node->compatible);
            continue;
        }
        made = model->create(machine, node, &device, err);
        if (device != NULL) {
            *end = device;
            end = &device->next;
        }
        if (!made)
            return false;
    }
    return true;
}

void devices_finish(struct machine *machine)
{
    for (struct device *device = machine->devices; device != NULL; device = device->next) {
        if (device->finish != NULL)
            device->finish(device);
    }
}

void devices_destroy(struct machine *machine)
{
    while (machine->devices != NULL) {
        struct device *device = machine->devices;
        machine->devices = device->next;
        free(device);
    }
}

void *device_alloc(struct machine *machine, const struct board_device *node, size_t size_bytes,
                   struct sim_error *err)
{
    struct device *device = calloc(1, size_bytes);

    if (device == NULL) {
        sim_fail(err, SIM_INTERNAL, "%s: no memory for the device", node->path);
        return NULL;
    }
    device->machine = machine;
    device->node = node;
    return device;
}

bool device_map(struct device *device, unsigned index, uint64_t least_bytes,
                const struct bus_device_ops *ops, void *context, struct sim_error *err)
{
    const struct board_device *node = device->node;

    if (index >= node->reg_count)
        return sim_fail(err, SIM_BAD_INPUT, "%s: %s: reg has %u entries, at least %u are needed",
                        device->machine->board.name, node->path, node->reg_count, index + 1);
    if (node->reg[index].size_bytes < least_bytes)
        return sim_fail(err, SIM_BAD_INPUT,
                        "%s: %s: reg entry %u has 0x%" PRIx64 " bytes, at least 0x%" PRIx64
                        " are needed",
                        device->machine->board.name, node->path, index, node->reg[index].size_bytes,
                        least_bytes);
    return bus_add_device(&device->machine->bus, node->path, node->reg[index].base,
                          node->reg[index].size_bytes, node->secure, node->non_secure, ops, context,
                          err);
}

void device_warn_unmodelled(struct device *device, struct device_unmodelled *seen, const char *what,
                            uint64_t offset, bool write)
{
    unsigned kept = seen->count < DEVICE_MAX_UNMODELLED ? seen->count : DEVICE_MAX_UNMODELLED;

    for (unsigned i = 0; i < kept; i++) {
        if (seen->offset[i] == offset)
            return;
    }
    if (seen->count > DEVICE_MAX_UNMODELLED)
        return;
    if (seen->count++ == DEVICE_MAX_UNMODELLED) {
        machine_warn(device->machine,
                     "%s: more registers are not modelled; no more is said of them",
                     device->node->path);
        return;
    }
    seen->offset[kept] = offset;
    machine_warn(device->machine, "%s: %s register 0x%" PRIx64 " is not modelled: %s",
                 device->node->path, what, offset, write ? "write ignored" : "reads as zero");
}
