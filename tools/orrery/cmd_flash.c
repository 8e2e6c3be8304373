/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * orrery flash: a scenario with its firmware as one flash image. At its start the EL3 firmware,
 * behind it a device tree that lists what goes where, then the pieces (docs/twin.md).
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <getopt.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "sim/host/export.h"
#include "sim/script/scenario.h"

#define LIST_OFFSET     0x40000u /* what is before it is the EL3 firmware's */
#define LIST_BYTES      0x10000u
#define BLOBS_OFFSET    (LIST_OFFSET + LIST_BYTES)
#define BLOB_ALIGN      0x1000u
#define FLASH_MAX_BYTES 0x4000000u /* the flash of QEMU's virt that is mapped at 0 */
#define SPMC_MAX_BYTES  0x1000000u

struct flash_options {
    const char *board;
    const char *firmware;
    const char *output;
    bool call_log;
};

struct flash {
    uint8_t *el3;
    size_t el3_bytes;
    uint8_t *spmc;
    size_t spmc_bytes;
    char spmc_path[1024];
    uint8_t list[LIST_BYTES];
    uint32_t offset[EXPORT_MAX_LOADS];
    uint32_t size_bytes;
};

static void help(void)
{
    printf("usage: orrery flash --firmware DIR [OPTION]... FILE\n\n"
           "Puts a scenario and its firmware into one flash image for QEMU.\n\n"
           "  --firmware DIR      the folder with el3.bin and spmc.bin\n"
           "  --board NAME|DIR    the board (default qemu)\n"
           "  --call-log          the SPMC writes every call and what it decided\n"
           "  --output FILE       the image (default flash.bin)\n"
           "  --help              this text\n\n"
           "Prints the image's size and the number of PEs. Exit status: 0 written, 2 usage or bad\n"
           "input, 3 internal fault.\n");
}

static const struct option long_options[] = {
    {"firmware", required_argument, NULL, 'f'}, {"board", required_argument, NULL, 'b'},
    {"call-log", no_argument, NULL, 'c'},       {"output", required_argument, NULL, 'o'},
    {"help", no_argument, NULL, 'h'},           {NULL, 0, NULL, 0}};

/* A status, or -1 to go on. */
static int parse_options(int argc, char **argv, struct flash_options *o)
{
    int option;

    opterr = 0;
    optind = 1;
    while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        switch (option) {
        case 'f':
            o->firmware = optarg;
            break;
        case 'b':
            o->board = optarg;
            break;
        case 'c':
            o->call_log = true;
            break;
        case 'o':
            o->output = optarg;
            break;
        case 'h':
            help();
            return SIM_PASS;
        default:
            return command_usage("flash", "unknown or incomplete option '%s'", argv[optind - 1]);
        }
    }
    if (o->firmware == NULL) {
        return command_usage("flash", "--firmware DIR is wanted, the folder with el3.bin");
    }
    if (argc - optind != 1) {
        return command_usage("flash", "wanted one scenario");
    }
    return -1;
}

static bool read_firmware(const char *folder, const char *name, size_t max_bytes, char *path,
                          size_t path_bytes, uint8_t **data, size_t *size_bytes,
                          struct sim_error *err)
{
    FILE *in;
    bool ok;

    snprintf(path, path_bytes, "%s/%s", folder, name);
    in = fopen(path, "rb");
    if (in == NULL) {
        return sim_fail(err, SIM_BAD_INPUT, "%s: %s", path, strerror(errno));
    }
    *data = malloc(max_bytes + 1);
    *size_bytes = *data != NULL ? fread(*data, 1, max_bytes + 1, in) : 0;
    ok = *data != NULL && ferror(in) == 0;
    fclose(in);
    if (!ok) {
        return sim_fail(err, SIM_BAD_INPUT, "%s: can not be read", path);
    }
    if (*size_bytes == 0 || *size_bytes > max_bytes) {
        return sim_fail(err, SIM_BAD_INPUT, "%s: found %s, want 1 to 0x%zx bytes", path,
                        *size_bytes == 0 ? "an empty file" : "more", max_bytes);
    }
    return true;
}

/* Offsets of the pieces, and the size of all. */
static bool lay_out(struct flash *flash, const struct export *export, struct sim_error *err)
{
    uint64_t at = BLOBS_OFFSET;

    for (unsigned i = 0; i < export->load_count; i++) {
        const struct export_load *load = &export->load[i];

        if (load->size_bytes > FLASH_MAX_BYTES - at) {
            return sim_fail(err, SIM_BAD_INPUT, "%s: no room for its %zu bytes in 0x%x of flash",
                            load->what, load->size_bytes, FLASH_MAX_BYTES);
        }
        flash->offset[i] = (uint32_t)at;
        at = (at + load->size_bytes + BLOB_ALIGN - 1) & ~(uint64_t)(BLOB_ALIGN - 1);
    }
    flash->size_bytes = (uint32_t)at;
    return true;
}

static int add_load(struct flash *flash, const struct export_load *load, unsigned index)
{
    void *list = flash->list;
    char name[16];
    int bad;

    snprintf(name, sizeof(name), "load@%x", index);
    bad = fdt_begin_node(list, name);
    bad = bad != 0 ? bad : fdt_property_u32(list, "source", flash->offset[index]);
    bad = bad != 0 ? bad : fdt_property_u32(list, "size", (uint32_t)load->size_bytes);
    bad = bad != 0 ? bad : fdt_property_u64(list, "destination", load->destination);
    if (bad == 0 && load->non_secure) {
        bad = fdt_property(list, "non-secure", NULL, 0);
    }
    bad = bad != 0 ? bad : fdt_property_string(list, "what", load->what);
    return bad != 0 ? bad : fdt_end_node(list);
}

static bool make_list(struct flash *flash, const struct export *export, struct sim_error *err)
{
    void *list = flash->list;
    int bad = fdt_create(list, LIST_BYTES);

    bad = bad != 0 ? bad : fdt_finish_reservemap(list);
    bad = bad != 0 ? bad : fdt_begin_node(list, "");
    bad = bad != 0 ? bad : fdt_property_string(list, "compatible", "orrery,flash");
    bad = bad != 0 ? bad : fdt_property_u32(list, "pe-count", export->pe_count);
    bad = bad != 0 ? bad : fdt_begin_node(list, "normal-world");
    bad = bad != 0 ? bad : fdt_property_u64(list, "entry", export->nwd_entry);
    bad = bad != 0 ? bad : fdt_property_u32(list, "exception-level", export->nwd_el);
    bad = bad != 0 ? bad : fdt_end_node(list);
    bad = bad != 0 ? bad : fdt_begin_node(list, "spmc-manifest");
    bad = bad != 0 ? bad : fdt_property_u64(list, "address", EXPORT_MANIFEST_ADDRESS);
    bad = bad != 0 ? bad : fdt_end_node(list);
    bad = bad != 0 ? bad : fdt_begin_node(list, "loads");
    for (unsigned i = 0; bad == 0 && i < export->load_count; i++) {
        bad = add_load(flash, &export->load[i], i);
    }
    bad = bad != 0 ? bad : fdt_end_node(list);
    bad = bad != 0 ? bad : fdt_end_node(list);
    bad = bad != 0 ? bad : fdt_finish(list);
    return bad == 0 ||
           sim_fail(err, SIM_INTERNAL, "the load list can not be made: %s", fdt_strerror(bad));
}

static bool write_at(FILE *out, uint32_t offset, const void *data, size_t size_bytes)
{
    return fseek(out, (long)offset, SEEK_SET) == 0 &&
           fwrite(data, 1, size_bytes, out) == size_bytes;
}

/* Between the pieces are zeros: what is skipped in a new file reads as zero. */
static bool write_flash(const char *path, const struct flash *flash, const struct export *export,
                        struct sim_error *err)
{
    FILE *out = fopen(path, "wb");
    bool ok = out != NULL && write_at(out, 0, flash->el3, flash->el3_bytes) &&
              write_at(out, LIST_OFFSET, flash->list, LIST_BYTES);

    for (unsigned i = 0; ok && i < export->load_count; i++) {
        ok = write_at(out, flash->offset[i], export->load[i].data, export->load[i].size_bytes);
    }
    ok = ok && fflush(out) == 0 && ftruncate(fileno(out), (off_t)flash->size_bytes) == 0;
    if (!ok) {
        sim_fail(err, SIM_BAD_INPUT, "%s: can not be written: %s", path, strerror(errno));
    }
    if (out != NULL && fclose(out) != 0 && ok) {
        ok = sim_fail(err, SIM_BAD_INPUT, "%s: can not be written: %s", path, strerror(errno));
    }
    return ok;
}

static bool make(struct scenario *scenario, struct trace *trace, const struct flash_options *o,
                 struct flash *flash, struct sim_error *err)
{
    char path[1024];
    struct run_config config;
    struct export export;
    struct run_blob spmc;
    bool ok;

    if (!scenario_configure(scenario, command_share(), o->board, trace, &config, err) ||
        !read_firmware(o->firmware, "el3.bin", LIST_OFFSET, path, sizeof(path), &flash->el3,
                       &flash->el3_bytes, err) ||
        !read_firmware(o->firmware, "spmc.bin", SPMC_MAX_BYTES, flash->spmc_path,
                       sizeof(flash->spmc_path), &flash->spmc, &flash->spmc_bytes, err)) {
        return false;
    }
    if (config.resets != 0 && config.reset_lose_ram) {
        return sim_fail(err, SIM_BAD_INPUT,
                        "reset_ram: found \"lose\", want \"keep\": so it is on QEMU");
    }
    config.call_log = o->call_log;
    spmc = (struct run_blob){flash->spmc, flash->spmc_bytes, flash->spmc_path};
    if (!export_create(&config, &spmc, &export, err)) {
        return false;
    }
    ok = lay_out(flash, &export, err) && make_list(flash, &export, err) &&
         write_flash(o->output, flash, &export, err);
    if (ok) {
        printf("%s: %u bytes, %u PEs, %u pieces, %u resets\n", o->output,
               (unsigned)flash->size_bytes, export.pe_count, export.load_count, config.resets);
    }
    export_destroy(&export);
    return ok;
}

int cmd_flash(int argc, char **argv)
{
    struct flash_options o = {.board = "qemu", .output = "flash.bin"};
    struct flash *flash;
    struct scenario *scenario;
    struct trace *trace;
    struct sim_error err;
    bool ok = false;
    int status = parse_options(argc, argv, &o);

    if (status >= 0) {
        return status;
    }
    scenario = scenario_load(argv[optind], NULL, &err);
    trace = trace_create();
    flash = calloc(1, sizeof(*flash));
    if (scenario != NULL && (trace == NULL || flash == NULL)) {
        sim_fail(&err, SIM_INTERNAL, "out of memory");
    } else if (scenario != NULL) {
        ok = make(scenario, trace, &o, flash, &err);
    }
    if (!ok) {
        fprintf(stderr, "orrery flash: %s\n", err.text);
    }
    if (flash != NULL) {
        free(flash->el3);
        free(flash->spmc);
    }
    free(flash);
    trace_destroy(trace);
    scenario_free(scenario);
    return ok ? SIM_PASS : (int)err.status;
}
