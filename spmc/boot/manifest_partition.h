/* SPDX-License-Identifier: BSD-3-Clause */
/* Parts of the partition manifest reader. */
#ifndef SPMC_MANIFEST_PARTITION_H
#define SPMC_MANIFEST_PARTITION_H

#include "fdt_read.h"

/* uuid and messaging-method (v1.0), or the services node (v1.1). */
bool manifest_read_services(const struct fdt_reader *r, struct partition_manifest *out);

/* memory-regions, and rx_tx-info which refers to them. */
bool manifest_read_mem_regions(const struct fdt_reader *r, struct partition_manifest *out);
bool manifest_read_rxtx(const struct fdt_reader *r, struct partition_manifest *out);

/* device-regions; the streams of memory regions must be theirs. */
bool manifest_read_dev_regions(const struct fdt_reader *r, struct partition_manifest *out);

/* lifecycle-support, abort-action, image-uuid, live activation; after services and regions. */
bool manifest_read_lifecycle(const struct fdt_reader *r, struct partition_manifest *out);

/* Properties that both kinds of region have. `base` is only looked at for wrap-around. */
bool manifest_read_pages(const struct fdt_reader *r, int node, uint64_t base, uint32_t *page_count);
bool manifest_read_dma(const struct fdt_reader *r, int node, bool *has_smmu, uint32_t *smmu_id,
                       uint32_t *count, uint32_t *stream);

/* Index of the memory region that the phandle in property `name` refers to. */
bool manifest_find_region(const struct fdt_reader *r, int node, const char *name,
                          const struct partition_manifest *manifest, uint32_t *index);

#endif
