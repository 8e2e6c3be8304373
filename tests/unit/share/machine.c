/* SPDX-License-Identifier: BSD-3-Clause */
#include "machine.h"

#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tree.h"

#define PES         2u
#define SPMC_BASE   0x0e100000u
#define SPMC_SIZE   0x400000u
#define SECURE_SIZE 0x1000000u
#define IMAGE       0x4000u
#define IMAGE_SIZE  0x1000u
#define READ_WRITE  (MANIFEST_ATTR_READ | MANIFEST_ATTR_WRITE)

struct machine machine;

static struct tree spmc_tree;
static struct tree trees[EP_COUNT];
static uint64_t drained[POOL_BYTES / PAGE];
static uint64_t drained_count;
static uint64_t lcg;

static const struct {
    const char *node;
    const char *name;
    uint32_t base;
    uint32_t bytes;
} vms[EP_COUNT] = {
    [P1] = {"vm1", "one", P1_BASE, P1_BYTES},
    [P2] = {"vm2", "two", P2_BASE, P2_BYTES},
    [P3] = {"vm3", "three", P3_BASE, P3_BYTES},
    [P0] = {"vm4", "user", P0_BASE, P0_BYTES},
};

static void add_vm(enum ep ep)
{
    char path[32];

    if (ep > P2) {
        tree_add_node(&spmc_tree, "/hypervisor", vms[ep].node);
    }
    snprintf(path, sizeof(path), "/hypervisor/%s", vms[ep].node);
    tree_set(&spmc_tree, path, "is_ffa_partition", NULL, 0);
    tree_set_string(&spmc_tree, path, "debug_name", vms[ep].name);
    tree_set(&spmc_tree, path, "uuid", BYTES(CELL(ep), CELL(2), CELL(3), CELL(4)));
    tree_set_u64(&spmc_tree, path, "load_address", vms[ep].base);
    tree_set_u32(&spmc_tree, path, "mem_size", vms[ep].bytes);
    tree_set_u32(&spmc_tree, path, "vcpu_count", 1);
    tree_set_u32(&spmc_tree, path, "boot-order", ep);
}

static void add_region(enum ep ep, const char *parent, const char *name, uint64_t base,
                       uint32_t pages, uint32_t attributes)
{
    char path[64];

    snprintf(path, sizeof(path), "/%s", parent);
    if (fdt_path_offset(trees[ep].blob, path) < 0) {
        char compatible[64];

        tree_add_node(&trees[ep], "/", parent);
        snprintf(compatible, sizeof(compatible), "arm,ffa-manifest-%s", parent);
        tree_set_string(&trees[ep], path, "compatible", compatible);
    }
    tree_add_node(&trees[ep], path, name);
    snprintf(path, sizeof(path), "/%s/%s", parent, name);
    tree_set_u64(&trees[ep], path,
                 base < TREE_SECURE_BASE ? "load-address-relative-offset" : "base-address", base);
    tree_set_u32(&trees[ep], path, "pages-count", pages);
    tree_set_u32(&trees[ep], path, "attributes", attributes);
}

static void add_regions(void)
{
    add_region(P1, "memory-regions", "ro", P1_READ_ONLY, 4, MANIFEST_ATTR_READ);
    add_region(P1, "memory-regions", "data", P1_DATA, 16, READ_WRITE);
    add_region(P1, "memory-regions", "ns", P1_NS, P1_NS_PAGES,
               READ_WRITE | MANIFEST_ATTR_NON_SECURE);
    add_region(P1, "device-regions", "timer", P1_DEVICE, 2, READ_WRITE);
    add_region(P0, "memory-regions", "tail", P0_BYTES - PAGE, 2,
               MANIFEST_ATTR_READ | MANIFEST_ATTR_EXECUTE);
    add_region(P0, "memory-regions", "data", P0_DATA, 16, READ_WRITE);
    for (enum ep ep = P1; ep < EP_COUNT; ep++) {
        add_region(ep, "memory-regions", "mailbox", MAILBOX(ep), 2 * MAILBOX_MAX / PAGE,
                   READ_WRITE);
    }
}

static void put_u32(uint8_t *at, uint32_t value)
{
    for (unsigned k = 0; k < 4; k++) {
        at[k] = (uint8_t)(value >> (8 * k));
    }
}

static void pack(enum ep ep)
{
    uint8_t *at = memory_at(vms[ep].base);
    uint32_t size;

    ck_assert_int_eq(fdt_pack(trees[ep].blob), 0);
    size = (uint32_t)fdt_totalsize(trees[ep].blob);
    MUST(size <= IMAGE - PAGE);
    put_u32(&at[0], PACKAGE_MAGIC);
    put_u32(&at[4], 2);
    put_u32(&at[8], PAGE);
    put_u32(&at[12], size);
    put_u32(&at[16], IMAGE);
    put_u32(&at[20], IMAGE_SIZE);
    memcpy(&at[PAGE], trees[ep].blob, size);
}

static void make_trees(void)
{
    static const uint32_t version[EP_COUNT] = {
        [P1] = FFA_VERSION_1_2,
        [P2] = FFA_VERSION_1_1,
        [P3] = FFA_VERSION_1_0,
        [P0] = FFA_VERSION_1_3,
    };

    tree_spmc(&spmc_tree, PES);
    for (enum ep ep = P1; ep < EP_COUNT; ep++) {
        add_vm(ep);
        tree_small_partition(&trees[ep], 1);
        tree_set(&trees[ep], "/", "uuid", BYTES(CELL(ep), CELL(0), CELL(0), CELL(1)));
        tree_set_u32(&trees[ep], "/", "ffa-version", version[ep]);
    }
    tree_set_u32(&trees[P0], "/", "exception-level", MANIFEST_S_EL0);
    add_regions();
    for (enum ep ep = P1; ep < EP_COUNT; ep++) {
        pack(ep);
    }
}

static const struct vcpu_exit by_smc = {VCPU_EXIT_SYNC, (uint64_t)ESR_EC_SMC64 << 26, 0, 0};
static const struct vcpu_exit by_svc = {VCPU_EXIT_SYNC, (uint64_t)ESR_EC_SVC64 << 26, 0, 0};
static const struct vcpu_exit from_el3 = {VCPU_EXIT_EL3, 0, 0, 0};

static struct vcpu *enter(enum ep ep, const uint64_t x[FFA_REGS])
{
    struct vcpu *vcpu = &machine.partition[ep]->vcpu[0];
    struct vcpu *next;

    memcpy(vcpu->frame.x, x, FFA_REGS * sizeof(x[0]));
    next = spmc_handle_exit(machine.cpu, vcpu,
                            ep == NWD  ? &from_el3
                            : ep == P0 ? &by_svc
                                       : &by_smc);
    MUST_EQ(machine.pe.locks_held, 0);
    MUST_EQ(machine.pe.count.map, machine.pe.count.unmap);
    return next;
}

struct regs machine_call(enum ep ep, const uint64_t x[FFA_REGS])
{
    struct vcpu *next = enter(ep, x);
    struct regs regs;

    ck_assert_ptr_eq(next, &machine.partition[ep]->vcpu[0]);
    memcpy(regs.x, next->frame.x, sizeof(regs.x));
    return regs;
}

int32_t error_of(struct regs regs)
{
    return (uint32_t)regs.x[0] == FFA_ERROR ? (int32_t)(uint32_t)regs.x[2] : 0;
}

static void boot(void)
{
    struct vcpu *vcpu;

    machine.params = (struct spmc_boot_params){
        .manifest = spmc_tree.blob,
        .manifest_size_bytes = sizeof(spmc_tree.blob),
        .spmc_range = {SPMC_BASE, SPMC_SIZE},
        .pool_base = {SPMC_BASE + SPMC_SIZE - POOL_BYTES},
        .pool_size_bytes = POOL_BYTES,
        .arena_size_bytes = spmc_arena_size(PES, EP_COUNT - 1),
    };
    machine.params.arena = calloc(1, machine.params.arena_size_bytes);
    MUST(NULL != machine.params.arena);
    vcpu = spmc_cold_boot(&machine.pe, &machine.params, &machine.spmc);
    MUST_MSG(vcpu != NULL, "%s", spmc_boot_diag(machine.spmc)->text);
    machine.cpu = spmc_cpu(machine.spmc, 0);
    for (enum ep ep = NWD; ep < EP_COUNT; ep++) {
        machine.partition[ep] =
            spmc_partition_by_id(machine.spmc, ep == NWD ? FFA_ID_NWD : FFA_ID_SP_FIRST + ep - 1);
    }
    for (enum ep ep = P1; ep < EP_COUNT; ep++) {
        ck_assert_ptr_eq(vcpu, &machine.partition[ep]->vcpu[0]);
        (void)vcpu_set_state(vcpu, VCPU_RUNNING);
        vcpu = enter(ep, (const uint64_t[FFA_REGS]){FFA_MSG_WAIT});
    }
    ck_assert_ptr_eq(vcpu, &machine.partition[NWD]->vcpu[0]);
}

void machine_setup(void)
{
    memset(&machine, 0, sizeof(machine));
    drained_count = 0;
    fake_arch_init(&machine.pe, SPMC_BASE, TREE_SECURE_BASE + SECURE_SIZE - SPMC_BASE, NS_BASE,
                   NS_BYTES);
    make_trees();
    boot();
    set_version(NWD, FFA_VERSION_1_2);
    for (enum ep ep = NWD; ep < EP_COUNT; ep++) {
        set_mailbox(ep, 1);
    }
    machine.pages_after_boot = free_pages();
}

void machine_teardown(void)
{
    refill_pool();
    free(machine.params.arena);
    fake_arch_free(&machine.pe);
}

uint16_t id_of(enum ep ep)
{
    return machine.partition[ep]->id;
}

void set_version(enum ep ep, uint32_t version)
{
    machine.partition[ep]->ffa_version = version;
}

void set_mailbox(enum ep ep, uint32_t pages)
{
    if (machine.partition[ep]->mailbox.mapped) {
        MUST_EQ(error_of(CALL(ep, FFA_RXTX_UNMAP)), 0);
    }
    MUST_EQ(error_of(CALL(ep, FFA_RXTX_MAP_64, MAILBOX(ep) + MAILBOX_MAX, MAILBOX(ep), pages)), 0);
}

uint8_t *rx_of(enum ep ep)
{
    return memory_at(MAILBOX(ep));
}

uint8_t *tx_of(enum ep ep)
{
    return memory_at(MAILBOX(ep) + MAILBOX_MAX);
}

uint32_t mailbox_bytes(enum ep ep)
{
    return machine.partition[ep]->mailbox.page_count * PAGE;
}

void kill_partition(enum ep ep)
{
    static const struct vcpu_exit serror = {VCPU_EXIT_SERROR, 0, 0, 0};
    struct vcpu *next =
        enter(NWD, (const uint64_t[FFA_REGS]){FFA_MSG_SEND_DIRECT_REQ_32, FFA_PAIR(0, id_of(ep))});

    ck_assert_ptr_eq(next, &machine.partition[ep]->vcpu[0]);
    next = spmc_handle_exit(machine.cpu, next, &serror);
    ck_assert_ptr_eq(next, &machine.partition[NWD]->vcpu[0]);
    MUST_EQ(machine.partition[ep]->state, PARTITION_ABORTING);
    MUST_EQ(machine.pe.locks_held, 0);
    MUST_EQ(machine.pe.count.map, machine.pe.count.unmap);
}

bool attr_of(enum ep ep, uint64_t address, struct stage2_attr *attr)
{
    paddr_t pa;
    bool found = false;

    for (enum pas pas = PAS_SECURE; pas <= PAS_NON_SECURE; pas++) {
        if (stage2_lookup(&machine.pe, &machine.partition[ep]->stage2, pas, ipaddr(address), &pa,
                          attr)) {
            MUST_EQ(pa.pa, address);
            MUST_MSG(!found, "mapped in both worlds");
            MUST_EQ(pas, address >= NS_DEVICE ? PAS_NON_SECURE : PAS_SECURE);
            found = true;
            break;
        }
    }
    return found;
}

uint8_t access_of(enum ep ep, uint64_t address)
{
    struct stage2_attr attr;

    return attr_of(ep, address, &attr) ? attr.access : 0;
}

uint8_t *memory_at(uint64_t address)
{
    enum pas pas = address >= NS_DEVICE ? PAS_NON_SECURE : PAS_SECURE;
    uint8_t *at = fake_arch_at(&machine.pe, address, PAGE, pas);

    MUST(NULL != at);
    return at;
}

void fill(uint64_t address, uint8_t value)
{
    memset(memory_at(address), value, PAGE);
}

bool is_filled(uint64_t address, uint8_t value)
{
    const uint8_t *at = memory_at(address);

    for (unsigned i = 0; i < PAGE; i++) {
        if (at[i] != value) {
            return false;
        }
    }
    return true;
}

uint64_t free_pages(void)
{
    return machine.spmc->pool.free_count;
}

void drain_pool(uint64_t left)
{
    paddr_t page;

    while (free_pages() > left) {
        MUST(page_pool_take(&machine.pe, &machine.spmc->pool, &page));
        drained[drained_count++] = page.pa;
    }
}

void refill_pool(void)
{
    while (drained_count != 0) {
        page_pool_give(&machine.pe, &machine.spmc->pool, paddr(drained[--drained_count]));
    }
}

void seed(uint64_t value)
{
    lcg = value;
}

uint32_t rnd(uint32_t below)
{
    lcg = lcg * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(lcg >> 33) % below;
}
