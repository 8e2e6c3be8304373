/* SPDX-License-Identifier: BSD-3-Clause */
#include "el0.h"
#include "ffa.h"
#include "guest.h"
#include "layout.h"
#include "mem.h"
#include "rules.h"

#define PAGES   4u
#define PAGE    FFA_PAGE_SIZE_BYTES
#define IPA_END (1ull << 40)
#define DIRTY   0xdeadbeef00000000ull

extern const char __rodata_start[], __data_start[], __stacks_start[];

__attribute__((section(".bss.pages"), aligned(4096))) static uint8_t pages[PAGES][PAGE];

uint8_t *const rules_read_only_page = pages[0];
uint8_t *const rules_writable_page = pages[3];

static struct ffa_args call(uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3, uint64_t x4)
{
    struct ffa_args args = {.x = {x0, x1, x2, x3, x4}};

    ffa_call(&args);
    return args;
}

static bool is_refused(struct ffa_args r, int32_t code)
{
    return r.x[0] == FFA_ERROR && r.x[2] == (uint32_t)code && (r.x[1] | r.x[3]) == 0;
}

static bool is_granted(struct ffa_args r)
{
    return r.x[0] == FFA_SUCCESS_32 && (r.x[1] | r.x[2] | r.x[3]) == 0;
}

static bool has(const void *page, uint64_t permission)
{
    struct ffa_args r = ffa_mem_perm_get(page, 0);

    return r.x[0] == FFA_SUCCESS_32 && r.x[2] == permission && (r.x[1] | r.x[3]) == 0;
}

static void set(void *page, uint32_t count, uint32_t permission)
{
    guest_assert(is_granted(ffa_mem_perm_set(page, count, permission)));
    guest_assert(has(page, permission));
}

static const char *package(uint64_t offset)
{
    /* by number: the compiler knows no object in front of the image */
    return (const char *)((uintptr_t)__image_start - EL0_IMAGE_OFFSET + offset);
}

/* As the entry code and the manifest have it. */
static void at_first(void)
{
    const uint64_t *zeroed = (const uint64_t *)(const void *)package(EL0_ZEROED_OFFSET);

    guest_assert(has(package(0), FFA_MEM_PERM_RX));
    guest_assert(has(__image_start, FFA_MEM_PERM_RX));
    guest_assert(has(__rodata_start, FFA_MEM_PERM_RO));
    guest_assert(has(__data_start, FFA_MEM_PERM_RW));
    guest_assert(has(__stacks_start, FFA_MEM_PERM_RO));
    guest_assert(has(__stacks_start + STACK_GUARD_BYTES, FFA_MEM_PERM_RW));
    guest_assert(has(package(EL0_ZEROED_OFFSET), FFA_MEM_PERM_RW));
    guest_assert(has(package(EL0_CONSTANT_OFFSET), FFA_MEM_PERM_RO));
    guest_assert(has(package(EL0_CODE_OFFSET), FFA_MEM_PERM_RX));
    for (unsigned i = 0; i < 2 * PAGE / sizeof(*zeroed); i++) {
        guest_assert(zeroed[i] == 0);
    }
}

static void refused_get(bool counts)
{
    const uint32_t both[] = {FFA_MEM_PERM_GET_32, FFA_MEM_PERM_GET_64};
    const uint64_t bad[] = {
        0,       PAGE,       0xdeadb000,    (uintptr_t)pages + 1, (uintptr_t)pages + PAGE / 2,
        IPA_END, 1ull << 47, ~0ull & -PAGE, EL0_NORMAL_WORLD,     EL0_DEVICE};

    for (unsigned form = 0; form < 2; form++) {
        for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
            guest_assert(is_refused(call(both[form], bad[i], 0, 0, 0), FFA_INVALID_PARAMETERS));
        }
        guest_assert(
            is_refused(call(both[form], (uintptr_t)pages, 0, 1, 0), FFA_INVALID_PARAMETERS));
        guest_assert(
            is_refused(call(both[form], (uintptr_t)pages, 0, 0, 1), FFA_INVALID_PARAMETERS));
        guest_assert(counts || is_refused(call(both[form], (uintptr_t)pages, 1, 0, 0),
                                          FFA_INVALID_PARAMETERS));
    }
    guest_assert(is_refused(call(FFA_MEM_PERM_GET_64, (uintptr_t)pages, 1ull << 32, 0, 0),
                            FFA_INVALID_PARAMETERS));
}

static void refused_set(void)
{
    const uint32_t both[] = {FFA_MEM_PERM_SET_32, FFA_MEM_PERM_SET_64};
    const uint64_t base = (uintptr_t)pages;
    const uint64_t bad[][3] = {
        {base, 1, 0},
        {base, 1, 1}, /* writable and executable */
        {base, 1, 2},
        {base, 1, 4},
        {base, 1, 6},
        {base, 1, 8 | FFA_MEM_PERM_RW},
        {base, 1, 0x80000000u | FFA_MEM_PERM_RO},
        {base, 0, FFA_MEM_PERM_RO},
        {base + 1, 1, FFA_MEM_PERM_RO},
        {base, 0xffffffffu, FFA_MEM_PERM_RO},
        {base, 0x4000, FFA_MEM_PERM_RO}, /* ends in nothing */
        {0, 1, FFA_MEM_PERM_RO},
        {0xdeadb000u, 1, FFA_MEM_PERM_RX},
        {EL0_NORMAL_WORLD, 1, FFA_MEM_PERM_RX},
        {EL0_NORMAL_WORLD, 1, FFA_MEM_PERM_RO},
        {EL0_DEVICE, 1, FFA_MEM_PERM_RO},
    };

    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        for (unsigned form = 0; form < 2; form++) {
            guest_assert(is_refused(call(both[form], bad[i][0], bad[i][1], bad[i][2], 0),
                                    FFA_INVALID_PARAMETERS));
        }
    }
    for (unsigned form = 0; form < 2; form++) {
        guest_assert(
            is_refused(call(both[form], base, 1, FFA_MEM_PERM_RW, 1), FFA_INVALID_PARAMETERS));
    }
    guest_assert(is_refused(call(FFA_MEM_PERM_SET_64, base, 1, FFA_MEM_PERM_RW | 1ull << 32, 0),
                            FFA_INVALID_PARAMETERS));
    guest_assert(is_refused(call(FFA_MEM_PERM_SET_64, base, 1ull << 52, FFA_MEM_PERM_RW, 0),
                            FFA_INVALID_PARAMETERS));
    guest_assert(is_refused(call(FFA_MEM_PERM_SET_64, IPA_END - PAGE, 2, FFA_MEM_PERM_RW, 0),
                            FFA_INVALID_PARAMETERS));
    for (unsigned i = 0; i < PAGES; i++) {
        guest_assert(has(pages[i], FFA_MEM_PERM_RW));
    }
}

/* 32-bit forms look at W registers. */
static void forms(void)
{
    struct ffa_args r;

    guest_assert(is_granted(call(FFA_MEM_PERM_SET_32 | DIRTY, (uintptr_t)pages | DIRTY, DIRTY | 1,
                                 DIRTY | FFA_MEM_PERM_RO, DIRTY)));
    r = call(FFA_MEM_PERM_GET_32, (uintptr_t)pages | DIRTY, DIRTY, DIRTY, DIRTY);
    guest_assert(r.x[0] == FFA_SUCCESS_32 && r.x[2] == FFA_MEM_PERM_RO);
    set(pages, 1, FFA_MEM_PERM_RW);
}

/* Since v1.3: of how many pages it is true, less one, and never more than was asked for. */
static void counted(void)
{
    struct ffa_args r;

    set(pages[2], 1, FFA_MEM_PERM_RO);
    for (uint32_t more = 0; more < 6; more++) {
        r = ffa_mem_perm_get(pages, more);
        guest_assert(r.x[0] == FFA_SUCCESS_32 && r.x[2] == FFA_MEM_PERM_RW);
        guest_assert(r.x[3] == (more < 1 ? more : 1));
    }
    r = ffa_mem_perm_get(pages[2], 0xffffffffu);
    guest_assert(r.x[0] == FFA_SUCCESS_32 && r.x[2] == FFA_MEM_PERM_RO && r.x[3] == 0);
    set(pages[2], 1, FFA_MEM_PERM_RW);
    r = ffa_mem_perm_get(package(EL0_ZEROED_OFFSET), 0xffffffffu);
    guest_assert(r.x[0] == FFA_SUCCESS_32 && r.x[2] == FFA_MEM_PERM_RW && r.x[3] == 1);
}

/* Code that it wrote itself: first data, then code, never both. */
static void write_code(void)
{
    static const uint32_t answer[] = {0x52800540u, 0xd65f03c0u}; /* mov w0, #42; ret */
    uint32_t (*run)(void) = (uint32_t(*)(void))(uintptr_t)pages[1];

    for (unsigned round = 0; round < 2; round++) {
        const uint32_t code[] = {answer[0] + (round << 5), answer[1]};

        set(pages[1], 1, FFA_MEM_PERM_RW);
        memcpy(pages[1], code, sizeof(code));
        set(pages[1], 1, FFA_MEM_PERM_RX);
        guest_assert(run() == 42 + round);
    }
    set(pages[1], 1, FFA_MEM_PERM_RW);
}

/* What the SPMC reads and writes by itself stays as it is. */
static void buffers(void)
{
    struct ffa_args r = ffa_rxtx_map(pages[1], pages[2], 1);

    guest_assert(r.x[0] == FFA_SUCCESS_32);
    guest_assert(is_refused(ffa_mem_perm_set(pages[1], 1, FFA_MEM_PERM_RO), FFA_DENIED));
    guest_assert(is_refused(ffa_mem_perm_set(pages[2], 1, FFA_MEM_PERM_RX), FFA_DENIED));
    guest_assert(is_refused(ffa_mem_perm_set(pages, PAGES, FFA_MEM_PERM_RW), FFA_DENIED));
    set(pages, 1, FFA_MEM_PERM_RO);
    r = ffa_rxtx_unmap();
    guest_assert(r.x[0] == FFA_SUCCESS_32);
    set(pages, PAGES, FFA_MEM_PERM_RW);
    /* and buffers have to be writable */
    set(pages[2], 1, FFA_MEM_PERM_RO);
    r = ffa_rxtx_map(pages[1], pages[2], 1);
    guest_assert(is_refused(r, FFA_DENIED));
    set(pages[2], 1, FFA_MEM_PERM_RW);
}

void rules_mem_perm(uint32_t version)
{
    at_first();
    refused_get(version >= FFA_VERSION_1_3);
    refused_set();
    forms();
    if (version >= FFA_VERSION_1_3) {
        counted();
    }
    write_code();
    buffers();
    set(pages[0], 1, FFA_MEM_PERM_RO);
}

void rules_mem_perm_is_over(void)
{
    guest_assert(is_refused(ffa_mem_perm_get(pages, 0), FFA_DENIED));
    guest_assert(is_refused(ffa_mem_perm_set(pages, 1, FFA_MEM_PERM_RW), FFA_DENIED));
    guest_assert(is_refused(ffa_mem_perm_set(pages, 1, 0), FFA_DENIED));
}
