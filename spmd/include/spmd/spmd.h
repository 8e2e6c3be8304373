/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The SPM dispatcher at EL3: world switch, FF-A routing between the normal world and the SPMC, PSCI
 * and SMCCC discovery for the normal world. FF-A v1.2, 4.1 and 18.2; DEN0022 (PSCI); DEN0028
 * (SMCCC).
 *
 * The EL3 side that hosts it owns the loop: it saves the registers of the world that made an SMC,
 * asks spmd_handle_smc(), and enters the world that the answer names with the registers it left.
 */
#ifndef SPMD_SPMD_H
#define SPMD_SPMD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ffa/abi.h"

enum spmd_world {
    SPMD_SECURE,
    SPMD_NON_SECURE,
};

/* What the EL3 side does after a call. */
enum spmd_next {
    SPMD_ENTER_SECURE,
    SPMD_ENTER_NON_SECURE,
    SPMD_SYSTEM_OFF,   /* PSCI SYSTEM_OFF */
    SPMD_SYSTEM_RESET, /* PSCI SYSTEM_RESET or RESET2; type and cookie are in x1, x2 */
    SPMD_SPMC_FAILED,  /* the SPMC could not initialise; its error is in x2 */
    SPMD_CPU_OFF,      /* this PE switches off; nothing is entered until it is woken */
    SPMD_CPU_ON,       /* as SPMD_ENTER_NON_SECURE, and PE spmd_cpu_on_target() is to be woken */
    SPMD_RESUME_NON_SECURE, /* the normal world goes on where it was: no register is written */
    SPMD_STANDBY,           /* wait until an interrupt is pending, then as SPMD_ENTER_NON_SECURE */
    SPMD_CPU_SUSPEND, /* the PE loses power until an interrupt is pending: spmd_cpu_resumed() */
};

/*
 * Group 0 interrupts are EL3's. `handle` runs after the interrupt was acknowledged and before it is
 * ended.
 */
#define SPMD_MAX_GROUP0 8u

struct spmd;
struct spmd_lsp_state;

typedef void spmd_group0_handler(struct spmd *spmd, uint32_t cpu_index, uint32_t intid, void *user);

struct spmd_group0_entry {
    uint32_t intid;
    spmd_group0_handler *handle;
    void *user;
};

/* What of EL3's own the SPMC is at on a PE: its next return answers that. */
enum spmd_asked {
    SPMD_ASKED_NOTHING,
    SPMD_ASKED_VERSION,   /* framework message: FFA_VERSION of the normal world */
    SPMD_ASKED_CPU_OFF,   /* framework message: the PE wants to switch off */
    SPMD_ASKED_SUSPEND,   /* framework message: the PE wants to lose power for a while */
    SPMD_ASKED_WARM_BOOT, /* framework message: it has come back from that */
    SPMD_ASKED_LSP,       /* a call of a logical partition */
};

/* Power of a PE, as PSCI sees it. */
enum spmd_power {
    SPMD_POWER_OFF,
    SPMD_POWER_ON_PENDING, /* CPU_ON was called, the PE has not come yet */
    SPMD_POWER_ON,
};

/* /attribute of the SPMC manifest, checked by spmd_init(). */
struct spmd_attribute {
    uint16_t spmc_id;
    uint32_t version; /* FF-A version that the SPMC implements */
    uint64_t load_address;
    uint64_t entrypoint;
    uint64_t binary_size_bytes;
};

/*
 * A PE. `power`, and while it is not ON entry and context_id, are guarded by the lock of struct
 * spmd; everything else only the PE itself touches.
 */
struct spmd_cpu {
    bool spmc_ready;    /* the SPMC has ended its initialisation on this PE */
    uint8_t asked;      /* enum spmd_asked */
    uint8_t asking_lsp; /* index in spmd.lsp, while SPMD_ASKED_LSP */
    bool in_interrupt;  /* the SPMC handles an interrupt that the normal world was taken by */
    bool entry_is_due;  /* the normal world starts afresh, see spmd_take_entry() */
    uint8_t power;      /* enum spmd_power; changes under the lock */
    uint32_t on_target; /* whom its last CPU_ON wakes */
    uint64_t mpidr;     /* affinity, of the SPMC manifest's cpu node */
    uint64_t entry;     /* of CPU_ON, CPU_SUSPEND */
    uint64_t context_id;
};

/*
 * A logical partition at EL3 (FF-A v1.2, 18.3): found by secure partitions, which can not call it;
 * it calls them, on behalf of the normal world's SiP calls.
 */
#define SPMD_MAX_LSPS 4u

struct spmd_lsp {
    uint16_t id; /* FFA_ID_LSP_FIRST to FFA_ID_LSP_LAST */
    uint16_t vcpu_count;
    uint32_t properties; /* FFA_PROP_* */
    uint8_t uuid[16];    /* bytes of its protocol UUID in text order */
    uint32_t sip_first;  /* function identifiers of its SiP calls */
    uint32_t sip_count;
    /*
     * One of those. SPMD_ENTER_SECURE: x0..x7 hold a call to the SPMC (FFA_MSG_SEND_DIRECT_REQ from
     * its id, FFA_RUN); SPMD_ENTER_NON_SECURE: they hold the results.
     */
    enum spmd_next (*sip)(struct spmd *spmd, struct spmd_lsp_state *state, uint32_t fid,
                          uint64_t *x);
    /* What the SPMC answered, to be turned into results of the SiP call. */
    void (*answered)(struct spmd *spmd, struct spmd_lsp_state *state, uint64_t *x);
    /* A response that came while the normal world had called something else: keep it. */
    void (*late)(struct spmd *spmd, struct spmd_lsp_state *state, const uint64_t *x);
};

/* Guarded by the lock of struct spmd. */
struct spmd_lsp_state {
    const struct spmd_lsp *lsp;
    uint8_t phase;        /* the partition's own; 0 at first */
    uint32_t target;      /* endpoint and vCPU that it waits for */
    uint64_t response[8]; /* that came late */
};

struct spmd {
    struct spmd_attribute attribute;
    uint32_t nwd_version;  /* negotiated by the normal world; 0: not yet */
    uint64_t secondary_ep; /* registered by the SPMC; 0: none */
    uint32_t lock;         /* for spmd_arch_lock(), see arch/arch.h */
    uint32_t cpu_count;
    struct spmd_cpu *cpu; /* [cpu_count] by linear index, given by the caller */
    uint32_t lsp_count;
    struct spmd_lsp_state lsp[SPMD_MAX_LSPS];
    uint32_t group0_count;
    struct spmd_group0_entry group0[SPMD_MAX_GROUP0];
};

/*
 * Reads /attribute and /cpus of the SPMC manifest; linear indexes are in the order of the cpu
 * nodes. False: *why is one line in plain words (static storage). The manifest must hold
 * compatible = "arm,ffa-core-manifest-1.0". Every PE is off afterwards.
 */
bool spmd_init(struct spmd *spmd, const void *manifest, size_t size_bytes, struct spmd_cpu *cpus,
               uint32_t cpu_count, const char **why);

/*
 * An SMC from `from` on PE `cpu_index`: x[0..17] are its registers. On return x holds the registers
 * of the world to enter; *count says how many of them the ABI defines (8 or 18), the rest are
 * preserved.
 */
enum spmd_next spmd_handle_smc(struct spmd *spmd, uint32_t cpu_index, enum spmd_world from,
                               uint64_t x[FFA_REGS_EXTENDED], unsigned *count);

/*
 * A Secure Group 1 interrupt is pending on PE `cpu_index` while the normal world runs: x becomes
 * the arguments of the SPMC, the normal world's registers are to be kept as they are.
 * SPMD_ENTER_SECURE; or SPMD_RESUME_NON_SECURE where the SPMC is not there to take it. From then on
 * the only return of the SPMC to the normal world is FFA_NORMAL_WORLD_RESUME, for which
 * spmd_handle_smc() answers SPMD_RESUME_NON_SECURE.
 */
enum spmd_next spmd_secure_interrupt(struct spmd *spmd, uint32_t cpu_index,
                                     uint64_t x[FFA_REGS_EXTENDED], unsigned *count);

/*
 * A Group 0 interrupt was acknowledged on this PE: runs its handler. The caller ends it. False:
 * nobody has registered for it.
 */
bool spmd_group0(struct spmd *spmd, uint32_t cpu_index, uint32_t intid);

/* Before PEs start. False: the table is full, or the INTID has a handler. */
bool spmd_register_group0(struct spmd *spmd, uint32_t intid, spmd_group0_handler *handle,
                          void *user);

/* The PE that boots is on without CPU_ON. */
void spmd_cpu_boot(struct spmd *spmd, uint32_t cpu_index);

/* After SPMD_CPU_ON on PE `cpu_index`: linear index of the PE to wake. */
uint32_t spmd_cpu_on_target(const struct spmd *spmd, uint32_t cpu_index);

/*
 * First call on a PE that was woken after CPU_ON. SPMD_ENTER_SECURE: the SPMC is to be entered at
 * *secure_entry with x4 = cpu_index and every other register zero. SPMD_ENTER_NON_SECURE: it has
 * registered no entry point; the normal world starts at spmd_take_entry() with x0 = context_id.
 */
enum spmd_next spmd_cpu_started(struct spmd *spmd, uint32_t cpu_index, uint64_t *secure_entry);

/*
 * After SPMD_CPU_SUSPEND, when power is back: x holds the registers of the world to enter, as after
 * spmd_handle_smc().
 */
enum spmd_next spmd_cpu_resumed(struct spmd *spmd, uint32_t cpu_index,
                                uint64_t x[FFA_REGS_EXTENDED], unsigned *count);

/* Before PEs start. False: the table is full, or the id or a SiP call is taken or out of range. */
bool spmd_register_lsp(struct spmd *spmd, const struct spmd_lsp *lsp);

/* The sample at 0xFFC0: carries messages between the normal world and any partition. */
extern const struct spmd_lsp spmd_lsp_sample;
#define SPMD_SAMPLE_ID      0xffc0u
#define SPMD_SAMPLE_SEND    0xc2000f00u /* x1 receiver, x2..x6 message; x0 result, x1..x5 response */
#define SPMD_SAMPLE_RESUME  0xc2000f01u /* after SPMD_SAMPLE_YIELDED; same results */
#define SPMD_SAMPLE_DONE    0           /* else a negative error code of FF-A, or: */
#define SPMD_SAMPLE_YIELDED 1

/*
 * Before an entry into the normal world: true, once for each CPU_ON and each CPU_SUSPEND that took
 * the power, when this PE starts there afresh at *entry. x0 is the context id that
 * spmd_handle_smc() has left; all others are zero.
 */
bool spmd_take_entry(struct spmd *spmd, uint32_t cpu_index, uint64_t *entry);

#endif
