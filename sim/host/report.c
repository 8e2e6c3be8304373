/* SPDX-License-Identifier: BSD-3-Clause */
/* What a run tells: events at the door. */
#include <string.h>

#include "sim/host/host.h"

static struct event_header header_of(const struct arch_pe *pe, const struct context *context,
                                     enum event_type type)
{
    return (struct event_header){
        .time_ns = pe->pe->now_ns,
        .type = (uint16_t)type,
        .endpoint = context->config.endpoint,
        .vcpu = context->config.vcpu_index,
        .from = EVENT_NOBODY,
        .pe = (uint8_t)pe->pe->index,
    };
}

void report_call(struct arch_pe *pe, const struct context *context, enum event_conduit conduit,
                 const uint64_t *x, unsigned count)
{
    struct event_header header = header_of(pe, context, EVENT_CALL);
    uint64_t arg[1 + FFA_REGS_EXTENDED];

    header.arg_count = (uint8_t)(1 + count);
    arg[0] = conduit;
    memcpy(&arg[1], x, count * sizeof(arg[0]));
    trace_emit(pe->run->config.trace, &header, arg, NULL);
}

void report_resume(struct arch_pe *pe, const struct context *context, uint16_t from,
                   const uint64_t *x, unsigned count)
{
    struct event_header header = header_of(pe, context, EVENT_RESUME);

    header.from = from;
    header.arg_count = (uint8_t)count;
    trace_emit(pe->run->config.trace, &header, x, NULL);
}

void report_abort(struct arch_pe *pe, struct context *context, const struct vcpu_exit *exit)
{
    struct event_header header = header_of(pe, context, EVENT_ABORT);
    const uint64_t arg[] = {exit->esr, exit->far, exit->hpfar,
                            context->ops->get_sysreg(context, CONTEXT_PC)};

    header.arg_count = 4;
    trace_emit(pe->run->config.trace, &header, arg, NULL);
}

void report_interrupted(struct arch_pe *pe, struct context *context, unsigned el, bool is_fiq)
{
    struct event_header header = header_of(pe, context, EVENT_INTERRUPTED);
    const uint64_t arg[] = {el, is_fiq, context->ops->get_sysreg(context, CONTEXT_PC)};

    header.arg_count = 3;
    trace_emit(pe->run->config.trace, &header, arg, NULL);
}

void report_text(struct run *run, struct sim_pe *pe, enum event_type type, const char *text)
{
    size_t length = strlen(text);
    struct event_header header = {
        .time_ns = pe != NULL ? pe->now_ns : 0,
        .type = (uint16_t)type,
        .endpoint = EVENT_NOBODY,
        .from = EVENT_NOBODY,
        .pe = (uint8_t)(pe != NULL ? pe->index : 0),
        .text_bytes = (uint16_t)(length < EVENT_MAX_TEXT ? length : EVENT_MAX_TEXT),
    };

    trace_emit(run->config.trace, &header, NULL, text);
}

void report_partitions(struct arch_pe *pe)
{
    struct run *run = pe->run;
    uint32_t count = spmc_partition_count(run->spmc);

    for (uint32_t i = 0; i < count; i++) {
        const struct partition *partition = spmc_partition_at(run->spmc, i);

        if (partition->state != run->partition_state[i]) {
            const uint64_t arg[] = {run->partition_state[i], partition->state};
            struct event_header header = {
                .time_ns = pe->pe->now_ns,
                .type = EVENT_PARTITION,
                .endpoint = partition->id,
                .from = EVENT_NOBODY,
                .pe = (uint8_t)pe->pe->index,
                .arg_count = 2,
            };

            run->partition_state[i] = partition->state;
            trace_emit(run->config.trace, &header, arg, NULL);
        }
    }
}

static void report_endpoint(struct run *run, uint16_t id, uint64_t vcpus, const char *name)
{
    const uint64_t arg[] = {vcpus, 0};
    struct event_header header = {
        .type = EVENT_ENDPOINT,
        .endpoint = id,
        .from = EVENT_NOBODY,
        .arg_count = 2,
        .text_bytes = (uint16_t)strlen(name),
    };

    trace_emit(run->config.trace, &header, arg, name);
}

void report_start(struct run *run)
{
    const uint64_t arg[] = {run->config.seed, run->config.pe_count, run->config.limit_ns};
    const uint64_t boot[] = {SPMC_FFA_VERSION, run->attribute.load_address};
    size_t length = strlen(run->config.name);
    struct event_header header = {
        .type = EVENT_RUN_START,
        .endpoint = EVENT_NOBODY,
        .from = EVENT_NOBODY,
        .arg_count = 3,
        .text_bytes = (uint16_t)(length < EVENT_MAX_TEXT ? length : EVENT_MAX_TEXT),
    };

    trace_emit(run->config.trace, &header, arg, run->config.name);
    report_endpoint(run, FFA_ID_NWD, run->config.pe_count, "NWd");
    report_endpoint(run, FFA_ID_SPMC, run->config.pe_count, "SPMC");
    for (uint32_t i = 0; i < run->config.partition_count; i++) {
        report_endpoint(run, (uint16_t)(FFA_ID_SP_FIRST + i), run->config.partition[i].vcpu_count,
                        run->config.partition[i].name);
    }
    header.type = EVENT_BOOT;
    header.endpoint = FFA_ID_SPMD;
    header.arg_count = 2;
    header.text_bytes = 0;
    trace_emit(run->config.trace, &header, boot, NULL);
}

void report_end(struct run *run, const struct run_result *result)
{
    uint64_t arg[EVENT_MAX_ARGS] = {result->verdict};
    unsigned pes =
        run->config.pe_count < EVENT_MAX_ARGS - 1 ? run->config.pe_count : EVENT_MAX_ARGS - 1;
    size_t length = strlen(result->why);
    struct event_header header = {
        .time_ns = result->simulated_ns,
        .type = EVENT_RUN_END,
        .endpoint = EVENT_NOBODY,
        .from = EVENT_NOBODY,
        .arg_count = (uint8_t)(1 + pes),
        .text_bytes = (uint16_t)(length < EVENT_MAX_TEXT ? length : EVENT_MAX_TEXT),
    };

    memcpy(&arg[1], result->retired, pes * sizeof(arg[0]));
    trace_emit(run->config.trace, &header, arg, result->why);
}
