/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory as a scripted context sees it: ctx:alloc, read, write and their try_ forms. */
#ifndef SIM_CONTEXT_MEMORY_H
#define SIM_CONTEXT_MEMORY_H

#include <lua.h>

/* Adds the memory methods to the table on top. */
void context_memory_open(lua_State *L);

#endif
