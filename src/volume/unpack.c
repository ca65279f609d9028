/* SPDX-License-Identifier: Apache-2.0 */
#include "volume/unpack.h"

#include <stdlib.h>

#include <lzma.h>

/* The header of "LZMA alone". */
#define HEADER_SIZE_FIELD 5
#define HEADER            13

/* ee4e5898-3914-4259-9d6e-dc7bd79403cf, gLzmaCustomDecompressGuid */
static const struct guid lzma_guid = {{0x98, 0x58, 0x4e, 0xee, 0x14, 0x39, 0x59,
                                       0x42, 0x9d, 0x6e, 0xdc, 0x7b, 0xd7, 0x94,
                                       0x03, 0xcf}};
/* d42ae6bd-1352-4bfb-909a-ca72a6eae889, gLzmaF86CustomDecompressGuid */
static const struct guid f86_guid = {{0xbd, 0xe6, 0x2a, 0xd4, 0x52, 0x13, 0xfb,
                                      0x4b, 0x90, 0x9a, 0xca, 0x72, 0xa6, 0xea,
                                      0xe8, 0x89}};

enum unpack_method unpack_method(const struct guid *guid)
{
    if (guid_equal(guid, &lzma_guid)) {
        return UNPACK_LZMA;
    }
    return guid_equal(guid, &f86_guid) ? UNPACK_LZMA_X86 : UNPACK_NONE;
}

bool unpack_size(struct span packed, uint64_t *size)
{
    return span_has(packed, 0, HEADER) &&
           span_u64(packed, HEADER_SIZE_FIELD, size);
}

static enum unpack_result result_of(lzma_ret result)
{
    if (result == LZMA_OK) {
        return UNPACK_DONE;
    }
    return result == LZMA_MEM_ERROR ? UNPACK_MEMORY : UNPACK_DAMAGED;
}

enum unpack_result unpack_run(enum unpack_method method, struct span packed,
                              void *out, size_t size)
{
    lzma_filter properties = {.id = LZMA_FILTER_LZMA1};
    lzma_filter x86 = {.id = LZMA_FILTER_X86};
    lzma_filter chain[3] = {{.id = LZMA_VLI_UNKNOWN}};
    size_t count = 0;
    size_t in = HEADER;
    size_t done = 0;
    size_t in_size = (size_t)packed.size;
    lzma_ret result = lzma_properties_decode(
        &properties, NULL, span_bytes(packed, 0, HEADER), HEADER_SIZE_FIELD);
    if (result != LZMA_OK) {
        return result_of(result);
    }
    lzma_options_lzma *options = properties.options;
    /* What lies farther back than the output's start is never referred to. */
    if (options->dict_size > size) {
        options->dict_size = (uint32_t)size;
    }
    options->ext_flags = LZMA_LZMA1EXT_ALLOW_EOPM;
    lzma_set_ext_size(*options, size);
    if (method == UNPACK_LZMA_X86) {
        chain[count++] = x86;
    }
    chain[count].id = LZMA_FILTER_LZMA1EXT;
    chain[count++].options = options;
    chain[count].id = LZMA_VLI_UNKNOWN;
    result =
        lzma_raw_buffer_decode(chain, NULL, span_bytes(packed, 0, packed.size),
                               &in, in_size, out, &done, size);
    free(options);
    if (result == LZMA_OK && done != size) {
        result = LZMA_DATA_ERROR;
    }
    return result_of(result);
}
