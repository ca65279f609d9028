/* SPDX-License-Identifier: Apache-2.0 */
/* reference --verify: is what a document says true of the firmware files? */
#include <stdlib.h>
#include <string.h>

#include "cli/against.h"
#include "cli/commands.h"
#include "cli/diagnostic.h"
#include "cli/firmware.h"
#include "cli/key.h"
#include "cli/sandbox.h"

struct verification {
    const struct options *options;
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
        output("%s: signature OK (%s)\n", printable(name), cose_algorithm(key));
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

/* Is the MRTD one of the document's? */
static bool is_claimed(struct verification *v, const uint8_t *mrtd)
{
    const struct claims *claims = &v->document->claims;
    bool found = false;
    for (size_t i = 0; i < claims->count; i++) {
        if (memcmp(claims->items[i].mrtd, mrtd, MRTD_DIGEST_SIZE) == 0) {
            v->explained[i] = true;
            found = true;
        }
    }
    return found;
}

/* Profiles whose MRTDs are in the document, or are not. */
struct names {
    char text[300];
    size_t used;
    size_t values;
};

static void add_names(struct names *n, const struct reference_value *value)
{
    n->values++;
    for (size_t i = 0; value->profiles[i] && n->used < sizeof n->text; i++) {
        n->used +=
            (size_t)snprintf(n->text + n->used, sizeof n->text - n->used,
                             "%s%s", n->used ? ", " : "", value->profiles[i]);
    }
}

/* Each profile that was asked for must be claimed; or any, if none was. */
static void compare(struct verification *v, const char *name,
                    const struct reference_firmware *f)
{
    struct names claimed = {.used = 0};
    struct names absent = {.used = 0};
    for (size_t i = 0; i < f->value_count; i++) {
        const struct reference_value *value = &f->values[i];
        add_names(is_claimed(v, value->mrtd) ? &claimed : &absent, value);
    }
    const bool that_file =
        claims_tell_of(&v->document->claims, f->sha256, f->sha384);
    const bool same_mrtd =
        v->options->profile_given ? absent.values == 0 : claimed.values > 0;
    v->differs |= !same_mrtd || !that_file;
    if (same_mrtd && that_file) {
        output("%s: OK (%s)\n", printable(name), claimed.text);
    } else {
        output("%s: FAILED\n", printable(name));
    }
    if (!same_mrtd) {
        diagnostic_file(name,
                        "its MRTD as %s is not in the document; 'check FILE "
                        "--against DOCUMENT' says why [reference-mrtd]",
                        absent.text);
    } else if (!that_file) {
        diagnostic_file(name,
                        "it has an MRTD of the document, but is another file: "
                        "its SHA-384 is %s [reference-file]",
                        f->sha384);
    }
}

static enum exit_status verify_files(struct verification *v)
{
    const struct options *o = v->options;
    enum exit_status status = EXIT_DONE;
    for (int i = 0; i < o->file_count; i++) {
        struct reference_firmware f;
        const enum exit_status failure =
            firmware_make(&f, o, o->files[i], !o->profile_given);
        status = worst(status, failure);
        if (!failure) {
            compare(v, o->files[i], &f);
            v->measured = true;
            firmware_free(&f);
        }
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
                        v->options->profile_given
                            ? ", as the VMMs of --vmm launch them"
                            : "");
        v->differs = true;
    }
}

/* All but the key, which was read before. */
static enum exit_status verify(const struct options *options, EVP_PKEY *key)
{
    struct against document;
    struct verification v = {.options = options, .document = &document};
    /* What is signed is a CoRIM; nothing else in it is looked for. */
    enum exit_status status =
        against_open(&document, "--verify", options->reference.verify,
                     key ? CLAIMS_SIGNED : CLAIMS_DETECT, CLAIMS_EXACT);
    if (status) {
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

enum exit_status command_verify(struct options *options)
{
    EVP_PKEY *key = NULL;
    if (options->reference.key && !reference_has_cbor) {
        return diagnostic_usage("this program was built without CBOR (libcbor) "
                                "and verifies no signatures: no --key");
    }
    enum exit_status status =
        options->reference.key ? key_read_public(&key, options->reference.key)
                               : EXIT_DONE;
    if (!status) {
        command_keep_inputs(options);
        sandbox_seal(options);
        status = verify(options, key);
    }
    EVP_PKEY_free(key);
    return status;
}
