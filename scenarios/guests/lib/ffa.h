/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FF-A calls as a partition or a kernel makes them (FF-A v1.2, DEN0077A). Each wrapper returns the
 * registers as the call left them; ffa_status() tells an error from the rest.
 */
#ifndef GUEST_FFA_H
#define GUEST_FFA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ffa/abi.h"

/* x0..x17, on the way out and on the way back */
struct ffa_args {
    uint64_t x[FFA_REGS_EXTENDED];
};

enum ffa_conduit {
    FFA_CONDUIT_SMC,
    FFA_CONDUIT_HVC, /* S-EL1 partitions, and kernels under a hypervisor */
    FFA_CONDUIT_SVC, /* S-EL0 partitions, and nothing else for them */
};

/* In force from the next call on; at first SMC, SVC for an S-EL0 partition. */
void ffa_set_conduit(enum ffa_conduit conduit);
enum ffa_conduit ffa_get_conduit(void);

/* The call as it stands in `args`, which then holds its result. */
void ffa_call(struct ffa_args *args);
/* The same by one of them, whatever is in force (call.S). */
void ffa_call_smc(struct ffa_args *args);
void ffa_call_hvc(struct ffa_args *args);
void ffa_call_svc(struct ffa_args *args);

/* An UUID as registers carry it: byte 0 of the text form in bits [7:0] of `lo`. */
struct ffa_uuid {
    uint64_t lo;
    uint64_t hi;
};

/* FFA_UUID(0xdfa65ffd, 0x2a3e, 0x424a, 0x98f6, 0x96df11f8ed05): the five groups of the text form */
#define FFA_UUID(a, b, c, d, e)                                                                 \
    {                                                                                           \
        .lo = __builtin_bswap64(((uint64_t)(a) << 32) | ((uint64_t)(b) << 16) | (uint64_t)(c)), \
        .hi = __builtin_bswap64(((uint64_t)(d) << 48) | (uint64_t)(e)),                         \
    }

/* 0 unless the result is FFA_ERROR; then the error code, negative. */
int32_t ffa_status(const struct ffa_args *result);

/* The version in force, or FFA_NOT_SUPPORTED. */
int32_t ffa_version(uint32_t version);
struct ffa_args ffa_features(uint32_t function_or_feature, uint32_t input_properties);
/* FFA_ID_GET, FFA_SPM_ID_GET: the id, or a negative error code */
int32_t ffa_id_get(void);
int32_t ffa_spm_id_get(void);

struct ffa_args ffa_rxtx_map(const void *tx, const void *rx, uint32_t page_count);
struct ffa_args ffa_rxtx_unmap(void);
struct ffa_args ffa_rx_release(void);
struct ffa_args ffa_partition_info_get(struct ffa_uuid uuid, uint32_t flags);
struct ffa_args ffa_partition_info_get_regs(struct ffa_uuid uuid, uint16_t start, uint16_t tag);

struct ffa_args ffa_msg_wait(void);
struct ffa_args ffa_yield(void);
struct ffa_args ffa_run(uint16_t endpoint, uint16_t vcpu);

/* Direct requests: `payload` has 5 words for the first two (w3..w7, x3..x7), 14 for REQ2. */
#define FFA_PAYLOAD_WORDS  5u
#define FFA_PAYLOAD2_WORDS 14u
struct ffa_args ffa_direct_req32(uint16_t from, uint16_t to, const uint64_t *payload);
struct ffa_args ffa_direct_req64(uint16_t from, uint16_t to, const uint64_t *payload);
struct ffa_args ffa_direct_req2(uint16_t from, uint16_t to, struct ffa_uuid uuid,
                                const uint64_t *payload);

struct ffa_args ffa_error(int32_t code);
struct ffa_args ffa_abort(void);
struct ffa_args ffa_secondary_ep_register(const void *entry);

/* S-EL0 partitions, while they start; `more` (v1.3): pages to look at beside the first */
struct ffa_args ffa_mem_perm_get(const void *base, uint32_t more);
struct ffa_args ffa_mem_perm_set(const void *base, uint32_t page_count, uint32_t permission);

/* 1 to 24 characters by the 32-bit form, 1 to 128 by the 64-bit one (FF-A v1.2, 13.13) */
#define FFA_CONSOLE_CHARS_32 24u
#define FFA_CONSOLE_CHARS_64 128u
struct ffa_args ffa_console_log32(const char *text, size_t count);
struct ffa_args ffa_console_log64(const char *text, size_t count);

#endif
