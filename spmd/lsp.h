/* SPDX-License-Identifier: BSD-3-Clause */
/* Logical partitions at EL3: how they are found, and how their calls go to the SPMC and back. */
#ifndef SPMD_LSP_H
#define SPMD_LSP_H

#include "spmd/spmd.h"

/* FFA_PARTITION_INFO_GET_REGS of the SPMC; x becomes the answer. */
void lsp_info(const struct spmd *spmd, uint64_t x[FFA_REGS_EXTENDED]);

/* Is it a SiP call of a logical partition? */
bool lsp_has_sip(const struct spmd *spmd, uint32_t fid);

/* The normal world makes it. */
enum spmd_next lsp_sip(struct spmd *spmd, struct spmd_cpu *cpu, uint32_t fid, uint64_t *x);

/* The SPMC returns from the call that this led to. */
enum spmd_next lsp_answered(struct spmd *spmd, struct spmd_cpu *cpu, uint64_t *x);

/*
 * The SPMC returns to the normal world from a call of its own. When that is a response to a logical
 * partition, it is kept for it, and the normal world reads FFA_MSG_WAIT.
 */
void lsp_keep_late(struct spmd *spmd, uint32_t fid, uint64_t *x);

#endif
