/* SPDX-License-Identifier: BSD-3-Clause */
/* Short words for tests about interrupts. */
#ifndef TEST_INTERRUPT_POLICY_H
#define TEST_INTERRUPT_POLICY_H

#include "fixture.h"

#define REQ  FFA_MSG_SEND_DIRECT_REQ_32
#define RESP FFA_MSG_SEND_DIRECT_RESP_32

#define HF_INTERRUPT_ENABLE     0xff03u
#define HF_INTERRUPT_GET        0xff04u
#define HF_INTERRUPT_DEACTIVATE 0xff08u
#define HF_INTERRUPT_SEND_IPI   0xff0au

#define PMR_OPEN      0xffu
#define PMR_NS_MASKED 0x80u
#define PMR_ALL       0u

static inline struct vcpu *run(unsigned cpu, struct vcpu *caller, uint16_t id)
{
    struct vcpu *target = world_vcpu(id, world_sp(id)->vcpu_count > 1 ? cpu : 0);

    return CALL(cpu, caller, FFA_RUN, FFA_PAIR(id, target->index));
}

static inline struct partition_manifest *manifest_of(uint16_t id)
{
    return &world.partition_manifest[id - FFA_ID_SP_FIRST];
}

static inline uint64_t pmr(unsigned cpu)
{
    return world.pe[cpu].sysreg[ARCH_ICC_PMR];
}

/* It takes its first virtual interrupt, as its handler would. */
static inline uint64_t take(unsigned cpu, struct vcpu *vcpu)
{
    struct vcpu *next = CALL(cpu, vcpu, HF_INTERRUPT_GET);

    must(next == vcpu);
    return vcpu->frame.x[0];
}

static inline struct vcpu *ns_interrupt(unsigned cpu, struct vcpu *vcpu)
{
    return world_exit(cpu, vcpu, VCPU_EXIT_FIQ, 0, 0, 0);
}

/* Asks `id` of the partition `from`, and it must arrive. */
static inline struct vcpu *ask(unsigned cpu, struct vcpu *from, uint16_t id)
{
    struct vcpu *next = CALL(cpu, from, REQ, FFA_PAIR(from->partition->id, id));

    must(next->partition->id == id);
    return next;
}

static inline struct vcpu *answer(unsigned cpu, struct vcpu *vcpu)
{
    return CALL(cpu, vcpu, RESP, FFA_PAIR(vcpu->partition->id, vcpu->request_origin));
}

#define ck_x(vcpu, n, value) ck_assert_uint_eq((vcpu)->frame.x[n], (value))

/* It was resumed with FFA_INTERRUPT for `intid`. */
#define ck_interrupt(vcpu, intid)                         \
    do {                                                  \
        ck_x(vcpu, 0, FFA_INTERRUPT);                     \
        ck_x(vcpu, 1, 0);                                 \
        ck_x(vcpu, 2, (intid));                           \
        ck_assert_uint_eq((vcpu)->frame.store, FFA_REGS); \
    } while (0)

#endif
