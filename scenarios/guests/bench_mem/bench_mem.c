/* SPDX-License-Identifier: BSD-3-Clause */
#include "bench_mem.h"

#include "fast_call.h"
#include "ffa_mem.h"
#include "guest.h"
#include "mem.h"

#define COUNT_OFFSET 4u /* of the ranges, in a composite descriptor */

__attribute__((section(".bss.pages"),
               aligned(4096))) static uint8_t buffers[2][FFA_PAGE_SIZE_BYTES];

static struct ffa_mem_port port = {FFA_VERSION_1_3, buffers[0], buffers[1], FFA_PAGE_SIZE_BYTES};
_Alignas(8) static uint8_t request_bytes[64 + 32]; /* the retrieve request, made once */
static uint32_t request_size;
_Alignas(8) static uint8_t relinquish_bytes[24];
static uint16_t me;

static uint32_t fetch_rest(uint64_t handle, uint32_t got, uint32_t total)
{
    while (got < total) {
        struct ffa_args r = ffa_rx_release();

        guest_assert(ffa_status(&r) == 0);
        r = ffa_mem_frag_rx(handle, got, 0);
        guest_assert(r.x[0] == FFA_MEM_FRAG_TX);
        got += (uint32_t)r.x[3];
    }
    return got;
}

static uint64_t borrow(uint64_t handle)
{
    struct fast_regs r = {{FFA_MEM_RETRIEVE_REQ_32, request_size, request_size}};
    uint32_t ranges;

    memcpy(port.tx, request_bytes, request_size);
    memcpy(port.tx + 8, &handle, sizeof(handle));
    fast_call(&r);
    guest_assert(r.x[0] == FFA_MEM_RETRIEVE_RESP);
    memcpy(&ranges, port.rx + ffa_mem_head_bytes(port.version, 1) - 16 + COUNT_OFFSET,
           sizeof(ranges));
    guest_assert(fetch_rest(handle, (uint32_t)r.x[2], (uint32_t)r.x[1]) == (uint32_t)r.x[1]);
    r = (struct fast_regs){{FFA_RX_RELEASE}};
    fast_call(&r);
    guest_assert(r.x[0] == FFA_SUCCESS_32);
    memcpy(port.tx, relinquish_bytes, sizeof(relinquish_bytes));
    memcpy(port.tx, &handle, sizeof(handle));
    r = (struct fast_regs){{FFA_MEM_RELINQUISH}};
    fast_call(&r);
    guest_assert(r.x[0] == FFA_SUCCESS_32);
    return ranges;
}

static _Noreturn void serve_lives(void)
{
    struct fast_regs r = {{FFA_MSG_WAIT}};

    for (;;) {
        fast_call(&r);
        guest_assert(r.x[0] == FFA_MSG_SEND_DIRECT_REQ_64 && r.x[3] == BENCH_MEM_BORROW);
        uint16_t sender = FFA_SENDER(r.x[1]);
        uint64_t ranges = borrow(r.x[4]);

        r = (struct fast_regs){
            {FFA_MSG_SEND_DIRECT_RESP_64, FFA_PAIR(me, sender), 0, BENCH_MEM_DONE, ranges}};
    }
}

void guest_main(unsigned pe)
{
    struct ffa_mem mem = {.borrower_count = 1};
    struct ffa_args r;
    uint32_t in;

    (void)pe;
    guest_assert(ffa_version(port.version) > 0);
    me = (uint16_t)ffa_id_get();
    mem.borrower[0] = (struct ffa_mem_borrower){
        .id = me, .permissions = FFA_MEM_PERMISSIONS(FFA_MEM_DATA_RW, FFA_MEM_INSTR_NX)};
    r = ffa_rxtx_map(port.tx, port.rx, 1);
    guest_assert(ffa_status(&r) == 0);
    (void)ffa_mem_put(&port, &mem, NULL, &request_size, &in);
    guest_assert(request_size <= sizeof(request_bytes));
    memcpy(request_bytes, port.tx, request_size);
    r = ffa_mem_relinquish(&port, 0, 0, me); /* of nothing: to have its descriptor */
    guest_assert(ffa_status(&r) == FFA_INVALID_PARAMETERS);
    memcpy(relinquish_bytes, port.tx, sizeof(relinquish_bytes));
    serve_lives();
}
