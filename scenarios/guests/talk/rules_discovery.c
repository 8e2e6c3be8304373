/* SPDX-License-Identifier: BSD-3-Clause */
/* Partition information: FF-A v1.2, 13.8 and 13.9; descriptors of v1.3 are larger. */
#include "rules.h"
#include "talk.h"

#define RX_PAGE     1u
#define MAX_ENTRIES 8u
#define WORDS_1_3   6u

struct list {
    uint32_t count;
    unsigned words; /* of an entry */
    uint64_t word[MAX_ENTRIES * WORDS_1_3];
};

static unsigned entry_words(void)
{
    if (talk_me.version < FFA_VERSION_1_1) {
        return 1;
    }
    return talk_me.version < FFA_VERSION_1_3 ? 3 : WORDS_1_3;
}

static void by_buffer(struct list *list)
{
    const volatile uint64_t *rx = (const volatile uint64_t *)(uintptr_t)talk_page(RX_PAGE);
    struct ffa_args r;

    for (unsigned i = 0; i < FFA_PAGE_SIZE_BYTES; i++) {
        ((volatile uint8_t *)talk_pages[RX_PAGE])[i] = 0xee;
    }
    expect_ok(CALL(FFA_RXTX_MAP_64, talk_page(0), talk_page(RX_PAGE), 1));
    r = CALL(FFA_PARTITION_INFO_GET, 0, 0, 0, 0, FFA_PARTITION_INFO_COUNT_ONLY);
    guest_assert(talk_is_ok(r) && r.x[2] == list->count && r.x[3] == 0);
    guest_assert(rx[0] == 0xeeeeeeeeeeeeeeeeull); /* a count needs no buffer */
    r = CALL(FFA_PARTITION_INFO_GET);
    guest_assert(talk_is_ok(r) && r.x[2] == list->count);
    guest_assert(r.x[3] == (talk_me.version >= FFA_VERSION_1_1 ? 8 * list->words : 0));
    for (unsigned i = 0; i < list->count * list->words; i++) {
        list->word[i] = rx[i];
    }
    for (unsigned i = list->count * list->words; i < FFA_PAGE_SIZE_BYTES / 8; i++) {
        guest_assert(rx[i] == 0);
    }
    expect_ok(CALL(FFA_RX_RELEASE));
    expect_ok(CALL(FFA_RXTX_UNMAP));
}

/* Entry `n` of an answer: as the buffer had it; behind those, a logical partition at EL3. */
static void check_entry(const struct list *list, unsigned n, const uint64_t *x)
{
    if (n >= list->count) {
        guest_assert((uint16_t)x[0] >= FFA_ID_LSP_FIRST && (uint16_t)x[0] <= FFA_ID_LSP_LAST);
        return;
    }
    for (unsigned i = 0; i < list->words; i++) {
        guest_assert(x[i] == list->word[n * list->words + i]);
    }
}

static void by_registers(const struct list *list)
{
    unsigned done = 0;
    unsigned total;

    do {
        struct ffa_args r = CALL(FFA_PARTITION_INFO_GET_REGS_64, 0, 0, done);

        guest_assert(talk_is_ok(r) && r.x[1] == 0);
        total = (uint16_t)r.x[2] + 1u;
        guest_assert(total == list->count || (total > list->count && !talk_is_kernel()));
        guest_assert(r.x[2] >> 48 == 8 * list->words);
        unsigned last = (uint16_t)(r.x[2] >> 16);
        unsigned at = 3;

        guest_assert(last >= done && last < total);
        for (; done <= last; done++) {
            check_entry(list, done, &r.x[at]);
            at += list->words;
        }
        while (at < FFA_REGS_EXTENDED) {
            guest_assert(r.x[at++] == 0);
        }
    } while (done < total);
}

uint64_t rules_discovery(uint32_t count)
{
    static struct list list;
    uint64_t sum = 0;

    guest_assert(count <= MAX_ENTRIES);
    list.count = count;
    list.words = entry_words();
    by_buffer(&list);
    if (talk_me.version >= FFA_VERSION_1_2) {
        by_registers(&list);
    } else {
        expect_error(FFA_NOT_SUPPORTED, CALL(FFA_PARTITION_INFO_GET_REGS_64));
    }
    for (unsigned i = 0; i < count * list.words; i++) {
        sum = (sum ^ list.word[i]) * 0x100000001b3ull;
    }
    return sum;
}
