/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * boot_info: reads the boot information that it was started with, looks whether the manifest in it
 * is its own, and tells whoever asks (guest_commands.h) what it found.
 */
#include "console.h"
#include "guest.h"
#include "guest_commands.h"
#include "parse.h"
#include "serve.h"

static struct boot_info info;
static uint32_t manifest_version;
static uint32_t manifest_register;

/* Its own manifest: the register and the version are those that it saw. */
static void check_manifest(const struct boot_info_item *item)
{
    const uint8_t *fdt = (const uint8_t *)(uintptr_t)item->address;
    size_t size_bytes = (size_t)item->size_bytes;

    guest_assert(fdt_root_u32(fdt, size_bytes, "ffa-version", &manifest_version));
    guest_assert(fdt_root_u32(fdt, size_bytes, "gp-register-num", &manifest_register));
    guest_assert(manifest_version == info.form);
    guest_assert(manifest_register == info.gp_register);
}

static void answer(uint64_t *word)
{
    uint64_t index = word[1];

    word[1] = word[2] = word[3] = word[4] = 0;
    switch (word[0]) {
    case BOOT_INFO_CMD_BLOB:
        word[1] = info.form;
        word[2] = info.count;
        word[3] = info.gp_register;
        word[4] = info.size_bytes;
        break;
    case BOOT_INFO_CMD_DESCRIPTOR:
        if (index < info.count) {
            word[1] = info.item[index].type;
            word[2] = info.item[index].size_bytes;
            word[3] = info.item[index].address - info.base;
        }
        break;
    case BOOT_INFO_CMD_MANIFEST:
        word[1] = manifest_version;
        word[2] = manifest_register;
        break;
    default:
        break;
    }
}

static void handle(struct ffa_args *args, const struct request *request)
{
    (void)args;
    if (request->function != FFA_MSG_SEND_DIRECT_REQ_32) {
        answer(request->word);
    }
}

void guest_main(unsigned pe)
{
    (void)pe;
    boot_info_parse(&info);
    for (uint32_t i = 0; i < info.count; i++) {
        if (info.item[i].type == BOOT_INFO_TYPE_FDT) {
            check_manifest(&info.item[i]);
        }
    }
    if (info.gp_register == BOOT_INFO_NO_REGISTER) {
        console_printf("boot_info: none\n");
    } else {
        console_printf("boot_info: form %u.%u in x%u, %u descriptor(s)\n", info.form >> 16,
                       info.form & 0xffffu, info.gp_register, info.count);
    }
    serve(handle);
}
