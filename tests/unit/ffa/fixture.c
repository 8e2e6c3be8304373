/* SPDX-License-Identifier: BSD-3-Clause */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

#include "spmc/interrupt.h"
#include "spmc/pl011.h"

struct world world;

/* The door. */

void arch_lock(struct arch_pe *pe, struct arch_lock *lock)
{
    must(lock->word == 0);
    lock->word = 1;
    pe->locks_held++;
    pe->locks_taken++;
}

void arch_unlock(struct arch_pe *pe, struct arch_lock *lock)
{
    must(lock->word == 1);
    lock->word = 0;
    pe->locks_held--;
}

static uint8_t *ram_at(uint64_t pa, size_t size, enum pas pas)
{
    uint64_t base = pas == PAS_SECURE ? WORLD_SP_BASE : WORLD_NS_BASE;
    uint64_t end =
        pas == PAS_SECURE ? base + WORLD_PARTITIONS * WORLD_SP_SIZE : base + WORLD_SP_SIZE;
    uint64_t at = (pa - base) % WORLD_SP_SIZE;

    if (pa < base || pa >= end || at > WORLD_RAM_BYTES || size > WORLD_RAM_BYTES - at) {
        return NULL;
    }
    return &world.state.ram[at];
}

bool arch_copy_from(struct arch_pe *pe, void *dst, paddr_t src, size_t size, enum pas pas)
{
    const uint8_t *at = ram_at(src.pa, size, pas);

    (void)pe;
    if (at == NULL) {
        return false;
    }
    memcpy(dst, at, size);
    world.bytes_read += size;
    return true;
}

bool arch_copy_to(struct arch_pe *pe, paddr_t dst, const void *src, size_t size, enum pas pas)
{
    uint8_t *at = ram_at(dst.pa, size, pas);

    (void)pe;
    if (at == NULL) {
        return false;
    }
    memcpy(at, src, size);
    return true;
}

bool arch_zero(struct arch_pe *pe, paddr_t dst, size_t size, enum pas pas)
{
    uint8_t *at = ram_at(dst.pa, size, pas);

    (void)pe;
    if (at == NULL) {
        return false;
    }
    memset(at, 0, size);
    return true;
}

void arch_el3_call(struct arch_pe *pe, uint64_t x[FFA_REGS_EXTENDED])
{
    pe->group0 = 0;
    world.el3_calls++;
    memcpy(world.el3_x, x, sizeof(world.el3_x));
    for (unsigned n = 0; n < FFA_REGS; n++) {
        x[n] = 0xe100 + n;
    }
}

uint64_t arch_sysreg_read(struct arch_pe *pe, enum arch_sysreg reg)
{
    uint32_t intid;

    switch (reg) {
    case ARCH_ICC_IAR1:
        intid = pe->pending != 0 ? pe->pending : INTID_SPECIAL_LAST;
        pe->pending = 0;
        return intid;
    case ARCH_ICC_HPPIR0:
        return pe->group0 != 0 ? pe->group0 : INTID_SPECIAL_LAST;
    default:
        return pe->sysreg[reg];
    }
}

void arch_sysreg_write(struct arch_pe *pe, enum arch_sysreg reg, uint64_t value)
{
    pe->kicks += reg == ARCH_ICC_SGI1R;
    pe->sris += reg == ARCH_ICC_ASGI1R;
    if (reg == ARCH_ICC_EOIR1) {
        memcpy(pe->enabled_at_end, world.enabled, sizeof(pe->enabled_at_end));
    }
    pe->sysreg[reg] = value;
}

/* GICD_ISENABLER and ICENABLER of SPIs; all else reads as zero. */
uint32_t arch_mmio_read32(struct arch_pe *pe, paddr_t reg, enum pas pas)
{
    uint64_t at = reg.pa - WORLD_GICD;

    (void)pe;
    (void)pas;
    return (at & ~0xffull) == 0x100 ? world.enabled[at % 0x80 / 4 % 8] : 0;
}

void arch_mmio_write32(struct arch_pe *pe, paddr_t reg, uint32_t value, enum pas pas)
{
    uint64_t at = reg.pa - WORLD_GICD;

    (void)pe;
    (void)pas;
    if ((at & ~0x7full) == 0x100) {
        world.enabled[at % 0x80 / 4 % 8] |= value;
    } else if ((at & ~0x7full) == 0x180) {
        world.enabled[at % 0x80 / 4 % 8] &= ~value;
    }
}

void arch_vcpu_set_virtual(struct arch_pe *pe, struct arch_vcpu *vcpu, bool irq, bool fiq)
{
    (void)pe;
    vcpu->virq = irq;
    vcpu->vfiq = fiq;
}

void arch_vcpu_load_extended(struct arch_pe *pe, struct arch_vcpu *vcpu,
                             uint64_t x[FFA_REGS_EXTENDED])
{
    (void)pe;
    memcpy(&x[FFA_REGS], &vcpu->x[FFA_REGS], (FFA_REGS_EXTENDED - FFA_REGS) * sizeof(x[0]));
}

uint64_t arch_vcpu_get_x(struct arch_pe *pe, struct arch_vcpu *vcpu, unsigned n)
{
    (void)pe;
    return n < 31 ? vcpu->x[n] : 0;
}

void arch_vcpu_set_x(struct arch_pe *pe, struct arch_vcpu *vcpu, unsigned n, uint64_t value)
{
    (void)pe;
    if (n < 31) {
        vcpu->x[n] = value;
    }
}

uint64_t arch_vcpu_sysreg_read(struct arch_pe *pe, struct arch_vcpu *vcpu,
                               enum arch_vcpu_sysreg reg)
{
    (void)pe;
    return vcpu->sysreg[reg];
}

void arch_vcpu_sysreg_write(struct arch_pe *pe, struct arch_vcpu *vcpu, enum arch_vcpu_sysreg reg,
                            uint64_t value)
{
    (void)pe;
    vcpu->sysreg[reg] = value;
}

/* Other rooms of the core. */

bool stage2_lookup(struct arch_pe *pe, const struct stage2 *s2, enum pas ipa_space, ipaddr_t ipa,
                   paddr_t *pa, struct stage2_attr *attr)
{
    uint64_t base = WORLD_SP_BASE + (uint64_t)(s2->vmid - 1u) * WORLD_SP_SIZE;

    (void)pe;
    *pa = paddr(ipa.ipa);
    *attr = (struct stage2_attr){.access = STAGE2_READ | STAGE2_WRITE, .memory = STAGE2_NORMAL};
    if (ipa_space != PAS_SECURE) {
        return false;
    }
    if (ipa.ipa == WORLD_DEVICE) {
        attr->memory = STAGE2_DEVICE_nGnRnE;
        return true;
    }
    if (ipa.ipa == base + 0x10000) {
        attr->access = STAGE2_READ; /* one page is read-only */
    }
    if (s2->vmid == 1 && ipa.ipa - base < WORLD_PAGES * PAGE_SIZE_BYTES &&
        world.state.page_access[(ipa.ipa - base) / PAGE_SIZE_BYTES] != 0) {
        attr->access = world.state.page_access[(ipa.ipa - base) / PAGE_SIZE_BYTES];
    }
    return ipa.ipa >= base && ipa.ipa < base + WORLD_SP_SIZE;
}

bool stage2_map(struct arch_pe *pe, struct stage2 *s2, enum pas space, ipaddr_t ipa, paddr_t pa,
                uint64_t size_bytes, struct stage2_attr attr)
{
    uint64_t first = (ipa.ipa - WORLD_SP_BASE) / PAGE_SIZE_BYTES;

    (void)pe;
    must(s2->vmid == 1 && space == PAS_SECURE && pa.pa == ipa.ipa);
    must(first + size_bytes / PAGE_SIZE_BYTES <= WORLD_PAGES && attr.memory == STAGE2_NORMAL);
    for (uint64_t i = 0; !world.no_pages && i < size_bytes / PAGE_SIZE_BYTES; i++) {
        world.state.page_access[first + i] = attr.access;
    }
    return !world.no_pages;
}

void arch_cache_sync_code(struct arch_pe *pe, paddr_t pa, size_t size_bytes)
{
    (void)pe;
    (void)pa;
    world.code_bytes += size_bytes;
}

struct vcpu *boot_start_next(struct spmc_cpu *cpu)
{
    must(cpu->arch->locks_held == 0);
    world.boots++;
    cpu->current = cpu->nwd;
    memset(cpu->nwd->frame.x, 0, sizeof(cpu->nwd->frame.x));
    cpu->nwd->frame.x[0] = FFA_MSG_WAIT;
    cpu->nwd->frame.store = FFA_REGS;
    return cpu->nwd;
}

const char *spmc_partition_name(const struct partition *partition)
{
    return partition->id == FFA_ID_NWD ? "nwd" : "sp";
}

void spmc_log(struct arch_pe *pe, struct spmc_log *log, enum spmc_log_level level,
              const char *format, ...)
{
    (void)log;
    (void)level;
    (void)format;
    must(pe->locks_held == 0 || world.state.spmc.chain_lock.word != 0);
    world.log_lines++;
}

void spmc_log_console(struct arch_pe *pe, struct spmc_log *log, const char *name,
                      uint16_t vcpu_index, const char *text, size_t size)
{
    size_t used = strlen(world.console_text);

    (void)pe;
    (void)log;
    (void)name;
    (void)vcpu_index;
    must(used + size + 2 < sizeof(world.console_text));
    memcpy(&world.console_text[used], text, size);
    world.console_text[used + size] = '\n';
}

/* The call log's: one byte, with the lock that keeps lines whole: the log's own where it goes to
 * the log's UART. */
void pl011_put(struct arch_pe *pe, paddr_t base, enum pas pas, char c)
{
    const struct spmc_log *log = &world.state.spmc.log;
    size_t used = strlen(world.call_text);

    must(pe->locks_held == 1 && (log->has_uart ? &log->lock : &log->calls_lock)->word == 1);
    must(base.pa == WORLD_CALL_LOG_UART && pas == PAS_NON_SECURE);
    must(used + 2 < sizeof(world.call_text));
    world.call_text[used] = c;
}

/* The world. */

static void init_partition(unsigned n, unsigned first_vcpu, uint16_t vcpus, uint32_t version,
                           uint16_t methods)
{
    struct partition *partition = &world.state.partition[n];
    struct partition_manifest *manifest = &world.partition_manifest[n];
    struct manifest_vm *vm = &world.manifest.vm[n];

    manifest->exception_level = MANIFEST_S_EL1;
    manifest->ns_interrupts_action = NS_ACTION_SIGNALED;
    manifest->other_s_interrupts_action = 1;
    manifest->service_count = 1;
    manifest->service[0].messaging_method = methods;
    for (unsigned i = 0; i < 16; i++) {
        manifest->service[0].uuid.byte[i] = (uint8_t)(0x10 * (n + 1) + i);
    }
    vm->load_address = WORLD_SP_BASE + n * WORLD_SP_SIZE;
    vm->mem_size_bytes = WORLD_SP_SIZE;
    partition->id = (uint16_t)(FFA_ID_SP_FIRST + n);
    partition->vmid = (uint16_t)(n + 1);
    partition->stage2.vmid = partition->vmid;
    partition->state = PARTITION_RUNNING;
    partition->ffa_version = version;
    partition->vcpu_count = vcpus;
    partition->vcpu = &world.state.vcpu[first_vcpu];
    partition->manifest = manifest;
    partition->vm = vm;
    for (uint16_t i = 0; i < vcpus; i++) {
        struct vcpu *vcpu = &partition->vcpu[i];

        vcpu->console = &world.console[first_vcpu + i];
        vcpu->arch = &world.state.arch[first_vcpu + i];
        vcpu->partition = partition;
        vcpu->cpu = &world.state.cpu[i];
        vcpu->index = i;
        vcpu->state = VCPU_WAITING;
        vcpu->regs_available = true;
    }
}

static void init_notifications(struct spmc *spmc)
{
    struct notification_source *source = world.state.source;

    spmc->notification = world.state.notification;
    spmc->notification_vm_count = WORLD_VMS;
    for (unsigned i = 0; i < 1 + WORLD_PARTITIONS + WORLD_VMS; i++) {
        struct notifications *to = &spmc->notification[i];
        bool is_sp = i >= 1 && i <= WORLD_PARTITIONS;

        to->source = source;
        to->source_count = is_sp ? NOTIFICATION_SOURCES : 1;
        source += to->source_count;
        to->receiver = is_sp ? (uint16_t)(FFA_ID_SP_FIRST + i - 1) : 0;
        to->vcpu_count = is_sp ? world.state.partition[i - 1].vcpu_count : 0;
    }
}

void world_notifications(bool per_vcpu)
{
    struct notification_bits *bits = world.state.bits;

    for (unsigned n = 0; n < WORLD_PARTITIONS; n++) {
        bool has = n + FFA_ID_SP_FIRST != SP_OLD;

        world.partition_manifest[n].notification_support = has;
        world.state.notification[1 + n].enabled = has;
    }
    world.state.spmc.per_vcpu_notifications = per_vcpu;
    for (unsigned i = 0; per_vcpu && i < 1 + WORLD_PARTITIONS + WORLD_VMS; i++) {
        struct notifications *to = &world.state.notification[i];

        to->vcpu = bits;
        bits += to->source_count == 1 ? WORLD_VM_VCPUS : to->vcpu_count * to->source_count;
    }
}

void world_reset(void)
{
    const uint16_t all = FFA_PROP_DIRECT_REQ_RECV | FFA_PROP_DIRECT_REQ_SEND |
                         FFA_PROP_DIRECT_REQ2_RECV | FFA_PROP_DIRECT_REQ2_SEND;
    struct spmc *spmc = &world.state.spmc;

    memset(&world, 0, sizeof(world));
    spmc->log.lock.rank = SPMC_RANK_LOG;
    spmc->log.calls_lock.rank = SPMC_RANK_LOG;
    spmc->log.calls_uart = paddr(WORLD_CALL_LOG_UART);
    spmc->log.calls_uart_pas = PAS_NON_SECURE;
    spmc->cpu_count = WORLD_CPUS;
    spmc->cpu = world.state.cpu;
    spmc->nwd = &world.state.nwd;
    spmc->partition_count = WORLD_PARTITIONS;
    spmc->partition = world.state.partition;
    spmc->vm_slot_count = WORLD_VMS;
    spmc->vm_slot = world.state.vm_slot;
    spmc->ns_retrieval = &world.state.ns_retrieval;
    spmc->manifest = &world.manifest;
    spmc->boot_order = world.boot_order;
    for (uint32_t i = 0; i < WORLD_PARTITIONS; i++) {
        world.boot_order[i] = i;
    }
    for (unsigned i = 0; i < WORLD_PAGES; i++) {
        world.state.page[i].owner = SP_A;
    }
    world.manifest.ns_memory.count = 1;
    world.manifest.ns_memory.range[0] = (struct manifest_range){WORLD_NS_BASE, WORLD_RAM_BYTES};
    world.state.nwd.state = PARTITION_RUNNING;
    world.state.nwd.ffa_version = SPMC_FFA_VERSION;
    world.state.nwd.vcpu_count = WORLD_CPUS;
    world.state.nwd.vcpu = &world.state.vcpu[WORLD_VCPUS];
    for (unsigned i = 0; i < WORLD_CPUS; i++) {
        struct spmc_cpu *cpu = &world.state.cpu[i];
        struct vcpu *vcpu = &world.state.nwd.vcpu[i];

        vcpu->partition = &world.state.nwd;
        vcpu->console = &world.console[WORLD_VCPUS + i];
        vcpu->cpu = cpu;
        vcpu->index = (uint16_t)i;
        vcpu->state = VCPU_RUNNING;
        cpu->spmc = spmc;
        cpu->arch = &world.pe[i];
        cpu->index = i;
        cpu->online = true;
        cpu->nwd = vcpu;
        cpu->current = vcpu;
    }
    init_partition(0, 0, 1, FFA_VERSION_1_3, all);
    init_partition(1, 1, 1, FFA_VERSION_1_2, all);
    init_partition(2, 2, 2, FFA_VERSION_1_3, all);
    init_partition(3, 4, 1, FFA_VERSION_1_1, FFA_PROP_DIRECT_REQ_RECV);
    init_notifications(spmc);
}

void world_interrupts(void)
{
    struct spmc *spmc = &world.state.spmc;

    spmc->gic.present = true;
    spmc->gic.distributor = paddr(WORLD_GICD);
    spmc->gic.timer_intid = WORLD_TIMER_PPI;
    for (unsigned i = 0; i < WORLD_CPUS; i++) {
        world.pe[i].sysreg[ARCH_ICC_PMR] = 0xff;
        world.state.cpu[i].mpidr = i;
        world.state.cpu[i].redistributor = paddr(WORLD_GICR + i * 0x20000u);
        world.state.cpu[i].timer_deadline = UINT64_MAX;
    }
    for (unsigned n = 0; n < WORLD_PARTITIONS; n++) {
        struct partition *partition = &world.state.partition[n];
        const uint32_t id[WORLD_VINTS] = {
            VINT_TIMER, VINT_MANAGED_EXIT,        VINT_NOTIFICATION_PENDING,
            VINT_IPI,   WORLD_SPI(partition->id), WORLD_SPI(partition->id) + 1};

        memcpy(world.vint_id[n], id, sizeof(id));
        partition->vint_id = world.vint_id[n];
        partition->vint_count = WORLD_VINTS;
        world.partition_manifest[n].dev_region_count = 1;
        world.partition_manifest[n].dev_region[0].interrupt_count = 2;
        for (unsigned k = 0; k < 2; k++) {
            world.partition_manifest[n].dev_region[0].interrupt[k] =
                (struct manifest_interrupt){.id = WORLD_SPI(partition->id) + k,
                                            .attributes = k == 0 ? 0x100 : 0x300}; /* edge, level */
        }
        for (unsigned i = 0; i < partition->vcpu_count; i++) {
            struct vcpu *vcpu = &partition->vcpu[i];

            vcpu->vint = world.state.vint[vcpu - world.state.vcpu];
            for (unsigned k = 0; k < WORLD_VINTS; k++) {
                vint_enable(vcpu, id[k], true, id[k] == VINT_MANAGED_EXIT);
            }
        }
        world.enabled[2] |= 3u << (WORLD_SPI(partition->id) - 64);
    }
}

bool world_spi_is_enabled(uint32_t intid)
{
    return (world.enabled[intid / 32] >> intid % 32 & 1) != 0;
}

struct vcpu *world_secure_interrupt(unsigned cpu, uint32_t intid)
{
    struct vcpu *current = world.state.cpu[cpu].current;

    world.pe[cpu].pending = intid;
    return partition_is_nwd(current->partition) ? CALL(cpu, current, FFA_INTERRUPT)
                                                : world_exit(cpu, current, VCPU_EXIT_IRQ, 0, 0, 0);
}

struct partition *world_sp(uint16_t id)
{
    return &world.state.partition[id - FFA_ID_SP_FIRST];
}

struct vcpu *world_vcpu(uint16_t id, unsigned index)
{
    return &world_sp(id)->vcpu[index];
}

struct vcpu *world_nwd(unsigned cpu)
{
    return world.state.cpu[cpu].nwd;
}

struct vcpu *world_exit(unsigned cpu, struct vcpu *vcpu, enum vcpu_exit_kind kind, uint64_t ec,
                        uint64_t iss, uint64_t far)
{
    struct vcpu_exit exit = {
        .kind = kind, .esr = (ec << 26) | (1u << 25) | iss, .far = far, .hpfar = 0};
    struct vcpu *next;

    vcpu->frame.store = 0;
    next = spmc_handle_exit(&world.state.cpu[cpu], vcpu, &exit);
    must(world.pe[cpu].locks_held == 0);
    must(world.state.cpu[cpu].current == next);
    return next;
}

struct vcpu *world_call(unsigned cpu, struct vcpu *vcpu, const uint64_t *x, unsigned count)
{
    bool is_nwd = partition_is_nwd(vcpu->partition);

    memset(vcpu->frame.x, 0, sizeof(vcpu->frame.x));
    for (unsigned n = 0; n < count; n++) {
        if (n < FFA_REGS || is_nwd) {
            vcpu->frame.x[n] = x[n];
        } else {
            vcpu->arch->x[n] = x[n];
        }
    }
    for (unsigned n = count > FFA_REGS ? count : FFA_REGS; !is_nwd && n < FFA_REGS_EXTENDED; n++) {
        vcpu->arch->x[n] = 0;
    }
    return world_exit(cpu, vcpu, is_nwd ? VCPU_EXIT_EL3 : VCPU_EXIT_SYNC, ESR_EC_SMC64, 0, 0);
}

struct vcpu *world_request(unsigned cpu, uint16_t id)
{
    struct vcpu *next = CALL(cpu, world_nwd(cpu), FFA_MSG_SEND_DIRECT_REQ_32, id, 0, 1, 2);

    must(next->partition->id == id);
    must(next->frame.x[0] == FFA_MSG_SEND_DIRECT_REQ_32);
    return next;
}

int32_t world_error(const struct vcpu *vcpu)
{
    const uint64_t *x = vcpu->frame.x;

    if (x[0] != FFA_ERROR || vcpu->frame.store != FFA_REGS || (x[2] >> 32) != 0 ||
        (x[1] | x[3] | x[4] | x[5] | x[6] | x[7]) != 0) {
        return 0;
    }
    return (int32_t)(uint32_t)x[2];
}

int world_main(const char *name, void (*add)(TCase *tcase))
{
    Suite *suite = suite_create(name);
    TCase *tcase = tcase_create(name);
    SRunner *runner;
    int failed;

    tcase_add_checked_fixture(tcase, world_reset, NULL);
    tcase_set_timeout(tcase, 120);
    add(tcase);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
