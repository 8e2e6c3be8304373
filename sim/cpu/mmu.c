/* SPDX-License-Identifier: BSD-3-Clause */
/* Both stages of a translation together, and what they share. */
#include "sim/cpu/mmu.h"

#include <string.h>

bool mmu_fault(struct mmu_result *result, enum mmu_fault_kind kind, unsigned stage, unsigned level)
{
    result->kind = kind;
    result->stage = (uint8_t)stage;
    result->level = (uint8_t)level;
    return false;
}

unsigned mmu_address_bits(unsigned ps_field)
{
    static const uint8_t bits[8] = {32, 36, 40, 42, 44, 48, 48, 48};

    return bits[ps_field & 7u];
}

bool mmu_read_descriptor(const struct bus *bus, uint64_t pa, enum bus_pas pas, uint64_t *out)
{
    const uint8_t *ram = bus_ram(bus, pa, sizeof(*out), pas);

    if (ram == NULL) {
        return false;
    }
    memcpy(out, ram, sizeof(*out));
    return true;
}

bool mmu_translate(const struct bus *bus, const struct mmu_regime *regime, uint64_t va,
                   enum mmu_access access, struct mmu_result *result)
{
    if (!mmu_translate_stage1(bus, regime, va, access, result)) {
        return false;
    }
    if (regime->footprint != NULL) {
        mmu_footprint_add(regime->footprint, result->pa);
    }
    if (regime->stage2 && regime->translation == MMU_EL1_0) {
        struct mmu_result stage1 = *result;

        if (!mmu_stage2(bus, regime, stage1.pa, stage1.pas == BUS_NON_SECURE, access, result)) {
            return false;
        }
        result->readable = result->readable && stage1.readable;
        result->writable = result->writable && stage1.writable;
        result->executable = result->executable && stage1.executable;
        result->device = result->device || stage1.device;
    }

    const struct bus_region *region = bus_find(bus, result->pa, result->pas);
    if (region == NULL || (region->ram == NULL && access == MMU_FETCH)) {
        return mmu_fault(result, MMU_FAULT_EXTERNAL, 0, 0);
    }
    if (region->ram == NULL) {
        result->executable = false;
    }
    return true;
}
