/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * System registers that the core asks for: the GIC CPU interface of the Secure state and the
 * Secure EL2 physical timer, by encodings that HCR_EL2.E2H does not redirect.
 */
#include "arch/aarch64/port.h"
#include "arch/aarch64/sysreg.h"

SYSREG_READ_AS(icc_iar1, S3_0_C12_C12_0)
SYSREG_WRITE_AS(icc_eoir1, S3_0_C12_C12_1)
SYSREG_WRITE_AS(icc_dir, S3_0_C12_C11_1)
SYSREG_READ_AS(icc_hppir0, S3_0_C12_C8_2)
SYSREG_READ_AS(icc_hppir1, S3_0_C12_C12_2)
SYSREG_AS(icc_pmr, S3_0_C4_C6_0)
SYSREG_READ_AS(icc_rpr, S3_0_C12_C11_3)
SYSREG_AS(icc_bpr1, S3_0_C12_C12_3)
SYSREG_AS(icc_ctlr, S3_0_C12_C12_4)
SYSREG_AS(icc_igrpen1, S3_0_C12_C12_7)
SYSREG_WRITE_AS(icc_sgi1r, S3_0_C12_C11_5)
SYSREG_WRITE_AS(icc_asgi1r, S3_0_C12_C11_6)
SYSREG_READ(cntfrq_el0)
SYSREG_READ(cntpct_el0)

static uint64_t acknowledge(void)
{
    uint64_t intid = read_icc_iar1();

    dsb_sy(); /* it is active before anything that follows is seen by a device */
    return intid;
}

uint64_t arch_sysreg_read(struct arch_pe *pe, enum arch_sysreg reg)
{
    (void)pe;
    switch (reg) {
    case ARCH_ICC_IAR1:
        return acknowledge();
    case ARCH_ICC_HPPIR0:
        return read_icc_hppir0();
    case ARCH_ICC_HPPIR1:
        return read_icc_hppir1();
    case ARCH_ICC_PMR:
        return read_icc_pmr();
    case ARCH_ICC_RPR:
        return read_icc_rpr();
    case ARCH_ICC_BPR1:
        return read_icc_bpr1();
    case ARCH_ICC_CTLR:
        return read_icc_ctlr();
    case ARCH_ICC_SRE_EL2:
        return read_icc_sre_el2();
    case ARCH_ICC_IGRPEN1:
        return read_icc_igrpen1();
    case ARCH_CNTFRQ:
        return read_cntfrq_el0();
    case ARCH_CNTPCT:
        isb(); /* not earlier than what came before */
        return read_cntpct_el0();
    case ARCH_CNTHPS_CTL:
        return read_cnthps_ctl_el2();
    case ARCH_CNTHPS_CVAL:
        return read_cnthps_cval_el2();
    default:
        return 0;
    }
}

void arch_sysreg_write(struct arch_pe *pe, enum arch_sysreg reg, uint64_t value)
{
    (void)pe;
    switch (reg) {
    case ARCH_ICC_EOIR1:
        write_icc_eoir1(value);
        break;
    case ARCH_ICC_DIR:
        write_icc_dir(value);
        break;
    case ARCH_ICC_PMR:
        write_icc_pmr(value);
        break;
    case ARCH_ICC_BPR1:
        write_icc_bpr1(value);
        break;
    case ARCH_ICC_CTLR:
        write_icc_ctlr(value);
        break;
    case ARCH_ICC_SRE_EL2:
        write_icc_sre_el2(value);
        break;
    case ARCH_ICC_IGRPEN1:
        write_icc_igrpen1(value);
        break;
    case ARCH_ICC_SGI1R:
        dsb_ish(); /* the other PE finds what this one wrote before */
        write_icc_sgi1r(value);
        break;
    case ARCH_ICC_ASGI1R:
        dsb_ish();
        write_icc_asgi1r(value);
        break;
    case ARCH_CNTHPS_CTL:
        write_cnthps_ctl_el2(value);
        break;
    case ARCH_CNTHPS_CVAL:
        write_cnthps_cval_el2(value);
        break;
    default:
        break;
    }
    isb();
}
