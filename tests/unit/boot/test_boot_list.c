/* SPDX-License-Identifier: BSD-3-Clause */
/* Which vCPU starts when, on which PE and with what in its registers. */
#include <string.h>

#include "main.h"
#include "world.h"

static struct spmc_cpu *cpu(uint32_t index)
{
    struct spmc_cpu *found = spmc_cpu(world.spmc, index);

    found->arch = &world.pe; /* as the arch side does when the PE comes up */
    found->online = true;
    return found;
}

static void check_started(const struct vcpu *vcpu, uint32_t pe, uint64_t pc)
{
    ck_assert_uint_eq(vcpu->state, VCPU_STARTING);
    ck_assert_uint_eq(vcpu->runtime_model, RTM_SP_INIT);
    ck_assert_uint_eq(vcpu->sched_mode, SCHED_SPMC);
    ck_assert_uint_eq(vcpu->frame.store, 0);
    ck_assert(!vcpu->regs_available);
    ck_assert_ptr_eq(vcpu->cpu, cpu(pe));
    ck_assert_ptr_eq(cpu(pe)->current, vcpu);
    ck_assert_uint_eq(vcpu->arch->resets, 1);
    ck_assert_uint_eq(vcpu->arch->sysreg[ARCH_VCPU_PC], pc);
    ck_assert_uint_eq(vcpu->partition->state, PARTITION_RUNNING);
}

static void check_x(const struct vcpu *vcpu, unsigned number, uint64_t value)
{
    for (unsigned n = 0; n < 31; n++) {
        ck_assert_uint_eq(vcpu->arch->x[n], n == number ? value : 0);
    }
}

static void check_end(struct spmc_cpu *on, const struct vcpu *vcpu)
{
    ck_assert_ptr_eq(vcpu, on->nwd);
    ck_assert_ptr_eq(on->current, on->nwd);
    ck_assert_uint_eq(vcpu->frame.x[0], FFA_MSG_WAIT);
    ck_assert_uint_eq(vcpu->frame.x[1], 0);
    ck_assert_uint_eq(vcpu->frame.store, FFA_REGS);
    ck_assert(!boot_in_progress(on));
}

START_TEST(smaller_boot_order_first)
{
    struct vcpu *vcpu;

    /* two has 8 by its vm node, one has 9 by its manifest */
    ck_assert(world_boot());
    ck_assert(boot_in_progress(cpu(0)));
    ck_assert_ptr_eq(world.first, &world_two()->vcpu[0]);
    ck_assert_uint_eq(cpu(0)->boot_position, 1);
    check_started(world.first, 0, world_two()->entry);
    check_x(world.first, 4, 0);
    ck_assert_uint_eq(world_one()->state, PARTITION_CREATED);
    vcpu = boot_start_next(cpu(0));
    ck_assert_ptr_eq(vcpu, &world_one()->vcpu[0]);
    check_started(vcpu, 0, world_one()->entry);
    check_x(vcpu, 3, TREE_PARTITION(1)); /* gp-register-num */
    ck_assert_uint_eq(world.pe.count.vcpu_reset, 2);
    check_end(cpu(0), boot_start_next(cpu(0)));
    check_end(cpu(0), boot_start_next(cpu(0)));
    ck_assert_uint_eq(world.pe.locks_held, 0);
}
END_TEST

START_TEST(without_an_order_last_and_as_in_the_manifest)
{
    tree_remove(&world.spmc_tree, "/hypervisor/vm2", "boot-order");
    ck_assert(world_boot());
    ck_assert_ptr_eq(world.first, &world_one()->vcpu[0]);
    ck_assert_ptr_eq(boot_start_next(cpu(0)), &world_two()->vcpu[0]);
    world_teardown();
    world_setup();
    tree_remove(&world.spmc_tree, "/hypervisor/vm2", "boot-order");
    tree_remove(&world.tree[0], "/", "boot-order");
    world_pack(0);
    ck_assert(world_boot());
    ck_assert_ptr_eq(world.first, &world_one()->vcpu[0]);
}
END_TEST

START_TEST(no_boot_info_no_register)
{
    tree_remove_node(&world.tree[0], "/boot-info");
    world_pack(0);
    ck_assert(world_boot());
    check_x(boot_start_next(cpu(0)), 3, 0);
}
END_TEST

START_TEST(no_partitions)
{
    tree_remove_node(&world.spmc_tree, "/hypervisor/vm1");
    tree_remove_node(&world.spmc_tree, "/hypervisor/vm2");
    ck_assert(world_boot());
    check_end(cpu(0), world.first);
}
END_TEST

START_TEST(secondary_pes_start_mp_partitions)
{
    struct vcpu *vcpu;

    ck_assert(world_boot());
    boot_start_next(cpu(0));
    boot_start_next(cpu(0));
    world_two()->secondary_entry = TREE_PARTITION(2) + 0x5000;
    ck_assert(boot_in_progress(cpu(2)));
    vcpu = boot_start_next(cpu(2));
    ck_assert_ptr_eq(vcpu, &world_two()->vcpu[2]);
    check_started(vcpu, 2, TREE_PARTITION(2) + 0x5000);
    check_x(vcpu, 4, 2);
    check_end(cpu(2), boot_start_next(cpu(2)));
    ck_assert_uint_eq(world_one()->vcpu[0].arch->resets, 1); /* stays where it started */
    ck_assert_uint_eq(world_two()->vcpu[1].state, VCPU_CREATED);
}
END_TEST

/* The boot protocol's register is for the first vCPU of a partition alone. */
START_TEST(secondary_pes_get_no_boot_info)
{
    tree_set_u32(&world.tree[1], "/", "gp-register-num", 2);
    tree_add_node(&world.tree[1], "/", "boot-info");
    tree_set(&world.tree[1], "/boot-info", "hob_list", NULL, 0);
    world_pack(1);
    ck_assert(world_boot());
    check_x(world.first, 2, TREE_PARTITION(2));
    check_x(boot_start_next(cpu(1)), 4, 1);
}
END_TEST

/* The PE that boots need not be the first node of /cpus. */
START_TEST(the_boot_pe_may_have_any_index)
{
    struct vcpu *vcpu;

    world.params.boot_mpidr = 0x300;
    world.params.has_uart = false;
    ck_assert(world_boot());
    ck_assert_ptr_eq(world.first, &world_two()->vcpu[3]);
    check_started(world.first, 3, world_two()->entry);
    check_x(world.first, 4, 3);
    vcpu = boot_start_next(cpu(3));
    ck_assert_ptr_eq(vcpu, &world_one()->vcpu[0]);
    check_started(vcpu, 3, world_one()->entry);
    check_end(cpu(3), boot_start_next(cpu(3)));
    ck_assert_ptr_eq(boot_start_next(cpu(0)), &world_two()->vcpu[0]);
    check_end(cpu(0), boot_start_next(cpu(0)));
    ck_assert_uint_eq(world.pe.log_used, 0);
}
END_TEST

START_TEST(aborted_partitions_are_passed_over)
{
    ck_assert(world_boot());
    world_two()->state = PARTITION_ABORTING;
    world_one()->state = PARTITION_ABORTING;
    check_end(cpu(0), boot_start_next(cpu(0)));
    check_end(cpu(1), boot_start_next(cpu(1)));
    ck_assert_uint_eq(world.pe.count.vcpu_reset, 1);
}
END_TEST

/* A PE that was off brings its vCPUs up again. */
START_TEST(vcpus_that_are_off_start)
{
    ck_assert(world_boot());
    boot_start_next(cpu(1));
    ck_assert(vcpu_set_state(&world_two()->vcpu[1], VCPU_OFF));
    cpu(1)->boot_position = 0;
    ck_assert_ptr_eq(boot_start_next(cpu(1)), &world_two()->vcpu[1]);
    ck_assert_uint_eq(world_two()->vcpu[1].arch->resets, 2);
}
END_TEST

/* What the arch side calls when a PE comes, and comes again after it was off. */
START_TEST(secondary_boot)
{
    struct arch_pe other;
    struct spmc_cpu *on;

    ck_assert(world_boot());
    boot_start_next(cpu(0));
    boot_start_next(cpu(0));
    other = world.pe; /* shares its memory */
    on = spmc_cpu(world.spmc, 1);
    ck_assert(!on->online);
    ck_assert_ptr_null(spmc_secondary_boot(world.spmc, &other, WORLD_PES));
    for (unsigned times = 1; times <= 2; times++) {
        struct vcpu *vcpu = spmc_secondary_boot(world.spmc, &other, 1);

        ck_assert_ptr_eq(vcpu, &world_two()->vcpu[1]);
        ck_assert(on->online);
        ck_assert_ptr_eq(on->arch, &other);
        ck_assert_ptr_eq(on->current, vcpu);
        ck_assert_uint_eq(vcpu->state, VCPU_STARTING);
        ck_assert_uint_eq(vcpu->arch->resets, times);
        /* It registered no entry of its own: it starts where the first vCPU did. */
        ck_assert_uint_eq(vcpu->arch->sysreg[ARCH_VCPU_PC], world_two()->entry);
        ck_assert_ptr_eq(boot_start_next(on), on->nwd);
        ck_assert(vcpu_set_state(vcpu, VCPU_WAITING));
        ck_assert(vcpu_set_state(vcpu, VCPU_OFF)); /* as CPU_OFF leaves it */
    }
    ck_assert_uint_eq(world_one()->vcpu[0].arch->resets, 1);
}
END_TEST

START_TEST(the_spmd_is_told_where_pes_enter)
{
    world.params.secondary_entry = WORLD_SPMC_BASE + 0x40;
    ck_assert(world_boot());
    ck_assert_uint_eq(world.pe.el3_registered[0], FFA_SECONDARY_EP_REGISTER_64);
    ck_assert_uint_eq(world.pe.el3_registered[1], WORLD_SPMC_BASE + 0x40);
    ck_assert_uint_eq(world.pe.el3_registered[2], 0);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, world_setup, world_teardown);
    tcase_add_test(tcase, smaller_boot_order_first);
    tcase_add_test(tcase, without_an_order_last_and_as_in_the_manifest);
    tcase_add_test(tcase, no_boot_info_no_register);
    tcase_add_test(tcase, no_partitions);
    tcase_add_test(tcase, secondary_pes_start_mp_partitions);
    tcase_add_test(tcase, secondary_pes_get_no_boot_info);
    tcase_add_test(tcase, the_boot_pe_may_have_any_index);
    tcase_add_test(tcase, aborted_partitions_are_passed_over);
    tcase_add_test(tcase, vcpus_that_are_off_start);
    tcase_add_test(tcase, secondary_boot);
    tcase_add_test(tcase, the_spmd_is_told_where_pes_enter);
}

int main(void)
{
    return run_case("boot_list", add);
}
