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

static enum exit_status measure(const struct options *o,
                                struct mrtd_tdinfo *info)
{
    struct open_files files;
    struct evaluation e;
    struct failure failure;
    struct mrtd_value value;
    if (o->file_count == 0) {
        return EXIT_DONE;
    }
    enum exit_status status =
        open_evaluation(&files, &e, &o->launch, o->files[0]);
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

enum exit_status command_tdinfo(struct options *options)
{
    const struct tdinfo_options *o = &options->tdinfo;
    struct tdinfo r = {
        .file = options->file_count ? options->files[0] : NULL,
        .vmm = options->launch.vmm,
        .has_servtd = o->servtd_attributes != NULL,
    };
    struct tdinfo_given given = {false, false};
    enum exit_status status =
        options->manifest
            ? tdinfo_read_manifest(&r.info, &given, options->manifest)
            : EXIT_DONE;
    if (!status) {
        status = take_options(o, &r);
    }
    if (!status) {
        status = check_fields(o, &given, &r);
    }
    if (!status) {
        status = measure(options, &r.info);
    }
    if (status) {
        return status;
    }
    warn(&r);
    tdinfo_encode(&r);
    if (options->output) {
        status = outfile_write(options->output, r.hash, sizeof r.hash);
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
    if (!options->json) {
        tdinfo_text(output_stream(), &r);
    } else if (!tdinfo_json(output_stream(), &r)) {
        status = diagnostic_no_memory("tdinfo");
    }
    return status;
}
