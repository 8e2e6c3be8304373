/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FFA_NOTIFICATION_INFO_GET (FF-A v1.2, 16.7): whom the normal world's scheduler should run. Lists
 * of 16-bit ids in x3 to x7, each an endpoint, and behind it up to three of its vCPUs where only
 * they will do. What was listed is not listed again until the receiver got it.
 */
#include "ffa/notification.h"
#include "spmc/interrupt.h"

#define MAX_IDS        20u
#define IDS_IN_REG     4u
#define MAX_LIST_VCPUS 3u
#define FIRST_REG      3u

/* x2 of the answer */
#define INFO_MORE       0x1u
#define INFO_COUNT_BIT  7u
#define INFO_SIZES_BIT  12u
#define INFO_SIZES_BITS 2u

struct info {
    bool more; /* somebody found no room */
    uint32_t id_count;
    uint32_t list_count;
    uint16_t id[MAX_IDS];
    uint8_t vcpus[MAX_IDS]; /* of each list */
    bool is_open;           /* the last list is of the receiver at hand */
};

/* False: no room. */
static bool add_id(struct info *info, uint16_t id, uint32_t room)
{
    if (MAX_IDS - info->id_count < room) {
        info->more = true;
        return false;
    }
    info->id[info->id_count++] = id;
    return true;
}

static bool open_list(struct info *info, uint16_t receiver, uint32_t room)
{
    if (!add_id(info, receiver, room)) {
        return false;
    }
    info->vcpus[info->list_count++] = 0;
    info->is_open = true;
    return true;
}

static bool add_vcpu(struct info *info, uint16_t receiver, uint16_t vcpu)
{
    if (!info->is_open || info->vcpus[info->list_count - 1] == MAX_LIST_VCPUS) {
        if (!open_list(info, receiver, 2)) {
            return false;
        }
    }
    if (!add_id(info, vcpu, 1)) {
        return false;
    }
    info->vcpus[info->list_count - 1]++;
    return true;
}

static void report(struct notification_bits *bits)
{
    bits->reported = bits->pending;
}

static bool has_unreported_global(const struct notifications *to)
{
    uint64_t bits = notification_unreported(&to->framework);

    for (unsigned from = 0; from < to->source_count; from++) {
        bits |= notification_unreported(&to->source[from].global);
    }
    return bits != 0;
}

static void list_global(struct info *info, struct notifications *to)
{
    if (!has_unreported_global(to) || !open_list(info, to->receiver, 1)) {
        return;
    }
    report(&to->framework);
    for (unsigned from = 0; from < to->source_count; from++) {
        report(&to->source[from].global);
    }
}

static bool has_unreported_of_vcpu(const struct notifications *to, uint32_t vcpu)
{
    uint64_t bits = 0;

    for (unsigned from = 0; to->vcpu != NULL && from < to->source_count; from++) {
        bits |=
            notification_unreported(notification_of_vcpu(to, (enum notification_from)from, vcpu));
    }
    return bits != 0;
}

/* Waits with virtual interrupts that shall not take the PE by themselves: somebody has to run it.
 */
static bool waits_to_be_run(const struct vcpu *vcpu)
{
    const struct partition_manifest *manifest = vcpu->partition->manifest;

    return vcpu->state == VCPU_WAITING && !vcpu->vint_reported && vint_ready(vcpu) != 0 &&
           (manifest->sri_policy != 0 ||
            (vint_is_pending(vcpu, VINT_IPI) && vint_is_enabled(vcpu, VINT_IPI)));
}

static void list_vcpu(struct info *info, struct notifications *to, struct vcpu *vcpu,
                      uint32_t index)
{
    bool for_interrupt = vcpu != NULL && waits_to_be_run(vcpu);

    if ((!for_interrupt && !has_unreported_of_vcpu(to, index)) ||
        !add_vcpu(info, to->receiver, (uint16_t)index)) {
        return;
    }
    if (for_interrupt) {
        vcpu->vint_reported = true;
    }
    for (unsigned from = 0; to->vcpu != NULL && from < to->source_count; from++) {
        report(notification_of_vcpu(to, (enum notification_from)from, index));
    }
}

static void list_receiver(struct info *info, struct notifications *to,
                          const struct partition *partition)
{
    /* How many a VM has matters only where they are told apart. */
    uint32_t vcpus = partition != NULL || to->vcpu != NULL ? to->vcpu_count : 0;

    info->is_open = false;
    list_global(info, to);
    for (uint32_t i = 0; i < vcpus; i++) {
        list_vcpu(info, to, partition != NULL ? &partition->vcpu[i] : NULL, i);
    }
}

static void list_all(struct spmc *spmc, struct info *info)
{
    for (uint32_t i = 0; i < spmc->partition_count; i++) {
        if (spmc->partition[i].state == PARTITION_RUNNING) {
            list_receiver(info, &spmc->notification[1 + i], &spmc->partition[i]);
        }
    }
    list_receiver(info, &spmc->notification[0], NULL);
    for (uint32_t i = 0; i < spmc->notification_vm_count; i++) {
        list_receiver(info, &spmc->notification[1 + spmc->partition_count + i], NULL);
    }
}

static void put_answer(const struct info *info, struct ffa_result *out)
{
    out->x[0] = FFA_SUCCESS_64;
    out->x[2] = (info->more ? INFO_MORE : 0) | (uint64_t)info->list_count << INFO_COUNT_BIT;
    for (uint32_t i = 0; i < info->list_count; i++) {
        out->x[2] |= (uint64_t)info->vcpus[i] << (INFO_SIZES_BIT + i * INFO_SIZES_BITS);
    }
    for (uint32_t i = 0; i < info->id_count; i++) {
        out->x[FIRST_REG + i / IDS_IN_REG] |= (uint64_t)info->id[i] << (i % IDS_IN_REG * 16);
    }
}

void ffa_notification_info_get(const struct ffa_call *call, struct ffa_result *out)
{
    struct info info = {.id_count = 0};

    arch_lock(call->cpu->arch, &call->spmc->chain_lock);
    arch_lock(call->cpu->arch, &call->spmc->notification_lock);
    list_all(call->spmc, &info);
    arch_unlock(call->cpu->arch, &call->spmc->notification_lock);
    arch_unlock(call->cpu->arch, &call->spmc->chain_lock);
    if (info.list_count == 0) {
        ffa_return_error(out, FFA_NO_DATA);
        return;
    }
    put_answer(&info, out);
}
