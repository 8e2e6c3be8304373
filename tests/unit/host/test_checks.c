/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Invariants fire: a normal world written in C reaches behind the SPMC's back between two calls and
 * breaks one thing. Each run must fail with the invariant's own words; the untouched one must pass.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "breaking.h"
#include "spmc/notification.h"

START_TEST(an_untouched_run_passes)
{
    run_with(NULL);
    ck_assert_msg(result.verdict == RUN_PASSED, "%s", result.why);
}
END_TEST

static void illegal_state(struct run *run)
{
    run->spmc->partition[0].vcpu[0].state = VCPU_RUNNING;
}

static struct vcpu *run_one(struct run *run)
{
    struct vcpu *vcpu = &run->spmc->partition[0].vcpu[0];

    vcpu->state = VCPU_RUNNING;
    vcpu->runtime_model = RTM_FFA_RUN;
    return vcpu;
}

static void on_a_busy_pe(struct run *run)
{
    run_one(run);
}

static void on_a_pe_that_is_off(struct run *run)
{
    run_one(run)->cpu->online = false;
}

static void off_with_work(struct run *run)
{
    struct vcpu *vcpu = &run->spmc->partition[0].vcpu[0];

    vcpu->state = VCPU_OFF;
    vcpu->processing_request = true;
}

static void leftover_request(struct run *run)
{
    run->spmc->partition[0].vcpu[0].processing_request = true;
}

static void cyclic_chain(struct run *run)
{
    struct vcpu *vcpu = &run->spmc->partition[0].vcpu[0];

    vcpu->state = VCPU_BLOCKED;
    vcpu->chain_prev = vcpu;
    vcpu->chain_next = NULL;
}

static void dead_in_chain(struct run *run)
{
    struct vcpu *vcpu = &run->spmc->partition[0].vcpu[0];

    vcpu->state = VCPU_ABORTED;
    vcpu->chain_prev = run->spmc->cpu[0].nwd;
}

START_TEST(vcpu_states)
{
    ck_broken(illegal_state, "runtime model");
}
END_TEST

START_TEST(waiting_without_work)
{
    ck_broken(leftover_request, "still has work");
    tear_down();
    set_up();
    ck_broken(off_with_work, "OFF still has work");
}
END_TEST

START_TEST(one_vcpu_on_each_pe)
{
    ck_broken(on_a_busy_pe, "two vCPUs are RUNNING on one PE");
    tear_down();
    set_up();
    ck_broken(on_a_pe_that_is_off, "a PE that is off");
}
END_TEST

START_TEST(whole_chains)
{
    ck_broken(cyclic_chain, "torn");
    tear_down();
    set_up();
    ck_broken(dead_in_chain, "dead vCPU");
}
END_TEST

/* Writes a descriptor over the first page of the partition, and makes the checker look. */
static void poke(struct run *run, uint64_t descriptor)
{
    const struct bus *bus = &run->machine->bus;
    uint64_t table = run->spmc->partition[0].stage2.root[PAS_SECURE].pa;
    uint64_t at = run->plan[0].load_address;

    for (unsigned level = 1; level < 3; level++) {
        uint64_t slot = table + 8 * ((at >> (12 + 9 * (3 - level))) & 511);
        uint64_t entry;

        ck_assert(bus_copy_from(bus, &entry, slot, 8, BUS_SECURE));
        ck_assert_uint_eq(entry & 3, 3);
        table = entry & 0x0000fffffffff000ull;
    }
    ck_assert(bus_copy_to(bus, table + 8 * ((at >> 12) & 511), &descriptor, 8, BUS_SECURE));
    run->check_all = true;
}

static void poke_leaf(struct run *run, uint64_t target)
{
    poke(run, target | 0x7ff);
}

static void map_spmc(struct run *run)
{
    /* The identity holds only where IPA = PA: move the partition's page onto the SPMC. */
    poke_leaf(run, run->spmc_range.base);
}

static void map_elsewhere(struct run *run)
{
    poke_leaf(run, run->plan[0].load_address + 0x800000);
}

START_TEST(stage_2_grants_nothing_else)
{
    ck_broken(map_spmc, "identity");
    tear_down();
    set_up();
    ck_broken(map_elsewhere, "identity");
}
END_TEST

static void shrink_declared_memory(struct run *run)
{
    run->spmc->manifest->vm[0].mem_size_bytes -= 4096;
    run->check_all = true;
}

START_TEST(stage_2_grants_what_manifests_give)
{
    ck_broken(shrink_declared_memory, "no manifest gives");
}
END_TEST

/* Makes the call that follows, FFA_RX_RELEASE, one that is granted. */
static void give_buffer(struct run *run)
{
    run->spmc->partition[0].mailbox.mapped = true;
    run->spmc->nwd->mailbox.state = MAILBOX_FULL; /* FFA_RX_RELEASE now succeeds */
    run->spmc->nwd->mailbox.mapped = true;
    run->spmc->nwd->mailbox.rx = paddr(0x80000000);
}

START_TEST(a_granted_call_may_change_state_and_a_limit_is_a_failure)
{
    run_with(give_buffer); /* a successful release is no refusal: nothing to complain about */
    ck_assert_msg(result.verdict == RUN_PASSED, "%s", result.why);
    tear_down();
    set_up();
    config.limit_ns = 1000;
    run_with(NULL);
    ck_assert_int_eq(result.verdict, RUN_FAILED);
    ck_assert_ptr_nonnull(strstr(result.why, "limit"));
}
END_TEST

/* Nobody took the lock: the copy that the refused call is compared with has the old state. */
static void set_notification(struct run *run)
{
    run->spmc->notification[1].source[0].global.pending ^= 1;
}

START_TEST(notifications_change_under_their_lock_only)
{
    ck_broken(set_notification, "a rejected call changed the state of the SPMC");
}
END_TEST

/* What the door lets through between two calls is looked at after the next one, in both ways. */
static void ck_found(void (*fn)(struct run *run), const char *words)
{
    for (unsigned full = 0; full < 2; full++) {
        tear_down();
        set_up();
        last_call = FFA_ID_GET;
        config.check_full = full != 0;
        ck_broken(fn, words);
    }
}

#define NORMAL_MEMORY 0x88000000u /* of board sim: the normal world's */

static void grant(struct run *run, enum pas space, uint64_t pa)
{
    const struct stage2_attr attr = {STAGE2_READ, STAGE2_NORMAL};

    ck_assert(stage2_map(&run->arch_pe[0], &run->spmc->partition[0].stage2, space, ipaddr(pa),
                         paddr(pa), PAGE_SIZE_BYTES, attr));
}

static void grant_of_others(struct run *run)
{
    grant(run, PAS_NON_SECURE, NORMAL_MEMORY);
}

static void grant_in_the_wrong_space(struct run *run)
{
    grant(run, PAS_SECURE, NORMAL_MEMORY);
}

static void grant_of_the_spmc(struct run *run)
{
    grant(run, PAS_SECURE, run->spmc_range.base + 0x1000);
}

static void grant_of_nobody(struct run *run)
{
    grant(run, PAS_SECURE, run->plan[0].load_address + 0x1000000);
}

START_TEST(tables_grant_what_the_ledger_says)
{
    ck_found(grant_of_others, "no manifest gives");
    ck_found(grant_in_the_wrong_space, "no manifest gives");
    ck_found(grant_of_the_spmc, "memory of the SPMC");
    ck_found(grant_of_nobody, "no manifest gives");
    last_call = FFA_RX_RELEASE;
    ck_broken(grant_of_others, "a rejected call changed what translation tables say");
}
END_TEST

/* Gives a page to a transaction that is not there. */
static void put_word(struct run *run, uint64_t pa, enum ledger_state state, uint16_t owner)
{
    const struct ledger_page page = {
        .owner = owner, .state = (uint8_t)state, .share = 7, .pas = PAS_SECURE};

    ck_assert(ledger_put(&run->arch_pe[0], &run->spmc->ledger, pa, &page));
}

static void lend_behind_the_back(struct run *run)
{
    put_word(run, run->plan[0].load_address, LEDGER_LENT, FFA_ID_SP_FIRST);
}

static void give_to_the_normal_world(struct run *run)
{
    put_word(run, run->plan[0].load_address, LEDGER_EXCLUSIVE, FFA_ID_NWD);
}

/* A page that a partition has but not mapped: only the count of pages tells. */
static void leave_a_word(struct run *run)
{
    put_word(run, NORMAL_MEMORY, LEDGER_PENDING, FFA_ID_NWD);
}

START_TEST(the_ledger_says_what_tables_grant)
{
    ck_found(lend_behind_the_back, "reaches what it has lent");
    ck_found(give_to_the_normal_world, "another's alone");
    ck_found(leave_a_word, "a transaction that is over");
}
END_TEST

/* Without the door's knowledge, and of no harm by itself: a page less. */
static void unmap_around_the_door(struct run *run)
{
    poke(run, 0);
    run->check_all = false;
}

START_TEST(tables_change_through_the_door_only)
{
    ck_found(unmap_around_the_door, "around the door");
}
END_TEST

static void hold_lock(struct run *run)
{
    arch_lock(&run->arch_pe[0], &run->spmc->mailbox_lock);
}

START_TEST(locks_are_all_released)
{
    ck_broken(hold_lock, "lock");
}
END_TEST

static void in_the_wrong_order(struct run *run)
{
    hold_lock(run);
    arch_lock(&run->arch_pe[0], &run->spmc->chain_lock);
}

static void of_equal_rank(struct run *run)
{
    hold_lock(run);
    hold_lock(run);
}

static void released_in_another_order(struct run *run)
{
    arch_lock(&run->arch_pe[0], &run->spmc->chain_lock);
    hold_lock(run);
    arch_unlock(&run->arch_pe[0], &run->spmc->chain_lock);
}

static void released_and_not_held(struct run *run)
{
    arch_unlock(&run->arch_pe[0], &run->spmc->chain_lock);
}

START_TEST(locks_are_taken_in_one_order)
{
    ck_broken(in_the_wrong_order, "rank 2 taken while rank 4 is held");
    tear_down();
    set_up();
    ck_broken(of_equal_rank, "rank 4 taken while rank 4 is held");
    tear_down();
    set_up();
    ck_broken(released_in_another_order, "rank 2 released out of order");
    tear_down();
    set_up();
    ck_broken(released_and_not_held, "rank 2 released out of order");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("invariants");
    TCase *tests = tcase_create("invariants");
    SRunner *runner;
    int failed;

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, an_untouched_run_passes);
    tcase_add_test(tests, vcpu_states);
    tcase_add_test(tests, waiting_without_work);
    tcase_add_test(tests, one_vcpu_on_each_pe);
    tcase_add_test(tests, whole_chains);
    tcase_add_test(tests, stage_2_grants_nothing_else);
    tcase_add_test(tests, stage_2_grants_what_manifests_give);
    tcase_add_test(tests, a_granted_call_may_change_state_and_a_limit_is_a_failure);
    tcase_add_test(tests, notifications_change_under_their_lock_only);
    tcase_add_test(tests, tables_grant_what_the_ledger_says);
    tcase_add_test(tests, the_ledger_says_what_tables_grant);
    tcase_add_test(tests, tables_change_through_the_door_only);
    tcase_add_test(tests, locks_are_all_released);
    tcase_add_test(tests, locks_are_taken_in_one_order);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
