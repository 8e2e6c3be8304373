/* SPDX-License-Identifier: BSD-3-Clause */
/* What the SPMD's messages about a PE's power do to the vCPUs of that PE. */
#include <string.h>

#include "fixture.h"

static int32_t psci(unsigned cpu, uint64_t fid)
{
    struct vcpu *nwd = world_nwd(cpu);

    CALL(cpu, nwd, FFA_MSG_SEND_DIRECT_REQ_32, FFA_PAIR(FFA_ID_SPMD, FFA_ID_SPMC),
         FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_PSCI_REQ, fid);
    ck_assert_uint_eq(nwd->frame.x[0], FFA_MSG_SEND_DIRECT_RESP_32);
    ck_assert_uint_eq(nwd->frame.x[1], FFA_PAIR(FFA_ID_SPMC, FFA_ID_SPMD));
    ck_assert_uint_eq(nwd->frame.x[2], FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_PSCI_RESP);
    return (int32_t)(uint32_t)nwd->frame.x[3];
}

static void check_rests(const struct vcpu *vcpu, enum vcpu_state state)
{
    ck_assert_uint_eq(vcpu->state, state);
    ck_assert_uint_eq(vcpu->runtime_model, RTM_NONE);
    ck_assert(!vcpu->processing_request);
    ck_assert_ptr_null(vcpu->chain_prev);
    ck_assert_ptr_null(vcpu->chain_next);
}

START_TEST(only_the_vcpus_of_the_pe_go_off)
{
    world.state.cpu[1].online = true;
    ck_assert_int_eq(psci(1, PSCI_CPU_OFF), PSCI_SUCCESS);
    ck_assert(!world.state.cpu[1].online);
    check_rests(world_vcpu(SP_MP, 1), VCPU_OFF);
    check_rests(world_vcpu(SP_MP, 0), VCPU_WAITING);
    check_rests(world_vcpu(SP_A, 0), VCPU_WAITING); /* it is bound to no PE */

    /* The other PE goes on; the vCPU that is off can not be reached from it. */
    CALL(0, world_nwd(0), FFA_RUN, FFA_PAIR(SP_MP, 1));
    ck_error(world_nwd(0), FFA_INVALID_PARAMETERS);
    ck_assert_ptr_eq(world_request(0, SP_MP), world_vcpu(SP_MP, 0));
}
END_TEST

START_TEST(a_request_in_flight_ends_with_its_pe)
{
    struct vcpu *mp = world_request(1, SP_MP);
    struct vcpu *a;

    /* SP_MP asks SP_A, which yields; so does SP_MP: both rest when the PE goes. */
    a = CALL(1, mp, FFA_MSG_SEND_DIRECT_REQ_32, FFA_PAIR(SP_MP, SP_A));
    ck_assert_ptr_eq(a, world_vcpu(SP_A, 0));
    ck_assert_ptr_eq(CALL(1, a, FFA_YIELD), mp);
    ck_assert_ptr_eq(CALL(1, mp, FFA_YIELD), world_nwd(1));
    ck_assert_int_eq(psci(1, PSCI_CPU_OFF), PSCI_SUCCESS);
    check_rests(mp, VCPU_OFF);
    ck_assert_uint_eq(mp->frame.store, 0);
    ck_assert_uint_eq(a->state, VCPU_BLOCKED);
    ck_assert_ptr_null(a->chain_prev);

    /* SP_A goes on from the other PE, and its response has nobody to go to. */
    ck_assert_ptr_eq(CALL(0, world_nwd(0), FFA_RUN, FFA_PAIR(SP_A, 0)), a);
    ck_assert_ptr_eq(CALL(0, a, FFA_MSG_SEND_DIRECT_RESP_32, FFA_PAIR(SP_A, SP_MP)), world_nwd(0));
    ck_assert_uint_eq(world_nwd(0)->frame.x[0], FFA_MSG_WAIT);
    check_rests(a, VCPU_WAITING);
}
END_TEST

/* A vCPU of an MP partition that rests on its PE is not to be had from another one, by anybody. */
START_TEST(an_mp_vcpu_stays_on_its_pe)
{
    struct vcpu *mp = world_request(1, SP_MP);
    struct vcpu *a;

    ck_assert_ptr_eq(CALL(1, mp, FFA_YIELD), world_nwd(1));
    CALL(0, world_nwd(0), FFA_RUN, FFA_PAIR(SP_MP, 1));
    ck_error(world_nwd(0), FFA_INVALID_PARAMETERS);
    a = world_request(0, SP_A);
    CALL(0, a, FFA_RUN, FFA_PAIR(SP_MP, 1));
    ck_error(a, FFA_INVALID_PARAMETERS);
    ck_assert_ptr_eq(CALL(1, world_nwd(1), FFA_RUN, FFA_PAIR(SP_MP, 1)), mp);
}
END_TEST

START_TEST(the_dead_stay_dead)
{
    world_vcpu(SP_MP, 1)->state = VCPU_ABORTED;
    world_sp(SP_MP)->state = PARTITION_ABORTING;
    ck_assert_int_eq(psci(1, PSCI_CPU_OFF), PSCI_SUCCESS);
    ck_assert_uint_eq(world_vcpu(SP_MP, 1)->state, VCPU_ABORTED);
}
END_TEST

START_TEST(other_functions_change_nothing)
{
    struct world_state before;

    psci(0, PSCI_CPU_SUSPEND_32); /* what the answer leaves in the frame */
    memcpy(&before, &world.state, sizeof(before));
    ck_assert_int_eq(psci(0, PSCI_CPU_SUSPEND_32), PSCI_NOT_SUPPORTED);
    ck_assert_int_eq(psci(0, PSCI_CPU_ON_64), PSCI_NOT_SUPPORTED);
    ck_assert_int_eq(memcmp(&before, &world.state, sizeof(before)), 0);
}
END_TEST

static void subscribe(uint16_t id)
{
    world.partition_manifest[id - SP_A].power_messages = 1;
}

static struct vcpu *ask_off(unsigned cpu)
{
    return CALL(cpu, world_nwd(cpu), FFA_MSG_SEND_DIRECT_REQ_32, FFA_PAIR(FFA_ID_SPMD, FFA_ID_SPMC),
                FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_PSCI_REQ, PSCI_CPU_OFF);
}

static struct vcpu *answer_off(struct vcpu *vcpu, int32_t status)
{
    return CALL(1, vcpu, FFA_MSG_SEND_DIRECT_RESP_32, FFA_PAIR(SP_MP, FFA_ID_SPMC),
                FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_PSCI_RESP, (uint32_t)status);
}

static void ck_off_result(int32_t status)
{
    const struct vcpu *nwd = world_nwd(1);

    ck_assert_uint_eq(nwd->frame.x[0], FFA_MSG_SEND_DIRECT_RESP_32);
    ck_assert_uint_eq(nwd->frame.x[1], FFA_PAIR(FFA_ID_SPMC, FFA_ID_SPMD));
    ck_assert_uint_eq(nwd->frame.x[2], FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_PSCI_RESP);
    ck_assert_int_eq((int32_t)(uint32_t)nwd->frame.x[3], status);
    ck_assert_uint_eq(nwd->frame.x[4] | nwd->frame.x[5] | nwd->frame.x[6] | nwd->frame.x[7], 0);
}

START_TEST(a_subscriber_is_asked_and_may_refuse)
{
    struct vcpu *mp = world_vcpu(SP_MP, 1);

    subscribe(SP_MP);
    for (int32_t status = PSCI_DENIED; status <= 1; status++) {
        if (status == PSCI_SUCCESS) {
            continue;
        }
        ck_assert_ptr_eq(ask_off(1), mp);
        ck_assert_uint_eq(mp->frame.x[0], FFA_MSG_SEND_DIRECT_REQ_32);
        ck_assert_uint_eq(mp->frame.x[1], FFA_PAIR(FFA_ID_SPMC, SP_MP));
        ck_assert_uint_eq(mp->frame.x[2], FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_PSCI_REQ);
        ck_assert_uint_eq(mp->frame.x[3], PSCI_CPU_OFF);
        ck_assert_uint_eq(mp->sched_mode, SCHED_SPMC);
        ck_assert_uint_eq(mp->runtime_model, RTM_FFA_DIR_REQ);
        ck_assert_ptr_eq(answer_off(mp, status), world_nwd(1));
        ck_off_result(PSCI_DENIED);
        check_rests(mp, VCPU_WAITING);
        ck_assert(world.state.cpu[1].online);
    }
    ck_assert_ptr_eq(ask_off(1), mp);
    ck_assert_ptr_eq(answer_off(mp, PSCI_SUCCESS), world_nwd(1));
    ck_off_result(PSCI_SUCCESS);
    check_rests(mp, VCPU_OFF);
    ck_assert(!world.state.cpu[1].online);
    check_rests(world_vcpu(SP_MP, 0), VCPU_WAITING);
}
END_TEST

START_TEST(nothing_but_the_answer_ends_the_message)
{
    struct vcpu *mp = world_vcpu(SP_MP, 1);
    uint32_t resp = FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_PSCI_RESP;

    subscribe(SP_MP);
    /* The SPMC asks nothing else of a partition. */
    ck_assert_ptr_eq(world_request(1, SP_MP), mp);
    ck_assert_ptr_eq(answer_off(mp, 0), mp);
    ck_error(mp, FFA_INVALID_PARAMETERS);
    CALL(1, mp, FFA_MSG_SEND_DIRECT_RESP_32, FFA_PAIR(SP_MP, 0));

    ck_assert_ptr_eq(ask_off(1), mp);
    CALL(1, mp, FFA_MSG_SEND_DIRECT_RESP_32, FFA_PAIR(SP_MP, FFA_ID_SPMC));
    ck_error(mp, FFA_DENIED);
    CALL(1, mp, FFA_MSG_SEND_DIRECT_RESP_32, FFA_PAIR(SP_MP, 0), resp, 0);
    ck_error(mp, FFA_DENIED);
    CALL(1, mp, FFA_MSG_SEND_DIRECT_RESP_32, FFA_PAIR(SP_MP, FFA_ID_SPMC),
         FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_VM_CREATED_RESP, 0);
    ck_error(mp, FFA_DENIED);
    CALL(1, mp, FFA_MSG_WAIT);
    ck_error(mp, FFA_DENIED);
    CALL(1, mp, FFA_YIELD);
    ck_error(mp, FFA_DENIED);
    CALL(1, mp, FFA_MSG_SEND_DIRECT_REQ_32, FFA_PAIR(SP_MP, SP_A));
    ck_error(mp, FFA_DENIED);
    ck_assert_ptr_eq(answer_off(mp, PSCI_SUCCESS), world_nwd(1));
    ck_off_result(PSCI_SUCCESS);
}
END_TEST

/* One that dies of the question does not keep the PE from going off. */
START_TEST(an_abort_is_consent)
{
    struct vcpu *mp = world_vcpu(SP_MP, 1);

    subscribe(SP_MP);
    ck_assert_ptr_eq(ask_off(1), mp);
    ck_assert_ptr_eq(CALL(1, mp, FFA_ABORT_32), world_nwd(1));
    ck_off_result(PSCI_SUCCESS);
    ck_assert(!world.state.cpu[1].online);
    ck_assert_uint_eq(mp->state, VCPU_ABORTED);
    ck_assert_uint_eq(world_vcpu(SP_MP, 0)->state, VCPU_ABORTED);
}
END_TEST

START_TEST(busy_vcpus_are_not_asked)
{
    struct vcpu *mp = world_request(1, SP_MP);

    subscribe(SP_MP);
    ck_assert_ptr_eq(CALL(1, mp, FFA_YIELD), world_nwd(1));
    ck_assert_ptr_eq(ask_off(1), world_nwd(1));
    ck_off_result(PSCI_SUCCESS);
    check_rests(mp, VCPU_OFF);
}
END_TEST

/* UP partitions go on at another PE, linked as they were. */
START_TEST(chains_move_to_another_pe)
{
    struct vcpu *a = world_request(1, SP_A);
    struct vcpu *b = CALL(1, a, FFA_MSG_SEND_DIRECT_REQ_32, FFA_PAIR(SP_A, SP_B));

    ck_assert_ptr_eq(b, world_vcpu(SP_B, 0));
    ck_assert_ptr_eq(CALL(1, b, FFA_YIELD), a);
    ck_assert_ptr_eq(CALL(1, a, FFA_YIELD), world_nwd(1));
    ck_assert_ptr_eq(ask_off(1), world_nwd(1));
    ck_off_result(PSCI_SUCCESS);
    ck_assert_ptr_eq(a->cpu, &world.state.cpu[0]);
    ck_assert_ptr_eq(b->cpu, &world.state.cpu[0]);
    ck_assert_ptr_eq(b->chain_prev, a);
    ck_assert_ptr_eq(CALL(0, world_nwd(0), FFA_RUN, FFA_PAIR(SP_A, 0)), a);
    ck_assert_ptr_eq(CALL(0, a, FFA_RUN, FFA_PAIR(SP_B, 0)), b);
    ck_assert_ptr_eq(CALL(0, b, FFA_MSG_SEND_DIRECT_RESP_32, FFA_PAIR(SP_B, SP_A)), a);
}
END_TEST

START_TEST(warm_boot_is_acknowledged)
{
    struct vcpu *nwd = world_nwd(0);

    CALL(0, nwd, FFA_MSG_SEND_DIRECT_REQ_32, FFA_PAIR(FFA_ID_SPMD, FFA_ID_SPMC),
         FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_PSCI_WARM_BOOT);
    ck_assert_uint_eq(nwd->frame.x[0], FFA_MSG_SEND_DIRECT_RESP_32);
    ck_assert_uint_eq(nwd->frame.x[2], FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_PSCI_RESP);
    ck_assert_uint_eq(nwd->frame.x[3], PSCI_SUCCESS);
    /* Nobody else has that to say. */
    CALL(0, nwd, FFA_MSG_SEND_DIRECT_REQ_32, FFA_PAIR(0, FFA_ID_SPMC),
         FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_PSCI_WARM_BOOT);
    ck_error(nwd, FFA_INVALID_PARAMETERS);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, a_subscriber_is_asked_and_may_refuse);
    tcase_add_test(tcase, nothing_but_the_answer_ends_the_message);
    tcase_add_test(tcase, an_abort_is_consent);
    tcase_add_test(tcase, busy_vcpus_are_not_asked);
    tcase_add_test(tcase, chains_move_to_another_pe);
    tcase_add_test(tcase, warm_boot_is_acknowledged);
    tcase_add_test(tcase, only_the_vcpus_of_the_pe_go_off);
    tcase_add_test(tcase, a_request_in_flight_ends_with_its_pe);
    tcase_add_test(tcase, an_mp_vcpu_stays_on_its_pe);
    tcase_add_test(tcase, the_dead_stay_dead);
    tcase_add_test(tcase, other_functions_change_nothing);
}

int main(void)
{
    return world_main("ffa_power", add);
}
