/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Transaction descriptors as a caller's TX buffer has them, and FFA_MEM_RELINQUISH's. Input: one
 * byte that says version and reader, then the buffer.
 */
#include <string.h>

#include "fake_arch.h"
#include "ffa/mem_descriptor.h"
#include "fuzz.h"

#define TX     0x80000000u
#define TX_MAX (SPMC_RXTX_MAX_PAGES * PAGE_SIZE_BYTES)
#define LIST   64u

static struct spmc spmc;
static struct arch_pe pe;
static struct spmc_cpu cpu = {.spmc = &spmc, .arch = &pe};
static uint8_t seen[TX_MAX]; /* how often each byte was read */

static void count_bytes(struct arch_pe *by, uint64_t pa, size_t size_bytes, enum pas pas)
{
    (void)by;
    ck_assert_int_eq(pas, PAS_NON_SECURE);
    ck_assert_uint_ge(pa, TX);
    for (size_t i = 0; i < size_bytes; i++) {
        ck_assert_uint_lt(pa - TX + i, TX_MAX);
        ck_assert_uint_eq(seen[pa - TX + i], 0);
        seen[pa - TX + i] = 1;
    }
}

static void check_error(int32_t error)
{
    ck_assert(error == 0 || error == FFA_INVALID_PARAMETERS);
}

static struct mem_source source_of(const struct mailbox *mailbox, size_t length)
{
    memset(seen, 0, sizeof(seen));
    return (struct mem_source){.cpu = &cpu, .mailbox = mailbox, .length = (uint32_t)length};
}

/* What was read, written as a response of that version and read again, says the same. */
static void write_and_read(const struct mem_transaction *t, uint32_t version,
                           const struct mailbox *mailbox)
{
    struct share share = {
        .handle = t->handle,
        .tag = t->tag,
        .owner = t->sender,
        .page_count = t->page_count,
        .constituent_count = t->constituent_count,
        .receiver_count = t->access_count,
    };
    struct mem_transaction again;
    struct mem_source source;
    uint8_t head[MEM_HEAD_MAX_BYTES];
    uint32_t size;

    for (uint32_t n = 0; n < t->access_count; n++) {
        share.receiver[n] = (struct share_receiver){
            .id = t->access[n].receiver,
            .permissions = t->access[n].permissions,
            .flags = t->access[n].flags,
            .impdef = {t->access[n].impdef[0], t->access[n].impdef[1]},
        };
    }
    size = mem_head_write(&share, version, t->attributes, t->flags, share.receiver, t->access_count,
                          true, head);
    ck_assert_uint_eq(size, mem_head_size(version, t->access_count));
    ck_assert_uint_le(size, sizeof(head));
    memcpy(fake_arch_at(&pe, TX, size, PAS_NON_SECURE), head, size);
    source = source_of(mailbox, size);
    ck_assert_int_eq(mem_transaction_read(&source, version, &again), 0);
    ck_assert_int_eq(mem_composite_read(&source, &again), 0);
    ck_assert_uint_eq(again.sender, t->sender);
    ck_assert_uint_eq(again.attributes, t->attributes);
    ck_assert_uint_eq(again.flags, t->flags);
    ck_assert_uint_eq(again.handle, t->handle);
    ck_assert_uint_eq(again.tag, t->tag);
    ck_assert_uint_eq(again.access_count, t->access_count);
    ck_assert_uint_eq(again.page_count, t->page_count);
    ck_assert_uint_eq(again.constituent_count, t->constituent_count);
    ck_assert_uint_eq(again.constituents_offset, size);
    for (uint32_t n = 0; n < t->access_count; n++) {
        ck_assert_uint_eq(again.access[n].receiver, t->access[n].receiver);
        ck_assert_uint_eq(again.access[n].permissions, t->access[n].permissions);
        ck_assert_uint_eq(again.access[n].flags, t->access[n].flags);
        if (version >= FFA_VERSION_1_2) {
            ck_assert_uint_eq(again.access[n].impdef[0], t->access[n].impdef[0]);
            ck_assert_uint_eq(again.access[n].impdef[1], t->access[n].impdef[1]);
        }
    }
}

static void read_transaction(const struct mailbox *mailbox, uint32_t version, size_t length)
{
    struct mem_source source = source_of(mailbox, length);
    struct share_constituent list[LIST];
    struct mem_transaction t;
    int32_t error = mem_transaction_read(&source, version, &t);

    check_error(error);
    ck_assert_uint_le(source.at, source.length);
    if (error != 0) {
        return;
    }
    ck_assert_uint_le(t.access_count, SHARE_MAX_RECEIVERS);
    if (t.access_count == 0) {
        return;
    }
    error = mem_composite_read(&source, &t);
    check_error(error);
    if (error != 0) {
        return;
    }
    ck_assert_uint_le(t.constituents_offset, source.length);
    error = mem_constituents_read(&source, t.constituents_offset,
                                  t.constituent_count < LIST ? t.constituent_count : LIST, list);
    check_error(error);
    ck_assert_uint_le(source.at, source.length);
    write_and_read(&t, version, mailbox);
}

static void read_relinquish(const struct mailbox *mailbox, size_t length)
{
    struct mem_source source = source_of(mailbox, length);
    struct mem_relinquish r;

    check_error(mem_relinquish_read(&source, &r));
    ck_assert_uint_le(source.at, source.length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, size};
    uint8_t mode = take8(&in);
    uint32_t version = FFA_VERSION_1_0 + (mode & 3u);
    struct mailbox mailbox = {
        .mapped = true,
        .pas = PAS_NON_SECURE,
        .page_count = 1u + ((mode >> 2) & 3u),
        .tx = {TX},
    };
    size_t room = (size_t)mailbox_size(&mailbox);
    size_t length = in.left < room ? in.left : room;

    /* The memory ends where the buffer does. */
    fake_arch_init(&pe, 0, 0, TX, room);
    pe.on_copy_from = count_bytes;
    spmc.mailbox_lock.rank = SPMC_RANK_MAILBOX;
    if (length != 0) {
        memcpy(fake_arch_at(&pe, TX, length, PAS_NON_SECURE), in.at, length);
    }
    if ((mode & 0x10u) != 0) {
        read_relinquish(&mailbox, length);
    } else {
        read_transaction(&mailbox, version, length);
    }
    ck_assert_uint_eq(pe.locks_held, 0);
    fake_arch_free(&pe);
    return 0;
}
