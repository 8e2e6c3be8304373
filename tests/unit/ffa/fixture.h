/* SPDX-License-Identifier: BSD-3-Clause */
/* A small SPMC built by hand: two PEs, four partitions that wait, and a door that only records. */
#ifndef TEST_FFA_FIXTURE_H
#define TEST_FFA_FIXTURE_H

#include <check.h>

#include "ffa/dispatch.h"
#include "spmc/internal.h"
#include "spmc/interrupt.h"

#define WORLD_CPUS       2u
#define WORLD_PARTITIONS 4u
#define WORLD_VCPUS      5u /* of partitions; after them one of the normal world for each PE */
#define WORLD_VMS        2u /* slots; of notifications, too */
#define WORLD_VM_VCPUS   NOTIFICATION_MAX_VM_VCPUS
#define WORLD_RAM_BYTES  0x8000u
#define WORLD_NS_BASE    0x80000000u
#define WORLD_SP_BASE    0x40000000u
#define WORLD_SP_SIZE    0x100000u
#define WORLD_PAGES      8u         /* of SP_A, whose permissions can be changed */
#define WORLD_DEVICE     0x1000000u /* mapped in every partition, as device memory */

#define WORLD_CALL_LOG_UART 0x9000000u

/* world_interrupts(): of each partition, the SPMC's own (3, 4, 5, 9) and two SPIs */
#define WORLD_VINTS     6u
#define WORLD_SPI(id)   (64u + 2u * ((id)-FFA_ID_SP_FIRST)) /* the first; the second follows */
#define WORLD_TIMER_PPI 20u
#define WORLD_GICD      0x2f000000u
#define WORLD_GICR      0x2f100000u

/* Partitions: two of one vCPU (v1.3, v1.2), one of two vCPUs (v1.3), one v1.1 that only receives */
#define SP_A   0x8001u
#define SP_B   0x8002u
#define SP_MP  0x8003u
#define SP_OLD 0x8004u

struct arch_pe {
    unsigned locks_held;
    unsigned locks_taken;
    uint64_t sysreg[ARCH_SYSREG_COUNT]; /* plain, but for these: */
    uint32_t pending;                   /* INTID that ICC_IAR1 gives once; 0: none */
    uint32_t group0; /* INTID that ICC_HPPIR0 gives until EL3 is called; 0: none */
    unsigned kicks;  /* SGIs of each kind that it sent */
    unsigned sris;
    uint32_t enabled_at_end[8]; /* GICD_ISENABLER when it ended its last interrupt */
};

struct arch_vcpu {
    bool virq; /* as arch_vcpu_set_virtual() had them last */
    bool vfiq;
    uint64_t x[31];
    uint64_t sysreg[ARCH_VCPU_SCTLR_EL1 + 1];
};

/* What the SPMC keeps: compared whole to see that a call changed nothing. */
struct world_state {
    struct spmc spmc;
    struct spmc_cpu cpu[WORLD_CPUS];
    struct partition nwd;
    struct partition partition[WORLD_PARTITIONS];
    struct vm_slot vm_slot[WORLD_VMS];
    struct ns_retrieval ns_retrieval;
    struct notifications notification[1 + WORLD_PARTITIONS + WORLD_VMS];
    struct notification_source source[1 + WORLD_PARTITIONS * NOTIFICATION_SOURCES + WORLD_VMS];
    struct notification_bits
        bits[WORLD_VCPUS * NOTIFICATION_SOURCES + (1 + WORLD_VMS) * WORLD_VM_VCPUS];
    struct vcpu vcpu[WORLD_VCPUS + WORLD_CPUS];
    struct arch_vcpu arch[WORLD_VCPUS];
    struct vint vint[WORLD_VCPUS][WORLD_VINTS];
    uint8_t page_access[WORLD_PAGES]; /* enum stage2_access; 0: readable and writable */
    struct ledger_page page[WORLD_PAGES];
    uint8_t ram[WORLD_RAM_BYTES]; /* at WORLD_NS_BASE, and at the start of every partition */
};

struct world {
    struct world_state state;
    struct arch_pe pe[WORLD_CPUS];
    struct console_line console[WORLD_VCPUS + WORLD_CPUS];
    struct spmc_manifest manifest;
    struct partition_manifest partition_manifest[WORLD_PARTITIONS];
    uint32_t boot_order[WORLD_PARTITIONS];
    unsigned boots; /* calls of boot_start_next() */
    unsigned el3_calls;
    uint64_t el3_x[FFA_REGS_EXTENDED];
    unsigned log_lines;
    uint32_t vint_id[WORLD_PARTITIONS][WORLD_VINTS];
    uint32_t enabled[8];     /* GICD_ISENABLER */
    bool no_pages;           /* for translation tables */
    size_t code_bytes;       /* made fetchable by arch_cache_sync_code() */
    size_t bytes_read;       /* of untrusted memory */
    char console_text[1024]; /* whole lines, each with a newline */
    char call_text[4096];    /* what the call log wrote */
};

extern struct world world;

/* Builds it anew: all partitions WAITING. Usable as a Check fixture. */
void world_reset(void);

struct partition *world_sp(uint16_t id);
struct vcpu *world_vcpu(uint16_t id, unsigned index);
struct vcpu *world_nwd(unsigned cpu);

/*
 * `vcpu` makes a call on PE `cpu` with x0..x(count-1) = x, the rest zero; partitions by SMC. The
 * locks must be free afterwards. Returns who runs next.
 */
struct vcpu *world_call(unsigned cpu, struct vcpu *vcpu, const uint64_t *x, unsigned count);

#define CALL(cpu, vcpu, ...)                                   \
    world_call((cpu), (vcpu), (const uint64_t[]){__VA_ARGS__}, \
               sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t))

/* Gives all partitions virtual interrupts, enabled as vIRQ (managed exit: vFIQ), and a GIC. */
void world_interrupts(void);

/* Is SPI `intid` enabled at the GIC? */
bool world_spi_is_enabled(uint32_t intid);

/*
 * Secure interrupt `intid` comes to PE `cpu`: an exit of the partition that runs there, or
 * FFA_INTERRUPT from the SPMD. Returns who runs next.
 */
struct vcpu *world_secure_interrupt(unsigned cpu, uint32_t intid);

/* Exit of a partition's vCPU for another reason than a call. */
struct vcpu *world_exit(unsigned cpu, struct vcpu *vcpu, enum vcpu_exit_kind kind, uint64_t ec,
                        uint64_t iss, uint64_t far);

/* The normal world sends `id` a direct request on PE `cpu`, and it must arrive. */
struct vcpu *world_request(unsigned cpu, uint16_t id);

/* All partitions but SP_OLD have notifications, for each vCPU if it is said. */
void world_notifications(bool per_vcpu);

/* Error code of an FFA_ERROR result with everything else zero; 0: it is no such thing. */
int32_t world_error(const struct vcpu *vcpu);

/* An assertion that costs nothing while it holds: Check's own write a file for each. */
#define must(condition)                     \
    do {                                    \
        if (!(condition)) {                 \
            ck_abort_msg("%s", #condition); \
        }                                   \
    } while (0)

#define ck_error(vcpu, code) ck_assert_int_eq(world_error(vcpu), (code))

/* Runs the tests of one program; `add` puts them into the case. Returns the exit status. */
int world_main(const char *name, void (*add)(TCase *tcase));

#endif
