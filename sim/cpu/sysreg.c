/* SPDX-License-Identifier: BSD-3-Clause */
/* System registers of the simulated machine: identification, and where the others are. */
#include "sim/cpu/emulated.h"

#define KEY(op0, op1, crn, crm, op2)                                                               \
    ((uint32_t)(op0) << 14 | (uint32_t)(op1) << 11 | (uint32_t)(crn) << 7 | (uint32_t)(crm) << 3 | \
     (uint32_t)(op2))

#define MIDR_VALUE 0x410fd0f0u
#define MPIDR_RES1 (1u << 31)
#define MPIDR_MT   (1u << 24)

/*
 * What a guest learns of its CPU: AArch64 at EL0 to EL3, FP and Advanced SIMD, GICv3 system
 * registers, secure EL2, BTI, PAuth (QARMA5), LSE atomics, CRC32, 48-bit PA, 16-bit ASID, 4 KiB
 * granule only, VHE. No SVE, SME, MTE, RAS, PAN.
 */
static const struct {
    uint32_t key;
    uint64_t value;
} id_registers[] = {
    {KEY(3, 0, 0, 0, 0), MIDR_VALUE},
    {KEY(3, 0, 0, 0, 6), 0},                     /* REVIDR_EL1 */
    {KEY(3, 0, 0, 4, 0), 0x0000001001001111ull}, /* ID_AA64PFR0_EL1 */
    {KEY(3, 0, 0, 4, 1), 0x1ull},                /* ID_AA64PFR1_EL1: BT */
    {KEY(3, 0, 0, 5, 0), 0x6ull},                /* ID_AA64DFR0_EL1 */
    {KEY(3, 0, 0, 6, 0), 0x0000000000210000ull}, /* ID_AA64ISAR0_EL1 */
    {KEY(3, 0, 0, 6, 1), 0x0000000001000010ull}, /* ID_AA64ISAR1_EL1: APA, GPA */
    {KEY(3, 0, 0, 7, 0), 0x000000000f000025ull}, /* ID_AA64MMFR0_EL1 */
    {KEY(3, 0, 0, 7, 1), 0x0000000000000100ull}, /* ID_AA64MMFR1_EL1: VH */
};

static uint64_t mpidr(const struct emulated *e)
{
    const struct sim_pe *pe = e->context.pe;

    if (e->context.config.virtual_mpidr)
        return MPIDR_RES1 | e->context.config.vcpu_index;
    return MPIDR_RES1 | (pe->machine->board.threads ? MPIDR_MT : 0) | pe->mpidr;
}

bool sysreg_read(struct emulated *e, struct sysreg_id id, uint64_t *value)
{
    uint32_t key = KEY(id.op0, id.op1, id.crn, id.crm, id.op2);
    bool is_el0 = e->context.config.top_el == 0;

    if (id.op0 != 3) {
        return false;
    }
    if (id.crn == 14) {
        /* S-EL0 has counters, but no timers: the engine refuses. */
        return (!is_el0 || id.crm == 0) && timer_regs_read(e, id, value);
    }
    /* Skipping an instruction that the engine would not allow is an endless loop. */
    if (id.op1 != 0 || is_el0 || emulated_el(e) == 0) {
        return false;
    }
    if (key == KEY(3, 0, 12, 1, 0)) { /* ISR_EL1 */
        *value = interrupt_status(e);
        return true;
    }
    if (id.crn != 0) {
        return false;
    }
    *value = 0; /* the whole identification space is ours: what is not listed is not there */
    for (unsigned i = 0; i < sizeof(id_registers) / sizeof(id_registers[0]); i++) {
        if (id_registers[i].key == key) {
            *value = id_registers[i].value;
        }
    }
    if (key == KEY(3, 0, 0, 0, 5)) {
        *value = mpidr(e);
    }
    return true;
}

bool sysreg_write(struct emulated *e, struct sysreg_id id, uint64_t value)
{
    if (KEY(id.op0, id.op1, id.crn, id.crm, id.op2) == KEY(3, 4, 1, 1, 0)) {
        /* HCR_EL2: the engine keeps it, if this level may write it. */
        e->own_hcr_is_stale = true;
        e->look_from = 0;
        return false;
    }
    return id.op0 == 3 && id.crn == 14 && e->context.config.top_el != 0 &&
           timer_regs_write(e, id, value);
}
