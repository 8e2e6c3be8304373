/* SPDX-License-Identifier: BSD-3-Clause */
#include "arch/aarch64/platform.h"

const struct platform platform = {
    .name = "qemu",
    .uart = {0x09040000u}, /* UART1, the secure one */
    .uart_pas = PAS_SECURE,
    .hpfar_ns_is_wrong = true,
};
