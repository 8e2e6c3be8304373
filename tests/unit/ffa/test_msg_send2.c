/* SPDX-License-Identifier: BSD-3-Clause */
#include "fixture.h"

#include <string.h>

#include "ffa/notification.h"

/* Where each endpoint's buffers lie in the RAM that all of them see */
#define TX_A   0x0000u
#define RX_A   0x1000u
#define TX_B   0x2000u
#define RX_B   0x3000u
#define TX_NWD 0x4000u
#define RX_NWD 0x5000u
#define TX_VM  0x6000u
#define RX_VM  0x7000u

#define VM   7u
#define V1_1 20u /* bytes of a header */
#define V1_2 40u

static uint8_t *const ram = world.state.ram;

static void put32(uint32_t at, uint32_t value)
{
    memcpy(&ram[at], &value, sizeof(value));
}

static uint32_t get32(uint32_t at)
{
    uint32_t value;

    memcpy(&value, &ram[at], sizeof(value));
    return value;
}

static void set_mailbox(struct mailbox *mailbox, enum pas pas, uint64_t base, uint32_t tx,
                        uint32_t rx)
{
    *mailbox = (struct mailbox){.mapped = true,
                                .pas = (uint8_t)pas,
                                .page_count = 1,
                                .tx = paddr(base + tx),
                                .rx = paddr(base + rx)};
}

/* Every partition takes and sends indirect messages, everybody has buffers, and there is one VM. */
static void set_up(void)
{
    struct vm_slot *slot = &world.state.vm_slot[1];

    for (unsigned i = 0; i < WORLD_PARTITIONS; i++) {
        world.partition_manifest[i].service[0].messaging_method |= FFA_PROP_INDIRECT_MSG;
    }
    memset(ram, 0xee, WORLD_RAM_BYTES);
    set_mailbox(&world_sp(SP_A)->mailbox, PAS_SECURE, WORLD_SP_BASE, TX_A, RX_A);
    set_mailbox(&world_sp(SP_B)->mailbox, PAS_SECURE, WORLD_SP_BASE + WORLD_SP_SIZE, TX_B, RX_B);
    set_mailbox(&world.state.nwd.mailbox, PAS_NON_SECURE, WORLD_NS_BASE, TX_NWD, RX_NWD);
    slot->id = VM;
    slot->ffa_version = SPMC_FFA_VERSION;
    set_mailbox(&slot->mailbox, PAS_NON_SECURE, WORLD_NS_BASE, TX_VM, RX_VM);
}

/* A message "hello" at `offset` of the buffer at `tx`, with its header before. */
static void write_message(uint32_t tx, uint16_t from, uint16_t to, uint32_t offset)
{
    put32(tx, 0);
    put32(tx + 4, 0);
    put32(tx + 8, offset);
    put32(tx + 12, FFA_PAIR(from, to));
    put32(tx + 16, 5);
    if (offset >= V1_2) {
        memset(&ram[tx + 20], 0, 20);
    }
    memcpy(&ram[tx + offset], "hello", 5);
}

static int32_t send2(struct vcpu *vcpu, uint32_t w1, uint32_t w2)
{
    CALL(vcpu->cpu->index, vcpu, FFA_MSG_SEND2, w1, w2);
    return vcpu->frame.x[0] == FFA_SUCCESS_32 ? 0 : world_error(vcpu);
}

/* The buffer at `rx` holds that message and zeroes behind. */
static void ck_message(uint32_t rx, uint16_t from, uint16_t to, uint32_t offset)
{
    ck_assert_uint_eq(get32(rx), 0);
    ck_assert_uint_eq(get32(rx + 4), 0);
    ck_assert_uint_eq(get32(rx + 8), offset);
    ck_assert_uint_eq(get32(rx + 12), FFA_PAIR(from, to));
    ck_assert_uint_eq(get32(rx + 16), 5);
    ck_assert_mem_eq(&ram[rx + offset], "hello", 5);
    for (uint32_t i = offset + 5; i < PAGE_SIZE_BYTES; i++) {
        must(ram[rx + i] == 0);
    }
}

static struct vcpu *sender_a(void)
{
    set_up();
    return world_request(0, SP_A);
}

START_TEST(partitions_and_vms_send_to_each_other)
{
    struct vcpu *a = sender_a();
    struct vcpu *nwd = world_nwd(1);

    write_message(TX_A, SP_A, SP_B, V1_2);
    ck_assert_int_eq(send2(a, 0, 0), 0);
    ck_message(RX_B, SP_A, SP_B, V1_2);
    ck_assert_uint_eq(world_sp(SP_B)->mailbox.state, MAILBOX_FULL);

    write_message(TX_A, SP_A, VM, V1_2);
    ck_assert_int_eq(send2(a, 0, FFA_MSG_SEND2_DELAY_SRI), 0);
    ck_message(RX_VM, SP_A, VM, V1_2);

    write_message(TX_A, SP_A, 0, V1_2);
    ck_assert_int_eq(send2(a, 0, 0), 0);
    ck_message(RX_NWD, SP_A, 0, V1_2);

    write_message(TX_VM, VM, SP_A, V1_2);
    ck_assert_int_eq(send2(nwd, FFA_PAIR(VM, 0), 0), 0);
    ck_message(RX_A, VM, SP_A, V1_2);

    CALL(0, a, FFA_RX_RELEASE);
    ck_assert_uint_eq(a->frame.x[0], FFA_SUCCESS_32);
    write_message(TX_NWD, 0, SP_A, V1_2);
    ck_assert_int_eq(send2(nwd, 0, 0), 0);
    ck_message(RX_A, 0, SP_A, V1_2);
}
END_TEST

START_TEST(a_full_buffer_is_busy_until_it_is_given_back)
{
    struct vcpu *a = sender_a();
    struct mailbox *mailbox = &world_sp(SP_B)->mailbox;

    write_message(TX_A, SP_A, SP_B, V1_2);
    ck_assert_int_eq(send2(a, 0, 0), 0);
    ck_assert_int_eq(send2(a, 0, 0), FFA_BUSY);
    mailbox->state = MAILBOX_WRITING;
    ck_assert_int_eq(send2(a, 0, 0), FFA_BUSY);
    mailbox->state = MAILBOX_OTHER_WORLD_OWNED;
    ck_assert_int_eq(send2(a, 0, 0), FFA_BUSY);
    mailbox->state = MAILBOX_EMPTY;
    ck_assert_int_eq(send2(a, 0, 0), 0);
    mailbox->mapped = false;
    ck_assert_int_eq(send2(a, 0, 0), FFA_BUSY);
    a->partition->mailbox.mapped = false;
    ck_assert_int_eq(send2(a, 0, 0), FFA_DENIED);
}
END_TEST

START_TEST(msg_wait_takes_the_message_as_read_unless_told_to_keep_it)
{
    struct vcpu *nwd = world_nwd(0);
    struct mailbox *mailbox = &world_sp(SP_A)->mailbox;
    struct vcpu *a;

    set_up();
    write_message(TX_NWD, 0, SP_A, V1_2);
    ck_assert_int_eq(send2(nwd, 0, 0), 0);
    a = CALL(0, nwd, FFA_RUN, FFA_PAIR(SP_A, 0));
    CALL(0, a, FFA_MSG_WAIT, 0, FFA_MSG_WAIT_RETAIN_RX);
    ck_assert_uint_eq(mailbox->state, MAILBOX_FULL);
    ck_assert_int_eq(send2(nwd, 0, 0), FFA_BUSY);
    a = CALL(0, nwd, FFA_RUN, FFA_PAIR(SP_A, 0));
    CALL(0, a, FFA_MSG_WAIT);
    ck_assert_uint_eq(mailbox->state, MAILBOX_EMPTY);
    ck_assert_int_eq(send2(nwd, 0, 0), 0);
    /* The flag is of v1.2. */
    a = CALL(0, nwd, FFA_RUN, FFA_PAIR(SP_A, 0));
    a->partition->ffa_version = FFA_VERSION_1_1;
    CALL(0, a, FFA_MSG_WAIT, 0, FFA_MSG_WAIT_RETAIN_RX);
    ck_error(a, FFA_INVALID_PARAMETERS);
    ck_assert_uint_eq(mailbox->state, MAILBOX_FULL);
}
END_TEST

static uint64_t framework_of(uint16_t id)
{
    return notification_find(&world.state.spmc, id)->framework.pending;
}

/* conformance: rx_ownership.ffa_msg_wait_with_pending_message */
START_TEST(a_receiver_is_told_of_the_message_before_it_gives_rx_back)
{
    struct vcpu *nwd = world_nwd(0);
    struct mailbox *mailbox = &world_sp(SP_A)->mailbox;
    struct vcpu *a;

    set_up();
    world_notifications(false);
    world.state.spmc.gic.present = true;
    write_message(TX_NWD, 0, SP_A, V1_2);
    ck_assert_int_eq(send2(nwd, 0, 0), 0);
    ck_assert_uint_eq(framework_of(SP_A), NOTIFICATION_RX_FULL_BY_VM);
    ck_assert_uint_eq(world.pe[0].sris, 1);
    CALL(0, nwd, FFA_NOTIFICATION_INFO_GET_64);
    ck_assert_uint_eq(nwd->frame.x[3], SP_A);

    a = CALL(0, nwd, FFA_RUN, FFA_PAIR(SP_A, 0));
    ck_assert_ptr_eq(a, world_vcpu(SP_A, 0));
    CALL(0, a, FFA_RX_RELEASE);
    ck_error(a, FFA_DENIED);
    CALL(0, a, FFA_MSG_WAIT);
    ck_assert_uint_eq(mailbox->state, MAILBOX_FULL);
    ck_assert_int_eq(send2(nwd, 0, 0), FFA_BUSY);
    ck_assert_uint_eq(world.pe[0].sris, 1);

    a = CALL(0, nwd, FFA_RUN, FFA_PAIR(SP_A, 0));
    CALL(0, a, FFA_NOTIFICATION_GET, SP_A, 0x7); /* all but that one */
    ck_assert_uint_eq(a->frame.x[6] | a->frame.x[7], 0);
    CALL(0, a, FFA_RX_RELEASE);
    ck_error(a, FFA_DENIED);
    CALL(0, a, FFA_NOTIFICATION_GET, SP_A, 0x8);
    ck_assert_uint_eq(a->frame.x[6], 0);
    ck_assert_uint_eq(a->frame.x[7], 1);
    CALL(0, a, FFA_RX_RELEASE);
    ck_assert_uint_eq(a->frame.x[0], FFA_SUCCESS_32);
    CALL(0, a, FFA_RX_RELEASE);
    ck_error(a, FFA_DENIED);
}
END_TEST

START_TEST(partitions_may_delay_the_schedule_receiver_interrupt)
{
    struct vcpu *a = sender_a();
    struct vcpu *nwd = world_nwd(1);

    world_notifications(false);
    world.state.spmc.gic.present = true;
    CALL(1, nwd, FFA_NOTIFICATION_BITMAP_CREATE, VM, 1);
    write_message(TX_A, SP_A, SP_B, V1_2);
    ck_assert_int_eq(send2(a, 0, FFA_MSG_SEND2_DELAY_SRI), 0);
    ck_assert_uint_eq(framework_of(SP_B), NOTIFICATION_RX_FULL_BY_SP);
    ck_assert_uint_eq(world.pe[0].sris, 0);
    ck_assert(world.state.cpu[0].sri_is_delayed);
    write_message(TX_A, SP_A, VM, V1_2);
    ck_assert_int_eq(send2(a, 0, 0), 0);
    ck_assert_uint_eq(framework_of(VM), NOTIFICATION_RX_FULL_BY_SP);
    ck_assert_uint_eq(world.pe[0].sris, 1);

    CALL(1, nwd, FFA_RX_RELEASE, VM);
    ck_error(nwd, FFA_DENIED);
    CALL(1, nwd, FFA_NOTIFICATION_GET, VM, 0x4);
    ck_assert_uint_eq(nwd->frame.x[6], 1);
    CALL(1, nwd, FFA_RX_RELEASE, VM);
    ck_assert_uint_eq(nwd->frame.x[0], FFA_SUCCESS_32);
    /* The normal world has no bitmap: it is told of nothing and may release at once. */
    write_message(TX_A, SP_A, 0, V1_2);
    ck_assert_int_eq(send2(a, 0, 0), 0);
    ck_assert_uint_eq(world.pe[0].sris, 1);
    CALL(1, nwd, FFA_RX_RELEASE);
    ck_assert_uint_eq(nwd->frame.x[0], FFA_SUCCESS_32);
    /* Without a buffer there is nothing to be told of. */
    write_message(TX_A, SP_A, VM, V1_2);
    ck_assert_int_eq(send2(a, 0, 0), 0);
    ck_assert_uint_eq(framework_of(VM), NOTIFICATION_RX_FULL_BY_SP);
    CALL(1, nwd, FFA_RXTX_UNMAP, FFA_PAIR(VM, 0));
    ck_assert_uint_eq(framework_of(VM), 0);
    ck_assert_int_eq(send2(a, 0, 0), FFA_INVALID_PARAMETERS);
    ck_assert_uint_eq(framework_of(VM), 0);
}
END_TEST

START_TEST(malformed_headers_are_invalid)
{
    struct vcpu *a = sender_a();
    static const struct {
        uint32_t at;
        uint32_t value;
    } cases[] = {
        {0, 1},                          /* flags */
        {4, 1},                          /* reserved */
        {8, 0},                          /* the message over the header */
        {8, V1_2 - 1},                   /* the message over the UUID */
        {8, V1_1},                       /* as v1.1 has it */
        {8, PAGE_SIZE_BYTES - 4},        /* runs over the end */
        {8, 0xffffffff},                 /* the sum overflows */
        {12, FFA_PAIR(SP_B, SP_MP)},     /* another's id */
        {12, FFA_PAIR(0, SP_B)},         /* another's id */
        {12, FFA_PAIR(SP_A, SP_A)},      /* itself */
        {12, FFA_PAIR(SP_A, 0x8005)},    /* nobody */
        {12, FFA_PAIR(SP_A, 0x8000)},    /* the SPMC */
        {12, FFA_PAIR(SP_A, 0xffff)},    /* the SPMD */
        {12, FFA_PAIR(SP_A, VM + 1)},    /* a VM without buffers */
        {16, PAGE_SIZE_BYTES - V1_2 + 1} /* one byte too many */
    };

    world_sp(SP_B)->mailbox.state = MAILBOX_FULL; /* what is wrong with the message comes first */
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        write_message(TX_A, SP_A, SP_B, V1_2);
        put32(TX_A + cases[i].at, cases[i].value);
        ck_assert_msg(send2(a, 0, 0) == FFA_INVALID_PARAMETERS, "case %u: %d", i, world_error(a));
    }
    world_sp(SP_B)->mailbox.state = MAILBOX_EMPTY;
    write_message(TX_A, SP_A, SP_B, V1_2);
    put32(TX_A + 16, PAGE_SIZE_BYTES - V1_2);
    ck_assert_int_eq(send2(a, 0, 0), 0); /* it just fits */
    ck_assert_mem_eq(&ram[RX_B + V1_2], &ram[TX_A + V1_2], PAGE_SIZE_BYTES - V1_2);
}
END_TEST

START_TEST(malformed_arguments_are_invalid)
{
    struct vcpu *a = sender_a();
    struct vcpu *nwd = world_nwd(1);

    write_message(TX_A, SP_A, SP_B, V1_2);
    write_message(TX_NWD, 0, SP_B, V1_2);
    ck_assert_int_eq(send2(a, FFA_PAIR(SP_A, 0), 0), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(send2(a, 1, 0), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(send2(a, 0, 1), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(send2(a, 0, 4), FFA_INVALID_PARAMETERS);
    CALL(0, a, FFA_MSG_SEND2, 0, 0, 1);
    ck_error(a, FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(send2(nwd, 1, 0), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(send2(nwd, FFA_PAIR(SP_A, 0), 0), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(send2(nwd, 0, FFA_MSG_SEND2_DELAY_SRI), FFA_INVALID_PARAMETERS);
    /* A VM that nobody forwarded, one whose id is not in its header, and VM to VM */
    ck_assert_int_eq(send2(nwd, FFA_PAIR(VM + 1, 0), 0), FFA_DENIED);
    write_message(TX_VM, VM + 1, SP_B, V1_2);
    ck_assert_int_eq(send2(nwd, FFA_PAIR(VM, 0), 0), FFA_INVALID_PARAMETERS);
    write_message(TX_VM, VM, 0, V1_2);
    ck_assert_int_eq(send2(nwd, FFA_PAIR(VM, 0), 0), FFA_INVALID_PARAMETERS);
    write_message(TX_NWD, 0, VM, V1_2);
    ck_assert_int_eq(send2(nwd, 0, 0), FFA_INVALID_PARAMETERS);
}
END_TEST

/*
 * Who sends is in the registers: no lock is taken for it. Who receives is in the TX buffer, and the
 * copy of the header needs the lock that keeps the buffer mapped; no other is taken.
 */
START_TEST(wrong_ends_are_refused_before_any_other_lock)
{
    static const uint16_t nobody[] = {SP_A, FFA_ID_SPMC, SP_OLD + 1, FFA_ID_LSP_FIRST, 0xffff};
    struct vcpu *a = sender_a();
    struct vcpu *nwd = world_nwd(1);
    unsigned copies = 0;

    world.pe[0].locks_taken = 0;
    world.pe[1].locks_taken = 0;
    ck_assert_int_eq(send2(nwd, FFA_PAIR(SP_A, 0), 0), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(send2(nwd, FFA_PAIR(FFA_ID_SPMC, 0), 0), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(send2(nwd, FFA_PAIR(VM + 1, 0), 0), FFA_DENIED);
    ck_assert_int_eq(send2(a, FFA_PAIR(SP_B, 0), 0), FFA_INVALID_PARAMETERS);
    ck_assert_uint_eq(world.pe[0].locks_taken + world.pe[1].locks_taken, 0);

    for (; copies < sizeof(nobody) / sizeof(nobody[0]); copies++) {
        write_message(TX_A, SP_A, nobody[copies], V1_2);
        ck_assert_int_eq(send2(a, 0, 0), FFA_INVALID_PARAMETERS);
    }
    write_message(TX_A, SP_B, SP_A, V1_2); /* in another's name */
    ck_assert_int_eq(send2(a, 0, 0), FFA_INVALID_PARAMETERS);
    ck_assert_uint_eq(world.pe[0].locks_taken, copies + 1);
    write_message(TX_NWD, 0, VM, V1_2);
    ck_assert_int_eq(send2(nwd, 0, 0), FFA_INVALID_PARAMETERS);
    write_message(TX_NWD, 0, 0, V1_2);
    ck_assert_int_eq(send2(nwd, 0, 0), FFA_INVALID_PARAMETERS);
    ck_assert_uint_eq(world.pe[1].locks_taken, 2);
}
END_TEST

START_TEST(both_ends_must_have_the_method)
{
    struct vcpu *a = sender_a();
    uint16_t *method_a = &world.partition_manifest[0].service[0].messaging_method;
    uint16_t *method_b = &world.partition_manifest[1].service[0].messaging_method;
    const uint16_t with = *method_a;
    const uint16_t without = (uint16_t)(with & ~FFA_PROP_INDIRECT_MSG);

    write_message(TX_A, SP_A, SP_B, V1_2);
    *method_b = without;
    ck_assert_int_eq(send2(a, 0, 0), FFA_DENIED);
    *method_b = with;
    *method_a = without;
    ck_assert_int_eq(send2(a, 0, 0), FFA_DENIED);
    *method_a = with;
    world_sp(SP_B)->ffa_version = FFA_VERSION_1_0;
    ck_assert_int_eq(send2(a, 0, 0), FFA_DENIED);
    world_sp(SP_B)->ffa_version = FFA_VERSION_1_2;
    world_sp(SP_B)->state = PARTITION_ABORTING;
    ck_assert_int_eq(send2(a, 0, 0), FFA_DENIED);
    world_sp(SP_B)->state = PARTITION_NULL;
    ck_assert_int_eq(send2(a, 0, 0), FFA_INVALID_PARAMETERS);
    world_sp(SP_B)->state = PARTITION_RUNNING;
    a->partition->ffa_version = FFA_VERSION_1_0;
    ck_assert_int_eq(send2(a, 0, 0), FFA_NOT_SUPPORTED);
    a->partition->ffa_version = FFA_VERSION_1_3;
    write_message(TX_A, SP_A, VM, V1_2);
    world.state.vm_slot[1].ffa_version = FFA_VERSION_1_0;
    ck_assert_int_eq(send2(a, 0, 0), FFA_DENIED);
    write_message(TX_A, SP_A, SP_B, V1_2);
    ck_assert_int_eq(send2(a, 0, 0), 0);
}
END_TEST

START_TEST(a_uuid_names_a_service_with_the_method)
{
    struct vcpu *a = sender_a();
    struct partition_manifest *manifest = &world.partition_manifest[1];
    const struct uuid *second = &manifest->service[1].uuid;

    manifest->service_count = 2;
    memset(&manifest->service[1].uuid, 0x77, sizeof(struct uuid));
    write_message(TX_A, SP_A, SP_B, V1_2);
    memcpy(&ram[TX_A + 24], second, sizeof(*second));
    ck_assert_int_eq(send2(a, 0, 0), FFA_DENIED); /* this one has no method */
    manifest->service[1].messaging_method = FFA_PROP_INDIRECT_MSG;
    put32(TX_A + 20, 0x12345678);
    ck_assert_int_eq(send2(a, 0, 0), 0);
    ck_message(RX_B, SP_A, SP_B, V1_2);
    ck_assert_mem_eq(&ram[RX_B + 24], second, sizeof(*second));
    ck_assert_uint_eq(get32(RX_B + 20), 0); /* reserved */
    ram[TX_A + 39] ^= 1;
    world_sp(SP_B)->mailbox.state = MAILBOX_EMPTY;
    ck_assert_int_eq(send2(a, 0, 0), FFA_INVALID_PARAMETERS);
    /* A VM's services are its own business. */
    write_message(TX_A, SP_A, VM, V1_2);
    memset(&ram[TX_A + 24], 0x55, sizeof(struct uuid));
    ck_assert_int_eq(send2(a, 0, 0), 0);
    ck_assert_uint_eq(ram[RX_VM + 39], 0x55);
}
END_TEST

/* conformance: indirect_messaging_v1_1.echo_v1_1_to_v1_1 */
START_TEST(each_version_finds_its_own_header)
{
    struct vcpu *a = sender_a();
    struct partition *b = world_sp(SP_B);

    /* New to old: the UUID is dropped, the message stays where it is. */
    b->ffa_version = FFA_VERSION_1_1;
    write_message(TX_A, SP_A, SP_B, V1_2);
    memcpy(&ram[TX_A + 24], &b->manifest->service[0].uuid, sizeof(struct uuid));
    ck_assert_int_eq(send2(a, 0, 0), 0);
    ck_message(RX_B, SP_A, SP_B, V1_2);
    for (unsigned i = V1_1; i < V1_2; i++) {
        ck_assert_uint_eq(ram[RX_B + i], 0);
    }
    /* Old to old: as it is; the gap is zeroed, also a large one. */
    b->mailbox.state = MAILBOX_EMPTY;
    a->partition->ffa_version = FFA_VERSION_1_1;
    write_message(TX_A, SP_A, SP_B, V1_1);
    ck_assert_int_eq(send2(a, 0, 0), 0);
    ck_message(RX_B, SP_A, SP_B, V1_1);
    b->mailbox.state = MAILBOX_EMPTY;
    memset(&ram[RX_B], 0xee, PAGE_SIZE_BYTES);
    write_message(TX_A, SP_A, SP_B, 1000);
    ck_assert_int_eq(send2(a, 0, 0), 0);
    ck_message(RX_B, SP_A, SP_B, 1000);
    for (unsigned i = V1_1; i < 1000; i++) {
        ck_assert_uint_eq(ram[RX_B + i], 0);
    }
    /* Old to new: room is made for a UUID, which is nil whatever lies there. */
    b->mailbox.state = MAILBOX_EMPTY;
    b->ffa_version = FFA_VERSION_1_2;
    memset(&ram[TX_A], 0xee, PAGE_SIZE_BYTES);
    write_message(TX_A, SP_A, SP_B, V1_1);
    ck_assert_int_eq(send2(a, 0, 0), 0);
    ck_message(RX_B, SP_A, SP_B, V1_2);
    for (unsigned i = V1_1; i < V1_2; i++) {
        ck_assert_uint_eq(ram[RX_B + i], 0);
    }
    /* Then it may be too large for the buffer. */
    b->mailbox.state = MAILBOX_EMPTY;
    put32(TX_A + 16, PAGE_SIZE_BYTES - V1_2 + 1);
    ck_assert_int_eq(send2(a, 0, 0), FFA_INVALID_PARAMETERS);
    ck_assert_uint_eq(b->mailbox.state, MAILBOX_EMPTY);
    write_message(TX_A, SP_A, SP_B, V1_1 - 1);
    ck_assert_int_eq(send2(a, 0, 0), FFA_INVALID_PARAMETERS);
}
END_TEST

START_TEST(the_smaller_buffer_is_the_limit)
{
    struct vcpu *a = sender_a();

    a->partition->mailbox.page_count = 2;
    write_message(TX_A, SP_A, SP_B, V1_2);
    put32(TX_A + 16, PAGE_SIZE_BYTES);
    ck_assert_int_eq(send2(a, 0, 0), FFA_INVALID_PARAMETERS);
    world_sp(SP_B)->mailbox.page_count = 2;
    ck_assert_int_eq(send2(a, 0, 0), 0);
    ck_assert_mem_eq(&ram[RX_B + V1_2], &ram[TX_A + V1_2], PAGE_SIZE_BYTES);
    for (unsigned i = PAGE_SIZE_BYTES + V1_2; i < 2 * PAGE_SIZE_BYTES; i++) {
        must(ram[RX_B + i] == 0);
    }
}
END_TEST

START_TEST(each_byte_is_read_once)
{
    struct vcpu *a = sender_a();

    write_message(TX_A, SP_A, SP_B, V1_2);
    put32(TX_A + 16, 1000);
    world.bytes_read = 0;
    ck_assert_int_eq(send2(a, 0, 0), 0);
    ck_assert_uint_eq(world.bytes_read, V1_2 + 1000);
}
END_TEST

START_TEST(memory_that_is_gone_ends_the_message)
{
    struct vcpu *a = sender_a();
    struct mailbox *b = &world_sp(SP_B)->mailbox;

    write_message(TX_A, SP_A, SP_B, V1_2);
    b->rx = paddr(WORLD_SP_BASE + WORLD_SP_SIZE + WORLD_RAM_BYTES);
    ck_assert_int_eq(send2(a, 0, 0), FFA_ABORTED);
    ck_assert_uint_eq(b->state, MAILBOX_EMPTY);
    a->partition->mailbox.tx = b->rx;
    ck_assert_int_eq(send2(a, 0, 0), FFA_ABORTED);
}
END_TEST

START_TEST(it_is_advertised_to_those_who_may_call_it)
{
    struct vcpu *a = sender_a();

    CALL(0, a, FFA_FEATURES, FFA_MSG_SEND2);
    ck_assert_uint_eq(a->frame.x[0], FFA_SUCCESS_32);
    ck_assert_uint_eq(a->frame.x[2], 0);
    a->partition->ffa_version = FFA_VERSION_1_0;
    CALL(0, a, FFA_FEATURES, FFA_MSG_SEND2);
    ck_error(a, FFA_NOT_SUPPORTED);
    CALL(1, world_nwd(1), FFA_FEATURES, FFA_MSG_SEND2);
    ck_assert_uint_eq(world_nwd(1)->frame.x[0], FFA_SUCCESS_32);
    /* And who takes such messages is told in bit 2 of its properties. */
    CALL(1, world_nwd(1), FFA_PARTITION_INFO_GET);
    ck_assert_uint_eq(get32(RX_NWD + 48 + 4) & FFA_PROP_INDIRECT_MSG, FFA_PROP_INDIRECT_MSG);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, partitions_and_vms_send_to_each_other);
    tcase_add_test(tcase, a_full_buffer_is_busy_until_it_is_given_back);
    tcase_add_test(tcase, msg_wait_takes_the_message_as_read_unless_told_to_keep_it);
    tcase_add_test(tcase, a_receiver_is_told_of_the_message_before_it_gives_rx_back);
    tcase_add_test(tcase, partitions_may_delay_the_schedule_receiver_interrupt);
    tcase_add_test(tcase, malformed_headers_are_invalid);
    tcase_add_test(tcase, malformed_arguments_are_invalid);
    tcase_add_test(tcase, wrong_ends_are_refused_before_any_other_lock);
    tcase_add_test(tcase, both_ends_must_have_the_method);
    tcase_add_test(tcase, a_uuid_names_a_service_with_the_method);
    tcase_add_test(tcase, each_version_finds_its_own_header);
    tcase_add_test(tcase, the_smaller_buffer_is_the_limit);
    tcase_add_test(tcase, each_byte_is_read_once);
    tcase_add_test(tcase, memory_that_is_gone_ends_the_message);
    tcase_add_test(tcase, it_is_advertised_to_those_who_may_call_it);
}

int main(void)
{
    return world_main("msg_send2", add);
}
