/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A rejected call changes nothing, and whatever is called leaves a legal state: calls are generated
 * from a fixed sequence, near enough to real ones to get past the first checks.
 */
#include "fixture.h"

#include <string.h>

#define CALLS 200000u

static uint64_t lcg = 1;

static uint32_t rnd(uint32_t below)
{
    lcg = lcg * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(lcg >> 33) % below;
}

static uint64_t any_register(void)
{
    static const uint64_t interesting[] = {0,
                                           0,
                                           0,
                                           1,
                                           2,
                                           FFA_PAIR(0, SP_A),
                                           FFA_PAIR(SP_A, SP_B),
                                           FFA_PAIR(SP_B, SP_A),
                                           FFA_PAIR(SP_A, SP_MP),
                                           FFA_PAIR(SP_MP, SP_A),
                                           FFA_PAIR(SP_B, SP_MP),
                                           FFA_PAIR(SP_A, 0),
                                           FFA_PAIR(SP_MP, 1),
                                           FFA_PAIR(SP_B, 0),
                                           FFA_PAIR(SP_MP, 0),
                                           FFA_PAIR(0, SP_B),
                                           FFA_PAIR(0, SP_MP),
                                           FFA_PAIR(0xffff, 0x8000),
                                           FFA_FRAMEWORK_MSG | 8,
                                           WORLD_NS_BASE,
                                           WORLD_NS_BASE + 0x1000,
                                           WORLD_SP_BASE,
                                           WORLD_SP_BASE + 0x1000,
                                           0x1716151413121110,
                                           ~0ull};

    if (rnd(16) == 0) {
        return lcg;
    }
    return interesting[rnd(sizeof(interesting) / sizeof(interesting[0]))];
}

static uint64_t any_fid(void)
{
    static const uint32_t common[] = {FFA_MSG_SEND_DIRECT_REQ_32, FFA_MSG_SEND_DIRECT_RESP_32,
                                      FFA_RUN, FFA_YIELD, FFA_MSG_WAIT};
    uint32_t fid;

    if (rnd(3) == 0) {
        return common[rnd(5)];
    }
    do {
        fid = (FFA_FID_FIRST + rnd(0x34)) | (rnd(2) != 0 ? SMCCC_64_BIT : 0);
        /* Aborts are rare, or soon nobody would be left. */
    } while (((fid & ~SMCCC_64_BIT) == FFA_ABORT_32 || fid == FFA_ERROR) && rnd(400) != 0);
    return fid;
}

static void reset(void)
{
    world_reset();
    world_notifications(rnd(2) != 0);
    for (unsigned n = 0; n < WORLD_PARTITIONS; n++) {
        world.partition_manifest[n].service[0].messaging_method |= FFA_PROP_INDIRECT_MSG;
    }
}

/* Buffers where there are none, else a message near enough to a good one. */
static void use_mailbox(const struct vcpu *vcpu, uint64_t x[FFA_REGS_EXTENDED])
{
    const struct partition *partition = vcpu->partition;
    bool is_nwd = partition_is_nwd(partition);
    uint64_t base = is_nwd ? WORLD_NS_BASE : partition->vm->load_address;
    uint16_t header[10] = {0};

    memset(x, 0, FFA_REGS_EXTENDED * sizeof(x[0]));
    if (!partition->mailbox.mapped) {
        x[0] = FFA_RXTX_MAP_64;
        x[1] = base;
        x[2] = base + PAGE_SIZE_BYTES;
        x[3] = 1;
        return;
    }
    if (rnd(4) == 0) {
        x[0] = FFA_RX_RELEASE;
        return;
    }
    header[4] = (uint16_t)(rnd(8) == 0 ? any_register() : 40);                       /* offset */
    header[6] = (uint16_t)(rnd(8) == 0 ? any_register() : rnd(2) * (SP_A + rnd(5))); /* receiver */
    header[7] = (uint16_t)(rnd(8) == 0 ? any_register() : partition->id);            /* sender */
    header[8] = (uint16_t)rnd(5000);                                                 /* size */
    memset(world.state.ram, 0, 64);
    memcpy(world.state.ram, header, sizeof(header));
    x[0] = FFA_MSG_SEND2;
    x[2] = rnd(8) == 0 ? rnd(4) : 0;
}

/* Notifications between those who are there: bitmaps, bindings, and what they are good for. */
static void use_notifications(const struct vcpu *vcpu, uint64_t x[FFA_REGS_EXTENDED])
{
    static const uint32_t fids[] = {FFA_NOTIFICATION_BIND,       FFA_NOTIFICATION_BIND,
                                    FFA_NOTIFICATION_SET,        FFA_NOTIFICATION_SET,
                                    FFA_NOTIFICATION_GET,        FFA_NOTIFICATION_UNBIND,
                                    FFA_NOTIFICATION_INFO_GET_64};
    bool is_nwd = partition_is_nwd(vcpu->partition);
    uint16_t own = is_nwd ? (uint16_t)rnd(2) : vcpu->partition->id;
    uint16_t other = (uint16_t)(is_nwd || rnd(2) != 0 ? SP_A + rnd(3) : rnd(2));

    memset(x, 0, FFA_REGS_EXTENDED * sizeof(x[0]));
    x[0] = fids[rnd(7)];
    x[1] = x[0] == FFA_NOTIFICATION_SET ? FFA_PAIR(own, other) : FFA_PAIR(other, own);
    x[3] = 1u << (own + other) % 8;
    if (is_nwd && rnd(4) == 0) {
        x[0] = rnd(2) != 0 ? FFA_NOTIFICATION_BITMAP_CREATE : FFA_NOTIFICATION_BITMAP_DESTROY;
        x[1] = own;
        x[2] = x[0] == FFA_NOTIFICATION_BITMAP_CREATE ? 1 + rnd(3) : 0;
        x[3] = 0;
    } else if (x[0] == FFA_NOTIFICATION_GET) {
        x[1] = FFA_PAIR(rnd(2), own);
        x[2] = rnd(is_nwd ? 6 : 16);
        x[3] = 0;
    } else if (x[0] == FFA_NOTIFICATION_INFO_GET_64) {
        memset(&x[1], 0, 7 * sizeof(x[0]));
    } else if (x[0] != FFA_NOTIFICATION_UNBIND && rnd(4) == 0) {
        x[2] = rnd(2) | (x[0] == FFA_NOTIFICATION_SET && rnd(2) != 0 ? rnd(2) << 16 : 0);
    }
}

/* What an error may change: the result, and that an ABI has been used. */
static void forget_result(struct world_state *state, const struct vcpu *vcpu)
{
    size_t vcpu_index = (size_t)(vcpu - world.state.vcpu);
    size_t n = (size_t)(vcpu->partition - world.state.partition);

    memset(&state->vcpu[vcpu_index].frame, 0, sizeof(struct vcpu_frame));
    if (partition_is_nwd(vcpu->partition)) {
        state->nwd.version_frozen = false;
    } else {
        state->partition[n].version_frozen = false;
    }
}

static void ck_vcpu(const struct vcpu *vcpu)
{
    unsigned steps = 0;

    if (vcpu->state == VCPU_WAITING || vcpu->state == VCPU_ABORTED) {
        must(vcpu->runtime_model == RTM_NONE);
        must(!vcpu->processing_request);
        must(vcpu->chain_prev == NULL);
        must(vcpu->chain_next == NULL);
    } else {
        must(vcpu->runtime_model != RTM_NONE);
    }
    if (vcpu->state == VCPU_RUNNING) {
        must(vcpu->cpu->current == vcpu);
    }
    for (const struct vcpu *at = vcpu; at->chain_next != NULL; at = at->chain_next) {
        must(at->chain_next->chain_prev == at);
        must(at->chain_next->cpu == at->cpu);
        must(++steps < WORLD_VCPUS);
    }
}

static void ck_world(void)
{
    for (unsigned i = 0; i < WORLD_VCPUS; i++) {
        ck_vcpu(&world.state.vcpu[i]);
    }
    for (unsigned i = 0; i < WORLD_CPUS; i++) {
        const struct vcpu *current = world.state.cpu[i].current;

        must(partition_is_nwd(current->partition) || current->state == VCPU_RUNNING);
    }
}

/* Is there enough going on? From time to time everything starts anew in any case. */
static bool is_lively(unsigned call)
{
    unsigned aborted = 0;

    for (unsigned n = 0; n < WORLD_PARTITIONS; n++) {
        aborted += world.state.partition[n].state == PARTITION_ABORTING;
    }
    return aborted < 2 && call % 300 != 299;
}

START_TEST(generated_calls_that_are_rejected_change_nothing)
{
    static struct world_state before;
    static struct world_state after;
    unsigned rejected[2] = {0};
    unsigned accepted[2] = {0};
    unsigned sent[2] = {0};
    unsigned notified[2] = {0};

    reset();
    for (unsigned i = 0; i < CALLS; i++) {
        unsigned cpu = rnd(WORLD_CPUS);
        struct vcpu *vcpu = world.state.cpu[cpu].current;
        bool is_nwd = partition_is_nwd(vcpu->partition);
        uint64_t x[FFA_REGS_EXTENDED];
        struct vcpu *next;

        for (unsigned n = 1; n < FFA_REGS_EXTENDED; n++) {
            x[n] = n < 4 || rnd(8) == 0 ? any_register() : 0;
        }
        if (rnd(4) != 0) {
            x[2] = 0;
        }
        x[0] = any_fid();
        if (is_nwd && rnd(8) == 0) {
            x[0] = rnd(2) != 0 ? FFA_RUN : FFA_MSG_SEND_DIRECT_REQ_32;
            x[1] = x[0] == FFA_RUN ? FFA_PAIR(SP_A + rnd(WORLD_PARTITIONS), 0)
                                   : FFA_PAIR(0, SP_A + rnd(WORLD_PARTITIONS));
        } else if (!is_nwd && rnd(8) == 0) {
            /* What a partition mostly does: it answers. */
            x[0] = vcpu->request_fid + 1;
            x[1] = FFA_PAIR(vcpu->partition->id, vcpu->request_origin);
            x[3] = 0;
        }
        if (rnd(8) == 0) {
            use_mailbox(vcpu, x);
        } else if (rnd(4) == 0) {
            use_notifications(vcpu, x);
        }
        if (!is_nwd) {
            memcpy(&vcpu->arch->x[FFA_REGS], &x[FFA_REGS], sizeof(x) - FFA_REGS * sizeof(x[0]));
        }
        memcpy(&before, &world.state, sizeof(before));
        if (rnd(50) == 0 && !is_nwd) {
            next = world_exit(cpu, vcpu, VCPU_EXIT_FIQ, 0, 0, 0);
        } else {
            next = world_call(cpu, vcpu, x, FFA_REGS_EXTENDED);
        }
        ck_world();
        if (next == vcpu && next->frame.x[0] == FFA_ERROR && next->frame.store != 0) {
            must(world_error(next) < 0);
            memcpy(&after, &world.state, sizeof(after));
            forget_result(&before, vcpu);
            forget_result(&after, vcpu);
            ck_assert_msg(memcmp(&before, &after, sizeof(before)) == 0, "call %u, 0x%08x, error %d",
                          i, (unsigned)x[0], world_error(next));
            rejected[is_nwd]++;
        } else {
            accepted[is_nwd]++;
            sent[is_nwd] += x[0] == FFA_MSG_SEND2;
            notified[is_nwd] += x[0] == FFA_NOTIFICATION_SET;
        }
        memset(world.console_text, 0, sizeof(world.console_text));
        if (!is_lively(i)) {
            reset();
        }
    }
    /* The sequence is worth something only when much of both kinds happens. */
    for (unsigned who = 0; who < 2; who++) {
        ck_assert_uint_gt(rejected[who], CALLS / 20);
        ck_assert_uint_gt(accepted[who], CALLS / 100);
        ck_assert_uint_gt(sent[who], CALLS / 1000);
        ck_assert_msg(notified[who] > CALLS / 1000, "%u %u", notified[0], notified[1]);
    }
}
END_TEST

START_TEST(any_first_register_and_any_exit_is_survived)
{
    for (unsigned i = 0; i < CALLS; i++) {
        struct vcpu *vcpu = world.state.cpu[0].current;
        uint64_t x[FFA_REGS] = {lcg, any_register(), any_register(), any_register()};

        if (rnd(2) != 0 || partition_is_nwd(vcpu->partition)) {
            x[0] = rnd(2) != 0 ? any_fid() : lcg;
            world_call(0, vcpu, x, FFA_REGS);
        } else {
            world_exit(0, vcpu, (enum vcpu_exit_kind)rnd(4), rnd(64), rnd(1u << 25), lcg);
        }
        ck_world();
        memset(world.console_text, 0, sizeof(world.console_text));
        if (!is_lively(i)) {
            world_reset();
        }
    }
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, generated_calls_that_are_rejected_change_nothing);
    tcase_add_test(tcase, any_first_register_and_any_exit_is_survived);
}

int main(void)
{
    return world_main("rejected", add);
}
