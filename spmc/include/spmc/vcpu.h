/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An execution context (vCPU) of a partition, and of the normal world: FF-A v1.2, chapters 5 and 8.
 *
 * Invariants
 *  - `state` changes only through vcpu_set_state(), which knows the legal transitions.
 *  - `pe` is meaningful while the vCPU is RUNNING, BLOCKED or PREEMPTED, or pinned.
 *  - chain_prev / chain_next form one acyclic list per call chain; all its nodes are on one PE.
 */
#ifndef SPMC_VCPU_H
#define SPMC_VCPU_H

#include "spmc/types.h"

struct arch_vcpu; /* the arch side's part: everything that is not an argument register */
struct partition;
struct spmc_cpu;
struct vint;

enum vcpu_state {
    VCPU_NULL,
    VCPU_OFF,
    VCPU_CREATED,
    VCPU_STARTING,
    VCPU_RUNNING,
    VCPU_WAITING,
    VCPU_BLOCKED,
    VCPU_PREEMPTED,
    VCPU_STOPPING,
    VCPU_STOPPED,
    VCPU_ABORTED,
    VCPU_STATE_COUNT,
};

/* Partition runtime model (FF-A v1.2, 8.2) */
enum runtime_model {
    RTM_NONE,
    RTM_SP_INIT,
    RTM_FFA_RUN,
    RTM_FFA_DIR_REQ,
    RTM_SEC_INTERRUPT,
    RTM_COUNT,
};

/* CPU cycle allocation mode of a call chain (FF-A v1.2, 8.1) */
enum sched_mode {
    SCHED_NONE,
    SCHED_NWD,
    SCHED_SPMC,
};

/*
 * Registers as they cross the door. After an exit by SMC, HVC, SVC or from EL3 the arch side has
 * put x0..x7 here; arch_vcpu_load_extended() fetches x8..x17. Before it runs the vCPU, the arch
 * side writes back the first `store` of them (0, FFA_REGS or FFA_REGS_EXTENDED) and clears `store`.
 */
struct vcpu_frame {
    uint64_t x[FFA_REGS_EXTENDED];
    uint32_t store;
};

/* FFA_CONSOLE_LOG collects a line here until it is whole. */
struct console_line;

struct vcpu {
    struct vcpu_frame frame;
    struct console_line *console;
    struct arch_vcpu *arch;
    struct partition *partition;
    struct spmc_cpu *cpu; /* PE that it is bound to or last ran on; NULL: none yet */
    uint16_t index;
    uint8_t state;             /* enum vcpu_state */
    uint8_t runtime_model;     /* enum runtime_model */
    uint8_t sched_mode;        /* enum sched_mode */
    bool regs_available;       /* its registers are saved: another PE may take it */
    bool processing_request;   /* a direct request is in flight here; request_* say which */
    bool request_is_framework; /* and it was a framework message */
    uint16_t request_origin;   /* endpoint that the response must name */
    uint32_t request_fid;      /* FFA_MSG_SEND_DIRECT_REQ_32, _64 or REQ2_64 */
    uint32_t request_function; /* framework function of the request */
    uint8_t stale_faults;      /* aborts in a row at stale_pc that the tables do not explain */
    uint64_t stale_pc;
    struct vint *vint;    /* [partition->vint_count], see spmc/interrupt.h */
    uint16_t vint_queued; /* pending ones, enabled or not: entries of the queue */
    uint16_t vint_irq;    /* of those pending and enabled, as vIRQ and as vFIQ */
    uint16_t vint_fiq;
    bool vint_reported;   /* FFA_NOTIFICATION_INFO_GET listed it, and it did not run since */
    uint8_t managed_exit; /* VINT_MANAGED_EXIT was injected for the request in flight */
    uint64_t timer_cval;  /* CNTP_CVAL_EL0 and CNTP_CTL_EL0 as the partition sees them */
    uint32_t timer_ctl;
    bool timer_told;         /* VINT_TIMER was injected for this deadline */
    uint8_t vint_shown;      /* VINT_SHOWN_*: HCR_EL2.VI and VF as its next entry has them */
    uint16_t vint_held;      /* numbers with VINT_HELD */
    bool untold;             /* WAITING, and not told of a virtual interrupt: see cpu->untold */
    bool ipi_told;           /* WAITING, and the normal world's scheduler was told of VINT_IPI */
    bool in_call;            /* BLOCKED by a request or FFA_RUN that has not returned */
    bool call_interrupted;   /* a Secure interrupt resumed it in such a call; FFA_RUN goes back */
    struct vcpu *chain_prev; /* who called us */
    struct vcpu *chain_next; /* whom we called */
};

/* Why a vCPU came back: `esr` is ESR_EL2 with the architecture's encoding (Arm ARM D24.2.40). */
enum vcpu_exit_kind {
    VCPU_EXIT_SYNC, /* esr says what; far and hpfar are valid for aborts */
    VCPU_EXIT_IRQ,
    VCPU_EXIT_FIQ,
    VCPU_EXIT_SERROR,
    VCPU_EXIT_EL3, /* normal world only: an FF-A call that the SPMD forwarded */
};

struct vcpu_exit {
    enum vcpu_exit_kind kind;
    uint64_t esr;
    uint64_t far;
    uint64_t hpfar;
};

/* ESR_ELx.EC values that the core decodes */
#define ESR_EC(esr)       (((esr) >> 26) & 0x3fu)
#define ESR_EC_UNKNOWN    0x00u
#define ESR_EC_WFX        0x01u
#define ESR_EC_FP         0x07u
#define ESR_EC_SVC64      0x15u
#define ESR_EC_HVC64      0x16u
#define ESR_EC_SMC64      0x17u
#define ESR_EC_SYSREG     0x18u
#define ESR_EC_SVE        0x19u
#define ESR_EC_IABT_LOWER 0x20u
#define ESR_EC_IABT_SAME  0x21u
#define ESR_EC_PC_ALIGN   0x22u
#define ESR_EC_DABT_LOWER 0x24u
#define ESR_EC_DABT_SAME  0x25u
#define ESR_EC_SP_ALIGN   0x26u

/* A legal transition of the table in docs/architecture.md ("vCPU states")? Same to same is legal.
 */
bool vcpu_state_is_legal(enum vcpu_state from, enum vcpu_state to);

/* Moves to `to`; false, and nothing changed, when the transition is not legal. */
bool vcpu_set_state(struct vcpu *vcpu, enum vcpu_state to);

const char *vcpu_state_name(enum vcpu_state state);

#endif
