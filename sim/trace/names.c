/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim/trace/names.h"

#include <stddef.h>

#include "ffa/abi.h"
#include "sim/trace/event.h"
#include "spmc/partition.h"
#include "spmc/vcpu.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct named {
    uint32_t value;
    const char *name;
};

static const struct named psci_functions[] = {
    {PSCI_VERSION, "PSCI_VERSION"},
    {PSCI_CPU_SUSPEND_32, "PSCI_CPU_SUSPEND"},
    {PSCI_CPU_SUSPEND_64, "PSCI_CPU_SUSPEND"},
    {PSCI_CPU_OFF, "PSCI_CPU_OFF"},
    {PSCI_CPU_ON_32, "PSCI_CPU_ON"},
    {PSCI_CPU_ON_64, "PSCI_CPU_ON"},
    {PSCI_AFFINITY_INFO_32, "PSCI_AFFINITY_INFO"},
    {PSCI_AFFINITY_INFO_64, "PSCI_AFFINITY_INFO"},
    {PSCI_SYSTEM_OFF, "PSCI_SYSTEM_OFF"},
    {PSCI_SYSTEM_RESET, "PSCI_SYSTEM_RESET"},
    {PSCI_FEATURES, "PSCI_FEATURES"},
    {PSCI_SYSTEM_RESET2_32, "PSCI_SYSTEM_RESET2"},
    {PSCI_SYSTEM_RESET2_64, "PSCI_SYSTEM_RESET2"},
};

/* DEN0022, 5.2.2: return error codes; the value is the negated code. */
static const char *const psci_errors[] = {
    "SUCCESS",    "NOT_SUPPORTED",    "INVALID_PARAMETERS", "DENIED",   "ALREADY_ON",
    "ON_PENDING", "INTERNAL_FAILURE", "NOT_PRESENT",        "DISABLED", "INVALID_ADDRESS",
};

static const char *const psci_affinities[] = {"ON", "OFF", "ON_PENDING"};

static const struct named exception_classes[] = {
    {0x00, "unknown reason"},
    {0x01, "trapped WFI or WFE"},
    {0x07, "trapped FP or SIMD access"},
    {0x09, "trapped pointer authentication"},
    {0x0d, "branch target exception"},
    {0x0e, "illegal execution state"},
    {0x11, "SVC from AArch32"},
    {0x15, "SVC"},
    {0x16, "HVC"},
    {0x17, "SMC"},
    {0x18, "trapped system register"},
    {0x19, "trapped SVE access"},
    {0x1c, "pointer authentication failure"},
    {0x20, "instruction abort from a lower EL"},
    {0x21, "instruction abort"},
    {0x22, "PC alignment fault"},
    {0x24, "data abort from a lower EL"},
    {0x25, "data abort"},
    {0x26, "SP alignment fault"},
    {0x2c, "floating-point exception"},
    {0x2f, "SError"},
    {0x30, "breakpoint from a lower EL"},
    {0x31, "breakpoint"},
    {0x32, "software step from a lower EL"},
    {0x33, "software step"},
    {0x34, "watchpoint from a lower EL"},
    {0x35, "watchpoint"},
    {0x3c, "BRK"},
};

static const char *const event_types[] = {
#define X(name, printed, doc) printed,
    EVENT_CATALOGUE(X)
#undef X
};

static const char *const conduits[] = {
    [EVENT_SMC] = "SMC", [EVENT_HVC] = "HVC", [EVENT_SVC] = "SVC", [EVENT_ERET] = "ERET"};

static const char *const interrupts[] = {"pending", "acknowledged", "ended"};

static const char *const partition_states[] = {
    [PARTITION_NULL] = "null",
    [PARTITION_CREATED] = "created",
    [PARTITION_RUNNING] = "running",
    [PARTITION_ABORTING] = "aborting",
};

static const char *const vcpu_states[] = {
    [VCPU_NULL] = "null",         [VCPU_OFF] = "off",
    [VCPU_CREATED] = "created",   [VCPU_STARTING] = "starting",
    [VCPU_RUNNING] = "running",   [VCPU_WAITING] = "waiting",
    [VCPU_BLOCKED] = "blocked",   [VCPU_PREEMPTED] = "preempted",
    [VCPU_STOPPING] = "stopping", [VCPU_STOPPED] = "stopped",
    [VCPU_ABORTED] = "aborted",
};

static const char *find(const struct named *table, size_t count, uint32_t value)
{
    for (size_t i = 0; i < count; i++) {
        if (table[i].value == value) {
            return table[i].name;
        }
    }
    return NULL;
}

static const char *at(const char *const *table, size_t count, uint64_t index, const char *otherwise)
{
    return index < count && table[index] != NULL ? table[index] : otherwise;
}

const char *psci_name(uint32_t fid)
{
    return find(psci_functions, COUNT(psci_functions), fid);
}

const char *psci_error_name(int32_t error)
{
    return error > 0 ? NULL : at(psci_errors, COUNT(psci_errors), 0 - (uint32_t)error, NULL);
}

const char *psci_affinity_name(int32_t state)
{
    return at(psci_affinities, COUNT(psci_affinities), (uint32_t)state, NULL);
}

const char *esr_class_name(unsigned ec)
{
    return find(exception_classes, COUNT(exception_classes), ec);
}

const char *esr_fault_name(unsigned status)
{
    switch (status & 0x3cu) {
    case 0x00:
        return "address size fault";
    case 0x04:
        return "translation fault";
    case 0x08:
        return "access flag fault";
    case 0x0c:
        return "permission fault";
    default:
        break;
    }
    return status == 0x10   ? "external abort"
           : status == 0x21 ? "alignment fault"
           : status == 0x30 ? "TLB conflict"
                            : NULL;
}

const char *event_type_name(unsigned type)
{
    return at(event_types, COUNT(event_types), type, "?");
}

const char *event_conduit_name(uint64_t conduit)
{
    return at(conduits, COUNT(conduits), conduit, "?");
}

const char *event_partition_state_name(uint64_t state)
{
    return at(partition_states, COUNT(partition_states), state, "?");
}

const char *event_vcpu_state_name(uint64_t state)
{
    return at(vcpu_states, COUNT(vcpu_states), state, "?");
}

const char *event_interrupt_name(uint64_t what)
{
    return at(interrupts, COUNT(interrupts), what, "?");
}
