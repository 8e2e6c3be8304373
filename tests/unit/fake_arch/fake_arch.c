/* SPDX-License-Identifier: BSD-3-Clause */
#include "fake_arch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *must_calloc(size_t count, size_t size_bytes)
{
    void *memory = calloc(count, size_bytes);

    if (memory == NULL) {
        fputs("fake_arch: out of memory\n", stderr);
        abort();
    }
    return memory;
}

void fake_arch_init(struct arch_pe *pe, uint64_t secure_base, uint64_t secure_size_bytes,
                    uint64_t ns_base, uint64_t ns_size_bytes)
{
    const struct fake_ram secure = {secure_base, secure_size_bytes, NULL};
    const struct fake_ram non_secure = {ns_base, ns_size_bytes, NULL};

    memset(pe, 0, sizeof(*pe));
    pe->ram[PAS_SECURE] = secure;
    pe->ram[PAS_NON_SECURE] = non_secure;
    for (unsigned pas = 0; pas < 2; pas++) {
        if (pe->ram[pas].size_bytes != 0) {
            pe->ram[pas].byte = must_calloc(1, (size_t)pe->ram[pas].size_bytes);
        }
    }
    pe->vcpus_left = ~0u;
    pe->sysreg[ARCH_ICC_IAR1] = 1023;
    pe->sysreg[ARCH_ICC_HPPIR0] = 1023;
    pe->sysreg[ARCH_ICC_HPPIR1] = 1023;
    pe->sysreg[ARCH_ICC_PMR] = 0xff;
    pe->el3_answer[0] = FFA_SUCCESS_32;
    pe->el3_answer[2] = FFA_ID_SPMC;
}

void fake_arch_free(struct arch_pe *pe)
{
    while (pe->vcpus != NULL) {
        struct arch_vcpu *next = pe->vcpus->next;

        free(pe->vcpus);
        pe->vcpus = next;
    }
    for (unsigned pas = 0; pas < 2; pas++) {
        free(pe->ram[pas].byte);
        pe->ram[pas].byte = NULL;
    }
}

void *fake_arch_at(struct arch_pe *pe, uint64_t pa, size_t size_bytes, enum pas pas)
{
    struct fake_ram *ram = &pe->ram[pas];

    if (pa < ram->base || pa - ram->base > ram->size_bytes ||
        size_bytes > ram->size_bytes - (pa - ram->base)) {
        return NULL;
    }
    return ram->byte + (pa - ram->base);
}

bool arch_copy_from(struct arch_pe *pe, void *dst, paddr_t src, size_t size_bytes, enum pas pas)
{
    const void *from = fake_arch_at(pe, src.pa, size_bytes, pas);

    pe->count.copy_from++;
    if (pe->on_copy_from != NULL) {
        pe->on_copy_from(pe, src.pa, size_bytes, pas);
    }
    if (from != NULL) {
        memcpy(dst, from, size_bytes);
    }
    return from != NULL;
}

bool arch_copy_to(struct arch_pe *pe, paddr_t dst, const void *src, size_t size_bytes, enum pas pas)
{
    void *to = fake_arch_at(pe, dst.pa, size_bytes, pas);

    pe->count.copy_to++;
    if (to != NULL) {
        memcpy(to, src, size_bytes);
    }
    return to != NULL;
}

bool arch_zero(struct arch_pe *pe, paddr_t dst, size_t size_bytes, enum pas pas)
{
    void *to = fake_arch_at(pe, dst.pa, size_bytes, pas);

    pe->count.zero++;
    if (to != NULL) {
        memset(to, 0, size_bytes);
    }
    return to != NULL;
}

void *arch_map(struct arch_pe *pe, paddr_t pa, size_t size_bytes)
{
    void *mapped = fake_arch_at(pe, pa.pa, size_bytes, PAS_SECURE);

    pe->count.map += mapped != NULL ? 1 : 0;
    return mapped;
}

void arch_unmap(struct arch_pe *pe, void *mapped, size_t size_bytes)
{
    (void)mapped;
    (void)size_bytes;
    pe->count.unmap++;
}

uint64_t arch_pte_read(struct arch_pe *pe, const uint64_t *slot)
{
    (void)pe;
    return *slot;
}

void arch_pte_write(struct arch_pe *pe, uint64_t *slot, uint64_t descriptor)
{
    pe->count.pte_write++;
    *slot = descriptor;
}

/* Every register reads as zero: a PL011 with room in its FIFO. */
uint32_t arch_mmio_read32(struct arch_pe *pe, paddr_t reg, enum pas pas)
{
    return pe->on_mmio_read != NULL ? pe->on_mmio_read(pe, reg.pa, pas) : 0;
}

void arch_mmio_write32(struct arch_pe *pe, paddr_t reg, uint32_t value, enum pas pas)
{
    if (pe->on_mmio_write != NULL) {
        pe->on_mmio_write(pe, reg.pa, value, pas);
        return;
    }
    if ((reg.pa & (PAGE_SIZE_BYTES - 1u)) == 0 && pe->log_used < sizeof(pe->log) - 1) {
        pe->log[pe->log_used++] = (char)value;
        pe->log[pe->log_used] = '\0';
    }
}

uint64_t arch_sysreg_read(struct arch_pe *pe, enum arch_sysreg reg)
{
    return pe->sysreg[reg];
}

void arch_sysreg_write(struct arch_pe *pe, enum arch_sysreg reg, uint64_t value)
{
    pe->count.sysreg_write[reg]++;
    pe->sysreg[reg] = value;
}

void arch_tlbi_vmid(struct arch_pe *pe, uint16_t vmid)
{
    (void)vmid;
    pe->count.tlbi_vmid++;
}

void arch_tlbi_ipa(struct arch_pe *pe, uint16_t vmid, ipaddr_t ipa, enum pas ipa_space)
{
    (void)vmid;
    (void)ipa;
    (void)ipa_space;
    pe->count.tlbi_ipa++;
}

void arch_tlbi_asid(struct arch_pe *pe, uint16_t asid)
{
    arch_tlbi_vmid(pe, asid);
}

void arch_tlbi_va(struct arch_pe *pe, uint16_t asid, uint64_t va)
{
    (void)asid;
    (void)va;
    pe->count.tlbi_ipa++;
}

void arch_cache_sync_code(struct arch_pe *pe, paddr_t pa, size_t size_bytes)
{
    pe->count.cache_sync++;
    pe->cache_sync_pa = pa;
    pe->cache_sync_bytes = size_bytes;
}

void arch_lock(struct arch_pe *pe, struct arch_lock *lock)
{
    if (lock->word != 0 || (pe->locks_held != 0 && lock->rank <= pe->held_rank)) {
        arch_panic(pe, "a lock was taken twice or out of order");
    }
    /* The rank below is kept in the lock itself: locks are released in reverse order. */
    lock->word = pe->held_rank + 1;
    pe->held_rank = lock->rank;
    pe->locks_held++;
    pe->count.lock++;
}

void arch_unlock(struct arch_pe *pe, struct arch_lock *lock)
{
    if (lock->word == 0 || pe->held_rank != lock->rank) {
        arch_panic(pe, "a lock was released that was not taken last");
    }
    pe->held_rank = lock->word - 1;
    lock->word = 0;
    pe->locks_held--;
}

void arch_el3_call(struct arch_pe *pe, uint64_t x[FFA_REGS_EXTENDED])
{
    pe->count.el3_call++;
    memcpy(pe->el3_x, x, sizeof(pe->el3_x));
    if (x[0] == FFA_SECONDARY_EP_REGISTER_64) {
        memcpy(pe->el3_registered, x, sizeof(pe->el3_registered));
    }
    memcpy(x, pe->el3_answer, sizeof(pe->el3_answer));
    if (pe->el3_refuses != 0 && pe->el3_x[0] == pe->el3_refuses) {
        x[0] = FFA_ERROR;
        x[2] = (uint32_t)FFA_INVALID_PARAMETERS;
    }
}

struct arch_vcpu *arch_vcpu_create(struct arch_pe *pe, const struct arch_vcpu_config *config)
{
    struct arch_vcpu **last = &pe->vcpus;
    struct arch_vcpu *vcpu;

    if (pe->vcpus_left == 0) {
        return NULL;
    }
    pe->vcpus_left--;
    pe->count.vcpu_create++;
    vcpu = must_calloc(1, sizeof(*vcpu));
    vcpu->config = *config;
    while (*last != NULL) {
        last = &(*last)->next;
    }
    *last = vcpu;
    return vcpu;
}

void arch_vcpu_reset(struct arch_pe *pe, struct arch_vcpu *vcpu, uint64_t pc,
                     const uint64_t x[FFA_REGS])
{
    pe->count.vcpu_reset++;
    vcpu->resets++;
    memset(vcpu->x, 0, sizeof(vcpu->x));
    memset(vcpu->sysreg, 0, sizeof(vcpu->sysreg));
    memcpy(vcpu->x, x, FFA_REGS * sizeof(x[0]));
    vcpu->sysreg[ARCH_VCPU_PC] = pc;
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

void arch_vcpu_set_virtual(struct arch_pe *pe, struct arch_vcpu *vcpu, bool irq, bool fiq)
{
    pe->count.set_virtual++;
    vcpu->virq = irq;
    vcpu->vfiq = fiq;
}

_Noreturn void arch_panic(struct arch_pe *pe, const char *message)
{
    (void)pe;
    fprintf(stderr, "arch_panic: %s\n", message);
    abort();
}
