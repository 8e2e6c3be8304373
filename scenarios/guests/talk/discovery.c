/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Discovery by a kernel of version GUEST_PARAMETER. Partitions: 1 partner, 2 partner of FF-A 1.1,
 * 3 partner of FF-A 1.0, 4 one with two services, 5 echo.
 */
#include "console.h"
#include "guest_uuids.h"
#include "rules.h"
#include "talk_kernel.h"

#define PARTITIONS 5u
#define SERVICES   6u

static const struct ffa_uuid unknown = FFA_UUID(0xdfa65ffd, 0x2a3e, 0x424a, 0x98f6, 0x96df11f8ed06);
static const struct ffa_uuid second_service =
    FFA_UUID(0x22000000, 0x0000, 0x0000, 0x0000, 0x000000000022);
static const struct ffa_uuid echo = UUID_ECHO;
static const struct ffa_uuid any = {0, 0};

static uint32_t entries(uint32_t version)
{
    return version >= FFA_VERSION_1_2 ? SERVICES : PARTITIONS;
}

static void by_uuid(void)
{
    const uint16_t *rx = (const uint16_t *)(uintptr_t)talk_page(1);

    expect_error(FFA_BUSY, ffa_partition_info_get(echo, 0));
    expect_ok(CALL(FFA_RXTX_MAP_64, talk_page(0), talk_page(1), 1));
    guest_assert(ffa_partition_info_get(echo, 0).x[2] == 1);
    guest_assert(*(const volatile uint16_t *)rx == SP(5));
    expect_error(FFA_BUSY, ffa_partition_info_get(second_service, 0));
    guest_assert(ffa_partition_info_get(second_service, FFA_PARTITION_INFO_COUNT_ONLY).x[2] == 1);
    expect_ok(ffa_rx_release());
    guest_assert(ffa_partition_info_get(second_service, 0).x[2] == 1);
    guest_assert(*(const volatile uint16_t *)rx == SP(4));
    expect_ok(ffa_rx_release());
    expect_error(FFA_INVALID_PARAMETERS, ffa_partition_info_get(unknown, 0));
    expect_error(FFA_INVALID_PARAMETERS,
                 ffa_partition_info_get(unknown, FFA_PARTITION_INFO_COUNT_ONLY));
    for (unsigned bit = 1; bit < 32; bit++) {
        expect_error(FFA_INVALID_PARAMETERS, ffa_partition_info_get(any, 1u << bit));
    }
    expect_error(FFA_INVALID_PARAMETERS, CALL(FFA_PARTITION_INFO_GET, 0, 0, 0, 0, 1, 1));
    expect_error(FFA_INVALID_PARAMETERS, CALL(FFA_PARTITION_INFO_GET, 0, 0, 0, 0, 1, 0, 1));
    expect_error(FFA_NOT_SUPPORTED, CALL(FFA_PARTITION_INFO_GET | SMCCC_64_BIT));
    expect_error(FFA_DENIED, ffa_rx_release());
    expect_ok(ffa_rxtx_unmap());
}

static void by_registers(void)
{
    if (talk_me.version < FFA_VERSION_1_2) {
        expect_error(FFA_NOT_SUPPORTED, ffa_partition_info_get_regs(any, 0, 0));
        return;
    }
    struct ffa_args r = ffa_partition_info_get_regs(echo, 0, 0);

    guest_assert(talk_is_ok(r) && (uint32_t)r.x[2] == 0 && (uint16_t)r.x[3] == SP(5));
    expect_error(FFA_INVALID_PARAMETERS, ffa_partition_info_get_regs(echo, 1, 0));
    expect_error(FFA_INVALID_PARAMETERS, ffa_partition_info_get_regs(unknown, 0, 0));
    expect_error(FFA_INVALID_PARAMETERS, ffa_partition_info_get_regs(any, SERVICES, 0));
    expect_error(FFA_INVALID_PARAMETERS, ffa_partition_info_get_regs(any, 0xffff, 0));
    expect_error(FFA_RETRY, ffa_partition_info_get_regs(any, 0, 7));
    expect_error(FFA_INVALID_PARAMETERS,
                 CALL(FFA_PARTITION_INFO_GET_REGS_64, 0, 0, 0x100000000ull));
    expect_error(FFA_INVALID_PARAMETERS, CALL(FFA_PARTITION_INFO_GET_REGS_64, 0, 0, 0, 1));
    for (uint16_t start = 0; start < SERVICES; start++) {
        r = ffa_partition_info_get_regs(any, start, 0);
        guest_assert(talk_is_ok(r) && (uint16_t)r.x[2] == SERVICES - 1);
        guest_assert((uint16_t)r.x[3] >= SP(1) && (uint16_t)r.x[3] <= SP(PARTITIONS));
    }
}

void guest_main(unsigned pe)
{
    (void)pe;
    talk_begin((uint32_t)guest_parameter);
    by_uuid();
    by_registers();
    console_printf("talk: the kernel saw 0x%lx\n", rules_discovery(entries(talk_me.version)));
    static const uint32_t versions[] = {0, FFA_VERSION_1_3, FFA_VERSION_1_1, FFA_VERSION_1_0};

    for (unsigned n = 1; n <= 3; n++) {
        uint64_t sum = talk_ask(SP(n), TALK_DISCOVERY, FFA_CONDUIT_SMC, entries(versions[n]));

        guest_assert(sum == talk_ask(SP(n), TALK_DISCOVERY, FFA_CONDUIT_HVC, entries(versions[n])));
        console_printf("talk: partition %u saw 0x%lx\n", n, sum);
    }
    talk_end("everybody is found, by everybody, in each way");
}
