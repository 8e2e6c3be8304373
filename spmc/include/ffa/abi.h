/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FF-A ABI constants (DEN0077, v1.0 to v1.3): function identifiers, error codes, fixed identities
 * and register-level encodings. Constants only: the SPMC, the SPMD, the simulator and guests all
 * use it.
 */
#ifndef FFA_ABI_H
#define FFA_ABI_H

/* SMCCC */
#define SMCCC_FAST_BIT      0x80000000u
#define SMCCC_64_BIT        0x40000000u
#define SMCCC_SVE_HINT      0x00010000u
#define SMCCC_VERSION       0x80000000u
#define SMCCC_ARCH_FEATURES 0x80000001u
#define SMCCC_UNKNOWN       (-1)

/* PSCI (DEN0022), the calls that an EL3 dispatcher answers for the normal world */
#define PSCI_VERSION           0x84000000u
#define PSCI_CPU_SUSPEND_32    0x84000001u
#define PSCI_CPU_OFF           0x84000002u
#define PSCI_CPU_ON_32         0x84000003u
#define PSCI_AFFINITY_INFO_32  0x84000004u
#define PSCI_MIGRATE_INFO_TYPE 0x84000006u
#define PSCI_SYSTEM_OFF        0x84000008u
#define PSCI_SYSTEM_RESET      0x84000009u
#define PSCI_FEATURES          0x8400000au
#define PSCI_SYSTEM_RESET2_32  0x84000012u
#define PSCI_CPU_SUSPEND_64    0xc4000001u
#define PSCI_CPU_ON_64         0xc4000003u
#define PSCI_AFFINITY_INFO_64  0xc4000004u
#define PSCI_SYSTEM_RESET2_64  0xc4000012u
#define PSCI_SUCCESS           0
#define PSCI_NOT_SUPPORTED     (-1)
#define PSCI_INVALID_PARAMS    (-2)
#define PSCI_DENIED            (-3)
#define PSCI_ALREADY_ON        (-4)
#define PSCI_ON_PENDING        (-5)
#define PSCI_INVALID_ADDRESS   (-9)
/* AFFINITY_INFO */
#define PSCI_AFFINITY_ON         0
#define PSCI_AFFINITY_OFF        1
#define PSCI_AFFINITY_ON_PENDING 2

/* FF-A function identifiers; the 64-bit form of a call is its 32-bit form with SMCCC_64_BIT set. */
#define FFA_FID_FIRST 0x84000060u
#define FFA_FID_LAST  0x840000efu

#define FFA_ERROR                       0x84000060u
#define FFA_SUCCESS_32                  0x84000061u
#define FFA_SUCCESS_64                  0xc4000061u
#define FFA_INTERRUPT                   0x84000062u
#define FFA_VERSION                     0x84000063u
#define FFA_FEATURES                    0x84000064u
#define FFA_RX_RELEASE                  0x84000065u
#define FFA_RXTX_MAP_32                 0x84000066u
#define FFA_RXTX_MAP_64                 0xc4000066u
#define FFA_RXTX_UNMAP                  0x84000067u
#define FFA_PARTITION_INFO_GET          0x84000068u
#define FFA_ID_GET                      0x84000069u
#define FFA_MSG_POLL                    0x8400006au
#define FFA_MSG_WAIT                    0x8400006bu
#define FFA_YIELD                       0x8400006cu
#define FFA_RUN                         0x8400006du
#define FFA_MSG_SEND                    0x8400006eu
#define FFA_MSG_SEND_DIRECT_REQ_32      0x8400006fu
#define FFA_MSG_SEND_DIRECT_REQ_64      0xc400006fu
#define FFA_MSG_SEND_DIRECT_RESP_32     0x84000070u
#define FFA_MSG_SEND_DIRECT_RESP_64     0xc4000070u
#define FFA_MEM_DONATE_32               0x84000071u
#define FFA_MEM_DONATE_64               0xc4000071u
#define FFA_MEM_LEND_32                 0x84000072u
#define FFA_MEM_LEND_64                 0xc4000072u
#define FFA_MEM_SHARE_32                0x84000073u
#define FFA_MEM_SHARE_64                0xc4000073u
#define FFA_MEM_RETRIEVE_REQ_32         0x84000074u
#define FFA_MEM_RETRIEVE_REQ_64         0xc4000074u
#define FFA_MEM_RETRIEVE_RESP           0x84000075u
#define FFA_MEM_RELINQUISH              0x84000076u
#define FFA_MEM_RECLAIM                 0x84000077u
#define FFA_MEM_OP_PAUSE                0x84000078u
#define FFA_MEM_OP_RESUME               0x84000079u
#define FFA_MEM_FRAG_RX                 0x8400007au
#define FFA_MEM_FRAG_TX                 0x8400007bu
#define FFA_NORMAL_WORLD_RESUME         0x8400007cu
#define FFA_NOTIFICATION_BITMAP_CREATE  0x8400007du
#define FFA_NOTIFICATION_BITMAP_DESTROY 0x8400007eu
#define FFA_NOTIFICATION_BIND           0x8400007fu
#define FFA_NOTIFICATION_UNBIND         0x84000080u
#define FFA_NOTIFICATION_SET            0x84000081u
#define FFA_NOTIFICATION_GET            0x84000082u
#define FFA_NOTIFICATION_INFO_GET_64    0xc4000083u
#define FFA_RX_ACQUIRE                  0x84000084u
#define FFA_SPM_ID_GET                  0x84000085u
#define FFA_MSG_SEND2                   0x84000086u
#define FFA_SECONDARY_EP_REGISTER_64    0xc4000087u
#define FFA_MEM_PERM_GET_32             0x84000088u
#define FFA_MEM_PERM_GET_64             0xc4000088u
#define FFA_MEM_PERM_SET_32             0x84000089u
#define FFA_MEM_PERM_SET_64             0xc4000089u
#define FFA_CONSOLE_LOG_32              0x8400008au
#define FFA_CONSOLE_LOG_64              0xc400008au
#define FFA_PARTITION_INFO_GET_REGS_64  0xc400008bu
#define FFA_EL3_INTR_HANDLE             0x8400008cu
#define FFA_MSG_SEND_DIRECT_REQ2_64     0xc400008du
#define FFA_MSG_SEND_DIRECT_RESP2_64    0xc400008eu
#define FFA_NS_RES_INFO_GET_64          0xc400008fu
#define FFA_ABORT_32                    0x84000090u
#define FFA_ABORT_64                    0xc4000090u

/* Error codes, in w2 of FFA_ERROR (v1.2, table 12.2) */
#define FFA_NOT_SUPPORTED      (-1)
#define FFA_INVALID_PARAMETERS (-2)
#define FFA_NO_MEMORY          (-3)
#define FFA_BUSY               (-4)
#define FFA_INTERRUPTED        (-5)
#define FFA_DENIED             (-6)
#define FFA_RETRY              (-7)
#define FFA_ABORTED            (-8)
#define FFA_NO_DATA            (-9)
#define FFA_NOT_READY          (-10)

/* Versions: bit 31 zero, [30:16] major, [15:0] minor */
#define FFA_VERSION_1_0      0x00010000u
#define FFA_VERSION_1_1      0x00010001u
#define FFA_VERSION_1_2      0x00010002u
#define FFA_VERSION_1_3      0x00010003u
#define FFA_VERSION_RESERVED 0x80000000u
#define FFA_VERSION_MAJOR(v) (((v) >> 16) & 0x7fffu)
#define FFA_VERSION_MINOR(v) ((v)&0xffffu)

/* Identities (16 bits; bit 15 set: secure world) */
#define FFA_ID_NWD        0x0000u /* hypervisor, or the OS kernel where there is none */
#define FFA_ID_SPMC       0x8000u
#define FFA_ID_SP_FIRST   0x8001u
#define FFA_ID_LSP_FIRST  0xffc0u /* logical partitions at EL3 */
#define FFA_ID_LSP_LAST   0xfffeu
#define FFA_ID_SPMD       0xffffu
#define FFA_ID_SECURE_BIT 0x8000u

/* w1 of messages: [31:16] sender, [15:0] receiver; of FFA_RUN and FFA_INTERRUPT: endpoint, vCPU */
#define FFA_SENDER(w1)   ((uint16_t)((w1) >> 16))
#define FFA_RECEIVER(w1) ((uint16_t)(w1))
#define FFA_PAIR(hi, lo) (((uint32_t)(uint16_t)(hi) << 16) | (uint16_t)(lo))

/* w2 of a direct request: framework message flag and its function */
#define FFA_FRAMEWORK_MSG             0x80000000u
#define FFA_FRAMEWORK_FUNCTION(w2)    ((w2)&0xffu)
#define FFA_FRAMEWORK_PSCI_REQ        0x00u
#define FFA_FRAMEWORK_PSCI_WARM_BOOT  0x01u
#define FFA_FRAMEWORK_PSCI_RESP       0x02u
#define FFA_FRAMEWORK_VM_CREATED_REQ  0x04u
#define FFA_FRAMEWORK_VM_CREATED_RESP 0x05u
#define FFA_FRAMEWORK_VM_DESTROY_REQ  0x06u
#define FFA_FRAMEWORK_VM_DESTROY_RESP 0x07u
#define FFA_FRAMEWORK_VERSION_REQ     0x08u
#define FFA_FRAMEWORK_VERSION_RESP    0x09u

/* FFA_FEATURES: feature identifiers (w1, bit 31 clear) */
#define FFA_FEATURE_NPI                0x1u
#define FFA_FEATURE_SRI                0x2u
#define FFA_FEATURE_MEI                0x3u
#define FFA_FEATURE_NOTIFICATION_PROPS 0x4u

/* FFA_MEM_PERM_GET, FFA_MEM_PERM_SET: [1:0] data (01 read-write, 11 read-only), [2] execute-never
 */
#define FFA_MEM_PERM_RX 0x3u
#define FFA_MEM_PERM_RW 0x5u
#define FFA_MEM_PERM_RO 0x7u

/* FFA_MSG_WAIT flags (w2, v1.2) */
#define FFA_MSG_WAIT_RETAIN_RX 0x1u

/* w2 of FFA_MSG_SEND2 */
#define FFA_MSG_SEND2_DELAY_SRI 0x2u

/* FFA_PARTITION_INFO_GET flags (w5) */
#define FFA_PARTITION_INFO_COUNT_ONLY 0x1u

/*
 * FFA_NS_RES_INFO_GET (v1.3, 13.13): flags (x2); the answer is a header and address map descriptors
 * (AMD) of as many bytes
 */
#define FFA_NS_RES_TARGET_VALID (1u << 0)
#define FFA_NS_RES_TYPE_MASK    (3u << 2) /* 0: memory regions */
#define FFA_NS_RES_CONTINUE     (1u << 4)
#define FFA_AMD_BYTES           16u
/* Access permissions of an AMD: unprivileged; privileged ones are the same bits, shifted */
#define FFA_AMD_READ             0x1u
#define FFA_AMD_WRITE            0x2u
#define FFA_AMD_EXECUTE          0x4u
#define FFA_AMD_PRIVILEGED_SHIFT 4u
/* Flags of an AMD: through the SPMC only */
#define FFA_AMD_INDIRECT 0x1u

/*
 * Memory management (v1.2, 11): flags of the transaction descriptor. At send only the first two are
 * allowed, the others belong to FFA_MEM_RETRIEVE_REQ.
 */
#define FFA_MEM_FLAG_ZERO           (1u << 0)
#define FFA_MEM_FLAG_TIME_SLICE     (1u << 1)
#define FFA_MEM_FLAG_ZERO_AFTER     (1u << 2) /* when it is relinquished */
#define FFA_MEM_FLAG_TYPE_SHIFT     3u        /* 1 share, 2 lend, 3 donate; 0 not said */
#define FFA_MEM_FLAG_TYPE_MASK      (3u << FFA_MEM_FLAG_TYPE_SHIFT)
#define FFA_MEM_FLAG_ALIGNMENT_MASK (0x1fu << 5)
#define FFA_MEM_FLAG_BYPASS         (1u << 10) /* other borrowers are not listed */

/* Memory region attributes: type [5:4], cacheability or device type [3:2], shareability [1:0] */
#define FFA_MEM_NOT_SPECIFIED 0x00u
#define FFA_MEM_DEVICE_nGnRnE 0x10u
#define FFA_MEM_NORMAL_WB_ISH 0x2fu
#define FFA_MEM_NON_SECURE    0x40u
#define FFA_MEM_TYPE_MASK     0x30u

/* Access permissions: data [1:0], instructions [3:2] */
#define FFA_MEM_DATA(p)           ((p)&0x3u)
#define FFA_MEM_DATA_NONE         0u
#define FFA_MEM_DATA_RO           1u
#define FFA_MEM_DATA_RW           2u
#define FFA_MEM_INSTR(p)          (((p) >> 2) & 0x3u)
#define FFA_MEM_INSTR_NONE        0u
#define FFA_MEM_INSTR_NX          1u
#define FFA_MEM_INSTR_X           2u
#define FFA_MEM_PERMISSIONS(d, i) ((uint8_t)((d) | (i) << 2))

/* FFA_FEATURES(MEM_RETRIEVE_REQ): w2 in and out */
#define FFA_MEM_FEATURE_DYNAMIC_BUFFERS     (1u << 0)
#define FFA_MEM_FEATURE_NS_BIT              (1u << 1)
#define FFA_MEM_FEATURE_HYPERVISOR_RETRIEVE (1u << 2)

/* Partition properties, in partition information descriptors (v1.2, table 6.2) */
#define FFA_PROP_DIRECT_REQ_RECV   (1u << 0)
#define FFA_PROP_DIRECT_REQ_SEND   (1u << 1)
#define FFA_PROP_INDIRECT_MSG      (1u << 2)
#define FFA_PROP_NOTIFICATION_RECV (1u << 3)
#define FFA_PROP_VM_CREATED        (1u << 6)
#define FFA_PROP_VM_DESTROYED      (1u << 7)
#define FFA_PROP_AARCH64           (1u << 8)
#define FFA_PROP_DIRECT_REQ2_RECV  (1u << 9)
#define FFA_PROP_DIRECT_REQ2_SEND  (1u << 10)

#define FFA_PAGE_SIZE_BYTES 4096u

/* Registers of a plain call (x0..x7) and of one that uses the extended set (x0..x17) */
#define FFA_REGS          8u
#define FFA_REGS_EXTENDED 18u

#endif
