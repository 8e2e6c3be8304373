/* SPDX-License-Identifier: BSD-3-Clause */
/* The partner's side of talks that are not the same for the kernel. */
#ifndef TALK_PARTNER_TOPICS_H
#define TALK_PARTNER_TOPICS_H

#include "partner.h"
#include "talk.h"

/* What a partition may not call while it starts. */
void partner_boot_rules(void);

void partner_rx_fill(void);
uint64_t partner_rx_is_mine(void);

/* Any other topic; the result. */
uint64_t partner_topic(enum talk_topic topic, uint64_t argument, enum talk_cycles *cycles);

/* It has cycles from FFA_RUN. */
void partner_cycles(enum talk_cycles what);

/* From now on, `count` hostile calls (TALK_HOSTILE) before the next request is answered. */
void partner_hostile_begin(uint64_t argument);
/* Makes them, if they are due; `args`, what came last, becomes what came at the end. */
void partner_maybe_hostile(struct ffa_args *args);

#endif
