/* SPDX-License-Identifier: BSD-3-Clause */
/* Exception syndromes: ESR_ELx, HPFAR_EL2 (Arm ARM, D17.2.37 ff.). */
#ifndef SIM_SYNDROME_H
#define SIM_SYNDROME_H

#include "sim/cpu/loadstore.h"
#include "sim/cpu/mmu.h"

enum exception_class {
    EC_UNKNOWN = 0x00,
    EC_WFX = 0x01,
    EC_FP_ACCESS = 0x07,
    EC_SVC64 = 0x15,
    EC_HVC64 = 0x16,
    EC_SMC64 = 0x17,
    EC_SYSREG = 0x18,
    EC_INSTRUCTION_ABORT_LOWER = 0x20,
    EC_INSTRUCTION_ABORT = 0x21,
    EC_PC_ALIGNMENT = 0x22,
    EC_DATA_ABORT_LOWER = 0x24,
    EC_DATA_ABORT = 0x25,
    EC_BRK64 = 0x3c,
};

#define FSC_ALIGNMENT 0x21u

/* ESR of an exception with a 32-bit instruction (IL set). */
static inline uint64_t syndrome(enum exception_class ec, uint32_t iss)
{
    return (uint64_t)ec << 26 | 1u << 25 | (iss & 0x1ffffffu);
}

/* Fault status code of an MMU fault. */
unsigned syndrome_fsc(const struct mmu_result *fault);

/*
 * ESR of an instruction or data abort. `lower`: taken from a lower exception level. `access`:
 * the instruction of a data abort, NULL when it is unknown; its register fields are given for
 * stage-2 faults that are not on a stage-1 walk, as the architecture says.
 */
uint64_t syndrome_abort(const struct mmu_result *fault, enum mmu_access kind, bool lower,
                        const struct loadstore *access);

/* ESR of an alignment fault. */
uint64_t syndrome_alignment(bool write, bool lower);

/* HPFAR_EL2 of a stage-2 fault; `secure` state shows the IPA space in bit 63. */
uint64_t syndrome_hpfar(const struct mmu_result *fault, bool secure);

/* ISS of a trapped MRS, MSR or SYS instruction. */
uint32_t syndrome_sysreg_iss(uint32_t instruction);

#endif
