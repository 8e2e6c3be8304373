/* SPDX-License-Identifier: BSD-3-Clause */
#include "drive.h"

#include "talk_kernel.h"

#define PAGE        FFA_PAGE_SIZE_BYTES
#define ARENA_ALIGN 0x200000u
#define ARENA_AWAY  0x2000000u /* from the image: nothing is loaded there */

struct ffa_mem_port drive_port;

void drive_begin(uint32_t version)
{
    talk_begin(version);
    drive_port = (struct ffa_mem_port){version, talk_pages[0], talk_pages[1], PAGE};
    expect_ok(ffa_rxtx_map(drive_port.tx, drive_port.rx, 1));
}

_Noreturn void drive_end(const char *proved)
{
    talk_end(proved);
}

uint64_t drive_page(unsigned n)
{
    uint64_t image = (uintptr_t)__image_start & ~(uint64_t)(ARENA_ALIGN - 1);
    uint64_t page = image + ARENA_AWAY + (uint64_t)n * PAGE;

    guest_assert(n < DRIVE_PAGES && mmu_map((uintptr_t)page, PAGE, 0));
    return page;
}

uint64_t drive_peek(uint64_t address)
{
    return *(volatile uint64_t *)(uintptr_t)address;
}

void drive_poke(uint64_t address, uint64_t value)
{
    *(volatile uint64_t *)(uintptr_t)address = value;
}

struct loan drive_loan(uint32_t function, uint16_t to, uint8_t permissions,
                       struct ffa_mem_range *range, uint64_t address, uint32_t pages)
{
    struct loan loan = {
        .function = function,
        .mem = {.tag = pages,
                .attributes = function == FFA_MEM_SHARE_32 ? FFA_MEM_NORMAL_WB_ISH : 0},
        .ranges = {.range = range, .count = 1, .room = 1},
    };

    *range = (struct ffa_mem_range){.address = address, .page_count = pages};
    drive_add_borrower(&loan, to, permissions);
    return loan;
}

void drive_add_borrower(struct loan *loan, uint16_t to, uint8_t permissions)
{
    guest_assert(loan->mem.borrower_count < FFA_MEM_MAX_BORROWERS);
    loan->mem.borrower[loan->mem.borrower_count++] =
        (struct ffa_mem_borrower){.id = to, .permissions = permissions};
    if (loan->mem.borrower_count > 1) {
        loan->mem.attributes = FFA_MEM_NORMAL_WB_ISH;
    }
}

int32_t drive_send(struct loan *loan)
{
    loan->mem.sender = loan->sender = FFA_ID_NWD;
    return ffa_mem_send_all(&drive_port, loan->function, &loan->mem, &loan->ranges, &loan->handle);
}

int32_t drive_reclaim(const struct loan *loan, uint32_t flags)
{
    struct ffa_args r = ffa_mem_reclaim(loan->handle, flags);

    guest_assert(ffa_status(&r) != 0 || talk_is_bare(r));
    return ffa_status(&r);
}

struct answer drive_tell(uint16_t id, enum mem_command command, uint64_t a1, uint64_t a2,
                         uint64_t a3, uint64_t a4)
{
    const uint64_t payload[FFA_PAYLOAD_WORDS] = {command, a1, a2, a3, a4};
    struct ffa_args r = ffa_direct_req64(FFA_ID_NWD, id, payload);

    guest_assert(r.x[0] == FFA_MSG_SEND_DIRECT_RESP_64);
    guest_assert(r.x[1] == FFA_PAIR(id, FFA_ID_NWD) && r.x[3] == MEM_DONE);
    return (struct answer){{r.x[4], r.x[5], r.x[6], r.x[7]}};
}

struct answer drive_ask(uint16_t id, const struct loan *loan, struct asks asks)
{
    return drive_tell(id, MEM_CMD_RETRIEVE, loan->handle,
                      loan->sender | (uint64_t)asks.permissions << 16 |
                          (uint64_t)asks.options << 24 | (uint64_t)asks.flags << 32,
                      loan->mem.tag,
                      asks.attributes | (uint64_t)asks.other[0] << 16 |
                          (uint64_t)asks.other[1] << 32 | (uint64_t)asks.other[2] << 48);
}

static uint32_t type_of(uint32_t function)
{
    return function == FFA_MEM_SHARE_32  ? TYPE_SHARE
           : function == FFA_MEM_LEND_32 ? TYPE_LEND
                                         : TYPE_DONATE;
}

void drive_retrieve(uint16_t id, const struct loan *loan, struct asks asks, uint8_t permissions)
{
    struct answer a = drive_ask(id, loan, asks);
    uint32_t flags = type_of(loan->function) | (loan->mem.flags & FFA_MEM_FLAG_ZERO);
    uint32_t pages = 0;

    for (uint32_t n = 0; n < loan->ranges.count; n++) {
        pages += loan->ranges.range[n].page_count;
    }
    guest_assert(status_of(a) == 0);
    guest_assert(a.r[1] == pages && a.r[3] == mem_hash(loan->ranges.range, loan->ranges.count));
    guest_assert((uint8_t)(a.r[2] >> 16) == permissions && a.r[2] >> 32 == flags);
    guest_assert((a.r[2] & 0x3fu) == FFA_MEM_NORMAL_WB_ISH);
}

int32_t drive_relinquish(uint16_t id, const struct loan *loan, uint32_t flags)
{
    return status_of(drive_tell(id, MEM_CMD_RELINQUISH, loan->handle, flags, 0, 0));
}

void drive_sweep(uint16_t id, const struct loan *loan, uint64_t expected, uint64_t written)
{
    struct answer a = drive_tell(id, MEM_CMD_SWEEP, loan->handle, expected, written, 0);
    uint32_t pages = 0;

    for (uint32_t n = 0; n < loan->ranges.count; n++) {
        pages += loan->ranges.range[n].page_count;
    }
    guest_assert(a.r[0] == pages && a.r[1] == 0);
}

uint64_t drive_touch(uint16_t id, enum mem_access access, uint64_t address, unsigned attributes,
                     uint64_t value)
{
    struct answer a = drive_tell(id, MEM_CMD_TOUCH, address,
                                 (uint64_t)access | (uint64_t)attributes << 8, value, 0);

    guest_assert(a.r[0] == 0);
    return a.r[1];
}

void drive_fault(uint16_t id, enum mem_access access, uint64_t address, unsigned attributes,
                 unsigned fsc)
{
    struct answer a =
        drive_tell(id, MEM_CMD_TOUCH, address, (uint64_t)access | (uint64_t)attributes << 8, 0, 0);

    guest_assert(a.r[0] == 1);
    guest_assert(ESR_EC(a.r[1]) == (access == MEM_EXECUTE ? EC_INSTRUCTION_ABORT : EC_DATA_ABORT));
    guest_assert(fsc == TRANSLATION_ANY ? (FSC(a.r[1]) & ~3u) == TRANSLATION(0)
                                        : FSC(a.r[1]) == fsc);
    guest_assert(access == MEM_EXECUTE || ((a.r[1] & ESR_WNR) != 0) == (access == MEM_WRITE));
    guest_assert(a.r[2] == address);
}

int32_t drive_send_of(uint16_t id, struct loan *loan, uint32_t stride)
{
    uint64_t ids = 0;
    uint32_t pages = stride == 0 ? loan->ranges.range[0].page_count : loan->ranges.count;
    struct answer a;

    loan->sender = id;
    for (unsigned n = 0; n < loan->mem.borrower_count; n++) {
        ids |= (uint64_t)loan->mem.borrower[n].id << (16 * n);
    }
    a = drive_tell(id, MEM_CMD_SEND, loan->function | (uint64_t)loan->mem.flags << 32, ids,
                   loan->ranges.range[0].address | stride,
                   pages | (uint64_t)loan->mem.borrower[0].permissions << 32 |
                       (uint64_t)loan->mem.attributes << 40 | loan->mem.tag << 48);
    loan->handle = a.r[1];
    return status_of(a);
}

int32_t drive_reclaim_of(uint16_t id, const struct loan *loan, uint32_t flags)
{
    return status_of(drive_tell(id, MEM_CMD_RECLAIM, loan->handle, flags, 0, 0));
}

uint64_t drive_pool_of(uint16_t id, unsigned page)
{
    struct answer a = drive_tell(id, MEM_CMD_POOL, 0, 0, 0, 0);

    guest_assert(page < a.r[1]);
    return a.r[0] + (uint64_t)page * PAGE;
}

uint64_t drive_big_pool_of(uint16_t id, unsigned page)
{
    struct answer a = drive_tell(id, MEM_CMD_POOL, 0, 0, 0, 0);

    guest_assert(page < MEM_BIG_PAGES);
    return a.r[2] + (uint64_t)page * PAGE;
}
