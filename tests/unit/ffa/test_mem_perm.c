/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_MEM_PERM_GET and FFA_MEM_PERM_SET: who may call them, when, and what they change. */
#include <string.h>

#include "fixture.h"

#define PAGE PAGE_SIZE_BYTES
#define BASE ((uint64_t)WORLD_SP_BASE)
#define END  (BASE + WORLD_SP_SIZE)

static struct world_state before;

/* SP_A at S-EL0, on its way up. */
static struct vcpu *starting(void)
{
    struct vcpu *sp = world_vcpu(SP_A, 0);

    world.partition_manifest[0].exception_level = MANIFEST_S_EL0;
    must(world_request(0, SP_A) == sp);
    sp->runtime_model = RTM_SP_INIT;
    return sp;
}

static void ck_refused(struct vcpu *sp, int32_t code, const uint64_t x[5])
{
    sp->partition->version_frozen = true;
    before = world.state;
    must(world_call(0, sp, x, 5) == sp);
    ck_assert_msg(world_error(sp) == code, "%llx %llx %llx %llx: %d", (unsigned long long)x[0],
                  (unsigned long long)x[1], (unsigned long long)x[2], (unsigned long long)x[3],
                  world_error(sp));
    must(memcmp(before.page_access, world.state.page_access, sizeof(before.page_access)) == 0);
    must(memcmp(before.partition, world.state.partition, sizeof(before.partition)) == 0);
}
#define REFUSED(sp, code, ...) ck_refused((sp), (code), (const uint64_t[5]){__VA_ARGS__})

static void set(struct vcpu *sp, uint64_t base, uint64_t count, uint64_t permission)
{
    must(CALL(0, sp, FFA_MEM_PERM_SET_64, base, count, permission) == sp);
    ck_assert_uint_eq(sp->frame.x[0], FFA_SUCCESS_32);
    must((sp->frame.x[1] | sp->frame.x[2] | sp->frame.x[3]) == 0);
}

static uint64_t get(struct vcpu *sp, uint64_t base, uint64_t more, uint64_t *found)
{
    must(CALL(0, sp, FFA_MEM_PERM_GET_64, base, more) == sp);
    ck_assert_uint_eq(sp->frame.x[0], FFA_SUCCESS_32);
    must(sp->frame.x[1] == 0);
    *found = sp->frame.x[3];
    return sp->frame.x[2];
}

START_TEST(only_s_el0_partitions_have_it)
{
    const uint32_t fids[] = {FFA_MEM_PERM_GET_32, FFA_MEM_PERM_GET_64, FFA_MEM_PERM_SET_32,
                             FFA_MEM_PERM_SET_64};
    struct vcpu *sp = starting();

    for (unsigned i = 0; i < 4; i++) {
        sp->partition->ffa_version = FFA_VERSION_1_0;
        REFUSED(sp, FFA_NOT_SUPPORTED, fids[i], BASE, 1, FFA_MEM_PERM_RO);
        sp->partition->ffa_version = FFA_VERSION_1_3;
        world.partition_manifest[0].exception_level = MANIFEST_S_EL1;
        REFUSED(sp, FFA_NOT_SUPPORTED, fids[i], BASE, 1, FFA_MEM_PERM_RO);
        world.partition_manifest[0].exception_level = MANIFEST_S_EL0;
        CALL(1, world_nwd(1), fids[i], BASE, 1, FFA_MEM_PERM_RO);
        ck_error(world_nwd(1), FFA_NOT_SUPPORTED);
    }
}
END_TEST

START_TEST(only_while_it_starts)
{
    struct vcpu *sp = starting();

    for (unsigned model = RTM_NONE; model < RTM_COUNT; model++) {
        if (model != RTM_SP_INIT) {
            sp->runtime_model = (uint8_t)model;
            REFUSED(sp, FFA_DENIED, FFA_MEM_PERM_GET_64, BASE);
            REFUSED(sp, FFA_DENIED, FFA_MEM_PERM_SET_64, BASE, 1, FFA_MEM_PERM_RO);
            REFUSED(sp, FFA_DENIED, FFA_MEM_PERM_SET_64, BASE, 1, 0);
        }
    }
}
END_TEST

START_TEST(every_permission_that_there_is)
{
    struct vcpu *sp = starting();
    uint64_t found;

    for (uint64_t permission = 0; permission < 64; permission++) {
        if (permission == FFA_MEM_PERM_RO || permission == FFA_MEM_PERM_RW ||
            permission == FFA_MEM_PERM_RX) {
            set(sp, BASE + PAGE, 2, permission);
            ck_assert_uint_eq(get(sp, BASE + PAGE, 0, &found), permission);
            ck_assert_uint_eq(get(sp, BASE + 2 * PAGE, 0, &found), permission);
        } else {
            REFUSED(sp, FFA_INVALID_PARAMETERS, FFA_MEM_PERM_SET_64, BASE, 1, permission);
        }
    }
    ck_assert_uint_eq(world.state.page_access[0], 0);
    ck_assert_uint_eq(world.state.page_access[3], 0);
    ck_assert_uint_eq(world.code_bytes, 2 * PAGE); /* what became code, and nothing else */
}
END_TEST

START_TEST(places_that_are_not_its_own)
{
    struct vcpu *sp = starting();
    const uint64_t places[] = {0,
                               PAGE,
                               BASE + 1,
                               BASE + 0x800,
                               BASE - PAGE,
                               END,
                               END + PAGE,
                               WORLD_DEVICE,
                               WORLD_NS_BASE,
                               1ull << 40,
                               ~0ull & -(uint64_t)PAGE};

    for (unsigned i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        REFUSED(sp, FFA_INVALID_PARAMETERS, FFA_MEM_PERM_GET_64, places[i]);
        REFUSED(sp, FFA_INVALID_PARAMETERS, FFA_MEM_PERM_SET_64, places[i], 1, FFA_MEM_PERM_RO);
    }
    REFUSED(sp, FFA_INVALID_PARAMETERS, FFA_MEM_PERM_SET_64, BASE, 0, FFA_MEM_PERM_RO);
    REFUSED(sp, FFA_INVALID_PARAMETERS, FFA_MEM_PERM_SET_64, BASE, 0x101, FFA_MEM_PERM_RO);
    REFUSED(sp, FFA_INVALID_PARAMETERS, FFA_MEM_PERM_SET_64, END - PAGE, 2, FFA_MEM_PERM_RO);
    REFUSED(sp, FFA_INVALID_PARAMETERS, FFA_MEM_PERM_SET_64, BASE, ~0ull, FFA_MEM_PERM_RO);
    REFUSED(sp, FFA_INVALID_PARAMETERS, FFA_MEM_PERM_SET_64, BASE, 1ull << 52, FFA_MEM_PERM_RO);
    REFUSED(sp, FFA_INVALID_PARAMETERS, FFA_MEM_PERM_SET_64, BASE, 1, FFA_MEM_PERM_RO, 1);
    /* mapped, but borrowed from somebody; of the other world; a device */
    world.state.page[2].owner = SP_B;
    world.state.page[3].pas = PAS_NON_SECURE;
    world.state.page[4].device = true;
    for (unsigned i = 2; i < 5; i++) {
        REFUSED(sp, FFA_INVALID_PARAMETERS, FFA_MEM_PERM_GET_64, BASE + i * PAGE);
        REFUSED(sp, FFA_INVALID_PARAMETERS, FFA_MEM_PERM_SET_64, BASE + i * PAGE, 1,
                FFA_MEM_PERM_RO);
        REFUSED(sp, FFA_INVALID_PARAMETERS, FFA_MEM_PERM_SET_64, BASE + PAGE, 5, FFA_MEM_PERM_RO);
    }
}
END_TEST

START_TEST(the_number_of_pages_that_are_alike)
{
    struct vcpu *sp = starting();
    uint64_t found;

    set(sp, BASE + 3 * PAGE, 2, FFA_MEM_PERM_RO);
    for (uint64_t more = 0; more < 8; more++) {
        ck_assert_uint_eq(get(sp, BASE, more, &found), FFA_MEM_PERM_RW);
        ck_assert_uint_eq(found, more < 2 ? more : 2);
    }
    ck_assert_uint_eq(get(sp, BASE + 3 * PAGE, UINT32_MAX, &found), FFA_MEM_PERM_RO);
    ck_assert_uint_eq(found, 1);
    ck_assert_uint_eq(get(sp, END - 2 * PAGE, 9, &found), FFA_MEM_PERM_RW);
    ck_assert_uint_eq(found, 1); /* there is no more of it */
    REFUSED(sp, FFA_INVALID_PARAMETERS, FFA_MEM_PERM_GET_64, BASE, 1ull << 32);
    REFUSED(sp, FFA_INVALID_PARAMETERS, FFA_MEM_PERM_GET_64, BASE, 0, 1);
    sp->partition->ffa_version = FFA_VERSION_1_2;
    REFUSED(sp, FFA_INVALID_PARAMETERS, FFA_MEM_PERM_GET_64, BASE, 1);
    ck_assert_uint_eq(get(sp, BASE, 0, &found), FFA_MEM_PERM_RW);
    ck_assert_uint_eq(found, 0);
}
END_TEST

/* The SPMC writes to a buffer, a borrower to what is shared: neither becomes code. */
START_TEST(what_others_have_a_part_in_stays)
{
    struct vcpu *sp = starting();
    uint64_t found;

    for (unsigned state = LEDGER_PENDING; state <= LEDGER_BUFFER; state++) {
        world.state.page[1].state = (uint8_t)state;
        REFUSED(sp, FFA_DENIED, FFA_MEM_PERM_SET_64, BASE + PAGE, 1, FFA_MEM_PERM_RX);
        REFUSED(sp, FFA_DENIED, FFA_MEM_PERM_SET_64, BASE, 3, FFA_MEM_PERM_RW);
        /* what does not exist is found first */
        REFUSED(sp, FFA_INVALID_PARAMETERS, FFA_MEM_PERM_SET_64, BASE, 0x101, FFA_MEM_PERM_RW);
        ck_assert_uint_eq(get(sp, BASE, 2, &found), FFA_MEM_PERM_RW);
        ck_assert_uint_eq(found, 2);
        set(sp, BASE, 1, FFA_MEM_PERM_RW);
        set(sp, BASE + 2 * PAGE, 1, FFA_MEM_PERM_RW);
    }
}
END_TEST

START_TEST(without_pages_for_tables)
{
    struct vcpu *sp = starting();

    world.no_pages = true;
    REFUSED(sp, FFA_NO_MEMORY, FFA_MEM_PERM_SET_64, BASE, 1, FFA_MEM_PERM_RX);
    ck_assert_uint_eq(world.code_bytes, 0);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, only_s_el0_partitions_have_it);
    tcase_add_test(tcase, only_while_it_starts);
    tcase_add_test(tcase, every_permission_that_there_is);
    tcase_add_test(tcase, places_that_are_not_its_own);
    tcase_add_test(tcase, the_number_of_pages_that_are_alike);
    tcase_add_test(tcase, what_others_have_a_part_in_stays);
    tcase_add_test(tcase, without_pages_for_tables);
}

int main(void)
{
    return world_main("permissions of S-EL0", add);
}
