/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A partition (an endpoint): secure partitions, and the normal world as one more with id 0, whose
 * vCPUs are "run" by returning to EL3.
 */
#ifndef SPMC_PARTITION_H
#define SPMC_PARTITION_H

#include "spmc/manifest.h"
#include "spmc/stage2.h"
#include "spmc/types.h"
#include "spmc/vcpu.h"

/* Life of a partition (FF-A v1.3, partition states) */
enum partition_state {
    PARTITION_NULL,
    PARTITION_CREATED,
    PARTITION_RUNNING,
    PARTITION_ABORTING,
};

/* Who may touch the RX buffer (FF-A v1.2, 7.2.2.4) */
enum mailbox_state {
    MAILBOX_EMPTY,
    MAILBOX_FULL,
    MAILBOX_OTHER_WORLD_OWNED,
    MAILBOX_WRITING, /* EMPTY, and a PE of the SPMC is filling it */
};

struct mailbox {
    bool mapped;
    uint8_t state;       /* enum mailbox_state */
    uint8_t pas;         /* enum pas of both buffers */
    uint32_t writer;     /* index of the PE, while WRITING */
    uint32_t page_count; /* of each buffer */
    paddr_t rx;
    paddr_t tx;
};

/*
 * A VM of the normal world that its hypervisor told us of by forwarding FFA_RXTX_MAP. The slot is
 * its own from then until the buffers are unmapped.
 */
struct vm_slot {
    uint16_t id;          /* 0: free */
    uint32_t ffa_version; /* the normal world's */
    struct mailbox mailbox;
};

struct partition {
    uint16_t id;
    uint16_t vmid;
    uint8_t state;       /* enum partition_state */
    bool version_frozen; /* an ABI other than FFA_VERSION was used */
    bool version_negotiated;
    uint32_t ffa_version; /* in force: from the manifest, or negotiated */
    uint16_t vcpu_count;
    struct vcpu *vcpu; /* [vcpu_count]; for the normal world one for each PE */
    struct mailbox mailbox;
    struct stage2 stage2;
    uint64_t entry; /* primary entry point, IPA = PA */
    uint64_t secondary_entry;
    uint64_t boot_info; /* address of its boot information; 0: none */
    uint16_t vint_count;
    const uint32_t *vint_id; /* [vint_count], ascending: virtual interrupts that it owns */
    /* Fixed after boot. NULL for the normal world. */
    const struct partition_manifest *manifest;
    const struct manifest_vm *vm;
};

static inline bool partition_is_nwd(const struct partition *partition)
{
    return partition->id == FFA_ID_NWD;
}

#endif
