/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tdinfo: what a TD with this firmware reports as TDINFO, and the hashes of it
 * that the TDX module and service TDs use.
 */
#include "commands/tdinfo.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "commands/commands.h"
#include "commands/launching.h"
#include "commands/open.h"
#include "io/diagnostic.h"
#include "io/outfile.h"
#include "model/tdinfo.h"
#include "printable.h"
#include "report/tdinfo.h"

/*
 * Bits that a TD may have. ATTRIBUTES 0, 4 to 6, 16, 27 to 31, 62 and 63:
 * intel/tdx-module td_control_structures.h, TDX_ATTRIBUTES_FIXED0, and Linux
 * 6.16, TDX_ATTR_* in arch/x86. XFAM: TDX_XFAM_FIXED0, and TDX_XFAM_FIXED1,
 * which are 1 in each TD.
 */
#define KNOWN_ATTRIBUTES UINT64_C(0xc0000000f8010071)
#define KNOWN_XFAM       UINT64_C(0x000000000006dbe7)
#define FIXED_XFAM       UINT64_C(0x0000000000000003)
/* SERVTD_ATTR bits that may be set: intel/tdx-module service_td.h,
 * SERVTD_ATTRIBUTES_FIXED_0. */
#define KNOWN_SERVTD UINT64_C(0x000007ff00000001)

struct tdinfo_options {
    struct files files;
    struct launching launching;
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
    const char *output;        /* of the hash, */
    const char *tdinfo_output; /* and of the structure */
};

/* --- Options ------------------------------------------------------------- */

static enum exit_status take_digest(const char *option, const char *text,
                                    uint8_t digest[MRTD_DIGEST_SIZE])
{
    const char *digits =
        text && text[0] == '0' && (text[1] | 0x20) == 'x' ? text + 2 : text;
    if (text &&
        !mrtd_hex_decode(digest, MRTD_DIGEST_SIZE, digits, strlen(digits))) {
        return diagnostic_usage("--%s needs 96 hexadecimal digits, not '%s'",
                                option, printable(text));
    }
    return EXIT_DONE;
}

/* 1 to 16 hexadecimal digits, always a number; NULL leaves it as it is. */
static enum exit_status take_hex64(const char *option, const char *text,
                                   uint64_t *number)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    if (!text) {
        return EXIT_DONE;
    }
    const char *p = text[0] == '0' && (text[1] | 0x20) == 'x' ? text + 2 : text;
    const size_t len = strspn(p, digits);
    if (len == 0 || len > 16 || p[len]) {
        return diagnostic_usage("--%s needs 1 to 16 hexadecimal digits, as "
                                "0x10000000, not '%s'",
                                option, printable(text));
    }
    *number = strtoull(p, NULL, 16);
    return EXIT_DONE;
}

/* A decimal number of 32 bits, or hexadecimal with 0x. */
static enum exit_status take_separator(const char *text, uint32_t *separator)
{
    char *end = NULL;
    errno = 0;
    const bool is_hex = text[0] == '0' && (text[1] | 0x20) == 'x';
    const unsigned long long value = strtoull(text, &end, is_hex ? 16 : 10);
    if (text[0] < '0' || text[0] > '9' || *end || errno || value > UINT32_MAX) {
        return diagnostic_usage("--separator needs a number up to 4294967295, "
                                "not '%s'",
                                printable(text));
    }
    *separator = (uint32_t)value;
    return EXIT_DONE;
}

static enum exit_status take_options(const struct tdinfo_options *o,
                                     struct tdinfo *r)
{
    static const char *const rtmrs[] = {"rtmr0", "rtmr1", "rtmr2", "rtmr3"};
    struct mrtd_tdinfo *t = &r->info;
    const struct {
        const char *option;
        const char *text;
        uint8_t *digest;
    } digests[] = {
        {"mrtd", o->mrtd, t->mrtd},
        {"mrconfigid", o->mrconfigid, t->mrconfigid},
        {"mrowner", o->mrowner, t->mrowner},
        {"mrownerconfig", o->mrownerconfig, t->mrownerconfig},
        {"servtd-hash", o->servtd_hash, t->servtd_hash},
    };
    uint32_t separator = 0;
    enum exit_status status =
        take_hex64("attributes", o->attributes, &t->attributes);
    if (!status) {
        status = take_hex64("xfam", o->xfam, &t->xfam);
    }
    if (!status) {
        status = take_hex64("servtd-attributes", o->servtd_attributes,
                            &r->servtd_attributes);
    }
    if (!status && o->separator) {
        status = take_separator(o->separator, &separator);
    }
    for (size_t i = 0; !status && i < sizeof digests / sizeof *digests; i++) {
        status =
            take_digest(digests[i].option, digests[i].text, digests[i].digest);
    }
    for (size_t i = 0; !status && i < 4; i++) {
        status = take_digest(rtmrs[i], o->rtmr[i], t->rtmr[i]);
    }
    if (!status && o->separator) {
        mrtd_rtmr_separator(t->rtmr[0], separator);
        mrtd_rtmr_separator(t->rtmr[1], separator);
    }
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
    if (r->servtd_attributes & ~KNOWN_SERVTD) {
        return diagnostic_usage("--servtd-attributes 0x%016" PRIx64
                                " has bits that the TDX module refuses; "
                                "allowed are 0x%016" PRIx64,
                                r->servtd_attributes, KNOWN_SERVTD);
    }
    return EXIT_DONE;
}

/* --- Warnings ------------------------------------------------------------ */

static uint64_t reversed(uint64_t value)
{
    uint64_t other = 0;
    for (unsigned i = 0; i < 64; i += 8) {
        other |= (value >> i & 0xff) << (56 - i);
    }
    return other;
}

static bool plausible(uint64_t value, uint64_t known, uint64_t fixed)
{
    return (value & ~known) == 0 && (value & fixed) == fixed;
}

static void warn_field(const char *field, uint64_t value, uint64_t known,
                       uint64_t fixed)
{
    if (plausible(value, known, fixed)) {
        return;
    }
    if (plausible(reversed(value), known, fixed)) {
        diagnostic("warning: %s 0x%016" PRIx64 " is that of no TD, but "
                   "0x%016" PRIx64 " may be: are its bytes reversed? "
                   "[byte-order]",
                   field, value, reversed(value));
    } else if ((value & ~known) != 0) {
        diagnostic("warning: %s 0x%016" PRIx64 " has bits that no known TDX "
                   "module allows: 0x%016" PRIx64 " [reserved-bits]",
                   field, value, value & ~known);
    } else {
        diagnostic("warning: %s 0x%016" PRIx64 " lacks bits that are 1 in "
                   "each TD: 0x%016" PRIx64 " [fixed-bits]",
                   field, value, fixed & ~value);
    }
}

static void warn(const struct tdinfo *r)
{
    warn_field("ATTRIBUTES", r->info.attributes, KNOWN_ATTRIBUTES, 0);
    warn_field("XFAM", r->info.xfam, KNOWN_XFAM, FIXED_XFAM);
    if (r->info.attributes & MRTD_TDINFO_ATTRIBUTE_DEBUG) {
        diagnostic("warning: a debug TD (ATTRIBUTES bit 0): its host can read "
                   "and change it [debug]");
    }
}

/* --- The command --------------------------------------------------------- */

static enum exit_status measure(const struct tdinfo_options *o,
                                struct mrtd_tdinfo *info)
{
    struct open_files files;
    struct evaluation e;
    struct failure failure;
    struct mrtd_value value;
    if (o->files.operand_count == 0) {
        return EXIT_DONE;
    }
    enum exit_status status =
        open_evaluation(&files, &e, &o->launching.launch, o->files.operands[0]);
    if (status) {
        return status;
    }
    open_report(&e);
    if (evaluation_measure(&e, NULL, NULL, &value, &failure)) {
        status = diagnostic_failure(&failure);
    } else {
        memcpy(info->mrtd, value.digest.bytes, sizeof info->mrtd);
    }
    open_close(&files, &e);
    return status;
}

static enum exit_status run(void *options)
{
    const struct tdinfo_options *o = options;
    struct tdinfo r = {
        .file = o->files.operand_count ? o->files.operands[0] : NULL,
        .vmm = o->launching.launch.vmm,
        .has_servtd = o->servtd_attributes != NULL,
    };
    struct tdinfo_given given = {false, false};
    enum exit_status status =
        o->manifest ? tdinfo_read_manifest(&r.info, &given, o->manifest)
                    : EXIT_DONE;
    if (!status) {
        status = take_options(o, &r);
    }
    if (!status) {
        status = check_fields(o, &given, &r);
    }
    if (!status) {
        status = measure(o, &r.info);
    }
    if (status) {
        return status;
    }
    warn(&r);
    tdinfo_encode(&r);
    if (o->output) {
        status = outfile_write(o->output, r.hash, sizeof r.hash);
    }
    if (!status && o->tdinfo_output) {
        status = outfile_write(o->tdinfo_output, r.bytes, sizeof r.bytes);
    }
    if (!status) {
        status = outfile_place();
    }
    if (status) {
        return status;
    }
    if (!o->json) {
        tdinfo_text(output_stream(), &r);
    } else if (!tdinfo_json(output_stream(), &r)) {
        status = diagnostic_no_memory("tdinfo");
    }
    return status;
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
     .letter = 'o', .type = "hash"},
    {OWN("tdinfo-output", OUTPUT, tdinfo_output, OPTION_IS_FILE,
         "write the 512 bytes of TDINFO there"),
     .type = "tdinfo"},
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
             {&launching_vmm, AT(launching)},
             {&launching_images, AT(launching)},
             {&options_of_all, 0}},
    .check = check,
    .run = run,
    .about = "print TDINFO, TEE_INFO_HASH and SERVTD_INFO_HASH",
    .usage = {"tdinfo [OPTION]... IMAGE", "tdinfo [OPTION]... --mrtd HEX"},
    .text = "Makes the TDINFO structure of a TD from its MRTD and the fields "
            "that are given. Prints the hashes that others refer to it by.",
    .examples = {"mrtd-calc tdinfo --attributes 10000000 --xfam e700 migtd.bin",
                 "mrtd-calc tdinfo --manifest servtd.json migtd.bin"},
};
