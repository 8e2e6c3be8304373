/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The SPM dispatcher at EL3: world switch, FF-A routing between the normal world and the SPMC, PSCI
 * and SMCCC discovery for the normal world. FF-A v1.2, 4.1 and 18.2; DEN0022 (PSCI); DEN0028
 * (SMCCC).
 *
 * The EL3 side that hosts it owns the loop: it saves the registers of the world that made an SMC,
 * asks spmd_handle_smc(), and enters the world that the answer names with the registers it left.
 */
#ifndef SPMD_SPMD_H
#define SPMD_SPMD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ffa/abi.h"

enum spmd_world {
    SPMD_SECURE,
    SPMD_NON_SECURE,
};

/* What the EL3 side does after a call. */
enum spmd_next {
    SPMD_ENTER_SECURE,
    SPMD_ENTER_NON_SECURE,
    SPMD_SYSTEM_OFF,   /* PSCI SYSTEM_OFF */
    SPMD_SYSTEM_RESET, /* PSCI SYSTEM_RESET or RESET2; type and cookie are in x1, x2 */
    SPMD_SPMC_FAILED,  /* the SPMC could not initialise; its error is in x2 */
    SPMD_CPU_OFF,      /* this PE switches off; nothing is entered until it is woken */
    SPMD_CPU_ON,       /* as SPMD_ENTER_NON_SECURE, and PE spmd_cpu_on_target() is to be woken */
};

/* Power of a PE, as PSCI sees it. */
enum spmd_power {
    SPMD_POWER_OFF,
    SPMD_POWER_ON_PENDING, /* CPU_ON was called, the PE has not come yet */
    SPMD_POWER_ON,
};

/* /attribute of the SPMC manifest, checked by spmd_init(). */
struct spmd_attribute {
    uint16_t spmc_id;
    uint32_t version; /* FF-A version that the SPMC implements */
    uint64_t load_address;
    uint64_t entrypoint;
    uint64_t binary_size_bytes;
};

/*
 * A PE. `power`, and while it is not ON entry and context_id, are guarded by the lock of struct
 * spmd; everything else only the PE itself touches.
 */
struct spmd_cpu {
    bool spmc_ready;       /* the SPMC has ended its initialisation on this PE */
    bool in_version_query; /* a version framework message is with the SPMC */
    bool in_cpu_off;       /* so is the message that this PE switches off */
    bool entry_is_due;     /* the normal world starts afresh, see spmd_take_entry() */
    uint8_t power;         /* enum spmd_power; changes under the lock */
    uint32_t on_target;    /* whom its last CPU_ON wakes */
    uint64_t mpidr;        /* affinity, of the SPMC manifest's cpu node */
    uint64_t entry;        /* of CPU_ON */
    uint64_t context_id;
};

struct spmd {
    struct spmd_attribute attribute;
    uint32_t nwd_version;  /* negotiated by the normal world; 0: not yet */
    uint64_t secondary_ep; /* registered by the SPMC; 0: none */
    uint32_t lock;         /* for spmd_arch_lock(), see arch/arch.h */
    uint32_t cpu_count;
    struct spmd_cpu *cpu; /* [cpu_count] by linear index, given by the caller */
};

/*
 * Reads /attribute and /cpus of the SPMC manifest; linear indexes are in the order of the cpu
 * nodes. False: *why is one line in plain words (static storage). The manifest must hold
 * compatible = "arm,ffa-core-manifest-1.0". Every PE is off afterwards.
 */
bool spmd_init(struct spmd *spmd, const void *manifest, size_t size_bytes, struct spmd_cpu *cpus,
               uint32_t cpu_count, const char **why);

/*
 * An SMC from `from` on PE `cpu_index`: x[0..17] are its registers. On return x holds the registers
 * of the world to enter; *count says how many of them the ABI defines (8 or 18), the rest are
 * preserved.
 */
enum spmd_next spmd_handle_smc(struct spmd *spmd, uint32_t cpu_index, enum spmd_world from,
                               uint64_t x[FFA_REGS_EXTENDED], unsigned *count);

/* The PE that boots is on without CPU_ON. */
void spmd_cpu_boot(struct spmd *spmd, uint32_t cpu_index);

/* After SPMD_CPU_ON on PE `cpu_index`: linear index of the PE to wake. */
uint32_t spmd_cpu_on_target(const struct spmd *spmd, uint32_t cpu_index);

/*
 * First call on a PE that was woken after CPU_ON. SPMD_ENTER_SECURE: the SPMC is to be entered at
 * *secure_entry with x4 = cpu_index and every other register zero. SPMD_ENTER_NON_SECURE: it has
 * registered no entry point; the normal world starts at spmd_take_entry() with x0 = context_id.
 */
enum spmd_next spmd_cpu_started(struct spmd *spmd, uint32_t cpu_index, uint64_t *secure_entry);

/*
 * Before an entry into the normal world: true, once for each CPU_ON, when this PE starts there
 * afresh at *entry. x0 is the context id that spmd_handle_smc() has left; all others are zero.
 */
bool spmd_take_entry(struct spmd *spmd, uint32_t cpu_index, uint64_t *entry);

#endif
