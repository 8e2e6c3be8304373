/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The catalogue of events: everything that a run tells, and all that its hash covers. An event is a
 * fixed header, `arg_count` 64-bit arguments and `text_bytes` of text. The order of the types is
 * part of the file format: append only.
 */
#ifndef SIM_EVENT_H
#define SIM_EVENT_H

#include <stdint.h>

#define EVENT_MAX_ARGS 20u
#define EVENT_MAX_TEXT 256u

/* X(name, "printed name", "arguments; text") */
#define EVENT_CATALOGUE(X)                                                            \
    X(RUN_START, "start", "seed, PEs, limit_ns; scenario name")                       \
    X(ENDPOINT, "endpoint", "vCPUs, FF-A version; name")                              \
    X(BOOT, "boot", "SPMC version, SPMC load address")                                \
    X(CALL, "call", "enum event_conduit, x0..x7 or x0..x17")                          \
    X(RESUME, "resume", "x0..x7 or x0..x17 given to the context; resumed by `from`")  \
    X(PARTITION, "partition", "enum partition_state from, to")                        \
    X(VCPU, "vcpu", "enum vcpu_state from, to: life-cycle changes only")              \
    X(UART, "uart", "base address; one line")                                         \
    X(EXCEPTION, "exception", "target EL, ESR, FAR, ELR[, vector]: taken inside")     \
    X(ABORT, "abort", "ESR, FAR, HPFAR, PC: stage-2 abort taken to the SPMC")         \
    X(NOTE, "note", "; scenario's own words")                                         \
    X(WARNING, "warning", "; what the machine does not model")                        \
    X(EXPECT, "expect", "0 failed, 1 held; where and what")                           \
    X(CHECK, "check", "; an invariant that does not hold")                            \
    X(PANIC, "panic", "; the SPMC's last words")                                      \
    X(PSCI, "psci", "FID, arguments: power changes that the SPMD carried out")        \
    X(RUN_END, "end", "verdict, instructions retired by each PE ...; why")            \
    X(RESET, "reset", "; which device asked for a reset of the machine, and why")     \
    X(INTERRUPT, "interrupt", "INTID, enum event_interrupt: at `pe`")                 \
    X(INTERRUPTED, "interrupted", "EL, 0 IRQ or 1 FIQ, PC: taken to the level above") \
    X(FAULT, "fault", "index in the plan, strike, enum fault_kind, detail; what was done")

enum event_type {
#define X(name, printed, doc) EVENT_##name,
    EVENT_CATALOGUE(X)
#undef X
        EVENT_TYPE_COUNT
};

enum event_conduit {
    EVENT_SMC,
    EVENT_HVC,
    EVENT_SVC,
    EVENT_ERET, /* a resume without a conduit */
};

enum event_interrupt {
    EVENT_INTERRUPT_PENDING,
    EVENT_INTERRUPT_ACKNOWLEDGED,
    EVENT_INTERRUPT_ENDED,
};

/* In memory and under the hash; little-endian hosts only (checked at build time). 24 bytes. */
struct event_header {
    uint64_t time_ns;
    uint16_t type;     /* enum event_type */
    uint16_t endpoint; /* whose event; 0xffff: the machine's own */
    uint16_t vcpu;
    uint16_t from; /* other endpoint concerned, 0xffff: none */
    uint8_t pe;
    uint8_t arg_count;
    uint16_t text_bytes;
    uint32_t reserved; /* zero */
};

#define EVENT_NOBODY 0xffffu

#endif
