/* SPDX-License-Identifier: BSD-3-Clause */
/* System registers by name, and the fields that this port sets (Arm ARM D24). */
#ifndef SPMC_AARCH64_SYSREG_H
#define SPMC_AARCH64_SYSREG_H

#include <stdint.h>

#define SYSREG_READ(name)                                              \
    static inline uint64_t read_##name(void)                           \
    {                                                                  \
        uint64_t value;                                                \
        __asm__ volatile("mrs %0, " #name : "=r"(value) : : "memory"); \
        return value;                                                  \
    }
#define SYSREG_WRITE(name)                                               \
    static inline void write_##name(uint64_t value)                      \
    {                                                                    \
        __asm__ volatile("msr " #name ", %0" : : "r"(value) : "memory"); \
    }
#define SYSREG(name)  \
    SYSREG_READ(name) \
    SYSREG_WRITE(name)

/* `encoding` for registers that an assembler may not know by name at this architecture level */
#define SYSREG_READ_AS(name, encoding)                                     \
    static inline uint64_t read_##name(void)                               \
    {                                                                      \
        uint64_t value;                                                    \
        __asm__ volatile("mrs %0, " #encoding : "=r"(value) : : "memory"); \
        return value;                                                      \
    }
#define SYSREG_WRITE_AS(name, encoding)                                      \
    static inline void write_##name(uint64_t value)                          \
    {                                                                        \
        __asm__ volatile("msr " #encoding ", %0" : : "r"(value) : "memory"); \
    }
#define SYSREG_AS(name, encoding)  \
    SYSREG_READ_AS(name, encoding) \
    SYSREG_WRITE_AS(name, encoding)

SYSREG_READ(mpidr_el1)
SYSREG_READ(esr_el2)
SYSREG_READ(elr_el2)
SYSREG_READ(spsr_el2)
SYSREG_READ(far_el2)
SYSREG_READ(hpfar_el2)
SYSREG_READ(id_aa64mmfr0_el1)
SYSREG_READ(id_aa64pfr0_el1)
SYSREG_READ(ctr_el0)
SYSREG(hcr_el2)
SYSREG(vtcr_el2)
SYSREG(vttbr_el2)
SYSREG(vstcr_el2)
SYSREG(vsttbr_el2)
SYSREG(vmpidr_el2)
SYSREG(cptr_el2)
SYSREG(mdcr_el2)
SYSREG(cnthctl_el2)
SYSREG(cntvoff_el2)
SYSREG_AS(cnthps_ctl_el2, S3_4_C14_C5_1)
SYSREG_AS(cnthps_cval_el2, S3_4_C14_C5_2)
SYSREG_AS(icc_sre_el2, S3_4_C12_C9_5)
SYSREG_AS(ich_hcr_el2, S3_4_C12_C11_0)
SYSREG(tpidr_el2)
SYSREG(par_el1)
SYSREG(fpsr)
SYSREG(fpcr)

static inline void isb(void)
{
    __asm__ volatile("isb" : : : "memory");
}

static inline void dsb_sy(void)
{
    __asm__ volatile("dsb sy" : : : "memory");
}

static inline void dsb_ish(void)
{
    __asm__ volatile("dsb ish" : : : "memory");
}

static inline void dsb_nsh(void)
{
    __asm__ volatile("dsb nsh" : : : "memory");
}

#define MPIDR_AFFINITY 0xff00ffffffull

#define HCR_VF  (1ull << 6)
#define HCR_VI  (1ull << 7)
#define HCR_TGE (1ull << 27)
#define HCR_E2H (1ull << 34)

/* CPTR_EL2 with E2H: 00 traps at EL0, EL1 and EL2; 11 traps nothing. */
#define CPTR_FPEN (3ull << 20)
#define CPTR_ZEN  (3ull << 16)

/* Debug, trace and performance monitors are not for partitions. */
#define MDCR_TPMCR (1ull << 5)
#define MDCR_TPM   (1ull << 6)
#define MDCR_TDA   (1ull << 9)
#define MDCR_TDOSA (1ull << 10)
#define MDCR_TDRA  (1ull << 11)
#define MDCR_TTRF  (1ull << 19)

/*
 * CNTHCTL_EL2 with E2H: counters are for everybody. Of the timers S-EL0 has none, and S-EL1's
 * physical one traps (EL1PTEN is 0), as does its virtual one where FEAT_ECV lets it.
 */
#define CNTHCTL_EL0PCTEN (1ull << 0)
#define CNTHCTL_EL0VCTEN (1ull << 1)
#define CNTHCTL_EL1PCTEN (1ull << 10)
#define CNTHCTL_EL1TVT   (1ull << 13)

/* CNTx_CTL */
#define TIMER_ENABLE  (1ull << 0)
#define TIMER_IMASK   (1ull << 1)
#define TIMER_ISTATUS (1ull << 2)

/* The GIC's CPU interface is S-EL2's own: every access of S-EL1 to it traps. */
#define ICC_SRE_DIRECT 0x7ull /* SRE, and no bypass; Enable is 0 */
#define ICH_HCR_TC     (1ull << 10)
#define ICH_HCR_TALL0  (1ull << 11)
#define ICH_HCR_TALL1  (1ull << 12)

#define PAR_F     (1ull << 0) /* the translation failed */
#define PAR_NS    (1ull << 9)
#define HPFAR_NS  (1ull << 63)
#define ESR_S1PTW (1u << 7)

#define ID_PFR0_SVE(value)      (((value) >> 32) & 0xfu)
#define ID_MMFR0_PARANGE(value) ((value)&0xfu)
#define ID_MMFR0_ECV(value)     (((value) >> 60) & 0xfu)

/* VTTBR_EL2: VMID above the root table's address. */
#define VTTBR_VMID_SHIFT 48
#define TTBR_ASID_SHIFT  48

#endif
