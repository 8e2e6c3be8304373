/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* MAP_ANONYMOUS, MAP_NORESERVE */
#endif
#include "sim/machine/bus.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "simulated RAM is shared with the host as it is: little-endian hosts only"
#endif

/* Index of the first region whose base is above pa. */
static unsigned upper_bound(const struct bus *bus, uint64_t pa)
{
    unsigned low = 0;
    unsigned high = bus->region_count;

    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (bus->region[middle].base <= pa)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Where a new region goes; false when it can not be there. */
static bool check_place(const struct bus *bus, const char *name, uint64_t base, uint64_t size_bytes,
                        unsigned *index, struct sim_error *err)
{
    uint64_t last = base + (size_bytes - 1);
    const struct bus_region *clash = NULL;

    if (size_bytes == 0 || last < base)
        return sim_fail(err, SIM_BAD_INPUT,
                        "%s: region at 0x%" PRIx64 " of 0x%" PRIx64
                        " bytes is empty or leaves the address space",
                        name, base, size_bytes);
    if (bus->region_count >= BUS_MAX_REGIONS)
        return sim_fail(err, SIM_BAD_INPUT, "%s: more than %u regions on the bus", name,
                        BUS_MAX_REGIONS);

    *index = upper_bound(bus, base);
    if (*index > 0) {
        const struct bus_region *below = &bus->region[*index - 1];
        if (base - below->base < below->size_bytes)
            clash = below;
    }
    if (*index < bus->region_count && bus->region[*index].base <= last)
        clash = &bus->region[*index];
    if (clash != NULL)
        return sim_fail(err, SIM_BAD_INPUT,
                        "%s: [0x%" PRIx64 ", 0x%" PRIx64 "] overlaps %s at 0x%" PRIx64, name, base,
                        last, clash->name, clash->base);
    return true;
}

static struct bus_region *insert(struct bus *bus, unsigned index, const char *name, uint64_t base,
                                 uint64_t size_bytes, bool secure, bool non_secure)
{
    struct bus_region *region = &bus->region[index];

    memmove(region + 1, region, (bus->region_count - index) * sizeof(*region));
    bus->region_count++;
    memset(region, 0, sizeof(*region));
    region->base = base;
    region->size_bytes = size_bytes;
    region->visible[BUS_SECURE] = secure;
    region->visible[BUS_NON_SECURE] = non_secure;
    snprintf(region->name, sizeof(region->name), "%s", name);
    return region;
}

bool bus_add_ram(struct bus *bus, const char *name, uint64_t base, uint64_t size_bytes, bool secure,
                 struct sim_error *err)
{
    unsigned index = 0;
    void *ram;

    if (!check_place(bus, name, base, size_bytes, &index, err))
        return false;
    if (size_bytes > SIZE_MAX)
        return sim_fail(err, SIM_BAD_INPUT, "%s: 0x%" PRIx64 " bytes are too much for this host",
                        name, size_bytes);

    ram = mmap(NULL, (size_t)size_bytes, PROT_READ | PROT_WRITE,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (ram == MAP_FAILED)
        return sim_fail(err, SIM_INTERNAL,
                        "%s: the host can not reserve 0x%" PRIx64 " bytes of address space", name,
                        size_bytes);
    insert(bus, index, name, base, size_bytes, secure, !secure)->ram = ram;
    return true;
}

bool bus_add_device(struct bus *bus, const char *name, uint64_t base, uint64_t size_bytes,
                    bool secure, bool non_secure, const struct bus_device_ops *ops, void *device,
                    struct sim_error *err)
{
    unsigned index = 0;
    struct bus_region *region;

    if (!check_place(bus, name, base, size_bytes, &index, err))
        return false;
    region = insert(bus, index, name, base, size_bytes, secure, non_secure);
    region->ops = ops;
    region->device = device;
    return true;
}

void bus_remove_devices(struct bus *bus)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < bus->region_count; i++) {
        if (bus->region[i].ram != NULL)
            bus->region[kept++] = bus->region[i];
    }
    bus->region_count = kept;
}

void bus_clear_ram(struct bus *bus)
{
    for (unsigned i = 0; i < bus->region_count; i++) {
        struct bus_region *region = &bus->region[i];

        /* Pages that are given back read as zero when they are touched again. */
        if (region->ram != NULL &&
            madvise(region->ram, (size_t)region->size_bytes, MADV_DONTNEED) != 0)
            memset(region->ram, 0, (size_t)region->size_bytes);
    }
}

void bus_free(struct bus *bus)
{
    for (unsigned i = 0; i < bus->region_count; i++) {
        if (bus->region[i].ram != NULL)
            munmap(bus->region[i].ram, (size_t)bus->region[i].size_bytes);
    }
    memset(bus, 0, sizeof(*bus));
}

const struct bus_region *bus_find(const struct bus *bus, uint64_t pa, enum bus_pas pas)
{
    unsigned above = upper_bound(bus, pa);
    const struct bus_region *region;

    if (above == 0)
        return NULL;
    region = &bus->region[above - 1];
    if (pa - region->base >= region->size_bytes || !region->visible[pas])
        return NULL;
    return region;
}

/* The region that holds all of [pa, pa + size), and the offset in it. */
static const struct bus_region *find_span(const struct bus *bus, uint64_t pa, uint64_t size_bytes,
                                          enum bus_pas pas, uint64_t *offset)
{
    const struct bus_region *region = bus_find(bus, pa, pas);

    if (region == NULL)
        return NULL;
    *offset = pa - region->base;
    return size_bytes <= region->size_bytes - *offset ? region : NULL;
}

uint8_t *bus_ram(const struct bus *bus, uint64_t pa, size_t size_bytes, enum bus_pas pas)
{
    uint64_t offset = 0;
    const struct bus_region *region = find_span(bus, pa, size_bytes, pas, &offset);

    return region != NULL && region->ram != NULL ? region->ram + offset : NULL;
}

/* Registers answer naturally aligned accesses of a power-of-two size only. */
static bool device_access_ok(uint64_t offset, unsigned size)
{
    return (size & (size - 1)) == 0 && (offset & (size - 1)) == 0;
}

static uint64_t low_bytes(uint64_t value, unsigned size)
{
    return size < 8 ? value & ((UINT64_C(1) << (8 * size)) - 1) : value;
}

bool bus_read(const struct bus *bus, struct sim_pe *pe, uint64_t pa, unsigned size,
              enum bus_pas pas, uint64_t *value)
{
    uint64_t offset = 0;
    const struct bus_region *region;

    *value = 0;
    if (size == 0 || size > 8)
        return false;
    region = find_span(bus, pa, size, pas, &offset);
    if (region == NULL)
        return false;
    if (region->ram != NULL) {
        memcpy(value, region->ram + offset, size);
        return true;
    }
    if (!device_access_ok(offset, size))
        return false;
    *value = low_bytes(region->ops->read(region->device, pe, offset, size, pas), size);
    return true;
}

bool bus_write(const struct bus *bus, struct sim_pe *pe, uint64_t pa, unsigned size,
               enum bus_pas pas, uint64_t value)
{
    uint64_t offset = 0;
    const struct bus_region *region;

    if (size == 0 || size > 8)
        return false;
    region = find_span(bus, pa, size, pas, &offset);
    if (region == NULL)
        return false;
    if (region->ram != NULL) {
        memcpy(region->ram + offset, &value, size);
        return true;
    }
    if (!device_access_ok(offset, size))
        return false;
    region->ops->write(region->device, pe, offset, size, low_bytes(value, size), pas);
    return true;
}

/* The RAM at pa, and how much of `size_bytes` it holds; NULL: none. */
static uint8_t *ram_piece(const struct bus *bus, uint64_t pa, size_t size_bytes, enum bus_pas pas,
                          size_t *piece_bytes)
{
    const struct bus_region *region = bus_find(bus, pa, pas);
    uint64_t left;

    if (region == NULL || region->ram == NULL)
        return NULL;
    left = region->size_bytes - (pa - region->base);
    *piece_bytes = left < size_bytes ? (size_t)left : size_bytes;
    return region->ram + (pa - region->base);
}

/* A copy that can not be made whole must change nothing, so the walk comes first. */
static bool all_ram(const struct bus *bus, uint64_t pa, size_t size_bytes, enum bus_pas pas)
{
    size_t piece = 0;

    if (size_bytes != 0 && pa + (size_bytes - 1) < pa)
        return false;
    for (; size_bytes != 0; pa += piece, size_bytes -= piece) {
        if (ram_piece(bus, pa, size_bytes, pas, &piece) == NULL)
            return false;
    }
    return true;
}

bool bus_copy_from(const struct bus *bus, void *dst, uint64_t pa, size_t size_bytes,
                   enum bus_pas pas)
{
    uint8_t *out = dst;
    size_t piece = 0;

    if (!all_ram(bus, pa, size_bytes, pas))
        return false;
    for (; size_bytes != 0; pa += piece, out += piece, size_bytes -= piece) {
        const uint8_t *ram = ram_piece(bus, pa, size_bytes, pas, &piece);
        memcpy(out, ram, piece);
    }
    return true;
}

bool bus_copy_to(const struct bus *bus, uint64_t pa, const void *src, size_t size_bytes,
                 enum bus_pas pas)
{
    const uint8_t *in = src;
    size_t piece = 0;

    if (!all_ram(bus, pa, size_bytes, pas))
        return false;
    for (; size_bytes != 0; pa += piece, in += piece, size_bytes -= piece) {
        uint8_t *ram = ram_piece(bus, pa, size_bytes, pas, &piece);
        memcpy(ram, in, piece);
    }
    return true;
}
