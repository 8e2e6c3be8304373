/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Commands to the partition `mem`, by 64-bit direct requests: the first word of the payload is the
 * command, a1 to a4 are the words behind it. It answers MEM_DONE and r1 to r4; words that are not
 * named are zero. An error of an FF-A call is a status, as a negative number; a response that
 * breaks a rule stops the partition.
 */
#ifndef MEM_COMMANDS_H
#define MEM_COMMANDS_H

#include <stdint.h>

#include "ffa_mem.h"

#define MEM_DONE 0x3e3d0e0eu

enum mem_command {
    /* r1 = first page of its own for any use, r2 = how many; r3 = the first of MEM_BIG_PAGES from a
     * 2 MiB boundary on, which are there when the scenario gives it enough memory */
    MEM_CMD_POOL = 0x3e30,
    /* Retrieves: a1 = handle; a2: [15:0] sender, [23:16] permissions asked for, [31:24] bits of
     * enum mem_option, [63:32] flags; a3 = tag; a4: [15:0] attributes asked for, then three ids of
     * other borrowers to be listed, 0 for none (the second borrower on; never the first). r1 =
     * status, r2 = pages, r3: [15:0] attributes, [23:16] permissions, [63:32] flags, all of the
     * response; r4 = mem_hash() of its ranges */
    MEM_CMD_RETRIEVE,
    /* a1 = handle, a2 = flags; r1 = status */
    MEM_CMD_RELINQUISH,
    /* All pages of a1 = handle, which it holds: r1 = how many begin with a2 + their index, r2 =
     * exceptions; then, when a3 is not 0, a3 + index is written to the beginning of each. */
    MEM_CMD_SWEEP,
    /* The same with a2 = pages of its own from a1 on; a3, a4 as a2, a3 above */
    MEM_CMD_SWEEP_OWN,
    /* One access: a1 = address, a2: [7:0] enum mem_access, [15:8] attributes of stage 1 (mmu.h), a3
     * = what is written. r1 = 1: exception, r2 = ESR, r3 = FAR; r1 = 0: r2 = what was read, or what
     * the code answered */
    MEM_CMD_TOUCH,
    /* Sends pages of its own: a1: [31:0] function, [63:32] flags; a2: up to four ids; a3: [11:0]
     * distance of two pages (0: one range), above it the address; a4: [31:0] pages, [39:32]
     * permissions, [47:40] attributes, [63:48] tag. r1 = status, r2 = handle */
    MEM_CMD_SEND,
    /* a1 = handle, a2 = flags; r1 = status */
    MEM_CMD_RECLAIM,
    /* a1 = seed, a2 = number of calls, a3 = a handle, a4: [15:0] who sent it, [31:16] to how
     * many; r1 = how many were refused, r2, r3 = the same of the last one that it knows */
    MEM_CMD_HOSTILE,
    /* After that: a1 = 0 gives back, 1 reclaims; r1 = how many would not go */
    MEM_CMD_CLEAN_UP,
    /* FFA_ABORT */
    MEM_CMD_ABORT,
};

enum mem_option {
    MEM_OPTION_IMPDEF = 1, /* says MEM_IMPDEF_0 and _1 for itself, as the sender did */
};

#define MEM_IMPDEF_0 0x0123456789abcdefull
#define MEM_IMPDEF_1 0xfedcba9876543210ull

enum mem_access {
    MEM_READ,
    MEM_WRITE,
    MEM_EXECUTE,
};

#define MEM_BIG_PAGES 1024u /* 4 MiB */

/* Code that answers `n` (16 bits), as one word: movz x0, #n; ret */
#define MEM_CODE(n) (0xd65f03c000000000ull | 0xd2800000u | (uint32_t)(n) << 5)

static inline uint64_t mem_hash(const struct ffa_mem_range *range, uint32_t count)
{
    uint64_t hash = 0xcbf29ce484222325ull;

    for (uint32_t n = 0; n < count; n++) {
        hash = (hash ^ range[n].address) * 0x100000001b3ull;
        hash = (hash ^ range[n].page_count) * 0x100000001b3ull;
    }
    return hash;
}

#endif
