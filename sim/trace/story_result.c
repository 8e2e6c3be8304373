/* SPDX-License-Identifier: BSD-3-Clause */
/* What a context is given when it goes on: the result of its call, or a message. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/trace/ffa_names.h"
#include "sim/trace/names.h"
#include "sim/trace/story_text.h"

#define LAST_REG 17u

static void add_error(struct story_line *line, const struct story_regs *regs)
{
    int32_t code = (int32_t)reg_w(regs, 2);
    const char *name = ffa_error_name(code);

    line_add(line, "-> ERROR ");
    if (name != NULL) {
        line_add(line, "%s", name);
    } else {
        line_add(line, "%" PRId32, code);
    }
    line_add_regs(line, regs, 1, 1);
    line_add_regs(line, regs, 3, LAST_REG);
}

static void add_partition_range(struct story_line *line, const struct story_regs *regs)
{
    uint64_t where = reg(regs, 2);

    line_add(line, " up to %u of 0..%u", (unsigned)(where >> 16 & 0xffff),
             (unsigned)(where & 0xffff));
    if ((where >> 32 & 0xffff) != 0) {
        line_add(line, " tag 0x%x", (unsigned)(where >> 32 & 0xffff));
    }
    line_add(line, " size %u", (unsigned)(where >> 48));
    for (unsigned i = 3; (where >> 48) >= 24 && i + 2 <= LAST_REG && i + 2 < regs->count;
         i += (unsigned)(where >> 51)) {
        if (reg(regs, i) != 0) {
            line_add(line, " 0x%04x", (unsigned)(reg(regs, i) & 0xffff));
        }
    }
}

static void add_success(struct story_line *line, uint32_t call, const struct story_regs *regs)
{
    line_add(line, "-> SUCCESS");
    switch (call) {
    case FFA_ID_GET:
    case FFA_SPM_ID_GET:
        line_add(line, " id 0x%04" PRIx32, reg_w(regs, 2));
        line_add_regs(line, regs, 3, LAST_REG);
        break;
    case FFA_PARTITION_INFO_GET:
        line_add(line, " count %" PRIu32, reg_w(regs, 2));
        if (reg_w(regs, 3) != 0) {
            line_add(line, " size %" PRIu32, reg_w(regs, 3));
        }
        line_add_regs(line, regs, 4, LAST_REG);
        break;
    case FFA_PARTITION_INFO_GET_REGS_64:
        add_partition_range(line, regs);
        break;
    case FFA_MEM_DONATE_32:
    case FFA_MEM_DONATE_64:
    case FFA_MEM_LEND_32:
    case FFA_MEM_LEND_64:
    case FFA_MEM_SHARE_32:
    case FFA_MEM_SHARE_64:
        line_add(line, " handle 0x%" PRIx64, (uint64_t)reg_w(regs, 3) << 32 | reg_w(regs, 2));
        line_add_regs(line, regs, 4, LAST_REG);
        break;
    default:
        line_add_regs(line, regs, 1, LAST_REG);
        break;
    }
}

/* Calls that do not answer with an FF-A function in w0. False: not one of those. */
static bool add_plain_answer(struct story_line *line, uint32_t call, const struct story_regs *regs)
{
    int32_t answer = (int32_t)reg_w(regs, 0);
    const char *name = NULL;

    if (call == FFA_VERSION || call == PSCI_VERSION || call == SMCCC_VERSION) {
        if (answer >= 0) {
            line_add(line, "-> %" PRIu32 ".%" PRIu32, FFA_VERSION_MAJOR((uint32_t)answer),
                     FFA_VERSION_MINOR((uint32_t)answer));
            return true;
        }
        name = call == FFA_VERSION ? ffa_error_name(answer) : psci_error_name(answer);
    } else if (psci_name(call) != NULL) {
        bool state = answer >= 0 && (call & ~SMCCC_64_BIT) == PSCI_AFFINITY_INFO_32;

        name = state ? psci_affinity_name(answer) : psci_error_name(answer);
    } else if (answer == SMCCC_UNKNOWN && call != 0) {
        name = "unknown function (-1)";
    } else {
        return false;
    }
    if (name != NULL) {
        line_add(line, "-> %s", name);
    } else {
        line_add(line, "-> 0x%" PRIx64, reg(regs, 0));
    }
    return true;
}

/* "DIRECT_REQ" for FFA_MSG_SEND_DIRECT_REQ_64: the line is about what came, not about a call. */
static void add_short_name(struct story_line *line, const char *name)
{
    static const char *const prefixes[] = {"FFA_", "MSG_SEND_"};
    size_t length;

    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
        if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0) {
            name += strlen(prefixes[i]);
        }
    }
    length = strlen(name);
    if (length > 3 &&
        (strcmp(name + length - 3, "_32") == 0 || strcmp(name + length - 3, "_64") == 0)) {
        length -= 3;
    }
    line_add(line, "<- %.*s", (int)length, name);
}

static void add_from(struct story_line *line, const struct story_names *names, uint16_t from)
{
    if (from != EVENT_NOBODY && from != FFA_ID_SPMC) {
        line_add(line, " from ");
        line_add_endpoint(line, names, from);
    }
}

/* w1 names the context that was interrupted; only the normal world and schedulers get it. */
static void add_interrupt(struct story_line *line, const struct story_names *names,
                          const struct story_regs *regs)
{
    line_add(line, "<- INTERRUPT");
    if (reg_w(regs, 2) != 0) {
        line_add(line, " %" PRIu32, reg_w(regs, 2));
    }
    if (reg_w(regs, 1) != 0) {
        line_add(line, " in ");
        line_add_context(line, names, FFA_SENDER(reg_w(regs, 1)), FFA_RECEIVER(reg_w(regs, 1)));
    }
    line_add_regs(line, regs, 3, LAST_REG);
}

static void add_start(struct story_line *line, const struct story_regs *regs)
{
    line_add(line, "starts");
    line_add_regs(line, &(struct story_regs){regs->x, regs->count, true}, 0, LAST_REG);
}

void line_add_result(struct story_line *line, const struct story_names *names, uint32_t call,
                     uint16_t from, const struct story_regs *regs)
{
    uint32_t fid = reg_w(regs, 0);
    const char *name = ffa_name(fid);

    if (call == PSCI_CPU_OFF && (int32_t)fid != PSCI_DENIED) {
        add_start(line, regs); /* the PE came again; x0 is a context id, whatever it reads as */
    } else if (fid == FFA_ERROR) {
        add_error(line, regs);
    } else if (fid == FFA_SUCCESS_32 || fid == FFA_SUCCESS_64) {
        add_success(line, call, regs);
    } else if (fid == FFA_INTERRUPT) {
        add_interrupt(line, names, regs);
    } else if (name != NULL && story_is_direct(fid)) {
        add_short_name(line, name);
        line_add(line, " from ");
        line_add_endpoint(line, names, FFA_SENDER(reg_w(regs, 1)));
        line_add_message(line, regs);
    } else if (name != NULL) {
        add_short_name(line, name);
        add_from(line, names, from);
        line_add_regs(line, regs, 1, LAST_REG);
    } else if (call == 0) {
        add_start(line, regs);
    } else if (!add_plain_answer(line, call, regs)) {
        line_add(line, "->");
        if (line_add_regs(line, &(struct story_regs){regs->x, regs->count, true}, 0, LAST_REG) ==
            0) {
            line_add(line, " x0=0");
        }
    }
}
