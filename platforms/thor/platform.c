/* SPDX-License-Identifier: BSD-3-Clause */
#include "arch/aarch64/platform.h"

const struct platform platform = {
    .name = "thor",
    .uart = {0x0c5f0000u}, /* UART0, SBSA PL011 */
    .uart_pas = PAS_SECURE,
    .gic =
        {
            .present = true,
            .distributor = {0x8146000000u},
            .redistributor_count = 1,
            .redistributor = {{0x8146080000u, 0x380000u}}, /* 14 PEs */
            .redistributor_stride_bytes = 0x40000u,
            .timer_intid = 20,
        },
};
