/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Descriptors of every version, right and wrong in every field: what is refused changes nothing,
 * and no byte of a TX buffer is read twice.
 */
#include "main.h"

#include <string.h>

#include "descriptor.h"
#include "snapshot.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define FIRST    (P1_BASE + 0x80000u)

static const uint32_t versions[] = {FFA_VERSION_1_0, FFA_VERSION_1_1, FFA_VERSION_1_2,
                                    FFA_VERSION_1_3};
static const struct share_constituent list[] = {{FIRST, 2, 0}, {FIRST + 4 * PAGE, 1, 0}};

struct field {
    uint32_t offset;
    uint32_t size;
    bool any;            /* every value is legal */
    unsigned good_count; /* these are, beside the one that it has */
    uint64_t good[2];
};

static struct field fields[64];
static unsigned field_count;

static struct field *field(uint32_t offset, uint32_t size)
{
    ck_assert_uint_lt(field_count, COUNT(fields));
    fields[field_count] = (struct field){.offset = offset, .size = size};
    return &fields[field_count++];
}

static void also(struct field *f, uint64_t good)
{
    f->good[f->good_count++] = good;
}

static struct field *header_count; /* the number of access descriptors */

static uint32_t header_fields(uint32_t version)
{
    static const uint8_t old[][2] = {{0, 2}, {2, 1}, {3, 1}, {4, 4}, {8, 8}, {24, 4}};
    static const uint8_t new[][2] = {{0, 2},  {2, 2},  {4, 4},  {8, 8},
                                     {24, 4}, {32, 4}, {36, 4}, {40, 8}};
    bool is_old = version < FFA_VERSION_1_1;

    field_count = 0;
    for (unsigned i = 0; i < (is_old ? COUNT(old) : COUNT(new)); i++) {
        const uint8_t *f = is_old ? old[i] : new[i];

        (void)field(f[0], f[1]);
    }
    header_count = field(28, 4);
    return is_old ? 32 : 48;
}

/* Fields of access descriptor n; returns that of its permissions. */
static struct field *access_fields(uint32_t version, uint32_t at, bool impdef_is_free)
{
    struct field *permissions;

    (void)field(at, 2);
    permissions = field(at + 2, 1);
    (void)field(at + 3, 1);
    (void)field(at + 4, 4);
    if (version < FFA_VERSION_1_2) {
        (void)field(at + 8, 8);
    } else {
        field(at + 8, 8)->any = impdef_is_free;
        field(at + 16, 8)->any = impdef_is_free;
        (void)field(at + 24, 8);
    }
    return permissions;
}

/* How often each byte of a TX buffer was read by the call. */
static uint8_t reads[MAILBOX_MAX];
static enum ep reader_of_tx;

static void count_reads(struct arch_pe *pe, uint64_t pa, size_t size, enum pas pas)
{
    uint64_t base = MAILBOX(reader_of_tx) + MAILBOX_MAX;

    (void)pe;
    (void)pas;
    for (size_t i = 0; i < size; i++) {
        if (pa + i >= base && pa + i < base + MAILBOX_MAX) {
            MUST_MSG(reads[pa + i - base]++ == 0, "byte %lu is read twice",
                     (unsigned long)(pa + i - base));
        }
    }
}

static struct regs counted(enum ep ep, const uint64_t x[FFA_REGS])
{
    struct regs r;

    memset(reads, 0, sizeof(reads));
    reader_of_tx = ep;
    machine.pe.on_copy_from = count_reads;
    r = machine_call(ep, x);
    machine.pe.on_copy_from = NULL;
    return r;
}

typedef struct regs make_call(uint32_t size);
typedef void undo_call(struct regs done);

static uint64_t handle;

static struct regs send_it(uint32_t size)
{
    return counted(P1, (const uint64_t[FFA_REGS]){FFA_MEM_SHARE_32, size, size});
}

static void undo_send(struct regs done)
{
    ck_assert_uint_eq(done.x[0], FFA_SUCCESS_32);
    ck_assert_int_eq(reclaim(P1, done.x[3] << 32 | done.x[2], 0), 0);
}

static struct regs retrieve_it(uint32_t size)
{
    return counted(P2, (const uint64_t[FFA_REGS]){FFA_MEM_RETRIEVE_REQ_32, size, size});
}

static void undo_retrieve(struct regs done)
{
    ck_assert_uint_eq(done.x[0], FFA_MEM_RETRIEVE_RESP);
    ck_assert_int_eq(error_of(CALL(P2, FFA_RX_RELEASE)), 0);
    ck_assert_int_eq(relinquish(P2, handle, 0), 0);
}

static struct regs relinquish_it(uint32_t size)
{
    (void)size;
    return counted(P2, (const uint64_t[FFA_REGS]){FFA_MEM_RELINQUISH});
}

static void undo_relinquish(struct regs done);

static uint8_t good[1024];
static uint32_t good_bytes;

/* Makes the call with what is in `bytes`; true when it succeeded. What it did is undone. */
static bool try(enum ep ep, make_call *call, undo_call *undo, const uint8_t *bytes, uint32_t size)
{
    struct snapshot *before = snapshot_take();
    struct snapshot *after;
    struct regs r;

    memcpy(tx_of(ep), bytes, good_bytes);
    r = call(size);
    if (error_of(r) == 0) {
        undo(r);
        snapshot_free(before);
        return true;
    }
    after = snapshot_take();
    snapshot_same_state(before, after, ep, "a refused call");
    snapshot_free(before);
    snapshot_free(after);
    return false;
}

static void try_values(enum ep ep, make_call *call, undo_call *undo, const struct field *f)
{
    uint64_t old = get_bytes(&good[f->offset], f->size);
    uint64_t top = f->size == 8 ? UINT64_MAX : (1ull << (8 * f->size)) - 1;
    const uint64_t values[] = {0, 1, top, top - 1, top / 2 + 1, old + 1, old - 1, old + 16, old};

    for (unsigned i = 0; i < COUNT(values); i++) {
        uint64_t value = values[i] & top;
        uint8_t bytes[sizeof(good)];
        bool legal = f->any || value == old;

        for (unsigned k = 0; k < f->good_count; k++) {
            legal = legal || value == f->good[k];
        }
        memcpy(bytes, good, sizeof(bytes));
        put_bytes(&bytes[f->offset], f->size, value);
        ck_assert_msg(try(ep, call, undo, bytes, good_bytes) == legal,
                      "bytes %u to %u: 0x%lx for 0x%lx", f->offset, f->offset + f->size - 1,
                      (unsigned long)value, (unsigned long)old);
    }
}

static struct descriptor a_share(enum share_kind kind)
{
    struct descriptor d = descriptor_of(P1, kind, list, COUNT(list), RECEIVERS(P2, P3));

    d.receiver[1].permissions = FFA_MEM_DATA_RO;
    d.receiver[0].impdef[0] = d.version >= FFA_VERSION_1_2 ? 5 : 0;
    return d;
}

/* conformance: memory_sharing.ffa_validate_mbz */
/* conformance: memory_sharing_v1_1.ffa_validate_memory_access_reserved_mbz */
/* conformance: memory_sharing_v1_0.ffa_validate_memory_access_reserved_mbz */
/* conformance: memory_sharing.ffa_memory_access_no_overflow */
/* conformance: memory_sharing.fail_inconsistent_page_count */
START_TEST(a_send_with_one_field_wrong)
{
    uint32_t version = versions[_i];
    struct descriptor d;
    uint32_t at;

    set_version(P1, version);
    d = a_share(SHARE_SHARE);
    good_bytes = descriptor_write(&d, good);
    at = header_fields(version);
    also(header_count, 1); /* the second one is not looked at */
    field(16, 8)->any = true;
    also(access_fields(version, at, true), FFA_MEM_DATA_RO);
    at += version < FFA_VERSION_1_2 ? 16 : 32;
    also(access_fields(version, at, true), FFA_MEM_DATA_RW);
    also(&fields[field_count - (version < FFA_VERSION_1_2 ? 5 : 7)], id_of(P0));
    at += version < FFA_VERSION_1_2 ? 16 : 32;
    (void)field(at, 4);
    (void)field(at + 4, 4);
    (void)field(at + 8, 8);
    for (at += 16; at < good_bytes; at += 16) {
        (void)field(at, 8);
        (void)field(at + 8, 4);
        (void)field(at + 12, 4);
    }
    for (unsigned i = 0; i < field_count; i++) {
        try_values(P1, send_it, undo_send, &fields[i]);
    }
    ck_assert_uint_eq(free_pages(), machine.pages_after_boot);
}
END_TEST

/* conformance: memory_sharing.ffa_validate_retrieve_req_mbz */
/* conformance: memory_sharing.ffa_validate_impdef_equal */
/* conformance: memory_sharing.ffa_validate_retrieve_req_attributes */
/* conformance: memory_sharing.ffa_validate_retrieve_transaction_type */
START_TEST(a_request_with_one_field_wrong)
{
    uint32_t version = versions[_i];
    struct descriptor d;
    struct descriptor request;
    struct field *permissions;
    uint32_t at;

    set_version(P1, version);
    set_version(P2, version);
    d = a_share(SHARE_LEND);
    ck_assert_int_eq(send_all(P1, SHARE_LEND, &d, &handle), 0);
    request = request_of(&d, P2, SHARE_LEND, handle);
    good_bytes = descriptor_write(&request, good);
    at = header_fields(version);
    also(&fields[version < FFA_VERSION_1_1 ? 3 : 2], 0); /* the type need not be said */
    (void)field(16, 8);
    permissions = access_fields(version, at, false);
    also(permissions, 0);
    also(permissions, FFA_MEM_DATA_RO);
    at += version < FFA_VERSION_1_2 ? 16 : 32;
    also(access_fields(version, at, true), 0);
    for (unsigned i = 0; i < field_count; i++) {
        try_values(P2, retrieve_it, undo_retrieve, &fields[i]);
    }
    ck_assert_int_eq(reclaim(P1, handle, 0), 0);
    ck_assert_uint_eq(free_pages(), machine.pages_after_boot);
}
END_TEST

static struct descriptor lent;

static void undo_relinquish(struct regs done)
{
    ck_assert_uint_eq(done.x[0], FFA_SUCCESS_32);
    ck_assert_int_eq(retrieve(P2, &lent, SHARE_LEND, handle), 0);
}

START_TEST(a_relinquish_with_one_field_wrong)
{
    lent = a_share(SHARE_LEND);
    lent.receiver[0].impdef[0] = 0; /* the reader is of v1.1 */
    ck_assert_int_eq(send_all(P1, SHARE_LEND, &lent, &handle), 0);
    ck_assert_int_eq(retrieve(P2, &lent, SHARE_LEND, handle), 0);
    memset(good, 0, sizeof(good));
    put_bytes(&good[0], 8, handle);
    put_bytes(&good[12], 4, 1);
    put_bytes(&good[16], 2, id_of(P2));
    good_bytes = 18;
    field_count = 0;
    (void)field(0, 8);
    also(field(8, 4), FFA_MEM_FLAG_ZERO);
    (void)field(12, 4);
    (void)field(16, 2);
    for (unsigned i = 0; i < field_count; i++) {
        try_values(P2, relinquish_it, undo_relinquish, &fields[i]);
    }
}
END_TEST

START_TEST(cut_off_anywhere)
{
    struct descriptor d;
    struct descriptor request;
    struct snapshot *before;
    struct snapshot *half;
    uint32_t head;

    set_version(P1, versions[_i]);
    set_version(P2, versions[_i]);
    d = a_share(SHARE_SHARE);
    head = descriptor_head(&d);
    good_bytes = descriptor_write(&d, good);
    before = snapshot_take();
    for (uint32_t size = 0; size < good_bytes; size++) {
        struct regs r;

        ck_assert(!try(P1, send_it, undo_send, good, size));
        memcpy(tx_of(P1), good, size);
        memset(tx_of(P1) + size, 0xff, PAGE - size);
        r = CALL(P1, FFA_MEM_SHARE_32, good_bytes, size);
        if (size >= head && (size - head) % 16 == 0) {
            uint64_t part = r.x[2] << 32 | r.x[1];

            /* conformance: memory_sharing.fail_fragmented_if_retrieve_before_sent */
            ck_assert_uint_eq(r.x[0], FFA_MEM_FRAG_RX);
            ck_assert_uint_eq(r.x[3], size);
            half = snapshot_take();
            ck_assert_int_eq(retrieve(P2, &d, SHARE_SHARE, part), FFA_INVALID_PARAMETERS);
            ck_assert_int_eq(reclaim(P1, part, 0), FFA_INVALID_PARAMETERS);
            ck_assert_int_ne(error_of(CALL(P2, FFA_MEM_FRAG_TX, r.x[1], r.x[2], 16)), 0);
            ck_assert_int_ne(error_of(CALL(NWD, FFA_MEM_FRAG_TX, r.x[1], r.x[2], 16)), 0);
            ck_assert_int_ne(error_of(CALL(P1, FFA_MEM_FRAG_TX, r.x[1], r.x[2], 48)), 0);
            ck_assert_int_ne(error_of(CALL(P1, FFA_MEM_FRAG_TX, r.x[1], r.x[2], 15)), 0);
            ck_assert_int_ne(error_of(CALL(P1, FFA_MEM_FRAG_TX, r.x[1], r.x[2], 16, 1u << 16)), 0);
            snapshot_check(half, "fragments of nobody");
            snapshot_free(half);
            memset(tx_of(P1), 0xff, 16);
            ck_assert_int_ne(error_of(CALL(P1, FFA_MEM_FRAG_TX, r.x[1], r.x[2], 16)), 0);
            ck_assert_int_eq(error_of(CALL(P1, FFA_MEM_FRAG_TX, r.x[1], r.x[2], 16)),
                             FFA_INVALID_PARAMETERS);
        } else {
            ck_assert_int_eq(error_of(r), FFA_INVALID_PARAMETERS);
        }
        snapshot_check(before, "cut off");
    }
    snapshot_free(before);
    d = a_share(SHARE_LEND);
    ck_assert_int_eq(send_all(P1, SHARE_LEND, &d, &handle), 0);
    request = request_of(&d, P2, SHARE_LEND, handle);
    good_bytes = descriptor_write(&request, good);
    for (uint32_t size = 0; size < good_bytes; size++) {
        ck_assert(!try(P2, retrieve_it, undo_retrieve, good, size));
        ck_assert_int_ne(error_of(CALL(P2, FFA_MEM_RETRIEVE_REQ_32, good_bytes, size)), 0);
    }
}
END_TEST

START_TEST(areas_that_overlap)
{
    struct descriptor d = a_share(SHARE_SHARE);
    uint32_t total = descriptor_write(&d, good);

    good_bytes = total;
    for (uint32_t at = 0; at <= total; at++) {
        bool right = at == 48 + 2 * 32;

        put_bytes(&good[48 + 4], 4, at);
        put_bytes(&good[48 + 32 + 4], 4, at);
        ck_assert(try(P1, send_it, undo_send, good, total) == right);
    }
    (void)descriptor_write(&d, good);
    for (uint32_t at = 0; at <= total; at++) {
        put_bytes(&good[32], 4, at);
        ck_assert(try(P1, send_it, undo_send, good, total) == (at == 48));
    }
    /* Nor may it lie at an odd place, even when all sizes fit. */
    (void)descriptor_write(&d, good);
    memmove(&good[48 + 64 + 8], &good[48 + 64], total - 48 - 64);
    put_bytes(&good[48 + 4], 4, 48 + 64 + 8);
    put_bytes(&good[48 + 32 + 4], 4, 48 + 64 + 8);
    good_bytes = total + 8;
    ck_assert(!try(P1, send_it, undo_send, good, total + 8));
    (void)descriptor_write(&d, good);
    /* A gap is no overlap: the access descriptors may lie further on. */
    memmove(&good[64], &good[48], total - 48);
    put_bytes(&good[32], 4, 64);
    put_bytes(&good[64 + 4], 4, 64 + 2 * 32);
    put_bytes(&good[64 + 32 + 4], 4, 64 + 2 * 32);
    good_bytes = total + 16;
    ck_assert(try(P1, send_it, undo_send, good, total + 16));
}
END_TEST

START_TEST(registers_that_do_not_fit)
{
    static const struct {
        uint64_t x[FFA_REGS];
    } calls[] = {
        {{FFA_MEM_SHARE_32, 0, 0}},
        {{FFA_MEM_SHARE_32, 0x1000, 0}},
        {{FFA_MEM_SHARE_32, 0x50, 0x60}},
        {{FFA_MEM_SHARE_32, 0xffffffff, 0xffffffff}},
        {{FFA_MEM_SHARE_32, 0x1010, 0x1010}},
        {{FFA_MEM_SHARE_32, 0x100, 0x100, FIRST, 1}},
        {{FFA_MEM_SHARE_32, 0x100, 0x100, 0, 1}},
        {{FFA_MEM_SHARE_32, 0x100, 0x100, FIRST, 0}},
        {{FFA_MEM_SHARE_64, 1ull << 32, 0x100}},
        {{FFA_MEM_SHARE_64, 0x100, 1ull << 32}},
        {{FFA_MEM_SHARE_32, 0x100, 0x100, 0, 0, 1}},
        {{FFA_MEM_RETRIEVE_REQ_32, 0, 0}},
        {{FFA_MEM_RETRIEVE_REQ_32, 0x1010, 0x1010}},
        {{FFA_MEM_RETRIEVE_REQ_32, 0x60, 0x60, 0, 1}},
        {{FFA_MEM_RECLAIM, 0, 0, 0}},
        {{FFA_MEM_RECLAIM, 0xffffffff, 0xffffffff, 0}},
        {{FFA_MEM_RECLAIM, 0, 1u << 31, 0}},
        {{FFA_MEM_FRAG_TX, 0, 0, 16}},
        {{FFA_MEM_FRAG_RX, 0, 0, 16}},
    };

    for (unsigned i = 0; i < COUNT(calls); i++) {
        struct snapshot *before = snapshot_take();
        struct snapshot *after;

        ck_assert_int_eq(error_of(machine_call(P1, calls[i].x)), FFA_INVALID_PARAMETERS);
        after = snapshot_take();
        snapshot_same_state(before, after, P1, "refused");
        snapshot_free(before);
        snapshot_free(after);
    }
    ck_assert_int_eq(error_of(CALL(P1, FFA_RXTX_UNMAP)), 0);
    ck_assert_int_eq(error_of(CALL(P1, FFA_MEM_SHARE_32, 0x100, 0x100)), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(error_of(CALL(P1, FFA_MEM_RELINQUISH)), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(error_of(CALL(P1, FFA_MEM_RETRIEVE_REQ_32, 0x100, 0x100)),
                     FFA_INVALID_PARAMETERS);
}
END_TEST

/* Another PE writes to the buffer while it is read. */
static void scribble(struct arch_pe *pe, uint64_t pa, size_t size, enum pas pas)
{
    uint8_t *tx = tx_of(reader_of_tx);
    uint32_t n = rnd(3);

    (void)pe;
    (void)pa;
    (void)size;
    (void)pas;
    while (n-- != 0) {
        uint32_t at = rnd(good_bytes);

        switch (rnd(4)) {
        case 0:
            tx[at] = (uint8_t)rnd(256);
            break;
        case 1:
            tx[at] = good[rnd(good_bytes)];
            break;
        case 2:
            put_bytes(&tx[at & ~15u], 8, FIRST + rnd(16) * PAGE);
            break;
        default:
            put_bytes(&tx[(at & ~15u) + 8], 4, rnd(4));
            break;
        }
    }
}

START_TEST(a_buffer_that_changes_while_it_is_read)
{
    static struct share_constituent many[40];
    struct snapshot *before = snapshot_take();
    struct descriptor d;
    struct descriptor request;
    unsigned sent = 0;
    unsigned taken = 0;

    seed((uint64_t)_i + 1);
    set_version(P2, FFA_VERSION_1_2);
    for (unsigned i = 0; i < COUNT(many); i++) {
        many[i] = (struct share_constituent){FIRST + (2ull * i + 16) * PAGE, 1, 0};
    }
    d = descriptor_of(P1, SHARE_LEND, many, COUNT(many), RECEIVERS(P2));
    for (unsigned round = 0; round < 2000; round++) {
        struct regs r;
        uint64_t h;

        good_bytes = descriptor_write(&d, good);
        memcpy(tx_of(P1), good, good_bytes);
        reader_of_tx = P1;
        machine.pe.on_copy_from = scribble;
        r = CALL(P1, FFA_MEM_LEND_32, good_bytes, good_bytes);
        machine.pe.on_copy_from = NULL;
        if (error_of(r) != 0) {
            snapshot_check(before, "refused");
            continue;
        }
        sent++;
        h = r.x[3] << 32 | r.x[2];
        request = request_of(&d, P2, SHARE_LEND, h);
        good_bytes = descriptor_write(&request, good);
        memcpy(tx_of(P2), good, good_bytes);
        reader_of_tx = P2;
        machine.pe.on_copy_from = scribble;
        r = CALL(P2, FFA_MEM_RETRIEVE_REQ_32, good_bytes, good_bytes);
        machine.pe.on_copy_from = NULL;
        snapshot_free(snapshot_take());
        if (error_of(r) == 0) {
            taken++;
            ck_assert_int_eq(error_of(CALL(P2, FFA_RX_RELEASE)), 0);
            ck_assert_int_eq(relinquish(P2, h, 0), 0);
        }
        ck_assert_int_eq(reclaim(P1, h, 0), 0);
        snapshot_check(before, "reclaimed");
    }
    ck_assert_uint_gt(sent, 100);
    ck_assert_uint_lt(sent, 1900);
    ck_assert_uint_gt(taken, 20);
    snapshot_free(before);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, a_send_with_one_field_wrong, 0, 4);
    tcase_add_loop_test(tcase, a_request_with_one_field_wrong, 0, 4);
    tcase_add_test(tcase, a_relinquish_with_one_field_wrong);
    tcase_add_loop_test(tcase, cut_off_anywhere, 0, 4);
    tcase_add_test(tcase, areas_that_overlap);
    tcase_add_test(tcase, registers_that_do_not_fit);
    tcase_add_loop_test(tcase, a_buffer_that_changes_while_it_is_read, 0, 2);
}

int main(void)
{
    return run_case("descriptor", add);
}
