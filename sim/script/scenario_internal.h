/* SPDX-License-Identifier: BSD-3-Clause */
/* A loaded scenario, shared by the files that load, configure and judge it. */
#ifndef SIM_SCENARIO_INTERNAL_H
#define SIM_SCENARIO_INTERNAL_H

#include "sim/script/script.h"

#define SCENARIO_MAX_BLOBS   (4 * RUN_MAX_PARTITIONS + 4)
#define SCENARIO_PATH_BYTES  1024
#define SCENARIO_MAX_CONSOLE 4096

/* Everything that the machine's UARTs printed, for `finish`. */
struct scenario_console {
    struct trace_sink sink;
    unsigned count;
    char *line[SCENARIO_MAX_CONSOLE];
};

struct scenario {
    struct script script;
    struct scenario_info info;
    struct fault_plan faults; /* those of the header, and more: see scenario_add_fault() */
    struct scenario_console console;
    char path[SCENARIO_PATH_BYTES];
    char folder[SCENARIO_PATH_BYTES]; /* of the file, with a slash behind; empty: working directory
                                       */
    char *source;
    size_t source_bytes;
    int header;      /* registry reference of the scenario's table */
    int finish;      /* LUA_NOREF: none */
    char fails[256]; /* expect.fails; empty: the run is to pass */
    uint64_t seed;
    struct script_entry nwd_entry;
    struct script_entry secondary_entry; /* the normal world on PEs that CPU_ON starts */
    struct script_entry entry[RUN_MAX_PARTITIONS];
    char name[RUN_MAX_PARTITIONS][32];
    uint32_t smc_allowed[RUN_MAX_PARTITIONS][MANIFEST_MAX_SMC_ALLOWED];
    unsigned blob_count;
    void *blob[SCENARIO_MAX_BLOBS];
    char *where[SCENARIO_MAX_BLOBS];
};

/* "FILE:LINE: text", the line being the first that mentions `field` (NULL: no line); false. */
bool scenario_fault(const struct scenario *scenario, const char *field, struct sim_error *err,
                    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Fields of the table on top of the stack; `what` names it. A field of another type is a fault. */
bool scenario_check_fields(struct scenario *scenario, const char *what, const char *const *names,
                           size_t count, struct sim_error *err);
bool scenario_text(struct scenario *scenario, const char *field, const char **text,
                   struct sim_error *err);
bool scenario_integer(struct scenario *scenario, const char *field, uint64_t min, uint64_t max,
                      uint64_t *value, struct sim_error *err);

/* A scenario without a header yet: Lua is open, `path` names it in messages. NULL: *err says why.
 */
struct scenario *scenario_open(const char *path, const struct scenario_options *options,
                               struct sim_error *err);
/* Checks the header that scenario->header refers to. */
bool scenario_read_header(struct scenario *scenario, const struct scenario_options *options,
                          struct sim_error *err);

/* faults.c: what the header says about faults, and `checks`. */
bool scenario_read_faults(struct scenario *scenario, struct sim_error *err);

/* files.c */

/* A file that an image or manifest names: beside the scenario, in the working directory, in share/.
 */
bool files_load(struct scenario *scenario, const char *share, const char *field, const char *name,
                const char *extension, struct run_blob *blob, struct sim_error *err);
/* A board's file `part` ("board", "spmc_manifest"), by the board's name or its folder. */
bool files_load_board(struct scenario *scenario, const char *share, const char *board,
                      const char *part, struct run_blob *blob, struct sim_error *err);
/* A whole file, bounded. */
bool files_read(const char *path, size_t max_bytes, void **data, size_t *size_bytes,
                struct sim_error *err);

#endif
