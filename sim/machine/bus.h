/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The physical address spaces: RAM and device registers, each access with its security state. An
 * access that no region of that physical address space answers fails (an external abort for the
 * PE).
 */
#ifndef SIM_BUS_H
#define SIM_BUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/machine/error.h"

enum bus_pas {
    BUS_SECURE,
    BUS_NON_SECURE,
};

struct sim_pe;

/* A device's registers. `offset` is from the region's base; size 1, 2, 4 or 8 bytes, aligned. */
struct bus_device_ops {
    uint64_t (*read)(void *device, struct sim_pe *pe, uint64_t offset, unsigned size,
                     enum bus_pas pas);
    void (*write)(void *device, struct sim_pe *pe, uint64_t offset, unsigned size, uint64_t value,
                  enum bus_pas pas);
};

#define BUS_MAX_REGIONS 160

struct bus_region {
    uint64_t base;
    uint64_t size_bytes;
    bool visible[2]; /* [enum bus_pas] */
    uint8_t *ram;    /* host memory of a RAM region; NULL: a device */
    const struct bus_device_ops *ops;
    void *device;
    char name[64];
};

struct bus {
    unsigned region_count;
    struct bus_region region[BUS_MAX_REGIONS]; /* sorted by base, not overlapping */
};

/* RAM is reserved, not committed: only touched pages cost memory. */
bool bus_add_ram(struct bus *bus, const char *name, uint64_t base, uint64_t size_bytes, bool secure,
                 struct sim_error *err);
bool bus_add_device(struct bus *bus, const char *name, uint64_t base, uint64_t size_bytes,
                    bool secure, bool non_secure, const struct bus_device_ops *ops, void *device,
                    struct sim_error *err);
void bus_free(struct bus *bus);

/* Takes every device's registers off; RAM reads as zero from now on, at the same host addresses. */
void bus_remove_devices(struct bus *bus);
void bus_clear_ram(struct bus *bus);

/* The region of `pa` in that physical address space, or NULL. */
const struct bus_region *bus_find(const struct bus *bus, uint64_t pa, enum bus_pas pas);

/* Host memory behind [pa, pa + size) when all of it is RAM of that PAS and one region; else NULL.
 */
uint8_t *bus_ram(const struct bus *bus, uint64_t pa, size_t size_bytes, enum bus_pas pas);

/* One access, little-endian, 1 to 8 bytes. False: no region answers, or it crosses a region's end.
 */
bool bus_read(const struct bus *bus, struct sim_pe *pe, uint64_t pa, unsigned size,
              enum bus_pas pas, uint64_t *value);
bool bus_write(const struct bus *bus, struct sim_pe *pe, uint64_t pa, unsigned size,
               enum bus_pas pas, uint64_t value);

/* Bulk RAM copies across regions of the same PAS. False: part of it is not RAM of that PAS. */
bool bus_copy_from(const struct bus *bus, void *dst, uint64_t pa, size_t size_bytes,
                   enum bus_pas pas);
bool bus_copy_to(const struct bus *bus, uint64_t pa, const void *src, size_t size_bytes,
                 enum bus_pas pas);

#endif
