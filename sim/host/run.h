/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One run: a machine, the SPMD and the SPMC opened onto it, partitions and a normal world. The
 * caller (the scenario binding, a benchmark, a test) fills a run_config; the run owns nothing of
 * it.
 */
#ifndef SIM_RUN_H
#define SIM_RUN_H

#include <stdio.h>

#include "sim/cpu/context.h"
#include "sim/fault/fault.h"
#include "sim/machine/error.h"
#include "sim/machine/machine.h"
#include "sim/trace/trace.h"
#include "spmc/spmc.h"
#include "spmd/spmd.h"

#define RUN_MAX_PARTITIONS   32
#define RUN_MAX_PES          64
#define RUN_LIMIT_MAX_NS     (3600ull * 1000000000ull) /* an hour of simulated time */
#define RUN_LIMIT_DEFAULT_NS 1000000000ull

struct run;

/* Makes a scripted context; NULL and *err on failure. */
typedef struct context *(*run_make_context)(void *user, struct machine *machine,
                                            const struct context_config *config,
                                            struct sim_error *err);

struct run_blob {
    const void *data;
    size_t size_bytes;
    const char *where; /* file name for diagnostics */
};

struct run_partition {
    const char *name;         /* debug_name */
    struct run_blob image;    /* raw image; packed with the manifest into an SPKG */
    struct run_blob manifest; /* DTB */
    struct run_blob package;  /* or: a whole package, as it is; then image and manifest are empty */
    uint32_t package_version; /* of the SPKG made: 1 or 2; 0 means 2 */
    uint64_t load_address;    /* 0: the manifest's load-address, else the next free secure memory */
    uint64_t mem_size_bytes;  /* 0: image and manifest rounded up, at least 1 MiB */
    uint32_t vcpu_count;      /* 0: the manifest's execution-ctx-count */
    bool vcpu_on_each_pe;     /* instead: one for each PE, and the manifest is made to say so */
    const uint32_t *smc_allowed;
    uint32_t smc_allowed_count;
    run_make_context make; /* scripted: every vCPU's context comes from here (image may be empty) */
    void *make_user;
};

struct run_nwd {
    struct run_blob image; /* emulated: raw image loaded at load_address, or an ELF file */
    uint64_t load_address; /* 0: the file's own, else the start of the first non-secure RAM */
    unsigned el;           /* 1 or 2 */
    run_make_context make; /* scripted */
    void *make_user;
    run_make_context make_secondary; /* scripted: PEs that CPU_ON starts; NULL: none may */
    void *make_secondary_user;
};

struct run_config {
    const char *name;
    struct run_blob board; /* DTB */
    struct run_blob
        spmc_manifest; /* DTB without vm nodes; the run adds /hypervisor/vmN and trims cpus */
    unsigned pe_count; /* 0: 1 */
    uint32_t partition_count;
    struct run_partition partition[RUN_MAX_PARTITIONS];
    struct run_nwd nwd;
    uint64_t limit_ns; /* running past it is a failure; 0: default */
    uint64_t until_ns; /* stop there and call it done; 0: never */
    bool until_is_cut; /* it only saves time: if nothing could happen any more, that is told */
    uint64_t seed;
    unsigned resets;             /* how often the machine may be reset; one more is a failure */
    bool reset_lose_ram;         /* RAM reads as zero after one */
    bool per_vcpu_notifications; /* a property of /hypervisor in the SPMC manifest */
    uint64_t quantum_least_ns;   /* turns of PEs, see machine_set_quantum(); 0: the default */
    uint64_t quantum_most_ns;
    struct choice_source *choices; /* see sim/machine/choice.h; NULL: none */
    /* NULL: none; one without faults takes them at run time, as run_fault() does. The run has its
     * own copy, with its own seed. */
    const struct fault_plan *faults;
    bool check;      /* invariants after every SPMC entry */
    bool check_full; /* then: all of memory each time, not only what changed */
    struct trace *trace;
    bool call_log;      /* the SPMC writes its call log (docs/twin.md); the run is the same */
    FILE *call_log_out; /* where to; NULL: nowhere */
    void (*booted)(void *user, struct run *run); /* optional: the SPMC is up, nobody has run */
    void *booted_user;
};

enum run_verdict {
    RUN_PASSED,
    RUN_FAILED,    /* limit, deadlock, invariant, panic, unexpected reset, failed expectation */
    RUN_BAD_INPUT, /* the SPMC refused a manifest or a package */
    RUN_INTERNAL,
};

struct run_result {
    enum run_verdict verdict;
    char why[512];         /* one line; empty when passed */
    uint64_t simulated_ns; /* at the end, the PE that is furthest */
    uint64_t retired[RUN_MAX_PES];
    uint64_t choices; /* choice points that it came by */
    uint64_t delays;  /* how many of them put something off */
};

/* Builds everything up to the first instruction. NULL: err says why (bad input: status 2). */
struct run *run_create(const struct run_config *config, struct sim_error *err);
/* Runs to the end. Emits RUN_END; the caller finishes the trace. */
void run_execute(struct run *run, struct run_result *result);
void run_destroy(struct run *run);

/* For scripts: ends the run with a failure (an expectation) or as done (normal world finished). */
void run_fail(struct run *run, const char *format, ...) __attribute__((format(printf, 2, 3)));
void run_done(struct run *run);
bool run_failed(const struct run *run);

/*
 * As if the configuration had had this seed. Only while nothing depends on it: the trace has
 * not hashed its first event, and no two PEs have taken turns. False: it is too late.
 */
bool run_reseed(struct run *run, uint64_t seed);

/* Another limit from now on, in simulated time; delays of choice points are on top as before. */
void run_set_limit(struct run *run, uint64_t limit_ns);

struct machine *run_machine(struct run *run);
unsigned run_boots(const struct run *run); /* 1, and one more after each reset */
struct spmc *run_spmc(struct run *run);
struct run *run_of(struct machine *machine);

/* Free non-secure RAM for a scripted normal world's buffers; 0 when none is left. Page aligned. */
uint64_t run_alloc_ns_pages(struct run *run, uint32_t pages);
/* Memory of partition `index` behind its image, for a scripted partition's buffers. */
bool run_partition_memory(struct run *run, uint32_t index, uint64_t *base, uint64_t *size_bytes);

/*
 * How often the SPMC has copied from non-secure memory; bytes (at most 64) that another agent of
 * the normal world writes before copy number `reads_from_now` from now on (1: the next); and none
 * of those that are still to come. False: too many of them, or not non-secure RAM.
 */
uint64_t run_shared_reads(const struct run *run);
bool run_race(struct run *run, uint64_t reads_from_now, uint64_t address, const void *bytes,
              size_t size_bytes);
void run_forget_races(struct run *run);

/* One more fault from now on; a line of text (sim/fault/fault.h). False: *err says why. */
bool run_fault(struct run *run, const char *line, struct sim_error *err);
/* Were there any up to now, struck or not? */
bool run_has_faults(const struct run *run);

#endif
