/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Notifications and preemptions, for the benchmark: the kernel bench_event_kernel, on the board
 * "qemu", and the partition bench_event.
 */
#ifndef BENCH_EVENT_H
#define BENCH_EVENT_H

/* guest_parameter of the kernel: [31:0] number of rounds, [32] 1: preemptions; 0: notifications */
#define BENCH_EVENT_PREEMPT (1ull << 32)

/* First word of a request's payload */
#define BENCH_EVENT_NOTIFY 0xbe40u /* sets a notification of the normal world, and answers */
#define BENCH_EVENT_STAY   0xbe41u /* computes, and never answers */

#define BENCH_EVENT_BIT 1u

#endif
