/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The call log: one line for each entry into the core, with what the caller brought and what the
 * core decided, in a form that two runs of one scenario can be compared by (docs/twin.md). Compiled
 * in by SPMC_CALL_LOG, switched on by the property call-log of /hypervisor in the SPMC manifest.
 */
#ifndef SPMC_CALL_LOG_H
#define SPMC_CALL_LOG_H

#include "spmc/spmc.h"

/* What is only known before the core acts. */
struct call_log_entry {
    const struct vcpu_exit *exit;
    uint64_t x[FFA_REGS_EXTENDED];
    uint32_t count; /* argument registers; 0: the exit is no call */
    uint8_t runtime_model;
};

/* `vcpu` came with `exit`; nothing has been decided. */
void call_log_enter(struct spmc_cpu *cpu, struct vcpu *vcpu, const struct vcpu_exit *exit,
                    struct call_log_entry *entry);

/* ... and `next` runs: writes the line. */
void call_log_leave(struct spmc_cpu *cpu, const struct vcpu *vcpu,
                    const struct call_log_entry *entry, const struct vcpu *next);

/* The first vCPU of a PE, at cold boot or when the PE comes on. */
void call_log_boot(struct spmc_cpu *cpu, const struct vcpu *next);

#endif
