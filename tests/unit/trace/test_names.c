/* SPDX-License-Identifier: BSD-3-Clause */
#include <check.h>
#include <stdlib.h>

#include "ffa/abi.h"
#include "sim/trace/event.h"
#include "sim/trace/ffa_names.h"
#include "sim/trace/names.h"

/* conformance: ffa_enum_names.success_and_failure */
START_TEST(test_function_names_both_ways)
{
    unsigned count = 0;

    for (const char *name; (name = ffa_name_at(count)) != NULL; count++) {
        ck_assert_uint_ne(ffa_value(name), 0);
        ck_assert_str_eq(ffa_name(ffa_value(name)), name);
    }
    ck_assert_uint_eq(count, 61);
    ck_assert_uint_eq(ffa_value("FFA_MSG_SEND_DIRECT_REQ_64"), FFA_MSG_SEND_DIRECT_REQ_64);
    ck_assert_uint_eq(ffa_value("MSG_SEND_DIRECT_REQ_64"), FFA_MSG_SEND_DIRECT_REQ_64);
    ck_assert_uint_eq(ffa_value("MSG_SEND_DIRECT_REQ"), FFA_MSG_SEND_DIRECT_REQ_32);
    ck_assert_uint_eq(ffa_value("PARTITION_INFO_GET_REGS"), FFA_PARTITION_INFO_GET_REGS_64);
    ck_assert_uint_eq(ffa_value("PARTITION_INFO_GET"), FFA_PARTITION_INFO_GET);
    ck_assert_uint_eq(ffa_value("MSG_SEND"), FFA_MSG_SEND);
    ck_assert_uint_eq(ffa_value("MEM_SHAR"), 0);
    ck_assert_uint_eq(ffa_value(""), 0);
    ck_assert_uint_eq(ffa_value(NULL), 0);
    ck_assert_ptr_null(ffa_name(0x84000000));
}
END_TEST

/* conformance: ffa_enum_names.success_and_failure */
START_TEST(test_error_names_both_ways)
{
    for (int32_t code = FFA_NOT_READY; code < 0; code++) {
        ck_assert_int_eq(ffa_error_value(ffa_error_name(code)), code);
    }
    ck_assert_str_eq(ffa_error_name(-6), "DENIED");
    ck_assert_int_eq(ffa_error_value("FFA_DENIED"), -6);
    ck_assert_ptr_null(ffa_error_name(0));
    ck_assert_ptr_null(ffa_error_name(-11));
    ck_assert_int_eq(ffa_error_value("DENIE"), 0);
    ck_assert_int_eq(ffa_error_value(NULL), 0);
}
END_TEST

START_TEST(test_other_names)
{
    ck_assert_str_eq(psci_name(PSCI_CPU_ON_64), "PSCI_CPU_ON");
    ck_assert_ptr_null(psci_name(FFA_ID_GET));
    ck_assert_str_eq(psci_error_name(-4), "ALREADY_ON");
    ck_assert_ptr_null(psci_error_name(1));
    ck_assert_ptr_null(psci_error_name(INT32_MIN));
    ck_assert_str_eq(esr_class_name(0x24), "data abort from a lower EL");
    ck_assert_ptr_null(esr_class_name(0x3f));
    ck_assert_str_eq(esr_fault_name(0x07), "translation fault");
    ck_assert_str_eq(event_type_name(EVENT_RUN_END), "end");
    ck_assert_str_eq(event_type_name(EVENT_TYPE_COUNT), "?");
    ck_assert_str_eq(event_interrupt_name(EVENT_INTERRUPT_ENDED), "ended");
    ck_assert_str_eq(event_interrupt_name(3), "?");
    ck_assert_str_eq(event_conduit_name(EVENT_SVC), "SVC");
    ck_assert_str_eq(event_conduit_name(UINT64_MAX), "?");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("trace names");
    TCase *tests = tcase_create("names");
    SRunner *runner;
    int failed;

    tcase_add_test(tests, test_function_names_both_ways);
    tcase_add_test(tests, test_error_names_both_ways);
    tcase_add_test(tests, test_other_names);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
