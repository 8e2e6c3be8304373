/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A run as data, for another machine: what a boot loader has to put where so that the real firmware
 * finds what the simulated run would. Addresses and the SPMC manifest are those of run_create().
 */
#ifndef SIM_EXPORT_H
#define SIM_EXPORT_H

#include "sim/host/nwd_image.h"
#include "sim/host/run.h"

/* Where EL3 finds the SPMC manifest: secure memory below the SPMC. */
#define EXPORT_MANIFEST_ADDRESS   0x0e002000u
#define EXPORT_MANIFEST_MAX_BYTES 0x10000u

#define EXPORT_MAX_LOADS (RUN_MAX_PARTITIONS + NWD_MAX_SEGMENTS + 2)

struct export_load {
    const char *what;
    const void *data;
    size_t size_bytes;
    uint64_t destination;
    bool non_secure;
};

struct export
{
    unsigned pe_count;
    uint64_t nwd_entry;
    unsigned nwd_el;
    unsigned load_count;
    struct export_load load[EXPORT_MAX_LOADS]; /* data: of the config, of `spmc`, or of `plan` */
    struct run *plan;
};

/*
 * `spmc` is the firmware's image, for /attribute: load_address. False: err says why; nothing is
 * left to destroy.
 */
bool export_create(const struct run_config *config, const struct run_blob *spmc, struct export *out,
                   struct sim_error *err);
void export_destroy(struct export *export);

#endif
