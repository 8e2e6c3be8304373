/* SPDX-License-Identifier: BSD-3-Clause */
#include "ffa.h"

#include "mem.h"

static enum ffa_conduit conduit_in_use;

void ffa_set_conduit(enum ffa_conduit conduit)
{
    conduit_in_use = conduit;
}

enum ffa_conduit ffa_get_conduit(void)
{
    return conduit_in_use;
}

void ffa_call(struct ffa_args *args)
{
    switch (conduit_in_use) {
    case FFA_CONDUIT_HVC:
        ffa_call_hvc(args);
        break;
    case FFA_CONDUIT_SVC:
        ffa_call_svc(args);
        break;
    default:
        ffa_call_smc(args);
        break;
    }
}

static struct ffa_args call4(uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3)
{
    struct ffa_args args = {.x = {x0, x1, x2, x3}};

    ffa_call(&args);
    return args;
}

int32_t ffa_status(const struct ffa_args *result)
{
    return (uint32_t)result->x[0] == FFA_ERROR ? (int32_t)result->x[2] : 0;
}

int32_t ffa_version(uint32_t version)
{
    struct ffa_args r = call4(FFA_VERSION, version, 0, 0);

    return (int32_t)r.x[0];
}

struct ffa_args ffa_features(uint32_t function_or_feature, uint32_t input_properties)
{
    return call4(FFA_FEATURES, function_or_feature, input_properties, 0);
}

static int32_t id_call(uint32_t function)
{
    struct ffa_args r = call4(function, 0, 0, 0);
    int32_t status = ffa_status(&r);

    return status != 0 ? status : (int32_t)(r.x[2] & 0xffffu);
}

int32_t ffa_id_get(void)
{
    return id_call(FFA_ID_GET);
}

int32_t ffa_spm_id_get(void)
{
    return id_call(FFA_SPM_ID_GET);
}

struct ffa_args ffa_rxtx_map(const void *tx, const void *rx, uint32_t page_count)
{
    return call4(FFA_RXTX_MAP_64, (uintptr_t)tx, (uintptr_t)rx, page_count);
}

struct ffa_args ffa_rxtx_unmap(void)
{
    return call4(FFA_RXTX_UNMAP, 0, 0, 0);
}

struct ffa_args ffa_rx_release(void)
{
    return call4(FFA_RX_RELEASE, 0, 0, 0);
}

struct ffa_args ffa_partition_info_get(struct ffa_uuid uuid, uint32_t flags)
{
    struct ffa_args args = {.x = {FFA_PARTITION_INFO_GET, uuid.lo & 0xffffffffu, uuid.lo >> 32,
                                  uuid.hi & 0xffffffffu, uuid.hi >> 32, flags}};

    ffa_call(&args);
    return args;
}

struct ffa_args ffa_partition_info_get_regs(struct ffa_uuid uuid, uint16_t start, uint16_t tag)
{
    return call4(FFA_PARTITION_INFO_GET_REGS_64, uuid.lo, uuid.hi, FFA_PAIR(tag, start));
}

struct ffa_args ffa_msg_wait(void)
{
    return call4(FFA_MSG_WAIT, 0, 0, 0);
}

struct ffa_args ffa_yield(void)
{
    return call4(FFA_YIELD, 0, 0, 0);
}

struct ffa_args ffa_run(uint16_t endpoint, uint16_t vcpu)
{
    return call4(FFA_RUN, FFA_PAIR(endpoint, vcpu), 0, 0);
}

static struct ffa_args direct_req(uint32_t function, uint16_t from, uint16_t to,
                                  const uint64_t *payload)
{
    struct ffa_args args = {.x = {function, FFA_PAIR(from, to)}};

    memcpy(&args.x[3], payload, FFA_PAYLOAD_WORDS * sizeof(payload[0]));
    ffa_call(&args);
    return args;
}

struct ffa_args ffa_direct_req32(uint16_t from, uint16_t to, const uint64_t *payload)
{
    return direct_req(FFA_MSG_SEND_DIRECT_REQ_32, from, to, payload);
}

struct ffa_args ffa_direct_req64(uint16_t from, uint16_t to, const uint64_t *payload)
{
    return direct_req(FFA_MSG_SEND_DIRECT_REQ_64, from, to, payload);
}

struct ffa_args ffa_direct_req2(uint16_t from, uint16_t to, struct ffa_uuid uuid,
                                const uint64_t *payload)
{
    struct ffa_args args = {
        .x = {FFA_MSG_SEND_DIRECT_REQ2_64, FFA_PAIR(from, to), uuid.lo, uuid.hi}};

    memcpy(&args.x[4], payload, FFA_PAYLOAD2_WORDS * sizeof(payload[0]));
    ffa_call(&args);
    return args;
}

struct ffa_args ffa_error(int32_t code)
{
    return call4(FFA_ERROR, 0, (uint32_t)code, 0);
}

struct ffa_args ffa_abort(void)
{
    return call4(FFA_ABORT_32, 0, 0, 0);
}

struct ffa_args ffa_secondary_ep_register(const void *entry)
{
    return call4(FFA_SECONDARY_EP_REGISTER_64, (uintptr_t)entry, 0, 0);
}

struct ffa_args ffa_mem_perm_get(const void *base, uint32_t more)
{
    return call4(FFA_MEM_PERM_GET_64, (uintptr_t)base, more, 0);
}

struct ffa_args ffa_mem_perm_set(const void *base, uint32_t page_count, uint32_t permission)
{
    return call4(FFA_MEM_PERM_SET_64, (uintptr_t)base, page_count, permission);
}

/* `width` characters in each register from x2 on, the first in its low byte */
static struct ffa_args console_log(uint32_t function, unsigned width, const char *text,
                                   size_t count)
{
    struct ffa_args args = {.x = {function, count}};

    for (size_t i = 0; i < count; i++) {
        args.x[2 + i / width] |= (uint64_t)(uint8_t)text[i] << (8 * (i % width));
    }
    ffa_call(&args);
    return args;
}

struct ffa_args ffa_console_log32(const char *text, size_t count)
{
    return console_log(FFA_CONSOLE_LOG_32, 4, text, count);
}

struct ffa_args ffa_console_log64(const char *text, size_t count)
{
    return console_log(FFA_CONSOLE_LOG_64, 8, text, count);
}
