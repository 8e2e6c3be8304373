/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * kernel_smp: a normal world that starts every PE that PSCI knows. Each one asks relay (a context
 * on each PE) and echo (one context, for which the PEs compete), then switches itself off; the
 * second PE comes twice. PE 0 ends the run with PSCI SYSTEM_OFF. With KERNEL_SMP_TURNS the PEs come
 * one after the other.
 */
#include "console.h"
#include "drive.h"
#include "ffa.h"
#include "guest.h"
#include "guest_commands.h"
#include "guest_uuids.h"
#include "psci.h"
#include "sysreg.h"

#define MAX_PES               16u
#define TURNS                 1000000u /* of a loop that waits for another PE */
#define ROUNDS                3u       /* requests to each partition */
#define MPIDR_PER_PE          16u
#define MPIDR_BITS            0xff00ffffffull /* Aff3, Aff2, Aff1, Aff0 */
#define PSCI_IS_KNOWN(status) ((status) != PSCI_INVALID_PARAMS)

SYSREG_READ(mpidr_el1)

static const struct ffa_uuid echo_uuid = UUID_ECHO;
static const struct ffa_uuid relay_uuid = UUID_RELAY;

static struct {
    uint64_t mpidr[MAX_PES]; /* [0]: the PE that boots */
    unsigned count;
    uint16_t echo;
    uint16_t relay; /* 0: not here */
    uint32_t turn;  /* the PE that may print */
    uint32_t done[MAX_PES];
} smp;

static uint32_t load(const uint32_t *word)
{
    return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static void store(uint32_t *word, uint32_t value)
{
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
}

static void pause(void)
{
    for (unsigned i = 0; i < 64; i++) {
        __asm__ volatile("yield");
    }
}

static bool wait_for(const uint32_t *word, uint32_t value)
{
    for (unsigned turn = 0; turn < TURNS; turn++) {
        if (load(word) == value) {
            return true;
        }
        pause();
    }
    return false;
}

/* A PE's affinity has one of three layouts; what PSCI does not know is no PE. */
static void find_pes(void)
{
    smp.mpidr[0] = read_mpidr_el1() & MPIDR_BITS;
    smp.count = 1;
    for (unsigned shift = 0; shift <= 16; shift += 8) {
        for (uint64_t i = shift == 0 ? 0 : 1; i < MPIDR_PER_PE && smp.count < MAX_PES; i++) {
            uint64_t mpidr = i << shift;

            if (mpidr == smp.mpidr[0]) {
                continue;
            }
            if (!PSCI_IS_KNOWN(psci_affinity_info(mpidr))) {
                break;
            }
            smp.mpidr[smp.count++] = mpidr;
        }
    }
}

/* Echo serves one PE at a time: BUSY, or relay's word that echo was, is to be tried again. */
static bool is_busy(const struct ffa_args *r)
{
    if ((uint32_t)r->x[0] == FFA_MSG_SEND_DIRECT_RESP_64) {
        return r->x[3] == RELAY_FAILED && (int32_t)(uint32_t)r->x[5] == FFA_BUSY;
    }
    return ffa_status(r) == FFA_BUSY;
}

static void ask(uint16_t id, unsigned pe)
{
    const uint64_t payload[FFA_PAYLOAD_WORDS] = {ECHO_CMD_ECHO, pe, id, ~(uint64_t)pe, 1};
    struct ffa_args r;
    unsigned turn = 0;

    do {
        pause();
        r = ffa_direct_req64(FFA_ID_NWD, id, payload);
    } while (is_busy(&r) && ++turn < TURNS);
    guest_assert((uint32_t)r.x[0] == FFA_MSG_SEND_DIRECT_RESP_64);
    for (unsigned i = 0; i < FFA_PAYLOAD_WORDS; i++) {
        guest_assert(r.x[3 + i] == payload[i]);
    }
}

static void ask_all(unsigned pe)
{
    for (unsigned round = 0; round < ROUNDS; round++) {
        if (smp.relay != 0) {
            ask(smp.relay, pe);
        }
        if (smp.echo != 0) {
            ask(smp.echo, pe);
        }
    }
}

void guest_secondary_main(unsigned pe)
{
    guest_assert((read_mpidr_el1() & MPIDR_BITS) == smp.mpidr[pe]);
    guest_assert(wait_for(&smp.turn, pe));
    console_printf("kernel_smp: PE %u is on\n", pe);
    store(&smp.turn, pe + 1);
    ask_all(pe);
    store(&smp.done[pe], 1);
    (void)psci_cpu_off();
    guest_assert(false);
}

static void start(unsigned pe)
{
    store(&smp.done[pe], 0);
    guest_assert(psci_affinity_info(smp.mpidr[pe]) == PSCI_AFFINITY_OFF);
    guest_assert(psci_cpu_on(smp.mpidr[pe], pe) == PSCI_SUCCESS);
    int32_t again = psci_cpu_on(smp.mpidr[pe], pe);
    guest_assert(again == PSCI_ON_PENDING || again == PSCI_ALREADY_ON);
}

/* The PE has done its work and is gone. */
static void join(unsigned pe)
{
    unsigned turn = 0;

    guest_assert(wait_for(&smp.done[pe], 1));
    while (psci_affinity_info(smp.mpidr[pe]) != PSCI_AFFINITY_OFF) {
        guest_assert(++turn < TURNS);
        pause();
    }
}

#ifdef KERNEL_SMP_TURNS
/* No PE comes before the last one is gone: nothing depends on how fast they are. */
static void take_turns(void)
{
    ask_all(0);
    for (unsigned i = 1; i < smp.count; i++) {
        store(&smp.turn, 0);
        start(i);
        store(&smp.turn, i);
        join(i);
    }
}
#else
static void all_at_once(void)
{
    for (unsigned i = 1; i < smp.count; i++) {
        start(i);
    }
    store(&smp.turn, 1); /* none of them has gone off before this */
    ask_all(0);
    for (unsigned i = 1; i < smp.count; i++) {
        join(i);
    }
}
#endif

void guest_main(unsigned pe)
{
    (void)pe;
#ifdef GUEST_PL011_BASE
    console_use_pl011(GUEST_PL011_BASE);
#endif
    guest_assert(ffa_version(FFA_VERSION_1_3) > 0);
    smp.echo = drive_find(echo_uuid);
    smp.relay = drive_find(relay_uuid);
    find_pes();
    console_printf("kernel_smp: %u PEs\n", smp.count);
    guest_assert(psci_cpu_on(smp.mpidr[0], 0) == PSCI_ALREADY_ON);

#ifdef KERNEL_SMP_TURNS
    take_turns();
#else
    all_at_once();
#endif
    if (smp.count > 1) {
        store(&smp.turn, 0);
        start(1);
        store(&smp.turn, 1);
        join(1);
    }
    console_printf("kernel_smp: all is well\n");
    psci_system_off();
}
