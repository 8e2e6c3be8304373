/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The kernel's side: memory of the normal world that it sends, and partitions `mem` that it tells
 * what to do. Partitions have their ids by their place in the scenario, SP(1) on.
 */
#ifndef MEM_DRIVE_H
#define MEM_DRIVE_H

#include "commands.h"
#include "exception.h"
#include "mmu.h"
#include "talk.h"
#include "touch.h"

#define RW                  FFA_MEM_PERMISSIONS(FFA_MEM_DATA_RW, FFA_MEM_INSTR_NONE)
#define RO                  FFA_MEM_PERMISSIONS(FFA_MEM_DATA_RO, FFA_MEM_INSTR_NONE)
#define NX(permissions)     ((uint8_t)((permissions) | FFA_MEM_INSTR_NX << 2))
#define XN_OFF(permissions) ((uint8_t)((permissions) | FFA_MEM_INSTR_X << 2))

#define TYPE_SHARE  (1u << FFA_MEM_FLAG_TYPE_SHIFT)
#define TYPE_LEND   (2u << FFA_MEM_FLAG_TYPE_SHIFT)
#define TYPE_DONATE (3u << FFA_MEM_FLAG_TYPE_SHIFT)

/* Fault status of stage 2, as a partition sees it in its ESR (Arm ARM D24.2.40) */
#define FSC(esr)         ((unsigned)(esr)&0x3fu)
#define TRANSLATION(lvl) (0x04u + (lvl))
#define TRANSLATION_ANY  0x07u /* at the level that the neighbourhood has made it */
#define PERMISSION(lvl)  (0x0cu + (lvl))
#define ESR_WNR          (1u << 6)

extern struct ffa_mem_port drive_port;

/* Settles the version, maps the buffers. */
void drive_begin(uint32_t version);
_Noreturn void drive_end(const char *proved);

/* Page `n` of free memory of the normal world, mapped. */
#define DRIVE_PAGES 4096u
uint64_t drive_page(unsigned n);
/* The first word of a page of its own. */
uint64_t drive_peek(uint64_t address);
void drive_poke(uint64_t address, uint64_t value);

/* A transaction as it is made and followed. */
struct loan {
    uint32_t function;
    uint16_t sender;
    struct ffa_mem mem;
    struct ffa_mem_ranges ranges;
    uint64_t handle;
};

/* One borrower, one range; FFA_MEM_SHARE says what attributes it has to. */
struct loan drive_loan(uint32_t function, uint16_t to, uint8_t permissions,
                       struct ffa_mem_range *range, uint64_t address, uint32_t pages);
void drive_add_borrower(struct loan *loan, uint16_t to, uint8_t permissions);
/* 0 or the error code */
int32_t drive_send(struct loan *loan);
int32_t drive_reclaim(const struct loan *loan, uint32_t flags);

/* A partition is told; `r` is what it answered, r[0] being r1. */
struct answer {
    uint64_t r[4];
};
struct answer drive_tell(uint16_t id, enum mem_command command, uint64_t a1, uint64_t a2,
                         uint64_t a3, uint64_t a4);
static inline int32_t status_of(struct answer answer)
{
    return (int32_t)answer.r[0];
}

struct asks {
    uint8_t permissions;
    uint16_t attributes;
    uint32_t flags;
    uint8_t options;
    uint16_t other[3];
};
/* The partition asks for the loan with its tag and sender. */
struct answer drive_ask(uint16_t id, const struct loan *loan, struct asks asks);
/* It has to get exactly the ranges, `permissions`, and attributes of the kind. */
void drive_retrieve(uint16_t id, const struct loan *loan, struct asks asks, uint8_t permissions);
int32_t drive_relinquish(uint16_t id, const struct loan *loan, uint32_t flags);
/* It reads `expected` + n in each page, and writes `written` + n if that is not 0. */
void drive_sweep(uint16_t id, const struct loan *loan, uint64_t expected, uint64_t written);

/* One access of a partition has to succeed, and gives what it read or what the code answered ... */
uint64_t drive_touch(uint16_t id, enum mem_access access, uint64_t address, unsigned attributes,
                     uint64_t value);
/* ... or to be refused with this fault status, and ESR and FAR that say what happened. */
void drive_fault(uint16_t id, enum mem_access access, uint64_t address, unsigned attributes,
                 unsigned fsc);

/* A partition sends pages of its own: the loan as above, with `sender` and `handle` filled in. */
int32_t drive_send_of(uint16_t id, struct loan *loan, uint32_t stride);
int32_t drive_reclaim_of(uint16_t id, const struct loan *loan, uint32_t flags);
uint64_t drive_pool_of(uint16_t id, unsigned page);
uint64_t drive_big_pool_of(uint16_t id, unsigned page);

#endif
