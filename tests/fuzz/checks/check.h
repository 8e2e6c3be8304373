/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stands in for Check's header where the fixtures of the unit tests are built into fuzz targets:
 * Check writes a file for each assertion, and here one that fails has to stop the process.
 */
#ifndef FUZZ_CHECK_H
#define FUZZ_CHECK_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define ck_assert_msg(condition, ...)                                       \
    do {                                                                    \
        if (!(condition)) {                                                 \
            fprintf(stderr, "%s:%d: %s: ", __FILE__, __LINE__, #condition); \
            fprintf(stderr, __VA_ARGS__);                                   \
            fputc('\n', stderr);                                            \
            abort();                                                        \
        }                                                                   \
    } while (0)

#define CK_COMPARE(type, format, a, op, b) \
    ck_assert_msg((type)(a)op(type)(b), format " and " format, (type)(a), (type)(b))

#define ck_assert(condition)     ck_assert_msg(condition, "does not hold")
#define ck_abort_msg(...)        ck_assert_msg(0, __VA_ARGS__)
#define ck_assert_int_eq(a, b)   CK_COMPARE(long long, "%lld", a, ==, b)
#define ck_assert_int_ne(a, b)   CK_COMPARE(long long, "%lld", a, !=, b)
#define ck_assert_int_ge(a, b)   CK_COMPARE(long long, "%lld", a, >=, b)
#define ck_assert_uint_eq(a, b)  CK_COMPARE(unsigned long long, "0x%llx", a, ==, b)
#define ck_assert_uint_ne(a, b)  CK_COMPARE(unsigned long long, "0x%llx", a, !=, b)
#define ck_assert_uint_le(a, b)  CK_COMPARE(unsigned long long, "0x%llx", a, <=, b)
#define ck_assert_uint_lt(a, b)  CK_COMPARE(unsigned long long, "0x%llx", a, <, b)
#define ck_assert_uint_ge(a, b)  CK_COMPARE(unsigned long long, "0x%llx", a, >=, b)
#define ck_assert_ptr_eq(a, b)   ck_assert_msg((a) == (b), "other pointers")
#define ck_assert_ptr_nonnull(a) ck_assert_msg((a) != NULL, "a null pointer")
#define ck_assert_ptr_null(a)    ck_assert_msg((a) == NULL, "not a null pointer")

#endif
