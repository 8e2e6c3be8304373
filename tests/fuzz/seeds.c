/* SPDX-License-Identifier: BSD-3-Clause */
/* Writes what fuzzing starts from: fuzz_seeds FOLDER makes FOLDER/TARGET/NAME. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <libfdt.h>
#include <string.h>
#include <sys/stat.h>

#include "descriptor.h"
#include "fuzz.h"
#include "tree.h"

#define PACKAGE_BYTES 0x6000u
#define TAG_HOB_LIST  0x3u
#define TAG_IMAGE     0x103u
#define TAG_MANIFEST  0x106u
#define MANIFEST_AT   0x1000u
#define HOB_AT        0x3000u
#define IMAGE_AT      0x4000u

static const char *folder;
static uint8_t out[2 * TREE_BYTES + PACKAGE_BYTES];

static void make_folder(const char *path)
{
    if (mkdir(path, 0777) != 0 && errno != EEXIST) {
        fprintf(stderr, "fuzz_seeds: %s: %s\n", path, strerror(errno));
        exit(2);
    }
}

static void write_seed(const char *target, const char *name, const uint8_t *bytes, size_t size)
{
    char path[4096];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", folder, target);
    make_folder(path);
    snprintf(path, sizeof(path), "%s/%s/%s", folder, target, name);
    file = fopen(path, "wb");
    if (file == NULL || fwrite(bytes, 1, size, file) != size || fclose(file) != 0) {
        fprintf(stderr, "fuzz_seeds: %s: %s\n", path, strerror(errno));
        exit(2);
    }
}

static size_t put_tree(uint8_t *at, const struct tree *tree)
{
    struct tree packed = *tree;
    size_t size;

    ck_assert_int_eq(fdt_pack(packed.blob), 0);
    size = fdt_totalsize(packed.blob);
    memcpy(at, packed.blob, size);
    return size;
}

static void manifests(void)
{
    static const uint8_t edits[] = {3, 5,  0, 0, 3, 9, 12, 0, 2, 4, 20, 0, 4,
                                    7, 33, 0, 3, 0, 7, 0,  6, 1, 2, 0,  5, 4};
    static const struct {
        const char *name;
        unsigned minor;
        uint32_t contexts;
        bool small;
    } partition[] = {
        {"partition-1.0", 0, 1, false},
        {"partition-1.0-mp", 0, 4, false},
        {"partition-1.1", 1, 1, false},
        {"partition-small", 0, 4, true},
    };
    static struct tree spmc;
    static struct tree tree;
    size_t size;

    tree_spmc(&spmc, 4);
    out[0] = 0;
    write_seed("manifest", "spmc", out, 1 + put_tree(&out[1], &spmc));
    for (unsigned i = 0; i < sizeof(partition) / sizeof(partition[0]); i++) {
        if (partition[i].small) {
            tree_small_partition(&tree, partition[i].contexts);
        } else {
            tree_partition(&tree, partition[i].minor, partition[i].contexts);
        }
        out[0] = 1;
        write_seed("manifest", partition[i].name, out, 1 + put_tree(&out[1], &tree));
    }
    size = put_tree(&out[3], &spmc);
    out[0] = 2;
    out[1] = (uint8_t)size;
    out[2] = (uint8_t)(size >> 8);
    write_seed("manifest", "both", out, 3 + size + put_tree(&out[3 + size], &tree));
    memcpy(out, edits, sizeof(edits));
    write_seed("manifest", "edits-partition", out, sizeof(edits));
    out[0] = 3 | 8;
    write_seed("manifest", "edits-partition-1.1", out, sizeof(edits));
    out[0] = 3 | 4;
    write_seed("manifest", "edits-spmc", out, sizeof(edits));
}

static void spkg(const char *name, unsigned version, const struct tree *tree)
{
    uint8_t *at = &out[1];

    memset(out, 0, sizeof(out));
    put_bytes(&at[0], 4, PACKAGE_MAGIC);
    put_bytes(&at[4], 4, version);
    put_bytes(&at[8], 4, MANIFEST_AT);
    put_bytes(&at[12], 4, put_tree(&at[MANIFEST_AT], tree));
    put_bytes(&at[16], 4, IMAGE_AT);
    put_bytes(&at[20], 4, 0x1000);
    write_seed("package", name, out, 1 + IMAGE_AT + 0x1000);
}

/* An entry whose data starts at `data`; its header lies right before. */
static void entry(uint8_t *list, uint32_t tag, uint32_t data, uint32_t size)
{
    put_bytes(&list[data - 8], 4, tag | 8u << 24);
    put_bytes(&list[data - 4], 4, size);
}

static void transfer_list(const char *name, bool sum, uint8_t mode, const struct tree *tree)
{
    uint8_t *at = &out[1];
    uint32_t size = IMAGE_AT + 0x1000;
    uint8_t total = 0;

    memset(out, 0, sizeof(out));
    out[0] = mode;
    put_bytes(&at[0], 4, PACKAGE_LIST_MAGIC);
    at[5] = 1;
    at[6] = 24;
    put_bytes(&at[8], 4, size);
    put_bytes(&at[12], 4, size);
    put_bytes(&at[16], 4, sum);
    entry(at, 0, 32, MANIFEST_AT - 8 - 32);
    entry(at, TAG_MANIFEST, MANIFEST_AT, HOB_AT - 8 - MANIFEST_AT);
    entry(at, TAG_HOB_LIST, HOB_AT, IMAGE_AT - 8 - HOB_AT);
    entry(at, TAG_IMAGE, IMAGE_AT, 0x1000);
    (void)put_tree(&at[MANIFEST_AT], tree);
    for (uint32_t i = 0; i < size; i++) {
        total = (uint8_t)(total + at[i]);
    }
    at[4] = sum ? (uint8_t)(0u - total) : 0;
    write_seed("package", name, out, 1 + size);
}

static void packages(void)
{
    static struct tree tree;

    tree_partition(&tree, 0, 1);
    transfer_list("list", false, 0, &tree);
    transfer_list("list-sum", true, 0, &tree);
    transfer_list("list-layout", false, 3, &tree);
    spkg("spkg-1", 1, &tree);
    spkg("spkg-2", 2, &tree);
    tree_small_partition(&tree, 1);
    spkg("spkg-small", 2, &tree);
}

static void descriptors(void)
{
    static const struct share_constituent list[] = {{0x80001000, 2, 0}, {0x80010000, 1, 0}};
    static const uint8_t relinquish[] = {0x12, 1, 0, 1, 0, 0, 0, 0, 0,   0,
                                         0,    0, 0, 1, 0, 0, 0, 1, 0x80};
    struct descriptor d = {
        .sender = 0,
        .attributes = FFA_MEM_NORMAL_WB_ISH,
        .tag = 0x1234,
        .receiver_count = 2,
        .receiver = {{0x8001, FFA_MEM_DATA_RW, 0, {1, 2}}, {0x8002, FFA_MEM_DATA_RO, 0, {0, 0}}},
        .count = 2,
        .list = list,
    };
    char name[32];

    for (uint8_t minor = 0; minor < 4; minor++) {
        d.version = FFA_VERSION_1_0 + minor;
        out[0] = minor;
        snprintf(name, sizeof(name), "send-1.%u", minor);
        d.count = 2;
        d.receiver[0].impdef[0] = minor < 2 ? 0 : 1;
        write_seed("descriptor", name, out, 1 + descriptor_write(&d, &out[1]));
        snprintf(name, sizeof(name), "retrieve-1.%u", minor);
        d.count = 0;
        write_seed("descriptor", name, out, 1 + descriptor_write(&d, &out[1]));
    }
    write_seed("descriptor", "relinquish", relinquish, sizeof(relinquish));
}

#define SEQUENCE(name, ...)                                   \
    do {                                                      \
        static const uint8_t bytes[] = {__VA_ARGS__};         \
        write_seed("sequence", (name), bytes, sizeof(bytes)); \
    } while (0)

/* Steps, as target_sequence.c reads them. Endpoints: 0 normal world, 1 to 3, and 4 of S-EL0. */
#define SEND(what, ep, receivers, ...) (what), (ep), 0, (receivers), __VA_ARGS__
#define LEND                           0
#define SHARE                          2
#define DONATE                         3
#define RETRIEVE(ep, n)                4, (ep), (n), 0
#define RELINQUISH(ep, n)              7, (ep), (n), 0
#define RECLAIM(n)                     9, 0, (n), 0
#define NO_DENTS                       0

static void sequences(void)
{
    SEQUENCE("lend", SEND(LEND, 1, 2, 1, 0x22, 0x28, NO_DENTS), RETRIEVE(2, 0), RELINQUISH(2, 0),
             RECLAIM(0));
    SEQUENCE("share", SEND(SHARE, 0, 0xb, 0, 0x61, NO_DENTS), RETRIEVE(1, 0), RETRIEVE(2, 0),
             RETRIEVE(4, 0), RELINQUISH(1, 0), RELINQUISH(2, 0), RECLAIM(0));
    SEQUENCE("donate", SEND(DONATE, 2, 1, 0, 3, NO_DENTS), RETRIEVE(1, 0), RECLAIM(0));
    SEQUENCE("donate-reclaim", SEND(DONATE, 3, 8, 2, 0, 1, 2, NO_DENTS), RECLAIM(0));
    SEQUENCE("many", SEND(LEND, 1, 2, 0xf0, NO_DENTS), RETRIEVE(2, 0), 12, 2, 0, RELINQUISH(2, 0),
             RECLAIM(0));
    SEQUENCE("many-stopped", SEND(LEND, 1, 2, 0xf0, NO_DENTS), RETRIEVE(2, 0), RELINQUISH(2, 0));
    SEQUENCE("fragments", SEND(LEND, 1, 6, 3, 0, 1, 2, 3, 0x20, 1), 11, 0, 0, 1, 11, 0, 0, 0,
             RETRIEVE(2, 0), RETRIEVE(3, 0), RELINQUISH(3, 0));
    SEQUENCE("fragments-vm", SEND(LEND, 0, 1, 3, 0, 1, 2, 3, 0x21, 1, 1), 11, 0, 0, 0,
             RETRIEVE(1, 0), 4, 0, 0, 0);
    SEQUENCE("device", SEND(LEND, 1, 2, 0, 0x0f, NO_DENTS), RETRIEVE(2, 0));
    SEQUENCE("kill-borrower", SEND(LEND, 0, 2, 0, 0, NO_DENTS), RETRIEVE(2, 0), 15, 2, 0x80,
             RECLAIM(0));
    SEQUENCE("kill-owner", SEND(LEND, 1, 2, 0, 0, NO_DENTS), RETRIEVE(2, 0), 15, 1, 0x80,
             RELINQUISH(2, 0));
    SEQUENCE("no-pages", 15, 0, 9, SEND(LEND, 1, 2, 2, 0, 9, 4, NO_DENTS), RETRIEVE(2, 0), 15, 0, 1,
             RETRIEVE(2, 0), 15, 0, 2);
    SEQUENCE("bypass", SEND(SHARE, 1, 6, 0, 0, NO_DENTS), 4, 2, 0, 0x20, 4, 3, 0, 0x20);
    SEQUENCE("zero", SEND(LEND, 1, 2, 0, 0, 2, 1), 4, 2, 0, 2, 0x15, 0, RELINQUISH(2, 0));
    SEQUENCE("buffers", 13, 2, 1, 13, 2, 2, 0, 2, SEND(LEND, 2, 1, 0, 0, NO_DENTS), 13, 2, 1, 13, 2,
             0);
    SEQUENCE("buffers-taken", 13, 2, 1, SEND(SHARE, 2, 1, 0, 1, NO_DENTS), 13, 2, 0x42, 0, 4, 13, 2,
             0x42, 2, 4);
    SEQUENCE("donate-stopped", SEND(DONATE, 1, 2, 0xf0, NO_DENTS), RETRIEVE(2, 0), RELINQUISH(2, 0),
             RECLAIM(0), 12, 2, 0);
    SEQUENCE("buffer-in-a-split-block", SEND(LEND, 1, 2, 0, 0, NO_DENTS), 13, 1, 1, 13, 1, 2, 2, 3,
             RECLAIM(0), 13, 1, 1);
    SEQUENCE("count", SEND(LEND, 1, 2, 1, 0x22, 0x28, 8, 3), SEND(LEND, 1, 2, 1, 0x22, 0x28, 8, 5),
             SEND(SHARE, 1, 2, 1, 0x22, 0x28, 8, 4));
    SEQUENCE("overlap", SEND(LEND, 1, 2, 2, 0x22, 0x03, 0, NO_DENTS), SEND(LEND, 1, 2, 1, 0, 0, 0),
             SEND(SHARE, 1, 2, 0, 5, 0));
    SEQUENCE("versions", 15, 2, 3, 15, 1, 0x43, SEND(SHARE, 2, 1, 0, 0, NO_DENTS), RETRIEVE(1, 0));
    SEQUENCE("raw", 14, 1, 4, 0, 0, 0, 0, 14, 0, 10, 0x0e, 1, 2, 3, 14, 4, 13, 3, 0, 0, 0xe0, 0x10,
             0, 0, 0, 0);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: fuzz_seeds FOLDER\n", stderr);
        return 2;
    }
    folder = argv[1];
    make_folder(folder);
    manifests();
    packages();
    descriptors();
    sequences();
    return 0;
}
