/* SPDX-License-Identifier: BSD-3-Clause */
#include "arch/aarch64/platform.h"

const struct platform platform = {
    .name = "thor",
    .uart = {0x0c5f0000u}, /* UART0, SBSA PL011 */
    .uart_pas = PAS_SECURE,
};
