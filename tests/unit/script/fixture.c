/* SPDX-License-Identifier: BSD-3-Clause */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/script/fixture.h"

static void on_event(struct trace_sink *sink, const struct trace_event *event)
{
    struct notes *self = (struct notes *)sink;

    if (event->header.type == EVENT_NOTE && self->count < FIXTURE_NOTES) {
        snprintf(self->line[self->count++], sizeof(self->line[0]), "%.*s",
                 (int)event->header.text_bytes, event->text);
    }
}

void fixture_start(struct fixture *self, unsigned pes, const struct context_config *config,
                   const char *text)
{
    const uint64_t x[8] = {11, 12, 13, 14, 15, 16, 17, 18};
    struct script *script = &self->script;

    memset(self, 0, sizeof(*self));
    ck_assert(script_open(script, "dir/test.lua", 0));
    ck_assert_int_eq(luaL_loadbufferx(script->L, text, strlen(text), script->chunk, "t"), LUA_OK);
    ck_assert(script_call(script, 0, 1, SCRIPT_LOAD_BUDGET));
    self->entry =
        (struct script_entry){.script = script, .function = luaL_ref(script->L, LUA_REGISTRYINDEX)};
    self->notes.sink.event = on_event;
    self->machine.pe = self->pe;
    self->machine.pe_count = pes;
    self->machine.trace = trace_create();
    trace_add_sink(self->machine.trace, &self->notes.sink);
    script->trace = self->machine.trace;
    self->run.machine = &self->machine;
    self->host.run = &self->run;
    self->pe[0].host = &self->host;
    for (unsigned i = 0; i < pes; i++) {
        self->pe[i].machine = &self->machine;
        self->pe[i].index = i;
        self->pe[i].slice_end_ns = 1000;
        self->context[i] = script_make_context(&self->entry, &self->machine, config, NULL);
        ck_assert_ptr_nonnull(self->context[i]);
        self->context[i]->pe = &self->pe[i];
        self->context[i]->ops->reset(self->context[i], 0x1000, x);
    }
}

void fixture_stop(struct fixture *self)
{
    for (unsigned i = 0; i < self->machine.pe_count; i++) {
        self->context[i]->ops->destroy(self->context[i]);
    }
    trace_destroy(self->machine.trace);
    script_close(&self->script);
}
