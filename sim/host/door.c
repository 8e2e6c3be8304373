/* SPDX-License-Identifier: BSD-3-Clause */
/* arch.h onto the simulated machine: memory, tables, devices, maintenance, locks, EL3. */
#include "arch/arch.h"

#include <inttypes.h>
#include <stdio.h>

#include "sim/host/fault_place.h"
#include "sim/host/host.h"

static void core_advance(struct arch_pe *pe, uint64_t ns)
{
    machine_pe_advance(pe->pe, ns);
    if (machine_pe_slice_over(pe->pe)) {
        pe->run->core_switches++;
        machine_pe_yield(pe->pe);
    }
}

void core_point(struct arch_pe *pe, uint64_t ns, enum choice_kind kind)
{
    machine_choice(pe->pe, kind);
    core_advance(pe, ns);
}

static enum bus_pas bus_pas_of(enum pas pas)
{
    return pas == PAS_SECURE ? BUS_SECURE : BUS_NON_SECURE;
}

bool arch_copy_from(struct arch_pe *pe, void *dst, paddr_t src, size_t size_bytes, enum pas pas)
{
    if (pas == PAS_NON_SECURE) {
        race_before_read(pe->run);
    }
    return bus_copy_from(&pe->run->machine->bus, dst, src.pa, size_bytes, bus_pas_of(pas));
}

bool arch_copy_to(struct arch_pe *pe, paddr_t dst, const void *src, size_t size_bytes, enum pas pas)
{
    pe->run->memory_writes++;
    return bus_copy_to(&pe->run->machine->bus, dst.pa, src, size_bytes, bus_pas_of(pas));
}

bool arch_zero(struct arch_pe *pe, paddr_t dst, size_t size_bytes, enum pas pas)
{
    static const uint8_t zeros[PAGE_SIZE_BYTES];

    pe->run->memory_writes++;
    while (size_bytes != 0) {
        size_t part = size_bytes < sizeof(zeros) ? size_bytes : sizeof(zeros);

        if (!bus_copy_to(&pe->run->machine->bus, dst.pa, zeros, part, bus_pas_of(pas))) {
            return false;
        }
        dst.pa += part;
        size_bytes -= part;
    }
    return true;
}

/* Nearly always a page of the SPMC's own. */
void *arch_map(struct arch_pe *pe, paddr_t pa, size_t size_bytes)
{
    struct run *run = pe->run;
    const struct manifest_range *own = &run->spmc_range;

    if (run->check_memory != NULL) {
        check_note_opened(run, pa.pa);
    }
    if (pa.pa >= own->base && pa.pa - own->base < own->size_bytes &&
        size_bytes <= own->size_bytes - (pa.pa - own->base)) {
        return run->spmc_ram + (pa.pa - own->base);
    }
    return bus_ram(&run->machine->bus, pa.pa, size_bytes, BUS_SECURE);
}

void arch_unmap(struct arch_pe *pe, void *mapped, size_t size_bytes)
{
    (void)pe;
    (void)mapped;
    (void)size_bytes;
}

uint64_t arch_pte_read(struct arch_pe *pe, const uint64_t *slot)
{
    (void)pe;
    return *slot;
}

void arch_pte_write(struct arch_pe *pe, uint64_t *slot, uint64_t descriptor)
{
    core_point(pe, HOST_DESCRIPTOR_NS, CHOICE_DESCRIPTOR);
    if (pe->run->check_memory != NULL) {
        check_note_written(pe->run, slot);
    }
    if (pe->run->check_maintenance != NULL) {
        check_maintenance_write(pe, slot, *slot, descriptor);
    }
    *slot = descriptor;
}

/* Outside of the machine: takes no simulated time and leaves no event. */
static void call_log_byte(struct run *run, uint8_t byte)
{
    FILE *out = run->config.call_log_out;

    if (out == NULL || run->call_log_bytes > HOST_CALL_LOG_MAX_BYTES) {
        return;
    }
    if (run->call_log_bytes++ == HOST_CALL_LOG_MAX_BYTES) {
        fputs("\nthe call log is cut here: it is full\n", out);
    } else {
        putc(byte, out);
    }
}

static bool is_call_log(paddr_t reg)
{
    return reg.pa >= HOST_CALL_LOG_UART && reg.pa - HOST_CALL_LOG_UART < PAGE_SIZE_BYTES;
}

uint32_t arch_mmio_read32(struct arch_pe *pe, paddr_t reg, enum pas pas)
{
    uint64_t value;

    if (is_call_log(reg)) {
        return 0; /* always room in its FIFO */
    }
    core_point(pe, HOST_REGISTER_NS, CHOICE_REGISTER);
    if (!bus_read(&pe->run->machine->bus, pe->pe, reg.pa, 4, bus_pas_of(pas), &value)) {
        arch_panic(pe, "device register read: no device answers");
    }
    return (uint32_t)value;
}

void arch_mmio_write32(struct arch_pe *pe, paddr_t reg, uint32_t value, enum pas pas)
{
    if (is_call_log(reg)) {
        if (reg.pa == HOST_CALL_LOG_UART) {
            call_log_byte(pe->run, (uint8_t)value);
        }
        return;
    }
    core_point(pe, HOST_REGISTER_NS, CHOICE_REGISTER);
    if (!bus_write(&pe->run->machine->bus, pe->pe, reg.pa, 4, bus_pas_of(pas), value)) {
        arch_panic(pe, "device register write: no device answers");
    }
}

/* An engine has no invalidation by page: all or, for a page that it did not use, nothing. */
static void maintain_tlb(struct arch_pe *pe, const struct check_tlbi *tlbi)
{
    struct run *run = pe->run;

    if (run->faults != NULL && place_skip_tlb(pe, tlbi->vmid)) {
        return;
    }
    for (struct arch_vcpu *v = run->vcpus; v != NULL; v = v->next) {
        if (v->vmid != tlbi->vmid) {
            continue;
        }
        if (tlbi->all) {
            v->context->ops->flush_tlb(v->context);
        } else {
            v->context->ops->flush_tlb_page(v->context, tlbi->at);
        }
    }
    if (run->check_maintenance != NULL) {
        check_maintenance_tlb(run, tlbi);
    }
}

void arch_tlbi_vmid(struct arch_pe *pe, uint16_t vmid)
{
    maintain_tlb(pe, &(struct check_tlbi){.vmid = vmid, .all = true});
}

void arch_tlbi_ipa(struct arch_pe *pe, uint16_t vmid, ipaddr_t ipa, enum pas ipa_space)
{
    maintain_tlb(pe, &(struct check_tlbi){.vmid = vmid, .space = ipa_space, .at = ipa.ipa});
}

void arch_tlbi_asid(struct arch_pe *pe, uint16_t asid)
{
    maintain_tlb(pe, &(struct check_tlbi){.el0 = true, .vmid = asid, .all = true});
}

void arch_tlbi_va(struct arch_pe *pe, uint16_t asid, uint64_t va)
{
    maintain_tlb(pe,
                 &(struct check_tlbi){.el0 = true, .vmid = asid, .space = PAS_SECURE, .at = va});
}

void arch_cache_sync_code(struct arch_pe *pe, paddr_t pa, size_t size_bytes)
{
    struct run *run = pe->run;

    if (run->faults != NULL && place_skip_cache(pe, pa.pa)) {
        return;
    }
    for (struct arch_vcpu *v = run->vcpus; v != NULL; v = v->next) {
        v->context->ops->flush_code(v->context, pa.pa, size_bytes);
    }
    for (unsigned i = 0; i < run->config.pe_count; i++) {
        struct context *nwd = run->arch_pe[i].nwd;

        if (nwd != NULL) {
            nwd->ops->flush_code(nwd, pa.pa, size_bytes);
        }
    }
    if (run->check_maintenance != NULL) {
        check_maintenance_code(run, pa.pa, size_bytes);
    }
}

/* Writing the log takes no time: the run is the same with and without it. */
static void lock_point(struct arch_pe *pe, const struct arch_lock *lock)
{
    if (lock->rank != SPMC_RANK_LOG || lock->word != 0) {
        core_point(pe, HOST_LOCK_NS, CHOICE_LOCK);
    }
}

void arch_lock(struct arch_pe *pe, struct arch_lock *lock)
{
    if (pe->held_count != 0) {
        const struct arch_lock *last = pe->held[pe->held_count - 1];

        if (last->rank >= lock->rank || pe->held_count == HOST_MAX_HELD_LOCKS) {
            run_fail(pe->run, "lock order: rank %" PRIu32 " taken while rank %" PRIu32 " is held",
                     lock->rank, last->rank);
            machine_pe_halt(pe->pe);
        }
    }
    lock_point(pe, lock);
    while (lock->word != 0) {
        core_advance(pe, HOST_LOCK_NS); /* a wait is one choice, however long it lasts */
    }
    lock->word = 1;
    pe->held[pe->held_count++] = lock;
    if (lock->rank == SPMC_RANK_NOTIFICATION) {
        pe->run->notifications_changed = true;
    } else if (lock->rank == SPMC_RANK_MEMORY || lock->rank == SPMC_RANK_MAILBOX) {
        pe->run->memory_changed = true;
    }
}

void arch_unlock(struct arch_pe *pe, struct arch_lock *lock)
{
    if (pe->held_count == 0 || pe->held[pe->held_count - 1] != lock) {
        run_fail(pe->run, "lock order: rank %" PRIu32 " released out of order", lock->rank);
        machine_pe_halt(pe->pe);
    }
    if (lock->rank == SPMC_RANK_MEMORY && pe->run->check_maintenance != NULL) {
        check_maintenance_unlocked(pe);
    }
    pe->held_count--;
    lock->word = 0;
    lock_point(pe, lock);
}

void arch_el3_call(struct arch_pe *pe, uint64_t x[FFA_REGS_EXTENDED])
{
    unsigned count;

    if (spmd_handle_smc(&pe->run->spmd, pe->pe->index, SPMD_SECURE, x, &count) !=
        SPMD_ENTER_SECURE) {
        arch_panic(pe, "a call to EL3 did not come back");
    }
}

_Noreturn void arch_panic(struct arch_pe *pe, const char *message)
{
    report_text(pe->run, pe->pe, EVENT_PANIC, message);
    run_fail(pe->run, "the SPMC stopped: %s", message);
    machine_pe_halt(pe->pe);
}
