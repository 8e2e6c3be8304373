/* SPDX-License-Identifier: BSD-3-Clause */
/* Who may reach a page, by what the share ledger says of it. */
#include <inttypes.h>
#include <stdio.h>

#include "sim/host/check_memory.h"

#define CHUNK_BYTES 0x200000ull

void check_broken(struct run *run, const struct partition *partition, enum pas space,
                  const char *law, uint64_t pa)
{
    char text[200];

    if (run->failed) {
        return;
    }
    snprintf(text, sizeof(text), "%s: %s, 0x%" PRIx64 " (%s)", law, spmc_partition_name(partition),
             pa, space == PAS_SECURE ? "secure" : "non-secure");
    report_text(run, run->machine->current, EVENT_CHECK, text);
    run_fail(run, "invariant: %s", text);
}

static bool same_attr(struct stage2_attr a, struct stage2_attr b)
{
    return a.access == b.access && a.memory == b.memory;
}

/* Of a page that a transaction speaks of, and that is not this partition's. */
static const char *borrower_law(struct run *run, const struct partition *partition,
                                const struct ledger_page *page, struct stage2_attr attr)
{
    struct arch_pe *pe = &run->arch_pe[0];
    struct share *share = share_at(run->spmc, pe, page->share);
    const struct share_receiver *receiver;

    if (share == NULL) {
        return "the ledger names a transaction that is not there";
    }
    receiver = share_receiver_of(share, partition->id);
    if (receiver == NULL) {
        return "a partition reaches a page of a transaction in which it has no part";
    }
    if (receiver->state == SHARE_NOT_RETRIEVED) {
        return "a borrower reaches a page that it has not retrieved, or has given back";
    }
    return same_attr(attr, receiver->attr) ? NULL
                                           : "a borrower reaches a page otherwise than granted";
}

const char *check_owner_law(struct run *run, const struct partition *partition, enum pas space,
                            uint64_t pa, struct stage2_attr attr)
{
    struct ledger_page page;
    bool is_owner;

    if (!ledger_get(&run->arch_pe[0], &run->spmc->ledger, pa, &page)) {
        return "nobody's memory is mapped";
    }
    if (page.pas != space) {
        return "a page is mapped in the other world's address space";
    }
    is_owner = page.owner == partition->id;
    switch (page.state) {
    case LEDGER_EXCLUSIVE:
    case LEDGER_BUFFER:
        return is_owner ? NULL : "a page that is another's alone is mapped";
    case LEDGER_PENDING:
        return is_owner ? NULL : "a page is mapped before its transaction is complete";
    case LEDGER_SHARED:
        if (is_owner) {
            return same_attr(attr, page.attr) ? NULL
                                              : "an owner's access to what it shares changed";
        }
        break;
    default:
        if (is_owner) {
            return "an owner reaches what it has lent or given away";
        }
        break;
    }
    return borrower_law(run, partition, &page, attr);
}

static uint64_t end_in(uint64_t pa, uint64_t base, uint64_t size_bytes)
{
    return pa >= base && pa - base < size_bytes ? base + size_bytes : pa;
}

/* Where the piece of declared memory ends that `pa` lies in; `pa`: no manifest gives it. */
static uint64_t declared_end(const struct partition *partition, bool ns, uint64_t pa)
{
    const struct partition_manifest *manifest = partition->manifest;
    uint64_t end = ns ? pa : end_in(pa, partition->vm->load_address, partition->vm->mem_size_bytes);

    for (uint32_t i = 0; end == pa && i < manifest->mem_region_count; i++) {
        const struct manifest_mem_region *region = &manifest->mem_region[i];
        uint64_t base = region->base + (region->relative ? partition->vm->load_address : 0);

        if (((region->attributes & MANIFEST_ATTR_NON_SECURE) != 0) == ns) {
            end = end_in(pa, base, (uint64_t)region->page_count * PAGE_SIZE_BYTES);
        }
    }
    for (uint32_t i = 0; end == pa && i < manifest->dev_region_count; i++) {
        const struct manifest_dev_region *region = &manifest->dev_region[i];

        if (((region->attributes & MANIFEST_ATTR_NON_SECURE) != 0) == ns) {
            end = end_in(pa, region->base, (uint64_t)region->page_count * PAGE_SIZE_BYTES);
        }
    }
    return end;
}

/* Memory of which no transaction has ever spoken: as the manifests gave it. */
static void check_untouched(struct run *run, const struct partition *partition, enum pas space,
                            uint64_t pa, uint64_t end, struct stage2_attr attr)
{
    while (pa < end && !run->failed) {
        uint64_t next = declared_end(partition, space == PAS_NON_SECURE, pa);
        const char *law = check_owner_law(run, partition, space, pa, attr);

        if (next == pa) {
            law = "the tables grant what no manifest gives";
        }
        if (law != NULL) {
            check_broken(run, partition, space, law, pa);
        }
        pa = next;
    }
}

void check_owned(struct run *run, const struct partition *partition, enum pas space, uint64_t pa,
                 uint64_t size, struct stage2_attr attr)
{
    uint64_t stop = pa + size;

    for (uint64_t end; pa < stop && !run->failed; pa = end) {
        end = (pa & ~(CHUNK_BYTES - 1)) + CHUNK_BYTES;
        end = end < stop ? end : stop;
        if (ledger_is_untouched(&run->arch_pe[0], &run->spmc->ledger, pa)) {
            check_untouched(run, partition, space, pa, end, attr);
            continue;
        }
        for (uint64_t at = pa; at < end && !run->failed; at += PAGE_SIZE_BYTES) {
            const char *law = check_owner_law(run, partition, space, at, attr);

            if (law != NULL) {
                check_broken(run, partition, space, law, at);
            }
        }
    }
}
