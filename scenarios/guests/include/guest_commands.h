/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Commands to the partition `echo`. A command is the first word of a direct request's payload: w3 /
 * x3 of FFA_MSG_SEND_DIRECT_REQ, x4 of FFA_MSG_SEND_DIRECT_REQ2. a1, a2 ... are the words behind
 * it. The command is the lower 32 bits, so that it means the same in each form.
 *
 * Any other first word is plain payload: it comes back as it went, like ECHO_CMD_ECHO.
 * A command that answers replies with the command as first word and its results (r1, r2 ...) behind
 * it; words that are not named come back zero. The 32-bit form cuts each word to 32 bits.
 */
#ifndef GUEST_COMMANDS_H
#define GUEST_COMMANDS_H

/* Answers with the same payload. */
#define ECHO_CMD_ECHO 0xec0u

/* Makes the call a1 (function id) with x1 = a2, x2 = a3 ...; r1.. = x0.. that came back. */
#define ECHO_CMD_CALL 0xec1u

/* Sends the request on, in the same form, to endpoint a1 with payload a2...; r1 = x0 of the result,
 * r2 = w2 (the error code, if r1 is FFA_ERROR), r3... = the answer's payload. With a2 a command
 * again and another echo at a1 this makes chains of any length, and cycles. */
#define ECHO_CMD_FORWARD 0xec2u

/* Tells its conduit from now on; a1: 0 SMC, 1 HVC. r1 = the one before. */
#define ECHO_CMD_CONDUIT 0xec3u

/* Prints the bytes of a1, a2 ... up to the first zero byte (each word: 4 bytes in the 32-bit form,
 * 8 in the others; low byte first) and a line feed. */
#define ECHO_CMD_PRINT 0xec4u

/* FFA_YIELD before it answers. r1 = x0 that FFA_YIELD came back with. */
#define ECHO_CMD_YIELD 0xec5u

/* Answers first with sender a1 and receiver a2, which the SPMC should refuse; then as it should.
 * r1 = x0, r2 = w2 of the refusal. If it is not refused, r1 and r2 are what came next. */
#define ECHO_CMD_RESP_AS 0xec6u

/* FFA_MSG_WAIT inside the request: legal in no runtime model of a request. r1 = x0, r2 = w2. */
#define ECHO_CMD_MSG_WAIT 0xec7u

/* Reads the address a1 (a2 = 0) or writes it (a2 = 1), and survives the abort. a3 = 1: without
 * a stage-1 mapping of it (the abort is its own); else it is mapped first, so that stage 2 decides.
 * r1 = 1 when an exception was taken, r2 = ESR, r3 = FAR. */
#define ECHO_CMD_TOUCH 0xec8u

/* What is under the stack, code that is written, data that is executed: the partition's own
 * stage 1. a1: 0 guard page, 1 write code, 2 execute data. r1 = 1 exception taken, r2 = ESR, r3 =
 * FAR. */
#define ECHO_CMD_PROTECTION 0xec9u

/* These do not answer. */
#define ECHO_CMD_ABORT      0xed0u /* FFA_ABORT while it serves */
#define ECHO_CMD_CRASH      0xed1u /* an abort at its own vectors: reported, then FFA_ABORT */
#define ECHO_CMD_OVERFLOW   0xed2u /* recursion into the guard page: as CRASH */
#define ECHO_CMD_UNDEFINED  0xed3u /* an undefined instruction: as CRASH */
#define ECHO_CMD_ASSERT     0xed4u /* an assertion of its own: reported, then FFA_ABORT */
#define ECHO_CMD_LOOP       0xed5u /* loops for ever */
#define ECHO_CMD_PRINT_LOOP 0xed6u /* prints for ever */
#define ECHO_CMD_WFI        0xed7u /* waits for an interrupt, for ever */

/* Command to `bench_loop`: runs a1 rounds of its loop. r1 = checksum (64-bit forms only). */
#define LOOP_CMD_RUN 0xb01u

/* Commands to `boot_info`, by the 64-bit forms: what it was started with. */

/* r1 = form (0x10000, or the version in the header; 0: no boot information), r2 = number of
 * descriptors, r3 = the register that had its address (4: none), r4 = size in the header. */
#define BOOT_INFO_CMD_BLOB 0xb10u

/* Descriptor a1: r1 = type, r2 = size, r3 = address of the contents less that of the header. */
#define BOOT_INFO_CMD_DESCRIPTOR 0xb11u

/* Of the manifest that was handed over: r1 = ffa-version, r2 = gp-register-num. */
#define BOOT_INFO_CMD_MANIFEST 0xb12u

/* Answer of `relay` when echo could not be asked: first word this, then w0 and w2 of the result. */
#define RELAY_FAILED 0xbad0u

#endif
