/* SPDX-License-Identifier: BSD-3-Clause */
/* HCR_EL2 (Arm ARM D24.2.56) for partitions. */
#ifndef SPMC_HCR_H
#define SPMC_HCR_H

#define HCR_VM  (1ull << 0)
#define HCR_FMO (1ull << 3)
#define HCR_IMO (1ull << 4)
#define HCR_AMO (1ull << 5)
#define HCR_TWI (1ull << 13)
#define HCR_TWE (1ull << 14)
#define HCR_TSC (1ull << 19)
#define HCR_TGE (1ull << 27)
#define HCR_RW  (1ull << 31)
#define HCR_APK (1ull << 40)
#define HCR_API (1ull << 41)

/*
 * An S-EL1 partition: stage 2 on, interrupts to S-EL2, SMC, WFI and WFE trapped, AArch64, pointer
 * authentication its own.
 */
#define HCR_S_EL1                                                                            \
    (HCR_VM | HCR_FMO | HCR_IMO | HCR_AMO | HCR_TWI | HCR_TWE | HCR_TSC | HCR_RW | HCR_APK | \
     HCR_API)

/*
 * An S-EL0 partition: every exception of EL0 goes to EL2, whose regime translates for it. Needs
 * E2H, which is the port's to set; WFI and WFE are trapped by SCTLR_EL2 then.
 */
#define HCR_S_EL0 (HCR_TGE | HCR_FMO | HCR_IMO | HCR_AMO | HCR_RW | HCR_APK | HCR_API)

#endif
