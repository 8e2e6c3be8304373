/* SPDX-License-Identifier: BSD-3-Clause */
#include "fixture.h"

#include "partition/call_chain.h"
#include "partition/runtime_model.h"

/* A cell: next state, or an error */
#define B VCPU_BLOCKED
#define W VCPU_WAITING
#define R VCPU_RUNNING
#define A VCPU_ABORTED
#define D FFA_DENIED
#define N FFA_NOT_SUPPORTED

/* FF-A v1.2, 8.3: columns in the order of enum rtm_abi, target idle and PREEMPTED */
static const int cells[RTM_COUNT][RTM_ABI_COUNT] = {
    /*                     REQ RUN WAIT RESP YIELD ABORT ERROR INIT_ONLY */
    [RTM_NONE] = {D, D, D, D, D, D, D, D},          [RTM_SP_INIT] = {B, D, W, D, D, A, A, R},
    [RTM_FFA_RUN] = {B, B, W, D, B, A, N, D},       [RTM_FFA_DIR_REQ] = {B, B, D, W, B, A, N, D},
    [RTM_SEC_INTERRUPT] = {B, B, W, D, R, A, N, D},
};

static int verdict(const struct vcpu *caller, enum rtm_abi abi, const struct vcpu *target)
{
    struct rtm_verdict v = rtm_check(caller, abi, target);

    return v.error != 0 ? v.error : (int)v.next;
}

START_TEST(every_cell_of_the_table)
{
    struct vcpu caller = {.state = VCPU_RUNNING};
    struct vcpu target = {.state = VCPU_PREEMPTED};

    for (unsigned model = 0; model < RTM_COUNT; model++) {
        for (unsigned abi = 0; abi < RTM_ABI_COUNT; abi++) {
            caller.runtime_model = (uint8_t)model;
            ck_assert_msg(verdict(&caller, (enum rtm_abi)abi, &target) == cells[model][abi],
                          "model %u, abi %u", model, abi);
        }
    }
}
END_TEST

START_TEST(an_ancestor_is_neither_called_nor_run)
{
    struct vcpu top = {.state = VCPU_BLOCKED};
    struct vcpu middle = {.state = VCPU_BLOCKED, .chain_prev = &top};
    struct vcpu caller = {.state = VCPU_RUNNING, .chain_prev = &middle};

    for (unsigned model = RTM_FFA_RUN; model <= RTM_FFA_DIR_REQ; model++) {
        caller.runtime_model = (uint8_t)model;
        ck_assert_int_eq(verdict(&caller, RTM_ABI_DIRECT_REQ, &top), FFA_DENIED);
        ck_assert_int_eq(verdict(&caller, RTM_ABI_DIRECT_REQ, &middle), FFA_DENIED);
        ck_assert_int_eq(verdict(&caller, RTM_ABI_RUN, &top), FFA_DENIED);
        ck_assert_int_eq(verdict(&caller, RTM_ABI_RUN, &caller), FFA_DENIED);
    }
}
END_TEST

START_TEST(inside_a_psci_request_nobody_is_called_and_nothing_yields)
{
    struct vcpu caller = {.state = VCPU_RUNNING,
                          .runtime_model = RTM_FFA_DIR_REQ,
                          .request_is_framework = true,
                          .request_function = FFA_FRAMEWORK_PSCI_REQ};
    struct vcpu target = {.state = VCPU_WAITING};

    ck_assert_int_eq(verdict(&caller, RTM_ABI_DIRECT_REQ, &target), FFA_DENIED);
    ck_assert_int_eq(verdict(&caller, RTM_ABI_RUN, &target), FFA_DENIED);
    ck_assert_int_eq(verdict(&caller, RTM_ABI_YIELD, NULL), FFA_DENIED);
    ck_assert_int_eq(verdict(&caller, RTM_ABI_DIRECT_RESP, NULL), VCPU_WAITING);
    caller.request_function = FFA_FRAMEWORK_VM_CREATED_REQ;
    ck_assert_int_eq(verdict(&caller, RTM_ABI_DIRECT_REQ, &target), VCPU_BLOCKED);
}
END_TEST

START_TEST(a_target_that_initialises_is_not_called_from_initialisation)
{
    struct vcpu caller = {.state = VCPU_STARTING, .runtime_model = RTM_SP_INIT};
    struct vcpu target = {.state = VCPU_BLOCKED, .runtime_model = RTM_SP_INIT};

    ck_assert_int_eq(verdict(&caller, RTM_ABI_DIRECT_REQ, &target), FFA_DENIED);
    target.runtime_model = RTM_NONE;
    ck_assert_int_eq(verdict(&caller, RTM_ABI_DIRECT_REQ, &target), VCPU_BLOCKED);
}
END_TEST

START_TEST(interrupt_handling_runs_only_what_was_preempted)
{
    struct vcpu caller = {.state = VCPU_RUNNING, .runtime_model = RTM_SEC_INTERRUPT};
    struct vcpu target = {.state = VCPU_WAITING};

    ck_assert_int_eq(verdict(&caller, RTM_ABI_RUN, &target), FFA_DENIED);
    target.state = VCPU_BLOCKED;
    ck_assert_int_eq(verdict(&caller, RTM_ABI_RUN, &target), FFA_DENIED);
    target.state = VCPU_PREEMPTED;
    ck_assert_int_eq(verdict(&caller, RTM_ABI_RUN, &target), VCPU_BLOCKED);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, every_cell_of_the_table);
    tcase_add_test(tcase, an_ancestor_is_neither_called_nor_run);
    tcase_add_test(tcase, inside_a_psci_request_nobody_is_called_and_nothing_yields);
    tcase_add_test(tcase, a_target_that_initialises_is_not_called_from_initialisation);
    tcase_add_test(tcase, interrupt_handling_runs_only_what_was_preempted);
}

int main(void)
{
    return world_main("runtime_model", add);
}
