/* SPDX-License-Identifier: BSD-3-Clause */
/* Room for the notifications of every receiver that there may be. */
#include "boot.h"

#include "spmc/notification.h"

/* What the three arrays hold, for so many vCPUs of all partitions together. */
struct counts {
    size_t receivers;
    size_t sources;
    size_t vcpus;
};

#define VMS (SPMC_MAX_VMS + 1u) /* the normal world by itself counts as one */

static struct counts count(uint32_t partitions, uint32_t sp_vcpus, bool per_vcpu)
{
    return (struct counts){
        .receivers = VMS + partitions,
        .sources = VMS + (size_t)partitions * NOTIFICATION_SOURCES,
        .vcpus = per_vcpu
                     ? VMS * NOTIFICATION_MAX_VM_VCPUS + (size_t)sp_vcpus * NOTIFICATION_SOURCES
                     : 0,
    };
}

size_t boot_notifications_bytes(uint32_t cpu_count, uint32_t vm_count)
{
    struct counts most = count(vm_count, cpu_count * vm_count, true);

    return most.receivers * sizeof(struct notifications) +
           most.sources * sizeof(struct notification_source) +
           most.vcpus * sizeof(struct notification_bits) + 3 * BOOT_ARENA_ALIGN;
}

/* The next ones of the arrays become its own. */
static void take(struct notifications *to, uint8_t source_count, uint32_t vcpus,
                 struct notification_source **source, struct notification_bits **vcpu)
{
    to->source_count = source_count;
    to->source = *source;
    *source += source_count;
    if (*vcpu != NULL) {
        to->vcpu = *vcpu;
        *vcpu += (size_t)vcpus * source_count;
    }
}

bool boot_make_notifications(struct spmc *spmc, const struct partition_manifest *manifests)
{
    const struct spmc_manifest *manifest = spmc->manifest;
    struct notification_source *source;
    struct notification_bits *vcpu = NULL;
    uint32_t sp_vcpus = 0;
    struct counts counts;

    for (uint32_t i = 0; i < manifest->vm_count; i++) {
        sp_vcpus += manifest->vm[i].vcpu_count;
    }
    counts = count(manifest->vm_count, sp_vcpus, spmc->per_vcpu_notifications);
    spmc->notification = boot_alloc(spmc, counts.receivers * sizeof(*spmc->notification));
    source = boot_alloc(spmc, counts.sources * sizeof(*source));
    if (counts.vcpus != 0) {
        vcpu = boot_alloc(spmc, counts.vcpus * sizeof(*vcpu));
    }
    if (spmc->notification == NULL || source == NULL || (counts.vcpus != 0 && vcpu == NULL)) {
        return false;
    }
    spmc->notification_vm_count = SPMC_MAX_VMS;
    take(&spmc->notification[0], 1, NOTIFICATION_MAX_VM_VCPUS, &source, &vcpu);
    for (uint32_t i = 0; i < manifest->vm_count; i++) {
        struct notifications *to = &spmc->notification[1 + i];

        to->enabled = manifests[i].notification_support;
        to->receiver = (uint16_t)(FFA_ID_SP_FIRST + i);
        to->vcpu_count = manifest->vm[i].vcpu_count;
        take(to, NOTIFICATION_SOURCES, to->vcpu_count, &source, &vcpu);
    }
    for (uint32_t i = 0; i < SPMC_MAX_VMS; i++) {
        take(&spmc->notification[1 + manifest->vm_count + i], 1, NOTIFICATION_MAX_VM_VCPUS, &source,
             &vcpu);
    }
    return true;
}
