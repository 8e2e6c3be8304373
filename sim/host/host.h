/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside of a run: what the door, the PE loop and the checkers share. */
#ifndef SIM_HOST_H
#define SIM_HOST_H

#include "sim/host/run.h"

/* What the simulated SPMC occupies from the load address of its manifest: pool pages included. */
/* (property spmc-range-size of the board, else this); /attribute binary_size stands for the image.
 */
#define HOST_SPMC_RANGE_BYTES (4u << 20)

/* Simulated time that an exception to EL2 or EL3 and its handling takes. */
#define HOST_EXIT_NS 100u

#define HOST_MAX_HELD_LOCKS 8

/*
 * What the core's own work takes where another PE can step in between: a lock taken or given back,
 * a device or GIC register, a descriptor of a table.
 */
#define HOST_LOCK_NS       4u
#define HOST_REGISTER_NS   10u
#define HOST_DESCRIPTOR_NS 2u

/* Where the SPMC finds the UART for its call log: no board has anything there, see door.c. */
#define HOST_CALL_LOG_UART      (1ull << 60)
#define HOST_CALL_LOG_MAX_BYTES (64ull << 20)

/* arch.h: the PE as the door knows it. */
struct arch_pe {
    struct run *run;
    struct sim_pe *pe;
    struct context *nwd; /* the normal world's context of this PE */
    unsigned held_count; /* locks held, in the order they were taken */
    struct arch_lock *held[HOST_MAX_HELD_LOCKS];
    uint64_t last_x[FFA_REGS_EXTENDED]; /* normal world's registers at its last SMC */
    bool was_alone;                     /* no other PE was in the core when this one entered it */
    uint64_t entry_switches;            /* run->core_switches then */
};

/* arch.h: the arch part of a vCPU. */
struct arch_vcpu {
    struct run *run;
    struct context *context;
    uint16_t vmid;
    bool finished; /* a scripted context's function has returned */
    bool hung;     /* fault_place.c: it makes no progress any more */
    bool dying;    /* there, too: it took an abort and has no code that could handle it */
    uint8_t corrupt_arg;
    uint64_t corrupt_mask; /* of register corrupt_arg, 8 to 17, when the core fetches it */
    struct arch_vcpu *next;
};

struct check_memory; /* check_memory.h */
struct check_maintenance;
struct faults; /* sim/fault/fault.h */
struct fault_interrupts;

struct run_plan_partition {
    uint64_t load_address;
    uint64_t mem_size_bytes;
    uint64_t used_bytes; /* package length from load_address */
    uint8_t *package;    /* owned copy, written into RAM at creation */
    size_t package_size;
};

#define RUN_MAX_RACES 16u

/* Bytes that appear in non-secure memory before the SPMC's copy number `at` from it (race.c). */
struct run_race {
    uint64_t at;
    uint64_t address;
    size_t size_bytes;
    uint8_t bytes[64];
};

struct run {
    uint64_t shared_reads; /* copies of the SPMC from non-secure memory */
    unsigned race_count;
    struct run_race race[RUN_MAX_RACES];
    struct run_config config;
    struct machine *machine;
    struct spmd spmd;
    struct spmd_cpu spmd_cpu[RUN_MAX_PES];
    struct arch_pe arch_pe[RUN_MAX_PES];
    struct arch_vcpu *vcpus;
    uint8_t *spmc_manifest; /* with vm nodes */
    size_t spmc_manifest_size;
    struct spmc_manifest decoded; /* of the base manifest: memory ranges */
    struct run_plan_partition plan[RUN_MAX_PARTITIONS];
    struct spmd_attribute attribute;
    struct manifest_range spmc_range;
    uint8_t *spmc_ram;         /* host memory behind it */
    uint64_t spmc_image_bytes; /* of it, before the page pool */
    void *arena;
    size_t arena_size;
    struct spmc *spmc;
    uint64_t ns_next; /* next free page for scripted normal worlds */
    uint64_t ns_end;
    struct machine_event until_event;
    uint64_t call_log_bytes;

    /* What the checkers remember. */
    uint64_t memory_writes; /* arch_copy_to and arch_zero */
    unsigned inside;        /* PEs that are in the core now */
    uint64_t core_switches; /* how often a PE was put off inside of it */
    void *shadow;
    size_t shadow_size;
    bool memory_changed; /* the parts of spmc_locked_state() may have, since it was made */
    bool notifications_changed;
    uint32_t shadow_fid; /* what the caller has in w0 */
    uint64_t shadow_free_pages;
    uint64_t shadow_memory_writes;
    bool check_all;                       /* the next check is of everything */
    unsigned resets;                      /* so far */
    bool lose_ram;                        /* at the reset that was asked for last */
    uint64_t retired_before[RUN_MAX_PES]; /* by contexts of earlier boots */
    struct check_memory *check_memory;
    struct check_maintenance *check_maintenance; /* from before the boot on; NULL: no checks */
    uint32_t check_vcpu;                         /* whose turn it is in check_interrupts.c */
    uint32_t check_line_vcpu;
    uint32_t check_line;
    uint8_t partition_state[RUN_MAX_PARTITIONS];

    struct faults *faults; /* NULL: nothing is to go wrong on purpose */
    struct fault_interrupts *fault_interrupts;
    unsigned short_of_memory; /* PEs in the core that no_memory struck: see fault_place.c */

    bool failed;
    enum run_verdict verdict;
    char why[512];
};

/* plan.c: packages, load addresses and the SPMC manifest of this run, before the machine exists. */
bool plan_run(struct run *run, struct sim_error *err);
/* Writes packages into RAM. */
bool plan_load(struct run *run, struct sim_error *err);
void plan_free(struct run *run);

/*
 * reset.c: the machine is to be reset, `why` in the failure of a run that allows no more of them.
 * The PE that asks for it halts next; after a fault it goes on to where others may go first.
 */
void reset_ask(struct run *run, const char *why);
/* After the machine has stopped for it: boots again. False: the run has failed. */
bool reset_boot(struct run *run);

/* run.c: what is new at each boot: EL3, packages, the normal world, PE 0 started. */
bool run_boot(struct run *run, struct sim_error *err);
void run_until(struct run *run);
uint64_t run_retired(const struct run *run, unsigned pe);
void run_destroy_contexts(struct run *run);

/* run.c: where a normal world without load address goes; NULL: the board has no such memory. */
const struct board_ram *host_first_ns_ram(const struct board *board);

/* pe_loop.c: the loop that the arch side owns, entry of a PE's coroutine. */
/* door.c: a place where the schedule may put this PE off inside the core: it takes `ns`. */
void core_point(struct arch_pe *pe, uint64_t ns, enum choice_kind kind);

/* door_sysreg.c: ICC_HPPIR0_EL1 as EL3 reads it: a Group 0 INTID; 1020, Secure Group 1; or more. */
uint32_t host_el3_pending(const struct arch_pe *pe);

/* gic_params.c: where the board's GIC is; untouched without one. */
void host_gic_params(const struct board *board, struct spmc_gic *gic);

void host_pe_main(struct sim_pe *pe, void *arg);
void host_loop(struct arch_pe *pe, struct vcpu *vcpu) __attribute__((noreturn));

/* check.c: invariants around every entry into the SPMC. */
bool check_init(struct run *run);
void check_before(struct arch_pe *pe, const struct vcpu *vcpu);
void check_after(struct arch_pe *pe, const struct vcpu *vcpu, const struct vcpu_exit *exit,
                 const struct vcpu *next);
void check_end(struct run *run); /* of the run */
void check_law_broken(struct run *run, const char *law, const struct vcpu *vcpu);
/* check_interrupts.c: `next` runs next on `pe`, and nobody holds a lock. */
void check_interrupts(struct arch_pe *pe, const struct vcpu *next);
void check_interrupts_end(struct run *run);
/* check_tables.c: who can reach what, recomputed from the tables in RAM alone. */
void check_tables(struct run *run);
/* check_memory.c, called by the door: the core opened a page, wrote a descriptor. */
void check_note_opened(struct run *run, uint64_t pa);
void check_note_written(struct run *run, const uint64_t *slot);

/*
 * check_maintenance.c, called by the door: a descriptor is written; maintenance was done, and not
 * skipped; the lock over translation tables is given back. And by the PE loop: the PE leaves the
 * core.
 */
struct check_tlbi {
    bool el0; /* by ASID, else by VMID */
    bool all; /* else: one page */
    uint16_t vmid;
    enum pas space; /* secure with `el0` */
    uint64_t at;
};
bool check_maintenance_create(struct run *run); /* false: no memory */
void check_maintenance_destroy(struct run *run);
void check_maintenance_write(struct arch_pe *pe, const uint64_t *slot, uint64_t was, uint64_t now);
void check_maintenance_tlb(struct run *run, const struct check_tlbi *tlbi);
void check_maintenance_code(struct run *run, uint64_t pa, uint64_t size);
void check_maintenance_unlocked(struct arch_pe *pe);
void check_maintenance_left(struct arch_pe *pe);

/* gic_params.c: what the SPMC is told of the board's GIC. */
void host_gic_params(const struct board *board, struct spmc_gic *gic);

/* report.c: events. */
void report_call(struct arch_pe *pe, const struct context *context, enum event_conduit conduit,
                 const uint64_t *x, unsigned count);
void report_resume(struct arch_pe *pe, const struct context *context, uint16_t from,
                   const uint64_t *x, unsigned count);
void report_abort(struct arch_pe *pe, struct context *context, const struct vcpu_exit *exit);
/* A physical interrupt left the context for `el`. */
void report_interrupted(struct arch_pe *pe, struct context *context, unsigned el, bool is_fiq);
/* The SPMC is about to copy from non-secure memory. */
void race_before_read(struct run *run);

void report_text(struct run *run, struct sim_pe *pe, enum event_type type, const char *text);
void report_partitions(struct arch_pe *pe);
void report_start(struct run *run);
void report_end(struct run *run, const struct run_result *result);

/* Does this call carry x8..x17 as arguments? */
static inline bool host_fid_is_extended(uint64_t fid)
{
    switch ((uint32_t)fid & ~SMCCC_SVE_HINT) {
    case FFA_MSG_SEND_DIRECT_REQ2_64:
    case FFA_MSG_SEND_DIRECT_RESP2_64:
    case FFA_CONSOLE_LOG_64:
        return true;
    default:
        return false;
    }
}

#endif
