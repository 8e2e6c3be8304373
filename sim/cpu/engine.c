/* SPDX-License-Identifier: BSD-3-Clause */
/* The engine of an emulated context: opening, memory map, register access, translation regime. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cpu/emulated.h"

#if defined(__SANITIZE_ADDRESS__)
/* The library loses 32 bytes with every engine that it closes; that is not ours to report. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libunicorn\n";
}
#endif

/* The library clears all of it at the start and whenever translated code is dropped. */
#define ENGINE_CODE_BUFFER_BYTES (2u << 20)
#define SCTLR_RESET              0x30d00800ull

/*
 * The engine has no EL2&0 regime: what EL2 allows to EL0 above it (PAuth, DC ZVA, CTR_EL0, cache
 * maintenance, FP, counters) its EL1 does. WFI and WFE stop the engine by themselves.
 */
#define SCTLR_EL0                                                                                \
    (SCTLR_RESET | SCTLR_nTWI | SCTLR_nTWE | 1ull << 13 | 1ull << 14 | 1ull << 15 | 1ull << 26 | \
     1ull << 27 | 1ull << 30 | 1ull << 31)
/*
 * RW, APK, API; and NS: the engine's secure state traps pointer authentication, and has no traps to
 * EL2. Only a context with an EL2 of its own stays there: else the engine would take virtual
 * interrupts by itself.
 */
#define SCR_RW           (1ull << 10 | 1ull << 16 | 1ull << 17)
#define SCR_NS           (1ull << 0)
#define CPACR_FPEN       (3ull << 20)
#define CNTKCTL_EL0CTEN  3ull
#define CNTHCTL_EL1PCTEN 1ull
#define CNTHCTL_EL1PCEN  2ull

uint64_t engine_reg(struct emulated *e, int reg)
{
    uint64_t value = 0;

    uc_reg_read(e->uc, reg, &value);
    return value;
}

void engine_set_reg(struct emulated *e, int reg, uint64_t value)
{
    uc_reg_write(e->uc, reg, &value);
}

static uc_arm64_cp_reg cp_reg(struct sysreg_id id, uint64_t value)
{
    return (uc_arm64_cp_reg){
        .crn = id.crn, .crm = id.crm, .op0 = id.op0, .op1 = id.op1, .op2 = id.op2, .val = value};
}

uint64_t engine_sysreg_read(struct emulated *e, struct sysreg_id id)
{
    uc_arm64_cp_reg reg = cp_reg(id, 0);

    uc_reg_read(e->uc, UC_ARM64_REG_CP_REG, &reg);
    return reg.val;
}

void engine_sysreg_write(struct emulated *e, struct sysreg_id id, uint64_t value)
{
    uc_arm64_cp_reg reg = cp_reg(id, value);

    uc_reg_write(e->uc, UC_ARM64_REG_CP_REG, &reg);
}

static uint64_t mmio_read(uc_engine *uc, uint64_t offset, unsigned size, void *user)
{
    struct emulated_mmio *mmio = user;
    uint64_t value;

    (void)uc;
    emulated_begin_access(mmio->emulated);
    value = mmio->region->ops->read(mmio->region->device, mmio->emulated->context.pe, offset, size,
                                    mmio->pas);
    emulated_end_access(mmio->emulated);
    return value;
}

static void mmio_write(uc_engine *uc, uint64_t offset, unsigned size, uint64_t value, void *user)
{
    struct emulated_mmio *mmio = user;

    (void)uc;
    emulated_begin_access(mmio->emulated);
    mmio->region->ops->write(mmio->region->device, mmio->emulated->context.pe, offset, size, value,
                             mmio->pas);
    emulated_end_access(mmio->emulated);
}

/* Every region in every physical address space that it is visible in; the walks decide on access.
 */
static bool map_bus(struct emulated *e)
{
    const struct bus *bus = &e->context.machine->bus;

    e->mmio = calloc(2u * bus->region_count + 1u, sizeof(*e->mmio));
    if (e->mmio == NULL) {
        return false;
    }
    for (unsigned i = 0; i < bus->region_count; i++) {
        const struct bus_region *region = &bus->region[i];

        for (unsigned pas = 0; pas < 2; pas++) {
            uint64_t base = region->base | (pas == BUS_NON_SECURE ? EMULATED_NS_ALIAS : 0);
            struct emulated_mmio *mmio = &e->mmio[2u * i + pas];
            uc_err bad = UC_ERR_OK;

            if (!region->visible[pas]) {
                continue;
            }
            *mmio = (struct emulated_mmio){e, region, (enum bus_pas)pas};
            bad = region->ram != NULL
                      ? uc_mem_map_ptr(e->uc, base, region->size_bytes, UC_PROT_ALL, region->ram)
                      : uc_mmio_map(e->uc, base, region->size_bytes, mmio_read, mmio, mmio_write,
                                    mmio);
            if (bad != UC_ERR_OK) {
                snprintf(e->why_text, sizeof(e->why_text), "engine memory map of %s: %s",
                         region->name, uc_strerror(bad));
                return false;
            }
        }
    }
    return true;
}

static void load_reset_state(struct emulated *e)
{
    for (unsigned i = 0; i < 29; i++) {
        engine_set_reg(e, UC_ARM64_REG_X0 + (int)i, e->x[i]);
    }
    engine_set_reg(e, UC_ARM64_REG_X29, e->x[29]);
    engine_set_reg(e, UC_ARM64_REG_X30, e->x[30]);
    engine_set_reg(e, UC_ARM64_REG_SP, 0);
    engine_set_reg(e, UC_ARM64_REG_PSTATE, e->pstate);
    engine_sysreg_write(e, SCTLR_EL1_ID, SCTLR_RESET);
    if (e->context.config.top_el == 0) {
        engine_sysreg_write(e, SCTLR_EL1_ID, SCTLR_EL0);
        engine_sysreg_write(e, CPACR_EL1_ID, CPACR_FPEN);
        engine_sysreg_write(e, CNTKCTL_EL1_ID, CNTKCTL_EL0CTEN);
    }
    if (e->context.config.top_el == 2) {
        engine_sysreg_write(e, SCR_EL3_ID, SCR_RW);
        engine_sysreg_write(e, SCTLR_EL2_ID, SCTLR_RESET);
        engine_sysreg_write(e, HCR_EL2_ID, HCR_RW);
        e->own_hcr_is_stale = true;
    } else {
        engine_sysreg_write(e, SCR_EL3_ID, SCR_RW | SCR_NS);
        engine_sysreg_write(e, HCR_EL2_ID, HCR_RW | HCR_API | HCR_APK);
        /* The physical timer of a partition is its EL2's to emulate. */
        engine_sysreg_write(e, CNTHCTL_EL2_ID,
                            CNTHCTL_EL1PCTEN | (e->context.config.stage2 ? 0 : CNTHCTL_EL1PCEN));
    }
    for (unsigned i = CONTEXT_ELR_EL1; i < CONTEXT_SYSREG_COUNT; i++) {
        if (e->early_sysreg[i] != 0) {
            e->context.ops->set_sysreg(&e->context, (enum context_sysreg)i, e->early_sysreg[i]);
        }
    }
}

bool engine_open(struct emulated *e)
{
    uc_err bad = uc_open(UC_ARCH_ARM64, UC_MODE_ARM, &e->uc);

    if (bad == UC_ERR_OK) {
        bad = uc_ctl_set_cpu_model(e->uc, UC_CPU_ARM64_MAX);
    }
    if (bad == UC_ERR_OK) {
        bad = uc_ctl_set_tcg_buffer_size(e->uc, ENGINE_CODE_BUFFER_BYTES);
    }
    if (bad == UC_ERR_OK) {
        bad = uc_ctl_tlb_mode(e->uc, UC_TLB_VIRTUAL);
    }
    if (bad != UC_ERR_OK) {
        snprintf(e->why_text, sizeof(e->why_text), "engine: %s", uc_strerror(bad));
    }
    if (bad != UC_ERR_OK || !map_bus(e) || !hooks_add(e)) {
        e->why = e->why_text;
        return false;
    }
    load_reset_state(e);
    return true;
}

/* Stage 2 of the level above, or the context's own EL2. */
static void regime_stage2(struct emulated *e, struct mmu_regime *regime)
{
    const struct context_config *config = &e->context.config;

    if (config->stage2) {
        regime->hcr = config->hcr;
        regime->stage2 = (regime->hcr & (HCR_VM | HCR_DC)) != 0;
        regime->vttbr = config->vttbr;
        regime->vtcr = config->vtcr;
        regime->vsttbr = config->vsttbr;
        regime->vstcr = config->vstcr;
    } else if (config->top_el == 2) {
        regime->hcr = engine_sysreg_read(e, HCR_EL2_ID);
        regime->stage2 = (regime->hcr & (HCR_VM | HCR_DC)) != 0 && (regime->hcr & HCR_TGE) == 0;
        regime->vttbr = engine_sysreg_read(e, VTTBR_EL2_ID);
        regime->vtcr = engine_sysreg_read(e, VTCR_EL2_ID);
    }
}

void engine_regime(struct emulated *e, unsigned el, struct mmu_regime *regime)
{
    const struct context_config *config = &e->context.config;
    uint64_t own_hcr = 0;

    *regime = (struct mmu_regime){.secure = config->secure, .el = (uint8_t)el};
    if (config->top_el == 0) {
        regime->translation = MMU_EL2_0;
        regime->hcr = config->hcr;
        regime->sctlr = config->sctlr_el2;
        regime->tcr = config->tcr_el2;
        regime->mair = config->mair_el2;
        regime->ttbr0 = config->ttbr0_el2;
        regime->ttbr1 = config->ttbr1_el2;
        return;
    }
    if (e->uc == NULL) {
        regime->translation = el == 2 ? MMU_EL2 : MMU_EL1_0;
        regime_stage2(e, regime);
        return;
    }
    if (config->top_el == 2) {
        own_hcr = engine_sysreg_read(e, HCR_EL2_ID);
    }
    if (el == 2 || (el == 0 && (own_hcr & (HCR_E2H | HCR_TGE)) == (HCR_E2H | HCR_TGE))) {
        regime->translation = (own_hcr & HCR_E2H) != 0 ? MMU_EL2_0 : MMU_EL2;
        regime->hcr = own_hcr;
        regime->sctlr = engine_sysreg_read(e, SCTLR_EL2_ID);
        regime->tcr = engine_sysreg_read(e, TCR_EL2_ID);
        regime->ttbr0 = engine_sysreg_read(e, TTBR0_EL2_ID);
        regime->ttbr1 = (own_hcr & HCR_E2H) != 0 ? engine_sysreg_read(e, TTBR1_EL2_ID) : 0;
        regime->mair = engine_sysreg_read(e, MAIR_EL2_ID);
        return;
    }
    regime->translation = MMU_EL1_0;
    regime->sctlr = engine_sysreg_read(e, SCTLR_EL1_ID);
    regime->tcr = engine_sysreg_read(e, TCR_EL1_ID);
    regime->ttbr0 = engine_sysreg_read(e, TTBR0_EL1_ID);
    regime->ttbr1 = engine_sysreg_read(e, TTBR1_EL1_ID);
    regime->mair = engine_sysreg_read(e, MAIR_EL1_ID);
    regime_stage2(e, regime);
}

bool engine_instruction(struct emulated *e, uint64_t va, uint32_t *instruction)
{
    uint64_t line = va / EMULATED_LINE_BYTES + 1;
    unsigned slot = (unsigned)(line % EMULATED_CODE_LINES);
    struct mmu_regime regime;
    struct mmu_result result;
    const uint8_t *host;

    if (e->code[slot].line != line) {
        engine_regime(e, PSTATE_EL(engine_reg(e, UC_ARM64_REG_PSTATE)), &regime);
        if (!mmu_translate(&e->context.machine->bus, &regime,
                           va & ~(uint64_t)(EMULATED_LINE_BYTES - 1), MMU_FETCH, &result)) {
            return false;
        }
        host = bus_ram(&e->context.machine->bus, result.pa, EMULATED_LINE_BYTES, result.pas);
        if (host == NULL) {
            return false;
        }
        e->code[slot].line = line;
        e->code[slot].host = host;
    }
    memcpy(instruction, e->code[slot].host + va % EMULATED_LINE_BYTES, sizeof(*instruction));
    return true;
}
