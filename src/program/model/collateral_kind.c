/* SPDX-License-Identifier: Apache-2.0 */
/* What a file of collateral is, where it is not what its option takes. */
#include "model/collateral.h"

#include <stdlib.h>
#include <string.h>

#include "reference/json.h"

enum kind {
    KIND_UNKNOWN,
    KIND_WHOLE,
    KIND_TCB_INFO,
    KIND_QE_IDENTITY,
    KIND_CHAIN,
    KIND_CRL
};

static const char *const kinds[] = {
    [KIND_WHOLE] = "all collateral in one file, which --collateral takes",
    [KIND_TCB_INFO] = "TCB info, which --tcb-info takes",
    [KIND_QE_IDENTITY] = "a QE identity, which --qe-identity takes",
    [KIND_CHAIN] = "a list of certificates, which --tcb-issuer-chain takes",
    [KIND_CRL] = "a CRL, which --pck-crl or --root-crl takes",
};

static bool begins(const struct collateral_file *file, const char *text)
{
    return file->size >= strlen(text) &&
           memcmp(file->bytes, text, strlen(text)) == 0;
}

static enum kind json_kind(const struct collateral_file *file)
{
    char why[JSON_WHY_SIZE];
    json_t *object = json_read_object(file->bytes, file->size, why);
    const enum kind kind = json_object_get(object, "tcbInfo") ? KIND_TCB_INFO
                           : json_object_get(object, "enclaveIdentity")
                               ? KIND_QE_IDENTITY
                           : json_object_get(object, "tcb_info") ? KIND_WHOLE
                                                                 : KIND_UNKNOWN;
    json_decref(object);
    return kind;
}

static bool is_crl(const struct collateral_file *file)
{
    struct mrtd_error error;
    uint8_t *bytes = malloc(file->size);
    size_t size = 0;
    const bool is =
        mrtd_verify_crl(file->bytes, file->size, &error) == 0 ||
        (bytes &&
         collateral_decode_crl(bytes, &size, file->bytes, file->size) &&
         mrtd_verify_crl(bytes, size, &error) == 0);
    free(bytes);
    return is;
}

static enum kind kind_of(const struct collateral_file *file)
{
    struct mrtd_error error;
    size_t count = 0;
    if (begins(file, "-----BEGIN CERTIFICATE") ||
        begins(file, "-----BEGIN%20CERTIFICATE") ||
        mrtd_verify_certificates(&count, file->bytes, file->size, &error) ==
            0) {
        return KIND_CHAIN;
    }
    return is_crl(file) ? KIND_CRL : json_kind(file);
}

enum exit_status collateral_refuse(const struct collateral_files *files,
                                   struct failure *failure)
{
    const struct {
        const struct collateral_file *file;
        enum kind wanted;
    } all[] = {
        {&files->whole, KIND_WHOLE},
        {&files->tcb_info, KIND_TCB_INFO},
        {&files->qe_identity, KIND_QE_IDENTITY},
        {&files->issuer_chain, KIND_CHAIN},
        {&files->pck_crl, KIND_CRL},
        {&files->root_crl, KIND_CRL},
    };
    size_t i = 0;
    while (i < sizeof all / sizeof *all && all[i].file->name != failure->file) {
        i++;
    }
    if (i == sizeof all / sizeof *all) {
        return failure->status;
    }
    const struct collateral_file *file = all[i].file;
    if (file->size == 0) {
        return failure_refused(failure, file->name, failure->code,
                               "it is empty");
    }
    const enum kind kind = kind_of(file);
    return kind && kind != all[i].wanted
               ? failure_refused(failure, file->name, failure->code,
                                 "this is %s", kinds[kind])
               : failure->status;
}
