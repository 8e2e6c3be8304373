/* SPDX-License-Identifier: BSD-3-Clause */
#include "partition/runtime_model.h"

#include "partition/call_chain.h"

/* What a rule asks of the caller and its target beyond the model itself. */
enum condition {
    ALWAYS,
    NOT_ANCESTOR,             /* the target did not give the caller its cycles */
    NOT_ANCESTOR_NOT_IN_PSCI, /* and the caller is not inside a PSCI request */
    NOT_IN_PSCI,
    TARGET_NOT_IN_INIT,
    PREEMPTED_OR_CALLEE, /* a callee that yielded could not end otherwise, nor could the caller */
};

struct rule {
    int32_t error;
    uint8_t next;
    uint8_t condition; /* when it does not hold: DENIED */
};

#define GOES(state, when)                    \
    {                                        \
        .next = (state), .condition = (when) \
    }
#define DENIED              \
    {                       \
        .error = FFA_DENIED \
    }
#define UNSUPPORTED                \
    {                              \
        .error = FFA_NOT_SUPPORTED \
    }

static const struct rule rules[RTM_COUNT][RTM_ABI_COUNT] =
    {
        /* A vCPU without a model does not run. */
        [RTM_NONE] = {DENIED, DENIED, DENIED, DENIED, DENIED, DENIED, DENIED, DENIED},
        [RTM_SP_INIT] =
            {
                [RTM_ABI_DIRECT_REQ] = GOES(VCPU_BLOCKED, TARGET_NOT_IN_INIT),
                [RTM_ABI_RUN] = DENIED,
                [RTM_ABI_MSG_WAIT] = GOES(VCPU_WAITING, ALWAYS),
                [RTM_ABI_DIRECT_RESP] = DENIED,
                [RTM_ABI_YIELD] = DENIED,
                [RTM_ABI_ABORT] = GOES(VCPU_ABORTED, ALWAYS),
                [RTM_ABI_ERROR] = GOES(VCPU_ABORTED, ALWAYS),
                [RTM_ABI_INIT_ONLY] = GOES(VCPU_RUNNING, ALWAYS),
            },
        [RTM_FFA_RUN] =
            {
                [RTM_ABI_DIRECT_REQ] = GOES(VCPU_BLOCKED, NOT_ANCESTOR),
                [RTM_ABI_RUN] = GOES(VCPU_BLOCKED, NOT_ANCESTOR),
                [RTM_ABI_MSG_WAIT] = GOES(VCPU_WAITING, ALWAYS),
                [RTM_ABI_DIRECT_RESP] = DENIED,
                [RTM_ABI_YIELD] = GOES(VCPU_BLOCKED, ALWAYS),
                [RTM_ABI_ABORT] = GOES(VCPU_ABORTED, ALWAYS),
                [RTM_ABI_ERROR] = UNSUPPORTED,
                [RTM_ABI_INIT_ONLY] = DENIED,
            },
        [RTM_FFA_DIR_REQ] =
            {
                [RTM_ABI_DIRECT_REQ] = GOES(VCPU_BLOCKED, NOT_ANCESTOR_NOT_IN_PSCI),
                [RTM_ABI_RUN] = GOES(VCPU_BLOCKED, NOT_ANCESTOR_NOT_IN_PSCI),
                [RTM_ABI_MSG_WAIT] = DENIED,
                [RTM_ABI_DIRECT_RESP] = GOES(VCPU_WAITING, ALWAYS),
                [RTM_ABI_YIELD] = GOES(VCPU_BLOCKED, NOT_IN_PSCI),
                [RTM_ABI_ABORT] = GOES(VCPU_ABORTED, ALWAYS),
                [RTM_ABI_ERROR] = UNSUPPORTED,
                [RTM_ABI_INIT_ONLY] = DENIED,
            },
        [RTM_SEC_INTERRUPT] =
            {
                [RTM_ABI_DIRECT_REQ] = GOES(VCPU_BLOCKED, NOT_ANCESTOR),
                [RTM_ABI_RUN] = GOES(VCPU_BLOCKED, PREEMPTED_OR_CALLEE),
                [RTM_ABI_MSG_WAIT] = GOES(VCPU_WAITING, ALWAYS),
                [RTM_ABI_DIRECT_RESP] = DENIED,
                /* Legal, but nobody would resume it: the vCPU goes on. */
                [RTM_ABI_YIELD] = GOES(VCPU_RUNNING, ALWAYS),
                [RTM_ABI_ABORT] = GOES(VCPU_ABORTED, ALWAYS),
                [RTM_ABI_ERROR] = UNSUPPORTED,
                [RTM_ABI_INIT_ONLY] = DENIED,
            },
};

static bool is_in_psci(const struct vcpu *vcpu)
{
    return vcpu->request_is_framework && vcpu->request_function == FFA_FRAMEWORK_PSCI_REQ;
}

static bool holds(enum condition condition, const struct vcpu *caller, const struct vcpu *target)
{
    switch (condition) {
    case NOT_ANCESTOR:
        return target != NULL && !call_chain_is_ancestor(caller, target);
    case NOT_ANCESTOR_NOT_IN_PSCI:
        return target != NULL && !is_in_psci(caller) && !call_chain_is_ancestor(caller, target);
    case NOT_IN_PSCI:
        return !is_in_psci(caller);
    case TARGET_NOT_IN_INIT:
        return target != NULL && target != caller && target->runtime_model != RTM_SP_INIT;
    case PREEMPTED_OR_CALLEE:
        return target != NULL && (target->state == VCPU_PREEMPTED || target->chain_prev == caller);
    case ALWAYS:
        break;
    }
    return true;
}

struct rtm_verdict rtm_check(const struct vcpu *caller, enum rtm_abi abi, const struct vcpu *target)
{
    const struct rule *rule;

    if (caller->runtime_model >= RTM_COUNT || (unsigned)abi >= RTM_ABI_COUNT) {
        return (struct rtm_verdict){.error = FFA_DENIED};
    }
    rule = &rules[caller->runtime_model][abi];
    if (rule->error != 0) {
        return (struct rtm_verdict){.error = rule->error};
    }
    if (!holds((enum condition)rule->condition, caller, target)) {
        return (struct rtm_verdict){.error = FFA_DENIED};
    }
    return (struct rtm_verdict){.next = rule->next};
}
