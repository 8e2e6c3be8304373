/* SPDX-License-Identifier: BSD-3-Clause */
/* What a call asks for, from its registers (FF-A v1.2; PSCI, DEN0022). */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/trace/ffa_names.h"
#include "sim/trace/names.h"
#include "sim/trace/story_text.h"

#define LAST_REG 17u

struct call {
    struct story_line *line;
    const struct story_names *names;
    const struct story_regs *regs;
};

typedef void (*decoder)(const struct call *call);

static void regs_from(const struct call *call, unsigned first)
{
    line_add_regs(call->line, call->regs, first, LAST_REG);
}

static void add_address(const struct call *call, const char *what, unsigned index)
{
    line_add(call->line, " %s 0x%" PRIx64, what,
             call->regs->wide ? reg(call->regs, index) : reg_w(call->regs, index));
}

static void add_pages(const struct call *call, uint64_t pages)
{
    line_add(call->line, " %" PRIu64 " page%s", pages, pages == 1 ? "" : "s");
}

static void add_handle(const struct call *call)
{
    line_add(call->line, " handle 0x%" PRIx64,
             (uint64_t)reg_w(call->regs, 2) << 32 | reg_w(call->regs, 1));
}

static void plain(const struct call *call)
{
    regs_from(call, 1);
}

static void error(const struct call *call)
{
    int32_t code = (int32_t)reg_w(call->regs, 2);
    const char *name = ffa_error_name(code);

    line_add(call->line, name != NULL ? " %s" : " code ", name);
    if (name == NULL) {
        line_add(call->line, "%" PRId32, code);
    }
    line_add_regs(call->line, call->regs, 1, 1);
    regs_from(call, 3);
}

static void version(const struct call *call)
{
    uint32_t wanted = reg_w(call->regs, 1);

    if ((wanted & FFA_VERSION_RESERVED) != 0) {
        line_add(call->line, " 0x%" PRIx32, wanted);
    } else {
        line_add(call->line, " %" PRIu32 ".%" PRIu32, FFA_VERSION_MAJOR(wanted),
                 FFA_VERSION_MINOR(wanted));
    }
    regs_from(call, 2);
}

static void features(const struct call *call)
{
    uint32_t what = reg_w(call->regs, 1);
    const char *name =
        (what & SMCCC_FAST_BIT) != 0 ? ffa_name(what) : ffa_feature_name(what & 0xffu);

    if (name != NULL && ((what & SMCCC_FAST_BIT) != 0 || what <= 0xffu)) {
        line_add(call->line, " %s", name);
    } else {
        line_add(call->line, " 0x%" PRIx32, what);
    }
    regs_from(call, 2);
}

static void rxtx_map(const struct call *call)
{
    add_address(call, "tx", 1);
    add_address(call, "rx", 2);
    add_pages(call, reg_w(call->regs, 3));
    regs_from(call, 4);
}

/* w1[31:16] or w1[15:0] names a VM where a hypervisor calls on its behalf */
static void for_vm_high(const struct call *call)
{
    if (reg_w(call->regs, 1) != 0) {
        line_add(call->line, " for ");
        line_add_endpoint(call->line, call->names, FFA_SENDER(reg_w(call->regs, 1)));
    }
    regs_from(call, 2);
}

static void for_vm(const struct call *call)
{
    if (reg_w(call->regs, 1) != 0) {
        line_add(call->line, " for ");
        line_add_endpoint(call->line, call->names, FFA_RECEIVER(reg_w(call->regs, 1)));
    }
    regs_from(call, 2);
}

static void partition_info(const struct call *call)
{
    const struct story_regs *regs = call->regs;

    if (line_add_uuid(call->line, reg_w(regs, 1) | (uint64_t)reg_w(regs, 2) << 32,
                      reg_w(regs, 3) | (uint64_t)reg_w(regs, 4) << 32)) {
        line_add(call->line, " all");
    }
    if (reg_w(regs, 5) == FFA_PARTITION_INFO_COUNT_ONLY) {
        line_add(call->line, " count only");
        regs_from(call, 6);
    } else {
        regs_from(call, 5);
    }
}

static void partition_info_regs(const struct call *call)
{
    uint64_t where = reg(call->regs, 3);

    if (line_add_uuid(call->line, reg(call->regs, 1), reg(call->regs, 2))) {
        line_add(call->line, " all");
    }
    line_add(call->line, " from %u", (unsigned)(where & 0xffff));
    if ((where >> 16) != 0) {
        line_add(call->line, " tag 0x%" PRIx64, where >> 16);
    }
    regs_from(call, 4);
}

static void msg_wait(const struct call *call)
{
    if (reg_w(call->regs, 2) == FFA_MSG_WAIT_RETAIN_RX) {
        line_add(call->line, " retain RX");
        line_add_regs(call->line, call->regs, 1, 1);
        regs_from(call, 3);
    } else {
        regs_from(call, 1);
    }
}

static void run(const struct call *call)
{
    uint32_t target = reg_w(call->regs, 1);

    line_add(call->line, " ");
    line_add_context(call->line, call->names, FFA_SENDER(target), FFA_RECEIVER(target));
    if (FFA_SENDER(target) == FFA_ID_NWD) {
        line_add(call->line, "/%u", FFA_RECEIVER(target));
    }
    regs_from(call, 2);
}

static void memory_send(const struct call *call)
{
    line_add(call->line, " length %" PRIu32, reg_w(call->regs, 1));
    if (reg_w(call->regs, 2) != reg_w(call->regs, 1)) {
        line_add(call->line, " fragment %" PRIu32, reg_w(call->regs, 2));
    }
    if (reg(call->regs, 3) != 0 || reg_w(call->regs, 4) != 0) {
        add_address(call, "at", 3);
        add_pages(call, reg_w(call->regs, 4));
    }
    regs_from(call, 5);
}

static void with_handle(const struct call *call)
{
    add_handle(call);
    regs_from(call, 3);
}

static void memory_permissions(const struct call *call)
{
    add_address(call, "at", 1);
    regs_from(call, 2);
}

static void pair_of(const struct call *call)
{
    line_add(call->line, " ");
    line_add_endpoint(call->line, call->names, FFA_SENDER(reg_w(call->regs, 1)));
    line_add(call->line, " > ");
    line_add_endpoint(call->line, call->names, FFA_RECEIVER(reg_w(call->regs, 1)));
    regs_from(call, 2);
}

/* w1[15:0] endpoint, w1[31:16] vCPU */
static void notification_get(const struct call *call)
{
    line_add(call->line, " ");
    line_add_context(call->line, call->names, FFA_RECEIVER(reg_w(call->regs, 1)),
                     FFA_SENDER(reg_w(call->regs, 1)));
    regs_from(call, 2);
}

static void entry(const struct call *call)
{
    add_address(call, "entry", 1);
    regs_from(call, 2);
}

/* w1: characters; four or eight of them in each register from w2 */
static void console_log(const struct call *call)
{
    const unsigned each = call->regs->wide ? 8 : 4;
    uint32_t wanted = reg_w(call->regs, 1);
    char text[LAST_REG * 8];
    size_t room = 0;

    for (unsigned i = 2; i < call->regs->count && i <= LAST_REG; i++) {
        uint64_t value = call->regs->x[i];

        memcpy(text + room, &value, each);
        room += each;
    }
    line_add(call->line, " \"");
    line_add_escaped(call->line, text, wanted < room ? wanted : room);
    line_add(call->line, "\"");
    if (wanted > room || wanted == 0) {
        line_add(call->line, " (%" PRIu32 " characters)", wanted);
    }
}

static void cpu_on(const struct call *call)
{
    add_address(call, "cpu", 1);
    add_address(call, "entry", 2);
    regs_from(call, 3);
}

static void cpu(const struct call *call)
{
    add_address(call, "cpu", 1);
    regs_from(call, 2);
}

static void psci_features(const struct call *call)
{
    uint32_t fid = reg_w(call->regs, 1);

    if (psci_name(fid) != NULL) {
        line_add(call->line, " %s", psci_name(fid));
    } else {
        line_add(call->line, " 0x%" PRIx32, fid);
    }
}

static const struct {
    uint32_t fid; /* 32-bit form, unless there is none */
    decoder decode;
} decoders[] = {
    {FFA_ERROR, error},
    {FFA_VERSION, version},
    {FFA_FEATURES, features},
    {FFA_RX_RELEASE, for_vm},
    {FFA_RXTX_MAP_32, rxtx_map},
    {FFA_RXTX_UNMAP, for_vm_high},
    {FFA_PARTITION_INFO_GET, partition_info},
    {FFA_MSG_WAIT, msg_wait},
    {FFA_RUN, run},
    {FFA_MEM_DONATE_32, memory_send},
    {FFA_MEM_LEND_32, memory_send},
    {FFA_MEM_SHARE_32, memory_send},
    {FFA_MEM_RETRIEVE_REQ_32, memory_send},
    {FFA_MEM_RECLAIM, with_handle},
    {FFA_MEM_FRAG_RX, with_handle},
    {FFA_MEM_FRAG_TX, with_handle},
    {FFA_NOTIFICATION_BITMAP_CREATE, for_vm},
    {FFA_NOTIFICATION_BITMAP_DESTROY, for_vm},
    {FFA_NOTIFICATION_BIND, pair_of},
    {FFA_NOTIFICATION_UNBIND, pair_of},
    {FFA_NOTIFICATION_SET, pair_of},
    {FFA_NOTIFICATION_GET, notification_get},
    {FFA_RX_ACQUIRE, for_vm},
    {FFA_MSG_SEND2, for_vm_high},
    {FFA_SECONDARY_EP_REGISTER_64, entry},
    {FFA_MEM_PERM_GET_32, memory_permissions},
    {FFA_MEM_PERM_SET_32, memory_permissions},
    {FFA_CONSOLE_LOG_32, console_log},
    {FFA_PARTITION_INFO_GET_REGS_64, partition_info_regs},
    {PSCI_CPU_ON_32, cpu_on},
    {PSCI_AFFINITY_INFO_32, cpu},
    {PSCI_FEATURES, psci_features},
};

static decoder decoder_of(uint32_t fid)
{
    for (size_t i = 0; i < sizeof(decoders) / sizeof(decoders[0]); i++) {
        if (decoders[i].fid == fid || decoders[i].fid == (fid & ~SMCCC_64_BIT)) {
            return decoders[i].decode;
        }
    }
    return plain;
}

bool story_is_direct_response(uint32_t fid)
{
    return fid == FFA_MSG_SEND_DIRECT_RESP_32 || fid == FFA_MSG_SEND_DIRECT_RESP_64 ||
           fid == FFA_MSG_SEND_DIRECT_RESP2_64;
}

bool story_is_direct(uint32_t fid)
{
    return fid == FFA_MSG_SEND_DIRECT_REQ_32 || fid == FFA_MSG_SEND_DIRECT_REQ_64 ||
           fid == FFA_MSG_SEND_DIRECT_REQ2_64 || story_is_direct_response(fid);
}

void line_add_message(struct story_line *line, const struct story_regs *regs)
{
    uint32_t fid = reg_w(regs, 0);
    uint32_t flags = reg_w(regs, 2);
    unsigned first = 3;

    if (fid == FFA_MSG_SEND_DIRECT_REQ2_64 || fid == FFA_MSG_SEND_DIRECT_RESP2_64) {
        first = 4;
        line_add_uuid(line, reg(regs, 2), reg(regs, 3));
    } else if ((flags & FFA_FRAMEWORK_MSG) != 0) {
        const char *name = ffa_framework_name(FFA_FRAMEWORK_FUNCTION(flags));

        if (name != NULL && (flags & ~(FFA_FRAMEWORK_MSG | 0xffu)) == 0) {
            line_add(line, " framework %s", name);
        } else {
            line_add(line, " framework 0x%" PRIx32, flags);
        }
    } else {
        line_add_regs(line, regs, 2, 2);
    }
    if (line_add_regs(line, regs, first, LAST_REG) == 0) {
        line_add(line, " %c%u=0", regs->wide ? 'x' : 'w', first);
    }
}

/* The name without _32 and _64: the registers' names tell them apart, "(32-bit)" where none do. */
static void add_name(struct story_line *line, const char *name, uint32_t fid)
{
    size_t length = strlen(name);
    bool suffix = length > 3 &&
                  (strcmp(name + length - 3, "_32") == 0 || strcmp(name + length - 3, "_64") == 0);

    line_add(line, "%.*s", (int)(suffix ? length - 3 : length), name);
    if (suffix && (fid & SMCCC_64_BIT) == 0 && !story_is_direct(fid)) {
        line_add(line, " (32-bit)");
    }
}

void line_add_call(struct story_line *line, const struct story_names *names, uint16_t caller,
                   uint64_t conduit, const struct story_regs *regs)
{
    const struct call call = {line, names, regs};
    uint32_t fid = reg_w(regs, 0);
    const char *name = ffa_name(fid) != NULL ? ffa_name(fid) : psci_name(fid);

    if (name == NULL) {
        line_add(line, "%s 0x%" PRIx64, event_conduit_name(conduit), reg(regs, 0));
        regs_from(&call, 1);
    } else if (story_is_direct(fid)) {
        uint16_t sender = FFA_SENDER(reg_w(regs, 1));

        add_name(line, name, fid);
        if (sender != caller) {
            line_add(line, " as ");
            line_add_endpoint(line, names, sender);
        }
        line_add_message(line, regs);
    } else {
        add_name(line, name, fid);
        decoder_of(fid)(&call);
    }
}
