/* SPDX-License-Identifier: BSD-3-Clause */
/* The kernel's side of every talk. */
#ifndef TALK_TALK_KERNEL_H
#define TALK_TALK_KERNEL_H

#include "partner.h"
#include "talk.h"

/* Settles version `version` of FF-A. */
void talk_begin(uint32_t version);

/* Prints what was proved and switches the machine off. */
_Noreturn void talk_end(const char *proved);

/* Has partner `id` hold `topic` by `conduit`; asserts that it got through, returns its answer. */
uint64_t talk_ask(uint16_t id, enum talk_topic topic, enum ffa_conduit conduit, uint64_t argument);
/* The same by SMC, then by HVC. */
void talk_ask_both(uint16_t id, enum talk_topic topic, uint64_t argument);

/* A plain 64-bit request to echo, which has to answer. */
void talk_echo(uint16_t id);

#endif
