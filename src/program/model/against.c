/* SPDX-License-Identifier: Apache-2.0 */
#include "model/against.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "io/diagnostic.h"
#include "io/digests.h"
#include "io/input.h"
#include "model/image_format.h"
#include "model/mistaken.h"
#include "printable.h"
#include "reference/json.h"

/* Hexadecimal digits of which nobody names a file. */
#define DIGITS_MEANT 32

static enum exit_status refuse(const struct against *a,
                               const struct claims_error *error)
{
    const char *name = a->name;
    if (error->is_memory || json_no_memory()) {
        diagnostic_file(name, "out of memory");
        return EXIT_IO;
    }
    if (a->bytes && strcmp(error->tag, "against-unknown") == 0) {
        const struct mrtd_source source = {.size = a->size, .data = a->bytes};
        const enum exit_status status =
            mistaken_tell(name, &source, MISTAKEN_FOR_EVIDENCE);
        if (status) {
            return status;
        }
    }
    if (error->offset == MRTD_NO_OFFSET) {
        diagnostic_file(name, "%s [%s]", error->message, error->tag);
    } else {
        diagnostic_file(name, "offset 0x%" PRIx64 ": %s [%s]", error->offset,
                        error->message, error->tag);
    }
    return EXIT_REFUSED;
}

/* Is the argument itself an MRTD? Hexadecimal, or base64 that names no file. */
static bool is_mrtd(const char *text)
{
    size_t size = 0;
    const size_t len = strlen(text);
    unsigned char *bytes = claims_decode_text(text, len, &size);
    free(bytes);
    return size == MRTD_DIGEST_SIZE &&
           (len >= MRTD_HEX_SIZE - 1 || input_is_missing(text));
}

/* Digits that are meant as an MRTD, but are too few or too many, or one is
 * none? Then it is said. */
static bool is_wrong_mrtd(const char *option, const char *text)
{
    const size_t prefix = strncasecmp(text, "0x", 2) == 0 ? 2 : 0;
    const size_t len = strlen(text);
    const size_t good =
        prefix + strspn(text + prefix, "0123456789abcdefABCDEF");
    if (good < DIGITS_MEANT || !input_is_missing(text)) {
        return false;
    }
    if (good == len) {
        diagnostic("%s: %zu hexadecimal digits; an MRTD has %d", option,
                   len - prefix, MRTD_HEX_SIZE - 1);
    } else {
        diagnostic("%s: digit %zu is not hexadecimal, and there is no such "
                   "file; an MRTD has %d digits",
                   option, good - prefix + 1, MRTD_HEX_SIZE - 1);
    }
    return true;
}

/* What was passed over; check prints what was taken in spite of its
 * spelling. */
static void print_remarks(const struct against *a)
{
    const struct claims *claims = &a->claims;
    for (size_t i = 0; i < claims->remark_count && i < CLAIMS_REMARKS; i++) {
        const struct claims_remark *r = &claims->remarks[i];
        if (!r->is_taken) {
            diagnostic_file(a->name, "note: %s passed over: %s [passed-over]",
                            *r->where ? r->where : "it", r->why);
        }
    }
    if (claims->remark_count > CLAIMS_REMARKS) {
        diagnostic_file(a->name, "note: and %zu more like these [passed-over]",
                        claims->remark_count - CLAIMS_REMARKS);
    }
}

/* A firmware image, more often than not. */
static enum exit_status refuse_large(struct input *input)
{
    const struct mrtd_source source = input_source(input);
    const enum exit_status status =
        mistaken_tell(input->name, &source, MISTAKEN_FOR_EVIDENCE);
    if (status) {
        return status;
    }
    diagnostic_file(input->name,
                    "it has %" PRIu64 " bytes, more than the %zu of any quote "
                    "or reference value [against-limit]",
                    input->size, CLAIMS_MAX_SIZE);
    return EXIT_REFUSED;
}

static enum exit_status read_file(struct against *a)
{
    struct input input;
    enum exit_status status = input_open(&input, a->name);
    if (status) {
        return status;
    }
    if (input.size > CLAIMS_MAX_SIZE) {
        status = refuse_large(&input);
        input_close(&input);
        return status;
    }
    a->size = (size_t)input.size;
    a->bytes = malloc(a->size + 1);
    if (!a->bytes) {
        diagnostic_file(a->name, "out of memory");
        status = EXIT_IO;
    } else if (input_read(&input, 0, a->bytes, a->size)) {
        diagnostic_file(a->name, "cannot read: %s [read]", input.problem);
        status = EXIT_IO;
    }
    input_close(&input);
    return status;
}

enum exit_status against_open(struct against *against, const char *option,
                              const char *text, enum claims_kind kind,
                              enum claims_reading reading,
                              const struct environment_own *own)
{
    struct against a = {.name = text};
    struct claims_error error = {.tag = "memory"};
    enum exit_status status = EXIT_DONE;
    const bool direct = (kind == CLAIMS_DETECT || kind == CLAIMS_HEX ||
                         kind == CLAIMS_BASE64) &&
                        is_mrtd(text);
    if (!direct && is_wrong_mrtd(option, text)) {
        return EXIT_USAGE;
    }
    if (!direct) {
        status = read_file(&a);
    }
    /* Where memory is short, jansson may have cut a string, and goes on. */
    if (!status && (!claims_read_own(&a.claims, kind, reading, own,
                                     direct ? (const void *)text : a.bytes,
                                     direct ? strlen(text) : a.size, &error) ||
                    json_no_memory())) {
        status = refuse(&a, &error);
    }
    if (status) {
        against_close(&a);
        return status;
    }
    print_remarks(&a);
    a.claims.own = NULL; /* it ends here */
    *against = a;
    return EXIT_DONE;
}

void against_close(struct against *against)
{
    claims_free(&against->claims);
    free(against->bytes);
    against->bytes = NULL;
}

/* --- What a firmware is taken for ---------------------------------------- */

/* What the options take it for, with MRTD_FORMAT_* or 0. */
static unsigned format_of(const struct launch_options *o)
{
    return o->vars ? MRTD_FORMAT_TDVF : o->image_format;
}

bool against_is_of_format(const struct claim *claim,
                          const struct launch_options *own)
{
    const unsigned format = format_of(own);
    return (!claim->image_format || !format || claim->image_format == format) &&
           (!claim->has_vars || own->vars) &&
           (!claim->has_payload || own->payload);
}

/* What the claims of that file say, one bit each. */
static unsigned formats_said(const struct against *a,
                             const struct claims_firmware *firmware)
{
    unsigned formats = 0;
    for (size_t i = 0; i < a->claims.count; i++) {
        const struct claim *claim = &a->claims.items[i];
        if (claims_are_of(&a->claims, claim, firmware)) {
            formats |= claim->image_format;
        }
    }
    return formats;
}

static enum exit_status choose(const struct against *a,
                               struct launch_options *own, const char *name,
                               unsigned formats)
{
    const unsigned format = format_of(own);
    const bool both = formats == (MRTD_FORMAT_TDVF | MRTD_FORMAT_IGVM);
    if (both && !format) {
        diagnostic_file(name,
                        "%s has values of it as an IGVM file and as a TDVF "
                        "image; --image-format says which is meant "
                        "[against-format]",
                        printable(a->name));
        return EXIT_REFUSED;
    }
    if (formats && format && !(formats & format)) {
        diagnostic_file(name,
                        "the values in %s are for --image-format %s, and %s is "
                        "given [against-format]",
                        printable(a->name), image_format_name(formats),
                        own->vars ? "--vars"
                        : own->image_format == MRTD_FORMAT_TDVF
                            ? "--image-format tdvf"
                            : "--image-format igvm");
        return EXIT_REFUSED;
    }
    own->image_format = formats && !format ? formats : own->image_format;
    return EXIT_DONE;
}

/* Only an input that says something of formats makes the digests needed. */
static enum exit_status take_format(const struct against *a,
                                    struct launch_options *own,
                                    const struct input *file)
{
    struct evaluation e = {.name = file->name, .file = *file};
    unsigned formats = 0;
    char sha256[65];
    char sha384[97];
    char sha512[129] = "";
    for (size_t i = 0; i < a->claims.count; i++) {
        formats |= a->claims.items[i].image_format;
    }
    if (!formats) {
        return EXIT_DONE;
    }
    e.source = input_source(&e.file);
    if (!digests_make(&e.source, sha256, sha384,
                      claims_need_sha512(&a->claims) ? sha512 : NULL)) {
        return evaluation_read_failed(&e);
    }
    const struct claims_firmware firmware = {{sha256, sha384, sha512},
                                             e.source.size};
    return choose(a, own, file->name, formats_said(a, &firmware));
}

enum exit_status against_evaluate(const struct against *against,
                                  struct evaluation *e,
                                  struct launch_options *own,
                                  const struct launch_options *options,
                                  const char *name)
{
    struct input file;
    *own = *options;
    enum exit_status status = input_open(&file, name);
    if (status) {
        return status;
    }
    status = take_format(against, own, &file);
    if (status) {
        input_close(&file);
        return status;
    }
    return evaluation_open_input(e, own, &file);
}
