/* SPDX-License-Identifier: BSD-3-Clause */
#include "ffa/mailbox.h"

void mailbox_give_back(struct spmc_cpu *cpu, struct partition *partition)
{
    struct mailbox *mailbox = &partition->mailbox;

    arch_lock(cpu->arch, &cpu->spmc->mailbox_lock);
    if (mailbox->state == MAILBOX_FULL) {
        mailbox->state = MAILBOX_EMPTY;
    }
    arch_unlock(cpu->arch, &cpu->spmc->mailbox_lock);
}

static int32_t write_locked(struct spmc_cpu *cpu, const struct mailbox *mailbox, uint32_t count,
                            uint32_t entry_bytes, mailbox_fill *fill, const void *context)
{
    uint64_t used = (uint64_t)count * entry_bytes;
    uint64_t size = (uint64_t)mailbox->page_count * PAGE_SIZE_BYTES;
    enum pas pas = (enum pas)mailbox->pas;
    uint64_t entry[MAILBOX_MAX_ENTRY_BYTES / sizeof(uint64_t)];

    if (!mailbox->mapped || mailbox->state != MAILBOX_EMPTY) {
        return FFA_BUSY;
    }
    if (entry_bytes > sizeof(entry) || used > size) {
        return FFA_NO_MEMORY;
    }
    for (uint32_t n = 0; n < count; n++) {
        fill(context, n, entry);
        if (!arch_copy_to(cpu->arch, paddr(mailbox->rx.pa + (uint64_t)n * entry_bytes), entry,
                          entry_bytes, pas)) {
            return FFA_ABORTED;
        }
    }
    if (used < size &&
        !arch_zero(cpu->arch, paddr(mailbox->rx.pa + used), (size_t)(size - used), pas)) {
        return FFA_ABORTED;
    }
    return 0;
}

int32_t mailbox_write_entries(struct spmc_cpu *cpu, struct partition *partition, uint32_t count,
                              uint32_t entry_bytes, mailbox_fill *fill, const void *context)
{
    struct mailbox *mailbox = &partition->mailbox;
    int32_t error;

    arch_lock(cpu->arch, &cpu->spmc->mailbox_lock);
    error = write_locked(cpu, mailbox, count, entry_bytes, fill, context);
    if (error == 0) {
        mailbox->state = MAILBOX_FULL;
    }
    arch_unlock(cpu->arch, &cpu->spmc->mailbox_lock);
    return error;
}
