/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_SECONDARY_EP_REGISTER (FF-A v1.2, 18.2.1). */
#include "ffa/call.h"
#include "partition/runtime_model.h"

#define INSTRUCTION_BYTES 4u

/* The entry point lies in the memory that the partition was loaded into. */
static bool is_inside(const struct partition *partition, uint64_t entry)
{
    const struct manifest_vm *vm = partition->vm;

    return entry % INSTRUCTION_BYTES == 0 && entry >= vm->load_address &&
           entry - vm->load_address < vm->mem_size_bytes;
}

void ffa_secondary_ep_register(const struct ffa_call *call, struct ffa_result *out)
{
    struct partition *partition = call->partition;
    int32_t error = 0;

    if (partition->vcpu_count <= 1) {
        error = FFA_NOT_SUPPORTED;
    } else {
        error = rtm_check(call->vcpu, RTM_ABI_INIT_ONLY, NULL).error;
    }
    if (error == 0 && !is_inside(partition, call->x[1])) {
        error = FFA_INVALID_PARAMETERS;
    }
    if (error != 0) {
        ffa_return_error(out, error);
        return;
    }
    partition->secondary_entry = call->x[1];
    ffa_return_success(out);
}
