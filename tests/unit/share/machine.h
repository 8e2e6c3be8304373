/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A machine for memory management: the real core booted from device trees, with three S-EL1
 * partitions, one S-EL0 partition and the normal world, all with RX/TX buffers.
 */
#ifndef TEST_SHARE_MACHINE_H
#define TEST_SHARE_MACHINE_H

#include <check.h>

#include "fake_arch.h"
#include "spmc/internal.h"

enum ep {
    NWD,
    P1,
    P2,
    P3,
    P0, /* the S-EL0 partition */
    EP_COUNT,
};

/*
 * Load ranges, in ascending order. P2's begins with a 2 MiB block and ends in the middle of
 * another, of which P3 has the rest.
 */
#define P1_BASE  0x10000000u
#define P1_BYTES 0x600000u
#define P2_BASE  0x10600000u
#define P2_BYTES 0x300000u
#define P3_BASE  0x10900000u
#define P3_BYTES 0x100000u
#define P0_BASE  0x10a00000u
#define P0_BYTES 0x200000u
#define NS_BASE  0x80000000u
#define NS_BYTES 0x1000000u
#define BLOCK    0x200000u
#define PAGE     PAGE_SIZE_BYTES
/* P1's regions */
#define P1_READ_ONLY 0x10c02000u
#define P1_DATA      0x10c10000u /* 16 pages, read and write */
#define P1_NS        (NS_BASE + 0x1000u)
#define P1_NS_PAGES  4u
#define P1_DEVICE    0x1c000000u /* 2 pages */
/* P0's; one more page follows its load range, in a region that begins inside */
#define P0_DATA   0x10e00000u /* 16 pages, read and write */
#define NS_DEVICE 0x1d000000u /* the normal world's, 16 pages */
/* Buffers; at most four pages each */
#define MAILBOX(ep) ((ep) == NWD ? NS_BASE + 0x800000u : 0x10d00000u + (ep)*0x10000u)
#define MAILBOX_MAX 0x4000u
#define POOL_BYTES  0x200000u

#define VM_1 0x1u
#define VM_2 0x2u

/* As ck_assert_*(), which writes to a file each time: for what is checked very often. */
#define MUST_MSG(condition, ...)       \
    do {                               \
        if (!(condition)) {            \
            ck_abort_msg(__VA_ARGS__); \
        }                              \
    } while (0)
#define MUST(condition) MUST_MSG(condition, "%s", #condition)
#define MUST_EQ(a, b)                                                                            \
    do {                                                                                         \
        const uint64_t must_a = (uint64_t)(a);                                                   \
        const uint64_t must_b = (uint64_t)(b);                                                   \
                                                                                                 \
        MUST_MSG(must_a == must_b, "%s is 0x%lx, want %s, 0x%lx", #a, (unsigned long)must_a, #b, \
                 (unsigned long)must_b);                                                         \
    } while (0)

struct machine {
    struct arch_pe pe;
    struct spmc_boot_params params;
    struct spmc *spmc;
    struct spmc_cpu *cpu;
    struct partition *partition[EP_COUNT];
    uint64_t pages_after_boot; /* free in the pool */
};

extern struct machine machine;

/* Check fixtures. Everybody has one page of RX and TX; versions: 1.2, P2 1.1, P3 1.0, P0 1.3. */
void machine_setup(void);
void machine_teardown(void);

uint16_t id_of(enum ep ep);
void set_version(enum ep ep, uint32_t version);

struct regs {
    uint64_t x[FFA_REGS];
};

/* The registers after a call of that endpoint, which is the next to run. */
struct regs machine_call(enum ep ep, const uint64_t x[FFA_REGS]);
#define CALL(ep, ...) machine_call((ep), (const uint64_t[FFA_REGS]){__VA_ARGS__})

/* 0, or the code of FFA_ERROR. */
int32_t error_of(struct regs regs);

/* Buffers of so many pages each instead of those that it has. */
void set_mailbox(enum ep ep, uint32_t pages);
uint8_t *tx_of(enum ep ep);
uint8_t *rx_of(enum ep ep);
uint32_t mailbox_bytes(enum ep ep);

/* A direct request of the normal world runs the partition, which dies of an SError. */
void kill_partition(enum ep ep);

/* What the tables of a partition let it do there: enum stage2_access, 0 when nothing. */
uint8_t access_of(enum ep ep, uint64_t address);
bool attr_of(enum ep ep, uint64_t address, struct stage2_attr *attr);

/* Host address of memory in either world. */
uint8_t *memory_at(uint64_t address);
void fill(uint64_t address, uint8_t value);
bool is_filled(uint64_t address, uint8_t value);

/* Takes pages out of the pool until `left` are free (or leaves it as it is), and gives back. */
void drain_pool(uint64_t left);
void refill_pool(void);
uint64_t free_pages(void);

/* Numbers from a fixed sequence. */
void seed(uint64_t value);
uint32_t rnd(uint32_t below);

#endif
