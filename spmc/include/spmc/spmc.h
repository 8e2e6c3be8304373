/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The SPMC core. Event driven: the arch side owns the loop, runs the vCPU that the core names, and
 * brings its exit back. All state hangs off struct spmc, in memory that the arch side gave.
 *
 * Lock order (low rank first; enforced at run time by the simulator):
 *   1 SPMC_RANK_BOOT   boot list
 *   2 SPMC_RANK_CHAIN  vCPU states, call chains and interrupts, all partitions
 *   3 SPMC_RANK_MEMORY share ledger, transactions, translation tables
 *   4 SPMC_RANK_MAILBOX  RX/TX buffers of all endpoints
 *   5 SPMC_RANK_NOTIFICATION  notifications of all endpoints
 *   6 SPMC_RANK_POOL   page pool
 *   7 SPMC_RANK_LOG    one line of the log
 */
#ifndef SPMC_SPMC_H
#define SPMC_SPMC_H

#include "arch/arch.h"
#include "spmc/manifest.h"
#include "spmc/page_pool.h"
#include "spmc/partition.h"
#include "spmc/types.h"
#include "spmc/vcpu.h"

/* The highest FF-A version that this SPMC implements. */
#define SPMC_FFA_VERSION FFA_VERSION_1_3

/* RX/TX buffers: pages each, at most (FFA_FEATURES(RXTX_MAP) reports it) */
#define SPMC_RXTX_MAX_PAGES 4u

/* VMs of the normal world that may have RX/TX buffers at one time */
#define SPMC_MAX_VMS 16u

#define SPMC_CONSOLE_LINE_BYTES 256u

enum spmc_lock_rank {
    SPMC_RANK_BOOT = 1,
    SPMC_RANK_CHAIN,
    SPMC_RANK_MEMORY,
    SPMC_RANK_MAILBOX,
    SPMC_RANK_NOTIFICATION,
    SPMC_RANK_POOL,
    SPMC_RANK_LOG,
};

/* Levels of the SPMC's log, as the logging-level property has them */
enum spmc_log_level {
    SPMC_LOG_NONE,
    SPMC_LOG_CRITICAL,
    SPMC_LOG_ERROR,
    SPMC_LOG_WARNING,
    SPMC_LOG_INFO,
    SPMC_LOG_VERBOSE,
};

/* What the arch side tells the core at cold boot. */
struct spmc_boot_params {
    const void *manifest; /* SPMC manifest (FDT), in memory of the SPMC; kept until the end */
    size_t manifest_size_bytes;
    uint64_t boot_mpidr;              /* affinity of the PE that boots */
    uint64_t secondary_entry;         /* where EL3 enters secondary PEs; 0: it does not */
    struct manifest_range spmc_range; /* what the SPMC itself occupies: image, pool */
    paddr_t pool_base;                /* pages for translation tables, inside spmc_range */
    uint64_t pool_size_bytes;
    void *arena; /* zeroed memory for the core's own objects, 16-byte aligned */
    size_t arena_size_bytes;
    bool has_uart;
    paddr_t uart; /* PL011 for the log */
    enum pas uart_pas;
    bool has_call_log_uart; /* else the call log shares the log's UART */
    paddr_t call_log_uart;
    enum pas call_log_uart_pas;
    struct spmc_gic gic; /* a node /interrupt-controller of the SPMC manifest overrides it */
    bool per_vcpu_notifications; /* offered and advertised (FF-A v1.2, 10.3) */
};

/* One PE, as the core sees it. */
struct spmc_cpu {
    struct spmc *spmc;
    struct arch_pe *arch;
    uint32_t index; /* linear */
    uint64_t mpidr;
    bool online;
    struct vcpu *current;
    struct vcpu *nwd;         /* the normal world's vCPU of this PE */
    uint32_t boot_position;   /* next entry of the boot list to start on this PE */
    uint32_t off_position;    /* next entry of the boot list to tell that this PE switches off */
    paddr_t redistributor;    /* its RD frame; fixed when the PE first comes */
    uint8_t interrupt_mask;   /* enum interrupt_mask, as ICC_PMR_EL1 has it */
    uint8_t normal_pmr;       /* the normal world's ICC_PMR_EL1, while interrupt_mask is another */
    bool sri_is_delayed;      /* to be raised when this PE returns to the normal world */
    uint64_t timer_deadline;  /* in CNTHPS_CVAL_EL2; UINT64_MAX: the timer is off */
    bool timers_changed;      /* timer_deadline may no longer be that of this PE's vCPUs */
    bool untold;              /* vCPUs that were not to be resumed yet: vcpu->untold */
    struct vcpu *interrupted; /* whom a Secure interrupt took this PE from (SPMC mode), else NULL */
};

/*
 * `config` below this arena offset is fixed after boot; what is above changes while running and is
 * what "a rejected call changes nothing" speaks of: see spmc_mutable_state().
 */
struct spmc;

/* Bytes of arena that a manifest with these counts needs at most. */
size_t spmc_arena_size(uint32_t cpu_count, uint32_t vm_count);

/*
 * Cold boot on the first PE: reads manifests, loads packages, builds tables, and returns the first
 * vCPU to run (that of the first partition in boot order, or the normal world's when there is
 * none). NULL: boot failed; spmc_boot_diag() says why. The object lives at the start of the arena.
 */
struct vcpu *spmc_cold_boot(struct arch_pe *pe, const struct spmc_boot_params *params,
                            struct spmc **out);
const struct manifest_diag *spmc_boot_diag(const struct spmc *spmc);

/*
 * PE `index` (linear) enters the SPMC for the first time, or again after it was switched off.
 * Returns the first vCPU to run on it, as above. NULL: there is no such PE.
 */
struct vcpu *spmc_secondary_boot(struct spmc *spmc, struct arch_pe *pe, uint32_t index);

/*
 * `vcpu` ran on `cpu` and came back with `exit`; its registers are in vcpu->frame. Returns the vCPU
 * to run next, with frame.x filled and frame.store set. The normal world's vCPU means: return to
 * EL3.
 */
struct vcpu *spmc_handle_exit(struct spmc_cpu *cpu, struct vcpu *vcpu,
                              const struct vcpu_exit *exit);

/* For the arch side and for checkers: objects by number; NULL when out of range. */
struct spmc_cpu *spmc_cpu(struct spmc *spmc, uint32_t index);
struct partition *spmc_partition_by_id(struct spmc *spmc, uint16_t id);
uint32_t spmc_partition_count(const struct spmc *spmc); /* secure partitions */
struct partition *spmc_partition_at(struct spmc *spmc, uint32_t index);
const struct page_pool *spmc_page_pool(const struct spmc *spmc);
const char *spmc_partition_name(const struct partition *partition);

/* The part of the arena that may change after boot: for snapshots and comparison. */
void spmc_mutable_state(const struct spmc *spmc, const void **start, size_t *size_bytes);

/*
 * Where parts of it begin that change under certain locks alone: the first under those of
 * SPMC_RANK_MEMORY and SPMC_RANK_MAILBOX, the second, up to the end, under SPMC_RANK_NOTIFICATION.
 */
void spmc_locked_state(const struct spmc *spmc, const void **memory, const void **notification);

#endif
