/* SPDX-License-Identifier: BSD-3-Clause */
/* A partition that borrows and lends memory as it is told; GUEST_PARAMETER is its FF-A version. */
#include "commands.h"

#include "hostile.h"
#include "mmu.h"
#include "serve.h"
#include "touch.h"

#define PAGE        FFA_PAGE_SIZE_BYTES
#define BLOCK_BYTES 0x200000u
#define POOL_PAGES  32u
#define HELD        6u
#define MAX_RANGES  1024u

/* Not cleared at entry. */
#define PAGES __attribute__((section(".bss.pages"), aligned(4096)))
PAGES static uint8_t buffers[2][PAGE];
PAGES static uint8_t pool[POOL_PAGES][PAGE];

/* What it has retrieved and not given back. */
static struct held {
    uint64_t handle; /* 0: free */
    struct ffa_mem mem;
    struct ffa_mem_ranges ranges;
} held[HELD];
PAGES static struct ffa_mem_range room[HELD][MAX_RANGES];
PAGES static struct ffa_mem_range sent[MAX_RANGES];

static struct ffa_mem_port port;
static uint16_t me;
static struct hostile hostile = {.port = &port};

static struct held *find(uint64_t handle)
{
    for (unsigned n = 0; n < HELD; n++) {
        if (held[n].handle == handle) {
            return &held[n];
        }
    }
    return NULL;
}

static void pool_of(uint64_t *word)
{
    uint64_t start = (uintptr_t)__image_start;

    word[1] = (uintptr_t)pool;
    word[2] = POOL_PAGES;
    word[3] = (start + BLOCK_BYTES - 1) & ~(uint64_t)(BLOCK_BYTES - 1);
}

static void add_borrower(struct ffa_mem *mem, uint16_t id, uint8_t permissions)
{
    mem->borrower[mem->borrower_count++] =
        (struct ffa_mem_borrower){.id = id, .permissions = permissions};
}

static void retrieve(uint64_t *word)
{
    struct held *to = find(0);
    struct ffa_mem mem = {
        .sender = (uint16_t)word[2],
        .attributes = (uint16_t)word[4],
        .flags = (uint32_t)(word[2] >> 32),
        .handle = word[1],
        .tag = word[3],
    };

    guest_assert(to != NULL);
    add_borrower(&mem, me, (uint8_t)(word[2] >> 16));
    if ((word[2] >> 24 & MEM_OPTION_IMPDEF) != 0) {
        mem.borrower[0].impdef[0] = MEM_IMPDEF_0;
        mem.borrower[0].impdef[1] = MEM_IMPDEF_1;
    }
    for (unsigned shift = 16; shift < 64; shift += 16) {
        uint16_t other = (uint16_t)(word[4] >> shift);

        if (other != 0) {
            add_borrower(&mem, other, 0);
        }
    }
    to->ranges = (struct ffa_mem_ranges){.range = room[to - held], .room = MAX_RANGES};
    word[1] = (uint64_t)(int64_t)ffa_mem_retrieve_all(&port, &mem, &to->ranges);
    word[2] = word[3] = word[4] = 0;
    if (word[1] != 0) {
        return;
    }
    guest_assert(mem.borrower_count == 1 && mem.borrower[0].id == me);
    for (uint32_t n = 0; n < to->ranges.count; n++) {
        word[2] += to->ranges.range[n].page_count;
    }
    word[3] =
        mem.attributes | (uint64_t)mem.borrower[0].permissions << 16 | (uint64_t)mem.flags << 32;
    word[4] = mem_hash(to->ranges.range, to->ranges.count);
    to->handle = (mem.flags & FFA_MEM_FLAG_TYPE_MASK) == 3u << FFA_MEM_FLAG_TYPE_SHIFT
                     ? 0 /* donated: its own now */
                     : mem.handle;
    to->mem = mem;
}

static uint64_t relinquish(uint64_t handle, uint32_t flags)
{
    struct ffa_args r = ffa_mem_relinquish(&port, handle, flags, me);
    struct held *of = find(handle);

    if (ffa_status(&r) == 0) {
        guest_assert(of != NULL);
        of->handle = 0;
    }
    return (uint64_t)(int64_t)ffa_status(&r);
}

/* `ok` and `taken` count what came; see MEM_CMD_SWEEP. */
static void sweep_page(uint64_t page, unsigned attributes, uint64_t expected, uint64_t written,
                       uint64_t *ok, uint64_t *taken)
{
    uint64_t value = 0;

    guest_assert(mmu_map((uintptr_t)page, PAGE, attributes));
    *taken += touch(MEM_READ, page, &value).taken;
    *ok += value == expected;
    if (written != 0) {
        *taken += touch(MEM_WRITE, page, &written).taken;
    }
}

static void sweep(uint64_t *word)
{
    const struct held *of = find(word[1]);
    uint64_t expected = word[2];
    uint64_t written = word[3];
    unsigned attributes = 0;

    guest_assert(of != NULL && word[1] != 0);
    /* FF-A 1.0 does not say; such a partition gets it from the normal world here. */
    if ((of->mem.attributes & FFA_MEM_NON_SECURE) != 0 ||
        (port.version < FFA_VERSION_1_1 && (of->mem.sender & FFA_ID_SECURE_BIT) == 0)) {
        attributes = MMU_NON_SECURE;
    }
    word[1] = word[2] = word[3] = word[4] = 0;
    for (uint32_t n = 0; n < of->ranges.count; n++) {
        const struct ffa_mem_range *range = &of->ranges.range[n];

        for (uint32_t i = 0; i < range->page_count; i++) {
            sweep_page(range->address + (uint64_t)i * PAGE, attributes, expected++, written,
                       &word[1], &word[2]);
            written += written != 0;
        }
    }
}

static void sweep_own(uint64_t *word)
{
    uint64_t base = word[1];
    uint64_t count = word[2];
    uint64_t expected = word[3];
    uint64_t written = word[4];

    word[1] = word[2] = word[3] = word[4] = 0;
    for (uint64_t i = 0; i < count; i++) {
        sweep_page(base + i * PAGE, 0, expected + i, written, &word[1], &word[2]);
        written += written != 0;
    }
}

static void touch_one(uint64_t *word)
{
    uint64_t address = word[1];
    uint64_t value = word[3];
    struct exception_report report;

    guest_assert(mmu_map((uintptr_t)address & ~(uintptr_t)(PAGE - 1), PAGE,
                         (unsigned)(word[2] >> 8) & 0xffu));
    report = touch((enum mem_access)(word[2] & 0xffu), address, &value);
    word[1] = report.taken;
    word[2] = report.taken ? report.esr : value;
    word[3] = report.taken ? report.far : 0;
}

static void send(uint64_t *word)
{
    uint64_t stride = word[3] & (PAGE - 1);
    uint64_t base = word[3] - stride;
    uint32_t pages = (uint32_t)word[4];
    struct ffa_mem_ranges ranges = {.range = sent, .count = stride == 0 ? 1 : pages};
    struct ffa_mem mem = {
        .sender = me,
        .attributes = (uint8_t)(word[4] >> 40),
        .flags = (uint32_t)(word[1] >> 32),
        .tag = word[4] >> 48,
    };
    uint64_t handle = 0;

    guest_assert(ranges.count <= MAX_RANGES);
    for (unsigned shift = 0; shift < 64; shift += 16) {
        if ((uint16_t)(word[2] >> shift) != 0) {
            add_borrower(&mem, (uint16_t)(word[2] >> shift), (uint8_t)(word[4] >> 32));
        }
    }
    for (uint32_t n = 0; n < ranges.count; n++) {
        sent[n] = (struct ffa_mem_range){.address = base + n * stride * PAGE,
                                         .page_count = stride == 0 ? pages : 1};
    }
    word[1] = (uint64_t)(int64_t)ffa_mem_send_all(&port, (uint32_t)word[1], &mem, &ranges, &handle);
    word[2] = handle;
}

static uint64_t reclaim(uint64_t handle, uint32_t flags)
{
    struct ffa_args r = ffa_mem_reclaim(handle, flags);

    return (uint64_t)(int64_t)ffa_status(&r);
}

static void obey(uint64_t *word)
{
    switch (word[0]) {
    case MEM_CMD_POOL:
        pool_of(word);
        break;
    case MEM_CMD_RETRIEVE:
        retrieve(word);
        break;
    case MEM_CMD_RELINQUISH:
        word[1] = relinquish(word[1], (uint32_t)word[2]);
        break;
    case MEM_CMD_SWEEP:
        sweep(word);
        break;
    case MEM_CMD_SWEEP_OWN:
        sweep_own(word);
        break;
    case MEM_CMD_TOUCH:
        touch_one(word);
        break;
    case MEM_CMD_SEND:
        send(word);
        break;
    case MEM_CMD_RECLAIM:
        word[1] = reclaim(word[1], (uint32_t)word[2]);
        break;
    case MEM_CMD_HOSTILE:
        hostile.base = (uintptr_t)pool;
        hostile.pages = POOL_PAGES;
        hostile_seed(&hostile, word[1]);
        hostile_tell(&hostile,
                     (struct hostile_known){word[3], (uint16_t)word[4], (uint16_t)(word[4] >> 16)});
        word[1] = hostile_calls(&hostile, (unsigned)word[2]);
        word[2] = hostile.last.handle;
        word[3] = hostile.last.sender | (uint64_t)hostile.last.borrowers << 16;
        break;
    case MEM_CMD_CLEAN_UP:
        word[1] = hostile_clean_up(&hostile, word[1] != 0);
        break;
    default:
        (void)ffa_abort();
        guest_assert(false);
    }
    word[0] = MEM_DONE;
}

static void handle_request(struct ffa_args *args, const struct request *request)
{
    (void)args;
    guest_assert(request->function == FFA_MSG_SEND_DIRECT_REQ_64);
    obey(request->word);
}

void guest_main(unsigned pe)
{
    struct ffa_args r;

    (void)pe;
    port = (struct ffa_mem_port){(uint32_t)guest_parameter, buffers[0], buffers[1], PAGE};
    guest_assert(ffa_version(port.version) == (int32_t)FFA_VERSION_1_3);
    me = (uint16_t)ffa_id_get();
    hostile.me = me;
    r = ffa_rxtx_map(port.tx, port.rx, 1);
    guest_assert(ffa_status(&r) == 0);
    serve(handle_request);
}
