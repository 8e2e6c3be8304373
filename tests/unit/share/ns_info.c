/* SPDX-License-Identifier: BSD-3-Clause */
#include "ns_info.h"

#include <string.h>

#include "descriptor.h"

#define AMD 16u

static uint8_t bytes[(MAX_REGIONS + 1u) * AMD];

struct regs ns_call(uint16_t target, uint64_t flags)
{
    return CALL(NWD, FFA_NS_RES_INFO_GET_64, target,
                flags | (target != 0 ? FFA_NS_RES_TARGET_VALID : 0));
}

uint32_t ns_written(struct regs r)
{
    ck_assert_uint_eq(r.x[0], FFA_SUCCESS_64);
    ck_assert_uint_eq(r.x[1] | r.x[3] | r.x[4] | r.x[5] | r.x[6] | r.x[7], 0);
    return (uint32_t)(r.x[2] >> 32);
}

uint32_t ns_remaining(struct regs r)
{
    return (uint32_t)r.x[2];
}

static void parse(struct ns_info *out)
{
    if (out->bytes == 0) {
        return;
    }
    ck_assert_uint_eq(get_bytes(&bytes[0], 4), AMD);
    out->count = (uint32_t)get_bytes(&bytes[4], 4);
    ck_assert_uint_eq(get_bytes(&bytes[8], 4), AMD);
    ck_assert_uint_eq(get_bytes(&bytes[12], 4), 0);
    ck_assert_uint_eq(out->bytes, (out->count + 1) * AMD);
    for (uint32_t n = 0; n < out->count; n++) {
        const uint8_t *at = &bytes[(n + 1) * AMD];

        out->amd[n] = (struct amd){.address = get_bytes(&at[0], 8),
                                   .page_count = (uint32_t)get_bytes(&at[8], 4),
                                   .rap = at[12],
                                   .component = (uint16_t)get_bytes(&at[13], 2),
                                   .flags = at[15]};
    }
}

void ns_info_get(uint16_t target, struct ns_info *out)
{
    uint32_t room = mailbox_bytes(NWD);
    uint64_t flags = 0;
    uint32_t rest;

    memset(out, 0, sizeof(*out));
    do {
        struct regs r = ns_call(target, flags);
        uint32_t written = ns_written(r);

        rest = ns_remaining(r);
        ck_assert_uint_le(out->bytes + written, sizeof(bytes));
        ck_assert_uint_le(written, room);
        ck_assert(rest == 0 || written == room);
        memcpy(&bytes[out->bytes], rx_of(NWD), written);
        for (uint32_t i = written; written != 0 && i < room; i++) {
            ck_assert_uint_eq(rx_of(NWD)[i], 0);
        }
        ck_assert_int_eq(error_of(CALL(NWD, FFA_RX_RELEASE)), written != 0 ? 0 : FFA_DENIED);
        out->bytes += written;
        out->calls++;
        flags = FFA_NS_RES_CONTINUE;
    } while (rest != 0);
    parse(out);
}

uint32_t ns_info_has(const struct ns_info *info, uint16_t component, uint64_t address,
                     uint32_t page_count, uint8_t rap)
{
    uint32_t found = 0;

    for (uint32_t n = 0; n < info->count; n++) {
        const struct amd *amd = &info->amd[n];

        found += amd->component == component && amd->address == address &&
                 amd->page_count == page_count && amd->rap == rap && amd->flags == 0;
    }
    return found;
}
