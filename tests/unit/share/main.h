/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TEST_SHARE_MAIN_H
#define TEST_SHARE_MAIN_H

#include <check.h>
#include <stdlib.h>

#include "machine.h"

/* Runs one test case, each test with a machine of its own; the exit status of main(). */
static inline int run_case(const char *name, void (*add)(TCase *tcase))
{
    Suite *suite = suite_create(name);
    TCase *tcase = tcase_create(name);
    SRunner *runner;
    int failed;

    tcase_set_timeout(tcase, 240);
    tcase_add_checked_fixture(tcase, machine_setup, machine_teardown);
    add(tcase);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
