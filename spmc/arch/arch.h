/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The door: all that the core asks of the place it runs in. One meaning on silicon
 * (spmc/arch/aarch64), one in the simulator (sim/host). Each call names the PE that makes it;
 * there is no other way out of the core, and no state behind the core's back.
 */
#ifndef SPMC_ARCH_H
#define SPMC_ARCH_H

#include "spmc/types.h"
#include "spmc/vcpu.h"

struct arch_pe; /* the PE as the arch side knows it; opaque to the core */

/*
 * Memory of others, as data. A copy ends early when the physical address space does not allow the
 * access or the address is no memory; then false, and the destination of a "from" is unspecified.
 * Untrusted memory is read only by these: once, into memory of the SPMC.
 */
bool arch_copy_from(struct arch_pe *pe, void *dst, paddr_t src, size_t size_bytes, enum pas pas);
bool arch_copy_to(struct arch_pe *pe, paddr_t dst, const void *src, size_t size_bytes,
                  enum pas pas);
bool arch_zero(struct arch_pe *pe, paddr_t dst, size_t size_bytes, enum pas pas);

/*
 * Memory of the SPMC itself (its pool of translation-table pages), mapped for direct use; NULL when
 * it is not secure memory. Valid until arch_unmap().
 */
void *arch_map(struct arch_pe *pe, paddr_t pa, size_t size_bytes);
void arch_unmap(struct arch_pe *pe, void *mapped, size_t size_bytes);

/* Translation-table descriptors: single-copy atomic, visible to the walker before the next barrier.
 */
uint64_t arch_pte_read(struct arch_pe *pe, const uint64_t *slot);
void arch_pte_write(struct arch_pe *pe, uint64_t *slot, uint64_t descriptor);

/* Device registers. `pas` says with which security state the access leaves the PE. */
uint32_t arch_mmio_read32(struct arch_pe *pe, paddr_t reg, enum pas pas);
void arch_mmio_write32(struct arch_pe *pe, paddr_t reg, uint32_t value, enum pas pas);

/*
 * System registers of this PE that the core uses: the GIC CPU interface in the Secure state, the
 * counter, and the Secure EL2 physical timer (CNTHPS_EL2). Writes are followed by an ISB.
 */
enum arch_sysreg {
    ARCH_ICC_IAR1,   /* reading acknowledges a Secure Group 1 interrupt; 1023: there is none */
    ARCH_ICC_EOIR1,  /* write: drops the priority and, with EOImode 0, deactivates */
    ARCH_ICC_DIR,    /* write: deactivates, with EOImode 1 */
    ARCH_ICC_HPPIR0, /* INTID of a pending Group 0 interrupt; 1020 and up: none */
    ARCH_ICC_HPPIR1,
    ARCH_ICC_PMR,
    ARCH_ICC_RPR,
    ARCH_ICC_BPR1,
    ARCH_ICC_CTLR,
    ARCH_ICC_SRE_EL2,
    ARCH_ICC_IGRPEN1, /* of Secure Group 1 */
    ARCH_ICC_SGI1R,   /* write: a Secure Group 1 SGI */
    ARCH_ICC_ASGI1R,  /* write: an SGI of the other state's Group 1: Non-secure, from here */
    ARCH_CNTFRQ,
    ARCH_CNTPCT,
    ARCH_CNTHPS_CTL,
    ARCH_CNTHPS_CVAL,
    ARCH_SYSREG_COUNT,
};
uint64_t arch_sysreg_read(struct arch_pe *pe, enum arch_sysreg reg);
void arch_sysreg_write(struct arch_pe *pe, enum arch_sysreg reg, uint64_t value);

/* TLB maintenance by VMID, inner shareable, completed on return (with DSB). */
void arch_tlbi_vmid(struct arch_pe *pe, uint16_t vmid);
void arch_tlbi_ipa(struct arch_pe *pe, uint16_t vmid, ipaddr_t ipa, enum pas ipa_space);
/* The same for S-EL0 partitions, in the EL2&0 regime: everything of an ASID, and one page of it. */
void arch_tlbi_asid(struct arch_pe *pe, uint16_t asid);
void arch_tlbi_va(struct arch_pe *pe, uint16_t asid, uint64_t va);

/* Makes what the SPMC wrote at [pa, pa + size) fetchable as instructions on every PE. */
void arch_cache_sync_code(struct arch_pe *pe, paddr_t pa, size_t size_bytes);

/* A lock of the core: a word that only these two touch. `rank` gives the lock order (low first). */
struct arch_lock {
    uint32_t word;
    uint32_t rank;
};

void arch_lock(struct arch_pe *pe, struct arch_lock *lock);
void arch_unlock(struct arch_pe *pe, struct arch_lock *lock);

/* SMC to EL3 and back: x[0..17] are arguments, then results. Only for calls that return at once. */
void arch_el3_call(struct arch_pe *pe, uint64_t x[FFA_REGS_EXTENDED]);

/* The arch part of a vCPU. */
struct arch_vcpu_config {
    uint16_t partition_id;
    uint16_t vcpu_index; /* VMPIDR_EL2 affinity 0 */
    uint16_t vmid;
    bool el0;       /* an S-EL0 partition, in the SPMC's EL2&0 regime */
    paddr_t vsttbr; /* root of the secure IPA space's stage 2; S-EL0: of TTBR0_EL2's stage 1 */
    paddr_t vttbr;  /* root of the non-secure IPA space's stage 2 */
    uint64_t vtcr;  /* VTCR_EL2; S-EL0: TCR_EL2, its part about TTBR0_EL2 */
    uint64_t vstcr; /* VSTCR_EL2 */
    uint64_t hcr;   /* HCR_EL2 while it runs */
};

/* Creates the arch part; NULL when there is no room. Boot only. */
struct arch_vcpu *arch_vcpu_create(struct arch_pe *pe, const struct arch_vcpu_config *config);

/*
 * Puts it at its reset state: every general register zero but x[0..7], EL1h with DAIF masked,
 * SCTLR_EL1 at its reset value, pc as given. S-EL0: EL0t with nothing masked, since under
 * HCR_EL2.TGE its mask would hold interrupts to EL2 back.
 */
void arch_vcpu_reset(struct arch_pe *pe, struct arch_vcpu *vcpu, uint64_t pc,
                     const uint64_t x[FFA_REGS]);

/* Fetches x8..x17 of a vCPU that has exited into x[8..17]. */
void arch_vcpu_load_extended(struct arch_pe *pe, struct arch_vcpu *vcpu,
                             uint64_t x[FFA_REGS_EXTENDED]);

/* One general register (0..30; 31 reads as zero and ignores writes) of a vCPU that has exited. */
uint64_t arch_vcpu_get_x(struct arch_pe *pe, struct arch_vcpu *vcpu, unsigned n);
void arch_vcpu_set_x(struct arch_pe *pe, struct arch_vcpu *vcpu, unsigned n, uint64_t value);

/* EL1 state of a vCPU that has exited. */
enum arch_vcpu_sysreg {
    ARCH_VCPU_PC,     /* ELR_EL2: where it goes on */
    ARCH_VCPU_PSTATE, /* SPSR_EL2 */
    ARCH_VCPU_ELR_EL1,
    ARCH_VCPU_SPSR_EL1,
    ARCH_VCPU_ESR_EL1,
    ARCH_VCPU_FAR_EL1,
    ARCH_VCPU_VBAR_EL1,
    ARCH_VCPU_SCTLR_EL1,
};

uint64_t arch_vcpu_sysreg_read(struct arch_pe *pe, struct arch_vcpu *vcpu,
                               enum arch_vcpu_sysreg reg);
void arch_vcpu_sysreg_write(struct arch_pe *pe, struct arch_vcpu *vcpu, enum arch_vcpu_sysreg reg,
                            uint64_t value);

/*
 * Virtual interrupt lines of an S-EL1 vCPU (HCR_EL2.VI and VF) from its next entry on: level
 * sensitive, taken at its EL1 as PSTATE.I and F allow. Nothing for S-EL0.
 *
 * An S-EL1 vCPU's accesses to the EL1 physical timer (CNTP_CTL, CVAL, TVAL_EL0) exit with
 * ESR_EC_SYSREG always (CNTHCTL_EL2.EL1PCEN is 0): the core emulates that timer.
 */
void arch_vcpu_set_virtual(struct arch_pe *pe, struct arch_vcpu *vcpu, bool irq, bool fiq);

/* The SPMC can not go on: say why and stop this PE for good. Never reachable by a caller's input.
 */
_Noreturn void arch_panic(struct arch_pe *pe, const char *message);

#endif
