/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory as a context sees it: through its own translation, at its present exception level. */
#include <string.h>

#include "sim/cpu/emulated.h"
#include "sim/cpu/syndrome.h"

static bool translate(struct context *context, uint64_t va, enum mmu_access access,
                      struct mmu_result *result)
{
    const struct bus *bus = &context->machine->bus;
    struct mmu_result other = {0};
    struct mmu_regime regime;

    emulated_regime(context, &regime);
    if (mmu_translate(bus, &regime, va, access, result)) {
        return true;
    }
    if (!context->flat || !regime.secure || !regime.stage2 || result->stage != 2 ||
        result->kind != MMU_FAULT_TRANSLATION) {
        return false;
    }
    if (mmu_stage2(bus, &regime, va, true, access, &other) || other.kind != MMU_FAULT_TRANSLATION) {
        *result = other;
    }
    return result->kind == MMU_FAULT_NONE;
}

static bool abort_of(const struct context *context, const struct mmu_result *fault, uint64_t va,
                     enum mmu_access access, struct context_exit *exit)
{
    *exit = (struct context_exit){.kind = CONTEXT_EXIT_SYNC, .far = va};
    exit->esr = syndrome_abort(fault, access, fault->stage == 2, NULL);
    if (fault->stage == 2) {
        exit->hpfar = syndrome_hpfar(fault, context->config.secure);
    }
    return false;
}

/* One access to a device's registers; false: there is none, or not for an access like this. */
static bool access_device(const struct context *context, const struct mmu_result *at,
                          uint8_t *from_guest, const uint8_t *to_guest, size_t size)
{
    const struct bus *bus = &context->machine->bus;
    const struct bus_region *region = bus_find(bus, at->pa, at->pas);
    uint64_t value = 0;

    if (region == NULL || region->ram != NULL || size > sizeof(value) || (size & (size - 1)) != 0 ||
        (at->pa & (size - 1)) != 0) {
        return false;
    }
    if (to_guest != NULL) {
        memcpy(&value, to_guest, size);
        return bus_write(bus, context->pe, at->pa, (unsigned)size, at->pas, value);
    }
    if (!bus_read(bus, context->pe, at->pa, (unsigned)size, at->pas, &value)) {
        return false;
    }
    memcpy(from_guest, &value, size);
    return true;
}

static bool copy(struct context *context, uint8_t *from_guest, const uint8_t *to_guest, uint64_t va,
                 size_t size_bytes, struct context_exit *exit)
{
    const struct bus *bus = &context->machine->bus;
    enum mmu_access access = to_guest != NULL ? MMU_WRITE : MMU_READ;

    while (size_bytes != 0) {
        size_t part = 4096u - (size_t)(va & 4095u);
        struct mmu_result result;
        bool ok;

        part = part < size_bytes ? part : size_bytes;
        if (!translate(context, va, access, &result)) {
            return abort_of(context, &result, va, access, exit);
        }
        ok = to_guest != NULL ? bus_copy_to(bus, result.pa, to_guest, part, result.pas)
                              : bus_copy_from(bus, from_guest, result.pa, part, result.pas);
        if (!ok && !access_device(context, &result, from_guest, to_guest, part)) {
            result.kind = MMU_FAULT_EXTERNAL;
            result.stage = 0;
            return abort_of(context, &result, va, access, exit);
        }
        va += part;
        size_bytes -= part;
        from_guest += from_guest != NULL ? part : 0;
        to_guest += to_guest != NULL ? part : 0;
    }
    return true;
}

bool context_copy_from(struct context *context, void *dst, uint64_t va, size_t size_bytes,
                       struct context_exit *exit)
{
    return copy(context, dst, NULL, va, size_bytes, exit);
}

bool context_copy_to(struct context *context, uint64_t va, const void *src, size_t size_bytes,
                     struct context_exit *exit)
{
    return copy(context, NULL, src, va, size_bytes, exit);
}

bool context_can_fetch(struct context *context, uint64_t va, struct context_exit *exit)
{
    struct mmu_result result;

    return translate(context, va, MMU_FETCH, &result) ||
           abort_of(context, &result, va, MMU_FETCH, exit);
}
