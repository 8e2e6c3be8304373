/* SPDX-License-Identifier: BSD-3-Clause */
#include "spmc/vcpu.h"

#define TO(state) (1u << (state))
#define TO_RUN_END                                                                 \
    (TO(VCPU_WAITING) | TO(VCPU_BLOCKED) | TO(VCPU_PREEMPTED) | TO(VCPU_ABORTED) | \
     TO(VCPU_STOPPING))

/* From each state, the states that may follow; staying and going OFF are always legal. */
static const uint16_t legal_next[VCPU_STATE_COUNT] = {
    [VCPU_NULL] = TO(VCPU_CREATED),
    [VCPU_OFF] = TO(VCPU_CREATED) | TO(VCPU_STARTING),
    [VCPU_CREATED] = TO(VCPU_STARTING),
    [VCPU_STARTING] = TO_RUN_END,
    [VCPU_RUNNING] = TO_RUN_END,
    [VCPU_WAITING] = TO(VCPU_RUNNING) | TO(VCPU_ABORTED),
    [VCPU_BLOCKED] = TO(VCPU_RUNNING),
    [VCPU_PREEMPTED] = TO(VCPU_RUNNING),
    [VCPU_STOPPING] = TO(VCPU_WAITING) | TO(VCPU_BLOCKED) | TO(VCPU_PREEMPTED) | TO(VCPU_ABORTED) |
                      TO(VCPU_STOPPED),
    [VCPU_STOPPED] = TO(VCPU_CREATED) | TO(VCPU_NULL) | TO(VCPU_ABORTED),
    [VCPU_ABORTED] = TO(VCPU_STOPPED) | TO(VCPU_NULL),
};

bool vcpu_state_is_legal(enum vcpu_state from, enum vcpu_state to)
{
    if ((unsigned)from >= VCPU_STATE_COUNT || (unsigned)to >= VCPU_STATE_COUNT) {
        return false;
    }
    return from == to || to == VCPU_OFF || (legal_next[from] & TO(to)) != 0;
}

bool vcpu_set_state(struct vcpu *vcpu, enum vcpu_state to)
{
    if (!vcpu_state_is_legal((enum vcpu_state)vcpu->state, to)) {
        return false;
    }
    if (to == VCPU_RUNNING || to == VCPU_STARTING) {
        vcpu->vint_reported = false;
    }
    vcpu->state = (uint8_t)to;
    return true;
}

const char *vcpu_state_name(enum vcpu_state state)
{
    switch (state) {
    case VCPU_NULL:
        return "NULL";
    case VCPU_OFF:
        return "OFF";
    case VCPU_CREATED:
        return "CREATED";
    case VCPU_STARTING:
        return "STARTING";
    case VCPU_RUNNING:
        return "RUNNING";
    case VCPU_WAITING:
        return "WAITING";
    case VCPU_BLOCKED:
        return "BLOCKED";
    case VCPU_PREEMPTED:
        return "PREEMPTED";
    case VCPU_STOPPING:
        return "STOPPING";
    case VCPU_STOPPED:
        return "STOPPED";
    case VCPU_ABORTED:
        return "ABORTED";
    case VCPU_STATE_COUNT:
        break;
    }
    return "?";
}
