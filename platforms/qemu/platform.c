/* SPDX-License-Identifier: BSD-3-Clause */
#include "arch/aarch64/platform.h"

const struct platform platform = {
    .name = "qemu",
    .uart = {0x09040000u}, /* UART1, the secure one */
    .uart_pas = PAS_SECURE,
    .gic =
        {
            .present = true,
            .distributor = {0x08000000u},
            .redistributor_count = 1,
            .redistributor = {{0x080a0000u, 0x100000u}}, /* 8 PEs */
            .redistributor_stride_bytes = 0x20000u,
            .timer_intid = 20,
        },
    .hpfar_ns_is_wrong = true,
};
