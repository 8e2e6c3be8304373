/* SPDX-License-Identifier: BSD-3-Clause */
/* A run from its plan to its verdict. */
#include "sim/host/run.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/host/check_memory.h"
#include "sim/host/host_fault.h"
#include "sim/host/nwd_image.h"

const struct board_ram *host_first_ns_ram(const struct board *board)
{
    for (unsigned i = 0; i < board->ram_count; i++) {
        if (!board->ram[i].secure) {
            return &board->ram[i];
        }
    }
    return NULL;
}

static bool create_nwd(struct run *run, struct sim_error *err)
{
    const struct run_nwd *nwd = &run->config.nwd;
    const struct board_ram *ram = host_first_ns_ram(&run->machine->board);
    struct context_config config = {
        .name = "NWd/0",
        .endpoint = FFA_ID_NWD,
        .top_el = (uint8_t)(nwd->el == 2 ? 2 : 1),
    };
    uint64_t entry = nwd->load_address;
    const uint64_t x[8] = {0};
    struct nwd_image image;
    struct context *context;

    if (ram == NULL) {
        return sim_fail(err, SIM_BAD_INPUT, "%s: the board has no non-secure memory",
                        run->config.board.where);
    }
    if (nwd->make == NULL) {
        if (!nwd_image_read(&nwd->image, nwd->load_address, ram->base, &image, err) ||
            !nwd_image_load(&image, &run->machine->bus, nwd->image.where, err)) {
            return false;
        }
        entry = image.entry;
        context = context_create_emulated(run->machine, &config, err);
    } else {
        context = nwd->make(nwd->make_user, run->machine, &config, err);
    }
    if (context == NULL) {
        return false;
    }
    run->arch_pe[0].nwd = context;
    context->ops->reset(context, entry, x);
    /* The lower half of the memory is the image's, the upper half feeds run_alloc_ns_pages(). */
    run->ns_next = ram->base + ram->size_bytes / 2;
    run->ns_end = ram->base + ram->size_bytes;
    return true;
}

static void until_reached(struct machine *machine, void *arg)
{
    struct run *run = arg;

    if (run->config.until_is_cut && machine_is_silent(machine)) {
        machine_end(machine, MACHINE_END_DEADLOCK);
    } else {
        run_done(run);
    }
}

/* A device's reset signal. Where no reset is allowed, what it would hide is what is shown. */
static void on_reset(struct machine *machine, const char *why)
{
    char text[EVENT_MAX_TEXT + 8];

    snprintf(text, sizeof(text), "reset: %s", why);
    reset_ask(run_of(machine), text);
}

static bool create_machine(struct run *run, struct sim_error *err)
{
    const struct run_config *config = &run->config;
    struct board *board = calloc(1, sizeof(*board));
    bool ok = board != NULL && board_read(config->board.data, config->board.size_bytes,
                                          config->board.where, board, err);

    if (ok) {
        run->machine = machine_create(board, config->pe_count, config->trace, config->seed,
                                      config->limit_ns, err);
    }
    if (run->machine != NULL && config->quantum_least_ns != 0) {
        machine_set_quantum(run->machine, config->quantum_least_ns, config->quantum_most_ns);
    }
    if (run->machine != NULL) {
        run->machine->on_reset = on_reset;
        machine_set_choices(run->machine, config->choices);
    }
    free(board);
    return run->machine != NULL;
}

static bool create_el3(struct run *run, struct sim_error *err)
{
    const char *why;

    if (!spmd_init(&run->spmd, run->spmc_manifest, run->spmc_manifest_size, run->spmd_cpu,
                   run->config.pe_count, &why)) {
        return sim_fail(err, SIM_BAD_INPUT, "%s: %s", run->config.spmc_manifest.where, why);
    }
    (void)spmd_register_lsp(&run->spmd, &spmd_lsp_sample); /* the first one has its place */
    run->arena_size = spmc_arena_size(run->config.pe_count, run->config.partition_count);
    run->arena = calloc(1, run->arena_size);
    if (run->arena == NULL) {
        return sim_fail(err, SIM_INTERNAL, "out of memory: %zu bytes for the SPMC",
                        run->arena_size);
    }
    return true;
}

struct run *run_create(const struct run_config *config, struct sim_error *err)
{
    struct run *run = calloc(1, sizeof(*run));

    if (run == NULL) {
        sim_fail(err, SIM_INTERNAL, "out of memory");
        return NULL;
    }
    run->config = *config;
    run->config.pe_count = config->pe_count == 0 ? 1 : config->pe_count;
    run->config.limit_ns = config->limit_ns == 0 ? RUN_LIMIT_DEFAULT_NS : config->limit_ns;
    if (!plan_run(run, err)) {
        run_destroy(run);
        return NULL;
    }
    report_start(run);
    if (!create_machine(run, err)) {
        run_destroy(run);
        return NULL;
    }
    for (unsigned i = 0; i < run->config.pe_count; i++) {
        run->arch_pe[i].run = run;
        run->arch_pe[i].pe = &run->machine->pe[i];
        run->machine->pe[i].host = &run->arch_pe[i];
    }
    run->spmc_ram = bus_ram(&run->machine->bus, run->spmc_range.base, run->spmc_range.size_bytes,
                            BUS_SECURE); /* plan_load() says so when there is none */
    if ((config->faults != NULL && !host_fault_start(run, config->faults, err)) ||
        !run_boot(run, err)) {
        run_destroy(run);
        return NULL;
    }
    run_until(run);
    return run;
}

bool run_boot(struct run *run, struct sim_error *err)
{
    if (!plan_load(run, err) || !create_el3(run, err) || !create_nwd(run, err)) {
        return false;
    }
    return machine_pe_start(&run->machine->pe[0], host_pe_main, run, 0) ||
           sim_fail(err, SIM_INTERNAL, "no memory for the stack of PE 0");
}

void run_until(struct run *run)
{
    if (run->config.until_ns != 0) {
        machine_event_add(run->machine, &run->until_event, run->config.until_ns, until_reached,
                          run);
    }
}

static void judge(struct run *run, enum machine_end end)
{
    if (run->failed) {
        return;
    }
    if (end == MACHINE_END_LIMIT) {
        run_fail(run, "still running at the limit of %" PRIu64 ".%03u us of simulated time",
                 run->config.limit_ns / 1000u, (unsigned)(run->config.limit_ns % 1000u));
    } else if (end == MACHINE_END_DEADLOCK) {
        run_fail(run, "every PE waits and no event is due: nothing can happen any more");
    } else if (end != MACHINE_END_DONE) {
        run_fail(run, "the machine stopped by itself");
        run->verdict = RUN_INTERNAL;
    }
}

void run_execute(struct run *run, struct run_result *result)
{
    enum machine_end end = machine_run(run->machine);

    while (end == MACHINE_END_RESET && reset_boot(run)) {
        end = machine_run(run->machine);
    }
    check_end(run);
    judge(run, end);
    memset(result, 0, sizeof(*result));
    result->verdict = run->verdict;
    memcpy(result->why, run->why, sizeof(result->why));
    result->choices = run->machine->choices.number;
    result->delays = run->machine->choices.delays;
    for (unsigned i = 0; i < run->config.pe_count; i++) {
        const struct sim_pe *pe = &run->machine->pe[i];

        if (pe->now_ns > result->simulated_ns) {
            result->simulated_ns = pe->now_ns;
        }
        result->retired[i] = run_retired(run, i);
    }
    report_end(run, result);
}

/* Instructions that contexts have retired on a PE, of this boot and those before. */
uint64_t run_retired(const struct run *run, unsigned pe)
{
    const struct context *nwd = run->arch_pe[pe].nwd;
    uint64_t retired = run->retired_before[pe] + (nwd != NULL ? nwd->retired : 0);

    for (const struct arch_vcpu *v = run->vcpus; v != NULL; v = v->next) {
        if (v->context->pe != NULL && v->context->pe->index == pe) {
            retired += v->context->retired;
        }
    }
    return retired;
}

void run_destroy_contexts(struct run *run)
{
    while (run->vcpus != NULL) {
        struct arch_vcpu *vcpu = run->vcpus;

        run->vcpus = vcpu->next;
        vcpu->context->ops->destroy(vcpu->context);
        free(vcpu);
    }
    for (unsigned i = 0; i < RUN_MAX_PES; i++) {
        struct context *nwd = run->arch_pe[i].nwd;

        if (nwd != NULL) {
            nwd->ops->destroy(nwd);
            run->arch_pe[i].nwd = NULL;
        }
    }
}

void run_destroy(struct run *run)
{
    if (run == NULL) {
        return;
    }
    run_destroy_contexts(run);
    host_fault_stop(run);
    if (run->machine != NULL) {
        machine_destroy(run->machine);
    }
    plan_free(run);
    free(run->arena);
    free(run->shadow);
    check_memory_destroy(run);
    check_maintenance_destroy(run);
    free(run);
}

void run_fail(struct run *run, const char *format, ...)
{
    if (!run->failed) {
        va_list args;

        va_start(args, format);
        vsnprintf(run->why, sizeof(run->why), format, args);
        va_end(args);
        run->failed = true;
        run->verdict = RUN_FAILED;
    }
    machine_end(run->machine, MACHINE_END_FAILED);
}

void run_done(struct run *run)
{
    machine_end(run->machine, MACHINE_END_DONE);
}

bool run_failed(const struct run *run)
{
    return run->failed;
}

bool run_reseed(struct run *run, uint64_t seed)
{
    if (!faults_reseed(run->faults, seed)) {
        return false;
    }
    if (run->config.trace != NULL && !trace_amend_first(run->config.trace, 0, seed)) {
        return false;
    }
    machine_reseed(run->machine, seed);
    run->config.seed = seed;
    return true;
}

void run_set_limit(struct run *run, uint64_t limit_ns)
{
    uint64_t delayed_ns = run->machine->choices.delayed_ns;

    run->config.limit_ns = limit_ns;
    run->machine->limit_ns =
        limit_ns <= MACHINE_NEVER - delayed_ns ? limit_ns + delayed_ns : MACHINE_NEVER;
}

struct machine *run_machine(struct run *run)
{
    return run->machine;
}

struct spmc *run_spmc(struct run *run)
{
    return run->spmc;
}

struct run *run_of(struct machine *machine)
{
    return ((struct arch_pe *)machine->pe[0].host)->run;
}

uint64_t run_alloc_ns_pages(struct run *run, uint32_t pages)
{
    uint64_t size_bytes = (uint64_t)pages * PAGE_SIZE_BYTES;
    uint64_t base = run->ns_next;

    if (pages == 0 || size_bytes > run->ns_end - run->ns_next) {
        return 0;
    }
    run->ns_next += size_bytes;
    return base;
}

bool run_partition_memory(struct run *run, uint32_t index, uint64_t *base, uint64_t *size_bytes)
{
    if (index >= run->config.partition_count) {
        return false;
    }
    const struct run_plan_partition *plan = &run->plan[index];
    uint64_t used = (plan->used_bytes + PAGE_SIZE_BYTES - 1) & ~(uint64_t)(PAGE_SIZE_BYTES - 1);

    *base = plan->load_address + used;
    *size_bytes = plan->mem_size_bytes - used;
    return true;
}
