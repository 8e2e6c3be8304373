/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "boot/fdt_read.h"
#include "main.h"
#include "tree.h"

static struct tree tree;
static struct manifest_diag diag;
static struct fdt_reader reader;

static void open_tree(void)
{
    ck_assert(fdt_reader_init(&reader, tree.blob, sizeof(tree.blob), &diag));
}

static void set(const void *value, size_t size_bytes)
{
    tree_small_partition(&tree, 1);
    tree_set(&tree, "/", "p", value, size_bytes);
    open_tree();
}

START_TEST(numbers_of_every_width)
{
    uint64_t value = 0;

    set(BYTES(0xfe));
    ck_assert(read_number(&reader, 0, "p", 0xfe, &value));
    ck_assert_uint_eq(value, 0xfe);
    set(BYTES(0xfe, 0xdc));
    ck_assert(read_number(&reader, 0, "p", UINT64_MAX, &value));
    ck_assert_uint_eq(value, 0xfedc);
    set(BYTES(CELL(0xfedcba98)));
    ck_assert(read_number(&reader, 0, "p", UINT64_MAX, &value));
    ck_assert_uint_eq(value, 0xfedcba98);
    set(BYTES(CELL(0xfedcba98), CELL(0x76543210)));
    ck_assert(read_number(&reader, 0, "p", UINT64_MAX, &value));
    ck_assert_uint_eq(value, 0xfedcba9876543210);
    ck_assert_int_eq(diag.code, MANIFEST_OK);
}
END_TEST

START_TEST(numbers_of_another_width_or_out_of_range)
{
    uint64_t value;
    const uint8_t zeros[16] = {0};

    for (size_t size = 0; size <= sizeof(zeros); size++) {
        bool is_width = size == 1 || size == 2 || size == 4 || size == 8;

        set(zeros, size);
        ck_assert(read_number(&reader, 0, "p", 0, &value) == is_width);
        if (!is_width) {
            check_finding(&diag, MANIFEST_MALFORMED_INTEGER, "/:", "p:");
        }
    }
    set(BYTES(CELL(0x10000)));
    ck_assert(!read_number(&reader, 0, "p", 0xffff, &value));
    check_finding(&diag, MANIFEST_INTEGER_OVERFLOW, "/:", "found 0x10000, want at most 0xffff");
    open_tree();
    ck_assert(!read_number(&reader, 0, "q", 1, &value));
    check_finding(&diag, MANIFEST_PROPERTY_NOT_FOUND, "/:", "q:");
}
END_TEST

START_TEST(an_optional_number_keeps_its_default)
{
    uint64_t value = 77;
    bool present = true;

    set(BYTES(1, 2, 3));
    ck_assert(read_optional(&reader, 0, "q", 10, &value, &present));
    ck_assert(!present);
    ck_assert_uint_eq(value, 77);
    ck_assert(!read_optional(&reader, 0, "p", 10, &value, &present));
    check_finding(&diag, MANIFEST_MALFORMED_INTEGER, "/:", "p:");
}
END_TEST

START_TEST(flags_hold_nothing)
{
    bool value = false;

    set(BYTES(1));
    ck_assert(read_flag(&reader, 0, "q", &value));
    ck_assert(!value);
    ck_assert(!read_flag(&reader, 0, "p", &value));
    check_finding(&diag, MANIFEST_MALFORMED_BOOLEAN, "/:", "p:");
    set(NULL, 0);
    ck_assert(read_flag(&reader, 0, "p", &value));
    ck_assert(value);
}
END_TEST

START_TEST(strings)
{
    char text[4];

    set("abc", 4);
    ck_assert(read_string(&reader, 0, "p", text, sizeof(text)));
    ck_assert_str_eq(text, "abc");
    ck_assert(!read_string(&reader, 0, "p", text, 3));
    check_finding(&diag, MANIFEST_STRING_TOO_LONG, "/:", "found 3 characters, want at most 2");
    set("abc", 3);
    ck_assert(!read_string(&reader, 0, "p", text, sizeof(text)));
    check_finding(&diag, MANIFEST_MALFORMED_STRING, "/:", "p:");
    set("a\0c", 4);
    ck_assert(!read_string(&reader, 0, "p", text, sizeof(text)));
    check_finding(&diag, MANIFEST_MALFORMED_STRING, "/:", "p:");
    set(NULL, 0);
    ck_assert(!read_string(&reader, 0, "p", text, sizeof(text)));
    check_finding(&diag, MANIFEST_MALFORMED_STRING, "/:", "p:");
    open_tree();
    ck_assert(!read_string(&reader, 0, "q", text, sizeof(text)));
    check_finding(&diag, MANIFEST_PROPERTY_NOT_FOUND, "/:", "q:");
}
END_TEST

START_TEST(lists)
{
    uint32_t list[3] = {0};
    uint32_t count = 9;

    set(BYTES(CELL(1), CELL(0x80000002), CELL(3)));
    ck_assert(read_list(&reader, 0, "q", 3, list, &count));
    ck_assert_uint_eq(count, 0);
    ck_assert(read_list(&reader, 0, "p", 3, list, &count));
    ck_assert_uint_eq(count, 3);
    ck_assert_uint_eq(list[1], 0x80000002);
    ck_assert(!read_list(&reader, 0, "p", 2, list, &count));
    check_finding(&diag, MANIFEST_TOO_MANY, "/:", "found 3 numbers, want at most 2");
    set(BYTES(1, 2, 3, 4, 5, 6));
    ck_assert(!read_list(&reader, 0, "p", 3, list, &count));
    check_finding(&diag, MANIFEST_MALFORMED_INTEGER_LIST, "/:", "p:");
    set(NULL, 0);
    ck_assert(!read_list(&reader, 0, "p", 3, list, &count));
    check_finding(&diag, MANIFEST_MALFORMED_INTEGER_LIST, "/:", "p:");
}
END_TEST

/* The same UUID as words, as FF-A registers carry it, and as text. */
START_TEST(uuid_words_and_text_agree)
{
    const uint32_t words[4] = {0xe0786148, 0xe311f8e7, 0x02005ebc, 0x1bc5d5a5};
    struct uuid from_words;
    struct uuid from_text;

    uuid_of_words(words, &from_words);
    tree_small_partition(&tree, 1);
    tree_set_string(&tree, "/", "p", "486178e0-E7F8-11e3-bc5e-0002a5d5c51b");
    open_tree();
    ck_assert(read_uuid_text(&reader, 0, "p", &from_text));
    ck_assert_mem_eq(from_words.byte, from_text.byte, sizeof(from_text.byte));
    ck_assert_uint_eq(from_text.byte[0], 0x48);
    ck_assert_uint_eq(from_text.byte[15], 0x1b);
    ck_assert(uuid_equal(&from_words, &from_text));
    ck_assert(!uuid_is_null(&from_text));
}
END_TEST

START_TEST(uuid_text_of_another_shape)
{
    static const char *const bad[] = {
        "486178e0-e7f8-11e3-bc5e-0002a5d5c51",   "486178e0-e7f8-11e3-bc5e0-002a5d5c51b",
        "486178e0e-7f8-11e3-bc5e-0002a5d5c51b",  "486178g0-e7f8-11e3-bc5e-0002a5d5c51b",
        "486178e0-e7f8-11e3-bc5e-0002a5d5c51 ",  "486178e0_e7f8-11e3-bc5e-0002a5d5c51b",
        "0x486178e-e7f8-11e3-bc5e-0002a5d5c51b",
    };
    struct uuid uuid;

    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        tree_small_partition(&tree, 1);
        tree_set_string(&tree, "/", "p", bad[i]);
        open_tree();
        ck_assert_msg(!read_uuid_text(&reader, 0, "p", &uuid), "%s", bad[i]);
        check_finding(&diag,
                      strlen(bad[i]) > 36 ? MANIFEST_STRING_TOO_LONG : MANIFEST_MALFORMED_UUID,
                      "/:", "p:");
    }
}
END_TEST

START_TEST(the_first_finding_stays)
{
    uint64_t value;

    set(BYTES(1, 2, 3));
    ck_assert(!read_number(&reader, 0, "p", 0, &value));
    ck_assert(!read_number(&reader, 0, "q", 0, &value));
    check_finding(&diag, MANIFEST_MALFORMED_INTEGER, "/:", "p:");
}
END_TEST

START_TEST(a_finding_is_one_printable_line)
{
    uint64_t value;
    struct uuid uuid;

    tree_small_partition(&tree, 1);
    tree_add_node(&tree, "/", "a\nb\x1b[2J\xff");
    tree_set_string(&tree, "/", "p", "\n\x7f\x80 486178e0-e7f8-11e3");
    open_tree();
    ck_assert(!read_number(&reader, fdt_first_subnode(tree.blob, 0), "q", 0, &value));
    check_finding(&diag, MANIFEST_PROPERTY_NOT_FOUND, "/a?b?[2J?:", "q:");
    open_tree();
    ck_assert(!read_uuid_text(&reader, 0, "p", &uuid));
    check_finding(&diag, MANIFEST_MALFORMED_UUID, "/:", "???");
}
END_TEST

START_TEST(what_is_no_tree)
{
    static _Alignas(8) uint8_t moved[TREE_BYTES + 4];

    tree_small_partition(&tree, 1);
    ck_assert(!fdt_reader_init(&reader, tree.blob, 0, &diag));
    ck_assert_int_eq(diag.code, MANIFEST_BAD_FDT);
    ck_assert(!fdt_reader_init(&reader, tree.blob, 39, &diag));
    ck_assert(!fdt_reader_init(&reader, tree.blob, TREE_BYTES - 1, &diag));
    memcpy(moved + 4, tree.blob, TREE_BYTES);
    ck_assert(!fdt_reader_init(&reader, moved + 4, TREE_BYTES, &diag));
    tree.blob[0] ^= 1;
    ck_assert(!fdt_reader_init(&reader, tree.blob, TREE_BYTES, &diag));
    ck_assert_int_eq(diag.code, MANIFEST_BAD_FDT);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, numbers_of_every_width);
    tcase_add_test(tcase, numbers_of_another_width_or_out_of_range);
    tcase_add_test(tcase, an_optional_number_keeps_its_default);
    tcase_add_test(tcase, flags_hold_nothing);
    tcase_add_test(tcase, strings);
    tcase_add_test(tcase, lists);
    tcase_add_test(tcase, uuid_words_and_text_agree);
    tcase_add_test(tcase, uuid_text_of_another_shape);
    tcase_add_test(tcase, the_first_finding_stays);
    tcase_add_test(tcase, a_finding_is_one_printable_line);
    tcase_add_test(tcase, what_is_no_tree);
}

int main(void)
{
    return run_case("fdt_read", add);
}
