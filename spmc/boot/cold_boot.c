/* SPDX-License-Identifier: BSD-3-Clause */
/* Cold boot on the first PE: from the SPMC manifest to partitions that are ready to start. */
#include "boot.h"

#include "ffa/lsp_info.h"
#include "spmc/call_log.h"
#include "spmc/format.h"
#include "spmc/interrupt.h"
#include "spmc/mem.h"

static bool fail(struct spmc *spmc, enum manifest_code code, const char *text)
{
    spmc->diag.code = code;
    format_text(spmc->diag.text, sizeof(spmc->diag.text), "%s", text);
    return false;
}

/* Linear index of the PE with this affinity; cpu_count: it has no node. */
static uint32_t boot_cpu_index(const struct spmc_manifest *manifest, uint64_t mpidr)
{
    uint32_t index = 0;

    while (index < manifest->cpu_count && manifest->cpu_mpidr[index] != mpidr) {
        index++;
    }
    return index;
}

static void init_call_log(struct arch_pe *pe, struct spmc *spmc,
                          const struct spmc_boot_params *params)
{
    struct spmc_log *log = &spmc->log;

    if (!spmc->manifest->call_log) {
        return;
    }
    if (!SPMC_CALL_LOG) {
        spmc_log(pe, log, SPMC_LOG_WARNING, "/hypervisor: call-log: this build has no call log");
        return;
    }
    log->calls = params->has_call_log_uart || params->has_uart;
    log->calls_uart = params->has_call_log_uart ? params->call_log_uart : params->uart;
    log->calls_uart_pas =
        (uint8_t)(params->has_call_log_uart ? params->call_log_uart_pas : params->uart_pas);
}

static bool init_state(struct arch_pe *pe, struct spmc *spmc, const struct spmc_boot_params *params)
{
    spmc->log.lock.rank = SPMC_RANK_LOG;
    spmc->log.calls_lock.rank = SPMC_RANK_LOG;
    spmc->log.has_uart = params->has_uart;
    spmc->log.uart = params->uart;
    spmc->log.uart_pas = (uint8_t)params->uart_pas;
    spmc->log.level = SPMC_LOG_INFO;
    spmc->spmc_range = params->spmc_range;
    spmc->chain_lock.rank = SPMC_RANK_CHAIN;
    spmc->mailbox_lock.rank = SPMC_RANK_MAILBOX;
    spmc->notification_lock.rank = SPMC_RANK_NOTIFICATION;
    spmc->manifest = boot_alloc(spmc, sizeof(*spmc->manifest));
    if (spmc->manifest == NULL) {
        return fail(spmc, MANIFEST_TOO_MANY, "SPMC: no memory for its manifest");
    }
    if (!manifest_read_spmc(params->manifest, params->manifest_size_bytes, spmc->manifest,
                            &spmc->diag)) {
        return false;
    }
    spmc->log.level = spmc->manifest->log_level;
    spmc->per_vcpu_notifications =
        params->per_vcpu_notifications || spmc->manifest->per_vcpu_notifications;
    init_call_log(pe, spmc, params);
    if (boot_cpu_index(spmc->manifest, params->boot_mpidr) == spmc->manifest->cpu_count) {
        spmc->diag.code = MANIFEST_NODE_MISSING;
        format_text(spmc->diag.text, sizeof(spmc->diag.text),
                    "/cpus: found no node with MPIDR 0x%lx, want one for the PE that boots",
                    params->boot_mpidr);
        return false;
    }
    spmc->gic = spmc->manifest->gic.present ? spmc->manifest->gic : params->gic;
    spmc->gic.timer_intid = params->gic.timer_intid;
    if (!page_pool_init(pe, &spmc->pool, params->pool_base, params->pool_size_bytes)) {
        return fail(spmc, MANIFEST_MEM_REGION_INVALID,
                    "SPMC: its page pool is not page aligned secure memory");
    }
    return true;
}

/* Packages and manifests of all vm nodes, with the checks between them. */
static bool read_partitions(struct arch_pe *pe, struct spmc *spmc,
                            struct partition_manifest *manifests,
                            struct package_layout layouts[MANIFEST_MAX_PARTITIONS])
{
    const struct partition_manifest *list[MANIFEST_MAX_PARTITIONS];
    uint8_t *scratch = boot_alloc(spmc, BOOT_MANIFEST_MAX_BYTES);

    if (scratch == NULL) {
        return fail(spmc, MANIFEST_TOO_MANY, "SPMC: no memory for partition manifests");
    }
    for (uint32_t i = 0; i < spmc->manifest->vm_count; i++) {
        list[i] = &manifests[i];
        if (!boot_read_package(pe, spmc, i, scratch, &layouts[i], &manifests[i])) {
            return false;
        }
    }
    return manifest_check_all(spmc->manifest, spmc->spmc_range, list, &spmc->diag);
}

static void init_cpus(struct arch_pe *pe, struct spmc *spmc, uint64_t boot_mpidr)
{
    for (uint32_t i = 0; i < spmc->cpu_count; i++) {
        struct spmc_cpu *cpu = &spmc->cpu[i];
        struct vcpu *nwd = &spmc->nwd->vcpu[i];

        cpu->spmc = spmc;
        cpu->index = i;
        cpu->mpidr = spmc->manifest->cpu_mpidr[i];
        cpu->nwd = nwd;
        cpu->current = nwd;
        if (cpu->mpidr == boot_mpidr) {
            cpu->arch = pe;
            cpu->online = true;
        }
        nwd->partition = spmc->nwd;
        nwd->index = (uint16_t)i;
        nwd->cpu = cpu;
        nwd->state = VCPU_RUNNING;
        nwd->regs_available = true;
    }
}

static void init_objects(struct spmc *spmc, const struct partition_manifest *manifests,
                         struct vcpu *vcpu, uint32_t *vint_list, struct vint *vint)
{
    uint32_t vm_count = spmc->manifest->vm_count;

    spmc->partition = spmc->nwd + 1;
    spmc->partition_count = vm_count;
    spmc->vm_slot_count = SPMC_MAX_VMS;
    spmc->nwd->id = FFA_ID_NWD;
    spmc->nwd->state = PARTITION_RUNNING;
    spmc->nwd->ffa_version = SPMC_FFA_VERSION;
    spmc->nwd->vcpu_count = (uint16_t)spmc->cpu_count;
    spmc->nwd->vcpu = vcpu;
    spmc->nwd->mailbox.pas = PAS_NON_SECURE;
    vcpu += spmc->cpu_count;
    for (uint32_t i = 0; i < vm_count; i++) {
        struct partition *partition = &spmc->partition[i];

        partition->id = (uint16_t)(FFA_ID_SP_FIRST + i);
        partition->vm = &spmc->manifest->vm[i];
        partition->manifest = &manifests[i];
        partition->vcpu_count = partition->vm->vcpu_count;
        partition->vcpu = vcpu;
        vcpu += partition->vcpu_count;
        boot_make_interrupts(partition, &vint_list, &vint);
    }
}

/* The mutable part of the arena: PEs, partitions, VMs, vCPUs, virtual interrupts. Console lines
 * and lists of interrupts lie before it. */
static bool alloc_objects(struct spmc *spmc, const struct partition_manifest *manifests)
{
    uint32_t vm_count = spmc->manifest->vm_count;
    uint32_t vcpus = spmc->cpu_count;
    uint32_t numbers = 0; /* virtual interrupts: of all partitions, of all their vCPUs */
    uint32_t vints = 0;
    struct console_line *lines;
    struct vcpu *vcpu;
    uint32_t *vint_list;
    struct vint *vint;

    for (uint32_t i = 0; i < vm_count; i++) {
        vcpus += spmc->manifest->vm[i].vcpu_count;
        numbers += boot_interrupt_count(&manifests[i]);
        vints += boot_interrupt_count(&manifests[i]) * spmc->manifest->vm[i].vcpu_count;
    }
    spmc->extent = boot_alloc(spmc, boot_extents_bytes(vm_count));
    spmc->boot_order = boot_alloc(spmc, vm_count * sizeof(spmc->boot_order[0]));
    lines = boot_alloc(spmc, vcpus * sizeof(*lines));
    vint_list = boot_alloc(spmc, numbers * sizeof(*vint_list));
    spmc->mutable_start = spmc->arena + spmc->arena_used_bytes;
    spmc->cpu = boot_alloc(spmc, spmc->cpu_count * sizeof(*spmc->cpu));
    spmc->nwd = boot_alloc(spmc, (vm_count + 1u) * sizeof(*spmc->nwd));
    vcpu = boot_alloc(spmc, vcpus * sizeof(*vcpu));
    vint = boot_alloc(spmc, vints * sizeof(*vint));
    spmc->vm_slot = boot_alloc(spmc, SPMC_MAX_VMS * sizeof(*spmc->vm_slot));
    spmc->share_slot_count = share_slot_count(vm_count);
    spmc->share_slot = boot_alloc(spmc, spmc->share_slot_count * sizeof(*spmc->share_slot));
    spmc->ns_retrieval = boot_alloc(spmc, sizeof(*spmc->ns_retrieval));
    if (spmc->extent == NULL || spmc->boot_order == NULL || lines == NULL || spmc->cpu == NULL ||
        spmc->nwd == NULL || spmc->vm_slot == NULL || spmc->share_slot == NULL ||
        spmc->ns_retrieval == NULL || vcpu == NULL || vint_list == NULL || vint == NULL ||
        !boot_make_notifications(spmc, manifests)) {
        return fail(spmc, MANIFEST_TOO_MANY, "SPMC: no memory for its partitions and vCPUs");
    }
    spmc->mutable_size_bytes =
        (size_t)(spmc->arena + spmc->arena_used_bytes - (const uint8_t *)spmc->mutable_start);
    for (uint32_t i = 0; i < vcpus; i++) {
        vcpu[i].console = &lines[i];
    }
    init_objects(spmc, manifests, vcpu, vint_list, vint);
    return true;
}

static bool make_all(struct arch_pe *pe, struct spmc *spmc, uint64_t boot_mpidr)
{
    struct package_layout layouts[MANIFEST_MAX_PARTITIONS];
    struct partition_manifest *manifests;
    uint32_t made = 0;

    spmc->cpu_count = spmc->manifest->cpu_count;
    manifests = boot_alloc(spmc, spmc->manifest->vm_count * sizeof(*manifests));
    if (manifests == NULL) {
        return fail(spmc, MANIFEST_TOO_MANY, "SPMC: no memory for partition manifests");
    }
    if (!read_partitions(pe, spmc, manifests, layouts) || !alloc_objects(spmc, manifests)) {
        return false;
    }
    if (!ledger_init(pe, &spmc->ledger, &spmc->pool, spmc->extent, 0)) {
        return fail(spmc, MANIFEST_TOO_MANY, "SPMC: no pages for its share ledger");
    }
    init_cpus(pe, spmc, boot_mpidr);
    boot_make_extents(spmc);
    spmc_log(pe, &spmc->log, SPMC_LOG_INFO, "FF-A %u.%u, %u PEs, %u partitions",
             FFA_VERSION_MAJOR(SPMC_FFA_VERSION), FFA_VERSION_MINOR(SPMC_FFA_VERSION),
             spmc->cpu_count, spmc->partition_count);
    for (uint32_t i = 0; i < spmc->partition_count; i++) {
        if (boot_make_partition(pe, spmc, i, &layouts[i])) {
            made++;
        } else {
            spmc_log(pe, &spmc->log, SPMC_LOG_ERROR, "%s can not be loaded: out of pages or vCPUs",
                     spmc->manifest->vm[i].name);
        }
    }
    spmc_log(pe, &spmc->log, SPMC_LOG_VERBOSE, "%u partitions loaded, %lu pages left", made,
             spmc->pool.free_count);
    return true;
}

/* Says who we are to the SPMD and where secondary PEs shall enter (FF-A v1.2, 18.2). */
static bool greet_spmd(struct arch_pe *pe, struct spmc *spmc, uint64_t secondary_entry)
{
    uint64_t x[FFA_REGS_EXTENDED] = {FFA_ID_GET};

    arch_el3_call(pe, x);
    if ((uint32_t)x[0] != FFA_SUCCESS_32 || (uint32_t)x[2] != FFA_ID_SPMC) {
        return fail(spmc, MANIFEST_NOT_COMPATIBLE,
                    "/attribute: spmc_id: the SPMD gave another id than 0x8000");
    }
    lsp_discover(pe, spmc);
    if (secondary_entry == 0) {
        return true;
    }
    memset(x, 0, sizeof(x));
    x[0] = FFA_SECONDARY_EP_REGISTER_64;
    x[1] = secondary_entry;
    arch_el3_call(pe, x);
    /* TF-A answers a 64-bit call with the 64-bit form. */
    return (uint32_t)x[0] == FFA_SUCCESS_32 || (uint32_t)x[0] == FFA_SUCCESS_64 ||
           fail(spmc, MANIFEST_UNSUPPORTED,
                "the SPMD refused FFA_SECONDARY_EP_REGISTER: other PEs can not enter the SPMC");
}

struct vcpu *spmc_cold_boot(struct arch_pe *pe, const struct spmc_boot_params *params,
                            struct spmc **out)
{
    struct spmc *spmc = params->arena;
    struct spmc_cpu *cpu;
    struct vcpu *first;

    if (params->arena_size_bytes < sizeof(*spmc)) {
        arch_panic(pe, "SPMC: the arena does not even hold struct spmc");
    }
    spmc->arena = params->arena;
    spmc->arena_size_bytes = params->arena_size_bytes;
    *out = boot_alloc(spmc, sizeof(*spmc));
    if (!init_state(pe, spmc, params) || !greet_spmd(pe, spmc, params->secondary_entry) ||
        !make_all(pe, spmc, params->boot_mpidr) || !interrupt_init(pe, spmc)) {
        spmc_log(pe, &spmc->log, SPMC_LOG_CRITICAL, "boot failed: %s", spmc->diag.text);
        return NULL;
    }
    boot_sort(spmc);
    cpu = &spmc->cpu[boot_cpu_index(spmc->manifest, params->boot_mpidr)];
    interrupt_init_cpu(cpu);
    first = boot_start_next(cpu);
    interrupt_before_run(cpu, first);
    call_log_boot(cpu, first);
    return first;
}

struct vcpu *spmc_secondary_boot(struct spmc *spmc, struct arch_pe *pe, uint32_t index)
{
    struct spmc_cpu *cpu = spmc_cpu(spmc, index);
    struct vcpu *first;

    if (cpu == NULL) {
        return NULL;
    }
    cpu->arch = pe;
    cpu->boot_position = 0;
    cpu->online = true;
    interrupt_init_cpu(cpu);
    first = boot_start_next(cpu);
    interrupt_before_run(cpu, first);
    call_log_boot(cpu, first);
    return first;
}
