/* SPDX-License-Identifier: BSD-3-Clause */
#include "fixture.h"

#include "partition/call_chain.h"

START_TEST(extending_links_both_ways_and_ancestors_are_found)
{
    struct vcpu v[3] = {{.state = VCPU_BLOCKED}, {.state = VCPU_BLOCKED}, {.state = VCPU_RUNNING}};
    struct vcpu other = {.state = VCPU_RUNNING};

    call_chain_extend(&v[0], &v[1]);
    call_chain_extend(&v[1], &v[2]);
    ck_assert_ptr_eq(v[2].chain_prev, &v[1]);
    ck_assert_ptr_eq(v[0].chain_next, &v[1]);
    ck_assert(call_chain_is_ancestor(&v[2], &v[0]));
    ck_assert(call_chain_is_ancestor(&v[2], &v[2]));
    ck_assert(!call_chain_is_ancestor(&v[0], &v[2]));
    ck_assert(!call_chain_is_ancestor(&v[2], &other));
    ck_assert(call_chain_is_active_below(&v[0]));
    v[2].state = VCPU_PREEMPTED;
    ck_assert(!call_chain_is_active_below(&v[0]));
}
END_TEST

START_TEST(removing_from_the_middle_leaves_two_chains)
{
    struct vcpu v[3] = {{.index = 0}, {.index = 1}, {.index = 2}};

    call_chain_extend(&v[0], &v[1]);
    call_chain_extend(&v[1], &v[2]);
    call_chain_remove(&v[1]);
    ck_assert_ptr_null(v[0].chain_next);
    ck_assert_ptr_null(v[1].chain_prev);
    ck_assert_ptr_null(v[1].chain_next);
    ck_assert_ptr_null(v[2].chain_prev);
}
END_TEST

START_TEST(cycles_return_to_the_caller_or_to_the_normal_world)
{
    struct spmc_cpu *cpu = &world.state.cpu[0];
    struct vcpu *a = world_vcpu(SP_A, 0);
    struct vcpu *b = world_vcpu(SP_B, 0);

    vcpu_enter(cpu, a);
    vcpu_leave(a, VCPU_BLOCKED);
    ck_assert(a->regs_available);
    call_chain_extend(a, b);
    vcpu_enter(cpu, b);
    ck_assert(!b->regs_available);
    vcpu_finish(b, VCPU_WAITING);
    ck_assert_ptr_eq(call_chain_return(cpu, b), a);
    ck_assert_uint_eq(a->state, VCPU_RUNNING);
    ck_assert_ptr_null(a->chain_next);
    vcpu_finish(a, VCPU_WAITING);
    ck_assert_ptr_eq(call_chain_return(cpu, a), world_nwd(0));
    ck_assert_ptr_eq(cpu->current, world_nwd(0));
}
END_TEST

START_TEST(one_that_owes_a_response_stays_linked_when_it_hands_back)
{
    struct spmc_cpu *cpu = &world.state.cpu[0];
    struct vcpu *a = world_vcpu(SP_A, 0);
    struct vcpu *b = world_vcpu(SP_B, 0);

    a->state = VCPU_BLOCKED;
    call_chain_extend(a, b);
    b->processing_request = true;
    ck_assert_ptr_eq(call_chain_hand_back(cpu, b), a);
    ck_assert_ptr_eq(a->chain_next, b);
    b->processing_request = false;
    ck_assert_ptr_eq(call_chain_hand_back(cpu, b), a);
    ck_assert_ptr_null(a->chain_next);
}
END_TEST

/* It was run by A, asked C, and is stopped: A does not wait for it, C still owes it an answer. */
START_TEST(one_that_hands_back_keeps_whom_it_asked)
{
    struct spmc_cpu *cpu = &world.state.cpu[0];
    struct vcpu *a = world_vcpu(SP_A, 0);
    struct vcpu *b = world_vcpu(SP_B, 0);
    struct vcpu *c = world_vcpu(SP_MP, 0);

    a->state = VCPU_BLOCKED;
    call_chain_extend(a, b);
    call_chain_extend(b, c);
    c->processing_request = true;
    ck_assert_ptr_eq(call_chain_hand_back(cpu, b), a);
    ck_assert_ptr_null(a->chain_next);
    ck_assert_ptr_null(b->chain_prev);
    ck_assert_ptr_eq(b->chain_next, c);
    ck_assert_ptr_eq(c->chain_prev, b);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, extending_links_both_ways_and_ancestors_are_found);
    tcase_add_test(tcase, removing_from_the_middle_leaves_two_chains);
    tcase_add_test(tcase, cycles_return_to_the_caller_or_to_the_normal_world);
    tcase_add_test(tcase, one_that_owes_a_response_stays_linked_when_it_hands_back);
    tcase_add_test(tcase, one_that_hands_back_keeps_whom_it_asked);
}

int main(void)
{
    return world_main("call_chain", add);
}
