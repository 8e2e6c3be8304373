/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lives of memory transactions, for the benchmark. The kernel bench_mem_kernel shares pages, the
 * partition bench_mem retrieves and relinquishes them in one request, the kernel reclaims them.
 */
#ifndef BENCH_MEM_H
#define BENCH_MEM_H

/* guest_parameter of the kernel: [31:0] number of lives, [55:32] pages of each, [56] 1: every other
 * page, each a range of its own, in fragments; 0: one range */
#define BENCH_MEM_SCATTERED (1ull << 56)

/* A request's payload: {BENCH_MEM_BORROW, handle}, answered {BENCH_MEM_DONE, ranges} */
#define BENCH_MEM_BORROW 0xbe30u
#define BENCH_MEM_DONE   0xbe31u

#endif
