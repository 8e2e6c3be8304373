/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What an S-EL0 partition can not reach. Partitions: 1 echo_el0 (lives), 2 el0 with what its
 * manifest gives of the normal world, from 3 on el0 without. Addresses are those of board qemu.
 */
#include "el0.h"
#include "kernel.h"

#define LIVES   SP(1)
#define RICH    SP(2)
#define VICTIMS SP(3)

enum { READ, WRITE, CALL_IT };

/* GUEST_PARAMETER: where the first victim's package lies; one follows the other, this far apart. */
#define PACKAGE_BYTES 0x40000u

static const struct {
    uint64_t address;
    uint64_t how;
    bool relative; /* to its own package */
} touches[] = {
    {0x0e100000, READ, false},                /* the SPMC */
    {0x0e100000, CALL_IT, false},             /* its code */
    {0x0e300000, WRITE, false},               /* another partition */
    {0x0e040000, READ, false},                /* EL3's memory */
    {0x40000000, WRITE, false},               /* the normal world */
    {0x09040000, WRITE, false},               /* the secure UART */
    {0x10000000000, READ, false},             /* beyond its address space */
    {0xffffffff00000000, READ, false},        /* the upper half */
    {0x00800000000000, READ, false},          /* where the SPMC has its windows */
    {0, WRITE, true},                         /* its own package: code, not data */
    {EL0_CONSTANT_OFFSET, WRITE, true},       /* a read-only region */
    {EL0_ZEROED_OFFSET, CALL_IT, true},       /* a region without code */
    {EL0_NORMAL_WORLD + 0x1000, READ, false}, /* and not the page behind it */
};

static const struct {
    uint64_t address;
    uint64_t how;
} allowed[] = {
    {0, READ},
    {EL0_CONSTANT_OFFSET, READ},
    {EL0_ZEROED_OFFSET, WRITE},
    {EL0_CODE_OFFSET, READ},
};

static void reaches(uint16_t id, uint64_t address, uint64_t how)
{
    struct ffa_args r = el0_send(id, EL0_CMD_TOUCH, address, how);

    guest_assert(r.x[0] == FFA_MSG_SEND_DIRECT_RESP_64 && r.x[3] == EL0_DONE);
}

static void rich(void)
{
    reaches(RICH, EL0_NORMAL_WORLD, READ);
    reaches(RICH, EL0_NORMAL_WORLD, WRITE);
    reaches(RICH, EL0_DEVICE + 0x18, READ);                   /* UARTFR */
    el0_kill(RICH, EL0_CMD_TOUCH, EL0_NORMAL_WORLD, CALL_IT); /* it is data */
    talk_echo(LIVES);
}

void guest_main(unsigned pe)
{
    (void)pe;
    talk_begin(FFA_VERSION_1_3);
    rich();
    for (unsigned i = 0; i < sizeof(touches) / sizeof(touches[0]); i++) {
        uint16_t id = (uint16_t)(VICTIMS + i);
        uint64_t package = guest_parameter + (uint64_t)i * PACKAGE_BYTES;

        for (unsigned k = 0; k < sizeof(allowed) / sizeof(allowed[0]); k++) {
            reaches(id, package + allowed[k].address, allowed[k].how);
        }
        el0_kill(id, EL0_CMD_TOUCH, touches[i].address + (touches[i].relative ? package : 0),
                 touches[i].how);
        talk_echo(LIVES);
    }
    talk_end("an S-EL0 partition reaches its own memory, and nothing else");
}
