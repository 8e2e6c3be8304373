/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FFA_MEM_RETRIEVE_H
#define FFA_MEM_RETRIEVE_H

#include "ffa/mem.h"

/* What a borrower gets. */
struct mem_grant {
    struct share_receiver *receiver;
    uint8_t permissions; /* FFA_MEM_PERMISSIONS */
    struct stage2_attr attr;
};

/* The most that the sender, and the memory itself, let a receiver have as data: FFA_MEM_DATA_*. */
uint8_t mem_data_limit(const struct share *share, const struct share_receiver *receiver);

/* The request of `partition` against the transaction; changes nothing. 0 or an FF-A error code. */
int32_t mem_retrieve_check(const struct mem_transaction *t, struct share *share,
                           const struct partition *partition, struct mem_grant *out);

#endif
