/* SPDX-License-Identifier: BSD-3-Clause */
#include "internal.h"

#define CTLR_SEEN 0x0703u /* PRIbits, EOImode, CBPR: the rest is the implementation's */
#define IDLE      0xffu   /* of ICC_RPR_EL1 */

const uint16_t probe_bank[BANKS] = {0x080, 0x100, 0x180, 0x200, 0x280, 0x300, 0x380, 0xd00};
static const char *const icc_name[] = {
    "PMR",   "RPR",   "CTLR",   "IGRPEN0", "IGRPEN1", "BPR0",     "BPR1",
    "AP0R0", "AP1R0", "HPPIR0", "HPPIR1",  "IAR0",    "IAR1",     "EOIR0",
    "EOIR1", "DIR",   "SGI0R",  "SGI1R",   "ASGI1R",  "CTLR_EL3", "IGRPEN1_EL3"};
static const char *const state_name[] = {"NS", "S", "EL3NS", "EL3S"};

/* Interrupts that are used: few, so that they meet. SGIs, PPIs, SPIs. */
static const uint16_t ids_all[] = {0, 1, 5, 9, 18, 24, 26, 27, 29, 30, 33, 40, 61, 64, 65, 95};
static const uint16_t ids_ns[] = {0, 1, 5, 18, 24, 30, 41, 61, 64, 65, 95};
const uint16_t probe_lines[PROBE_LINES] = {26, 27, 29, 30, 33};

struct probe_now probe_now;

/* --- text ------------------------------------------------------------------------------------ */

void probe_text(const char *text)
{
    while (*text != '\0' && probe_now.length + 1 < sizeof(probe_now.text)) {
        probe_now.text[probe_now.length++] = *text++;
    }
    probe_now.text[probe_now.length] = '\0';
}

void probe_hex(uint64_t value)
{
    char digits[17];
    unsigned at = sizeof(digits) - 1;

    digits[at] = '\0';
    do {
        digits[--at] = "0123456789abcdef"[value & 0xf];
        value >>= 4;
    } while (value != 0);
    probe_text(&digits[at]);
}

void probe_pair(const char *name, uint64_t value)
{
    probe_text(" ");
    probe_text(name);
    probe_text("=");
    probe_hex(value);
}

void probe_end_line(void)
{
    probe_now.io->say(probe_now.text);
    probe_now.length = 0;
    probe_now.text[0] = '\0';
}

/* --- chance ---------------------------------------------------------------------------------- */

uint32_t probe_draw(uint32_t below)
{
    probe_now.random ^= probe_now.random << 13;
    probe_now.random ^= probe_now.random >> 7;
    probe_now.random ^= probe_now.random << 17;
    return (uint32_t)(probe_now.random >> 32) % below;
}

uint32_t probe_draw_intid(void)
{
    return probe_now.io->secure ? ids_all[probe_draw(sizeof(ids_all) / sizeof(ids_all[0]))]
                                : ids_ns[probe_draw(sizeof(ids_ns) / sizeof(ids_ns[0]))];
}

/* Some of the interrupts that share a register of a bit each with `intid` */
uint32_t probe_draw_mask(uint32_t intid)
{
    const uint16_t *ids = probe_now.io->secure ? ids_all : ids_ns;
    size_t count = probe_now.io->secure ? sizeof(ids_all) / sizeof(ids_all[0])
                                        : sizeof(ids_ns) / sizeof(ids_ns[0]);
    uint32_t mask = 1u << intid % 32;

    for (size_t i = 0; i < count; i++) {
        if (ids[i] / 32 == intid / 32 && probe_draw(3) == 0) {
            mask |= 1u << ids[i] % 32;
        }
    }
    return mask;
}

/* Is the Non-secure state what runs next? With a Secure interrupt pending EL3 takes its place. */
bool probe_is_ns_reachable(void)
{
    uint32_t next;

    if (!probe_now.io->secure) {
        return true;
    }
    next = (uint32_t)probe_now.io->icc_read(PROBE_EL3_S, PROBE_HPPIR0);
    return next == NWD_IS_NEXT || next == SPECIAL_LAST;
}

enum probe_state probe_draw_state(bool el3)
{
    enum probe_state state =
        !probe_now.io->secure ? PROBE_NS
                              : (enum probe_state)probe_draw(el3 ? PROBE_EL3_S + 1 : PROBE_S + 1);

    return state == PROBE_NS && !probe_is_ns_reachable() ? PROBE_S : state;
}

bool probe_draw_secure(void)
{
    return probe_now.io->secure && probe_draw(2) == 0;
}

/* --- registers ------------------------------------------------------------------------------- */

uint64_t probe_base(uint32_t intid, unsigned pe)
{
    return intid < 32 ? probe_now.io->redistributor + (uint64_t)pe * GICR_STRIDE + GICR_SGI
                      : probe_now.io->distributor;
}

uint64_t probe_see_icc(enum probe_state state, enum probe_icc reg)
{
    uint64_t value = probe_now.io->icc_read(state, reg);

    if (reg == PROBE_CTLR) {
        value &= CTLR_SEEN;
    }
    probe_text(" ");
    probe_text(state_name[state]);
    probe_pair(icc_name[reg], value);
    return value;
}

void probe_set_icc(enum probe_state state, enum probe_icc reg, uint64_t value)
{
    probe_text(" ");
    probe_text(state_name[state]);
    probe_text(" ");
    probe_text(icc_name[reg]);
    probe_text("<-");
    probe_hex(value);
    probe_now.io->icc_write(state, reg, value);
}

static uint64_t mmio_read(bool secure, uint64_t address, unsigned size)
{
    uint64_t value = probe_now.io->read(secure, address, size);

    probe_pair(secure ? "s" : "n", value);
    return value;
}

void probe_set(bool secure, const char *name, uint64_t address, unsigned size, uint64_t value)
{
    probe_text(secure ? " s " : " n ");
    probe_text(name);
    probe_text("@");
    probe_hex(address & 0xfffff);
    probe_text("<-");
    probe_hex(value);
    probe_now.io->write(secure, address, size, value);
}

/* What both states see of it now */
void probe_see(uint64_t address, unsigned size)
{
    if (probe_now.io->secure) {
        (void)mmio_read(true, address, size);
    }
    (void)mmio_read(false, address, size);
}

/* --- a known state --------------------------------------------------------------------------- */

static void quiet_word(bool secure, uint64_t word, uint32_t ids)
{
    probe_now.io->write(secure, word + probe_bank[ICENABLER], 4, ids);
    probe_now.io->write(secure, word + probe_bank[ICPENDR], 4, ids);
    probe_now.io->write(secure, word + probe_bank[ICACTIVER], 4, ids);
}

/* The Secure state is all there is: it decides about groups, too. */
static void configure_word(uint64_t word, uint32_t ids)
{
    probe_now.io->write(true, word + probe_bank[IGROUPR], 4, ids & 0x6db6db6d);
    probe_now.io->write(true, word + probe_bank[IGRPMODR], 4, 0xffffffff);
}

static void begin_interface(void)
{
    bool secure = probe_now.io->secure;
    enum probe_state top = secure ? PROBE_EL3_S : PROBE_NS;

    if (secure) {
        probe_now.io->icc_write(PROBE_EL3_S, PROBE_CTLR_EL3, 0);
        probe_now.io->icc_write(PROBE_EL3_S, PROBE_BPR0, 0);
        probe_now.io->icc_write(PROBE_EL3_NS, PROBE_BPR1, 0);
        probe_now.io->icc_write(PROBE_EL3_S, PROBE_IGRPEN0, 1);
        probe_now.io->icc_write(PROBE_EL3_S, PROBE_IGRPEN1_EL3, 3);
    } else {
        probe_now.io->icc_write(PROBE_NS, PROBE_CTLR, 0);
        probe_now.io->icc_write(PROBE_NS, PROBE_IGRPEN1, 1);
    }
    probe_now.io->icc_write(top, PROBE_BPR1, 0);
    probe_now.io->icc_write(top, PROBE_PMR, 0xff);
}

/* Drops the priority of whatever is active: of any group, so one of the two is ignored. */
static void unwind(void)
{
    const struct probe_io *io = probe_now.io;
    enum probe_state top = io->secure ? PROBE_EL3_S : PROBE_NS;

    for (unsigned i = 0; i <= 2 * DEPTH && io->icc_read(top, PROBE_RPR) != IDLE; i++) {
        io->icc_write(top, PROBE_EOIR1, 0);
        if (io->secure && io->icc_read(top, PROBE_RPR) != IDLE) {
            io->icc_write(top, PROBE_EOIR0, 0);
        }
    }
    probe_now.depth = 0;
    probe_now.dropped_count = 0;
}

static void begin_priorities(uint32_t intid)
{
    bool secure = probe_now.io->secure;

    probe_now.io->write(secure, probe_base(intid, 0) + GIC_IPRIORITY + (intid & ~3u), 4,
                        secure ? 0xa0906050 : 0x40302010);
}

static void begin_episode(void)
{
    const struct probe_io *io = probe_now.io;
    const uint32_t ids = 0xffffffff;

    for (size_t i = 0; io->line != NULL && i < PROBE_LINES; i++) {
        if (io->secure || probe_lines[i] == 30) {
            io->line(probe_lines[i], false);
        }
    }
    unwind();
    io->write(io->secure, io->distributor + GICD_CTLR, 4,
              io->secure ? CTLR_ARE | CTLR_GROUPS : CTLR_ARE_NS | CTLR_GROUP1);
    for (unsigned pe = 0; pe < io->pes; pe++) {
        uint64_t sgi = probe_base(0, pe);

        quiet_word(io->secure, sgi, io->secure ? ids : IDS_NS);
        io->write(io->secure, sgi + GIC_ICFGR + 4, 4, 0);
        if (io->secure) {
            io->write(true, sgi - GICR_SGI + GICR_WAKER, 4, 0);
            configure_word(sgi, ids);
            io->write(true, sgi + GIC_NSACR, 4, 0);
        }
    }
    for (unsigned word = 1; word <= 2; word++) {
        uint64_t at = io->distributor + 4 * (uint64_t)word;

        quiet_word(io->secure, at, ids);
        for (unsigned i = 0; i < 2; i++) {
            io->write(io->secure, io->distributor + GIC_ICFGR + 8 * (uint64_t)word + 4 * i, 4, 0);
            if (io->secure) {
                io->write(true, io->distributor + GIC_NSACR + 8 * (uint64_t)word + 4 * i, 4, 0);
            }
        }
        for (uint64_t i = 0; i < 32; i++) {
            io->write(io->secure, io->distributor + GICD_IROUTER + 8 * (32 * word + i), 8, 0);
        }
        if (io->secure) {
            configure_word(at, ids);
        }
    }
    for (uint32_t intid = 0; intid < 96; intid += 4) {
        begin_priorities(intid);
    }
    begin_interface();
}

/* All that is used is on, at priorities and binary points of its own: for nesting. */
static void begin_nesting(void)
{
    for (uint32_t intid = 0; intid < 96; intid += 32) {
        probe_now.io->write(probe_now.io->secure,
                            probe_base(intid, 0) + probe_bank[ISENABLER] + 4 * (intid / 32), 4,
                            probe_now.io->secure || intid != 0 ? 0xffffffff : IDS_NS);
    }
    for (unsigned i = 0; i < 12; i++) {
        probe_op_priority();
    }
    for (unsigned i = 0; i < 4; i++) {
        probe_op_preemption();
    }
}

/* The Non-secure state is let in here and there. */
static void begin_leave(void)
{
    for (uint32_t intid = 32; intid < 96; intid += 16) {
        probe_now.io->write(true, probe_base(intid, 0) + GIC_NSACR + 4 * (intid / 16), 4,
                            probe_draw(0xffffffff));
    }
    for (unsigned pe = 0; pe < probe_now.io->pes; pe++) {
        probe_now.io->write(true, probe_base(0, pe) + GIC_NSACR, 4, probe_draw(0xffffffff));
    }
}

void probe_run(const struct probe_io *machine, uint32_t seed, uint32_t episodes, uint32_t steps)
{
    probe_now.io = machine;
    for (uint32_t episode = 0; episode < episodes; episode++) {
        probe_now.random = UINT64_C(0x9e3779b97f4a7c15) ^ ((uint64_t)seed << 32 | episode);
        begin_episode();
        probe_text("episode ");
        probe_hex(episode);
        probe_op_look();
        if (episode % 3 == 1) {
            begin_nesting();
        } else if (episode % 3 == 2 && machine->secure) {
            begin_leave();
        }
        probe_end_line();
        for (uint32_t i = 0; i < steps; i++) {
            probe_step();
            if (probe_now.length != 0) {
                if (machine->secure) {
                    probe_text(" |");
                    (void)probe_see_icc(PROBE_EL3_S, PROBE_HPPIR0);
                    (void)probe_see_icc(PROBE_EL3_S, PROBE_HPPIR1);
                    (void)probe_see_icc(PROBE_EL3_S, PROBE_RPR);
                }
                probe_end_line();
            }
        }
    }
}
