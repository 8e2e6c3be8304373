/* SPDX-License-Identifier: BSD-3-Clause */
#include "spmd/spmd.h"

#include "arch/arch.h"
#include "interrupt.h"
#include "lsp.h"
#include "psci.h"
#include "route.h"

#define INSTRUCTION_BYTES 4u

#define SMCCC_VERSION_1_2 0x10002u

static void result(uint64_t *x, uint64_t x0, uint64_t x2)
{
    x[0] = x0;
    x[2] = x2;
    x[1] = x[3] = x[4] = x[5] = x[6] = x[7] = 0;
}

static enum spmd_next back_to(enum spmd_world world)
{
    return world == SPMD_SECURE ? SPMD_ENTER_SECURE : SPMD_ENTER_NON_SECURE;
}

static enum spmd_next refuse(enum spmd_world from, uint64_t *x, int32_t error)
{
    result(x, FFA_ERROR, (uint32_t)error);
    return back_to(from);
}

/* FFA_VERSION of the normal world reaches the SPMC as a framework message (FF-A v1.2, 18.2.4). */
static enum spmd_next ask_version(struct spmd *spmd, struct spmd_cpu *cpu, uint64_t *x)
{
    uint32_t wanted = (uint32_t)x[1];

    if ((wanted & FFA_VERSION_RESERVED) != 0 ||
        FFA_VERSION_MAJOR(wanted) != FFA_VERSION_MAJOR(spmd->attribute.version) ||
        !cpu->spmc_ready) {
        result(x, (uint32_t)FFA_NOT_SUPPORTED, 0);
        return SPMD_ENTER_NON_SECURE;
    }
    cpu->asked = SPMD_ASKED_VERSION;
    result(x, FFA_MSG_SEND_DIRECT_REQ_32, FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_VERSION_REQ);
    x[1] = FFA_PAIR(FFA_ID_SPMD, spmd->attribute.spmc_id);
    x[3] = wanted;
    return SPMD_ENTER_SECURE;
}

static enum spmd_next version_answered(struct spmd *spmd, struct spmd_cpu *cpu, uint64_t *x)
{
    uint32_t version = (uint32_t)x[3];

    cpu->asked = SPMD_ASKED_NOTHING;
    if (x[0] != FFA_MSG_SEND_DIRECT_RESP_32 ||
        (uint32_t)x[2] != (FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_VERSION_RESP)) {
        version = (uint32_t)FFA_NOT_SUPPORTED;
    }
    if ((version & FFA_VERSION_RESERVED) == 0) {
        spmd->nwd_version = version;
    }
    result(x, version, 0);
    return SPMD_ENTER_NON_SECURE;
}

/* A direct request must not claim to come from the secure world, nor forge a framework message. */
static bool is_forged(uint32_t fid, const uint64_t *x)
{
    uint32_t w2 = (uint32_t)x[2];

    if ((FFA_SENDER(x[1]) & FFA_ID_SECURE_BIT) != 0) {
        return true;
    }
    return fid != FFA_MSG_SEND_DIRECT_REQ2_64 && (w2 & FFA_FRAMEWORK_MSG) != 0 &&
           FFA_FRAMEWORK_FUNCTION(w2) != FFA_FRAMEWORK_VM_CREATED_REQ &&
           FFA_FRAMEWORK_FUNCTION(w2) != FFA_FRAMEWORK_VM_DESTROY_REQ;
}

static enum spmd_next from_normal_world(struct spmd *spmd, struct spmd_cpu *cpu, uint32_t fid,
                                        uint64_t *x)
{
    switch (fid) {
    case FFA_MSG_SEND_DIRECT_REQ_32:
    case FFA_MSG_SEND_DIRECT_REQ_64:
    case FFA_MSG_SEND_DIRECT_REQ2_64:
        if (is_forged(fid, x)) {
            return refuse(SPMD_NON_SECURE, x, FFA_INVALID_PARAMETERS);
        }
        break;
    case FFA_VERSION:
        return ask_version(spmd, cpu, x);
    case FFA_ID_GET:
        result(x, FFA_SUCCESS_32, FFA_ID_NWD);
        return SPMD_ENTER_NON_SECURE;
    case FFA_SPM_ID_GET:
        result(x, FFA_SUCCESS_32, spmd->attribute.spmc_id);
        return SPMD_ENTER_NON_SECURE;
    default:
        break;
    }
    if (!cpu->spmc_ready || !route_from_nwd(fid)) {
        return refuse(SPMD_NON_SECURE, x, FFA_NOT_SUPPORTED);
    }
    return SPMD_ENTER_SECURE;
}

/* Before the end of its initialisation the SPMC may only call us, and end it. */
static enum spmd_next init_ended(struct spmd_cpu *cpu, uint32_t fid, uint64_t *x)
{
    if (fid == FFA_ERROR) {
        return SPMD_SPMC_FAILED;
    }
    if (fid != FFA_MSG_WAIT) {
        return refuse(SPMD_SECURE, x, FFA_DENIED);
    }
    cpu->spmc_ready = true;
    result(x, cpu->entry_is_due ? cpu->context_id : 0, 0);
    return SPMD_ENTER_NON_SECURE;
}

/*
 * Until it ends its initialisation on the boot PE, the SPMC says where other PEs enter it: inside
 * itself.
 */
static enum spmd_next register_secondary(struct spmd *spmd, const struct spmd_cpu *cpu, uint64_t *x)
{
    const struct spmd_attribute *spmc = &spmd->attribute;
    uint64_t entry = x[1];

    if (cpu->spmc_ready || cpu->entry_is_due) {
        return refuse(SPMD_SECURE, x, FFA_DENIED);
    }
    if (entry % INSTRUCTION_BYTES != 0 || entry - spmc->load_address >= spmc->binary_size_bytes) {
        return refuse(SPMD_SECURE, x, FFA_INVALID_PARAMETERS);
    }
    spmd->secondary_ep = entry;
    result(x, FFA_SUCCESS_32, 0);
    return SPMD_ENTER_SECURE;
}

static enum spmd_next from_secure_world(struct spmd *spmd, uint32_t cpu_index, uint32_t fid,
                                        uint64_t *x)
{
    struct spmd_cpu *cpu = &spmd->cpu[cpu_index];

    switch (fid) {
    case FFA_ID_GET:
        result(x, FFA_SUCCESS_32, spmd->attribute.spmc_id);
        return SPMD_ENTER_SECURE;
    case FFA_SPM_ID_GET:
        result(x, FFA_SUCCESS_32, FFA_ID_SPMD);
        return SPMD_ENTER_SECURE;
    case FFA_SECONDARY_EP_REGISTER_64:
        return register_secondary(spmd, cpu, x);
    case FFA_PARTITION_INFO_GET_REGS_64:
        lsp_info(spmd, x);
        return SPMD_ENTER_SECURE;
    case FFA_FEATURES:
        return refuse(SPMD_SECURE, x, FFA_NOT_SUPPORTED);
    default:
        break;
    }
    if (fid == FFA_EL3_INTR_HANDLE) {
        spmd_take_group0(spmd, cpu_index);
        result(x, FFA_SUCCESS_32, 0);
        return SPMD_ENTER_SECURE;
    }
    if (!cpu->spmc_ready) {
        return init_ended(cpu, fid, x);
    }
    if (fid == FFA_NORMAL_WORLD_RESUME && spmd_interrupt_resumed(cpu)) {
        return SPMD_RESUME_NON_SECURE;
    }
    /* The normal world did not call: nothing else can go back to it. */
    if (fid == FFA_NORMAL_WORLD_RESUME || cpu->in_interrupt) {
        return refuse(SPMD_SECURE, x, FFA_DENIED);
    }
    switch (cpu->asked) {
    case SPMD_ASKED_VERSION:
        return version_answered(spmd, cpu, x);
    case SPMD_ASKED_CPU_OFF:
    case SPMD_ASKED_SUSPEND:
    case SPMD_ASKED_WARM_BOOT:
        return psci_answered(spmd, cpu_index, x);
    case SPMD_ASKED_LSP:
        return lsp_answered(spmd, cpu, x);
    default:
        lsp_keep_late(spmd, fid, x);
        return SPMD_ENTER_NON_SECURE;
    }
}

enum spmd_next spmd_handle_smc(struct spmd *spmd, uint32_t cpu_index, enum spmd_world from,
                               uint64_t x[FFA_REGS_EXTENDED], unsigned *count)
{
    uint32_t fid = (uint32_t)x[0] & ~SMCCC_SVE_HINT;
    struct spmd_cpu *cpu = &spmd->cpu[cpu_index];
    enum spmd_next next;

    if (!route_is_ffa(fid)) {
        /* FFA_VERSION has results that are no function identifiers. */
        if (from == SPMD_SECURE && cpu->asked == SPMD_ASKED_VERSION) {
            next = version_answered(spmd, cpu, x);
        } else if (from == SPMD_NON_SECURE && lsp_has_sip(spmd, fid)) {
            next = lsp_sip(spmd, cpu, fid, x);
        } else {
            next = psci_call(spmd, cpu_index, from, fid, x);
        }
    } else if (from == SPMD_NON_SECURE) {
        next = from_normal_world(spmd, cpu, fid, x);
    } else {
        next = from_secure_world(spmd, cpu_index, fid, x);
    }
    /* x0 of a normal world that starts is a context id of its caller's choice: no function. */
    *count =
        !(next == SPMD_ENTER_NON_SECURE && cpu->entry_is_due) && route_is_extended((uint32_t)x[0])
            ? FFA_REGS_EXTENDED
            : FFA_REGS;
    return next;
}

uint32_t spmd_cpu_on_target(const struct spmd *spmd, uint32_t cpu_index)
{
    return spmd->cpu[cpu_index].on_target;
}

void spmd_cpu_boot(struct spmd *spmd, uint32_t cpu_index)
{
    spmd->cpu[cpu_index].power = SPMD_POWER_ON;
}

enum spmd_next spmd_cpu_started(struct spmd *spmd, uint32_t cpu_index, uint64_t *secure_entry)
{
    struct spmd_cpu *cpu = &spmd->cpu[cpu_index];

    spmd_arch_lock(&spmd->lock);
    cpu->power = SPMD_POWER_ON;
    spmd_arch_unlock(&spmd->lock);
    cpu->entry_is_due = true;
    cpu->spmc_ready = false;
    cpu->asked = SPMD_ASKED_NOTHING;
    cpu->in_interrupt = false;
    *secure_entry = spmd->secondary_ep;
    return spmd->secondary_ep != 0 ? SPMD_ENTER_SECURE : SPMD_ENTER_NON_SECURE;
}

bool spmd_take_entry(struct spmd *spmd, uint32_t cpu_index, uint64_t *entry)
{
    struct spmd_cpu *cpu = &spmd->cpu[cpu_index];
    bool is_due = cpu->entry_is_due;

    cpu->entry_is_due = false;
    *entry = cpu->entry;
    return is_due;
}
