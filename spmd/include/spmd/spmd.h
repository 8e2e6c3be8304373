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
};

/* /attribute of the SPMC manifest, checked by spmd_init(). */
struct spmd_attribute {
    uint16_t spmc_id;
    uint32_t version; /* FF-A version that the SPMC implements */
    uint64_t load_address;
    uint64_t entrypoint;
    uint64_t binary_size_bytes;
};

struct spmd_cpu {
    bool spmc_ready;       /* the SPMC has ended its initialisation on this PE */
    bool in_version_query; /* a version framework message is with the SPMC */
};

struct spmd {
    struct spmd_attribute attribute;
    uint32_t nwd_version;  /* negotiated by the normal world; 0: not yet */
    uint64_t secondary_ep; /* registered by the SPMC; 0: none */
    uint32_t cpu_count;
    struct spmd_cpu *cpu; /* [cpu_count], given by the caller */
};

/*
 * Reads /attribute of the SPMC manifest. False: *why is one line in plain words (static storage).
 * The manifest must hold compatible = "arm,ffa-core-manifest-1.0".
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

#endif
