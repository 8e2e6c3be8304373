/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What every guest has. A guest defines guest_main(); the library calls it with a stack, exception
 * vectors and an identity map of its own image, the MMU on and interrupts masked.
 */
#ifndef GUEST_GUEST_H
#define GUEST_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Runs on the boot PE, and on each PE that enters at guest_secondary_entry. `pe` is the linear PE
 * index. Must not return.
 */
void guest_main(unsigned pe);

/* A word at image offset 8 that the loader may patch; its default is set in CMakeLists.txt. */
extern const volatile uint64_t guest_parameter;

/*
 * x0 to x3 as the first PE came in with them: one of them may hold the address of the boot
 * information (FF-A v1.2, 5.4). What is there has to be mapped before it is read.
 */
extern const uint64_t guest_entry_registers[4];

/*
 * A kernel with stacks for more than one PE runs this instead on PEs that PSCI CPU_ON starts at
 * guest_secondary_entry; `pe` is the context id of the call, below GUEST_PES. Must not return.
 */
void guest_secondary_main(unsigned pe);

/* To be given to FFA_SECONDARY_EP_REGISTER by an MP partition, to CPU_ON by a kernel (entry.S). */
extern const char guest_secondary_entry[];

/* First byte of the image; addresses in messages are relative to it. */
extern const char __image_start[];

/*
 * Gives up. A partition stops itself with FFA_ABORT; a normal-world kernel resets the system with
 * the vendor-defined reset type below and `line` as its cookie, which the simulator reports as a
 * failed run. `line` is 0 when there is none.
 */
_Noreturn void guest_fail(unsigned line);
#define GUEST_RESET_FAILED 0x80000000u

/* Prints the failed condition with its place, then guest_fail(). */
#define guest_assert(condition)                                  \
    do {                                                         \
        if (!(condition)) {                                      \
            guest_assert_failed(__FILE__, __LINE__, #condition); \
        }                                                        \
    } while (0)

_Noreturn void guest_assert_failed(const char *file, unsigned line, const char *condition);

#endif
