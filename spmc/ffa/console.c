/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_CONSOLE_LOG (FF-A v1.2, 13.11): characters collect in a line per vCPU until it is whole. */
#include "ffa/call.h"

#define FIRST_REGISTER 2u

static uint32_t longest(const struct ffa_call *call)
{
    if ((call->fid & SMCCC_64_BIT) == 0) {
        return (FFA_REGS - FIRST_REGISTER) * (uint32_t)sizeof(uint32_t);
    }
    /* Older callers know only x0..x7. */
    return call->partition->ffa_version >= FFA_VERSION_1_2
               ? (FFA_REGS_EXTENDED - FIRST_REGISTER) * (uint32_t)sizeof(uint64_t)
               : (FFA_REGS - FIRST_REGISTER) * (uint32_t)sizeof(uint64_t);
}

static void flush(const struct ffa_call *call)
{
    struct console_line *line = call->vcpu->console;

    spmc_log_console(call->cpu->arch, &call->spmc->log, spmc_partition_name(call->partition),
                     call->vcpu->index, line->text, line->used);
    line->used = 0;
}

static void put(const struct ffa_call *call, char c)
{
    struct console_line *line = call->vcpu->console;

    if (c == '\n') {
        flush(call);
        return;
    }
    if (c == '\0') {
        return; /* the end of a string that was sent with it */
    }
    if (line->used == sizeof(line->text)) {
        flush(call);
    }
    line->text[line->used++] = c;
}

void ffa_console_log(const struct ffa_call *call, struct ffa_result *out)
{
    uint64_t length = ffa_arg(call, 1);
    unsigned bytes_in_register = (call->fid & SMCCC_64_BIT) != 0 ? 8 : 4;

    if (length == 0 || length > longest(call)) {
        ffa_return_error(out, FFA_INVALID_PARAMETERS);
        return;
    }
    for (uint32_t i = 0; i < (uint32_t)length; i++) {
        uint64_t x = call->x[FIRST_REGISTER + i / bytes_in_register];

        put(call, (char)(uint8_t)(x >> (8 * (i % bytes_in_register))));
    }
    ffa_return_success(out);
}
