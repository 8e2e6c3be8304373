/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_CONSOLE_LOG: FF-A v1.2, 13.13. */
#include "console.h"
#include "mem.h"
#include "rules.h"
#include "talk.h"

#define CHARS_64_OLD 48u /* x2 to x7: all that a caller of v1.1 has */

static unsigned longest_64(void)
{
    return talk_me.version >= FFA_VERSION_1_2 ? FFA_CONSOLE_CHARS_64 : CHARS_64_OLD;
}

static void lengths(uint32_t function, unsigned longest)
{
    static const uint32_t bad[] = {0, 129, 130, 255, 256, 0x7fffffff, 0x80000000, 0xffffffff};

    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        expect_error(FFA_INVALID_PARAMETERS, CALL(function, bad[i], 0x41));
    }
    expect_error(FFA_INVALID_PARAMETERS, CALL(function, longest + 1, 0x41));
    if (function == FFA_CONSOLE_LOG_64) {
        expect_error(FFA_INVALID_PARAMETERS, CALL(function, 0x100000001ull, 0x41));
        return;
    }
    expect_ok(CALL(function, 0xffffffff00000004ull, 0xffffffff0a656e6full)); /* "one\n" */
}

/* Texts of every length: of some registers only a part counts. */
static void texts(void)
{
    char text[FFA_CONSOLE_CHARS_64];

    memset(text, 'x', sizeof(text));
    for (unsigned count = 1; count <= longest_64(); count++) {
        text[count - 1] = '\n';
        expect_ok(ffa_console_log64(text, count));
        if (count <= FFA_CONSOLE_CHARS_32) {
            expect_ok(ffa_console_log32(text, count));
        }
        text[count - 1] = (char)('a' + count % 26);
    }
}

/* More than a line's room, a line in pieces, zeros in it, empty lines. */
static void lines(const char *name)
{
    for (unsigned i = 0; i < 20; i++) {
        expect_ok(ffa_console_log32("012345678901234567890123", 24));
    }
    expect_ok(ffa_console_log32("\n", 1));
    expect_ok(ffa_console_log64("a\0b\0c\n\n\n\0\n", 10));
    console_printf("%s: in ", name);
    console_printf("three ");
    console_printf("pieces\n");
    console_printf("%s: every printable character\n", name);
    for (char c = ' '; c < 0x7f; c++) {
        expect_ok(ffa_console_log32(&c, 1));
    }
    console_printf("\n");
}

void rules_console(const char *name)
{
    lengths(FFA_CONSOLE_LOG_32, FFA_CONSOLE_CHARS_32);
    lengths(FFA_CONSOLE_LOG_64, longest_64());
    texts();
    lines(name);
}
