/* SPDX-License-Identifier: BSD-3-Clause */
#include "fixture.h"

/* The legal transitions, one row for each state, in the order of enum vcpu_state. */
static const char *const legal[VCPU_STATE_COUNT] = {
    /*               N O C S R W B P s S A */
    [VCPU_NULL] = "  X X X . . . . . . . .",   [VCPU_OFF] = "   . X X X . . . . . . .",
    [VCPU_CREATED] = ". X X X . . . . . . .",  [VCPU_STARTING] = ". X . X . X X X X . X",
    [VCPU_RUNNING] = ". X . . X X X X X . X",  [VCPU_WAITING] = ". X . . X X . . . . X",
    [VCPU_BLOCKED] = ". X . . X . X . . . .",  [VCPU_PREEMPTED] = ". X . . X . . X . . .",
    [VCPU_STOPPING] = ". X . . . X X X X X X", [VCPU_STOPPED] = "X X X . . . . . . X X",
    [VCPU_ABORTED] = "X X . . . . . . . X X",
};

static bool wanted(unsigned from, unsigned to)
{
    unsigned column = 0;

    for (const char *c = legal[from]; *c != '\0'; c++) {
        if (*c != ' ' && column++ == to) {
            return *c == 'X';
        }
    }
    ck_abort_msg("row %u is too short", from);
    return false;
}

START_TEST(every_pair_of_states_is_legal_or_not_as_the_table_says)
{
    for (unsigned from = 0; from < VCPU_STATE_COUNT; from++) {
        for (unsigned to = 0; to < VCPU_STATE_COUNT; to++) {
            struct vcpu vcpu = {.state = (uint8_t)from};
            bool ok = wanted(from, to);

            ck_assert_msg(vcpu_state_is_legal((enum vcpu_state)from, (enum vcpu_state)to) == ok,
                          "%s to %s", vcpu_state_name((enum vcpu_state)from),
                          vcpu_state_name((enum vcpu_state)to));
            ck_assert(vcpu_set_state(&vcpu, (enum vcpu_state)to) == ok);
            ck_assert_uint_eq(vcpu.state, ok ? to : from);
        }
    }
}
END_TEST

START_TEST(states_out_of_range_are_never_legal)
{
    ck_assert(!vcpu_state_is_legal(VCPU_STATE_COUNT, VCPU_STATE_COUNT));
    ck_assert(!vcpu_state_is_legal(VCPU_RUNNING, (enum vcpu_state)200));
    ck_assert(!vcpu_state_is_legal((enum vcpu_state)200, VCPU_OFF));
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, every_pair_of_states_is_legal_or_not_as_the_table_says);
    tcase_add_test(tcase, states_out_of_range_are_never_legal);
}

int main(void)
{
    return world_main("vcpu", add);
}
