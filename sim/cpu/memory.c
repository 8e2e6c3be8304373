/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory as a context sees it: through its own translation, at its present exception level. */
#include <string.h>

#include "sim/cpu/emulated.h"
#include "sim/cpu/syndrome.h"

static bool translate(struct context *context, uint64_t va, enum mmu_access access,
                      struct mmu_result *result)
{
    struct mmu_regime regime;

    emulated_regime(context, &regime);
    return mmu_translate(&context->machine->bus, &regime, va, access, result);
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
        if (!ok) {
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
