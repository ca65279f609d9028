/* SPDX-License-Identifier: Apache-2.0 */
#include "model/collateral.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "printable.h"
#include "reference/json.h"

#define GIVEN_AS "; use it as Intel's service gave it"

static const char *code(void)
{
    return mrtd_code_name(MRTD_ERR_COLLATERAL_FORMAT);
}

static void own(struct collateral *c, void *bytes)
{
    c->owned[c->owned_count++] = bytes;
}

/* --- Parts ---------------------------------------------------------------- */

/* Where a part is: a file, or a member of one. */
struct place {
    const char *file;
    const char *member; /* NULL: the file is the part */
};

static enum exit_status refuse(struct place place, struct failure *failure,
                               const char *why)
{
    return failure_refused(failure, place.file, code(), "%s%s%s" GIVEN_AS,
                           place.member ? place.member : "",
                           place.member ? ": " : "", why);
}

/* What the library says of the part. */
static enum exit_status refuse_library(struct place place,
                                       struct failure *failure,
                                       const struct mrtd_error *why)
{
    if (why->code == MRTD_ERR_MEMORY) {
        return failure_memory(failure, place.file);
    }
    return failure_refused_at(failure, place.file, code(),
                              place.member ? MRTD_NO_OFFSET : why->offset,
                              "%s%s%s" GIVEN_AS,
                              place.member ? place.member : "",
                              place.member ? ": " : "", why->message);
}

static enum exit_status take_crl(struct collateral *c, struct place place,
                                 const char *text, size_t size,
                                 struct mrtd_verify_bytes *crl,
                                 struct failure *failure)
{
    struct mrtd_error why;
    crl->data = text;
    crl->size = size;
    /* DER begins with a SEQUENCE, and none of the other forms with its tag,
     * which is the digit 0. */
    if (size > 0 && text[0] != 0x30) {
        uint8_t *bytes = malloc(size);
        if (!bytes) {
            return failure_memory(failure, place.file);
        }
        own(c, bytes);
        crl->data = bytes;
        if (!collateral_decode_crl(bytes, &crl->size, text, size)) {
            return refuse(place, failure,
                          "this is not a CRL in DER, or that in hexadecimal, "
                          "base64 or PEM");
        }
    }
    return mrtd_verify_crl(crl->data, crl->size, &why)
               ? refuse_library(place, failure, &why)
               : EXIT_DONE;
}

/* One or more certificates in PEM. */
static enum exit_status take_chain(struct place place, const char *text,
                                   size_t size, struct mrtd_verify_bytes *chain,
                                   struct failure *failure)
{
    struct mrtd_error why;
    size_t count = 0;
    chain->data = text;
    chain->size = size;
    return mrtd_verify_certificates(&count, text, size, &why)
               ? refuse_library(place, failure, &why)
               : EXIT_DONE;
}

static enum exit_status take_signature(struct place place,
                                       uint8_t signature[64],
                                       const json_t *value,
                                       struct failure *failure)
{
    return json_is_string(value) &&
                   mrtd_hex_decode(signature, 64, json_string_value(value),
                                   json_string_length(value))
               ? EXIT_DONE
               : refuse(place, failure,
                        "it is not a string of 128 hexadecimal digits");
}

/* --- One file ------------------------------------------------------------- */

/* Its members. */
enum member {
    PCK_CRL_CHAIN, /* it and the last may be absent */
    ROOT_CRL,
    PCK_CRL,
    INFO_CHAIN,
    INFO,
    INFO_SIGNATURE,
    IDENTITY_CHAIN,
    IDENTITY,
    IDENTITY_SIGNATURE,
    PCK_CHAIN,
    MEMBERS,
};

static const char *const members[MEMBERS] = {
    [PCK_CRL_CHAIN] = "pck_crl_issuer_chain",
    [ROOT_CRL] = "root_ca_crl",
    [PCK_CRL] = "pck_crl",
    [INFO_CHAIN] = "tcb_info_issuer_chain",
    [INFO] = "tcb_info",
    [INFO_SIGNATURE] = "tcb_info_signature",
    [IDENTITY_CHAIN] = "qe_identity_issuer_chain",
    [IDENTITY] = "qe_identity",
    [IDENTITY_SIGNATURE] = "qe_identity_signature",
    [PCK_CHAIN] = "pck_certificate_chain",
};

/* Reads a JSON object that has no members but those of the names. */
static enum exit_status read_object(const struct collateral_file *file,
                                    const char *const names[], size_t count,
                                    json_t **object, struct failure *failure)
{
    char why[JSON_WHY_SIZE];
    const char *key = NULL;
    json_t *value = NULL;
    *object = json_read_object(file->bytes, file->size, why);
    if (!*object) {
        return json_no_memory() ? failure_memory(failure, file->name)
                                : failure_refused(failure, file->name, code(),
                                                  "%s" GIVEN_AS, why);
    }
    json_object_foreach(*object, key, value)
    {
        size_t i = 0;
        while (i < count && strcmp(names[i], key) != 0) {
            i++;
        }
        if (i == count) {
            return failure_refused(failure, file->name, code(),
                                   "the member \"%.100s\" is not one of "
                                   "collateral",
                                   printable(key));
        }
    }
    return EXIT_DONE;
}

static enum exit_status take_members(struct collateral *c, const char *file,
                                     const json_t *const value[MEMBERS],
                                     struct failure *failure)
{
    struct mrtd_verify_bytes text[MEMBERS];
    struct mrtd_verify_bytes unused;
    struct mrtd_collateral *g = &c->given;
    struct place place[MEMBERS];
    for (size_t i = 0; i < MEMBERS; i++) {
        place[i] = (struct place){file, members[i]};
        text[i].data = value[i] ? json_string_value(value[i]) : NULL;
        text[i].size = value[i] ? json_string_length(value[i]) : 0;
    }
    const struct {
        enum member member;
        struct mrtd_verify_bytes *chain;
    } chains[] = {{PCK_CRL_CHAIN, &unused},
                  {INFO_CHAIN, &unused},
                  {IDENTITY_CHAIN, &unused},
                  {PCK_CHAIN, &c->pck_chain}};
    enum exit_status status = EXIT_DONE;
    for (size_t i = 0; !status && i < sizeof chains / sizeof *chains; i++) {
        const enum member m = chains[i].member;
        if (value[m]) {
            status = take_chain(place[m], text[m].data, text[m].size,
                                chains[i].chain, failure);
        }
    }
    g->tcb_info.data = text[INFO].data;
    g->tcb_info.size = text[INFO].size;
    g->tcb_info.chain = text[INFO_CHAIN].data;
    g->tcb_info.chain_size = text[INFO_CHAIN].size;
    g->qe_identity.data = text[IDENTITY].data;
    g->qe_identity.size = text[IDENTITY].size;
    g->qe_identity.chain = text[IDENTITY_CHAIN].data;
    g->qe_identity.chain_size = text[IDENTITY_CHAIN].size;
    status = status
                 ? status
                 : take_signature(place[INFO_SIGNATURE], g->tcb_info.signature,
                                  value[INFO_SIGNATURE], failure);
    status = status ? status
                    : take_signature(place[IDENTITY_SIGNATURE],
                                     g->qe_identity.signature,
                                     value[IDENTITY_SIGNATURE], failure);
    status = status ? status
                    : take_crl(c, place[PCK_CRL], text[PCK_CRL].data,
                               text[PCK_CRL].size, &g->pck_crl, failure);
    return status ? status
                  : take_crl(c, place[ROOT_CRL], text[ROOT_CRL].data,
                             text[ROOT_CRL].size, &g->root_crl, failure);
}

static enum exit_status read_whole(struct collateral *c,
                                   const struct collateral_file *file,
                                   struct failure *failure)
{
    const json_t *value[MEMBERS];
    const enum exit_status status =
        read_object(file, members, MEMBERS, &c->whole, failure);
    if (status) {
        return status;
    }
    for (size_t i = 0; i < MEMBERS; i++) {
        value[i] = json_object_get(c->whole, members[i]);
        const bool may_lack = i == PCK_CRL_CHAIN || i == PCK_CHAIN;
        if (!json_is_string(value[i]) && (value[i] || !may_lack)) {
            return failure_refused(
                failure, file->name, code(), "the member \"%s\" is %s" GIVEN_AS,
                members[i], value[i] ? "not a string" : "missing");
        }
    }
    return take_members(c, file->name, value, failure);
}

/* --- Five files ----------------------------------------------------------- */

/* {"tcbInfo":{...},"signature":"..."}, and the other one. */
static enum exit_status read_document(struct mrtd_collateral_document *given,
                                      const struct collateral_file *file,
                                      const char *member,
                                      struct failure *failure)
{
    const char *const names[] = {member, "signature"};
    struct mrtd_verify_bytes slice = {NULL, 0};
    json_t *object = NULL;
    enum exit_status status = read_object(file, names, 2, &object, failure);
    if (!status) {
        const struct place place = {file->name, "signature"};
        status = take_signature(place, given->signature,
                                json_object_get(object, "signature"), failure);
    }
    if (!status &&
        (!json_is_object(json_object_get(object, member)) ||
         !collateral_member(file->bytes, file->size, member, &slice))) {
        status = failure_refused(failure, file->name, code(),
                                 "there is no member \"%s\" that is an "
                                 "object" GIVEN_AS,
                                 member);
    }
    given->data = slice.data;
    given->size = slice.size;
    json_decref(object);
    return status;
}

/* PEM, or as it is in a header of HTTP. */
static enum exit_status read_chain(struct collateral *c,
                                   const struct collateral_file *file,
                                   struct failure *failure)
{
    const struct place place = {file->name, NULL};
    struct mrtd_verify_bytes chain = {file->bytes, file->size};
    if (memchr(file->bytes, '%', file->size)) {
        uint8_t *bytes = malloc(file->size);
        if (!bytes) {
            return failure_memory(failure, file->name);
        }
        own(c, bytes);
        chain.data = bytes;
        if (!collateral_decode_percent(bytes, &chain.size, file->bytes,
                                       file->size)) {
            return refuse(
                place, failure,
                "it has % without two hexadecimal digits after it, or more "
                "than one line");
        }
    }
    const enum exit_status status =
        take_chain(place, chain.data, chain.size, &chain, failure);
    c->given.tcb_info.chain = c->given.qe_identity.chain = chain.data;
    c->given.tcb_info.chain_size = c->given.qe_identity.chain_size = chain.size;
    return status;
}

static enum exit_status read_five(struct collateral *c,
                                  const struct collateral_files *f,
                                  struct failure *failure)
{
    const struct place pck_crl = {f->pck_crl.name, NULL};
    const struct place root_crl = {f->root_crl.name, NULL};
    struct mrtd_collateral *g = &c->given;
    enum exit_status status =
        read_document(&g->tcb_info, &f->tcb_info, "tcbInfo", failure);
    status = status ? status
                    : read_document(&g->qe_identity, &f->qe_identity,
                                    "enclaveIdentity", failure);
    status = status ? status : read_chain(c, &f->issuer_chain, failure);
    status = status ? status
                    : take_crl(c, pck_crl, f->pck_crl.bytes, f->pck_crl.size,
                               &g->pck_crl, failure);
    return status ? status
                  : take_crl(c, root_crl, f->root_crl.bytes, f->root_crl.size,
                             &g->root_crl, failure);
}

/* --- The whole ------------------------------------------------------------ */

enum exit_status collateral_read(struct collateral *collateral,
                                 const struct collateral_files *files,
                                 struct failure *failure)
{
    struct collateral *c = collateral;
    const char *whole = files->whole.name;
    *c = (struct collateral){.files = *files,
                             .given = {.struct_size = sizeof c->given}};
    enum exit_status status = whole ? read_whole(c, &files->whole, failure)
                                    : read_five(c, files, failure);
    status = status ? status
                    : collateral_read_info(
                          c, whole ? whole : files->tcb_info.name, failure);
    status = status ? status
                    : collateral_read_identity(
                          c, whole ? whole : files->qe_identity.name, failure);
    /* Where memory is short, jansson may have cut a string, and goes on. */
    status = json_no_memory() ? failure_memory(failure, whole) : status;
    return status == EXIT_REFUSED ? collateral_refuse(files, failure) : status;
}

void collateral_free(struct collateral *collateral)
{
    collateral_free_json(collateral);
    json_decref(collateral->whole);
    for (size_t i = 0; i < collateral->owned_count; i++) {
        free(collateral->owned[i]);
    }
}

const char *collateral_file_of(const struct collateral *c,
                               enum mrtd_collateral_part part,
                               const char **option)
{
    const struct collateral_files *f = &c->files;
    const struct {
        const char *file;
        const char *option;
    } of[] = {
        [MRTD_COLLATERAL_TCB_INFO] = {f->tcb_info.name, "--tcb-info"},
        [MRTD_COLLATERAL_TCB_INFO_CHAIN] = {f->issuer_chain.name,
                                            "--tcb-issuer-chain"},
        [MRTD_COLLATERAL_QE_IDENTITY] = {f->qe_identity.name, "--qe-identity"},
        [MRTD_COLLATERAL_QE_IDENTITY_CHAIN] = {f->issuer_chain.name,
                                               "--tcb-issuer-chain"},
        [MRTD_COLLATERAL_PCK_CRL] = {f->pck_crl.name, "--pck-crl"},
        [MRTD_COLLATERAL_ROOT_CRL] = {f->root_crl.name, "--root-crl"},
    };
    const bool is_whole = part != MRTD_COLLATERAL_NONE && f->whole.name;
    *option = is_whole ? "--collateral" : of[part].option;
    return is_whole ? f->whole.name : of[part].file;
}

const json_t *collateral_advisories(const json_t *levels, size_t index)
{
    return json_object_get(json_array_get(levels, index), "advisoryIDs");
}
