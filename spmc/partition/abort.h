/* SPDX-License-Identifier: BSD-3-Clause */
/* The fatal error of a partition (FF-A v1.3, partition abort). */
#ifndef PARTITION_ABORT_H
#define PARTITION_ABORT_H

#include "spmc/spmc.h"

/*
 * `vcpu`, which ran on `cpu`, can not go on, and its partition with it: the partition is ABORTING,
 * its vCPUs that no PE runs are ABORTED, its RX/TX buffers are unmapped, and whoever waits for it
 * gets FFA_ERROR(ABORTED). vCPUs of it that other PEs run are made to exit, and follow. `why` is
 * for the log. Returns the vCPU to run next, its frame filled. Takes the chain and the mailbox
 * lock.
 */
struct vcpu *partition_abort(struct spmc_cpu *cpu, struct vcpu *vcpu, const char *why);

/*
 * `vcpu`, which ran on `cpu`, has given its cycles away, and maybe another PE aborted its partition
 * while that waited for a lock: then it has exited for the last time, and is ABORTED. Takes the
 * chain lock.
 */
void partition_abort_late(struct spmc_cpu *cpu, struct vcpu *vcpu);

#endif
