/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FFA_NS_RES_INFO_GET (FF-A v1.3, 13.13): the normal world asks which of its memory secure
 * partitions can reach. Nothing is kept between the calls of one answer but how far it is: each
 * call lists all regions anew, and goes on only if they are those of the first.
 */
#include "ffa/mailbox.h"
#include "ffa/ns_regions.h"

#define KNOWN_FLAGS (FFA_NS_RES_TARGET_VALID | FFA_NS_RES_TYPE_MASK | FFA_NS_RES_CONTINUE)
#define WORDS       ((uint32_t)(FFA_AMD_BYTES / sizeof(uint64_t)))
#define BATCH       (MAILBOX_CHUNK_BYTES / FFA_AMD_BYTES)

/*
 * The answer is a row of items of FFA_AMD_BYTES: the header has number 0, then come the AMDs. Those
 * from `first` to before `last` go into the RX buffer.
 */
struct listing {
    struct spmc_cpu *cpu;
    struct mailbox *mailbox;
    uint32_t first;
    uint32_t last;
    uint32_t count; /* of AMDs, seen */
    uint64_t digest;
    uint64_t at; /* where the batch goes */
    uint32_t batched;
    uint64_t batch[BATCH * WORDS];
    int32_t error;
};

static void put_batch(struct listing *listing)
{
    uint32_t bytes = listing->batched * FFA_AMD_BYTES;

    if (listing->error == 0) {
        listing->error =
            mailbox_put(listing->cpu, listing->mailbox, listing->at, listing->batch, bytes);
    }
    listing->at += bytes;
    listing->batched = 0;
}

static uint64_t mix(uint64_t digest, uint64_t word)
{
    digest = (digest ^ word) * 0x9e3779b97f4a7c15ull;
    return digest ^ digest >> 29;
}

static void add(void *context, const struct ns_region *region)
{
    struct listing *listing = context;
    uint32_t item = ++listing->count;
    uint64_t flags = region->indirect ? FFA_AMD_INDIRECT : 0;
    /* Little endian: address; page count, permissions, component, flags */
    const uint64_t amd[WORDS] = {region->base, region->page_count | (uint64_t)region->rap << 32 |
                                                   (uint64_t)region->component << 40 | flags << 56};

    listing->digest = mix(mix(listing->digest, amd[0]), amd[1]);
    if (item < listing->first || item >= listing->last) {
        return;
    }
    listing->batch[WORDS * listing->batched] = amd[0];
    listing->batch[WORDS * listing->batched + 1] = amd[1];
    if (++listing->batched == BATCH) {
        put_batch(listing);
    }
}

static void list(struct listing *listing, uint16_t target)
{
    ns_regions_visit(listing->cpu->spmc, listing->cpu->arch, target, add, listing);
    put_batch(listing);
}

static uint32_t total_bytes(const struct listing *listing)
{
    return listing->count != 0 ? (1u + listing->count) * FFA_AMD_BYTES : 0;
}

/* What of the rest fits. */
static uint32_t chunk_bytes(const struct mailbox *mailbox, uint32_t rest)
{
    uint32_t room = (uint32_t)mailbox_size(mailbox);

    return rest < room ? rest : room;
}

static void answer(struct ffa_result *out, uint32_t written, uint32_t remaining)
{
    out->count = FFA_REGS_EXTENDED;
    for (unsigned n = FFA_REGS; n < FFA_REGS_EXTENDED; n++) {
        out->x[n] = 0;
    }
    out->x[0] = FFA_SUCCESS_64;
    out->x[2] = (uint64_t)written << 32 | remaining;
}

/* The RX buffer is being written; *now becomes what follows from it. 0 or the error. */
static int32_t start(const struct ffa_call *call, struct ns_retrieval *now)
{
    struct mailbox *mailbox = &call->partition->mailbox;
    struct listing listing = {.cpu = call->cpu,
                              .mailbox = mailbox,
                              .last = (uint32_t)mailbox_size(mailbox) / FFA_AMD_BYTES,
                              .at = FFA_AMD_BYTES};
    uint32_t header[4] = {FFA_AMD_BYTES, 0, FFA_AMD_BYTES, 0};

    list(&listing, now->target);
    now->total_bytes = total_bytes(&listing);
    now->digest = listing.digest;
    now->sent_bytes = chunk_bytes(mailbox, now->total_bytes);
    if (listing.error != 0 || now->total_bytes == 0) {
        return listing.error;
    }
    header[1] = listing.count;
    return mailbox_put(call->cpu, mailbox, 0, header, sizeof(header));
}

static int32_t go_on(const struct ffa_call *call, struct ns_retrieval *now)
{
    struct mailbox *mailbox = &call->partition->mailbox;
    struct listing same = {.cpu = call->cpu, .mailbox = mailbox};
    struct listing listing = {
        .cpu = call->cpu, .mailbox = mailbox, .first = now->sent_bytes / FFA_AMD_BYTES};

    list(&same, now->target);
    if (same.digest != now->digest) {
        return FFA_ABORTED; /* numbers of AMDs mean something else now */
    }
    listing.last = listing.first + (uint32_t)mailbox_size(mailbox) / FFA_AMD_BYTES;
    list(&listing, now->target);
    now->sent_bytes += chunk_bytes(mailbox, now->total_bytes - now->sent_bytes);
    return listing.error;
}

/* The ledger's lock is held. */
static int32_t get(const struct ffa_call *call, uint16_t target, bool goes_on,
                   struct ffa_result *out)
{
    struct ns_retrieval *pending = call->spmc->ns_retrieval;
    struct mailbox *mailbox = &call->partition->mailbox;
    struct ns_retrieval now = {.target = target};
    uint32_t before = 0;
    uint32_t written;
    int32_t error = 0;

    if (mailbox_begin_write(call->cpu, mailbox) != 0) {
        return FFA_RETRY;
    }
    if (!goes_on) {
        error = start(call, &now);
    } else if (pending->pending && pending->target == target) {
        now = *pending;
        before = now.sent_bytes;
        error = go_on(call, &now);
    }
    written = now.sent_bytes - before;
    if (error == 0 && written != 0) {
        error = mailbox_finish(call->cpu, mailbox, written);
    } else {
        mailbox_cancel(call->cpu, mailbox); /* no region at all, or nothing to go on with */
    }
    if (error != 0) {
        return error;
    }
    if (!goes_on || written != 0) {
        now.pending = now.sent_bytes != now.total_bytes;
        *pending = now.pending ? now : (struct ns_retrieval){.pending = false};
    }
    answer(out, written, now.total_bytes - now.sent_bytes);
    return 0;
}

static int32_t check(const struct ffa_call *call)
{
    bool has_target = (call->x[2] & FFA_NS_RES_TARGET_VALID) != 0;
    const struct partition *target;

    if ((call->x[2] & ~(uint64_t)KNOWN_FLAGS) != 0 || (call->x[2] & FFA_NS_RES_TYPE_MASK) != 0 ||
        call->x[1] > UINT16_MAX) {
        return FFA_INVALID_PARAMETERS;
    }
    if (!has_target) {
        return call->x[1] == 0 ? 0 : FFA_INVALID_PARAMETERS;
    }
    target = ffa_find_sp(call->spmc, (uint16_t)call->x[1]);
    return target != NULL && target->state != PARTITION_NULL ? 0 : FFA_INVALID_PARAMETERS;
}

void ffa_ns_res_info_get(const struct ffa_call *call, struct ffa_result *out)
{
    bool goes_on = (call->x[2] & FFA_NS_RES_CONTINUE) != 0;
    int32_t error = check(call);

    if (error == 0) {
        arch_lock(call->cpu->arch, &call->spmc->ledger.lock);
        error = get(call, (uint16_t)call->x[1], goes_on, out);
        arch_unlock(call->cpu->arch, &call->spmc->ledger.lock);
    }
    if (error != 0) {
        ffa_return_error(out, error);
    }
}
