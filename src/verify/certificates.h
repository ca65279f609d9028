/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of certificates, from files in PEM and DER, from the table that a host
 * hands out with a report of SEV-SNP, and from quotes. */
#ifndef VERIFY_CERTIFICATES_H
#define VERIFY_CERTIFICATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "mrtd.h"
#include "verify/certificate.h"

/* All zero is an empty list. */
struct certificates {
    struct certificate *items;
    size_t count;
    uint8_t **buffers; /* what was decoded of PEM */
    size_t buffer_count;
    bool
        keeps_all; /* also what is there already, which is left out otherwise */
};

/*
 * Adds all certificates of a file. Fails with MRTD_ERR_CERTIFICATE or
 * MRTD_ERR_MEMORY; what was added until then stays. The offset of the error is
 * in the bytes of the span's input.
 */
enum mrtd_code certificates_add(struct certificates *list, struct span file,
                                struct mrtd_error *error);

/* Is it the table of certificates that follows a report? */
bool certificates_is_table(struct span s);
/* How many of the bytes are the table and what its entries have. */
uint64_t certificates_table_size(struct span s);

enum certificates_result {
    CERTIFICATES_READ,
    CERTIFICATES_FORMAT, /* not that many in PEM, and nothing between */
    CERTIFICATES_COUNT,  /* another number of them */
    CERTIFICATES_MEMORY,
};

/* The chain of a quote: so many certificates in PEM, and nothing else but one
 * zero at the end. On failure *at is the offset in the input. */
enum certificates_result certificates_read_chain(struct certificates *list,
                                                 struct span chain,
                                                 size_t count, uint64_t *at);

void certificates_free(struct certificates *list);

#endif
