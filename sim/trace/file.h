/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Trace files, little-endian throughout:
 *
 *   head     u8[8] magic, u32 format version, u8 length of the product's version, the version
 *   records  sim/trace/codec.h
 *   end      u8 0, u8 truncated, u64 records in the file, u64 events of the run, u64 hash high,
 *            u64 hash low, u64 XXH3-64 of all bytes before
 *
 * A file that is not truncated also has the run's hash as a check on its records.
 */
#ifndef SIM_TRACE_FILE_H
#define SIM_TRACE_FILE_H

#include "sim/trace/trace.h"

#define TRACE_FILE_MAGIC        "ORRTRACE"
#define TRACE_FILE_MAGIC_BYTES  8u
#define TRACE_FILE_FORMAT       1u
#define TRACE_HEAD_BYTES        13u /* without the product's version */
#define TRACE_END_BYTES         42u
#define TRACE_END_CHECKED_BYTES 34u

struct trace_file;

/* Opens a temporary file beside `path`. NULL: *err says why (SIM_BAD_INPUT). */
struct trace_file *trace_file_open(const char *path, uint64_t max_bytes, struct sim_error *err);
/* Adds the records (sim/trace/record.h) from `record` to `end`. Errors are kept for the finish. */
void trace_file_add(struct trace_file *file, const uint64_t *record, const uint64_t *end);
/* Completes and renames. Frees it either way; nothing half-written stays. */
bool trace_file_finish(struct trace_file *file, uint64_t count, const struct trace_hash *hash,
                       struct sim_error *err);
/* Takes it away without a trace of it on the disk. NULL is fine. */
void trace_file_abandon(struct trace_file *file);

#endif
