/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim/host/map.h"

#include <inttypes.h>
#include <string.h>

#include "sim/host/tables.h"
#include "spmc/internal.h"

#define CHUNK_BYTES 0x200000ull

struct builder {
    struct run *run;
    map_row_fn fn;
    void *user;
    struct map_row row; /* size_bytes 0: none yet */
};

static void flush(struct builder *b)
{
    if (b->row.size_bytes != 0) {
        b->fn(b->user, &b->row);
        b->row.size_bytes = 0;
    }
}

static bool same(const struct map_row *a, const struct map_row *b)
{
    if (a->pas != b->pas || a->owner != b->owner || a->state != b->state || a->kind != b->kind ||
        a->handle != b->handle || a->device != b->device || a->reach_count != b->reach_count) {
        return false;
    }
    for (uint32_t i = 0; i < a->reach_count; i++) {
        if (a->reach[i].endpoint != b->reach[i].endpoint ||
            a->reach[i].attr.access != b->reach[i].attr.access ||
            a->reach[i].attr.memory != b->reach[i].attr.memory) {
            return false;
        }
    }
    return true;
}

static void add(struct builder *b, const struct map_row *row)
{
    if (b->row.size_bytes != 0 && b->row.base + b->row.size_bytes == row->base &&
        same(&b->row, row)) {
        b->row.size_bytes += row->size_bytes;
        return;
    }
    flush(b);
    b->row = *row;
}

static void add_share(struct run *run, uint16_t slot, struct map_row *row, struct share **share)
{
    *share = share_at(run->spmc, &run->arch_pe[0], slot);
    if (*share != NULL) {
        row->kind = (*share)->kind;
        row->handle = (*share)->handle;
    }
}

/* Who reaches the page, or is to. */
static void add_reach(struct run *run, struct map_row *row, struct share *share, uint64_t *end)
{
    for (uint32_t i = 0; i < spmc_partition_count(run->spmc); i++) {
        const struct partition *partition = spmc_partition_at(run->spmc, i);
        struct tables_found found =
            tables_lookup(tables_read_ram, run, partition, (enum pas)row->pas, row->base);
        bool borrows = share != NULL && share_receiver_of(share, partition->id) != NULL;

        *end = found.end < *end ? found.end : *end;
        if (found.mapped || borrows) {
            row->reach[row->reach_count++] = (struct map_reach){partition->id, found.attr};
        }
    }
}

/* The same is true of [at, *end), which comes down to where that may change. */
static void add_range(struct builder *b, uint64_t at, uint64_t *end)
{
    struct run *run = b->run;
    struct map_row row = {.base = at};
    struct share *share = NULL;
    struct ledger_page page;

    if (!ledger_get(&run->arch_pe[0], &run->spmc->ledger, at, &page)) {
        return;
    }
    row.pas = page.pas;
    row.owner = page.owner;
    row.state = page.state;
    row.device = page.device;
    if (page.state != LEDGER_EXCLUSIVE && page.state != LEDGER_BUFFER) {
        add_share(run, page.share, &row, &share);
    }
    add_reach(run, &row, share, end);
    row.size_bytes = *end - at;
    add(b, &row);
}

static void add_extent(struct builder *b, const struct ledger_extent *extent)
{
    struct run *run = b->run;
    uint64_t stop = extent->base + extent->size_bytes;

    for (uint64_t at = extent->base; at < stop;) {
        uint64_t end = at + PAGE_SIZE_BYTES;

        if (ledger_is_untouched(&run->arch_pe[0], &run->spmc->ledger, at)) {
            end = (at & ~(CHUNK_BYTES - 1)) + CHUNK_BYTES;
            end = end < stop ? end : stop;
        }
        add_range(b, at, &end);
        at = end;
    }
}

static void add_spmc(struct builder *b)
{
    const struct map_row row = {.base = b->run->spmc_range.base,
                                .size_bytes = b->run->spmc_range.size_bytes,
                                .pas = PAS_SECURE,
                                .owner = FFA_ID_SPMC};

    add(b, &row);
}

bool map_rows(struct run *run, map_row_fn fn, void *user)
{
    struct builder b = {.run = run, .fn = fn, .user = user};
    bool has_spmc = false;

    if (run->spmc == NULL || run->spmc->ledger.extent == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < run->spmc->ledger.extent_count; i++) {
        const struct ledger_extent *extent = &run->spmc->ledger.extent[i];

        if (!has_spmc && extent->base > run->spmc_range.base) {
            add_spmc(&b);
            has_spmc = true;
        }
        add_extent(&b, extent);
    }
    if (!has_spmc) {
        add_spmc(&b);
    }
    flush(&b);
    return true;
}

const char *map_state_name(const struct map_row *row)
{
    static const char *const names[] = {
        [LEDGER_EXCLUSIVE] = "exclusive", [LEDGER_PENDING] = "pending", [LEDGER_SHARED] = "shared",
        [LEDGER_LENT] = "lent",           [LEDGER_DONATED] = "donated", [LEDGER_BUFFER] = "buffer",
    };

    return row->state < sizeof(names) / sizeof(names[0]) ? names[row->state] : "?";
}

const char *map_kind_name(const struct map_row *row)
{
    switch (row->kind) {
    case SHARE_SHARE:
        return "share";
    case SHARE_LEND:
        return "lend";
    case SHARE_DONATE:
        return "donate";
    default:
        return NULL;
    }
}

void map_owner_text(struct run *run, uint16_t owner, char text[MAP_OWNER_BYTES])
{
    const struct partition *partition =
        (owner & FFA_ID_SECURE_BIT) != 0 ? spmc_partition_by_id(run->spmc, owner) : NULL;

    if (owner == FFA_ID_NWD) {
        snprintf(text, MAP_OWNER_BYTES, "NWd");
    } else if (owner == FFA_ID_SPMC) {
        snprintf(text, MAP_OWNER_BYTES, "SPMC");
    } else if (partition != NULL) {
        snprintf(text, MAP_OWNER_BYTES, "%.60s", spmc_partition_name(partition));
    } else {
        snprintf(text, MAP_OWNER_BYTES, "VM %u", owner);
    }
}

struct printer {
    struct run *run;
    FILE *out;
};

static void print_size(FILE *out, uint64_t size_bytes)
{
    static const char units[] = {'K', 'M', 'G', 'T'};
    unsigned unit = 0;

    size_bytes >>= 10;
    while (unit + 1 < sizeof(units) && size_bytes % 1024 == 0) {
        size_bytes >>= 10;
        unit++;
    }
    fprintf(out, "%6" PRIu64 " %ciB", size_bytes, units[unit]);
}

static void print_row(void *user, const struct map_row *row)
{
    const struct printer *p = user;
    char text[MAP_OWNER_BYTES];
    char attr[TABLES_ATTR_BYTES];

    map_owner_text(p->run, row->owner, text);
    fprintf(p->out, "  0x%010" PRIx64 "-0x%010" PRIx64 " ", row->base,
            row->base + row->size_bytes - 1);
    print_size(p->out, row->size_bytes);
    fprintf(p->out, "  %-2s  %-12s  %s", row->pas == PAS_SECURE ? "S" : "NS", text,
            map_state_name(row));
    if (row->kind != 0) {
        fprintf(p->out, " by %s 0x%" PRIx64, map_kind_name(row), row->handle);
    }
    fprintf(p->out, "%s%s", row->device ? "  device" : "", row->reach_count != 0 ? ": " : "");
    for (uint32_t i = 0; i < row->reach_count; i++) {
        map_owner_text(p->run, row->reach[i].endpoint, text);
        tables_attr_text(row->reach[i].attr, attr);
        fprintf(p->out, "%s%s %s", i == 0 ? "" : ", ", text, attr);
    }
    putc('\n', p->out);
}

void map_print(struct run *run, FILE *out, const char *title)
{
    struct printer p = {run, out};

    fprintf(out, "Memory %s: range, size, world, owner, state, who reaches it\n", title);
    if (!map_rows(run, print_row, &p)) {
        fprintf(out, "  the SPMC is not up\n");
    }
}
