/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Calls and interrupts of all kinds in any order, from a fixed sequence, on two PEs: nobody who
 * waits is left untold, the normal world comes back the way it went, and a rejected call changes
 * nothing.
 */
#include <string.h>

#include "policy.h"

#define STEPS 300000u

static uint64_t lcg;
static bool nwd_was_taken[WORLD_CPUS]; /* by FFA_INTERRUPT, and has not come back */
static unsigned handled, intercepted, resumed, rejected, preempted;

static uint32_t rnd(uint32_t below)
{
    lcg = lcg * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(lcg >> 33) % below;
}

static void reset(void)
{
    world_reset();
    world_interrupts();
    memset(nwd_was_taken, 0, sizeof(nwd_was_taken));
    manifest_of(SP_A)->ns_interrupts_action = (uint8_t)rnd(3);
    manifest_of(SP_MP)->ns_interrupts_action = (uint8_t)rnd(3);
    if (rnd(4) == 0) {
        manifest_of(SP_B)->exception_level = MANIFEST_S_EL0;
    }
    if (rnd(4) == 0) {
        manifest_of(SP_A)->ns_interrupts_action = NS_ACTION_QUEUED;
        manifest_of(SP_A)->other_s_interrupts_action = 0;
    }
    if (rnd(3) == 0) {
        manifest_of(SP_MP)->sri_policy = (uint8_t)rnd(4);
    }
}

static uint16_t any_sp(void)
{
    return (uint16_t)(SP_A + rnd(WORLD_PARTITIONS));
}

static void random_call(const struct vcpu *vcpu, uint64_t x[FFA_REGS])
{
    uint16_t id = vcpu->partition->id;
    uint16_t other = any_sp();

    memset(x, 0, FFA_REGS * sizeof(x[0]));
    if (partition_is_nwd(vcpu->partition)) {
        x[0] = rnd(2) != 0 ? FFA_RUN : REQ;
        x[1] = x[0] == FFA_RUN ? FFA_PAIR(other, other == SP_MP ? vcpu->index : 0)
                               : FFA_PAIR(0, other);
        return;
    }
    switch (rnd(12)) {
    case 0:
        x[0] = REQ;
        x[1] = FFA_PAIR(id, other);
        break;
    case 1:
    case 2:
        x[0] = FFA_RUN;
        x[1] = FFA_PAIR(other, other == SP_MP ? vcpu->cpu->index : 0);
        break;
    case 3:
        x[0] = FFA_YIELD;
        break;
    case 4:
        x[0] = HF_INTERRUPT_SEND_IPI;
        x[1] = rnd(2);
        break;
    case 5:
        x[0] = HF_INTERRUPT_ENABLE;
        x[1] = vcpu->partition->vint_id[rnd(WORLD_VINTS)];
        x[2] = rnd(4) != 0;
        break;
    case 6:
        x[0] = rnd(200) == 0 ? FFA_ABORT_32 : FFA_ID_GET;
        break;
    case 7:
    case 8:
        x[0] = HF_INTERRUPT_GET;
        break;
    default:
        x[0] = vcpu->runtime_model == RTM_FFA_DIR_REQ ? vcpu->request_fid + 1 : FFA_MSG_WAIT;
        x[1] = x[0] != FFA_MSG_WAIT ? FFA_PAIR(id, vcpu->request_origin) : 0;
        break;
    }
}

/* Counts of what is pending and enabled agree with the flags. */
static void ck_counts(const struct vcpu *vcpu)
{
    unsigned pending = 0, ready = 0, held = 0;

    for (unsigned i = 0; i < vcpu->partition->vint_count; i++) {
        pending += (vcpu->vint[i].flags & VINT_PENDING) != 0;
        held += (vcpu->vint[i].flags & VINT_HELD) != 0;
        ready +=
            (vcpu->vint[i].flags & (VINT_PENDING | VINT_ENABLED)) == (VINT_PENDING | VINT_ENABLED);
    }
    must(pending == vcpu->vint_queued);
    must(held == vcpu->vint_held);
    must(ready == vint_ready(vcpu));
}

/* It waits, and has interrupts: somebody knows. */
static void ck_told(const struct vcpu *vcpu)
{
    bool remembered = vcpu->untold && (world.state.cpu[0].untold || world.state.cpu[1].untold);
    bool only_ipi = vint_ready(vcpu) == 1 && vint_is_pending(vcpu, VINT_IPI);

    if (vcpu->state == VCPU_WAITING && vint_ready(vcpu) != 0 &&
        vcpu->partition->state == PARTITION_RUNNING && vcpu->partition->manifest->sri_policy == 0) {
        must(remembered || only_ipi);
    }
}

static void ck_chain(const struct vcpu *vcpu)
{
    unsigned steps = 0;

    for (const struct vcpu *at = vcpu; at->chain_next != NULL; at = at->chain_next) {
        must(at->chain_next->chain_prev == at);
        must(at->chain_next->cpu == at->cpu);
        must(++steps < WORLD_VCPUS);
    }
    if (vcpu->state == VCPU_WAITING || vcpu->state == VCPU_ABORTED) {
        must(vcpu->runtime_model == RTM_NONE && !vcpu->processing_request);
        must(vcpu->chain_prev == NULL && vcpu->chain_next == NULL);
        must(!vcpu->in_call && !vcpu->call_interrupted && vcpu->managed_exit == 0);
    }
    if (vcpu->state == VCPU_RUNNING) {
        must(vcpu->cpu->current == vcpu && !vcpu->in_call);
    }
}

static void ck_pe(unsigned n)
{
    const struct spmc_cpu *cpu = &world.state.cpu[n];
    const struct vcpu *current = cpu->current;
    const struct vcpu *head = current;

    if (partition_is_nwd(current->partition)) {
        must(cpu->interrupted == NULL);
        must(pmr(n) == PMR_OPEN);
        return;
    }
    must(current->state == VCPU_RUNNING);
    while (head->chain_prev != NULL) {
        head = head->chain_prev;
    }
    must((cpu->interrupted != NULL) == (head->runtime_model == RTM_SEC_INTERRUPT));
    must(cpu->interrupted == NULL || pmr(n) == PMR_ALL);
    must(cpu->interrupted == NULL || partition_is_nwd(cpu->interrupted->partition) ||
         cpu->interrupted->state == VCPU_PREEMPTED);
}

/* The lines of whoever was let run. */
static void ck_lines(const struct vcpu *next)
{
    bool el1 = !partition_is_nwd(next->partition) &&
               next->partition->manifest->exception_level == MANIFEST_S_EL1;

    if (el1 && !(next->frame.store != 0 && next->frame.x[0] == FFA_ERROR)) {
        must(next->arch->virq == (next->vint_irq != 0));
        must(next->arch->vfiq == (next->vint_fiq != 0));
    }
}

static void ck_world(void)
{
    for (unsigned i = 0; i < WORLD_VCPUS; i++) {
        ck_counts(&world.state.vcpu[i]);
        ck_told(&world.state.vcpu[i]);
        ck_chain(&world.state.vcpu[i]);
    }
    for (unsigned i = 0; i < WORLD_CPUS; i++) {
        ck_pe(i);
    }
}

/* The normal world gets FFA_NORMAL_WORLD_RESUME when, and only when, it was taken away. */
static void ck_way_back(unsigned cpu, bool was_interrupt, const struct vcpu *before,
                        const struct vcpu *next)
{
    if (partition_is_nwd(before->partition) && was_interrupt) {
        nwd_was_taken[cpu] = true;
    }
    if (partition_is_nwd(next->partition)) {
        must((next->frame.x[0] == FFA_NORMAL_WORLD_RESUME) == nwd_was_taken[cpu]);
        resumed += nwd_was_taken[cpu];
        nwd_was_taken[cpu] = false;
    }
}

static void ck_rejected(const struct world_state *before, const struct vcpu *vcpu)
{
    static struct world_state was;
    static struct world_state is;
    size_t n = (size_t)(vcpu - world.state.vcpu);

    was = *before;
    is = world.state;
    was.vcpu[n].frame = is.vcpu[n].frame;
    memcpy(was.arch, is.arch, sizeof(was.arch));
    for (unsigned i = 0; i < WORLD_PARTITIONS; i++) {
        was.partition[i].version_frozen = is.partition[i].version_frozen;
    }
    was.nwd.version_frozen = is.nwd.version_frozen;
    must(memcmp(&was, &is, sizeof(was)) == 0);
    rejected++;
}

static uint32_t any_intid(void)
{
    static const uint32_t odd[] = {SGI_IPI, WORLD_TIMER_PPI, 1023, 99};

    return rnd(3) == 0 ? odd[rnd(4)] : WORLD_SPI(any_sp()) + rnd(2);
}

static void step(void)
{
    static struct world_state before;
    unsigned cpu = rnd(WORLD_CPUS);
    struct vcpu *vcpu = world.state.cpu[cpu].current;
    bool is_nwd = partition_is_nwd(vcpu->partition);
    bool is_interrupt = rnd(4) == 0;
    uint64_t x[FFA_REGS];
    struct vcpu *next;

    memcpy(&before, &world.state, sizeof(before));
    world.enabled[2] |= 0xff; /* a device that is enabled behind our back */
    if (is_interrupt) {
        next = world_secure_interrupt(cpu, any_intid());
        handled += next != vcpu;
    } else if (!is_nwd && rnd(8) == 0) {
        next = ns_interrupt(cpu, vcpu);
        preempted += next != vcpu;
    } else {
        random_call(vcpu, x);
        next = world_call(cpu, vcpu, x, FFA_REGS);
        if (next == vcpu && next->frame.x[0] == FFA_ERROR && next->frame.store != 0) {
            ck_rejected(&before, vcpu);
        }
        intercepted += next == vcpu && next->frame.x[0] == FFA_INTERRUPT;
    }
    ck_way_back(cpu, is_interrupt, vcpu, next);
    ck_world();
    ck_lines(next);
}

static unsigned dead(void)
{
    unsigned count = 0;

    for (unsigned n = 0; n < WORLD_PARTITIONS; n++) {
        count += world.state.partition[n].state == PARTITION_ABORTING;
    }
    return count;
}

START_TEST(any_order_is_survived_and_nobody_is_forgotten)
{
    lcg = 7;
    reset();
    for (unsigned i = 0; i < STEPS; i++) {
        step();
        if (i % 300 == 299 || dead() > 1) {
            reset();
        }
    }
    ck_assert_msg(handled > STEPS / 100 && intercepted > STEPS / 200 && resumed > STEPS / 100 &&
                      rejected > STEPS / 20 && preempted > STEPS / 500,
                  "%u %u %u %u %u", handled, intercepted, resumed, rejected, preempted);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, any_order_is_survived_and_nobody_is_forgotten);
}

int main(void)
{
    return world_main("any order", add);
}
