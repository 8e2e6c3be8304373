/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The ownership map: whose each page of physical memory is by the share ledger, and who reaches it
 * by the translation tables. Asking has no influence on the run.
 */
#ifndef SIM_MAP_H
#define SIM_MAP_H

#include "sim/host/run.h"
#include "spmc/ledger.h"

struct map_reach {
    uint16_t endpoint;
    struct stage2_attr attr; /* access 0: a borrower that has not retrieved, or has given back */
};

/* Contiguous pages of which the same is true. */
struct map_row {
    uint64_t base;
    uint64_t size_bytes;
    uint8_t pas;     /* enum pas */
    uint16_t owner;  /* FFA_ID_SPMC, FFA_ID_NWD, a VM or a partition */
    uint8_t state;   /* enum ledger_state */
    uint8_t kind;    /* enum share_kind; 0: no transaction */
    uint64_t handle; /* of the transaction */
    bool device;
    uint32_t reach_count;
    struct map_reach reach[RUN_MAX_PARTITIONS]; /* in the order of ids; no VMs: see their hypervisor
                                                 */
};

typedef void (*map_row_fn)(void *user, const struct map_row *row);

/* Each row in ascending order; memory of nobody has none. False: there is no SPMC yet. */
bool map_rows(struct run *run, map_row_fn fn, void *user);

const char *map_state_name(const struct map_row *row); /* "exclusive", "lent", ... */
const char *map_kind_name(const struct map_row *row);  /* "share", ...; NULL: no transaction */

/* "NWd", "VM 3", "SPMC", or the name of a partition */
#define MAP_OWNER_BYTES 64
void map_owner_text(struct run *run, uint16_t owner, char text[MAP_OWNER_BYTES]);

void map_print(struct run *run, FILE *out, const char *title);

#endif
