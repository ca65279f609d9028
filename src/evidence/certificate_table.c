/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/certificate_table.h"

#include "mrtd.h"

bool certificate_table_kind(struct span table, uint64_t at, unsigned *kind)
{
    /* AMD, 56421, revision 2.03, 4.1.8.1: in the order of their text. */
    static const uint8_t guids[][16] = {
        /* VCEK, 63da758d-e664-4564-adc5-f4b93be8accd */
        {0x63, 0xda, 0x75, 0x8d, 0xe6, 0x64, 0x45, 0x64, 0xad, 0xc5, 0xf4, 0xb9,
         0x3b, 0xe8, 0xac, 0xcd},
        /* VLEK, a8074bc2-a25a-483e-aae6-39c045a0b8a1 */
        {0xa8, 0x07, 0x4b, 0xc2, 0xa2, 0x5a, 0x48, 0x3e, 0xaa, 0xe6, 0x39, 0xc0,
         0x45, 0xa0, 0xb8, 0xa1},
        /* ASK, 4ab7b379-bbac-4fe4-a02f-05aef327c782 */
        {0x4a, 0xb7, 0xb3, 0x79, 0xbb, 0xac, 0x4f, 0xe4, 0xa0, 0x2f, 0x05, 0xae,
         0xf3, 0x27, 0xc7, 0x82},
        /* ARK, c0b406a4-a803-4952-9743-3fb6014cd0ae */
        {0xc0, 0xb4, 0x06, 0xa4, 0xa8, 0x03, 0x49, 0x52, 0x97, 0x43, 0x3f, 0xb6,
         0x01, 0x4c, 0xd0, 0xae},
    };
    for (unsigned i = 0; i < sizeof guids / sizeof *guids; i++) {
        if (span_equals(table, at, guids[i], sizeof guids[i])) {
            *kind = i;
            return true;
        }
    }
    return false;
}

int mrtd_snp_certificates_detect(const void *data, size_t size)
{
    unsigned kind = 0;
    return data && certificate_table_kind(span_make(data, size, 0), 0, &kind);
}
