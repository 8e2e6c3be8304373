/* SPDX-License-Identifier: BSD-3-Clause */
/* A campaign for other tools: JUnit XML, and TAP. */
#define _POSIX_C_SOURCE 200809L /* fmemopen */
#include <inttypes.h>
#include <stdio.h>

#include "sim/replay/campaign.h"
#include "sim/replay/outfile.h"

static void put_xml(FILE *file, const char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        if (c == '<') {
            fputs("&lt;", file);
        } else if (c == '>') {
            fputs("&gt;", file);
        } else if (c == '&') {
            fputs("&amp;", file);
        } else if (c == '"') {
            fputs("&quot;", file);
        } else {
            fputc(c >= ' ' && c < 0x7f ? c : '?', file);
        }
    }
}

static unsigned causes_of(const struct campaign *campaign, unsigned scenario)
{
    unsigned count = 0;

    for (unsigned i = 0; i < campaign->cause_count; i++) {
        count += campaign->cause[i].first.scenario == scenario;
    }
    return count;
}

/* The command goes through a file of its own: it has to be escaped. */
static void put_command_xml(FILE *file, const struct campaign *campaign,
                            const struct campaign_cause *cause)
{
    char text[4096] = "";
    FILE *memory = fmemopen(text, sizeof(text) - 1, "w");

    if (memory != NULL) {
        command_put_again(memory, campaign, cause);
        fclose(memory);
    }
    put_xml(file, text);
}

static void put_suite(FILE *file, const struct campaign *campaign, unsigned scenario)
{
    const char *name = campaign->options->plan.scenario[scenario];
    const struct campaign_course *course = &campaign->course[scenario];
    unsigned failures = causes_of(campaign, scenario);

    fprintf(file, "  <testsuite name=\"");
    put_xml(file, name);
    fprintf(file, "\" tests=\"%u\" failures=\"%u\" errors=\"0\">\n", failures + 1, failures);
    fprintf(file,
            "    <testcase classname=\"orrery.explore\" name=\"was run\">\n"
            "      <system-out>%" PRIu64 " runs, %" PRIu64 " failed</system-out>\n"
            "    </testcase>\n",
            course->runs, course->failed);
    for (unsigned i = 0; i < campaign->cause_count; i++) {
        const struct campaign_cause *cause = &campaign->cause[i];

        if (cause->first.scenario != scenario) {
            continue;
        }
        fprintf(file, "    <testcase classname=\"orrery.explore\" name=\"");
        put_xml(file, cause->cause);
        fprintf(file, "\">\n      <failure message=\"");
        put_xml(file, cause->first.why);
        fprintf(file, "\">%" PRIu64 " runs, first is run %" PRIu64 "; again: ", cause->count,
                cause->first.run);
        put_command_xml(file, campaign, cause);
        fprintf(file, "</failure>\n    </testcase>\n");
    }
    fprintf(file, "  </testsuite>\n");
}

bool report_junit(const struct campaign *campaign, const char *path, struct sim_error *err)
{
    unsigned scenarios = campaign->options->plan.scenario_count;
    struct outfile out;

    if (!outfile_open(&out, path, "the JUnit report", err)) {
        return false;
    }
    fprintf(out.file,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<testsuites tests=\"%u\" failures=\"%u\" errors=\"0\">\n",
            scenarios + campaign->cause_count, campaign->cause_count);
    for (unsigned i = 0; i < scenarios; i++) {
        put_suite(out.file, campaign, i);
    }
    fprintf(out.file, "</testsuites>\n");
    return outfile_finish(&out, err);
}

/* A # would begin a directive, a line's end another line. */
static void put_tap(FILE *file, const char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        if (c == '#' || c == '\\') {
            fputc('\\', file);
        }
        fputc(c >= ' ' && c < 0x7f ? c : '?', file);
    }
}

bool report_tap(const struct campaign *campaign, const char *path, struct sim_error *err)
{
    unsigned scenarios = campaign->options->plan.scenario_count;
    unsigned number = 0;
    struct outfile out;

    if (!outfile_open(&out, path, "the TAP report", err)) {
        return false;
    }
    fprintf(out.file, "TAP version 13\n1..%u\n", scenarios + campaign->cause_count);
    for (unsigned i = 0; i < scenarios; i++) {
        fprintf(out.file, "ok %u - ", ++number);
        put_tap(out.file, campaign->options->plan.scenario[i]);
        fprintf(out.file, ": %" PRIu64 " runs, %" PRIu64 " failed\n", campaign->course[i].runs,
                campaign->course[i].failed);
    }
    for (unsigned i = 0; i < campaign->cause_count; i++) {
        const struct campaign_cause *cause = &campaign->cause[i];

        fprintf(out.file, "not ok %u - ", ++number);
        put_tap(out.file, campaign->options->plan.scenario[cause->first.scenario]);
        fprintf(out.file, ": ");
        put_tap(out.file, cause->first.why);
        fprintf(out.file, "\n# %" PRIu64 " runs, first is run %" PRIu64 "; again: ", cause->count,
                cause->first.run);
        command_put_again(out.file, campaign, cause);
        fprintf(out.file, "\n");
    }
    return outfile_finish(&out, err);
}
