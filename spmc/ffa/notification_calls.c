/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FFA_NOTIFICATION_BITMAP_CREATE, BITMAP_DESTROY, BIND, UNBIND, SET and GET (FF-A v1.2, 16.1 to
 * 16.6).
 */
#include "ffa/notification.h"

/* Flags: w2 of BIND, UNBIND (none) and SET */
#define FLAG_PER_VCPU  0x1u
#define FLAG_DELAY_SRI 0x2u
#define VCPU_SHIFT     16u

/* Flags: w2 of GET */
#define GET_FROM_SP   0x1u
#define GET_FROM_VM   0x2u
#define GET_FROM_SPM  0x4u
#define GET_FROM_HYP  0x8u
#define GET_OF_VMS    (GET_FROM_VM | GET_FROM_HYP) /* what a hypervisor keeps for its VMs itself */
#define GET_FLAGS     0xfu
#define FRAMEWORK_SPM 0x00000000ffffffffull

static void answer(struct ffa_result *out, int32_t error)
{
    if (error != 0) {
        ffa_return_error(out, error);
    } else {
        ffa_return_success(out);
    }
}

static void lock(const struct ffa_call *call)
{
    arch_lock(call->cpu->arch, &call->spmc->notification_lock);
}

static void unlock(const struct ffa_call *call)
{
    arch_unlock(call->cpu->arch, &call->spmc->notification_lock);
}

static int32_t create(struct spmc *spmc, uint16_t vm_id, uint32_t vcpu_count)
{
    struct notifications *slot = notification_free_slot(spmc, vm_id);

    if (notification_find(spmc, vm_id) != NULL) {
        return FFA_DENIED;
    }
    if (slot == NULL || (slot->vcpu != NULL && vcpu_count > NOTIFICATION_MAX_VM_VCPUS)) {
        return FFA_NO_MEMORY;
    }
    slot->receiver = vm_id;
    slot->vcpu_count = (uint16_t)vcpu_count;
    slot->enabled = true;
    return 0;
}

void ffa_notification_bitmap_create(const struct ffa_call *call, struct ffa_result *out)
{
    uint32_t id = (uint32_t)call->x[1];
    uint32_t vcpu_count = (uint32_t)call->x[2];
    int32_t error = FFA_INVALID_PARAMETERS;

    if (id < FFA_ID_SECURE_BIT && vcpu_count != 0 && vcpu_count <= UINT16_MAX) {
        lock(call);
        error = create(call->spmc, (uint16_t)id, vcpu_count);
        unlock(call);
    }
    answer(out, error);
}

static int32_t destroy(struct spmc *spmc, uint16_t vm_id)
{
    struct notifications *slot = notification_find(spmc, vm_id);

    if (slot == NULL || notification_is_pending(slot)) {
        return FFA_DENIED;
    }
    notification_clear(slot);
    slot->receiver = 0;
    slot->vcpu_count = 0;
    slot->enabled = false;
    return 0;
}

void ffa_notification_bitmap_destroy(const struct ffa_call *call, struct ffa_result *out)
{
    uint32_t id = (uint32_t)call->x[1];
    int32_t error = FFA_INVALID_PARAMETERS;

    if (id < FFA_ID_SECURE_BIT) {
        lock(call);
        error = destroy(call->spmc, (uint16_t)id);
        unlock(call);
    }
    answer(out, error);
}

/* What BIND, UNBIND and SET are about. */
struct request {
    uint16_t sender;
    uint16_t receiver;
    enum notification_from from;
    uint64_t bits;
    bool per_vcpu;
    uint16_t vcpu;
};

static bool is_partition(const struct spmc *spmc, uint16_t id)
{
    const struct partition *partition = ffa_find_sp(spmc, id);

    return partition != NULL && partition->state != PARTITION_NULL;
}

/*
 * Reads the arguments. An endpoint speaks for itself, the normal world for all VMs; `as_receiver`
 * says which end it is. Between VMs, notifications are their hypervisor's business.
 */
static int32_t read_request(const struct ffa_call *call, bool as_receiver, struct request *out)
{
    uint32_t w1 = (uint32_t)call->x[1];
    uint16_t own;
    uint16_t other;

    out->sender = FFA_SENDER(w1);
    out->receiver = FFA_RECEIVER(w1);
    out->from = ffa_id_is_vm(out->sender) ? NOTIFICATION_FROM_VM : NOTIFICATION_FROM_SP;
    out->bits = (uint64_t)(uint32_t)call->x[4] << 32 | (uint32_t)call->x[3];
    own = as_receiver ? out->receiver : out->sender;
    other = as_receiver ? out->sender : out->receiver;
    if (out->bits == 0 || own == other ||
        (partition_is_nwd(call->partition) ? !ffa_id_is_vm(own) || ffa_id_is_vm(other)
                                           : own != call->partition->id)) {
        return FFA_INVALID_PARAMETERS;
    }
    return ffa_id_is_vm(other) || is_partition(call->spmc, other) ? 0 : FFA_INVALID_PARAMETERS;
}

/* Under the lock. */
static int32_t find_receiver(const struct ffa_call *call, uint16_t id, struct notifications **out)
{
    *out = notification_find(call->spmc, id);
    if (*out == NULL) {
        return FFA_INVALID_PARAMETERS;
    }
    return (*out)->enabled ? 0 : FFA_NOT_SUPPORTED;
}

static int32_t find_source(const struct ffa_call *call, const struct request *request,
                           struct notifications **to, struct notification_source **out)
{
    int32_t error = find_receiver(call, request->receiver, to);

    if (error == 0) {
        *out = &(*to)->source[request->from];
    }
    return error;
}

/* Is any of them bound to somebody else, or to nobody? */
static bool all_bound_to(const struct notification_source *source, const struct request *request,
                         uint64_t bits)
{
    for (unsigned i = 0; i < NOTIFICATION_COUNT; i++) {
        if ((bits >> i & 1u) != 0 &&
            ((source->bound >> i & 1u) == 0 || source->sender[i] != request->sender)) {
            return false;
        }
    }
    return true;
}

static uint64_t pending_from(const struct notifications *to, enum notification_from from)
{
    uint64_t pending = to->source[from].global.pending;

    for (uint32_t i = 0; to->vcpu != NULL && i < to->vcpu_count; i++) {
        pending |= notification_of_vcpu(to, from, i)->pending;
    }
    return pending;
}

/* Binds to `sender`, or with `sender` 0 and nothing bound to nobody. */
static void set_binding(struct notification_source *source, const struct request *request,
                        bool is_bound)
{
    for (unsigned i = 0; i < NOTIFICATION_COUNT; i++) {
        if ((request->bits >> i & 1u) != 0) {
            source->sender[i] = is_bound ? request->sender : 0;
        }
    }
    source->bound = is_bound ? source->bound | request->bits : source->bound & ~request->bits;
    source->per_vcpu = request->per_vcpu && is_bound ? source->per_vcpu | request->bits
                                                     : source->per_vcpu & ~request->bits;
}

static int32_t bind(const struct ffa_call *call, const struct request *request)
{
    struct notifications *to;
    struct notification_source *source;
    int32_t error = find_source(call, request, &to, &source);

    if (error != 0) {
        return error;
    }
    if (!all_bound_to(source, request, request->bits & source->bound) ||
        (pending_from(to, request->from) & request->bits) != 0) {
        return FFA_DENIED;
    }
    set_binding(source, request, true);
    return 0;
}

static int32_t unbind(const struct ffa_call *call, const struct request *request)
{
    struct notifications *to;
    struct notification_source *source;
    int32_t error = find_source(call, request, &to, &source);

    if (error != 0) {
        return error;
    }
    if (!all_bound_to(source, request, request->bits) ||
        (pending_from(to, request->from) & request->bits) != 0) {
        return FFA_DENIED;
    }
    set_binding(source, request, false);
    return 0;
}

static void change_binding(const struct ffa_call *call, struct ffa_result *out, uint32_t known,
                           int32_t (*change)(const struct ffa_call *call,
                                             const struct request *request))
{
    uint32_t flags = (uint32_t)call->x[2];
    struct request request = {.per_vcpu = (flags & FLAG_PER_VCPU) != 0};
    int32_t error =
        (flags & ~known) != 0 ? FFA_INVALID_PARAMETERS : read_request(call, true, &request);

    if (error == 0) {
        lock(call);
        error = change(call, &request);
        unlock(call);
    }
    answer(out, error);
}

void ffa_notification_bind(const struct ffa_call *call, struct ffa_result *out)
{
    change_binding(call, out, call->spmc->per_vcpu_notifications ? FLAG_PER_VCPU : 0, bind);
}

void ffa_notification_unbind(const struct ffa_call *call, struct ffa_result *out)
{
    change_binding(call, out, 0, unbind);
}

static int32_t read_set(const struct ffa_call *call, struct request *out)
{
    uint32_t flags = (uint32_t)call->x[2] & 0xffffu;
    uint32_t known = (call->spmc->per_vcpu_notifications ? FLAG_PER_VCPU : 0) |
                     (partition_is_nwd(call->partition) ? 0 : FLAG_DELAY_SRI);

    out->vcpu = (uint16_t)((uint32_t)call->x[2] >> VCPU_SHIFT);
    out->per_vcpu = (flags & FLAG_PER_VCPU) != 0;
    if ((flags & ~known) != 0 || (!out->per_vcpu && out->vcpu != 0)) {
        return FFA_INVALID_PARAMETERS;
    }
    return read_request(call, false, out);
}

/* *is_news: one of them was not pending before. */
static int32_t set(const struct ffa_call *call, const struct request *request, bool *is_news)
{
    struct notifications *to;
    struct notification_source *source;
    int32_t error = find_source(call, request, &to, &source);

    if (error != 0) {
        return error;
    }
    if (!all_bound_to(source, request, request->bits)) {
        return FFA_DENIED;
    }
    if ((request->per_vcpu ? ~source->per_vcpu : source->per_vcpu) & request->bits) {
        return FFA_INVALID_PARAMETERS; /* bound as the other kind */
    }
    if (!request->per_vcpu) {
        *is_news = notification_pend(&source->global, request->bits);
        return 0;
    }
    if (request->vcpu >= to->vcpu_count) {
        return FFA_INVALID_PARAMETERS;
    }
    *is_news =
        notification_pend(notification_of_vcpu(to, request->from, request->vcpu), request->bits);
    return 0;
}

void ffa_notification_set(const struct ffa_call *call, struct ffa_result *out)
{
    struct request request;
    bool is_news = false;
    int32_t error = read_set(call, &request);

    if (error == 0) {
        lock(call);
        error = set(call, &request, &is_news);
        unlock(call);
    }
    /* Once for each notification: the scheduler knows of those that were pending. */
    if (is_news) {
        notification_schedule(call->cpu, ((uint32_t)call->x[2] & FLAG_DELAY_SRI) != 0);
    }
    answer(out, error);
}

static uint64_t take_from(struct notifications *to, enum notification_from from, uint16_t vcpu)
{
    struct notification_bits *own = notification_of_vcpu(to, from, vcpu);

    return notification_take(&to->source[from].global) | (own != NULL ? notification_take(own) : 0);
}

/* Takes one half of the framework notifications. */
static uint32_t take_framework(struct notifications *to, uint64_t half)
{
    uint64_t pending = to->framework.pending & half;

    to->framework.pending &= ~half;
    to->framework.reported &= ~half;
    to->framework.told &= ~half;
    return (uint32_t)(pending | pending >> 32);
}

static int32_t get(const struct ffa_call *call, uint16_t receiver, uint16_t vcpu,
                   struct ffa_result *out)
{
    uint32_t flags = (uint32_t)call->x[2];
    struct notifications *to;
    int32_t error = find_receiver(call, receiver, &to);
    uint64_t bits;

    if (error != 0) {
        return error;
    }
    if (vcpu >= to->vcpu_count) {
        return FFA_INVALID_PARAMETERS;
    }
    if ((flags & GET_FROM_SP) != 0) {
        bits = take_from(to, NOTIFICATION_FROM_SP, vcpu);
        out->x[2] = (uint32_t)bits;
        out->x[3] = bits >> 32;
    }
    if ((flags & GET_FROM_VM) != 0) {
        bits = take_from(to, NOTIFICATION_FROM_VM, vcpu);
        out->x[4] = (uint32_t)bits;
        out->x[5] = bits >> 32;
    }
    if ((flags & GET_FROM_SPM) != 0) {
        out->x[6] = take_framework(to, FRAMEWORK_SPM);
    }
    if ((flags & GET_FROM_HYP) != 0) {
        out->x[7] = take_framework(to, ~FRAMEWORK_SPM);
    }
    return 0;
}

void ffa_notification_get(const struct ffa_call *call, struct ffa_result *out)
{
    uint16_t receiver = FFA_RECEIVER((uint32_t)call->x[1]);
    uint16_t vcpu = FFA_SENDER((uint32_t)call->x[1]);
    bool is_nwd = partition_is_nwd(call->partition);
    uint32_t known = is_nwd ? GET_FLAGS & ~GET_OF_VMS : GET_FLAGS;
    int32_t error = FFA_INVALID_PARAMETERS;

    if (((uint32_t)call->x[2] & ~known) == 0 &&
        (is_nwd ? ffa_id_is_vm(receiver) : receiver == call->partition->id)) {
        lock(call);
        error = get(call, receiver, vcpu, out);
        unlock(call);
    }
    answer(out, error);
}
