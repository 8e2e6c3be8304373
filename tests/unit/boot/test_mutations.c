/* SPDX-License-Identifier: BSD-3-Clause */
/* Manifests with bits flipped, bytes replaced, ends cut off: a structure or a finding, always. */
#define _POSIX_C_SOURCE 200809L /* strnlen */
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "main.h"
#include "tree.h"

#define ROUNDS 20000u

static struct tree pristine;
static size_t pristine_size;

/* A fixed generator (Knuth's MMIX): the same mutations on every host. */
static uint32_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

static void take(void)
{
    ck_assert_int_eq(fdt_pack(pristine.blob), 0);
    pristine_size = fdt_totalsize(pristine.blob);
}

/* Damages a copy of exactly `size` bytes on the heap, so that a read past its end is seen. */
static uint8_t *damaged(uint64_t *state, size_t *size)
{
    unsigned count = next_random(state) % 4;
    uint8_t *copy;

    *size = pristine_size;
    if (next_random(state) % 8 == 0) {
        *size = next_random(state) % (pristine_size + 1);
    }
    copy = malloc(*size != 0 ? *size : 1); /* no byte to spare */
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, pristine.blob, *size);
    for (unsigned i = 0; i <= count && *size != 0; i++) {
        size_t at = next_random(state) % *size;

        switch (next_random(state) % 4) {
        case 0:
            copy[at] ^= (uint8_t)(1u << next_random(state) % 8);
            break;
        case 1:
            copy[at] = (uint8_t)next_random(state);
            break;
        case 2:
            copy[at] = next_random(state) % 2 != 0 ? 0xff : 0;
            break;
        default:
            copy[at] = copy[next_random(state) % *size];
            break;
        }
    }
    return copy;
}

/* A finding has a code and is one printable line; without one there is no code. */
static void check_diag(bool accepted, const struct manifest_diag *diag)
{
    size_t size = strnlen(diag->text, sizeof(diag->text));

    ck_assert(accepted == (diag->code == MANIFEST_OK));
    ck_assert(accepted == (size == 0));
    ck_assert_uint_lt(size, sizeof(diag->text));
    for (size_t i = 0; i < size; i++) {
        ck_assert_msg(diag->text[i] >= ' ' && diag->text[i] <= '~', "\"%s\"", diag->text);
    }
}

static void count_one(bool accepted, unsigned count[3], const struct manifest_diag *diag)
{
    check_diag(accepted, diag);
    count[accepted ? 0 : diag->code == MANIFEST_BAD_FDT ? 1 : 2]++;
}

/* All three outcomes must have been met often, or the mutations test nothing. */
static void check_counts(const unsigned count[3])
{
    ck_assert_msg(count[0] > ROUNDS / 100 && count[1] > ROUNDS / 100 && count[2] > ROUNDS / 100,
                  "accepted %u, no tree %u, findings %u", count[0], count[1], count[2]);
}

START_TEST(partition_manifests)
{
    uint64_t state = 2024 + (unsigned)_i;
    unsigned count[3] = {0};

    tree_partition(&pristine, (unsigned)_i, 1);
    take();
    for (unsigned i = 0; i < ROUNDS; i++) {
        struct partition_manifest out;
        struct manifest_diag diag;
        size_t size;
        uint8_t *blob = damaged(&state, &size);

        memset(&diag, 0x5a, sizeof(diag));
        bool accepted = manifest_read_partition(blob, size, &out, &diag);
        count_one(accepted, count, &diag);
        if (accepted) {
            ck_assert_uint_le(out.service_count, MANIFEST_MAX_SERVICES);
            ck_assert_uint_le(out.mem_region_count, MANIFEST_MAX_MEM_REGIONS);
            ck_assert_uint_le(out.dev_region_count, MANIFEST_MAX_DEV_REGIONS);
        }
        free(blob);
    }
    check_counts(count);
}
END_TEST

START_TEST(spmc_manifests)
{
    uint64_t state = 77;
    unsigned count[3] = {0};

    tree_spmc(&pristine, 4);
    take();
    for (unsigned i = 0; i < ROUNDS; i++) {
        struct spmc_manifest out;
        struct manifest_diag diag;
        size_t size;
        uint8_t *blob = damaged(&state, &size);

        memset(&diag, 0x5a, sizeof(diag));
        bool accepted = manifest_read_spmc(blob, size, &out, &diag);
        count_one(accepted, count, &diag);
        if (accepted) {
            ck_assert_uint_le(out.cpu_count, MANIFEST_MAX_CPUS);
            ck_assert_uint_le(out.vm_count, MANIFEST_MAX_PARTITIONS);
        }
        free(blob);
    }
    check_counts(count);
}
END_TEST

START_TEST(every_length)
{
    tree_partition(&pristine, 1, 1);
    take();
    for (size_t size = 0; size < pristine_size; size++) {
        struct partition_manifest out;
        struct manifest_diag diag;
        uint8_t *copy = malloc(size != 0 ? size : 1);

        ck_assert_ptr_nonnull(copy);
        memcpy(copy, pristine.blob, size);
        ck_assert(!manifest_read_partition(copy, size, &out, &diag));
        check_diag(false, &diag);
        free(copy);
    }
}
END_TEST

/* Package headers of any content. */
START_TEST(package_headers)
{
    uint64_t state = 5;

    for (unsigned i = 0; i < ROUNDS; i++) {
        uint8_t header[PACKAGE_HEADER_BYTES] = {'S', 'P', 'K', 'G', (uint8_t)(1 + i % 2)};
        struct package_layout out;
        struct manifest_diag diag = {0};
        uint64_t mem_size = (uint64_t)(next_random(&state) % 64) << 12;

        for (unsigned k = 8; k < sizeof(header); k++) {
            bool is_high = k % 4 >= 2;
            header[k] = is_high && next_random(&state) % 8 != 0 ? 0 : (uint8_t)next_random(&state);
            header[k] = k % 4 == 0 && next_random(&state) % 4 != 0 ? 0 : header[k];
            header[k] = k % 4 == 1 ? header[k] & 0xf0 : header[k];
        }
        if (package_read_header(header, mem_size, &out, &diag)) {
            ck_assert_uint_ge(out.manifest_offset, PACKAGE_HEADER_BYTES);
            ck_assert_uint_le((uint64_t)out.manifest_offset + out.manifest_size_bytes,
                              out.image_offset);
            ck_assert_uint_le((uint64_t)out.image_offset + out.image_size_bytes, mem_size);
        } else {
            check_diag(false, &diag);
        }
    }
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, partition_manifests, 0, 2);
    tcase_add_test(tcase, spmc_manifests);
    tcase_add_test(tcase, every_length);
    tcase_add_test(tcase, package_headers);
}

int main(void)
{
    return run_case("mutations", add);
}
