/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A function with a stack of its own that can stop in the middle. One level: the scheduler resumes
 * a coroutine, the coroutine suspends back to it. Known to AddressSanitizer, also one that never
 * returns.
 */
#ifndef SIM_COROUTINE_H
#define SIM_COROUTINE_H

#include <stdbool.h>

/*
 * Scripts (Lua), the SPMC and an engine run on it. Reserved address space: only touched pages
 * cost memory. Below it lies a guard page.
 */
#define COROUTINE_STACK_BYTES (1024u * 1024)

struct coroutine;

/* NULL: the host has no memory for the stack. fn(arg) starts at the first resume. */
struct coroutine *coroutine_create(void (*fn)(void *arg), void *arg);
/* Its stack goes away as it is: nothing on it is unwound. Not from itself. */
void coroutine_destroy(struct coroutine *coroutine);

/* Runs it until it suspends, leaves or its function returns. Not after it is finished. */
void coroutine_resume(struct coroutine *coroutine);
bool coroutine_finished(const struct coroutine *coroutine);

/* From the coroutine itself: back to the resumer, to come back at the next resume, or never. */
void coroutine_suspend(struct coroutine *coroutine);
void coroutine_leave(struct coroutine *coroutine) __attribute__((noreturn));

#endif
