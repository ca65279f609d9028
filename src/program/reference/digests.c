/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/digests.h"

bool digests_make(const struct mrtd_source *source, char hex256[65],
                  char hex384[97], char *hex512)
{
    struct mrtd_digest digests[] = {{.algorithm = MRTD_ALGORITHM_SHA256},
                                    {.algorithm = MRTD_ALGORITHM_SHA384},
                                    {.algorithm = MRTD_ALGORITHM_SHA512}};
    if (mrtd_digest_source(digests, hex512 ? 3 : 2, source, NULL)) {
        return false;
    }
    mrtd_hex_encode(hex256, digests[0].bytes, digests[0].size);
    mrtd_hex_encode(hex384, digests[1].bytes, digests[1].size);
    if (hex512) {
        mrtd_hex_encode(hex512, digests[2].bytes, digests[2].size);
    }
    return true;
}

void digests_of_bytes(const void *bytes, size_t size, char hex256[65])
{
    const struct mrtd_source source = {.data = bytes, .size = size};
    struct mrtd_digest digest = {.algorithm = MRTD_ALGORITHM_SHA256};
    /* Nothing can fail: memory is read, and each build has SHA-256. */
    if (!mrtd_digest_source(&digest, 1, &source, NULL)) {
        mrtd_hex_encode(hex256, digest.bytes, digest.size);
    }
}
