/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_NS_RES_INFO_GET as the normal world uses it. */
#ifndef TEST_SHARE_NS_INFO_H
#define TEST_SHARE_NS_INFO_H

#include "machine.h"

#define MAX_REGIONS 4096u
#define RAP_RO      0x11u
#define RAP_RW      0x33u
#define RAP_USER_RO 0x01u
#define RAP_USER_RW 0x03u

struct amd {
    uint64_t address;
    uint32_t page_count;
    uint8_t rap;
    uint16_t component;
    uint8_t flags;
};

struct ns_info {
    uint32_t calls;
    uint32_t bytes;
    uint32_t count;
    struct amd amd[MAX_REGIONS];
};

/* One call; RX stays as it is. `target` 0: all. */
struct regs ns_call(uint16_t target, uint64_t flags);
uint32_t ns_written(struct regs r);
uint32_t ns_remaining(struct regs r);

/* The whole answer, RX released after each piece; its form is checked. */
void ns_info_get(uint16_t target, struct ns_info *out);

/* Is there exactly this AMD, and how often? */
uint32_t ns_info_has(const struct ns_info *info, uint16_t component, uint64_t address,
                     uint32_t page_count, uint8_t rap);

#endif
