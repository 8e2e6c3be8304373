/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SPMC manifest and FF-A partition manifests, decoded into native structures.
 *
 * The readers are total: any byte string gives a structure or one diagnostic, and nothing is
 * truncated in silence (robustness law: the manifest parser is total). They allocate nothing.
 */
#ifndef SPMC_MANIFEST_H
#define SPMC_MANIFEST_H

#include "spmc/types.h"

/* Capacities; reaching one is a diagnostic that names the limit. */
#define MANIFEST_MAX_CPUS           64u
#define MANIFEST_MAX_PARTITIONS     32u
#define MANIFEST_MAX_MEMORY_RANGES  20u
#define MANIFEST_MAX_SMC_ALLOWED    32u
#define MANIFEST_MAX_SERVICES       8u
#define MANIFEST_MAX_MEM_REGIONS    16u
#define MANIFEST_MAX_DEV_REGIONS    16u
#define MANIFEST_MAX_DEV_INTERRUPTS 8u
#define MANIFEST_MAX_STREAMS        4u
#define MANIFEST_NAME_BYTES         32u
#define MANIFEST_DIAG_BYTES         256u

enum manifest_code {
    MANIFEST_OK = 0,
    MANIFEST_BAD_FDT, /* not a device tree at all */
    MANIFEST_NODE_MISSING,
    MANIFEST_NOT_COMPATIBLE, /* a value outside what this SPMC takes */
    MANIFEST_PROPERTY_NOT_FOUND,
    MANIFEST_MALFORMED_STRING,
    MANIFEST_STRING_TOO_LONG,
    MANIFEST_MALFORMED_INTEGER,
    MANIFEST_INTEGER_OVERFLOW,
    MANIFEST_MALFORMED_INTEGER_LIST,
    MANIFEST_MALFORMED_BOOLEAN,
    MANIFEST_MALFORMED_UUID,
    MANIFEST_UUID_ALL_ZEROS,
    MANIFEST_DUPLICATE_UUID,
    MANIFEST_TOO_MANY, /* a capacity above was reached */
    MANIFEST_RESERVED_VM_ID,
    MANIFEST_UNMATCHED_MESSAGING_METHODS,
    MANIFEST_INVALID_MESSAGING_METHOD,
    MANIFEST_INVALID_BOOT_ORDER,
    MANIFEST_ILLEGAL_ACTION, /* ns-interrupts-action and relatives */
    MANIFEST_MEMORY_MISSING,
    MANIFEST_MEM_REGION_EMPTY,
    MANIFEST_MEM_REGION_UNALIGNED,
    MANIFEST_MEM_REGION_INVALID, /* outside the memory that the platform gives */
    MANIFEST_MEM_REGION_OVERLAP,
    MANIFEST_INVALID_MEM_PERM,
    MANIFEST_RXTX_SIZE_MISMATCH,
    MANIFEST_INTERRUPT_REPEATED,
    MANIFEST_INTERRUPT_NOT_LISTED,
    MANIFEST_MISSING_SMMU_ID,
    MANIFEST_DMA_PERM_MISMATCH,
    MANIFEST_UNSUPPORTED, /* legal, but not offered by this SPMC yet */
};

/* One finding: what is wrong, where ("/hypervisor/vm2: mem_size"), what was found and is wanted. */
struct manifest_diag {
    enum manifest_code code;
    char text[MANIFEST_DIAG_BYTES];
};

struct manifest_range {
    uint64_t base;
    uint64_t size_bytes;
};

/*
 * The GICv3 of the board: from the arch side, or from a node /interrupt-controller (arm,gic-v3) of
 * the SPMC manifest. Redistributors are found by the affinity in their GICR_TYPER.
 */
#define SPMC_MAX_GICR_REGIONS 8u

struct spmc_gic {
    bool present; /* false: the SPMC touches no interrupt */
    paddr_t distributor;
    uint32_t redistributor_count; /* regions */
    struct manifest_range redistributor[SPMC_MAX_GICR_REGIONS];
    uint64_t redistributor_stride_bytes; /* 0: by GICR_TYPER, two or four frames of 64 KiB */
    uint32_t timer_intid; /* PPI of the Secure EL2 physical timer; 0: 20, as BSA wants */
};

/* One vmN node of the SPMC manifest: a package to load. */
struct manifest_vm {
    char name[MANIFEST_NAME_BYTES]; /* debug_name */
    uint64_t load_address;
    uint64_t mem_size_bytes;
    uint16_t vcpu_count;
    bool has_uuid;
    struct uuid uuid;
    bool has_boot_order;
    uint16_t boot_order;
    uint32_t log_level; /* enum spmc_log_level; the SPMC's own when the node has none */
    bool smc_permissive;
    uint32_t smc_allowed_count;
    uint32_t smc_allowed[MANIFEST_MAX_SMC_ALLOWED];
};

struct spmc_manifest {
    uint32_t cpu_count;
    uint64_t cpu_mpidr[MANIFEST_MAX_CPUS]; /* linear PE index -> MPIDR affinity */
    struct {
        uint32_t count;
        struct manifest_range range[MANIFEST_MAX_MEMORY_RANGES];
    } secure_memory, ns_memory, secure_device, ns_device;
    struct spmc_gic gic; /* not present: the manifest has no such node */
    uint32_t log_level;  /* 0 none .. 5 verbose; default 4 */
    bool call_log;       /* write the call log, see spmc/call_log.h */
    bool per_vcpu_notifications;
    uint32_t vm_count;
    struct manifest_vm vm[MANIFEST_MAX_PARTITIONS];
};

struct manifest_service {
    struct uuid uuid;
    uint16_t messaging_method;
};

/* Access bits of regions, as the binding has them */
#define MANIFEST_ATTR_READ       0x1u
#define MANIFEST_ATTR_WRITE      0x2u
#define MANIFEST_ATTR_EXECUTE    0x4u
#define MANIFEST_ATTR_NON_SECURE 0x8u

struct manifest_mem_region {
    bool relative; /* `base` is an offset from the load address */
    uint64_t base;
    uint32_t page_count;
    uint32_t attributes;
    uint32_t phandle; /* 0: none */
    bool has_smmu;
    uint32_t smmu_id;
    uint32_t stream_count;
    uint32_t stream_id[MANIFEST_MAX_STREAMS];
    uint32_t stream_access; /* same for all */
    bool no_bits;           /* in no file: zeros at first */
};

struct manifest_interrupt {
    uint32_t id;
    uint32_t attributes;
    bool has_target;
    uint64_t target_mpidr;
};

struct manifest_dev_region {
    uint64_t base;
    uint32_t page_count;
    uint32_t attributes;
    uint32_t interrupt_count;
    struct manifest_interrupt interrupt[MANIFEST_MAX_DEV_INTERRUPTS];
    bool has_smmu;
    uint32_t smmu_id;
    uint32_t stream_count;
    uint32_t stream_id[MANIFEST_MAX_STREAMS];
    bool exclusive;
};

enum manifest_el { MANIFEST_S_EL0 = 1, MANIFEST_S_EL1 = 2 };
enum manifest_ns_action {
    NS_ACTION_QUEUED = 0,
    NS_ACTION_MANAGED_EXIT = 1,
    NS_ACTION_SIGNALED = 2
};

struct partition_manifest {
    uint32_t binding_minor; /* 0: arm,ffa-manifest-1.0, 1: -1.1 */
    uint32_t ffa_version;
    uint32_t service_count;
    struct manifest_service service[MANIFEST_MAX_SERVICES];
    uint16_t execution_ctx_count;
    uint8_t exception_level; /* enum manifest_el */
    bool has_load_address;
    uint64_t load_address;
    uint64_t entrypoint_offset;
    bool has_gp_register;
    uint8_t gp_register;
    bool has_boot_order;
    uint16_t boot_order;
    uint8_t ns_interrupts_action; /* enum manifest_ns_action */
    uint8_t other_s_interrupts_action;
    bool managed_exit_virq;
    uint8_t sri_policy;
    bool notification_support;
    bool boot_info_fdt;
    bool boot_info_hob;
    uint32_t vm_availability_messages;
    uint32_t power_messages;
    bool lifecycle_support;
    bool has_abort_action;
    uint8_t abort_action;
    bool has_image_uuid;
    struct uuid image_uuid;
    bool live_activation_support;
    uint8_t live_activation_register; /* x0..x7, set to 1 on entry of a live-activated instance */
    uint32_t live_state_region;       /* its state buffer: index into mem_region */
    bool has_rxtx;                    /* static RX/TX buffers: indexes into mem_region */
    uint32_t rx_region;
    uint32_t tx_region;
    uint32_t mem_region_count;
    struct manifest_mem_region mem_region[MANIFEST_MAX_MEM_REGIONS];
    uint32_t dev_region_count;
    struct manifest_dev_region dev_region[MANIFEST_MAX_DEV_REGIONS];
};

/* Decodes the SPMC manifest (TOS_FW_CONFIG). False: diag says why and out is unspecified. */
bool manifest_read_spmc(const void *fdt, size_t size_bytes, struct spmc_manifest *out,
                        struct manifest_diag *diag);

/* Decodes one partition manifest on its own (no knowledge of the platform or of other partitions).
 */
bool manifest_read_partition(const void *fdt, size_t size_bytes, struct partition_manifest *out,
                             struct manifest_diag *diag);

/*
 * Does the range (not empty, not wrapping) belong to the normal world? It lies in an ns-memory
 * range, and nothing of it is secure memory, the SPMC's own range, or a partition's.
 */
bool manifest_is_ns_memory(const struct spmc_manifest *manifest, struct manifest_range spmc_range,
                           struct manifest_range range);

/*
 * Cross checks of one partition against the platform and its vm node: vCPU count against PEs,
 * regions inside the memory that the SPMC manifest gives, entry point inside the package.
 */
bool manifest_check_partition(const struct spmc_manifest *spmc, uint32_t vm_index,
                              const struct partition_manifest *partition,
                              struct manifest_diag *diag);

/*
 * Cross checks between partitions: overlaps of load ranges, of regions, of the SPMC's own range;
 * repeated boot orders, interrupts and image UUIDs. `partition[i]` belongs to vm node i.
 */
bool manifest_check_all(const struct spmc_manifest *spmc, struct manifest_range spmc_range,
                        const struct partition_manifest *const partition[],
                        struct manifest_diag *diag);

/* What is where in a package, SPKG (v1 and v2) or transfer list. Offsets in bytes from its base. */
#define PACKAGE_HEADER_BYTES 24u
#define PACKAGE_MAGIC        0x474b5053u /* "SPKG" */
#define PACKAGE_LIST_MAGIC   0x4a0fb10bu

struct package_layout {
    uint32_t version;
    uint32_t manifest_offset;
    uint32_t manifest_size_bytes;
    uint32_t image_offset;
    uint32_t image_size_bytes;
    uint32_t hob_offset; /* of a HOB list, which only a transfer list can carry */
    uint32_t hob_size_bytes;
};

/* Bytes of a package, wherever it lies; false: there are none. */
struct package_source {
    bool (*read)(void *context, uint64_t offset, void *to, size_t size_bytes);
    void *context;
};

/*
 * A package of either format whose first bytes are `header`. Checks everything that it can get
 * wrong against the memory that it was loaded into.
 */
bool package_read(const uint8_t header[PACKAGE_HEADER_BYTES], const struct package_source *source,
                  uint64_t mem_size_bytes, struct package_layout *out, struct manifest_diag *diag);

/* The same for an SPKG, which is all in its header. */
bool package_read_header(const uint8_t header[PACKAGE_HEADER_BYTES], uint64_t mem_size_bytes,
                         struct package_layout *out, struct manifest_diag *diag);

#endif
