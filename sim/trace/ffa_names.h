/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Names of FF-A functions and error codes, both ways (DEN0077 v1.0 to v1.3). A function's name is
 * that of ffa/abi.h: one name for each identifier, with _32 or _64 where the interface has both
 * forms.
 */
#ifndef SIM_FFA_NAMES_H
#define SIM_FFA_NAMES_H

#include <stdint.h>

/* "FFA_MSG_SEND_DIRECT_REQ_64", "FFA_ID_GET"; NULL: not an FF-A function identifier. */
const char *ffa_name(uint32_t fid);

/*
 * The function identifier of a name, 0 when there is none. The prefix FFA_ may be left out. So may
 * the suffix, which then means the 32-bit form where there is one, else the 64-bit form.
 */
uint32_t ffa_value(const char *name);

/* "DENIED" for -6; NULL: not an FF-A error code. */
const char *ffa_error_name(int32_t error);

/* -6 for "DENIED" or "FFA_DENIED"; 0, which is no error code, when there is none. */
int32_t ffa_error_value(const char *name);

/* "VM_CREATED_REQ"; NULL: unknown framework message function (v1.2, 18.2) */
const char *ffa_framework_name(uint32_t function);

/* "NPI"; NULL: unknown FFA_FEATURES feature identifier */
const char *ffa_feature_name(uint32_t feature);

/* The next name of the table, in order of identifiers; NULL at the end. For nearest-name hints. */
const char *ffa_name_at(unsigned index);
const char *ffa_error_name_at(unsigned index);

#endif
