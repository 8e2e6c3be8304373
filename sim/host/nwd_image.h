/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The image of an emulated normal world: raw bytes for one address, or an ELF file, as a boot
 * loader that takes both would read it.
 */
#ifndef SIM_NWD_IMAGE_H
#define SIM_NWD_IMAGE_H

#include "sim/host/run.h"

#define NWD_MAX_SEGMENTS 32

struct nwd_segment {
    const void *data; /* of the image */
    uint64_t file_bytes;
    uint64_t memory_bytes; /* what follows the file's bytes is zero */
    uint64_t address;      /* physical */
};

struct nwd_image {
    uint64_t entry;
    unsigned segment_count;
    struct nwd_segment segment[NWD_MAX_SEGMENTS];
};

/*
 * `load` 0: an image that has no address of its own goes to `otherwise`. False: bad input, and *err
 * names the file.
 */
bool nwd_image_read(const struct run_blob *blob, uint64_t load, uint64_t otherwise,
                    struct nwd_image *out, struct sim_error *err);

/* Puts it into non-secure memory. False: some of it is not, and *err says which. */
bool nwd_image_load(const struct nwd_image *image, const struct bus *bus, const char *where,
                    struct sim_error *err);

#endif
