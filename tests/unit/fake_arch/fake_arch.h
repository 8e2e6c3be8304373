/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The door of the core for unit tests: one block of host memory for each physical address space,
 * vCPUs that only remember what they were told, and counters of everything that was asked.
 */
#ifndef TEST_FAKE_ARCH_H
#define TEST_FAKE_ARCH_H

#include "arch/arch.h"

#define FAKE_LOG_BYTES 8192u

struct fake_ram {
    uint64_t base;
    uint64_t size_bytes; /* 0: no memory in this physical address space */
    uint8_t *byte;
};

struct arch_vcpu {
    struct arch_vcpu_config config;
    unsigned resets;
    uint64_t x[31];
    uint64_t sysreg[ARCH_VCPU_SCTLR_EL1 + 1];
    bool virq; /* as arch_vcpu_set_virtual() had them last */
    bool vfiq;
    struct arch_vcpu *next; /* in order of creation */
};

/* One PE; those of a machine share `ram` by copying the structure. */
struct arch_pe {
    struct fake_ram ram[2]; /* [enum pas] */
    struct arch_vcpu *vcpus;
    unsigned vcpus_left; /* arch_vcpu_create() gives NULL after so many */
    uint32_t held_rank;  /* of the lock taken last; 0: none is held */
    unsigned locks_held;
    uint64_t el3_x[FFA_REGS_EXTENDED]; /* arguments of the last call to EL3 */
    uint64_t el3_registered[3];        /* and x0 to x2 of FFA_SECONDARY_EP_REGISTER */
    uint64_t el3_answer[FFA_REGS_EXTENDED];
    uint64_t el3_refuses; /* a function that EL3 answers with FFA_ERROR instead */
    struct {
        unsigned copy_from, copy_to, zero, map, unmap;
        unsigned pte_write, tlbi_vmid, tlbi_ipa;
        unsigned cache_sync, lock, el3_call, vcpu_create, vcpu_reset, set_virtual;
        unsigned sysreg_write[ARCH_SYSREG_COUNT];
    } count;
    uint64_t sysreg[ARCH_SYSREG_COUNT]; /* plain: what was written is read; ICC_IAR1 begins empty */
    /* Device registers; NULL: all read as zero, and writes at the start of a page are the log. */
    uint32_t (*on_mmio_read)(struct arch_pe *pe, uint64_t pa, enum pas pas);
    void (*on_mmio_write)(struct arch_pe *pe, uint64_t pa, uint32_t value, enum pas pas);
    paddr_t cache_sync_pa;
    size_t cache_sync_bytes;
    /* Before bytes of others are read; NULL: nobody asks. */
    void (*on_copy_from)(struct arch_pe *pe, uint64_t pa, size_t size_bytes, enum pas pas);
    size_t log_used;
    char log[FAKE_LOG_BYTES]; /* bytes written to any data register, NUL-terminated */
};

/* Zeroed memory in both address spaces; a size of 0 leaves one out. EL3 answers FFA_ID_GET. */
void fake_arch_init(struct arch_pe *pe, uint64_t secure_base, uint64_t secure_size_bytes,
                    uint64_t ns_base, uint64_t ns_size_bytes);
void fake_arch_free(struct arch_pe *pe);

/* Host address of [pa, pa + size); NULL when it is not all memory of that address space. */
void *fake_arch_at(struct arch_pe *pe, uint64_t pa, size_t size_bytes, enum pas pas);

#endif
