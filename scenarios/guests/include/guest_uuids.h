/* SPDX-License-Identifier: BSD-3-Clause */
/* Service UUIDs of the guests, as in their manifests; initialisers of a struct ffa_uuid. */
#ifndef GUEST_UUIDS_H
#define GUEST_UUIDS_H

#define UUID_ECHO          FFA_UUID(0xdfa65ffd, 0x2a3e, 0x424a, 0x98f6, 0x96df11f8ed05)
#define UUID_RELAY         FFA_UUID(0x62fd0fb0, 0xea4a, 0x4bc8, 0x9fd8, 0xb6f0da726022)
#define UUID_FAILING_ERROR FFA_UUID(0x98027484, 0x8154, 0x4103, 0xaf14, 0xab9705a752ad)
#define UUID_FAILING_ABORT FFA_UUID(0xef9abfbb, 0x6bfb, 0x435f, 0x91a6, 0xb1a6a1102cfd)
#define UUID_FAILING_CRASH FFA_UUID(0x363d5fc5, 0x78c6, 0x44da, 0xaa85, 0x2099c120a930)
#define UUID_BENCH_LOOP    FFA_UUID(0xc24e1bac, 0x0885, 0x4533, 0xb55e, 0x611872e6988d)
#define UUID_FAULTS        FFA_UUID(0x6b1a0d3c, 0x57f2, 0x4c89, 0x9e40, 0x8d21f5b7c6a4)

/* Of all the boot_info partitions: they differ in what their manifests ask for. */
#define UUID_BOOT_INFO FFA_UUID(0x3f1d5a7c, 0x90b2, 0x4e64, 0xa8c1, 0x5be20d9473f6)

#endif
