/* SPDX-License-Identifier: BSD-3-Clause */
/* Names of what else a story tells: PSCI (DEN0022), exception classes, states, event types. */
#ifndef SIM_TRACE_NAMES_H
#define SIM_TRACE_NAMES_H

#include <stdint.h>

/* "PSCI_CPU_ON" for both the 32-bit and the 64-bit form; NULL: not a PSCI function. */
const char *psci_name(uint32_t fid);
const char *psci_error_name(int32_t error); /* "SUCCESS" for 0; NULL: unknown */
const char *psci_affinity_name(int32_t state);

/* Exception class, ESR_ELx[31:26] (Arm ARM, D24.2.40), in words; NULL: unknown. */
const char *esr_class_name(unsigned ec);
/* Fault status of an abort, ESR_ELx[5:0] without its level; NULL: unknown. */
const char *esr_fault_name(unsigned status);

/* The following never return NULL: "?" for values out of range. */
const char *event_type_name(unsigned type);
const char *event_conduit_name(uint64_t conduit);
const char *event_partition_state_name(uint64_t state);
const char *event_vcpu_state_name(uint64_t state);
const char *event_interrupt_name(uint64_t what);

#endif
