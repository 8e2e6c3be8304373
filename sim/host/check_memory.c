/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim/host/check_memory.h"

#include <stdlib.h>
#include <string.h>

bool check_memory_create(struct run *run)
{
    struct check_memory *memory = calloc(1, sizeof(*memory));

    if (memory == NULL) {
        return false;
    }
    run->check_memory = memory;
    memory->run = run;
    memory->base = run->spmc_range.base;
    memory->page_count = (uint32_t)(run->spmc_range.size_bytes / PAGE_SIZE_BYTES);
    memory->share_count = run->spmc->share_slot_count;
    memory->ram = run->spmc_ram;
    memory->page = calloc(memory->page_count, sizeof(*memory->page));
    memory->copy = calloc(memory->page_count, PAGE_SIZE_BYTES);
    memory->mark = calloc(memory->page_count, 1);
    memory->marked = calloc(memory->page_count, sizeof(*memory->marked));
    memory->share = calloc(memory->share_count, sizeof(*memory->share));
    memory->census = calloc(memory->share_count, sizeof(*memory->census));
    memory->claim = calloc(CHECK_CLAIM_BLOCKS, sizeof(*memory->claim));
    return memory->page != NULL && memory->copy != NULL && memory->mark != NULL &&
           memory->marked != NULL && memory->share != NULL && memory->census != NULL &&
           memory->claim != NULL;
}

void check_memory_destroy(struct run *run)
{
    struct check_memory *memory = run->check_memory;

    if (memory == NULL) {
        return;
    }
    for (uint32_t i = 0; memory->share != NULL && i < memory->share_count; i++) {
        free(memory->share[i].list);
    }
    for (uint32_t i = 0; memory->claim != NULL && i < CHECK_CLAIM_BLOCKS; i++) {
        free(memory->claim[i]);
    }
    free(memory->claim);
    free(memory->page);
    free(memory->copy);
    free(memory->mark);
    free(memory->marked);
    free(memory->change);
    free(memory->share);
    free(memory->census);
    free(memory);
    run->check_memory = NULL;
}

static void mark(struct check_memory *memory, uint64_t page, uint8_t how)
{
    if (memory->busy || page >= memory->page_count) {
        return;
    }
    if (memory->mark[page] == 0) {
        memory->marked[memory->marked_count++] = (uint32_t)page;
    }
    memory->mark[page] |= how;
}

void check_note_opened(struct run *run, uint64_t pa)
{
    mark(run->check_memory, (pa - run->check_memory->base) / PAGE_SIZE_BYTES, CHECK_OPENED);
}

void check_note_written(struct run *run, const uint64_t *slot)
{
    struct check_memory *memory = run->check_memory;
    uint64_t at = (uintptr_t)slot - (uintptr_t)memory->ram;
    uint64_t page = at / PAGE_SIZE_BYTES;
    uint16_t entry = (uint16_t)(at % PAGE_SIZE_BYTES / sizeof(*slot));
    struct check_page *known;

    if (memory->busy || page >= memory->page_count) {
        return;
    }
    known = &memory->page[page];
    if ((memory->mark[page] & CHECK_WRITTEN) == 0) {
        known->first = entry;
        known->last = entry;
    } else if (entry < known->first) {
        known->first = entry;
    } else if (entry > known->last) {
        known->last = entry;
    }
    mark(memory, page, CHECK_WRITTEN);
}

static void forget_marks(struct check_memory *memory)
{
    for (uint32_t i = 0; i < memory->marked_count; i++) {
        memory->mark[memory->marked[i]] = 0;
    }
    memory->marked_count = 0;
}

void check_memory_after(struct run *run, bool rejected, bool census)
{
    struct check_memory *memory = run->check_memory;

    if (memory->marked_count == 0 || run->failed) {
        return;
    }
    memory->busy = true;
    if (!check_changes_collect(memory)) {
        run_fail(run, "out of memory for the checkers");
    }
    check_changes_judge(memory, rejected);
    check_shares_after(memory, rejected);
    check_changes_take(memory);
    if (census && !run->failed) {
        check_census(memory);
    }
    forget_marks(memory);
    memory->busy = false;
}

void check_memory_full(struct run *run, bool anew)
{
    struct check_memory *memory = run->check_memory;

    memory->busy = true;
    check_tables(run);
    if (anew && !run->failed) {
        check_changes_rebuild(memory);
        forget_marks(memory);
    }
    if (!run->failed) {
        check_shares_full(memory);
    }
    if (!run->failed) {
        check_census(memory);
    }
    if (!run->failed) {
        check_changes_compare(memory);
    }
    memory->busy = false;
}
