/* SPDX-License-Identifier: BSD-3-Clause */
/* SGIs: who is meant, and who may (IHI 0069H, 12.1.10). */
#include "world.h"

#define ALL_BUT_SELF (UINT64_C(1) << 40)

/* To PEs 16 * range + list of the cluster 0.0.aff1 */
static uint64_t sgi(unsigned intid, unsigned aff1, unsigned list)
{
    return (uint64_t)intid << 24 | (uint64_t)aff1 << 16 | list;
}

/* A bit for each PE where the SGI is pending; then none is. */
static unsigned took(unsigned intid)
{
    unsigned pes = 0;

    for (unsigned pe = 0; pe < WORLD_PES; pe++) {
        pes |= (unsigned)bit_is_set(pe, intid, R_ISPENDR) << pe;
        set_bit(pe, intid, R_ICPENDR);
    }
    return pes;
}

START_TEST(targets)
{
    static const struct {
        uint64_t value;
        unsigned pes;
    } rows[] = {
        {0x0000000009000001, 1},  {0x0000000009000002, 2},
        {0x0000000009000003, 3},  {0x000000000900fffc, 0}, /* nobody has these */
        {0x0000000009010001, 4},  {0x0000000109000001, 0},
        {0x0001100009000004, 8},  {0x0001000009000004, 0}, /* another range of Aff0 */
        {0x0000100009000004, 0},  {0x0001100009010004, 0},
        {0x0000010009000000, 14}, /* all but PE 0, whatever the list says */
        {0x000001000900ffff, 14},
    };

    for (unsigned pe = 0; pe < WORLD_PES; pe++)
        configure(pe, 9, G1S, 0x10, false); /* pending needs no enable */
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        SEC_SET(0, ICC_SGI1R, rows[i].value);
        ck_assert_msg(took(9) == rows[i].pes, "row %u", i);
    }
    SEC_SET(3, ICC_SGI1R, 9u << 24 | ALL_BUT_SELF);
    ck_assert_uint_eq(took(9), 7);
}
END_TEST

/*
 * Register, group of the SGI at the target, the least GICR_NSACR with which the Non-secure state
 * generates it (9: never), and whether the Secure state does.
 */
START_TEST(permissions)
{
    static const struct {
        uint32_t key;
        enum world_group group;
        unsigned non_secure;
        bool secure;
    } rows[] = {
        {ICC_SGI0R, G0, 1, true},   {ICC_SGI0R, G1S, 9, false},  {ICC_SGI0R, G1NS, 9, false},
        {ICC_SGI1R, G0, 1, false},  {ICC_SGI1R, G1S, 2, true},   {ICC_SGI1R, G1NS, 0, false},
        {ICC_ASGI1R, G0, 1, false}, {ICC_ASGI1R, G1S, 2, false}, {ICC_ASGI1R, G1NS, 9, true},
    };

    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (unsigned access = 0; access < 4; access++) {
            for (unsigned el = 1; el <= 2; el++) {
                configure(1, 7, rows[i].group, 0x80, true);
                put(sgi_base(1) + 0xe00, 4, S, (uint64_t)access << 14);
                icc_set(0, rows[i].key, el, false, sgi(7, 0, 2));
                ck_assert_msg(took(7) == (access >= rows[i].non_secure ? 2 : 0),
                              "row %u NSACR %u EL%u, Non-secure", i, access, el);
                icc_set(0, rows[i].key, el, true, sgi(7, 0, 2));
                ck_assert_msg(took(7) == (rows[i].secure ? 2 : 0), "row %u NSACR %u EL%u, Secure",
                              i, access, el);
            }
        }
    }
}
END_TEST

/* EL3 is Secure, whatever SCR_EL3.NS says. */
START_TEST(sent_by_el3)
{
    for (unsigned secure = 0; secure < 2; secure++) {
        configure(1, 7, G1S, 0x80, true);
        icc_set(0, ICC_SGI1R, 3, secure != 0, sgi(7, 0, 2));
        ck_assert_uint_eq(took(7), 2);
        icc_set(0, ICC_ASGI1R, 3, secure != 0, sgi(7, 0, 2));
        ck_assert_uint_eq(took(7), 0);
        configure(1, 7, G1NS, 0x80, true);
        icc_set(0, ICC_SGI1R, 3, secure != 0, sgi(7, 0, 2));
        ck_assert_uint_eq(took(7), 0);
        icc_set(0, ICC_ASGI1R, 3, secure != 0, sgi(7, 0, 2));
        ck_assert_uint_eq(took(7), 2);
        configure(1, 7, G0, 0x80, true);
        icc_set(0, ICC_SGI0R, 3, secure != 0, sgi(7, 0, 2));
        ck_assert_uint_eq(took(7), 2);
    }
}
END_TEST

/* That of the target, not the sender's; and it opens no register of the frame. */
START_TEST(whose_nsacr)
{
    configure(1, 7, G1S, 0x80, true);
    put(sgi_base(0) + 0xe00, 4, S, 0xffffffff);
    NWD_SET(0, ICC_SGI1R, sgi(7, 0, 2));
    ck_assert_uint_eq(took(7), 0);
    put(sgi_base(1) + 0xe00, 4, NS, 0xffffffff);
    ck_assert_uint_eq(get(sgi_base(1) + 0xe00, 4, S), 0);
    put(sgi_base(1) + 0xe00, 4, S, 0xffffffff);
    ck_assert_uint_eq(get(sgi_base(1) + 0xe00, 4, NS), 0);
    put(sgi_base(1) + 0x200, 4, NS, 1u << 7);
    ck_assert_uint_eq(took(7), 0);
    NWD_SET(0, ICC_SGI1R, sgi(7, 0, 2));
    ck_assert_uint_eq(took(7), 2);
}
END_TEST

/* The core's two uses: Secure SGI 9 between its PEs, Non-secure SGI 8 for the normal world. */
START_TEST(delivery)
{
    world_open();
    configure(2, 9, G1S, 0x10, true);
    configure(1, 8, G1NS, 0x80, true);
    icc_set(0, ICC_SGI1R, 2, true, sgi(9, 1, 1));
    ck_assert_int_eq(signal_of(2, true, false), 'i');
    ck_assert_int_eq(signal_of(2, false, false), 'f');
    icc_set(0, ICC_SGI1R, 2, true, sgi(9, 1, 1)); /* pending already: once */
    ck_assert_uint_eq(SEC(2, ICC_IAR1), 9);
    icc_set(0, ICC_SGI1R, 2, true, sgi(9, 1, 1)); /* while active: again afterwards */
    SEC_SET(2, ICC_EOIR1, 9);
    ck_assert_uint_eq(SEC(2, ICC_IAR1), 9);
    SEC_SET(2, ICC_EOIR1, 9);
    ck_assert_int_eq(signal_of(2, true, false), '-');
    icc_set(0, ICC_ASGI1R, 2, true, sgi(8, 0, 2));
    ck_assert_int_eq(signal_of(1, false, false), 'i');
    ck_assert_int_eq(signal_of(1, true, false), 'f');
    ck_assert_uint_eq(NWD(1, ICC_IAR1), 8);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {targets, permissions, sent_by_el3, whose_nsacr, delivery};

    return world_run("gic sgi", tests, sizeof(tests) / sizeof(tests[0]));
}
