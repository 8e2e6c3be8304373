/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim/cpu/syndrome.h"

#include <stddef.h>

#define ISS_WNR   (1u << 6)
#define ISS_S1PTW (1u << 7)
#define ISS_CM    (1u << 8)
#define ISS_ISV   (1u << 24)

unsigned syndrome_fsc(const struct mmu_result *fault)
{
    static const uint8_t base[] = {
        [MMU_FAULT_ADDRESS_SIZE] = 0x00,  [MMU_FAULT_TRANSLATION] = 0x04,
        [MMU_FAULT_ACCESS_FLAG] = 0x08,   [MMU_FAULT_PERMISSION] = 0x0c,
        [MMU_FAULT_EXTERNAL_WALK] = 0x14,
    };

    if (fault->kind == MMU_FAULT_EXTERNAL || fault->kind == MMU_FAULT_NONE) {
        return 0x10;
    }
    return base[fault->kind] + fault->level;
}

uint64_t syndrome_abort(const struct mmu_result *fault, enum mmu_access kind, bool lower,
                        const struct loadstore *access)
{
    uint32_t iss = syndrome_fsc(fault) | (fault->s1ptw ? ISS_S1PTW : 0);

    if (kind == MMU_FETCH) {
        return syndrome(lower ? EC_INSTRUCTION_ABORT_LOWER : EC_INSTRUCTION_ABORT, iss);
    }
    if (kind == MMU_WRITE) {
        iss |= ISS_WNR;
    }
    if (access != NULL) {
        if (access->maintenance) {
            iss |= ISS_CM | ISS_WNR;
        }
        if (access->isv && fault->stage == 2 && !fault->s1ptw) {
            iss |= ISS_ISV | (uint32_t)access->sas << 22 | (access->sse ? 1u << 21 : 0) |
                   (uint32_t)access->srt << 16 | (access->sf ? 1u << 15 : 0) |
                   (access->ar ? 1u << 14 : 0);
        }
    }
    return syndrome(lower ? EC_DATA_ABORT_LOWER : EC_DATA_ABORT, iss);
}

uint64_t syndrome_alignment(bool write, bool lower)
{
    return syndrome(lower ? EC_DATA_ABORT_LOWER : EC_DATA_ABORT,
                    FSC_ALIGNMENT | (write ? ISS_WNR : 0));
}

uint64_t syndrome_hpfar(const struct mmu_result *fault, bool secure)
{
    uint64_t hpfar = (fault->ipa >> MMU_GRANULE_BITS) << 4;

    return secure && fault->ipa_ns ? hpfar | 1ull << 63 : hpfar;
}

uint32_t syndrome_sysreg_iss(uint32_t instruction)
{
    uint32_t op0 = (instruction >> 19) & 3u;
    uint32_t op1 = (instruction >> 16) & 7u;
    uint32_t crn = (instruction >> 12) & 15u;
    uint32_t crm = (instruction >> 8) & 15u;
    uint32_t op2 = (instruction >> 5) & 7u;
    uint32_t rt = instruction & 31u;
    uint32_t read = (instruction >> 21) & 1u;

    return op0 << 20 | op2 << 17 | op1 << 14 | crn << 10 | rt << 5 | crm << 1 | read;
}
