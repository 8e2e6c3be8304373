/* SPDX-License-Identifier: BSD-3-Clause */
/* The faulting IPA, where HPFAR_EL2 does not say in which address space it is. */
#include "arch/aarch64/port.h"
#include "arch/aarch64/sysreg.h"
#include "spmc/vcpu.h"

uint64_t fault_hpfar(uint64_t esr, uint64_t far)
{
    uint64_t hpfar = read_hpfar_el2();
    uint64_t ec = ESR_EC(esr);
    uint64_t partitions;
    uint64_t par;

    if ((ec != ESR_EC_IABT_LOWER && ec != ESR_EC_DABT_LOWER) || (esr & ESR_S1PTW) != 0) {
        return hpfar; /* or the walk itself faulted: it can not be asked */
    }
    partitions = read_par_el1();
    __asm__ volatile("at s1e1r, %0\n\tisb" : : "r"(far) : "memory");
    par = read_par_el1();
    write_par_el1(partitions);
    if ((par & PAR_F) != 0) {
        return hpfar; /* changed since by another vCPU */
    }
    return (par & PAR_NS) != 0 ? hpfar | HPFAR_NS : hpfar & ~HPFAR_NS;
}
