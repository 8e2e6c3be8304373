/* SPDX-License-Identifier: BSD-3-Clause */
/* What the probe does, one step at a time. */
#include "internal.h"

#define SPECIAL_FIRST 1020u
#define CTLR_EOIMODE  0x02u

static const char *const bank_name[BANKS] = {"IGROUPR", "ISENABLER", "ICENABLER", "ISPENDR",
                                             "ICPENDR", "ISACTIVER", "ICACTIVER", "IGRPMODR"};

/* Interrupts of the word that are acknowledged and not ended, whatever became of them meanwhile */
static uint32_t held(uint32_t word)
{
    uint32_t mask = 0;

    for (unsigned i = 0; i < probe_now.depth; i++) {
        uint32_t intid = probe_now.taken[i].intid;

        mask |= intid / 32 == word ? 1u << intid % 32 : 0;
    }
    for (unsigned i = 0; i < probe_now.dropped_count; i++) {
        uint32_t intid = probe_now.dropped[i].intid;

        mask |= intid / 32 == word ? 1u << intid % 32 : 0;
    }
    return mask;
}

static void write_bits(enum bank bank)
{
    uint32_t intid = probe_draw_intid();
    unsigned pe = probe_draw(4) == 0 ? probe_now.io->pes - 1 : 0;
    uint64_t base = probe_base(intid, pe) + 4 * (uint64_t)(intid / 32);
    bool secure = probe_draw_secure();
    uint32_t mask = probe_draw_mask(intid);
    uint64_t address = base + probe_bank[bank];

    if (secure && (bank == IGROUPR || bank == IGRPMODR)) {
        /* One that is active keeps its group. */
        mask &= ~(uint32_t)probe_now.io->read(true, base + probe_bank[ISACTIVER], 4);
        mask &= ~held(intid / 32);
        mask ^= (uint32_t)probe_now.io->read(true, address, 4);
    }
    probe_set(secure, bank_name[bank], address, 4, mask);
    probe_see(address, 4);
    if (bank != IGROUPR && bank != IGRPMODR) {
        probe_see(base + probe_bank[ISPENDR], 4);
        probe_see(base + probe_bank[ISACTIVER], 4);
    }
}

/* Implemented bits only: the Secure state has five, and sees one more than the Non-secure. */
void probe_op_priority(void)
{
    uint32_t intid = probe_draw_intid();
    bool secure = probe_draw_secure();
    bool byte = probe_draw(2) == 0;
    uint64_t address = probe_base(intid, 0) + GIC_IPRIORITY + (byte ? intid : intid & ~3u);
    uint32_t mask = secure ? 0xf8f8f8f8 : 0xf0f0f0f0;
    uint32_t value = probe_draw(0xffffffff) & mask;

    probe_set(secure, "IPRIORITYR", address, byte ? 1 : 4, byte ? value & 0xff : value);
    probe_see(address & ~UINT64_C(3), 4);
    probe_see(address, 1);
}

/* With the interrupts off, as it has to be */
static void op_config(void)
{
    uint32_t intid = probe_draw_intid();
    uint64_t base = probe_base(intid, 0);
    uint64_t word = base + 4 * (uint64_t)(intid / 32);
    bool secure = probe_draw_secure();
    uint32_t enabled = (uint32_t)probe_now.io->read(secure, word + probe_bank[ISENABLER], 4);
    uint64_t address = base + GIC_ICFGR + 4 * (uint64_t)(intid / 16);
    uint32_t bit = 2u << 2 * (intid % 16);
    uint32_t value = (uint32_t)probe_now.io->read(secure, address, 4) ^ bit;

    if (intid < 16 && !probe_now.io->secure) {
        return; /* which SGIs are hidden in GICR_ICFGR0 is the firmware's business */
    }
    probe_now.io->write(secure, word + probe_bank[ICENABLER], 4, enabled);
    probe_set(secure, "ICFGR", address, 4, value);
    probe_see(address, 4);
    probe_see(word + probe_bank[ISPENDR], 4);
    probe_now.io->write(secure, word + probe_bank[ISENABLER], 4, enabled);
}

static void op_route(void)
{
    static const uint16_t routes[] = {0, 0, 1, 0x100};
    uint32_t intid = probe_draw_intid();
    uint64_t address = probe_now.io->distributor + GICD_IROUTER + 8 * (uint64_t)intid;

    if (intid >= 32) {
        unsigned size = probe_draw(2) == 0 ? 8 : 4;
        bool secure = probe_draw_secure();

        probe_set(secure, "IROUTER", address, size, routes[probe_draw(4)]);
        probe_see(address, 8);
        probe_see(address + 4, 4);
    }
}

static void op_nsacr(void)
{
    uint32_t intid = probe_draw_intid();
    uint64_t address = probe_base(intid, 0) + GIC_NSACR + 4 * (uint64_t)(intid / 16);
    uint32_t value = (uint32_t)probe_now.io->read(true, address, 4);

    value ^= probe_draw(4) << 2 * (intid % 16);
    probe_set(probe_draw_secure(), "NSACR", address, 4, value);
    probe_see(address, 4);
}

static void op_distributor(void)
{
    bool secure = probe_draw_secure();
    uint32_t value = secure ? CTLR_ARE | (probe_draw(3) != 0 ? CTLR_GROUPS : probe_draw(8))
                            : CTLR_ARE_NS | (probe_draw(3) != 0 ? CTLR_GROUP1 : 0);

    probe_set(secure, "CTLR", probe_now.io->distributor + GICD_CTLR, 4, value);
    probe_see(probe_now.io->distributor + GICD_CTLR, 4);
    probe_see(probe_now.io->redistributor + GICR_WAKER, 4);
}

static void op_line(void)
{
    uint32_t intid = probe_lines[probe_draw(PROBE_LINES)];
    bool level = probe_draw(2) == 0;
    uint64_t word = probe_base(intid, 0) + 4 * (uint64_t)(intid / 32);

    if (probe_now.io->line == NULL || (!probe_now.io->secure && intid != 30)) {
        return;
    }
    probe_text(level ? " line up " : " line down ");
    probe_hex(intid);
    probe_now.io->line(intid, level);
    probe_see(word + probe_bank[ISPENDR], 4);
}

/*
 * Which Secure SGIs ICC_SGI1R_EL1 reaches is left out where QEMU has its own idea: of Group 0, and
 * by leave of GICR_NSACR (docs/twin.md).
 */
static bool is_disputed(enum probe_state state, enum probe_icc reg, uint32_t intid)
{
    for (unsigned pe = 0; probe_now.io->secure && reg == PROBE_SGI1R && pe < probe_now.io->pes;
         pe++) {
        uint64_t base = probe_base(0, pe);
        bool non_secure =
            (probe_now.io->read(true, base + probe_bank[IGROUPR], 4) >> intid & 1) != 0;
        bool group1 = (probe_now.io->read(true, base + probe_bank[IGRPMODR], 4) >> intid & 1) != 0;
        uint64_t allowed = probe_now.io->read(true, base + GIC_NSACR, 4) >> 2 * intid & 3;

        if (!non_secure && (!group1 || (state == PROBE_NS && allowed != 0))) {
            return true;
        }
    }
    return false;
}

static void op_sgi(void)
{
    static const uint8_t sgis[] = {0, 1, 5};
    enum probe_state state = probe_draw_state(true);
    enum probe_icc reg = (enum probe_icc)(PROBE_SGI0R + probe_draw(3));
    uint32_t intid = sgis[probe_draw(3)];
    uint64_t value = (uint64_t)intid << 24 | probe_draw(4);

    if (probe_draw(4) == 0) {
        value |= UINT64_C(1) << 40; /* all but this PE */
    }
    if (state == PROBE_NS && reg == PROBE_SGI0R) {
        reg = PROBE_SGI1R; /* the Non-secure state has no Group 0 */
    }
    if (is_disputed(state, reg, intid)) {
        return;
    }
    probe_set_icc(state, reg, value);
    for (unsigned pe = 0; pe < probe_now.io->pes; pe++) {
        probe_see(probe_base(0, pe) + probe_bank[ISPENDR], 4);
    }
}

static void op_acknowledge(void)
{
    enum probe_state state = probe_draw_state(false);
    bool group0 = state == PROBE_S && probe_draw(2) == 0;
    uint32_t intid;

    if (probe_now.depth == DEPTH) {
        return;
    }
    if (probe_now.io->secure && probe_draw(2) == 0) { /* by the one whose it is */
        intid = (uint32_t)probe_now.io->icc_read(PROBE_EL3_S, PROBE_HPPIR0);
        state = intid == NWD_IS_NEXT ? PROBE_NS : PROBE_S;
        group0 = intid < SPECIAL_FIRST;
    }
    intid = (uint32_t)probe_see_icc(state, group0 ? PROBE_IAR0 : PROBE_IAR1);
    if (intid < SPECIAL_FIRST || intid > SPECIAL_LAST) {
        probe_now.taken[probe_now.depth++] = (struct taken){intid, group0, state};
    }
}

static bool is_split(enum probe_state state)
{
    return (probe_now.io->icc_read(state, PROBE_CTLR) & CTLR_EOIMODE) != 0;
}

static void op_end(void)
{
    struct taken top;

    if (probe_now.depth == 0) {
        return;
    }
    top = probe_now.taken[probe_now.depth - 1];
    if (top.state == PROBE_NS && !probe_is_ns_reachable()) {
        return;
    }
    probe_now.depth--;
    if (is_split(top.state) && probe_now.dropped_count < DEPTH) {
        probe_now.dropped[probe_now.dropped_count++] = top;
    }
    probe_set_icc(top.state, top.group0 ? PROBE_EOIR0 : PROBE_EOIR1, top.intid);
}

/* In any order */
static void op_deactivate(void)
{
    unsigned at;
    struct taken it;

    if (probe_now.dropped_count == 0) {
        return;
    }
    at = probe_draw(probe_now.dropped_count);
    it = probe_now.dropped[at];
    if ((it.state == PROBE_NS && !probe_is_ns_reachable()) || !is_split(it.state)) {
        return;
    }
    probe_now.dropped[at] = probe_now.dropped[--probe_now.dropped_count];
    probe_set_icc(it.state, PROBE_DIR, it.intid);
}

static void op_mask(void)
{
    static const uint8_t masks[] = {0xff, 0xff, 0xf8, 0xf0, 0xc0, 0xa0, 0x80, 0x78, 0x40, 0x00};
    enum probe_state state = probe_draw_state(true);

    probe_set_icc(state, PROBE_PMR, masks[probe_draw(sizeof(masks))]);
    (void)probe_see_icc(state, PROBE_PMR);
}

/* How interrupts preempt may change only while none is active. */
void probe_op_preemption(void)
{
    enum probe_state state = probe_draw_state(true);

    if (probe_now.depth != 0 || probe_now.dropped_count != 0) {
        return;
    }
    switch (probe_draw(4)) {
    case 0:
        if (state != PROBE_NS) {
            probe_set_icc(state, PROBE_BPR0, probe_draw(8));
            (void)probe_see_icc(state, PROBE_BPR0);
            break;
        }
        /* fall through */
    case 1:
        probe_set_icc(state, PROBE_BPR1, probe_draw(8));
        break;
    case 2:
        if (state == PROBE_EL3_S || state == PROBE_EL3_NS) {
            probe_set_icc(state, PROBE_CTLR_EL3, probe_draw(32));
            break;
        }
        /* fall through */
    default:
        probe_set_icc(state, PROBE_CTLR, probe_draw(4));
        break;
    }
    (void)probe_see_icc(state, PROBE_CTLR);
    (void)probe_see_icc(state, PROBE_BPR1);
}

/* What each state sees, and would be signalled */
void probe_op_look(void)
{
    enum probe_state state = probe_draw_state(true);

    (void)probe_see_icc(state, PROBE_RPR);
    (void)probe_see_icc(state, PROBE_PMR);
    (void)probe_see_icc(state, PROBE_HPPIR1);
    (void)probe_see_icc(state, PROBE_AP1R0);
    (void)probe_see_icc(state, PROBE_BPR1);
    if (state != PROBE_NS) {
        (void)probe_see_icc(state, PROBE_HPPIR0);
        (void)probe_see_icc(state, PROBE_AP0R0);
        (void)probe_see_icc(state, PROBE_BPR0);
    }
    if (probe_now.io->signals != NULL) {
        probe_pair("signals", probe_now.io->signals(state));
    }
}

/*
 * Off and on again. What is pending meanwhile is asked only if the highest priority pending
 * interrupt is of another group: else QEMU sees none where the architecture has the next one
 * (docs/twin.md).
 */
static void op_groups(void)
{
    static const enum probe_icc enables[] = {PROBE_IGRPEN0, PROBE_IGRPEN1, PROBE_IGRPEN1_EL3};
    enum probe_state state = probe_draw_state(true);
    enum probe_icc reg = enables[probe_draw(3)];
    uint64_t next = 0, before;

    if (reg == PROBE_IGRPEN1_EL3) {
        state = probe_now.io->secure ? PROBE_EL3_S : PROBE_NS;
    }
    if (state == PROBE_NS) {
        reg = PROBE_IGRPEN1;
    }
    before = probe_now.io->icc_read(state, reg);
    if (probe_now.io->secure) {
        next = probe_now.io->icc_read(PROBE_EL3_S, PROBE_HPPIR0);
    }
    probe_set_icc(state, reg, 0);
    (void)probe_see_icc(state, reg);
    if (next == SPECIAL_LAST || (reg == PROBE_IGRPEN0 && next >= SPECIAL_FIRST)) {
        (void)probe_see_icc(state, PROBE_HPPIR1);
        probe_op_look();
    }
    probe_set_icc(state, reg, before);
}

void probe_step(void)
{
    uint32_t kind = probe_draw(100);

    if (kind < 12) {
        write_bits(ISENABLER);
    } else if (kind < 15) {
        write_bits(ICENABLER);
    } else if (kind < 28) {
        write_bits(ISPENDR);
    } else if (kind < 31) {
        write_bits(ICPENDR);
    } else if (kind < 35) {
        write_bits(probe_draw(2) == 0 ? ISACTIVER : ICACTIVER);
    } else if (kind < 38) {
        write_bits(probe_draw(2) == 0 ? IGROUPR : IGRPMODR);
    } else if (kind < 45) {
        probe_op_priority();
    } else if (kind < 48) {
        op_config();
    } else if (kind < 51) {
        op_route();
    } else if (kind < 53) {
        if (probe_now.io->secure) {
            op_nsacr();
        }
    } else if (kind < 55) {
        op_distributor();
    } else if (kind < 60) {
        op_line();
    } else if (kind < 64) {
        op_sgi();
    } else if (kind < 76) {
        op_acknowledge();
    } else if (kind < 83) {
        op_end();
    } else if (kind < 86) {
        op_deactivate();
    } else if (kind < 89) {
        op_mask();
    } else if (kind < 91) {
        probe_op_preemption();
    } else if (kind < 93) {
        op_groups();
    } else {
        probe_op_look();
    }
}
