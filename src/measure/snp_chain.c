/* SPDX-License-Identifier: Apache-2.0 */
#include "measure/snp_chain.h"

#include <string.h>

/* PAGE_INFO: offsets and size. */
enum {
    PAGE_INFO_DIGEST_CUR = 0x00,
    PAGE_INFO_CONTENTS = 0x30,
    PAGE_INFO_LENGTH = 0x60,
    PAGE_INFO_PAGE_TYPE = 0x62,
    PAGE_INFO_GPA = 0x68,
    PAGE_INFO_SIZE = 0x70,
};

void snp_page_info(uint8_t blocks[SNP_PAGE_INFO_BLOCKS * SHA384_BLOCK],
                   const uint8_t digest[SHA384_SIZE],
                   const uint8_t contents[SHA384_SIZE], uint32_t page_type,
                   uint64_t gpa)
{
    const size_t size = (size_t)SNP_PAGE_INFO_BLOCKS * SHA384_BLOCK;
    memset(blocks, 0, size);
    memcpy(blocks + PAGE_INFO_DIGEST_CUR, digest, SHA384_SIZE);
    if (contents) {
        memcpy(blocks + PAGE_INFO_CONTENTS, contents, SHA384_SIZE);
    }
    blocks[PAGE_INFO_LENGTH] = PAGE_INFO_SIZE;
    blocks[PAGE_INFO_PAGE_TYPE] = (uint8_t)page_type;
    for (unsigned i = 0; i < 8; i++) {
        blocks[PAGE_INFO_GPA + i] = (uint8_t)(gpa >> 8 * i);
    }
    /* FIPS 180-4, section 5.1.2: a bit, and the length in bits. */
    blocks[PAGE_INFO_SIZE] = 0x80;
    blocks[size - 2] = PAGE_INFO_SIZE * 8 >> 8;
    blocks[size - 1] = PAGE_INFO_SIZE * 8 & 0xff;
}

void snp_chain(uint8_t digest[SHA384_SIZE], const struct sha384_backend *one,
               const uint8_t contents[SHA384_SIZE], uint32_t page_type,
               uint64_t gpa)
{
    uint8_t blocks[SNP_PAGE_INFO_BLOCKS * SHA384_BLOCK];
    struct sha384 stream;
    snp_page_info(blocks, digest, contents, page_type, gpa);
    sha384_init(&stream, one);
    sha384_update(&stream, blocks, SNP_PAGE_INFO_BLOCKS);
    sha384_lane_digest(&stream.state, 0, digest);
}
