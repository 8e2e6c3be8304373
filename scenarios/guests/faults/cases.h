/* SPDX-License-Identifier: BSD-3-Clause */
/* Accesses that are not allowed, and some that are. The partition makes them, the kernel counts. */
#ifndef FAULTS_CASES_H
#define FAULTS_CASES_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Payload of a request (64-bit form): w1 = number of the case. The answer: w1 = 1 when there is
 * such a case, else 0; w2 = 1 when an exception was taken; w3 = ESR, w4 = FAR. The partition has
 * checked it, and stops itself when it is not what it has to be.
 */
#define FAULTS_CMD_CASE 0xfa01u

struct fault_result {
    bool there;
    bool taken;
    uint64_t esr;
    uint64_t far;
};

struct fault_result faults_run(unsigned index);

#endif
