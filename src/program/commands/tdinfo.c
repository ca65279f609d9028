/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tdinfo: what a TD with this firmware reports as TDINFO, and the hashes of it
 * that the TDX module and service TDs use.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "commands/commands.h"
#include "commands/open.h"
#include "groups/initdata_options.h"
#include "groups/launching.h"
#include "io/diagnostic.h"
#include "io/outfile.h"
#include "io/output.h"
#include "model/tdinfo.h"
#include "options/values.h"
#include "printable.h"
#include "report/tdinfo.h"

struct tdinfo_options {
    struct files files;
    struct launching launching;
    struct initdata_options initdata;
    bool json;
    const char *manifest; /* this and the others as given, or NULL */
    const char *mrtd;
    const char *attributes;
    const char *xfam;
    const char *mrconfigid;
    const char *mrowner;
    const char *mrownerconfig;
    const char *rtmr[4];
    const char *servtd_hash;
    const char *separator;
    const char *servtd_attributes;
    const char *output;        /* output file of the hash */
    const char *tdinfo_output; /* output file of the structure */
};

/* --- Options ------------------------------------------------------------- */

/* A field, as it was given or NULL, and where it goes. */
struct field {
    const char *option;
    const char *text;
    uint8_t *digest; /* or */
    uint64_t *number;
};

static enum exit_status take_field(const struct field *f)
{
    if (!f->text) {
        return EXIT_DONE;
    }
    if (f->digest) {
        return option_hex_bytes(f->text, f->digest, MRTD_DIGEST_SIZE)
                   ? EXIT_DONE
                   : diagnostic_usage("--%s needs 96 hexadecimal digits, not "
                                      "'%s'",
                                      f->option, printable(f->text));
    }
    return option_hex_number(f->text, f->number)
               ? EXIT_DONE
               : diagnostic_usage("--%s needs 1 to 16 hexadecimal digits, as "
                                  "0x10000000, not '%s'",
                                  f->option, printable(f->text));
}

static enum exit_status take_separator(const char *text, struct mrtd_tdinfo *t)
{
    uint64_t separator = 0;
    if (!option_number(text, UINT32_MAX, &separator)) {
        return diagnostic_usage("--separator needs a number up to 4294967295, "
                                "not '%s'",
                                printable(text));
    }
    tdinfo_separate(t, (uint32_t)separator);
    return EXIT_DONE;
}

static enum exit_status take_options(const struct tdinfo_options *o,
                                     struct tdinfo *r)
{
    struct mrtd_tdinfo *t = &r->info;
    const struct field fields[] = {
        {"attributes", o->attributes, NULL, &t->attributes},
        {"xfam", o->xfam, NULL, &t->xfam},
        {"servtd-attributes", o->servtd_attributes, NULL,
         &r->servtd_attributes},
        {"mrtd", o->mrtd, t->mrtd, NULL},
        {"mrconfigid", o->mrconfigid, t->mrconfigid, NULL},
        {"mrowner", o->mrowner, t->mrowner, NULL},
        {"mrownerconfig", o->mrownerconfig, t->mrownerconfig, NULL},
        {"servtd-hash", o->servtd_hash, t->servtd_hash, NULL},
        {"rtmr0", o->rtmr[0], t->rtmr[0], NULL},
        {"rtmr1", o->rtmr[1], t->rtmr[1], NULL},
        {"rtmr2", o->rtmr[2], t->rtmr[2], NULL},
        {"rtmr3", o->rtmr[3], t->rtmr[3], NULL},
    };
    enum exit_status status = EXIT_DONE;
    for (size_t i = 0; !status && i < sizeof fields / sizeof *fields; i++) {
        status = take_field(&fields[i]);
    }
    return status || !o->separator ? status : take_separator(o->separator, t);
}

static enum exit_status take_manifest(const char *name, struct tdinfo *r,
                                      struct tdinfo_given *given)
{
    char *text;
    size_t size;
    struct failure failure;
    enum exit_status status = open_manifest(name, &text, &size);
    if (status) {
        return status;
    }
    status = diagnostic_outcome(
        tdinfo_read_manifest(&r->info, given, name, text, size, &failure),
        &failure);
    free(text);
    return status;
}

/* A hash without these two, or with bits that the TDX module refuses, would be
 * that of no TD. */
static enum exit_status check_fields(const struct tdinfo_options *o,
                                     const struct tdinfo_given *given,
                                     const struct tdinfo *r)
{
    if (!(given->attributes || o->attributes) || !(given->xfam || o->xfam)) {
        return diagnostic_usage("tdinfo needs --attributes and --xfam, or a "
                                "manifest with them");
    }
    if (r->servtd_attributes & ~TDINFO_KNOWN_SERVTD) {
        return diagnostic_usage("--servtd-attributes 0x%016" PRIx64
                                " has bits that the TDX module refuses; "
                                "allowed are 0x%016" PRIx64,
                                r->servtd_attributes, TDINFO_KNOWN_SERVTD);
    }
    return EXIT_DONE;
}

/* --- The command --------------------------------------------------------- */

static enum exit_status measure(const struct tdinfo_options *o,
                                struct mrtd_tdinfo *info)
{
    struct mrtd_value value;
    const struct mrtd_vmm *vmm;
    if (o->files.operand_count == 0) {
        return EXIT_DONE;
    }
    const enum exit_status status =
        open_measure(&o->launching.launch, o->files.operands[0], &value, &vmm);
    if (!status) {
        memcpy(info->mrtd, value.digest.bytes, sizeof info->mrtd);
    }
    return status;
}

static bool print(FILE *to, const void *tdinfo)
{
    tdinfo_text(to, tdinfo);
    return true;
}

static bool print_json(FILE *to, const void *tdinfo)
{
    return tdinfo_json(to, tdinfo);
}

static enum exit_status run(void *options)
{
    struct tdinfo_options *o = options;
    struct tdinfo r = {
        .file = o->files.operand_count ? o->files.operands[0] : NULL,
        .vmm = o->launching.launch.vmm,
        .has_servtd = o->servtd_attributes != NULL,
    };
    struct tdinfo_given given = {false, false};
    enum exit_status status =
        o->manifest ? take_manifest(o->manifest, &r, &given) : EXIT_DONE;
    if (!status) {
        status = take_options(o, &r);
    }
    if (!status) {
        status = check_fields(o, &given, &r);
    }
    if (!status) {
        status = initdata_options_mrconfigid(&o->initdata, r.info.mrconfigid);
    }
    if (!status) {
        status = measure(o, &r.info);
    }
    if (status) {
        return status;
    }
    tdinfo_warn(&r, diagnostic_file);
    tdinfo_encode(&r);
    if (o->output) {
        status = outfile_write(o->output, r.hash, sizeof r.hash);
    }
    if (!status && o->tdinfo_output) {
        status = outfile_write(o->tdinfo_output, r.bytes, sizeof r.bytes);
    }
    return status ? status
                  : outfile_report(o->json ? print_json : print, &r, "tdinfo");
}

/* --- The command line ---------------------------------------------------- */

static bool check(void *options)
{
    struct tdinfo_options *o = options;
    const struct launch_options *l = &o->launching.launch;
    const bool is_about_image = o->launching.vmm_count > 0 || l->limit ||
                                l->payload || l->vars || l->permissive ||
                                l->image_format;
    return options_must(!o->mrtd != !o->files.operand_count,
                        "tdinfo needs either a firmware file or --mrtd") &&
           options_write_files(&o->files) &&
           OPTIONS_EXCLUDE({"--initdata", o->initdata.file != NULL},
                           {"--mrconfigid", o->mrconfigid != NULL}) &&
           options_must(!o->mrtd || !is_about_image,
                        "with --mrtd there is no image that --vmm, --vars, "
                        "--payload, --image-format, --permissive or --limit "
                        "could be for") &&
           options_must(!o->separator || (!o->rtmr[0] && !o->rtmr[1]),
                        "--separator sets RTMR0 and RTMR1; --rtmr0 and "
                        "--rtmr1 exclude it") &&
           launching_check(&o->launching, &o->files, command_tdinfo.title,
                           LAUNCHING_ONE);
}

#define OWN(name, kind, member, argument, text)                                \
    OPTION(name, kind, struct tdinfo_options, member, argument, text)
#define HEX_48 OPTION_IS("HEX", "96 hexadecimal digits")
#define HEX_64 OPTION_IS("HEX", "1 to 16 hexadecimal digits")

static const struct option_row rows[] = {
    {OWN("json", JSON, json, OPTION_ALONE,
         "print one JSON object for each image")},
    {OWN("manifest", INPUT, manifest, OPTION_IS_FILE,
         "td-shim's manifest of these fields")},
    {OWN("mrtd", TEXT, mrtd, HEX_48, "the MRTD, instead of an image")},
    {OWN("attributes", TEXT, attributes, HEX_64, "ATTRIBUTES")},
    {OWN("xfam", TEXT, xfam, HEX_64, "XFAM")},
    {OWN("mrconfigid", TEXT, mrconfigid, HEX_48,
         "MRCONFIGID (default: zeros, as of the next ones)")},
    {OWN("mrowner", TEXT, mrowner, HEX_48, "MROWNER")},
    {OWN("mrownerconfig", TEXT, mrownerconfig, HEX_48, "MROWNERCONFIG")},
    {OWN("rtmr0", TEXT, rtmr[0], HEX_48, "RTMR0")},
    {OWN("rtmr1", TEXT, rtmr[1], HEX_48, "RTMR1")},
    {OWN("rtmr2", TEXT, rtmr[2], HEX_48, "RTMR2")},
    {OWN("rtmr3", TEXT, rtmr[3], HEX_48, "RTMR3")},
    {OWN("servtd-hash", TEXT, servtd_hash, HEX_48, "SERVTD_HASH")},
    {OWN("separator", TEXT, separator, OPTION_IS("N", "a number"),
         "RTMR0 and RTMR1 of a service TD: extended with a separator")},
    {OWN("servtd-attributes", TEXT, servtd_attributes, HEX_64,
         "SERVTD_ATTR, which says what SERVTD_INFO_HASH ignores")},
    {OWN("output", OUTPUT, output, OPTION_IS_FILE, "write TEE_INFO_HASH there"),
     .letter = 'o', .writes = &tdinfo_kind_hash},
    {OWN("tdinfo-output", OUTPUT, tdinfo_output, OPTION_IS_FILE,
         "write the 512 bytes of TDINFO there"),
     .writes = &tdinfo_kind},
};

#define AT(member) offsetof(struct tdinfo_options, member)
const struct command command_tdinfo = {
    .word = "tdinfo",
    .title = "tdinfo",
    .fewest_files = 0,
    .most_files = 1,
    .inputs = INPUTS_NAMED,
    .size = sizeof(struct tdinfo_options),
    .uses = {{OPTION_ROWS(rows), 0},
             {&options_force, AT(files)},
             {&initdata_options, AT(initdata)},
             {&launching_vmm, AT(launching)},
             {&launching_images, AT(launching)},
             {&options_of_all, 0}},
    .check = check,
    .run = run,
    .about = "print TDINFO, TEE_INFO_HASH and SERVTD_INFO_HASH",
    .usage = {"tdinfo [OPTION]... IMAGE", "tdinfo [OPTION]... --mrtd HEX"},
    .text = "Makes the TDINFO structure of a TD from its MRTD and the fields "
            "that are given. Prints the hashes that others refer to it by.",
    .examples = {"mrtd-calc tdinfo --attributes 10000000 --xfam e7 migtd.bin",
                 "mrtd-calc tdinfo --manifest servtd.json migtd.bin"},
};
