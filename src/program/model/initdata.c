/* SPDX-License-Identifier: Apache-2.0 */
#include "model/initdata.h"

#include <string.h>

#include "reference/digests.h"

/*
 * A field has the first bytes of a longer digest, and zeros after a shorter
 * one: kata-containers, src/libs/kata-types/src/initdata.rs, adjust_digest();
 * confidential-containers/trustee, deps/verifier/src/lib.rs,
 * regularize_data().
 */
static void fill(uint8_t *field, size_t size, const struct mrtd_digest *digest)
{
    memset(field, 0, size);
    memcpy(field, digest->bytes, digest->size < size ? digest->size : size);
}

enum exit_status initdata_make(struct initdata *initdata, const char *name,
                               const char *bytes, size_t size,
                               struct failure *failure)
{
    const struct mrtd_source source = {.size = size,
                                       .data = (const uint8_t *)bytes};
    struct initdata made = {.name = name, .size = size};
    struct mrtd_error error;
    if (initdata_algorithm(&made.digest.algorithm, name, bytes, size,
                           failure)) {
        return failure->status;
    }
    if (mrtd_digest_source(&made.digest, 1, &source, &error)) {
        return failure_library(failure, name, &error, NULL);
    }
    digests_of_bytes(bytes, size, made.sha256);
    fill(made.mrconfigid, sizeof made.mrconfigid, &made.digest);
    fill(made.host_data, sizeof made.host_data, &made.digest);
    *initdata = made;
    return EXIT_DONE;
}

enum exit_status initdata_compare(struct initdata_answer *answer,
                                  const struct initdata *initdata,
                                  const struct claims *claims, const char *name,
                                  struct failure *failure)
{
    const struct claim *claim = claims->count == 1 ? &claims->items[0] : NULL;
    if (claims->count > 1) {
        return failure_refused(failure, name, "initdata-against",
                               "%s, in which there are %zu values; give one "
                               "quote or report alone",
                               claims->kind, claims->count);
    }
    if (!claim || !claim->has_evidence) {
        return failure_refused(failure, name, "initdata-against",
                               "%s, which has neither MRCONFIGID nor "
                               "HOST_DATA; give a quote, a TDREPORT, a TDINFO "
                               "or a report of SEV-SNP",
                               claims->kind);
    }
    const struct mrtd_evidence *e = &claim->evidence;
    const enum mrtd_platform platform = mrtd_evidence_platform(e->kind);
    const bool is_snp = platform == MRTD_PLATFORM_SNP;
    *answer = (struct initdata_answer){
        .initdata = initdata,
        .against = name,
        .evidence = e,
        .field = initdata_field_name(platform),
        .size = initdata_field_size(platform),
        .made = is_snp ? initdata->host_data : initdata->mrconfigid,
        .reported = is_snp ? e->snp.host_data : e->tdinfo.mrconfigid,
    };
    answer->same = memcmp(answer->made, answer->reported, answer->size) == 0;
    return EXIT_DONE;
}
