/* SPDX-License-Identifier: Apache-2.0 */
#include "measure/snp_chain.h"

#include <string.h>

#define PAGE_BLOCKS (MRTD_PAGE_SIZE / SHA384_BLOCK)
/* With fewer lanes at work it is faster to hash one message after the other
 * (docs/performance.md). */
#define LANES_WORTH_IT 3

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

struct snp_engines snp_engines_choose(void)
{
    const unsigned features = cpu_features();
    return (struct snp_engines){.one = sha384_choose_one(features),
                                .many = sha384_choose_many(features)};
}

/* How many of count messages are hashed together now; 1: the first alone. */
static unsigned lanes_for(const struct snp_engines *engines, unsigned count)
{
    const unsigned lanes = engines->many->lanes;
    if (count < LANES_WORTH_IT || lanes == 1) {
        return 1;
    }
    return count < lanes ? count : lanes;
}

/* Compresses count blocks of each of busy messages; lanes for which there is no
 * message take the first. */
static void compress(const struct snp_engines *engines,
                     struct sha384_state *state, const uint8_t *blocks[],
                     unsigned busy, size_t count)
{
    const struct sha384_backend *backend =
        busy == 1 ? engines->one : engines->many;
    for (unsigned l = busy; l < SHA384_MAX_LANES; l++) {
        blocks[l] = blocks[0];
    }
    backend->compress(state, blocks, count);
}

void snp_hash_pages(const struct snp_engines *engines,
                    const uint8_t *const pages[], uint8_t *const digests[],
                    unsigned count)
{
    uint8_t padding[SHA384_BLOCK];
    sha384_padding(padding, PAGE_BLOCKS);
    for (unsigned at = 0; at < count;) {
        const uint8_t *blocks[SHA384_MAX_LANES];
        const uint8_t *last[SHA384_MAX_LANES];
        struct sha384_state state;
        const unsigned busy = lanes_for(engines, count - at);
        for (unsigned l = 0; l < SHA384_MAX_LANES; l++) {
            sha384_lane_init(&state, l);
        }
        for (unsigned l = 0; l < busy; l++) {
            blocks[l] = pages[at + l];
            last[l] = padding;
        }
        compress(engines, &state, blocks, busy, PAGE_BLOCKS);
        compress(engines, &state, last, busy, 1);
        for (unsigned l = 0; l < busy; l++) {
            sha384_lane_digest(&state, l, digests[at + l]);
        }
        at += busy;
    }
}

void snp_chain_many(const struct snp_engines *engines, uint8_t *const digests[],
                    const uint8_t *const contents[], unsigned count,
                    uint32_t page_type, uint64_t gpa)
{
    for (unsigned at = 0; at < count;) {
        uint8_t infos[SHA384_MAX_LANES][SNP_PAGE_INFO_BLOCKS * SHA384_BLOCK];
        const uint8_t *blocks[SHA384_MAX_LANES];
        struct sha384_state state;
        const unsigned busy = lanes_for(engines, count - at);
        for (unsigned l = 0; l < SHA384_MAX_LANES; l++) {
            sha384_lane_init(&state, l);
        }
        for (unsigned l = 0; l < busy; l++) {
            snp_page_info(infos[l], digests[at + l], contents[at + l],
                          page_type, gpa);
            blocks[l] = infos[l];
        }
        compress(engines, &state, blocks, busy, SNP_PAGE_INFO_BLOCKS);
        for (unsigned l = 0; l < busy; l++) {
            sha384_lane_digest(&state, l, digests[at + l]);
        }
        at += busy;
    }
}
