/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Notifications (FF-A v1.2, chapter 10): what the SPMC keeps of each receiver, all of it under the
 * notification lock.
 *
 * Life of one: unbound -> bound to a sender -> pending -> (FFA_NOTIFICATION_INFO_GET) reported ->
 * (FFA_NOTIFICATION_GET) bound again. What FFA_NOTIFICATION_INFO_GET reported, and what a vCPU was
 * told of by the notification pending interrupt, is part of what is pending.
 *
 * Everything has a place of its own from boot on, one bit for each notification of each receiver:
 * setting one can not fail for want of room, and takes none from anybody.
 */
#ifndef SPMC_NOTIFICATION_H
#define SPMC_NOTIFICATION_H

#include "spmc/types.h"

#define NOTIFICATION_COUNT 64u

/* vCPUs of a VM that per-vCPU notifications can tell apart */
#define NOTIFICATION_MAX_VM_VCPUS 64u

/* Framework notifications: the RX buffer is full, of a partition's message or of a VM's */
#define NOTIFICATION_RX_FULL_BY_SP (1ull << 0)
#define NOTIFICATION_RX_FULL_BY_VM (1ull << 32)

enum notification_from {
    NOTIFICATION_FROM_SP,
    NOTIFICATION_FROM_VM,
    NOTIFICATION_SOURCES,
};

struct notification_bits {
    uint64_t pending;
    uint64_t reported;
    uint64_t told;
};

/* The notifications of a receiver from one side. */
struct notification_source {
    uint64_t bound;
    uint64_t per_vcpu;                   /* of those bound, the others are global */
    uint16_t sender[NOTIFICATION_COUNT]; /* of each one that is bound, else 0 */
    struct notification_bits global;
};

/* A receiver. `enabled` of a partition comes from its manifest, of a VM and of the normal world
 * from FFA_NOTIFICATION_BITMAP_CREATE. */
struct notifications {
    bool enabled;
    uint16_t receiver;
    uint16_t vcpu_count;
    /* Of VMs only what partitions send: VM to VM is their hypervisor's business. */
    uint8_t source_count;
    struct notification_source *source; /* [source_count], by enum notification_from */
    struct notification_bits *vcpu;     /* [vcpu_count * source_count]; NULL: all are global */
    struct notification_bits framework;
};

#endif
