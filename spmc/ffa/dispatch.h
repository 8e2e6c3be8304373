/* SPDX-License-Identifier: BSD-3-Clause */
/* The table of FF-A ABIs, from which both dispatch and FFA_FEATURES come. */
#ifndef FFA_DISPATCH_H
#define FFA_DISPATCH_H

#include "ffa/call.h"

/* Who may call: one bit for each kind of caller (FF-A instance) */
#define FFA_FROM_NWD   0x1u /* normal world and SPMD, through EL3 */
#define FFA_FROM_S_EL1 0x2u
#define FFA_FROM_S_EL0 0x4u
#define FFA_FROM_SP    (FFA_FROM_S_EL1 | FFA_FROM_S_EL0)
#define FFA_FROM_ANY   (FFA_FROM_NWD | FFA_FROM_SP)

/* What FFA_FEATURES says of an ABI to a caller whose version has it */
enum ffa_features_rule {
    FFA_FEATURES_NO,       /* never advertised */
    FFA_FEATURES_CALLABLE, /* yes to those who may call it */
    FFA_FEATURES_YES,      /* yes to everybody: part of a protocol that the caller sees */
    FFA_FEATURES_MP,       /* yes to callers with more than one vCPU that may call it */
};

struct ffa_abi {
    uint32_t fid;         /* 0: no such ABI */
    ffa_handler *handler; /* NULL: a result, never a call */
    uint32_t since;       /* first version of FF-A that has it */
    uint8_t callers;      /* FFA_FROM_* */
    uint8_t features;     /* enum ffa_features_rule */
    uint8_t registers;    /* argument registers: FFA_REGS or FFA_REGS_EXTENDED */
    uint8_t mbz;          /* bit n: argument n must be zero (INVALID_PARAMETERS) */
    int8_t refusal;       /* error code for other callers; 0: NOT_SUPPORTED */
};

/* The entry of an identifier without SVE hint; NULL: no such ABI. Constant time. */
const struct ffa_abi *ffa_abi_find(uint32_t fid);

/* Is it an identifier of the FF-A range, known or not? */
bool ffa_fid_is_ffa(uint32_t fid);

/* FFA_FROM_* of an endpoint */
uint8_t ffa_caller_kind(const struct partition *partition);

/* 0 when `partition` may call it, else the error code. Ignores arguments. */
int32_t ffa_abi_refusal(const struct ffa_abi *abi, const struct partition *partition);

/* What FFA_FEATURES says of it. */
bool ffa_abi_is_advertised(const struct ffa_abi *abi, const struct partition *partition);

/*
 * One call of `vcpu` on `cpu`: an FF-A identifier is in x0 of its frame. Returns the vCPU to run
 * next with its frame filled.
 */
struct vcpu *ffa_dispatch(struct spmc_cpu *cpu, struct vcpu *vcpu, uint32_t fid);

#endif
