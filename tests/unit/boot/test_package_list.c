/* SPDX-License-Identifier: BSD-3-Clause */
/* Packages that are transfer lists: what is found in them, what is refused, and a boot from one. */
#include <string.h>

#include "main.h"
#include "world.h"

#define MEM_SIZE   0x10000u
#define LIST_BYTES 0x5000u

#define TAG_EMPTY    0x0u
#define TAG_HOB_LIST 0x3u
#define TAG_IMAGE    0x103u
#define TAG_MANIFEST 0x106u

static uint8_t memory[MEM_SIZE];
static struct package_layout layout;
static struct manifest_diag diag;

static void put32(uint8_t *at, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++) {
        at[i] = (uint8_t)(value >> (8 * i));
    }
}

/* An entry whose data starts at `data`; its header lies right before. Returns where it ends. */
static uint32_t entry(uint8_t *base, uint32_t tag, uint32_t data, uint32_t size)
{
    put32(base + data - 8, tag | 8u << 24);
    put32(base + data - 4, size);
    return (data + size + 7u) & ~7u;
}

/* An empty entry at `at` so that the next one has its data at `data`. */
static void pad(uint8_t *base, uint32_t at, uint32_t data)
{
    if (at + 8 != data) {
        entry(base, TAG_EMPTY, at + 8, data - 16 - at);
    }
}

static void head(uint8_t *base, uint32_t size, uint32_t flags)
{
    put32(base, PACKAGE_LIST_MAGIC);
    base[4] = 0;
    base[5] = 1;
    base[6] = 24;
    base[7] = 12;
    put32(base + 8, size);
    put32(base + 12, size);
    put32(base + 16, flags);
    put32(base + 20, 0);
}

static void sum_up(uint8_t *base, uint32_t size)
{
    uint8_t sum = 0;

    base[4] = 0;
    for (uint32_t i = 0; i < size; i++) {
        sum = (uint8_t)(sum + base[i]);
    }
    base[4] = (uint8_t)(0u - sum);
}

/* Manifest at 0x1000, HOB list at 0x2000, image at 0x4000; returns the size of the list. */
static uint32_t build(uint8_t *base, uint32_t manifest_bytes, uint32_t image_bytes)
{
    uint32_t end;

    pad(base, 24, 0x1000);
    end = entry(base, TAG_MANIFEST, 0x1000, manifest_bytes);
    pad(base, end, 0x2000);
    end = entry(base, TAG_HOB_LIST, 0x2000, 0x88);
    pad(base, end, 0x4000);
    end = entry(base, TAG_IMAGE, 0x4000, image_bytes);
    head(base, end, 1);
    sum_up(base, end);
    return end;
}

static bool read_memory(void *context, uint64_t offset, void *to, size_t size_bytes)
{
    (void)context;
    ck_assert_uint_le(offset + size_bytes, MEM_SIZE); /* the list was said to lie in it */
    memcpy(to, memory + offset, size_bytes);
    return true;
}

static bool read_list(uint64_t mem_size)
{
    const struct package_source source = {read_memory, NULL};

    memset(&diag, 0, sizeof(diag));
    memset(&layout, 0x5a, sizeof(layout));
    return package_read(memory, &source, mem_size, &layout, &diag);
}

static void setup(void)
{
    memset(memory, 0, sizeof(memory));
    ck_assert_uint_eq(build(memory, 0x345, 0x1000), LIST_BYTES);
}

START_TEST(what_is_in_it)
{
    ck_assert_msg(read_list(LIST_BYTES), "%s", diag.text);
    ck_assert_uint_eq(layout.manifest_offset, 0x1000);
    ck_assert_uint_eq(layout.manifest_size_bytes, 0x345);
    ck_assert_uint_eq(layout.hob_offset, 0x2000);
    ck_assert_uint_eq(layout.hob_size_bytes, 0x88);
    ck_assert_uint_eq(layout.image_offset, 0x4000);
    ck_assert_uint_eq(layout.image_size_bytes, 0x1000);
    ck_assert(!read_list(LIST_BYTES - 1));
    check_finding(&diag, MANIFEST_NOT_COMPATIBLE, "package list:", "size: found 0x5000");
}
END_TEST

START_TEST(without_a_hob_list)
{
    put32(memory + 0x2000 - 8, 0x77u | 8u << 24); /* somebody else's entry */
    sum_up(memory, LIST_BYTES);
    ck_assert_msg(read_list(MEM_SIZE), "%s", diag.text);
    ck_assert_uint_eq(layout.hob_offset, 0);
    ck_assert_uint_eq(layout.hob_size_bytes, 0);
}
END_TEST

START_TEST(the_checksum)
{
    memory[0x4321] ^= 0x10;
    ck_assert(!read_list(MEM_SIZE));
    check_finding(&diag, MANIFEST_NOT_COMPATIBLE, "package list:", "checksum: found 0x10");
    memory[16] = 0; /* flags: there is none */
    ck_assert(read_list(MEM_SIZE));
}
END_TEST

/* A room of its own behind the image is legal, entries there are not. */
START_TEST(behind_the_image)
{
    entry(memory, TAG_EMPTY, LIST_BYTES + 8, 0x100);
    head(memory, LIST_BYTES + 0x108, 0);
    ck_assert_msg(read_list(MEM_SIZE), "%s", diag.text);
    entry(memory, 0x77, LIST_BYTES + 8, 0x100);
    ck_assert(!read_list(MEM_SIZE));
    check_finding(&diag, MANIFEST_NOT_COMPATIBLE, "package list:", "tag: found 0x77");
}
END_TEST

/* One byte is changed, in a list without a checksum. */
static const struct {
    uint32_t at;
    uint8_t value;
    const char *finding;
} faults[] = {
    {5, 2, "version: found 0x2"},
    {6, 16, "header size: found 0x10"},
    {6, 28, "header size: found 0x1c"},
    {9, 0, "size: found 0x0"},
    {11, 0x80, "size: found 0x80005000"},
    {0x1000 - 8, 0x03, "HOB list: found 0x2000, want one of it"},
    {0x1000 - 8, 0x77, "manifest: found 0x0, want an entry"},
    {0x2000 - 8, 0x06, "manifest: found 0x0"},
    {0x4000 - 8, 0x04, "image: found 0x0"},
    {0x4000 - 5, 7, "entry header size: found 0x7"},
    {0x4000 - 5, 9, "entry size: found 0x1000"},
    {0x4000 - 1, 0xff, "entry size: found 0xff001000"},
    {0x4000 - 5, 0, "entry header size: found 0x0"},
};

START_TEST(faults_of_each_field)
{
    memory[16] = 0;
    memory[faults[_i].at] = faults[_i].value;
    if (faults[_i].at == 0x2000 - 8) {
        memory[0x2000 - 7] = 1;
        memory[0x1000 - 8] = 0x77; /* the only manifest is the one that is made here */
        memory[0x2000 - 4] = 0;    /* and it is empty */
        memory[0x2000 - 3] = 0;
        ck_assert(!read_list(MEM_SIZE));
        check_finding(&diag, MANIFEST_NOT_COMPATIBLE, "package list:", "manifest: found 0x2000");
        return;
    }
    if (faults[_i].at == 0x1000 - 8 && faults[_i].value == 0x03) {
        memory[0x1000 - 7] = 0;
    }
    ck_assert(!read_list(MEM_SIZE));
    check_finding(&diag, MANIFEST_NOT_COMPATIBLE, "package list:", faults[_i].finding);
}
END_TEST

START_TEST(data_that_is_not_page_aligned)
{
    memory[16] = 0;
    pad(memory, 24, 0x800);
    pad(memory, entry(memory, TAG_MANIFEST, 0x800, 0x345), 0x2000);
    ck_assert(!read_list(MEM_SIZE));
    check_finding(&diag, MANIFEST_NOT_COMPATIBLE, "package list:", "manifest: found 0x800");
}
END_TEST

START_TEST(more_entries_than_a_package_has)
{
    memory[16] = 0;
    memset(memory + 24, 0, 0x800);
    for (uint32_t at = 24; at < 0x400; at += 8) {
        entry(memory, TAG_EMPTY, at + 8, 0);
    }
    ck_assert(!read_list(MEM_SIZE));
    check_finding(&diag, MANIFEST_NOT_COMPATIBLE, "package list:", "entries: found 0x41");
}
END_TEST

START_TEST(memory_that_is_none)
{
    world_setup();
    put32(fake_arch_at(&world.pe, TREE_PARTITION(1), 4, PAS_SECURE), PACKAGE_LIST_MAGIC);
    world_boot_fails(MANIFEST_NOT_COMPATIBLE, "one: package list: version: found 0x0");
    world_teardown();
}
END_TEST

/* Any bytes give a layout inside the memory, or one finding. */
START_TEST(it_is_total)
{
    uint64_t state = 7;

    for (unsigned i = 0; i < 4000; i++) {
        setup();
        memory[16] = 0;
        for (unsigned k = 0; k < 1 + i % 3; k++) {
            static const uint32_t heads[] = {0, 8, 16, 24, 0xff0, 0xff8, 0x1ff8, 0x3ff8};
            uint32_t at;

            state = state * 6364136223846793005u + 1442695040888963407u;
            at = heads[(state >> 33) % 8] + (uint32_t)(state >> 40) % 8;
            memory[at] = (uint8_t)(state >> 50);
        }
        put32(memory, PACKAGE_LIST_MAGIC);
        if (read_list(MEM_SIZE)) {
            ck_assert_uint_ge(layout.manifest_offset, 0x1000);
            ck_assert_uint_le((uint64_t)layout.manifest_offset + layout.manifest_size_bytes,
                              layout.image_offset);
            ck_assert_uint_le((uint64_t)layout.hob_offset + layout.hob_size_bytes,
                              layout.image_offset);
            ck_assert_uint_le((uint64_t)layout.image_offset + layout.image_size_bytes, MEM_SIZE);
        } else {
            check_finding(&diag, MANIFEST_NOT_COMPATIBLE, "package list:", "found");
        }
    }
}
END_TEST

/* `one` comes as a list, with the HOB list that its manifest asks for. */
START_TEST(a_partition_from_a_list)
{
    static uint8_t manifest[WORLD_IMAGE - 0x1000];
    uint8_t *package;
    uint32_t size;

    world_setup();
    package = fake_arch_at(&world.pe, TREE_PARTITION(1), TREE_PARTITION_SIZE, PAS_SECURE);
    size = (uint32_t)package[0x1006] << 8 | package[0x1007]; /* totalsize of the device tree */
    ck_assert_uint_le(size, 0x1000 - 16);
    memcpy(manifest, package + 0x1000, size);
    memset(package, 0, WORLD_IMAGE);
    memcpy(package + 0x1000, manifest, size);
    build(package, size, WORLD_IMAGE_SIZE);
    ck_assert_msg(world_boot(), "%s", spmc_boot_diag(world.spmc)->text);
    ck_assert_uint_eq(world_one()->state, PARTITION_CREATED);
    ck_assert_uint_eq(world_one()->entry, TREE_PARTITION(1) + WORLD_IMAGE);
    ck_assert_uint_eq(world_one()->boot_info, TREE_PARTITION(1));
    ck_assert_uint_eq(package[0], 0xfa);
    ck_assert_uint_eq(package[16], 2);         /* descriptors */
    ck_assert_uint_eq(package[64 + 16], 1);    /* the second one is of a HOB list */
    ck_assert_uint_eq(package[64 + 20], 0x88); /* of this size */
    ck_assert_uint_eq(package[64 + 25], 0x20); /* at this offset */
    ck_assert_mem_eq(package + 0x1000, manifest, size);
    ck_assert(strstr(world.pe.log, "one: boot-info:") == NULL);
    world_teardown();
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, what_is_in_it);
    tcase_add_test(tcase, without_a_hob_list);
    tcase_add_test(tcase, the_checksum);
    tcase_add_test(tcase, behind_the_image);
    tcase_add_loop_test(tcase, faults_of_each_field, 0, sizeof(faults) / sizeof(faults[0]));
    tcase_add_test(tcase, data_that_is_not_page_aligned);
    tcase_add_test(tcase, more_entries_than_a_package_has);
    tcase_add_test(tcase, memory_that_is_none);
    tcase_add_test(tcase, it_is_total);
    tcase_add_test(tcase, a_partition_from_a_list);
}

int main(void)
{
    return run_case("package_list", add);
}
