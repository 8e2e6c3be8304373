/* SPDX-License-Identifier: BSD-3-Clause */
/* RX and TX buffers: FF-A v1.2, 13.4 to 13.7. */
#include "rules.h"
#include "talk.h"

#define PAGE ((uint64_t)FFA_PAGE_SIZE_BYTES)

static struct ffa_args map(uint64_t tx, uint64_t rx, uint64_t pages)
{
    return CALL(FFA_RXTX_MAP_64, tx, rx, pages);
}

static void forms(void)
{
    const uint64_t page = talk_page(0);
    const uint64_t other = talk_page(4);

    expect_error(FFA_INVALID_PARAMETERS, map(page, page, 1));
    expect_error(FFA_INVALID_PARAMETERS, map(page, other + 8, 1));
    expect_error(FFA_INVALID_PARAMETERS, map(page + 2048, other, 1));
    expect_error(FFA_INVALID_PARAMETERS, map(page, other, 0));
    expect_error(FFA_INVALID_PARAMETERS, map(page, other, 5));
    expect_error(FFA_INVALID_PARAMETERS, map(page, other, 0x3f));
    expect_error(FFA_INVALID_PARAMETERS, map(page, other, 0x41));
    expect_error(FFA_INVALID_PARAMETERS, map(page, other, 0x100000001ull));
    expect_error(FFA_INVALID_PARAMETERS, map(page, page + PAGE, 2));
    expect_error(FFA_INVALID_PARAMETERS, map(page + 3 * PAGE, page, 4));
    expect_error(FFA_INVALID_PARAMETERS, map(~(PAGE - 1), page, 1));
    expect_error(FFA_INVALID_PARAMETERS, CALL(FFA_RXTX_MAP_64, page, other, 1, 1));
    expect_error(FFA_INVALID_PARAMETERS,
                 CALL(FFA_RXTX_MAP_64, page, other, 1, 0, 0, 0, 1ull << 63));
    expect_error(FFA_NOT_SUPPORTED, CALL(FFA_RXTX_MAP_32, (uint32_t)page, (uint32_t)other, 1));
}

/* Memory of others, of nobody, and devices. */
static void owners(uint64_t foreign)
{
    const uint64_t page = talk_page(0);
    const uint64_t bad[] = {
        foreign,    0x0e100000,           0x09000000,        0x09040000,          0,
        0x08000000, 1ull << 32,           1ull << 40,        (1ull << 48) - PAGE, 1ull << 48,
        1ull << 63, ~0ull - 8 * PAGE + 1, page | 1ull << 52,
    };

    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        expect_error(FFA_DENIED, map(bad[i], page, 1));
        expect_error(FFA_DENIED, map(page, bad[i], 1));
    }
}

static void nothing_is_mapped(void)
{
    expect_error(FFA_INVALID_PARAMETERS, CALL(FFA_RXTX_UNMAP));
    expect_error(FFA_DENIED, CALL(FFA_RX_RELEASE));
    expect_error(FFA_BUSY, CALL(FFA_PARTITION_INFO_GET));
    if (talk_is_kernel()) {
        expect_error(FFA_DENIED, CALL(FFA_RX_ACQUIRE));
    } else {
        expect_error(FFA_NOT_SUPPORTED, CALL(FFA_RX_ACQUIRE));
    }
}

static void ownership(void)
{
    expect_error(FFA_DENIED, CALL(FFA_RX_RELEASE));
    expect_ok(CALL(FFA_PARTITION_INFO_GET));
    expect_error(FFA_BUSY, CALL(FFA_PARTITION_INFO_GET));
    expect_ok(CALL(FFA_PARTITION_INFO_GET, 0, 0, 0, 0, FFA_PARTITION_INFO_COUNT_ONLY));
    expect_error(FFA_INVALID_PARAMETERS, CALL(FFA_RX_RELEASE, 1));
    expect_error(FFA_INVALID_PARAMETERS, CALL(FFA_RX_RELEASE, 0, 1));
    expect_ok(CALL(FFA_RX_RELEASE));
    expect_error(FFA_DENIED, CALL(FFA_RX_RELEASE));
    if (talk_is_kernel()) {
        expect_ok(CALL(FFA_RX_ACQUIRE));
        expect_error(FFA_DENIED, CALL(FFA_RX_ACQUIRE));
        expect_error(FFA_BUSY, CALL(FFA_PARTITION_INFO_GET));
        expect_ok(CALL(FFA_RX_RELEASE));
    }
}

void rules_rxtx(uint64_t foreign)
{
    const uint64_t page = talk_page(0);

    nothing_is_mapped();
    forms();
    owners(foreign);
    nothing_is_mapped();
    for (uint64_t pages = 1; pages <= TALK_PAGES / 2; pages++) {
        uint64_t rx = page + pages * PAGE;

        expect_ok(map(page, rx, pages));
        expect_error(FFA_DENIED, map(page, rx, pages));
        expect_error(FFA_DENIED, map(talk_page(6), talk_page(7), 1));
        ownership();
        expect_ok(CALL(FFA_PARTITION_INFO_GET)); /* a full buffer may be unmapped */
        expect_error(FFA_INVALID_PARAMETERS, CALL(FFA_RXTX_UNMAP, 1u << 16));
        expect_error(FFA_INVALID_PARAMETERS, CALL(FFA_RXTX_UNMAP, 0, 0, 0, 0, 0, 0, 5));
        expect_ok(CALL(FFA_RXTX_UNMAP));
        nothing_is_mapped();
    }
}
