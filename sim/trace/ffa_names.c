/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim/trace/ffa_names.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "ffa/abi.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct ffa_function {
    uint32_t fid;
    const char *name;
};

#define F(name)     \
    {               \
        name, #name \
    }

/* 32-bit forms before 64-bit ones: a name without a suffix finds the former first. */
static const struct ffa_function functions[] = {
    F(FFA_ERROR),
    F(FFA_SUCCESS_32),
    F(FFA_SUCCESS_64),
    F(FFA_INTERRUPT),
    F(FFA_VERSION),
    F(FFA_FEATURES),
    F(FFA_RX_RELEASE),
    F(FFA_RXTX_MAP_32),
    F(FFA_RXTX_MAP_64),
    F(FFA_RXTX_UNMAP),
    F(FFA_PARTITION_INFO_GET),
    F(FFA_ID_GET),
    F(FFA_MSG_POLL),
    F(FFA_MSG_WAIT),
    F(FFA_YIELD),
    F(FFA_RUN),
    F(FFA_MSG_SEND),
    F(FFA_MSG_SEND_DIRECT_REQ_32),
    F(FFA_MSG_SEND_DIRECT_REQ_64),
    F(FFA_MSG_SEND_DIRECT_RESP_32),
    F(FFA_MSG_SEND_DIRECT_RESP_64),
    F(FFA_MEM_DONATE_32),
    F(FFA_MEM_DONATE_64),
    F(FFA_MEM_LEND_32),
    F(FFA_MEM_LEND_64),
    F(FFA_MEM_SHARE_32),
    F(FFA_MEM_SHARE_64),
    F(FFA_MEM_RETRIEVE_REQ_32),
    F(FFA_MEM_RETRIEVE_REQ_64),
    F(FFA_MEM_RETRIEVE_RESP),
    F(FFA_MEM_RELINQUISH),
    F(FFA_MEM_RECLAIM),
    F(FFA_MEM_OP_PAUSE),
    F(FFA_MEM_OP_RESUME),
    F(FFA_MEM_FRAG_RX),
    F(FFA_MEM_FRAG_TX),
    F(FFA_NORMAL_WORLD_RESUME),
    F(FFA_NOTIFICATION_BITMAP_CREATE),
    F(FFA_NOTIFICATION_BITMAP_DESTROY),
    F(FFA_NOTIFICATION_BIND),
    F(FFA_NOTIFICATION_UNBIND),
    F(FFA_NOTIFICATION_SET),
    F(FFA_NOTIFICATION_GET),
    F(FFA_NOTIFICATION_INFO_GET_64),
    F(FFA_RX_ACQUIRE),
    F(FFA_SPM_ID_GET),
    F(FFA_MSG_SEND2),
    F(FFA_SECONDARY_EP_REGISTER_64),
    F(FFA_MEM_PERM_GET_32),
    F(FFA_MEM_PERM_GET_64),
    F(FFA_MEM_PERM_SET_32),
    F(FFA_MEM_PERM_SET_64),
    F(FFA_CONSOLE_LOG_32),
    F(FFA_CONSOLE_LOG_64),
    F(FFA_PARTITION_INFO_GET_REGS_64),
    F(FFA_EL3_INTR_HANDLE),
    F(FFA_MSG_SEND_DIRECT_REQ2_64),
    F(FFA_MSG_SEND_DIRECT_RESP2_64),
    F(FFA_NS_RES_INFO_GET_64),
    F(FFA_ABORT_32),
    F(FFA_ABORT_64),
};

struct ffa_code {
    int32_t value;
    const char *name;
};

static const struct ffa_code errors[] = {
    {FFA_NOT_SUPPORTED, "NOT_SUPPORTED"},
    {FFA_INVALID_PARAMETERS, "INVALID_PARAMETERS"},
    {FFA_NO_MEMORY, "NO_MEMORY"},
    {FFA_BUSY, "BUSY"},
    {FFA_INTERRUPTED, "INTERRUPTED"},
    {FFA_DENIED, "DENIED"},
    {FFA_RETRY, "RETRY"},
    {FFA_ABORTED, "ABORTED"},
    {FFA_NO_DATA, "NO_DATA"},
    {FFA_NOT_READY, "NOT_READY"},
};

static const struct ffa_code framework_functions[] = {
    {FFA_FRAMEWORK_PSCI_REQ, "PSCI_REQ"},
    {FFA_FRAMEWORK_PSCI_WARM_BOOT, "PSCI_WARM_BOOT"},
    {FFA_FRAMEWORK_PSCI_RESP, "PSCI_RESP"},
    {FFA_FRAMEWORK_VM_CREATED_REQ, "VM_CREATED_REQ"},
    {FFA_FRAMEWORK_VM_CREATED_RESP, "VM_CREATED_RESP"},
    {FFA_FRAMEWORK_VM_DESTROY_REQ, "VM_DESTROY_REQ"},
    {FFA_FRAMEWORK_VM_DESTROY_RESP, "VM_DESTROY_RESP"},
    {FFA_FRAMEWORK_VERSION_REQ, "VERSION_REQ"},
    {FFA_FRAMEWORK_VERSION_RESP, "VERSION_RESP"},
};

static const struct ffa_code features[] = {
    {FFA_FEATURE_NPI, "NPI"},
    {FFA_FEATURE_SRI, "SRI"},
    {FFA_FEATURE_MEI, "MEI"},
    {FFA_FEATURE_NOTIFICATION_PROPS, "NOTIFICATION_PROPS"},
};

static const char *code_name(const struct ffa_code *codes, size_t count, int32_t value)
{
    for (size_t i = 0; i < count; i++) {
        if (codes[i].value == value) {
            return codes[i].name;
        }
    }
    return NULL;
}

static const char *skip_prefix(const char *name)
{
    return strncmp(name, "FFA_", 4) == 0 ? name + 4 : name;
}

/* Whether `full` (without prefix) is `name`, or `name` with a suffix of its own. */
static bool is_name(const char *full, const char *name)
{
    size_t length = strlen(name);

    if (strncmp(full, name, length) != 0) {
        return false;
    }
    full += length;
    return *full == '\0' || strcmp(full, "_32") == 0 || strcmp(full, "_64") == 0;
}

const char *ffa_name(uint32_t fid)
{
    for (size_t i = 0; i < COUNT(functions); i++) {
        if (functions[i].fid == fid) {
            return functions[i].name;
        }
    }
    return NULL;
}

uint32_t ffa_value(const char *name)
{
    if (name == NULL) {
        return 0;
    }
    name = skip_prefix(name);
    for (size_t i = 0; i < COUNT(functions); i++) {
        if (is_name(skip_prefix(functions[i].name), name)) {
            return functions[i].fid;
        }
    }
    return 0;
}

const char *ffa_error_name(int32_t error)
{
    return code_name(errors, COUNT(errors), error);
}

int32_t ffa_error_value(const char *name)
{
    if (name == NULL) {
        return 0;
    }
    name = skip_prefix(name);
    for (size_t i = 0; i < COUNT(errors); i++) {
        if (strcmp(errors[i].name, name) == 0) {
            return errors[i].value;
        }
    }
    return 0;
}

const char *ffa_framework_name(uint32_t function)
{
    return code_name(framework_functions, COUNT(framework_functions), (int32_t)function);
}

const char *ffa_feature_name(uint32_t feature)
{
    return code_name(features, COUNT(features), (int32_t)feature);
}

const char *ffa_name_at(unsigned index)
{
    return index < COUNT(functions) ? functions[index].name : NULL;
}

const char *ffa_error_name_at(unsigned index)
{
    return index < COUNT(errors) ? errors[index].name : NULL;
}
