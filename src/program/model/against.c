/* SPDX-License-Identifier: Apache-2.0 */
#include "model/against.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "model/image_format.h"
#include "model/mistaken.h"
#include "printable.h"
#include "reference/digests.h"
#include "reference/json.h"

/* Hexadecimal digits of which nobody names a file. */
#define DIGITS_MEANT 32

/* It may be a file of another kind. */
static enum exit_status find_mistaken(const struct against *a,
                                      struct failure *failure)
{
    const struct mrtd_source source = {.size = a->size, .data = a->bytes};
    return a->bytes && failure->code &&
                   strcmp(failure->code, "against-unknown") == 0
               ? mistaken_tell(a->name, &source, MISTAKEN_FOR_EVIDENCE, failure)
               : EXIT_DONE;
}

enum exit_status against_read(struct against *against, enum claims_kind kind,
                              enum claims_reading reading,
                              const struct environment_own *own,
                              struct failure *failure)
{
    const char *name = against->name;
    const void *data = against->bytes ? (const void *)against->bytes : name;
    const size_t size = against->bytes ? against->size : strlen(name);
    /* Whatever a reader forgets to say, it was no success. */
    failure_memory(failure, name);
    const bool good =
        claims_read_own(&against->claims, kind, reading, against->platform, own,
                        data, size, failure);
    against->claims.own = NULL; /* it ends here */
    /* Where memory is short, jansson may have cut a string, and goes on. */
    if (good && !json_no_memory()) {
        return EXIT_DONE;
    }
    if (json_no_memory()) {
        failure_memory(failure, name);
    } else if (!find_mistaken(against, failure)) {
        failure->file = name;
    }
    against_close(against);
    return failure->status;
}

void against_close(struct against *against)
{
    claims_free(&against->claims);
    free(against->bytes);
    against->bytes = NULL;
}

/* --- What a firmware is taken for -------------------------------------- */

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
           (!claim->has_payload || own->payload) &&
           (!claim->has_kernel || own->guest.kernel);
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
                               unsigned formats, struct failure *failure)
{
    const unsigned format = format_of(own);
    const bool both = formats == (MRTD_FORMAT_TDVF | MRTD_FORMAT_IGVM);
    if (both && !format) {
        return failure_refused(
            failure, name, "against-format",
            "%s has values of it as an IGVM file and as a TDVF image; "
            "--image-format says which is meant",
            printable(a->name));
    }
    if (formats && format && !(formats & format)) {
        return failure_refused(
            failure, name, "against-format",
            "the values in %s are for --image-format %s, and %s is given",
            printable(a->name), image_format_name(formats),
            own->vars                               ? "--vars"
            : own->image_format == MRTD_FORMAT_TDVF ? "--image-format tdvf"
                                                    : "--image-format igvm");
    }
    own->image_format = formats && !format ? formats : own->image_format;
    return EXIT_DONE;
}

/* Only an input that says something of formats makes the digests needed. */
enum exit_status against_take_format(const struct against *against,
                                     struct launch_options *own,
                                     const struct evaluation_file *file,
                                     struct failure *failure)
{
    const struct claims *claims = &against->claims;
    unsigned formats = 0;
    char sha256[65];
    char sha384[97];
    char sha512[129] = "";
    for (size_t i = 0; i < claims->count; i++) {
        formats |= claims->items[i].image_format;
    }
    if (!formats) {
        return EXIT_DONE;
    }
    if (!digests_make(&file->source, sha256, sha384,
                      claims_need_sha512(claims) ? sha512 : NULL)) {
        return failure_read(failure, file->name, file->problem);
    }
    const struct claims_firmware firmware = {{sha256, sha384, sha512},
                                             file->source.size};
    return choose(against, own, file->name, formats_said(against, &firmware),
                  failure);
}

/* --- Arguments ----------------------------------------------------------- */

static size_t size_of(enum mrtd_platform platform)
{
    return mrtd_algorithm_size(guest_register(platform)->algorithm);
}

bool against_is_value(enum mrtd_platform platform, const char *text,
                      bool is_missing)
{
    size_t size = 0;
    const size_t wanted = size_of(platform);
    const size_t len = strlen(text);
    unsigned char *bytes = claims_decode_text(text, len, &size);
    free(bytes);
    return size == wanted && (len >= 2 * wanted || is_missing);
}

enum exit_status against_check_digits(enum mrtd_platform platform,
                                      const char *option, const char *text,
                                      bool may_be_value,
                                      struct failure *failure)
{
    const char *value =
        platform == MRTD_PLATFORM_TDX ? "an MRTD" : "a launch digest";
    const size_t digits = 2 * size_of(platform);
    const size_t prefix = strncasecmp(text, "0x", 2) == 0 ? 2 : 0;
    const size_t len = strlen(text);
    const size_t good =
        prefix + strspn(text + prefix, "0123456789abcdefABCDEF");
    if (good < DIGITS_MEANT) {
        return EXIT_DONE;
    }
    if (!may_be_value) {
        return failure_usage(failure,
                             "%s: with this --kind it is the name of a file, "
                             "and there is no such file; %s is --kind hex",
                             option, value);
    }
    return good == len
               ? failure_usage(failure,
                               "%s: %zu hexadecimal digits; %s has %zu", option,
                               len - prefix, value, digits)
               : failure_usage(failure,
                               "%s: digit %zu is not hexadecimal, and there is "
                               "no such file; %s has %zu digits",
                               option, good - prefix + 1, value, digits);
}

enum exit_status against_refuse_large(const char *name,
                                      const struct mrtd_source *source,
                                      struct failure *failure)
{
    return mistaken_tell(name, source, MISTAKEN_FOR_EVIDENCE, failure)
               ? failure->status
               : failure_refused(failure, name, "against-limit",
                                 "it has %" PRIu64 " bytes, more than the %zu "
                                 "of any quote or reference value",
                                 source->size, CLAIMS_MAX_SIZE);
}

void against_remark(const struct against *a, remark_fn *say)
{
    const struct claims *claims = &a->claims;
    for (size_t i = 0; i < claims->remark_count && i < CLAIMS_REMARKS; i++) {
        const struct claims_remark *r = &claims->remarks[i];
        if (!r->is_taken) {
            say(a->name, "note: %s skipped: %s [passed-over]",
                *r->where ? r->where : "it", r->why);
        }
    }
    if (claims->remark_count > CLAIMS_REMARKS) {
        say(a->name, "note: and %zu more like these [passed-over]",
            claims->remark_count - CLAIMS_REMARKS);
    }
}
