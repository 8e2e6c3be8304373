/* SPDX-License-Identifier: BSD-3-Clause */
/* What is kept of notifications, and who hears of it (FF-A v1.2, chapter 10). */
#include "ffa/notification.h"

#include "spmc/interrupt.h"
#include "spmc/mem.h"

static void lock(struct spmc_cpu *cpu)
{
    arch_lock(cpu->arch, &cpu->spmc->notification_lock);
}

static void unlock(struct spmc_cpu *cpu)
{
    arch_unlock(cpu->arch, &cpu->spmc->notification_lock);
}

/* The normal world's come first, then those of partitions, then the slots of VMs. */
static struct notifications *vm_slots(struct spmc *spmc)
{
    return &spmc->notification[1 + spmc->partition_count];
}

struct notifications *notification_find(struct spmc *spmc, uint16_t receiver)
{
    struct partition *partition = ffa_find_sp(spmc, receiver);

    if (partition != NULL) {
        return &spmc->notification[1 + (partition - spmc->partition)];
    }
    if (receiver == FFA_ID_NWD) {
        return spmc->notification[0].enabled ? &spmc->notification[0] : NULL;
    }
    for (uint32_t i = 0; ffa_id_is_vm(receiver) && i < spmc->notification_vm_count; i++) {
        struct notifications *slot = &vm_slots(spmc)[i];

        if (slot->enabled && slot->receiver == receiver) {
            return slot;
        }
    }
    return NULL;
}

struct notifications *notification_free_slot(struct spmc *spmc, uint16_t vm_id)
{
    if (vm_id == FFA_ID_NWD) {
        return &spmc->notification[0];
    }
    for (uint32_t i = 0; i < spmc->notification_vm_count; i++) {
        if (!vm_slots(spmc)[i].enabled) {
            return &vm_slots(spmc)[i];
        }
    }
    return NULL;
}

void notification_clear(struct notifications *to)
{
    memset(to->source, 0, to->source_count * sizeof(to->source[0]));
    if (to->vcpu != NULL) {
        memset(to->vcpu, 0, (size_t)to->vcpu_count * to->source_count * sizeof(to->vcpu[0]));
    }
    to->framework = (struct notification_bits){.pending = 0};
}

struct notification_bits *notification_of_vcpu(const struct notifications *to,
                                               enum notification_from from, uint32_t vcpu)
{
    return to->vcpu != NULL ? &to->vcpu[vcpu * to->source_count + from] : NULL;
}

bool notification_is_pending(const struct notifications *to)
{
    uint64_t pending = to->framework.pending;

    for (unsigned from = 0; from < to->source_count; from++) {
        pending |= to->source[from].global.pending;
    }
    for (uint32_t i = 0; to->vcpu != NULL && i < (uint32_t)to->vcpu_count * to->source_count; i++) {
        pending |= to->vcpu[i].pending;
    }
    return pending != 0;
}

bool notification_pend(struct notification_bits *bits, uint64_t set)
{
    bool is_news = (set & ~bits->pending) != 0;

    bits->pending |= set;
    return is_news;
}

uint64_t notification_take(struct notification_bits *bits)
{
    uint64_t pending = bits->pending;

    *bits = (struct notification_bits){.pending = 0};
    return pending;
}

void notification_schedule(struct spmc_cpu *cpu, bool delayed)
{
    if (delayed) {
        interrupt_delay_sri(cpu);
    } else {
        interrupt_raise_sri(cpu);
    }
}

/* Marks what is pending as told; true when some of it was not. */
static bool tell(struct notification_bits *bits)
{
    bool is_news = (bits->pending & ~bits->told) != 0;

    bits->told = bits->pending;
    return is_news;
}

bool notification_take_npi(struct spmc_cpu *cpu, struct vcpu *vcpu)
{
    const struct partition *partition = vcpu->partition;
    struct notifications *to;
    bool is_news;

    if (partition_is_nwd(partition) || !partition->manifest->notification_support) {
        return false;
    }
    lock(cpu);
    to = notification_find(cpu->spmc, partition->id);
    is_news = tell(&to->framework);
    for (unsigned from = 0; from < to->source_count; from++) {
        struct notification_bits *own =
            notification_of_vcpu(to, (enum notification_from)from, vcpu->index);

        is_news |= tell(&to->source[from].global);
        is_news |= own != NULL && tell(own);
    }
    unlock(cpu);
    return is_news;
}

bool notification_rx_full(struct spmc_cpu *cpu, uint16_t receiver, uint64_t by)
{
    struct notifications *to;
    bool is_news;

    lock(cpu);
    to = notification_find(cpu->spmc, receiver);
    is_news = to != NULL && to->enabled && notification_pend(&to->framework, by);
    unlock(cpu);
    return is_news;
}

bool notification_rx_full_is_pending(struct spmc_cpu *cpu, uint16_t receiver)
{
    const struct notifications *to;
    bool is_pending;

    lock(cpu);
    to = notification_find(cpu->spmc, receiver);
    is_pending = to != NULL && to->framework.pending != 0;
    unlock(cpu);
    return is_pending;
}

void notification_forget_rx_full(struct spmc_cpu *cpu, uint16_t receiver)
{
    struct notifications *to;

    lock(cpu);
    to = notification_find(cpu->spmc, receiver);
    if (to != NULL) {
        (void)notification_take(&to->framework);
    }
    unlock(cpu);
}

void notification_forget(struct spmc_cpu *cpu, uint16_t receiver)
{
    struct notifications *to;

    lock(cpu);
    to = notification_find(cpu->spmc, receiver);
    if (to != NULL) {
        notification_clear(to);
    }
    unlock(cpu);
}
