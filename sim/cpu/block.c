/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where a run of the engine may end: at architectural block ends alone, which are the same however
 * the library cuts its blocks and whatever is watched.
 */
#include "sim/cpu/emulated.h"

/*
 * Does this instruction end an architectural block: a branch, an exception return, or what may
 * unmask interrupts, with the barrier that may follow? The library ends its blocks at all of them.
 */
static bool ends_block(uint32_t instruction)
{
    return (instruction & 0x7c000000u) == 0x14000000u || /* B, BL */
           (instruction & 0xff000010u) == 0x54000000u || /* B.cond */
           (instruction & 0x7e000000u) == 0x34000000u || /* CBZ, CBNZ */
           (instruction & 0x7e000000u) == 0x36000000u || /* TBZ, TBNZ */
           (instruction & 0xfe000000u) == 0xd6000000u || /* BR, BLR, RET, ERET */
           (instruction & 0xfff8f01fu) == 0xd500401fu || /* MSR (immediate) */
           (instruction & 0xffffffe0u) == 0xd51b4220u || /* MSR DAIF */
           (instruction & 0xfffff0ffu) == 0xd50330dfu;   /* ISB */
}

/* A block that follows its predecessor in memory may be a cut of the library's own. */
static bool at_block_end(struct emulated *e, uint64_t pc)
{
    uint32_t instruction;

    return !e->block_known || pc != e->block_end ||
           !engine_instruction(e, e->block_end - 4, &instruction) || ends_block(instruction);
}

static enum emulated_stop reason(struct emulated *e, uint64_t pc)
{
    struct interrupt due;

    if (pc % 4 != 0) {
        return STOP_ALIGNMENT;
    }
    if (!at_block_end(e, pc)) {
        return STOP_NONE;
    }
    if (e->context.retired >= e->limit) {
        return STOP_SLICE;
    }
    return interrupt_due(e, &due) ? STOP_DUE : STOP_NONE;
}

bool block_stops(struct emulated *e, uint64_t pc)
{
    enum emulated_stop stop = reason(e, pc);

    if (stop == STOP_NONE) {
        return false;
    }
    e->stop = stop;
    e->pc = pc;
    uc_emu_stop(e->uc);
    return true;
}
