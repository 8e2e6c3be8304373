/* SPDX-License-Identifier: BSD-3-Clause */
/* Descriptors, TLB and cache maintenance, locks, EL3. */
#include "arch/aarch64/port.h"
#include "arch/aarch64/sysreg.h"

#define TLBI_ASID_SHIFT 48
#define TLBI_IPA_NS     (1ull << 63)

uint64_t arch_pte_read(struct arch_pe *pe, const uint64_t *slot)
{
    (void)pe;
    return *(const volatile uint64_t *)slot;
}

void arch_pte_write(struct arch_pe *pe, uint64_t *slot, uint64_t descriptor)
{
    (void)pe;
    *(volatile uint64_t *)slot = descriptor;
    __asm__ volatile("dsb ishst" : : : "memory");
}

/* Maintenance works on the VMID of VTTBR_EL2: select it, and give the present one back. */
static uint64_t select_vmid(uint16_t vmid)
{
    uint64_t old = read_vttbr_el2();

    write_vttbr_el2((uint64_t)vmid << VTTBR_VMID_SHIFT);
    isb();
    return old;
}

void arch_tlbi_vmid(struct arch_pe *pe, uint16_t vmid)
{
    uint64_t old = select_vmid(vmid);

    (void)pe;
    __asm__ volatile("dsb ishst\n\ttlbi vmalls12e1is\n\tdsb ish\n\tisb" : : : "memory");
    write_vttbr_el2(old);
    isb();
}

void arch_tlbi_ipa(struct arch_pe *pe, uint16_t vmid, ipaddr_t ipa, enum pas ipa_space)
{
    uint64_t old = select_vmid(vmid);
    uint64_t page = ipa.ipa >> PAGE_BITS | (ipa_space == PAS_NON_SECURE ? TLBI_IPA_NS : 0);

    (void)pe;
    /* What stage 1 and 2 combined may hold the page too, under any VA. */
    __asm__ volatile(
        "dsb ishst\n\ttlbi ipas2e1is, %0\n\tdsb ish\n\ttlbi vmalle1is\n\tdsb ish\n\tisb"
        :
        : "r"(page)
        : "memory");
    write_vttbr_el2(old);
    isb();
}

/* The EL2&0 regime is the SPMC's own: its entries come back by themselves. */
void arch_tlbi_asid(struct arch_pe *pe, uint16_t asid)
{
    (void)pe;
    (void)asid;
    __asm__ volatile("dsb ishst\n\ttlbi alle2is\n\tdsb ish\n\tisb" : : : "memory");
}

void arch_tlbi_va(struct arch_pe *pe, uint16_t asid, uint64_t va)
{
    uint64_t page = (uint64_t)asid << TLBI_ASID_SHIFT | va >> PAGE_BITS;

    (void)pe;
    __asm__ volatile("dsb ishst\n\ttlbi vae2is, %0\n\tdsb ish\n\tisb" : : "r"(page) : "memory");
}

void arch_cache_sync_code(struct arch_pe *pe, paddr_t pa, size_t size_bytes)
{
    uint64_t line_bytes = 4ull << ((read_ctr_el0() >> 16) & 0xfu);

    while (size_bytes != 0) {
        uint64_t room = PAGE_SIZE_BYTES - pa.pa % PAGE_SIZE_BYTES;
        uint64_t part = size_bytes < room ? size_bytes : room;
        uint64_t at = (uint64_t)(uintptr_t)window_open(pe, pa, PAS_SECURE, false);
        uint64_t end = at + part;

        if (at == 0) {
            break;
        }
        /* To the point of coherency: a partition starts with its MMU and caches off. */
        for (at &= ~(line_bytes - 1u); at < end; at += line_bytes) {
            __asm__ volatile("dc civac, %0" : : "r"(at) : "memory");
        }
        pa.pa += part;
        size_bytes -= (size_t)part;
    }
    __asm__ volatile("dsb ish\n\tic ialluis\n\tdsb ish\n\tisb" : : : "memory");
}

void arch_lock(struct arch_pe *pe, struct arch_lock *lock)
{
    uint32_t old;

    (void)pe;
    do {
        uint32_t one = 1;

        __asm__ volatile("swpa %w2, %w0, [%1]"
                         : "=&r"(old)
                         : "r"(&lock->word), "r"(one)
                         : "memory");
    } while (old != 0);
}

void arch_unlock(struct arch_pe *pe, struct arch_lock *lock)
{
    (void)pe;
    __asm__ volatile("stlr wzr, [%0]" : : "r"(&lock->word) : "memory");
}

void arch_el3_call(struct arch_pe *pe, uint64_t x[FFA_REGS_EXTENDED])
{
    (void)pe;
    port_smc(x);
}
