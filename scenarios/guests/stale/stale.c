/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A partition that lends a page of its own and goes on touching it without maintenance of its own,
 * as code that is wrong, or hostile, would: what its TLB still has shows.
 *
 * By 64-bit direct requests: 1: r1 = the page; 2: lends it to a1, r1 = status, r2 = handle; 3:
 * reclaims handle a1, r1 = status; 4: writes a1, 5: reads, r1 = 1: exception; r2 = what was read.
 */
#include "ffa_mem.h"
#include "guest.h"
#include "serve.h"
#include "touch.h"

#define PAGE FFA_PAGE_SIZE_BYTES

static uint8_t buffers[2][PAGE] __attribute__((aligned(4096)));
static uint8_t page[PAGE] __attribute__((aligned(4096)));

static const struct ffa_mem_port port = {FFA_VERSION_1_3, buffers[0], buffers[1], PAGE};
static uint16_t me;

static void lend(uint64_t *word)
{
    struct ffa_mem_range range = {.address = (uintptr_t)page, .page_count = 1};
    struct ffa_mem_ranges ranges = {.range = &range, .count = 1};
    struct ffa_mem mem = {.sender = me, .borrower_count = 1};
    uint64_t handle = 0;

    mem.borrower[0] = (struct ffa_mem_borrower){
        .id = (uint16_t)word[1], .permissions = FFA_MEM_PERMISSIONS(FFA_MEM_DATA_RW, 0)};
    word[1] = (uint64_t)(int64_t)ffa_mem_send_all(&port, FFA_MEM_LEND_32, &mem, &ranges, &handle);
    word[2] = handle;
}

static void access_page(uint64_t *word, enum mem_access access)
{
    uint64_t value = word[1];

    word[1] = touch(access, (uintptr_t)page, &value).taken;
    word[2] = word[1] != 0 ? 0 : value;
}

static void handle_request(struct ffa_args *args, const struct request *request)
{
    uint64_t *word = request->word;
    struct ffa_args r;

    (void)args;
    switch (word[0]) {
    case 1:
        word[1] = (uintptr_t)page;
        break;
    case 2:
        lend(word);
        break;
    case 3:
        r = ffa_mem_reclaim(word[1], 0);
        word[1] = (uint64_t)(int64_t)ffa_status(&r);
        break;
    case 4:
        access_page(word, MEM_WRITE);
        break;
    default:
        access_page(word, MEM_READ);
        break;
    }
}

void guest_main(unsigned pe)
{
    struct ffa_args r;

    (void)pe;
    guest_assert(ffa_version(port.version) == (int32_t)FFA_VERSION_1_3);
    me = (uint16_t)ffa_id_get();
    r = ffa_rxtx_map(port.tx, port.rx, 1);
    guest_assert(ffa_status(&r) == 0);
    serve(handle_request);
}
