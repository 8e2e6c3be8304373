/* SPDX-License-Identifier: BSD-3-Clause */
/* Pointer authentication (Arm ARM D8.10), of either exception level. */
#include "arch.h"
#include "guest.h"

#define POINTER  0x0000123456789ab0ull
#define MODIFIER 0x5a17ull

#define SIGN(name)                                                                           \
    static uint64_t sign_##name(void)                                                        \
    {                                                                                        \
        uint64_t x = POINTER;                                                                \
        uint64_t signature;                                                                  \
                                                                                             \
        __asm__ volatile(".arch armv8.3-a\n pac" #name " %0, %1" : "+r"(x) : "r"(MODIFIER)); \
        signature = x;                                                                       \
        __asm__ volatile(".arch armv8.3-a\n aut" #name " %0, %1" : "+r"(x) : "r"(MODIFIER)); \
        guest_assert(x == POINTER && (signature & 0x0000ffffffffffffull) == x);              \
        return signature;                                                                    \
    }
SIGN(ia)
SIGN(ib)
SIGN(da)
SIGN(db)

struct pauth_signatures pauth_sign(void)
{
    struct pauth_signatures s = {sign_ia(), sign_ib(), sign_da(), sign_db(), 0};

    __asm__ volatile(".arch armv8.3-a\n pacga %0, %1, %2"
                     : "=r"(s.by_ga)
                     : "r"(POINTER), "r"(MODIFIER));
    return s;
}

/* The handler of a fetch abort goes to x30, which is why the return is by x9. */
uint64_t pauth_return(uint64_t tamper)
{
    uint64_t arrived = 0;

    __asm__ volatile(".arch armv8.3-a\n"
                     "    adr     x9, 1f\n"
                     "    pacia   x9, sp\n"
                     "    eor     x9, x9, %1, lsl #50\n"
                     "    autia   x9, sp\n"
                     "    adr     x30, 2f\n"
                     "    ret     x9\n"
                     "1:  mov     %0, #1\n"
                     "2:\n"
                     : "+r"(arrived)
                     : "r"(tamper)
                     : "x9", "x30", "memory");
    return arrived;
}
