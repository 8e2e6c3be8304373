/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Interrupts. Physical ones (FF-A v1.2, chapter 9): the SPMC owns Secure Group 1; each INTID that a
 * partition manifest lists belongs to that partition and reaches it as a virtual interrupt with the
 * same number. Virtual ones: pending and enabled bits per vCPU and owned number, and the order in
 * which they became pending.
 *
 * The chain lock covers all of it, unless a comment says otherwise.
 *
 * Invariants
 *  - A vCPU knows only numbers that its partition owns: its manifest's, and those below. Each has a
 *    place of its own, so no queue can overflow.
 *  - A number is pending at most once per vCPU.
 */
#ifndef SPMC_INTERRUPT_H
#define SPMC_INTERRUPT_H

#include "spmc/spmc.h"

/* Virtual interrupts of the SPMC's own; FFA_FEATURES reports MEI and NPI */
#define VINT_TIMER                3u
#define VINT_MANAGED_EXIT         4u
#define VINT_NOTIFICATION_PENDING 5u
#define VINT_IPI                  9u
#define VINT_NONE                 0xffffffffu
#define VINT_LIMIT                5120u /* numbers that HF_INTERRUPT_ENABLE understands */

/* Physical SGIs */
#define SGI_SCHEDULE_RECEIVER 8u /* Non-secure Group 1, to the normal world: the SRI */
#define SGI_IPI               9u /* Secure Group 1, from PE to PE inside the SPMC */

/* Special INTIDs (IHI 0069H, 2.2.1) */
#define INTID_SPECIAL_FIRST 1020u
#define INTID_SPECIAL_LAST  1023u

/* Values of vint.flags */
#define VINT_ENABLED 0x1u
#define VINT_PENDING 0x2u
#define VINT_FIQ     0x4u /* signalled as vFIQ, else vIRQ */
/* Of the physical interrupt, as its partition reconfigured it; only physical.c looks at them */
#define VINT_SWITCHED_OFF 0x8u
#define VINT_NON_SECURE   0x10u
/* It came again while pending: disabled at the GIC until the vCPU has taken it */
#define VINT_HELD 0x20u
/* Held since it first came, for it is a level: its device asks until the vCPU has handled it */
#define VINT_UNHANDLED 0x40u

/* Values of vcpu.vint_shown */
#define VINT_SHOWN_IRQ 0x1u
#define VINT_SHOWN_FIQ 0x2u

/* What a vCPU remembers of one number; [i] belongs to partition->vint_id[i]. */
struct vint {
    uint8_t flags;
    uint16_t queue; /* the i-th entry of the queue is an index into this array */
};

/* --- spmc/interrupt/virtual.c: the mechanism; asks nothing of the GIC ----------------------- */

bool vint_is_owned(const struct partition *partition, uint32_t id);

/* Makes it pending, at the end of the queue. False: not owned, or pending already. */
bool vint_inject(struct vcpu *vcpu, uint32_t id);

/* No longer pending, wherever in the queue it is. */
void vint_withdraw(struct vcpu *vcpu, uint32_t id);

/* The first pending and enabled one, VINT_NONE without: looked at, or taken out of the queue. */
uint32_t vint_peek(const struct vcpu *vcpu);
uint32_t vint_take(struct vcpu *vcpu);

/*
 * What it took has been handled: with its next HF_INTERRUPT_GET, with HF_INTERRUPT_DEACTIVATE, or
 * as it goes to wait. Lines that were held until then may be let in again by interrupt_release().
 */
void vint_done(struct vcpu *vcpu);

/* How many are pending and enabled. */
uint32_t vint_ready(const struct vcpu *vcpu);

/* Enables or disables; `fiq`: signalled as vFIQ. False: not owned. */
bool vint_enable(struct vcpu *vcpu, uint32_t id, bool enable, bool fiq);
bool vint_is_enabled(const struct vcpu *vcpu, uint32_t id);
bool vint_is_pending(const struct vcpu *vcpu, uint32_t id);

/*
 * A vCPU at cold boot, or as it is switched off: none pending, and enabled only what its manifest
 * subscribed to: the managed exit and the notification pending interrupt.
 */
void vint_reset(struct vcpu *vcpu);

/* Brings HCR_EL2.VI and VF of an S-EL1 vCPU in line with the queue. Its registers are saved. */
void vint_show(struct spmc_cpu *cpu, struct vcpu *vcpu);

/* --- spmc/interrupt/physical.c: routing of physical interrupts ------------------------------ */

/* Cold boot, partitions made: the distributor's part of every interrupt that a manifest lists. */
bool interrupt_init(struct arch_pe *pe, struct spmc *spmc);

/* Each PE as it comes: CPU interface, its redistributor's SGIs and PPIs. Takes the chain lock. */
void interrupt_init_cpu(struct spmc_cpu *cpu);

/* The partition that owns a physical INTID; NULL: none. Fixed after boot: needs no lock. */
struct partition *interrupt_owner(const struct spmc *spmc, uint32_t intid);

/*
 * Acknowledges the highest priority pending Secure Group 1 interrupt. INTID, or one of the special
 * ones when there is none.
 */
uint32_t interrupt_acknowledge(struct spmc_cpu *cpu);

/*
 * It may come again, here or on another PE (EOImode 0). So a level has to be held by now, or that
 * other PE, to which it was routed meanwhile, would take the same one.
 */
void interrupt_end(struct spmc_cpu *cpu, uint32_t intid);

/* INTID of a pending Group 0 interrupt, which is EL3's; special: none. */
uint32_t interrupt_group0_pending(struct spmc_cpu *cpu);

/*
 * What this PE lets in while the next vCPU runs (ICC_PMR_EL1). Writes only what changes. NONE is
 * what the normal world had, which can mask no Secure interrupt.
 */
enum interrupt_mask {
    INTERRUPT_MASK_NONE,
    INTERRUPT_MASK_NS, /* Non-secure ones wait */
    INTERRUPT_MASK_ALL,
};
void interrupt_set_mask(struct spmc_cpu *cpu, enum interrupt_mask mask);

/* Switches every interrupt of a partition off, at the GIC and for its vCPUs. */
void interrupt_switch_off(struct spmc_cpu *cpu, struct partition *partition);

/* One interrupt that nobody can take: disabled at the GIC and reported in the log. */
void interrupt_disown(struct spmc_cpu *cpu, uint32_t intid);

/*
 * A level that the device has not taken back, or another edge: `vcpu` has `intid` pending already,
 * and who runs must not be stopped by it again and again. Released when it is no longer pending.
 */
void interrupt_hold(struct spmc_cpu *cpu, struct vcpu *vcpu, uint32_t intid);
void interrupt_release(struct spmc_cpu *cpu, struct vcpu *vcpu);

/*
 * HF_INTERRUPT_RECONFIGURE by `vcpu`, which runs on this PE. False: not one of its manifest, or a
 * value out of range. Non-secure ones belong to the normal world, which enables them itself.
 */
enum interrupt_command {
    INTERRUPT_TARGET,   /* linear index of a PE; a UP partition's own PE only */
    INTERRUPT_SECURITY, /* 0 Non-secure, 1 Secure */
    INTERRUPT_ENABLE,   /* 0, 1: at the GIC */
};
bool interrupt_reconfigure(struct spmc_cpu *cpu, struct vcpu *vcpu, uint32_t intid,
                           enum interrupt_command command, uint32_t value);

/* Is it level-sensitive, by its manifest? Fixed after boot. */
bool interrupt_is_level(const struct partition *partition, uint32_t intid);

/* SGIs. To another PE of the SPMC: makes it exit and look at its vCPU's state again. */
void interrupt_kick(struct spmc_cpu *cpu, const struct spmc_cpu *target);

/* Schedule receiver interrupt to the normal world: now on this PE, or when this PE next returns
 * to the normal world. */
void interrupt_raise_sri(struct spmc_cpu *cpu);
void interrupt_delay_sri(struct spmc_cpu *cpu);

/* --- spmc/interrupt/timer.c: the EL1 physical timer of partitions --------------------------- */

/*
 * An access of an S-EL1 vCPU to CNTP_*_EL0 (`esr`: class SYSREG): moves the value, and PC behind
 * the instruction. False, and nothing done: another register. Takes the chain lock itself.
 */
bool vtimer_access(struct spmc_cpu *cpu, struct vcpu *vcpu, uint64_t esr);

/* The EL2 physical timer fired: makes VINT_TIMER pending where the deadline has passed. Returns
 * the first vCPU that it became pending for, NULL: none; call again until NULL. */
struct vcpu *vtimer_expired(struct spmc_cpu *cpu);

/* Before `next` runs on this PE: programs CNTHPS for the nearest deadline of this PE's vCPUs. */
void vtimer_program(struct spmc_cpu *cpu);

void vtimer_reset(struct vcpu *vcpu);

/* --- spmc/interrupt/paravirt.c: HVC (S-EL1) and SVC (S-EL0) 0xFF03 to 0xFF0A ----------------- */

/*
 * False: the identifier in x0 is none of these calls. Fills frame.x[0] and frame.store. Takes the
 * chain lock itself. A vCPU that got VINT_IPI on another PE is kicked there by SGI_IPI: the policy
 * looks for vCPUs of that PE on which VINT_IPI is pending.
 */
bool paravirt_call(struct spmc_cpu *cpu, struct vcpu *vcpu);

/* --- spmc/interrupt/deliver.c, schedule.c: the policy ---------------------------------------- */

/*
 * A Secure interrupt is pending on this PE while `vcpu` ran (the normal world's: FFA_INTERRUPT from
 * the SPMD). Acknowledges it, makes it pending for its owner and returns who runs next (FF-A v1.2,
 * 9.3.1): with its frame filled, or `vcpu`, which just goes on. Takes the chain lock itself.
 */
struct vcpu *interrupt_secure(struct spmc_cpu *cpu, struct vcpu *vcpu);

/* A Group 0 or Non-secure interrupt while a partition ran: to EL3, or the partition's
 * ns-interrupts-action (FF-A v1.2, 9.3.2). Takes the chain lock itself. */
struct vcpu *interrupt_other(struct spmc_cpu *cpu, struct vcpu *vcpu);

/*
 * `next` is about to run on this PE, and cpu->untold: one of the vCPUs that wait untold is resumed
 * in its place, if `next` is one that may be preempted by now. Returns who runs next. Takes the
 * chain lock itself.
 */
struct vcpu *interrupt_tell(struct spmc_cpu *cpu, struct vcpu *next);

/*
 * Last step of every entry into the SPMC, on whoever runs next on this PE: virtual lines, masks,
 * timer, delayed SRI. Takes the chain lock itself, when there is something to do.
 */
void interrupt_before_run(struct spmc_cpu *cpu, struct vcpu *next);

/*
 * `vcpu` is about to wait (FFA_MSG_WAIT, direct response) with virtual interrupts ready: true when
 * it is to be resumed with FFA_INTERRUPT instead (interception), which keeps it RUNNING. With SRI
 * policy bit 1: false, and a delayed SRI. The call has passed all its checks. The caller holds the
 * chain lock.
 */
bool interrupt_intercepts(struct spmc_cpu *cpu, struct vcpu *vcpu);

/*
 * FFA_RUN is about to go on with `last`, for whom those from `first` down wait: the first of them
 * with a virtual interrupt ready runs instead, as if it had come now (FF-A v1.2, 9.3.1.3). Returns
 * who runs. The caller holds the chain lock.
 */
struct vcpu *interrupt_on_the_way(struct spmc_cpu *cpu, struct vcpu *first, struct vcpu *last);

/* Fills its frame with FFA_INTERRUPT: w1 = 0, w2 = INTID (taken for S-EL0, peeked for S-EL1). */
void interrupt_frame(struct vcpu *vcpu);

/*
 * It goes on where a Secure interrupt took its PE away: the normal world by FFA_NORMAL_WORLD_RESUME
 * unless the answer to its call lies ready; a partition with all the registers that it had.
 */
void interrupt_resume(struct vcpu *vcpu);

/*
 * This PE switches off: `heir` looks after timers and untold vCPUs of UP partitions. The caller
 * holds the chain lock.
 */
void interrupt_leave_to(struct spmc_cpu *cpu, struct spmc_cpu *heir);

/*
 * This PE comes up: UP partitions whose PE went off when there was no heir go on here. The caller
 * holds the chain lock.
 */
void interrupt_take_over(struct spmc_cpu *cpu);

/* --- spmc/ffa/notification.c ------------------------------------------------------------------ */

/* Are there notifications that this vCPU's partition was not told of by VINT_NOTIFICATION_PENDING
 * since it last got any? Marks them as told. Takes the notification lock. */
bool notification_take_npi(struct spmc_cpu *cpu, struct vcpu *vcpu);

#endif
