/* SPDX-License-Identifier: Apache-2.0 */
/* CRC-32 of zlib and IEEE 802.3, reflected. */
#ifndef BASE_CRC32_H
#define BASE_CRC32_H

#include "base/span.h"

/*@ requires readable(s);
    assigns \nothing;
@*/
/* The register after these bytes: it starts as UINT32_MAX, and its complement
 * is the checksum. Four bits at a time. */
uint32_t crc32_add(uint32_t crc, struct span s);

#endif
