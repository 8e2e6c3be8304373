/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim/replay/identity.h"

#include <stdio.h>
#include <string.h>

static void add(struct identity *identity, const char *what, const char *of, const void *data,
                size_t size_bytes)
{
    struct identity_input *input = &identity->input[identity->count];

    if (data == NULL || identity->count == IDENTITY_MAX_INPUTS) {
        return;
    }
    snprintf(input->label, sizeof(input->label), of != NULL ? "%s of %s" : "%s", what, of);
    trace_hash_bytes(data, size_bytes, &input->hash);
    identity->count++;
}

static void add_blob(struct identity *identity, const char *what, const char *of,
                     const struct run_blob *blob)
{
    add(identity, what, of, blob->data, blob->size_bytes);
}

void identity_of(const struct scenario *scenario, const struct run_config *config,
                 struct identity *identity)
{
    size_t size_bytes;
    const char *source = scenario_source(scenario, &size_bytes);

    identity->count = 0;
    add(identity, "scenario", NULL, source, size_bytes);
    add_blob(identity, "board", NULL, &config->board);
    add_blob(identity, "SPMC manifest", NULL, &config->spmc_manifest);
    for (uint32_t i = 0; i < config->partition_count; i++) {
        const struct run_partition *partition = &config->partition[i];

        add_blob(identity, "image", partition->name, &partition->image);
        add_blob(identity, "manifest", partition->name, &partition->manifest);
        add_blob(identity, "package", partition->name, &partition->package);
    }
    add_blob(identity, "normal world", NULL, &config->nwd.image);
}

bool identity_check(const struct identity *was, const struct identity *now, struct sim_error *err)
{
    for (unsigned i = 0; i < was->count || i < now->count; i++) {
        const struct identity_input *a = &was->input[i];
        const struct identity_input *b = &now->input[i];

        if (i >= was->count || i >= now->count || strcmp(a->label, b->label) != 0) {
            return sim_fail(err, SIM_BAD_INPUT, "the run is made of other files: '%s' is %s",
                            i < was->count ? a->label : b->label,
                            i < was->count ? "no longer one of them" : "new");
        }
        if (!trace_hash_equal(&a->hash, &b->hash)) {
            char then[TRACE_HASH_TEXT];
            char is[TRACE_HASH_TEXT];

            trace_hash_text(&a->hash, then);
            trace_hash_text(&b->hash, is);
            return sim_fail(err, SIM_BAD_INPUT, "the %s has changed: its hash is %.12s, not %.12s",
                            a->label, is, then);
        }
    }
    return true;
}
