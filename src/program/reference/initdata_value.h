/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Initdata of Confidential Containers: a file that the host hands a guest, and
 * by whose digest it launches the guest, in a field that reports have. What of
 * it is published.
 */
#ifndef REFERENCE_INITDATA_VALUE_H
#define REFERENCE_INITDATA_VALUE_H

#include <jansson.h>

#include "mrtd.h"
#include "reference/boot_values.h"

/* Size of HOST_DATA of a report of SEV-SNP. */
#define INITDATA_HOST_DATA 32

struct initdata {
    const char *name; /* of the file */
    uint64_t size;
    char sha256[65];           /* of all its bytes */
    struct mrtd_digest digest; /* of all its bytes, by its own algorithm */
    /* The digest as the fields have it: cut off, or with zeros after it. */
    uint8_t mrconfigid[MRTD_DIGEST_SIZE];
    uint8_t host_data[INITDATA_HOST_DATA];
};

/* The field of a guest of the platform, tdx or snp: its size, and its name. */
size_t initdata_field_size(enum mrtd_platform platform);
const char *initdata_field_name(enum mrtd_platform platform);

/* The field as a value to publish. */
struct boot_value initdata_value(const struct initdata *initdata,
                                 enum mrtd_platform platform);

/* {"file", "algorithm", "digest", "field", "value"}; docs/json.md. NULL for
 * NULL. */
json_t *initdata_value_json(const struct initdata *initdata,
                            enum mrtd_platform platform);

#endif
