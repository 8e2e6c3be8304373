/* SPDX-License-Identifier: BSD-3-Clause */
#include "arch/aarch64/platform.h"

const struct platform platform = {
    .name = "fvp",
    .uart = {0x1c0b0000u}, /* UART2; UART0 is the normal world's, UART1 TF-A's run-time console */
    .uart_pas = PAS_SECURE,
    .gic =
        {
            .present = true,
            .distributor = {0x2f000000u},
            .redistributor_count = 1,
            .redistributor = {{0x2f100000u, 0x200000u}}, /* two or four frames, as configured */
            .timer_intid = 20,
        },
};
