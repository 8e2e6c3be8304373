/* SPDX-License-Identifier: BSD-3-Clause */
/* Cold and secondary boot, and the loop that the arch side owns: run a vCPU, bring its exit back.
 */
#include "arch/aarch64/platform.h"
#include "arch/aarch64/port.h"
#include "arch/aarch64/sysreg.h"
#include "spmc/mem.h"

#define FDT_MAGIC         0xd00dfeedu
#define INSTRUCTION_BYTES 4u

static uint32_t big_endian(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static struct arch_pe *pe_init(uint64_t linear)
{
    struct arch_pe *pe = (struct arch_pe *)(void *)(port_pes_start + linear * PE_BYTES);
    uint64_t key[2] = {pe->apia[0], pe->apia[1]}; /* in use since entry.S */

    memset(pe, 0, sizeof(*pe));
    pe->apia[0] = key[0];
    pe->apia[1] = key[1];
    pe->index = (uint32_t)linear;
    pe->emergency_stack = pe->emergency + sizeof(pe->emergency);
    pe->has_sve = ID_PFR0_SVE(read_id_aa64pfr0_el1()) != 0;
    pe->has_ecv = ID_MMFR0_ECV(read_id_aa64mmfr0_el1()) != 0;
    write_mdcr_el2(MDCR_TPMCR | MDCR_TPM | MDCR_TDA | MDCR_TDOSA | MDCR_TDRA | MDCR_TTRF);
    timer_init(pe);
    if (platform.gic.present) {
        write_icc_sre_el2(ICC_SRE_DIRECT);
        isb();
        write_ich_hcr_el2(ICH_HCR_TC | ICH_HCR_TALL0 | ICH_HCR_TALL1);
    }
    isb();
    return pe;
}

/* FP was open for libfdt, which comes compiled with it: nothing of it may stay in the registers. */
static void end_fp(void)
{
    static const uint8_t zeros[32][16];

    fp_load(zeros);
    write_fpsr(0);
    write_fpcr(0);
    write_cptr_el2(0);
    isb();
}

static void run_partition(struct arch_pe *pe, struct vcpu *vcpu, struct vcpu_exit *exit)
{
    struct arch_vcpu *arch = vcpu->arch;
    bool el0 = arch->ttbr0 != 0;
    uint64_t kind;

    for (uint32_t n = 0; n < vcpu->frame.store; n++) {
        arch->x[n] = vcpu->frame.x[n];
    }
    vcpu->frame.store = 0;
    context_enter(pe, arch);
    for (;;) {
        kind = el0 ? arch_enter_el0(arch, pe) : arch_enter(arch, pe);
        exit->esr = read_esr_el2();
        if (kind != EXIT_SYNC || ESR_EC(exit->esr) != ESR_EC_FP) {
            break;
        }
        context_take_fp(pe, arch);
    }
    exit->far = read_far_el2();
    if (!el0) { /* it has no stage 2 */
        exit->hpfar =
            platform.hpfar_ns_is_wrong ? fault_hpfar(exit->esr, exit->far) : read_hpfar_el2();
    }
    context_left(pe, arch);
    memcpy(vcpu->frame.x, arch->x, FFA_REGS * sizeof(arch->x[0]));
    switch (kind) {
    case EXIT_SYNC:
        exit->kind = VCPU_EXIT_SYNC;
        if (ESR_EC(exit->esr) == ESR_EC_SMC64) {
            arch->pc += INSTRUCTION_BYTES; /* a trapped SMC has not been passed */
        }
        break;
    case EXIT_IRQ:
        exit->kind = VCPU_EXIT_IRQ;
        break;
    case EXIT_FIQ:
        exit->kind = VCPU_EXIT_FIQ;
        break;
    default:
        exit->kind = VCPU_EXIT_SERROR;
        break;
    }
}

static _Noreturn void run_for_ever(struct arch_pe *pe, struct spmc_cpu *cpu, struct vcpu *vcpu)
{
    for (;;) {
        struct vcpu_exit exit = {0};

        if (vcpu->arch == NULL) {
            context_enter_nwd(pe);
            vcpu->frame.store = 0;
            port_smc(vcpu->frame.x);
            exit.kind = VCPU_EXIT_EL3;
        } else {
            run_partition(pe, vcpu, &exit);
        }
        vcpu = spmc_handle_exit(cpu, vcpu, &exit);
    }
}

/* The PE's node in the SPMC manifest; EL3 may number PEs in another order. */
static struct spmc_cpu *find_cpu(void)
{
    uint64_t mpidr = read_mpidr_el1() & MPIDR_AFFINITY;
    struct spmc_cpu *cpu;

    for (uint32_t i = 0; (cpu = spmc_cpu(port_state.spmc, i)) != NULL; i++) {
        if (cpu->mpidr == mpidr) {
            return cpu;
        }
    }
    return NULL;
}

/* The manifest lies in memory of the boot firmware: taken once, into memory of the SPMC. */
static size_t copy_manifest(struct arch_pe *pe, uint64_t manifest)
{
    uint8_t header[8];
    uint32_t size;

    if (!arch_copy_from(pe, header, paddr(manifest), sizeof(header), PAS_SECURE) ||
        big_endian(header) != FDT_MAGIC) {
        arch_panic(pe, "x0 does not point to an SPMC manifest (device tree blob)");
    }
    size = big_endian(header + 4);
    if (size > PORT_MANIFEST_MAX ||
        !arch_copy_from(pe, port_manifest, paddr(manifest), size, PAS_SECURE)) {
        arch_panic(pe, "the SPMC manifest is larger than 64 KiB, or not in secure memory");
    }
    return size;
}

static _Noreturn void boot_failed(struct arch_pe *pe)
{
    uint64_t x[FFA_REGS_EXTENDED] = {FFA_ERROR, 0, (uint32_t)FFA_ABORTED};

    arch_el3_call(pe, x);
    arch_panic(pe, "EL3 came back after a failed boot");
}

_Noreturn void port_main(uint64_t manifest, uint64_t linear)
{
    struct arch_pe *pe = pe_init(linear);
    const uint64_t image = (uint64_t)(uintptr_t)port_image_start;
    const struct spmc_boot_params params = {
        .manifest = port_manifest,
        .manifest_size_bytes = copy_manifest(pe, manifest),
        .boot_mpidr = read_mpidr_el1() & MPIDR_AFFINITY,
        .secondary_entry = (uint64_t)(uintptr_t)port_secondary_entry,
        .spmc_range = {image, (uint64_t)(port_image_end - port_image_start)},
        .pool_base = {(uint64_t)(uintptr_t)port_pool_start},
        .pool_size_bytes = (uint64_t)(port_pool_end - port_pool_start),
        .arena = port_arena_start,
        .arena_size_bytes = (size_t)(port_arena_end - port_arena_start),
        .has_uart = true,
        .uart = platform.uart,
        .uart_pas = platform.uart_pas,
        .gic = platform.gic,
    };
    struct vcpu *vcpu = spmc_cold_boot(pe, &params, &port_state.spmc);

    end_fp();
    if (vcpu == NULL) {
        boot_failed(pe);
    }
    run_for_ever(pe, find_cpu(), vcpu);
}

_Noreturn void port_secondary_main(uint64_t linear)
{
    struct arch_pe *pe = pe_init(linear);
    struct spmc_cpu *cpu = find_cpu();
    struct vcpu *vcpu;

    end_fp();
    vcpu = cpu != NULL ? spmc_secondary_boot(port_state.spmc, pe, cpu->index) : NULL;
    if (vcpu == NULL) {
        arch_panic(pe, "this PE has no node in the SPMC manifest");
    }
    run_for_ever(pe, cpu, vcpu);
}
