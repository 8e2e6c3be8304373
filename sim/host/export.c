/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim/host/export.h"

#include <inttypes.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "sim/host/host.h"
#include "sim/host/nwd_image.h"

static bool all_emulated(const struct run_config *config, struct sim_error *err)
{
    const char *scripted = config->nwd.make != NULL ? "the normal world" : NULL;

    for (uint32_t i = 0; scripted == NULL && i < config->partition_count; i++) {
        if (config->partition[i].make != NULL) {
            scripted = config->partition[i].name;
        }
    }
    return scripted == NULL ||
           sim_fail(err, SIM_BAD_INPUT,
                    "%s: %s is a script; only scenarios whose contexts are all emulated can be "
                    "put in a flash image",
                    config->name, scripted);
}

static void add(struct export *out, const char *what, const void *data, size_t size_bytes,
                uint64_t destination, bool non_secure)
{
    out->load[out->load_count++] =
        (struct export_load){what, data, size_bytes, destination, non_secure};
}

static bool add_spmc(const struct run *run, const struct run_blob *spmc, struct export *out,
                     struct sim_error *err)
{
    const char *where = run->config.spmc_manifest.where;

    if (spmc->size_bytes > run->attribute.binary_size_bytes) {
        return sim_fail(err, SIM_BAD_INPUT,
                        "%s: /attribute: binary_size: found 0x%" PRIx64 ", want at least 0x%zx for "
                        "%s",
                        where, run->attribute.binary_size_bytes, spmc->size_bytes, spmc->where);
    }
    if (fdt_pack(run->spmc_manifest) != 0 ||
        fdt_totalsize(run->spmc_manifest) > EXPORT_MANIFEST_MAX_BYTES) {
        return sim_fail(err, SIM_BAD_INPUT, "%s: with its vm nodes it is larger than 0x%x bytes",
                        where, EXPORT_MANIFEST_MAX_BYTES);
    }
    add(out, "spmc", spmc->data, spmc->size_bytes, run->attribute.load_address, false);
    add(out, "spmc-manifest", run->spmc_manifest, fdt_totalsize(run->spmc_manifest),
        EXPORT_MANIFEST_ADDRESS, false);
    return true;
}

static bool in_ram(const struct board *board, const struct export_load *load)
{
    for (unsigned i = 0; i < board->ram_count; i++) {
        const struct board_ram *ram = &board->ram[i];

        if (ram->secure != load->non_secure && load->destination >= ram->base &&
            load->destination - ram->base <= ram->size_bytes &&
            load->size_bytes <= ram->size_bytes - (load->destination - ram->base)) {
            return true;
        }
    }
    return false;
}

/* Everything lies in memory of its world, and nothing on anything else. */
static bool check_loads(const struct board *board, const struct export *out, struct sim_error *err)
{
    for (unsigned i = 0; i < out->load_count; i++) {
        const struct export_load *a = &out->load[i];

        if (!in_ram(board, a)) {
            return sim_fail(err, SIM_BAD_INPUT,
                            "%s: 0x%" PRIx64 " + %zu bytes is not %s memory on board %s", a->what,
                            a->destination, a->size_bytes, a->non_secure ? "non-secure" : "secure",
                            board->name);
        }
        for (unsigned n = 0; n < i; n++) {
            const struct export_load *b = &out->load[n];

            if (a->destination < b->destination + b->size_bytes &&
                b->destination < a->destination + a->size_bytes) {
                return sim_fail(err, SIM_BAD_INPUT, "%s at 0x%" PRIx64 " lies on %s at 0x%" PRIx64,
                                a->what, a->destination, b->what, b->destination);
            }
        }
    }
    return true;
}

static bool add_loads(const struct run *run, const struct board *board, const struct run_blob *spmc,
                      struct export *out, struct sim_error *err)
{
    const struct run_config *config = &run->config;
    const struct board_ram *ram = host_first_ns_ram(board);
    struct nwd_image image;

    if (config->pe_count > board->pe_count) {
        return sim_fail(err, SIM_BAD_INPUT, "%s: wants %u PEs, board %s has %u", config->name,
                        config->pe_count, board->name, board->pe_count);
    }
    if (ram == NULL) {
        return sim_fail(err, SIM_BAD_INPUT, "%s: the board has no non-secure memory",
                        config->board.where);
    }
    if (!add_spmc(run, spmc, out, err)) {
        return false;
    }
    out->pe_count = config->pe_count;
    out->nwd_el = config->nwd.el;
    if (!nwd_image_read(&config->nwd.image, config->nwd.load_address, ram->base, &image, err)) {
        return false;
    }
    out->nwd_entry = image.entry;
    /* What follows a segment's bytes is zero, as is memory that nobody has written yet. */
    for (unsigned i = 0; i < image.segment_count; i++) {
        const struct nwd_segment *segment = &image.segment[i];

        if (segment->file_bytes != 0) {
            add(out, "kernel", segment->data, segment->file_bytes, segment->address, true);
        }
    }
    for (uint32_t i = 0; i < config->partition_count; i++) {
        const struct run_plan_partition *plan = &run->plan[i];

        add(out, config->partition[i].name, plan->package, plan->package_size, plan->load_address,
            false);
    }
    return check_loads(board, out, err);
}

bool export_create(const struct run_config *config, const struct run_blob *spmc, struct export *out,
                   struct sim_error *err)
{
    struct board *board = calloc(1, sizeof(*board));
    struct run *run = calloc(1, sizeof(*run));
    bool ok = board != NULL && run != NULL;

    *out = (struct export){.plan = run};
    if (!ok) {
        sim_fail(err, SIM_INTERNAL, "out of memory");
    } else {
        run->config = *config;
        run->config.pe_count = config->pe_count == 0 ? 1 : config->pe_count;
        ok = all_emulated(config, err) && plan_run(run, err) &&
             board_read(config->board.data, config->board.size_bytes, config->board.where, board,
                        err);
        if (ok) {
            ok = add_loads(run, board, spmc, out, err);
            board_free(board);
        }
    }
    free(board);
    if (!ok) {
        export_destroy(out);
    }
    return ok;
}

void export_destroy(struct export *export)
{
    if (export->plan != NULL) {
        plan_free(export->plan);
        free(export->plan);
    }
    *export = (struct export){0};
}
