/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/option_table.h"

#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/commands.h"
#include "commands/size.h"
#include "commands/spelling.h"
#include "io/diagnostic.h"
#include "model/image_format.h"
#include "printable.h"
#include "reference/claims.h"
#include "reference/settings.h"

#define MAX_JOBS 1024

/* The bit of a command. */
#define ON(id) (1U << COMMAND_##id)
/* Commands on the images that are their operands. */
#define ON_IMAGES                                                              \
    (ON(MEASURE) | ON(CHECK_LISTS) | ON(SHOW) | ON(CHECK) | ON(TDINFO) |       \
     ON(DIFF) | ON(REFERENCE) | ON(VERIFY))
/* --vmm names one VMM, or several. */
#define ON_VMM  (ON(CHECK_LISTS) | ON(SHOW) | ON(TDINFO) | ON(DIFF))
#define ON_VMMS (ON(MEASURE) | ON(REFERENCE) | ON(VERIFY) | ON(LINT))
/* What a CoRIM is said to be about. */
#define ON_NAMED (ON(REFERENCE) | ON(VERIFY) | ON(CHECK))
#define ON_ALL   UINT_MAX

/* Names with commas between them. */
static enum exit_status take_vmm(struct options *o, const char *value)
{
    const char *name = value;
    while (name) {
        const char *comma = strchr(name, ',');
        const size_t len = comma ? (size_t)(comma - name) : strlen(name);
        if (o->vmm_count == LAUNCH_MAX_VMMS) {
            return diagnostic_usage("--vmm names more than %d VMMs",
                                    LAUNCH_MAX_VMMS);
        }
        char *to = o->vmm_names[o->vmm_count++];
        /* A name that is cut is longer than any that is known. */
        snprintf(to, OPTIONS_VMM_SIZE, "%.*s",
                 (int)(len < OPTIONS_VMM_SIZE ? len : OPTIONS_VMM_SIZE), name);
        name = comma ? comma + 1 : NULL;
    }
    return EXIT_DONE;
}

static const char *vmm_name(size_t index)
{
    const struct mrtd_vmm *vmm = mrtd_vmm_at(index);
    return vmm ? vmm->name : NULL;
}

/* Can the VMM do what the command asks of it? */
static bool is_able(const struct options *o, const struct mrtd_vmm *vmm)
{
    return o->command == COMMAND_LINT ? vmm->acceptance != NULL
                                      : vmm->launches_as != NULL;
}

static enum exit_status refuse_vmm(const struct options *o, const char *name)
{
    const struct mrtd_vmm *vmm;
    char able[LAUNCH_MAX_VMMS * OPTIONS_VMM_SIZE] = "";
    size_t used = 0;
    for (size_t i = 0; (vmm = mrtd_vmm_at(i)); i++) {
        if (is_able(o, vmm)) {
            used += (size_t)snprintf(able + used, sizeof able - used, "%s%s",
                                     used ? ", " : "", vmm->name);
        }
    }
    return o->command == COMMAND_LINT
               ? diagnostic_usage("--vmm %s: it is not known here which images "
                                  "it accepts; it is of %s",
                                  name, able)
               : diagnostic_usage("--vmm %s: it launches nothing; these do: %s",
                                  name, able);
}

enum exit_status option_take_vmms(struct options *o)
{
    struct launch_options *launch = &o->launch;
    if (o->vmm_count > 1 && !(ON_VMMS >> o->command & 1)) {
        return diagnostic_usage("%s takes one VMM, and --vmm names %u",
                                command_at(o->command)->title, o->vmm_count);
    }
    launch->vmms[0] = mrtd_vmm_at(0);
    for (unsigned i = 0; i < o->vmm_count; i++) {
        const char *name = o->vmm_names[i];
        launch->vmms[i] = mrtd_vmm_find(name);
        if (!launch->vmms[i]) {
            char meant[SPELLING_TEXT];
            return diagnostic_usage(
                "there is no VMM '%s'; 'mrtd-calc --vmm help' lists them%s",
                printable(name), spelling_meant(meant, "", name, vmm_name));
        }
        if (!is_able(o, launch->vmms[i])) {
            return refuse_vmm(o, name);
        }
    }
    launch->vmm = launch->vmms[0];
    launch->vmm_count = o->vmm_count ? o->vmm_count : 1;
    launch->vmm_given = o->vmm_count > 0;
    launch->code_alone = o->command == COMMAND_CHECK;
    return EXIT_DONE;
}

static enum exit_status take_image_format(struct options *o, const char *value)
{
    return image_format_find(value, &o->launch.image_format)
               ? EXIT_DONE
               : diagnostic_usage("--image-format needs " IMAGE_FORMATS
                                  ", not '%s'",
                                  printable(value));
}

static enum exit_status take_limit(struct options *o, const char *value)
{
    if (!size_parse(value, &o->launch.limit)) {
        return diagnostic_usage(
            "--limit needs a number of bytes above 0, as 64G, not "
            "'%s'",
            printable(value));
    }
    return EXIT_DONE;
}

static enum exit_status take_jobs(struct options *o, const char *value)
{
    char *end = NULL;
    unsigned long jobs = strtoul(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end || jobs == 0 ||
        jobs > MAX_JOBS) {
        return diagnostic_usage("--jobs needs a number from 1 to %d, not '%s'",
                                MAX_JOBS, printable(value));
    }
    o->jobs = (unsigned)jobs;
    return EXIT_DONE;
}

static enum exit_status take_kind(struct options *o, const char *value)
{
    o->kind = claims_kind_find(value);
    if (o->kind < 0) {
        return diagnostic_usage("--kind needs " CLAIMS_KINDS ", not '%s'",
                                printable(value));
    }
    return EXIT_DONE;
}

/* The firmware's. */
static enum exit_status take_version(struct options *o, const char *value)
{
    if (!*value) {
        return diagnostic_usage("--version of reference needs the firmware's "
                                "version");
    }
    o->reference.version = value;
    return EXIT_DONE;
}

/* --- The table ------------------------------------------------------------ */

#define FLAG(name, letter, field, commands, text)                              \
    {                                                                          \
        name, letter, OPTION_FLAG, NULL, NULL, text,                           \
            offsetof(struct options, field), NULL, commands                    \
    }
#define TEXT(name, letter, argument, field, commands, text)                    \
    {                                                                          \
        name, letter, OPTION_TEXT, argument, text,                             \
            offsetof(struct options, field), NULL, commands                    \
    }
#define TAKE(name, argument, take, commands, text)                             \
    {                                                                          \
        name, 0, OPTION_TAKE, argument, text, 0, take, commands                \
    }

#define COMMA ,
/* What an argument is: in --help, and in messages. */
#define A_FILE   "FILE", "a file name"
#define A_FOLDER "DIR", "a folder"
#define A_NAME   "NAME", "a name"
#define A_NUMBER "N", "a number"
#define A_SIZE   "SIZE", "a number"
#define A_UUID   "UUID", "a UUID"
#define A_HEX_48 "HEX", "96 hexadecimal digits"
#define A_HEX_64 "HEX", "1 to 16 hexadecimal digits"

/* clang-format off */
static const struct option_rule rules[] = {
    /* What is printed. */
    FLAG("tag", 0, tag, ON(MEASURE), "print 'MRTD (FILE) = HEX'"),
    FLAG("base64", 0, base64, ON(MEASURE),
         "print base64 instead of hexadecimal"),
    FLAG("json", 0, json, ON(MEASURE), "print one JSON object a line"),
    FLAG("no-newline", 'n', no_newline, ON(MEASURE),
         "print no newline after the MRTD"),
    FLAG("json", 0, json,
         ON(SHOW) | ON(CHECK) | ON(TDINFO) | ON(LINT),
         "print one JSON object for each image"),
    FLAG("json", 0, json, ON(DIFF), "print one JSON object"),
    FLAG("plan", 0, plan, ON(SHOW), "list what the VMM does, run by run"),
    FLAG("trace", 0, trace, ON(SHOW),
         "list what the VMM does, one operation a line"),
    TEXT("svg", 0, A_FILE, svg, ON(SHOW), "write a picture of the image"),
    TEXT("html", 0, A_FILE, html, ON(SHOW),
         "write a page about the image, with the picture"),
    TEXT("corim", 0, A_FILE, corim, ON(SHOW),
         "save the CoRIM that an IGVM file carries"),
    TEXT("corim-signature", 0, A_FILE, corim_signature, ON(SHOW),
         "save that CoRIM's signature"),
    FLAG("all", 0, all, ON(DIFF), "list all that differs"),

    /* -c */
    FLAG("quiet", 0, quiet, ON(CHECK_LISTS), "print no OK lines"),
    FLAG("status", 0, status, ON(CHECK_LISTS),
         "print no results; the exit status tells"),
    FLAG("ignore-missing", 0, ignore_missing, ON(CHECK_LISTS),
         "pass over files that do not exist"),

    /* check */
    TEXT("against", 0, "X" COMMA "an MRTD or a file", against, ON(CHECK),
         "an MRTD, or a file: quote, TDREPORT, TDINFO, JSON, reference "
         "values, CoRIM, policy"),
    TAKE("kind", A_NAME, take_kind, ON(CHECK),
         "what X is (default: by its content): " CLAIMS_KINDS),
    FLAG("explain", 0, explain, ON(CHECK),
         "also print a script that computes the MRTD"),

    /* tdinfo */
    TEXT("manifest", 0, A_FILE, manifest, ON(TDINFO),
         "td-shim's manifest of these fields"),
    TEXT("mrtd", 0, A_HEX_48, tdinfo.mrtd, ON(TDINFO),
         "the MRTD, instead of an image"),
    TEXT("attributes", 0, A_HEX_64, tdinfo.attributes, ON(TDINFO),
         "ATTRIBUTES"),
    TEXT("xfam", 0, A_HEX_64, tdinfo.xfam, ON(TDINFO), "XFAM"),
    TEXT("mrconfigid", 0, A_HEX_48, tdinfo.mrconfigid, ON(TDINFO),
         "MRCONFIGID (default: zeros, as of the next ones)"),
    TEXT("mrowner", 0, A_HEX_48, tdinfo.mrowner, ON(TDINFO), "MROWNER"),
    TEXT("mrownerconfig", 0, A_HEX_48, tdinfo.mrownerconfig, ON(TDINFO),
         "MROWNERCONFIG"),
    TEXT("rtmr0", 0, A_HEX_48, tdinfo.rtmr[0], ON(TDINFO), "RTMR0"),
    TEXT("rtmr1", 0, A_HEX_48, tdinfo.rtmr[1], ON(TDINFO), "RTMR1"),
    TEXT("rtmr2", 0, A_HEX_48, tdinfo.rtmr[2], ON(TDINFO), "RTMR2"),
    TEXT("rtmr3", 0, A_HEX_48, tdinfo.rtmr[3], ON(TDINFO), "RTMR3"),
    TEXT("servtd-hash", 0, A_HEX_48, tdinfo.servtd_hash, ON(TDINFO),
         "SERVTD_HASH"),
    TEXT("separator", 0, A_NUMBER, tdinfo.separator, ON(TDINFO),
         "RTMR0 and RTMR1 of a service TD: extended with a separator"),
    TEXT("servtd-attributes", 0, A_HEX_64, tdinfo.servtd_attributes,
         ON(TDINFO), "SERVTD_ATTR, which says what SERVTD_INFO_HASH ignores"),
    TEXT("output", 'o', A_FILE, output, ON(TDINFO),
         "write TEE_INFO_HASH there"),
    TEXT("tdinfo-output", 0, A_FILE, tdinfo.tdinfo_output, ON(TDINFO),
         "write the 512 bytes of TDINFO there"),

    /* reference */
    TEXT("format", 0, "F,..." COMMA "a list of formats", reference.formats,
         ON(REFERENCE),
         "what is written (default: rvps); '--format help' lists them"),
    TEXT("output", 'o', A_FILE, output, ON(REFERENCE),
         "write the one document there"),
    TEXT("out-dir", 0, A_FOLDER, reference.out_dir, ON(REFERENCE) | ON(BUNDLE),
         "write a file for each document there; with --release it is made"),
    TEXT("id", 0, A_NAME, reference.id, ON(REFERENCE), "name of the document"),
    TAKE("version", "VERSION" COMMA "the firmware's version", take_version,
         ON(REFERENCE), "version of the firmware"),
    TEXT("entity", 0, A_NAME, reference.entity, ON(REFERENCE),
         "who publishes it"),
    TEXT("vendor", 0, A_NAME, reference.vendor, ON_NAMED,
         "vendor, in CoRIMs (default: Intel)"),
    TEXT("model", 0, A_NAME, reference.model, ON_NAMED,
         "model, in CoRIMs (default: TDX)"),
    TEXT("class-id", 0, A_UUID, reference.class_id, ON_NAMED,
         "class, in CoRIMs and policies"),
    TEXT("rvps-key", 0, A_NAME, reference.rvps_key, ON(REFERENCE),
         "key of the value, for RVPS (default: mr_td)"),
    FLAG("scalar", 0, reference.scalar, ON(REFERENCE),
         "for rvps-map: one value, not a list"),
    FLAG("debug-check", 0, reference.debug_check, ON(REFERENCE),
         "for go-tdx-guest: refuse TDs that can be debugged"),
    TEXT("corim-form", 0, A_NAME, reference.corim_form, ON(REFERENCE),
         "where the values are in a CoRIM: one of " SETTINGS_CORIM_FORMS),
    TEXT("release", 0, A_FILE, manifest, ON(BUNDLE),
         "all of a release that is described there, as a folder"),
    TEXT("sign", 0, "KEY.pem" COMMA "a private key's file", reference.sign,
         ON(REFERENCE) | ON(BUNDLE), "sign CoRIMs"),
    TEXT("signer", 0, A_NAME, reference.signer, ON(REFERENCE) | ON(BUNDLE),
         "who signs"),
    TEXT("passphrase-fd", 0, "N" COMMA "a descriptor", reference.passphrase_fd,
         ON(REFERENCE) | ON(BUNDLE), "read the key's passphrase there"),
    TEXT("verify", 0, A_FILE, reference.verify, ON(VERIFY),
         "compare such a document with the images"),
    TEXT("key", 0, "PUB.pem" COMMA "a public key's file", reference.key,
         ON(VERIFY), "with --verify: the document must be signed by it"),
    TEXT("time", 0, "DATE" COMMA "a date and time", when,
         ON(CHECK) | ON(VERIFY),
         "when documents must be valid (default: now)"),

    FLAG("force", 0, force, ON(SHOW) | ON(TDINFO) | ON(REFERENCE),
         "replace any file, also of another kind"),

    /* Images, and who launches them. */
    TAKE("vmm", A_NAME, take_vmm, ON_VMM,
         "the VMM that launches (default: spec); '--vmm help' lists them"),
    TAKE("vmm", "NAME,..." COMMA "a name", take_vmm, ON_VMMS & ~ON(LINT),
         "the VMMs that launch (default: spec); '--vmm help' lists them"),
    TAKE("vmm", "NAME,..." COMMA "a name", take_vmm, ON(LINT),
         "only these VMMs; '--vmm help' lists them"),
    TEXT("vars", 0, A_FILE, launch.vars,
         (ON_IMAGES & ~ON(CHECK_LISTS) & ~ON(DIFF)) | ON(LINT),
         "put this VARS file before a split CODE file"),
    TAKE("image-format", "tdvf|igvm" COMMA IMAGE_FORMATS, take_image_format,
         ON_IMAGES | ON(LINT), "which is meant, where a file is both"),
    TEXT("payload", 0, A_FILE, launch.payload, ON_IMAGES,
         "the kernel, with --vmm cloud-hypervisor"),
    FLAG("permissive", 0, launch.permissive, ON_IMAGES,
         "compute also for images that break one of four rules"),
    TAKE("limit", A_SIZE, take_limit, ON_IMAGES | ON(LINT) | ON(BUNDLE),
         "refuse to hash more than this (default: 16G)"),
    TAKE("jobs", A_NUMBER, take_jobs, ON(MEASURE) | ON(CHECK_LISTS),
         "threads for many files (default: cores)"),

    /* The program. */
    FLAG("check-list", 'c', lists, ON(CHECK_LISTS),
         "check lists that this program printed"),
    FLAG("help", 'h', help, ON_ALL, "print this"),
    FLAG("version", 0, version, ON(MEASURE),
         "print the program's version; with -v also the SHA-384 engines, "
         "CBOR and the sandbox"),
    FLAG("verbose", 'v', verbose, ON(MEASURE),
         "with --version and --help: more"),
};
/* clang-format on */

_Static_assert(sizeof rules / sizeof *rules <= OPTIONS_MAX_RULES,
               "struct options has a mark for each");

const struct option_rule *option_rule_at(size_t index)
{
    return index < sizeof rules / sizeof *rules ? &rules[index] : NULL;
}
