/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include <check.h>
#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "events.h"
#include "sim/trace/codec.h"

#define NO_LIMIT UINT64_MAX

static char folder[] = "/tmp/orrery-trace-XXXXXX";
static char path[64];

static void setup(void)
{
    strcpy(folder + strlen(folder) - 6, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/run.trace", folder);
}

static unsigned files_in_folder(void)
{
    DIR *dir = opendir(folder);
    unsigned count = 0;

    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        count += entry->d_name[0] != '.';
    }
    closedir(dir);
    return count;
}

static void teardown(void)
{
    unlink(path);
    ck_assert_int_eq(rmdir(folder), 0);
}

static struct trace_hash record(unsigned events, uint64_t max_bytes)
{
    struct trace *trace = trace_create();
    struct sim_error err = {0};
    struct trace_hash hash;
    uint64_t seed = 42;

    ck_assert_msg(trace_record(trace, path, max_bytes, &err), "%s", err.text);
    for (unsigned i = 0; i < events; i++) {
        struct test_event event;

        random_event(&seed, &event);
        emit(trace, &event);
    }
    ck_assert_uint_eq(files_in_folder(), 1);
    ck_assert_int_ne(access(path, F_OK), 0); /* only once it is whole */
    ck_assert_msg(trace_finish(trace, &hash, &err), "%s", err.text);
    trace_destroy(trace);
    ck_assert_uint_eq(files_in_folder(), 1);
    return hash;
}

/* Reads what record() wrote and compares; returns how many events there were. */
static unsigned read_back(struct sim_error *err, struct trace_hash *hash, bool *truncated)
{
    struct trace_reader *reader = trace_open(path, err);
    struct trace_event event;
    unsigned count = 0;
    uint64_t seed = 42;

    if (reader == NULL) {
        return 0;
    }
    while (trace_next(reader, &event, err)) {
        struct test_event expected;

        random_event(&seed, &expected);
        ck_assert(same_event(&expected, &event));
        count++;
    }
    *hash = trace_recorded_hash(reader);
    *truncated = trace_is_truncated(reader);
    trace_close(reader);
    return count;
}

START_TEST(test_round_trip)
{
    static const unsigned counts[] = {0, 1, 2, 63, 1000, 30000};

    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        struct trace_hash written = record(counts[i], NO_LIMIT);
        struct sim_error err = {0};
        struct trace_hash hash;
        bool truncated;

        ck_assert_uint_eq(read_back(&err, &hash, &truncated), counts[i]);
        ck_assert_msg(err.status == SIM_PASS, "%s", err.text);
        ck_assert(same_hash(hash, written));
        ck_assert(!truncated);
        unlink(path);
    }
}
END_TEST

START_TEST(test_recording_changes_no_hash)
{
    struct test_event events[100];
    uint64_t seed = 42;

    for (unsigned i = 0; i < 100; i++) {
        random_event(&seed, &events[i]);
    }
    ck_assert(same_hash(record(100, NO_LIMIT), hash_of(events, 100)));
}
END_TEST

START_TEST(test_a_full_file_says_so_and_keeps_the_hash_of_the_run)
{
    struct trace_hash whole = record(1000, NO_LIMIT);

    for (uint64_t most = 100; most < 20000; most += 997) {
        struct sim_error err = {0};
        struct trace_hash hash;
        bool truncated;
        FILE *file;

        unlink(path);
        ck_assert(same_hash(record(1000, most), whole));
        ck_assert_uint_lt(read_back(&err, &hash, &truncated), 1000);
        ck_assert_msg(err.status == SIM_PASS, "%s", err.text);
        ck_assert(truncated);
        ck_assert(same_hash(hash, whole));
        file = fopen(path, "rb");
        fseek(file, 0, SEEK_END);
        ck_assert_uint_le((uint64_t)ftell(file), most);
        fclose(file);
    }
}
END_TEST

static void expect_refused(const char *name, uint64_t max_bytes, const char *word)
{
    struct trace *trace = trace_create();
    struct sim_error err = {0};

    ck_assert(!trace_record(trace, name, max_bytes, &err));
    ck_assert_int_eq(err.status, SIM_BAD_INPUT);
    ck_assert_ptr_nonnull(strstr(err.text, word));
    trace_destroy(trace);
    ck_assert_uint_eq(files_in_folder(), 0);
}

START_TEST(test_where_no_file_can_be_is_bad_input)
{
    expect_refused("/nowhere/at/all/run.trace", NO_LIMIT, "No such file");
    expect_refused(folder, NO_LIMIT, "directory");
    expect_refused("/dev/null", NO_LIMIT, "not a regular file");
    expect_refused(path, 10, "bytes");
}
END_TEST

START_TEST(test_abandoned_recording_leaves_nothing)
{
    struct trace *trace = trace_create();
    struct sim_error err;

    ck_assert(trace_record(trace, path, NO_LIMIT, &err));
    ck_assert(!trace_record(trace, path, NO_LIMIT, &err)); /* not twice */
    trace_destroy(trace);
    ck_assert_uint_eq(files_in_folder(), 0);
}
END_TEST

/* A file size limit acts as a disk that fills up. */
START_TEST(test_full_disk_is_an_internal_error_and_leaves_nothing)
{
    const struct rlimit limit = {4096, 4096};
    struct trace *trace = trace_create();
    struct sim_error err = {0};
    struct trace_hash hash;
    uint64_t seed = 42;

    signal(SIGXFSZ, SIG_IGN);
    ck_assert(trace_record(trace, path, NO_LIMIT, &err));
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    for (unsigned i = 0; i < 5000; i++) {
        struct test_event event;

        random_event(&seed, &event);
        emit(trace, &event);
    }
    ck_assert(!trace_finish(trace, &hash, &err));
    ck_assert_int_eq(err.status, SIM_INTERNAL);
    ck_assert_ptr_nonnull(strstr(err.text, path));
    trace_destroy(trace);
    ck_assert_uint_eq(files_in_folder(), 0);
}
END_TEST

static void write_bytes(const uint8_t *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");

    ck_assert_uint_eq(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

/* Reads any file to its end; true: it was a whole trace. */
static bool reads_whole(void)
{
    struct sim_error err = {0};
    struct trace_reader *reader = trace_open(path, &err);
    struct trace_event event;

    if (reader != NULL) {
        unsigned count = 0;

        while (trace_next(reader, &event, &err)) {
            ck_assert_uint_le(event.header.arg_count, EVENT_MAX_ARGS);
            ck_assert_uint_le(event.header.text_bytes, EVENT_MAX_TEXT);
            ck_assert_uint_lt(count++, 100000);
        }
        if (err.status != SIM_PASS) { /* damaged once, damaged for good */
            ck_assert(!trace_next(reader, &event, &err));
            ck_assert_int_eq(err.status, SIM_BAD_INPUT);
        }
        trace_close(reader);
    } else {
        ck_assert_int_eq(err.status, SIM_BAD_INPUT);
    }
    if (err.status != SIM_PASS) {
        ck_assert_ptr_nonnull(strstr(err.text, path));
        ck_assert_ptr_null(strchr(err.text, '\n'));
    }
    return err.status == SIM_PASS;
}

static size_t load(uint8_t *bytes, size_t most)
{
    FILE *file = fopen(path, "rb");
    size_t size = fread(bytes, 1, most, file);

    fclose(file);
    return size;
}

START_TEST(test_every_damage_is_found)
{
    static uint8_t bytes[16384];
    static uint8_t damaged[16385];
    size_t size;

    record(8, NO_LIMIT);
    size = load(bytes, sizeof(bytes));
    ck_assert_uint_gt(size, 100);
    ck_assert_uint_lt(size, sizeof(bytes));
    ck_assert(reads_whole());
    for (size_t cut = 0; cut < size; cut++) {
        write_bytes(bytes, cut);
        ck_assert_msg(!reads_whole(), "cut at %zu", cut);
    }
    memcpy(damaged, bytes, size);
    damaged[size] = 0;
    write_bytes(damaged, size + 1);
    ck_assert(!reads_whole());
    for (size_t at = 0; at < size; at++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            memcpy(damaged, bytes, size);
            damaged[at] ^= (uint8_t)(1u << bit);
            write_bytes(damaged, size);
            ck_assert_msg(!reads_whole(), "byte %zu bit %u", at, bit);
        }
    }
}
END_TEST

/* Whatever follows in memory: the size alone says where a record ends. */
START_TEST(test_a_cut_record_is_none)
{
    uint64_t seed = 5;

    for (unsigned i = 0; i < 200; i++) {
        static struct codec writer;
        static struct codec before;
        static struct codec reader;
        static uint8_t bytes[CODEC_MOST];
        struct test_event given;
        struct trace_event event;
        size_t taken;

        random_event(&seed, &given);
        event = (struct trace_event){given.header, given.arg, given.text};
        before = writer;
        taken = codec_encode(&writer, &event, bytes);
        for (size_t cut = 0; cut <= taken; cut++) {
            reader = before;
            ck_assert_uint_eq(codec_decode(&reader, bytes, cut, &event), cut == taken ? taken : 0);
        }
    }
}
END_TEST

START_TEST(test_any_bytes_are_read_to_an_end)
{
    static uint8_t bytes[4096];
    uint64_t state = 7;

    record(10, NO_LIMIT);
    load(bytes, 64); /* a good head */
    for (unsigned round = 0; round < 600; round++) {
        for (size_t i = round % 2 == 0 ? 18 : 0; i < sizeof(bytes); i++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            bytes[i] = (uint8_t)(state >> 56);
        }
        write_bytes(bytes, round % sizeof(bytes));
        ck_assert(!reads_whole());
        if (round % 2 != 0) {
            unlink(path);
            record(1, NO_LIMIT);
            load(bytes, 64);
        }
    }
}
END_TEST

START_TEST(test_missing_file)
{
    struct sim_error err = {0};

    ck_assert_ptr_null(trace_open(path, &err));
    ck_assert_int_eq(err.status, SIM_BAD_INPUT);
    ck_assert_ptr_null(trace_open(folder, &err));
    ck_assert_int_eq(err.status, SIM_BAD_INPUT);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("trace file");
    TCase *tests = tcase_create("file");
    SRunner *runner;
    int failed;

    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, test_round_trip);
    tcase_add_test(tests, test_recording_changes_no_hash);
    tcase_add_test(tests, test_a_full_file_says_so_and_keeps_the_hash_of_the_run);
    tcase_add_test(tests, test_where_no_file_can_be_is_bad_input);
    tcase_add_test(tests, test_abandoned_recording_leaves_nothing);
    tcase_add_test(tests, test_full_disk_is_an_internal_error_and_leaves_nothing);
    tcase_add_test(tests, test_every_damage_is_found);
    tcase_add_test(tests, test_a_cut_record_is_none);
    tcase_add_test(tests, test_any_bytes_are_read_to_an_end);
    tcase_add_test(tests, test_missing_file);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
