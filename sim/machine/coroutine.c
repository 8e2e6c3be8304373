/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* ucontext, MAP_ANONYMOUS, MAP_STACK */
#endif
#include "sim/machine/coroutine.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define COROUTINE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define COROUTINE_ASAN 1
#endif
#endif

#ifdef COROUTINE_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

struct coroutine {
    ucontext_t self;
    ucontext_t resumer;
    void (*fn)(void *arg);
    void *arg;
    bool finished;
    uint8_t *mapping; /* guard page, then stack */
    size_t mapping_bytes;
    size_t guard_bytes;
    /* AddressSanitizer's view of the two stacks */
    void *self_fake_stack;
    void *resumer_fake_stack;
    const void *resumer_bottom;
    size_t resumer_bytes;
};

/* About to leave one stack for another. `save` NULL: this stack is left for good. */
static void switch_starts(void **save, const void *bottom, size_t bytes)
{
#ifdef COROUTINE_ASAN
    __sanitizer_start_switch_fiber(save, bottom, bytes);
#else
    (void)save;
    (void)bottom;
    (void)bytes;
#endif
}

static void switch_ends(void *saved, const void **old_bottom, size_t *old_bytes)
{
#ifdef COROUTINE_ASAN
    __sanitizer_finish_switch_fiber(saved, old_bottom, old_bytes);
#else
    (void)saved;
    (void)old_bottom;
    (void)old_bytes;
#endif
}

/*
 * swapcontext(), in its two halves: AddressSanitizer would intercept that one, wipe what it knows
 * of the stack and print a warning with a process number. The annotations above are all it needs.
 */
static void switch_context(ucontext_t *from, const ucontext_t *to)
{
    volatile bool came_back = false;

    if (getcontext(from) != 0)
        abort();
    if (came_back)
        return;
    came_back = true;
    setcontext(to);
    abort(); /* it returns only when the context is damaged */
}

/* makecontext() passes ints: the pointer comes in two halves. */
static void trampoline(unsigned high, unsigned low)
{
    struct coroutine *coroutine =
        (struct coroutine *)(uintptr_t)((uint64_t)high << 32 | (uint64_t)low);

    switch_ends(NULL, &coroutine->resumer_bottom, &coroutine->resumer_bytes);
    coroutine->fn(coroutine->arg);
    coroutine_leave(coroutine);
}

/* On its own: getcontext() may return twice as far as the compiler knows. */
static bool take_context(ucontext_t *context)
{
    return getcontext(context) == 0;
}

struct coroutine *coroutine_create(void (*fn)(void *arg), void *arg)
{
    struct coroutine *coroutine = calloc(1, sizeof(*coroutine));
    uint64_t address = (uint64_t)(uintptr_t)coroutine;
    void *mapping;

    if (coroutine == NULL)
        return NULL;
    coroutine->guard_bytes = (size_t)sysconf(_SC_PAGESIZE);
    coroutine->mapping_bytes = coroutine->guard_bytes + COROUTINE_STACK_BYTES;
    mapping = mmap(NULL, coroutine->mapping_bytes, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (mapping == MAP_FAILED) {
        free(coroutine);
        return NULL;
    }
    coroutine->mapping = mapping;
    if (mprotect(mapping, coroutine->guard_bytes, PROT_NONE) != 0 ||
        !take_context(&coroutine->self)) {
        coroutine_destroy(coroutine);
        return NULL;
    }
    coroutine->fn = fn;
    coroutine->arg = arg;
    coroutine->self.uc_stack.ss_sp = coroutine->mapping + coroutine->guard_bytes;
    coroutine->self.uc_stack.ss_size = COROUTINE_STACK_BYTES;
    coroutine->self.uc_link = NULL;
    makecontext(&coroutine->self, (void (*)(void))trampoline, 2, (unsigned)(address >> 32),
                (unsigned)address);
    return coroutine;
}

void coroutine_destroy(struct coroutine *coroutine)
{
    if (coroutine == NULL)
        return;
#ifdef COROUTINE_ASAN
    /* The next mapping at this address must not inherit the red zones of frames that never ended.
     */
    __asan_unpoison_memory_region(coroutine->mapping, coroutine->mapping_bytes);
#endif
    munmap(coroutine->mapping, coroutine->mapping_bytes);
    free(coroutine);
}

void coroutine_resume(struct coroutine *coroutine)
{
    switch_starts(&coroutine->resumer_fake_stack, coroutine->mapping + coroutine->guard_bytes,
                  COROUTINE_STACK_BYTES);
    switch_context(&coroutine->resumer, &coroutine->self);
    switch_ends(coroutine->resumer_fake_stack, NULL, NULL);
}

bool coroutine_finished(const struct coroutine *coroutine)
{
    return coroutine->finished;
}

void coroutine_suspend(struct coroutine *coroutine)
{
    switch_starts(&coroutine->self_fake_stack, coroutine->resumer_bottom, coroutine->resumer_bytes);
    switch_context(&coroutine->self, &coroutine->resumer);
    switch_ends(coroutine->self_fake_stack, &coroutine->resumer_bottom, &coroutine->resumer_bytes);
}

void coroutine_leave(struct coroutine *coroutine)
{
    coroutine->finished = true;
    switch_starts(NULL, coroutine->resumer_bottom, coroutine->resumer_bytes);
    setcontext(&coroutine->resumer);
    abort(); /* it returns only when the context is damaged */
}
