/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Scenarios: sandboxed Lua files that say what to build, what happens and what is expected
 * (docs/scenarios.md). Order of use:
 *
 *   scenario_load -> scenario_configure -> run_create -> run_execute -> scenario_judge ->
 *   run_destroy -> scenario_free
 *
 * run_destroy comes before scenario_free: scripted contexts live in the scenario's Lua state, and
 * the run_config borrows from the scenario.
 */
#ifndef SIM_SCENARIO_H
#define SIM_SCENARIO_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/host/run.h"
#include "sim/machine/error.h"
#include "sim/trace/trace.h"

#define SCENARIO_MAX_TAGS       16
#define SCENARIO_MAX_RESETS     1000
#define SCENARIO_NAME_BYTES     80
#define SCENARIO_MAX_FILE_BYTES (1u << 20)

struct scenario;

/* What the header says, readable without running any function of the file. */
struct scenario_info {
    char name[SCENARIO_NAME_BYTES];
    char board[256];
    unsigned pe_count;
    uint64_t limit_ns;
    uint64_t quantum_least_ns; /* 0: the default */
    uint64_t quantum_most_ns;
    unsigned resets;
    bool reset_lose_ram;
    bool per_vcpu_notifications;
    unsigned tag_count;
    char tag[SCENARIO_MAX_TAGS][32];
    unsigned partition_count;
    struct fault_plan faults;          /* of every run */
    struct fault_plan possible_faults; /* that exploration may use, without a word on when */
    bool holds_under_faults;           /* what the script expects, too */
    bool checks;                       /* invariants are looked at */
};

struct scenario_options {
    uint64_t seed;
    const char *const *set; /* "key=value", overriding the scenario's params */
    unsigned set_count;
};

/*
 * Runs the file's top level, bounded in instructions and memory, and checks its header. NULL: err
 * is "FILE:LINE: what", status SIM_BAD_INPUT. `options` may be NULL.
 */
struct scenario *scenario_load(const char *path, const struct scenario_options *options,
                               struct sim_error *err);

/* What a scenario without a file is made of; everything else has its default. */
struct scenario_parts {
    const char *normal_world;     /* image, raw or ELF */
    unsigned normal_world_el;     /* 0: the default */
    uint64_t normal_world_load;   /* 0: the file's own, or the default */
    const char *const *partition; /* "PACKAGE" or "IMAGE,MANIFEST" */
    unsigned partition_count;
};
struct scenario *scenario_compose(const struct scenario_parts *parts,
                                  const struct scenario_options *options, struct sim_error *err);

const struct scenario_info *scenario_info(const struct scenario *scenario);
/* The file's text; NULL: the scenario has no file. */
const char *scenario_source(const struct scenario *scenario, size_t *size_bytes);
void scenario_free(struct scenario *scenario);

/* Has the script drawn a random number? Until then another seed can take the seed's place. */
bool scenario_seed_used(const struct scenario *scenario);
void scenario_reseed(struct scenario *scenario, uint64_t seed);

/* Collects garbage now: processes forked off this one have no cause to for a while. */
void scenario_settle(struct scenario *scenario);

/* A parameter that is an integer, with its present value. */
struct scenario_param {
    char name[64];
    uint64_t value;
};
/* Those of the header, by name; how many. Negative ones are left out. */
unsigned scenario_integers(struct scenario *scenario, struct scenario_param *param, unsigned most);

/*
 * Reads images, manifests and the board into memory and fills *config, which borrows from the
 * scenario. `share` is the folder with platforms/ and guests/; `board` overrides the scenario's
 * board when not NULL. Sets the trace, seed and limit too; check and until_ns are the caller's.
 */
bool scenario_configure(struct scenario *scenario, const char *share, const char *board,
                        struct trace *trace, struct run_config *config, struct sim_error *err);

/*
 * One more fault than the header has, a line of text, into a config of this scenario. `what`
 * ("--fault") begins the one line of *err.
 */
bool scenario_add_fault(struct scenario *scenario, const char *line, const char *what,
                        struct run_config *config, struct sim_error *err);

/*
 * After run_execute() (run and its result), or after run_create() failed (run NULL, result filled
 * by scenario_refused()): calls `finish`, weighs `expect`, and rewrites *result to the scenario's
 * verdict.
 */
void scenario_judge(struct scenario *scenario, struct run *run, struct run_result *result);

/* The result of a run that could not be created. */
void scenario_refused(const struct sim_error *err, struct run_result *result);

/* Exit status of a verdict. */
enum sim_status scenario_status(const struct run_result *result);

#endif
