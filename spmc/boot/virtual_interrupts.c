/* SPDX-License-Identifier: BSD-3-Clause */
/* Which virtual interrupts a partition owns, and room for them in each of its vCPUs. */
#include "boot.h"

#include "spmc/interrupt.h"

/* Those of the SPMC's own, at most: timer, managed exit, notification pending, IPI */
#define OWN_MAX       4u
#define PARTITION_MAX (MANIFEST_MAX_DEV_REGIONS * MANIFEST_MAX_DEV_INTERRUPTS + OWN_MAX)

static uint32_t own_numbers(const struct partition_manifest *manifest, uint32_t id[OWN_MAX])
{
    bool el1 = manifest->exception_level == MANIFEST_S_EL1;
    uint32_t count = 0;

    if (el1) {
        id[count++] = VINT_TIMER;
        id[count++] = VINT_IPI;
    }
    if (el1 && manifest->ns_interrupts_action == NS_ACTION_MANAGED_EXIT) {
        id[count++] = VINT_MANAGED_EXIT;
    }
    if (manifest->notification_support) {
        id[count++] = VINT_NOTIFICATION_PENDING;
    }
    return count;
}

uint32_t boot_interrupt_count(const struct partition_manifest *manifest)
{
    uint32_t own[OWN_MAX];
    uint32_t count = own_numbers(manifest, own);

    for (uint32_t d = 0; d < manifest->dev_region_count; d++) {
        count += manifest->dev_region[d].interrupt_count;
    }
    return count;
}

static void insert(uint32_t *list, uint32_t *count, uint32_t id)
{
    uint32_t at = (*count)++;

    while (at > 0 && list[at - 1] > id) {
        list[at] = list[at - 1];
        at--;
    }
    list[at] = id;
}

static uint32_t make_list(const struct partition_manifest *manifest, uint32_t *list)
{
    uint32_t own[OWN_MAX];
    uint32_t own_count = own_numbers(manifest, own);
    uint32_t count = 0;

    for (uint32_t i = 0; i < own_count; i++) {
        insert(list, &count, own[i]);
    }
    for (uint32_t d = 0; d < manifest->dev_region_count; d++) {
        for (uint32_t k = 0; k < manifest->dev_region[d].interrupt_count; k++) {
            insert(list, &count, manifest->dev_region[d].interrupt[k].id);
        }
    }
    return count;
}

void boot_make_interrupts(struct partition *partition, uint32_t **list, struct vint **vint)
{
    partition->vint_id = *list;
    partition->vint_count = (uint16_t)make_list(partition->manifest, *list);
    *list += partition->vint_count;
    for (uint32_t i = 0; i < partition->vcpu_count; i++) {
        struct vcpu *vcpu = &partition->vcpu[i];

        vcpu->partition = partition;
        vcpu->vint = *vint;
        *vint += partition->vint_count;
        vint_reset(vcpu);
    }
}

size_t boot_interrupts_bytes(uint32_t cpu_count, uint32_t vm_count)
{
    size_t numbers = (size_t)vm_count * PARTITION_MAX;

    return numbers * sizeof(uint32_t) + numbers * cpu_count * sizeof(struct vint) +
           2 * BOOT_ARENA_ALIGN;
}
