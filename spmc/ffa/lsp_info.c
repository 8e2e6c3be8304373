/* SPDX-License-Identifier: BSD-3-Clause */
#include "ffa/lsp_info.h"

#include "spmc/mem.h"

#define FIRST_REGISTER       3u
#define REGISTER_BYTES       8u
#define DESCRIPTOR_REGISTERS 3u /* at least: id, count, properties, UUID */

/* Descriptors n to `last` of one answer; false: there is no more room. */
static bool take(struct spmc *spmc, const uint64_t *x, uint32_t registers, uint32_t count)
{
    for (uint32_t n = 0; n < count; n++) {
        const uint64_t *from = &x[FIRST_REGISTER + n * registers];
        struct lsp_entry *entry = &spmc->lsp[spmc->lsp_count];

        if (spmc->lsp_count == SPMC_MAX_LSPS) {
            return false;
        }
        entry->id = (uint16_t)from[0];
        entry->vcpu_count = (uint16_t)(from[0] >> 16);
        entry->properties = (uint32_t)(from[0] >> 32);
        for (unsigned i = 0; i < sizeof(entry->uuid.byte); i++) {
            entry->uuid.byte[i] =
                (uint8_t)(from[1 + i / REGISTER_BYTES] >> (8 * (i % REGISTER_BYTES)));
        }
        spmc->lsp_count++;
    }
    return true;
}

void lsp_discover(struct arch_pe *pe, struct spmc *spmc)
{
    uint32_t start = 0;

    for (;;) {
        uint64_t x[FFA_REGS_EXTENDED] = {FFA_PARTITION_INFO_GET_REGS_64, 0, 0, start};
        uint32_t registers;
        uint32_t last;
        uint32_t most;

        arch_el3_call(pe, x);
        registers = (uint32_t)(x[2] >> 48) / REGISTER_BYTES;
        last = (uint32_t)(x[2] >> 16) & 0xffffu;
        most = (uint32_t)x[2] & 0xffffu;
        if ((uint32_t)x[0] != FFA_SUCCESS_64 || registers < DESCRIPTOR_REGISTERS || last < start ||
            last > most || last - start + 1 > (FFA_REGS_EXTENDED - FIRST_REGISTER) / registers ||
            !take(spmc, x, registers, last - start + 1) || last == most) {
            return;
        }
        start = last + 1;
    }
}

uint32_t lsp_find(const struct spmc *spmc, const struct uuid *uuid, uint32_t wanted,
                  const struct lsp_entry **found)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < spmc->lsp_count; i++) {
        const struct lsp_entry *entry = &spmc->lsp[i];

        if (uuid != NULL && memcmp(&entry->uuid, uuid, sizeof(*uuid)) != 0) {
            continue;
        }
        if (found != NULL && count == wanted) {
            *found = entry;
            return count + 1;
        }
        count++;
    }
    return count;
}
