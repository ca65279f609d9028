/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Collateral: the input is each of its parts. And the property that counts: a
 * member's bytes, whose signature is verified, are JSON of the value that is
 * read.
 */
#include <string.h>

#include "documents.h"
#include "fuzz.h"
#include "model/collateral.h"
#include "reference/json.h"

static void check_failure(enum exit_status status,
                          const struct failure *failure)
{
    HOLDS(status == EXIT_REFUSED);
    HOLDS(!strcmp(failure->code, "collateral-format"));
    HOLDS(failure->message[0]);
    check_text(failure->message);
}

/* All of it in one file. */
static void read_whole(const uint8_t *data, size_t size)
{
    const struct collateral_files files = {
        .whole = {.name = "one", .bytes = (const char *)data, .size = size}};
    struct collateral c;
    struct failure failure;
    const enum exit_status status = collateral_read(&c, &files, &failure);
    if (status) {
        check_failure(status, &failure);
    }
    collateral_free(&c);
}

/* The document of one kind, and of the other, of any platform. */
static void read_documents(const uint8_t *data, size_t size)
{
    struct collateral c = {.given = {.struct_size = sizeof c.given}};
    struct failure failure;
    struct mrtd_evidence evidence = {.kind = MRTD_EVIDENCE_QUOTE_V5};
    struct mrtd_tdx_signer signer = {.pcesvn = 11};
    struct mrtd_tcb_verdict verdict;
    c.given.tcb_info.data = c.given.qe_identity.data = data;
    c.given.tcb_info.size = c.given.qe_identity.size = size;
    const enum exit_status info = collateral_read_info(&c, "info", &failure);
    if (info) {
        check_failure(info, &failure);
    }
    check_text(c.tcb_info.mismatch);
    const enum exit_status identity =
        collateral_read_identity(&c, "identity", &failure);
    if (identity) {
        check_failure(identity, &failure);
    }
    check_text(c.qe_identity.mismatch);
    memset(evidence.report.tee_tcb_svn, 1, 16);
    memset(signer.components, 255, sizeof signer.components);
    memcpy(signer.fmspc, c.info.fmspc, sizeof signer.fmspc);
    memcpy(signer.pceid, c.info.pceid, sizeof signer.pceid);
    if (!info && !mrtd_tcb_evaluate(&verdict, &evidence, &signer, &c.info,
                                    &c.enclave, NULL)) {
        HOLDS(!verdict.reason == (verdict.status != MRTD_TCB_NONE));
        check_text(verdict.message);
    }
    collateral_free_json(&c);
}

/* Each member of an object, by its bytes. */
static void read_members(const uint8_t *data, size_t size)
{
    char why[JSON_WHY_SIZE];
    const char *key = NULL;
    json_t *value = NULL;
    json_t *object = json_read_object((const char *)data, size, why);
    json_object_foreach(object, key, value)
    {
        struct mrtd_verify_bytes found;
        if (collateral_member((const char *)data, size, key, &found)) {
            json_t *same =
                json_loadb(found.data, found.size,
                           JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
            HOLDS(same && json_equal(same, value));
            json_decref(same);
        }
    }
    json_decref(object);
}

static void read_texts(const uint8_t *data, size_t size)
{
    struct mrtd_error error;
    uint8_t *bytes = malloc(size + 1);
    size_t decoded = 0;
    HOLDS(bytes);
    if (collateral_decode_percent(bytes, &decoded, (const char *)data, size)) {
        HOLDS(decoded <= size && !memchr(bytes, 0, decoded));
    }
    if (collateral_decode_crl(bytes, &decoded, (const char *)data, size)) {
        HOLDS(decoded <= size);
        if (mrtd_verify_crl(bytes, decoded, &error)) {
            check_text(error.message);
        }
    }
    (void)!mrtd_verify_crl(data, size, &error);
    free(bytes);
}

void fuzz_one(const uint8_t *data, size_t size)
{
    read_whole(data, size);
    read_documents(data, size);
    read_members(data, size);
    read_texts(data, size);
}
