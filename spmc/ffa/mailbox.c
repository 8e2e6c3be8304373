/* SPDX-License-Identifier: BSD-3-Clause */
#include "ffa/mailbox.h"

#include "ffa/notification.h"

static void lock(struct spmc_cpu *cpu)
{
    arch_lock(cpu->arch, &cpu->spmc->mailbox_lock);
}

static void unlock(struct spmc_cpu *cpu)
{
    arch_unlock(cpu->arch, &cpu->spmc->mailbox_lock);
}

uint64_t mailbox_size(const struct mailbox *mailbox)
{
    return mailbox->mapped ? (uint64_t)mailbox->page_count * PAGE_SIZE_BYTES : 0;
}

struct vm_slot *mailbox_vm_slot(struct spmc *spmc, uint16_t vm_id)
{
    for (uint32_t i = 0; vm_id != 0 && i < spmc->vm_slot_count; i++) {
        if (spmc->vm_slot[i].id == vm_id) {
            return &spmc->vm_slot[i];
        }
    }
    return NULL;
}

struct mailbox *mailbox_of(struct spmc *spmc, uint16_t endpoint_id)
{
    struct partition *partition;
    struct vm_slot *slot;

    if (endpoint_id == FFA_ID_NWD) {
        return &spmc->nwd->mailbox;
    }
    if (ffa_id_is_vm(endpoint_id)) {
        slot = mailbox_vm_slot(spmc, endpoint_id);
        return slot != NULL ? &slot->mailbox : NULL;
    }
    partition = ffa_find_sp(spmc, endpoint_id);
    return partition != NULL ? &partition->mailbox : NULL;
}

static bool is_writing(const struct spmc_cpu *cpu, const struct mailbox *mailbox)
{
    return mailbox->mapped && mailbox->state == MAILBOX_WRITING && mailbox->writer == cpu->index;
}

int32_t mailbox_begin_write(struct spmc_cpu *cpu, struct mailbox *mailbox)
{
    int32_t error = FFA_BUSY;

    lock(cpu);
    if (mailbox->mapped && mailbox->state == MAILBOX_EMPTY) {
        mailbox->state = MAILBOX_WRITING;
        mailbox->writer = cpu->index;
        error = 0;
    }
    unlock(cpu);
    return error;
}

/* Back from WRITING. */
static void end_write(struct mailbox *mailbox, enum mailbox_state state)
{
    mailbox->state = (uint8_t)state;
    mailbox->writer = 0;
}

void mailbox_cancel(struct spmc_cpu *cpu, struct mailbox *mailbox)
{
    lock(cpu);
    if (is_writing(cpu, mailbox)) {
        end_write(mailbox, MAILBOX_EMPTY);
    }
    unlock(cpu);
}

/* Writes, or zeroes when `bytes` is NULL. */
static int32_t store(struct spmc_cpu *cpu, const struct mailbox *mailbox, uint64_t offset,
                     const void *bytes, size_t size)
{
    uint64_t room = mailbox_size(mailbox);
    enum pas pas = (enum pas)mailbox->pas;
    paddr_t at = paddr(mailbox->rx.pa + offset);
    bool ok;

    if (!is_writing(cpu, mailbox)) {
        return FFA_ABORTED;
    }
    if (offset > room || size > room - offset) {
        return FFA_NO_MEMORY;
    }
    ok = bytes != NULL ? arch_copy_to(cpu->arch, at, bytes, size, pas)
                       : arch_zero(cpu->arch, at, size, pas);
    return ok ? 0 : FFA_ABORTED;
}

int32_t mailbox_put(struct spmc_cpu *cpu, struct mailbox *mailbox, uint64_t offset,
                    const void *bytes, size_t size)
{
    int32_t error;

    if (size == 0) {
        return 0;
    }
    lock(cpu);
    error = store(cpu, mailbox, offset, bytes, size);
    unlock(cpu);
    return error;
}

/* Under the lock. */
static int32_t fill_up(struct spmc_cpu *cpu, struct mailbox *mailbox, uint64_t used)
{
    uint64_t room = mailbox_size(mailbox);
    int32_t error;

    if (!is_writing(cpu, mailbox)) {
        error = FFA_ABORTED;
    } else if (used > room) {
        error = FFA_NO_MEMORY;
    } else {
        error = used < room ? store(cpu, mailbox, used, NULL, (size_t)(room - used)) : 0;
    }
    if (error == 0) {
        end_write(mailbox, MAILBOX_FULL);
    } else if (is_writing(cpu, mailbox)) {
        end_write(mailbox, MAILBOX_EMPTY);
    }
    return error;
}

int32_t mailbox_deliver(struct spmc_cpu *cpu, struct mailbox *mailbox, uint64_t used,
                        uint16_t receiver, uint64_t by, bool *told)
{
    int32_t error;

    lock(cpu);
    error = fill_up(cpu, mailbox, used);
    if (error == 0) {
        *told = notification_rx_full(cpu, receiver, by);
    }
    unlock(cpu);
    return error;
}

int32_t mailbox_finish(struct spmc_cpu *cpu, struct mailbox *mailbox, uint64_t used)
{
    int32_t error;

    lock(cpu);
    error = fill_up(cpu, mailbox, used);
    unlock(cpu);
    return error;
}

int32_t mailbox_read_tx(struct spmc_cpu *cpu, const struct mailbox *mailbox, uint64_t offset,
                        void *dst, size_t size)
{
    uint64_t room;
    int32_t error = 0;

    lock(cpu);
    room = mailbox_size(mailbox);
    if (room == 0 || offset > room || size > room - offset) {
        error = FFA_INVALID_PARAMETERS;
    } else if (!arch_copy_from(cpu->arch, dst, paddr(mailbox->tx.pa + offset), size,
                               (enum pas)mailbox->pas)) {
        error = FFA_ABORTED;
    }
    unlock(cpu);
    return error;
}

void mailbox_give_back(struct spmc_cpu *cpu, struct partition *partition)
{
    struct mailbox *mailbox = &partition->mailbox;

    lock(cpu);
    if (mailbox->state == MAILBOX_FULL && !notification_rx_full_is_pending(cpu, partition->id)) {
        mailbox->state = MAILBOX_EMPTY;
    }
    unlock(cpu);
}

int32_t mailbox_write_entries(struct spmc_cpu *cpu, struct partition *partition, uint32_t count,
                              uint32_t entry_bytes, mailbox_fill *fill, const void *context)
{
    struct mailbox *mailbox = &partition->mailbox;
    uint64_t used = (uint64_t)count * entry_bytes;
    uint64_t entry[MAILBOX_MAX_ENTRY_BYTES / sizeof(uint64_t)];
    int32_t error = mailbox_begin_write(cpu, mailbox);

    if (error != 0) {
        return error;
    }
    if (entry_bytes > sizeof(entry) || used > mailbox_size(mailbox)) {
        error = FFA_NO_MEMORY;
    }
    for (uint32_t n = 0; n < count && error == 0; n++) {
        fill(context, n, entry);
        error = mailbox_put(cpu, mailbox, (uint64_t)n * entry_bytes, entry, entry_bytes);
    }
    if (error != 0) {
        mailbox_cancel(cpu, mailbox);
        return error;
    }
    return mailbox_finish(cpu, mailbox, used);
}

int32_t mailbox_take_pages(struct spmc *spmc, struct arch_pe *pe, uint16_t owner, uint64_t rx,
                           uint64_t tx, uint32_t page_count)
{
    enum pas pas = owner == FFA_ID_NWD ? PAS_NON_SECURE : PAS_SECURE;
    int32_t error = ledger_take_buffer(pe, &spmc->ledger, rx, page_count, owner, pas);

    if (error != 0) {
        return error;
    }
    error = ledger_take_buffer(pe, &spmc->ledger, tx, page_count, owner, pas);
    if (error != 0) {
        ledger_give_buffer(pe, &spmc->ledger, rx, page_count, owner);
    }
    return error;
}

void mailbox_give_pages(struct spmc *spmc, struct arch_pe *pe, uint16_t owner,
                        const struct mailbox *mailbox)
{
    if (mailbox->mapped) {
        ledger_give_buffer(pe, &spmc->ledger, mailbox->rx.pa, mailbox->page_count, owner);
        ledger_give_buffer(pe, &spmc->ledger, mailbox->tx.pa, mailbox->page_count, owner);
    }
}
