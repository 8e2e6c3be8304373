/* SPDX-License-Identifier: BSD-3-Clause */
#include "boot.h"

static size_t padded(size_t size_bytes)
{
    return (size_bytes + BOOT_ARENA_ALIGN - 1) & ~(size_t)(BOOT_ARENA_ALIGN - 1);
}

void *boot_alloc(struct spmc *spmc, size_t size_bytes)
{
    void *object = spmc->arena + spmc->arena_used_bytes;

    if (padded(size_bytes) > spmc->arena_size_bytes - spmc->arena_used_bytes) {
        return NULL;
    }
    spmc->arena_used_bytes += padded(size_bytes);
    return object;
}

size_t spmc_arena_size(uint32_t cpu_count, uint32_t vm_count)
{
    size_t vcpus = (size_t)cpu_count * (vm_count + 1u);

    return padded(sizeof(struct spmc)) + padded(sizeof(struct spmc_manifest)) +
           padded(BOOT_MANIFEST_MAX_BYTES) + padded(vm_count * sizeof(struct partition_manifest)) +
           padded(vm_count * sizeof(uint32_t)) + padded(vcpus * sizeof(struct console_line)) +
           padded(cpu_count * sizeof(struct spmc_cpu)) +
           padded((vm_count + 1u) * sizeof(struct partition)) +
           padded(SPMC_MAX_VMS * sizeof(struct vm_slot)) + padded(vcpus * sizeof(struct vcpu)) +
           padded(share_slot_count(vm_count) * sizeof(struct share_slot)) +
           padded(sizeof(struct ns_retrieval)) + padded(boot_extents_bytes(vm_count)) +
           boot_interrupts_bytes(cpu_count, vm_count) +
           boot_notifications_bytes(cpu_count, vm_count) + BOOT_ARENA_ALIGN;
}
