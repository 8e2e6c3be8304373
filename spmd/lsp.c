/* SPDX-License-Identifier: BSD-3-Clause */
#include "lsp.h"

#include "arch/arch.h"
#include "route.h"
#include "spmc/mem.h"

/* Partition information descriptors: 24 bytes, since v1.3 48 (FF-A v1.2, table 6.1; v1.3) */
#define REGISTERS_V1_1  3u
#define REGISTERS_V1_3  6u
#define FIRST_REGISTER  3u
#define REGISTER_BYTES  8u
#define SIP_SMC64_FIRST 0xc2000000u
#define SIP_SMC64_LAST  0xc200ffffu

static bool is_sip_of(const struct spmd_lsp *lsp, uint32_t fid)
{
    return fid >= lsp->sip_first && fid - lsp->sip_first < lsp->sip_count;
}

bool spmd_register_lsp(struct spmd *spmd, const struct spmd_lsp *lsp)
{
    uint64_t sip_end = (uint64_t)lsp->sip_first + lsp->sip_count;

    if (spmd->lsp_count == SPMD_MAX_LSPS || lsp->id < FFA_ID_LSP_FIRST ||
        lsp->id > FFA_ID_LSP_LAST || lsp->sip_first < SIP_SMC64_FIRST ||
        sip_end > SIP_SMC64_LAST + 1ull) {
        return false;
    }
    for (uint32_t i = 0; i < spmd->lsp_count; i++) {
        const struct spmd_lsp *other = spmd->lsp[i].lsp;

        if (other->id == lsp->id ||
            (other->sip_first < sip_end && lsp->sip_first < other->sip_first + other->sip_count)) {
            return false;
        }
    }
    spmd->lsp[spmd->lsp_count] = (struct spmd_lsp_state){.lsp = lsp};
    spmd->lsp_count++;
    return true;
}

/* x1 and x2 of PARTITION_INFO_GET_REGS: bytes of the UUID in text order, the first in x1[7:0]. */
static bool is_match(const struct spmd_lsp *lsp, const uint64_t *x)
{
    bool same = true;

    for (unsigned i = 0; i < sizeof(lsp->uuid); i++) {
        uint8_t byte = (uint8_t)(x[1 + i / REGISTER_BYTES] >> (8 * (i % REGISTER_BYTES)));

        same = same && byte == lsp->uuid[i];
    }
    return same || (x[1] | x[2]) == 0;
}

/* The UUID is told to those who did not ask by it. */
static void describe(const struct spmd_lsp *lsp, bool with_uuid, uint64_t *to)
{
    to[0] = (uint64_t)lsp->properties << 32 | (uint32_t)lsp->vcpu_count << 16 | lsp->id;
    for (unsigned i = 0; with_uuid && i < sizeof(lsp->uuid); i++) {
        to[1 + i / REGISTER_BYTES] |= (uint64_t)lsp->uuid[i] << (8 * (i % REGISTER_BYTES));
    }
}

static void refuse(uint64_t *x, int32_t error)
{
    memset(x, 0, FFA_REGS * sizeof(x[0]));
    x[0] = FFA_ERROR;
    x[2] = (uint32_t)error;
}

void lsp_info(const struct spmd *spmd, uint64_t x[FFA_REGS_EXTENDED])
{
    const struct spmd_lsp *found[SPMD_MAX_LSPS];
    uint32_t size = spmd->attribute.version >= FFA_VERSION_1_3 ? REGISTERS_V1_3 : REGISTERS_V1_1;
    uint32_t room = (FFA_REGS_EXTENDED - FIRST_REGISTER) / size;
    uint64_t start = x[3] & 0xffffu;
    bool with_uuid = (x[1] | x[2]) == 0;
    uint32_t count = 0;
    uint64_t last;

    for (uint32_t i = 0; i < spmd->lsp_count; i++) {
        if (is_match(spmd->lsp[i].lsp, x)) {
            found[count] = spmd->lsp[i].lsp;
            count++;
        }
    }
    /* Partitions do not come and go here, so the tag of every answer is zero. */
    if (start >= count || (x[3] >> 16) != 0) {
        refuse(x, spmd->lsp_count == 0 ? FFA_NOT_SUPPORTED : FFA_INVALID_PARAMETERS);
        return;
    }
    last = count - start > room ? start + room - 1 : count - 1u;
    memset(x, 0, FFA_REGS_EXTENDED * sizeof(x[0]));
    x[0] = FFA_SUCCESS_64;
    x[2] = (uint64_t)(size * REGISTER_BYTES) << 48 | last << 16 | (count - 1);
    for (uint64_t n = start; n <= last; n++) {
        describe(found[n], with_uuid, &x[FIRST_REGISTER + (n - start) * size]);
    }
}

/* By SiP call; lsp_count: nobody's. */
static uint32_t find_sip(const struct spmd *spmd, uint32_t fid)
{
    uint32_t i = 0;

    while (i < spmd->lsp_count && !is_sip_of(spmd->lsp[i].lsp, fid)) {
        i++;
    }
    return i;
}

bool lsp_has_sip(const struct spmd *spmd, uint32_t fid)
{
    return find_sip(spmd, fid) < spmd->lsp_count;
}

enum spmd_next lsp_sip(struct spmd *spmd, struct spmd_cpu *cpu, uint32_t fid, uint64_t *x)
{
    uint32_t index = find_sip(spmd, fid);
    struct spmd_lsp_state *state = &spmd->lsp[index];
    enum spmd_next next;

    if (!cpu->spmc_ready) {
        memset(x, 0, FFA_REGS * sizeof(x[0]));
        x[0] = (uint64_t)(int64_t)FFA_NOT_READY;
        return SPMD_ENTER_NON_SECURE;
    }
    spmd_arch_lock(&spmd->lock);
    next = state->lsp->sip(spmd, state, fid, x);
    spmd_arch_unlock(&spmd->lock);
    if (next == SPMD_ENTER_SECURE) {
        cpu->asked = SPMD_ASKED_LSP;
        cpu->asking_lsp = (uint8_t)index;
    }
    return next;
}

enum spmd_next lsp_answered(struct spmd *spmd, struct spmd_cpu *cpu, uint64_t *x)
{
    struct spmd_lsp_state *state = &spmd->lsp[cpu->asking_lsp];

    cpu->asked = SPMD_ASKED_NOTHING;
    spmd_arch_lock(&spmd->lock);
    state->lsp->answered(spmd, state, x);
    spmd_arch_unlock(&spmd->lock);
    return SPMD_ENTER_NON_SECURE;
}

void lsp_keep_late(struct spmd *spmd, uint32_t fid, uint64_t *x)
{
    uint16_t receiver = FFA_RECEIVER((uint32_t)x[1]);

    if ((fid != FFA_MSG_SEND_DIRECT_RESP_32 && fid != FFA_MSG_SEND_DIRECT_RESP_64) ||
        receiver < FFA_ID_LSP_FIRST || receiver > FFA_ID_LSP_LAST) {
        return;
    }
    spmd_arch_lock(&spmd->lock);
    for (uint32_t i = 0; i < spmd->lsp_count; i++) {
        if (spmd->lsp[i].lsp->id == receiver) {
            spmd->lsp[i].lsp->late(spmd, &spmd->lsp[i], x);
        }
    }
    spmd_arch_unlock(&spmd->lock);
    memset(x, 0, FFA_REGS * sizeof(x[0]));
    x[0] = FFA_MSG_WAIT;
}
