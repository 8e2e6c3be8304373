/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Device models. A model says by `compatible` which nodes of a board it answers for, and makes a
 * device of each: its registers go onto the bus where the node's binding puts them. A device sees
 * the register accesses and the clock, never the SPMC.
 */
#ifndef SIM_DEVICE_H
#define SIM_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/machine/board.h"
#include "sim/machine/error.h"
#include "sim/machine/machine.h"

struct device;

struct device_model {
    const char *const *compatible; /* NULL-terminated */
    /*
     * Makes a device of `node` (which lives as long as the machine) and its bus regions.
     * *out stays NULL when there is nothing to model. False: *err names the node.
     */
    bool (*create)(struct machine *machine, const struct board_device *node, struct device **out,
                   struct sim_error *err);
};

/* First member of every device; freed by devices_destroy() with free(). */
struct device {
    const struct board_device *node;
    struct machine *machine;
    struct device *next;
    void (*finish)(struct device *device); /* the run is over: flush; may be NULL */
};

/* The model that answers for a compatible string; NULL: none. */
const struct device_model *device_model_find(const char *compatible);

/* A device of size_bytes (at least sizeof(struct device)), zeroed. NULL and *err: no memory. */
void *device_alloc(struct machine *machine, const struct board_device *node, size_t size_bytes,
                   struct sim_error *err);

/* Entry `index` of the node's reg onto the bus, visible to the worlds that have the node. */
bool device_map(struct device *device, unsigned index, uint64_t least_bytes,
                const struct bus_device_ops *ops, void *context, struct sim_error *err);

/* For machine_create(), machine_run() and machine_destroy(). */
bool devices_create(struct machine *machine, struct sim_error *err);
void devices_finish(struct machine *machine);
void devices_destroy(struct machine *machine);

/*
 * Registers that a model does not have: they read as zero and ignore writes, with one warning each.
 * Past the capacity one last warning says that there are more.
 */
#define DEVICE_MAX_UNMODELLED 32

struct device_unmodelled {
    unsigned count;
    uint64_t offset[DEVICE_MAX_UNMODELLED];
};

/* `what` names the register block, such as "GICD". */
void device_warn_unmodelled(struct device *device, struct device_unmodelled *seen, const char *what,
                            uint64_t offset, bool write);

extern const struct device_model device_pl011;
extern const struct device_model device_gicv3;
extern const struct device_model device_timer;
extern const struct device_model device_sp804;
extern const struct device_model device_sp805;
extern const struct device_model device_sbsa_gwdt;
extern const struct device_model device_timer_mem;
extern const struct device_model device_timer_frame;
extern const struct device_model device_counter_control;
extern const struct device_model device_counter_read;
extern const struct device_model device_pwrc;
extern const struct device_model device_sysreg;
extern const struct device_model device_flash;

#endif
