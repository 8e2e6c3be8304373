/* SPDX-License-Identifier: BSD-3-Clause */
#include "bench_mem.h"
#include "fast_call.h"
#include "ffa_mem.h"
#include "guest.h"
#include "psci.h"

#define PAGE FFA_PAGE_SIZE_BYTES
#define ARENA_AWAY                                                                \
    0x4000000u /* from the image: nothing is loaded there, and nothing is touched \
                */
#define ALIGN      0x200000u
#define BORROWER   FFA_ID_SP_FIRST
#define MAX_RANGES 16384u

__attribute__((section(".bss.pages"), aligned(4096))) static uint8_t buffers[2][PAGE];
__attribute__((section(".bss.pages"), aligned(4096))) static struct ffa_mem_range range[MAX_RANGES];

static const struct ffa_mem_port port = {FFA_VERSION_1_3, buffers[0], buffers[1], PAGE};
static const struct ffa_mem mem = {
    .sender = FFA_ID_NWD,
    .attributes = FFA_MEM_NORMAL_WB_ISH,
    .borrower_count = 1,
    .borrower = {{.id = BORROWER, .permissions = FFA_MEM_DATA_RW}},
};

static uint64_t share(const struct ffa_mem_ranges *ranges, bool first)
{
    static uint32_t total;
    uint64_t handle = 0;

    if (ranges->count > 1) {
        guest_assert(ffa_mem_send_all(&port, FFA_MEM_SHARE_32, &mem, ranges, &handle) == 0);
        return handle;
    }
    if (first) { /* nobody else writes into the TX buffer */
        uint32_t in;

        (void)ffa_mem_put(&port, &mem, ranges, &total, &in);
    }
    struct fast_regs r = {{FFA_MEM_SHARE_32, total, total}};

    fast_call(&r);
    guest_assert(r.x[0] == FFA_SUCCESS_32);
    return ffa_mem_handle(&r.x[2]);
}

static void life(const struct ffa_mem_ranges *ranges, bool first)
{
    uint64_t handle = share(ranges, first);
    struct fast_regs r = {
        {FFA_MSG_SEND_DIRECT_REQ_64, FFA_PAIR(FFA_ID_NWD, BORROWER), 0, BENCH_MEM_BORROW, handle}};

    fast_call(&r);
    guest_assert(r.x[3] == BENCH_MEM_DONE && r.x[4] == ranges->count);
    r = (struct fast_regs){{FFA_MEM_RECLAIM, (uint32_t)handle, handle >> 32}};
    fast_call(&r);
    guest_assert(r.x[0] == FFA_SUCCESS_32);
}

void guest_main(unsigned pe)
{
    uint32_t lives = (uint32_t)guest_parameter;
    uint32_t pages = (uint32_t)(guest_parameter >> 32) & 0xffffffu;
    uint64_t base = ((uintptr_t)__image_start & ~(uint64_t)(ALIGN - 1)) + ARENA_AWAY;
    struct ffa_mem_ranges ranges = {.range = range, .count = 1};
    struct ffa_args r;

    (void)pe;
    guest_assert(ffa_version(port.version) > 0);
    r = ffa_rxtx_map(port.tx, port.rx, 1);
    guest_assert(ffa_status(&r) == 0);
    range[0] = (struct ffa_mem_range){.address = base, .page_count = pages};
    if ((guest_parameter & BENCH_MEM_SCATTERED) != 0) {
        guest_assert(pages <= MAX_RANGES);
        ranges.count = pages;
        for (uint32_t n = 0; n < pages; n++) {
            range[n] = (struct ffa_mem_range){.address = base + 2ull * n * PAGE, .page_count = 1};
        }
    }
    for (uint32_t n = 0; n < lives; n++) {
        life(&ranges, n == 0);
    }
    psci_system_off();
}
