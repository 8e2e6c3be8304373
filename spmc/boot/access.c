/* SPDX-License-Identifier: BSD-3-Clause */
/* Objects by number, for the arch side and for checkers. */
#include "spmc/internal.h"

const struct manifest_diag *spmc_boot_diag(const struct spmc *spmc)
{
    return &spmc->diag;
}

struct spmc_cpu *spmc_cpu(struct spmc *spmc, uint32_t index)
{
    return index < spmc->cpu_count ? &spmc->cpu[index] : NULL;
}

struct partition *spmc_partition_by_id(struct spmc *spmc, uint16_t id)
{
    uint32_t index = (uint32_t)id - FFA_ID_SP_FIRST;

    if (id == FFA_ID_NWD) {
        return spmc->nwd;
    }
    return id >= FFA_ID_SP_FIRST && index < spmc->partition_count ? &spmc->partition[index] : NULL;
}

uint32_t spmc_partition_count(const struct spmc *spmc)
{
    return spmc->partition_count;
}

struct partition *spmc_partition_at(struct spmc *spmc, uint32_t index)
{
    return index < spmc->partition_count ? &spmc->partition[index] : NULL;
}

const struct page_pool *spmc_page_pool(const struct spmc *spmc)
{
    return &spmc->pool;
}

const char *spmc_partition_name(const struct partition *partition)
{
    return partition->vm != NULL ? partition->vm->name : "NWd";
}

void spmc_mutable_state(const struct spmc *spmc, const void **start, size_t *size_bytes)
{
    *start = spmc->mutable_start;
    *size_bytes = spmc->mutable_size_bytes;
}

void spmc_locked_state(const struct spmc *spmc, const void **memory, const void **notification)
{
    *memory = spmc->vm_slot;
    *notification = spmc->notification;
}
