/* SPDX-License-Identifier: BSD-3-Clause */
/* el0: what the specification and the architecture give to an S-EL0 partition, and what not. */
#include "el0.h"

#include "console.h"
#include "guest.h"
#include "rules.h"
#include "serve.h"

static void touch(uintptr_t address, uint64_t how)
{
    uint32_t value;

    if (how == 0) {
        __asm__ volatile("ldrb %w0, [%1]" : "=r"(value) : "r"(address) : "memory");
    } else if (how == 1) {
        __asm__ volatile("strb wzr, [%0]" : : "r"(address) : "memory");
    } else {
        __asm__ volatile("blr %0" : : "r"(address) : "x30", "memory");
    }
}

static bool is_refused(struct ffa_args r, int32_t code)
{
    return r.x[0] == FFA_ERROR && r.x[2] == (uint32_t)code;
}

static void serving_rules(void)
{
    struct ffa_args r;

    rules_mem_perm_is_over();
    guest_assert(is_refused(ffa_features(FFA_FEATURE_NPI, 0), FFA_NOT_SUPPORTED));
    guest_assert(is_refused(ffa_features(FFA_FEATURE_MEI, 0), FFA_NOT_SUPPORTED));
    guest_assert(is_refused(ffa_features(FFA_SECONDARY_EP_REGISTER_64, 0), FFA_NOT_SUPPORTED));
    guest_assert(is_refused(ffa_secondary_ep_register(__image_start), FFA_NOT_SUPPORTED));
    for (uint32_t fid = FFA_MEM_PERM_GET_32; fid <= FFA_MEM_PERM_SET_32; fid++) {
        r = ffa_features(fid, 0);
        guest_assert(r.x[0] == FFA_SUCCESS_32);
        r = ffa_features(fid | SMCCC_64_BIT, 0);
        guest_assert(r.x[0] == FFA_SUCCESS_32);
    }
    r = (struct ffa_args){.x = {SMCCC_VERSION}};
    ffa_call(&r);
    guest_assert((int32_t)r.x[0] == SMCCC_UNKNOWN);
}

static void handle(struct ffa_args *args, const struct request *request)
{
    uint64_t *word = request->word;
    uint64_t result = 0;

    (void)args;
    switch (word[0]) {
    case EL0_CMD_RULES:
        serving_rules();
        break;
    case EL0_CMD_STATE:
        result = rules_state(word[1]);
        break;
    case EL0_CMD_ALLOWED:
        rules_allowed();
        break;
    case EL0_CMD_TOUCH:
        touch(word[1], word[2]);
        break;
    default:
        rules_die((uint32_t)word[0]);
        return; /* no command: an echo */
    }
    word[0] = EL0_DONE;
    word[1] = result;
}

void guest_main(unsigned pe)
{
    uint32_t version = (uint32_t)guest_parameter;

    (void)pe;
    guest_assert(ffa_version(version) == (int32_t)FFA_VERSION_1_3);
    rules_mem_perm(version);
    console_printf("el0 0x%04x: MEM_PERM as it should be\n", (unsigned)ffa_id_get());
    serve(handle);
}
