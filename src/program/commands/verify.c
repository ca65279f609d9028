/* SPDX-License-Identifier: Apache-2.0 */
/* reference --verify: is what a document says true of the firmware files? */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "commands/commands.h"
#include "commands/expected.h"
#include "commands/launching.h"
#include "io/diagnostic.h"
#include "io/key.h"
#include "model/against.h"
#include "model/firmware.h"
#include "printable.h"

struct verify_options {
    struct files files;
    struct launching launching;
    struct environment_options environment;
    struct time_options when;
    const char *document;
    const char *key; /* or NULL */
};

struct verification {
    const struct verify_options *options;
    const struct against *document;
    bool *explained; /* of each MRTD of the document: a firmware has it */
    bool measured;   /* a firmware was */
    bool differs;
};

/* The signature, with --key. */
static enum exit_status verify_signature(struct verification *v, EVP_PKEY *key)
{
    const char *name = v->document->name;
    struct cose_error error = {0};
    enum exit_status status = EXIT_DONE;
    if (cose_verify(key, v->document->bytes, v->document->size, &error)) {
        output("%s: signature OK (%s)\n", printable(name), key_algorithm(key));
    } else if (error.is_memory) {
        diagnostic_file(name, "out of memory");
        status = EXIT_IO;
    } else {
        output("%s: signature FAILED\n", printable(name));
        diagnostic_file(name, "%s [signature]", error.message);
        status = EXIT_DIFFERS;
    }
    return status;
}

/* Names of profiles, as "spec, qemu". */
struct names {
    char text[300];
    size_t used;
};

static void add_name(struct names *n, const char *name)
{
    if (n->used < sizeof n->text) {
        n->used += (size_t)snprintf(n->text + n->used, sizeof n->text - n->used,
                                    "%s%s", n->used ? ", " : "", name);
    }
}

/* What is found out of one firmware file. */
struct finding {
    struct names claimed; /* profiles whose MRTDs are in the document, */
    struct names absent;  /* or, of those that were asked for, are not */
    size_t claimed_values;
    size_t absent_values;
    const struct claim *other_file; /* has the MRTD, but of another file */
    const struct claim *mislabelled;
    const struct claim *invalid; /* not yet, or no more */
};

/* The profiles of the value, as bits by mrtd_profile_at(). */
static uint32_t profiles_of(const struct reference_value *value)
{
    const struct mrtd_profile *profile;
    uint32_t bits = 0;
    for (size_t i = 0; (profile = mrtd_profile_at(i)) && i < 32; i++) {
        for (size_t k = 0; value->profiles[k]; k++) {
            if (strcmp(value->profiles[k], profile->name) == 0) {
                bits |= UINT32_C(1) << i;
            }
        }
    }
    return bits;
}

/* Does one of the document's claims hold for this value of the file? */
static bool is_claimed(struct verification *v, struct finding *found,
                       const struct reference_value *value,
                       const struct claims_firmware *firmware,
                       const struct launch_options *own)
{
    const struct claims *claims = &v->document->claims;
    bool claimed = false;
    for (size_t i = 0; i < claims->count; i++) {
        const struct claim *claim = &claims->items[i];
        if (memcmp(claim->mrtd, value->mrtd, MRTD_DIGEST_SIZE) != 0 ||
            !against_is_of_format(claim, own)) {
            continue;
        }
        v->explained[i] = true;
        if (!claims_are_of(claims, claim, firmware)) {
            found->other_file = claim;
        } else if (claim->profiles & ~profiles_of(value)) {
            found->mislabelled = claim;
        } else if (!claims_valid_at(claim, v->options->when.time)) {
            found->invalid = claim;
        } else {
            claimed = true;
        }
    }
    return claimed;
}

/* Was this profile asked for? Without --vmm each is. */
static bool is_wanted(const struct launch_options *o, const char *name)
{
    bool wanted = !o->profile_given || strcmp(o->profile->name, name) == 0;
    for (unsigned i = 1; !wanted && i < o->profile_count; i++) {
        wanted = strcmp(o->profiles[i]->name, name) == 0;
    }
    return wanted;
}

static void look_at(struct verification *v, struct finding *found,
                    const struct reference_firmware *f,
                    const struct launch_options *own)
{
    const struct claims_firmware firmware = {{f->sha256, f->sha384, f->sha512},
                                             f->size};
    for (size_t i = 0; i < f->value_count; i++) {
        const struct reference_value *value = &f->values[i];
        const bool claimed = is_claimed(v, found, value, &firmware, own);
        bool wanted = false;
        for (size_t k = 0; value->profiles[k]; k++) {
            if (is_wanted(&v->options->launching.launch, value->profiles[k])) {
                add_name(claimed ? &found->claimed : &found->absent,
                         value->profiles[k]);
                wanted = true;
            }
        }
        found->claimed_values += wanted && claimed;
        found->absent_values += wanted && !claimed;
    }
}

/* Of a claim that is about the wrong profile: whose MRTD it is said to be. */
static void print_label(const char *name, const struct claim *claim)
{
    const struct mrtd_profile *profile;
    struct names said = {.used = 0};
    for (size_t i = 0; (profile = mrtd_profile_at(i)) && i < 32; i++) {
        if (claim->profiles >> i & 1) {
            add_name(&said, profile->name);
        }
    }
    diagnostic_file(name,
                    "an MRTD of it is in the document, but not as that of %s, "
                    "of which the document says so [reference-label]",
                    said.text);
}

static void print_validity(const char *name, const struct claim *claim,
                           int64_t now)
{
    char text[CLAIMS_TIME_SIZE];
    const bool ended = now > claim->not_after;
    claims_time_text(text, ended ? claim->not_after : claim->not_before);
    diagnostic_file(name,
                    "its MRTD is in the document, which %s %s "
                    "[reference-validity]",
                    ended ? "was valid until" : "is not valid before", text);
}

/* Each profile that was asked for must be claimed; or any, if none was. And
 * nothing that the document says of such an MRTD may be wrong. */
static void compare(struct verification *v, const struct launch_options *own,
                    const char *name, const struct reference_firmware *f)
{
    struct finding found = {.claimed_values = 0};
    look_at(v, &found, f, own);
    const bool good =
        !found.mislabelled && !found.invalid &&
        (v->options->launching.launch.profile_given ? found.absent_values == 0
                                                    : found.claimed_values > 0);
    v->differs |= !good;
    if (good) {
        output("%s: OK (%s)\n", printable(name), found.claimed.text);
        return;
    }
    output("%s: FAILED\n", printable(name));
    if (found.mislabelled) {
        print_label(name, found.mislabelled);
    } else if (found.invalid) {
        print_validity(name, found.invalid, v->options->when.time);
    } else if (found.other_file) {
        diagnostic_file(name,
                        "it has an MRTD of the document, but is another file: "
                        "its SHA-384 is %s [reference-file]",
                        f->sha384);
    } else {
        diagnostic_file(name,
                        "its MRTD as %s is not in the document; 'check FILE "
                        "--against DOCUMENT' says why [reference-mrtd]",
                        found.absent.text);
    }
}

/* Does the document say of MRTDs which VMM's they are? */
static bool has_labels(const struct against *document)
{
    bool has = false;
    for (size_t i = 0; i < document->claims.count; i++) {
        has |= document->claims.items[i].profiles != 0;
    }
    return has;
}

static enum exit_status verify_file(struct verification *v, const char *name)
{
    const struct launch_options *o = &v->options->launching.launch;
    struct reference_firmware f;
    struct evaluation e;
    struct launch_options own;
    enum exit_status status = against_evaluate(v->document, &e, &own, o, name);
    if (status) {
        return status;
    }
    status =
        firmware_measure(&f, &e, !o->profile_given || has_labels(v->document),
                         claims_need_sha512(&v->document->claims));
    if (!status) {
        compare(v, &own, name, &f);
        v->measured = true;
        firmware_free(&f);
    }
    evaluation_close(&e);
    return status;
}

static enum exit_status verify_files(struct verification *v)
{
    const struct files *files = &v->options->files;
    enum exit_status status = EXIT_DONE;
    for (int i = 0; i < files->operand_count; i++) {
        status = worst(status, verify_file(v, files->operands[i]));
    }
    return status;
}

/* MRTDs in the document that no firmware has. */
static void count_unexplained(struct verification *v)
{
    const size_t count = v->document->claims.count;
    size_t left = 0;
    for (size_t i = 0; i < count; i++) {
        left += !v->explained[i];
    }
    if (left > 0 && v->measured) {
        diagnostic_file(v->document->name,
                        "%zu of its %zu MRTDs %s of none of the firmware files"
                        "%s",
                        left, count, left == 1 ? "is" : "are",
                        v->options->launching.launch.profile_given
                            ? ", as the VMMs of --vmm launch them"
                            : "");
        v->differs = true;
    }
}

/* Evidence says what a TD was, not what it should be. */
static enum exit_status refuse_evidence(const struct against *document)
{
    const struct claims *claims = &document->claims;
    for (size_t i = 0; i < claims->count; i++) {
        if (claims->items[i].has_evidence) {
            diagnostic_file(
                document->name,
                "evidence of a TD (%s), which --verify does not "
                "take for reference values; 'check FILE --against "
                "%s' compares it with a firmware "
                "[reference-evidence]",
                mrtd_evidence_kind_name(claims->items[i].evidence.kind),
                printable(document->name));
            return EXIT_REFUSED;
        }
    }
    return EXIT_DONE;
}

/* All but the key, which was read before. */
static enum exit_status verify(const struct verify_options *o, EVP_PKEY *key)
{
    struct against document;
    struct verification v = {.options = o, .document = &document};
    /* What is signed is a CoRIM; nothing else in it is looked for. */
    enum exit_status status =
        expected_open(&document, &o->environment, "--verify", o->document,
                      key ? CLAIMS_SIGNED : CLAIMS_DETECT, CLAIMS_EXACT);
    if (status) {
        return status;
    }
    status = refuse_evidence(&document);
    if (status) {
        against_close(&document);
        return status;
    }
    v.explained = calloc(document.claims.count, sizeof *v.explained);
    if (!v.explained) {
        diagnostic("out of memory");
        status = EXIT_IO;
    } else if (key) {
        status = verify_signature(&v, key);
    } else if (document.size > 0 && document.bytes[0] == 0xd2) {
        diagnostic_file(document.name,
                        "note: its signature is not verified; --key PUB.pem "
                        "does [signature]");
    }
    if (!status) {
        status = verify_files(&v);
        count_unexplained(&v);
        status = worst(status, v.differs ? EXIT_DIFFERS : EXIT_DONE);
    }
    free(v.explained);
    against_close(&document);
    return status;
}

static enum exit_status run(void *options)
{
    struct verify_options *o = options;
    EVP_PKEY *key = NULL;
    if (o->key && !reference_has_cbor) {
        return diagnostic_usage("this program was built without CBOR (libcbor) "
                                "and verifies no signatures: no --key");
    }
    enum exit_status status = expected_take_time(&o->when);
    if (!status && o->key) {
        status = key_read_public(&key, o->key);
    }
    if (!status) {
        status = verify(o, key);
    }
    EVP_PKEY_free(key);
    return status;
}

static bool check(void *options)
{
    struct verify_options *o = options;
    return options_read_stdin_once(&o->files) &&
           launching_check(&o->launching, &o->files, command_verify.title,
                           LAUNCHING_SEVERAL);
}

static const struct option_row rows[] = {
    {OPTION("verify", INPUT, struct verify_options, document, OPTION_IS_FILE,
            "compare such a document with the images")},
    {OPTION("key", INPUT, struct verify_options, key,
            OPTION_IS("PUB.pem", "a public key's file"),
            "with --verify: the document must be signed by it")},
};
static const struct option_table table = OPTION_TABLE(rows);

#define AT(member) offsetof(struct verify_options, member)
const struct command command_verify = {
    .word = "reference",
    .option = "verify",
    .title = "reference --verify",
    .fewest_files = 1,
    .most_files = INT_MAX,
    .inputs = INPUTS_NAMED,
    .size = sizeof(struct verify_options),
    .uses = {{&table, 0},
             {&time_options_table, AT(when)},
             {&environment_options_table, AT(environment)},
             {&launching_vmms, AT(launching)},
             {&launching_vars, AT(launching)},
             {&launching_format, AT(launching)},
             {&launching_how, AT(launching)},
             {&launching_limit, AT(launching)},
             {&options_of_all, 0}},
    .check = check,
    .run = run,
    .usage = {"reference --verify DOCUMENT [OPTION]... IMAGE..."},
};
